"""Replays: the alerts that would have gone out, what a change adds and loses, thresholds for a wanted rate, nearest misses."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest

from enrichment.stories import tell_stories
from profiles.backtest import Accounts, Replay, backtest, compare, daily
from profiles.decide import History
from profiles.misses import misses
from profiles.picture import sparkline, timeline_svg
from profiles.suggest import Suggestion, curve_lines, suggest_removals, suggest_threshold, without_want
from store.records import Company, Part, Reason, Sighting
from tests.profiles_factories import NOW, company, lead, profile, sighting, story

MOMENTS = daily(NOW, 90)


def told(of: str, day: float, kind: str = "relocation", *, seen_late: float = 0, **more: Any) -> Sighting:
    published = NOW + timedelta(days=day)
    facts = {"to": f"{of} city", "amount": "$5 million", "person": of}
    return sighting(
        kind, of=of, published=published, first_seen=published + timedelta(days=seen_late), quote=f"{of} {day}", facts=facts, **more
    )


def world(*told_by: list[Sighting]) -> list[tuple[Company, list[Sighting]]]:
    return [(company(each[0].company_id), each) for each in told_by]


def replayed(found: Any = None, *told_by: list[Sighting], **more: Any) -> Replay:
    return backtest(found or profile(), "test", world(*told_by), MOMENTS, tell_stories, **more)


def days_of(found: Replay) -> list[tuple[str, int, str]]:
    return [(alert.company.id, (alert.moment - NOW).days, alert.decision.reason.value) for alert in found.alerts]


# (profile keys, sightings, alerts as (company, day, reason))
REPLAYS: list[tuple[dict[str, Any], list[list[Sighting]], list[tuple[str, int, str]]]] = [
    # the run after it was seen
    ({}, [[told("a", 3.5)]], [("a", 4, "alerted")]),
    # by the time it was first seen, not by its date
    ({}, [[told("a", 3.5, seen_late=6)]], [("a", 10, "alerted")]),
    # a copy later on changes nothing
    ({}, [[told("a", 3.5), told("a", 3.5, seen_late=6, publisher="Wire Two")]], [("a", 4, "alerted")]),
    # known before the replay begins
    ({}, [[told("a", -3)]], [("a", 0, "alerted")]),
    # two pieces: on the day of the second
    ({"wants": [{"trigger": "relocation", "weight": 20}, {"trigger": "funding", "weight": 20}]}, [[told("a", 3), told("a", 9, "funding")]], [("a", 9, "alerted")]),
    # called off after it was told
    ({}, [[told("a", 3), told("a", 9, status="denied", publisher="Paper")]], [("a", 3, "alerted"), ("a", 9, "corrected")]),
    # called off before: nothing goes out
    ({}, [[told("a", 3, seen_late=7), told("a", 9, status="denied", publisher="Paper")]], []),
    # a bad sign fades, and the score rises by itself
    ({"wants": [{"trigger": "relocation", "weight": 40, "half_life": "1y"}, {"trigger": "distress", "weight": -10, "half_life": "10d"}], "threshold": 36},
     [[told("a", 3), told("a", 3, "distress")]], [("a", 23, "alerted")]),
    # the quota of the month goes to the better one; what is left over comes when the next month opens, on days 12 and 42
    ({"limit": {"leads": 1, "per": "month"}}, [[told("a", 3)], [told("b", 2.5)], [told("c", 40)]], [("a", 3, "alerted"), ("b", 12, "alerted"), ("c", 42, "alerted")]),
    # active from a later day
    ({"active": {"from": (NOW + timedelta(days=5)).date()}}, [[told("a", 3)]], [("a", 5, "alerted")]),
]  # fmt: skip


@pytest.mark.parametrize("keys, sightings, expected", REPLAYS)
def test_replays(keys: dict[str, Any], sightings: list[list[Sighting]], expected: list[tuple[str, int, str]]) -> None:
    assert days_of(replayed(profile(**keys), *sightings)) == expected


def test_news_begin_with_since_and_lists_are_kept() -> None:
    early, late, named = [told("a", -3)], [told("b", 3)], [told("c", 3)]
    assert days_of(replayed(None, early, late, since=NOW)) == [("b", 3, "alerted")]
    accounts = Accounts(included=frozenset({"a", "c"}), excluded=frozenset({"a"}))
    assert days_of(replayed(None, early, late, named, accounts=accounts)) == [("c", 3, "alerted")]


def test_rates_go_by_the_length_of_the_replay() -> None:
    found = replayed(None, [told("a", 3)], [told("b", 50)])
    assert found.leads_per_quarter == pytest.approx(2 * 91.3125 / 90)
    assert (found.companies, found.events) == (2, 2)


def test_comparison_says_what_a_change_adds_and_loses() -> None:
    sightings = [[told("a", 3)], [told("b", 50, "funding")], [told("c", 4), told("c", 5, "funding")]]
    before = replayed(profile(), *sightings)
    after = replayed(profile(wants=[{"trigger": "funding", "weight": 40}, {"trigger": "relocation", "weight": 20}]), *sightings)
    found = compare(before, after)
    assert [alert.company.id for alert in found.added] == ["b"]
    assert [alert.company.id for alert in found.lost] == ["a"]
    # the lead of c came a day later and is made of other stories; the move is in both
    assert [(old.company.id, new.moment - old.moment) for old, new in found.kept] == [("c", timedelta(days=1))]


def test_pictures() -> None:
    found = replayed(None, [told("a", 3), told("a", 9, status="denied", publisher="Paper")], [told("b & sons <b>", 50)])
    root = ElementTree.fromstring(timeline_svg(found, "HQ moves & more"))
    circles = root.findall("{http://www.w3.org/2000/svg}circle")
    assert [circle.get("fill") for circle in circles] == ["#1a7f4b", "#c0392b", "#1a7f4b"]
    assert float(circles[0].get("cx", 0)) < float(circles[2].get("cx", 0))
    assert sparkline(found) == "█      █     "
    assert "no alert" in timeline_svg(replayed(None), "nothing")
    assert sparkline(replayed(None)).strip() == ""


def suggested(threshold: float, leads: float) -> Suggestion:
    """What is suggested for nine companies with scores from 20 to 100, one a company, in ninety days."""
    sightings = [[told(f"c{number}", 5, confidence=number / 10)] for number in range(2, 11)]
    asked = profile(wants=[{"trigger": "relocation", "weight": 100}], threshold=threshold)
    return suggest_threshold(asked, "test", world(*sightings), MOMENTS, tell_stories, leads=leads, per="quarter")


def test_the_threshold_for_a_wanted_rate() -> None:
    found = suggested(30, 3)
    assert found.point is not None
    assert found.point.leads == 2  # three in ninety days are a little more than three a quarter
    assert found.point.threshold == 90
    # each step loses somebody, and the curve falls
    assert [point.leads for point in found.curve] == sorted((point.leads for point in found.curve), reverse=True)
    assert [alert.company.id for alert in found.point.lost] == ["c8"]
    assert sum(line.startswith("→") for line in curve_lines(found)) == 1


@pytest.mark.parametrize(
    "threshold, leads, detail",
    [
        (30, 3, "a threshold of 90 sends 2 a quarter instead of 8.1; 3 a quarter were wanted"),
        (90, 3, "the threshold of 90 can stay: it sends 2 a quarter; 3 a quarter were wanted"),
        (30, 20, "even a threshold of 20 sends only 9.1 a quarter; 20 a quarter were wanted: more kinds, places or time would bring more"),
    ],
)
def test_what_is_suggested_in_words(threshold: float, leads: float, detail: str) -> None:
    assert suggested(threshold, leads).detail == detail


def test_no_threshold_for_nothing() -> None:
    found = suggest_threshold(profile(), "test", [], MOMENTS, tell_stories, leads=3, per="quarter")
    assert found.point is None
    assert "nothing that is stored" in found.detail


def judged(state: str, move: float, fund: float) -> Any:
    parts = tuple(
        Part(want=f"{kind}, weight 40", points=points, met=points > 0, required=False, why="")
        for kind, points in (("relocation", move), ("funding", fund))
    )
    return lead(state=state, parts=parts, score=move + fund)


def test_wants_that_verdicts_speak_against() -> None:
    found = profile(wants=[{"trigger": "relocation", "weight": 40}, {"trigger": "funding", "weight": 40}], threshold=30)
    # moves are accepted; what came by funding alone is rejected
    leads = [*[judged("accepted", 40, 0)] * 3, judged("accepted", 40, 40), *[judged("rejected", 0, 40)] * 3, judged("new", 0, 40)]
    (removal,) = suggest_removals(found, leads)
    assert (removal.want, removal.lost_rejected, removal.lost_accepted) == ("funding, weight 40", 3, 0)
    assert removal.detail.endswith("precision 57 % → 100 %")
    left = without_want(found, removal.at)
    assert left is not None
    assert [want.words for want in left.wants] == [want.words for index, want in enumerate(found.wants) if index != removal.at]
    assert without_want(left, 0) is None  # nothing could alert any more
    # few verdicts say nothing, and neither do leads that were all accepted
    assert suggest_removals(found, leads[:4]) == []
    assert suggest_removals(found, [judged("accepted", 40, 0)] * 9) == []


def test_nearest_misses() -> None:
    found = profile(where={"states": ["MD"], "unknown": "pass"})
    cases = [
        (company("far", state="CA"), [story(of="far", days_ago=1)], History()),
        (company("short", state="MD"), [story(of="short", days_ago=60)], History()),
        (company("hair", state="MD"), [story(of="hair", days_ago=38)], History()),
        (company("both", state="CA"), [story(of="both", days_ago=38)], History()),
        (company("sent", state="MD"), [story(of="sent")], History()),
        (company("nothing", state="MD"), [story("funding", of="nothing")], History()),
        (company("old", state="MD"), [story(of="old", days_ago=100)], History()),
    ]
    nearest = misses(found, "test", cases, NOW, days=90)
    assert [miss.company.id for miss in nearest] == ["far", "hair", "short", "both"]
    assert nearest[0].decision.reason is Reason.OUTSIDE_TERRITORY
    assert nearest[1].detail == "0.15 points below the threshold of 30"
    assert nearest[3].detail.startswith("0.15 points below the threshold of 30 and the seat, CA, is outside")


def test_a_replay_forgets_nothing_of_a_denial_that_came_first() -> None:
    """A document of the denial fetched before the announcement leaves no alert, whatever order the sightings are given in."""
    announced, denied = told("a", 3, seen_late=5), told("a", 4, status="denied", publisher="Paper")
    one, other = replayed(None, [announced, denied]), replayed(None, [denied, announced])
    assert days_of(one) == days_of(other) == []


def test_moments_may_be_given_in_any_order() -> None:
    shuffled: list[datetime] = list(reversed(MOMENTS))
    found = backtest(profile(), "test", world([told("a", 3)]), shuffled, tell_stories)
    assert days_of(found) == [("a", 3, "alerted")]
    assert replace(found) == found
