"""What changes something: verdicts from the inbox, and the pages that signed links of mails open.

A link's GET shows a button and its POST acts, since mail scanners follow links; one-click unsubscription (RFC 8058) is a
POST that the mail program sends by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from getpass import getuser
from typing import Any

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from alerts.links import Link, LinkError, LinkExpired, read_link
from prospect.verdicts import give_verdict
from prospect.web.pages import company_context, lead_context, lead_or_404
from prospect.web.site import Site, Viewer, site_of
from store import queries
from store.records import Lead

VERDICTS = {"accept": "accepted", "reject": "rejected", "snooze": "snoozed"}
MAX_REASON = 300
MAX_SNOOZE_DAYS = 730


async def form_of(request: Request) -> dict[str, str]:
    """Return the form's fields that are texts; files and fields beyond a handful are refused."""
    async with request.form(max_files=0, max_fields=20) as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


async def verdict(request: Request) -> Response:
    """Take a verdict from the page of a lead, and show the page again."""
    form = await form_of(request)
    return await run_in_threadpool(_verdict, request, form)


def _verdict(request: Request, form: Mapping[str, str]) -> Response:
    site = site_of(request)
    viewer = site.viewer(request)
    site.check_form(request, viewer, form.get("token"))
    with site.engine.begin() as conn:
        lead = lead_or_404(site, conn, viewer, request.path_params["lead"])
        _act(site, conn, lead, form.get("action", ""), form, by=viewer.email or getuser(), via="web")
    return RedirectResponse(f"/leads/{lead.id}", 303)


def _act(site: Site, conn: Connection, lead: Lead, action: str, form: Mapping[str, str], *, by: str, via: str) -> bool:
    """Give the verdict that the form says; return whether it was news. Raise HTTPException 400 for what cannot be meant."""
    if action not in VERDICTS:
        raise HTTPException(400, "The form says neither accept, reject nor snooze.")
    reason: str | None = None
    days: int | None = None
    if action == "reject":
        reason = (form.get("words", "").strip() or form.get("reason", "").strip())[:MAX_REASON]
        if not reason:
            raise HTTPException(400, "Choose a reason, or write one: reasons are what makes the profile better.")
    if action == "snooze":
        written = form.get("days", "30")
        if not (written.isascii() and written.isdigit() and 0 < int(written[:6]) <= MAX_SNOOZE_DAYS):
            raise HTTPException(400, f"A lead is put aside for 1 to {MAX_SNOOZE_DAYS} days.")
        days = int(written)
        reason = f"for {days} days"
    return give_verdict(site.workspace, conn, lead, VERDICTS[action], by=by, via=via, now=site.now(), reason=reason, snooze_days=days)


async def link(request: Request) -> Response:
    """Open a signed link (GET: a page with a button) or act on it (POST)."""
    form = await form_of(request) if request.method == "POST" else {}
    return await run_in_threadpool(_link, request, form)


def _link(request: Request, form: Mapping[str, str]) -> Response:
    site = site_of(request)
    try:
        permitted = read_link(request.path_params["token"], site.keys, site.now())
    except LinkError as error:
        raise HTTPException(410 if isinstance(error, LinkExpired) else 403, _sentence(str(error))) from error
    if permitted.action == "unsubscribe":
        return _unsubscribe(request, site, permitted, form)
    viewer = Viewer(permitted.by.lower())
    if permitted.action == "brief":
        with site.engine.connect() as conn:
            context = company_context(site, conn, viewer, permitted.subject)
        answer: Response = site.page(request, "company.html.j2", context)
    elif request.method == "POST":
        with site.engine.begin() as conn:
            news = _act(site, conn, _linked_lead(conn, permitted), permitted.action, form, by=permitted.by, via="mail")
        with site.engine.connect() as conn:
            answer = _lead_answer(request, site, conn, permitted, viewer, done="done" if news else "already")
    else:
        with site.engine.connect() as conn:
            answer = _lead_answer(request, site, conn, permitted, viewer, done="")
    site.sign_in(answer, permitted.by)
    return answer


def _linked_lead(conn: Connection, permitted: Link) -> Lead:
    lead = queries.lead(conn, permitted.subject)
    if lead is None:
        raise HTTPException(404, "The lead that this link is about is no longer in the store.")
    return lead


def _lead_answer(request: Request, site: Site, conn: Connection, permitted: Link, viewer: Viewer, done: str) -> Response:
    context: dict[str, Any] = lead_context(site, conn, _linked_lead(conn, permitted))
    return site.page(request, "action.html.j2", context | {"viewer": viewer, "action": permitted.action, "done": done})


def _unsubscribe(request: Request, site: Site, permitted: Link, form: Mapping[str, str]) -> Response:
    """Stop a profile's mails to one address; "List-Unsubscribe=One-Click" comes from a mail program, which wants no page."""
    profiles = [slug for slug in permitted.subject.split(",") if slug]
    done = ""
    if request.method == "POST":
        with site.engine.begin() as conn:
            for slug in profiles:
                if form.get("action") == "again":
                    queries.subscribe_again(conn, slug, permitted.by)
                else:
                    queries.unsubscribe(conn, slug, permitted.by, site.now())
                    queries.cancel_unsubscribed(conn, slug, permitted.by)
        if form.get("List-Unsubscribe") == "One-Click":
            return PlainTextResponse("unsubscribed")
        done = "again" if form.get("action") == "again" else "stopped"
    with site.engine.connect() as conn:
        gone = queries.unsubscriptions(conn)
    named = [site.workspace.profiles[slug].name if slug in site.workspace.profiles else slug for slug in profiles]
    stopped = all((slug, permitted.by.lower()) in gone for slug in profiles)
    context = {"menu": False, "viewer": None, "profiles": named, "address": permitted.by, "done": done, "stopped": stopped}
    return site.page(request, "unsubscribe.html.j2", context)


def sign_in(request: Request) -> Response:
    """Let this browser in by the address that `prospect serve` prints."""
    site = site_of(request)
    email = site.signed_in_by(request.path_params["token"])
    if email is None:
        raise HTTPException(403, "This address is damaged, or older than 15 minutes; ask for a new one.")
    answer = RedirectResponse("/", 303)
    site.sign_in(answer, email)
    return answer


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
