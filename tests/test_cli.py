"""The command line, as a new user types it, and what wrong input gets: what, where, and the cure."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from prospect.cli import shown


def prospect(*words: str, cwd: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command as a user does, in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if name != "PROSPECT_WORKSPACE"}
    return subprocess.run(
        [sys.executable, "-m", "prospect", *words],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        env=environment,
        check=False,
    )


def test_a_new_users_path(tmp_path: Path) -> None:
    """init, check, run twice, leads, explain: what the README types."""
    assert "prospect check" in prospect("init", "ws", cwd=tmp_path).stdout
    ws = tmp_path / "ws"
    checked = prospect("check", cwd=ws)
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.startswith("ok: ")
    first = prospect("run", "--json", cwd=ws)
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout)["leads"] == []
    assert prospect("run", cwd=ws).returncode == 0
    assert "no leads" in prospect("leads", cwd=ws).stderr
    explained = prospect("explain", "hq-moves", "Example Corporation", cwd=ws)
    assert explained.returncode == 0, explained.stderr
    assert "excluded" in explained.stdout


WRONG = [
    # no workspace here
    (("run",), 1, "make one with `prospect init DIR`"),
    # a folder that holds none
    (("check", "--workspace", "elsewhere"), 1, "there is no workspace in elsewhere"),
    # a stage misspelt
    (("run", "--stage", "extrakt"), 2, "unknown stage 'extrakt' (did you mean 'extract'?)"),
    # a date that is none
    (("run", "--now", "yesterday"), 2, "--now 'yesterday' is no date"),
    # a file that is not there
    (("read", "nothing.html"), 1, "nothing.html: cannot be read: No such file or directory"),
    # a register that is not there
    (("resolve", "--companies", "nothing.csv"), 1, "nothing.csv"),
    # a model that is not installed
    (
        ("extract", "--model", "en_no_such_model"),
        1,
        "'en_no_such_model' is neither 'builtin', 'rules', an installed spaCy package nor a folder",
    ),
    # a folder of kinds that is not there
    (("extract", "--triggers", "nowhere"), 2, "nowhere"),
    # a command misspelt
    (("explian",), 2, "explian"),
]


@pytest.mark.parametrize("words, status, expected", WRONG)
def test_wrong_input_says_what_and_how(tmp_path: Path, words: tuple[str, ...], status: int, expected: str) -> None:
    done = prospect(*words, cwd=tmp_path)
    assert done.returncode == status, done.stderr
    assert expected in done.stderr
    assert "Traceback" not in done.stderr


WRONG_IN_A_WORKSPACE = [
    # a profile misspelt
    (("explain", "hq-move", "Example"), 2, "unknown profile 'hq-move' (did you mean 'hq-moves'?)"),
    # a company nobody knows
    (("explain", "hq-moves", "Nonesuch"), 1, "no company is known as 'Nonesuch'"),
    # a lead that is not there
    (("accept", "abcdef"), 2, "there is no lead 'abcdef'"),
    # a rejection without its reason
    (("reject", "abcdef"), 2, "--reason"),
    # a source misspelt
    (("crawl", "nowhere"), 2, "unknown source 'nowhere'"),
    # a state of leads misspelt
    (("leads", "--state", "acepted"), 2, "unknown state 'acepted' (did you mean 'accepted'?)"),
    # a format misspelt
    (("leads", "--format", "jsn"), 2, "unknown format 'jsn' (did you mean 'json'?)"),
    # a second workspace in the same place
    (("init", "."), 1, "is there already; nothing was changed"),
]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    prospect("init", "ws", cwd=folder)
    prospect("run", cwd=folder / "ws")
    return folder / "ws"


@pytest.mark.parametrize("words, status, expected", WRONG_IN_A_WORKSPACE)
def test_wrong_input_in_a_workspace(workspace: Path, words: tuple[str, ...], status: int, expected: str) -> None:
    done = prospect(*words, cwd=workspace)
    assert done.returncode == status, done.stderr
    assert expected in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_cannot_be_written(tmp_path: Path) -> None:
    prospect("init", "ws", cwd=tmp_path)
    settings = tmp_path / "ws" / "prospect.yml"
    settings.write_text("database: sqlite:////proc/prospect/p.db\n" + settings.read_text())
    done = prospect("run", cwd=tmp_path / "ws")
    assert done.returncode == 1
    assert "/proc/prospect" in done.stderr
    assert "Traceback" not in done.stderr


TEXT = "Birchwood Mills, Inc. today named Ada Kerr chief financial officer, effective October 1, 2026."


def test_read_and_extract_compose(tmp_path: Path) -> None:
    page = f"<html><head><title>News</title></head><body><article><h1>Birchwood Mills names chief</h1><p>{TEXT}</p></article></body></html>"
    (tmp_path / "page.html").write_text(page)
    read = prospect("read", "page.html", cwd=tmp_path)
    assert read.returncode == 0, read.stderr
    document = json.loads(read.stdout)
    assert set(document) == {"id", "url", "title", "text", "published", "author", "publisher", "form", "items", "cik", "company"}
    found = json.loads(prospect("extract", cwd=tmp_path, stdin=read.stdout).stdout)
    text = f"{document['title']}\n{document['text']}" if document["title"] else document["text"]
    assert found["events"]
    for event in found["events"]:
        assert text[event["start"] : event["end"]] == event["quote"]


def test_extract_answers_every_line_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "news.txt").write_text(TEXT)
    lines = [
        json.dumps({"id": 1, "text": TEXT, "date": "2026-09-14", "labels": ["ignored"]}),
        "not json",  # a broken line has its own answer
        json.dumps({"id": "c"}),  # neither text nor path
        json.dumps({"id": "d", "path": "news.txt"}),  # the file instead of the text
        json.dumps({"id": "e", "path": "missing.txt"}),
        json.dumps({"id": "f", "text": TEXT, "date": "the other day"}),  # an unreadable date is unknown, with a warning
        json.dumps({"id": "g", "text": ""}),
        json.dumps(["a", "list"]),
    ]
    done = prospect("extract", cwd=tmp_path, stdin="\n".join(lines) + "\n")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == [1, None, "c", "d", "e", "f", "g", None]
    assert [bool(answer["events"]) for answer in answers] == [True, False, False, True, False, True, False, False]
    assert ["error" in answer for answer in answers] == [False, True, True, False, True, False, False, True]
    assert "'the other day' is no date" in done.stderr
    assert done.returncode == 1


def test_resolve_answers_every_line(tmp_path: Path) -> None:
    (tmp_path / "companies.csv").write_text("id,name,state\n1,Birchwood Mills Inc,MD\n2,Dover Freight Inc,DE\n")
    lines = [json.dumps({"id": "a", "name": "Birchwood Mills, Inc."}), json.dumps({"id": "b", "name": "Quillfeather LLC"}), "junk"]
    done = prospect("resolve", "--companies", "companies.csv", cwd=tmp_path, stdin="\n".join(lines))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(answer["id"], answer["company_id"]) for answer in answers] == [("a", "1"), ("b", None), (None, None)]
    assert answers[0]["reasons"]
    assert done.returncode == 1


def test_schema_is_json_schema(tmp_path: Path) -> None:
    assert prospect("schema", "schemas", cwd=tmp_path).returncode == 0
    written = sorted(path.name for path in (tmp_path / "schemas").glob("*.json"))
    assert written == ["kind.schema.json", "playbook.schema.json", "profile.schema.json", "prospect.schema.json", "source.schema.json"]
    assert json.loads((tmp_path / "schemas" / "profile.schema.json").read_text())["properties"]["threshold"]


def test_the_demo_leaves_other_folders_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    done = prospect("demo", "--out", ".", cwd=tmp_path)
    assert done.returncode == 1
    assert "holds something else" in done.stderr
    assert (tmp_path / "mine.txt").read_text() == "keep"


def test_every_command_is_known_to_its_module() -> None:
    """Only the module of the command that was typed is loaded; a command missing from the table would be unknown."""
    import typer.main

    from prospect.cli import COMMANDS, app, register

    register([])
    group = typer.main.get_command(app)
    assert sorted(group.commands) == sorted(name for names in COMMANDS.values() for name in names)  # type: ignore[attr-defined]


ROWS = [
    {"lead": "b050cbdb", "company": "Larkspur Software, Inc.", "owner": "nina.o@reps.example"},
    {"lead": "de62e606", "company": "Vane [Roofing] LLC", "owner": None},
]


@pytest.mark.parametrize(
    "width, expected",
    [
        (60, ["lead      company                  owner", "b050cbdb  Larkspur Software, Inc.  nina.o@reps.example", "de62e606  Vane [Roofing] LLC"]),
        # companies are broken at their spaces
        (40, ["lead      company    owner", "b050cbdb  Larkspur   nina.o@reps.example", "          Software,", "          Inc."]),
        # a word would be cut in two
        (36, ["lead     b050cbdb", "company  Larkspur Software, Inc.", "owner    nina.o@reps.example", "", "lead     de62e606"]),
    ],
)  # fmt: skip
def test_a_table_cuts_no_word(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int, expected: list[str]) -> None:
    monkeypatch.setattr(shown, "console", lambda: Console(width=width, highlight=False))
    shown.print_rows(ROWS, ("lead", "company", "owner"), "table", "none")
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()][: len(expected)] == expected
