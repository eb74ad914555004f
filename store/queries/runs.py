"""Runs, and how much there is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from store.queries.rows import columns_of, record_maker
from store.records import Run, SourceRun, fingerprint
from store.tables import deliveries, documents, events, leads, metadata, raw_documents, runs, source_runs

_run = record_maker(Run, runs)
_source_run = record_maker(SourceRun, source_runs, notes=tuple)


def begin_run(conn: Connection, now: datetime, started: datetime) -> int:
    """Note that a run began and return its number; `now` is the moment it judges by, `started` the clock's."""
    return int(conn.execute(insert(runs).values(now=now, started=started, summary={}).returning(runs.c.id)).scalar_one())


def end_run(conn: Connection, run_id: int, ended: datetime, summary: Mapping[str, Any]) -> None:
    """Note that a run came to its end, and what it did."""
    if not conn.execute(update(runs).where(runs.c.id == run_id).values(ended=ended, summary=dict(summary))).rowcount:
        raise LookupError(f"no run {run_id}")


def first_run(conn: Connection) -> datetime | None:
    """Return the `now` of the first run ever, None before it."""
    return conn.scalar(select(runs.c.now).order_by(runs.c.id).limit(1))


def last_runs(conn: Connection, limit: int = 20) -> list[Run]:
    """Return the last runs, latest first; one without an end is running or was killed."""
    return [_run(row) for row in conn.execute(select(*columns_of(Run, runs)).order_by(runs.c.id.desc()).limit(limit))]


def counts(conn: Connection) -> dict[str, int]:
    """Return the number of rows of each table."""
    return {table.name: conn.scalar(select(func.count()).select_from(table)) or 0 for table in metadata.sorted_tables}


def take_turns(conn: Connection, task: str) -> None:
    """Wait until no other transaction that called this for the same task is open, on any machine.

    SQLite's one write lock does that already for whoever began with `engine.begin()`.
    """
    if conn.dialect.name == "postgresql":
        number = int(fingerprint("take turns", task), 16) - 2**63  # what PostgreSQL's locks are named by: 64 bits with a sign
        conn.execute(select(func.pg_advisory_xact_lock(number)))


def backlog(conn: Connection) -> dict[str, int]:
    """Return how much is due to each stage that works on documents, whether a run is under way or not."""
    due = {"read": raw_documents.c.read, "extract": documents.c.extracted, "resolve": events.c.resolved}
    return {stage: conn.scalar(select(func.count()).where(column.is_(None))) or 0 for stage, column in due.items()}


def states(conn: Connection) -> dict[str, dict[str, int]]:
    """Return how many leads and deliveries there are in each state."""
    found = {}
    for table in (leads, deliveries):
        query = select(table.c.state, func.count()).group_by(table.c.state).order_by(table.c.state)
        found[table.name] = {row[0]: row[1] for row in conn.execute(query)}
    return found


def latest_source_runs(conn: Connection) -> dict[str, SourceRun]:
    """Return the last crawl of each source that was ever crawled, by source."""
    last = select(source_runs.c.source, func.max(source_runs.c.started).label("started")).group_by(source_runs.c.source).subquery()
    query = select(*columns_of(SourceRun, source_runs)).join(
        last, (source_runs.c.source == last.c.source) & (source_runs.c.started == last.c.started)
    )
    return {run.source: run for run in map(_source_run, conn.execute(query.order_by(source_runs.c.source)))}
