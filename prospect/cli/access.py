"""The command that lets a person into the web inbox."""

from __future__ import annotations

from typing import Annotated

import typer

from prospect.cli import app
from prospect.cli.shown import CliError, WorkspaceOption
from prospect.web.server import WebError, sign_in_address
from prospect.workspace import load_workspace, workspace_root


@app.command(rich_help_panel="The rep's inbox")
def sign_in(
    rep: Annotated[
        str | None, typer.Option("--as", help="The rep's e-mail. Default: the operator, who sees every lead.", show_default=False)
    ] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Print an address that signs a browser in to the web inbox for 30 days; the address itself works for 15 minutes.

    Reps need it seldom: any link of an alert mail signs them in.
    """
    opened = load_workspace(workspace_root(workspace))
    try:
        typer.echo(sign_in_address(opened, rep))
    except WebError as error:
        raise CliError(str(error)) from error
