"""Brings profiles, companies and stories together for the profiles room, and turns its decisions into leads and deliveries."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection

from alerts.outbox import deliveries_for
from alerts.push import same_name
from enrichment.places import coordinates
from enrichment.resolve import Resolver
from enrichment.values import ValueFault, read_domain
from profiles.backtest import Accounts
from profiles.decide import History, decide_together
from profiles.leads import recipients
from profiles.reach import due_again
from profiles.scoring import Shared
from prospect.due import DuePairs, due_pairs
from prospect.telling import mail_settings, routes, targets
from prospect.workspace import Workspace
from store import queries
from store.records import Company, Decision, Delivery, JudgedProfile, Lead, LeadBrief, Reason, Sighting, Story

PURPOSES = {Reason.ALERTED: "alert", Reason.REALERTED: "update", Reason.CORRECTED: "correction"}
HELD_BACK = {Reason.SNOOZED, Reason.REJECTED, Reason.COOLING_DOWN, Reason.OVER_QUOTA, Reason.FOR_REVIEW}
QUOTA_WINDOW = timedelta(days=100)  # a little more than the longest window, a quarter


@dataclass
class Judged:
    """What one round of judging came to: to be saved in one transaction."""

    decisions: list[Decision] = field(default_factory=list)
    leads: list[Lead] = field(default_factory=list)
    briefs: dict[str, list[LeadBrief]] = field(default_factory=dict)  # by purpose
    looked_at: set[str] = field(default_factory=set)  # companies whose news are judged with it
    profiles: list[JudgedProfile] = field(default_factory=list)  # what changed profiles go by now

    def add(
        self, workspace: Workspace, slug: str, decision: Decision, leads: Iterable[Lead], company: Company, stories: list[Story]
    ) -> None:
        """Add a decision with the leads that come of it."""
        self.decisions.append(decision)
        for lead in leads:
            self.leads.append(lead)
            self.briefs.setdefault(PURPOSES[decision.reason], []).append(brief(workspace, slug, lead, company, stories))


def brief(workspace: Workspace, slug: str, lead: Lead, company: Company, stories: Iterable[Story]) -> LeadBrief:
    """Return the lead with all that a message about it may quote; a profile that is gone lends its file's name."""
    told = {story.id: best_told(workspace, story, company) for story in stories if story.id in lead.story_ids}
    named = workspace.profiles.get(slug)
    return LeadBrief(
        lead=lead,
        company=company,
        stories=tuple(told[story_id] for story_id in lead.story_ids if story_id in told),
        profile_name=named.name if named else slug,
        playbooks={kind: playbook(workspace, kind) for kind in {story.kind for story in told.values()}},
    )


def best_told(workspace: Workspace, story: Story, company: Company) -> Story:
    """Return the story with its sightings in the order in which a rep should be shown them.

    First what says how the story stands; of that, what the company says on its own site or to a register, then what comes from the source
    that is trusted most, so that a paper or an aggregator does not stand before the release; else they stay in their order: the surest
    sentence that tells most and came out first.
    """

    def rank(sighting: Sighting) -> tuple[bool, bool, float]:
        source = workspace.sources.get(sighting.source)
        own = (
            sighting.form is not None
            or same_name(sighting.publisher or "", company.name)
            or (company.domain is not None and domain_of(sighting.url) == company.domain.lower())
        )
        return sighting.event.status != story.status, not own, -(source.trust if source else 0.0)

    return replace(story, sightings=tuple(sorted(story.sightings, key=rank)))


def domain_of(url: str) -> str | None:
    """Return the registered domain of an address, None when it has none."""
    try:
        return read_domain(url)
    except ValueFault:
        return None


def playbook(workspace: Workspace, kind: str) -> Mapping[str, object]:
    """Return why a kind matters, talking points and questions: the kind's own and, after them, the workspace's."""
    shipped = workspace.kinds[kind].playbook if kind in workspace.kinds else None
    own = workspace.playbooks.get(kind)
    merged: dict[str, Any] = {"why": (own.why if own and own.why else None) or (shipped.why if shipped else "")}
    for name in ("talking_points", "questions"):
        merged[name] = [*getattr(own, name, ()), *getattr(shipped, name, ())]
    for name in ("collateral", "competitors"):
        merged[name] = list(getattr(own, name, ()))
    return merged


def news_since(workspace: Workspace, conn: Connection) -> datetime | None:
    """Return the moment from which news alert: the day that prospect.yml says, else the day of the first run."""
    since = workspace.settings.since
    if since:
        return datetime.combine(since, time(), UTC)
    first = queries.first_run(conn)
    # the day, not the moment: many sources date a release by its day alone, which reads as midnight
    return datetime.combine(first.astimezone(UTC).date(), time(), UTC) if first else None


def history(
    company_id: str, leads: Mapping[str, list[Lead]], recent: Iterable[Lead], since: datetime | None, accounts: Accounts
) -> History:
    """Return what happened before between a profile and a company, as far as a decision depends on it."""
    return History(
        leads=tuple(leads.get(company_id, ())),
        in_window=tuple(recent),
        since=since,
        included=accounts.included,
        excluded=accounts.excluded,
    )


def judge_all(
    workspace: Workspace,
    conn: Connection,
    *,
    now: datetime,
    resolver: Callable[[], Resolver],
    advance: Callable[[], None] = lambda: None,
) -> Judged:
    """Judge what is due of every profile of the workspace; saves nothing."""
    since = news_since(workspace, conn)
    due = due_pairs(workspace, conn, now=now, since=since, resolver=resolver)
    judged = Judged(looked_at=due.looked_at, profiles=due.profiles)
    shared = {company_id: Shared(company, due.stories[company_id]) for company_id, company in due.companies.items()}
    for slug in workspace.profiles:
        if slug in due.pairs:
            judge_profile(workspace, conn, slug, due, shared, now=now, since=since, judged=judged)
        advance()
    return judged


def judge_profile(
    workspace: Workspace,
    conn: Connection,
    slug: str,
    due: DuePairs,
    shared: Mapping[str, Shared],
    *,
    now: datetime,
    since: datetime | None,
    judged: Judged,
) -> None:
    """Judge one profile against the companies that are due for it."""
    profile = workspace.profiles[slug]
    leads: dict[str, list[Lead]] = {}
    for lead in queries.leads_of(conn, profile=slug):
        leads.setdefault(lead.company_id, []).append(lead)
    recent = [lead for found in leads.values() for lead in found if lead.created >= now - QUOTA_WINDOW]
    cases = [
        (due.companies[company_id], due.stories[company_id], history(company_id, leads, recent, since, due.accounts[slug]))
        for company_id in sorted(due.pairs[slug])
        if company_id in due.companies
    ]
    for (company, stories, _), (decision, made, found) in zip(
        cases, decide_together(profile, slug, cases, now, coordinates, shared), strict=True
    ):
        known = {lead.id: lead for lead in (*leads.get(company.id, ()), *made)}
        last = max(known.values(), key=lambda lead: (lead.created, lead.id), default=None)
        # what reps say of leads may free these at any time, and what is held must not be shown once it has faded
        again = now if decision.reason in HELD_BACK else due_again(profile, decision, found, stories, last, now)
        judged.add(workspace, slug, replace(decision, due=again), made, company, stories)


def owed(workspace: Workspace, judged: Judged, now: datetime, unsubscribed: Collection[tuple[str, str]] = ()) -> list[Delivery]:
    """Return the deliveries that the leads are told by: the owner's mail and CRM, and a mail for each other member of a team.

    `unsubscribed` are pairs of profile and address (in lower case) that get no mail; a CRM hears of their leads all the same.
    """
    mail, ways, places = mail_settings(workspace), routes(workspace), targets(workspace)
    mail_only = {slug: replace(route, crm=None, also=()) for slug, route in ways.items()}
    out: list[Delivery] = []
    no_mail = {slug: replace(route, mail=None) for slug, route in ways.items()}
    for purpose, briefs in judged.briefs.items():
        silent = [each for each in briefs if (each.lead.profile, each.lead.owner.lower()) in unsubscribed]
        told = [each for each in briefs if each not in silent] if silent else briefs
        out += deliveries_for(told, now=now, routes=ways, mail=mail, targets=places, purpose=purpose)
        out += deliveries_for(silent, now=now, routes=no_mail, mail=mail, targets=places, purpose=purpose)
        others = [
            replace(each, lead=replace(each.lead, owner=address))
            for each in briefs
            for address in recipients(workspace.profiles[each.lead.profile], each.lead)
            if address != each.lead.owner and (each.lead.profile, address.lower()) not in unsubscribed
        ]
        out += deliveries_for(others, now=now, routes=mail_only, mail=mail, purpose=purpose)
    return out


def save(conn: Connection, judged: Judged, deliveries: Iterable[Delivery], now: datetime) -> None:
    """Save decisions, leads and what is owed for them, and that their news are judged; in the caller's one transaction."""
    for lead in judged.leads:
        queries.save_lead(conn, lead)
        # the rep's own word in the store is left alone by both
        if lead.state == "withdrawn":
            queries.withdraw_lead(conn, lead.id, lead.updated)
        elif lead.state == "new":
            queries.reopen_lead(conn, lead.id)
    queries.save_decisions(conn, judged.decisions)
    queries.enqueue(conn, list(deliveries))
    queries.mark_judged(conn, judged.looked_at, now)
    queries.save_profiles_judged(conn, judged.profiles)
