"""Form D, WARN notices and insiders' forms state their events themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from prospect.kinds import shipped_kinds
from store.records import Document
from triggers.entities import load_entities
from triggers.extract import Extractor
from triggers.forms import beside_earlier

EXTRACTOR = Extractor(list(shipped_kinds().values()), entities=load_entities("rules"))
D_TEXT = "Acme Robotics Inc., Dayton, Ohio, notified the SEC of an exempt offering of securities.\nAcme Robotics Inc. has sold $4,000,000 of a total offering of $5,000,000."
W_TEXT = "Globex Corp. gave notice on July 1, 2024, of a plant closing at its site in Dayton, OH affecting 120 employees."


def form(kind: str, text: str, **fields: str) -> Document:
    return Document(id="d", url="", title=None, text=text, published=None, form=kind, company="Acme Robotics Inc.", fields=fields)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        # equity sold is a completed round
        (
            form("D", D_TEXT, amount_sold="4000000", offering_amount="5000000", first_sale="2024-05-03", securities="Equity"),
            [("funding", "completed", "amount", "$4,000,000", date(2024, 5, 3))],
        ),
        # nothing sold yet: planned
        (
            form("D", D_TEXT, offering_amount="5000000", amount_sold="0", securities="Equity"),
            [("funding", "planned", "amount", "$5,000,000", None)],
        ),
        # a fund raises money for others
        (form("D", D_TEXT, amount_sold="4000000", industry_group="Pooled Investment Fund"), []),
        # debt is no equity round
        (form("D", D_TEXT, amount_sold="4000000", securities="Debt"), []),
        # an amendment restates
        (form("D/A", D_TEXT, amount_sold="4000000", securities="Equity"), []),
        # a closing is both a lay-off and a closing
        (
            form("WARN", W_TEXT, headcount="120", city="Dayton", state="OH", closing="yes", notice_date="2024-07-01"),
            [
                ("facility_closing", "announced", "jobs", "120", date(2024, 7, 1)),
                ("layoffs", "announced", "headcount", "120", date(2024, 7, 1)),
            ],
        ),
        # a lay-off alone
        (form("WARN", W_TEXT, headcount="40", city="Dayton", state="OH", closing=""), [("layoffs", "announced", "headcount", "40", None)]),
    ],
)
def test_forms(document: Document, expected: list[tuple[str, str, str, str, date | None]]) -> None:
    events = EXTRACTOR.extract(document)
    assert [(e.kind, e.status) for e in events] == [row[:2] for row in expected]
    for event, (_, _, fact, value, happened) in zip(events, expected, strict=True):
        assert event.facts[fact] == value
        assert event.happened == happened
        assert event.confidence == 1
        assert event.company == "Acme Robotics Inc."
        assert document.full_text[event.start : event.end] == event.quote


def insider(kind: str, text: str, **fields: str) -> Document:
    return Document(
        id="i",
        url="",
        title="Northmere Glass Co. – Form 3",
        text=text,
        published=None,
        form=kind,
        company="Northmere Glass Co.",
        fields=fields,
    )


FIRST = "Ada Quill (Chief Financial Officer, officer) of Northmere Glass Co. filed an initial statement of beneficial ownership as of 2026-05-01."
LATER = "Ada Quill (officer) of Northmere Glass Co. reported a change in beneficial ownership and is no longer subject to Section 16."
OFFICER = "Ada Quill|Chief Financial Officer|officer"


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        # a new officer: joins, with the office's level and function
        (
            insider("3", FIRST, owners=OFFICER, period="2026-05-01"),
            [("Ada Quill", "Chief Financial Officer", "joins", "c_suite", "finance", 0.8)],
        ),
        # a new director has no title of an officer
        (insider("3", FIRST, owners="Ada Quill||director"), [("Ada Quill", "director", "joins", "board", None, 0.8)]),
        # an officer whose title the form leaves out
        (insider("3", FIRST, owners="Ada Quill||officer"), [("Ada Quill", None, "joins", None, None, 0.7)]),
        # a large shareholder holds no office
        (insider("3", FIRST, owners="Ada Quill||ten percent owner"), []),
        # a fund is no person: the reader leaves it out of the owners
        (insider("3", FIRST, owner="Quill Capital LP"), []),
        # purchases and sales are no event
        (insider("4", LATER, owners=OFFICER), []),
        # … but the box "no longer subject to Section 16" is a departure
        (
            insider("4", LATER, owners=OFFICER, no_longer_insider="yes"),
            [("Ada Quill", "Chief Financial Officer", "leaves", "c_suite", "finance", 0.7)],
        ),
        (insider("5", LATER, owners="Ada Quill||officer", no_longer_insider="yes"), [("Ada Quill", None, "leaves", None, None, 0.6)]),
        # a large shareholder that sold out
        (insider("4", LATER, owners="Ada Quill||ten percent owner", no_longer_insider="yes"), []),
        # an amendment restates
        (insider("3/A", FIRST, owners=OFFICER), []),
        # two new directors in one form are two events
        (
            insider("3", FIRST + "\nTomas Bell (director) of Northmere Glass Co. filed.", owners=f"{OFFICER};Tomas Bell||director"),
            [
                ("Ada Quill", "Chief Financial Officer", "joins", "c_suite", "finance", 0.8),
                ("Tomas Bell", "director", "joins", "board", None, 0.8),
            ],
        ),
    ],
)
def test_insiders(document: Document, expected: list[tuple[str, str, str, str, str | None, float]]) -> None:
    events = EXTRACTOR.extract(document)
    facts = ("person", "title", "direction", "level", "function")
    assert [(*(event.facts[name] for name in facts), pytest.approx(event.confidence)) for event in events] == expected
    for event in events:
        assert (event.kind, event.status, event.company) == ("executive_change", "completed", "Northmere Glass Co.")
        assert document.full_text[event.start : event.end] == event.quote
        assert str(event.facts["person"]) in event.quote
        assert event.happened == (date(2026, 5, 1) if document.fields.get("period") else None)


DAY = datetime(2026, 5, 4, tzinfo=UTC)
SAME_DAY = [("3", 0, "2026-05-01")]


@pytest.mark.parametrize(
    ("earlier", "confidence"),
    [
        ([("4", 3, "2026-04-30")], 0.8),  # nothing that tells
        ([("8-K", 200, ""), ("10-Q", 10, "")], 0.9),  # has reported for months
        ([("8-K", 10, "")], 0.8),  # … or for days
        ([("S-1", 200, "")], 0.8),  # who registers is not listed yet
        (SAME_DAY * 2, 0.8),  # two directors come together
        (SAME_DAY * 3, 0.5),  # all officers file on the day of the listing
        ([("8-K", 200, ""), *SAME_DAY * 3], 0.5),
        ([("3", 40, "2026-03-20")] * 4, 0.8),  # first forms of another day
    ],
)
def test_first_forms_beside_the_issuers_earlier_filings(earlier: list[tuple[str, int, str]], confidence: float) -> None:
    document = replace(insider("3", FIRST, owners=OFFICER, period="2026-05-01"), published=DAY)
    before = [
        replace(insider(kind, FIRST, owners="Tomas Bell||director", period=period), published=DAY - timedelta(days=days))
        for kind, days, period in earlier
    ]
    (event,) = EXTRACTOR.extract(document)
    assert beside_earlier(event, document, before).confidence == pytest.approx(confidence)
    leaver = replace(document, form="4", fields={**document.fields, "no_longer_insider": "yes"})
    (event,) = EXTRACTOR.extract(leaver)
    assert beside_earlier(event, leaver, before) == event
