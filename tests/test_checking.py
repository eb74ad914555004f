"""`prospect check` holds profiles against the enabled sources and against what is stored."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from prospect.checking import check_workspace
from prospect.cli.setup import TEMPLATE
from prospect.pipeline import run
from prospect.workspace import Workspace, load_workspace
from store.database import open_store
from tests.factories import NOW, document, event, store_events

MOVES = """name: Moves
owner: jane@example.com
where: {states: [%s], unknown: fail}
wants:
  - {trigger: relocation, weight: 40}
threshold: 30
examples:
  - {name: a move, events: [{trigger: relocation, days_ago: 1}], alerts: true}
  - {name: an old one, events: [{trigger: relocation, days_ago: 200}], alerts: false}
"""
NOTICES = "title: Notices\nspider: warn\nstate: IN\ncolumns: {company: Company, notice_date: Noticed}\nstart: [https://notices.example/]\n"
FILINGS = "title: Filings\nspider: edgar\nstart: [https://filings.example/]\nforms: [%s]\n"
NEWS = "title: News\nspider: feed\nstart: [https://news.example/feed]\n"


def workspace_of(folder: Path, sources: dict[str, str], state: str = "MD") -> Workspace:
    shutil.copytree(TEMPLATE, folder)
    for path in (*(folder / "sources").glob("*.yml"), *(folder / "profiles").glob("*.yml")):
        path.unlink()
    for name, text in sources.items():
        (folder / "sources" / f"{name}.yml").write_text(text)
    (folder / "profiles" / "moves.yml").write_text(MOVES % state)
    settings = folder / "prospect.yml"
    settings.write_text(
        "".join(line for line in settings.read_text().splitlines(keepends=True) if not line.startswith("sources:")) + "since: 2026-01-01\n"
    )
    return load_workspace(folder, environment={})


# (sources, the warning about them)
FED = [
    ({"notices": NOTICES}, "no enabled source tells of relocation"),
    ({"offerings": FILINGS % "D"}, "no enabled source tells of relocation"),
    # texts may tell of anything
    ({"notices": NOTICES, "news": NEWS}, None),
    ({"filings": FILINGS % "8-K"}, None),
    ({"notices": NOTICES, "news": NEWS + "enabled: false\n"}, "no enabled source tells of relocation"),
]


@pytest.mark.parametrize("sources, warning", FED)
def test_wants_that_no_enabled_source_can_feed(tmp_path: Path, sources: dict[str, str], warning: str | None) -> None:
    report = check_workspace(workspace_of(tmp_path / "ws", sources), NOW)
    assert report.faults == []
    assert [each for each in report.warnings if "source tells" in each] == ([f"profiles/moves.yml:5:5: {warning}"] if warning else [])


# (nights that were run, nights since, the state the profile asks for, what is said of its alerts)
RATES = [
    (1, 0, "MD", None),  # too few nights to say
    (8, 0, "MD", "about 1141 leads a quarter are to be expected"),
    (8, 400, "MD", None),  # nothing was seen for more than a year
    (8, 0, "TX", "nothing that was seen in the last 8 nights would have alerted"),
]


@pytest.mark.parametrize("nights, since, state, warning", RATES)
def test_mails_to_be_expected(tmp_path: Path, nights: int, since: int, state: str, warning: str | None) -> None:
    workspace = workspace_of(tmp_path / "ws", {"news": NEWS}, state)
    engine = open_store(workspace.database_url)
    for number in range(100):
        told = document(f"https://news.example/{number}", first_seen=NOW + timedelta(days=number % nights))
        store_events(engine, told, event(told, company=f"Larch {number} Mills, Inc.", facts={"to": "Easton, Maryland"}))
    for night in range(nights):
        run(workspace, engine, now=NOW + timedelta(days=night), stages=("resolve", "judge"))
    engine.dispose()
    found = check_workspace(workspace, NOW + timedelta(days=nights - 1 + since)).warnings
    assert [each.partition(": ")[2] for each in found if "leads a quarter" in each or "nothing that was seen" in each] == (
        [next(each.partition(": ")[2] for each in found if warning in each)] if warning else []
    )
