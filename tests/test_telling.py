"""The outbox seen from the command line: rehearsals of CRM pushes, bounces, and what came of the leads."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

from alerts.channels import load_channel
from alerts.errors import TryAgain
from alerts.push import LeadOutcome
from alerts.settings import MailSettings, Target
from crawler.source import Source
from prospect.cli import app, register
from prospect.judging import Judged, best_told, save
from prospect.outcomes import OVERLAP, read_outcomes
from prospect.verdicts import give_verdict
from prospect.workspace import load_workspace
from store import queries as q
from store.database import open_store
from store.records import Sighting
from tests import stored
from tests.alert_records import make_sighting, make_story
from tests.crm_standins import serving
from tests.salesforce_standin import Salesforce
from tests.web_site import NOW, client_of, fill, link_path, workspace_in


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with three leads, none of which was told to anybody."""
    root = workspace_in(tmp_path / "ws")
    engine = open_store(f"sqlite:///{root}/prospect.db")
    fill(engine)
    engine.dispose()
    return root


@pytest.fixture
def engine(root: Path) -> Engine:
    return open_store(f"sqlite:///{root}/prospect.db")


def prospect(root: Path, *words: str, stdin: bytes | None = None) -> Result:
    register(words)
    return CliRunner().invoke(app, [*words, "--workspace", str(root)], input=stdin)


def test_a_dry_run_shows_each_record_field_by_field_and_writes_none(root: Path, engine: Engine) -> None:
    made = Salesforce()
    with serving(made) as url:
        settings = root / "prospect.yml"
        crm = (
            f'crm: {{csv: {{folder: crm}}, sf: {{channel: salesforce, url: "{url}", token: {made.token}, mapping: {{Rating: "\'Hot\'"}}}}}}'
        )
        settings.write_text(settings.read_text().replace("crm: {csv: {folder: crm}}", crm))
        done = prospect(root, "crm", "sync", "--dry-run", "--to", "sf", "--every-lead")
        assert done.exit_code == 0, done.output
        assert "sf: Lead prospect-l1, made  (lead l1)\n" in done.output
        assert "    Company = Harbor Mills, Inc.\n    LastName = Quill\n    FirstName = Ada\n" in done.output
        assert "    Rating = Hot\n" in done.output
        assert "no active user there has the e-mail jane@example.com" in done.output
        assert done.output.endswith("3 leads would write 4 records; nothing was written\n")
        lines = prospect(root, "crm", "sync", "--dry-run", "--every-lead", "--format", "json").output.splitlines()
        assert {(line["crm"], line["lead"]) for line in map(json.loads, lines)} == {
            (n, i) for n in ("csv", "sf") for i in ("l1", "l2", "l3")
        }
        assert not any(made.records.values())
        made.token = "another"
        refused = prospect(root, "crm", "sync", "--dry-run", "--to", "sf", "--every-lead")
        assert refused.exit_code == 1
        assert "sf: answered 401: INVALID_SESSION_ID" in refused.output
    assert not (root / "crm").exists()
    with engine.connect() as conn:
        assert q.deliveries_of(conn) == []


@pytest.mark.parametrize(
    "words, said",
    [
        (("--dry-run", "--to", "csw"), "unknown CRM 'csw' (did you mean 'csv'?)"),
        (("--dry-run", "--format", "xml"), "unknown format 'xml'"),
        (("--every-lead",), "go with --dry-run"),
    ],
)
def test_a_dry_run_of_nothing_sensible(words: tuple[str, ...], said: str, root: Path) -> None:
    done = prospect(root, "crm", "sync", *words)
    assert done.exit_code != 0
    assert said in str(done.exception)


class Crm:
    """A CRM that remembers what it was asked; its leads are what the test says."""

    def __init__(self) -> None:
        self.says: dict[str, LeadOutcome] = {}
        self.asked: list[tuple[set[str], datetime | None]] = []

    def read_outcomes(self, settings: Target, external_ids: Sequence[str], since: datetime | None = None) -> list[LeadOutcome]:
        self.asked.append((set(external_ids), since))
        found = [self.says[each] for each in external_ids if each in self.says]
        return [each for each in found if since is None or (each.changed and each.changed >= since)]


def says(lead: str, outcome: str, hours: float, **more: Any) -> LeadOutcome:
    return LeadOutcome(external_id=f"prospect-{lead}", outcome=outcome, said=outcome.title(), changed=NOW + timedelta(hours=hours), **more)


@pytest.fixture
def crm(root: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Crm:
    """A workspace's only CRM, which has two of the three leads."""
    made = Crm()
    monkeypatch.setattr("prospect.outcomes.load_channel", lambda name: made)
    handed = [stored.delivery(f"k{lead}", lead_ids=(lead,), channel="csv", target="csv") for lead in ("l1", "l2")]
    with engine.begin() as conn:
        q.enqueue(conn, handed)
        q.claim(conn, worker="w", now=NOW + timedelta(days=9), lease=timedelta(hours=1), limit=9)
        for each in handed:
            q.settle_sent(conn, each.key, "w", NOW)
    return made


def lead_state(engine: Engine, lead: str) -> str:
    with engine.connect() as conn:
        found = q.lead(conn, lead)
    assert found
    return found.state


def test_a_crm_is_asked_about_its_own_leads_and_then_about_what_changed(root: Path, engine: Engine, crm: Crm) -> None:
    workspace = load_workspace(root)
    crm.says = {"prospect-l1": says("l1", "open", 1), "prospect-l2": says("l2", "working", 2), "prospect-l3": says("l3", "won", 3)}
    assert read_outcomes(workspace, engine, NOW) == (2, [])
    assert crm.asked == [({"prospect-l1", "prospect-l2"}, None)]  # l3 was never handed over
    assert lead_state(engine, "l3") == "new"
    crm.asked.clear()
    crm.says["prospect-l1"] = says("l1", "won", 5, amount=1200.0)
    assert read_outcomes(workspace, engine, NOW) == (1, [])
    (asked,) = crm.asked
    assert asked == ({"prospect-l1", "prospect-l2"}, NOW + timedelta(hours=2) - OVERLAP)
    assert lead_state(engine, "l1") == "accepted"
    assert read_outcomes(workspace, engine, NOW) == (0, [])  # said again, and nothing new
    # one that is handed over later is asked about whole, whenever it changed
    with engine.begin() as conn:
        q.enqueue(conn, [stored.delivery("kl3", lead_ids=("l3",), channel="csv", target="csv")])
        q.claim(conn, worker="w", now=NOW + timedelta(days=9), lease=timedelta(hours=1), limit=9)
        q.settle_sent(conn, "kl3", "w", NOW)
    crm.asked.clear()
    assert read_outcomes(workspace, engine, NOW)[0] == 1
    assert crm.asked[0] == ({"prospect-l3"}, None)


WHAT_FOLLOWS = [
    # (what the rep said, what the CRM says one after another, the lead's state at the end)
    (None, ["open", "working"], "new"),
    (None, ["converted"], "accepted"),
    (None, ["lost"], "rejected"),
    (None, ["lost", "won"], "accepted"),  # taken up again
    (None, ["converted", "lost"], "accepted"),  # the deal failed, not the alert
    ("accepted", ["lost"], "accepted"),
    ("rejected", ["won"], "rejected"),  # a colleague's luck is no word of the rep's
    ("snoozed", ["converted"], "accepted"),  # a snooze is no verdict
    ("accepted", ["deleted"], "accepted"),
    (None, ["deleted"], "new"),
]


@pytest.mark.parametrize("said, outcomes, state", WHAT_FOLLOWS)
def test_what_a_crm_makes_of_a_leads_state(said: str | None, outcomes: list[str], state: str, root: Path, engine: Engine, crm: Crm) -> None:
    workspace = load_workspace(root)
    if said:
        with engine.begin() as conn:
            lead = q.lead(conn, "l1")
            assert lead
            give_verdict(workspace, conn, lead, said, by="jane@example.com", via="web", now=NOW, reason="old news", snooze_days=3)
    for hours, outcome in enumerate(outcomes):
        crm.says["prospect-l1"] = says("l1", outcome, hours, reason="no budget" if outcome == "lost" else None)
        read_outcomes(workspace, engine, NOW)
    assert lead_state(engine, "l1") == state
    with engine.connect() as conn:
        assert [each.outcome for each in q.outcomes_of(conn) if each.lead_id == "l1"] == [outcomes[-1]]


def test_outcomes_reach_evaluate(root: Path, engine: Engine, crm: Crm) -> None:
    crm.says = {"prospect-l1": says("l1", "won", 1, amount=1200.5), "prospect-l2": says("l2", "lost", 1, reason="no budget")}
    read_outcomes(load_workspace(root), engine, NOW)
    rows = {(row["group"], row["name"]): row for row in map(json.loads, prospect(root, "evaluate", "--format", "json").output.splitlines())}
    everything = rows["all", "all"]
    assert (everything["won"], everything["lost"], everything["amount_won"], everything["lost_reasons"]) == (1, 1, 1200.5, "no budget (1)")
    assert (rows["profile", "joe"]["won"], rows["profile", "joe"]["lost"]) == (0, 1)
    browser = client_of(engine, root)
    browser.get(link_path("accept", "l1"))  # signs in
    page = browser.get("/leads/l1").text
    assert "won in csv (Won), 1,200" in page
    assert "amount_won" in prospect(root, "evaluate", "--format", "csv").output


def test_a_crm_that_is_away_is_a_problem_and_stops_nothing(root: Path, engine: Engine, crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> list[LeadOutcome]:
        raise TryAgain("csv: cannot be reached")

    monkeypatch.setattr(crm, "read_outcomes", away)
    assert read_outcomes(load_workspace(root), engine, NOW) == (0, ["csv: cannot be reached"])


def seen(source: str, url: str, **changes: Any) -> Sighting:
    facts: dict[str, str | None] = {"person": "Ada Quill", "direction": "joins"}
    return make_sighting("executive_change", facts, f"Ada Quill joins, says {url}.", url=url, source=source, publisher=source, **changes)


BEST = [
    # the company's own site before a paper that was read with more confidence
    ([seen("paper", "https://paper.example/1", confidence=0.99), seen("room", "https://news.harbor.example/1", confidence=0.8)], "room"),
    # a filing before a paper
    ([seen("paper", "https://paper.example/1"), seen("edgar", "https://filings.example.gov/1", form="8-K")], "edgar"),
    # a wire before an aggregator: the source that is trusted more
    ([seen("gatherer", "https://gatherer.example/1"), seen("wire", "https://wire.example/1")], "wire"),
    # of two of the same trust, as they were: the surest and first
    ([seen("wire", "https://wire.example/1"), seen("wire2", "https://wire2.example/1")], "wire"),
    # what denies it, though a paper says so: the story stands denied
    ([seen("paper", "https://paper.example/1", status="denied"), seen("room", "https://harbor.example/1")], "paper"),
    # a namesake in the path is not the company's site
    ([seen("wire", "https://wire.example/1"), seen("paper", "https://paper.example/harbor.example")], "wire"),
    # an address that is none
    ([seen("wire", "https://wire.example/1"), seen("paper", "javascript:alert(1)")], "wire"),
]


@pytest.mark.parametrize("sightings, first", BEST)
def test_the_evidence_shown_first(sightings: list[Sighting], first: str, root: Path) -> None:
    trusted = {"wire": 0.8, "wire2": 0.8, "paper": 0.7, "gatherer": 0.5, "edgar": 1.0, "room": 0.8}
    sources = {
        name: Source.model_validate({"name": name, "title": name, "spider": "feed", "start": ["https://x.example/feed"], "trust": trust})
        for name, trust in trusted.items()
    }
    workspace = replace(load_workspace(root), sources=sources)
    story = make_story(*sightings)
    told = best_told(workspace, story, stored.company("c1", domain="harbor.example"))
    assert told.sightings[0].source == first
    assert sorted(each.url for each in told.sightings) == sorted(each.url for each in sightings)
    assert told.id == story.id


@pytest.mark.parametrize("address", ["nobody", "a@b.example, c@d.example", "x@y.example\nBcc: z@w.example", ""])
def test_a_test_mail_to_no_address_names_what_was_typed(address: str, root: Path) -> None:
    done = prospect(root, "deliveries", f"--test={address}")
    assert done.exit_code != 0 or not address
    if address:
        assert "--test: " in str(done.exception)
        assert "mail.operator" not in str(done.exception)


def test_what_a_killed_writer_left_is_swept_by_the_next(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mails"
    folder.mkdir()
    halves = {name: folder / f".{name}.eml.{pid}.part" for name, pid in (("old", 4711), ("new", 4712))}
    for half in halves.values():
        half.write_bytes(b"half")
    os.utime(halves["old"], (0, 0))
    assert list(load_channel("folder").send([], MailSettings(url=f"folder:{folder}", sender="a@b.example"))) == []
    assert list(folder.iterdir()) == [halves["new"]]  # somebody may be writing it


@pytest.mark.parametrize(
    "said, judged_states, states",
    [
        (None, ["withdrawn", "new"], ["withdrawn", "new"]),  # taken back, and back again
        ("accepted", ["withdrawn", "new"], ["accepted", "accepted"]),  # the rep's word in the meantime stands
        ("rejected", ["withdrawn", "new"], ["rejected", "rejected"]),
    ],
)
def test_what_judging_makes_of_a_leads_state(
    said: str | None, judged_states: list[str], states: list[str], root: Path, engine: Engine
) -> None:
    with engine.begin() as conn:
        lead = q.lead(conn, "l1")
        assert lead
        if said:
            give_verdict(load_workspace(root), conn, lead, said, by="jane@example.com", via="web", now=NOW, reason="old news")
        for judged, then in zip(judged_states, states, strict=True):
            save(conn, Judged(leads=[replace(lead, state=judged)]), [], NOW)
            now = q.lead(conn, "l1")
            assert now
            assert now.state == then
