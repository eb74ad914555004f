"""Fixtures for tests of every room: databases."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from store.database import open_store
from store.migrations import HEAD
from store.tables import metadata
from tests.support import NOT_THERE, postgres_binaries, private_postgres, require

_numbers = itertools.count()
# how long an example takes is the machine's matter, not the test's
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a real PostgreSQL server of our own, on loopback; use `new_postgres` for a database in it."""
    binaries = postgres_binaries()
    require("postgres", binaries, "apt-get install postgresql")
    assert binaries
    with private_postgres(binaries) as url:
        yield url


@pytest.fixture(scope="session")
def new_postgres(postgres: str) -> Callable[[str], str]:
    """A function that makes an empty database in the private server, or a copy of `template`, and returns its address."""

    def make(template: str = "template1") -> str:
        name = f"test_{next(_numbers)}"
        with psycopg.connect(host="127.0.0.1", port=make_url(postgres).port, user="postgres", autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
        return make_url(postgres).set(database=name).render_as_string()

    return make


@pytest.fixture(scope="session")
def postgres_template(new_postgres: Callable[[str], str]) -> str:
    """The name of a database that has all tables: to copy one takes a fraction of making them."""
    url = new_postgres("template1")
    open_store(url).dispose()
    return str(make_url(url).database)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file that has all tables."""
    path = tmp_path_factory.mktemp("template") / "prospect.sqlite"
    open_store(f"sqlite:///{path}").dispose()
    return path


@pytest.fixture(scope="session")
def emptied_postgres() -> list[str]:
    """Addresses of databases that a test has left, with all tables and no rows: to empty one is cheaper than to make one."""
    return []


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh database with all tables; each test that asks for it runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield sqlite_copy(request.getfixturevalue("sqlite_template"), tmp_path)
        return
    copy: Callable[[str], str] = request.getfixturevalue("new_postgres")
    emptied: list[str] = request.getfixturevalue("emptied_postgres")
    url = emptied.pop() if emptied else copy(request.getfixturevalue("postgres_template"))
    yield url
    if emptied_again(url):
        emptied.append(url)


def emptied_again(url: str) -> bool:
    """Take all rows out of a database and return True; False for one whose tables a test has changed or still holds."""
    address = make_url(url)
    tables = ", ".join(f'"{name}"' for name in metadata.tables)
    try:
        with psycopg.connect(host="127.0.0.1", port=address.port, user="postgres", dbname=address.database) as conn:
            conn.execute("SET lock_timeout = '2s'")
            found = conn.execute("SELECT version_num FROM alembic_version").fetchone()
            conn.execute(f"TRUNCATE {tables} RESTART IDENTITY".encode())
            return found == (HEAD,)
    except psycopg.Error:
        return False


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a fresh database, SQLite and PostgreSQL in turn."""
    opened = open_store(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def sqlite_engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """An engine on a fresh SQLite database, for tests of what stands above the store."""
    opened = open_store(sqlite_copy(sqlite_template, tmp_path))
    yield opened
    opened.dispose()


def sqlite_copy(template: Path, folder: Path) -> str:
    path = folder / "prospect.sqlite"
    shutil.copy(template, path)
    return f"sqlite:///{path}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end, also under -q, which components were missing and so what was not tested."""
    for name, cure in sorted(NOT_THERE.items()):
        terminalreporter.write_line(f"NOT TESTED: what needs {name}, which is not on this machine: {cure}", yellow=True, bold=True)
