"""Time and memory of a backtest over a million events, and of reading a thousand profiles.

    python -m benchmarks.replaying
    python -m benchmarks.replaying --events 100000 --profiles 100
    python -m benchmarks.replaying --stored       # the events lie in a SQLite store, and are read from there as `prospect backtest` reads them

The events are made one company after the other, as the store gives them, so that what is measured is the replay and not the making of a
list; making them takes about a third of the time, and is told apart.
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import Engine

from enrichment.places import coordinates
from enrichment.stories import tell_stories
from profiles.backtest import Accounts, backtest, daily
from profiles.examples import check_examples
from profiles.lint import lint
from profiles.new import Answers, Wish, new_profile
from profiles.profile import Profile
from prospect.profilefiles import read_profile_folder
from prospect.tuning import seen
from store import tables
from store.database import open_store
from store.queries.rows import insert_new, row_of
from store.records import Company, Document, RawDocument, Sighting, TriggerEvent

START = datetime(2024, 10, 1, 6, tzinfo=UTC)
DAYS = 90
KINDS = [
    "executive_change",
    "relocation",
    "facility_opening",
    "facility_expansion",
    "funding",
    "debt_financing",
    "acquisition",
    "contract_award",
    "product_launch",
    "layoffs",
    "hiring",
    "strong_results",
    "weak_results",
    "partnership",
    "cyber_incident",
]
STATES = ["MD", "VA", "DC", "NY", "NJ", "PA", "CA", "TX", "FL", "IL", "OH", "GA", "NC", "MA", "WA"]
PROFILE = {
    "name": "HQ moves",
    "owner": "rep@example.com",
    "where": {"states": ["MD", "VA", "DC"], "employees": {"min": 200}, "unknown": "pass"},
    "wants": [
        {"trigger": "executive_change", "is": {"level": "c_suite"}, "within": "120d", "weight": 40, "required": True},
        {"trigger": "relocation", "status": ["planned", "announced"], "within": "120d", "weight": 40, "required": True},
        {"then": ["executive_change", "relocation"], "within": "90d", "weight": 15},
        {"trigger": "layoffs", "weight": -10},
    ],
    "threshold": 55,
    "limit": {"leads": 20, "per": "month"},
}


def make_world(events: int, seed: int) -> Iterator[tuple[Company, list[Sighting]]]:
    """Yield companies with one to some forty sightings until there are so many events; a third of them are copies."""
    draw = random.Random(seed)
    made = number = 0
    while made < events:
        number += 1
        name = f"company-{number}"
        company = Company(id=name, name=name, state=draw.choice(STATES), country="US", employees=draw.choice([50, 300, 2000, None]))
        told: list[Sighting] = []
        for _ in range(min(events - made, max(1, int(draw.paretovariate(1.1))), 40)):
            if told and draw.random() < 0.33:
                first = draw.choice(told)
                told.append(make_sighting(first.event.kind, name, dict(first.event.facts), first.event.quote, first.first_seen, draw))
                continue
            kind = draw.choice(KINDS)
            seen = START + timedelta(minutes=draw.randrange(-60 * 24 * 60, DAYS * 24 * 60))
            facts: dict[str, str | None] = {
                "level": draw.choice(["c_suite", "board", "other"]),
                "person": f"Person {draw.randrange(1000)}",
                "to": f"Town {draw.randrange(50)}",
            }
            told.append(make_sighting(kind, name, facts, f"{name} sentence {draw.randrange(10**6)}.", seen, draw))
        made += len(told)
        yield company, told


def make_sighting(kind: str, of: str, facts: dict[str, str | None], quote: str, seen: datetime, draw: random.Random) -> Sighting:
    """Return one document's telling of an event."""
    seen += timedelta(hours=draw.randrange(3))
    key = draw.randrange(10**12)
    event = TriggerEvent(
        id=f"{key:016x}",
        document_id=f"{key + 1:016x}",
        kind=kind,
        status=draw.choice(["planned", "announced", "announced", "completed", "denied"]),
        company=of,
        facts=facts,
        quote=quote,
        start=0,
        end=len(quote),
        happened=None,
        confidence=draw.choice([0.7, 0.9, 1.0]),
    )
    publisher = f"Wire {draw.randrange(9)}"
    return Sighting(
        event=event, company_id=of, url="", title=None, source="wire", publisher=publisher, form=None, published=seen, first_seen=seen
    )


def store_world(engine: Engine, events: int) -> None:
    """Write the world into a fresh store: companies, documents of no text, events, and of each kind of a company one story."""
    world = make_world(events, 1)
    while some := list(islice(world, 2000)):
        sightings = [sighting for _, told in some for sighting in told]
        kinds = {(each.company_id, each.event.kind): each for each in sightings}
        with engine.begin() as conn:
            insert_new(conn, tables.companies, [row_of(company, tables.companies) for company, _ in some])
            insert_new(conn, tables.raw_documents, [row_of(raw_of(each), tables.raw_documents) for each in sightings])
            insert_new(conn, tables.documents, [row_of(document_of(each), tables.documents) for each in sightings])
            insert_new(conn, tables.events, [row_of(each.event, tables.events) | {"company_id": each.company_id} for each in sightings])
            stories = [story for each in kinds.values() for story in tell_stories([each])]
            insert_new(conn, tables.stories, [row_of(story, tables.stories) | {"event_ids": []} for story in stories])


def raw_of(sighting: Sighting) -> RawDocument:
    """Return the document of a sighting as it was fetched."""
    key = sighting.event.document_id
    return RawDocument(
        id=key,
        source="wire",
        url="",
        canonical_url=key,
        fetched=sighting.first_seen,
        content_type="",
        digest="",
        warc="",
        offset=0,
        hints={},
    )


def document_of(sighting: Sighting) -> Document:
    """Return the document of a sighting, without its text."""
    return Document(
        id=sighting.event.document_id,
        url="",
        title=None,
        text="",
        published=sighting.published,
        publisher=sighting.publisher,
        source="wire",
        first_seen=sighting.first_seen,
    )


def replay_stored(events: int) -> None:
    """Print time and memory of a replay over a store; its making is not in the time."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_store(f"sqlite:///{folder}/store.sqlite")
        store_world(engine, events)
        profile = Profile.model_validate(PROFILE)
        began, wall = time.process_time(), time.monotonic()
        with engine.connect() as conn:
            found = backtest(profile, "hq", seen(conn, profile, Accounts()), daily(START, DAYS), tell_stories, atlas=coordinates)
        print(
            f"stored: {found.events:,} of {events:,} events read, of {found.companies:,} companies: {time.process_time() - began:.1f} s CPU "
            f"({time.monotonic() - wall:.1f} s wall), {len(found.leads)} leads, {len(found.alerts)} alerts, peak memory {peak_mb():.0f} MB",
            flush=True,
        )
        engine.dispose()


def peak_mb() -> float:
    """Return the most memory that the process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print both figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--profiles", type=int, default=1000)
    parser.add_argument("--stored", action="store_true", help="read the events from a store")
    options = parser.parse_args()
    if options.stored:
        replay_stored(options.events)
        return
    began = time.process_time()
    companies = sum(1 for _ in make_world(options.events, 1))
    making = time.process_time() - began
    began, wall = time.process_time(), time.monotonic()
    found = backtest(Profile.model_validate(PROFILE), "hq", make_world(options.events, 1), daily(START, DAYS), tell_stories)
    spent = time.process_time() - began
    print(
        f"backtest: {found.events:,} events of {companies:,} companies over {DAYS} days: {spent - making:.1f} s CPU beside {making:.1f} s for making them "
        f"({time.monotonic() - wall:.1f} s wall), {len(found.leads)} leads, {len(found.alerts)} alerts, peak memory {peak_mb():.0f} MB",
        flush=True,
    )
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.profiles):
            wishes = [Wish("executive_change", {"level": ["c_suite"]}), Wish("relocation", {}, status=["planned"])]
            text = new_profile(
                Answers(f"Profile {number}", "rep@example.com", wishes, states=[STATES[number % len(STATES)]], employees_min=number)
            )
            (Path(folder) / f"profile-{number:04}.yml").write_text(text, encoding="utf-8")
        began, wall = time.process_time(), time.monotonic()
        profiles, faults = read_profile_folder(Path(folder))
        read = time.process_time() - began
        wrong = [fault for slug, profile in profiles.items() for fault in check_examples(profile, slug)]
        warned = sum(len(lint(profile)) for profile in profiles.values())
        spent = time.process_time() - began
    print(
        f"check: {len(profiles)} profiles with five examples each: read in {read:.1f} s CPU, all in {spent:.1f} s CPU ({time.monotonic() - wall:.1f} s wall); "
        f"{len(faults)} faults, {len(wrong)} wrong examples, {warned} warnings"
    )


if __name__ == "__main__":
    main()
