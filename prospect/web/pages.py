"""Pages that only show: inbox, lead, company, explanation. A rep sees their own leads and those of their teams."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from urllib.parse import urlencode

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from alerts.view import REJECT_REASONS, company_view
from prospect.explaining import NoSuchCompany, explain_pair, find_one_company, said_of
from prospect.judging import best_told, brief
from prospect.telling import mail_settings
from prospect.web.site import Site, Viewer, site_of
from prospect.web.view import known_of, rows_of, timeline
from store import queries
from store.records import LEAD_STATES, Company, Lead, Reason

PAGE = 50
SNOOZE_DAYS = (7, 30, 90)
MAX_TEXT = 200  # of what is searched for


def inbox(request: Request) -> Response:
    """Show the leads, latest first, of one owner, profile or state if asked."""
    site = site_of(request)
    viewer = site.viewer(request)
    asked = {name: request.query_params.get(name, "")[:MAX_TEXT] for name in ("owner", "profile", "state")}
    state = asked["state"] or "new"
    if state not in (*LEAD_STATES, "all"):
        raise HTTPException(400, f"There is no state '{state}'; there are: {', '.join(LEAD_STATES)} and all.")
    number = request.query_params.get("page", "1")
    page = min(int(number), 10_000) if number.isascii() and number.isdigit() and int(number) > 0 else 1
    with site.engine.connect() as conn:
        found = visible_leads(
            site, conn, viewer, owner=asked["owner"], profile=asked["profile"], state=state, limit=PAGE + 1, offset=(page - 1) * PAGE
        )
        rows = rows_of(conn, found[:PAGE])
        waiting = queries.states(conn)["leads"]
    profiles = site.profiles_of(viewer)
    owners = sorted({address for slug in profiles for address in site.workspace.profiles[slug].recipients}) if viewer.email is None else []
    following = {name: value for name, value in asked.items() if value}
    context = {
        "viewer": viewer,
        "rows": rows,
        "asked": asked | {"state": state},
        "profiles": profiles,
        "owners": owners,
        "states": LEAD_STATES,
        "waiting": waiting if viewer.email is None else {},
        "page": page,
        "earlier": "?" + urlencode(following | {"page": page + 1}) if len(found) > PAGE else None,
        "later": "?" + urlencode(following | {"page": page - 1}) if page > 1 else None,
    }
    return site.page(request, "inbox.html.j2", context)


def visible_leads(
    site: Site, conn: Connection, viewer: Viewer, *, owner: str, profile: str, state: str, limit: int, offset: int
) -> list[Lead]:
    """Return the leads that the viewer may see and asked for, latest first."""
    states = None if state == "all" else [state]
    if viewer.email is None:
        return queries.leads_of(conn, profile=profile or None, owner=owner or None, states=states, limit=limit, offset=offset)
    # their own, and those of the profiles that they share with a team
    top = offset + limit
    found = {lead.id: lead for lead in queries.leads_of(conn, owner=viewer.email, profile=profile or None, states=states, limit=top)}
    for slug in site.profiles_of(viewer):
        if not profile or slug == profile:
            found |= {lead.id: lead for lead in queries.leads_of(conn, profile=slug, states=states, limit=top)}
    ordered = sorted(found.values(), key=lambda lead: (-lead.created.timestamp(), -lead.score, lead.id))
    return list(islice(ordered, offset, top))


def lead_page(request: Request) -> Response:
    """Show one lead: what happened, how the score adds up, what to say and ask; with the buttons."""
    site = site_of(request)
    viewer = site.viewer(request)
    with site.engine.connect() as conn:
        lead = lead_or_404(site, conn, viewer, request.path_params["lead"])
        context = lead_context(site, conn, lead) | {"viewer": viewer, "form": site.form_token(viewer)}
    return site.page(request, "lead.html.j2", context)


def lead_or_404(site: Site, conn: Connection, viewer: Viewer, lead_id: str) -> Lead:
    """Return the lead; raise HTTPException 404 when there is none, or none that this viewer may know of."""
    lead = queries.lead(conn, lead_id)
    if lead is None or not site.may_see(viewer, lead):
        raise HTTPException(404, "There is no such lead, or it is not one of yours.")
    return lead


def lead_context(site: Site, conn: Connection, lead: Lead) -> dict[str, object]:
    """Return what the page of a lead shows."""
    workspace = site.workspace
    company = queries.get_company(conn, lead.company_id) or Company(id=lead.company_id, name=lead.company_id)
    stories = [best_told(workspace, story, company) for story in queries.stories_of(conn, [lead.company_id])[lead.company_id]]
    told = brief(workspace, lead.profile, lead, company, stories)
    shown = (
        company_view([told], recipient=lead.owner, now=site.now(), mail=mail_settings(workspace), actions=False) if told.stories else None
    )
    return {
        "lead": lead,
        "company": company,
        "facts": known_of(company),
        "profile_name": told.profile_name,
        "shown": shown,
        "happenings": timeline(stories, titles(site)),
        "told": set(lead.story_ids),
        "extras": [(kind, book) for kind, book in told.playbooks.items() if book.get("collateral") or book.get("competitors")],
        "titles": titles(site),
        "verdicts": queries.verdicts_of(conn, lead_id=lead.id),
        "outcomes": queries.outcomes_of(conn, lead_id=lead.id),
        "deliveries": queries.deliveries_of(conn, lead_id=lead.id),
        "reasons": REJECT_REASONS,
        "snooze_days": SNOOZE_DAYS,
        "snooze_default": 30,
    }


def titles(site: Site) -> Mapping[str, str]:
    """Return the kinds' names for people."""
    return {name: kind.title for name, kind in site.workspace.kinds.items()}


def company_page(request: Request) -> Response:
    """Show a company: its timeline, the leads it made, and what each profile says of it."""
    site = site_of(request)
    viewer = site.viewer(request)
    with site.engine.connect() as conn:
        context = company_context(site, conn, viewer, request.path_params["company"])
    return site.page(request, "company.html.j2", context)


def company_context(site: Site, conn: Connection, viewer: Viewer, company_id: str) -> dict[str, object]:
    """Return what the page of a company shows to this viewer; raise HTTPException 404 when there is none."""
    company = queries.get_company(conn, company_id)
    if company is None:
        raise HTTPException(404, "There is no such company in the store.")
    return {
        "viewer": viewer,
        "company": company,
        "facts": known_of(company),
        "happenings": timeline(queries.stories_of(conn, [company_id])[company_id], titles(site)),
        "told": set(),
        "leads": rows_of(conn, [lead for lead in queries.leads_of(conn, company_id=company_id) if site.may_see(viewer, lead)]),
        "decisions": [
            each
            for each in said_of(site.workspace, conn, [company_id], site.profiles_of(viewer), site.now())
            if each.reason is not Reason.NO_EVENTS
        ],
    }


def explain_page(request: Request) -> Response:
    """Say why a profile alerts of a company, or why not, with the missing points; without a question, show the form."""
    site = site_of(request)
    viewer = site.viewer(request)
    slug = request.query_params.get("profile", "")[:MAX_TEXT]
    text = request.query_params.get("company", "")[:MAX_TEXT]
    profiles = site.profiles_of(viewer)
    context: dict[str, object] = {"viewer": viewer, "profiles": profiles, "slug": slug, "text": text, "explanation": None, "trouble": None}
    if slug and text:
        if slug not in profiles:
            raise HTTPException(404, "There is no such profile, or it is not one of yours.")
        # one at a time: a profile with an account list makes an index of all companies for the answer
        with site.explaining, site.engine.connect() as conn:
            try:
                company = find_one_company(conn, text)
                context |= {"explanation": explain_pair(site.workspace, conn, slug, company, site.now()), "company": company}
            except NoSuchCompany as error:
                context["trouble"] = str(error)
    return site.page(request, "explain.html.j2", context, 404 if context["trouble"] else 200)
