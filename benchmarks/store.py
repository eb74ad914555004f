"""`python -m benchmarks.store [--url postgresql+psycopg://…]`: rows per CPU-second of each question to the store, beside bare sqlite3.

CPU is this process's: that of a PostgreSQL server is not in it. The bare side writes the same values into the same tables by
one `executemany` in one transaction; a ratio of 2 means twice its CPU per row. `--companies 500000` is the large register.
"""

from __future__ import annotations

import argparse
import itertools
import resource
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine

from store import queries
from store.database import open_store, storable_json
from store.queries.rows import row_of
from store.records import (
    Company,
    CompanyMatch,
    Delivery,
    Document,
    Lead,
    RawDocument,
    Sighting,
    Story,
    TriggerEvent,
    fingerprint,
)
from store.tables import companies, documents, raw_documents

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
PARAGRAPH = "Harbor Mills, Inc. named Ada Quill chief financial officer and said that its seat moves to Dover next year.\n"
BATCH = 50  # documents in one transaction, as a run saves them
LEASE = timedelta(minutes=10)


@dataclass(frozen=True)
class Measured:
    """One question's cost."""

    name: str
    rows: int
    cpu_s: float
    wall_s: float


def measured(name: str, rows: int, work: Callable[[], object]) -> Measured:
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return Measured(name, rows, time.process_time() - cpu, time.perf_counter() - wall)


def raws(count: int) -> Iterator[RawDocument]:
    for number in range(count):
        url = f"https://wire.example/{number}"
        yield RawDocument(
            id=fingerprint(url),
            source="wire",
            url=url,
            canonical_url=url,
            fetched=NOW + timedelta(seconds=number),
            content_type="text/html",
            digest="0" * 64,
            warc="wire.warc.gz",
            offset=number * 9000,
            hints={"title": "Harbor Mills names finance chief", "published": NOW.isoformat()},
        )


def read(raw: RawDocument) -> Document:
    return Document(
        id=raw.id,
        url=raw.url,
        title="Harbor Mills names finance chief",
        text=PARAGRAPH * 45,  # 5 kB, a common release
        published=NOW,
        publisher="Wire",
        source=raw.source,
        first_seen=raw.fetched,
    )


def event_in(document_id: str) -> TriggerEvent:
    return TriggerEvent(
        id=fingerprint(document_id, "executive_change"),
        document_id=document_id,
        kind="executive_change",
        status="announced",
        company="Harbor Mills, Inc.",
        facts={"person": "Ada Quill", "title": "chief financial officer", "direction": "joins"},
        quote=PARAGRAPH.strip(),
        start=33,
        end=33 + len(PARAGRAPH.strip()),
        happened=NOW.date(),
        confidence=0.95,
    )


def register(count: int) -> Iterator[Company]:
    for number in range(count):
        yield Company(
            id=f"c{number:07}",
            name=f"Harbor Mills {number}, Inc.",
            cik=f"{number:010}",
            domain=f"harbor{number}.example",
            city="Dover",
            state="DE",
            country="US",
            sic="2211",
            employees=420,
            aliases=("Harbor",),
            origin="register",
        )


def story_of(company_id: str, sightings: list[Sighting]) -> Story:
    best = sightings[0]
    return Story(
        id=fingerprint(company_id, best.event.id),
        company_id=company_id,
        kind=best.event.kind,
        status=best.event.status,
        facts=best.event.facts,
        happened=best.event.happened,
        published=best.published or best.first_seen,
        first_seen=best.first_seen,
        confidence=best.event.confidence,
        sightings=tuple(sightings),
    )


def bare(folder: Path, name: str, rows: Iterable[dict[str, object]]) -> Measured:
    """Write the rows by sqlite3 alone, into a fresh file with the same tables."""
    path = folder / f"bare-{name}.sqlite"
    open_store(f"sqlite:///{path}").dispose()
    written = [
        {
            key: storable_json(value) if isinstance(value, dict | list) else str(value) if isinstance(value, datetime) else value
            for key, value in row.items()
        }
        for row in rows
    ]
    columns = list(written[0])
    quoted = ", ".join(f'"{column}"' for column in columns)
    sql = f"INSERT INTO {name} ({quoted}) VALUES ({', '.join(f':{column}' for column in columns)})"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA synchronous = NORMAL")
        result = measured(f"{name}: sqlite3 executemany", len(written), lambda: connection.executemany(sql, written))
    connection.close()
    return result


def save_documents(engine: Engine, found: list[RawDocument]) -> None:
    for start in range(0, len(found), BATCH):
        with engine.begin() as conn:
            for raw in found[start : start + BATCH]:
                queries.save_document(conn, read(raw), NOW)


def save_events(engine: Engine) -> None:
    while True:
        with engine.begin() as conn:
            due = queries.due_to_extract(conn, BATCH)
            for document in due:
                queries.save_events(conn, document.id, [event_in(document.id)], NOW)
        if not due:
            return


def resolve(engine: Engine) -> None:
    numbers = itertools.count()
    while True:
        with engine.begin() as conn:
            due = queries.due_to_resolve(conn, 500)
            touched = set()
            for event, _ in due:
                company_id = f"c{next(numbers) // 3:07}"  # three events a company
                queries.save_match(conn, event.id, CompanyMatch(company_id=company_id, score=1.0, reasons=("same name",)), NOW)
                touched.add(company_id)
            for company_id, sightings in queries.sightings_of(conn, touched).items():
                queries.save_stories(conn, company_id, [story_of(company_id, sightings)], NOW)
        if not due:
            return


def lead_for(company_id: str) -> Lead:
    return Lead(
        id=fingerprint("bench", company_id),
        profile="bench",
        owner="jane@example.com",
        company_id=company_id,
        created=NOW,
        updated=NOW,
        state="new",
        score=60.0,
        threshold=55.0,
        parts=(),
        story_ids=(),
        event_ids=(),
    )


def owe(engine: Engine, ids: list[str]) -> None:
    with engine.begin() as conn:
        for company_id in ids:
            found = lead_for(company_id)
            queries.save_lead(conn, found)
            payload = {"eml": PARAGRAPH * 60}
            queries.enqueue(
                conn,
                [
                    Delivery(
                        key=found.id, lead_ids=(found.id,), channel="smtp", target=found.owner, purpose="alert", due=NOW, payload=payload
                    )
                ],
            )


def deliver(engine: Engine) -> None:
    while True:
        with engine.begin() as conn:
            mine = queries.claim(conn, worker="bench", now=NOW, lease=LEASE, limit=100)
        if not mine:
            return
        for delivery in mine:
            with engine.begin() as conn:  # one transaction a mail: what was sent must be known before the next goes out
                queries.settle_sent(conn, delivery.key, "bench", NOW)


def tell(engine: Engine) -> int:
    with engine.connect() as conn:
        ids = queries.companies_with_stories(conn)
        return len(queries.stories_of(conn, ids))


def count_companies(engine: Engine) -> int:
    with engine.connect() as conn:
        return sum(1 for _ in queries.iter_companies(conn))


def import_register(engine: Engine, count: int) -> None:
    found = register(count)
    while batch := list(itertools.islice(found, 5000)):
        with engine.begin() as conn:
            queries.save_companies(conn, batch)


def measure(engine: Engine, folder: Path, documents_count: int, companies_count: int) -> list[tuple[Measured, Measured | None]]:
    """Return each measurement with the bare one to hold it against, in the order of a night."""
    found = list(raws(documents_count))
    bare_raw = bare(folder, "raw_documents", [row_of(raw, raw_documents) for raw in found])
    bare_documents = bare(folder, "documents", [row_of(read(raw), documents) for raw in found])
    bare_companies = bare(folder, "companies", [row_of(company, companies) for company in register(min(companies_count, 50_000))])
    told = min(companies_count, documents_count // 3)

    def save_raws() -> None:
        for start in range(0, len(found), 200):
            with engine.begin() as conn:
                queries.save_raw(conn, found[start : start + 200])

    ids = [f"c{number:07}" for number in range(told)]
    return [
        (measured("save_companies, new", companies_count, lambda: import_register(engine, companies_count)), bare_companies),
        (measured("save_companies, again", companies_count, lambda: import_register(engine, companies_count)), bare_companies),
        (measured("iter_companies", companies_count, lambda: count_companies(engine)), None),
        (measured("save_raw, new", documents_count, save_raws), bare_raw),
        (measured("save_raw, known", documents_count, save_raws), bare_raw),
        (measured("save_document", documents_count, lambda: save_documents(engine, found)), bare_documents),
        (measured("due_to_extract, save_events", documents_count, lambda: save_events(engine)), None),
        (measured("due_to_resolve, save_match, save_stories", documents_count, lambda: resolve(engine)), None),
        (measured("companies_with_stories, stories_of", told, lambda: tell(engine)), None),
        (measured("save_lead, enqueue", told, lambda: owe(engine, ids)), None),
        (measured("claim, settle_sent", told, lambda: deliver(engine)), None),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="an empty database; default: a SQLite file in a folder that is removed afterwards")
    parser.add_argument("--documents", type=int, default=6000)
    parser.add_argument("--companies", type=int, default=50_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = open_store(given.url or f"sqlite:///{folder}/store.sqlite")
        results = measure(engine, Path(folder), given.documents, given.companies)
        engine.dispose()
    table = Table(title=f"{engine.dialect.name}, documents of 5 kB")
    for title in ("question", "rows", "rows / CPU s", "CPU µs / row", "wall s", "x bare sqlite3"):
        table.add_column(title, justify="left" if title == "question" else "right")
    for result, beside in results:
        per_row = result.cpu_s / result.rows
        ratio = f"{per_row / (beside.cpu_s / beside.rows):.1f}" if beside else ""
        table.add_row(result.name, f"{result.rows:,}", f"{1 / per_row:,.0f}", f"{per_row * 1e6:,.0f}", f"{result.wall_s:.1f}", ratio)
    Console(width=110).print(table)
    Console().print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
