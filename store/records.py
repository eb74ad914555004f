"""The records that flow through the five rooms, in the order they come into being; frozen, standard library only.

Moments are aware UTC datetimes named for what happened; calendar days are dates; `None` always means unknown.
Ids are text derived from content (`fingerprint`), so that doing the same work twice makes the same rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any

STATUSES = ("rumored", "planned", "announced", "completed", "terminated", "denied")


def fingerprint(*parts: object) -> str:
    """Return 16 hexadecimal digits that are the same for the same parts, on any machine."""
    joined = "\x1f".join("" if part is None else str(part) for part in parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawDocument:
    """One body as it was fetched, kept in the WARC archive; what the source's list said of it is in `hints`."""

    id: str  # fingerprint(canonical_url)
    source: str  # name of the source file
    url: str  # address that answered, after redirects
    canonical_url: str  # the same page has one, however it was linked
    fetched: datetime
    content_type: str  # as the server said it, "" when it said nothing
    digest: str  # SHA-256 of the body, hexadecimal
    warc: str  # file name below the archive folder
    offset: int  # byte position of the record in that file
    hints: Mapping[str, str]  # of: title, published (ISO 8601), author, publisher, form, items ("5.02,9.01"), company, cik


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a person would read in a page or filing."""

    id: str
    url: str
    title: str | None
    text: str  # paragraphs parted by "\n"
    published: datetime | None  # first publication, never the last change
    author: str | None = None
    publisher: str | None = None  # who put it out: the wire, the paper, "SEC EDGAR"
    form: str | None = None  # "8-K", "D", …
    items: tuple[str, ...] = ()  # item codes of an 8-K: "5.02"
    cik: str | None = None  # ten digits; the filer
    company: str | None = None  # the issuer or filer, where the page or header names it
    source: str = ""
    first_seen: datetime | None = None  # when the crawler first fetched it
    fields: Mapping[str, str] = field(
        default_factory=dict
    )  # what a structured source states itself: city, state, sic, former_name, headcount …

    @property
    def full_text(self) -> str:
        """The text that event offsets count in: title, newline, text; or the text alone where there is no title."""
        return f"{self.title}\n{self.text}" if self.title else self.text

    @property
    def filer(self) -> str | None:
        """What the filings of one filer have in common: its CIK, or "ein-" and its EIN on a return of a charity; None for no filing."""
        if self.cik:
            return self.cik
        ein = self.fields.get("ein")
        return f"ein-{ein}" if ein and self.form else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerEvent:
    """One thing that happened to, or is planned by, one company, with the sentence that says so."""

    id: str  # fingerprint(document_id, kind, start, end, main facts)
    document_id: str
    kind: str  # stem of a file in triggers/kinds
    status: str  # one of STATUSES
    company: str | None  # fullest name of that party in the document
    facts: Mapping[str, str | None]
    quote: str  # document.full_text[start:end], always
    start: int
    end: int
    happened: date | None  # when decided, announced or come about; taking effect is facts["effective"]
    confidence: float  # 0..1, of events given 0.9 nine in ten are right


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A company as a register, or failing that a document, knows it."""

    id: str
    name: str
    cik: str | None = None  # ten digits
    ein: str | None = None  # nine digits
    lei: str | None = None
    ticker: str | None = None
    domain: str | None = None  # registered domain, "example.com"
    street: str | None = None
    city: str | None = None
    county: str | None = None  # in the US, without the word "County": "Montgomery", which its state tells from another's
    state: str | None = None  # two-letter code in the US, else the region's name
    metro: str | None = None  # metropolitan area in the US, by its first city: "Baltimore, MD"
    postal_code: str | None = None
    country: str | None = None  # ISO 3166 alpha-2
    phone: str | None = None
    sic: str | None = None
    naics: str | None = None
    employees: int | None = None  # the lower end where a register gives a range
    employees_max: int | None = None  # the upper end of a range; None: `employees` is the number, as far as it is known
    revenue_usd: int | None = None
    revenue_usd_max: int | None = None
    public: bool | None = None  # shares listed
    founded: int | None = None  # year
    parent_id: str | None = None
    aliases: tuple[str, ...] = ()  # short, former and trade names
    account: str | None = None  # "customer", "open_opportunity", "past_customer" from the CRM's account list
    account_owner: str | None = None  # e-mail
    origin: str = ""  # register it came from; "text" for a provisional company
    as_of: date | None = None  # day of the register
    sources: Mapping[str, str] = field(default_factory=dict)  # field -> "register day", of values that `origin` at `as_of` does not say

    @property
    def provisional(self) -> bool:
        """True for a company that no register holds, made from what a document says."""
        return self.origin == "text"


_COMPANY_SETTERS = tuple(getattr(Company, f.name).__set__ for f in fields(Company))
_COMPANY_DEFAULTS: dict[str, Any] = {
    f.name: f.default_factory() if f.default_factory is not MISSING else None if f.default is MISSING else f.default
    for f in fields(Company)
}


def company_of(given: Mapping[str, Any]) -> Company:
    """Return `Company(**given)`, whose `id` and `name` must be there, in half of the time: registers have half a million rows.

    Raise TypeError for a key that is no field.
    """
    values = {**_COMPANY_DEFAULTS, **given}
    if len(values) > len(_COMPANY_SETTERS):
        raise TypeError(f"a company has no {', '.join(sorted(set(given) - set(_COMPANY_DEFAULTS)))}")
    company = object.__new__(Company)
    for assign, value in zip(_COMPANY_SETTERS, values.values(), strict=True):
        assign(company, value)
    return company


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyMerge:
    """One company taken into another, with what it takes to part them again."""

    id: str
    kept_id: str
    gone_id: str  # its row stays, marked with the one it went into
    kept_before: Company
    kept_after: Company  # with what the other knew
    merged: datetime
    by: str  # e-mail, or "import"
    event_ids: tuple[str, ...] = ()  # moved from the gone one to the kept one
    lead_ids: tuple[str, ...] = ()
    undone: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """What a document says of the company of an event: all that a resolver may go by."""

    name: str
    cik: str | None = None
    ein: str | None = None
    lei: str | None = None
    ticker: str | None = None
    domain: str | None = None
    city: str | None = None
    state: str | None = None
    country: str | None = None
    industries: tuple[str, ...] = ()  # SIC major groups by what the document says it does: ("60",)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyMatch:
    """Which company a mention is; `company_id` is None when none fits or two fit alike."""

    company_id: str | None
    score: float  # 0..1
    reasons: tuple[str, ...]  # in words a rep understands, strongest first
    rivals: tuple[str, ...] = ()  # ids of companies that fit as well


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """An event with its company and the document that told of it: what stories are made of."""

    event: TriggerEvent
    company_id: str
    url: str
    title: str | None
    source: str
    publisher: str | None
    form: str | None
    published: datetime | None
    first_seen: datetime
    origin: str = ""  # id of the document that told it first, where this one is a copy; else its own, "" where nobody compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One real-world event, however many documents tell it."""

    id: str  # fingerprint(company_id, kind, main facts, first event id)
    company_id: str
    kind: str
    status: str  # the furthest known; terminated or denied ends it
    facts: Mapping[str, str | None]
    happened: date | None
    published: datetime  # earliest publication (else first fetch) among the sightings
    first_seen: datetime  # earliest fetch; replay without look-ahead goes by it
    confidence: float  # of the best sighting
    sightings: tuple[Sighting, ...]  # best evidence first; never empty

    @property
    def when(self) -> datetime:
        """The moment its age counts from: the earlier of `happened` (midnight UTC) and `published`."""
        if self.happened is None:
            return self.published
        return min(self.published, datetime.combine(self.happened, time(), UTC))


class Reason(StrEnum):
    """Why `decide` said what it said; every pair of profile and company has exactly one."""

    ALERTED = "alerted"
    CORRECTED = "corrected"  # a denial or termination after the alert: one correction goes out
    REALERTED = "realerted"  # material change after the alert
    BELOW_THRESHOLD = "below threshold"
    REQUIRED_MISSING = "required piece missing"
    NO_EVENTS = "no wanted events"
    OUTSIDE_TERRITORY = "outside territory"
    WRONG_FIRMOGRAPHICS = "company does not fit"
    UNKNOWN_FIRMOGRAPHICS = "unknown firmographic"
    NOT_NAMED = "not a named account"
    EXCLUDED = "excluded"
    SNOOZED = "snoozed"
    REJECTED = "rejected before"
    COOLING_DOWN = "cooling down"
    OVER_QUOTA = "over quota"
    ALREADY_TOLD = "already told"
    BEFORE_START = "published before the first run"
    INACTIVE = "profile not active"
    FOR_REVIEW = "held for review"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One want of a profile and what it added to the score."""

    want: str  # the want in words: "executive_change (level c_suite), weight 40"
    points: float  # weight × confidence × status factor × decay; 0 when not met
    met: bool
    required: bool
    why: str  # the sum in words: "40 × 0.95 confidence × 1 announced × 0.87 after 18 days", or what is missing
    story_ids: tuple[str, ...] = ()  # the best story; two or more for a sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a profile says of a company at one moment, and why; parts sum to the score."""

    profile: str  # stem of the profile file
    company_id: str
    now: datetime
    reason: Reason
    detail: str  # the reason in one sentence, with the numbers: "12 points below the threshold of 55"
    score: float
    threshold: float
    parts: tuple[Part, ...] = ()
    story_ids: tuple[str, ...] = ()  # stories that gave points
    due: datetime | None = None  # to be judged again from then on, though nothing new is seen; None: only something new can change it


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedProfile:
    """What a profile went by when it last judged; where it goes by something else now, it judges everything again."""

    profile: str  # stem of the profile file
    mark: str  # fingerprint of its content, the ids below and the day news begin
    included: frozenset[str] | None  # ids of its named accounts; None where it names none
    excluded: frozenset[str]


LEAD_STATES = ("new", "accepted", "rejected", "snoozed", "withdrawn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A company that crossed a profile's threshold: what the rep is told and the CRM gets."""

    id: str  # fingerprint(profile, company_id, ids of the stories first told)
    profile: str
    owner: str  # e-mail of the rep
    company_id: str
    created: datetime
    updated: datetime
    state: str  # one of LEAD_STATES
    score: float
    threshold: float
    parts: tuple[Part, ...]
    story_ids: tuple[str, ...]  # stories told
    event_ids: tuple[str, ...]  # best sighting of each story told; part of the idempotency key
    snoozed_until: datetime | None = None
    reject_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadBrief:
    """A lead with all that a message or CRM record about it may quote."""

    lead: Lead
    company: Company
    stories: tuple[Story, ...]  # of lead.story_ids, most points first
    profile_name: str  # the name the rep gave it
    playbooks: Mapping[str, Mapping[str, object]] = field(default_factory=dict)  # kind -> why, talking_points, questions


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message or record owed to one target; written with its lead, settled by the outbox worker."""

    key: str  # idempotency key: fingerprint(channel, target, purpose, lead ids, event ids); Message-ID or external id
    lead_ids: tuple[str, ...]
    channel: str  # stem of a file in alerts/channels or alerts/crm
    target: str  # address, URL or CRM name
    purpose: str  # alert, correction, digest
    due: datetime
    payload: Mapping[str, object]  # what the channel needs, rendered when the lead was made
    state: str = "pending"  # pending, claimed, sent, failed or cancelled
    attempts: int = 0
    claimed_by: str | None = None
    lease_until: datetime | None = None
    sent: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """A mail that did not arrive: reported after a server had taken it, or refused at its door."""

    id: str  # fingerprint(report, key): the same report read twice is one
    key: str  # of the delivery
    address: str  # in lower case
    hard: bool  # the address is dead, and nothing more is sent to it; else this mail alone was lost
    status: str  # RFC 3463, "5.1.1"
    said: str  # in the server's words
    received: datetime
    cured: datetime | None = None  # when somebody put it back


@dataclass(frozen=True, slots=True, kw_only=True)
class CrmOutcome:
    """What became of a lead in a CRM, as last read there."""

    lead_id: str
    target: str  # name of the CRM in prospect.yml
    outcome: str  # open, working, converted, won, lost, deleted
    said: str  # the CRM's own word for it
    read: datetime
    amount: float | None = None
    reason: str | None = None  # why it was lost
    changed: datetime | None = None  # by the CRM's clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a rep said of a lead; it follows company and stories, not the article."""

    lead_id: str
    verdict: str  # accepted, rejected, snoozed
    reason: str | None
    said: datetime
    by: str  # e-mail
    via: str  # mail, web, cli, crm


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRun:
    """One crawl of one source, counted."""

    source: str
    started: datetime
    ended: datetime
    requests: int
    listed: int  # entries that the source's lists showed
    new: int  # documents not seen before
    failed: int  # requests given up
    error: str | None  # None when the crawl came to its end
    notes: tuple[str, ...] = ()  # what the operator should know: refused by robots.txt, 404, empty list …


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of the pipeline, from collecting to telling."""

    id: int
    now: datetime  # the moment it judged by
    started: datetime
    ended: datetime | None  # None: it runs still, or was killed
    summary: Mapping[str, object]  # counts by stage, failures
