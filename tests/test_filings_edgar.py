"""EDGAR: what is asked for each day, its refusals told apart, and filings of odd shapes."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from scrapy.exceptions import CloseSpider

from crawler.errors import Unreadable
from crawler.filing_items import find_items, item_code
from crawler.filing_text import readable_text
from crawler.filings import read_filing_page, read_submission
from crawler.pipelines import TrialMemory
from crawler.politeness import HostLedger
from crawler.record import answer, spider_for, start_requests
from crawler.source import Source
from crawler.visit import Visit

FOLDER = Path(__file__).parent.parent / "fixtures" / "pages"
SUBMISSION = (FOLDER / "edgar-8k.txt").read_bytes()


class Remembered(TrialMemory):
    """A memory of a source that was crawled before."""

    def __init__(self, last: datetime | None) -> None:
        super().__init__()
        self.last = last

    def last_success(self) -> datetime | None:
        return self.last


def edgar(now: datetime, *, last: datetime | None = None, since: date | None = None, **keys: Any) -> tuple[Any, Visit]:
    source = Source.model_validate({"name": "e", "title": "E", "spider": "edgar", "start": ["https://www.sec.gov/"], **keys})
    visit = Visit(source, Remembered(last), now=now, since=since)
    return spider_for(source, visit), visit


def days_asked(spider: Any) -> list[str]:
    return [request.url.rpartition("form.")[2].removesuffix(".idx") for request in start_requests(spider)]


# now, last success, since -> days asked, what the row guards
DAYS = [
    (datetime(2024, 8, 2, 20, tzinfo=UTC), None, date(2024, 8, 1), ["20240801", "20240802"]),  # a first crawl from `since`
    (
        datetime(2024, 8, 5, 20, tzinfo=UTC),
        datetime(2024, 8, 2, 20, tzinfo=UTC),
        None,
        ["20240730", "20240731", "20240801", "20240802", "20240805"],
    ),
    # … the days before the last success again, no Saturday and no Sunday
    (
        datetime(2024, 8, 2, 2, tzinfo=UTC),
        None,
        date(2024, 8, 1),
        ["20240801", "20240802"],
    ),  # past midnight UTC it is evening in Washington
]


@pytest.mark.parametrize(("now", "last", "since", "days"), DAYS)
def test_days_that_are_due(now: datetime, last: datetime | None, since: date | None, days: list[str]) -> None:
    spider, _ = edgar(now, last=last, since=since)
    assert days_asked(spider) == days


def test_quarters_of_history() -> None:
    spider, _ = edgar(datetime(2024, 2, 5, tzinfo=UTC), since=date(2023, 8, 1), by="full-index")
    assert [request.url for request in start_requests(spider)] == [
        f"https://www.sec.gov/Archives/edgar/full-index/{quarter}/form.idx" for quarter in ("2023/QTR3", "2023/QTR4", "2024/QTR1")
    ]


def test_records_of_filers() -> None:
    """One request a filer; another filing in its list is no other record, another address is."""
    body = (FOLDER / "edgar-filer-record-page.submissions").read_bytes()
    spider, visit = edgar(datetime(2026, 1, 15, tzinfo=UTC), by="submissions", ciks=["9990001", "0000000002"])
    first, second = start_requests(spider)
    assert [request.url.rpartition("/")[2] for request in (first, second)] == ["CIK0009990001.json", "CIK0000000002.json"]

    def name_of(changed: bytes) -> str:
        [page] = answer(first, changed, url=first.url, content_type="application/json")
        return str(page.canonical_url)

    as_it_is = name_of(body)
    assert name_of(body.replace(b"0009990001-26-000012", b"0009990001-26-000013").replace(b"2025-12-10T05", b"2025-12-10T00")) == as_it_is
    assert name_of(body.replace(b"14 LONG WHARF", b"1 PIER ROAD")) != as_it_is
    assert list(answer(second, b"gone", url=second.url, content_type="text/html", status=404)) == []
    assert "correct `ciks`" in visit.as_run().notes[0]


# keys of a source file -> words of its fault
FAULTS = [
    ({"by": "submissions"}, "go together"),
    ({"ciks": ["9990001"]}, "go together"),  # asked of an index
    ({"by": "submissions", "ciks": ["HBLF"]}, "'HBLF' is no CIK"),
]


@pytest.mark.parametrize(("keys", "words"), FAULTS)
def test_filers_are_named_by_number(keys: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        edgar(datetime(2026, 1, 15, tzinfo=UTC), **keys)


def test_edgar_counts_its_hosts_together(tmp_path: Path) -> None:
    ledger = HostLedger(tmp_path)
    waits = [
        ledger.reserve(host, now_s=1000.0, day=date(2026, 1, 15), per_second=8, per_day=None) for host in ("www.sec.gov", "data.sec.gov")
    ]
    assert waits == [0, pytest.approx(1 / 8)]


# status, body, words of the run's error ("" for none)
REFUSALS = [
    (403, b'<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>', ""),  # not published yet
    (404, b"no such file", ""),  # a day without filings
    (403, b"<title>SEC.gov | Your Request Originates from an Undeclared Automated Tool</title>", "`contact` of prospect.yml"),
    (429, b"<title>SEC.gov | Request Rate Threshold Exceeded</title>", "blocks it for ten minutes"),
    (200, b"<title>SEC.gov | Request Rate Threshold Exceeded</title>", "blocks it for ten minutes"),  # the page with a good status
    (503, b"busy", "EDGAR's side"),
    (200, b"<html>a page where an index should be</html>", "no form index"),
]


@pytest.mark.parametrize(("status", "body", "words"), REFUSALS)
def test_refusals_are_told_apart_by_their_text(status: int, body: bytes, words: str, tmp_path: Path) -> None:
    from types import SimpleNamespace

    from crawler.errors import SourceFailed

    spider, visit = edgar(datetime(2024, 8, 2, 20, tzinfo=UTC), since=date(2024, 8, 2))
    spider.crawler = SimpleNamespace(settings={"PROSPECT_HOSTS": str(tmp_path)})
    request = start_requests(spider)[0]
    try:
        list(answer(request, body, url=request.url, content_type="text/html", status=status))
    except (CloseSpider, SourceFailed) as error:
        if isinstance(error, SourceFailed):
            visit.fail(str(error))
    assert (words in (visit.error or "")) if words else visit.error is None, visit.error
    assert (tmp_path / "www.sec.gov").exists() == ("ten minutes" in words)  # every crawl of the machine keeps off


# header title, day filed -> code
TITLES = [
    (
        "Departure of Directors or Certain Officers; Election of Directors; Appointment of Certain Officers: Compensatory Arrangements of Certain Officers",
        "5.02",
    ),
    ("Cost Associated with Exit or Disposal Activities", "2.05"),
    ("Acquisition or disposition of assets", "2"),
    ("Other events", "5"),
    ("<ITEMS>1.05", "1.05"),
    ("Something that is no item", None),
]


@pytest.mark.parametrize(("title", "code"), TITLES)
def test_item_codes_by_title(title: str, code: str | None) -> None:
    old = code is not None and "." not in code
    assert item_code(title, date(1997, 3, 3) if old else date(2024, 8, 2)) == code


# text -> codes of the headings in it, what the row guards
HEADINGS = [
    (
        "Item 5.02 Departure of Directors or Certain Officers.\nOn May 1 X left.\nItem 9.01. Financial Statements and Exhibits.\n(d) None.",
        ["5.02", "9.01"],
    ),
    ("ITEM\xa08.01.\xa0OTHER EVENTS. The board met.", ["8.01"]),  # no-break spaces, the text on the heading's line
    (
        "Item 2.02 Results of Operations and Financial Condition Item 7.01 Regulation FD Disclosure\nThe release is attached.",
        ["2.02", "7.01"],
    ),
    ("Item 5.02(d) Election of Directors\nZ was elected.", ["5.02"]),
    (
        "Item 8.01 Other Events\nAs reported under\nItem 1.01 of our report of May, the deal closed.",
        ["8.01"],
    ),  # a mention that a line break put first
    ("Item 7.01 Regulation FD Disclosure\nThe information in this Item 7.01 is furnished.", ["7.01"]),
    ("Nothing here", []),
]


LEFT = "On May 3, Ada Quill resigned as Chief Financial Officer of Northmere Glass Co., effective June 1, 2026, to pursue other interests."
CAME = "On May 4, the board of Northmere Glass Co. appointed Tomas Bell as Chief Financial Officer, with effect from June 1, 2026."
PAID = "On May 4, the compensation committee of Northmere Glass Co. approved an award of 5,000 restricted units to Tomas Bell."
OFFICERS = "Departure of Directors or Certain Officers; Election of Directors; Appointment of Certain Officers; Compensatory Arrangements of Certain Officers"
# text -> (heading line, first words of the section) of every section, what the row guards
SECTIONS = [
    # one item with two sections, another between them: both stay
    (
        f"Item 5.02. {OFFICERS}.\n{LEFT}\nItem 8.01 Other Events.\n{PAID}\nItem 5.02. {OFFICERS}.\n{CAME}",
        [(f"Item 5.02 {OFFICERS}.", LEFT), ("Item 8.01 Other Events.", PAID), (f"Item 5.02 {OFFICERS}.", CAME)],
    ),
    # … and directly one after the other, each sub-letter under a heading of its own
    (
        f"Item 5.02(b) Departure of Certain Officers\n{LEFT}\nItem 5.02(c) Appointment of Certain Officers\n{CAME}\nItem 5.02 (e)\n{PAID}",
        [
            ("Item 5.02(b) Departure of Certain Officers", LEFT),
            ("Item 5.02(c) Appointment of Certain Officers", CAME),
            ("Item 5.02(e)", PAID),
        ],
    ),
    (f"Items 5.02(b), (c) and (e) {OFFICERS}\n{LEFT}", [(f"Item 5.02(b)(c)(e) {OFFICERS}", LEFT)]),
    (f"Items 5.02(b) & 5.02(c). {OFFICERS}\n{LEFT}", [(f"Item 5.02(b)(c) {OFFICERS}", LEFT)]),  # the number again
    (f"Item 5.02b. {OFFICERS}\n{LEFT}", [(f"Item 5.02(b) {OFFICERS}", LEFT)]),  # the letter without brackets
    (f"Item No. 5.02 {OFFICERS}\n{LEFT}", [(f"Item 5.02 {OFFICERS}", LEFT)]),
    (f"ITEM5.02. {OFFICERS.upper()}\n{LEFT}", [(f"Item 5.02 {OFFICERS.upper()}", LEFT)]),  # a blank lost with the markup
    (f"Item 5.02 A new chief begins. {LEFT}", [("Item 5.02", "A new chief begins.")]),  # a word, no sub-letter
    # a table of contents in front, its last entry followed by signatures and exhibits
    (
        (
            f"Item 5.02 {OFFICERS}\nItem 9.01 Financial Statements and Exhibits\nSIGNATURES\nEX-99.1 Press release of Northmere Glass Co. dated May 4, 2026.\n"
            f"Item 5.02 {OFFICERS}\n{CAME}\nItem 9.01 Financial Statements and Exhibits\n(d) Exhibits"
        ),
        [(f"Item 5.02 {OFFICERS}", CAME), ("Item 9.01 Financial Statements and Exhibits", "(d) Exhibits")],
    ),
    # the title of the item above the cover page
    (
        (
            f"Item 8.01 Other Events\nDate of report (date of earliest event reported): May 4, 2026, a day on which the markets were open\n"
            f"Item 8.01 Other Events\n{CAME}"
        ),
        [("Item 8.01 Other Events", CAME)],
    ),
    # the same item named again inside its own text
    (
        f"Item 7.01 Regulation FD Disclosure\n{CAME} The information in\nItem 7.01 is furnished, not filed, whatever else of ours says otherwise.",
        [("Item 7.01 Regulation FD Disclosure", CAME)],
    ),
]


@pytest.mark.parametrize(("text", "sections"), SECTIONS)
def test_every_section_is_kept(text: str, sections: list[tuple[str, str]]) -> None:
    found = find_items(text)
    assert [heading.line for heading in found] == [line for line, _ in sections]
    for heading, (_, words) in zip(found, sections, strict=True):
        assert text[heading.end :].lstrip().startswith(words)


def test_two_sections_of_one_item_stand_in_the_document() -> None:
    page = (FOLDER / "edgar-primary-document.html").read_text()
    first = page.index("<P><B>Item&nbsp;1.01")
    section = (
        f"<P>Item 5.02 {OFFICERS}.</P><P>{LEFT}</P><P>Item 8.01 Other Events</P><P>{PAID}</P><P>Item 5.02 {OFFICERS}.</P><P>{CAME}</P>"
    )
    filing = read_filing_page(page[:first] + section + page[first:])
    assert LEFT in filing.text
    assert CAME in filing.text
    assert filing.items.count("5.02") == 1


@pytest.mark.parametrize(("text", "codes"), HEADINGS)
def test_headings_are_no_mentions(text: str, codes: list[str]) -> None:
    assert [heading.code for heading in find_items(text)] == codes


def test_text_of_odd_markup() -> None:
    markup = (
        "<html><body><ix:header><ix:hidden>hidden</ix:hidden></ix:header><p>&#147;Quoted&#148; &#151; sold&nbsp;it</p>"
        "<div style='display:none'>unseen</div><table><tr><td>Item</td><td>9.01</td></tr></table><p>3</p><hr></body></html>"
    )
    assert readable_text(markup) == "“Quoted” — sold it\nItem 9.01"


def test_hinted_items_count_where_the_header_names_none() -> None:
    bare = SUBMISSION.replace(b"ITEM INFORMATION:", b"OTHER INFORMATION:")
    assert read_submission(bare, hinted_items=("5.02",)).items == ("5.02",)
    assert read_submission(bare).items == ("5.02", "7.01", "9.01")  # failing both, the text's own


def test_a_cut_submission_is_no_document() -> None:
    with pytest.raises(Unreadable, match="without a document"):
        read_submission(SUBMISSION.partition(b"<DOCUMENT>")[0])


def test_a_release_behind_the_signatures_is_kept() -> None:
    release = "<p>FOR IMMEDIATE RELEASE</p><p>" + "OMAHA, Neb. – Millrace Tools named Ines Calloway president. " * 10 + "</p>"
    page = (FOLDER / "edgar-primary-document.html").read_text().replace("</BODY>", release + "</BODY>")
    text = read_filing_page(page).text
    assert "EX-99\n" in text
    assert "Ines Calloway" in text.partition("EX-99\n")[2]
    assert "duly caused" not in text


def header_of(*lines: str) -> bytes:
    """Return a submission whose header gives a filer the lines."""
    head, _, rest = SUBMISSION.decode().partition("\tBUSINESS ADDRESS:")
    return (head + "\n".join(lines) + "\n</SEC-HEADER>\n" + rest[rest.index("<DOCUMENT>") :]).encode()


BUSINESS = ("\tBUSINESS ADDRESS:\t", "\t\tSTREET 1:\t\t14 LONG WHARF", "\t\tCITY:\t\t\tPORTLAND", "\t\tSTATE:\t\t\tME")
MAIL = ("\tMAIL ADDRESS:\t", "\t\tSTREET 1:\t\tPO BOX 9", "\t\tSTREET 2:\t\tSUITE 3", "\t\tCITY:\t\t\tBANGOR", "\t\tSTATE:\t\t\tME")
# lines of a header -> street, city, kind, line of the text
ADDRESSES = [
    # the second line of the mail address is no part of the seat
    ((*BUSINESS, *MAIL), ("14 LONG WHARF", "PORTLAND", None), "Business address: 14 LONG WHARF, PORTLAND, ME."),
    ((*MAIL, *BUSINESS), ("14 LONG WHARF", "PORTLAND", None), "Business address: 14 LONG WHARF, PORTLAND, ME."),
    # a filer that gives no other
    (MAIL, ("PO BOX 9 SUITE 3", "BANGOR", "mail"), "Mail address: PO BOX 9 SUITE 3, BANGOR, ME."),
    ((), (None, None, None), ""),
]


@pytest.mark.parametrize(("lines", "address", "told"), ADDRESSES)
def test_the_seat_is_the_business_address(lines: tuple[str, ...], address: tuple[str | None, ...], told: str) -> None:
    body = re.sub(rb"<ix:nonNumeric[^>]*dei:EntityAddress.*?</ix:nonNumeric>", b"", header_of(*lines), flags=re.DOTALL)
    filing = read_submission(body)
    assert tuple(filing.fields.get(name) for name in ("street", "city", "address_kind")) == address
    assert [line for line in filing.text.split("\n") if re.match("(?:Business|Mail) address", line)] == ([told] if told else [])


def test_the_auditor_stands_far_below_the_cover() -> None:
    body = header_of(*BUSINESS).replace(b"8-K", b"10-K")
    named = b'<p><ix:nonNumeric contextRef="c" name="dei:AuditorName" id="f-9">Quill &amp; Partners LLP</ix:nonNumeric></p>'
    filing = read_submission(body.replace(b"</TEXT>", b"<p>Accounts</p>" * 40_000 + named + b"</TEXT>", 1))
    assert filing.fields["auditor"] == "Quill & Partners LLP"
    assert "Auditor: Quill & Partners LLP." in filing.text.split("\n")
