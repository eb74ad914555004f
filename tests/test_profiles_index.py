"""Which profiles a company with news may touch, and when a pair is judged again though nothing is new."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from profiles.backtest import Accounts
from profiles.index import ProfileIndex
from profiles.reach import due_again, may_reach
from profiles.scoring import score
from store.records import Company, Decision, Reason, Story
from tests.profiles_factories import NOW, company, lead, profile, sighting, story

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
    # two digits are what profiles are filed by; more of them, or other words, are asked
    ({"where": {"industries": {"sic": ["60"]}}}, company(sic="6021"), [story()], True),
    ({"where": {"industries": {"sic": ["602"]}}}, company(sic="6011"), [story()], False),
    ({"where": {"industries": {"sic": ["60111"]}}}, company(sic="6021"), [story()], False),
    ({"where": {"industries": {"sic": ["601-609"]}}}, company(sic="6111"), [story()], False),
    ({"where": {"industries": {"sic": ["60"], "naics": ["5112"]}, "unknown": "fail"}}, company(sic="7372"), [story()], False),
    ({"where": {"employees": {"min": 200}}}, company(employees=199), [story()], False),
    # without the second want the threshold is out of reach, though nothing is required
    ({"wants": [MOVE, CHIEF], "threshold": 50}, company(), [story()], False),
    ({"wants": [MOVE, CHIEF], "threshold": 50}, company(), [story(), story("executive_change")], True),
    ({"wants": [MOVE, CHIEF], "threshold": 40}, company(), [story()], True),  # one alone is just enough
    ({"wants": [MOVE, CHIEF | {"count": "each"}], "threshold": 50}, company(), [story("executive_change")], True),
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


# (profile keys, stories, what was said, days since the last lead, days until it is judged again; 0 at the next run, None for never)
DUE: list[tuple[dict[str, Any], list[Story], Reason, float | None, float | None]] = [
    # decay alone brings no alert
    ({}, [story(days_ago=60)], Reason.BELOW_THRESHOLD, None, None),
    ({}, [story()], Reason.ALERTED, 0, None),
    # a bad sign that fades may
    ({"wants": [MOVE, {"trigger": "distress", "weight": -20}]}, [story(), story("distress")], Reason.BELOW_THRESHOLD, None, 0),
    # unless what is left would never do
    (
        {"wants": [MOVE, {"trigger": "distress", "weight": -20}]},
        [story(days_ago=90), story("distress")],
        Reason.BELOW_THRESHOLD,
        None,
        None,
    ),
    # an absence that comes to its end
    (
        {"wants": [{"absent": "executive_change", "after": "relocation", "within": "30d", "weight": 40}]},
        [story(days_ago=10)],
        Reason.NO_EVENTS,
        None,
        20,
    ),
    # or that has nothing to count from, or another piece missing for good
    (
        {"wants": [MOVE, {"absent": "relocation", "after": "executive_change", "within": "30d", "weight": 40}]},
        [story(days_ago=60)],
        Reason.BELOW_THRESHOLD,
        None,
        None,
    ),
    (
        {"wants": [CHIEF | {"required": True}, {"absent": "executive_change", "after": "relocation", "within": "30d", "weight": 40}]},
        [story()],
        Reason.REQUIRED_MISSING,
        None,
        None,
    ),
    # the profile becomes active, or wakes
    ({"active": {"from": (NOW + timedelta(days=10)).date()}}, [story()], Reason.INACTIVE, None, 9.75),
    ({"snooze": (NOW + timedelta(days=10)).date()}, [story()], Reason.SNOOZED, None, 9.75),
    # but not for what will have faded by itself
    ({"active": {"from": (NOW + timedelta(days=10)).date()}}, [story(days_ago=60)], Reason.INACTIVE, None, None),
    # the cooldown of the last lead ends; a new week begins on Monday
    ({}, [story(), story("relocation", 5)], Reason.COOLING_DOWN, 20, 40),
    ({"limit": {"leads": 1, "per": "week"}}, [story()], Reason.OVER_QUOTA, None, 5.75),
    # a story that counts grows too old, and another may count in its place; alone it leaves none
    ({"wants": [MOVE | {"within": "15d"}]}, [story(days_ago=5), story(days_ago=4, confidence=0.9)], Reason.ALREADY_TOLD, 4, 10),
    ({"wants": [MOVE | {"within": "15d"}]}, [story(days_ago=5)], Reason.ALREADY_TOLD, 4, None),
    # companies grow a year older at the turn of the year
    ({"where": {"age": {"min": 10}, "unknown": "pass"}}, [story()], Reason.WRONG_FIRMOGRAPHICS, None, 133.75),
    # what is dated ahead decays later; after a correction there may be more to say
    ({}, [story(days_ago=-3)], Reason.ALERTED, 0, 0),
    ({}, [story()], Reason.CORRECTED, 0, 0),
    # exclusions end with the profile or the company alone
    ({}, [story()], Reason.EXCLUDED, None, None),
]


@pytest.mark.parametrize("keys, stories, reason, led_days_ago, days", DUE)
def test_when_a_pair_is_judged_again(
    keys: dict[str, Any], stories: list[Story], reason: Reason, led_days_ago: float | None, days: float | None
) -> None:
    wanted = profile(**keys)
    found = score(wanted, company(), stories, NOW)
    said = Decision(profile="p", company_id="acme", now=NOW, reason=reason, detail="", score=found.total, threshold=wanted.threshold)
    last = None if led_days_ago is None else lead(days_ago=led_days_ago)
    due = due_again(wanted, said, found, stories, last, NOW)
    assert (due and round((due - NOW) / timedelta(days=1), 6)) == days


NEW_CHIEF = CHIEF | {"is": {"level": "c_suite", "direction": "joins"}}
# (wants, events as kind, status and facts, may reach a threshold of 30)
REACHES: list[tuple[list[dict[str, Any]], list[tuple[str, str, dict[str, str | None]]], bool]] = [
    ([MOVE], [("relocation", "announced", {})], True),
    ([MOVE], [("funding", "announced", {})], False),
    # a status that counts nothing, alone and beside one that does; one that is named
    ([MOVE], [("relocation", "denied", {})], False),
    ([MOVE], [("relocation", "denied", {}), ("relocation", "planned", {})], True),
    ([MOVE | {"status": ["denied"]}], [("relocation", "denied", {})], True),
    ([MOVE | {"status": ["planned"]}], [("relocation", "announced", {})], False),
    # each fact may come from another document, and the status from a third; but not from another kind
    ([NEW_CHIEF], [("executive_change", "announced", {"level": "c_suite"}), ("executive_change", "rumored", {"direction": "joins"})], True),
    ([NEW_CHIEF], [("executive_change", "announced", {"level": "c_suite"}), ("relocation", "announced", {"direction": "joins"})], False),
    ([NEW_CHIEF], [("executive_change", "announced", {"level": "board", "direction": "joins"})], False),
    # what a fact must not be holds where it is not known, or where one document says something else
    ([CHIEF | {"is": {"level": {"none_of": "board"}}}], [("executive_change", "announced", {})], True),
    ([CHIEF | {"is": {"level": {"none_of": "board"}}}], [("executive_change", "announced", {"level": "board"})], True),
    # a pattern needs each of its events, as the profile's own wants mean them
    ([NEW_CHIEF | {"weight": 1}, {"then": ["executive_change", "relocation"], "within": "90d", "weight": 30}],
     [("executive_change", "announced", {"level": "board"}), ("relocation", "announced", {})], False),
    ([{"then": ["executive_change", "relocation"], "within": "90d", "weight": 30}],
     [("executive_change", "announced", {"level": "board"}), ("relocation", "announced", {})], True),
    ([{"all": ["funding"], "any": ["hiring", "relocation"], "within": "90d", "weight": 30}], [("funding", "announced", {})], False),
    ([{"all": ["funding"], "any": ["hiring", "relocation"], "within": "90d", "weight": 30}],
     [("funding", "announced", {}), ("hiring", "announced", {})], True),
    # of an absence what it counts from must be there, and what is absent need not
    ([{"absent": "hiring", "after": "layoffs", "within": "90d", "weight": 30}], [("layoffs", "announced", {})], True),
    ([{"absent": "hiring", "after": "layoffs", "within": "90d", "weight": 30}], [("hiring", "announced", {})], False),
    # any kind; every one of them
    ([{"trigger": "any", "weight": 40}], [("funding", "announced", {})], True),
    ([{"trigger": "relocation", "weight": 1, "count": "each"}], [("relocation", "announced", {})], True),
]  # fmt: skip


@pytest.mark.parametrize("wants, events, expected", REACHES)
def test_what_events_may_reach(wants: list[dict[str, Any]], events: list[tuple[str, str, dict[str, str | None]]], expected: bool) -> None:
    told = [sighting(kind, status=status, facts=facts, quote=str(number)).event for number, (kind, status, facts) in enumerate(events)]
    assert may_reach(profile(wants=wants), told) is expected
