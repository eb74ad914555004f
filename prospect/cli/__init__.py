"""What a user can say: the commands, grouped by who says them. One function a command, no logic."""

from __future__ import annotations

import gc
import importlib
import logging
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from prospect import __version__
from prospect.cli.shown import CliError, errors_in_words

app = typer.Typer(
    name="prospect",
    help=(
        "Watch press releases, filings and other public sources for the events that turn a suspect into a prospect, "
        "and tell the rep why.\n\nStart with [bold]prospect demo[/] (the whole job on a small bundled world), then "
        "[bold]prospect init DIR[/], [bold]prospect check[/], [bold]prospect run[/] and [bold]prospect explain[/]."
    ),
    no_args_is_help=True,
    invoke_without_command=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def options(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.", is_eager=True)] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what each part does, on standard error.")] = False,
) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        stream=sys.stderr,
    )
    if verbose:
        for noisy in ("alembic", "scrapy", "trafilatura", "htmldate", "charset_normalizer"):
            logging.getLogger(noisy).setLevel(logging.INFO)


# the module that registers each command, so that only what is asked for is loaded: a model and a crawler are heavy
COMMANDS = {
    "access": ("sign-in",),
    "bounces": ("bounces",),
    "companies": ("companies",),
    "inbox": ("leads", "accept", "reject", "snooze", "explain", "brief", "deliveries"),
    "outcomes": ("evaluate", "crm"),
    "setup": ("demo", "init", "check", "schema"),
    "sources": ("sources", "record"),
    "texts": ("read", "extract", "resolve"),
    "tuning": ("profile", "backtest", "suggest", "misses", "missed", "reassign"),
    "work": ("run", "crawl", "reread", "serve"),
}


def register(words: Sequence[str]) -> None:
    """Load the module of the command among `words`; all of them for --help and for a command that is unknown."""
    command = next((word for word in words if not word.startswith("-")), None)
    wanted = [module for module, commands in COMMANDS.items() if command in commands] or list(COMMANDS)
    for module in wanted:
        importlib.import_module(f"prospect.cli.{module}")


def main() -> None:
    """Run the command line; a known error is one clear message on standard error and exit status 1."""
    # modules, expressions and weights come by the hundred thousand objects and stay: looked through every 700, they cost a tenth of a
    # command's time
    gc.set_threshold(50_000, 20, 50)
    register(sys.argv[1:])
    try:
        errors_in_words(app)
    except CliError as error:
        typer.echo(str(error), err=True)
        sys.exit(error.status)
    except BrokenPipeError:  # `prospect leads | head`
        sys.stderr.close()
        sys.exit(0)


if __name__ == "__main__":
    main()
