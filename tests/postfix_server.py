"""A private Debian postfix on loopback: TLS compulsory, real delivery into a Maildir, nothing leaves the machine. Needs root."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import trustme

from tests.smtp_server import free_port

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.example.test
mydestination =
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = example.test
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = inline:{{ {{rep@example.test = rep/}}, {{alerts@example.test = alerts/}} }}
virtual_alias_maps = inline:{{ {{left@example.test = somebody@elsewhere.example}} }}
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_minimum_uid = 1
default_transport = error:5.1.2 no outside mail from here
relay_transport = error:no relay
smtpd_tls_cert_file = {folder}/cert.pem
smtpd_tls_key_file = {folder}/key.pem
smtpd_tls_security_level = encrypt
smtpd_recipient_restrictions = permit_mynetworks,reject
smtpd_reject_unlisted_recipient = yes
maillog_file = {folder}/log
maillog_file_prefixes = /tmp
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    """Where the server listens, whose certificate it shows, and what lies in the mailbox of rep@example.test.

    Mail to left@example.test is taken and comes back to alerts@example.test, whose mailbox is `returned`.
    """

    port: int
    ca_file: Path
    mailbox: Path
    returned: Path
    log: Path

    def mails(self, wanted: int, timeout_s: float = 20, *, returned: bool = False) -> list[EmailMessage]:
        """Return the delivered mails, or those that came back, waiting until there are as many as wanted."""
        box = self.returned if returned else self.mailbox
        deadline = time.monotonic() + timeout_s
        found: list[Path] = []
        while time.monotonic() < deadline:
            found = sorted((box / "new").glob("*")) if (box / "new").exists() else []
            if len(found) >= wanted:
                break
            time.sleep(0.1)
        parsed = [message_from_bytes(path.read_bytes(), policy=default) for path in found]
        return [mail for mail in parsed if isinstance(mail, EmailMessage)]


def postfix_there() -> bool:
    """Return whether postfix is installed and we may start it."""
    return shutil.which("postfix", path="/usr/sbin:/usr/bin") is not None and os.geteuid() == 0


@contextmanager
def running_postfix() -> Iterator[Postfix]:
    """Start a server of our own, and stop it."""
    folder = Path(tempfile.mkdtemp(prefix="prospect-postfix-", dir="/tmp"))
    folder.chmod(0o755)
    for name in ("etc", "spool", "data", "mail"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    shutil.chown(folder / "mail", 65534, 65534)
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    certificate.private_key_pem.write_to_path(str(folder / "key.pem"))
    (folder / "cert.pem").write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
    port = free_port()
    (folder / "etc" / "main.cf").write_text(MAIN.format(folder=folder))
    (folder / "etc" / "master.cf").write_text(MASTER.format(port=port))
    command = ["/usr/sbin/postfix", "-c", str(folder / "etc")]
    started = subprocess.run([*command, "start"], capture_output=True, text=True, check=False)
    try:
        _wait(port, started.stderr + started.stdout, folder / "log")
        yield Postfix(port, folder / "ca.pem", folder / "mail" / "rep", folder / "mail" / "alerts", folder / "log")
    finally:
        subprocess.run([*command, "stop"], capture_output=True, check=False)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(port: int, said: str, log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"postfix did not start: {said} {log.read_text()[-1500:] if log.exists() else ''}")
