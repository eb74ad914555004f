"""The schema of an alert profile: everything a rep can write in profiles/<name>.yml, refused where it cannot be meant.

The whole language is described in docs/profiles.md, which is printed from profiles/conditions.py. Lengths of time are
written 120d, 6h, 2w or 1y. Files are read elsewhere; here is only what may stand in them.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from profiles.times import Duration, Zone, read_digest, read_zone
from profiles.wants import ANY_KIND, AnyWant, Kind, Model, Want, Word, check_facts, one_or_more, read_status, steps_of
from profiles.where import Countries, RegionNames, States, Where
from profiles.wording import shown, unknown
from store.records import STATUSES, Reason

_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+|[^@\s<>,;]+@localhost")


def _read_email(value: Any) -> Any:
    if not isinstance(value, str) or not _EMAIL.fullmatch(value.strip()):
        raise ValueError(f"'{value}' is no e-mail address; write it like jane@example.com")
    return value.strip()


Email = Annotated[str, BeforeValidator(_read_email)]

AccountList = str | tuple[Word, ...]  # a path below the workspace, or the ids or names themselves


class Companies(Model):
    """Which companies by name: lists of ids, domains or names, and what the CRM says of an account."""

    include: AccountList | None = None
    """The named accounts: a list of ids, domains or names, or a file below the workspace, `accounts/jane.csv`. With it the profile looks at no other company."""
    exclude: AccountList | None = None
    """Companies to leave out, written like `include`."""
    customers: Literal["allow", "exclude", "only"] = "allow"
    """Accounts that the CRM marks as customers: `allow` (the default), `exclude`, or `only` them."""
    open_opportunities: Literal["allow", "exclude", "only"] = "allow"
    """Accounts with an open opportunity, likewise."""
    past_customers: Literal["allow", "exclude", "only"] = "allow"
    """Accounts that were customers, likewise."""

    @cached_property
    def policies(self) -> tuple[tuple[str, str], ...]:
        """What the CRM may say of an account, and what the profile makes of it, but for what it allows."""
        said = {"customer": self.customers, "open_opportunity": self.open_opportunities, "past_customer": self.past_customers}
        return tuple((account, policy) for account, policy in said.items() if policy != "allow")


class Crm(Model):
    """Which CRM gets the lead, and when: as soon as it is made (matched) or once the rep accepted it."""

    to: str = Field(min_length=1)
    """The CRM, as prospect.yml names it."""
    when: Literal["matched", "accepted"] = "matched"
    """`matched` (the default): as soon as the lead is made; `accepted`: once the rep accepted it."""


class Deliver(Model):
    """How a lead reaches the rep."""

    to: Literal["owner", "account_owner"] = "owner"
    """Whose lead it is: the `owner`'s (the default), or the `account_owner`'s, as the CRM's account list names him; a company that no list gives
    an owner, or the list gives a name without an address, stays with the profile's owner or team."""
    email: str = "immediately"
    """`immediately` (the default), `grouped` for one mail a run, `never`, or the times of a digest: `mon 07:00 America/New_York`,
    `mon,thu 07:00`, `weekdays 07:00`, `07:00` for every day; without a zone by the profile's clock."""
    quiet: str | None = None
    """No mail in these hours: `quiet: 20:00-07:00`; what falls into them goes out at their end."""
    crm: Annotated[Crm, BeforeValidator(lambda value: {"to": value} if isinstance(value, str) else value)] | None = None
    """The CRM that gets the lead: `crm: salesforce`, or with its time `crm: {to: salesforce, when: accepted}`."""
    channels: Annotated[tuple[Word, ...], BeforeValidator(one_or_more)] = ()
    """Further channels of prospect.yml that are told at once, a chat room or a webhook: `channels: [team-chat]`."""

    @field_validator("email")
    @classmethod
    def _readable(cls, text: str) -> str:
        if text not in {"immediately", "grouped", "never"}:
            read_digest(text)
        return text

    @field_validator("quiet")
    @classmethod
    def _hours(cls, text: str | None) -> str | None:
        if text is not None and not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d\s*-\s*([01]?\d|2[0-3]):[0-5]\d(\s+\S+)?", text.strip()):
            raise ValueError(f"'{text}' are no hours; write them like 20:00-07:00, with a time zone where it is not the profile's")
        if text is not None and len(text.split()) > 1 and "/" in text.split()[-1]:
            read_zone(text.split()[-1])
        return text

    @field_validator("channels")
    @classmethod
    def _named(cls, channels: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        known = (info.context or {}).get("channels")
        for channel in channels:
            if known is not None and channel not in known:
                raise ValueError(unknown("channel", channel, known))
        return channels


class Limit(Model):
    """At most so many new leads per week (from Monday), month or quarter; the best ones are kept."""

    leads: int = Field(ge=1, le=10000)
    """How many."""
    per: Literal["week", "month", "quarter"]
    """`week` (from Monday), `month` or `quarter`."""


class Active(Model):
    """The days between which the profile judges, both included; open where one is left out."""

    from_: date | None = Field(None, alias="from")
    """The first day."""
    until: date | None = None
    """The last day."""

    @model_validator(mode="after")
    def _in_order(self) -> Active:
        if self.from_ and self.until and self.from_ > self.until:
            raise ValueError(f"active from {self.from_} until {self.until}: the end lies before the beginning")
        return self


class Member(Model):
    """One recipient of a team's profile; with `where`, the states or regions that are theirs."""

    email: Email
    """The member's address."""
    states: States | None = None
    """States that are the member's."""
    regions: RegionNames | None = None
    """Regions that are the member's."""
    countries: Countries | None = None
    """Countries that are the member's."""


class Team(Model):
    """Several recipients: everyone, in turn, or by territory (the first member whose places fit, else the owner)."""

    members: tuple[Annotated[Member, BeforeValidator(lambda value: {"email": value} if isinstance(value, str) else value)], ...] = Field(
        min_length=1
    )
    """Addresses, or with places: `{email: ann@example.com, states: [MD]}`."""
    assign: Literal["everyone", "round_robin", "territory"] = "everyone"
    """`everyone` gets every lead (the default); `round_robin`: who had fewest of late; `territory`: the first member whose places hold the seat, else the owner. A company stays with whom it had."""


class ExampleEvent(Model):
    """A made-up event of an example; keys beside these are its facts."""

    model_config = ConfigDict(extra="allow", frozen=True)

    trigger: Kind
    """The kind of event; its facts are written beside it: `{trigger: executive_change, days_ago: 45, level: c_suite}`."""
    days_ago: float = Field(ge=0, le=36500)
    """How old it is."""
    status: Annotated[str, BeforeValidator(read_status)] = "announced"
    """`announced` unless given."""
    confidence: float = Field(1.0, ge=0, le=1)
    """1 unless given."""
    other_company: bool = False
    """It is another company's event, and must not count."""
    sources: int = Field(1, ge=1, le=50)
    """How many independent sources tell it; 1 unless given."""
    filing: bool = False
    """A filing tells it."""

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
    """What the case is about."""
    events: tuple[ExampleEvent, ...]
    """What happened."""
    company: ExampleCompany = ExampleCompany()
    """What the company is, where it matters: `{state: CA, employees: 50, account: customer}`; `named: false` for one that is not on the list. What is left out is made to fit."""
    alerts: bool
    """Whether it must alert."""
    reason: str | None = None
    """The reason it must have, in the words of `prospect explain`: `outside territory`."""

    @field_validator("reason")
    @classmethod
    def _known(cls, reason: str | None) -> str | None:
        if reason is not None and reason not in {known.value for known in Reason}:
            raise ValueError(unknown("reason", reason, (known.value for known in Reason)))
        return reason


_SAME: dict[Any, Any] = {}  # see Profile.keyed_wants: as many as there are different wants, and lists of them


class Profile(Model):
    """An alert profile."""

    name: str = Field(min_length=1)
    """What the rep calls the profile; mails and the inbox show it."""
    owner: Email
    """The rep whose leads these are, as an e-mail address."""
    description: str | None = None
    """What it is for, in a sentence."""
    tags: Annotated[tuple[Word, ...], BeforeValidator(one_or_more)] = ()
    """Words to group profiles by: `tags: [start-ups, broad]`."""
    team: Team | None = None
    """Several recipients, see Teams."""
    time_zone: Zone = "UTC"
    """The clock that quotas, digests and days go by: `time_zone: America/New_York`; UTC unless given."""
    active: Active | None = None
    """The days between which the profile judges, both included: `active: {from: 2025-01-01, until: 2025-06-30}`."""
    snooze: date | None = None
    """No alerts before this day: `snooze: 2025-09-01`."""
    since: date | None = None
    """What was published before this day is no news, and raises no alert by itself. Without it news begin with the first run of the workspace."""
    clipping: bool = False
    """Every story by itself, once, as a clipping service sends them: `clipping: true`. Needs no wants and no threshold; best with `companies: {include: …}`."""
    where: Where = Where()
    """The territory and the kind of company, see Places and Companies."""
    companies: Companies = Companies()
    """Which companies by name, see Accounts."""
    wants: tuple[AnyWant, ...] = Field(min_length=1, max_length=100)
    """What must happen, and what it is worth, see Wants."""
    half_life: Duration = timedelta(days=90)
    """After this time an event counts half: `half_life: 90d`, which is the default; a want may have its own."""
    threshold: float = Field(gt=0, le=100000)
    """The points that make an alert."""
    limit: Limit | None = None
    """At most so many new leads per week (from Monday), month or quarter: `limit: {leads: 2, per: quarter}`. The best of a run come first; a better one that comes late is held for review."""
    cooldown: Duration = timedelta(days=60)
    """No second alert of the same company for this long: `cooldown: 60d`, which is the default."""
    realert: Literal["material", "after_cooldown", "never"] = "material"
    """What may break the cooldown: `material` (the default) a material change, points up by half or a required piece that was missing; `after_cooldown` nothing; `never` means that a company is told once and never again. Corrections always go out."""
    deliver: Deliver = Deliver()
    """How a lead reaches the rep, see Delivery."""
    examples: tuple[Example, ...] = ()
    """Cases that must, or must not, alert; they are run by `prospect check`, see Examples."""

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

    @cached_property
    def keyed_wants(self) -> tuple[tuple[str, AnyWant], ...]:
        """Each want with a text that says all that its reading goes by: the want, the half-life, and the wants that a bare kind means.

        Profiles that want the same share one object: ten thousand of them would else not fit into a processor's cache.
        """
        meant = "".join(sorted(want.signature for want in self.wants if isinstance(want, Want) and want.weight >= 0))
        keyed: list[tuple[str, AnyWant]] = []
        for want in self.wants:
            key = sys.intern(f"{want.signature} {self.half_life} {'' if isinstance(want, Want) else meant}")
            keyed.append(_SAME.setdefault(key, (key, want)))
        listed_ones: tuple[tuple[str, AnyWant], ...] = _SAME.setdefault(tuple([key for key, _ in keyed]), tuple(keyed))
        return listed_ones

    @cached_property
    def meanings(self) -> Mapping[tuple[str, ...], tuple[Want, ...]]:
        """What a bare kind, or several, in a pattern means: the profile's own wants of them, where it has any."""
        own = [want for want in self.wants if isinstance(want, Want) and want.weight >= 0]
        bare = {step.trigger for want in self.wants for step in steps_of(want) if not step.is_ and step.status is None}
        return {kinds: meant for kinds in bare if (meant := tuple(want for want in own if set(want.trigger) & set(kinds)))}

    @property
    def mail_times(self) -> str | None:
        """How mail goes out, with the zone where times are given: "immediately", "grouped", "mon 07:00 America/New_York"; None: never."""
        text = self.deliver.email
        if text in {"immediately", "grouped", "never"}:
            return None if text == "never" else text
        return read_digest(text).text(self.time_zone)

    @property
    def quiet_hours(self) -> str | None:
        """The hours without mail, with their zone: "20:00-07:00 America/New_York"."""
        text = self.deliver.quiet
        if text is None:
            return None
        return text if text.split()[-1] == "UTC" or "/" in text else f"{text} {self.time_zone}"

    @property
    def recipients(self) -> tuple[str, ...]:
        """All addresses that may receive its leads, the owner first."""
        members = tuple(member.email for member in self.team.members) if self.team else ()
        return tuple(dict.fromkeys((self.owner, *members)))
