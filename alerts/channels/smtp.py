"""Sends mails over SMTP: smtp://, smtp+starttls:// or smtps://, with AUTH where the URL has a user. One connection a batch."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Iterable, Iterator
from email import message_from_bytes
from email.policy import SMTP
from email.utils import parseaddr
from urllib.parse import SplitResult, unquote, urlsplit

from alerts.bounces import status_of_reply
from alerts.channels import Outcome
from alerts.errors import AddressRefused, DeliveryError, Misconfigured, Permanent, TryAgain
from alerts.settings import MailSettings
from alerts.wording import clean
from store.records import Delivery

PROVEN = "real SMTP servers on loopback (aiosmtpd with STARTTLS, TLS and AUTH)"
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
MAY_HAVE_ARRIVED = "may have arrived"  # in the error of a mail whose connection broke after its last byte
MAILS_A_CONNECTION = 100  # many servers close a connection after some hundred


def send(deliveries: Iterable[Delivery], settings: MailSettings) -> Iterator[Outcome]:
    """Send each mail over one connection, opened for the first; a server that cannot be reached is asked once a batch.

    After a broken connection the rest of the batch gets a new one; a second break ends the batch with TryAgain.
    """
    server: smtplib.SMTP | None = None
    sent = breaks = 0
    away: DeliveryError | None = None
    try:
        for delivery in deliveries:
            if away:
                yield Outcome(key=delivery.key, error=away)
                continue
            try:
                server = server or connect(settings)
                _send_one(server, delivery, settings)
                yield Outcome(key=delivery.key)
                sent += 1
            except DeliveryError as error:
                yield Outcome(key=delivery.key, error=error)
                if server is None or isinstance(error, Misconfigured):
                    away = error
                elif isinstance(error, TryAgain):
                    breaks += 1
                    away = error if breaks > 1 and not _alive(server) else None
                    if not _alive(server):
                        server = None
            if server and sent and sent % MAILS_A_CONNECTION == 0:
                _quit(server)
                server = None
    finally:
        _quit(server)


def faults(settings: MailSettings) -> list[str]:
    """Return what is wrong with `mail.url`, without showing the password in it."""
    try:
        parts, _ = _parts(settings)
    except Misconfigured as error:
        return [str(error)]
    found = []
    if parts.username and parts.scheme == "smtp" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        found.append("mail.url: smtp:// would send the password unencrypted; use smtp+starttls:// or smtps://")
    if parts.username and parts.password is None:
        found.append("mail.url: a user without a password; write smtps://user:${MAIL_PASSWORD}@host")
    return found


def connect(settings: MailSettings) -> smtplib.SMTP:
    """Return an open, encrypted and authenticated connection. Raise TryAgain or Misconfigured, naming the server and the cure."""
    parts, port = _parts(settings)
    host = parts.hostname or ""
    name = f"mail server {host}:{port}"
    context = ssl.create_default_context()
    if settings.ca_file:
        try:
            context.load_verify_locations(settings.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise Misconfigured(f"mail.ca_file: {settings.ca_file} holds no certificates: {error}") from error
    server: smtplib.SMTP | None = None
    try:
        if parts.scheme == "smtps":
            server = smtplib.SMTP_SSL(host, port, timeout=settings.timeout_s, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=settings.timeout_s)
        if parts.scheme == "smtp+starttls":
            server.starttls(context=context)
        server.ehlo_or_helo_if_needed()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except smtplib.SMTPAuthenticationError as error:
        _quit(server)
        cure = "check user and password in mail.url (and the variable it is read from)"
        if 400 <= error.smtp_code < 500:  # 454: the server cannot check passwords just now
            raise TryAgain(f"{name}: cannot log in now: {_said(error)}") from error
        raise Misconfigured(f"{name} refused the login of '{unquote(parts.username or '')}': {_said(error)}; {cure}") from error
    except ssl.SSLCertVerificationError as error:
        _quit(server)
        raise Misconfigured(
            f"{name}: its certificate is not trusted ({error.verify_message}); use the name the certificate is for, or set mail.ca_file"
        ) from error
    except smtplib.SMTPNotSupportedError as error:
        _quit(server)
        wanted = "AUTH" if "AUTH" in str(error) else "STARTTLS"
        raise Misconfigured(f"{name} offers no {wanted}; choose the scheme of mail.url that the server speaks") from error
    except ssl.SSLError as error:
        _quit(server)
        raise Misconfigured(f"{name}: no TLS there ({error.reason}); choose the scheme of mail.url that the server speaks") from error
    except smtplib.SMTPResponseException as error:
        _quit(server)
        raise TryAgain(f"{name} is not ready: {_said(error)}") from error
    except (OSError, smtplib.SMTPException) as error:
        _quit(server)
        raise TryAgain(f"{name} cannot be reached ({clean(error, 200) or type(error).__name__}); check mail.url if this lasts") from error
    return server


def _send_one(server: smtplib.SMTP, delivery: Delivery, settings: MailSettings) -> None:
    body = str(delivery.payload["eml"]).encode("ascii")
    message = message_from_bytes(body, policy=SMTP)
    sender = parseaddr(str(message["From"]))[1]
    recipient = parseaddr(str(message["To"]))[1]
    try:
        # MAIL, RCPT and DATA one by one, because only a break after the last byte of DATA can mean that the mail is there
        _expect(server.mail(sender, ["size=" + str(len(body))] if server.has_extn("size") else []), 250, "the sender", sender, server)
        _expect(server.rcpt(recipient), 250, "the address", recipient, server)
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        server.close()
        raise TryAgain(f"the mail server broke off before the mail to {recipient} was sent ({clean(error, 120)})") from error
    try:
        code, said = server.data(body)
    except smtplib.SMTPDataError as error:  # DATA itself was refused
        _expect((error.smtp_code, _bytes(error.smtp_error)), 250, "the mail to", recipient, server)
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        server.close()
        raise TryAgain(f"the mail server broke off while taking the mail to {recipient}; it {MAY_HAVE_ARRIVED}") from error
    else:
        _expect((code, said), 250, "the mail to", recipient, server)


def _expect(answer: tuple[int, bytes], wanted: int, what: str, address: str, server: smtplib.SMTP) -> None:
    code, said = answer
    if code in {wanted, 251}:
        return
    words = f"{code} {clean(said.decode('utf-8', 'replace'), 200)}"
    with contextlib.suppress(smtplib.SMTPException, OSError):
        if code == 421:  # the server is closing
            server.close()
        else:
            server.rset()
    if code == -1 or 400 <= code < 500:
        raise TryAgain(f"{what} {address} was put off by the mail server: {words}")
    if code in {530, 535, 538}:
        raise Misconfigured(f"the mail server wants a login or encryption: {words}; put user, password and the right scheme into mail.url")
    if what == "the sender":
        raise Misconfigured(f"the mail server refuses the sender {address}: {words}; set mail.sender to an address it may send for")
    refused = f"{what} {address} was refused: {words}; correct `owner` in the profile or ask that mailbox's administrator"
    if what == "the address":
        raise AddressRefused(refused, status_of_reply(code, words))
    raise Permanent(refused)


def _parts(settings: MailSettings) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(settings.url)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError) as error:
        raise Misconfigured(
            f"mail.url: not an SMTP address ({type(error).__name__}); write smtp+starttls://user:${{SECRET}}@host:587"
        ) from error
    if not parts.hostname:
        raise Misconfigured("mail.url: no host in it; write smtp+starttls://user:${SECRET}@host:587")
    return parts, port


def _said(error: smtplib.SMTPResponseException) -> str:
    return f"{error.smtp_code} {clean(_bytes(error.smtp_error).decode('utf-8', 'replace'), 200)}"


def _bytes(said: bytes | str) -> bytes:
    return said.encode() if isinstance(said, str) else said


def _alive(server: smtplib.SMTP) -> bool:
    return server.sock is not None


def _quit(server: smtplib.SMTP | None) -> None:
    if server is None:
        return
    with contextlib.suppress(smtplib.SMTPException, OSError):
        server.quit()
    server.close()
