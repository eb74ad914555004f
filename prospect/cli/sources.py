"""Commands about sources: list, try, switch on and off, record a fixture."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from ruamel.yaml import YAML

from crawler.errors import SourceFailed
from crawler.record import record_source
from crawler.run import try_source
from crawler.source import Source
from prospect.attention import judged_sources
from prospect.cli import app
from prospect.cli.shown import CliError, WorkspaceOption, console, moment, open_workspace, print_rows
from prospect.pipeline import crawl_settings
from prospect.workspace import Workspace, catalog_sources, load_workspace, workspace_root
from prospect.yamlfile import unknown_value
from store import queries

sources_app = typer.Typer(
    help="List the sources and what they bring; try one; switch one of the catalogue on.", invoke_without_command=True
)
app.add_typer(sources_app, name="sources", rich_help_panel="Every day")
SOURCE_COLUMNS = ("source", "spider", "last_run", "listed", "new", "new_in_7_days", "trouble")
CATALOG_COLUMNS = ("source", "on", "group", "spider", "title", "verified")
NameArgument = Annotated[str, typer.Argument(help="The source's file name without .yml.", metavar="SOURCE")]


@sources_app.callback()
def sources(
    context: typer.Context,
    workspace: WorkspaceOption = None,
    catalog: Annotated[bool, typer.Option("--all", help="Those of the catalogue, too, whether switched on or not.")] = False,
    health: Annotated[bool, typer.Option("--health", help="What each source's runs say of it, warnings first, with the cure.")] = False,
    format: Annotated[str, typer.Option(help="table, json or csv.")] = "table",
) -> None:
    """List the workspace's sources, with what their last crawl brought."""
    if context.invoked_subcommand:
        return
    opened, engine = open_workspace(workspace)
    if health:
        with engine.connect() as conn:
            found = judged_sources(opened.sources, conn, datetime.now(UTC))
        judged = [
            {"source": each.source, "verdict": str(each.verdict), "since": each.since, "detail": each.detail, "cure": each.cure or None}
            for each in found
        ]
        print_rows(judged, ("source", "verdict", "since", "detail", "cure"), format, "no sources")
        return
    if catalog:
        listed: list[dict[str, object]] = [
            {
                "source": name,
                "on": "yes" if name in opened.sources else "",
                "group": source.group,
                "spider": source.spider,
                "title": source.title,
                "verified": str(source.verified),
            }
            for name, source in {**catalog_sources(), **opened.sources}.items()
        ]
        print_rows(listed, CATALOG_COLUMNS, format, "the catalogue is empty")
        return
    with engine.connect() as conn:
        week = datetime.now(UTC) - timedelta(days=7)
        rows = [source_row(name, source, queries.source_runs(conn, name, limit=200), week) for name, source in opened.sources.items()]
    print_rows(rows, SOURCE_COLUMNS, format, "no sources; put one into sources/, or switch one on: `prospect sources --all`")


def source_row(name: str, source: Source, runs: list[Any], week: datetime) -> dict[str, object]:
    """Return a source as one row: its last crawl, and what the last seven days brought."""
    last = max(runs, key=lambda done: done.started, default=None)
    return {
        "source": name,
        "spider": source.spider,
        "last_run": f"{last.started:%Y-%m-%d %H:%M}" if last else "never",
        "listed": last.listed if last else None,
        "new": last.new if last else None,
        "new_in_7_days": sum(done.new for done in runs if done.started > week),
        "trouble": (last.error or "; ".join(last.notes)) if last else None,
    }


def one_source(opened: Workspace, name: str) -> Source:
    """Return a source of the workspace or the catalogue; raise CliError for an unknown one."""
    known = {**catalog_sources(), **opened.sources}
    if name not in known:
        raise CliError(unknown_value("source", name, known), 2)
    return known[name]


@sources_app.command("try")
def try_(
    name: NameArgument,
    workspace: WorkspaceOption = None,
    pages: Annotated[int, typer.Option(min=1, max=50, help="How many pages at most.")] = 3,
) -> None:
    """Fetch a source's first items and show them as they would be read; nothing is stored."""
    opened = load_workspace(workspace_root(workspace))
    trial = try_source(one_source(opened, name), crawl_settings(opened, moment(None)), limit=pages)
    out = console()
    out.print(f"{name}: {trial.run.requests} requests, {trial.run.listed} items listed", markup=False)
    for note in trial.run.notes:
        out.print(f"  note: {note}", markup=False)
    for page in trial.pages:
        out.print(f"\n{page.url}", markup=False, soft_wrap=True)
        if page.document is None:
            out.print(f"  cannot be read: {page.unreadable}", markup=False)
            continue
        for key in ("title", "published", "publisher", "company", "form", "items"):
            if page.document.get(key):
                out.print(f"  {key:<10} {page.document[key]}", markup=False)
        text = " ".join(str(page.document.get("text") or "").split())
        out.print(f"  text       {text[:300]}{'…' if len(text) > 300 else ''}", markup=False)
    if trial.run.error:
        raise CliError(f"{name}: {trial.run.error}")


@sources_app.command()
def enable(name: NameArgument, workspace: WorkspaceOption = None) -> None:
    """Switch a source of the catalogue on, in prospect.yml; comments stay."""
    switch(workspace, name, on=True)


@sources_app.command()
def disable(name: NameArgument, workspace: WorkspaceOption = None) -> None:
    """Switch a source of the catalogue off, in prospect.yml; comments stay."""
    switch(workspace, name, on=False)


def switch(workspace: Path | None, name: str, *, on: bool) -> None:
    """Put a catalogue source into prospect.yml's `sources`, or take it out."""
    root = workspace_root(workspace)
    if name not in catalog_sources():
        own = (root / "sources" / f"{name}.yml").exists()
        cure = f"; it is your own: set 'enabled' in sources/{name}.yml" if own else ""
        raise CliError(unknown_value("catalogue source", name, catalog_sources()) + cure, 2)
    path = root / "prospect.yml"
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 4096
    content = yaml.load(path.read_text(encoding="utf-8"))
    names = content.setdefault("sources", [])
    if on and name not in names:
        names.append(name)
    elif not on and name in names:
        names.remove(name)
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(content, file)
    typer.echo(f"{name} is {'on' if on else 'off'}")


@app.command(rich_help_panel="Every day")
def record(
    name: NameArgument,
    workspace: WorkspaceOption = None,
    folder: Annotated[Path, typer.Option(help="Where the fixture goes.")] = Path("fixtures/pages"),
    pages: Annotated[int, typer.Option(min=1, max=50, help="How many pages.")] = 1,
) -> None:
    """Save a source's page and what is read in it, as a fixture for review."""
    opened = load_workspace(workspace_root(workspace))
    try:
        written = record_source(one_source(opened, name), crawl_settings(opened, moment(None)), folder, pages=pages)
    except SourceFailed as error:
        raise CliError(str(error)) from error
    for path in written:
        typer.echo(str(path))
