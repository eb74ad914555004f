"""Small factories for the tests of the profiles room: companies, stories, profiles, leads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from profiles.profile import Profile
from store.records import Company, Lead, Sighting, Story, TriggerEvent, fingerprint

NOW = datetime(2024, 8, 20, 6, tzinfo=UTC)

# kind -> names of its facts, as the catalogue of kinds has them
KINDS: dict[str, list[str]] = {
    kind: facts.split()
    for kind, facts in {
        "executive_change": "person title direction level function effective previous_company successor predecessor",
        "key_opening": "title function place",
        "relocation": "what from to effective",
        "facility_opening": "what place jobs amount area",
        "facility_expansion": "what place jobs amount area",
        "facility_closing": "what place jobs effective",
        "real_estate_deal": "deal place area amount counterparty",
        "market_entry": "market",
        "funding": "amount round investors",
        "debt_financing": "amount lender",
        "ipo": "stage exchange price amount",
        "grant_award": "amount grantor",
        "investment": "target amount share",
        "acquisition": "acquirer target amount",
        "merger": "partner new_name",
        "divestiture": "unit buyer amount",
        "reorganization": "units amount",
        "partnership": "partner purpose",
        "contract_award": "customer amount term",
        "contract_loss": "counterparty amount",
        "product_launch": "product date",
        "product_recall": "product units",
        "name_change": "from to effective",
        "technology_adoption": "vendor system",
        "layoffs": "headcount percent place effective",
        "hiring": "headcount function place",
        "labor_dispute": "union place",
        "strong_results": "metric change period",
        "weak_results": "metric amount period",
        "distress": "stage court amount",
        "cyber_incident": "records date",
        "lawsuit_regulatory": "authority amount stage",
        "auditor_change": "from to",
        "restatement": "periods",
    }.items()
}
VALUES = {
    "executive_change": {
        "direction": ["joins", "leaves", "changes"],
        "level": ["c_suite", "board", "senior", "other"],
        "function": ["finance", "technology", "security", "operations", "sales", "marketing", "people", "legal", "product", "general"],
    }
}
CONTEXT = {"kinds": KINDS, "values": VALUES}


def company(id_: str = "acme", **known: Any) -> Company:
    return Company(id=id_, name=known.pop("name", id_.title()), **known)


def sighting(
    kind: str = "relocation",
    *,
    of: str = "acme",
    status: str = "announced",
    quote: str = "Acme will move.",
    publisher: str | None = "Wire One",
    form: str | None = None,
    published: datetime = NOW,
    first_seen: datetime | None = None,
    confidence: float = 1.0,
    key: str = "",
    facts: Mapping[str, str | None] | None = None,
) -> Sighting:
    event = TriggerEvent(
        id=fingerprint(of, kind, status, quote, publisher, published, key),
        document_id=fingerprint("document", publisher, published, key),
        kind=kind,
        status=status,
        company=of.title(),
        facts=facts or {},
        quote=quote,
        start=0,
        end=len(quote),
        happened=None,
        confidence=confidence,
    )
    return Sighting(
        event=event,
        company_id=of,
        url=f"https://example.com/{event.id}",
        title=None,
        source="wire-1",
        publisher=publisher,
        form=form,
        published=published,
        first_seen=first_seen or published,
    )


def story(
    kind: str = "relocation",
    days_ago: float = 0,
    *,
    of: str = "acme",
    status: str = "announced",
    confidence: float = 1.0,
    happened: date | None = None,
    sightings: tuple[Sighting, ...] | None = None,
    seen_days_ago: float | None = None,
    key: str = "",
    now: datetime = NOW,
    **facts: str | None,
) -> Story:
    published = now - timedelta(days=days_ago)
    seen = published if seen_days_ago is None else now - timedelta(days=seen_days_ago)
    told = sightings or (
        sighting(kind, of=of, status=status, published=published, first_seen=seen, confidence=confidence, key=key, facts=facts),
    )
    return Story(
        id=fingerprint(of, kind, key, published),
        company_id=of,
        kind=kind,
        status=status,
        facts=facts,
        happened=happened,
        published=published,
        first_seen=seen,
        confidence=confidence,
        sightings=told,
    )


MOVES = [
    {"trigger": "executive_change", "is": {"level": "c_suite"}, "within": "120d", "weight": 40, "required": True},
    {"trigger": "relocation", "within": "120d", "weight": 40, "required": True},
]


def profile(**keys: Any) -> Profile:
    """Return a profile that wants a relocation for 40 points with a threshold of 30, but for what is given."""
    content: dict[str, Any] = {
        "name": "Test",
        "owner": "jane@example.com",
        "wants": [{"trigger": "relocation", "weight": 40}],
        "threshold": 30,
        "where": {"unknown": "pass"},
    }
    return Profile.model_validate(content | keys, context=CONTEXT)


def lead(stories: tuple[Story, ...] = (), *, days_ago: float = 10, of: str = "acme", score: float = 40, **known: Any) -> Lead:
    when = NOW - timedelta(days=days_ago)
    content: dict[str, Any] = {
        "id": fingerprint("test", of, days_ago),
        "profile": "test",
        "owner": "jane@example.com",
        "company_id": of,
        "created": when,
        "updated": when,
        "state": "new",
        "score": score,
        "threshold": 30.0,
        "parts": (),
        "story_ids": tuple(item.id for item in stories),
        "event_ids": tuple(item.sightings[0].event.id for item in stories),
    }
    return Lead(**(content | known))
