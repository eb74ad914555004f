"""The demo comes to what fixtures/demo/expected.json says: these leads on these nights, these corrections, these silences."""

from __future__ import annotations

import email
import email.policy
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from fixtures.documents import Text
from fixtures.server import DemoWorld, running
from fixtures.workspace import DEMO, write_workspace
from prospect.explaining import said_of
from prospect.pipeline import run
from prospect.summary import RunSummary
from prospect.workspace import Workspace, load_workspace
from store import queries
from store.database import open_store
from store.records import Decision, Lead, Reason, Story

EXPECTED: dict[str, list[dict[str, Any]]] = {
    key: rows for key, rows in json.loads((DEMO / "expected.json").read_text("utf-8")).items() if key != "comment"
}
GAPS: dict[tuple[str, str], str] = {}  # silences for another reason than the right one; a row that works must go


@dataclass
class Played:
    """Every night of the demo world, run once for all tests of this file."""

    world: DemoWorld
    workspace: Workspace
    engine: Engine
    summaries: dict[date, RunSummary] = field(default_factory=dict)
    leads: dict[date, list[Lead]] = field(default_factory=dict)  # made that night
    corrections: dict[date, list[Decision]] = field(default_factory=dict)

    @property
    def mails(self) -> list[EmailMessage]:
        paths = sorted((self.workspace.root / "mails").glob("*.eml"))
        return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in paths]

    def stories(self, lead: Lead) -> list[Story]:
        with self.engine.connect() as conn:
            return [story for story in queries.stories_of(conn, [lead.company_id])[lead.company_id] if story.id in lead.story_ids]

    def decision(self, profile: str, company_id: str) -> Decision:
        with self.engine.connect() as conn:
            [said] = said_of(self.workspace, conn, [company_id], [profile], self.world.night_after(self.world.days[-1]))
        return said


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    folder = tmp_path_factory.mktemp("demo").resolve()
    with running() as world:
        write_workspace(folder, world)
        workspace = load_workspace(folder)
        engine = open_store(workspace.database_url)
        made = Played(world, workspace, engine)
        for day in world.days:
            world.day, now = day, world.night_after(day)
            made.summaries[day] = run(workspace, engine, now=now)
            with engine.connect() as conn:
                made.leads[day] = [lead for lead in queries.leads_of(conn) if lead.created == now]
                decisions = [each for slug in workspace.profiles for each in queries.decisions_of(conn, slug, 1000)]
            made.corrections[day] = [each for each in decisions if each.reason is Reason.CORRECTED and each.now == now]
        yield made
        engine.dispose()


def test_every_night_ends_well(played: Played) -> None:
    assert {day: summary.failures for day, summary in played.summaries.items() if summary.failures} == {}


def test_every_document_is_read_once_on_its_day(played: Played) -> None:
    since = played.workspace.settings.since
    assert since

    def out(text: Text, day: date) -> bool:
        return text.day == day or (day == played.world.days[0] and text.day < day and text.site != "edgar")

    for day, summary in played.summaries.items():
        assert summary.collect["new"] == sum(out(text, day) for text in played.world.texts), day
        assert summary.read["documents"] == summary.collect["new"], day


def test_leads_are_those_expected(played: Played) -> None:
    came = {(str(day), lead.profile, lead.company_id) for day, leads in played.leads.items() for lead in leads}
    assert came == {(row["night_after"], row["profile"], row["company"]) for row in EXPECTED["leads"]}


@pytest.mark.parametrize("row", EXPECTED["leads"], ids=lambda row: f"{row['profile']}-{row['company']}")
def test_a_lead_tells_its_stories_with_all_their_documents(played: Played, row: dict[str, Any]) -> None:
    lead = next(
        lead
        for lead in played.leads[date.fromisoformat(row["night_after"])]
        if (lead.profile, lead.company_id) == (row["profile"], row["company"])
    )
    stories = played.stories(lead)
    assert sorted(story.kind for story in stories) == sorted(row["kinds"])
    urls = {sighting.url for story in stories for sighting in story.sightings}
    assert len(urls) >= row["documents"], row["why"]
    evidence = {text.stem: [" ".join(event["quote"].split()) for event in text.events] for text in played.world.texts}
    told = {quote for quotes in evidence.values() for quote in quotes} | {text.title for text in played.world.texts}
    for story in stories:
        best = " ".join(story.sightings[0].event.quote.split())
        assert any(best in quote or quote in best for quote in told), best


def test_corrections_are_those_expected(played: Played) -> None:
    came = {(str(day), each.profile, each.company_id) for day, decisions in played.corrections.items() for each in decisions}
    assert came == {(row["night_after"], row["profile"], row["company"]) for row in EXPECTED["corrections"]}


def silences() -> Iterator[Any]:
    for row in EXPECTED["silences"]:
        gap = GAPS.get((row["profile"], row["company"]))
        yield pytest.param(row, id=f"{row['profile']}-{row['company']}", marks=[pytest.mark.xfail(reason=gap, strict=True)] if gap else [])


@pytest.mark.parametrize("row", list(silences()))
def test_every_silence_has_its_reason(played: Played, row: dict[str, Any]) -> None:
    decision = played.decision(row["profile"], row["company"])
    assert str(decision.reason) == row["reason"], f"{decision.detail}; expected because: {row['why']}"


def test_one_mail_a_lead_and_one_a_correction(played: Played) -> None:
    wanted = sorted(played.workspace.profiles[row["profile"]].owner for key in ("leads", "corrections") for row in EXPECTED[key])
    assert sorted(str(mail["To"]) for mail in played.mails) == wanted
    assert len({mail["Message-ID"] for mail in played.mails}) == len(played.mails)


def test_a_second_run_of_the_last_night_changes_nothing(played: Played) -> None:
    with played.engine.connect() as conn:
        before = queries.counts(conn)
    mails = len(played.mails)
    day = played.world.days[-1]
    again = run(played.workspace, played.engine, now=played.world.night_after(day))
    assert (again.collect["new"], again.leads, again.tell["sent"]) == (0, [], 0)
    with played.engine.connect() as conn:
        after = queries.counts(conn)
    assert {name: count for name, count in after.items() if name not in {"runs", "source_runs"}} == {
        name: count for name, count in before.items() if name not in {"runs", "source_runs"}
    }
    assert len(played.mails) == mails


def test_no_crawl_asks_edgar_without_an_address(played: Played) -> None:
    refused = [path for site, path, status in played.world.requests if site == "edgar" and status == 403 and "daily-index" not in path]
    assert refused == []


def test_unchanged_feeds_cost_a_conditional_request(played: Played) -> None:
    assert [status for site, path, status in played.world.requests if path == "/news/feed.xml"].count(304) >= 3


def test_expected_names_real_profiles_and_companies() -> None:
    profiles = {path.stem for path in (DEMO / "profiles").glob("*.yml")}
    register = (DEMO / "companies.csv").read_text("utf-8")
    for rows in EXPECTED.values():
        for row in rows:
            assert row["profile"] in profiles
            assert f"\n{row['company']}," in register


def test_demo_folder_is_whole() -> None:
    assert {path.name for path in Path(DEMO).iterdir()} >= {
        "prospect.yml",
        "sources",
        "profiles",
        "accounts",
        "companies.csv",
        "expected.json",
    }
