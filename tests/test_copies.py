"""Copies of one release: read once, told by all, counted as one source; what says more than its original is read."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crawler.duplicates import SORTED_EVERY, DuplicateIndex, Sketch, sketch
from profiles.conditions import independent_sources
from prospect.cli.setup import TEMPLATE
from prospect.kinds import shipped_kinds
from prospect.missed import walk
from prospect.pipeline import run
from prospect.summary import RunSummary
from prospect.workspace import Workspace, load_workspace
from store import queries
from store.database import open_store
from store.records import Document
from tests.factories import NOW, document, raw
from triggers.entities import load_entities
from triggers.extract import Extractor

TITLE = "Birchwood Mills Names Ada Kerr Chief Financial Officer"
LEAD = "Birchwood Mills, Inc., which spins yarn for furniture makers in nine states, today named Ada Kerr chief financial officer, effective October 1, 2026."
REST = (
    "Ms. Kerr joins from Calder & Finch Logistics, where she led treasury and tax for eleven years and the sale of two depots in 2024.\n"
    "“Ada has closed the books of harder years than ours,” said Otto Pike, who founded the company in 1998 and chairs its board of seven.\n"
    "The mill in Dover, Delaware, ran three shifts through the summer of 2026 and took on 140 people, most of them from the county.\n"
    "Birchwood keeps its looms, its dye house and a warehouse of 90,000 square feet on the river, and buys its wool at auction in the spring."
)
FIRST = f"DOVER, Del., Sept. 9, 2026 /Bellwether Wire/ -- {LEAD}\n{REST}"


@cache
def extractor() -> Extractor:
    return Extractor(list(shipped_kinds().values()), entities=load_entities("rules"))


def release(text: str, *, wire: str = "bellwether", title: str = TITLE, first_seen: datetime = NOW) -> Document:
    return document(f"https://{wire}.example/kerr", title=title, text=text, source=wire, publisher=wire.title(), first_seen=first_seen)


# what it guards, the copy's text, whether it is told by its original, how many events it then tells
RETOLD = [
    ("the same words", FIRST, True, 1),
    ("another wire's dateline", f"(Pressline) -- {LEAD}\n{REST}", True, 1),
    ("plain quotation marks and a line at the end", FIRST.replace("“", '"').replace("”", '"') + "\nSOURCE: Pressline", True, 1),
    ("cut short", FIRST.rsplit("\n", 2)[0], True, 1),
    ("another day: the copy differs in facts", FIRST.replace("effective October 1", "effective November 15"), False, 1),
    ("it takes the news back", FIRST.replace("today named", "today denied that it has named"), False, 1),
    ("it tells more", FIRST + "\nBirchwood Mills will also move its headquarters from Dover to Baltimore, Maryland, in 2027.", False, 2),
]


@pytest.mark.parametrize(("guards", "text", "told", "events"), RETOLD, ids=[row[0] for row in RETOLD])
def test_what_is_told_by_the_original(guards: str, text: str, told: bool, events: int) -> None:
    original, copy = release(FIRST), release(text, wire="pressline")
    found = extractor().extract(original)
    assert [event.kind for event in found] == ["executive_change"]
    retold = extractor().retell(copy, original, found)
    assert (retold is not None) is told
    if retold is not None:
        assert len(retold) == events
        for event in retold:
            assert event.document_id == copy.id
            assert copy.full_text[event.start : event.end] == event.quote
        # what reading the copy gives: the same ids, so that reading again with another reader makes no second event
        assert {event.id for event in retold} == {event.id for event in extractor().extract(copy)}


def test_filings_are_read_each() -> None:
    filing = document("https://sec.example/1", title=None, text=FIRST, form="8-K", cik="0000000001")
    assert extractor().retell(filing, release(FIRST), extractor().extract(release(FIRST))) is None


def test_a_sketch_survives_its_way_to_the_store() -> None:
    made = sketch(FIRST, title="Raises $755,000", form=None)
    again = Sketch.unpacked(made.packed())
    for name in ("figures", "title_figures", "title_words", "filing"):
        assert getattr(again, name) == getattr(made, name)
    assert again.fingerprints.tolist() == made.fingerprints.tolist()
    assert len(again.fingerprints) > 10


def test_an_index_finds_copies_among_texts_sorted_away_and_late_ones() -> None:
    index = DuplicateIndex()
    index.add("early", sketch(FIRST))
    for number in range(SORTED_EVERY):
        index.add(
            f"filler {number}",
            sketch(f"Text {number} of many others that have nothing in common with the rest, whatever their number {number} is."),
        )
    assert index.copies_of(sketch(f"(Pressline) -- {LEAD}\n{REST}")) == ["early"]
    index.add("late", sketch(f"(Pressline) -- {LEAD}\n{REST}"))
    assert sorted(index.copies_of(sketch(FIRST))) == ["early", "late"]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    folder = tmp_path / "ws"
    shutil.copytree(TEMPLATE, folder)
    with (folder / "accounts" / "companies.csv").open("a") as file:
        file.write('birch,"Birchwood Mills, Inc.",,,birchwood.example,Dover,DE,US,\n')
    return load_workspace(folder, environment={})


@pytest.fixture
def engine(workspace: Workspace) -> Iterator[Engine]:
    engine = open_store(workspace.database_url)
    yield engine
    engine.dispose()


def read(engine: Engine, *documents: Document) -> None:
    with engine.begin() as conn:
        for each in documents:
            assert each.first_seen
            queries.save_raw(conn, [raw(each.url, source=each.source, fetched=each.first_seen)])
            queries.save_document(conn, each, each.first_seen)


def do_run(workspace: Workspace, engine: Engine, days: int = 0) -> RunSummary:
    return run(workspace, engine, now=NOW + timedelta(days=days), stages=("extract", "resolve"))


def test_a_release_on_three_wires_is_one_story_of_one_source(workspace: Workspace, engine: Engine) -> None:
    copies = [release(f"({wire.title()}) -- {LEAD}\n{REST}", wire=wire) for wire in ("pressline", "quennick")]
    read(engine, release(FIRST), *copies)
    summary = do_run(workspace, engine)
    assert (summary.extract["documents"], summary.extract["copies"]) == (3, 2)
    with engine.connect() as conn:
        [story] = queries.stories_of(conn, ["birch"])["birch"]
    assert {sighting.publisher for sighting in story.sightings} == {"Bellwether", "Pressline", "Quennick"}
    assert len({sighting.origin for sighting in story.sightings}) == 1
    assert independent_sources(story) == 1


def test_an_account_in_other_words_is_a_second_source(workspace: Workspace, engine: Engine) -> None:
    own = "The yarn maker Birchwood Mills, Inc. has named Ada Kerr chief financial officer, the Harbour News has learned."
    read(engine, release(FIRST), release(own, wire="harbour", title="Yarn maker Birchwood Mills names Ada Kerr chief financial officer"))
    assert do_run(workspace, engine).extract["copies"] == 0
    with engine.connect() as conn:
        [story] = queries.stories_of(conn, ["birch"])["birch"]
    assert independent_sources(story) == 2


# what it guards, days between original and copy, whether it is known as one
DAYS_APART = [("the next night", 1, True), ("a week later", 7, True), ("a release said again after a month", 30, False)]


@pytest.mark.parametrize(("guards", "days", "known"), DAYS_APART, ids=[row[0] for row in DAYS_APART])
def test_a_copy_is_known_in_a_later_run(workspace: Workspace, engine: Engine, guards: str, days: int, known: bool) -> None:
    read(engine, release(FIRST))
    do_run(workspace, engine)
    late = release(f"(Pressline) -- {LEAD}\n{REST}", wire="pressline", first_seen=NOW + timedelta(days=days))
    read(engine, late)
    assert do_run(workspace, engine, days).extract["copies"] == known
    with engine.connect() as conn:
        said = "\n".join(walk(workspace, conn, late.url, NOW))
    assert ("it is a copy of https://bellwether.example/kerr" in said) is known
    assert "extract: executive_change" in said


def test_reading_everything_again_changes_no_event(workspace: Workspace, engine: Engine) -> None:
    read(engine, release(FIRST))
    do_run(workspace, engine)
    read(engine, release(f"(Pressline) -- {LEAD}\n{REST}", wire="pressline", first_seen=NOW + timedelta(days=1)))
    do_run(workspace, engine, 1)

    def ids() -> list[tuple[str, str]]:
        with engine.connect() as conn:
            return sorted((sighting.event.id, sighting.origin) for sighting in queries.sightings_of(conn, ["birch"])["birch"])

    before = ids()
    with engine.begin() as conn:
        queries.extract_again(conn, NOW - timedelta(days=9))
    assert do_run(workspace, engine, 2).extract == {"documents": 2, "copies": 1, "events": 2, "failed": 0}
    assert ids() == before
