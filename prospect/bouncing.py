"""Mails that came back after a server had taken them: read from standard input, a file, a folder or an IMAP mailbox, and acted on.

A hard bounce stops the address and tells the operator; a soft one is counted. Either makes the delivery a dead letter, since nobody has
read it. Only reports that name a mail of ours by its Message-ID count: a forged one cannot stop an address.
"""

from __future__ import annotations

import imaplib
import mailbox
import ssl
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sqlalchemy import Connection, Engine

from alerts.bounces import Report, is_hard, read_reports
from alerts.channels import MAIL_CHANNELS
from alerts.owed import note_owed
from alerts.settings import MailSettings
from alerts.wording import clean
from store import queries
from store.records import Bounce, Delivery, fingerprint


class BouncesUnreadable(Exception):
    """The place that bounces are read from cannot be read; the text says which, why, and the cure."""


@dataclass
class Letter:
    """One mail from the place that bounces come to."""

    raw: bytes
    ours: bool = False  # set when it is read and is a report of a mail of ours


@dataclass
class BouncesRead:
    """What a reading of bounces came to."""

    hard: list[str] = field(default_factory=list)  # addresses that are stopped now
    soft: list[str] = field(default_factory=list)  # addresses that one mail did not reach
    put_off: int = 0  # reports of a delay: the server still tries
    known: int = 0  # reports that were read before
    others: int = 0  # mails that are no report of a mail of ours
    notes: list[str] = field(default_factory=list)  # in words, for the summary of a run

    def __str__(self) -> str:
        said = [
            f"{len(self.hard)} hard ({', '.join(self.hard)}: nothing more is sent there)" if self.hard else "0 hard",
            f"{len(self.soft)} soft" + (f" ({', '.join(self.soft)})" if self.soft else ""),
            f"{self.put_off} put off",
            f"{self.known} known",
            f"{self.others} of no mail of ours",
        ]
        return ", ".join(said)


def take_bounces(engine: Engine, letters: Iterable[Letter], *, now: datetime, mail: MailSettings) -> BouncesRead:
    """Act on the reports among `letters`, all in one transaction; reading the same reports again changes nothing."""
    done = BouncesRead()
    with engine.begin() as conn:
        stopped = [bounce for letter in letters for bounce in take_one(conn, letter, now, done) if bounce.hard]
        news = [bounce for bounce in stopped if bounce.address != (mail.operator or "").lower()]
        if news and mail.operator:
            queries.enqueue(conn, [_note(news, now, mail)])
    return done


def take_one(conn: Connection, letter: Letter, now: datetime, done: BouncesRead) -> list[Bounce]:
    """Keep what one mail reports, make dead letters of what did not arrive, and return the bounces that are new."""
    reports = [
        (report, owed)
        for report in read_reports(letter.raw)
        if (owed := queries.delivery(conn, report.key)) and owed.channel in MAIL_CHANNELS
    ]
    letter.ours = bool(reports)
    done.others += not reports
    kept = []
    for report, owed in reports:
        if report.action != "failed":
            done.put_off += report.action == "delayed"
            continue
        bounce = _bounce(report, owed.target, letter.raw, now)
        if not queries.save_bounce(conn, bounce):
            done.known += 1
            continue
        kept.append(bounce)
        (done.hard if bounce.hard else done.soft).append(bounce.address)
        count = len(queries.bounces_of(conn, address=bounce.address))
        how = "nothing more is sent to it" if bounce.hard else f"bounce {count} of this address"
        said = (
            f"came back after it was taken: {bounce.status} {bounce.said}; {how}; correct `owner` in the profile or have the mailbox mended"
        )
        queries.fail_sent(conn, owed.key, f"{said}, then retry")
        done.notes.append(f"mail to {bounce.address} {said}, then `prospect deliveries --retry`")
    return kept


def _bounce(report: Report, address: str, raw: bytes, now: datetime) -> Bounce:
    return Bounce(
        id=fingerprint("report", report.key, report.recipient, raw.decode("latin-1")),
        key=report.key,
        address=address.lower(),  # where we sent it: the report may name an alias behind it
        hard=is_hard(report.status),
        status=report.status,
        said=report.said,
        received=now,
    )


def _note(news: Sequence[Bounce], now: datetime, mail: MailSettings) -> Delivery:
    lines = [f"- {bounce.address}: {bounce.status} {bounce.said}" for bounce in news]
    text = ["Mail to these addresses came back, and nothing more is sent there:", "", *lines, ""]
    text.append("Correct `owner` in the profile, or have the mailbox mended; then: prospect deliveries --retry")
    names = ", ".join(dict.fromkeys(bounce.address for bounce in news))
    key = fingerprint("bounces", *sorted(bounce.id for bounce in news))
    return note_owed(subject=f"prospect: mail came back from {names}", text="\n".join(text) + "\n", key=key, now=now, mail=mail)


# ------------------------------------------------------------------ where they are read from


@contextmanager
def mails_at(place: str, *, timeout_s: float = 30.0, ca_file: Path | None = None) -> Iterator[list[Letter]]:
    """Give the mails at a place: a file with one mail, an mbox, a Maildir, a folder of .eml files, or imaps://user:password@host/MAILBOX.

    Of a Maildir and an IMAP mailbox only those that nobody has read; the reports among them are marked as read when the block ends well, and
    what people wrote stays as it is. Raise BouncesUnreadable.
    """
    if place.partition(":")[0] in {"imap", "imaps"}:
        with _imap(place, timeout_s, ca_file) as letters:
            yield letters
        return
    path = Path(place)
    try:
        if (path / "new").is_dir():
            unread = {each: Letter(each.read_bytes()) for each in sorted((path / "new").iterdir())}
            yield list(unread.values())
            (path / "cur").mkdir(exist_ok=True)
            for each, letter in unread.items():
                if letter.ours:
                    each.rename(path / "cur" / f"{each.name}:2,S")
        elif path.is_dir():
            yield [Letter(each.read_bytes()) for each in sorted(path.glob("*.eml"))]
        elif (raw := path.read_bytes()).startswith(b"From "):
            yield [Letter(bytes(each)) for each in mailbox.mbox(path, create=False)]
        else:
            yield [Letter(raw)]
    except OSError as error:
        raise BouncesUnreadable(f"{path}: cannot be read ({error.strerror}); name a mail, an mbox, a Maildir or imaps://…") from error


@contextmanager
def _imap(url: str, timeout_s: float, ca_file: Path | None) -> Iterator[list[Letter]]:
    parts = urlsplit(url)
    name = f"mailbox {parts.hostname}{parts.path}"  # the URL itself holds a password
    box = unquote(parts.path.strip("/")) or "INBOX"
    server: imaplib.IMAP4 | None = None
    try:
        if parts.scheme == "imaps":
            context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
            server = imaplib.IMAP4_SSL(parts.hostname or "", parts.port or 993, timeout=timeout_s, ssl_context=context)
        else:
            server = imaplib.IMAP4(parts.hostname or "", parts.port or 143, timeout=timeout_s)
        try:
            server.login(unquote(parts.username or ""), unquote(parts.password or ""))
        except imaplib.IMAP4.error as error:
            raise BouncesUnreadable(f"{name} refused the login: {clean(error, 120)}; check mail.bounces") from error
        said, detail = server.select(f'"{box}"')
        if said != "OK":
            raise BouncesUnreadable(f"{name}: there is no such mailbox ({clean(detail, 120)}); check mail.bounces")
        numbers = (server.uid("SEARCH", "UNSEEN")[1][0] or b"").split()
        letters = {}
        for number in numbers:
            answer = server.uid("FETCH", number.decode(), "(BODY.PEEK[])")[1]  # PEEK: to read it marks nothing
            letters[number] = Letter(next((bytes(part[1]) for part in answer if isinstance(part, tuple)), b""))
        yield list(letters.values())
        for number, letter in letters.items():
            if letter.ours:
                server.uid("STORE", number.decode(), "+FLAGS", "(\\Seen)")
    except (OSError, imaplib.IMAP4.error) as error:
        raise BouncesUnreadable(f"{name}: cannot be read ({clean(error, 120)}); check mail.bounces") from error
    finally:
        if server is not None:
            with suppress(OSError, imaplib.IMAP4.error):
                server.logout()
