"""The commands by which a rep sees beforehand what a profile would send, and afterwards why: backtest, suggest, misses, missed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

from prospect.cli import app, main, register
from prospect.cli.setup import TEMPLATE
from prospect.cli.tuning import picture_bytes
from prospect.pipeline import run
from prospect.workspace import load_workspace
from store import queries
from store.database import open_store
from store.records import Verdict
from tests.factories import NOW, document, event, store_events

NIGHTS = 8
PROFILE = """name: Moves and money
owner: jane@example.com
where: {unknown: pass}
wants:
  - {trigger: relocation, weight: 40}
  # money alone turned out to be no reason to call
  - {trigger: funding, weight: 40}
threshold: 30
deliver: {email: never}
"""


@dataclass
class Desk:
    """A workspace after some nights, and the command line over it."""

    root: Path
    engine: Engine

    def ask(self, *words: str) -> Result:
        at = NOW + timedelta(days=NIGHTS - 1)
        done = CliRunner(env={"COLUMNS": "200"}).invoke(app, [*words, "--workspace", str(self.root), "--now", at.isoformat()])
        assert done.exit_code == 0, done.output
        return done


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    register(["backtest"])
    root = tmp_path_factory.mktemp("tuning") / "ws"
    shutil.copytree(TEMPLATE, root)
    (root / "profiles" / "hq-moves.yml").unlink()
    (root / "profiles" / "moves.yml").write_text(PROFILE)
    with (root / "prospect.yml").open("a") as file:
        file.write("since: 2026-01-01\n")
    workspace = load_workspace(root, environment={})
    engine = open_store(workspace.database_url)
    for number in range(NIGHTS):
        kind = "relocation" if number % 2 else "funding"
        seen = NOW + timedelta(days=number)
        told = document(f"https://news.example/{number}", published=seen, first_seen=seen)
        store_events(engine, told, event(told, kind, f"Larch {number} Mills, Inc.", confidence=0.9))
    # a rumour: no alert, but a near miss
    rumour = document("https://news.example/rumour", published=NOW, first_seen=NOW)
    store_events(engine, rumour, event(rumour, "relocation", "Alder Freight, Inc.", status="rumored"))
    for night in range(NIGHTS):
        run(workspace, engine, now=NOW + timedelta(days=night), stages=("resolve", "judge"))
    with engine.begin() as conn:
        for lead in queries.leads_of(conn):
            verdict = "accepted" if "relocation" in lead.parts[0].want and lead.parts[0].met else "rejected"
            queries.save_verdict(conn, Verdict(lead_id=lead.id, verdict=verdict, reason=None, said=NOW, by="", via="cli"))
    yield Desk(root, engine)
    engine.dispose()


def test_a_backtest_has_the_ids_of_live_leads(desk: Desk) -> None:
    rows = [json.loads(line) for line in desk.ask("backtest", "moves", "--days", str(NIGHTS), "--format", "json").output.splitlines()]
    with desk.engine.connect() as conn:
        live = {lead.id: f"{lead.created:%Y-%m-%d}" for lead in queries.leads_of(conn)}
    assert {row["lead"]: row["night"] for row in rows} == live
    assert len(live) == NIGHTS


def test_a_backtest_is_drawn(desk: Desk, tmp_path: Path) -> None:
    for name, beginning in (("timeline.svg", b"<svg"), ("timeline.png", b"\x89PNG")):
        shown = desk.ask("backtest", "moves", "--days", "8", "--picture", str(tmp_path / name), "--evidence").output
        assert (tmp_path / name).read_bytes().startswith(beginning)
        assert "8 alerts in 8 nights" in shown
        assert any(bar in shown for bar in "▁▂▃▄▅▆▇█")
        assert "https://news.example/1" in shown
    refused = CliRunner().invoke(app, ["backtest", "moves", "--picture", "timeline.gif", "--workspace", str(desk.root)])
    assert refused.exit_code != 0


def test_a_png_has_its_words() -> None:
    # A renderer that finds no font leaves text out and says nothing.
    drawn = '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40"><text x="5" y="20" {}>{}</text></svg>'
    empty = picture_bytes(drawn.format("", ""), ".png")
    for style in ('font-family="system-ui, sans-serif"', 'font-family="system-ui, sans-serif" font-weight="600"'):
        assert picture_bytes(drawn.format(style, "Larkspur"), ".png") != empty, style


# (what is answered, what is said of it)
ANSWERS = [
    (["--owner", "jo", "--trigger", "relocation"], "'jo' is no e-mail address; write it like jane@example.com"),
    (["--owner", "jo@example.com", "--trigger", "relocatin"], "unknown trigger 'relocatin' (did you mean 'relocation'?)"),
    (["--owner", "jo@example.com", "--trigger", "relocation", "--state", "Marylnd"], "unknown state 'Marylnd' (did you mean 'Maryland'?)"),
    (
        ["--owner", "jo@example.com", "--trigger", "relocation", "--within", "90"],
        "'90' is no length of time; write it like 120d, 6h, 2w or 1y",
    ),
    (["--owner", "jo@example.com", "--trigger", "relocation", "--state", "MD"], None),
]


@pytest.mark.parametrize("answers, fault", ANSWERS)
def test_a_wrong_answer_makes_no_profile_and_says_the_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answers: list[str], fault: str | None
) -> None:
    root = tmp_path / "ws"
    shutil.copytree(TEMPLATE, root)
    monkeypatch.setattr("sys.argv", ["prospect", "profile", "new", "mine", "--title", "Mine", *answers, "--workspace", str(root)])
    with suppress(SystemExit):
        main()
    assert (root / "profiles" / "mine.yml").exists() is (fault is None)
    assert capsys.readouterr().err.strip() == (fault or "")


# (flags, what is answered, what the file holds, what is said)
ASKED = [
    ([], "New homes\njo@example.com\nrelocation\n", ["name: New homes", "owner: jo@example.com", "trigger: relocation"], "is written"),
    (["--trigger", "relocation"], "\njo@example.com\n", ["name: My moves"], "is written"),  # the name that is offered
    (["--title", "Moves", "--trigger", "relocation"], "", [], "not answered, and nothing was written; --owner says it without a question"),
]


@pytest.mark.parametrize("flags, answers, held, told", ASKED)
def test_a_new_profile_asks_what_flags_do_not_say(tmp_path: Path, flags: list[str], answers: str, held: list[str], told: str) -> None:
    root = tmp_path / "ws"
    shutil.copytree(TEMPLATE, root)
    done = CliRunner().invoke(app, ["profile", "new", "my-moves", *flags, "--workspace", str(root)], input=answers)
    path = root / "profiles" / "my-moves.yml"
    assert path.exists() is bool(held)
    assert all(line in path.read_text() for line in held)
    assert told in (done.output + str(done.exception))


def test_a_changed_profile_is_compared(desk: Desk, tmp_path: Path) -> None:
    other = tmp_path / "other.yml"
    other.write_text(PROFILE.replace("  - {trigger: funding, weight: 40}\n", "").replace("weight: 40", "weight: 90"))
    shown = desk.ask("backtest", "moves", "--days", "8", "--compare", str(other), "--format", "json").output
    changes = [json.loads(line)["change"] for line in shown.splitlines()]
    assert sorted(changes) == ["added"] + ["kept"] * 4 + ["lost"] * 4


def test_wants_that_verdicts_speak_against_are_shown_as_a_difference(desk: Desk) -> None:
    before = (desk.root / "profiles" / "moves.yml").read_text()
    shown = desk.ask("suggest", "moves", "--leads", "2", "--days", "8").output
    assert "precision 50 % → 100 %" in shown
    assert [line for line in shown.splitlines() if line.startswith(("-", "+"))] == [
        "--- profiles/moves.yml",
        "+++ profiles/moves.yml",
        "-  - {trigger: funding, weight: 40}",
    ]
    assert "over the last 8 nights 4 leads instead of 8; loses Larch" in shown
    assert (desk.root / "profiles" / "moves.yml").read_text() == before


def test_what_came_near_and_what_was_missed(desk: Desk) -> None:
    assert "14.84 points below the threshold of 30" in desk.ask("misses", "moves").output
    walked = desk.ask("missed", "https://news.example/rumour").output
    assert [line.split(":")[0] for line in walked.splitlines()] == ["collect", "read", "extract", "  resolve", "judge"]
    assert "below threshold" in walked
    explained = desk.ask("explain", "moves", "Alder Freight").output
    assert "0.4 rumored" in explained
