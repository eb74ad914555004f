"""The profiles that ship are read without a fault, and their own examples come out as they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from profiles.examples import check_examples
from profiles.lint import lint
from profiles.profile import Profile
from prospect.kinds import shipped_kinds
from prospect.workspace import profile_context
from prospect.yamlfile import read_model
from tests.profiles_factories import CONTEXT, profile

SHIPPED = sorted((Path(__file__).parent.parent / "profiles" / "examples").glob("[!_]*.yml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_profiles_do_what_their_examples_say(path: Path) -> None:
    found = read_model(path, Profile, context=CONTEXT)
    assert check_examples(found, path.stem) == []
    assert lint(found) == []
    assert any(example.alerts for example in found.examples)
    assert any(not example.alerts for example in found.examples)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_profiles_ask_for_kinds_and_facts_that_ship(path: Path) -> None:
    read_model(path, Profile, context=profile_context(shipped_kinds()))


# (events, alerts, reason) -> the beginning of the fault, None for a right example
EXAMPLE_FAULTS = [
    # an example that is right says nothing
    ([{"trigger": "relocation", "days_ago": 1}], True, None, None),
    # one that should alert and does not says why it does not
    ([{"trigger": "funding", "days_ago": 1}], True, None, "example 'x' should alert, but: no wanted events"),
    # one that should not and does
    ([{"trigger": "relocation", "days_ago": 1}], False, None, "example 'x' should not alert, but: alerted: 39.69 points"),
    # silent, but for another reason than it says
    (
        [{"trigger": "relocation", "days_ago": 90}],
        False,
        "no wanted events",
        "example 'x' should have the reason 'no wanted events', but: below",
    ),
    # an event of another company does not count
    ([{"trigger": "relocation", "days_ago": 1, "other_company": True}], False, "no wanted events", None),
    # no event at all
    ([], False, "no wanted events", None),
]


@pytest.mark.parametrize("events, alerts, reason, fault", EXAMPLE_FAULTS)
def test_examples_that_do_not_hold_say_why(events: list[dict[str, object]], alerts: bool, reason: str | None, fault: str | None) -> None:
    found = check_examples(profile(examples=[{"name": "x", "events": events, "alerts": alerts, "reason": reason}]), "test")
    assert len(found) == (fault is not None)
    assert fault is None or found[0].startswith(fault)
