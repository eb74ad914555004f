"""A workspace: prospect.yml, sources, profiles, company lists, own kinds and playbooks, read into one frozen `Workspace`.

Every fault of every file comes at once, as `file:line:column: message`. Secrets stand in files as ${ENV_NAME} only.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from alerts.channels import known_channels
from crawler.source import Source
from enrichment.counties import county_names, metros
from profiles.profile import Profile
from prospect.accounts import list_faults
from prospect.kinds import load_kinds, shipped_kinds
from prospect.profilefiles import closed_words, read_profile_folder
from prospect.yamlfile import Fault, Faults, position, read_folder, read_model, read_yaml, shown_path, unknown_value
from triggers.kind import Kind

CATALOG = Path(__file__).resolve().parent.parent / "crawler" / "catalog"
ENV_NAME = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Mail(Model):
    """How alerts leave: `url` is a mail server's, or a folder for .eml files (the default)."""

    url: str = "folder:mails"
    sender: str = "prospect <alerts@localhost>"
    reply_to: str | None = None
    operator: str | None = None  # told when a channel stops or a source dies
    ca_file: str | None = None  # certificates to trust beside the system's
    per_minute: int | None = Field(default=None, ge=1)  # mails a minute to one recipient domain; the rest goes out later
    timeout_s: float = Field(default=30, gt=0, le=600)
    bounces: str | None = None  # where mails that came back lie: a Maildir, an mbox or imaps://user:${SECRET}@host/INBOX; read by each run

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
    every: str | None = None  # "30m": as well, or instead of the nightly run
    time_zone: str = "UTC"

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
    base_url: str | None = None  # without one, mails carry the commands to type instead of buttons
    link_days: int = Field(default=30, ge=1, le=365)  # how long a link in a mail works
    link_keys: tuple[str, ...] = ()  # secrets that sign the links, oldest first; the last one signs

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

    allow_hosts: tuple[str, ...] = ()  # private and loopback hosts that may be asked; all others of that kind are refused
    archive: str = "archive"
    timeout: str = "30m"  # one source's crawl
    keep_days: int | None = Field(default=None, ge=1)  # of the archive; without it, everything is kept
    keep_gb: float | None = Field(default=None, gt=0)
    at_once: int = Field(default=8, ge=1, le=64)  # sources crawled side by side


class Nlp(Model):
    model: str = "builtin"  # or "rules", or the name or path of a spaCy pipeline


class TargetSettings(Model):
    """One place beside mail that leads go to: a CRM, a chat room, a webhook, a file. Its key is its name and, unless
    `channel` says otherwise, its channel."""

    channel: str | None = None
    url: str | None = None
    folder: str | None = None
    user: str | None = None
    password: str | None = None
    token: str | None = None
    options: Mapping[str, str] = Field(default_factory=dict)  # the channel's own: database, format, client_id …
    mapping: Mapping[str, str] | None = None  # field of the target -> Jinja2 expression


class OwnPlaybook(Model):
    """playbooks/<kind>.yml: what the team adds to a kind's playbook."""

    why: str | None = None
    talking_points: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    collateral: tuple[str, ...] = ()  # links and documents to send
    competitors: tuple[str, ...] = ()


class Settings(Model):
    """prospect.yml."""

    database: str = "sqlite:///prospect.db"
    contact: str
    sources: tuple[str, ...] = ()  # names of catalogue sources to read beside sources/*.yml
    companies: tuple[str, ...] = ()  # registers: files, or folders of SEC's submissions or the IRS's returns
    since: date | None = None  # alert on what was published from this day on; default: the first run
    schedule: Schedule = Schedule()
    mail: Mail = Mail()
    crm: Mapping[str, TargetSettings] = Field(default_factory=lambda: {"csv": TargetSettings(folder="crm")})
    channels: Mapping[str, TargetSettings] = Field(default_factory=dict)  # chat rooms, webhooks, files: profiles name them
    web: Web = Web()
    crawl: Crawl = Crawl()
    nlp: Nlp = Nlp()

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


@dataclass(frozen=True)
class Workspace:
    """All that a workspace's files say, checked."""

    root: Path
    settings: Settings
    sources: Mapping[str, Source]  # own ones and those of the catalogue that are switched on
    profiles: Mapping[str, Profile]  # by stem
    kinds: Mapping[str, Kind]
    playbooks: Mapping[str, OwnPlaybook] = field(default_factory=dict)  # the workspace's additions, by kind

    @property
    def database_url(self) -> str:
        """The database's URL, a relative SQLite path taken from the workspace's folder."""
        url = self.settings.database
        for prefix in ("sqlite:///", "sqlite+pysqlite:///"):
            if url.startswith(prefix) and not url.startswith(prefix + "/"):
                return f"{prefix}{self.root / url.removeprefix(prefix)}"
        return url

    @property
    def archive(self) -> Path:
        return self.root / self.settings.crawl.archive

    def path(self, relative: str) -> Path:
        """Return a path that a file of the workspace names."""
        return self.root / relative


@cache
def catalog_sources() -> dict[str, Source]:
    """Return the sources that ship, by name; raise Faults when one of the files is wrong."""
    catalog, faults = read_folder(CATALOG, Source, stem_key="name", root=CATALOG.parent.parent)
    if faults:
        raise Faults(faults)
    return catalog


def workspace_root(given: Path | None) -> Path:
    """Return the workspace's folder: `given`, else $PROSPECT_WORKSPACE, else the current folder.

    Raise Faults when there is no prospect.yml in it.
    """
    root = given or Path(os.environ.get("PROSPECT_WORKSPACE") or ".")
    if not (root / "prospect.yml").is_file():
        where = "here" if root == Path() else f"in {root}"
        raise Faults(
            [
                Fault(
                    "prospect.yml",
                    0,
                    0,
                    f"there is no workspace {where}; make one with `prospect init DIR` or name one with --workspace DIR",
                )
            ]
        )
    return root.resolve()


def load_workspace(root: Path, *, environment: Mapping[str, str] = os.environ) -> Workspace:
    """Return the workspace in `root`; raise Faults with every fault of every file."""
    faults: list[Fault] = []
    catalog = catalog_sources()
    settings = None
    try:
        settings = read_settings(root, catalog, environment)
    except Faults as error:
        faults += error.faults
    own, wrong = read_folder(root / "sources", Source, stem_key="name", root=root)
    faults += wrong
    try:
        kinds = load_kinds(root / "triggers", root=root)
    except Faults as error:
        faults += error.faults
        kinds = dict(shipped_kinds())
    profiles, wrong = read_profiles(root, kinds)
    faults += wrong
    playbooks, wrong = read_folder(root / "playbooks", OwnPlaybook, root=root)
    faults += wrong
    faults += [Fault(f"playbooks/{name}.yml", 1, 1, unknown_value("kind", name, kinds)) for name in playbooks if name not in kinds]
    if settings:
        faults += _missing_registers(root, settings)
    faults += list_faults(root, profiles)
    if faults or settings is None:
        raise Faults(faults)
    sources = {name: catalog[name] for name in settings.sources} | {name: source for name, source in own.items() if source.enabled}
    return Workspace(root, settings, sources, profiles, kinds, playbooks)


def read_settings(root: Path, catalog: Mapping[str, Source], environment: Mapping[str, str]) -> Settings:
    """Return prospect.yml with its ${ENV_NAME}s filled in; raise Faults for every fault, an unset variable among them."""
    path = root / "prospect.yml"
    node = read_yaml(path, shown="prospect.yml")
    unset = [
        Fault("prospect.yml", *position(node, where), f"the environment variable {name} is not set; `export {name}=…` before starting")
        for where, name in _named_variables(node)
        if name not in environment
    ]
    if unset:
        raise Faults(unset)
    return read_model(
        path,
        Settings,
        context={"catalog": catalog, "environment": environment},
        shown="prospect.yml",
        fill=lambda text: _filled(text, environment),
    )


def read_profiles(root: Path, kinds: Mapping[str, Kind]) -> tuple[dict[str, Profile], list[Fault]]:
    """Return the profiles of a workspace by stem, and the faults of those that are wrong."""
    return read_profile_folder(root / "profiles", context=profile_context(kinds), root=root)


def profile_context(kinds: Mapping[str, Kind]) -> dict[str, Any]:
    """Return what a profile's validators go by: the facts that each kind has, and the words of those that hold one of a few."""
    values = {name: {fact: words for fact, how in kind.facts.items() if (words := closed_words(how.says))} for name, kind in kinds.items()}
    facts = {name: tuple(kind.facts) for name, kind in kinds.items()}
    return {"kinds": facts, "values": values, "metros": sorted(metros()), "counties": county_names()}


def _missing_registers(root: Path, settings: Settings) -> list[Fault]:
    node = read_yaml(root / "prospect.yml")
    return [
        Fault(
            "prospect.yml",
            *position(node, ["companies", index]),
            f"the company list '{name}' is not there (looked for {shown_path(root / name, None)})",
        )
        for index, name in enumerate(settings.companies)
        if not (root / name).exists()
    ]


def _named_variables(node: Any, where: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], str]]:
    if isinstance(node, str):
        return [(where, name) for name in ENV_NAME.findall(node)]
    if isinstance(node, Mapping):
        return [found for key, value in node.items() for found in _named_variables(value, (*where, key))]
    if isinstance(node, list):
        return [found for index, value in enumerate(node) for found in _named_variables(value, (*where, index))]
    return []


def _filled(text: str, environment: Mapping[str, str]) -> str:
    return ENV_NAME.sub(lambda match: environment[match[1]], text)
