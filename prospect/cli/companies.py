"""Commands about companies: import, list, show, merge, split."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from enrichment.merging import MergeRefused
from enrichment.registry import RegisterError
from prospect.cli import app
from prospect.cli.shown import CliError, WorkspaceOption, console, open_workspace, print_rows, progress, unclear_line
from prospect.explaining import find_one_company, known_fields, unclear_rows
from prospect.resolving import Known, choose_company, import_register, merge_pair, retell
from prospect.summary import RunSummary
from store import queries

companies_app = typer.Typer(help="The companies that are known: from registers, account lists and documents.", no_args_is_help=True)
app.add_typer(companies_app, name="companies", rich_help_panel="Every day")
UNCLEAR_COLUMNS = ("event", "published", "kind", "named", "may_be", "url")
COLUMNS = ("company", "name", "place", "ticker", "cik", "domain", "account", "origin")
CompanyArgument = Annotated[str, typer.Argument(help="A company's id, ticker, CIK or name.")]


@companies_app.command("import")
def import_(
    files: Annotated[
        list[Path], typer.Argument(help="CSV, SEC's company_tickers.json, submissions, GLEIF, IRS or CRM exports.", metavar="FILE…")
    ],
    workspace: WorkspaceOption = None,
    column: Annotated[
        list[str] | None,
        typer.Option(help="Which heading holds a field, where it does not say so: name=Firma; once a field.", metavar="FIELD=HEADING"),
    ] = None,
) -> None:
    """Import company lists; once imported, a list that has not changed costs nothing.

    Rows that cannot be read are left out and kept in FILE.bad.csv. Lists named under 'companies' in prospect.yml are
    imported by every run by themselves.
    """
    columns = {}
    for given in column or ():
        field, sign, heading = given.partition("=")
        if not (field and sign and heading):
            raise CliError(f"'{given}' says no column; write FIELD=HEADING, such as name=Firma", 2)
        columns[field.strip()] = heading.strip()
    _, engine = open_workspace(workspace)
    now = datetime.now(UTC)
    summary, known = RunSummary(now), Known(engine)
    for path in files:
        try:
            with progress() as shown:
                done = import_register(engine, path, str(path), now, summary, shown, known, columns=columns)
        except RegisterError as error:
            summary.failures.append(str(error))  # the other lists are none the worse
        else:
            typer.echo(f"{path}: {done or 'nothing new since it was imported'}")
    for note in (*summary.notes, *summary.failures):
        typer.echo(note, err=True)
    if summary.failures:
        raise typer.Exit(1)


@companies_app.command("list")
def list_(
    text: Annotated[str, typer.Argument(help="Part of a name, a ticker, a CIK; nothing lists those with events.")] = "",
    workspace: WorkspaceOption = None,
    most: Annotated[int, typer.Option(min=1, max=100000, help="How many at most.")] = 50,
    format: Annotated[str, typer.Option(help="table, json or csv.")] = "table",
) -> None:
    """List companies by part of their name, or those that something is known of."""
    _, engine = open_workspace(workspace)
    with engine.connect() as conn:
        if text:
            found = queries.find_companies(conn, text, limit=most + 1)
        else:
            found = list(queries.get_companies(conn, queries.companies_with_stories(conn)[: most + 1]).values())
    rows = [
        {
            "company": company.id,
            "name": company.name,
            "place": ", ".join(part for part in (company.city, company.state or company.country) if part) or None,
            "ticker": company.ticker,
            "cik": company.cik,
            "domain": company.domain,
            "account": company.account,
            "origin": company.origin,
        }
        for company in found[:most]
    ]
    print_rows(rows, COLUMNS, format, f"no company is known as '{text}'" if text else "no company has an event yet")
    if len(found) > most:
        typer.echo(f"and more; --most {most * 10} shows ten times as many", err=True)


@companies_app.command()
def show(company: CompanyArgument, workspace: WorkspaceOption = None) -> None:
    """Show all that is known of a company, where it comes from, and what was merged into it."""
    _, engine = open_workspace(workspace)
    out = console()
    with engine.connect() as conn:
        found = find_one_company(conn, company)
        for name, value in known_fields(found):
            out.print(f"{name:<14} {value}", markup=False)
        for merge in queries.merges_of(conn, found.id):
            what = f"{merge.gone_id} into {merge.kept_id} on {merge.merged:%Y-%m-%d} by {merge.by}"
            undoing = f"undone {merge.undone:%Y-%m-%d}" if merge.undone else f"`prospect companies split {merge.id}` undoes it"
            out.print(f"{'merged':<14} {what}; {undoing}", markup=False)
        for row in unclear_rows(conn, found.id):
            out.print(f"{'unclear':<14} {unclear_line(row)}", markup=False, soft_wrap=True)
        for story in queries.stories_of(conn, [found.id]).get(found.id, []):
            out.print(f"event          {story.when:%Y-%m-%d} {story.kind} ({story.status})", markup=False)


@companies_app.command()
def unclear(
    workspace: WorkspaceOption = None,
    format: Annotated[str, typer.Option(help="table, json or csv.")] = "table",
) -> None:
    """List the events that two or more companies fit alike: they count for none until `companies choose` says whose they are."""
    _, engine = open_workspace(workspace)
    with engine.connect() as conn:
        rows = unclear_rows(conn)
    if format != "json":
        rows = [{**row, "may_be": " | ".join(map(str, row["may_be"])), "published": f"{row['published']:%Y-%m-%d}"} for row in rows]
    print_rows(rows, UNCLEAR_COLUMNS, format, "every event that names a company has one company")


@companies_app.command()
def choose(
    event: Annotated[str, typer.Argument(help="The event's id, as `companies unclear` prints it.", metavar="EVENT")],
    company: CompanyArgument,
    workspace: WorkspaceOption = None,
) -> None:
    """Say which company an event is about that several fit alike; the next run judges it."""
    _, engine = open_workspace(workspace)
    with engine.begin() as conn:
        found = find_one_company(conn, company)
        try:
            choose_company(conn, event, found.id, datetime.now(UTC), by=getpass.getuser())
        except LookupError as error:
            raise CliError(f"{error}; `prospect companies unclear` lists those that do", 2) from error
    typer.echo(f"{event} is {found.name}'s")


@companies_app.command()
def merge(
    kept: CompanyArgument,
    gone: CompanyArgument,
    workspace: WorkspaceOption = None,
    force: Annotated[bool, typer.Option("--force", help="Though ticker, domain or country differ.")] = False,
) -> None:
    """Make two companies one; the second's events move to the first. Refused where their identifiers contradict."""
    _, engine = open_workspace(workspace)
    with engine.begin() as conn:
        one, other = find_one_company(conn, kept), find_one_company(conn, gone)
        try:
            done = merge_pair(conn, one.id, other.id, datetime.now(UTC), by=getpass.getuser(), force=force)
        except MergeRefused as error:
            raise CliError(str(error)) from error
    typer.echo(f"{other.name} is {one.name} from now on; `prospect companies split {done.id}` undoes it")


@companies_app.command()
def split(
    merge_id: Annotated[str, typer.Argument(help="The merge's id, as `companies show` prints it.", metavar="MERGE")],
    workspace: WorkspaceOption = None,
) -> None:
    """Undo a merge: what moved moves back, and nothing else."""
    _, engine = open_workspace(workspace)
    now = datetime.now(UTC)
    with engine.begin() as conn:
        try:
            undone = queries.undo_merge(conn, merge_id, now)
        except LookupError as error:
            raise CliError(f"{error}; `prospect companies show COMPANY` lists the merges of a company", 2) from error
        retell(conn, [undone.kept_id, undone.gone_id], now)
    typer.echo(f"{undone.gone_id} stands by itself again")
