"""What a run does: collect → read → extract → resolve → judge → tell.

Each stage takes what is due, calls its room's pure function, and saves the result and the mark "done" in one
transaction; so a run that is killed anywhere goes on where it stopped, and a second run changes nothing.
"""

from __future__ import annotations

import logging
import os
import random
import secrets
import socket
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TypeVar

from sqlalchemy import Engine

from alerts.outbox import deliver_due
from crawler.archive import Archive
from crawler.health import Verdict, is_due
from crawler.read import Unreadable, read_document
from crawler.run import CrawlSettings, crawl_sources
from prospect.attention import judged_sources, report_owed
from prospect.bouncing import BouncesUnreadable, mails_at, take_bounces
from prospect.copies import WINDOW as COPIES_WINDOW
from prospect.judging import judge_all, owed, save
from prospect.resolving import Known, resolve
from prospect.summary import Progress, RunSummary, Silent, due_in_batches
from prospect.telling import mail_settings, targets
from prospect.workspace import Workspace
from store import queries
from store.records import Document, RawDocument, SourceRun

log = logging.getLogger(__name__)
STAGES = ("collect", "read", "extract", "resolve", "judge", "tell")
T = TypeVar("T")


def run(
    workspace: Workspace,
    engine: Engine,
    *,
    now: datetime,
    stages: Collection[str] = STAGES,
    progress: Progress | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> RunSummary:
    """Do one run at `now` (stages in their order, whichever are asked for) and return what it did."""
    progress = progress or Silent()
    summary = RunSummary(now)
    with engine.begin() as conn:
        run_id = queries.begin_run(conn, now, clock())
    known = Known(engine)
    steps: dict[str, Callable[[], object]] = {
        "collect": lambda: collect(workspace, engine, now, summary, progress),
        "read": lambda: read(workspace, engine, now, summary, progress),
        "extract": lambda: extract(workspace, engine, now, summary, progress),
        "resolve": lambda: resolve(workspace, engine, now, summary, progress, known),
        "judge": lambda: judge(workspace, engine, now, summary, progress, known),
        "tell": lambda: tell(workspace, engine, now, summary, progress),
    }
    for stage in STAGES:
        if stage in stages:
            steps[stage]()
        if stage == "read" and "collect" in stages:
            attend(workspace, engine, now, summary, run_id)
    with engine.begin() as conn:
        queries.end_run(conn, run_id, clock(), summary.as_json())
    log.info("run ended now=%s leads=%d failures=%d", now.isoformat(), len(summary.leads), len(summary.failures))
    return summary


def collect(
    workspace: Workspace,
    engine: Engine,
    now: datetime,
    summary: RunSummary,
    progress: Progress,
    names: Collection[str] | None = None,
) -> list[SourceRun]:
    """Crawl every source that is due (or those named, due or not) in a child process, some side by side; return how each went."""
    with engine.connect() as conn:
        last = queries.latest_source_runs(conn)
    sources = [
        source
        for name, source in workspace.sources.items()
        if (name in names if names is not None else is_due(source, last.get(name), now))
    ]
    progress.begin("collect", len(sources))
    settings = crawl_settings(workspace, now)
    runs: list[SourceRun] = []
    for done in crawl_sources(sources, settings):
        runs.append(done)
        progress.advance(1, f"{done.source}: {done.new} new")
        with engine.begin() as conn:
            queries.save_source_run(conn, done)
        if done.error:
            summary.failures.append(f"source {done.source}: {done.error}")
        summary.notes += [f"source {done.source}: {note}" for note in done.notes]
    crawl = workspace.settings.crawl
    if crawl.keep_days or crawl.keep_gb:
        Archive(workspace.archive).expire(
            today=now.date(), keep_days=crawl.keep_days, keep_bytes=int(crawl.keep_gb * 1e9) if crawl.keep_gb else None
        )
    summary.collect = {
        "sources": len(runs),
        **({"not_due": len(workspace.sources) - len(sources)} if names is None else {}),
        "requests": sum(done.requests for done in runs),
        "listed": sum(done.listed for done in runs),
        "new": sum(done.new for done in runs),
        "failed_requests": sum(done.failed for done in runs),
        "failed_sources": sum(done.error is not None for done in runs),
    }
    return runs


def crawl_settings(workspace: Workspace, now: datetime) -> CrawlSettings:
    """Return what a crawl of this workspace goes by."""
    crawl = workspace.settings.crawl
    return CrawlSettings(
        database_url=workspace.database_url,
        archive=workspace.archive,
        contact=workspace.settings.contact,
        now=now,
        allow_hosts=crawl.allow_hosts,
        since=workspace.settings.since,
        timeout_s=seconds(crawl.timeout),
        at_once=crawl.at_once,
    )


def read(workspace: Workspace, engine: Engine, now: datetime, summary: RunSummary, progress: Progress) -> None:
    """Turn every fetched body that is due into a Document, or note why it cannot be."""
    archive = Archive(workspace.archive)

    def read_one(raw: RawDocument) -> Document | str:
        try:
            return read_document(archive.body(raw.warc, raw.offset), raw=raw)
        except Unreadable as error:
            return str(error)
        except Exception as error:  # a reader's fault on one page must not stop the night; it is kept with the page
            log.exception("reader failed id=%s", raw.id)
            return f"the reader failed: {type(error).__name__}: {error}"

    documents = unreadable = 0
    progress.begin("read", None)
    for batch in due_in_batches(engine, queries.due_to_read):
        results = [(raw, read_one(raw)) for raw in batch]
        with engine.begin() as conn:
            for raw, result in results:
                if isinstance(result, Document):
                    queries.save_document(conn, result, now)
                    documents += 1
                else:
                    queries.mark_unreadable(conn, raw.id, result, now)
                    unreadable += 1
        progress.advance(len(batch))
    summary.read = {"documents": documents, "unreadable": unreadable}


def attend(workspace: Workspace, engine: Engine, now: datetime, summary: RunSummary, run_id: int) -> None:
    """Judge every source by what came and what could be read; owe the operator one mail about what is new or mended."""
    mail = mail_settings(workspace)
    with engine.begin() as conn:
        judged = judged_sources(workspace.sources, conn, now)
        if mail.operator:
            before = next((done for done in queries.last_runs(conn, 50) if done.ended and done.id != run_id), None)
            try:
                owed = report_owed(
                    judged, sources=workspace.sources, notes=queries.notes_to_operator(conn), before=before, now=now, mail=mail
                )
            except ValueError as error:
                summary.failures.append(str(error))
            else:
                queries.enqueue(conn, [owed] if owed else [])
    for health in judged:
        # a failing source has said so itself; what is told here is the silence of one that seems to work
        if health.verdict.warning and health.verdict is not Verdict.FAILING:
            summary.notes.append(f"source {health.source} is {health.verdict}: {health.detail}; {health.cure}")


def extract(workspace: Workspace, engine: Engine, now: datetime, summary: RunSummary, progress: Progress) -> None:
    """Find the events in every Document that is due; those of a copy are told by what was found in its original."""
    counts: Counter[str] = Counter()
    progress.begin("extract", None)
    with engine.connect() as conn:
        some_due = bool(queries.due_to_extract(conn, 1))
    if some_due:
        # the kinds' expressions and the model take seconds to load: a run that found nothing new does without
        from prospect.extracting import extract_due

        for done in extract_due(workspace, engine, now):
            counts += done
            progress.advance(done["documents"])
    with engine.begin() as conn:
        queries.drop_sketches(conn, now - 3 * COPIES_WINDOW)
    summary.extract = {name: counts[name] for name in ("documents", "copies", "events", "failed")}


def judge(workspace: Workspace, engine: Engine, now: datetime, summary: RunSummary, progress: Progress, known: Known) -> None:
    """Score every profile against the companies that are due for it, and write leads with their deliveries in one transaction."""
    progress.begin("judge", len(workspace.profiles))
    # one transaction from reading to writing: of two runs at a time the second sees the first one's leads
    with engine.begin() as conn:
        queries.take_turns(conn, "judge")
        judged = judge_all(workspace, conn, now=now, resolver=known.resolver, advance=progress.advance)
        save(conn, judged, owed(workspace, judged, now, queries.unsubscriptions(conn)), now)
    summary.leads = [lead.id for lead in judged.leads]
    reasons = Counter(str(decision.reason) for decision in judged.decisions)
    summary.judge = {"pairs": len(judged.decisions), "leads": len(judged.leads), **dict(sorted(reasons.items()))}


def tell(workspace: Workspace, engine: Engine, now: datetime, summary: RunSummary, progress: Progress) -> None:
    """Send what the outbox owes; what cannot be sent waits there and goes out with a later run, once."""
    progress.begin("tell", None)
    if place := workspace.settings.mail.bounces:
        read_bounces(workspace, engine, now, summary, place)
    outcome = deliver_due(
        engine, now=now, worker=worker_name(), mail=mail_settings(workspace), targets=targets(workspace), random=random.Random()
    )
    summary.tell = {"sent": outcome.sent, "waiting": outcome.waiting, "failed": outcome.failed, "cancelled": outcome.cancelled}
    summary.failures += outcome.problems
    summary.notes += outcome.notes
    progress.advance(outcome.sent)


def read_bounces(workspace: Workspace, engine: Engine, now: datetime, summary: RunSummary, place: str) -> None:
    """Act on the mails that came back since the last run; a mailbox that cannot be read is a failure, and stops nothing."""
    mail = mail_settings(workspace)
    place = place if "://" in place else str(workspace.path(place))
    try:
        with mails_at(place, timeout_s=mail.timeout_s, ca_file=mail.ca_file) as letters:
            summary.failures += take_bounces(engine, letters, now=now, mail=mail).notes
    except BouncesUnreadable as error:
        summary.failures.append(f"mail.bounces: {error}")


def worker_name() -> str:
    """Return a name for this worker that no other has, on any machine, in any process."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the items in lists of at most `size`."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def seconds(duration: str) -> float:
    """Return the seconds of "90s", "30m", "2h" or "1d"."""
    unit = {"s": 1, "m": 60, "h": 3600, "d": 86400}[duration[-1]]
    return float(timedelta(seconds=int(duration[:-1]) * unit).total_seconds())
