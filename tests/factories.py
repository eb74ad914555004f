"""Small factories for records, so that a test says only what it is about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine

from store import queries
from store.records import Document, RawDocument, TriggerEvent, fingerprint

NOW = datetime(2026, 9, 10, 6, tzinfo=UTC)


def raw(url: str = "https://wire.example/1", **changed: Any) -> RawDocument:
    given: dict[str, Any] = {
        "id": fingerprint(url),
        "source": "wire",
        "url": url,
        "canonical_url": url,
        "fetched": NOW,
        "content_type": "text/html",
        "digest": "0" * 64,
        "warc": "none.warc.gz",
        "offset": 0,
        "hints": {},
    }
    return RawDocument(**{**given, **changed})


def document(url: str = "https://wire.example/1", **changed: Any) -> Document:
    given: dict[str, Any] = {
        "id": fingerprint(url),
        "url": url,
        "title": "A title",
        "text": "A text.",
        "published": NOW,
        "source": "wire",
        "publisher": "A Wire",
        "first_seen": NOW,
    }
    return Document(**{**given, **changed})


def event(of: Document, kind: str = "relocation", company: str | None = "Example Corporation", **changed: Any) -> TriggerEvent:
    given: dict[str, Any] = {
        "id": fingerprint(of.id, kind, company, *changed.values()),
        "document_id": of.id,
        "kind": kind,
        "status": "announced",
        "company": company,
        "facts": {},
        "quote": of.full_text[:7],
        "start": 0,
        "end": 7,
        "happened": None,
        "confidence": 1.0,
    }
    return TriggerEvent(**{**given, **changed})


def store_events(engine: Engine, of: Document, *events: TriggerEvent, now: datetime = NOW) -> None:
    """Put a document with its events into the store, as if it had been crawled, read and extracted."""
    with engine.begin() as conn:
        queries.save_raw(conn, [raw(of.url, fetched=of.first_seen or now)])
        queries.save_document(conn, of, now)
        queries.save_events(conn, of.id, list(events), now)
