"""Forms and returns of a fictional filer, as EDGAR and the IRS send them, through a run: from the archived body to the story."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.archive import Archive
from prospect.cli.setup import TEMPLATE
from prospect.pipeline import run
from prospect.workspace import load_workspace
from store import queries
from store.database import open_store
from store.records import Story
from tests.factories import NOW, raw


def submission(
    day: str,
    form: str,
    body: str,
    *,
    name: str = "NORTHMERE GLASS CO",
    street: str = "22 VANE WAY",
    city: str = "BEDFORD",
    state: str = "MA",
    former: str = "",
    party: str = "FILER",
) -> bytes:
    """Return a full submission of one document."""
    formers = f"\n\tFORMER COMPANY:\t\n\t\tFORMER CONFORMED NAME:\t{former}\n\t\tDATE OF NAME CHANGE:\t19990301\n" if former else ""
    return (
        f"<SEC-DOCUMENT>0009990055-26-0000{day[5:7]}.txt : {day.replace('-', '')}\n<SEC-HEADER>\n<ACCEPTANCE-DATETIME>{day.replace('-', '')}163000\n"
        f"ACCESSION NUMBER:\t\t0009990055-26-0000{day[5:7]}\nCONFORMED SUBMISSION TYPE:\t{form}\nFILED AS OF DATE:\t\t{day.replace('-', '')}\n\n"
        f"{party}:\n\n\tCOMPANY DATA:\t\n\t\tCOMPANY CONFORMED NAME:\t\t\t{name}\n\t\tCENTRAL INDEX KEY:\t\t\t0009990055\n\n"
        f"\tBUSINESS ADDRESS:\t\n\t\tSTREET 1:\t\t{street}\n\t\tCITY:\t\t\t{city}\n\t\tSTATE:\t\t\t{state}\n{formers}</SEC-HEADER>\n"
        f"<DOCUMENT>\n<TYPE>{form}\n<SEQUENCE>1\n<FILENAME>a.htm\n<TEXT>\n{body}\n</TEXT>\n</DOCUMENT>\n</SEC-DOCUMENT>\n"
    ).encode()


REPORT = "<html><body><p>Item 8.01 Other Events.</p><p>Northmere Glass Co. paid its regular dividend on the usual day of the quarter to holders of record.</p></body></html>"
APPOINTED = (
    "<html><body><p>Item 5.02 Departure of Directors or Certain Officers; Election of Directors; Appointment of Certain Officers.</p>"
    "<p>On August 20, 2026, Northmere Glass Co. appointed Ada Quill as its Chief Financial Officer, effective August 20, 2026.</p></body></html>"
)
ANNUAL = '<html><body><p>Annual report.</p><p><ix:nonNumeric name="dei:AuditorName" contextRef="c">{}</ix:nonNumeric></p></body></html>'


def ownership(form: str, extra: str = "") -> str:
    return (
        f'<XML>\n<?xml version="1.0"?>\n<ownershipDocument><documentType>{form}</documentType><periodOfReport>2026-08-20</periodOfReport>{extra}'
        "<issuer><issuerCik>0009990055</issuerCik><issuerName>Northmere Glass Co</issuerName></issuer><reportingOwner><reportingOwnerId>"
        "<rptOwnerName>QUILL ADA</rptOwnerName></reportingOwnerId><reportingOwnerRelationship><isOfficer>1</isOfficer>"
        "<officerTitle>Chief Financial Officer</officerTitle></reportingOwnerRelationship></reportingOwner></ownershipDocument>\n</XML>"
    )


def filer_record(name: str, street: str, city: str, former: str = "", until: str = "") -> bytes:
    formers = [{"name": former, "from": "1999-03-01T05:00:00.000Z", "to": f"{until}T04:00:00.000Z"}] if former else []
    address = {"street1": street, "street2": None, "city": city, "stateOrCountry": "MA", "zipCode": ""}
    return json.dumps(
        {
            "cik": "9990055",
            "name": name,
            "sic": "3211",
            "tickers": ["NMG"],
            "addresses": {"business": address, "mailing": address},
            "formerNames": formers,
        }
    ).encode()


def tax_return(year: int, name: str, city: str, people: str) -> bytes:
    groups = "".join(
        f"<Form990PartVIISectionAGrp><PersonNm>{person}</PersonNm><TitleTxt>{title}</TitleTxt></Form990PartVIISectionAGrp>"
        for person, title in (entry.split("|") for entry in people.split(";"))
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<Return xmlns="http://www.irs.gov/efile" returnVersion="2024v5.0"><ReturnHeader>'
        f"<ReturnTs>{year + 1}-01-06T09:15:00-06:00</ReturnTs><TaxPeriodEndDt>{year}-06-30</TaxPeriodEndDt><ReturnTypeCd>990</ReturnTypeCd>"
        f"<Filer><EIN>990005678</EIN><BusinessName><BusinessNameLine1Txt>{name}</BusinessNameLine1Txt></BusinessName>"
        f"<USAddress><AddressLine1Txt>{year} BIRCH ROAD</AddressLine1Txt><CityNm>{city}</CityNm><StateAbbreviationCd>ME</StateAbbreviationCd></USAddress></Filer>"
        f"<TaxYr>{year}</TaxYr></ReturnHeader><ReturnData><IRS990><TotalEmployeeCnt>46</TotalEmployeeCnt>{groups}</IRS990></ReturnData></Return>"
    ).encode()


# bodies in the order of their days -> (kind, status, facts) of the stories that must be told, in any order
RUNS = [
    # headers: the seat, then the name with the former one beside it
    (
        [
            submission("2026-06-01", "8-K", REPORT),
            submission("2026-07-01", "8-K", REPORT, street="1 KETCH STREET", city="AUSTIN", state="TX"),
            submission(
                "2026-08-01",
                "8-K",
                REPORT,
                street="1 KETCH STREET",
                city="AUSTIN",
                state="TX",
                name="KETCHLINE CORP",
                former="NORTHMERE GLASS CO",
            ),
        ],
        [
            ("relocation", {"from": "Bedford, MA", "to": "Austin, TX"}),
            ("name_change", {"from": "NORTHMERE GLASS CO", "to": "KETCHLINE CORP"}),
        ],
    ),
    # annual reports with another auditor, an 8-K between them
    (
        [
            submission("2026-02-01", "10-K", ANNUAL.format("Quill &amp; Partners LLP")),
            submission("2026-06-01", "8-K", REPORT),
            submission("2026-08-01", "10-K/A", ANNUAL.format("Teal LLP")),
        ],
        [("auditor_change", {"from": "Quill & Partners LLP", "to": "Teal LLP"})],
    ),
    # an officer comes; a purchase by the same officer tells nothing
    (
        [
            submission("2026-08-21", "3", ownership("3"), party="ISSUER"),
            submission("2026-08-25", "4", ownership("4"), party="ISSUER"),
        ],
        [("executive_change", {"person": "Ada Quill", "direction": "joins", "level": "c_suite", "function": "finance"})],
    ),
    # announced in an 8-K, then filed for: one story with two documents
    (
        [
            submission("2026-08-20", "8-K", APPOINTED),
            submission("2026-08-21", "3", ownership("3"), party="ISSUER"),
        ],
        [("executive_change", {"person": "Ada Quill", "level": "c_suite", "function": "finance"})],
    ),
    # … and goes
    (
        [submission("2026-08-25", "4", ownership("4", "<notSubjectToSection16>1</notSubjectToSection16>"), party="ISSUER")],
        [("executive_change", {"person": "Ada Quill", "direction": "leaves", "title": "Chief Financial Officer"})],
    ),
    # EDGAR's record of the filer, as it was and as it is: the new name is dated in it
    (
        [
            filer_record("NORTHMERE GLASS CO", "22 VANE WAY", "BEDFORD"),
            filer_record("KETCHLINE CORP", "1 PIER ROAD", "SALEM", former="NORTHMERE GLASS CO", until="2026-08-14"),
        ],
        [
            ("relocation", {"from": "Bedford, MA", "to": "Salem, MA"}),
            ("name_change", {"from": "NORTHMERE GLASS CO", "to": "KETCHLINE CORP"}),
        ],
    ),
    # … or the first that is seen of it: a name of this summer is news, one of years ago is none
    (
        [filer_record("KETCHLINE CORP", "1 PIER ROAD", "SALEM", former="NORTHMERE GLASS CO", until="2026-08-14")],
        [("name_change", {"from": "NORTHMERE GLASS CO", "to": "KETCHLINE CORP"})],
    ),
    ([filer_record("KETCHLINE CORP", "1 PIER ROAD", "SALEM", former="NORTHMERE GLASS CO", until="2019-08-14")], []),
    ([filer_record("Ketchline, Inc.", "1 PIER ROAD", "SALEM", former="KETCHLINE INC", until="2026-08-14")], []),  # spelling
    # a charity's returns of two years: no CIK, the same EIN
    (
        [
            tax_return(2024, "LONG QUAY MUSEUM", "PORTLAND", "HELGA DAHL|EXECUTIVE DIRECTOR;OTTO PIKE|CFO"),
            tax_return(2025, "HARBOR HISTORY CENTER", "BANGOR", "AMARA MCGOWAN|EXECUTIVE DIRECTOR;OTTO PIKE|CHIEF FINANCIAL OFFICER"),
        ],
        [
            ("executive_change", {"person": "Amara McGowan", "direction": "joins", "title": "Executive Director", "level": "senior"}),
            ("executive_change", {"person": "Helga Dahl", "direction": "leaves", "title": "Executive Director"}),
            ("relocation", {"from": "Portland, ME", "to": "Bangor, ME"}),
            ("name_change", {"from": "LONG QUAY MUSEUM", "to": "HARBOR HISTORY CENTER"}),
        ],
    ),
]


@pytest.mark.parametrize(("bodies", "expected"), RUNS)
def test_forms_become_stories(tmp_path: Path, bodies: list[bytes], expected: list[tuple[str, dict[str, str]]]) -> None:
    told = stories_of_run(tmp_path, bodies)
    assert len(told) == len(expected), told
    for kind, facts in expected:
        [story] = [story for story in told if story.kind == kind and facts.items() <= dict(story.facts).items()]
        assert story.status == "completed"
        quote = story.sightings[0].event.quote
        assert any(str(value).lower().split(",")[0] in quote.lower() for value in facts.values()) or facts.get("direction") == "leaves"


def stories_of_run(folder: Path, bodies: list[bytes]) -> list[Story]:
    """Put the bodies into a workspace's archive as a crawl would, read, extract and resolve them, and return all stories."""
    shutil.copytree(TEMPLATE, folder / "ws")
    workspace = load_workspace(folder / "ws", environment={})
    engine = open_store(workspace.database_url)
    fetched = datetime(2026, 9, 1, tzinfo=UTC)
    archive = Archive(workspace.archive)
    for number, body in enumerate(bodies):
        url = f"https://filings.example/{number}"
        file, offset = archive.append(url, 200, [("Content-Type", "text/plain")], body, fetched)
        with engine.begin() as conn:
            queries.save_raw(
                conn, [raw(url, fetched=fetched + timedelta(minutes=number), content_type="text/plain", warc=file, offset=offset)]
            )
    summary = run(workspace, engine, now=NOW, stages=("read", "extract", "resolve"))
    assert summary.failures == []
    assert summary.read == {"documents": len(bodies), "unreadable": 0}
    with engine.connect() as conn:
        ids = queries.companies_with_stories(conn)
        found = [story for told in queries.stories_of(conn, ids).values() for story in told]
    engine.dispose()
    return found
