"""The operator's command for mails that came back: bounces."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from prospect.bouncing import BouncesUnreadable, Letter, mails_at, take_bounces
from prospect.cli import app
from prospect.cli.shown import CliError, NowOption, WorkspaceOption, moment, open_workspace
from prospect.telling import mail_settings

MAX_BYTES = 50_000_000  # of one mail on standard input


@app.command(rich_help_panel="Every day")
def bounces(
    place: Annotated[
        str | None,
        typer.Argument(
            help="A mail, an mbox, a Maildir, a folder of .eml files, or imaps://user:password@host/MAILBOX. Default: one mail on standard input."
        ),
    ] = None,
    workspace: WorkspaceOption = None,
    now: NowOption = None,
) -> None:
    """Read mails that came back: a dead address gets nothing more, and the operator is told; what did not arrive can be sent again.

    Let the mail server hand them over (`|prospect bounces -w DIR` in ~/.forward or an alias of the sender's address), or name their mailbox
    as `mail: {bounces: …}` in prospect.yml, which each run then reads by itself. `prospect deliveries --failed` lists what came back.
    """
    opened, engine = open_workspace(workspace)
    mail = mail_settings(opened)
    if place is None:
        done = take_bounces(engine, [Letter(sys.stdin.buffer.read(MAX_BYTES))], now=moment(now), mail=mail)
    else:
        try:
            with mails_at(place, timeout_s=mail.timeout_s, ca_file=mail.ca_file) as letters:
                done = take_bounces(engine, letters, now=moment(now), mail=mail)
        except BouncesUnreadable as error:
            raise CliError(str(error)) from error
    typer.echo(str(done))
