"""Opening the store: tables are made and upgraded, by one of many at once, and what cannot be used is said with its cure."""

from __future__ import annotations

import multiprocessing
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.queues import SimpleQueue
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.engine import make_url

from store import queries as q
from store.database import StoreError, connect_engine, open_store, parse, storable_json
from store.migrations import HEAD, REVISIONS
from store.migrations.running import config_for
from store.tables import metadata
from tests import stored
from tests.stored import NOW

ROOT = Path(__file__).parent.parent


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without tables."""
    if request.param == "postgres":
        make: Callable[[], str] = request.getfixturevalue("new_postgres")
        return make()
    return f"sqlite:///{tmp_path}/empty.sqlite"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users may pass through, unlike those of `tmp_path`."""
    folder = Path(tempfile.mkdtemp(prefix="prospect-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


# --- tables and migrations


def test_the_steps_make_the_tables_of_the_program(empty_url: str) -> None:
    """A column added to store/tables.py without a step shows here; write it with `python -m store.migrations`."""
    open_store(empty_url).dispose()
    engine = connect_engine(parse(empty_url), migrating=True)
    with engine.begin() as conn:
        command.check(config_for(conn))
        assert set(inspect(conn).get_table_names()) == {*metadata.tables, "alembic_version"}
    engine.dispose()


def test_the_revisions_are_listed() -> None:
    scripts = ScriptDirectory.from_config(config_for(None))
    assert scripts.get_current_head() == HEAD
    assert tuple(step.revision for step in reversed(list(scripts.walk_revisions()))) == REVISIONS


def test_the_steps_can_be_taken_back(empty_url: str) -> None:
    open_store(empty_url).dispose()
    engine = connect_engine(parse(empty_url), migrating=True)
    with engine.begin() as conn:
        command.downgrade(config_for(conn), "base")
        assert inspect(conn).get_table_names() == ["alembic_version"]
    engine.dispose()
    open_store(empty_url).dispose()  # and taken again


def test_an_older_database_is_upgraded_and_keeps_its_rows(empty_url: str) -> None:
    engine = connect_engine(parse(empty_url), migrating=True)
    with engine.begin() as conn:
        command.upgrade(config_for(conn), REVISIONS[0])
        q.begin_run(conn, NOW, NOW)
    engine.dispose()
    opened = open_store(empty_url)
    with opened.connect() as conn:
        assert q.first_run(conn) == NOW
        assert q.unsubscriptions(conn) == set()
    opened.dispose()


def test_a_killed_upgrade_leaves_nothing(empty_url: str) -> None:
    def killed() -> None:
        engine = connect_engine(parse(empty_url), migrating=True)
        try:
            with engine.begin() as conn:
                command.upgrade(config_for(conn), "head")
                raise InterruptedError
        finally:
            engine.dispose()

    with pytest.raises(InterruptedError):
        killed()
    engine = connect_engine(parse(empty_url))
    with engine.connect() as conn:
        assert inspect(conn).get_table_names() == []
    engine.dispose()


def open_and_count(url: str) -> int:
    engine = open_store(url)
    with engine.begin() as conn:
        number = q.begin_run(conn, NOW, NOW)
    engine.dispose()
    return number


def test_many_may_open_an_empty_database_at_once(empty_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(open_and_count, [empty_url] * 4)) == [1, 2, 3, 4]


def test_processes_may_open_an_empty_database_at_once(empty_url: str) -> None:
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert sorted(pool.map(open_and_count, [empty_url] * 3, chunksize=1)) == [1, 2, 3]


def test_opening_again_keeps_what_is_there_and_needs_no_alembic(database_url: str) -> None:
    open_and_count(database_url)
    code = (
        "import sys; from store.database import open_store; from store import queries as q\n"
        "with open_store(sys.argv[1]).connect() as conn: print(q.counts(conn)['runs'], 'alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, database_url], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "False"]


# --- what cannot be used


def test_a_newer_database_is_left_alone(database_url: str) -> None:
    engine = open_store(database_url)
    with engine.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StoreError, match="newer version of prospect") as refused:
        open_store(database_url)
    assert "9999" in str(refused.value)
    assert "backup" in str(refused.value)


def test_a_database_of_another_program_is_left_alone(empty_url: str) -> None:
    engine = connect_engine(parse(empty_url))
    with engine.begin() as conn:
        conn.execute(text("CREATE TABLE leads (id INTEGER)"))
    with pytest.raises(StoreError, match="another program"):
        open_store(empty_url)
    with engine.connect() as conn:
        assert inspect(conn).get_table_names() == ["leads"]
    engine.dispose()


WRONG_ADDRESSES = [
    ("", "not the address of a database"),
    ("prospect.sqlite", "not the address of a database"),  # a path alone
    ("mysql://localhost/x", "not a database prospect runs on"),
    ("mongo://localhost/x", "not a database prospect runs on"),
    ("sqlite://", "sqlite needs a file"),
    ("sqlite:///:memory:", "sqlite needs a file"),  # child processes would each have their own
]


@pytest.mark.parametrize(("url", "message"), WRONG_ADDRESSES)
def test_a_wrong_address(url: str, message: str) -> None:
    with pytest.raises(StoreError, match=message):
        open_store(url)


def test_the_short_form_of_the_postgresql_address_is_taken() -> None:
    assert parse("postgresql://me@db/prospect").drivername == "postgresql+psycopg"


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path}/100% new/täglich/prospect.sqlite").dispose()
    assert (tmp_path / "100% new/täglich/prospect.sqlite").exists()


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be made") as refused:
        open_store(f"sqlite:///{tmp_path}/file/prospect.sqlite")
    assert str(tmp_path / "file") in str(refused.value)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "prospect.sqlite").write_text("Dear diary, " * 1000)
    with pytest.raises(StoreError, match="no usable SQLite database"):
        open_store(f"sqlite:///{tmp_path}/prospect.sqlite")


READ_ONLY = [
    ("folder", {"folder": 0o555, "file": None}),  # nothing there yet, and nothing can be made
    ("folder with database", {"folder": 0o555, "file": 0o666}),  # the file could be written, its journal not
    ("database", {"folder": 0o777, "file": 0o444}),
]


def said_at_opening(url: str, answer: SimpleQueue[str]) -> None:
    """Open the store as a user who is not root, since root may write anywhere, and tell what came of it."""
    if os.geteuid() == 0:
        os.setegid(65534)
        os.seteuid(65534)
    try:
        open_store(url).dispose()
    except StoreError as error:
        answer.put(str(error))
    else:
        answer.put("opened")


@pytest.mark.parametrize(("name", "modes"), READ_ONLY, ids=[row[0] for row in READ_ONLY])
def test_a_place_that_cannot_be_written(open_folder: Path, sqlite_template: Path, name: str, modes: dict[str, int | None]) -> None:
    place = open_folder / "place"
    place.mkdir()
    if modes["file"] is not None:
        shutil.copy(sqlite_template, place / "prospect.sqlite")
        (place / "prospect.sqlite").chmod(modes["file"])
    place.chmod(modes["folder"] or 0)
    forked = multiprocessing.get_context("fork")  # the other user may not be let into the folder of our Python
    answer: SimpleQueue[str] = forked.SimpleQueue()
    child = forked.Process(target=said_at_opening, args=(f"sqlite:///{place}/prospect.sqlite", answer))
    child.start()
    said = answer.get()
    child.join()
    place.chmod(0o755)
    assert "cannot be opened for writing" in said
    assert str(place) in said


def test_a_database_that_another_program_keeps_locked(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.database.BUSY_TIMEOUT_S", 0.05)
    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'prospect.sqlite')}"
    holder = open_store(url)
    with holder.begin(), pytest.raises(StoreError, match="locked"):
        open_store(url)
    holder.dispose()


def test_a_server_that_is_not_there() -> None:
    with socket.socket() as taken:  # bound and not listening: nobody answers there
        taken.bind(("127.0.0.1", 0))
        url = f"postgresql+psycopg://me:secret@127.0.0.1:{taken.getsockname()[1]}/prospect"
        with pytest.raises(StoreError, match="cannot be reached") as refused:
            open_store(url)
    assert "127.0.0.1" in str(refused.value)
    assert "secret" not in str(refused.value)


@pytest.mark.postgres
def test_a_server_that_lacks_the_database_or_the_user(postgres: str) -> None:
    address = make_url(postgres)
    with pytest.raises(StoreError, match="createdb gone"):
        open_store(address.set(database="gone").render_as_string())
    with pytest.raises(StoreError, match="does not let this user in"):
        open_store(address.set(username="stranger").render_as_string())


# --- readers and writers


def test_readers_do_not_hold_up_writers_nor_writers_readers(engine: Engine) -> None:
    with engine.connect() as reader:
        assert q.counts(reader)["runs"] == 0
        with engine.begin() as writer:
            q.begin_run(writer, NOW, NOW)
            with engine.connect() as another:
                assert q.counts(another)["runs"] == 0  # sees what is committed
    with engine.connect() as reader:
        assert q.counts(reader)["runs"] == 1


def test_to_read_and_then_write_never_fails_for_another_writer(engine: Engine) -> None:
    """On SQLite a transaction that began as a reader could not become a writer after another had written."""
    start = threading.Barrier(4)

    def add_ten(_: int) -> None:
        start.wait()
        for _ in range(10):
            with engine.begin() as conn:
                seen = q.counts(conn)["runs"]
                q.begin_run(conn, NOW, NOW)
                assert seen >= 0

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add_ten, range(4)))
    with engine.connect() as conn:
        assert q.counts(conn)["runs"] == 40


def test_companies_stream_while_others_write(engine: Engine) -> None:
    with engine.begin() as conn:
        q.save_companies(conn, (stored.company(f"c{n:05}") for n in range(5000)))
    with engine.connect() as reader:
        stream = q.iter_companies(reader)
        first = next(stream)
        began = time.monotonic()
        with engine.begin() as conn:
            q.begin_run(conn, NOW, NOW)
        assert time.monotonic() - began < 10
        assert [first.id, *(each.id for each in stream)] == [f"c{n:05}" for n in range(5000)]


def test_foreign_keys_hold(engine: Engine) -> None:
    with engine.connect() as conn:
        if engine.dialect.name == "sqlite":
            assert conn.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
            assert conn.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_a_plain_sql_client_reads_plain_values(sqlite_engine: Engine) -> None:
    """What is in the file is legible without us: ISO times, JSON as text."""
    with sqlite_engine.begin() as conn:
        q.save_raw(conn, [stored.raw("r1", hints={"title": "Łódź"})])
        row = conn.exec_driver_sql("SELECT fetched, hints FROM raw_documents").one()
    assert tuple(row) == ("2026-03-02 06:00:00.000000", '{"title": "Łódź"}')


def test_json_is_made_storable() -> None:
    rows = [
        ({"a": "x\x00", "b\x00": ["\x00", {"c": "\x00"}]}, '{"a": "x\ufffd", "b\ufffd": ["\ufffd", {"c": "\ufffd"}]}'),  # at any depth
        (["\\u0000", "\ud800"], '["\\\\u0000", "\ufffd"]'),  # a text about escapes is no escape
        ({"n": None, "t": True, "f": 1.5}, '{"n": null, "t": true, "f": 1.5}'),
    ]
    for given, written in rows:
        assert storable_json(given) == written


def test_an_engine_is_not_left_open_after_a_refusal(tmp_path: Path) -> None:
    (tmp_path / "prospect.sqlite").write_text("no database " * 1000)
    before = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 0
    for _ in range(5):
        with pytest.raises(StoreError):
            open_store(f"sqlite:///{tmp_path}/prospect.sqlite")
    if before:
        assert len(os.listdir("/proc/self/fd")) <= before


def test_the_manual_quotes_messages_that_there_are() -> None:
    """docs/operating.md tells the operator what to do about each; a message that is reworded must be reworded there."""
    section = (ROOT / "docs/operating.md").read_text().partition("## When the database cannot be used")[2].partition("\n## ")[0]
    quoted = re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)
    source = (ROOT / "store/database.py").read_text().replace("{BUSY_TIMEOUT_S}", "30")
    assert len(quoted) >= 8
    assert [message for message in quoted if message not in source] == []
