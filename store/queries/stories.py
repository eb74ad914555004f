"""Sightings and the stories told from them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from store.queries.companies import make_event
from store.queries.rows import chunks, columns_of, plain
from store.records import Sighting, Story, TriggerEvent
from store.tables import companies, documents, events, sketches, stories

_EVENT = columns_of(TriggerEvent, events)
_TOLD = ("id", "company_id", "kind", "status", "facts", "happened", "published", "first_seen", "confidence")


def sightings_of(conn: Connection, company_ids: Collection[str], kinds: Collection[str] | None = None) -> dict[str, list[Sighting]]:
    """Return each company's events, of these `kinds` alone where they are given, with the documents that tell of them, earliest fetched first.

    A company without any has an empty list.
    """
    found: dict[str, list[Sighting]] = {company_id: [] for company_id in company_ids}
    for chunk in chunks(found):
        query = (
            select(
                *_EVENT,
                events.c.company_id,
                documents.c.url,
                documents.c.title,
                documents.c.source,
                documents.c.publisher,
                documents.c.form,
                documents.c.published,
                documents.c.first_seen,
                sketches.c.origin,
            )
            .join(documents, documents.c.id == events.c.document_id)
            .outerjoin(sketches, sketches.c.document_id == documents.c.id)
            .where(events.c.company_id.in_(chunk))
            .order_by(documents.c.first_seen, documents.c.id, events.c.start, events.c.id)
        )
        if kinds is not None:
            query = query.where(events.c.kind.in_(kinds))
        for row in conn.execute(query):
            sighting = _sighting(row)
            found[sighting.company_id].append(sighting)
    return found


def _sighting(row: Sequence[Any]) -> Sighting:
    company_id, url, title, source, publisher, form, published, first_seen, origin = row[len(_EVENT) :]
    return Sighting(
        event=make_event(row),
        company_id=company_id,
        url=url,
        title=title,
        source=source,
        publisher=publisher,
        form=form,
        published=published,
        first_seen=first_seen,
        origin=origin or "",
    )


_OF: Any = bindparam("of")
_STORED = select(stories).where(stories.c.company_id == _OF)
_DELETE_BY_ID = delete(stories).where(stories.c.id == bindparam("which"))
_DELETE = delete(stories).where(stories.c.company_id == _OF)
_INSERT = insert(stories)
_CLEAR = update(events).where(events.c.company_id == _OF).values(story_id=None)
_BELONGS = update(events).where(events.c.id == bindparam("event")).values(story_id=bindparam("story"))
_TOUCH = update(companies).where(companies.c.id == _OF).values(touched=bindparam("now"), judged=None)


def save_stories(conn: Connection, company_id: str, told: Sequence[Story], now: datetime) -> bool:
    """Make these the company's stories; return whether anything changed, and if so mark the company touched."""
    of = {"of": company_id}
    rows = [_story_row(story) for story in told]
    before = {row["id"]: dict(row) for row in conn.execute(_STORED, of).mappings()}
    if before == {row["id"]: row for row in rows}:
        return False
    if before:
        conn.execute(_DELETE, of)
    if rows:
        # a story keeps its id when its events turn out to be another company's: the row goes with them
        conn.execute(_DELETE_BY_ID, [{"which": row["id"]} for row in rows])
        conn.execute(_INSERT, rows)
    conn.execute(_CLEAR, of)
    belongs = [{"event": event_id, "story": row["id"]} for row in rows for event_id in row["event_ids"]]
    if belongs:
        conn.execute(_BELONGS, belongs)
    conn.execute(_TOUCH, of | {"now": now})
    return True


def _story_row(story: Story) -> dict[str, Any]:
    row = {name: plain(getattr(story, name)) for name in _TOLD}
    return row | {"event_ids": [sighting.event.id for sighting in story.sightings]}


def stories_of(conn: Connection, company_ids: Collection[str]) -> dict[str, list[Story]]:
    """Return each company's stories, earliest first, their sightings best evidence first; an empty list for none."""
    found: dict[str, list[Story]] = {company_id: [] for company_id in company_ids}
    for chunk in chunks(found):
        told = conn.execute(select(stories).where(stories.c.company_id.in_(chunk)).order_by(stories.c.published, stories.c.id)).mappings()
        rows = [dict(row) for row in told]
        seen = sightings_of(conn, {row["company_id"] for row in rows})
        by_event = {sighting.event.id: sighting for sightings in seen.values() for sighting in sightings}
        for row in rows:
            evidence = tuple(by_event[event_id] for event_id in row.pop("event_ids") if event_id in by_event)
            if evidence:  # else its events were resolved to another company since, whose stories tell of them now
                found[row["company_id"]].append(Story(**row, sightings=evidence))
    return found


def companies_with_stories(
    conn: Connection, kinds: Collection[str] | None = None, since: datetime | None = None, *, each_of: Sequence[Collection[str]] = ()
) -> list[str]:
    """Return ids of companies that have a story, of one of the `kinds` and published at or after `since` where these are given.

    Of `each_of` sets of kinds they must have a story too, of whatever day.
    """
    query = select(stories.c.company_id).distinct().order_by(stories.c.company_id)
    if kinds is not None:
        query = query.where(stories.c.kind.in_(kinds))
    if since is not None:
        query = query.where(stories.c.published >= since)
    for some in each_of:
        query = query.where(stories.c.company_id.in_(select(stories.c.company_id).where(stories.c.kind.in_(some))))
    return list(conn.scalars(query))
