"""What judging has still to look at: companies with news, pairs whose time has come, profiles that were changed since."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Connection, select, update

from store.queries.rows import chunks, columns_of, record_maker, row_of, upsert
from store.records import JudgedProfile
from store.tables import companies, decisions, judged_profiles, leads

Pair = tuple[str, str]  # profile, company

_judged_profile = record_maker(
    JudgedProfile, judged_profiles, included=lambda ids: None if ids is None else frozenset(ids), excluded=frozenset
)


def companies_to_judge(conn: Connection) -> list[str]:
    """Return ids of companies whose stories, or what is known of them, changed since they were last judged."""
    query = select(companies.c.id).where(companies.c.judged.is_(None), companies.c.touched.is_not(None), companies.c.merged_into.is_(None))
    return list(conn.scalars(query.order_by(companies.c.id)))


def mark_judged(conn: Connection, company_ids: Collection[str], now: datetime) -> None:
    """Note that everything known of these companies was judged."""
    for some in chunks(sorted(company_ids)):
        conn.execute(update(companies).where(companies.c.id.in_(some)).values(judged=now))


def pairs_due(conn: Connection, now: datetime) -> set[Pair]:
    """Return the pairs to judge again at `now` though nothing new is seen."""
    query = select(decisions.c.profile, decisions.c.company_id).where(decisions.c.due <= now)
    return {(row.profile, row.company_id) for row in conn.execute(query)}


def pairs_known(conn: Connection, *, company_ids: Collection[str] = (), profiles: Collection[str] = ()) -> set[Pair]:
    """Return the pairs that have a decision or a lead, of any of these companies or any of these profiles."""
    found: set[Pair] = set()
    for table in (decisions, leads):
        for column, values in ((table.c.company_id, company_ids), (table.c.profile, profiles)):
            for some in chunks(sorted(values)):
                rows = conn.execute(select(table.c.profile, table.c.company_id).distinct().where(column.in_(some)))
                found.update((row.profile, row.company_id) for row in rows)
    return found


def profiles_judged(conn: Connection) -> dict[str, JudgedProfile]:
    """Return what each profile went by when it last judged, by the stem of its file."""
    rows = conn.execute(select(*columns_of(JudgedProfile, judged_profiles)))
    return {each.profile: each for each in map(_judged_profile, rows)}


def save_profiles_judged(conn: Connection, judged: Iterable[JudgedProfile]) -> None:
    """Save what the profiles went by, in place of what they went by before."""
    rows = (
        {
            **row_of(each, judged_profiles),
            "included": None if each.included is None else sorted(each.included),
            "excluded": sorted(each.excluded),
        }
        for each in judged
    )
    upsert(conn, judged_profiles, rows, key=("profile",))
