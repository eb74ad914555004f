"""How commands show things: progress, tables, errors in words, and the options that many commands share."""

from __future__ import annotations

import csv
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as RichProgress
from rich.table import Table

from prospect.yamlfile import Faults, unknown_value
from store.errors import Mendable

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from prospect.workspace import Workspace
WorkspaceOption = Annotated[
    Path | None,
    typer.Option(
        "--workspace", "-w", help="The workspace's folder. Default: $PROSPECT_WORKSPACE, else the current folder.", show_default=False
    ),
]
NowOption = Annotated[
    str | None,
    typer.Option("--now", help="Do as if it were this moment: 2026-09-14 or 2026-09-14T07:00:00+00:00. Default: now.", show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON line instead of words.")]


class CliError(Exception):
    """A message for the person at the keyboard, and the exit status that goes with it."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


def errors_in_words(app: typer.Typer) -> None:
    """Run `app`; turn the errors that a user can mend into CliError."""
    try:
        app()
    except Faults as error:
        count = len(error.faults)
        raise CliError(f"{error}\n{count} fault{'s' if count > 1 else ''}; nothing was done") from error
    except Mendable as error:
        raise CliError(str(error)) from error


def open_workspace(given: Path | None) -> tuple[Workspace, Engine]:
    """Return the workspace and its opened store; raise Faults or StoreError."""
    from prospect.workspace import load_workspace, workspace_root
    from store.database import open_store

    workspace = load_workspace(workspace_root(given))
    return workspace, open_store(workspace.database_url)


def moment(text: str | None, option: str = "--now") -> datetime:
    """Return the moment that the option says, or now; a day alone is its midnight UTC, a time without zone is UTC."""
    if text is None:
        return datetime.now(UTC)
    try:
        said = datetime.fromisoformat(text)
    except ValueError as error:
        raise CliError(f"{option} '{text}' is no date; write 2026-09-14 or 2026-09-14T07:00:00+00:00", 2) from error
    return said.astimezone(UTC) if said.tzinfo else said.replace(tzinfo=UTC)


class LineProgress:
    """Progress as plain lines on standard error, for logs and pipes: one when a stage begins, one every ten seconds."""

    def __init__(self) -> None:
        self.stage, self.done, self.said = "", 0, time.monotonic()

    def begin(self, stage: str, total: int | None) -> None:
        self.end()
        self.stage, self.done, self.said = stage, 0, time.monotonic()
        typer.echo(f"{stage} …" if total is None else f"{stage}: {total} to do", err=True)

    def advance(self, count: int = 1, note: str = "") -> None:
        self.done += count
        if note or time.monotonic() - self.said > 10:
            self.said = time.monotonic()
            typer.echo(f"  {note or self.done}", err=True)

    def end(self) -> None:
        if self.stage and self.done:
            typer.echo(f"  {self.stage}: {self.done} done", err=True)
        self.stage = ""


class BarProgress:
    """Progress as Rich bars, for a terminal."""

    def __init__(self, bars: RichProgress) -> None:
        self.bars = bars
        self.task: TaskID | None = None

    def begin(self, stage: str, total: int | None) -> None:
        self.end()
        self.task = self.bars.add_task(stage, total=total, note="")

    def advance(self, count: int = 1, note: str = "") -> None:
        if self.task is not None:
            self.bars.update(self.task, advance=count, note=note)

    def end(self) -> None:
        if self.task is not None:
            done = self.bars.tasks[self.task].completed
            self.bars.update(self.task, total=done or 1, completed=done or 1, note="")


@contextmanager
def progress(quiet: bool = False) -> Iterator[LineProgress | BarProgress]:
    """Give bars on a terminal, plain lines elsewhere."""
    if not sys.stderr.isatty() or quiet:
        lines = QuietProgress() if quiet else LineProgress()
        yield lines
        lines.end()
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<10}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[note]}"),
    )
    with RichProgress(*columns, console=Console(stderr=True)) as bars:
        shown = BarProgress(bars)
        yield shown
        shown.end()


class QuietProgress(LineProgress):
    def begin(self, stage: str, total: int | None) -> None: ...
    def advance(self, count: int = 1, note: str = "") -> None: ...
    def end(self) -> None: ...


def print_json(record: Any) -> None:
    """Print one JSON line; datetimes and dates in ISO 8601."""
    typer.echo(json.dumps(record, default=jsonable, ensure_ascii=False))


def jsonable(value: Any) -> Any:
    """Return what JSON has no word for in words it has."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    return str(value)


def print_rows(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], format: str, empty: str) -> None:
    """Print rows as a table, CSV or JSON Lines; `empty` is said on standard error when there are none."""
    if format not in ("table", "json", "csv"):
        raise CliError(unknown_value("format", format, ("table", "json", "csv")), 2)
    if format == "json":
        for row in rows:
            print_json({name: row.get(name) for name in columns})
    elif format == "csv":
        writer = csv.writer(sys.stdout)
        writer.writerow(columns)
        writer.writerows([[row.get(name) for name in columns] for row in rows])
    elif rows:
        cells = [["" if row.get(name) is None else str(row[name]) for name in columns] for row in rows]
        _print_table([name.replace("_", " ") for name in columns], cells)
    if not rows:
        typer.echo(empty, err=True)


# a word of a table is cut in two only where it is longer than this
_LONGEST_WORD = 20


def _print_table(headings: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    """Print a table whose words stay whole; where the terminal is too narrow for that, a block of lines a row."""
    out = console()
    columns = list(zip(headings, *lines, strict=True))
    widths = [max((min(len(word), _LONGEST_WORD) for cell in column for word in cell.split()), default=0) for column in columns]
    spare = out.width - sum(widths) - 2 * (len(widths) - 1)
    if spare < 0:
        left = max(map(len, headings))
        for number, line in enumerate(lines):
            if number:
                out.print()
            for heading, cell in zip(headings, line, strict=True):
                if cell:
                    out.print(f"{heading:<{left}}  {cell}", markup=False, soft_wrap=True)
        return
    # rich would take from the columns whose words just fit; what is left goes to all that lack something, a character at a time
    lacks = [max(map(len, column)) - width for column, width in zip(columns, widths, strict=True)]
    while spare > 0 and any(lacks):
        for place, lack in enumerate(lacks):
            if lack and spare:
                widths[place], lacks[place], spare = widths[place] + 1, lack - 1, spare - 1
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading, width in zip(headings, widths, strict=True):
        table.add_column(heading, overflow="fold", width=width)
    for line in lines:
        table.add_row(*map(escape, line))
    out.print(table)


def console() -> Console:
    """Return the console for results: as wide as the terminal, 140 columns in a pipe, nothing highlighted by itself."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else 140)


def unclear_line(row: Mapping[str, Any]) -> str:
    """Return in words an event that several companies fit, as `unclear_rows` has it."""
    rivals = " or ".join(row["may_be"])
    return (
        f"{row['published']:%Y-%m-%d} {row['kind']} of '{row['named']}' may be {rivals}: `prospect companies choose {row['event']} COMPANY`"
    )
