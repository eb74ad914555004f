"""Commands of sales operations and managers: evaluate, crm."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine

from alerts.crm.csv import FORMATS, send
from alerts.errors import DeliveryError
from alerts.evaluate import evaluate as evaluate_leads
from alerts.outbox import deliveries_for
from alerts.rehearsal import Rehearsed
from alerts.settings import Route, Target
from prospect.cli import app
from prospect.cli.shown import CliError, NowOption, WorkspaceOption, moment, open_workspace, print_json, print_rows
from prospect.outcomes import all_briefs, read_outcomes
from prospect.pipeline import tell
from prospect.summary import RunSummary, Silent
from prospect.telling import crm_targets, mail_settings, rehearse
from prospect.workspace import Workspace
from prospect.yamlfile import unknown_value
from store import queries

crm_app = typer.Typer(help="Hand leads to a CRM, and read back what came of them.", no_args_is_help=True)
app.add_typer(crm_app, name="crm", rich_help_panel="What came of it")
COLUMNS = (
    "group",
    "name",
    "leads",
    "accepted",
    "rejected",
    "precision",
    "interval",
    "reasons",
    "won",
    "lost",
    "amount_won",
    "lost_reasons",
)


@app.command(rich_help_panel="What came of it")
def evaluate(
    workspace: WorkspaceOption = None,
    format: Annotated[str, typer.Option(help="table, json or csv.")] = "table",
) -> None:
    """Show the precision of each profile, kind, source and rep, from the verdicts, with 95 % Wilson intervals; and the deals they led to."""
    opened, engine = open_workspace(workspace)
    with engine.connect() as conn:
        found = evaluate_leads(all_briefs(opened, conn), queries.verdicts_of(conn), queries.outcomes_of(conn))
    deals = any(each.won or each.lost for each in found)
    rows = [
        {
            "group": each.group,
            "name": each.name,
            "leads": each.leads,
            "accepted": each.accepted,
            "rejected": each.rejected,
            "precision": None if each.precision is None else f"{each.precision:.0%}",
            "interval": None if each.low is None or each.high is None else f"{each.low:.0%} to {each.high:.0%}",
            "reasons": _counted(each.reasons),
            "won": each.won,
            "lost": each.lost,
            "amount_won": round(each.amount_won, 2),
            "lost_reasons": _counted(each.lost_reasons),
        }
        for each in found
    ]
    # columns that no CRM has filled yet would only make the others narrow
    columns = COLUMNS if deals or format != "table" else COLUMNS[: COLUMNS.index("won")]
    print_rows(rows, columns, format, "no leads yet; verdicts come from `prospect accept` and `reject`, mails and the web inbox")


def _counted(reasons: Mapping[str, int]) -> str | None:
    return ", ".join(f"{reason} ({count})" for reason, count in reasons.items()) or None


@crm_app.command()
def export(
    format: Annotated[str, typer.Option(help=f"{', '.join(FORMATS)}: whose importer it is for.")] = "csv",
    out: Annotated[Path, typer.Option(help="The folder for the file and its manifest.")] = Path("crm"),
    workspace: WorkspaceOption = None,
    state: Annotated[list[str] | None, typer.Option(help="Only leads in this state; may be repeated.", show_default=False)] = None,
) -> None:
    """Write all leads as a CRM's importer wants them; the same leads give the same file."""
    if format not in FORMATS:
        raise CliError(unknown_value("format", format, FORMATS), 2)
    opened, engine = open_workspace(workspace)
    target = Target(name=format, channel="csv", folder=out, options={"format": format})
    with engine.connect() as conn:
        briefs = [brief for brief in all_briefs(opened, conn) if not state or brief.lead.state in state]
    route = Route(mail=None, crm=format)
    owed = deliveries_for(
        briefs,
        now=datetime.now(UTC),
        routes={brief.lead.profile: route for brief in briefs},
        mail=mail_settings(opened),
        targets={format: target},
    )
    failed = [result.error for result in send(owed, target) if result.error is not None]
    for error in sorted({str(error) for error in failed}):
        typer.echo(error, err=True)
    typer.echo(f"{len(owed) - len(failed)} leads in {out}")
    if failed:
        raise typer.Exit(1)


@crm_app.command()
def sync(
    workspace: WorkspaceOption = None,
    now: NowOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be written, and write nothing.")] = False,
    to: Annotated[str | None, typer.Option(help="With --dry-run: only this CRM of prospect.yml.", show_default=False)] = None,
    every_lead: Annotated[
        bool, typer.Option("--every-lead", help="With --dry-run: leads too that are not owed there, to try a new CRM or mapping.")
    ] = False,
    format: Annotated[str, typer.Option(help="With --dry-run: text or json.")] = "text",
) -> None:
    """Push due leads to the CRMs of prospect.yml, and read back what came of those that are there."""
    at = moment(now)
    opened, engine = open_workspace(workspace)
    if dry_run:
        show_rehearsal(opened, engine, at, to, every_lead, format)
        return
    if to or every_lead:
        raise CliError("--to and --every-lead go with --dry-run", 2)
    summary = RunSummary(at)
    tell(opened, engine, at, summary, Silent())
    read, problems = read_outcomes(opened, engine, at)
    typer.echo(f"{summary.tell['sent']} sent, {summary.tell['waiting']} waiting, {read} outcomes read back")
    for problem in [*summary.failures, *problems]:
        typer.echo(f"FAILED: {problem}", err=True)
    if summary.failures or problems:
        raise typer.Exit(1)


def show_rehearsal(opened: Workspace, engine: Engine, at: datetime, to: str | None, every_lead: bool, format: str) -> None:
    """Print each record that would be written to the CRMs, field by field, and what stands in the way."""
    if format not in {"text", "json"}:
        raise CliError(unknown_value("format", format, ("text", "json")), 2)
    known = crm_targets(opened)
    if to is not None and to not in known:
        raise CliError(unknown_value("CRM", to, known), 2)
    leads = records = 0
    wrong: list[str] = []
    with engine.connect() as conn:
        others = all_briefs(opened, conn) if every_lead else []
        for name in [to] if to else known:
            try:
                for delivery, done in rehearse(opened, conn, name, at, others):
                    leads += 1
                    records += len(done.writes)
                    if done.error:
                        wrong.append(str(done.error))
                    if format == "json":
                        shown = [{"record": write.what, "fields": dict(write.fields)} for write in done.writes]
                        error = str(done.error) if done.error else None
                        print_json({"crm": name, "lead": delivery.lead_ids[0], "writes": shown, "error": error, "note": done.note or None})
                    else:
                        show_writes(name, delivery.lead_ids[0], done)
            except DeliveryError as error:
                wrong.append(str(error))
    if format == "text":
        typer.echo(f"{leads} leads would write {records} records; nothing was written")
    for error_words in dict.fromkeys(wrong):
        typer.echo(f"FAILED: {error_words}", err=True)
    if wrong:
        raise typer.Exit(1)


def show_writes(name: str, lead: str, done: Rehearsed) -> None:
    """Print what one lead would write: the record, then a line a field."""
    for write in done.writes:
        typer.echo(f"{name}: {write.what}  (lead {lead})")
        for field, value in write.fields.items():
            first, *more = str(value).split("\n")
            typer.echo(f"    {field} = {first}")
            for line in more:
                typer.echo(f"    {'':>{len(field)}}   {line}")
    if not done.writes and done.error is None:
        typer.echo(f"{name}: nothing new of lead {lead}" + (f" ({done.note})" if done.note else ""))
    elif done.note:
        typer.echo(f"    note: {done.note}")
