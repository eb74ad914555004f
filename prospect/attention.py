"""What the operator must look at among the sources: judged after each run, told by one mail a trouble, and once more when it is over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from alerts.owed import note_owed
from alerts.settings import MailSettings
from alerts.wording import clean
from crawler.health import DUE_AFTER, HISTORY_DAYS, Health, judge_sources
from crawler.source import Source
from store import queries
from store.records import Delivery, Run, fingerprint

# in a note's payload: source -> [verdict, key of the trouble], or null for one that is well again
TOLD = "sources"
GAP = "gap"  # in a note's payload: when the run before the gap was
NAMED_IN_SUBJECT = 3


def judged_sources(sources: Mapping[str, Source], conn: Connection, now: datetime) -> list[Health]:
    """Return the judgement on every source by what is stored of its runs and pages, warnings first."""
    since = now - timedelta(days=HISTORY_DAYS)
    runs = queries.source_history(conn, now, days=HISTORY_DAYS)
    return judge_sources(sources, runs, now, unreadable=queries.unreadable_by_day(conn, since))


def report_owed(
    judged: Sequence[Health],
    *,
    sources: Mapping[str, Source],
    notes: Iterable[Delivery],
    before: Run | None,
    now: datetime,
    mail: MailSettings,
) -> Delivery | None:
    """Return the mail that tells the operator of troubles that are new or over; None when there is neither.

    `notes` are the earlier mails to the operator, earliest first: what they told of is not told again. `before` is the last
    run that came to its end before this one. Raise ValueError when an address is none.
    """
    told: dict[str, Sequence[str] | None] = {}
    gaps: set[object] = set()
    for note in notes:
        if isinstance(of_sources := note.payload.get(TOLD), Mapping):
            told.update(of_sources)
        gaps.add(note.payload.get(GAP))
    new = [health for health in judged if health.verdict.warning and (told.get(health.source) or [""])[0] != health.verdict]
    over = [health for health in judged if not health.verdict.warning and told.get(health.source)]
    gap = before.now if before and now - before.now > DUE_AFTER["daily"] and before.now.isoformat() not in gaps else None
    if not (new or over or gap):
        return None
    lines: list[str] = []
    if gap:
        lines += [
            f"No run came to its end between {gap:%Y-%m-%d %H:%M} and {now:%Y-%m-%d %H:%M} UTC: what lists showed only in between was missed.",
            "  Cure: see that `prospect serve` is started with the machine; its log says what stopped it.",
            "",
        ]
    if new:
        lines += ["These sources need a look:", ""]
        for health in new:
            lines += [
                f"- {_named(health, sources)} is {health.verdict}: {clean(health.detail, 500)}",
                f"  Cure: {clean(health.cure, 500)}",
                "",
            ]
    if over:
        lines += ["Mended:", ""]
        lines += [
            f"- {_named(health, sources)} was {_verdict(told[health.source])} and is well again: {clean(health.detail, 300)}"
            for health in over
        ]
        lines.append("")
    lines.append("Each trouble is told once. How all sources stand: prospect sources --health")
    return note_owed(
        subject=_subject(new, over),
        text="\n".join(lines) + "\n",
        key=fingerprint(
            "sources", gap, *sorted(health.key for health in new), "mended", *sorted(str(told[health.source]) for health in over)
        ),
        now=now,
        mail=mail,
        more={
            TOLD: {health.source: [str(health.verdict), health.key] for health in new} | {health.source: None for health in over},
            **({GAP: gap.isoformat()} if gap else {}),
        },
    )


def _subject(new: Sequence[Health], over: Sequence[Health]) -> str:
    if new:
        many = "a source needs" if len(new) == 1 else f"{len(new)} sources need"
        return f"prospect: {many} a look: {_few(new)}"
    return f"prospect: mended: {_few(over)}" if over else "prospect: there was no run for days"


def _few(healths: Sequence[Health]) -> str:
    more = f" and {len(healths) - NAMED_IN_SUBJECT} more" if len(healths) > NAMED_IN_SUBJECT else ""
    return ", ".join(health.source for health in healths[:NAMED_IN_SUBJECT]) + more


def _named(health: Health, sources: Mapping[str, Source]) -> str:
    return f"{health.source} ({clean(sources[health.source].title, 80)})"


def _verdict(told: Sequence[str] | None) -> str:
    return told[0] if told else ""
