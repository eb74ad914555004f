"""What a CRM field gets: a Jinja2 expression over one lead, its company and what happened. Sandboxed: nothing else is in reach.

The names an expression can use:
- `lead`: id, profile, owner (e-mail), score, threshold, created, state
- `company`: all fields of a company: name, domain, phone, street, city, state, postal_code, country, employees, revenue_usd, sic, naics, ticker, …
- `person`: name, first, last, title of somebody who takes a post there, or none
- `external_id`: the key of the lead, the same for as long as there is the lead; `company_key`: the key of the company
- `headline`: what happened in a few words; `description`: with evidence sentences and links, plain text
- `evidence_url`, `kinds` ("executive_change, relocation"), `happened` (the latest, ISO date), `profile_name`
- `status`: "open", or "withdrawn" once denied or called off
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from jinja2 import StrictUndefined, TemplateError, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from nameparser import HumanName
from rapidfuzz import process

from alerts.errors import Misconfigured
from alerts.wording import clean, company_line, headline, points, web_address
from store.records import Company, LeadBrief, Story

EMPTY: tuple[object, ...] = (None, "")
MAX_DESCRIPTION = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who takes a post at the company, as a CRM wants a contact."""

    name: str
    first: str | None
    last: str
    title: str | None


_sandbox = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)


def lead_names(brief: LeadBrief, *, purpose: str = "alert") -> dict[str, Any]:
    """Return the names that expressions of a mapping can use, cleaned of control characters."""
    has = {
        name: getattr(brief.company, name) for name in Company.__dataclass_fields__
    }  # asdict copies deeply, which takes longer than the rest
    company = {key: clean(value, 255) if isinstance(value, str) else value for key, value in has.items()}
    stories = brief.stories
    happened = [story.happened for story in stories if story.happened]
    lead = brief.lead
    return {
        "lead": {
            "id": lead.id,
            "profile": clean(lead.profile, 120),
            "owner": clean(lead.owner, 120),
            "score": round(lead.score, 1),
            "threshold": lead.threshold,
            "created": lead.created,
            "state": lead.state,
        },
        "company": company,
        "person": asdict(person) if (person := person_of(stories)) else None,
        "external_id": external_id(brief),
        "company_key": company_key(brief.company),
        "headline": clean("; ".join(headline(story) for story in stories), 250),
        "description": description(brief, purpose),
        "evidence_url": next((url for story in stories if (url := web_address(story.sightings[0].url))), None),
        "kinds": ", ".join(dict.fromkeys(story.kind for story in stories)),
        "happened": max(happened).isoformat() if happened else None,
        "profile_name": clean(brief.profile_name, 120),
        "status": "withdrawn" if purpose == "correction" or lead.state == "withdrawn" else "open",
    }


def lead_record(brief: LeadBrief, *, key: str, purpose: str = "alert") -> dict[str, Any]:
    """Return all that is told of a lead as JSON values, for programs: what webhooks, files and feeds hand over."""
    names = lead_names(brief, purpose=purpose)
    names["lead"] = names["lead"] | {"created": brief.lead.created.isoformat()}
    names["company"] = {k: v for k, v in names["company"].items() if v not in EMPTY and k not in {"as_of", "aliases"}}
    stories = [
        {
            "id": story.id,
            "kind": story.kind,
            "status": story.status,
            "headline": clean(headline(story, status=False), 250),
            "facts": {fact: clean(value, 400) for fact, value in story.facts.items() if value},
            "happened": story.happened.isoformat() if story.happened else None,
            "published": story.published.isoformat(),
            "evidence": [
                {
                    "quote": clean(sighting.event.quote, 1000),
                    "source": clean(sighting.publisher or sighting.source, 120),
                    "url": web_address(sighting.url),
                    "published": sighting.published.isoformat() if sighting.published else None,
                }
                for sighting in story.sightings[:3]
            ],
        }
        for story in brief.stories
    ]
    parts = [
        {"want": clean(part.want, 200), "points": round(part.points, 1), "met": part.met, "why": clean(part.why, 300)}
        for part in brief.lead.parts
    ]
    return {"key": key, "purpose": purpose, **names, "stories": stories, "parts": parts}


def external_id(brief: LeadBrief) -> str:
    """Return the lead's key in every CRM: it stays when the lead gets new findings, so that these reach the same record."""
    return f"prospect-{brief.lead.id}"


def company_key(company: Company) -> str:
    """Return the company's key in every CRM: the SEC's number where it is known, which a register change leaves alone."""
    return f"cik-{company.cik}" if company.cik else f"company-{clean(company.id, 80)}"


def person_of(stories: Iterable[Story]) -> Person | None:
    """Return whom to call: the first person who joins or changes post there. One who leaves is no contact."""
    for story in stories:
        name = clean(story.facts.get("person"), 120)
        if name and story.facts.get("direction") in {"joins", "changes"} and story.status not in {"denied", "terminated"}:
            first, last = _name_parts(name)
            if last:
                return Person(name=name, first=first, last=last, title=clean(story.facts.get("title"), 128) or None)
    return None


@functools.lru_cache(maxsize=4096)  # one lead goes to several targets, and to parse a name takes as long as the rest of its row
def _name_parts(name: str) -> tuple[str | None, str]:
    """Return first (and middle) name, and last name with its suffix; last is "" where there is none."""
    parsed = HumanName(name)
    first = clean(f"{parsed.first} {parsed.middle}", 40) or None
    return first, clean(f"{parsed.last} {parsed.suffix}" if parsed.last and parsed.suffix else parsed.last, 80)


def description(brief: LeadBrief, purpose: str = "alert") -> str:
    """Return what happened with sentences, sources and links as plain text of a few lines, as CRM notes want it."""
    lines = ["Denied or called off since the alert; check before you call."] if purpose == "correction" else []
    for story in brief.stories:
        best = story.sightings[0]
        day = f"{story.happened or story.published.date()}"
        lines.append(f"{day}: {headline(story)}")
        lines.append(f'  "{clean(best.event.quote, 500)}"')
        lines.append(f"  {clean(best.publisher or best.source, 80)}: {clean(best.url, 300)}")
    lines.append(f"Score {points(brief.lead.score)} of {points(brief.lead.threshold)} needed, profile “{clean(brief.profile_name, 80)}”.")
    known = company_line(brief.company)
    return "\n".join([*lines, known] if known else lines)[:MAX_DESCRIPTION]


def mapped(mapping: Mapping[str, str], names: Mapping[str, Any], target: str) -> dict[str, Any]:
    """Return field -> value of all fields that have one; None and "" are left out, so that nothing known is wiped.

    Raise Misconfigured naming target, field, expression and what is wrong with it.
    """
    values: dict[str, Any] = {}
    at_once = _all_at_once(tuple(mapping.items()), names)
    for field, expression in mapping.items():
        try:
            value = at_once[field] if at_once else _compiled(expression)(**names)
            if isinstance(value, StrictUndefined):
                value = str(value)  # raises, naming what is not there
            elif isinstance(value, Undefined):  # `… if person` without an else
                value = None
        except TemplateError as error:
            raise Misconfigured(f"{target}: field '{field}': {_explained(expression, error)}") from error
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
            raise Misconfigured(f"{target}: field '{field}': {expression!r} cannot be worked out: {clean(error, 200)}") from error
        if isinstance(value, datetime):
            value = value.strftime("%Y-%m-%dT%H:%M:%SZ")
        elif isinstance(value, date):
            value = value.isoformat()
        if value not in EMPTY:
            values[field] = value
    return values


def check_mapping(mapping: Mapping[str, str], known_fields: Iterable[str] | None = None) -> list[str]:
    """Return what is wrong with a mapping, one sentence a fault; expressions are tried on a lead with a person and one without.

    `known_fields` are the fields the target is known to have; None when nobody can know.
    """
    found = []
    fields = None if known_fields is None else list(known_fields)
    for field, expression in mapping.items():
        if fields is not None and field not in fields:
            best = process.extractOne(field, fields, score_cutoff=65)
            hint = f" (did you mean '{best[0]}'?)" if best else f"; known: {', '.join(sorted(fields))}"
            found.append(f"unknown field '{field}'{hint}")
        for names in _samples():
            try:
                mapped({field: expression}, names, "mapping")
            except Misconfigured as error:
                found.append(str(error).removeprefix("mapping: "))
                break
    return found


def _all_at_once(mapping: tuple[tuple[str, str], ...], names: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return field -> value of all expressions, worked out together; None when one fails, which each for itself then names.

    To set up an expression costs Jinja2 twenty times what it costs to work it out.
    """
    try:
        expression = _compiled("{" + ", ".join(f"{number}: ({written})" for number, (_, written) in enumerate(mapping)) + "}")
        found: dict[int, Any] = expression(**names)
        return {field: found[number] for number, (field, _) in enumerate(mapping)} if len(found) == len(mapping) else None
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError):
        return None


@functools.lru_cache(maxsize=1024)
def _compiled(expression: str) -> Any:
    return _sandbox.compile_expression(expression, undefined_to_none=False)


def _explained(expression: str, error: TemplateError) -> str:
    said = clean(error.message or error, 200)
    return f"{expression!r}: {said}; names: lead, company, person, external_id, company_key, headline, description, evidence_url, kinds, …"


def _samples() -> list[dict[str, Any]]:
    company = dict.fromkeys(Company.__dataclass_fields__, None) | {
        "id": "c1",
        "name": "Sample Company",
        "aliases": (),
        "origin": "register",
    }
    names = {
        "lead": {"id": "0" * 16, "profile": "p", "owner": "rep@example.com", "score": 60.0, "threshold": 55.0, "created": datetime(2026, 1, 1), "state": "new"},  # noqa: DTZ001
        "company": company,
        "person": None,
        "external_id": "prospect-0",
        "company_key": "company-c1",
        "headline": "moves",
        "description": "moves",
        "evidence_url": None,
        "kinds": "relocation",
        "happened": None,
        "profile_name": "P",
        "status": "open",
    }  # fmt: skip
    person = {"name": "Jane Roe", "first": "Jane", "last": "Roe", "title": "CFO"}
    full = company | {key: "x" for key in company if key not in {"aliases", "employees", "revenue_usd", "founded"}}
    full |= {"employees": 10, "revenue_usd": 10, "founded": 1999}
    return [names | {"person": person, "company": full, "evidence_url": "https://example.com", "happened": "2026-01-01"}, names]
