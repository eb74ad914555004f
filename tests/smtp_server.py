"""A real SMTP server on loopback that keeps what it is sent, and fails in the ways mail servers fail."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

USER, PASSWORD = "alerts", "s3cret/with:odd@signs"


@dataclass
class Mailbox:
    """What arrived, and what to do to the next mails: `faults` is taken from the front, one a mail."""

    mails: list[EmailMessage] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    logins: list[str | None] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)  # busy, gone, full, drop-before, drop-after, slow, ""
    connections: int = 0
    port: int = 0
    ca_file: Path | None = None

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]) -> list[str]:  # noqa: N802
        self.connections += not session.ssl  # a session over STARTTLS says EHLO twice
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        if "gone" in address:
            return "550 5.1.1 no such user here"
        if self.faults and self.faults[0] == "busy":
            self.faults.pop(0)
            return "451 4.3.0 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "drop-before":
            server.transport.abort()
            return "451 never seen"
        if fault == "full":
            return "552 5.2.2 mailbox full"
        if fault == "slow":
            time.sleep(1.2)  # blocks the server as a stuck disk does; the client's patience is shorter
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.mails.append(message)
        self.recipients += envelope.rcpt_tos
        self.encrypted.append(session.ssl is not None or server.transport.get_extra_info("ssl_object") is not None)
        self.logins.append(session.auth_data.login.decode() if session.auth_data else None)
        if fault == "drop-after":  # the classic double send: the server has the mail, the client never hears so
            server.transport.abort()
        return "250 2.0.0 queued"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(box: Mailbox, *, tls: str = "", auth: bool = False, folder: Path | None = None, port: int = 0) -> Iterator[Mailbox]:
    """Serve `box` on loopback; `tls` is "", "starttls" or "tls", with a certificate of an authority written to box.ca_file."""
    options: dict[str, Any] = {}
    if tls:
        authority = trustme.CA()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
        assert folder is not None
        box.ca_file = folder / "ca.pem"
        authority.cert_pem.write_to_path(str(box.ca_file))
        options |= {"ssl_context": context} if tls == "tls" else {"tls_context": context, "require_starttls": True}
    if auth:

        def check(server: Any, session: Any, envelope: Any, mechanism: str, asked: Any) -> AuthResult:
            known = isinstance(asked, LoginPassword) and (asked.login, asked.password) == (USER.encode(), PASSWORD.encode())
            # handled=False makes the server answer 535 itself; without it a wrong password hangs the client
            return AuthResult(success=known, handled=False, auth_data=asked)

        options |= {
            "authenticator": check,
            "auth_required": True,
            "auth_require_tls": tls == "starttls",
        }  # it does not count TLS from the first byte
    box.port = port or free_port()
    controller = Controller(box, hostname="127.0.0.1", port=box.port, **options)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
