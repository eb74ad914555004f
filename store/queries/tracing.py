"""Follows one page through the stages, to say where it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from store.queries.rows import columns_of, record_maker
from store.records import Document, RawDocument, TriggerEvent
from store.tables import documents, events, raw_documents, sketches

_raw = record_maker(RawDocument, raw_documents)
_document = record_maker(Document, documents, items=tuple)
_event = record_maker(TriggerEvent, events)


@dataclass(frozen=True)
class TracedEvent:
    """An event found in the page, and what became of it."""

    event: TriggerEvent
    resolved: bool
    company_id: str | None
    match_reasons: Sequence[str]


@dataclass(frozen=True)
class Trace:
    """How far one page came; `read`, `extracted` None: that stage is still due."""

    raw: RawDocument
    read: datetime | None
    read_error: str | None
    document: Document | None
    extracted: datetime | None
    extract_error: str | None
    events: tuple[TracedEvent, ...]
    copy_of: str | None = None  # address of the document that told it first


def trace_of(conn: Connection, canonical_url: str) -> Trace | None:
    """Return how far the page came, None when it was never fetched."""
    raw_row = conn.execute(select(*columns_of(RawDocument, raw_documents)).where(raw_documents.c.canonical_url == canonical_url)).first()
    if raw_row is None:
        return None
    raw = _raw(raw_row)
    read, read_error = conn.execute(select(raw_documents.c.read, raw_documents.c.read_error).where(raw_documents.c.id == raw.id)).one()
    row = conn.execute(select(*columns_of(Document, documents)).where(documents.c.id == raw.id)).first()
    extracted = extract_error = None
    found: list[TracedEvent] = []
    if row is not None:
        extracted, extract_error = conn.execute(
            select(documents.c.extracted, documents.c.extract_error).where(documents.c.id == raw.id)
        ).one()
        for event_row in conn.execute(select(*columns_of(TriggerEvent, events)).where(events.c.document_id == raw.id)):
            event = _event(event_row)
            resolved, company_id, reasons = conn.execute(
                select(events.c.resolved, events.c.company_id, events.c.match_reasons).where(events.c.id == event.id)
            ).one()
            found.append(TracedEvent(event, resolved is not None, company_id, tuple(reasons or ())))
    first = (
        select(documents.c.url)
        .join(sketches, sketches.c.origin == documents.c.id)
        .where(sketches.c.document_id == raw.id, sketches.c.origin != raw.id)
    )
    return Trace(raw, read, read_error, _document(row) if row else None, extracted, extract_error, tuple(found), conn.scalar(first))
