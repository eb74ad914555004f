"""What is read in each text of the demo world, held against the events that its author put into it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from crawler.read import read_document
from fixtures.documents import Text
from fixtures.server import DemoWorld
from prospect.kinds import shipped_kinds
from store.records import Document, RawDocument, TriggerEvent, fingerprint
from triggers.entities import load_entities
from triggers.extract import Extractor

SURE = 0.5  # events below it are not told of
# a text may be read either way within a course of things, never across two
COURSES = {"planned": "going", "announced": "going", "completed": "going", "rumored": "rumored", "denied": "ended", "terminated": "ended"}
WORLD = DemoWorld()
for _site in WORLD.sites.values():
    _site.base = f"http://{_site.name}.example"
# (stem, site) -> what is still read wrongly; a row that works must go
GAPS: Mapping[tuple[str, str], str] = {}


@cache
def extractor() -> Extractor:
    return Extractor(list(shipped_kinds().values()), entities=load_entities())


def document_of(text: Text) -> Document:
    page = WORLD.sites[text.site].page(WORLD.sites[text.site].path_of(text), day=text.day, user_agent="demo@prospect.example")
    assert page
    url = WORLD.url_of(text)
    raw = RawDocument(
        id=fingerprint(url),
        source=text.site,
        url=url,
        canonical_url=url,
        fetched=datetime(2026, 9, 15, tzinfo=UTC),
        content_type=page.content_type,
        digest="",
        warc="",
        offset=0,
        hints={"published": text.published.isoformat()},
    )
    return read_document(page.body, raw=raw)


def rows(gaps: Mapping[tuple[str, str], str]) -> Iterator[Any]:
    for text in WORLD.texts:
        gap = gaps.get((text.stem, text.site))
        marks = [pytest.mark.xfail(reason=gap, strict=True)] if gap else []
        yield pytest.param(text, id=f"{text.stem}-{text.site}", marks=marks)


@pytest.mark.parametrize("text", list(rows({})))
def test_a_page_is_read_whole_and_without_clutter(text: Text) -> None:
    document = document_of(text)
    assert document.published is not None
    assert document.published.date() == text.published.date()
    for event in text.events:
        assert " ".join(event["quote"].split()) in " ".join(document.full_text.split())
    for clutter in ("cookies", "Share on", "Unsubscribe", "Log in", "ix:hidden"):
        assert clutter not in document.text
    others = [other.title for other in WORLD.texts if other.stem != text.stem and other.site == text.site != "edgar"]
    assert [title for title in others if title in document.text] == []  # headlines of the boxes beside and between
    if text.site == "edgar":
        assert (document.form, document.items, document.cik) == (text.form, text.items, text.company.cik)


@pytest.mark.parametrize("text", list(rows(GAPS)))
def test_the_events_of_a_text_are_found_and_no_others(text: Text) -> None:
    kinds = shipped_kinds()
    document = document_of(text)
    came = [event for event in extractor().extract(document) if event.confidence >= SURE]
    left = list(came)
    for wanted in text.events:
        if wanted["kind"] not in kinds:
            continue
        found = [event for event in left if is_same(event, wanted)]
        assert found, f"missed: {wanted['quote']}; came: {[(e.kind, e.status, e.company, dict(e.facts)) for e in came]}"
        left = [event for event in left if event not in found[:1]]
    assert [(event.kind, event.status, event.company, event.quote) for event in left] == []


def is_same(event: TriggerEvent, wanted: Mapping[str, Any]) -> bool:
    """Say whether an event is the one wanted: kind, course, company, and each fact that the author gave."""
    if event.kind != wanted["kind"] or COURSES[event.status] != COURSES[wanted["status"]]:
        return False
    if event.kind == "relocation" and (event.status == "completed") != (wanted["status"] == "completed"):
        return False
    if not alike(event.company, wanted["company"]):
        return False
    return all(alike(event.facts.get(name), value) for name, value in wanted["facts"].items())


def alike(came: str | None, wanted: str) -> bool:
    """Say whether one is the other, or the other's beginning or end: "Reston" for "Reston, Virginia"."""
    if came is None:
        return False
    mine, other = came.casefold(), wanted.casefold()
    return mine in other or other in mine
