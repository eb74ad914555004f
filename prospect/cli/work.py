"""Commands of the operator: run, crawl, serve, and the health of sources."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from prospect.cli import app
from prospect.cli.shown import (
    CliError,
    JsonOption,
    NowOption,
    WorkspaceOption,
    console,
    moment,
    open_workspace,
    print_json,
    print_rows,
    progress,
)
from prospect.pipeline import STAGES, collect
from prospect.pipeline import run as run_pipeline
from prospect.summary import RunSummary
from prospect.yamlfile import unknown_value
from store import queries


@app.command(rich_help_panel="Every day")
def run(
    workspace: WorkspaceOption = None,
    now: NowOption = None,
    stage: Annotated[
        list[str] | None, typer.Option(help=f"Only this stage; may be given more than once: {', '.join(STAGES)}.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Do one nightly run: collect, read, extract, resolve, judge, tell.

    May be killed and repeated at any time: it goes on where it stopped, and sends nothing twice. Exit status 1 when
    something failed; the summary says what, and what to do.
    """
    for name in stage or ():
        if name not in STAGES:
            raise CliError(unknown_value("stage", name, STAGES), 2)
    at = moment(now)
    opened, engine = open_workspace(workspace)
    with progress(quiet=as_json) as shown:
        summary = run_pipeline(opened, engine, now=at, stages=stage or STAGES, progress=shown)
    if as_json:
        print_json(summary.as_json())
    else:
        show_summary(summary)
    if summary.failures:
        raise typer.Exit(1)


def show_summary(summary: RunSummary) -> None:
    """Print what a run did, in words."""
    out = console()
    out.print(f"[bold]Run of {summary.now:%Y-%m-%d %H:%M} UTC[/]")
    for stage in STAGES:
        counts = getattr(summary, stage)
        if counts:
            out.print(f"  {stage:<8} " + ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items()))
    for note in summary.notes:
        out.print(f"  note: {note}", markup=False)
    for failure in summary.failures:
        out.print(f"  FAILED: {failure}", markup=False, style="red")
    if summary.leads:
        out.print(
            f"  `prospect leads` shows the {len(summary.leads)} lead{'s' if len(summary.leads) > 1 else ''} of this run.", markup=False
        )


@app.command(rich_help_panel="Every day")
def crawl(
    sources: Annotated[list[str], typer.Argument(help="Names of source files, without .yml.", metavar="SOURCE…")],
    workspace: WorkspaceOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Crawl the named sources once, now. What is new waits for `prospect run`."""
    at = moment(now)
    opened, engine = open_workspace(workspace)
    wrong = [unknown_value("source", name, opened.sources) for name in sources if name not in opened.sources]
    if wrong:
        raise CliError("\n".join(wrong), 2)
    summary = RunSummary(at)
    with progress(quiet=as_json) as shown:
        runs = collect(opened, engine, at, summary, shown, names=sources)
    if as_json:
        print_json([{name: getattr(done, name) for name in done.__slots__} for done in runs])
    else:
        rows = [{name: getattr(done, name) for name in done.__slots__} | {"error": done.error or "; ".join(done.notes)} for done in runs]
        print_rows(rows, ("source", "requests", "listed", "new", "failed", "error"), "table", "no source was crawled")
    if summary.failures:
        raise typer.Exit(1)


@app.command(rich_help_panel="Every day")
def reread(
    since: Annotated[str, typer.Option(help="Pages fetched from this day on: 2026-09-01.")],
    workspace: WorkspaceOption = None,
    now: NowOption = None,
) -> None:
    """Read the archive again with today's readers and kinds, without a single request; what was told is not told again."""
    from crawler.pipelines import read_again  # which loads Scrapy; a night loads it in its crawls alone

    at, start = moment(now), moment(since, "--since")
    opened, engine = open_workspace(workspace)
    with engine.begin() as conn:
        due = read_again(conn, start)
        queries.extract_again(conn, start)
    typer.echo(f"{due} pages to read again", err=True)
    with progress() as shown:
        show_summary(run_pipeline(opened, engine, now=at, stages=("read", "extract", "resolve", "judge", "tell"), progress=shown))


@app.command(rich_help_panel="Every day")
def serve(workspace: WorkspaceOption = None) -> None:
    """Run the scheduler: the nightly job at its time, until it is stopped."""
    opened, engine = open_workspace(workspace)
    engine.dispose()
    # the scheduler is the roof: it imports us, so its process takes ours over instead of being imported
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "scheduler", "--workspace", str(opened.root)])
