"""The outbox: what is owed to whom, who is sending it now, and how it went."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Text, and_, bindparam, cast, func, or_, select, update

from store.queries.rows import chunks, columns_of, insert_new, record_maker, row_of
from store.records import Delivery
from store.tables import deliveries, leads

_COLUMNS = columns_of(Delivery, deliveries)
_delivery = record_maker(Delivery, deliveries, lead_ids=tuple)


def enqueue(conn: Connection, owed: Sequence[Delivery]) -> int:
    """Put deliveries into the outbox and return how many were new; a key that is there is left alone, sent or not."""
    return insert_new(conn, deliveries, (row_of(each, deliveries) for each in owed))


def claim(
    conn: Connection,
    *,
    worker: str,
    now: datetime,
    lease: timedelta,
    limit: int,
    channels: Collection[str] | None = None,
) -> list[Delivery]:
    """Take up to `limit` deliveries for this worker alone until `now + lease`, those due longest first.

    Taken are those pending and due, and those whose worker let its lease run out: it was killed. Each claim counts as an
    attempt. Commit before sending, or another worker waits (SQLite) or takes nothing (PostgreSQL).
    """
    free = or_(
        and_(deliveries.c.state == "pending", deliveries.c.due <= now),
        and_(deliveries.c.state == "claimed", deliveries.c.lease_until <= now),
    )
    # one statement, so that it is exclusive in any kind of transaction; SQLite leaves FOR UPDATE out, its writers being alone
    picked = select(deliveries.c.key).where(free).order_by(deliveries.c.due, deliveries.c.key).limit(limit)
    if channels is not None:
        picked = picked.where(deliveries.c.channel.in_(channels))
    mine = picked.with_for_update(skip_locked=True).cte("mine")
    taken = conn.execute(
        update(deliveries)
        .where(deliveries.c.key.in_(select(mine.c.key)))
        .values(state="claimed", claimed_by=worker, lease_until=now + lease, attempts=deliveries.c.attempts + 1)
        .returning(*_COLUMNS)
    )
    return sorted((_delivery(row) for row in taken), key=lambda each: (each.due, each.key))


def settle_sent(conn: Connection, key: str, worker: str, now: datetime) -> bool:
    """Mark a claimed delivery sent; return False when the claim was lost to another worker."""
    return _settle(conn, key, worker, state="sent", sent=now, error=None)


def settle_retry(conn: Connection, key: str, worker: str, due: datetime, error: str) -> bool:
    """Put a claimed delivery back until `due`; return False when the claim was lost to another worker."""
    return _settle(conn, key, worker, state="pending", due=due, error=error)


def settle_failed(conn: Connection, key: str, worker: str, error: str) -> bool:
    """Give a claimed delivery up for good; return False when the claim was lost to another worker."""
    return _settle(conn, key, worker, state="failed", error=error)


def _settle(conn: Connection, key: str, worker: str, **values: Any) -> bool:
    given = {"mine": key, "me": worker} | {f"new_{name}": value for name, value in values.items()}
    return conn.execute(_settling(tuple(values)), given).rowcount == 1


@cache  # once a mail: to build the statement would cost more than to run it
def _settling(names: tuple[str, ...]) -> Any:
    mine = and_(deliveries.c.key == bindparam("mine"), deliveries.c.state == "claimed", deliveries.c.claimed_by == bindparam("me"))
    changes: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    return update(deliveries).where(mine).values(claimed_by=None, lease_until=None, **changes)


def cancel_unsubscribed(conn: Connection, profile: str, address: str) -> int:
    """Cancel what waits to be sent to the address about leads of this profile alone; return how many deliveries."""
    waiting = select(deliveries.c.key, deliveries.c.lead_ids).where(
        deliveries.c.state == "pending", func.lower(deliveries.c.target) == address.lower()
    )
    rows = conn.execute(waiting).all()
    told = {lead_id for row in rows for lead_id in row.lead_ids}
    of_profile: set[str] = set()
    for chunk in chunks(told):
        of_profile.update(conn.scalars(select(leads.c.id).where(leads.c.profile == profile, leads.c.id.in_(chunk))))
    keys = [row.key for row in rows if row.lead_ids and of_profile.issuperset(row.lead_ids)]
    for chunk in chunks(keys):
        gone = and_(deliveries.c.key.in_(chunk), deliveries.c.state == "pending")
        conn.execute(update(deliveries).where(gone).values(state="cancelled", error="unsubscribed"))
    return len(keys)


def deliveries_of(
    conn: Connection,
    *,
    lead_id: str | None = None,
    states: Collection[str] | None = None,
    target: str | None = None,
    limit: int | None = 100,
) -> list[Delivery]:
    """Return deliveries, of one lead, in certain states or to one target where these are given, the last due first."""
    query = select(*_COLUMNS).order_by(deliveries.c.due.desc(), deliveries.c.key).limit(limit)
    if target is not None:
        query = query.where(deliveries.c.target == target)
    if lead_id is not None:
        # the list of ids as it is written: ["ab12…", "cd34…"]; the one way both databases can look into it
        query = query.where(cast(deliveries.c.lead_ids, Text).contains(f'"{lead_id}"', autoescape=True))
    if states is not None:
        query = query.where(deliveries.c.state.in_(states))
    return [_delivery(row) for row in conn.execute(query)]


def notes_to_operator(conn: Connection) -> list[Delivery]:
    """Return every mail to the operator that was ever owed, sent or not, earliest first."""
    return [
        _delivery(row)
        for row in conn.execute(select(*_COLUMNS).where(deliveries.c.purpose == "operator").order_by(deliveries.c.due, deliveries.c.key))
    ]
