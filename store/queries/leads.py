"""Decisions, the leads that come of them, and what reps said of those."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from store.queries.rows import columns_of, insert_new, record_maker, row_of, upsert
from store.records import CrmOutcome, Decision, Lead, Part, Reason, Verdict
from store.tables import companies, decisions, leads, merges, outcomes, unsubscribed, verdicts


def _parts(written: Sequence[Mapping[str, Any]]) -> tuple[Part, ...]:
    return tuple(Part(**{**part, "story_ids": tuple(part["story_ids"])}) for part in written)


_decision = record_maker(Decision, decisions, reason=Reason, parts=_parts, story_ids=tuple)
_lead = record_maker(Lead, leads, parts=_parts, story_ids=tuple, event_ids=tuple)
_verdict = record_maker(Verdict, verdicts)
_outcome = record_maker(CrmOutcome, outcomes)


def save_decisions(conn: Connection, made: Sequence[Decision]) -> None:
    """Save the latest decision of each pair of profile and company, in place of the one before."""
    upsert(conn, decisions, ({**row_of(each, decisions), "reason": each.reason.value} for each in made), key=("profile", "company_id"))


def decisions_of(conn: Connection, profile: str, limit: int = 100) -> list[Decision]:
    """Return the profile's decisions, highest score first."""
    query = (
        select(*columns_of(Decision, decisions))
        .where(decisions.c.profile == profile)
        .order_by(decisions.c.score.desc(), decisions.c.company_id)
        .limit(limit)
    )
    return [_decision(row) for row in conn.execute(query)]


def save_lead(conn: Connection, found: Lead) -> None:
    """Save a lead; of one that is there, what the rep made of it (state, snooze, reason) and its creation stay."""
    kept = ("state", "snoozed_until", "reject_reason", "created")
    upsert(conn, leads, [row_of(found, leads)], key=("id",), keep=kept)


def lead(conn: Connection, lead_id: str, *, lock: bool = False) -> Lead | None:
    """Return the lead, or None; with `lock` nobody else changes it before this transaction ends."""
    query = select(*columns_of(Lead, leads)).where(leads.c.id == lead_id)
    row = conn.execute(query.with_for_update() if lock else query).first()
    return _lead(row) if row else None


def leads_of(
    conn: Connection,
    *,
    profile: str | None = None,
    company_id: str | None = None,
    owner: str | None = None,
    states: Collection[str] | None = None,
    since: datetime | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[Lead]:
    """Return the leads that fit all that is given (`since`: created then or later), latest first."""
    query = select(*columns_of(Lead, leads)).order_by(leads.c.created.desc(), leads.c.score.desc(), leads.c.id).limit(limit).offset(offset)
    if profile is not None:
        query = query.where(leads.c.profile == profile)
    if company_id is not None:
        query = query.where(leads.c.company_id == company_id)
    if owner is not None:
        query = query.where(func.lower(leads.c.owner) == owner.lower())
    if states is not None:
        query = query.where(leads.c.state.in_(states))
    if since is not None:
        query = query.where(leads.c.created >= since)
    return [_lead(row) for row in conn.execute(query)]


def results_stamp(conn: Connection) -> tuple[object, ...]:
    """Return what changes whenever something does that the results of leads are made of: leads, owners, verdicts, outcomes, companies, stories."""
    by_owner = select(leads.c.owner, func.count(), func.max(leads.c.updated)).group_by(leads.c.owner).order_by(leads.c.owner)
    touched = select(func.max(companies.c.touched)).where(companies.c.id.in_(select(leads.c.company_id)))
    return (
        *map(tuple, conn.execute(by_owner)),
        conn.scalar(select(func.max(verdicts.c.id))),
        tuple(conn.execute(select(func.count(), func.max(outcomes.c.read)).select_from(outcomes)).one()),
        tuple(conn.execute(select(func.count(), func.max(merges.c.undone)).select_from(merges)).one()),
        conn.scalar(touched),
    )


def reassign_leads(conn: Connection, owner: str, new_owner: str) -> int:
    """Give an owner's leads to another, with what was said of them; return how many there were."""
    changed = conn.execute(update(leads).where(func.lower(leads.c.owner) == owner.lower()).values(owner=new_owner))
    return int(changed.rowcount)


def withdraw_lead(conn: Connection, lead_id: str, now: datetime) -> bool:
    """Take back a lead that no rep has decided on yet (its event was denied or called off); return whether it was taken back."""
    query = update(leads).where(leads.c.id == lead_id, leads.c.state.in_(("new", "snoozed")))
    taken = bool(conn.execute(query.values(state="withdrawn", snoozed_until=None, updated=now)).rowcount)
    _judge_again(conn, lead_id)
    return taken


def _judge_again(conn: Connection, lead_id: str) -> None:
    """Have the next run judge the lead's pair: what is said of a lead may free what it held back."""
    of = conn.execute(select(leads.c.profile, leads.c.company_id, leads.c.created).where(leads.c.id == lead_id)).first()
    if of is not None:
        pair = (decisions.c.profile == of.profile) & (decisions.c.company_id == of.company_id)
        conn.execute(update(decisions).where(pair).values(due=of.created))


def reopen_lead(conn: Connection, lead_id: str) -> bool:
    """Put a lead that was taken back into the inbox again, since something new was found; return whether it was taken back."""
    query = update(leads).where(leads.c.id == lead_id, leads.c.state == "withdrawn")
    return bool(conn.execute(query.values(state="new")).rowcount)


def save_verdict(conn: Connection, verdict: Verdict, *, snoozed_until: datetime | None = None) -> None:
    """Add what a rep said to the audit trail and make it the lead's state; the last verdict said again is kept once."""
    if verdict.verdict not in ("accepted", "rejected", "snoozed"):
        raise ValueError(f"unknown verdict {verdict.verdict!r}; known: accepted, rejected, snoozed")
    if (verdict.verdict == "snoozed") != (snoozed_until is not None):
        raise ValueError("a snooze, and nothing else, needs the moment it ends")
    marked = conn.execute(
        update(leads)
        .where(leads.c.id == verdict.lead_id)
        .values(
            state=verdict.verdict,
            snoozed_until=snoozed_until,
            reject_reason=verdict.reason if verdict.verdict == "rejected" else None,
        )
    )
    if not marked.rowcount:
        raise LookupError(f"no lead {verdict.lead_id}")
    _judge_again(conn, verdict.lead_id)
    # the update above holds the lead's row, so no other writer can slip the same verdict in between
    last = select(*columns_of(Verdict, verdicts)).where(verdicts.c.lead_id == verdict.lead_id).order_by(verdicts.c.id.desc()).limit(1)
    before = conn.execute(last).first()
    if before is None or _verdict(before) != verdict:
        conn.execute(insert(verdicts), row_of(verdict, verdicts))


def verdicts_of(conn: Connection, *, lead_id: str | None = None, since: datetime | None = None) -> list[Verdict]:
    """Return what reps said, of one lead or from a moment on, in the order it was said."""
    query = select(*columns_of(Verdict, verdicts)).order_by(verdicts.c.said, verdicts.c.id)
    if lead_id is not None:
        query = query.where(verdicts.c.lead_id == lead_id)
    if since is not None:
        query = query.where(verdicts.c.said >= since)
    return [_verdict(row) for row in conn.execute(query)]


def unsubscribe(conn: Connection, profile: str, address: str, now: datetime) -> None:
    """Note that the address wants no more mail of the profile; the first time counts."""
    insert_new(conn, unsubscribed, [{"profile": profile, "address": address.lower(), "since": now}])


def subscribe_again(conn: Connection, profile: str, address: str) -> bool:
    """Take an unsubscription back; return whether there was one."""
    gone = delete(unsubscribed).where(unsubscribed.c.profile == profile, unsubscribed.c.address == address.lower())
    return bool(conn.execute(gone).rowcount)


def unsubscriptions(conn: Connection) -> set[tuple[str, str]]:
    """Return the pairs of profile and address (in lower case) that get no mail."""
    return {(row.profile, row.address) for row in conn.execute(select(unsubscribed.c.profile, unsubscribed.c.address))}


def save_outcomes(conn: Connection, read: Sequence[CrmOutcome]) -> None:
    """Save what became of leads in a CRM, in place of what was read before."""
    if read:
        upsert(conn, outcomes, [row_of(each, outcomes) for each in read], key=("lead_id", "target"))


def outcomes_of(conn: Connection, *, target: str | None = None, lead_id: str | None = None) -> list[CrmOutcome]:
    """Return what was read back from CRMs, of one CRM or one lead where these are given."""
    query = select(*columns_of(CrmOutcome, outcomes)).order_by(outcomes.c.lead_id, outcomes.c.target)
    if target is not None:
        query = query.where(outcomes.c.target == target)
    if lead_id is not None:
        query = query.where(outcomes.c.lead_id == lead_id)
    return [_outcome(row) for row in conn.execute(query)]
