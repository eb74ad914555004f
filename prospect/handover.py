"""Hands what waits to be sent to a rep who left over to the one who takes the leads; what was sent stays as it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from alerts.brief import brief_as_json, brief_of
from alerts.owed import HELD, mail_owed
from prospect.judging import brief
from prospect.telling import mail_settings
from prospect.workspace import Workspace
from store import queries
from store.records import Company, Delivery, LeadBrief, fingerprint


def hand_over(workspace: Workspace, conn: Connection, owner: str, new_owner: str, now: datetime) -> tuple[int, int]:
    """Give an owner's leads to another, and what is owed for them; return how many leads, and how many deliveries, went over.

    A mail is written anew, since it greets its reader and its buttons are his; where the new owner hears of the same leads already, it is
    only taken back. What a worker is sending at this moment goes out as it is.
    """
    moved = queries.reassign_leads(conn, owner, new_owner)
    handed = 0
    for waiting in queries.deliveries_of(conn, states=["pending", "claimed"], limit=None):
        if waiting.purpose == "operator" or (waiting.state == "claimed" and waiting.lease_until is not None and waiting.lease_until > now):
            continue
        if waiting.target.lower() == owner.lower():
            heard = all(_hears(conn, lead_id, new_owner, waiting) for lead_id in waiting.lead_ids)
            instead = [] if heard else [_anew(workspace, conn, waiting, new_owner)]
            handed += queries.replace_waiting(conn, waiting.key, instead, f"handed to {new_owner}")
        elif "brief" in waiting.payload and (told := brief_of(waiting)).lead.owner.lower() == owner.lower():
            handed += queries.change_waiting(conn, waiting.key, {**waiting.payload, "brief": brief_as_json(_owned(told, new_owner))})
    return moved, handed


def _hears(conn: Connection, lead_id: str, address: str, waiting: Delivery) -> bool:
    """Return whether a mail with the same purpose about the lead went, or will go, to the address."""
    return any(
        each.target.lower() == address.lower() and each.purpose == waiting.purpose and each.state in {"pending", "claimed", "sent"}
        for each in queries.deliveries_of(conn, lead_id=lead_id)
    )


def _anew(workspace: Workspace, conn: Connection, waiting: Delivery, new_owner: str) -> Delivery:
    key = fingerprint("handed over", waiting.key, new_owner.lower())
    if waiting.channel == HELD:
        payload = {**waiting.payload, "brief": brief_as_json(_owned(brief_of(waiting), new_owner))}
        return replace(waiting, key=key, target=new_owner.lower(), payload=payload, attempts=0, error=None)
    briefs = list(_briefs(workspace, conn, waiting, new_owner))
    mail = mail_owed(briefs, new_owner.lower(), waiting.due, mail_settings(workspace), waiting.purpose, waiting.key)
    return replace(mail, lead_ids=waiting.lead_ids)


def _briefs(workspace: Workspace, conn: Connection, waiting: Delivery, new_owner: str) -> Iterator[LeadBrief]:
    for lead_id in waiting.lead_ids:
        if (lead := queries.lead(conn, lead_id)) is not None:
            company = queries.get_company(conn, lead.company_id) or Company(id=lead.company_id, name=lead.company_id)
            told = queries.stories_of(conn, [lead.company_id])[lead.company_id]
            # to a member of a team the lead is told as if it were his own
            yield _owned(brief(workspace, lead.profile, lead, company, told), new_owner)


def _owned(told: LeadBrief, owner: str) -> LeadBrief:
    return replace(told, lead=replace(told.lead, owner=owner))
