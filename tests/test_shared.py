"""Small checks on real documents; the folder that holds them is given by PROSPECT_SHARED, and CI runs them where it is there."""

from __future__ import annotations

import csv
import gzip
import itertools
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from crawler.read import Unreadable, read_document
from crawler.spiders.edgar import read_form_index
from crawler.spiders.feed import read_feed
from enrichment.registry import read_companies
from prospect.kinds import shipped_kinds
from store.records import Document, RawDocument, TriggerEvent, fingerprint
from triggers.entities import load_entities
from triggers.extract import Extractor

SHARED = os.environ.get("PROSPECT_SHARED", "")
FOLDER = Path(SHARED or ".") / "corpus"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED, reason="PROSPECT_SHARED names no folder of real documents"),
]
BOTH_PIECES = "93410_8-K_2024-08-02_0000093410-24-000037.txt"  # Chevron: changes at the top, and the headquarters moves


def read(path: Path, content_type: str = "") -> Document:
    """Return a file of the corpus as a Document."""
    body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    url = f"https://corpus.example/{path.name}"
    raw = RawDocument(
        id=fingerprint(url),
        source="corpus",
        url=url,
        canonical_url=url,
        fetched=datetime(2026, 1, 1, tzinfo=UTC),
        content_type=content_type,
        digest="",
        warc="",
        offset=0,
        hints={},
    )
    return read_document(body, raw=raw)


def filings() -> Iterator[dict[str, str]]:
    """Yield the index rows of submissions with their printed header."""
    with (FOLDER / "filings" / "index.csv").open(encoding="utf-8") as file:
        yield from (row for row in csv.DictReader(file) if row["file"].startswith("8k-full/"))


@cache
def both_pieces() -> tuple[Document, tuple[TriggerEvent, ...]]:
    document = read(FOLDER / "filings" / "8k-full" / BOTH_PIECES, "text/plain")
    extractor = Extractor(list(shipped_kinds().values()), entities=load_entities())
    return document, tuple(extractor.extract(document))


def test_a_filing_with_both_pieces_is_read() -> None:
    document, _ = both_pieces()
    assert (document.form, document.items, document.cik) == ("8-K", ("5.02", "7.01", "9.01"), "0000093410")
    assert document.published
    assert document.published.date() == date(2024, 8, 2)
    assert "Colin Parfitt" in document.text  # stands in the exhibit alone
    assert "xbrli" not in document.text


def test_a_filing_with_both_pieces_tells_the_move() -> None:
    moves = [event for event in both_pieces()[1] if event.kind == "relocation" and event.confidence >= 0.5]
    assert len(moves) == 1  # "Wirth and Nelson will move to Houston" is no second one
    facts = moves[0].facts
    assert "San Ramon" in str(facts["from"])
    assert "Houston" in str(facts["to"])


@pytest.mark.parametrize("name", ["Hearne", "Nelson", "Morris", "Green", "Parfitt", "Walz"])
def test_a_filing_with_both_pieces_tells_of_each_person(name: str) -> None:
    people = [str(event.facts["person"]) for event in both_pieces()[1] if event.kind == "executive_change" and event.confidence >= 0.5]
    assert any(name in person for person in people), people


def test_quotes_stand_where_they_say() -> None:
    document, events = both_pieces()
    assert all(document.full_text[event.start : event.end] == event.quote for event in events)


def test_every_submission_is_read_with_form_filer_and_day() -> None:
    rows = list(filings())
    assert len(rows) > 200
    wrong = []
    for row in rows[::4]:
        document = read(FOLDER / "filings" / row["file"], "text/plain")
        assert document.published
        # what comes after half past five is filed as of the next business day
        late = date.fromisoformat(row["filing_date"]) - document.published.date()
        if (document.form, document.cik) != (row["form_type"], row["cik"].zfill(10)) or not timedelta() <= late <= timedelta(days=4):
            wrong.append((row["file"], f"{document.form} {document.cik} {document.published}"))
        if re.search(r"<ix:|begin 644|xbrli:context", document.text):
            wrong.append((row["file"], "markup left in the text"))
    assert wrong == []


def test_items_are_those_of_the_index() -> None:
    """The index has what EDGAR says; text and header disagree in a few filings, and EDGAR's word counts."""
    rows = [row for row in filings() if row["item_codes"] and not row["item_codes"].startswith("old")][::4]
    same = sum(set(read(FOLDER / "filings" / row["file"]).items) == set(row["item_codes"].split(";")) for row in rows)
    assert same / len(rows) >= 0.97, f"{same} of {len(rows)}"


def test_raw_submissions_with_graphics_and_zips_are_survived() -> None:
    paths = sorted((FOLDER / "filings" / "8k-raw").glob("*.txt*"))
    assert paths
    for path in paths:
        assert len(read(path, "text/plain").text) > 200, path.name


def test_a_daily_index_is_read_whole() -> None:
    text = (FOLDER / "filings" / "edgar-index" / "form.20200318.idx").read_text("latin-1")
    lines = read_form_index(text)
    assert lines is not None
    assert len(lines) == len([line for line in text.splitlines() if "edgar/data/" in line])
    days = Counter(line.filed for line in lines)
    assert days.most_common(1)[0][0] == date(2020, 3, 18)  # a few lines bear the day of an older filing


@pytest.mark.parametrize("name", ["feed_openai_engineering.xml", "feed_google_ai.xml", "feed_anthropic_research.xml", "feed.json"])
def test_feeds_have_entries_with_addresses_and_titles(name: str) -> None:
    path = FOLDER / "pages" / "feeds" / name
    entries = [entry.listed() for entry in read_feed(path.read_bytes(), f"https://corpus.example/{name}")]
    assert entries
    assert all(entry.url.startswith("http") for entry in entries)


def test_article_pages_give_their_text() -> None:
    """A third of the words that a person took for the article is a low bar, held by nearly every page."""
    rows = [json.loads(line) for line in (FOLDER / "pages" / "article_extraction_benchmark" / "index.jsonl").open(encoding="utf-8")]
    english = [row for row in rows if row["text"].isascii() or row["text"].count(" the ") > 5][:40]
    poor = []
    for row in english:
        try:
            text = read(FOLDER / "pages" / "article_extraction_benchmark" / row["file"], "text/html").text
        except Unreadable:
            text = ""
        wanted = set(row["text"].split())
        if len(wanted & set(text.split())) < 0.8 * len(wanted):
            poor.append(row["url"])
    assert len(poor) <= len(english) * 0.1, poor


def test_a_large_register_is_read_as_a_stream() -> None:
    companies = read_companies(FOLDER / "resolve" / "companies_real.csv.gz")
    first = list(itertools.islice(companies, 2000))
    assert len({company.id for company in first}) == 2000
    assert all(company.name for company in first)


def test_the_gate_costs_no_event_of_the_gold_texts() -> None:
    kinds = list(shipped_kinds().values())
    gated, ungated = Extractor(kinds), Extractor(kinds, gate=False)
    for line in (FOLDER / "news/gold/gold.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        document = Document(id=row["id"], url="", title=row.get("title"), text=row["text"], published=None)
        found = [{(e.kind, e.start) for e in extractor.extract(document) if e.confidence >= 0.5} for extractor in (gated, ungated)]
        assert found[0] == found[1], row["id"]
