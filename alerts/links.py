"""Signed, expiring links of a mail: what a rep may do with one click more, without logging in.

A link only opens a page with a button; the button posts. Mail scanners follow links, so that a GET must change nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer

ACTIONS = ("accept", "reject", "snooze", "brief", "unsubscribe")


class LinkError(Exception):
    """A link that may not be acted on; the text is for the person who clicked it."""


class LinkExpired(LinkError):
    """Signed by us, but too old (answer 410)."""


class LinkForged(LinkError):
    """Not signed by any of our keys, or damaged (answer 403)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a signed link permits: one action by one person."""

    action: str  # one of ACTIONS
    subject: str  # lead id; company id for `brief`; profile for `unsubscribe`
    by: str  # e-mail of the rep it was sent to
    expires: datetime


def signed_url(base_url: str, keys: Sequence[str], link: Link) -> str:
    """Return the address that opens `link`: `{base_url}/do/{token}`, signed with the last of `keys`."""
    return f"{base_url.rstrip('/')}/do/{sign(keys, link)}"


def sign(keys: Sequence[str], link: Link) -> str:
    """Return the token of `link`; letters, digits, `-`, `_` and `.` only. Raise ValueError without a key or for an unknown action."""
    if link.action not in ACTIONS:
        raise ValueError(f"unknown action '{link.action}'; known: {', '.join(ACTIONS)}")
    body = {"a": ACTIONS.index(link.action), "s": link.subject, "b": link.by, "x": int(link.expires.timestamp())}
    return str(_serializer(keys).dumps(body))


def read_link(token: str, keys: Sequence[str], now: datetime) -> Link:
    """Return what `token` permits. Raise LinkForged if no key signed it, LinkExpired if it is older than it may be."""
    try:
        body = _serializer(keys).loads(token)
        link = Link(action=ACTIONS[body["a"]], subject=str(body["s"]), by=str(body["b"]), expires=datetime.fromtimestamp(body["x"], UTC))
    except (BadSignature, KeyError, IndexError, TypeError, ValueError, OverflowError) as error:
        raise LinkForged("this link is damaged or not ours; open the mail again and click there, or type the command") from error
    if now > link.expires:
        raise LinkExpired(f"this link stopped working on {link.expires:%d %B %Y}; use the inbox or the command line")
    return link


def lifetime(now: datetime, days: int) -> datetime:
    """Return when a link made `now` stops working."""
    return now + timedelta(days=days)


def _serializer(keys: Sequence[str]) -> URLSafeSerializer:
    if not keys or not all(keys):
        raise ValueError("links need a signing key: set mail.link_keys in prospect.yml, for example to ${PROSPECT_LINK_KEY}")
    return URLSafeSerializer(list(keys), salt="prospect lead action")
