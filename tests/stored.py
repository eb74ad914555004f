"""Small factories of records as the store keeps them; every argument has a plain default."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from store.records import (
    Bounce,
    Company,
    CompanyMatch,
    CrmOutcome,
    Decision,
    Delivery,
    Document,
    Lead,
    Part,
    RawDocument,
    Reason,
    Sighting,
    SourceRun,
    Story,
    TriggerEvent,
    Verdict,
)

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def raw(name: str = "r1", /, **given: Any) -> RawDocument:
    defaults: dict[str, Any] = {
        "id": name,
        "source": "northwire",
        "url": f"https://northwire.example/{name}?from=feed",
        "canonical_url": f"https://northwire.example/{name}",
        "fetched": NOW,
        "content_type": "text/html; charset=utf-8",
        "digest": "0" * 64,
        "warc": "northwire-20260302.warc.gz",
        "offset": 0,
        "hints": {"title": "Harbor Mills names chief"},
    }
    return RawDocument(**(defaults | given))


def document(name: str = "r1", /, **given: Any) -> Document:
    defaults: dict[str, Any] = {
        "id": name,
        "url": f"https://northwire.example/{name}",
        "title": "Harbor Mills names chief",
        "text": "Harbor Mills, Inc. named Ada Quill chief financial officer.",
        "published": NOW - HOUR,
        "publisher": "Northwire",
        "items": ("5.02", "9.01"),
        "source": "northwire",
        "first_seen": NOW,
        "fields": {"city": "Dover"},
    }
    return Document(**(defaults | given))


def event(name: str = "e1", document_id: str = "r1", **given: Any) -> TriggerEvent:
    defaults: dict[str, Any] = {
        "id": name,
        "document_id": document_id,
        "kind": "executive_change",
        "status": "announced",
        "company": "Harbor Mills, Inc.",
        "facts": {"person": "Ada Quill", "direction": "joins", "effective": None},
        "quote": "Harbor Mills, Inc. named Ada Quill chief financial officer.",
        "start": 25,
        "end": 84,
        "happened": NOW.date(),
        "confidence": 0.9,
    }
    return TriggerEvent(**(defaults | given))


def company(name: str = "c1", /, **given: Any) -> Company:
    return Company(**({"id": name, "name": f"Company {name}", "origin": "sec", "aliases": ("Short",)} | given))


def match(company_id: str | None = "c1", **given: Any) -> CompanyMatch:
    return CompanyMatch(**({"company_id": company_id, "score": 0.97, "reasons": ("same name",), "rivals": ()} | given))


def sighting(of: TriggerEvent, company_id: str = "c1", told: Document | None = None) -> Sighting:
    told = told or document(of.document_id)
    return Sighting(
        event=of,
        company_id=company_id,
        url=told.url,
        title=told.title,
        source=told.source,
        publisher=told.publisher,
        form=told.form,
        published=told.published,
        first_seen=told.first_seen or NOW,
    )


def story(name: str = "s1", *sightings: Sighting, **given: Any) -> Story:
    best = sightings[0]
    defaults: dict[str, Any] = {
        "id": name,
        "company_id": best.company_id,
        "kind": best.event.kind,
        "status": best.event.status,
        "facts": best.event.facts,
        "happened": best.event.happened,
        "published": best.published or best.first_seen,
        "first_seen": best.first_seen,
        "confidence": best.event.confidence,
        "sightings": sightings,
    }
    return Story(**(defaults | given))


PART = Part(want="executive_change, weight 40", points=31.5, met=True, required=True, why="40 × 0.9 × 0.87", story_ids=("s1",))


def decision(profile: str = "jane", company_id: str = "c1", **given: Any) -> Decision:
    defaults: dict[str, Any] = {
        "profile": profile,
        "company_id": company_id,
        "now": NOW,
        "reason": Reason.BELOW_THRESHOLD,
        "detail": "23.5 points below the threshold of 55",
        "score": 31.5,
        "threshold": 55.0,
        "parts": (PART,),
        "story_ids": ("s1",),
    }
    return Decision(**(defaults | given))


def lead(name: str = "l1", /, **given: Any) -> Lead:
    defaults: dict[str, Any] = {
        "id": name,
        "profile": "jane",
        "owner": "jane@example.com",
        "company_id": "c1",
        "created": NOW,
        "updated": NOW,
        "state": "new",
        "score": 61.5,
        "threshold": 55.0,
        "parts": (PART,),
        "story_ids": ("s1",),
        "event_ids": ("e1",),
    }
    return Lead(**(defaults | given))


def delivery(key: str = "k1", **given: Any) -> Delivery:
    defaults: dict[str, Any] = {
        "key": key,
        "lead_ids": ("l1",),
        "channel": "smtp",
        "target": "jane@example.com",
        "purpose": "alert",
        "due": NOW,
        "payload": {"subject": "Harbor Mills", "parts": [1, 2]},
    }
    return Delivery(**(defaults | given))


def verdict(lead_id: str = "l1", verdict: str = "accepted", **given: Any) -> Verdict:
    defaults: dict[str, Any] = {
        "lead_id": lead_id,
        "verdict": verdict,
        "reason": None,
        "said": NOW,
        "by": "jane@example.com",
        "via": "mail",
    }
    return Verdict(**(defaults | given))


def source_run(source: str = "northwire", **given: Any) -> SourceRun:
    defaults: dict[str, Any] = {
        "source": source,
        "started": NOW,
        "ended": NOW + HOUR,
        "requests": 12,
        "listed": 9,
        "new": 3,
        "failed": 1,
        "error": None,
        "notes": ("robots.txt refused /private",),
    }
    return SourceRun(**(defaults | given))


def bounce(name: str = "b1", /, **given: Any) -> Bounce:
    defaults: dict[str, Any] = {
        "id": name,
        "key": "k1",
        "address": "jane@example.com",
        "hard": True,
        "status": "5.1.1",
        "said": "550 5.1.1 user unknown",
        "received": NOW,
    }
    return Bounce(**(defaults | given))


def crm_outcome(lead_id: str = "l1", /, **given: Any) -> CrmOutcome:
    defaults: dict[str, Any] = {"lead_id": lead_id, "target": "sf", "outcome": "won", "said": "Closed Won", "read": NOW, "amount": 1200.5}
    return CrmOutcome(**(defaults | given))
