"""kill -9 at every step between claim and settle, two workers at a time, hundreds of rounds: nothing is lost, nothing doubled in a CRM."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from alerts.settings import MailSettings, Route, Target
from tests.alert_records import NOW, make_brief, make_company
from tests.crm_desks import FileDesk, TrytonDesk
from tests.outbox_world import World
from tests.smtp_server import Mailbox, running
from tests.support import require
from tests.tryton_server import CURE, tryton, tryton_home

ROUNDS = int(os.environ.get("PROSPECT_KILL_ROUNDS", "200"))
STEP = timedelta(minutes=11)  # longer than a lease: what a killed worker held is free in the next round


@dataclass
class Killing:
    """Rounds of two workers on one outbox."""

    world: World
    database: str
    process: subprocess.Popen[str]
    now: datetime = NOW
    killed: int = 0
    ended: int = 0

    def round(self, *kill_at: int) -> list[int]:
        """Let one worker run for each number and kill it at that call (0: never); return how many calls each made."""
        self.now += STEP
        targets = {
            name: {"name": name, "channel": target.channel, "timeout_s": 60}
            | ({"folder": str(target.folder)} if target.folder else {})
            | ({"url": target.url, "user": target.user, "password": target.password, "options": dict(target.options)} if target.url else {})
            for name, target in self.world.targets.items()
        }
        mail = {"url": self.world.mail.url, "sender": self.world.mail.sender}
        specs = [
            {
                "database": self.database,
                "now": self.now.isoformat(),
                "worker": f"{self.now.isoformat()} {n}",
                "kill_at": at,
                "mail": mail,
                "targets": targets,
            }
            for n, at in enumerate(kill_at)
        ]
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(specs) + "\n")
        self.process.stdin.flush()
        ended: list[int] = json.loads(self.process.stdout.readline())
        assert -2 not in ended, "a worker failed instead of being killed"
        self.killed += sum(calls == -1 for calls in ended)
        self.ended += sum(calls >= 0 for calls in ended)
        return ended


@contextmanager
def killing(world: World, database: str) -> Iterator[Killing]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.outbox_victims"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent,
    ) as process:
        try:
            yield Killing(world, database, process)
        finally:
            assert process.stdin
            process.stdin.close()
            process.wait(30)


def tell(world: World, n: int, now: datetime) -> str:
    """Owe one more lead, and return its external id."""
    brief = make_brief(company=make_company(f"k{n}", name=f"Kill Loop Company {n}", domain=f"kill{n}.example"), owner=f"rep{n}@example.com")
    world.tell(brief, now=now)
    return f"prospect-{brief.lead.id}"


def run_rounds(kills: Killing, rounds: int, seed: int) -> list[str]:
    """Owe one lead a round and kill two workers over it; let one finish at the end. Return the external ids."""
    draw = random.Random(seed)
    told = [tell(kills.world, 0, kills.now)]
    (calls,) = kills.round(0)
    for n in range(1, rounds + 1):
        told.append(tell(kills.world, n, kills.now))
        # beyond the last call of a worker that finds one lead: some rounds end by themselves
        kills.round(draw.randint(1, calls * 11 // 10), draw.randint(1, calls * 11 // 10))
    kills.now += timedelta(days=1)
    kills.round(0)
    return told


@pytest.mark.proof
def test_mail_and_files_survive_kills(engine: Engine, database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running(Mailbox()) as box:
        target = Target(name="csv", channel="csv", folder=tmp_path / "crm")
        mail = MailSettings(url=f"smtp://127.0.0.1:{box.port}", sender="Prospect <alerts@sender.example>")
        world = World(engine, mail, {"csv": target}, {"hq-moves": Route(crm="csv")})
        with killing(world, database_url) as kills:
            told = run_rounds(kills, ROUNDS, seed=1)
    assert kills.killed >= ROUNDS // 2  # else this proved little
    assert world.rows("pending", "claimed", "failed") == []
    desk = FileDesk(target)
    assert [desk.leads(external_id) for external_id in told] == [1] * len(told)
    copies = Counter(message["Message-ID"] for message in box.mails)
    recipients = Counter(message["To"] for message in box.mails)
    assert set(recipients) == {f"rep{n}@example.com" for n in range(len(told))}  # none lost
    assert len(copies) == len(told)  # a second copy has the Message-ID of the first
    doubled = sum(copies.values()) - len(copies)
    assert doubled <= kills.killed // 4  # only a kill between the server's 250 and the settling makes one
    with capsys.disabled():
        print(
            f"\n{engine.dialect.name}: {ROUNDS} rounds, {kills.killed} workers killed, {kills.ended} ended; {len(told)} leads: each once in the file, {doubled} mails came twice"
        )


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_a_real_crm_survives_kills(sqlite_engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tryton_home()
    require("tryton", home, CURE)
    assert home
    with tryton(home) as target:
        mail = MailSettings(url=f"folder:{tmp_path}/mails", sender="Prospect <alerts@sender.example>")
        world = World(sqlite_engine, mail, {"tryton": target}, {"hq-moves": Route(mail=None, crm="tryton")})
        with killing(world, str(sqlite_engine.url)) as kills:
            told = run_rounds(kills, ROUNDS, seed=2)
        desk: Any = TrytonDesk(target)
        assert kills.killed >= ROUNDS // 2
        assert world.rows("pending", "claimed", "failed") == []
        assert Counter(desk.leads(external_id) for external_id in told) == {1: len(told)}
        companies = desk.crm.search("party.party", [["name", "like", "Kill Loop Company %"]], ["name"], limit=None)
        twice = {name: n for name, n in Counter(row["name"] for row in companies).items() if n > 1}
        assert twice == {}
    with capsys.disabled():
        print(f"\ntryton: {ROUNDS} rounds, {kills.killed} workers killed, {kills.ended} ended; {len(told)} leads: each once in the CRM")
