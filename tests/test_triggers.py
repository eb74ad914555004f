"""The extractor as a whole: evidence, structure, status, time, and that no text breaks it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from prospect.kinds import shipped_kinds
from store.records import STATUSES, Document, TriggerEvent
from triggers.dates import parse_date
from triggers.entities import load_entities
from triggers.extract import Extractor
from triggers.structure import flat_text, read_sentences, title_length

EXTRACTOR = Extractor(list(shipped_kinds().values()), entities=load_entities("rules"))
NOW = datetime(2024, 8, 2, tzinfo=UTC)


def document(text: str, title: str | None = None, form: str | None = None, published: datetime | None = NOW) -> Document:
    return Document(id="d", url="", title=title, text=text, published=published, form=form)


def events(text: str, kind: str | None = None, **more: str) -> list[TriggerEvent]:
    found = EXTRACTOR.extract(document(text, **more))  # type: ignore[arg-type]
    return [e for e in found if e.confidence >= 0.5 and (kind is None or e.kind == kind)]


def zones(text: str, title: str | None = None, form: str | None = None) -> list[str]:
    full = f"{title}\n{text}" if title else text
    return [s.zone for s in read_sentences(flat_text(full, title), title_length(full, title), form)]


FILING = """\
Item 5.02 Departure of Directors or Certain Officers; Election of Directors; Appointment of Certain Officers; Compensatory Arrangements of Certain Officers.
(b) On August 2, 2024, Acme Robotics Inc. (the “Company”) announced that Jane Q. Roe will resign from her position as Executive Vice President, Pumps, Valves & Motors effective October 1, 2024.
John P. Doe, the Company’s Vice Chairman, will also assume the position of Chief Operating Officer, effective October 1, 2024.
Item 7.01
Regulation FD.
On August 2, 2024, the Company announced the relocation of the Company’s corporate headquarters from Dayton, Ohio, to Austin, Texas, which will be effective January 1, 2025.
Item 9.01 Financial Statements and Exhibits.
99.1 News Release announcing the appointment of a new chief executive officer.
"""


def test_one_filing_tells_of_people_and_of_a_move() -> None:
    found = EXTRACTOR.extract(document(FILING, form="8-K"))
    people = {(e.facts["person"], e.facts["direction"]) for e in found if e.kind == "executive_change"}
    assert people == {("Jane Q. Roe", "leaves"), ("John P. Doe", "changes")}
    (move,) = [e for e in found if e.kind == "relocation"]
    assert (move.facts["from"], move.facts["to"]) == ("Dayton, Ohio", "Austin, Texas")
    assert move.facts["effective"] == "January 1, 2025"
    assert move.happened == date(2024, 8, 2)
    assert "relocation of the Company’s corporate headquarters" in move.quote
    assert {e.company for e in found} == {"Acme Robotics Inc."}


def test_the_quote_is_the_text_at_its_offsets() -> None:
    for form, title in ((None, None), ("8-K", None), (None, "Acme announces changes")):
        doc = document(FILING, title=title, form=form)
        for event in EXTRACTOR.extract(doc):
            assert doc.full_text[event.start : event.end] == event.quote
            assert event.status in STATUSES
            assert 0 <= event.confidence <= 1


@pytest.mark.parametrize(
    "lead, quoted",
    [
        # town, day and wire
        ("DAYTON, Ohio, Aug. 2, 2024 /Bellwether Wire/ -- Acme Robotics Inc. today named Jane Roe chief financial officer.", "Acme"),
        # of several pieces
        ("DAYTON, Ohio - (Bellwether Wire) - August 2, 2024 - Acme Robotics Inc. named Jane Roe chief financial officer.", "Acme"),
        # near-miss: the dash is an apposition's, and the company stands before it
        ("Acme Robotics Inc. (NYSE: ACR) -- a maker of arms -- today named Jane Roe chief financial officer.", "Acme"),
        # near-miss: no dateline at all
        ("Today Acme Robotics Inc. named Jane Roe chief financial officer.", "Today"),
    ],
)
def test_evidence_begins_behind_the_dateline(lead: str, quoted: str) -> None:
    found = events(f"{lead}\nShe joins on Monday.", "executive_change", title="Acme Robotics grows")
    assert [event.quote.split()[0] for event in found] == [quoted]
    assert [event.quote for event in found] == [lead[lead.index(quoted) :]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # an "About" paragraph is boilerplate to its end
        (
            "Acme Corp. opened.\nIt is large and new and bright.\nAbout Acme Corp.\nAcme Corp. named Jane Roe CEO.",
            ["lead", "lead", "about", "about"],
        ),
        # "About 200 people" opens no boilerplate
        ("Acme Corp. opened a store today.\nAbout 200 people came to see it.", ["lead", "lead"]),
        # contacts end a release once it has been told
        ("Acme Corp. opened a store. " * 14 + "\nMedia Contact:\nJane Roe, Acme Corp.", [*(["lead"] * 14), "contact", "contact"]),
        # a sentence mostly in quotation marks is somebody's saying
        ("“We are very proud of what our people did,” said Jane.", ["quote"]),
        # safe-harbour text silences what follows in its paragraph
        (
            "Acme Corp. opened a store today.\nForward-Looking Statements\nThis release contains forward-looking statements that involve risks.",
            ["lead", "safe_harbour", "safe_harbour"],
        ),
    ],
)
def test_zones(text: str, expected: list[str]) -> None:
    assert zones(text) == expected


@pytest.mark.parametrize(
    "heading",
    [
        # the official title, with everything a rule looks for
        "Item 5.02 Departure of Directors or Certain Officers; Election of Directors; Appointment of Certain Officers; Compensatory Arrangements of Certain Officers.",
        # the older title
        "Item 5.02. Departure of Directors or Principal Officers; Election of Directors; Appointment of Principal Officers.",
        # capitals, commas, a colon and no full stop
        "ITEM 5.02: DEPARTURE OF DIRECTORS OR CERTAIN OFFICERS, ELECTION OF DIRECTORS, APPOINTMENT OF CERTAIN OFFICERS, COMPENSATORY ARRANGEMENTS OF CERTAIN OFFICERS",
        # a sub-letter in the number
        "Item 5.02(b) Departure of Directors or Certain Officers",
    ],
)
def test_headings_of_filings_raise_nothing(heading: str) -> None:
    assert events(heading + "\nThe matter is described in the proxy statement.", form="8-K") == []


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("August 2, 2024", date(2024, 8, 2)),
        ("2 August 2024", date(2024, 8, 2)),
        ("Aug. 2", date(2024, 8, 2)),  # no year: the nearest to the document's day
        ("December 30", date(2023, 12, 30)),  # … which may lie in the year before
        ("2024-08-02", date(2024, 8, 2)),
        ("8/2/2024", date(2024, 8, 2)),
        ("February 30, 2024", None),  # no such day
        ("the second quarter of 2024", None),  # no day at all
        ("August 2024", None),
    ],
)
def test_days_are_read_against_the_document(words: str, day: date | None) -> None:
    base = date(2024, 3, 1) if words == "December 30" else date(2024, 8, 5)
    assert parse_date(words, base) == day


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Acme Corp. will move its headquarters to Austin, Texas.", "announced"),
        ("Acme Corp. plans to move its headquarters to Austin, Texas.", "planned"),
        ("Acme Corp. is weighing a move of its headquarters to Austin, Texas, sources said.", "rumored"),
        ("Acme Corp. has no plans to move its headquarters to Austin, Texas.", "denied"),
        ("Acme Corp. called off the move of its headquarters to Austin, Texas.", "terminated"),
        ("Acme Corp. has moved its headquarters to Austin, Texas.", "completed"),
    ],
)
def test_status_is_read_from_the_words_around(text: str, status: str) -> None:
    assert [e.status for e in events(text, "relocation")] == [status]


def test_an_event_told_twice_is_one() -> None:
    text = "Acme Corp. today named Jane Roe chief executive officer. Ms. Roe was appointed chief executive officer by the board of Acme Corp. on Friday."
    (event,) = events(text, "executive_change", title="Acme Corp. Names Jane Roe CEO")
    assert event.facts["person"] == "Jane Roe"


def test_the_last_paragraph_is_read() -> None:
    filler = "The mill makes paper for schools and offices. " * 400
    (event,) = events(f"{filler}\nAcme Corp. has relocated its headquarters from Dayton, Ohio, to Austin, Texas.", "relocation")
    assert event.facts["to"] == "Austin, Texas"


@pytest.mark.parametrize(
    "title",
    [
        "SHAREHOLDER ALERT: Doe Law Firm Reminds Investors of Acme Corp. of Class Action",  # a law firm's alert
        "Widget Market to Reach USD 4.5 Billion by 2031, CAGR of 6.2%",  # an advert for a report
        "Acme Corp. to Host Second Quarter Earnings Conference Call",  # a notice
        "10 Best Ways to Buy a Business in 2025",  # a list
    ],
)
def test_noise_stays_silent(title: str) -> None:
    assert events("The firm acquired Globex Corp. and raised $20 million in a Series A round.", title=title) == []


def test_texts_in_other_languages_raise_nothing() -> None:
    for text in (
        "Die Acme GmbH hat Erika Muster zur Finanzvorständin ernannt und verlegt ihren Sitz nach München.",
        "Acme SA nomme Jeanne Dupont directrice financière et déménage son siège à Lyon.",
        "株式会社アクメは本社を東京から大阪に移転します。",
    ):
        assert events(text) == []


CORRECTED = "DOVER, Del., Aug. 2, 2024 -- Acme Robotics, Inc. today named Jon Roe chief financial officer."


@pytest.mark.parametrize(
    "title, text",
    [
        # the mark is no company, and what the note says was wrong is not told again
        ("CORRECTING and REPLACING Acme Robotics Names Jon Roe Chief Financial Officer", "Please replace the release dated Aug. 1 with the following corrected version.\n\n" + CORRECTED),
        (
            "/C O R R E C T I O N -- Acme Robotics/",
            'In the news release, Acme Robotics Names Jo Roe Chief Financial Officer, issued 01-Aug-2024 by Acme Robotics over a wire, we are advised by the company that the name should read "Jon Roe" rather than "Jo Roe".\n\n' + CORRECTED,
        ),
        # near-miss: a release that speaks of a release
        ("Acme Robotics Names Jon Roe Chief Financial Officer", "In the news of the day: the release of results comes Monday.\n\n" + CORRECTED),
    ],
)  # fmt: skip
def test_a_corrected_release_tells_what_is_right(title: str, text: str) -> None:
    [found] = events(text, "executive_change", title=title)
    assert (found.company, found.facts["person"]) == ("Acme Robotics, Inc.", "Jon Roe")


def test_an_adverb_in_a_headline_is_no_part_of_the_name() -> None:
    text = "DOVER, Del.–(BUSINESS WIRE)–QA Acme Robotics, Inc. and its domestic subsidiaries announced today that it has voluntarily filed for chapter 11 relief in the United States Bankruptcy Court."
    [found] = events(text, "distress", title="Acme Robotics Voluntarily Files for Chapter 11 Protection")
    assert found.company == "QA Acme Robotics, Inc."


# (what is bought, confidence at most)
PARTS = [
    ("a 9.9% stake in", 0.6),
    ("a minority stake in", 0.6),
    ("a 51 percent stake in", 1.0),
    ("the remaining 40% stake in", 1.0),
    ("", 1.0),
]


@pytest.mark.parametrize("part, most", PARTS)
def test_a_small_part_of_a_company_is_a_doubtful_acquisition(part: str, most: float) -> None:
    (found,) = events(f"Lumo Capital acquired {part} Orbex Inc. on Monday.".replace("  ", " "), "acquisition")
    assert (found.confidence <= 0.6) == (most == 0.6), found
