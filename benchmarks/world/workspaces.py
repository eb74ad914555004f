"""Writes a workspace for the shared world and runs `prospect run` in it as an operator would: as a process, by the night."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import time as clock
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.world.shared_world import SharedWorld

TEMPLATE = Path(__file__).parent / "workspace"
EASTERN = ZoneInfo("America/New_York")


@dataclass(frozen=True)
class Night:
    """What one `prospect run` printed, and what it cost."""

    day: date
    exit_status: int
    summary: dict[str, Any]
    stderr: str
    wall_s: float
    cpu_s: float  # of the run and its children


def write_workspace(folder: Path, world: SharedWorld, *, sources: Sequence[str], profiles: Sequence[str], since: date) -> None:
    """Fill `folder`: `http://SITE.example` in the sources becomes the site's address; the register is the world's own ticker file."""
    for name in ("sources", "profiles"):
        (folder / name).mkdir(parents=True)
    for name in profiles:
        shutil.copyfile(TEMPLATE / "profiles" / f"{name}.yml", folder / "profiles" / f"{name}.yml")
    hosts = set()
    for name in sources:
        base = world.sites[name]
        hosts.add(base.split("//")[1].split(":")[0])
        text = (TEMPLATE / "sources" / f"{name}.yml").read_text("utf-8")
        (folder / "sources" / f"{name}.yml").write_text(text.replace(f"http://{name}.example", base), "utf-8")
    settings = (TEMPLATE / "prospect.yml").read_text("utf-8")
    settings = settings.replace("since: 2026-01-01", f"since: {since}").replace("[127.0.0.1]", f"[{', '.join(sorted(hosts))}]")
    (folder / "prospect.yml").write_text(settings, "utf-8")
    (folder / "company_tickers.json").write_bytes(world.download("edgar", "/files/company_tickers.json"))


def night_after(day: date) -> datetime:
    """Return the moment of the run that reads all of `day`: two in the morning, Eastern."""
    return datetime.combine(day + timedelta(days=1), time(2), EASTERN)


def run_night(folder: Path, day: date, *stages: str) -> Night:
    """Do the nightly run after `day` and return what it printed; raise RuntimeError when it printed no summary."""
    command = [sys.executable, "-m", "prospect", "run", "--workspace", str(folder), "--now", night_after(day).isoformat(), "--json"]
    for stage in stages:
        command += ["--stage", stage]
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), clock.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, timeout=1800, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        raise RuntimeError(f"`{' '.join(command)}` ended with status {done.returncode}:\n{done.stderr[-2000:]}")
    return Night(
        day=day,
        exit_status=done.returncode,
        summary=json.loads(lines[-1]),
        stderr=done.stderr,
        wall_s=clock.perf_counter() - started,
        cpu_s=after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
    )


def mails_in(folder: Path) -> list[Path]:
    """Return the mails that were sent, by name."""
    return sorted((folder / "mails").glob("*.eml"))


def peak_memory_mb() -> float:
    """Return the most memory that any process started from here took, in megabytes."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
