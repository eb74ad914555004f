"""prospect.yml and playbooks/*.yml: what they may say. docs/settings.md is printed from it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from alerts.channels import known_channels
from prospect.yamlfile import unknown_value

EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, use_attribute_docstrings=True)


class Mail(Model):
    """How alerts leave: `url` is a mail server's, or a folder for .eml files (the default)."""

    url: str = "folder:mails"
    """Where alerts leave: `folder:mails` writes .eml files; `smtp://`, `smtp+starttls://` and `smtps://` go to a server,
    `user:${SMTP_PASSWORD}@` before its name."""
    sender: str = "prospect <alerts@localhost>"
    """Who alerts come from."""
    reply_to: str | None = None
    """Where answers go, if not to the sender."""
    operator: str | None = None
    """Who is told when a channel stops or a source dies."""
    ca_file: str | None = None
    """A file of certificates to trust beside the system's."""
    per_minute: int | None = Field(default=None, ge=1)
    """How many mails a minute one recipient domain gets at most; the rest goes out later."""
    timeout_s: float = Field(default=30, gt=0, le=600)
    """How many seconds a server may take to answer."""
    bounces: str | None = None
    """Where mails that came back lie, read by each run: a Maildir, an mbox or `imaps://user:${SECRET}@host/INBOX`."""

    @field_validator("url")
    @classmethod
    def _known_scheme(cls, url: str) -> str:
        scheme = url.partition(":")[0]
        known = ("folder", "smtp", "smtp+starttls", "smtps")
        if scheme not in known:
            raise ValueError(
                unknown_value("mail scheme", scheme, known)
                + "; for example folder:mails or smtp+starttls://user:${SMTP_PASSWORD}@mail.example.com:587"
            )
        if scheme != "folder":
            try:
                parts = urlsplit(url)
                host, _ = parts.hostname, parts.port
            except ValueError as error:
                raise ValueError(f"'{url.split('@')[-1]}' is not a mail server's address: {error}") from error
            if not host:
                raise ValueError("the mail server's name is missing: smtp://HOST:PORT")
        return url

    @field_validator("sender", "reply_to", "operator")
    @classmethod
    def _is_address(cls, address: str | None) -> str | None:
        if address is not None and not re.search(r"[^@\s<>,;]+@[^@\s<>,;]+", address):
            raise ValueError(f"'{address}' is no e-mail address")
        if address is not None and re.search(r"[\r\n]", address):
            raise ValueError("an address stands on one line")
        return address


class Schedule(Model):
    """When `prospect serve` runs the job."""

    nightly: str | None = "02:30"
    """Time of day of the nightly run; `null` for none."""
    every: str | None = None
    """An interval, `30m`: as well, or instead of the nightly run."""
    time_zone: str = "UTC"
    """Whose clock that is: `America/New_York`."""

    @field_validator("nightly")
    @classmethod
    def _clock_time(cls, value: str | None) -> str | None:
        if value is not None and not CLOCK.fullmatch(value):
            raise ValueError(f"'{value}' is no time of day; write it as \"02:30\", in quotes")
        return value

    @field_validator("every")
    @classmethod
    def _interval(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[1-9]\d*[smhd]", value):
            raise ValueError(f"'{value}' is no interval; write 30m, 2h or 1d")
        return value

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(unknown_value("time zone", value, ["UTC", *(z for z in available_timezones() if "/" in z)]))
        return value

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Web(Model):
    """Where `prospect serve` listens, and the address that mails link to."""

    listen: str = "127.0.0.1:8080"
    """Where `prospect serve` listens."""
    base_url: str | None = None
    """The address that mails link to; without one, mails carry the commands to type instead of buttons."""
    link_days: int = Field(default=30, ge=1, le=365)
    """How many days a link in a mail works."""
    link_keys: tuple[str, ...] = ()
    """The secrets that sign the links, oldest first: `[${PROSPECT_LINK_KEY}]`. The last one signs, all are accepted."""

    @field_validator("listen")
    @classmethod
    def _host_and_port(cls, listen: str) -> str:
        if not re.fullmatch(r"\S*:\d{1,5}", listen):
            raise ValueError(f"'{listen}' is no address to listen on; write 127.0.0.1:8080")
        return listen

    @model_validator(mode="after")
    def _links_need_a_key(self) -> Web:
        if self.base_url and not self.link_keys:
            raise ValueError("'base_url' needs 'link_keys': [${PROSPECT_LINK_KEY}], the secret that signs the links in mails")
        return self


class Crawl(Model):
    """Limits of the crawler."""

    allow_hosts: tuple[str, ...] = ()
    """Private and loopback hosts that may be asked; all others of that kind are refused."""
    archive: str = "archive"
    """The folder that keeps what was fetched."""
    timeout: str = "30m"
    """How long one source's crawl may take."""
    keep_days: int | None = Field(default=None, ge=1)
    """How many days the archive keeps; without it, everything is kept."""
    keep_gb: float | None = Field(default=None, gt=0)
    """How large the archive may grow, in GB."""
    at_once: int = Field(default=8, ge=1, le=64)
    """How many sources are crawled side by side."""


class Nlp(Model):
    """How names are found."""

    model: str = "builtin"
    """Who finds names in texts: `builtin`, the model that ships; `rules` alone; or a spaCy pipeline, by the name of an installed
    package (`en_core_web_trf`) or by its folder."""


class TargetSettings(Model):
    """One place beside mail that leads go to: a CRM, a chat room, a webhook, a file. Its key is its name and, unless
    `channel` says otherwise, its channel."""

    channel: str | None = None
    """Which file of alerts/channels or alerts/crm serves it, where the name does not say so."""
    url: str | None = None
    """Its address."""
    folder: str | None = None
    """The folder it writes to, for those that write files."""
    user: str | None = None
    """Who signs in."""
    password: str | None = None
    """`${NAME}` of the environment variable with the password."""
    token: str | None = None
    """`${NAME}` of the environment variable with the token."""
    options: Mapping[str, str] = Field(default_factory=dict)
    """What it alone knows: `database`, `format`, `client_id` (docs/crm.md)."""
    mapping: Mapping[str, str] | None = None
    """Field of the CRM and the expression that fills it (docs/crm.md)."""


class OwnPlaybook(Model):
    """playbooks/<kind>.yml: what the team adds to a kind's playbook."""

    why: str | None = None
    """Why it matters to this team."""
    talking_points: tuple[str, ...] = ()
    """What to say."""
    questions: tuple[str, ...] = ()
    """What to ask."""
    collateral: tuple[str, ...] = ()
    """Links and documents to send."""
    competitors: tuple[str, ...] = ()
    """Who else will call."""


class CompanyList(Model):
    """A register or account list, with which of its columns is which where their headings do not say."""

    file: str
    """A file or folder, below the workspace."""
    columns: Mapping[str, str] = Field(default_factory=dict)
    """Field of a company, and the heading of the column that holds it: `{name: Firma, city: Ort}`."""


ListedCompanies = Annotated[
    CompanyList,
    BeforeValidator(lambda given: {"file": given} if isinstance(given, str) else given, json_schema_input_type=str | CompanyList),
]


class Settings(Model):
    """prospect.yml."""

    database: str = "sqlite:///prospect.db"
    """`sqlite:///` and a file of the workspace, or `postgresql+psycopg://user:${DB_PASSWORD}@host/prospect`."""
    contact: str
    """An e-mail address, with your name if you like: it goes into the crawler's User-Agent, so that publishers know whom to write
    to."""
    sources: tuple[str, ...] = ()
    """Names of catalogue sources to read beside sources/*.yml; `prospect sources --all` lists them."""
    companies: tuple[ListedCompanies, ...] = ()
    """Registers and account lists: files, or folders of the SEC's submissions or the IRS's returns (docs/companies.md); where the
    headings say nothing, `{file: accounts/kunden.csv, columns: {name: Firma}}`."""
    since: date | None = None
    """Alert on what was published from this day on; by default from the first run on."""
    schedule: Schedule = Schedule()
    """When `prospect serve` runs the job."""
    mail: Mail = Mail()
    """How alerts leave."""
    crm: Mapping[str, TargetSettings] = Field(default_factory=lambda: {"csv": TargetSettings(folder="crm")})
    """CRMs by name; without it, an import file in the folder `crm`."""
    channels: Mapping[str, TargetSettings] = Field(default_factory=dict)
    """Chat rooms, webhooks and files, by the name that profiles give under `deliver: channels`."""
    web: Web = Web()
    """The web inbox."""
    crawl: Crawl = Crawl()
    """Limits of the crawler."""
    nlp: Nlp = Nlp()
    """How names are found."""

    @field_validator("contact")
    @classmethod
    def _contact(cls, contact: str) -> str:
        if not EMAIL.search(contact):
            raise ValueError(f"'{contact}' holds no e-mail address; publishers, and EDGAR always, want to know whom to write to")
        return contact

    @field_validator("crm", "channels")
    @classmethod
    def _known_channels(cls, targets: Mapping[str, TargetSettings]) -> Mapping[str, TargetSettings]:
        for name, target in targets.items():
            if (target.channel or name) not in known_channels():
                raise ValueError(unknown_value("channel", target.channel or name, known_channels()))
        return targets

    @field_validator("sources")
    @classmethod
    def _known_sources(cls, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        known = (info.context or {}).get("catalog", ())
        for name in names:
            if name not in known:
                raise ValueError(unknown_value("catalogue source", name, known) + "; `prospect sources --all` lists them")
        return names
