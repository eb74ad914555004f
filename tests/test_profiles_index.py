"""Which pairs of profile and company are judged on a night: those that something touched, and those whose time has come."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from profiles.backtest import Accounts
from profiles.index import ProfileIndex, due_again, touched
from profiles.scoring import score
from store.records import Company, Story
from tests.profiles_factories import NOW, company, lead, profile, story

MOVE = {"trigger": "relocation", "weight": 40}
CHIEF = {"trigger": "executive_change", "weight": 40}
# (profile keys, company, stories, is a candidate)
CANDIDATES: list[tuple[dict[str, Any], Company, list[Story], bool]] = [
    ({}, company(), [story()], True),
    ({}, company(), [], False),
    ({}, company(), [story("funding")], False),
    # too old or too unsure to reach the threshold of 30
    ({}, company(), [story(days_ago=38)], False),
    ({}, company(), [story(confidence=0.7)], False),
    # a required event is missing
    ({"wants": [MOVE, CHIEF | {"required": True}]}, company(), [story()], False),
    ({"wants": [MOVE, CHIEF | {"required": True}]}, company(), [story(), story("executive_change")], True),
    # elsewhere; at an unknown place; into the territory
    ({"where": {"states": ["MD"]}}, company(state="CA"), [story()], False),
    ({"where": {"states": ["MD"], "unknown": "review"}}, company(), [story()], True),
    ({"where": {"states": ["MD"], "unknown": "fail"}}, company(), [story()], False),
    ({"where": {"states": ["MD"]}}, company(state="CA"), [story(to="Bethesda, Maryland")], True),
    ({"where": {"regions": ["West Coast"]}}, company(state="CA"), [story()], True),
    # an event without a place is unknown, and is held for review
    ({"where": {"states": ["MD"], "match": "event", "unknown": "review"}}, company(state="CA"), [story()], True),
    # industry and size
    ({"where": {"industries": {"sic": ["60-67"]}}}, company(sic="7372"), [story()], False),
    ({"where": {"industries": {"sic": ["60-67"]}}}, company(sic="6021"), [story()], True),
    ({"where": {"employees": {"min": 200}}}, company(employees=199), [story()], False),
    # any kind at all
    ({"wants": [{"trigger": "any", "weight": 40}]}, company(), [story("funding")], True),
]


@pytest.mark.parametrize("keys, who, stories, expected", CANDIDATES)
def test_candidates(keys: dict[str, Any], who: Company, stories: list[Story], expected: bool) -> None:
    assert bool(ProfileIndex({"p": profile(**keys)}).candidates(who, stories, NOW)) is expected


def test_named_accounts_are_found_by_their_company() -> None:
    index = ProfileIndex({"p": profile(), "q": profile()}, {"p": Accounts(included=frozenset({"acme"}))})
    assert index.candidates(company("acme"), [story()], NOW) == ["p", "q"]
    assert index.candidates(company("other"), [story(of="other")], NOW) == ["q"]


def test_pairs_that_are_judged_tonight() -> None:
    profiles = {"move": profile(), "fund": profile(wants=[{"trigger": "funding", "weight": 40}])}
    index = ProfileIndex(profiles)
    changed = [(company("a"), [story(of="a")]), (company("b"), [story(of="b", status="denied", days_ago=200)])]
    leads = [lead(of="b", profile="move"), lead(of="c", profile="move"), lead(of="b", profile="gone")]
    waiting = [("fund", "d", NOW), ("fund", "e", NOW + timedelta(days=1)), ("gone", "d", NOW)]
    # a: by its event; b: its lead may need a correction; d: its time has come
    assert touched(profiles, index, changed, leads, waiting, NOW) == {("move", "a"), ("move", "b"), ("fund", "d")}


# (profile keys, stories, days until it is judged again, None for never)
DUE: list[tuple[dict[str, Any], list[Story], float | None]] = [
    # decay alone brings no alert
    ({}, [story(days_ago=60)], None),
    # a bad sign that fades may
    ({"wants": [MOVE, {"trigger": "distress", "weight": -20}]}, [story(), story("distress")], 1),
    # unless what is left would never do
    ({"wants": [MOVE, {"trigger": "distress", "weight": -20}]}, [story(days_ago=90), story("distress")], None),
    # an absence that comes to its end
    ({"wants": [{"absent": "executive_change", "after": "relocation", "within": "30d", "weight": 40}]}, [story()], 1),
    # the profile becomes active
    ({"active": {"from": (NOW + timedelta(days=10)).date()}}, [story()], 9.75),
]


@pytest.mark.parametrize("keys, stories, days", DUE)
def test_when_a_pair_is_judged_again(keys: dict[str, Any], stories: list[Story], days: float | None) -> None:
    found = profile(**keys)
    due = due_again(found, score(found, company(), stories, NOW), None, NOW)
    assert due == (None if days is None else NOW + timedelta(days=days))
    told = due_again(found, score(found, company(), stories, NOW), lead(days_ago=20), NOW)
    assert told is not None  # at the latest when the cooldown is over
    assert told <= NOW + timedelta(days=40)
