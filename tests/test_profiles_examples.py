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


# territories, each written as one key may be, and a state that none of them holds
TERRITORIES: list[dict[str, object]] = [
    {"countries": ["DE"]},
    {"states": ["MD"]},
    {"regions": ["New England"]},
    {"regions": ["DACH"]},
    {"metros": ["Boston"]},
    {"metros": ["Boise, ID"]},
    {"us_counties": ["Ada County, ID"]},
    {"cities": ["Portland, OR"]},
    {"postal": ["212"]},
    {"near": {"place": "Reno, NV", "km": 5}},
]


@pytest.mark.parametrize("where", TERRITORIES)
def test_the_company_of_an_example_lies_in_the_territory_unless_it_says_otherwise(where: dict[str, object]) -> None:
    events = [{"trigger": "relocation", "days_ago": 1}]
    inside = {"name": "inside", "events": events, "alerts": True}
    elsewhere = {"city": "Waco", "state": "TX", "country": "US", "postal_code": "76701"}
    outside = {"name": "outside", "events": events, "company": elsewhere, "alerts": False, "reason": "outside territory"}
    content = {"name": "P", "owner": "a@example.com", "where": where, "wants": [{"trigger": "relocation", "weight": 40}], "threshold": 30}
    found = Profile.model_validate(content | {"examples": [inside, outside]}, context=profile_context(shipped_kinds()))
    if "metros" in where or "us_counties" in where:
        # an area or a county is not known of a town
        found = found.model_copy(update={"examples": found.examples[:1]})
    assert check_examples(found, "p") == []
