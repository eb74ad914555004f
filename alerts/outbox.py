"""The worker that pays what is owed (alerts/owed.py says what): claim with a lease, send, settle. Digests are put together here."""

from __future__ import annotations

import itertools
import logging
import random as randomness
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, select, text, update

from alerts.bounces import is_hard
from alerts.brief import brief_of
from alerts.channels import MAIL_CHANNELS, Outcome, load_channel
from alerts.channels.smtp import MAY_HAVE_ARRIVED
from alerts.errors import AddressRefused, DeliveryError, Misconfigured, Permanent, TryAgain
from alerts.message import compose_note
from alerts.owed import HELD, deliveries_for, mail_owed, note_owed
from alerts.push import TOLD_BEFORE
from alerts.settings import MailSettings, Target
from alerts.when import GIVE_UP_AFTER, MISCONFIGURED_RETRY_S, retry_delay
from alerts.wording import clean
from store import queries
from store.records import Bounce, Delivery, fingerprint
from store.tables import deliveries, leads

__all__ = [
    "OutboxSummary",
    "assemble_digests",
    "deliver_due",
    "deliveries_for",
    "leads_handed_to",
    "retry_failed",
    "send_test",
    "standing_of",
]

log = logging.getLogger(__name__)
BATCH = 500  # deliveries claimed at a time: a killed worker holds up no more than these, for one lease
MAX_DIGEST = 200  # leads that one digest shows, in full or by a line; the others are counted in it, and wait in the inbox
CLAIM_LOCK = 7_067_268_367  # any constant that no other program takes
# kept, since it is asked before each delivery
_STATES = select(leads.c.id, leads.c.state).where(leads.c.id.in_(bindparam("ids", expanding=True)))
FUSE = 3  # failures on end after which a target is left alone until the next call


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxSummary:
    """What one call of `deliver_due` did, counted in deliveries."""

    sent: int = 0
    waiting: int = 0  # put off: tried again later
    failed: int = 0  # dead letters: `prospect deliveries --failed`
    cancelled: int = 0  # for leads withdrawn or rejected in the meantime
    problems: tuple[str, ...] = ()  # sentences for the operator: which target, what it said, the cure; each once
    notes: tuple[str, ...] = ()  # of what was sent, yet somebody may want to mend something: "no employee there has the e-mail …"


@dataclass(slots=True)
class _Worker:
    """One call of `deliver_due`: what it may use, and what it counted so far."""

    engine: Engine
    name: str
    now: datetime
    lease: timedelta
    mail: MailSettings
    targets: Mapping[str, Target]
    random: randomness.Random
    started_s: float = field(default_factory=time.monotonic)
    counts: Counter[str] = field(default_factory=Counter)
    problems: dict[str, None] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    dead: list[tuple[Delivery, str]] = field(default_factory=list)
    to_domain: Counter[str] = field(default_factory=Counter)
    dead_addresses: dict[str, Bounce] = field(default_factory=dict)  # nothing is sent to these

    def moment(self) -> datetime:
        """The present by the caller's clock: a long batch must not settle with the moment it began at."""
        return self.now + timedelta(seconds=time.monotonic() - self.started_s)


def deliver_due(
    engine: Engine,
    *,
    now: datetime,
    worker: str,
    mail: MailSettings,
    targets: Mapping[str, Target] | None = None,
    random: randomness.Random,
    limit: int = 100_000,
    lease: timedelta = timedelta(minutes=10),
) -> OutboxSummary:
    """Pay what is due, at most `limit` deliveries, and return what came of it; a target that fails never raises.

    `worker` must be a name that no other running worker has (host, process id and a random part). Any number of workers may
    run at once; one killed anywhere leaves its claims to the others when `lease` is over.
    """
    work = _Worker(engine, worker, now, lease, mail, targets or {}, random)
    with engine.connect() as conn:
        work.dead_addresses = {bounce.address: bounce for bounce in queries.bounces_of(conn) if bounce.hard}
    assemble_digests(engine, now=now, mail=mail)
    left = limit
    while left > 0:
        claimed = _claim(work, min(BATCH, left))
        if not claimed:
            if not _report_dead_letters(work):
                break
            continue
        left -= len(claimed)
        for way in _by_way(claimed, work):
            _send_batch(way, work)
    counts = work.counts
    return OutboxSummary(
        sent=counts["sent"],
        waiting=counts["waiting"],
        failed=counts["failed"],
        cancelled=counts["cancelled"],
        problems=tuple(work.problems),
        notes=tuple(work.notes),
    )


def assemble_digests(engine: Engine, *, now: datetime, mail: MailSettings) -> int:
    """Make one mail of all leads that wait for the same digest, in one transaction; return how many mails were made.

    It shows the best MAX_DIGEST and counts the others, with the way to them.
    Leads withdrawn or rejected since are left out, and a digest without leads is not sent.
    """
    with engine.connect() as conn:
        if not conn.scalar(_held_and_due(now).limit(1)):
            return 0
    made = 0
    with engine.begin() as conn:
        _lock(conn)
        rows = conn.execute(_held_and_due(now).order_by(deliveries.c.key)).all()
        states = _states(conn, {row.lead_ids[0] for row in rows})
        groups: dict[tuple[str, str], list[Any]] = {}
        for row in rows:
            groups.setdefault((row.target, row.slot), []).append(row)
        for (owner, slot), group in groups.items():
            gone = {row.key for row in group if states.get(row.lead_ids[0]) in {"withdrawn", "rejected"}}
            told = [row for row in group if row.key not in gone]
            _set_state(conn, sorted(gone), state="cancelled", error="withdrawn or rejected before its digest went out")
            if told:
                # of one lead told twice in a digest (an alert and its update), the last is what stands
                latest = {row.lead_ids[0]: row for row in sorted(told, key=lambda row: (row.updated, row.key))}
                best = sorted(latest.values(), key=lambda row: (-row.score, row.lead_ids[0]))
                briefs = [brief_of(each) for row in best[:MAX_DIGEST] if (each := queries.delivery(conn, row.key))]
                # a row saved too late for its slot makes a digest of its own, so the rows are part of the key
                owed = mail_owed(
                    briefs,
                    owner,
                    datetime.fromisoformat(slot),
                    mail,
                    "digest",
                    slot + fingerprint(*(row.key for row in told)),
                    counted=[row.lead_ids[0] for row in best[MAX_DIGEST:]],
                )
                made += queries.enqueue(conn, [owed])
                _set_state(conn, [row.key for row in told], state="sent", sent=now, error=None)
    return made


def _held_and_due(now: datetime) -> Any:
    # ten thousand leads are not held in memory to show two hundred: what chooses them is asked for, and not the rest
    held = deliveries.c.payload
    return select(
        deliveries.c.key,
        deliveries.c.target,
        deliveries.c.lead_ids,
        held["slot"].as_string().label("slot"),
        held[("brief", "lead", "score")].as_float().label("score"),
        held[("brief", "lead", "updated")].as_string().label("updated"),
    ).where(deliveries.c.channel == HELD, deliveries.c.state == "pending", deliveries.c.due <= now)


def _set_state(conn: Connection, keys: Sequence[str], **values: object) -> None:
    for start in range(0, len(keys), 500):  # SQLite takes no more than some thousand values in one statement
        some = keys[start : start + 500]
        conn.execute(update(deliveries).where(deliveries.c.key.in_(some)).values(**values))


def _states(conn: Connection, lead_ids: Iterable[str]) -> dict[str, str]:
    wanted = sorted(set(lead_ids))
    found: dict[str, str] = {}
    for start in range(0, len(wanted), 500):
        rows = conn.execute(_STATES, {"ids": wanted[start : start + 500]})
        found |= {row.id: row.state for row in rows}
    return found


def _lock(conn: Connection) -> None:
    """Let one worker at a time choose what to send; SQLite's write lock does that already."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": CLAIM_LOCK})


def _claim(work: _Worker, limit: int) -> list[Delivery]:
    """Claim what is due, but nothing of a lead that another worker is just telling the same target of."""
    moment = work.moment()
    with work.engine.begin() as conn:
        _lock(conn)
        open_ones = deliveries.c.state.in_(("pending", "claimed"))
        channels = set(conn.scalars(select(deliveries.c.channel).where(open_ones).distinct())) - {HELD}
        claimed = queries.claim(conn, worker=work.name, now=moment, lease=work.lease, limit=limit, channels=channels)
        in_flight = conn.execute(
            select(deliveries.c.target, deliveries.c.lead_ids, deliveries.c.lease_until).where(
                deliveries.c.state == "claimed", deliveries.c.claimed_by != work.name, deliveries.c.lease_until > moment
            )
        ).all()
        busy = {(row.target, lead_id): row.lease_until for row in in_flight for lead_id in row.lead_ids}
        mine = []
        for delivery in claimed:
            until = max((busy[pair] for lead_id in delivery.lead_ids if (pair := (delivery.target, lead_id)) in busy), default=None)
            if until is None:
                mine.append(delivery)
            else:
                queries.settle_retry(conn, delivery.key, work.name, until, "another worker is telling this target of the same lead")
                _count_attempts(conn, delivery.key, delivery.attempts - 1)
        return mine


@dataclass(frozen=True, slots=True)
class _Way:
    """Deliveries that go the same way: one channel module with one set of settings."""

    channel: ModuleType | None
    settings: MailSettings | Target | None
    deliveries: tuple[Delivery, ...]
    fault: Misconfigured | None = None


def _by_way(claimed: Sequence[Delivery], work: _Worker) -> Iterator[_Way]:
    def way(delivery: Delivery) -> str:
        return "" if delivery.channel in MAIL_CHANNELS else delivery.target

    # what a rep would act wrongly without comes first
    order = {"correction": 0, "alert": 1, "update": 1}
    for name, group in itertools.groupby(sorted(claimed, key=lambda d: (way(d), order.get(d.purpose, 2), d.due, d.key)), way):
        owed = tuple(group)
        try:
            if not name:
                yield _Way(load_channel(work.mail.channel), work.mail, owed)
            elif name in work.targets:
                yield _Way(load_channel(work.targets[name].channel), work.targets[name], owed)
            else:
                known = ", ".join(sorted(work.targets)) or "none"
                raise Misconfigured(f"'{name}' is not set up in prospect.yml (known: {known}); add it there, or take it out of the profile")
        except Misconfigured as error:
            yield _Way(None, None, owed, error)


@dataclass(slots=True)
class _Batch:
    """What is happening to the deliveries of one way."""

    handed_out: dict[str, Delivery] = field(default_factory=dict)  # given to the channel, no outcome yet
    settled: set[str] = field(default_factory=set)
    failed_in_a_row: int = 0
    trouble: TryAgain | None = None  # the last one


def _send_batch(way: _Way, work: _Worker) -> None:
    by_key = {delivery.key: delivery for delivery in way.deliveries}
    if way.channel is None:
        for delivery in way.deliveries:
            _settle(delivery, Outcome(key=delivery.key, error=way.fault), work)
        return
    batch = _Batch()
    try:
        for outcome in way.channel.send(_still_owed(way.deliveries, work, batch), way.settings):
            batch.handed_out.pop(outcome.key, None)
            batch.settled.add(outcome.key)
            _settle(by_key[outcome.key], outcome, work)
            batch.trouble = outcome.error if isinstance(outcome.error, TryAgain) else None
            batch.failed_in_a_row = batch.failed_in_a_row + 1 if batch.trouble else 0
    except DeliveryError as error:  # nothing can be sent this way: all of the batch waits, what was not yet handed out too
        _settle_rest([delivery for key, delivery in by_key.items() if key not in batch.settled], error, work)
    except Exception as error:  # a fault in one channel's code must not keep the other channels from sending
        log.exception("a channel broke channel=%s", way.channel.__name__)
        broke = TryAgain(f"{way.channel.__name__} broke: {type(error).__name__}: {clean(error, 200)}; see the log")
        _settle_rest(batch.handed_out.values(), broke, work)


def _settle_rest(owed: Iterable[Delivery], error: DeliveryError, work: _Worker) -> None:
    for delivery in owed:
        _settle(delivery, Outcome(key=delivery.key, error=error), work)


def _still_owed(owed: Sequence[Delivery], work: _Worker, batch: _Batch) -> Iterator[Delivery]:
    """Hand out each delivery just before it is sent, if it still should be: its lead stands, its lease has time left, its
    domain is not over the rate, its target has not failed several times on end."""
    for delivery in owed:
        moment = work.moment()
        with work.engine.connect() as conn:
            told, why_not = standing_of(conn, delivery)
        if why_not:
            _cancel(delivery, why_not, work)
        elif "fault" in delivery.payload:
            _settle(delivery, Outcome(key=delivery.key, error=Permanent(str(delivery.payload["fault"]))), work)
        elif delivery.channel in MAIL_CHANNELS and (bounce := work.dead_addresses.get(delivery.target.lower())):
            stopped = f"nothing is sent to {bounce.address} since {bounce.received:%Y-%m-%d}: {clean(bounce.said, 200)}"
            cure = "correct `owner` in the profile, or have the mailbox mended; then retry"
            _settle(delivery, Outcome(key=delivery.key, error=Permanent(f"{stopped}; {cure}")), work)
        elif delivery.lease_until is not None and moment + work.lease / 5 > delivery.lease_until:
            _put_back(delivery, moment, "the batch took too long; it goes with the next", work)
        elif batch.trouble and batch.failed_in_a_row >= FUSE and delivery.channel not in MAIL_CHANNELS:
            # a mail server that puts three strangers off may well take the fourth; a CRM that is away is away for all
            _settle(delivery, Outcome(key=delivery.key, error=batch.trouble), work)
        elif delivery.channel in MAIL_CHANNELS and work.mail.per_minute and _over_rate(delivery, work, work.mail.per_minute):
            _put_back(delivery, moment + timedelta(minutes=1), f"more than {work.mail.per_minute} mails a minute to this domain", work)
        else:
            batch.handed_out[delivery.key] = delivery
            yield delivery if delivery.channel in MAIL_CHANNELS else replace(delivery, payload={**delivery.payload, TOLD_BEFORE: told})


def _over_rate(delivery: Delivery, work: _Worker, per_minute: int) -> bool:
    domain = delivery.target.rpartition("@")[2]
    work.to_domain[domain] += 1
    return work.to_domain[domain] > per_minute


def standing_of(conn: Connection, delivery: Delivery) -> tuple[bool, str | None]:
    """Return whether the target was told of these leads before, and why nothing should be sent now (None: send it)."""
    if not delivery.lead_ids:
        return False, None
    states = _states(conn, delivery.lead_ids)
    # asked only where it matters: it looks through all that is owed
    told = delivery.purpose in {"update", "correction"} and _was_told(conn, delivery)
    if delivery.purpose == "correction":
        return told, None if told else "the alert never went out, so there is nothing to correct"
    if all(states.get(lead_id) in {"withdrawn", "rejected"} for lead_id in delivery.lead_ids):
        return told, f"the lead was {states[delivery.lead_ids[0]]} before this went out"
    return told, None


def _was_told(conn: Connection, delivery: Delivery) -> bool:
    """Return whether the target was, or may have been, told of one of the leads before."""
    for lead_id in delivery.lead_ids:
        for other in queries.deliveries_of(conn, lead_id=lead_id):
            same = other.target == delivery.target and other.key != delivery.key and other.channel != HELD
            if same and (other.state == "sent" or MAY_HAVE_ARRIVED in (other.error or "")):
                return True
    return False


def _cancel(delivery: Delivery, why: str, work: _Worker) -> None:
    with work.engine.begin() as conn:
        mine = (deliveries.c.key == delivery.key) & (deliveries.c.state == "claimed") & (deliveries.c.claimed_by == work.name)
        done = conn.execute(update(deliveries).where(mine).values(state="cancelled", error=why, claimed_by=None, lease_until=None))
    work.counts["cancelled"] += done.rowcount


def _put_back(delivery: Delivery, due: datetime, why: str, work: _Worker) -> None:
    with work.engine.begin() as conn:
        work.counts["waiting"] += queries.settle_retry(conn, delivery.key, work.name, due, why)
        _count_attempts(conn, delivery.key, delivery.attempts - 1)  # nothing was attempted


def _count_attempts(conn: Connection, key: str, attempts: int) -> None:
    conn.execute(update(deliveries).where(deliveries.c.key == key, deliveries.c.state == "pending").values(attempts=attempts))


def _settle(delivery: Delivery, outcome: Outcome, work: _Worker) -> None:
    error = outcome.error
    moment = work.moment()
    name = delivery.target if delivery.channel not in MAIL_CHANNELS else f"mail to {delivery.target}"
    with work.engine.begin() as conn:
        if error is None:
            if queries.settle_sent(conn, delivery.key, work.name, moment):
                work.counts["sent"] += 1
            if outcome.note:
                work.notes[f"{name}: {outcome.note}"] = None
            return
        said = clean(error, 600)
        if isinstance(error, Permanent) or (isinstance(error, TryAgain) and delivery.attempts >= GIVE_UP_AFTER):
            said = said if isinstance(error, Permanent) else f"given up after {delivery.attempts} attempts: {said}"
            if isinstance(error, AddressRefused) and is_hard(error.status):
                # at the door, not by a report; what is left for this address in the batch stays here too
                bounce = Bounce(
                    id=fingerprint("refused", delivery.key, moment.isoformat()),
                    key=delivery.key,
                    address=delivery.target.lower(),
                    hard=True,
                    status=error.status,
                    said=said,
                    received=moment,
                )
                queries.save_bounce(conn, bounce)
                work.dead_addresses[bounce.address] = bounce
            if queries.settle_failed(conn, delivery.key, work.name, said):
                work.counts["failed"] += 1
                work.dead.append((delivery, said))
                work.problems[f"{name}: {said}"] = None
            log.error("a delivery failed for good key=%s channel=%s attempts=%d", delivery.key, delivery.channel, delivery.attempts)
            return
        if isinstance(error, Misconfigured):
            delay = timedelta(seconds=MISCONFIGURED_RETRY_S)
        else:
            delay = retry_delay(delivery.attempts, error.after_s if isinstance(error, TryAgain) else None, work.random)
        if queries.settle_retry(conn, delivery.key, work.name, moment + delay, said):
            work.counts["waiting"] += 1
            if isinstance(error, Misconfigured):
                # a wrong password over a long weekend must not use up the patience for the busy server after it
                _count_attempts(conn, delivery.key, 0)
            # the same sentence for every mail behind a server that is away would bury the rest
            work.problems[said if not isinstance(error, Permanent) else f"{name}: {said}"] = None
    log.warning(
        "a delivery waits key=%s channel=%s attempts=%d; `prospect deliveries` says why", delivery.key, delivery.channel, delivery.attempts
    )


def _report_dead_letters(work: _Worker) -> bool:
    """Owe the operator one mail about what failed for good since the last; return whether one was made."""
    dead = [(delivery, said) for delivery, said in work.dead if delivery.purpose != "operator"]
    work.dead.clear()
    if not dead or not work.mail.operator:
        return False
    key = fingerprint("operator", work.now.isoformat(), *sorted(delivery.key for delivery, _ in dead))
    lines = [f"- {delivery.target} ({delivery.channel}, {delivery.purpose}, key {delivery.key}): {said}" for delivery, said in dead[:50]]
    more = [f"- and {len(dead) - 50} more"] if len(dead) > 50 else []
    body = ["These could not be delivered, and are not tried again by themselves:", "", *lines, *more, ""]
    body.append(
        "Mend what is named, then: prospect deliveries --retry (all of them, or name keys after it). `prospect deliveries --failed` lists them."
    )
    subject = f"prospect: {len(dead)} {'delivery' if len(dead) == 1 else 'deliveries'} failed"
    try:
        owed = note_owed(subject=subject, text="\n".join(body) + "\n", key=key, now=work.now, mail=work.mail)
    except ValueError as error:
        work.problems[str(error)] = None
        return False
    with work.engine.begin() as conn:
        return queries.enqueue(conn, [owed]) > 0


def send_test(mail: MailSettings, *, recipient: str, now: datetime) -> DeliveryError | None:
    """Send one short mail at once, outside the outbox, and return what went wrong: for the owner who has just set mail up.

    Raise ValueError when an address is none.
    """
    key = fingerprint("test", recipient, now.isoformat())
    text = f"This is the test mail you asked prospect for. It went by {mail.channel}; alerts will come the same way.\n"
    message = compose_note(recipient=recipient, subject="prospect: test mail", text=text, key=key, date=now, mail=mail, what="--test")
    payload = {"subject": str(message["Subject"]), "eml": message.as_bytes().decode("ascii")}
    owed = Delivery(key=key, lead_ids=(), channel=mail.channel, target=recipient, purpose="operator", due=now, payload=payload)
    try:
        outcomes: list[Outcome] = list(load_channel(mail.channel).send([owed], mail))
    except DeliveryError as error:
        return error
    return outcomes[0].error


def leads_handed_to(conn: Connection, target: str) -> set[str]:
    """Return the ids of the leads that `target` has from us; of any other, its silence says nothing."""
    rows = conn.execute(select(deliveries.c.lead_ids).where(deliveries.c.target == target, deliveries.c.state == "sent"))
    return {lead_id for row in rows for lead_id in row.lead_ids}


def retry_failed(engine: Engine, *, now: datetime, keys: Sequence[str] | None = None) -> int:
    """Put dead letters back into the outbox, all or those with `keys`, and send to their addresses again; return how many."""
    chosen = (deliveries.c.state == "failed") if keys is None else (deliveries.c.state == "failed") & deliveries.c.key.in_(list(keys))
    with engine.begin() as conn:
        back = conn.execute(
            update(deliveries).where(chosen).values(state="pending", due=now, attempts=0, sent=None).returning(deliveries.c.target)
        ).all()
        queries.cure_addresses(conn, [row.target for row in back], now)
    return len(back)
