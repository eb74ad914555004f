"""Reads the events that structured sources state themselves: Form D (funding), WARN notices (layoffs, closings), insiders' forms 3, 4 and 5.

Their fields are facts, not wording: confidence 1 where the form states the event itself. A form of an insider states less: that
somebody is an officer or director from a day on (Form 3), or is so no longer (the box of Forms 4 and 5). The quote is the line of
the document that says it, so that the evidence rule holds here as everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from store.records import Document, TriggerEvent, fingerprint
from triggers.companies import bare
from triggers.moves.offices import function_of, level_of

# a fund that raises money for its portfolio is no company with a budget
_FUNDS = frozenset({"Pooled Investment Fund", "Other Investment Fund", "Investing"})


# A first form comes from who joins, but also from an insider who rises into the circle, and from all officers at once when the shares
# are listed; a ticked box from who leaves, but also from an officer who stays in a lesser post.
_NEW_INSIDER, _PAST_INSIDER = 0.8, 0.7
_RECENT = timedelta(days=120)
_LISTING = 3  # other first forms of the same day
_REPORTS, _ESTABLISHED = ("8-K", "10-K", "10-Q"), timedelta(days=90)


def states_events(document: Document) -> bool:
    """True for a document whose fields state its events, so that its text need not be read."""
    return document.form in _READERS and bool(document.fields)


def read_form(document: Document, kinds: Collection[str]) -> list[TriggerEvent]:
    """Return the events that the fields of a structured document state, of the kinds given, in text order."""
    found = _READERS[document.form or ""](document)
    return sorted((e for e in found if e.kind in kinds), key=lambda e: (e.start, e.kind))


def with_office(event: TriggerEvent) -> TriggerEvent:
    """Return a change of officers with the level and function that its title means; any other event as it is."""
    title = event.facts.get("title")
    if event.kind != "executive_change" or not title:
        return event
    return replace(event, facts={**event.facts, **_office(title)})


def beside_earlier(event: TriggerEvent, document: Document, earlier: Sequence[Document]) -> TriggerEvent:
    """Return what a Form 3 tells of with the confidence that the issuer's earlier filings give it; any other event as it is.

    All officers file on the day on which shares are first listed: several first forms of one day are no arrivals. An issuer that
    has reported for months is listed already.
    """
    if document.form != "3" or event.kind != "executive_change" or document.published is None:
        return event
    period = document.fields.get("period")
    together = sum(filing.form == "3" and filing.fields.get("period") == period for filing in earlier)
    if period and together >= _LISTING:
        return replace(event, confidence=0.5)
    reporting = any(
        (filing.form or "").startswith(_REPORTS) and filing.published and document.published - filing.published > _ESTABLISHED
        for filing in earlier
    )
    return replace(event, confidence=min(0.9, event.confidence + 0.1)) if reporting else event


def _office(title: str) -> dict[str, str | None]:
    level = level_of(title)
    return {"level": level, "function": function_of(title, level)}


def _form_d(document: Document) -> list[TriggerEvent]:
    fields = document.fields
    if fields.get("industry_group") in _FUNDS:
        return []
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


def _insiders(document: Document) -> Iterator[TriggerEvent]:
    """Yield the arrivals that a Form 3 tells of, the departures that a ticked box of a Form 4 or 5 does; purchases are no event."""
    arrives = document.form == "3"
    if not arrives and document.fields.get("no_longer_insider") != "yes":
        return
    for entry in filter(None, document.fields.get("owners", "").split(";")):
        person, title, roles = f"{entry}||".split("|")[:3]
        if "officer" not in roles.split(",") and "director" not in roles.split(","):
            continue  # a large shareholder
        title = title or ("director" if "director" in roles.split(",") else "")
        facts: dict[str, str | None] = {
            "person": person,
            "title": title or None,
            "direction": "joins" if arrives else "leaves",
            **(_office(title) if title else {"level": None, "function": None}),
            "effective": document.fields.get("period") if arrives else None,
        }
        confidence = (_NEW_INSIDER if arrives else _PAST_INSIDER) - (0 if title else 0.1)
        day = _day(document.fields.get("period"))
        yield _event(document, "executive_change", "completed", facts, (person,), day, confidence)


def _filer_record(document: Document) -> Iterator[TriggerEvent]:
    """Yield the change of name that EDGAR's record of a filer dates; an older one is history."""
    fields = document.fields
    old, new, until = fields.get("former_name"), fields.get("conformed_name"), _day(fields.get("former_until"))
    if not old or not new or until is None or document.published is None or bare(old) == bare(new):
        return
    if timedelta() <= document.published.date() - until <= _RECENT:
        facts: dict[str, str | None] = {"from": old, "to": new, "effective": None}
        yield _event(document, "name_change", "completed", facts, ("Filer's name: ",), until)


def _nothing(_: Document) -> list[TriggerEvent]:
    """An amendment restates what the first form told; a return says who is in office, and only beside an earlier one who is new."""
    return []


def _event(
    document: Document,
    kind: str,
    status: str,
    facts: Mapping[str, str | None],
    cues: tuple[str, ...],
    happened: date | None,
    confidence: float = 1.0,
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
        confidence=confidence,
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


_READERS: Mapping[str, Callable[[Document], Collection[TriggerEvent] | Iterator[TriggerEvent]]] = {
    "D": _form_d,
    "D/A": _nothing,
    "WARN": _warn,
    "3": _insiders,
    "3/A": _nothing,
    "4": _insiders,
    "4/A": _nothing,
    "5": _insiders,
    "5/A": _nothing,
    "submissions": _filer_record,
    "990": _nothing,
    "990EZ": _nothing,
    "990PF": _nothing,
    "990T": _nothing,
}
