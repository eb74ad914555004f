"""Companies that turned out to be one: their rows, events and leads are joined, and can be parted again.

After a merge and after its undoing the stories of both companies must be told anew: those of either are deleted here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from store.queries.companies import get_company, save_companies
from store.queries.rows import record_maker
from store.records import Company, CompanyMerge
from store.tables import companies, decisions, events, leads, merges, stories


def merge_companies(conn: Connection, merge: CompanyMerge) -> CompanyMerge:
    """Join two companies as decided, and return the merge with the events and leads that moved.

    Raise LookupError where either is not there or was merged before.
    """
    for company_id in (merge.kept_id, merge.gone_id):
        _must_stand_alone(conn, company_id)
    event_ids = tuple(conn.scalars(select(events.c.id).where(events.c.company_id == merge.gone_id).order_by(events.c.id)))
    lead_ids = tuple(conn.scalars(select(leads.c.id).where(leads.c.company_id == merge.gone_id).order_by(leads.c.id)))
    _move(conn, merge.gone_id, merge.kept_id)
    save_companies(conn, [merge.kept_after])
    conn.execute(update(companies).where(companies.c.id == merge.gone_id).values(merged_into=merge.kept_id))
    done = replace(merge, event_ids=event_ids, lead_ids=lead_ids)
    conn.execute(insert(merges), [_row(done)])
    return done


def undo_merge(conn: Connection, merge_id: str, now: datetime) -> CompanyMerge:
    """Part two companies again: what moved goes back, what came to the kept one since stays with it.

    Raise LookupError for a merge that is not there, was undone, or whose kept company was merged on since.
    """
    row = conn.execute(select(merges).where(merges.c.id == merge_id)).mappings().first()
    if row is None or row["undone"] is not None:
        raise LookupError(f"there is no merge {merge_id}, or it was undone already")
    merge = _merge(dict(row))
    _must_stand_alone(conn, merge.kept_id)
    conn.execute(update(companies).where(companies.c.id == merge.gone_id).values(merged_into=None))
    _move(conn, merge.kept_id, merge.gone_id, event_ids=merge.event_ids, lead_ids=merge.lead_ids)
    now_known = get_company(conn, merge.kept_id)
    if now_known:
        # what the merge brought goes; what was learned of the company since stays
        brought = {
            f.name: getattr(merge.kept_before, f.name)
            for f in fields(Company)
            if getattr(merge.kept_before, f.name) != getattr(merge.kept_after, f.name)
        }
        brought = {name: before for name, before in brought.items() if getattr(now_known, name) == getattr(merge.kept_after, name)}
        save_companies(conn, [replace(now_known, **brought)])
    conn.execute(update(merges).where(merges.c.id == merge_id).values(undone=now))
    return replace(merge, undone=now)


def merges_of(conn: Connection, company_id: str | None = None, limit: int = 100) -> list[CompanyMerge]:
    """Return the merges, of one company or all, latest first; those that were undone too."""
    query = select(merges).order_by(merges.c.merged.desc(), merges.c.id).limit(limit)
    if company_id:
        query = query.where((merges.c.kept_id == company_id) | (merges.c.gone_id == company_id))
    return [_merge(dict(row)) for row in conn.execute(query).mappings()]


def provisional_companies(conn: Connection) -> list[Company]:
    """Return the companies that were made from texts and not merged since, by id."""
    query = select(companies.c.id).where(companies.c.origin == "text", companies.c.merged_into.is_(None)).order_by(companies.c.id)
    return [company for company_id in conn.scalars(query).all() if (company := get_company(conn, company_id))]


def _must_stand_alone(conn: Connection, company_id: str) -> None:
    row = conn.execute(select(companies.c.id, companies.c.merged_into).where(companies.c.id == company_id)).first()
    if row is None:
        raise LookupError(f"there is no company {company_id}")
    if row.merged_into is not None:
        raise LookupError(f"{company_id} was merged into {row.merged_into}; undo that first, or name {row.merged_into}")


def _move(
    conn: Connection, source: str, target: str, *, event_ids: Sequence[str] | None = None, lead_ids: Sequence[str] | None = None
) -> None:
    """Give one company's events and leads, all or some, to another; the stories of both are told anew by the caller."""
    conn.execute(delete(stories).where(stories.c.company_id.in_((source, target))))
    conn.execute(delete(decisions).where(decisions.c.company_id.in_((source, target))))
    of_events, of_leads = events.c.company_id == source, leads.c.company_id == source
    if event_ids is not None:
        of_events &= events.c.id.in_(event_ids)
    if lead_ids is not None:
        of_leads &= leads.c.id.in_(lead_ids)
    conn.execute(update(events).where(of_events).values(company_id=target, story_id=None))
    conn.execute(update(leads).where(of_leads).values(company_id=target))


def _row(merge: CompanyMerge) -> dict[str, Any]:
    row = {f.name: getattr(merge, f.name) for f in fields(merge)}
    return row | {
        "kept_before": _company_json(merge.kept_before),
        "kept_after": _company_json(merge.kept_after),
        "event_ids": list(merge.event_ids),
        "lead_ids": list(merge.lead_ids),
    }


def _company_json(company: Company) -> dict[str, Any]:
    return asdict(company) | {"as_of": company.as_of and company.as_of.isoformat(), "aliases": list(company.aliases)}


def _company_of(json: Mapping[str, Any]) -> Company:
    return Company(**{**json, "as_of": json["as_of"] and date.fromisoformat(json["as_of"]), "aliases": tuple(json["aliases"])})


_plain_merge = record_maker(CompanyMerge, merges, kept_before=_company_of, kept_after=_company_of, event_ids=tuple, lead_ids=tuple)


def _merge(row: Mapping[str, Any]) -> CompanyMerge:
    return _plain_merge([row[f.name] for f in fields(CompanyMerge)])
