"""What the extraction of events asks and saves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, literal, select, update

from store.queries.rows import columns_of, record_maker, row_of, upsert
from store.records import Document, TriggerEvent
from store.tables import documents, events, sketches

make_document = record_maker(Document, documents, items=tuple)
_event = record_maker(TriggerEvent, events)


def due_to_extract(conn: Connection, limit: int) -> list[Document]:
    """Return the documents no events were looked for in yet, earliest first."""
    query = (
        select(*columns_of(Document, documents))
        .where(documents.c.extracted.is_(None))
        .order_by(documents.c.first_seen, documents.c.id)
        .limit(limit)
    )
    return [make_document(row) for row in conn.execute(query)]


def earlier_filings(conn: Connection, document: Document, *, stating: Sequence[str] = (), limit: int = 40) -> list[Document]:
    """Return the filings of the same filer that were published before this one, newest first, without their texts.

    At most the `limit` newest, and of each field of `stating` that this one has the newest that has it too, however long ago;
    none for the first, for a document without a date, or for no filing.
    """
    if document.filer is None or document.published is None:
        return []
    earlier = (
        select(*(literal("").label("text") if column.name == "text" else column for column in columns_of(Document, documents)))
        .where(documents.c.filer == document.filer, documents.c.published < document.published, documents.c.id != document.id)
        .order_by(documents.c.published.desc(), documents.c.id)
    )
    found = [make_document(row) for row in conn.execute(earlier.limit(limit))]
    for name in stating:
        if document.fields.get(name) and len(found) == limit and not any(filing.fields.get(name) for filing in found):
            row = conn.execute(earlier.where(documents.c.fields[name].as_string().is_not(None)).limit(1)).first()
            found += [make_document(row)] if row else []
    return found


def extract_again(conn: Connection, since: datetime) -> int:
    """Make every document first seen since then due to be looked through again; return how many."""
    return int(conn.execute(update(documents).where(documents.c.first_seen >= since).values(extracted=None, extract_error=None)).rowcount)


def save_events(conn: Connection, document_id: str, found: Sequence[TriggerEvent], now: datetime) -> None:
    """Save the events of a document and mark it extracted.

    An event that was found before and is no longer stays: leads and mails may cite it. One whose company reads otherwise
    now is due to be resolved again.
    """
    _mark_extracted(conn, document_id, now, error=None)
    if strangers := {event.document_id for event in found} - {document_id}:
        raise ValueError(f"events of {sorted(strangers)} given as those of document {document_id}")
    upsert(conn, events, [row_of(event, events) for event in found], key=("id",), also=_due_if_changed)


def _due_if_changed(read: Any) -> Mapping[str, Any]:
    return {"resolved": case((events.c.company.is_distinct_from(read.company), None), else_=events.c.resolved)}


def mark_unextractable(conn: Connection, document_id: str, error: str, now: datetime) -> None:
    """Mark a document extracted, though the extractor failed on it; `error` says how."""
    _mark_extracted(conn, document_id, now, error)


_MARK_EXTRACTED = (
    update(documents).where(documents.c.id == bindparam("document_id")).values(extracted=bindparam("now"), extract_error=bindparam("why"))
)


def _mark_extracted(conn: Connection, document_id: str, now: datetime, error: str | None) -> None:
    if not conn.execute(_MARK_EXTRACTED, {"document_id": document_id, "now": now, "why": error}).rowcount:
        raise LookupError(f"no document {document_id}: it must be saved before its events")


def sketches_since(conn: Connection, since: datetime) -> Iterator[tuple[str, datetime, str, bytes]]:
    """Yield (document id, first seen, origin, sketch) of the texts first seen from then on that can be compared with, in that order."""
    query = (
        select(sketches.c.document_id, sketches.c.first_seen, sketches.c.origin, sketches.c.data)
        .where(sketches.c.first_seen >= since, sketches.c.data.is_not(None))
        .order_by(sketches.c.first_seen, sketches.c.document_id)
    )
    for row in conn.execute(query):
        yield row.document_id, row.first_seen, row.origin, row.data


def save_sketches(conn: Connection, made: Sequence[tuple[str, datetime, str, bytes]]) -> None:
    """Save (document id, first seen, origin, sketch) of texts."""
    rows = [dict(zip(("document_id", "first_seen", "origin", "data"), row, strict=True)) for row in made]
    upsert(conn, sketches, rows, key=("document_id",))


def drop_sketches(conn: Connection, before: datetime) -> int:
    """Forget what texts first seen before then are compared by, but not whose copies they are; return how many."""
    old = update(sketches).where(sketches.c.first_seen < before, sketches.c.data.is_not(None)).values(data=None)
    return int(conn.execute(old).rowcount)


def told_in(conn: Connection, document_id: str) -> tuple[Document, list[TriggerEvent]] | None:
    """Return a document with the events found in it; None while it is due, and where the extractor failed on it."""
    found = conn.execute(
        select(*columns_of(Document, documents)).where(
            documents.c.id == document_id, documents.c.extracted.is_not(None), documents.c.extract_error.is_(None)
        )
    ).first()
    if found is None:
        return None
    of_document = (
        select(*columns_of(TriggerEvent, events)).where(events.c.document_id == document_id).order_by(events.c.start, events.c.kind)
    )
    return make_document(found), [_event(row) for row in conn.execute(of_document)]
