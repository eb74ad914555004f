"""What the operator set up for telling: mail, other targets, and how each profile wants to be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from alerts.errors import Misconfigured


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """`mail:` of prospect.yml, with its ${SECRETS} filled in; `repr` shows none of them."""

    url: str = field(repr=False)  # smtp://, smtp+starttls://, smtps://[user:password@]host[:port], or folder:PATH
    sender: str  # "Prospect <alerts@example.com>"
    reply_to: str | None = None
    base_url: str | None = None  # of the web inbox, "https://prospect.example.com"; None: mails carry commands to type
    link_keys: tuple[str, ...] = field(default=(), repr=False)  # oldest first; the last one signs, all are accepted
    link_days: int = 30  # how long a signed link works
    operator: str | None = None  # address told of deliveries that fail for good
    ca_file: Path | None = None  # certificates to trust beside the system's
    timeout_s: float = 30.0  # for each answer of the server
    per_minute: int | None = None  # mails a minute to one recipient domain; the rest goes out a minute later

    @property
    def channel(self) -> str:
        """The channel that `url` names by its scheme: "smtp" or "folder"."""
        scheme = self.url.partition(":")[0].lower()
        if scheme in {"smtp", "smtps", "smtp+starttls"}:
            return "smtp"
        if scheme == "folder":
            return "folder"
        raise Misconfigured(
            f"mail.url: unknown scheme '{scheme}'; known: smtp://, smtp+starttls://, smtps://, folder:"
        )  # the URL itself may hold a password, so it is not quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One place beside mail that leads are told to: a CRM, a chat room, a webhook, a file; named in prospect.yml."""

    name: str
    channel: str  # stem of a file in alerts/channels or alerts/crm
    url: str | None = field(default=None, repr=False)  # a webhook's URL is a secret too
    folder: Path | None = None  # for those that write files
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    options: Mapping[str, str] = field(default_factory=dict, repr=False)  # the channel's own keys: database, format, client_id …
    mapping: Mapping[str, str] | None = None  # CRM field -> Jinja2 expression; None: the channel's own default
    timeout_s: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """`deliver:` of one profile."""

    mail: str | None = "immediately"  # or "grouped" (one mail a run), or a digest's time: "mon 07:00 America/New_York"; None: no mail
    quiet: str | None = None  # no mail in these hours: "20:00-07:00 America/New_York"
    crm: str | None = None  # name of a target
    crm_when: str = "matched"  # or "accepted": the CRM hears of it once the rep takes it
    also: tuple[str, ...] = ()  # names of further targets, told at once
