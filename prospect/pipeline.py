"""What a run does: collect → read → extract → resolve → judge → tell.

Each stage takes what is due, calls its room's pure function, and saves the result and the mark "done" in one
transaction; so a run that is killed anywhere goes on where it stopped, and a second run changes nothing.
"""

from __future__ import annotations

import hashlib
import logging
import os
import random
import secrets
import socket
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine

from alerts.outbox import deliver_due
from crawler.archive import Archive
from crawler.health import Verdict, is_due
from crawler.read import Unreadable, read_document
from crawler.run import CrawlSettings, crawl_sources
from enrichment.importing import READING, ImportSummary, import_companies, write_bad_rows
from enrichment.mentions import filer_mention, is_own_name, mention_of, provisional_company
from enrichment.merging import plan_merge, settled_provisionals
from enrichment.registry import BadRow, RegisterError, heading_of, read_companies
from enrichment.resolve import Resolver
from enrichment.stories import tell_stories
from prospect.accounts import all_accounts, company_of_account
from prospect.attention import judged_sources, report_owed
from prospect.bouncing import BouncesUnreadable, mails_at, take_bounces
from prospect.copies import WINDOW as COPIES_WINDOW
from prospect.judging import judge_all, owed, save
from prospect.telling import mail_settings, targets
from prospect.workspace import Workspace
from store import queries
from store.records import Company, CompanyMatch, CompanyMerge, Document, RawDocument, SourceRun, TriggerEvent

log = logging.getLogger(__name__)
STAGES = ("collect", "read", "extract", "resolve", "judge", "tell")
BATCH = 50  # documents in one transaction: a kill loses the work of at most so many
T = TypeVar("T")


class Progress(Protocol):
    """What a run tells a person who watches: a stage begins with so many things to do, and does some of them."""

    def begin(self, stage: str, total: int | None) -> None: ...
    def advance(self, count: int = 1, note: str = "") -> None: ...


class Silent:
    def begin(self, stage: str, total: int | None) -> None: ...
    def advance(self, count: int = 1, note: str = "") -> None: ...


@dataclass
class RunSummary:
    """What one run did, stage by stage; `failures` is what the operator must look at, each with its cure."""

    now: datetime
    collect: dict[str, int] = field(default_factory=dict)
    read: dict[str, int] = field(default_factory=dict)
    extract: dict[str, int] = field(default_factory=dict)
    resolve: dict[str, int] = field(default_factory=dict)
    judge: dict[str, int] = field(default_factory=dict)
    tell: dict[str, int] = field(default_factory=dict)
    leads: list[str] = field(default_factory=list)  # ids of leads alerted, corrected or told again
    failures: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return the summary as the JSON line that `--json` prints."""
        return asdict(self) | {"now": self.now.isoformat()}


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


def import_registers(workspace: Workspace, engine: Engine, now: datetime, summary: RunSummary, progress: Progress, known: Known) -> int:
    """Import every company list whose content is new or changed; return the number of rows read.

    Bad rows are left out, written beside the list and named in the summary; a list that cannot be read at all is a failure.
    """
    rows = 0
    for name in workspace.settings.companies:
        try:
            if done := import_register(engine, workspace.path(name), name, now, summary, progress, known):
                rows += done.rows
        except RegisterError as error:
            summary.failures.append(f"company list: {error}")
    return rows


def import_register(
    engine: Engine, path: Path, name: str, now: datetime, summary: RunSummary, progress: Progress, known: Known
) -> ImportSummary | None:
    """Import one company list and return what was done, None where it is as it was; provisional companies that it knows join its rows."""
    digest = f"{READING}-{content_digest(path)}"
    with engine.connect() as conn:
        if queries.register_digest(conn, name) == digest:
            return None
    progress.begin(f"import {name}", None)
    bad: list[BadRow] = []

    def get(ids: Collection[str]) -> Mapping[str, Company]:
        with engine.connect() as conn:
            return queries.get_companies(conn, ids)

    def save(companies: Sequence[Company]) -> None:
        with engine.begin() as conn:
            queries.save_companies(conn, companies)

    done = import_companies(read_companies(path, on_bad_row=bad.append), known.resolver(), get=get, save=save, on_progress=progress.advance)
    if bad:
        beside = path.with_suffix(".bad.csv")
        write_bad_rows(beside, heading_of(path), bad)
        summary.notes.append(f"company list {name}: {len(bad)} rows left out, kept in {beside.name}; the first: {bad[0]}")
    summary.notes += [f"company list {name}: {conflict}" for conflict in done.conflicts[:5]]
    with engine.begin() as conn:
        for kept_id, gone_id in settled_provisionals(queries.provisional_companies(conn), known.resolver()):
            merge_pair(conn, kept_id, gone_id, now, by=f"import of {name}")
        queries.save_register(conn, name, digest, done.rows, now)
    return done


def merge_pair(conn: Connection, kept_id: str, gone_id: str, now: datetime, *, by: str, force: bool = False) -> CompanyMerge:
    """Make two companies one, with their events, and tell their stories anew. Raise MergeRefused, with the reason, for two that cannot be one."""
    both = queries.get_companies(conn, [kept_id, gone_id])
    merge = queries.merge_companies(conn, plan_merge(both[kept_id], both[gone_id], now=now, by=by, force=force))
    retell(conn, [kept_id, gone_id], now)
    return merge


def choose_company(conn: Connection, event_id: str, company_id: str, now: datetime, *, by: str) -> None:
    """Give an event that several companies fit to one of them, as a person says, and tell that company's stories anew.

    Raise LookupError where the event is none of these.
    """
    if not queries.unclear_events(conn, event_id=event_id):
        raise LookupError(f"no event {event_id} waits for its company")
    queries.save_match(conn, event_id, CompanyMatch(company_id=company_id, score=1.0, reasons=(f"said by {by}",)), now)
    retell(conn, [company_id], now)


def retell(conn: Connection, company_ids: Collection[str], now: datetime) -> int:
    """Tell the stories of companies anew from their events; return how many companies have other stories than before."""
    changed = 0
    told = queries.sightings_of(conn, company_ids)
    for company_id in company_ids:
        changed += queries.save_stories(conn, company_id, tell_stories(told.get(company_id, [])), now)
    return changed


class Known:
    """The companies of the store, indexed when first asked for and kept for the rest of the run."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._resolver: Resolver | None = None

    def resolver(self) -> Resolver:
        """Return the index; companies made later in the run are added to it."""
        if self._resolver is None:
            with self.engine.connect() as conn:
                self._resolver = Resolver(queries.iter_companies(conn))
        return self._resolver


def import_account_lists(workspace: Workspace, engine: Engine, now: datetime, known: Known) -> int:
    """Make a company of each row of a profile's lists that no register knows, so that events about it find it.

    Named accounts are candidates whatever the registers hold. Return the number of companies made.
    """
    rows = all_accounts(workspace.root, workspace.profiles)
    if not rows:
        return 0
    # a list is looked at again when it, or any register, has changed
    digest = hashlib.sha256(repr((rows, workspace.settings.companies)).encode()).hexdigest()
    with engine.connect() as conn:
        if queries.register_digest(conn, "accounts of profiles") == digest:
            return 0
        made: dict[str, Company] = {}
        for row in rows:
            match = known.resolver().resolve(row.mention) if row.mention.name or row.mention.domain else None
            if match and match.company_id is None and not match.rivals and row.mention.name:
                company = company_of_account(row)
                if company.id not in made and queries.get_company(conn, company.id) is None:
                    made[company.id] = company
    for company in made.values():
        known.resolver().add(company)
    with engine.begin() as conn:
        queries.save_companies(conn, made.values())
        queries.save_register(conn, "accounts of profiles", digest, len(made), now)
    return len(made)


def resolve(workspace: Workspace, engine: Engine, now: datetime, summary: RunSummary, progress: Progress, known: Known) -> None:
    """Find the company of every event that is due, and retell the stories of the companies touched."""
    import_registers(workspace, engine, now, summary, progress, known)
    import_account_lists(workspace, engine, now, known)
    progress.begin("resolve", None)
    counts: Counter[str] = Counter()
    for batch in due_in_batches(engine, queries.due_to_resolve, size=500):
        made: list[Company] = []
        matches = [(event, match_event(known.resolver(), event, document, made)) for event, document in batch]
        touched = {match.company_id for _, match in matches if match.company_id}
        with engine.begin() as conn:
            queries.save_companies(conn, made)
            # an event read anew may have been another company's before: that one's stories change too
            touched |= queries.companies_of_events(conn, [event.id for event, _ in matches])
            for event, match in matches:
                queries.save_match(conn, event.id, match, now)
            counts["companies_touched"] += retell(conn, touched, now)
        counts["events"] += len(batch)
        counts["unresolved"] += sum(match.company_id is None for _, match in matches)
        counts["new_companies"] += len(made)
        progress.advance(len(batch))
    summary.resolve = {name: counts[name] for name in ("events", "unresolved", "new_companies", "companies_touched")}


def match_event(resolver: Resolver, event: TriggerEvent, document: Document, made: list[Company]) -> CompanyMatch:
    """Return the company of an event; a company that no register knows is made from the text and added to `made`.

    Two that fit alike stay unresolved, with the rivals named: a wrong company is the error a rep forgives least.
    """
    mention = mention_of(event, document)
    if mention is None:
        return CompanyMatch(company_id=None, score=0.0, reasons=("the text names no company for this event",))
    match = resolver.resolve(mention)
    if (
        match.company_id is None
        and document.cik
        and not mention.cik
        and not is_own_name(mention.name)
        and (filer := filer_mention(document))
    ):
        # in a filing a name that no list knows and that has no legal form is a division's, a brand's or an abbreviation of the filer's own
        mention, match = filer, resolver.resolve(filer)
    if match.company_id is None and not match.rivals:
        company = provisional_company(mention)
        resolver.add(company)
        made.append(company)
        match = replace(match, company_id=company.id, reasons=(*match.reasons, "no list knows it: kept as the text has it"))
    return match


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


def due_in_batches(engine: Engine, due: Callable[..., Sequence[T]], size: int = BATCH) -> Iterator[Sequence[T]]:
    """Yield what is due until nothing is; the caller marks each batch done before it asks for the next."""
    while True:
        with engine.connect() as conn:
            batch = due(conn, size)
        if not batch:
            return
        yield batch


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the items in lists of at most `size`."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def content_digest(path: Path) -> str:
    """Return the SHA-256 of a file, or of the names and contents of a folder's files, in hexadecimal."""
    if path.is_dir():
        parts = [f"{file.name} {content_digest(file)}" for file in sorted(path.iterdir()) if file.is_file()]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def seconds(duration: str) -> float:
    """Return the seconds of "90s", "30m", "2h" or "1d"."""
    unit = {"s": 1, "m": 60, "h": 3600, "d": 86400}[duration[-1]]
    return float(timedelta(seconds=int(duration[:-1]) * unit).total_seconds())
