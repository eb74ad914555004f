"""A real CRM for tests: Tryton with its sales opportunities, in an environment of its own, spoken to over its network API alone.

    python3 -m venv DIR && DIR/bin/pip install trytond trytond_sale_opportunity && export PROSPECT_TRYTON=DIR

Making its database takes most of a minute, so it is made once and kept in DIR; each test session runs on a copy.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from alerts.crm.tryton import Tryton
from alerts.settings import Target
from tests.smtp_server import free_port

PASSWORD = "adm1n-of-tests"
CURE = "python3 -m venv DIR && DIR/bin/pip install trytond trytond_sale_opportunity, then PROSPECT_TRYTON=DIR"


def tryton_home() -> Path | None:
    """Return the environment that holds trytond, None without one."""
    home = Path(os.environ.get("PROSPECT_TRYTON", "/tmp/prospect-tryton"))
    return home if (home / "bin" / "trytond").exists() else None


@contextmanager
def tryton(home: Path) -> Iterator[Target]:
    """Run Tryton on a fresh copy of its database and yield the target that leads go to."""
    template = home / "prospect-template.sqlite"
    folder = Path(tempfile.mkdtemp(prefix="prospect-tryton-"))
    try:
        if not template.exists():
            _make_template(home, folder, template)
        shutil.copy(template, folder / "crm.sqlite")
        with _serving(home, folder) as target:
            yield target
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make_template(home: Path, folder: Path, template: Path) -> None:
    (folder / "crm.sqlite").touch()
    (folder / "pass").write_text(PASSWORD)
    config = _config(folder, free_port())
    environment = os.environ | {"TRYTONPASSFILE": str(folder / "pass")}
    admin = [str(home / "bin" / "trytond-admin"), "-c", str(config), "-d", "crm"]
    for words in (["--all", "--email", "admin@example.com"], ["-u", "sale_opportunity", "--activate-dependencies"]):
        made = subprocess.run([*admin, *words], env=environment, capture_output=True, text=True, check=False)
        if made.returncode:
            raise RuntimeError(f"trytond-admin {' '.join(words)}: {made.stderr[-2000:]}")
    with _serving(home, folder) as target, Tryton(target) as server:
        _set_up(server)
    # under a name of its own first: two sessions may make it at once
    half = template.with_suffix(f".{os.getpid()}")
    with contextlib.closing(sqlite3.connect(folder / "crm.sqlite")) as database:  # what is still in its journal comes along
        database.execute("VACUUM INTO ?", (str(half),))
    half.replace(template)
    for left in folder.glob("crm.sqlite*"):
        left.unlink()


def _set_up(server: Tryton) -> None:
    """What a firm that sells has: a currency, itself, and two people who sell."""
    (currency,) = server.create("currency.currency", {"name": "US Dollar", "code": "USD", "symbol": "$", "numeric_code": "840"})
    (party,) = server.create("party.party", {"name": "Our Sales Organization"})
    (firm,) = server.create("company.company", {"party": party, "currency": currency})
    user = server.user_id
    server.write("res.user", [user], {"companies": [["add", [firm]]], "company": firm})
    for name, email in (("Jane Roe", "jane@example.com"), ("Joe Doe", "joe@example.com")):
        (person,) = server.create("party.party", {"name": name, "contact_mechanisms": [["create", [{"type": "email", "value": email}]]]})
        server.create("company.employee", {"party": person, "company": firm})


def _config(folder: Path, port: int) -> Path:
    config = folder / "trytond.conf"
    config.write_text(f"[database]\nuri = sqlite://\npath = {folder}\n[web]\nlisten = 127.0.0.1:{port}\n")
    return config


@contextmanager
def _serving(home: Path, folder: Path) -> Iterator[Target]:
    port = free_port()
    config = _config(folder, port)
    with (folder / "log").open("ab") as log:
        server = subprocess.Popen([str(home / "bin" / "trytond"), "-c", str(config), "-d", "crm"], stdout=log, stderr=log)
    target = Target(
        name="tryton",
        channel="tryton",
        url=f"http://127.0.0.1:{port}",
        user="admin",
        password=PASSWORD,
        options={"database": "crm"},
        timeout_s=60,
    )
    try:
        _wait(port, server, folder / "log")
        yield target
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1), contextlib.suppress(httpx.HTTPError):
            # the port opens before the database is loaded; the first answer says that it is
            if httpx.post(f"http://127.0.0.1:{port}/crm/rpc/", json={"id": 1, "method": "common.server.version", "params": []}, timeout=60):
                return
        time.sleep(0.1)
    raise RuntimeError(f"Tryton did not start: {log.read_text()[-2000:]}")
