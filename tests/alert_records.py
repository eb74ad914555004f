"""Small factories of the records that the tests of alerts tell of; fictional companies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from store.records import Company, Lead, LeadBrief, Part, Sighting, Story, TriggerEvent, fingerprint

NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
PLAYBOOKS = {
    "executive_change": {
        "why": "A new finance chief reviews every contract in the first 90 days.",
        "talking_points": ["Congratulate {person} on the post of {title}.", "Mention {previous_company}, which uses us."],
        "questions": ["Who owns the close of the books until {person} has settled in?"],
    },
    "relocation": {
        "why": "A move makes many purchases at once.",
        "talking_points": ["Offer to survey the site in {to}."],
        "questions": ["Who runs the move?", "When does the lease in {from} end?"],
    },
}


def make_sighting(kind: str, facts: Mapping[str, str | None], quote: str, *, company_id: str = "c1", **changes: Any) -> Sighting:
    url = changes.pop("url", "https://news.example.com/releases/1?a=1&b=2")
    event = TriggerEvent(
        id=fingerprint(kind, quote, url),
        document_id=fingerprint(url),
        kind=kind,
        status=changes.pop("status", "announced"),
        company="Meridian Freight Systems, Inc.",
        facts=facts,
        quote=quote,
        start=10,
        end=10 + len(quote),
        happened=changes.pop("happened", date(2026, 11, 16)),
        confidence=changes.pop("confidence", 0.95),
    )
    published = datetime(2026, 11, 16, 13, 5, tzinfo=UTC)
    known: dict[str, Any] = {
        "event": event,
        "company_id": company_id,
        "url": url,
        "title": "Meridian Freight Systems names finance chief",
        "source": "newswire",
        "publisher": "Example Newswire",
        "form": None,
        "published": published,
        "first_seen": published + timedelta(minutes=20),
    }
    return Sighting(**known | changes)


def make_story(*sightings: Sighting, **changes: Any) -> Story:
    best = sightings[0]
    known: dict[str, Any] = {
        "id": fingerprint("story", best.event.id),
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
    return Story(**known | changes)


def new_cfo(company_id: str = "c1") -> Story:
    quote = "Meridian Freight Systems, Inc. today named Dana Whitfield as Chief Financial Officer, effective December 1."
    facts = {
        "person": "Dana Whitfield",
        "title": "Chief Financial Officer",
        "direction": "joins",
        "level": "c_suite",
        "function": "finance",
        "effective": "December 1",
        "previous_company": "Larkspur Rail",
        "predecessor": "Tom Abara",
    }
    return make_story(
        make_sighting("executive_change", facts, quote, company_id=company_id),
        make_sighting(
            "executive_change",
            facts,
            "Dana Whitfield will join Meridian Freight as finance chief.",
            company_id=company_id,
            url="https://paper.example.org/whitfield",
            publisher="The Harbor Ledger",
        ),
        make_sighting("executive_change", facts, quote, company_id=company_id, url="https://wire2.example.net/x", publisher="Second Wire"),
    )


def planned_move(company_id: str = "c1", **changes: Any) -> Story:
    quote = "The company plans to move its headquarters from Dover, Delaware to Reston, Virginia in the second half of 2027."
    facts = {"what": "headquarters", "from": "Dover, Delaware", "to": "Reston, Virginia", "effective": None}
    changes = {"status": "planned", "confidence": 0.88, "url": "https://filings.example.gov/0001", "publisher": "SEC EDGAR"} | changes
    return make_story(make_sighting("relocation", facts, quote, company_id=company_id, form="8-K", **changes))


def make_company(company_id: str = "c1", **changes: Any) -> Company:
    known: dict[str, Any] = {
        "id": company_id,
        "name": "Meridian Freight Systems, Inc.",
        "ticker": "MRDF",
        "domain": "meridianfreight.example",
        "city": "Dover",
        "state": "DE",
        "country": "US",
        "phone": "+1 302 555 0142",
        "employees": 1250,
        "revenue_usd": 412_000_000,
        "origin": "accounts",
    }
    return Company(**known | changes)


def make_brief(
    *stories: Story, company: Company | None = None, profile: str = "hq-moves", owner: str = "jane@example.com", **changes: Any
) -> LeadBrief:
    company = company or make_company()
    stories = stories or (new_cfo(company.id), planned_move(company.id))
    parts = (
        Part(
            want="a new finance chief, weight 40",
            points=37.6,
            met=True,
            required=True,
            why="40 × 0.95 confidence × 1 announced × 0.99 after 4 days",
            story_ids=(stories[0].id,),
        ),
        Part(
            want="relocation, weight 40",
            points=34.8,
            met=True,
            required=True,
            why="40 × 0.88 confidence × 1 planned (wanted) × 0.99 after 4 days",
            story_ids=(stories[-1].id,),
        ),
        Part(
            want="then: executive_change, relocation within 90 days, weight 15",
            points=0,
            met=False,
            required=False,
            why="the move was told on the same day, not after",
        ),
    )
    score = round(sum(part.points for part in parts), 1)
    known: dict[str, Any] = {
        "id": fingerprint(profile, company.id, *(story.id for story in stories)),
        "profile": profile,
        "owner": owner,
        "company_id": company.id,
        "created": NOW,
        "updated": NOW,
        "state": "new",
        "score": score,
        "threshold": 55.0,
        "parts": parts,
        "story_ids": tuple(story.id for story in stories),
        "event_ids": tuple(story.sightings[0].event.id for story in stories),
    }
    name = changes.pop("profile_name", "HQ moves, Mid-Atlantic")
    return LeadBrief(lead=Lead(**known | changes), company=company, stories=stories, profile_name=name, playbooks=PLAYBOOKS)
