"""From stored events to one mail and one CRM row, and never a second one, whatever is repeated or fails."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from prospect.cli import app, register
from prospect.cli.setup import TEMPLATE
from prospect.explaining import said_of
from prospect.missed import walk
from prospect.pipeline import STAGES, run
from prospect.summary import RunSummary
from prospect.workspace import Workspace, load_workspace
from store import queries
from store.database import open_store
from store.records import Reason, Verdict, fingerprint
from tests.factories import NOW, document, event, store_events

LATER = ("resolve", "judge", "tell")
MOVE = document(
    "https://wire.example/move",
    title="Birchwood Mills to move its headquarters to Baltimore",
    text="Birchwood Mills, Inc. will move its headquarters from Dover to Baltimore, Maryland.",
)
CHIEF = document(
    "https://wire.example/chief",
    title="Birchwood Mills names Ada Kerr chief financial officer",
    text="Birchwood Mills, Inc. named Ada Kerr chief financial officer.",
    published=NOW - timedelta(days=10),
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    folder = tmp_path / "ws"
    shutil.copytree(TEMPLATE, folder)
    with (folder / "accounts" / "companies.csv").open("a") as file:
        file.write('birch,"Birchwood Mills, Inc.",,,birchwood.example,Baltimore,MD,US,\n')
        file.write('dover,"Dover Freight, Inc.",,,dover.example,Dover,DE,US,\n')
    with (folder / "prospect.yml").open("a") as file:
        file.write("since: 2026-08-01\n")
    return load_workspace(folder, environment={})


@pytest.fixture
def engine(workspace: Workspace) -> Iterator[Engine]:
    engine = open_store(workspace.database_url)
    yield engine
    engine.dispose()


def both_events(engine: Engine, company: str = "Birchwood Mills, Inc.") -> None:
    chief = event(
        CHIEF, "executive_change", company, facts={"level": "c_suite", "direction": "joins", "person": "Ada Kerr", "function": "finance"}
    )
    move = event(MOVE, "relocation", company, status="planned", facts={"what": "headquarters", "to": "Baltimore, Maryland"})
    store_events(engine, CHIEF, chief)
    store_events(engine, MOVE, move)


def mails(workspace: Workspace) -> list[Path]:
    return sorted((workspace.root / "mails").glob("*.eml"))


def do_run(workspace: Workspace, engine: Engine, days: int = 0, stages: tuple[str, ...] = LATER) -> RunSummary:
    return run(workspace, engine, now=NOW + timedelta(days=days), stages=stages)


def reason(workspace: Workspace, engine: Engine, company: str = "birch", days: int = 0) -> Reason:
    with engine.connect() as conn:
        [decision] = said_of(workspace, conn, [company], ["hq-moves"], NOW + timedelta(days=days))
    return decision.reason


def test_both_pieces_make_one_lead_one_mail_and_one_row(workspace: Workspace, engine: Engine) -> None:
    both_events(engine)
    summary = do_run(workspace, engine)
    assert len(summary.leads) == 1
    assert summary.failures == []
    [path] = mails(workspace)
    mail = message_from_bytes(path.read_bytes(), policy=default)
    assert mail["To"] == "you@example.com"
    assert "Birchwood Mills" in mail["Subject"]
    text = mail.get_body(("plain",)).get_content()
    assert "will move its headquarters" not in text or "https://wire.example/move" in text
    with (workspace.root / "crm" / "leads.csv").open(newline="") as file:
        assert [row["company_name"] for row in csv.DictReader(file)] == ["Birchwood Mills, Inc."]


def test_a_second_run_changes_nothing(workspace: Workspace, engine: Engine) -> None:
    both_events(engine)
    do_run(workspace, engine)
    before = {path: path.read_bytes() for path in (*mails(workspace), workspace.root / "crm" / "leads.csv")}
    with engine.connect() as conn:
        rows = queries.counts(conn)
    again = do_run(workspace, engine)
    assert again.leads == []
    assert {path: path.read_bytes() for path in (*mails(workspace), workspace.root / "crm" / "leads.csv")} == before
    with engine.connect() as conn:
        assert {name: count for name, count in queries.counts(conn).items() if name != "runs"} == {
            name: count for name, count in rows.items() if name != "runs"
        }
    assert reason(workspace, engine) is Reason.ALREADY_TOLD


@pytest.mark.parametrize("stages", [("resolve",), ("resolve", "judge")])
def test_a_run_stopped_between_stages_goes_on_where_it_stopped(workspace: Workspace, engine: Engine, stages: tuple[str, ...]) -> None:
    both_events(engine)
    do_run(workspace, engine, stages=stages)
    assert mails(workspace) == []
    do_run(workspace, engine)
    assert len(mails(workspace)) == 1


SILENT = [
    # the move alone: the chief is required
    ("move alone", "Birchwood Mills, Inc.", False, "birch", Reason.REQUIRED_MISSING),
    # both, but the company sits outside and so does the place it moves to
    ("outside", "Dover Freight, Inc.", True, "dover", Reason.OUTSIDE_TERRITORY),
    # both, at a company on the list of customers
    ("customer", "Example Corporation", True, "example", Reason.EXCLUDED),
]


@pytest.mark.parametrize("name, company, with_chief, company_id, expected", SILENT)
def test_every_silence_has_its_reason(
    workspace: Workspace, engine: Engine, name: str, company: str, with_chief: bool, company_id: str, expected: Reason
) -> None:
    chief = event(CHIEF, "executive_change", company, facts={"level": "c_suite", "direction": "joins", "person": "Ada Kerr"})
    move = event(MOVE, "relocation", company, status="planned", facts={"to": "Dover, Delaware"})
    if with_chief:
        store_events(engine, CHIEF, chief)
    store_events(engine, MOVE, move)
    assert do_run(workspace, engine).leads == []
    assert reason(workspace, engine, company_id) is expected


def test_a_company_no_register_knows_is_kept_as_the_text_has_it(workspace: Workspace, engine: Engine) -> None:
    both_events(engine, "Quillfeather Instruments LLC")
    summary = do_run(workspace, engine)
    assert summary.resolve["new_companies"] == 1
    with engine.connect() as conn:
        [company] = [company for company in queries.iter_companies(conn) if company.provisional]
    assert company.name == "Quillfeather Instruments LLC"


def test_an_unreachable_mail_server_loses_nothing(workspace: Workspace, engine: Engine) -> None:
    both_events(engine)
    mail = workspace.settings.mail.model_copy(update={"url": "smtp://127.0.0.1:9"})
    offline = Workspace(**{**vars(workspace), "settings": workspace.settings.model_copy(update={"mail": mail})})
    summary = do_run(offline, engine)
    assert summary.tell["waiting"] == 1
    assert any("127.0.0.1" in failure for failure in summary.failures), summary.failures
    assert mails(workspace) == []


def test_a_denial_later_mails_one_correction(workspace: Workspace, engine: Engine) -> None:
    both_events(engine)
    do_run(workspace, engine)
    denial = document(
        "https://wire.example/denial",
        title="Birchwood Mills will not move its headquarters",
        text="Birchwood Mills, Inc. said it will not move its headquarters to Baltimore, Maryland.",
        published=NOW + timedelta(days=2),
        first_seen=NOW + timedelta(days=2),
    )
    store_events(
        engine,
        denial,
        event(
            denial, "relocation", "Birchwood Mills, Inc.", status="terminated", facts={"what": "headquarters", "to": "Baltimore, Maryland"}
        ),
    )
    corrected = do_run(workspace, engine, days=3)
    assert len(corrected.leads) == 1
    with engine.connect() as conn:
        assert [decision.reason for decision in queries.decisions_of(conn, "hq-moves")] == [Reason.CORRECTED]
    assert len(mails(workspace)) == 2
    assert do_run(workspace, engine, days=4).leads == []
    assert len(mails(workspace)) == 2


def test_a_rejected_lead_stays_rejected(workspace: Workspace, engine: Engine) -> None:
    both_events(engine)
    [lead_id] = do_run(workspace, engine).leads
    with engine.begin() as conn:
        queries.save_verdict(
            conn, Verdict(lead_id=lead_id, verdict="rejected", reason="old news", said=NOW, by="you@example.com", via="cli")
        )
    assert do_run(workspace, engine, days=1).leads == []
    assert reason(workspace, engine, days=1) is Reason.REJECTED
    with engine.connect() as conn:
        lead = queries.lead(conn, lead_id)
    assert lead is not None
    assert lead.state == "rejected"


def test_missed_says_where_a_page_ended(workspace: Workspace, engine: Engine) -> None:
    both_events(engine)
    do_run(workspace, engine)
    with engine.connect() as conn:
        told = list(walk(workspace, conn, MOVE.url, NOW))
        never = list(walk(workspace, conn, "https://other.example/1", NOW))
    assert [line.split(":")[0].strip() for line in told] == ["collect", "read", "extract", "resolve", "judge", "tell"]
    assert "birch" in told[3]
    assert never[0] == "collect: it was never fetched"


def test_an_owner_who_left_hands_over_profiles_and_leads(workspace: Workspace, engine: Engine) -> None:
    """The address may be inherited, or one of a team's; leads go along, and nothing is sent again."""
    folder = workspace.root / "profiles"
    path = folder / "hq-moves.yml"
    path.write_text(
        re.sub(r"(?m)^owner:.*\n", "", path.read_text()) + "team: {members: [you@example.com, ann@example.com], assign: round_robin}\n"
    )
    (folder / "_defaults.yml").write_text("owner: You@example.com  # until she left\n")
    inherited = load_workspace(workspace.root, environment={})
    both_events(engine)
    do_run(inherited, engine)
    register(["reassign"])
    done = CliRunner().invoke(app, ["reassign", "you@example.com", "ada@example.com", "--workspace", str(workspace.root)])
    assert done.exit_code == 0, done.output
    handed = load_workspace(workspace.root, environment={})
    assert (handed.profiles["hq-moves"].owner, handed.profiles["hq-moves"].recipients) == (
        "ada@example.com",
        ("ada@example.com", "ann@example.com"),
    )
    with engine.connect() as conn:
        assert [lead.owner for lead in queries.leads_of(conn)] == ["ada@example.com"]
    assert do_run(handed, engine, days=1).leads == []
    assert len(mails(workspace)) == 1


# (how a team shares its leads, addresses of the mails about Birchwood in Maryland and Dover in Delaware)
TEAMS = [
    ("everyone", ["ann@example.com"] * 2 + ["bob@example.com"] * 2 + ["you@example.com"] * 2),
    ("round_robin", ["ann@example.com", "bob@example.com"]),
    # Birchwood's seat is Ann's; Dover's is nobody's, and goes to the owner
    ("territory", ["ann@example.com", "you@example.com"]),
]


@pytest.mark.parametrize("assign, expected", TEAMS)
def test_a_team_shares_its_leads(workspace: Workspace, engine: Engine, assign: str, expected: list[str]) -> None:
    path = workspace.root / "profiles" / "hq-moves.yml"
    team = f"team: {{members: [{{email: ann@example.com, states: [MD]}}, {{email: bob@example.com, states: [TX]}}], assign: {assign}}}\n"
    path.write_text(re.sub(r"(?m)^where:.*\n", "where: {unknown: pass}\n", path.read_text()) + team)
    shared = load_workspace(workspace.root, environment={})
    both_events(engine)
    for kind, source in (("executive_change", CHIEF), ("relocation", MOVE)):
        url = f"https://wire.example/other-{kind}"
        other = replace(source, id=fingerprint(url), url=url)
        facts = {"level": "c_suite", "direction": "joins", "person": "Bo Lind", "what": "headquarters", "to": "Dover, Delaware"}
        told = {name: facts[name] for name in (("level", "direction", "person") if kind == "executive_change" else ("what", "to"))}
        store_events(engine, other, event(other, kind, "Dover Freight, Inc.", facts=told))
    assert len(do_run(shared, engine).leads) == 2
    assert sorted(str(message_from_bytes(mail.read_bytes(), policy=default)["To"]) for mail in mails(workspace)) == expected


def test_the_operator_hears_once_of_a_source_that_fails(workspace: Workspace) -> None:
    for path in (workspace.root / "sources").glob("*.yml"):
        path.unlink()
    (workspace.root / "sources" / "nobody.yml").write_text("title: Nobody there\nspider: feed\nstart: [http://127.0.0.1:9/feed]\n")
    settings = (workspace.root / "prospect.yml").read_text().replace("  # operator:", "  operator:")
    (workspace.root / "prospect.yml").write_text(f"{settings}crawl: {{allow_hosts: [127.0.0.1]}}\n")
    watched = load_workspace(workspace.root, environment={})
    engine = open_store(watched.database_url)
    for day in range(2):
        assert any("nobody" in failure for failure in do_run(watched, engine, days=day, stages=STAGES).failures)
    [path] = mails(watched)
    mail = message_from_bytes(path.read_bytes(), policy=default)
    assert (mail["To"], mail["Subject"]) == ("ops@example.com", "prospect: a source needs a look: nobody")
    assert "refuses connections" in mail.get_content()
    engine.dispose()
