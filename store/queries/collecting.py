"""What the crawler and the reader ask and save."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, or_, select, update

from store.queries.rows import chunks, columns_of, insert_new, record_maker, row_of, upsert
from store.records import Document, RawDocument, SourceRun
from store.tables import documents, raw_documents, source_runs, validators

_raw_document = record_maker(RawDocument, raw_documents)
_source_run = record_maker(SourceRun, source_runs, notes=tuple)


def known_urls(conn: Connection, canonical_urls: Sequence[str]) -> set[str]:
    """Return those of the canonical URLs that are stored already."""
    column = raw_documents.c.canonical_url
    found: set[str] = set()
    for chunk in chunks(set(canonical_urls)):
        found.update(conn.scalars(select(column).where(column.in_(chunk))))
    return found


def save_raw(conn: Connection, raws: Sequence[RawDocument]) -> int:
    """Save what was fetched and return how many were new; an id or canonical URL that is there stays as it was."""
    return insert_new(conn, raw_documents, (row_of(raw, raw_documents) for raw in raws))


def validators_of(conn: Connection, url: str) -> tuple[str | None, str | None]:
    """Return the ETag and Last-Modified that the address gave last, None where it gave none."""
    row = conn.execute(select(validators.c.etag, validators.c.last_modified).where(validators.c.url == url)).first()
    return (row.etag, row.last_modified) if row else (None, None)


def save_validators(conn: Connection, url: str, etag: str | None, last_modified: str | None, checked: datetime) -> None:
    """Keep what the address said of its state, for the next conditional request."""
    row = {"url": url, "etag": etag, "last_modified": last_modified, "checked": checked}
    upsert(conn, validators, [row], key=("url",))


def save_source_run(conn: Connection, run: SourceRun) -> None:
    """Save how a crawl of a source went; the same source and start is the same run."""
    upsert(conn, source_runs, [row_of(run, source_runs)], key=("source", "started"))


def source_runs_of(conn: Connection, source: str | None = None, limit: int = 100) -> list[SourceRun]:
    """Return the last crawls, of one source or of all, latest first."""
    query = select(*columns_of(SourceRun, source_runs)).order_by(source_runs.c.started.desc(), source_runs.c.source).limit(limit)
    if source is not None:
        query = query.where(source_runs.c.source == source)
    return [_source_run(row) for row in conn.execute(query)]


def source_history(conn: Connection, now: datetime, *, days: int) -> list[SourceRun]:
    """Return the crawls of all sources in so many days up to `now`: those of the last day one by one, those before as one a day.

    Of a day (UTC), requests, new documents and failures are sums, `listed` is the most that a crawl showed; start, error and
    notes are the last crawl's. A source that is crawled every few minutes has as few rows here as one that is crawled nightly.
    """
    runs, recent = source_runs.c, now - timedelta(days=1)
    moment = func.timezone("UTC", runs.started) if conn.dialect.name == "postgresql" else runs.started
    sums = (
        select(
            runs.source,
            func.max(runs.started).label("last"),
            func.sum(runs.requests).label("requests"),
            func.max(runs.listed).label("listed"),
            func.sum(runs.new).label("new"),
            func.sum(runs.failed).label("failed"),
        )
        .where(runs.started >= now - timedelta(days=days), runs.started < recent)
        .group_by(runs.source, func.date(moment))
        .subquery()
    )
    of_days = select(*columns_of(SourceRun, source_runs), sums.c.requests, sums.c.listed, sums.c.new, sums.c.failed).join(
        sums, (sums.c.source == runs.source) & (sums.c.last == runs.started)
    )
    found = [
        replace(_source_run(row), requests=int(requests), listed=int(listed), new=int(new), failed=int(failed))
        for row in conn.execute(of_days)
        for requests, listed, new, failed in [row[-4:]]
    ]
    last_day = select(*columns_of(SourceRun, source_runs)).where(runs.started >= recent, runs.started <= now)
    found += [_source_run(row) for row in conn.execute(last_day)]
    return sorted(found, key=lambda run: (run.source, run.started))


def unreadable_by_day(conn: Connection, since: datetime) -> dict[str, dict[date, tuple[int, int]]]:
    """Return by source and day of fetching (documents read, documents turned down by the readers), from `since` on."""
    found: dict[str, dict[date, tuple[int, int]]] = defaultdict(dict)
    raw = raw_documents.c
    query = (
        select(raw.source, raw.fetched, func.count(raw.read), func.count(raw.read_error))
        .where(raw.fetched >= since, raw.read.is_not(None))
        .group_by(raw.source, raw.fetched)  # the pages of one crawl have one moment
    )
    for source, fetched, looked_at, refused in conn.execute(query):
        read_before, refused_before = found[source].get(fetched.date(), (0, 0))
        found[source][fetched.date()] = (read_before + looked_at - refused, refused_before + refused)
    return dict(found)


def due_to_read(conn: Connection, limit: int) -> list[RawDocument]:
    """Return what was fetched and not yet read, earliest first."""
    query = (
        select(*columns_of(RawDocument, raw_documents))
        .where(raw_documents.c.read.is_(None))
        .order_by(raw_documents.c.fetched, raw_documents.c.id)
        .limit(limit)
    )
    return [_raw_document(row) for row in conn.execute(query)]


def save_document(conn: Connection, document: Document, now: datetime) -> None:
    """Save what was read and mark its raw document read; read again with another outcome, it is due for extraction again.

    A document that does not say its source or first fetch has those of its raw document.
    """
    _mark_read(conn, document.id, now, error=None)
    if document.first_seen is None or not document.source:
        raw = conn.execute(select(raw_documents.c.source, raw_documents.c.fetched).where(raw_documents.c.id == document.id)).one()
        document = replace(document, source=document.source or raw.source, first_seen=document.first_seen or raw.fetched)
    upsert(conn, documents, [{**row_of(document, documents), "filer": document.filer}], key=("id",), also=_due_if_changed)


def _due_if_changed(read: Any) -> Mapping[str, Any]:
    there = documents.c
    return {"extracted": case((or_(there.text != read.text, there.title.is_distinct_from(read.title)), None), else_=there.extracted)}


def mark_unreadable(conn: Connection, raw_id: str, error: str, now: datetime) -> None:
    """Mark a raw document read, though nothing came of it; `error` says why."""
    _mark_read(conn, raw_id, now, error)


_MARK_READ = (
    update(raw_documents).where(raw_documents.c.id == bindparam("raw_id")).values(read=bindparam("now"), read_error=bindparam("why"))
)


def _mark_read(conn: Connection, raw_id: str, now: datetime, error: str | None) -> None:
    if not conn.execute(_MARK_READ, {"raw_id": raw_id, "now": now, "why": error}).rowcount:
        raise LookupError(f"no raw document {raw_id}: it must be saved before what was read in it")
