"""What the extraction of events asks and saves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, case, select, update

from store.queries.rows import columns_of, record_maker, row_of, upsert
from store.records import Document, TriggerEvent
from store.tables import documents, events

make_document = record_maker(Document, documents, items=tuple)


def due_to_extract(conn: Connection, limit: int) -> list[Document]:
    """Return the documents no events were looked for in yet, earliest first."""
    query = (
        select(*columns_of(Document, documents))
        .where(documents.c.extracted.is_(None))
        .order_by(documents.c.first_seen, documents.c.id)
        .limit(limit)
    )
    return [make_document(row) for row in conn.execute(query)]


def save_events(conn: Connection, document_id: str, found: Sequence[TriggerEvent], now: datetime) -> None:
    """Save the events of a document and mark it extracted.

    An event that was found before and is no longer stays: leads and mails may cite it. One whose company reads otherwise
    now is due to be resolved again.
    """
    _mark_extracted(conn, document_id, now, error=None)
    if strangers := {event.document_id for event in found} - {document_id}:
        raise ValueError(f"events of {sorted(strangers)} given as those of document {document_id}")
    there = events.c
    upsert(
        conn,
        events,
        [row_of(event, events) for event in found],
        key=["id"],
        also=lambda read: {"resolved": case((there.company.is_distinct_from(read.company), None), else_=there.resolved)},
    )


def mark_unextractable(conn: Connection, document_id: str, error: str, now: datetime) -> None:
    """Mark a document extracted, though the extractor failed on it; `error` says how."""
    _mark_extracted(conn, document_id, now, error)


def _mark_extracted(conn: Connection, document_id: str, now: datetime, error: str | None) -> None:
    marked = conn.execute(update(documents).where(documents.c.id == document_id).values(extracted=now, extract_error=error))
    if not marked.rowcount:
        raise LookupError(f"no document {document_id}: it must be saved before its events")
