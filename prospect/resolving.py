"""The resolve stage: registers and account lists become companies, events find theirs, and companies get their stories told."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from enrichment.importing import READING, ImportSummary, import_companies, write_bad_rows
from enrichment.mentions import filer_mention, is_own_name, mention_of, provisional_company
from enrichment.merging import MergeRefused, plan_merge, settled_provisionals
from enrichment.registry import BadRow, RegisterError, heading_of, read_companies, rows_about, unreadable
from enrichment.resolve import Resolver
from enrichment.stories import tell_stories
from profiles.wording import counted
from prospect.accounts import all_accounts, company_of_account
from prospect.summary import Progress, RunSummary, due_in_batches
from prospect.workspace import Workspace
from store import queries
from store.records import Company, CompanyMatch, CompanyMerge, Document, TriggerEvent, fingerprint


def import_registers(workspace: Workspace, engine: Engine, now: datetime, summary: RunSummary, progress: Progress, known: Known) -> int:
    """Import every company list whose content is new or changed; return the number of rows read.

    Bad rows are left out, written beside the list and named in the summary; a list that cannot be read at all is a failure.
    """
    rows = 0
    for listed in workspace.settings.companies:
        try:
            path = workspace.path(listed.file)
            if done := import_register(engine, path, listed.file, now, summary, progress, known, columns=listed.columns):
                rows += done.rows
        except RegisterError as error:
            summary.failures.append(f"company list: {error}")
    return rows


def import_register(
    engine: Engine,
    path: Path,
    name: str,
    now: datetime,
    summary: RunSummary,
    progress: Progress,
    known: Known,
    *,
    columns: Mapping[str, str] | None = None,
) -> ImportSummary | None:
    """Import one company list and return what was done, None where it is as it was; provisional companies that it knows join its rows.

    `columns` says which heading holds which field, as for `read_companies`.
    """
    digest = f"{READING}-{content_digest(path)}" + (f"-{fingerprint(*sorted(columns.items()))}" if columns else "")
    with engine.connect() as conn:
        if queries.register_digest(conn, name) == digest:
            return None
    progress.begin(f"import {name}", rows_about(path))
    bad: list[BadRow] = []
    unread, first_unread = 0, ""

    def leave_out(fault: BadRow) -> None:
        nonlocal unread, first_unread
        unread += 1
        first_unread = first_unread or str(fault)

    def get(ids: Collection[str]) -> Mapping[str, Company]:
        with engine.connect() as conn:
            return queries.get_companies(conn, ids)

    def save(companies: Sequence[Company]) -> None:
        with engine.begin() as conn:
            queries.save_companies(conn, companies)

    done = import_companies(
        read_companies(path, columns=columns, on_bad_row=bad.append, on_bad_cell=leave_out),
        known.resolver(),
        get=get,
        save=save,
        on_progress=progress.advance,
    )
    if bad:
        beside = path.resolve().with_suffix(".bad.csv")
        write_bad_rows(beside, heading_of(path), bad)
        summary.notes.append(f"company list {name}: {counted(len(bad), 'row')} left out, kept in {beside.name}; the first: {bad[0]}")
    if unread:
        cells = counted(unread, "cell")
        summary.notes.append(f"company list {name}: {cells} that cannot be read left out, their fields unknown; the first: {first_unread}")
    summary.notes += [f"company list {name}: {conflict}" for conflict in done.conflicts[:5]]
    with engine.begin() as conn:
        for kept_id, gone_id in settled_provisionals(queries.provisional_companies(conn), known.resolver()):
            try:
                merge_pair(conn, kept_id, gone_id, now, by=f"import of {name}")
            except MergeRefused as refused:
                summary.notes.append(f"company list {name}: {gone_id}, known from a text, stays beside {kept_id}: {refused}")
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


def content_digest(path: Path) -> str:
    """Return the SHA-256 of a file, or of the names and contents of a folder's files, in hexadecimal. Raise RegisterError for neither."""
    if path.is_dir():
        parts = [f"{file.name} {content_digest(file)}" for file in sorted(path.iterdir()) if file.is_file()]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise unreadable(path, error) from error
