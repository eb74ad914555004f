"""Points: weight × confidence × status factor × decay, of the best story for each want."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from profiles.readings import decayed
from profiles.scoring import score
from store.records import Story
from tests.profiles_factories import NOW, company, profile, sighting, story


def total(wants: list[dict[str, Any]], stories: list[Story], **keys: Any) -> float:
    return score(profile(wants=wants, threshold=1, **keys), company(), stories, NOW).total


MOVE = {"trigger": "relocation", "weight": 40}
# (want, story, points)
ONE_WANT = [
    # today, announced, sure: the weight
    (MOVE, story(), 40),
    # one half-life ago: half of it
    (MOVE, story(days_ago=90), 20),
    # two half-lives: a quarter
    (MOVE, story(days_ago=180), 10),
    # the want's own half-life goes before the profile's
    (MOVE | {"half_life": "30d"}, story(days_ago=30), 20),
    # confidence multiplies
    (MOVE, story(confidence=0.5), 20),
    # a rumor is worth 0.4, a plan 0.9, a completed move as much as an announced one
    (MOVE, story(status="rumored"), 16),
    (MOVE, story(status="planned"), 36),
    (MOVE, story(status="completed"), 40),
    # denied and terminated are worth nothing
    (MOVE, story(status="denied"), 0),
    (MOVE, story(status="terminated"), 0),
    # a status that the want names counts in full
    (MOVE | {"status": ["planned"]}, story(status="planned"), 40),
    (MOVE | {"status": "rumored"}, story(status="rumored"), 40),
    (MOVE | {"status": ["denied"]}, story(status="denied"), 40),
    # and one that it does not name counts not at all
    (MOVE | {"status": ["planned"]}, story(status="announced"), 0),
    # on the last day of `within`, and the day after
    (MOVE | {"within": "90d"}, story(days_ago=90), 20),
    (MOVE | {"within": "90d"}, story(days_ago=91), 0),
    # published today, but it happened a half-life ago: the earlier counts
    (MOVE, story(happened=date(2024, 5, 22)), 19.96),
    # an effective date ahead plays no part
    (MOVE, story(effective="2025-01-01"), 40),
    # a happening dated ahead of its publication does not make it younger
    (MOVE, story(days_ago=90, happened=date(2024, 12, 1)), 20),
    # another kind
    (MOVE, story("funding"), 0),
    # any of several kinds, and any kind at all
    (MOVE | {"trigger": ["funding", "relocation"]}, story(), 40),
    ({"trigger": "any", "weight": 40}, story("funding"), 40),
    # another company's story is no story of this one
    (MOVE, story(of="other"), 0),
    # negative weights take away, and decay like the rest
    ({"trigger": "distress", "weight": -50}, story("distress", 90), -25),
]


@pytest.mark.parametrize("want, told, points", ONE_WANT)
def test_one_want(want: dict[str, Any], told: Story, points: float) -> None:
    assert total([want, {"trigger": "ipo", "weight": 100}], [told]) == pytest.approx(points, abs=0.01)


# (is, facts, holds)
FACTS = [
    # a word, in any case
    ({"level": "c_suite"}, {"level": "c_suite"}, True),
    ({"level": "c_suite"}, {"level": "board"}, False),
    # an unknown fact is not the word
    ({"level": "c_suite"}, {}, False),
    # a list is any of it
    ({"level": ["c_suite", "board"]}, {"level": "board"}, True),
    # every fact must hold
    ({"level": "c_suite", "function": "finance"}, {"level": "c_suite", "function": "legal"}, False),
    # substrings are no words: "legal" in "paralegal"
    ({"title": "Legal Officer"}, {"title": "Chief Legal Officer"}, False),
    # none_of passes an unknown fact, and refuses the word
    ({"function": {"none_of": ["legal"]}}, {}, True),
    ({"function": {"none_of": ["legal"]}}, {"function": "legal"}, False),
    # patterns find anywhere, in any case
    ({"title": {"matches": "chief (information|digital)"}}, {"title": "EVP and Chief Digital Officer"}, True),
    ({"title": {"matches": "^chief"}}, {"title": "Deputy Chief"}, False),
]


@pytest.mark.parametrize("wanted, facts, holds", FACTS)
def test_facts(wanted: dict[str, Any], facts: dict[str, str], holds: bool) -> None:
    want = {"trigger": "executive_change", "weight": 40, "is": wanted}
    assert (total([want], [story("executive_change", **facts)]) > 0) is holds


# (is, amount or place, holds)
AMOUNTS = [
    # amounts are read with their words
    ({"amount": {"at_least": 10_000_000}}, "$12.5 million", True),
    ({"amount": {"at_least": 10_000_000}}, "$9,900,000", False),
    ({"amount": {"at_least": 10_000_000}}, "$1.2bn", True),
    # a fact without a number has no size
    ({"amount": {"at_least": 1}}, "undisclosed", False),
    # both ends
    ({"amount": {"at_least": 1000, "at_most": 2000}}, "1,500", True),
    ({"amount": {"at_least": 1000, "at_most": 2000}}, "2,500", False),
]


@pytest.mark.parametrize("wanted, amount, holds", AMOUNTS)
def test_amounts(wanted: dict[str, Any], amount: str, holds: bool) -> None:
    assert (total([{"trigger": "funding", "weight": 40, "is": wanted}], [story("funding", amount=amount)]) > 0) is holds


# (in, to, holds)
PLACES = [
    (["TX"], "Austin, Texas", True),
    (["TX"], "Austin, TX 78701", True),
    (["New England"], "Boston, Mass.", True),
    (["TX"], "Portland, Oregon", False),
    # "in" and "or" are words, no states
    (["IN", "OR"], "an office in or near town", False),
    (["Germany"], "Munich, Germany", True),
    (["DACH"], "Zurich, Switzerland", True),
    (["TX"], None, False),
]


@pytest.mark.parametrize("wanted, to, holds", PLACES)
def test_places_in_facts(wanted: list[str], to: str | None, holds: bool) -> None:
    assert (total([MOVE | {"is": {"to": {"in": wanted}}}], [story(to=to)]) > 0) is holds


THEN = {"then": ["executive_change", "relocation"], "within": "90d", "weight": 15}
CHIEF = {"trigger": "executive_change", "is": {"level": "c_suite"}, "weight": 10}
# (days ago of the change, of the move, level, points of the bonus)
SEQUENCES = [
    # in order, the move today
    (30, 0, "c_suite", 15),
    # the bonus decays from the later event
    (120, 90, "c_suite", 7.5),
    # the wrong way round
    (0, 30, "c_suite", 0),
    # too far apart
    (100, 0, "c_suite", 0),
    # on one day: days are all that is known
    (5, 5, "c_suite", 15 * 2 ** (-5 / 90)),
    # a bare kind means what the profile wants of it: a director does not do
    (30, 0, "board", 0),
]


@pytest.mark.parametrize("change, move, level, points", SEQUENCES)
def test_sequence(change: float, move: float, level: str, points: float) -> None:
    found = score(
        profile(wants=[CHIEF, MOVE, THEN], threshold=1),
        company(),
        [story("executive_change", change, level=level), story(days_ago=move)],
        NOW,
    )
    assert found.parts[2].points == pytest.approx(points, abs=0.01)
    assert len(found.parts[2].story_ids) == (2 if points else 0)


def test_sequence_is_as_sure_as_its_least_sure_event() -> None:
    stories = [story("executive_change", 10, level="c_suite", confidence=0.6), story(status="planned", confidence=0.9)]
    assert score(profile(wants=[CHIEF, MOVE, THEN], threshold=1), company(), stories, NOW).parts[2].points == pytest.approx(9.0)


def test_sequence_picks_the_surer_of_two_first_events() -> None:
    stories = [story("executive_change", 10, level="c_suite", confidence=0.3), story("executive_change", 20, level="c_suite"), story()]
    assert score(profile(wants=[CHIEF, MOVE, THEN], threshold=1), company(), stories, NOW).parts[2].points == pytest.approx(15.0)


def test_sequence_of_three_does_not_use_a_story_twice() -> None:
    want = {"then": ["relocation", "relocation", "relocation"], "within": "90d", "weight": 15}
    two, three = [story(), story(days_ago=5)], [story(), story(days_ago=5), story(days_ago=10)]
    assert total([want], two) == 0
    assert total([want], three) == 15


BOTH = {"all": ["funding", "hiring"], "any": ["relocation", "real_estate_deal"], "none": ["distress"], "within": "60d", "weight": 20}
# (stories, points)
COMBINATIONS = [
    # everything there, in any order
    ([story("hiring", 10), story("funding", 5), story()], 20),
    # one of `all` missing
    ([story("funding", 5), story()], 0),
    # none of `any`
    ([story("hiring", 10), story("funding", 5)], 0),
    # too far apart
    ([story("hiring", 70), story("funding", 5), story()], 0),
    # spoilt by what must not be
    ([story("hiring", 10), story("funding", 5), story(), story("distress", 30)], 0),
    # which was denied, and spoils nothing
    ([story("hiring", 10), story("funding", 5), story(), story("distress", 30, status="denied")], 20),
    # or lies too far back
    ([story("hiring", 10), story("funding", 5), story(), story("distress", 61)], 20),
]


@pytest.mark.parametrize("stories, points", COMBINATIONS)
def test_combination(stories: list[Story], points: float) -> None:
    assert total([BOTH], stories) == pytest.approx(points, abs=0.01)


GONE = {"trigger": "executive_change", "is": {"function": "finance", "direction": "leaves"}}
CAME = {"trigger": "executive_change", "is": {"function": "finance", "direction": "joins"}}
VACANT = {"absent": CAME, "after": GONE, "within": "120d", "weight": 25}


def left(days_ago: float, **more: Any) -> Story:
    return story("executive_change", days_ago, function="finance", direction="leaves", **more)


def joined(days_ago: float, function: str = "finance") -> Story:
    return story("executive_change", days_ago, function=function, direction="joins", key="joined")


# (stories, points)
ABSENCES = [
    # the time is over today
    ([left(120)], 25),
    # one day to go
    ([left(119)], 0),
    # it decays from the day the time was over, not from the departure
    ([left(210)], 12.5),
    # a successor in time
    ([left(120), joined(1)], 0),
    # a successor after the time takes nothing back
    ([left(130), joined(5)], 25 * 2 ** (-10 / 90)),
    # one named in the same breath
    ([left(120), joined(120)], 0),
    # or first, the announcement told in two documents
    ([left(120), joined(127)], 0),
    # one of an earlier announcement is no successor
    ([left(120), joined(129)], 25),
    # another function's
    ([left(120), joined(60, "legal")], 25),
    # no departure
    ([joined(60)], 0),
    # a denied departure
    ([left(120, status="denied")], 0),
]


@pytest.mark.parametrize("stories, points", ABSENCES)
def test_absence(stories: list[Story], points: float) -> None:
    assert total([VACANT], stories) == pytest.approx(points, abs=0.01)


THREE = {"trigger": "facility_opening", "times": 3, "within": "1y", "weight": 30}
# (days ago of the plants, points)
REPETITIONS = [
    ([300, 200, 0], 30),
    ([200, 0], 0),
    # one of three is too old
    ([366, 200, 0], 0),
    # a fourth adds nothing
    ([300, 200, 100, 0], 30),
    # it decays from the latest
    ([300, 200, 90], 15),
]


@pytest.mark.parametrize("days, points", REPETITIONS)
def test_repetition(days: list[int], points: float) -> None:
    assert total([THREE], [story("facility_opening", ago) for ago in days]) == pytest.approx(points, abs=0.01)


def test_best_story_counts_once_and_each_counts_all() -> None:
    stories = [story(days_ago=90), story(confidence=0.8), story(days_ago=1, status="rumored")]
    assert total([MOVE], stories) == 32
    assert total([MOVE | {"count": "each"}], stories) == pytest.approx(20 + 32 + 15.88, abs=0.01)


def test_twelve_copies_score_as_one() -> None:
    one = sighting(publisher="Wire One")
    copies = tuple(sighting(publisher=f"Wire {number}", published=NOW + timedelta(minutes=number)) for number in range(11))
    assert total([MOVE], [story(sightings=(one, *copies))]) == total([MOVE], [story(sightings=(one,))]) == 40


# (sightings, sources demanded, holds)
SOURCES = [
    # two publishers in their own words
    ((sighting(), sighting(publisher="Paper", quote="The company is to leave town.")), 2, True),
    # a copy on another wire is the same source
    ((sighting(), sighting(publisher="Wire Two")), 2, False),
    # two articles of one publisher too
    ((sighting(), sighting(quote="The company is to leave town.")), 2, False),
    # a filing will do where the profile says so, and only there
    ((sighting(form="8-K"),), {"at_least": 2, "or_filing": True}, True),
    ((sighting(form="8-K"),), 2, False),
    # one wire's copy and a paper that both runs the release and writes itself
    ((sighting(), sighting(publisher="Paper"), sighting(publisher="Paper", quote="Our own words.")), 2, True),
]


@pytest.mark.parametrize("told, demanded, holds", SOURCES)
def test_sources(told: tuple[Any, ...], demanded: Any, holds: bool) -> None:
    assert (total([MOVE | {"sources": demanded}], [story(sightings=told)]) > 0) is holds


def test_parts_say_how_the_points_come_about() -> None:
    found = score(profile(wants=[MOVE, {"trigger": "funding", "weight": 5}]), company(), [story(days_ago=18, confidence=0.95)], NOW)
    assert found.parts[0].want == "relocation, weight 40"
    assert found.parts[0].why == "40 × 0.95 confidence × 1 announced × 0.87 after 18 days"
    assert found.parts[1].why == "no funding is known of this company"
    assert sum(part.points for part in found.parts) == found.total == 33.08


# (want, story, why it is missing)
MISSING = [
    (MOVE | {"within": "30d"}, story(days_ago=42), "no relocation that fits: that of 2024-07-09 is 42 days old, 12 days beyond 30 days"),
    (MOVE | {"status": "planned"}, story(), "no relocation that fits: that of 2024-08-20 is announced, not planned"),
    (MOVE, story(status="denied"), "no relocation that fits: that of 2024-08-20 is denied"),
    (MOVE | {"sources": 2}, story(), "no relocation that fits: that of 2024-08-20 was seen in 1 independent source, 2 demanded"),
    (CHIEF, story("executive_change", level="board"), "no executive_change that fits: that of 2024-08-20 level is board, not c_suite"),
]


@pytest.mark.parametrize("want, told, why", MISSING)
def test_what_is_missing_is_said(want: dict[str, Any], told: Story, why: str) -> None:
    assert score(profile(wants=[want], threshold=1), company(), [told], NOW).parts[0].why == why


def test_required_wants_that_are_not_met_are_named() -> None:
    found = score(profile(wants=[MOVE | {"required": True}, CHIEF | {"required": True}]), company(), [story()], NOW)
    assert found.missing == ("executive_change (level c_suite), weight 10",)


def test_decay_of_the_future_is_none() -> None:
    assert decayed(40, timedelta(days=-5), timedelta(days=90)) == 40
