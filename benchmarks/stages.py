"""`python -m benchmarks.stages [SHARED_DIR]`: documents per CPU-second by stage, and peak memory, on the demo and on a folder of real documents.

Every stage runs in this process (the crawls in their children); CPU counts both. Imports and the model's loading are
left out by a first run on one small document.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time as clock
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine

from benchmarks.world import one_month, workspaces
from benchmarks.world.shared_world import shared_world
from fixtures.server import running
from fixtures.workspace import write_workspace
from prospect.extracting import build_extractor, extract_one
from prospect.pipeline import STAGES, run
from prospect.workspace import Workspace, load_workspace
from store.database import open_store
from store.records import Document


class Stopwatch:
    """Wall time, CPU time of this process and its children, and the most memory either took, by name."""

    def __init__(self) -> None:
        self.wall_s: dict[str, float] = {}
        self.cpu_s: dict[str, float] = {}

    @contextmanager
    def timing(self, name: str) -> Iterator[None]:
        cpu, wall = _cpu_s(), clock.perf_counter()
        yield
        self.cpu_s[name] = self.cpu_s.get(name, 0.0) + _cpu_s() - cpu
        self.wall_s[name] = self.wall_s.get(name, 0.0) + clock.perf_counter() - wall


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def measured_night(workspace: Workspace, engine: Engine, now: datetime, watch: Stopwatch) -> dict[str, dict[str, int]]:
    """Do one night stage by stage and return each stage's counts."""
    counts = {}
    for name in STAGES:
        with watch.timing(name):
            summary = run(workspace, engine, now=now, stages=(name,))
        counts[name] = getattr(summary, name)
    return counts


def measure(folder: Path, nights: Callable[[], Iterator[datetime]], title: str, console: Console) -> None:
    """Run every night in the workspace at `folder` and print the table."""
    workspace = load_workspace(folder)
    engine = open_store(workspace.database_url)
    warm_up(workspace)
    watch, documents, events = Stopwatch(), 0, 0
    try:
        for now in nights():
            counts = measured_night(workspace, engine, now, watch)
            documents += counts["collect"].get("new", 0)
            events += counts["extract"].get("events", 0)
    finally:
        engine.dispose()
    show(title, documents, events, watch, console)


def show(title: str, documents: int, events: int, watch: Stopwatch, console: Console) -> None:
    """Print what each stage took."""
    table = Table(title=f"{title}: {documents} documents, {events} events", title_justify="left")
    for column in ("stage", "wall s", "CPU s", "documents per CPU-second"):
        table.add_column(column, justify="left" if column == "stage" else "right")
    for name in [*STAGES, "all"]:
        cpu = watch.cpu_s[name] if name in watch.cpu_s else sum(watch.cpu_s.values())
        wall = watch.wall_s[name] if name in watch.wall_s else sum(watch.wall_s.values())
        table.add_row(name, f"{wall:.1f}", f"{cpu:.1f}", f"{documents / max(cpu, 1e-9):.1f}")
    console.print(table)
    own, crawls = (resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    console.print(f"peak memory: {own:.0f} MB here, {crawls:.0f} MB in the largest crawl\n")


def warm_up(workspace: Workspace) -> None:
    """Load the extractor's model and the readers, so that no stage pays for them."""
    text = "Acme Corp. today named Jane Doe chief financial officer."
    document = Document(id="warm-up", url="https://example.com/", title=None, text=text, published=None)
    extract_one(build_extractor(workspace), document)


def on_the_demo(console: Console) -> None:
    """Measure the demo world, all its nights."""
    with tempfile.TemporaryDirectory(prefix="prospect-stages-") as made, running() as world:
        folder = Path(made).resolve()
        write_workspace(folder, world)

        def nights() -> Iterator[datetime]:
            for day in world.days:
                world.day = day
                yield world.night_after(day)

        measure(folder, nights, "demo", console)


def on_real_documents(shared: Path, days: int, console: Console) -> None:
    """Measure wires and EDGAR of the shared world, EDGAR's speed limit off."""
    with (
        tempfile.TemporaryDirectory(prefix="prospect-stages-") as made,
        shared_world(shared, "--clock", "--days", "30", "--edgar-rate", "0") as world,
    ):
        folder = Path(made).resolve() / "month"
        workspaces.write_workspace(folder, world, sources=one_month.SOURCES, profiles=one_month.PROFILES, since=world.today)

        def nights() -> Iterator[datetime]:
            for _ in range(days):
                yield workspaces.night_after(world.today)
                world.advance()

        measure(folder, nights, f"real documents, {days} nights", console)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stages", description=__doc__)
    parser.add_argument("shared", type=Path, nargs="?", metavar="SHARED_DIR", help="a folder with world/ and corpus/")
    parser.add_argument("--days", type=int, default=10, help="nights on the real documents")
    asked = parser.parse_args()
    console = Console(width=120)
    on_the_demo(console)
    if asked.shared:
        on_real_documents(asked.shared, asked.days, console)


if __name__ == "__main__":
    main()
