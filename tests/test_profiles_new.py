"""A profile that `prospect profile new` writes passes the check, and says the five cases of each required pair."""

from __future__ import annotations

from pathlib import Path

import pytest

from profiles.examples import check_examples
from profiles.new import Answers, Wish, five_cases, new_profile
from prospect.profilefiles import read_profile
from tests.profiles_factories import CONTEXT, profile

CHIEF = Wish("executive_change", {"level": ["c_suite"], "direction": ["joins", "changes"]})
MOVE = Wish("relocation", {}, status=["planned", "announced"])
BIG = Wish("funding", {}, required=False)
# answers, and whether each example alerts
ANSWERS = [
    # a pair: both, first alone, second alone, another company's, outside the window
    (Answers("HQ moves", "jane@example.com", [CHIEF, MOVE], states=["MD", "VA"], employees_min=200, leads=2), [True, False, False, False, False]),
    # one event: itself, another company's, outside the window
    (Answers("Moves: all", "jane@example.com", [MOVE], email="mon 07:00 America/New_York"), [True, False, False]),
    # three: five cases for each of three pairs
    (Answers("Three", "jane@example.com", [CHIEF, MOVE, Wish("funding", {})], regions=["New England"]), [True, False, False, False, False] * 3),
    # one required, one welcome
    (Answers("Welcome", "jane@example.com", [MOVE, BIG], accounts="accounts/jane.csv"), [True, False, False]),
    # nothing required: the first want stands for it
    (Answers("Any", "jane@example.com", [BIG], states=["ON", "NO: \"quoted\""][:1]), [True, False, False]),
]  # fmt: skip


@pytest.mark.parametrize("answers, alerts", ANSWERS, ids=[answers.name for answers, _ in ANSWERS])
def test_a_new_profile_passes(answers: Answers, alerts: list[bool], tmp_path: Path) -> None:
    path = tmp_path / "new.yml"
    path.write_text(new_profile(answers), encoding="utf-8")
    found = read_profile(path, context=CONTEXT)
    assert check_examples(found, "new") == []
    assert [example.alerts for example in found.examples] == alerts


def test_the_five_cases_of_a_profile_that_stands() -> None:
    found = profile(
        wants=[
            {"trigger": "funding", "is": {"amount": {"at_least": 1e7}}, "weight": 30, "required": True, "within": "60d"},
            {"trigger": "relocation", "is": {"to": {"in": ["TX"]}}, "sources": 2, "weight": 30, "required": True},
        ],
        threshold=40,
    )
    cases = five_cases(found)
    assert [case["name"] for case in cases] == [
        "funding and relocation",
        "funding alone, without relocation",
        "relocation alone, without funding",
        "relocation, and funding of another company",
        "funding outside its window of 60d",
    ]
    assert [case["alerts"] for case in cases] == [True, False, False, False, False]


def test_no_trigger_no_profile() -> None:
    with pytest.raises(ValueError, match="at least one trigger"):
        new_profile(Answers("x", "jane@example.com", []))
