"""How long from a document's publication to the mail in the rep's mailbox: `python -m benchmarks.latency SHARED_DIR [--rounds 12]`.

SHARED_DIR holds world/ and corpus/. `prospect run` is started every 30 seconds, as cron would, a new process each time, over EDGAR and
three wires; mails go by SMTP to a real server on loopback. Once a round, at a moment drawn at random between two runs, the world publishes its next
day. A mail's latency counts, in real seconds, from the publication of the newest document that it cites to the moment the server has taken it. The
runs are told the world's day by `--now`, since its documents are of other years; no clock is scaled. The first run, which imports the
register, is not counted. A run that takes longer than the interval delays the next, as a lock would; the table says how long runs took.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.world.shared_world import SharedWorld, shared_world
from benchmarks.world.workspaces import night_after, write_workspace
from tests.smtp_server import Mailbox, running

SOURCES = ("edgar", "wire-1", "wire-2", "wire-3")
# the texts are of other years than the world's days, so that nothing may decay; whatever happened is told
PROFILE = """name: Whatever happens
owner: omar@reps.example
wants: [{trigger: any, weight: 60}]
half_life: 3650d
threshold: 10
"""


@dataclass
class TimedMailbox(Mailbox):
    """Notes when each mail was taken."""

    taken: list[float] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        self.taken.append(time.monotonic())
        await asyncio.sleep(0)
        return answer


@dataclass(frozen=True)
class Ran:
    """One `prospect run`."""

    wall_s: float
    cpu_s: float
    exit_status: int
    summary: dict[str, Any]


def run_once(folder: Path, now: datetime) -> Ran:
    """Run the job as cron would, and return what it printed and cost."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [sys.executable, "-m", "prospect", "run", "--workspace", str(folder), "--now", now.isoformat(), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        raise RuntimeError(f"`{' '.join(command)}` ended with status {done.returncode}:\n{done.stderr[-2000:]}")
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Ran(time.monotonic() - started, cpu_s, done.returncode, json.loads(lines[-1]))


def latencies(box: TimedMailbox, world: SharedWorld, published: dict[date, float], start: int) -> tuple[list[float], int]:
    """Return the latency of each mail from the `start`-th on, and how many cite no document that was published while we watched."""
    day_of = {urlsplit(row["url"]).path: date.fromisoformat(row["day"]) for row in world.documents()}
    found, unknown = [], 0
    for mail, taken in list(zip(box.mails, box.taken, strict=True))[start:]:
        cited = [published[day] for path, day in day_of.items() if day in published and path in _text(mail)]
        if cited:
            found.append(taken - max(cited))
        else:
            unknown += 1
    return found, unknown


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body else ""


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` of all are not above, the nearest rank."""
    return sorted(values)[max(0, -(-int(share * 100) * len(values) // 100) - 1)]


def main() -> int:
    """Measure, print one JSON line a round and one at the end; exit status 1 when no mail came."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path, metavar="SHARED_DIR")
    parser.add_argument("--rounds", type=int, default=12, help="publications, one an interval")
    parser.add_argument("--days", type=int, default=60, help="days that the corpus is spread over: fewer, and more documents come at once")
    parser.add_argument("--every", type=float, default=30.0, help="seconds from the start of one run to that of the next")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    options = ("--clock", "--days", str(max(asked.days, asked.rounds + 1)))
    box = TimedMailbox()
    with tempfile.TemporaryDirectory(prefix="prospect-latency-") as made, shared_world(asked.shared, *options) as world, running(box):
        folder = Path(made)
        write_workspace(folder, world, sources=SOURCES, profiles=[], since=world.today)
        (folder / "profiles" / "whatever.yml").write_text(PROFILE, "utf-8")
        settings = folder / "prospect.yml"
        settings.write_text(settings.read_text("utf-8").replace("folder:mails", f"smtp://localhost:{box.port}"), "utf-8")
        run_once(folder, night_after(world.today))
        first, published, runs = len(box.mails), dict[date, float](), list[Ran]()
        began = due = time.monotonic()
        for number in range(asked.rounds):
            time.sleep(max(0.0, due + chance.uniform(0, asked.every) - time.monotonic()))
            world.advance()
            published[world.today] = time.monotonic()
            due = max(due + asked.every, time.monotonic())
            time.sleep(max(0.0, due - time.monotonic()))
            due = time.monotonic()
            runs.append(run_once(folder, night_after(world.today) + timedelta(seconds=due - began)))
            tell = runs[-1].summary["tell"]
            line = {
                "round": number + 1,
                "new": runs[-1].summary["collect"]["new"],
                "mails": tell["sent"],
                "run_s": round(runs[-1].wall_s, 1),
            }
            print(json.dumps(line | {"run_cpu_s": round(runs[-1].cpu_s, 1), "exit": runs[-1].exit_status}), flush=True)
        found, unknown = latencies(box, world, published, first)
    if not found:
        print("no mail came", file=sys.stderr)
        return 1
    figures = {
        "mails": len(found),
        "p50_s": round(statistics.median(found), 1),
        "p95_s": round(percentile(found, 0.95), 1),
        "longest_s": round(max(found), 1),
        "without_a_new_document": unknown,
        "run_p50_s": round(statistics.median(run.wall_s for run in runs), 1),
        "run_longest_s": round(max(run.wall_s for run in runs), 1),
        "run_cpu_p50_s": round(statistics.median(run.cpu_s for run in runs), 1),
        "documents": sum(run.summary["collect"]["new"] for run in runs),
        "every_s": asked.every,
        "load": round(os.getloadavg()[1], 1),  # of five minutes; more than the cores: the machine was not ours alone
        "cores": os.cpu_count(),
    }
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
