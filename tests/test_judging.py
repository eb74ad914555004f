"""A live run judges only what something touched: night by night it must say what judging every pair says."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, delete

from enrichment.resolve import Resolver
from enrichment.stories import tell_stories
from profiles.decide import History, decide_together
from profiles.profile import Profile
from prospect.due import accounts_of
from prospect.explaining import said_of
from prospect.judging import Judged, judge_all, save
from prospect.resolving import retell
from prospect.settings import Settings
from prospect.workspace import Workspace
from store import queries
from store.database import open_store
from store.records import Company, CompanyMatch, Document, Lead, RawDocument, Reason, Sighting, Verdict
from store.tables import metadata
from tests.profiles_factories import company, profile, sighting
from tests.profiles_worlds import busy_companies, busy_profile

START = datetime(2024, 12, 10, 6, tzinfo=UTC)  # a new year begins within thirty days: companies grow older
SINCE = (START - timedelta(days=5)).date()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_store(f"sqlite:///{tmp_path_factory.mktemp('judging')}/store.sqlite")
    yield engine
    engine.dispose()


def workspace_of(profiles: dict[str, Profile]) -> Workspace:
    return Workspace(Path(), Settings.model_validate({"contact": "Tests test@example.com", "since": SINCE}), {}, profiles, {})


def put(conn: Connection, told: Sequence[Sighting], now: datetime) -> None:
    """Store what a night brought, as the stages before judging do."""
    for each in told:
        of = each.event.document_id
        raw = RawDocument(
            id=of,
            source=each.source,
            url=each.url,
            canonical_url=each.url,
            fetched=each.first_seen,
            content_type="",
            digest="",
            warc="",
            offset=0,
            hints={},
        )
        queries.save_raw(conn, [raw])
        text = Document(
            id=of,
            url=each.url,
            title=None,
            text="",
            published=each.published,
            publisher=each.publisher,
            form=each.form,
            first_seen=each.first_seen,
        )
        queries.save_document(conn, text, now)
        queries.save_events(conn, of, [each.event], now)
        queries.save_match(conn, each.event.id, CompanyMatch(company_id=each.company_id, score=1, reasons=()), now)
    retell(conn, {each.company_id for each in told}, now)


def judge(conn: Connection, workspace: Workspace, now: datetime) -> Judged:
    judged = judge_all(workspace, conn, now=now, resolver=lambda: Resolver(queries.iter_companies(conn)))
    save(conn, judged, [], now)
    return judged


@dataclass
class AllPairs:
    """The same job without an index: every profile against every company, every night."""

    companies: dict[str, Company]
    told: dict[str, list[Sighting]]
    leads: dict[str, dict[str, Lead]] = field(default_factory=dict)  # by profile

    def judge(self, conn: Connection, workspace: Workspace, now: datetime) -> tuple[set[tuple[str, str, str, str]], set[tuple[str, str]]]:
        """Return the leads of the night with their reasons, and the pairs that are held for review."""
        sent, held = set(), set()
        for slug, wanted in workspace.profiles.items():
            accounts = accounts_of(workspace, slug, conn, lambda: Resolver(queries.iter_companies(conn)))
            leads = self.leads.setdefault(slug, {})
            since = datetime.combine(SINCE, datetime.min.time(), UTC)
            cases = []
            for each, who in self.companies.items():
                known = tell_stories([seen for seen in self.told[each] if seen.first_seen <= now])
                own = tuple(lead for lead in leads.values() if lead.company_id == each)
                cases.append((who, known, History(own, tuple(leads.values()), since, accounts.included, accounts.excluded)))
            for decision, made, _ in decide_together(wanted, slug, cases, now):
                if decision.reason is Reason.FOR_REVIEW:
                    held.add((slug, decision.company_id))
                for lead in made:
                    leads[lead.id] = lead
                    sent.add((slug, decision.company_id, decision.reason.value, lead.id))
        return sent, held


def change_something(draw: random.Random, conn: Connection, workspace: Workspace, every: AllPairs, now: datetime) -> Workspace:
    """Let a rep judge a lead, a register learn of a company, or a profile be changed."""
    chance = draw.random()
    leads = sorted((lead for found in every.leads.values() for lead in found.values()), key=lambda lead: lead.id)
    if chance < 0.2 and leads:
        lead = draw.choice(leads)
        verdict = draw.choice(["accepted", "rejected", "snoozed"])
        until = now + timedelta(days=draw.randint(1, 6)) if verdict == "snoozed" else None
        queries.save_verdict(conn, Verdict(lead_id=lead.id, verdict=verdict, reason=None, said=now, by="", via="cli"), snoozed_until=until)
        every.leads[lead.profile][lead.id] = replace(lead, state=verdict, snoozed_until=until)
    elif chance < 0.3:
        who = draw.choice(sorted(every.companies))
        every.companies[who] = replace(every.companies[who], state=draw.choice(["TX", "MD"]), account=draw.choice([None, "customer"]))
        queries.save_companies(conn, [every.companies[who]])
    elif chance < 0.4:
        slug = draw.choice(sorted(workspace.profiles))
        of = workspace.profiles[slug]
        changed = draw.choice([{"threshold": of.threshold * draw.choice([0.7, 1.3])}, {"cooldown": timedelta(days=2)}])
        return replace(workspace, profiles={**workspace.profiles, slug: of.model_copy(update=changed)})
    return workspace


def test_live_by_the_index_says_what_all_pairs_say(engine: Engine) -> None:
    reasons: Counter[str] = Counter()
    judged_pairs = all_pairs = 0
    for seed in range(14):
        draw = random.Random(seed)
        profiles = {}
        for number in range(4):
            wanted = busy_profile(draw, START)
            accounts: dict[str, Any] = draw.choice([{}, {}, {"include": ["c0", "c2"]}, {"exclude": ["c1"], "customers": "exclude"}])
            keys = wanted.model_dump(by_alias=True, exclude_unset=True) | {"companies": accounts}
            if number < 2:  # so that material changes come within a cooldown
                keys |= {"cooldown": "60d", "realert": "material", "limit": None, "half_life": "60d", "threshold": 10}
            profiles[f"p{number}"] = Profile.model_validate(keys)
        workspace = workspace_of(profiles)
        world = busy_companies(draw, START)
        every = AllPairs(
            {who.id: replace(who, founded=draw.choice([None, 2014, 2015])) for who, _ in world}, {who.id: told for who, told in world}
        )
        now = START
        with engine.begin() as conn:
            for table in reversed(metadata.sorted_tables):
                conn.execute(delete(table))
            queries.save_companies(conn, every.companies.values())
            before = datetime.min.replace(tzinfo=UTC)
            for _ in range(34):
                put(conn, [seen for _, told in world for seen in told if before < seen.first_seen <= now], now)
                judged = judge(conn, workspace, now)
                sent, held = every.judge(conn, workspace, now)
                reason_of = {(each.profile, each.company_id): each.reason.value for each in judged.decisions}
                came = {(lead.profile, lead.company_id, reason_of[lead.profile, lead.company_id], lead.id) for lead in judged.leads}
                assert came == sent, (seed, now)
                stored = {
                    (each.profile, each.company_id)
                    for slug in profiles
                    for each in queries.decisions_of(conn, slug, 99)
                    if each.reason is Reason.FOR_REVIEW
                }
                assert stored == held, (seed, now)
                reasons.update(reason for _, _, reason, _ in came)
                reasons["held"] += len(held)
                judged_pairs += len(judged.decisions)
                all_pairs += len(profiles) * len(world)
                workspace = change_something(draw, conn, workspace, every, now)
                before, now = now, now + timedelta(hours=draw.choice([6, 24, 24, 25]))
    assert min(reasons[reason] for reason in ("alerted", "realerted", "corrected", "held")) > 1, reasons
    assert judged_pairs < all_pairs / 2


def test_a_night_without_news_judges_nothing(engine: Engine) -> None:
    """Only the pairs whose time has come are judged, and only once it has."""
    told = [sighting("relocation", of="a", published=START), sighting("relocation", of="b", published=START, key="b")]
    asleep = {
        "awake": profile(),
        "asleep": profile(active={"from": (START + timedelta(days=3)).date()}),
        "other": profile(wants=[{"trigger": "funding", "weight": 40}]),
    }
    workspace = workspace_of(asleep)
    with engine.begin() as conn:
        for table in reversed(metadata.sorted_tables):
            conn.execute(delete(table))
        queries.save_companies(conn, [company("a"), company("b")])
        put(conn, told, START)
        nights = []
        for day in range(5):
            judged = judge(conn, workspace, START + timedelta(days=day))
            nights.append(sorted((each.profile, each.company_id, each.reason) for each in judged.decisions))
        # every pair has its reason all the same
        said = {each.profile: each.reason for each in said_of(workspace, conn, ["a"], asleep, START + timedelta(days=4))}
    pairs = [(slug, of, reason) for slug, reason in (("asleep", Reason.INACTIVE), ("awake", Reason.ALERTED)) for of in "ab"]
    assert nights == [pairs, [], [], [("asleep", "a", Reason.ALERTED), ("asleep", "b", Reason.ALERTED)], []]
    assert said == {"awake": Reason.ALREADY_TOLD, "asleep": Reason.ALREADY_TOLD, "other": Reason.NO_EVENTS}


def test_a_changed_profile_judges_everything_and_sends_nothing_again(engine: Engine) -> None:
    told = [sighting("relocation", of="a", published=START), sighting("relocation", of="b", published=START, confidence=0.6, key="b")]
    before = workspace_of({"p": profile()})
    after = workspace_of({"p": profile(threshold=20, name="Broader")})
    with engine.begin() as conn:
        for table in reversed(metadata.sorted_tables):
            conn.execute(delete(table))
        queries.save_companies(conn, [company("a"), company("b")])
        put(conn, told, START)
        sent = [
            [lead.company_id for lead in judge(conn, which, START + timedelta(days=day)).leads]
            for day, which in enumerate((before, before, after, after))
        ]
    assert sent == [["a"], [], ["b"], []]
