"""`deliver: {to: account_owner}`: the alert about an owned account goes to its owner, from the CRM's export to the mail."""

from __future__ import annotations

import shutil
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import Engine

from prospect.checking import check_workspace
from prospect.cli.setup import TEMPLATE
from prospect.pipeline import run
from prospect.workspace import Workspace, load_workspace
from store import queries
from store.database import open_store
from tests.factories import NOW, document, event, store_events

NEWS = document(
    "https://wire.example/birch",
    title="Birchwood Mills names a finance chief and moves to Baltimore",
    text="Birchwood Mills, Inc. named Ada Kerr chief financial officer and will move its headquarters to Baltimore, Maryland.",
)
COLUMNS = "Account ID,Account Name,Billing City,Billing State,Type,Account Owner,Account Owner Email"
ROWS = [
    # the owner's address, as Salesforce's report has it
    (COLUMNS, '001,"Birchwood Mills, Inc.",Baltimore,MD,Prospect,Jo Vane,Jo.Vane@example.com', "jo.vane@example.com"),
    # the heading Owner Email of other exports
    ("Account ID,Account Name,Billing City,Owner Email", '001,"Birchwood Mills, Inc.",Baltimore,ada@example.com', "ada@example.com"),
    # near-miss: an account without an owner stays with the profile's owner
    (COLUMNS, '001,"Birchwood Mills, Inc.",Baltimore,MD,Prospect,,', "you@example.com"),
    # near-miss: a name is no address
    (
        "Account ID,Account Name,Billing City,Account Owner",
        '001,"Birchwood Mills, Inc.",Baltimore,Jo Vane\n002,Ketch Marine,Reno,jo@example.com',
        "you@example.com",
    ),
]


def made(folder: Path, header: str, row: str, deliver: str = "to: account_owner, email: immediately") -> Workspace:
    shutil.copytree(TEMPLATE, folder)
    (folder / "accounts" / "crm.csv").write_text(f"{header}\n{row}\n")
    for file, old, new in (
        ("profiles/hq-moves.yml", "deliver: {email: immediately}", f"deliver: {{{deliver}}}"),
        ("prospect.yml", "accounts/companies.csv", "accounts/crm.csv"),
    ):
        text = (folder / file).read_text()
        assert old in text
        (folder / file).write_text(text.replace(old, new))
    with (folder / "prospect.yml").open("a") as settings:
        settings.write("since: 2026-08-01\n")
    return load_workspace(folder, environment={})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "ws"


def alerted(workspace: Workspace, engine: Engine) -> list[str]:
    """Run once over both pieces; return to whom the mails went."""
    chief = event(NEWS, "executive_change", "Birchwood Mills, Inc.", facts={"level": "c_suite", "direction": "joins", "person": "Ada Kerr"})
    move = event(NEWS, "relocation", "Birchwood Mills, Inc.", status="planned", facts={"what": "headquarters", "to": "Baltimore, Maryland"})
    store_events(engine, NEWS, chief, move)
    run(workspace, engine, now=NOW, stages=("resolve", "judge", "tell"))
    return [message_from_bytes(path.read_bytes(), policy=default)["To"] for path in sorted((workspace.root / "mails").glob("*.eml"))]


@pytest.mark.parametrize("header, row, address", ROWS)
def test_the_alert_goes_to_the_accounts_owner(folder: Path, header: str, row: str, address: str) -> None:
    workspace = made(folder, header, row)
    engine = open_store(workspace.database_url)
    try:
        assert alerted(workspace, engine) == [address]
        with engine.connect() as conn:
            assert [lead.owner for lead in queries.leads_of(conn)] == [address]
    finally:
        engine.dispose()


def test_without_it_the_profiles_owner_is_told(folder: Path) -> None:
    header, row, _ = ROWS[0]
    workspace = made(folder, header, row, deliver="email: immediately")
    engine = open_store(workspace.database_url)
    try:
        assert alerted(workspace, engine) == ["you@example.com"]
    finally:
        engine.dispose()


@pytest.mark.parametrize(
    "row, fault",
    [
        ('001,"Birchwood Mills, Inc.",Baltimore,MD,Prospect,Jo Vane,jo@example.com', None),
        (
            '001,"Birchwood Mills, Inc.",Baltimore,MD,Prospect,Jo Vane,',
            "deliver: to: account_owner, but no company list names an account's owner",
        ),
    ],
)
def test_check_says_that_no_list_has_owners(folder: Path, row: str, fault: str | None) -> None:
    faults = check_workspace(made(folder, COLUMNS, row), NOW).faults
    if fault is None:
        assert faults == []
    else:
        [said] = faults
        assert said.startswith("profiles/hq-moves.yml:15:11: ")
        assert fault in said
