"""A table of what was promised and what came, and whether any promise is broken."""

from __future__ import annotations

from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table


@dataclass
class Promises:
    """Promises of one scenario, in the order they were checked."""

    title: str
    rows: list[tuple[str, str, str, bool]] = field(default_factory=list)  # promise, wanted, came, kept

    def check(self, promise: str, wanted: object, came: object) -> bool:
        """Note whether what came is what was wanted."""
        self.rows.append((promise, str(wanted), str(came), wanted == came))
        return wanted == came

    @property
    def broken(self) -> int:
        """How many were not kept."""
        return sum(not kept for *_, kept in self.rows)

    def show(self, console: Console, most_rows: int = 40) -> None:
        """Print the table: all of a short one, of a long one only what was broken."""
        table = Table(title=self.title, title_justify="left")
        for column in ("promise", "wanted", "came", ""):
            table.add_column(column)
        for promise, wanted, came, kept in self.rows:
            if kept and len(self.rows) > most_rows:
                continue
            table.add_row(promise, wanted, came, "kept" if kept else "[bold red]BROKEN[/]")
        if table.row_count:
            console.print(table)
        console.print(f"{self.title}: {len(self.rows) - self.broken} of {len(self.rows)} promises kept\n")
