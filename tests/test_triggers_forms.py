"""Form D and WARN notices state their events themselves."""

from __future__ import annotations

from datetime import date

import pytest

from prospect.kinds import shipped_kinds
from store.records import Document
from triggers.entities import load_entities
from triggers.extract import Extractor

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
