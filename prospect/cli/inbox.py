"""Commands of the rep: leads, accept, reject, snooze, explain."""

from __future__ import annotations

import getpass
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from sqlalchemy import Connection

from alerts.outbox import retry_failed, send_test
from alerts.view import REJECT_REASONS
from prospect.briefing import company_brief
from prospect.cli import app
from prospect.cli.shown import CliError, NowOption, WorkspaceOption, console, moment, open_workspace, print_json, print_rows, unclear_line
from prospect.explaining import explain_pair, find_one_company, firmographics, known_fields, unclear_rows
from prospect.telling import mail_settings
from prospect.verdicts import give_verdict
from prospect.yamlfile import unknown_value
from store import queries
from store.records import LEAD_STATES, Lead, Reason, Story

REVIEW_COLUMNS = ("profile", "company", "score", "why")
FORMATS = ("table", "json", "csv")
LEAD_COLUMNS = ("lead", "created", "score", "threshold", "company", "place", "what_happened", "profile", "owner", "state")
LeadArgument = Annotated[str, typer.Argument(help="The lead's id, or its first characters, as `prospect leads` prints it.", metavar="LEAD")]


@app.command(rich_help_panel="The rep's inbox")
def leads(
    workspace: WorkspaceOption = None,
    profile: Annotated[str | None, typer.Option(help="Only of this profile (the file's name without .yml).", show_default=False)] = None,
    owner: Annotated[str | None, typer.Option(help="Only of this rep (e-mail).", show_default=False)] = None,
    state: Annotated[list[str] | None, typer.Option(help=f"Only in this state: {', '.join(LEAD_STATES)}.", show_default=False)] = None,
    review: Annotated[bool, typer.Option("--review", help="What was held for review instead of being told, and why.")] = False,
    evidence: Annotated[bool, typer.Option("--evidence", help="Show each lead whole: its score and the sentences behind it.")] = False,
    format: Annotated[str, typer.Option(help="table, json or csv.")] = "table",
) -> None:
    """Show the leads, newest first."""
    if format not in FORMATS:
        raise CliError(unknown_value("format", format, FORMATS), 2)
    for name in state or ():
        if name not in LEAD_STATES:
            raise CliError(unknown_value("state", name, LEAD_STATES), 2)
    opened, engine = open_workspace(workspace)
    if profile is not None and profile not in opened.profiles:
        raise CliError(unknown_value("profile", profile, opened.profiles), 2)
    with engine.connect() as conn:
        found = sorted(
            queries.leads_of(conn, profile=profile, owner=owner, states=state), key=lambda lead: (lead.created, lead.id), reverse=True
        )
        if review:
            held = review_rows(conn, [profile] if profile else sorted(opened.profiles))
            print_rows([*held, *unclear_company_rows(conn)], REVIEW_COLUMNS, format, "nothing is held for review")
        elif evidence:
            for lead in found:
                show_lead(conn, lead)
        else:
            print_rows(
                [lead_row(conn, lead, whole=format != "table") for lead in found],
                LEAD_COLUMNS if format != "table" else [name for name in LEAD_COLUMNS if name != "threshold"],
                format,
                "no leads; `prospect explain PROFILE COMPANY` says why",
            )


def review_rows(conn: Connection, slugs: list[str]) -> list[dict[str, object]]:
    """Return what profiles hold for review: it would alert, but for something unknown, or a quota that is used up."""
    held = [
        decision for slug in slugs for decision in queries.decisions_of(conn, slug, limit=10_000) if decision.reason is Reason.FOR_REVIEW
    ]
    companies = queries.get_companies(conn, {decision.company_id for decision in held})
    return [
        {
            "profile": decision.profile,
            "company": companies[decision.company_id].name if decision.company_id in companies else decision.company_id,
            "score": round(decision.score, 1),
            "why": decision.detail,
        }
        for decision in held
    ]


def unclear_company_rows(conn: Connection) -> list[dict[str, object]]:
    """Return the events that several companies fit alike: of no profile yet, as nobody knows whose they are."""
    return [{"profile": None, "company": row["named"], "score": None, "why": unclear_line(row)} for row in unclear_rows(conn)]


def lead_row(conn: Connection, lead: Lead, whole: bool = True) -> dict[str, object]:
    """Return a lead as one row of the inbox: `whole` keeps the full id and time, else it is put for the eye, in few and short words."""
    company = queries.get_company(conn, lead.company_id)
    stories = [story for story in queries.stories_of(conn, [lead.company_id]).get(lead.company_id, []) if story.id in lead.story_ids]
    happened = "; ".join(f"{story.kind} ({story.status})" for story in stories)
    return {
        "lead": lead.id if whole else lead.id[:8],
        "created": lead.created if whole else f"{lead.created:%Y-%m-%d}",
        "score": round(lead.score, 1) if whole else f"{lead.score:.1f} of {lead.threshold:g}",
        "threshold": lead.threshold,
        "company": company.name if company else lead.company_id,
        "place": ", ".join(part for part in (company.city, company.state or company.country) if part) if company else None,
        "what_happened": happened if whole else happened.replace("_", " "),
        "profile": lead.profile,
        "owner": lead.owner,
        "state": lead.state,
    }


def show_lead(conn: Connection, lead: Lead) -> None:
    """Print one lead whole: why it came, with every sentence and its source; of a corrected one, what ended it."""
    out = console()
    row = lead_row(conn, lead)
    place = f", {row['place']}" if row["place"] else ""
    holds = "green" if lead.score >= lead.threshold else "red"
    out.print(
        f"[bold]{escape(str(row['company']))}[/]{escape(place)}  [bold {holds}]{lead.score:.1f}[/] of {lead.threshold:g} needed  ({lead.profile} → {lead.owner})"
    )
    stories = {story.id: story for story in queries.stories_of(conn, [lead.company_id]).get(lead.company_id, [])}
    shown: set[str] = set()
    for part in lead.parts:
        if not part.met:
            continue
        out.print(f"  {part.points:+6.1f}  {escape(part.want)}")
        out.print(f"          [dim]{escape(part.why)}[/]")
        for story_id in part.story_ids:
            if story_id in stories and story_id not in shown:
                shown.add(story_id)
                show_story(stories[story_id])
    for story_id in lead.story_ids:
        if story_id in stories and story_id not in shown:
            out.print(f"     ±0  [bold]{stories[story_id].kind} is {stories[story_id].status} by now[/]: a correction went out")
            show_story(stories[story_id])
    out.print(f"  [dim]lead {lead.id}, {lead.state}[/]\n")


def show_story(story: Story) -> None:
    """Print the sentence that tells a story best as it stands, with its source."""
    out = console()
    best = next((sighting for sighting in story.sightings if sighting.event.status == story.status), story.sightings[0])
    said = best.published or best.first_seen
    others = len({sighting.url for sighting in story.sightings}) - 1
    more = f" and {others} more" if others else ""
    out.print(f"          “{escape(' '.join(best.event.quote.split()))}”")
    out.print(f"          [dim]{escape(best.publisher or best.source)}, {said:%Y-%m-%d}{more}: {escape(best.url)}[/]", soft_wrap=True)


def one_lead(conn: Connection, start: str) -> Lead:
    """Return the lead whose id begins with `start`; raise CliError for none or several."""
    found = [lead for lead in queries.leads_of(conn) if lead.id.startswith(start)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise CliError(f"there is no lead '{start}'; `prospect leads` lists them", 2)
    raise CliError(f"'{start}' begins {len(found)} leads; give more characters: {', '.join(lead.id for lead in found[:5])}", 2)


def say(workspace: Path | None, lead_id: str, verdict: str, by: str | None, reason: str | None = None, days: int | None = None) -> None:
    """Store a verdict, pass it on to a CRM that waited for it, and say so."""
    opened, engine = open_workspace(workspace)
    with engine.begin() as conn:
        lead = one_lead(conn, lead_id)
        company = queries.get_company(conn, lead.company_id)
        who = by or getpass.getuser()
        news = give_verdict(opened, conn, lead, verdict, by=who, via="cli", now=datetime.now(UTC), reason=reason, snooze_days=days)
    typer.echo(f"{'' if news else 'already '}{verdict}: {company.name if company else lead.company_id} ({lead.profile})")


ByOption = Annotated[str | None, typer.Option(help="Who says so. Default: the name you are logged in by.", show_default=False)]


@app.command(rich_help_panel="The rep's inbox")
def accept(lead: LeadArgument, workspace: WorkspaceOption = None, by: ByOption = None) -> None:
    """Take a lead."""
    say(workspace, lead, "accepted", by)


@app.command(rich_help_panel="The rep's inbox")
def reject(
    lead: LeadArgument,
    reason: Annotated[str, typer.Option(help=f"Why: {', '.join(REJECT_REASONS)}; or your own words.")],
    workspace: WorkspaceOption = None,
    by: ByOption = None,
) -> None:
    """Refuse a lead, with the reason; reasons measure each profile's precision."""
    if not reason.strip():
        raise CliError("--reason is empty; the reason is what makes the profile better", 2)
    say(workspace, lead, "rejected", by, reason=reason.strip())


@app.command(rich_help_panel="The rep's inbox")
def snooze(
    lead: LeadArgument,
    days: Annotated[int, typer.Option(min=1, max=730, help="For how many days.")] = 30,
    workspace: WorkspaceOption = None,
    by: ByOption = None,
) -> None:
    """Put a lead aside for some days; nothing is told of it until then."""
    say(workspace, lead, "snoozed", by, reason=f"for {days} days", days=days)


@app.command(rich_help_panel="The rep's inbox")
def explain(
    profile: Annotated[str, typer.Argument(help="The profile's file name without .yml.")],
    company: Annotated[str, typer.Argument(help="A company's id, ticker, CIK or name.")],
    workspace: WorkspaceOption = None,
    now: NowOption = None,
    format: Annotated[str, typer.Option(help="table or json.")] = "table",
) -> None:
    """Say why a company alerts on a profile, or why not, with the missing points."""
    at = moment(now)
    opened, engine = open_workspace(workspace)
    if profile not in opened.profiles:
        raise CliError(unknown_value("profile", profile, opened.profiles), 2)
    with engine.connect() as conn:
        found = find_one_company(conn, company)
        explanation = explain_pair(opened, conn, profile, found, at)
        unclear = unclear_rows(conn, found.id)
    if format == "json":
        print_json({**asdict(explanation), "known": dict(known_fields(found)), "unclear": unclear})
    else:
        out = console()
        out.print(str(explanation), markup=False, soft_wrap=True)
        out.print(f"  known of it: {firmographics(found)}", markup=False, soft_wrap=True)
        for row in unclear:
            out.print(f"  ? {unclear_line(row)}", markup=False, soft_wrap=True)


@app.command(rich_help_panel="The rep's inbox")
def brief(
    company: Annotated[str, typer.Argument(help="A company's id, ticker, CIK or name.")],
    workspace: WorkspaceOption = None,
) -> None:
    """Print a one-page brief before a call, in Markdown: timeline with sources, people, places, what to say and ask."""
    opened, engine = open_workspace(workspace)
    with engine.connect() as conn:
        typer.echo(company_brief(opened, conn, find_one_company(conn, company)))


@app.command(rich_help_panel="Every day")
def deliveries(
    keys: Annotated[
        list[str] | None,
        typer.Argument(help="With --retry: only these, as the first column names them.", metavar="DELIVERY…", show_default=False),
    ] = None,
    workspace: WorkspaceOption = None,
    failed: Annotated[bool, typer.Option("--failed", help="Only those that failed for good.")] = False,
    retry: Annotated[
        bool, typer.Option("--retry", help="Put the failed ones back, all or those named; `prospect run --stage tell` sends them.")
    ] = False,
    test: Annotated[str | None, typer.Option(help="Send one test mail to this address, at once.", show_default=False)] = None,
    format: Annotated[str, typer.Option(help="table, json or csv.")] = "table",
) -> None:
    """Show what the outbox sent, still owes, or had to give up, with the reason."""
    opened, engine = open_workspace(workspace)
    if test:
        try:
            error = send_test(mail_settings(opened), recipient=test, now=moment(None))
        except ValueError as wrong:
            raise CliError(str(wrong), 2) from wrong
        if error:
            raise CliError(str(error))
        typer.echo(f"sent to {test}")
        return
    if retry:
        typer.echo(f"{retry_failed(engine, now=moment(None), keys=keys or None)} put back")
        return
    if keys:
        raise CliError("deliveries are named with --retry only", 2)
    with engine.connect() as conn:
        found = queries.deliveries_of(conn, states=("failed",) if failed else None, limit=200)
    rows = [
        {
            "delivery": each.key,
            "state": each.state,
            "purpose": each.purpose,
            "channel": each.channel,
            "target": each.target,
            "due": f"{each.due:%Y-%m-%d %H:%M}",
            "attempts": each.attempts,
            "error": each.error,
        }
        for each in found
    ]
    print_rows(rows, ("delivery", "state", "purpose", "channel", "target", "due", "attempts", "error"), format, "nothing was owed yet")
