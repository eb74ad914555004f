"""Judges sources by their runs: who failed, fell silent, was refused, or did not run; each warning with its cure. Pure.

What is usual is learned: a source is held against its own runs of the last weeks, weekday against weekday, since most
publishers rest at weekends.
"""

from __future__ import annotations

import math
import re
import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from crawler.source import Source
from store.records import SourceRun, fingerprint

LEARNED_FROM_DAYS = 42
HISTORY_DAYS = 400  # runs that a judgement is made by: the usual is learned from before a silence, however long it lasts
LEAST_DAYS = 4  # before so many days a source is too new to be judged by what is usual
SILENCE_CHANCE = 0.01  # so seldom would a healthy source show so little
REFUSED_SHARE = 0.3  # of a day's pages
DUE_AFTER: Mapping[str, timedelta] = {
    "minutes": timedelta(hours=6),
    "hourly": timedelta(hours=12),
    "daily": timedelta(days=2),
    "weekly": timedelta(days=9),
    "monthly": timedelta(days=40),
    "once": timedelta(days=36500),
}

# a source is crawled again once so much time has gone by: a little less than its schedule says, since runs begin late at times
CRAWLED_AGAIN_AFTER: Mapping[str, timedelta] = {
    "minutes": timedelta(),
    "hourly": timedelta(minutes=50),
    "daily": timedelta(hours=20),
    "weekly": timedelta(days=6, hours=12),
    "monthly": timedelta(days=27),
    "once": timedelta.max,
}

TRIED_AGAIN = "it is tried again at the next crawl"  # in the note of a run that left a listed page


def left_pages(run: SourceRun) -> bool:
    """Return whether a crawl left listed pages to be tried again: the next one looks as far back as it did."""
    return any(TRIED_AGAIN in note for note in run.notes)


def is_due(source: Source, last: SourceRun | None, now: datetime) -> bool:
    """Return whether a run at `now` crawls the source, whose last crawl was `last`.

    A crawl that failed, or left pages for the next one, is made up for by the next run, whatever the schedule.
    """
    if last is None or last.error is not None or left_pages(last) or last.started > now:
        return True
    return now - last.started >= CRAWLED_AGAIN_AFTER[source.schedule]


class Verdict(StrEnum):
    """What a source's runs say of it, the gravest first."""

    FAILING = "failing"  # the last run did not come to its end
    SILENT = "silent"  # it runs, and shows nothing or far less than it does on such days
    REFUSED = "refused"  # pages are turned down far more than usual
    NOT_RUN = "not run"
    NEVER_RUN = "never run"
    NEW = "new"  # too few days to know what is usual
    HEALTHY = "healthy"

    @property
    def warning(self) -> bool:
        return self in (Verdict.FAILING, Verdict.SILENT, Verdict.REFUSED, Verdict.NOT_RUN)


@dataclass(frozen=True, slots=True)
class Health:
    """The judgement on one source."""

    source: str
    verdict: Verdict
    detail: str  # in one sentence, with the numbers
    cure: str  # what to do; "" when nothing is to be done
    since: date | None  # first day of the present trouble
    last_run: datetime | None
    new_per_day: float | None  # what is usual on days such as the last one
    new_today: int
    unreadable_share: float | None = None  # of the last day's documents

    @property
    def key(self) -> str:
        """The name of one trouble: the same source, the same verdict, since the same day."""
        return fingerprint(self.source, self.verdict, self.since)


def judge_source(
    source: Source, runs: Sequence[SourceRun], now: datetime, *, unreadable: Mapping[date, tuple[int, int]] | None = None
) -> Health:
    """Return the judgement on one source by its runs, in any order, as of `now`.

    `unreadable` is (documents read, documents turned down by the readers) by the day they were fetched.
    """
    past = sorted((run for run in runs if run.started <= now), key=lambda run: run.started)
    if not past:
        return Health(
            source.name, Verdict.NEVER_RUN, "it was not crawled yet", "`prospect sources try " + source.name + "`", None, None, None, 0
        )
    last = past[-1]
    today = last.started.date()
    by_day = _by_day(past)
    usual = _usual(by_day, today, source.expect_per_day)
    new_today = by_day[today].new

    def health(verdict: Verdict, detail: str, cure: str = "", since: date | None = None, share: float | None = None) -> Health:
        return Health(source.name, verdict, detail, cure, since, last.started, usual, new_today, share)

    if now - last.started > DUE_AFTER[source.schedule] and source.enabled:
        return health(
            Verdict.NOT_RUN,
            f"it last ran {_ago(now - last.started)} ago and is due {source.schedule}",
            "is `prospect serve` running, and did the last run come to its end? `prospect run` crawls it now",
            today,
        )
    if last.error:
        failing = _first_of_row(past, lambda run: run.error is not None)
        count = len([run for run in past if run.started >= failing.started])
        often = "" if count == 1 else f" ({count} runs in a row)"
        what, cure = _what_and_cure(last.error)
        return health(Verdict.FAILING, f"{what}{often}", cure, failing.started.date())
    if silent := _silence(source, by_day, past, today, usual):
        since, detail = silent
        return health(
            Verdict.SILENT,
            detail,
            f"open {source.start[0] if source.start else 'its address'} in a browser; if there are new entries, its page or feed was rebuilt: "
            f"`prospect sources try {source.name}` shows what is read, then correct the source file",
            since,
        )
    if unreadable and (refused := _refused(unreadable, today)):
        since, share, detail = refused
        return health(
            Verdict.REFUSED,
            detail,
            f"`prospect sources try {source.name}` shows the reasons; slow it down (`delay_s`), or ask its operator",
            since,
            share,
        )
    days = len(by_day)
    if days < LEAST_DAYS:
        return health(Verdict.NEW, f"{new_today} new on {today}; {LEAST_DAYS - days} more days until it is known what is usual")
    return health(
        Verdict.HEALTHY, f"{new_today} new on {today}, usually {usual:.1f}" if usual is not None else f"{new_today} new on {today}"
    )


def judge_sources(
    sources: Mapping[str, Source],
    runs: Sequence[SourceRun],
    now: datetime,
    *,
    unreadable: Mapping[str, Mapping[date, tuple[int, int]]] | None = None,
) -> list[Health]:
    """Return the judgement on every source, warnings first, in their order of gravity."""
    of_source: dict[str, list[SourceRun]] = defaultdict(list)
    for run in runs:
        of_source[run.source].append(run)
    order = list(Verdict)
    found = [judge_source(source, of_source[name], now, unreadable=(unreadable or {}).get(name)) for name, source in sources.items()]
    return sorted(found, key=lambda health: (order.index(health.verdict), health.source))


@dataclass(frozen=True, slots=True)
class _Day:
    new: int
    listed: int
    requests: int
    unchanged: bool  # no list showed anything: all answered "not modified"


def _by_day(runs: Sequence[SourceRun]) -> dict[date, _Day]:
    """Return what the successful runs of each day brought together, and days of failures alone as they are."""
    days: dict[date, list[SourceRun]] = defaultdict(list)
    for run in runs:
        days[run.started.date()].append(run)
    return {
        day: _Day(
            new=sum(run.new for run in those),
            listed=max(run.listed for run in those),
            requests=sum(run.requests for run in those),
            unchanged=all(run.listed == 0 and not run.notes for run in those),
        )
        for day, those in sorted(days.items())
    }


def _usual(by_day: Mapping[date, _Day], today: date, floor: float | None) -> float | None:
    """Return how many new documents such a day usually brings: the median of its weekdays, of all days where those are few.

    The days since the last document are not learned from, or a long silence would become what is usual.
    """
    until = min(today, _first_of_zeros(by_day))
    earlier = {day: seen for day, seen in by_day.items() if until - timedelta(days=LEARNED_FROM_DAYS) <= day < until}
    # the first crawl brings what had gathered, not what a day brings
    first = min(by_day)
    earlier.pop(first, None)
    same = [seen.new for day, seen in earlier.items() if day.weekday() == today.weekday()]
    kind = [seen.new for day, seen in earlier.items() if (day.weekday() >= 5) == (today.weekday() >= 5)]
    counts = same if len(same) >= 3 else kind if len(kind) >= LEAST_DAYS - 1 else []
    learned = statistics.median(counts) if counts else None
    if floor is not None and (learned is None or learned < floor) and today.weekday() < 5:
        return floor
    return learned


def _first_of_zeros(by_day: Mapping[date, _Day]) -> date:
    """Return the first of the days at the end that brought nothing; the day after the last one where that brought something."""
    last = max(by_day)
    first = last + timedelta(days=1)
    for day in sorted(by_day, reverse=True):
        if by_day[day].new:
            break
        first = day
    return first


def _silence(
    source: Source, by_day: Mapping[date, _Day], runs: Sequence[SourceRun], today: date, usual: float | None
) -> tuple[date, str] | None:
    """Return (since when, in words) where a source shows less than chance would have it show."""
    if emptied := _emptied(by_day, runs, today):
        return emptied
    expected = 0.0
    brought = 0
    found: tuple[date, str] | None = None
    # several thin days in a row say what one cannot: a source of one release a day may well have none today
    for day in sorted(by_day, reverse=True):
        of_day = usual if day == today else _usual(by_day, day, source.expect_per_day)
        if of_day is None or (by_day[day].new > of_day * 0.4 and by_day[day].new > 0):
            break
        expected += of_day
        brought += by_day[day].new
        if of_day and _chance_of_at_most(brought, expected) < SILENCE_CHANCE and brought < expected * 0.25:
            often = f"on {day}" if day == today else f"since {day}"
            found = day, f"{brought} new documents {often}, where some {expected:.0f} are usual for those days"
    return found


def _emptied(by_day: Mapping[date, _Day], runs: Sequence[SourceRun], today: date) -> tuple[date, str] | None:
    """Return (since when, in words) where lists that had entries have none at all: status 200, nothing in them."""
    last = runs[-1]
    empty = [note for note in last.notes if "without a single entry" in note]
    had = max((seen.listed for day, seen in by_day.items() if day < today), default=0)
    if not empty or last.listed or had < 3:
        return None
    since = _first_of_row(runs, lambda run: run.listed == 0).started.date()
    return since, f"its list is empty since {since}, where it showed up to {had} entries"


def _refused(unreadable: Mapping[date, tuple[int, int]], today: date) -> tuple[date, float, str] | None:
    """Return (since when, share, in words) where the readers turn down far more of the last day's pages than before."""
    judged = {day: refused / (read + refused) for day, (read, refused) in unreadable.items() if read + refused >= 4 and day <= today}
    if today not in judged or unreadable[today][1] < 3:
        return None
    since = today
    for day in sorted(judged, reverse=True):
        if judged[day] < REFUSED_SHARE:
            break
        since = day
    # what is usual is told by the days before the trouble
    before = [seen for day, seen in unreadable.items() if day < since]
    earlier_read, earlier_refused = sum(seen[0] for seen in before), sum(seen[1] for seen in before)
    usual = earlier_refused / (earlier_read + earlier_refused) if earlier_read + earlier_refused else 0.0
    share = judged[today]
    if share < REFUSED_SHARE or share < usual * 2:
        return None
    read, refused = unreadable[today]
    return (
        since,
        share,
        f"{refused} of {read + refused} pages were no documents ({share:.0%}, usually {usual:.0%}): block pages, walls or soft 404s",
    )


def _first_of_row(runs: Sequence[SourceRun], holds: object) -> SourceRun:
    """Return the first run of the unbroken row, up to the last one, for which `holds` is true."""
    first = runs[-1]
    for run in reversed(runs):
        if not holds(run):  # type: ignore[operator]
            break
        first = run
    return first


def _chance_of_at_most(brought: int, expected: float) -> float:
    """Return how likely so few are by chance, as documents come (Poisson), where `expected` are usual."""
    return math.exp(-expected) * sum(expected**count / math.factorial(count) for count in range(min(brought, 100) + 1))


def _what_and_cure(error: str) -> tuple[str, str]:
    """Return (what is wrong, the cure that the error names behind its last semicolon)."""
    *what, cure = re.split(r";\s+", error)
    return ("; ".join(what), cure) if what else (error, "look at the error, and at the source in a browser")


def _ago(span: timedelta) -> str:
    return f"{span.days} days" if span.days >= 2 else f"{span.total_seconds() / 3600:.0f} hours"
