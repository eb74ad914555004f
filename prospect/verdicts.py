"""What a rep says of a lead, from wherever it is said: kept, made the lead's state, and passed on to a CRM that waited for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from alerts.outbox import deliveries_for
from prospect.judging import brief
from prospect.telling import mail_settings, routes, targets
from prospect.workspace import Workspace
from store import queries
from store.records import Lead, Verdict


def give_verdict(
    workspace: Workspace,
    conn: Connection,
    lead: Lead,
    verdict: str,
    *,
    by: str,
    via: str,
    now: datetime,
    reason: str | None = None,
    snooze_days: int | None = None,
) -> bool:
    """Save a verdict (accepted, rejected, snoozed) and what is owed for it; return False when the lead stands so already.

    A CRM that a profile tells only of accepted leads hears of this one now, in the same transaction.
    """
    lead = queries.lead(conn, lead.id, lock=True) or lead  # as it stands now: the button may have been pressed twice at once
    if lead.state == verdict and verdict != "snoozed" and (verdict == "accepted" or lead.reject_reason == reason):
        return False
    until = now + timedelta(days=snooze_days or 0) if verdict == "snoozed" else None
    said = Verdict(lead_id=lead.id, verdict=verdict, reason=reason, said=now, by=by, via=via)
    queries.save_verdict(conn, said, snoozed_until=until)
    company = queries.get_company(conn, lead.company_id)
    if verdict == "accepted" and company:
        stories = queries.stories_of(conn, [lead.company_id])[lead.company_id]
        taken = queries.lead(conn, lead.id) or lead
        told = brief(workspace, lead.profile, taken, company, stories)
        owed = deliveries_for(
            [told], now=now, routes=routes(workspace), mail=mail_settings(workspace), targets=targets(workspace), purpose="accepted"
        )
        queries.enqueue(conn, owed)
    return True
