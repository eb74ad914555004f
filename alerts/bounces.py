"""Delivery status reports (RFC 3464): which of our mails came back, why, and whether the address is dead. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.message import EmailMessage, Message
from email.policy import default

from alerts.wording import clean

_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_MESSAGE_ID = re.compile(r"<([0-9a-f]{16})@[^<>\s]+>")  # of ours (alerts/message.py)
MAX_BYTES = 1_000_000  # of one report; what was returned with it is of no interest


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a mail server reports of one recipient of one mail of ours."""

    key: str  # of the delivery, by the Message-ID of the mail that came back
    recipient: str  # as the reporting server knows it, which may be an alias of where we sent it
    action: str  # failed, delayed, delivered, relayed, expanded
    status: str  # RFC 3463: "5.1.1"
    said: str


def read_reports(mail: bytes) -> list[Report]:
    """Return what a mail reports of mails of ours; [] when it is no delivery status report, or names no mail that could be ours."""
    message = message_from_bytes(mail[:MAX_BYTES], policy=default)
    if message.get_content_type() != "multipart/report" or not isinstance(message, EmailMessage):
        return []
    parts = list(message.walk())
    key = next((found for part in parts if (found := _key_in(part))), None)
    status_part = next(
        (part for part in parts if part.get_content_type() in {"message/delivery-status", "message/global-delivery-status"}), None
    )
    if key is None or status_part is None:
        return []
    return list(_recipients(key, _blocks(status_part)))


def _blocks(part: Message) -> Iterable[Message]:
    """Return the groups of fields of a delivery-status part: one of the mail, then one of each recipient."""
    payload = part.get_payload()
    blocks = [each for each in payload if isinstance(each, Message)] if isinstance(payload, list) else []
    if (
        part.get_content_type() == "message/global-delivery-status"
    ):  # the parser takes it for one mail, the groups after the first for its text
        written = "\n\n".join(each.as_string() for each in blocks)
        return [message_from_string(group) for group in re.split(r"\r?\n\s*\n", written)]
    return blocks


def _recipients(key: str, blocks: Iterable[Message]) -> Iterator[Report]:
    for block in blocks:
        action = _field(block, "Action").lower().split(" ")[0]
        if not action:
            continue  # the fields of the mail
        said = _field(block, "Diagnostic-Code").partition(";")[2].strip() or _field(block, "Diagnostic-Code")
        status = _status(_field(block, "Status")) or _status(said) or ("4.0.0" if action == "delayed" else "5.0.0")
        # what was written on the envelope, else where it ended up
        recipient = (_field(block, "Original-Recipient") or _field(block, "Final-Recipient")).rpartition(";")[2].strip()
        yield Report(key=key, recipient=recipient, action=action, status=status, said=clean(said, 300))


def _field(block: Message, name: str) -> str:
    # a hostile report may have broken fields; str() of what the parser made of them never raises
    return clean(str(block.get(name, "")), 600)


def _key_in(part: Message) -> str | None:
    """Return the key of our mail if this part is what came back: the mail itself, or its headers alone."""
    kind = part.get_content_type()
    headers = ""
    if kind in {"message/rfc822", "message/global"} and isinstance(inner := part.get_payload(), list) and inner:
        headers = f"Message-ID: {inner[0].get('Message-ID', '')}" if isinstance(inner[0], Message) else ""
    elif kind in {"text/rfc822-headers", "message/global-headers"}:
        raw = part.get_payload(decode=True)
        headers = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(part.get_payload())
    for line in re.sub(r"\r?\n[ \t]+", " ", headers).splitlines():
        if line.lower().startswith("message-id:") and (match := _MESSAGE_ID.search(line)):
            return match[1]
    return None


def _status(text: str) -> str | None:
    match = _STATUS.search(text)
    return ".".join(str(int(part)) for part in match.groups()) if match else None


def is_hard(status: str) -> bool:
    """Return whether a status (RFC 3463) says that the address is dead, so that nothing more should be sent to it.

    Dead: a permanent failure of the address (5.1.x), a mailbox that is switched off (5.2.1), no way to its domain (5.4.x), and one without
    a reason (5.0.0), which servers say of unknown users. Not dead: a full mailbox, a mail too large, a filter that dislikes this one.
    """
    kind, subject, detail = (int(part) for part in status.split("."))
    return (
        kind == 5
        and (subject in {1, 4} or (subject, detail) in {(2, 1), (0, 0)})
        and (subject, detail) not in {(1, 7), (1, 8), (4, 6), (4, 7)}
    )


def status_of_reply(code: int, text: str) -> str:
    """Return the status of a server's answer at its door: the one it states, else what RFC 5321 means by the code."""
    return _status(text) or {550: "5.1.1", 551: "5.1.6", 552: "5.2.2", 553: "5.1.3"}.get(code, "5.7.0" if code >= 500 else "4.0.0")
