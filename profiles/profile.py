"""The schema of an alert profile: everything a rep can write in profiles/<name>.yml, refused where it cannot be meant.

The whole language is described in docs/profiles.md, which is printed from profiles/conditions.py. Lengths of time are
written 120d, 6h, 2w or 1y. Files are read elsewhere; here is only what may stand in them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from profiles.geography import COUNTRY_REGIONS, METROS, REGIONS, country_code, country_names, state_code, state_names
from profiles.industries import INDUSTRIES
from profiles.times import Duration, Zone, read_digest
from profiles.wants import ANY_KIND, AnyWant, Kind, Model, Want, Word, Words, check_facts, one_or_more, read_status
from profiles.wording import shown, unknown
from store.records import STATUSES, Reason

_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+|[^@\s<>,;]+@localhost")


def _read_email(value: Any) -> Any:
    if not isinstance(value, str) or not _EMAIL.fullmatch(value.strip()):
        raise ValueError(f"'{value}' is no e-mail address; write it like jane@example.com")
    return value.strip()


def _read_state(value: Any) -> str:
    code = state_code(str(value))
    if code is None:
        raise ValueError(unknown("state", value, state_names()))
    return code


def _read_country(value: Any) -> str:
    code = country_code(str(value))
    if code is None:
        raise ValueError(unknown("country", value, country_names()))
    return code


def _read_region_name(value: Any) -> str:
    name = str(value).strip().casefold()
    if name not in REGIONS and name not in COUNTRY_REGIONS:
        raise ValueError(unknown("region", value, [*REGIONS, *COUNTRY_REGIONS]))
    return name


def _read_metro(value: Any) -> str:
    name = str(value).strip().casefold()
    if name not in METROS:
        raise ValueError(unknown("metro", value, METROS))
    return name


def _read_code_range(value: Any) -> str:
    """Return "7372" or "60-67": the beginning of a code, or a range of beginnings of one length."""
    text = str(value).replace(" ", "")
    found = re.fullmatch(r"(\d{1,6})(?:-(\d{1,6}))?", text)
    if not found:
        raise ValueError(f"'{value}' is no industry code; write a code or its beginning, 7372, or a range, 60-67")
    if found[2] and (len(found[1]) != len(found[2]) or found[1] > found[2]):
        raise ValueError(f"'{value}' is no range; both ends have the same number of digits and the lower comes first, 60-67")
    return text


def _read_postal_range(value: Any) -> str:
    text = re.sub(r"\s*-\s*", "-", str(value).strip().upper())
    low, _, high = text.partition("-")
    if not re.fullmatch(r"[A-Z0-9 ]{2,10}", low) or (high and len(low) != len(high)) or (high and low > high):
        raise ValueError(
            f"'{value}' is no postal code; write a code or its beginning, 212, or a range, 20001-20599 (in quotes when it begins with 0)"
        )
    return text


Email = Annotated[str, BeforeValidator(_read_email)]
States = Annotated[tuple[Annotated[str, BeforeValidator(_read_state)], ...], BeforeValidator(one_or_more), Field(min_length=1)]
Countries = Annotated[tuple[Annotated[str, BeforeValidator(_read_country)], ...], BeforeValidator(one_or_more), Field(min_length=1)]
RegionNames = Annotated[tuple[Annotated[str, BeforeValidator(_read_region_name)], ...], BeforeValidator(one_or_more), Field(min_length=1)]
MetroNames = Annotated[tuple[Annotated[str, BeforeValidator(_read_metro)], ...], BeforeValidator(one_or_more), Field(min_length=1)]
Codes = Annotated[tuple[Annotated[str, BeforeValidator(_read_code_range)], ...], BeforeValidator(one_or_more), Field(min_length=1)]
PostalRanges = Annotated[tuple[Annotated[str, BeforeValidator(_read_postal_range)], ...], BeforeValidator(one_or_more), Field(min_length=1)]


class Span(Model):
    """A range of whole numbers, open where an end is left out."""

    min: int | None = Field(None, ge=0)
    max: int | None = Field(None, ge=0)

    @model_validator(mode="after")
    def _holds_something(self) -> Span:
        if self.min is None and self.max is None:
            raise ValueError("a range needs 'min', 'max' or both")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min {self.min} is above max {self.max}: no company can meet both")
        return self


class Near(Model):
    """Within so many miles or kilometres of a place."""

    place: str = Field(min_length=2)
    miles: float | None = Field(None, gt=0, le=6000)
    km: float | None = Field(None, gt=0, le=10000)

    @model_validator(mode="after")
    def _one_distance(self) -> Near:
        if (self.miles is None) == (self.km is None):
            raise ValueError("'near' needs either 'miles' or 'km'")
        return self

    @property
    def within_miles(self) -> float:
        """The distance in miles, in whichever unit it was written."""
        return self.miles if self.miles is not None else (self.km or 0) / 1.609344


class Industries(Model):
    """Industries by SIC or NAICS codes, their beginnings or ranges, or by words; one that fits is enough."""

    sic: Codes | None = None
    naics: Codes | None = None
    words: Words | None = None

    @field_validator("words")
    @classmethod
    def _known(cls, words: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for word in words or ():
            if word.casefold() not in INDUSTRIES:
                raise ValueError(unknown("industry", word, INDUSTRIES))
        return words

    @model_validator(mode="after")
    def _names_some(self) -> Industries:
        if not (self.sic or self.naics or self.words):
            raise ValueError("'industries' is empty; write sic, naics or words")
        return self


class Where(Model):
    """The territory and the kind of company. One place that fits is enough; of the rest all must fit."""

    match: Literal["any", "seat", "event"] = "any"
    countries: Countries | None = None
    states: States | None = None
    regions: RegionNames | None = None
    metros: MetroNames | None = None
    cities: Words | None = None
    postal: PostalRanges | None = None
    near: Near | None = None
    industries: Industries | None = None
    employees: Span | None = None
    revenue: Span | None = None
    age: Span | None = None
    public: bool | None = None
    unknown: Literal["pass", "fail", "review"] = "review"

    @field_validator("states")
    @classmethod
    def _narrower_than_its_country(cls, states: tuple[str, ...] | None, info: ValidationInfo) -> tuple[str, ...] | None:
        """Places add up, so a country would swallow its states: the rep certainly meant the states."""
        for state in states or ():
            country = "CA" if state.startswith("CA-") else "US"
            if country in (info.data.get("countries") or ()):
                raise ValueError(f"'countries: [{country}]' already holds every state of it, {state} too; leave out one of the two")
        return states


AccountList = str | tuple[Word, ...]  # a path below the workspace, or the ids or names themselves


class Companies(Model):
    """Which companies by name: lists of ids, domains or names, and what the CRM says of an account."""

    include: AccountList | None = None
    exclude: AccountList | None = None
    customers: Literal["allow", "exclude", "only"] = "allow"
    open_opportunities: Literal["allow", "exclude", "only"] = "allow"
    past_customers: Literal["allow", "exclude", "only"] = "allow"


class Crm(Model):
    """Which CRM gets the lead, and when: as soon as it is made (matched) or once the rep accepted it."""

    to: str = Field(min_length=1)
    when: Literal["matched", "accepted"] = "matched"


class Deliver(Model):
    """How a lead reaches the rep."""

    email: str = "immediately"
    crm: Annotated[Crm, BeforeValidator(lambda value: {"to": value} if isinstance(value, str) else value)] | None = None

    @field_validator("email")
    @classmethod
    def _readable(cls, text: str) -> str:
        if text not in {"immediately", "never"}:
            read_digest(text)
        return text


class Limit(Model):
    """At most so many new leads per week (from Monday), month or quarter; the best ones are kept."""

    leads: int = Field(ge=1, le=10000)
    per: Literal["week", "month", "quarter"]


class Active(Model):
    """The days between which the profile judges, both included; open where one is left out."""

    from_: date | None = Field(None, alias="from")
    until: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Active:
        if self.from_ and self.until and self.from_ > self.until:
            raise ValueError(f"active from {self.from_} until {self.until}: the end lies before the beginning")
        return self


class Member(Model):
    """One recipient of a team's profile; with `where`, the states or regions that are theirs."""

    email: Email
    states: States | None = None
    regions: RegionNames | None = None
    countries: Countries | None = None


class Team(Model):
    """Several recipients: everyone, in turn, or by territory (the first member whose places fit, else the owner)."""

    members: tuple[Annotated[Member, BeforeValidator(lambda value: {"email": value} if isinstance(value, str) else value)], ...] = Field(
        min_length=1
    )
    assign: Literal["everyone", "round_robin", "territory"] = "everyone"


class ExampleEvent(Model):
    """A made-up event of an example; keys beside these are its facts."""

    model_config = ConfigDict(extra="allow", frozen=True)

    trigger: Kind
    days_ago: float = Field(ge=0, le=36500)
    status: Annotated[str, BeforeValidator(read_status)] = "announced"
    confidence: float = Field(1.0, ge=0, le=1)
    other_company: bool = False  # the event is another company's: it must not count
    sources: int = Field(1, ge=1, le=50)
    filing: bool = False

    @property
    def facts(self) -> dict[str, str | None]:
        """The event's facts as text."""
        return {name: None if value is None else str(value) for name, value in (self.model_extra or {}).items()}

    @model_validator(mode="after")
    def _facts_known(self, info: ValidationInfo) -> ExampleEvent:
        kinds = (info.context or {}).get("kinds")
        own = [info.alias or name for name, info in ExampleEvent.model_fields.items()]
        for fact in self.model_extra or {}:
            if kinds is not None and self.trigger in kinds and fact not in kinds[self.trigger]:
                raise ValueError(unknown(f"key or fact of trigger '{self.trigger}'", fact, [*own, *kinds[self.trigger]]))
        tests = {
            fact: Want.model_validate({"trigger": self.trigger, "weight": 1, "is": {fact: value}}).is_[fact]
            for fact, value in self.facts.items()
            if value
        }
        check_facts((self.trigger,), tests, info)
        return self


class ExampleCompany(Model):
    """What an example's company is, where it matters; what is left out is made to fit the profile."""

    city: str | None = None
    state: str | None = None
    country: str | None = None
    postal_code: Word | None = None
    sic: Word | None = None
    naics: Word | None = None
    employees: int | None = None
    revenue_usd: int | None = None
    public: bool | None = None
    founded: int | None = None
    account: Literal["customer", "open_opportunity", "past_customer"] | None = None
    named: bool = True  # on the list of `companies.include`


class Example(Model):
    """A case that must, or must not, alert; checked with the profile."""

    name: str = Field(min_length=1)
    events: tuple[ExampleEvent, ...]
    company: ExampleCompany = ExampleCompany()
    alerts: bool
    reason: str | None = None  # the reason it must have, in the words of `prospect explain`

    @field_validator("reason")
    @classmethod
    def _known(cls, reason: str | None) -> str | None:
        if reason is not None and reason not in {known.value for known in Reason}:
            raise ValueError(unknown("reason", reason, (known.value for known in Reason)))
        return reason


class Profile(Model):
    """An alert profile."""

    name: str = Field(min_length=1)
    owner: Email
    description: str | None = None
    tags: Annotated[tuple[Word, ...], BeforeValidator(one_or_more)] = ()
    team: Team | None = None
    time_zone: Zone = "UTC"
    active: Active | None = None
    snooze: date | None = None  # no alerts before this day
    since: date | None = None  # what was published before this day is no news
    clipping: bool = False  # every story by itself, as a clipping service sends them
    where: Where = Where()
    companies: Companies = Companies()
    wants: tuple[AnyWant, ...] = Field(min_length=1, max_length=100)
    half_life: Duration = timedelta(days=90)
    threshold: float = Field(gt=0, le=100000)
    limit: Limit | None = None
    cooldown: Duration = timedelta(days=60)
    realert: Literal["material", "after_cooldown", "never"] = "material"
    deliver: Deliver = Deliver()
    examples: tuple[Example, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _clipping_defaults(cls, value: Any) -> Any:
        """A clipping profile needs neither wants nor a threshold: any story with some certainty will do."""
        if isinstance(value, Mapping) and value.get("clipping") is True:
            every = {
                "trigger": ANY_KIND,
                "weight": 1,
                "count": "each",
                "status": STATUSES,
            }
            return {"wants": [every], "threshold": 0.25, "cooldown": "0d", **value}
        return value

    @field_validator("half_life")
    @classmethod
    def _positive(cls, half_life: timedelta) -> timedelta:
        if half_life <= timedelta(0):
            raise ValueError("the half-life must be longer than nothing; write it like 90d")
        return half_life

    @field_validator("wants")
    @classmethod
    def _countable(cls, wants: tuple[AnyWant, ...]) -> tuple[AnyWant, ...]:
        for want in wants:
            if want.required and want.weight < 0:
                raise ValueError("a want with a negative weight cannot be required; use 'none' in a combination to demand its absence")
            if want.weight == 0 and not want.required:
                raise ValueError("a want of weight 0 that is not required adds nothing; give it a weight or leave it out")
            if want.half_life is not None and want.half_life <= timedelta(0):
                raise ValueError("the half-life must be longer than nothing; write it like 90d")
        return wants

    @field_validator("threshold")
    @classmethod
    def _reachable(cls, threshold: float, info: ValidationInfo) -> float:
        wants = info.data.get("wants") or ()
        if any(isinstance(want, Want) and want.count == "each" and want.weight > 0 for want in wants):
            return threshold  # any number of events adds up
        most = sum(want.weight for want in wants if want.weight > 0)
        if wants and most < threshold:
            raise ValueError(
                f"the threshold of {shown(threshold)} can never be reached: all wants together give {shown(most)} points; "
                f"lower it to {shown(most)} or less, or raise the weights"
            )
        return threshold

    @property
    def recipients(self) -> tuple[str, ...]:
        """All addresses that may receive its leads, the owner first."""
        members = tuple(member.email for member in self.team.members) if self.team else ()
        return tuple(dict.fromkeys((self.owner, *members)))
