"""What the resolution of companies asks and saves: registers, companies, and which company an event is about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, Table, Text, bindparam, case, cast, func, or_, select, update

from store.queries.extracting import make_document
from store.queries.rows import chunks, columns_of, record_maker, row_of, upsert
from store.records import Company, CompanyMatch, Document, TriggerEvent
from store.tables import Words, companies, documents, events, merges, registers, storable

make_event = record_maker(TriggerEvent, events)
_company = record_maker(Company, companies, aliases=tuple)


def register_digest(conn: Connection, path: str) -> str | None:
    """Return the SHA-256 of a company list as it was when last imported, None for one never imported."""
    return conn.scalar(select(registers.c.digest).where(registers.c.path == path))


def save_register(conn: Connection, path: str, digest: str, rows: int, now: datetime) -> None:
    """Remember that a company list was imported, so that the same file is not read again."""
    upsert(conn, registers, [{"path": path, "digest": digest, "rows": rows, "imported": now}], key=("path",))


def save_companies(conn: Connection, found: Iterable[Company]) -> int:
    """Save companies by id, in batches as they come, and return how many rows were written.

    What the store itself knows of a company (merged into another, touched) stays; one that was known is to be judged anew.
    """
    return upsert(conn, companies, (row_of(company, companies) for company in found), key=("id",), also=_judge_anew)


def _judge_anew(excluded: Any) -> dict[str, Any]:
    return {"judged": None}


def iter_companies(conn: Connection) -> Iterator[Company]:
    """Yield every company that was not merged into another, by id, without holding them all."""
    query = select(*columns_of(Company, companies)).where(companies.c.merged_into.is_(None)).order_by(companies.c.id)
    for row in conn.execute(query, execution_options={"yield_per": 2000}):
        yield _company(row)


def companies_stamp(conn: Connection) -> tuple[object, ...]:
    """Return what changes whenever the known companies do: how many there are, how many merged, and when a register was last imported."""
    counted = conn.execute(
        select(func.count(), func.count(companies.c.merged_into), func.min(companies.c.id), func.max(companies.c.id)).select_from(companies)
    ).one()
    return *counted, conn.scalar(select(func.count()).select_from(merges)), conn.scalar(select(func.max(registers.c.imported)))


def get_company(conn: Connection, company_id: str) -> Company | None:
    """Return the company, merged or not, or None."""
    row = conn.execute(select(*columns_of(Company, companies)).where(companies.c.id == company_id)).first()
    return _company(row) if row else None


def get_companies(conn: Connection, company_ids: Collection[str]) -> dict[str, Company]:
    """Return those of the companies that there are, by id."""
    found: dict[str, Company] = {}
    for chunk in chunks(set(company_ids)):
        found |= {company.id: company for company in map(_company, conn.execute(_by_id(Company, companies, chunk)))}
    return found


def has_account_owners(conn: Connection) -> bool:
    """Return whether any company has an account owner's address."""
    return conn.execute(select(companies.c.id).where(companies.c.account_owner.is_not(None)).limit(1)).first() is not None


def find_companies(conn: Connection, text: str, limit: int = 10) -> list[Company]:
    """Return companies a person may mean by `text`: an id, CIK, ticker or part of the name, in this order of trust.

    Where no name holds it, those with it as their domain or in a former or other name.
    """
    text = storable(text.strip())
    if not text:
        return []
    cik = text.lower().removeprefix("cik").lstrip(":- ").zfill(10)  # "CIK 320193", "cik-320193"
    part = text.lower().replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    name = func.lower(companies.c.name)
    rank = case(
        (companies.c.id == text, 0),
        (companies.c.cik == cik, 1),
        (companies.c.ticker == text.upper(), 2),
        (name == text.lower(), 3),
        (name.like(part + "%", escape="\\"), 4),
        else_=5,
    )
    by_name = or_(
        companies.c.id == text,
        companies.c.cik == cik,
        companies.c.ticker == text.upper(),
        name.like(f"%{part}%", escape="\\"),
    )
    aliases = func.lower(cast(companies.c.aliases, Text))
    by_other_names = or_(companies.c.domain == text.lower(), aliases.like(f"%{part}%", escape="\\"))
    query = (
        select(*columns_of(Company, companies))
        .where(companies.c.merged_into.is_(None))
        .order_by(rank, func.length(companies.c.name), companies.c.name, companies.c.id)
        .limit(limit)
    )
    found = conn.execute(query.where(by_name)).all() or conn.execute(query.where(by_other_names)).all()
    return [_company(row) for row in found]


def due_to_resolve(conn: Connection, limit: int) -> list[tuple[TriggerEvent, Document]]:
    """Return the events whose company was not looked for yet, with their documents; earliest document first."""
    # first the ids alone: sorting whole documents would carry their texts through the sort
    due = (
        select(events.c.id)
        .join(documents, documents.c.id == events.c.document_id)
        .where(events.c.resolved.is_(None))
        .order_by(documents.c.first_seen, documents.c.id, events.c.start, events.c.id)
        .limit(limit)
    )
    ids = list(conn.scalars(due))
    found = {event.id: event for event in (make_event(row) for row in conn.execute(_by_id(TriggerEvent, events, ids)))}
    of = {event.document_id for event in found.values()}
    texts = {document.id: document for document in (make_document(row) for row in conn.execute(_by_id(Document, documents, of)))}
    return [(found[each], texts[found[each].document_id]) for each in ids]


_SAVE_MATCH = (
    update(events)
    .where(events.c.id == bindparam("event_id"))
    .values(
        resolved=bindparam("now"),
        company_id=bindparam("which"),
        match_score=bindparam("score"),
        match_reasons=bindparam("reasons"),
        match_rivals=bindparam("rivals"),
    )
)


def companies_of_events(conn: Connection, event_ids: Collection[str]) -> set[str]:
    """Return the companies that these events belong to by now; those not resolved yet add none."""
    found: set[str] = set()
    for some in chunks(event_ids):
        query = select(events.c.company_id).where(events.c.id.in_(some), events.c.company_id.is_not(None)).distinct()
        found.update(conn.scalars(query))
    return found


def save_match(conn: Connection, event_id: str, match: CompanyMatch, now: datetime) -> None:
    """Save which company an event is about, or that none or several fit, and mark it resolved."""
    found = {
        "event_id": event_id,
        "now": now,
        "which": match.company_id,
        "score": match.score,
        "reasons": list(match.reasons),
        "rivals": list(match.rivals),
    }
    if not conn.execute(_SAVE_MATCH, found).rowcount:
        raise LookupError(f"no event {event_id}: it must be saved before its company")


class UnclearEvent(NamedTuple):
    """An event that several companies fit alike, so that it is none's."""

    event: TriggerEvent
    url: str
    published: datetime
    rivals: tuple[str, ...]  # ids, the likeliest first
    reasons: tuple[str, ...]


def unclear_events(conn: Connection, *, company_id: str | None = None, event_id: str | None = None) -> list[UnclearEvent]:
    """Return the events that several companies fit alike, the latest first; only those that one company fits, or only one event."""
    published = func.coalesce(documents.c.published, documents.c.first_seen)
    query = (
        select(*columns_of(TriggerEvent, events), documents.c.url, published, events.c.match_rivals, events.c.match_reasons)
        .join(documents, documents.c.id == events.c.document_id)
        .where(events.c.resolved.is_not(None), events.c.company_id.is_(None), cast(events.c.match_rivals, Words) != "[]")
        .order_by(published.desc(), events.c.id)
    )
    if event_id is not None:
        query = query.where(events.c.id == event_id)
    found = []
    for row in conn.execute(query):
        *_, url, day, rivals, reasons = row
        if company_id is None or company_id in rivals:
            found.append(UnclearEvent(make_event(row), url, day, tuple(rivals), tuple(reasons or ())))
    return found


def _by_id(record: type[Any], table: Table, ids: Collection[str]) -> Select[Any]:
    return select(*columns_of(record, table)).where(table.c.id.in_(ids))
