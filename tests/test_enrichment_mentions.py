"""What a document gives to tell the event's company by, and what it must not lend to another company."""

from datetime import UTC, datetime

import pytest

from enrichment.mentions import mention_of, provisional_company, same_company_name
from store.records import Document, Mention, TriggerEvent


def event(company: str | None) -> TriggerEvent:
    return TriggerEvent(
        id="e",
        document_id="d",
        kind="relocation",
        status="announced",
        company=company,
        facts={},
        quote="",
        start=0,
        end=0,
        happened=None,
        confidence=0.9,
    )


def document(text: str = "", **given: object) -> Document:
    defaults: dict[str, object] = {"id": "d", "url": "https://wire.example/1", "title": None, "published": datetime(2026, 3, 2, tzinfo=UTC)}
    return Document(text=text, **{**defaults, **given})  # type: ignore[arg-type]


FILING = document(
    "Larkspur and Ketch Marine, Inc. (NYSE: KTCH) agreed to merge.",
    form="8-K",
    cik="1001",
    company="Larkspur Software, Inc.",
    fields={"ein": "12-3456789", "city": "BEDFORD", "state": "MA"},
)


@pytest.mark.parametrize("company", ["Larkspur Software, Inc.", "Larkspur", "LARKSPUR SOFTWARE INC /DE/", None])
def test_the_filer_has_the_filings_identifiers(company: str | None) -> None:
    mention = mention_of(event(company), FILING)
    assert mention is not None
    assert (mention.cik, mention.ein, mention.city, mention.state, mention.country) == ("0000001001", "123456789", "BEDFORD", "MA", "US")


@pytest.mark.parametrize("company", ["Ketch Marine, Inc.", "Larkspur Dental", "Larkspur Software Canada"])
def test_another_company_in_a_filing_has_not(company: str) -> None:
    mention = mention_of(event(company), FILING)
    assert mention is not None
    assert (mention.cik, mention.ein, mention.city) == (None, None, None)


HEADED = document(
    "LMC UPDATES STATUS\nLarkspur Medical Corporation of Ohio said that Ketch Marine Completes Acquisition. Ketch Marine is a yard.",
    form="8-K",
    cik="1002",
    company="Larkspur Medical Corporation of Ohio, Inc.",
)


@pytest.mark.parametrize(
    "said, name",
    [
        ("LMCO", "Larkspur Medical Corporation of Ohio, Inc."),  # its initials
        ("LMCO UPDATES STATUS", "Larkspur Medical Corporation of Ohio, Inc."),  # and what the headline says it does
        ("Ketch Marine Completes Acquisition", "Ketch Marine"),
        ("Ketch Marine Ketch Marine", "Ketch Marine"),  # the letterhead and the first line
        ("Surviving Corporation", "Larkspur Medical Corporation of Ohio, Inc."),  # a role in the contract
        ("Sub I", "Larkspur Medical Corporation of Ohio, Inc."),
        ("Restated Credit Agreement", "Larkspur Medical Corporation of Ohio, Inc."),
        ("America", "Larkspur Medical Corporation of Ohio, Inc."),  # a place
        ("In re Larkspur Medical", "In re Larkspur Medical"),
        ("Re Larkspur Medical", "Larkspur Medical Corporation of Ohio, Inc."),  # a suit's name
        # near-misses
        ("Consumer Reports", "Consumer Reports"),  # what is left would stand nowhere else
        ("Global Partners LP", "Global Partners LP"),
        ("ARM", "ARM"),  # a country's code, and a company
        ("Georgia Corp.", "Georgia Corp."),
    ],
)
def test_what_is_no_name_in_a_filing_means_the_filer(said: str, name: str) -> None:
    mention = mention_of(event(said), HEADED)
    assert mention is not None
    assert mention.name == name


@pytest.mark.parametrize("said", ["Buyer", "The Company", "Thailand", "Direct Funding Agreement"])
def test_what_is_no_name_elsewhere_is_no_company(said: str) -> None:
    assert mention_of(event(said), document(f"{said} said so.")) is None


@pytest.mark.parametrize(
    "text, ticker",
    [
        ("Larkspur, Inc. (NYSE: LKV) said", "LKV"),
        ("Larkspur, Inc. (Nasdaq Global Select Market: LKV, LKVW) said", "LKV"),
        ("Larkspur, Inc. (“Larkspur” or the “Company”) (TSX-V: LKV.A) said", None),  # too far behind the name to be sure
        ("Larkspur said that Ketch Corp. (NYSE: KTCH) would", None),  # another's ticker
        ("Larkspur, Inc. (see note) said", None),
    ],
)
def test_ticker(text: str, ticker: str | None) -> None:
    mention = mention_of(event("Larkspur"), document(text))
    assert mention is not None
    assert mention.ticker == ticker


@pytest.mark.parametrize(
    "text, url, domain",
    [
        ("More at www.larkspur.example.", "https://wire.example/1", "larkspur.example"),
        ("Visit www.larkspur.exampleLinkedIn for more.", "https://wire.example/1", "larkspur.example"),  # links that ran together
        ("More at https://news.larkspur-software.example/x.", "https://wire.example/1", "larkspur-software.example"),
        ("More at www.ketch.example.", "https://wire.example/1", None),  # another's site
        ("", "https://www.larkspur.example/newsroom/1", "larkspur.example"),  # its own newsroom
        ("", "https://www.prnewswire.com/larkspur", None),  # the wire's
    ],
)
def test_domain(text: str, url: str, domain: str | None) -> None:
    mention = mention_of(event("Larkspur Software, Inc."), document(text, url=url))
    assert mention is not None
    assert mention.domain == domain


@pytest.mark.parametrize(
    "title, text, place",
    [
        ("Larkspur moves", "CEDAR RAPIDS, Iowa, March 2, 2026 (Northwire) -- Larkspur today", ("Cedar Rapids", "IA")),
        ("Larkspur moves", "BOSTON--(BUSINESS WIRE)--Larkspur today", ("Boston", "MA")),
        ("Ketch sues Larkspur", "RENO, Nev., March 2 -- Ketch sued Larkspur", (None, None)),  # the other party's release
        ("Ketch sues Larkspur", "RENO, Nev. -- Ketch sued Larkspur, based in Austin, Texas, today.", ("Austin", "TX")),  # said of it
        ("Larkspur moves", "Larkspur moves.", (None, None)),
    ],
)
def test_place(title: str, text: str, place: tuple[str | None, str | None]) -> None:
    mention = mention_of(event("Larkspur"), document(text, title=title))
    assert mention is not None
    assert (mention.city, mention.state) == place


def test_no_company() -> None:
    assert mention_of(event(None), document("Someone moves.")) is None


@pytest.mark.parametrize(
    "said, full, same",
    [
        ("Larkspur", "Larkspur Software, Inc.", True),
        ("Larkspur Group", "Larkspur Corp", True),
        ("Larkspur Canada", "Larkspur Corp", False),
        ("Ketch", "Larkspur", False),
    ],
)
def test_same_company_name(said: str, full: str, same: bool) -> None:
    assert same_company_name(said, full) is same


def test_a_provisional_company_has_one_id_for_one_text() -> None:
    one, other = (provisional_company(Mention(name=name, state="MA")) for name in ("Larkspur, Inc.", "LARKSPUR INC"))
    assert one.id == other.id
    assert one.id.startswith("text-")
    assert one.provisional
    assert provisional_company(Mention(name="Larkspur", state="NH")).id != one.id


@pytest.mark.parametrize(
    "text, industries",
    [
        ("Larkspur, a community bank in Ohio, opened.", ("60",)),
        ("Larkspur Inc. (NYSE: LKV) is a maker of semiconductors.", ("36",)),
        ("News.\n\nAbout Larkspur\nLarkspur operates restaurants and hotels. Its restaurants are many.\n", ("58", "70")),
        ("News.\n\nAbout Larkspur Software: it writes payroll software.", ("73",)),
        # near-misses: of another company, of the event, of nothing that is known
        ("Larkspur said that Ketch, a community bank, agreed.", ()),
        ("Larkspur opened a bank account.", ()),
        ("News.\n\nAbout Ketch\nKetch operates restaurants.\n", ()),
        ("Larkspur, a leading company, opened.", ()),
    ],
)
def test_what_a_company_does_is_read_beside_its_name(text: str, industries: tuple[str, ...]) -> None:
    mention = mention_of(event("Larkspur"), document(text))
    assert mention is not None
    assert mention.industries == industries
