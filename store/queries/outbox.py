"""The outbox: what is owed to whom, who is sending it now, and how it went."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Text, and_, bindparam, cast, func, or_, select, update

from store.queries.rows import chunks, columns_of, insert_new, record_maker, row_of
from store.records import Bounce, Delivery
from store.tables import bounces, deliveries, leads

_COLUMNS = columns_of(Delivery, deliveries)
_delivery = record_maker(Delivery, deliveries, lead_ids=tuple)
_bounce = record_maker(Bounce, bounces)


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


def replace_waiting(conn: Connection, key: str, instead: Sequence[Delivery], why: str) -> bool:
    """Cancel a delivery that nobody is sending and put others in its place; return False when it was sent or settled meanwhile."""
    gone = and_(deliveries.c.key == key, deliveries.c.state.in_(("pending", "claimed")))
    if not conn.execute(update(deliveries).where(gone).values(state="cancelled", claimed_by=None, lease_until=None, error=why)).rowcount:
        return False
    enqueue(conn, instead)
    return True


def change_waiting(conn: Connection, key: str, payload: Mapping[str, object]) -> bool:
    """Let a delivery that waits tell something else under its key; return False when it waits no more."""
    waits = and_(deliveries.c.key == key, deliveries.c.state == "pending")
    return conn.execute(update(deliveries).where(waits).values(payload=dict(payload))).rowcount == 1


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


def delivery(conn: Connection, key: str) -> Delivery | None:
    """Return the delivery with this key, or None."""
    row = conn.execute(select(*_COLUMNS).where(deliveries.c.key == key)).first()
    return _delivery(row) if row else None


def save_bounce(conn: Connection, bounce: Bounce) -> bool:
    """Keep what was told of a mail that did not arrive; return False when it was kept before."""
    return insert_new(conn, bounces, [row_of(bounce, bounces)]) == 1


def bounces_of(conn: Connection, *, address: str | None = None) -> list[Bounce]:
    """Return the bounces that nobody cured, of one address or of all, the earliest first."""
    query = select(*columns_of(Bounce, bounces)).where(bounces.c.cured.is_(None)).order_by(bounces.c.received, bounces.c.id)
    if address is not None:
        query = query.where(bounces.c.address == address.lower())
    return [_bounce(row) for row in conn.execute(query)]


def cure_addresses(conn: Connection, addresses: Collection[str], now: datetime) -> int:
    """Mark all bounces of these addresses as cured, so that mail goes there again; return how many there were."""
    cured = 0
    for chunk in chunks(sorted({address.lower() for address in addresses})):
        waiting = and_(bounces.c.address.in_(chunk), bounces.c.cured.is_(None))
        cured += conn.execute(update(bounces).where(waiting).values(cured=now)).rowcount
    return cured


def fail_sent(conn: Connection, key: str, error: str) -> bool:
    """Make a dead letter of a delivery that was taken and came back; return False when it is not one that was sent."""
    sent = and_(deliveries.c.key == key, deliveries.c.state == "sent")
    return conn.execute(update(deliveries).where(sent).values(state="failed", error=error)).rowcount == 1
