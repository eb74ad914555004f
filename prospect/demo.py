"""The demo: the whole job on the bundled world, in a workspace of its own that stays for a look around."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from fixtures.server import DemoWorld, running
from fixtures.workspace import write_workspace
from prospect.explaining import said_of
from prospect.pipeline import run
from prospect.summary import RunSummary
from prospect.workspace import Workspace, load_workspace
from store import queries
from store.database import open_store
from store.errors import Mendable
from store.records import Reason

MARK = ".prospect-demo"  # a folder with this file was made by the demo and may be made anew
SILENCES_SHOWN = 8


class DemoFolderTaken(Mendable):
    """The folder holds something that the demo did not make; it is left alone."""


def run_demo(out: Path, console: Console) -> list[RunSummary]:
    """Serve the demo world, run every night of it with the real spiders, print what reps would have received.

    Leaves no process behind. Raise DemoFolderTaken when `out` holds anything but an earlier demo.
    """
    if out.exists() and not (out / MARK).exists() and any(out.iterdir()):
        raise DemoFolderTaken(f"{out} holds something else; give the demo a folder of its own with --out DIR")
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    (out / MARK).touch()
    console.print("[bold]prospect demo[/]: two wires, a newsroom and an EDGAR with fictional companies, on this machine only.\n")
    with running() as world:
        write_workspace(out, world)
        workspace = load_workspace(out.resolve())
        engine = open_store(workspace.database_url)
        try:
            summaries = [night(workspace, engine, world, index, console) for index in range(len(world.days))]
            show_leads(workspace, engine, console)
            show_silences(engine, workspace, world.night_after(world.days[-1]), console)
        finally:
            engine.dispose()
    show_next(out, workspace, console)
    return summaries


def night(workspace: Workspace, engine: object, world: DemoWorld, index: int, console: Console) -> RunSummary:
    """Do the nightly run after one day of the world and print its line."""
    world.day = world.days[index]
    with console.status(f"the night after {world.day:%A, %B %d}"):
        summary = run(workspace, engine, now=world.night_after(world.day))  # type: ignore[arg-type]
    console.print(
        f"  {world.day:%a %b %d}: {summary.collect['new']:>2} new documents, {summary.extract['events']:>2} events, "
        f"[bold]{len(summary.leads)}[/] alert{'' if len(summary.leads) == 1 else 's'}"
    )
    for failure in summary.failures:
        console.print(f"    FAILED: {escape(failure)}", style="red")
    return summary


def show_leads(workspace: Workspace, engine: object, console: Console) -> None:
    """Print every lead with its score and evidence."""
    from prospect.cli.inbox import show_lead

    console.print("\n[bold]What the reps received[/]\n")
    with engine.connect() as conn:  # type: ignore[attr-defined]
        for lead in sorted(queries.leads_of(conn), key=lambda lead: (lead.created, lead.id)):
            show_lead(conn, lead)


def show_silences(engine: object, workspace: Workspace, now: datetime, console: Console) -> None:
    """Print some of the pairs that did not alert, each with its reason: those nearest to an alert first."""
    with engine.connect() as conn:  # type: ignore[attr-defined]
        silent = [
            decision
            for decision in said_of(workspace, conn, queries.companies_with_stories(conn), workspace.profiles, now)
            if decision.reason not in {Reason.ALERTED, Reason.REALERTED, Reason.ALREADY_TOLD, Reason.CORRECTED, Reason.NO_EVENTS}
        ]
        silent.sort(key=lambda decision: decision.threshold - decision.score)
        console.print(f"[bold]What they were spared[/], and why ({len(silent)} in all)\n")
        for decision in silent[:SILENCES_SHOWN]:
            company = queries.get_company(conn, decision.company_id)
            name = company.name if company else decision.company_id
            console.print(f"  {escape(name)}, for {decision.profile}: [bold]{decision.reason}[/]. {escape(decision.detail)}")


def show_next(out: Path, workspace: Workspace, console: Console) -> None:
    """Print where everything is and what to try."""
    mails = sorted((out / "mails").glob("*.eml"))
    files = sorted((out / "crm").glob("*.csv"))
    console.print(f"\n[bold]Where things are[/]\n  {len(mails)} mails      {out / 'mails'}/*.eml (open one in a mail program)")
    for path in files:
        console.print(f"  CRM import   {path}")
    console.print(f"  workspace    {out}/ (prospect.yml, sources, profiles)")
    slug = next(iter(workspace.profiles), "PROFILE")
    console.print("\n[bold]What to try next[/]", highlight=False)
    for line in (
        f"prospect leads --workspace {out}",
        f"prospect explain {slug} COMPANY --workspace {out}    why a company alerted, or why not",
        "prospect init my-workspace                            your own sources and profiles",
    ):
        console.print(f"  {line}", markup=False)
