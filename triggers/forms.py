"""Reads the events that structured sources state themselves: Form D (funding) and WARN notices (layoffs, closings).

Their fields are facts, not wording: confidence 1. The quote is the line of the document that says it, so that the evidence
rule holds here as everywhere.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from store.records import Document, TriggerEvent, fingerprint

# a fund that raises money for its portfolio is no company with a budget
_FUNDS = frozenset({"Pooled Investment Fund", "Other Investment Fund", "Investing"})


def states_events(document: Document) -> bool:
    """True for a document whose fields state its events, so that its text need not be read."""
    return document.form in {"D", "D/A", "WARN"} and bool(document.fields)


def read_form(document: Document, kinds: Collection[str]) -> list[TriggerEvent]:
    """Return the events that the fields of a structured document state, of the kinds given, in text order."""
    found = _form_d(document) if document.form in {"D", "D/A"} else _warn(document)
    return sorted((e for e in found if e.kind in kinds), key=lambda e: (e.start, e.kind))


def _form_d(document: Document) -> list[TriggerEvent]:
    fields = document.fields
    if fields.get("industry_group") in _FUNDS or document.form == "D/A":
        return []  # an amendment restates what the first notice told
    sold, total = _whole(fields.get("amount_sold")), _whole(fields.get("offering_amount"))
    securities = fields.get("securities", "")
    amount = sold or total
    if not amount or (securities and "quity" not in securities and "Option" not in securities):
        return []
    facts = {"amount": f"${amount:,}", "round": None, "investors": None}
    first = _day(fields.get("first_sale"))
    return [
        _event(document, "funding", "completed" if sold else "planned", facts, ("has sold", "offers securities", "notified the SEC"), first)
    ]


def _warn(document: Document) -> list[TriggerEvent]:
    fields = document.fields
    place = ", ".join(filter(None, (fields.get("city"), fields.get("state"))))
    headcount, effective = fields.get("headcount") or None, fields.get("effective_date") or None
    noticed = _day(fields.get("notice_date"))
    cue = ("gave notice",)
    facts = {"headcount": headcount, "percent": None, "place": place or None, "effective": effective}
    events = [_event(document, "layoffs", "announced", facts, cue, noticed)]
    if fields.get("closing") == "yes":
        closing = {"what": "plant", "place": place or None, "jobs": headcount, "effective": effective}
        events.append(_event(document, "facility_closing", "announced", closing, cue, noticed))
    return events


def _event(
    document: Document, kind: str, status: str, facts: dict[str, str | None], cues: tuple[str, ...], happened: date | None
) -> TriggerEvent:
    start, end = _line(document.full_text, cues)
    return TriggerEvent(
        id=fingerprint(document.id, kind, start, end, *facts.values()),
        document_id=document.id,
        kind=kind,
        status=status,
        company=document.company,
        facts=facts,
        quote=document.full_text[start:end],
        start=start,
        end=end,
        happened=happened,
        confidence=1.0,
    )


def _line(text: str, cues: tuple[str, ...]) -> tuple[int, int]:
    """Return the offsets of the first line that holds one of `cues`, in their order of preference; else of the first line."""
    for cue in cues:
        at = text.find(cue)
        if at >= 0:
            start = text.rfind("\n", 0, at) + 1
            end = text.find("\n", at)
            return start, len(text) if end < 0 else end
    end = text.find("\n")
    return 0, len(text) if end < 0 else end


def _whole(amount: str | None) -> int:
    return int(amount) if amount and amount.isdigit() else 0


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
