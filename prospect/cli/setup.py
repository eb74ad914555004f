"""Commands to begin with: demo, init, check, schema."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel

from crawler.source import Source
from profiles.profile import Profile
from profiles.schema import json_schema
from prospect.cli import app
from prospect.cli.shown import CliError, WorkspaceOption, console, moment
from prospect.kinds import shipped_kinds
from prospect.settings import OwnPlaybook, Settings
from prospect.workspace import load_workspace, profile_context, workspace_root
from triggers.kind import Kind

TEMPLATE = Path(__file__).resolve().parent.parent / "template"
SCHEMAS: dict[str, type[BaseModel]] = {"prospect": Settings, "source": Source, "profile": Profile, "kind": Kind, "playbook": OwnPlaybook}


@app.command(rich_help_panel="Begin")
def demo(
    out: Annotated[Path, typer.Option(help="Where the demo's workspace, mails and CRM file go; made anew each time.")] = Path("demo-out"),
) -> None:
    """Do the whole job on the bundled world: crawl it over loopback, find events, alert. Needs no set-up.

    Fictional companies, wires, filings and a newsroom over several days, with the traps that real ones hold.
    """
    from prospect.demo import run_demo

    run_demo(out, console())


@app.command(rich_help_panel="Begin")
def init(folder: Annotated[Path, typer.Argument(help="The new workspace's folder.", metavar="DIR")]) -> None:
    """Write a workspace, commented, that passes `prospect check` as it is."""
    if (folder / "prospect.yml").exists():
        raise CliError(f"{folder}/prospect.yml is there already; nothing was changed. Choose another folder.")
    if folder.exists() and not folder.is_dir():
        raise CliError(f"{folder} is a file; choose another name")
    kept = []
    try:
        for path in sorted(TEMPLATE.rglob("*")):
            target = folder / path.relative_to(TEMPLATE)
            if path.is_dir():
                target.mkdir(parents=True, exist_ok=True)
            elif target.exists():
                kept.append(str(target))
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
    except OSError as error:
        raise CliError(f"{error.filename}: cannot be written: {error.strerror}") from error
    typer.echo(f"A workspace is in {folder}. Next: put your e-mail into prospect.yml and profiles/hq-moves.yml, then\n")
    typer.echo(f"  cd {folder}\n  prospect check\n  prospect run")
    for name in kept:
        typer.echo(f"kept as it was: {name}", err=True)


@app.command(rich_help_panel="Begin")
def check(workspace: WorkspaceOption = None) -> None:
    """Read everything in the workspace and name every fault with file, line, column and cure.

    Runs the examples inside profiles and kinds; warns of what can never work.
    """
    from prospect.checking import check_workspace

    opened = load_workspace(workspace_root(workspace))
    report = check_workspace(opened, moment(None))
    for warning in report.warnings:
        typer.echo(f"warning: {warning}", err=True)
    for note in report.notes:
        typer.echo(f"note: {note}", err=True)
    if report.faults:
        raise CliError("\n".join(report.faults) + f"\n{len(report.faults)} fault{'s' if len(report.faults) > 1 else ''}")
    typer.echo(report.summary)


@app.command(rich_help_panel="Begin")
def schema(folder: Annotated[Path, typer.Argument(help="Where the schemas go.", metavar="DIR")] = Path("schemas")) -> None:
    """Export JSON Schemas of all YAML files, for editors that complete and check while one types."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, model in SCHEMAS.items():
        path = folder / f"{name}.schema.json"
        written = json_schema(profile_context(shipped_kinds())["kinds"]) if model is Profile else model.model_json_schema()
        path.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")
        typer.echo(str(path))
