"""What tests share: components of the system that must be there, and a private PostgreSQL server."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

NOT_THERE: dict[str, str] = {}  # component -> cure; printed at the end of the run, whatever the verbosity


def require(name: str, present: object, cure: str) -> None:
    """Go on if the component is there; else skip the test and say so at the end of the run, or fail it.

    It fails when the environment variable PROSPECT_REQUIRE is `all`, as in CI, or names the component: `postgres,chromium`.
    """
    if present:
        return
    NOT_THERE[name] = cure
    asked = os.environ.get("PROSPECT_REQUIRE", "").replace(",", " ").split()
    message = f"{name} is not there: {cure}"
    if "all" in asked or name in asked:
        pytest.fail(f"{message} (PROSPECT_REQUIRE={' '.join(asked)} forbids to skip it)", pytrace=False)
    pytest.skip(message)


def postgres_binaries() -> Path | None:
    """Return the folder of the newest PostgreSQL server on this machine, None without one."""
    folders = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    if folders:
        return max(folders, key=lambda path: int(path.parent.name) if path.parent.name.isdigit() else 0)
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@contextmanager
def private_postgres(binaries: Path) -> Iterator[str]:
    """Run a PostgreSQL server of our own on loopback and yield its address; it ends with us, however we end.

    It refuses to run as root, so as root it gets another user; it need not survive a crash, so it writes without waiting.
    """
    folder = Path(tempfile.mkdtemp(prefix="prospect-pg-"))
    user = unprivileged_user() if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user, user_group(user))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    cluster = folder / "cluster"
    made = subprocess.run(
        [
            *as_user(user),
            str(binaries / "initdb"),
            "-D",
            str(cluster),
            "-A",
            "trust",
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        raise RuntimeError(f"initdb failed: {made.stderr}")
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": folder,
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "timezone": "America/New_York",  # not UTC, so that a time that leans on the server's zone shows
    }
    options = [option for name, value in settings.items() for option in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [*as_user(user), str(binaries / "postgres"), "-D", str(cluster), *options], cwd=folder, stdout=log, stderr=log
        )
    try:
        wait_for_postgres(port, server, folder / "log")
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
    finally:
        server.send_signal(signal.SIGQUIT)  # "immediate": nothing is written any more, the folder goes anyway
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def as_user(user: str | None) -> list[str]:
    """Return the words before a command that run it as this user, and end it when we are killed, where the system can."""
    setpriv = shutil.which("setpriv")
    if setpriv:
        who = ["--reuid", user, "--regid", str(user_group(user)), "--clear-groups"] if user else []
        return [setpriv, *who, "--pdeathsig", "INT"]
    return ["runuser", "-u", user, "--"] if user else []


def unprivileged_user() -> str:
    """Return a user to run as that is not root."""
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def user_group(user: str) -> int:
    return pwd.getpwnam(user).pw_gid


def wait_for_postgres(port: int, server: subprocess.Popen[bytes], log: Path, timeout_s: float = 90) -> None:
    """Return when the server answers a question; raise RuntimeError with its log when it ends or takes too long."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline and server.poll() is None:
        try:
            # a connection alone is no proof: the port is open while the server still says "starting up"
            with psycopg.connect(host="127.0.0.1", port=port, user="postgres", connect_timeout=5) as conn:
                conn.execute("SELECT 1")
                return
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text()[-2000:]}")
