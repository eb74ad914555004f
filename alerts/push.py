"""The rules of handing a lead to a CRM over its network API, the same for every CRM; a CRM's file says how, not whether.

- A lead has one record, found by its external id; it is made once, and never written over: what the rep and others wrote stays.
- News of a lead (update, correction) become a note on its record, once each.
- A record that is gone from the CRM was deleted by somebody and is not made again.
- A company is found by our key, then by domain and name, then by exact name; the same name with another domain is another company;
  when two fit, the lead is held for a person to decide.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from alerts.brief import brief_of
from alerts.errors import Permanent
from alerts.mapping import lead_names
from alerts.wording import clean
from store.records import Delivery

LEAD_OUTCOMES = ("open", "working", "converted", "won", "lost", "deleted")
TOLD_BEFORE = "told_before"  # put into a delivery's payload by the outbox: this target had an earlier delivery of the lead


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A company of the CRM that might be the lead's."""

    id: str
    name: str
    domain: str | None = None
    key: str | None = None  # our key, where the record has one


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadOutcome:
    """What became of a lead in the CRM, as the rep left it there."""

    external_id: str
    outcome: str  # one of LEAD_OUTCOMES
    said: str  # the CRM's own word for it
    amount: float | None = None
    reason: str | None = None  # why it was lost
    changed: datetime | None = None  # when, by the CRM's clock; None where it does not say


class Crm(Protocol):
    """What a CRM's file can do; ids are the CRM's own. Each raises DeliveryError."""

    def find_lead(self, external_id: str) -> str | None:
        """Return the record with our external id, None when there is none (any more)."""

    def find_companies(self, key: str, name: str, domain: str | None) -> Sequence[Candidate]:
        """Return the companies that have our key, or the domain, or the name."""

    def make_company(self, names: Mapping[str, Any]) -> str:
        """Make the company with our key and return its id."""

    def make_lead(self, company: Candidate | None, names: Mapping[str, Any]) -> tuple[str, str]:
        """Make the lead, and its company where `company` is None and the CRM wants one; return its id and a note for the operator."""

    def add_note(self, lead: str, key: str, text: str) -> None:
        """Put a note on the record unless a note with this key is there."""


def push(delivery: Delivery, crm: Crm, target: str) -> str | None:
    """Bring one delivery to the CRM and return a note for the operator, if there is one. Raise DeliveryError."""
    names = lead_names(brief_of(delivery), purpose=delivery.purpose)
    lead = crm.find_lead(names["external_id"])
    if lead is None:
        if delivery.payload.get(TOLD_BEFORE):
            return f"the lead {names['external_id']} was deleted there and is not made again"
        company = choose_company(
            names, crm.find_companies(names["company_key"], names["company"]["name"], names["company"]["domain"]), target
        )
        _, note = crm.make_lead(company, names)
        return note or None
    if delivery.purpose in {"update", "correction"}:
        crm.add_note(lead, delivery.key, names["description"])
    return None


def choose_company(names: Mapping[str, Any], candidates: Sequence[Candidate], target: str) -> Candidate | None:
    """Return the CRM's company that the lead is about, None when it has none. Raise Permanent when two fit: a person decides."""
    key, name, domain = names["company_key"], names["company"]["name"], names["company"]["domain"]
    keyed = [candidate for candidate in candidates if candidate.key == key]
    if keyed:
        return keyed[0]
    named = [candidate for candidate in candidates if same_name(candidate.name, name)]
    by_domain = [candidate for candidate in named if domain and same_domain(candidate.domain, domain)]
    # one whose domain is another is another company of that name; one whose domain nobody noted may be this one
    by_name = [candidate for candidate in named if not (domain and candidate.domain and not same_domain(candidate.domain, domain))]
    fits = by_domain or by_name
    if len(fits) > 1:
        shown = "; ".join(f"{clean(c.name, 60)} ({clean(c.domain, 60) or 'no domain'}, id {clean(c.id, 40)})" for c in fits[:5])
        raise Permanent(
            f"{target}: {len(fits)} companies fit {clean(name, 80)}: {shown}; merge them there, or put {key} on the right one, then retry"
        )
    return fits[0] if fits else None


def same_name(one: str, other: str) -> bool:
    """Return whether two names are the same but for case, spaces and punctuation at the end of words."""
    return _letters(one) == _letters(other) != ""


def same_domain(one: str | None, other: str | None) -> bool:
    """Return whether two web addresses or domains are of one domain, "https://www.example.com/x" and "example.com"."""
    return bool(one and other) and bare_domain(one) == bare_domain(other)


def bare_domain(written: str | None) -> str:
    """Return the host in a web address or domain as people write it, without "www."."""
    host = re.sub(r"^[a-z][a-z0-9+.-]*://", "", (written or "").strip().lower())
    return host.partition("/")[0].partition(":")[0].removeprefix("www.").rstrip(".")


def _letters(name: str) -> str:
    return " ".join(re.sub(r"[.,]", "", clean(name, 300)).casefold().split())
