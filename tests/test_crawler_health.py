"""Judgements on sources: what is a warning, and what is a quiet day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from crawler.health import Verdict, is_due, judge_source, judge_sources
from crawler.source import Source
from store.records import SourceRun

MONDAY = datetime(2026, 1, 12, 3, tzinfo=UTC)
WIRE = Source(name="wire", title="Wire", spider="feed", start=("https://wire.example/feed",))


def run(days_ago: int, new: int, listed: int = 20, error: str | None = None, notes: tuple[str, ...] = ()) -> SourceRun:
    started = MONDAY - timedelta(days=days_ago)
    return SourceRun(
        source="wire", started=started, ended=started, requests=new + 1, listed=listed, new=new, failed=0, error=error, notes=notes
    )


def daily(new_on: Callable[[int], int], days: int = 35) -> list[SourceRun]:
    """Return a run a day, today included; `new_on` gives the count by weekday (0 is Monday)."""
    return [run(ago, new_on((MONDAY - timedelta(days=ago)).weekday())) for ago in range(days, -1, -1)]


def busy(weekday: int) -> int:
    return 0 if weekday >= 5 else 12


EMPTY = "https://wire.example/feed: a feed without a single entry; if this lasts, look at it in a browser"

# what it guards, the runs, the verdict, words of detail and cure
ROWS: list[tuple[str, list[SourceRun], Verdict, tuple[str, ...]]] = [
    ("nothing known yet", [], Verdict.NEVER_RUN, ("not crawled", "sources try wire")),
    ("too new to judge", [run(1, 40), run(0, 0)], Verdict.NEW, ("0 new",)),
    ("as always", daily(busy), Verdict.HEALTHY, ("12 new", "usually 12")),
    ("no news on a busy Monday", [*daily(busy)[:-1], run(0, 0)], Verdict.SILENT, ("0 new", "12 are usual", "sources try wire")),
    ("one of twelve is as good as silent", [*daily(busy)[:-1], run(0, 1)], Verdict.SILENT, ("1 new",)),
    ("half of the usual is a quiet day", [*daily(busy)[:-1], run(0, 6)], Verdict.HEALTHY, ()),
    ("a source of one a day may have none", [*daily(lambda _: 1)[:-1], run(0, 0)], Verdict.HEALTHY, ()),
    ("but not for a week", [*daily(lambda _: 1)[:-7], *[run(ago, 0) for ago in range(6, -1, -1)]], Verdict.SILENT, ("since 2026-01-0",)),
    (
        "an emptied list tells at once",
        [*daily(lambda _: 1)[:-1], run(0, 0, listed=0, notes=(EMPTY,))],
        Verdict.SILENT,
        ("empty since", "20 entries"),
    ),
    ("an unchanged list is no emptied one", [*daily(lambda _: 1)[:-1], run(0, 0, listed=0)], Verdict.HEALTHY, ()),
    (
        "a failure, with the cure it names",
        [*daily(busy)[:-1], run(0, 0, error="x: answered 404; correct `start`")],
        Verdict.FAILING,
        ("404", "correct `start`"),
    ),
    (
        "failures in a row count from the first",
        [*daily(busy)[:-2], run(1, 0, error="x; y"), run(0, 0, error="x; y")],
        Verdict.FAILING,
        ("2 runs in a row",),
    ),
    ("mended", [*daily(busy)[:-2], run(1, 0, error="x; y"), run(0, 14)], Verdict.HEALTHY, ()),
    ("it did not run", [run(ago, 12) for ago in range(30, 4, -1)], Verdict.NOT_RUN, ("5 days ago", "prospect serve")),
]


@pytest.mark.parametrize(("guards", "runs", "verdict", "words"), ROWS, ids=[row[0] for row in ROWS])
def test_verdicts(guards: str, runs: list[SourceRun], verdict: Verdict, words: tuple[str, ...]) -> None:
    health = judge_source(WIRE, runs, MONDAY + timedelta(hours=1))
    assert health.verdict is verdict, health
    said = f"{health.detail} | {health.cure}"
    assert not [word for word in words if word not in said], said
    assert bool(health.cure) or not verdict.warning


LEFT = "a listed page answered 500; it is tried again at the next crawl"
# what it guards, schedule, hours since the last crawl (None: never crawled), what that one said, whether a run crawls it
DUE = [
    ("never crawled", "once", None, {}, True),
    ("the next night", "daily", 24, {}, True),
    ("the next night, an hour early", "daily", 23, {}, True),
    ("again in the morning", "daily", 8, {}, False),
    ("a run every half hour", "hourly", 0.5, {}, False),
    ("an hour later", "hourly", 1, {}, True),
    ("each run", "minutes", 0.05, {}, True),
    ("six days", "weekly", 6 * 24, {}, False),
    ("a week", "weekly", 7 * 24, {}, True),
    ("read through once", "once", 9999, {}, False),
    ("it failed", "weekly", 1, {"error": "x; y"}, True),
    ("it left a page", "weekly", 1, {"notes": (LEFT,)}, True),
    ("a run as of an earlier day", "weekly", -48, {}, True),
]


@pytest.mark.parametrize(("guards", "schedule", "hours", "said", "due"), DUE, ids=[row[0] for row in DUE])
def test_which_sources_a_run_crawls(guards: str, schedule: str, hours: float | None, said: dict[str, str], due: bool) -> None:
    source = WIRE.model_copy(update={"schedule": schedule})
    last = None if hours is None else replace(run(0, 3), started=MONDAY - timedelta(hours=hours), **said)  # type: ignore[arg-type]
    assert is_due(source, last, MONDAY) is due


def test_weekends_are_held_against_weekends() -> None:
    until_sunday = daily(busy)[:-1]
    assert judge_source(WIRE, until_sunday, MONDAY - timedelta(hours=20)).verdict is Verdict.HEALTHY


def test_a_floor_speaks_before_anything_is_learned() -> None:
    expected = WIRE.model_copy(update={"expect_per_day": 10.0})
    assert judge_source(expected, [run(1, 40), run(0, 0)], MONDAY + timedelta(hours=1)).verdict is Verdict.SILENT


def test_a_jump_of_rejected_pages_is_a_warning() -> None:
    today = MONDAY.date()
    before = {today - timedelta(days=days): (20, 1) for days in range(1, 10)}
    runs = daily(busy)
    refused = judge_source(WIRE, runs, MONDAY, unreadable={**before, today: (4, 8)})
    assert refused.verdict is Verdict.REFUSED
    assert "8 of 12 pages" in refused.detail
    assert judge_source(WIRE, runs, MONDAY, unreadable={**before, today: (11, 1)}).verdict is Verdict.HEALTHY


def test_the_same_trouble_has_one_key_for_one_mail() -> None:
    first = [*daily(busy)[:-2], run(1, 0, error="x; y")]
    later = [*first, run(0, 0, error="x; y")]
    keys = {judge_source(WIRE, runs, MONDAY + timedelta(hours=1)).key for runs in (first, later)}
    assert len(keys) == 1


def test_warnings_come_first() -> None:
    well = WIRE.model_copy(update={"name": "well"})
    runs = [*daily(busy)[:-1], run(0, 0, error="x; y"), *[replace(each, source="well") for each in daily(busy)]]
    found = judge_sources({"well": well, "wire": WIRE}, runs, MONDAY + timedelta(hours=1))
    assert [(health.source, health.verdict.warning) for health in found] == [("wire", True), ("well", False)]
    assert found[0].since == date(2026, 1, 12)
