"""`prospect run` killed -9 at random moments, again and again, ends in the same rows, leads and mails as an undisturbed run."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from fixtures.server import DemoWorld, running
from fixtures.workspace import write_workspace
from store.database import open_store
from store.records import Reason
from store.tables import metadata

NIGHTS = (date(2026, 9, 8), date(2026, 9, 11), date(2026, 9, 14))
KILLS = int(os.environ.get("PROSPECT_KILLS", "6"))  # a night
SEED = int(os.environ.get("PROSPECT_KILL_SEED", "20260908"))
# stage -> seconds within which it is hit; the later ones do most that could be done twice, and are short
LONGEST_S = {"collect": 3.0, "read": 0.5, "extract": 1.0, "resolve": 0.2, "judge": 0.2, "tell": 0.1}
WEIGHTS = (2, 1, 1, 2, 2, 3)
LATER = timedelta(hours=2)  # longer than a claim's lease: what a killed worker had claimed is free again
# how often and by whom something was tried may differ; what came of it may not
OWN_TO_A_RUN = {
    "raw_documents": {"warc", "offset"},
    "deliveries": {"attempts", "claimed_by", "lease_until", "sent", "error", "due"},
    "validators": {"checked"},
}
LEFT_OUT = {"runs", "source_runs"}


@dataclass
class Runner:
    """A workspace in which `prospect run` is started as a process."""

    folder: Path
    mark: str  # in the environment of everything it starts

    def start(self, now: datetime, *options: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "prospect", "run", "--workspace", str(self.folder), "--now", now.isoformat(), *options]
        environment = {**os.environ, "PROSPECT_PROOF_MARK": self.mark}
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)

    def run(self, now: datetime) -> dict[str, Any]:
        """Run to the end and return the summary."""
        process = self.start(now, "--json")
        out, err = process.communicate(timeout=600)
        assert process.returncode == 0, err + out
        summary: dict[str, Any] = json.loads(out.splitlines()[-1])
        return summary

    def run_and_kill(self, now: datetime, stage: str, after_s: float) -> bool:
        """Kill -9 a run so many seconds after it said that `stage` begins; return whether it was still running."""
        process = self.start(now)
        assert process.stderr
        for line in process.stderr:
            if line.startswith((f"{stage} …", f"{stage}:")):
                break
        try:
            process.wait(timeout=after_s)
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate()
        return process.returncode == -signal.SIGKILL

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of every table but what is a run's own, sorted."""
        engine = open_store(f"sqlite:///{self.folder}/prospect.db")
        with engine.connect() as conn:
            found = {
                table.name: sorted(
                    (tuple(row) for row in conn.execute(select(*(c for c in table.c if c.name not in OWN_TO_A_RUN.get(table.name, ()))))),
                    key=repr,
                )
                for table in metadata.sorted_tables
                if table.name not in LEFT_OUT
            }
        engine.dispose()
        # which silent pairs were looked at depends on where a night was cut in two; what is sent or held does not
        found["decisions"] = [row for row in found["decisions"] if Reason.FOR_REVIEW in row]
        return found

    def files(self) -> dict[str, bytes]:
        """Return mails and CRM files by name; a hidden one is half a file of a killed run, which nobody reads."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for name in ("mails", "crm")
            for path in sorted((self.folder / name).rglob("*"))
            if path.is_file() and not path.name.startswith(".")
        }

    def survivors(self) -> list[str]:
        """Return the processes that it started and that still run."""
        wanted = f"PROSPECT_PROOF_MARK={self.mark}".encode()
        alive = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if wanted in (folder / "environ").read_bytes().split(b"\0"):
                    alive.append(f"{folder.name} {(folder / 'cmdline').read_bytes()!r}")
            except OSError:  # ended meanwhile, or another user's
                continue
        return alive


@pytest.fixture(scope="module")
def world() -> Iterator[DemoWorld]:
    with running() as made:
        yield made


def runner(folder: Path, world: DemoWorld) -> Runner:
    folder = folder.resolve()
    write_workspace(folder, world)
    return Runner(folder, uuid.uuid4().hex)


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_a_killed_run_ends_where_an_undisturbed_one_does(tmp_path: Path, world: DemoWorld) -> None:
    chance = random.Random(SEED)
    calm, killed = runner(tmp_path / "calm", world), runner(tmp_path / "killed", world)
    hits: Counter[str] = Counter()
    for day in NIGHTS:
        world.day, now = day, world.night_after(day)
        calm.run(now)
        for stage in chance.choices(list(LONGEST_S), weights=WEIGHTS, k=KILLS):
            if killed.run_and_kill(now, stage, chance.uniform(0, LONGEST_S[stage])):
                hits[stage] += 1
        killed.run(now)
        # what a killed worker had claimed goes out once its lease is over
        for each in (calm, killed):
            each.run(now + LATER)
        assert killed.files().keys() == calm.files().keys(), day
        assert killed.files() == calm.files(), day
        for table, rows in calm.rows().items():
            assert killed.rows()[table] == rows, f"{table} after {day}"
    print(f"\n{hits.total()} of {KILLS * len(NIGHTS)} runs killed while they ran {dict(hits)}; seed {SEED}")
    assert hits.total() >= KILLS, "too few runs were hit while they ran; nothing was proved"
    assert killed.survivors() == []


@pytest.mark.proof
@pytest.mark.timeout(600)
def test_a_second_run_changes_nothing(tmp_path: Path, world: DemoWorld) -> None:
    world.day = NIGHTS[-1]
    now = world.night_after(world.day)
    once = runner(tmp_path / "once", world)
    first = once.run(now)
    rows, files = once.rows(), once.files()
    assert first["leads"]
    for later in (timedelta(), LATER):
        again = once.run(now + later)
        assert (again["collect"]["new"], again["leads"], again["tell"]["sent"]) == (0, [], 0)
    assert once.files() == files
    after = once.rows()
    # scores age, so decisions and leads are rewritten; nothing is added
    assert {table: len(found) for table, found in after.items()} == {table: len(found) for table, found in rows.items()}
    for table in ("raw_documents", "documents", "events", "stories", "companies", "deliveries"):
        assert after[table] == rows[table], table
