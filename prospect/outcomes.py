"""Brings leads and verdicts together for measuring, and reads back from CRMs what came of the leads."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from alerts.channels import load_channel
from alerts.errors import DeliveryError
from alerts.evaluate import verdict_of
from alerts.outbox import leads_handed_to
from alerts.push import LeadOutcome
from alerts.settings import Target
from prospect.judging import brief
from prospect.telling import targets
from prospect.verdicts import give_verdict
from prospect.workspace import Workspace
from store import queries
from store.records import CrmOutcome, Lead, LeadBrief, Verdict

OVERLAP = timedelta(minutes=5)  # a change that took long to be written has an older stamp than one that was read before it


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
    """Read from every CRM that can say so what changed of the leads handed to it, keep it, and make verdicts of it.

    Return of how many leads something was new, and problems in words.
    """
    problems: list[str] = []
    news = 0
    for name, target in targets(workspace).items():
        if not hasattr(load_channel(target.channel), "read_outcomes"):
            continue
        with engine.connect() as conn:
            # a CRM that was never told of a lead does not have it: that says nothing of the lead
            told = leads_handed_to(conn, name)
            leads = {lead.id: lead for lead in queries.leads_of(conn) if lead.id in told}
            known = {each.lead_id: each for each in queries.outcomes_of(conn, target=name)}
        try:
            found = changed_outcomes(target, leads, known)
        except DeliveryError as error:
            problems.append(str(error))
            continue
        for outcome in found:
            lead = leads.get(outcome.external_id.removeprefix("prospect-"))
            if lead is None:
                continue
            kept = _kept(outcome, lead.id, name, now)
            before = known.get(lead.id)
            with engine.begin() as conn:
                # with its verdict in one transaction: one that is known is not looked at again
                queries.save_outcomes(conn, [kept])
                verdict = verdict_from_crm(lead, outcome, queries.verdicts_of(conn, lead_id=lead.id), now)
                if verdict:
                    give_verdict(workspace, conn, lead, verdict.verdict, by=verdict.by, via="crm", now=now, reason=verdict.reason)
            news += before is None or _said(kept) != _said(before)
    return news, problems


def changed_outcomes(target: Target, leads: Iterable[str], known: dict[str, CrmOutcome]) -> list[LeadOutcome]:
    """Return what the CRM says of leads it was never asked about, and of the others what changed since it was asked last.

    Raise DeliveryError.
    """
    read = load_channel(target.channel).read_outcomes
    fresh = [f"prospect-{lead}" for lead in leads if lead not in known]
    others = [f"prospect-{lead}" for lead in leads if lead in known]
    # the CRM's own clock, which need not be ours
    latest = max((each.changed for each in known.values() if each.changed), default=None)
    found: list[LeadOutcome] = list(read(target, fresh)) if fresh else []
    if others:
        found += read(target, others, latest - OVERLAP if latest else None)
    return found


def verdict_from_crm(lead: Lead, outcome: LeadOutcome, said: Iterable[Verdict], now: datetime) -> Verdict | None:
    """Return the verdict that a CRM's outcome makes, None where it changes nothing of the lead.

    What a rep said of the alert stands. A deal that is lost after the lead was taken leaves it taken: the alert was right. A lead that was
    withdrawn stays withdrawn. What became of it is kept in any case, and `prospect evaluate` shows it.
    """
    verdict = verdict_of(outcome, owner=lead.owner, now=now)
    by_rep = any(each.via != "crm" and each.verdict in {"accepted", "rejected"} for each in said)
    if verdict is None or by_rep or lead.state == "withdrawn":
        return None
    return None if verdict.verdict == "rejected" and lead.state == "accepted" else verdict


def _kept(outcome: LeadOutcome, lead_id: str, target: str, now: datetime) -> CrmOutcome:
    return CrmOutcome(
        lead_id=lead_id,
        target=target,
        outcome=outcome.outcome,
        said=outcome.said,
        read=now,
        amount=outcome.amount,
        reason=outcome.reason,
        changed=outcome.changed,
    )


def _said(outcome: CrmOutcome) -> tuple[object, ...]:
    return outcome.outcome, outcome.said, outcome.amount, outcome.reason
