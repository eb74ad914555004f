"""Brings leads and verdicts together for measuring, and reads back from CRMs what came of the leads."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Engine

from alerts.channels import load_channel
from alerts.errors import DeliveryError
from alerts.evaluate import verdict_of
from alerts.outbox import leads_handed_to
from prospect.judging import brief
from prospect.telling import targets
from prospect.verdicts import give_verdict
from prospect.workspace import Workspace
from store import queries
from store.records import LeadBrief


def all_briefs(workspace: Workspace, conn: Connection) -> list[LeadBrief]:
    """Return every lead with its company and stories, newest first."""
    leads = queries.leads_of(conn)
    ids = {lead.company_id for lead in leads}
    companies, stories = queries.get_companies(conn, ids), queries.stories_of(conn, ids)
    return [
        brief(workspace, lead.profile, lead, companies[lead.company_id], stories.get(lead.company_id, []))
        for lead in leads
        if lead.company_id in companies
    ]


def read_outcomes(workspace: Workspace, engine: Engine, now: datetime) -> tuple[int, list[str]]:
    """Read from every CRM that can say so what came of the leads, and keep it as verdicts; return how many, and problems in words."""
    problems: list[str] = []
    read = 0
    for name, target in targets(workspace).items():
        channel = load_channel(target.channel)
        if not hasattr(channel, "read_outcomes"):
            continue
        with engine.connect() as conn:
            # a CRM that was never told of a lead does not have it: that says nothing of the lead
            told = leads_handed_to(conn, name)
            leads = {f"prospect-{lead.id}": lead for lead in queries.leads_of(conn) if lead.id in told}
        if not leads:
            continue
        try:
            outcomes = channel.read_outcomes(target, list(leads))
        except DeliveryError as error:
            problems.append(f"{name}: {error}")
            continue
        for outcome in outcomes:
            lead = leads.get(outcome.external_id)
            verdict = verdict_of(outcome, owner=lead.owner, now=now) if lead else None
            if lead is None or verdict is None:
                continue
            with engine.begin() as conn:
                read += give_verdict(workspace, conn, lead, verdict.verdict, by=verdict.by, via="crm", now=now, reason=verdict.reason)
    return read, problems
