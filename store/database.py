"""Opens the store, making or upgrading its tables: SQLite by default, PostgreSQL by address.

The engine has one habit to know: `engine.begin()` is for writing and takes SQLite's one write lock at once, so that nothing
read inside can be stale when it is written back; `engine.connect()` is for reading and holds up nobody.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SQLiteConnection
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from store.errors import Mendable
from store.migrations import HEAD, REVISIONS
from store.tables import UNSTORABLE

BUSY_TIMEOUT_S = 30
MIGRATION_LOCK = 7_067_268_366  # "prospect" on a telephone's keys, cut: any constant that no other program takes


class StoreError(Mendable):
    """The database cannot be used; the message says which, why, and what to do."""


class StoreEngine(Engine):
    """An engine whose `begin()` means to write: SQLite then takes its write lock at the start, not at the first change.

    Begun as a reader, a SQLite transaction that comes to write after another has written fails at once, without waiting.
    """

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        with self.connect() as conn:
            conn = conn.execution_options(writes=True)
            with conn.begin():
                yield conn


def open_store(url: str) -> Engine:
    """Return an engine on the database at `url`, its tables made or brought up to date.

    `sqlite:///relative/path`, `sqlite:////absolute/path`, or `postgresql+psycopg://user:password@host:port/name`; a folder
    that is missing is made. Raise StoreError when the database cannot be opened, written, or was made by a newer version.
    """
    address = parse(url)
    shown = address.render_as_string(hide_password=True)
    if address.get_backend_name() == "sqlite":
        make_folder(address)
    engine = connect_engine(address)
    try:
        found = revision_of(engine)
        if found is None or found != HEAD:
            upgrade(address, found, shown)
        check_writable(engine)
    except DBAPIError as error:
        engine.dispose()
        raise StoreError(f"{shown}: {explained(address, error)}") from error
    except BaseException:
        engine.dispose()
        raise
    return engine


def parse(url: str) -> URL:
    """Return the address as SQLAlchemy knows it; raise StoreError for one that names no database we run on."""
    try:
        address = make_url(url)
        if address.get_backend_name() not in ("sqlite", "postgresql"):
            raise StoreError(f"{address.drivername}: not a database prospect runs on; give sqlite:///path or postgresql+psycopg://…")
        if address.get_backend_name() == "postgresql":
            address = address.set(drivername="postgresql+psycopg")
        address.get_dialect().import_dbapi()
    except (ArgumentError, NoSuchModuleError) as error:
        raise StoreError(f"{url!r} is not the address of a database; give sqlite:///path or postgresql+psycopg://…") from error
    except ImportError as error:
        raise StoreError(f"{address.drivername}: its driver is not installed; pip install 'prospect[postgres]'") from error
    return address


def make_folder(address: URL) -> None:
    """Make the folder of a SQLite file where it is missing."""
    if not address.database or address.database == ":memory:":
        raise StoreError("sqlite needs a file: sqlite:///path; child processes could not see a database in memory")
    folder = Path(address.database).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{folder}: the folder of the database cannot be made: {error.strerror}; make it, or name another") from error


def connect_engine(address: URL, *, migrating: bool = False) -> Engine:
    """Return an engine on the address that does not yet look at what is there."""
    options: dict[str, Any] = {"json_serializer": storable_json}
    sqlite = address.get_backend_name() == "sqlite"
    if sqlite:
        options["connect_args"] = {"timeout": BUSY_TIMEOUT_S, "check_same_thread": False}
    else:
        # a server that was restarted leaves dead connections in the pool; the ping costs a round trip, a lost night costs more
        options |= {"pool_pre_ping": True, "connect_args": {"connect_timeout": 10}}
    made = create_engine(address, **options, **({"poolclass": NullPool} if migrating else {}))
    engine = StoreEngine(made.pool, made.dialect, made.url)
    if sqlite:
        event.listen(engine, "connect", sqlite_settings(foreign_keys=not migrating))
        event.listen(engine, "begin", sqlite_begin)
    return engine


def sqlite_settings(*, foreign_keys: bool) -> Callable[[SQLiteConnection, object], None]:
    """Return what is said to SQLite at the start of each connection.

    Migrations go without foreign keys: rebuilding a table drops it first, which would take the rows that point to it along.
    """

    def say(connection: SQLiteConnection, _: object) -> None:
        connection.isolation_level = None  # Python's driver begins transactions late and not for all statements; we begin them
        connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            connection.execute("PRAGMA journal_mode = WAL")
        connection.create_function("lower", 1, lambda text: text and text.lower(), deterministic=True)  # its own knows A to Z alone
        connection.execute("PRAGMA synchronous = NORMAL")  # with WAL a crash of the machine can lose the last commits, never the file

    return say


def sqlite_begin(conn: Connection) -> None:
    """Begin a transaction as what it is: one that writes takes the lock now, waiting up to BUSY_TIMEOUT_S for it."""
    conn.exec_driver_sql("BEGIN IMMEDIATE" if conn.get_execution_options().get("writes") else "BEGIN")


def storable_json(value: object) -> str:
    """Return the value as JSON that both databases can hold: without NUL and halves of surrogate pairs; NaN is a ValueError."""
    written = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if "\\u0000" in written:  # JSON writes NUL as an escape, which PostgreSQL takes in and then cannot give back
        written = json.dumps(without_nul(value), ensure_ascii=False, allow_nan=False)
    return written if written.isascii() else UNSTORABLE.sub("\ufffd", written)


def without_nul(value: object) -> object:
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd")
    if isinstance(value, dict):
        return {without_nul(key): without_nul(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [without_nul(inner) for inner in value]
    return value


def revision_of(engine: Engine) -> str | None:
    """Return the revision of the tables that are there, or None for a database without any."""
    with engine.connect() as conn:
        if not inspect(conn).has_table("alembic_version"):
            return None
        return conn.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(address: URL, found: str | None, shown: str) -> None:
    """Bring the tables to HEAD; of several processes that come at once, one does it and the others wait for it."""
    # alembic is slow to import, and only the first start after an installation or upgrade needs it
    from alembic import command

    from store.migrations.running import config_for

    if found is not None and found not in REVISIONS:
        raise StoreError(
            f"{shown}: the database was made by a newer version of prospect (its tables are at revision {found}, this program knows "
            f"them up to {HEAD}); install that version, or restore the backup made before the upgrade"
        )
    engine = connect_engine(address, migrating=True)
    try:
        with engine.begin() as conn:
            if conn.dialect.name == "postgresql":
                conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            if found is None and not inspect(conn).has_table("alembic_version") and inspect(conn).get_table_names():
                raise StoreError(f"{shown}: the database holds tables of another program; give prospect a database of its own")
            command.upgrade(config_for(conn), HEAD)
    finally:
        engine.dispose()


def check_writable(engine: Engine) -> None:
    """Raise what the database raises when it cannot be written: better now than after an hour's crawl."""
    if engine.dialect.name == "sqlite":
        with engine.begin() as conn:  # the lock alone does not touch the file; saying the version again does, and changes nothing
            version = conn.exec_driver_sql("PRAGMA user_version").scalar()
            conn.exec_driver_sql(f"PRAGMA user_version = {version}")


def explained(address: URL, error: DBAPIError) -> str:
    """Return what an error at opening means and what cures it."""
    said = re.sub(r"\s+", " ", str(error.orig)).strip()
    if address.get_backend_name() == "postgresql":
        if "does not exist" in said and "database" in said:
            return f"the server has no such database ({said}); create it with: createdb {address.database}"
        if "authentication" in said or "role" in said:
            return f"the server does not let this user in ({said}); check user and password in the database address"
        if "permission denied" in said:
            return f"this user may not make tables here ({said}); grant it: GRANT CREATE ON SCHEMA public TO {address.username}"
        return f"the database server cannot be reached ({said}); start it, or correct host and port in the database address"
    path = Path(address.database or "")
    if "readonly" in said or "read-only" in said or "unable to open" in said:
        return (
            f"the database cannot be opened for writing ({said}); let this user write both the file and its folder "
            f"{path.parent.absolute()}, or name another place"
        )
    if "not a database" in said or "malformed" in said:
        return f"the file is no usable SQLite database ({said}); restore it from the backup, or name another file"
    if "locked" in said:
        return f"another program has kept the database locked for {BUSY_TIMEOUT_S} s ({said}); end it, then run again"
    if "disk" in said:
        return f"the disk is full or failing ({said}); make room under {path.parent.absolute()}, then run again"
    return f"the database cannot be used ({said})"
