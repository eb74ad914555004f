"""A filing held against the earlier one: what changed is an event, what only looks different is none."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from enrichment.deltas import filing_changes
from store.records import Document

SEAT = {"street": "22 Vane Way", "city": "Bedford", "state": "MA", "postal_code": "01730"}


def filing(name: str, day: str = "2026-03-02", cik: str = "0000001001", text: str = "Nothing of note.", **fields: str) -> Document:
    """Make a filing whose header states the given fields."""
    return Document(
        id=name,
        url=f"https://filings.example/{name}",
        title="Larkspur – Form 8-K",
        text=text,
        published=datetime.fromisoformat(f"{day}T00:00:00").replace(tzinfo=UTC),
        form="8-K",
        cik=cik,
        company=fields.get("conformed_name", "Larkspur Software, Inc."),
        fields={"filed": day, **fields},
    )


@pytest.mark.parametrize(
    "new, move",
    [
        ({"street": "1 Ketch Street", "city": "Austin", "state": "TX", "postal_code": "78701"}, ("Bedford, MA", "Austin, TX")),
        ({"street": "5 Burnt Mill Road"}, ("22 Vane Way, Bedford, MA", "5 Burnt Mill Road, Bedford, MA")),  # within the city
        ({"street": "5 Burnt Mill Road", "postal_code": "01731"}, ("22 Vane Way, Bedford, MA", "5 Burnt Mill Road, Bedford, MA")),
        ({}, None),
        ({"street": "22 VANE WAY"}, None),  # capitals
        ({"street": "22 Vane Way, Suite 200"}, None),  # suite
        ({"street": "22 Vane Way, 3rd Floor"}, None),  # floor
        ({"street": "22 Vane Wy"}, None),  # spelling
        ({"street": "Larkspur Center"}, None),  # the campus has a name now
        ({"street": "22 Vane Way", "city": "Lexington"}, None),  # the post puts the house into the next town
        ({"street": "P.O. Box 12"}, None),  # a box is no address
        ({"city": "Bedfrod"}, None),  # city spelled wrong
        ({"state": "Massachusetts"}, None),
        ({"street": "", "city": ""}, None),  # not known
        ({"street": "22 Larkspur Way"}, None),  # the street renamed
    ],
)
def test_addresses(new: dict[str, str], move: tuple[str, str] | None) -> None:
    events = filing_changes([filing("a", **SEAT)], filing("b", "2026-06-01", **{**SEAT, **new}))
    assert [(event.facts["from"], event.facts["to"]) for event in events] == ([move] if move else [])
    assert all((event.kind, event.status, str(event.happened)) == ("relocation", "completed", "2026-06-01") for event in events)


@pytest.mark.parametrize(
    "old, new, former, changed",
    [
        ("LARKSPUR SOFTWARE INC", "KETCH SYSTEMS CORP", "LARKSPUR SOFTWARE INC", True),  # the header says so
        ("LARKSPUR SOFTWARE INC", "KETCH SYSTEMS CORP", "", True),
        ("LARKSPUR SOFTWARE INC", "Larkspur Software, Inc.", "", False),  # spelling
        ("LARKSPUR SOFTWARE INC", "LARKSPUR SOFTWARE CORP /DE/", "", False),  # legal form and state
        ("SMITH J B INC", "J B SMITH INC", "", False),  # the old way to write people's names
        ("LARKSPUR SOFTWARE", "LARKSPUR SOFTWARES", "", False),
        ("LARKSPUR INTERNATIONAL SERVICES", "LARKSPUR INTL SVCS", "", False),
    ],
)
def test_names(old: str, new: str, former: str, changed: bool) -> None:
    events = filing_changes([filing("a", conformed_name=old)], filing("b", "2026-06-01", conformed_name=new, former_name=former))
    assert [event.kind for event in events] == (["name_change"] if changed else [])


def test_auditor_and_officers() -> None:
    old = filing("a", auditor="Quill & Partners LLP", officers="Jo Vane|Chief Financial Officer;Ann Ketch|President;Bill Yawl|Secretary")
    new = filing(
        "b", "2026-06-01", auditor="Teal LLP", officers="Joanna Vane|CFO;Max Wigeon|Treasurer;William Yawl|Chief Operating Officer"
    )
    changes = [(event.kind, event.facts.get("person"), event.facts.get("direction")) for event in filing_changes([old], new)]
    assert changes == [
        ("auditor_change", None, None),
        ("executive_change", "Max Wigeon", "joins"),
        ("executive_change", "William Yawl", "changes"),
        ("executive_change", "Ann Ketch", "leaves"),
    ]
    assert filing_changes([old], filing("c", "2026-06-01", auditor="QUILL & PARTNERS")) == []  # a list that is missing says nothing


def test_the_quote_is_in_the_document() -> None:
    old = filing("a", **SEAT)
    new = filing(
        "b",
        "2026-06-01",
        text="First line.\nOur offices are at 1 Ketch Street, Austin, Texas.",
        **{**SEAT, "city": "Austin", "state": "TX", "postal_code": "78701"},
    )
    (event,) = filing_changes([old], new)
    assert event.quote == "Our offices are at 1 Ketch Street, Austin, Texas."
    assert new.full_text[event.start : event.end] == event.quote


@pytest.mark.parametrize(
    ("old", "new", "items", "confidence"),
    [
        ({"conformed_name": "LARKSPUR INC"}, {"conformed_name": "KETCH CORP"}, (), 0.75),
        ({"conformed_name": "LARKSPUR INC"}, {"conformed_name": "KETCH CORP"}, ("5.03",), 0.85),  # the item for such a change
        ({"conformed_name": "LARKSPUR INC"}, {"conformed_name": "KETCH CORP"}, ("5.02",), 0.75),  # another's
        ({"conformed_name": "LARKSPUR INC"}, {"conformed_name": "KETCH CORP", "former_name": "LARKSPUR INC"}, ("5.03",), 1.0),
        ({"auditor": "Quill LLP"}, {"auditor": "Teal LLP"}, ("4.01",), 0.95),
    ],
)
def test_an_item_confirms_a_change(old: dict[str, str], new: dict[str, str], items: tuple[str, ...], confidence: float) -> None:
    (event,) = filing_changes([filing("a", **old)], replace(filing("b", "2026-06-01", **new), items=items))
    assert event.confidence == pytest.approx(confidence)


def test_the_line_of_the_header_is_the_evidence() -> None:
    """A city is named in many sentences; the one that states the new seat is the header's."""
    header = "Larkspur opened a shop in Austin.\nBusiness address: 1 Ketch Street, AUSTIN, TX 78701.\nFiler's name: KETCH CORP, formerly LARKSPUR SOFTWARE INC.\nAuditor: Teal LLP."
    old = filing("a", conformed_name="LARKSPUR SOFTWARE INC", auditor="Quill & Partners LLP", **SEAT)
    new = filing(
        "b",
        "2026-06-01",
        text=header,
        conformed_name="KETCH CORP",
        former_name="LARKSPUR SOFTWARE INC",
        auditor="Teal LLP",
        **{**SEAT, "city": "AUSTIN", "state": "TX", "postal_code": "78701"},
    )
    assert [(event.kind, event.quote) for event in filing_changes([old], new)] == [
        ("relocation", "Business address: 1 Ketch Street, AUSTIN, TX 78701."),
        ("name_change", "Filer's name: KETCH CORP, formerly LARKSPUR SOFTWARE INC."),
        ("auditor_change", "Auditor: Teal LLP."),
    ]


AUSTIN = {"street": "1 Ketch Street", "city": "Austin", "state": "TX", "postal_code": "78701"}


@pytest.mark.parametrize(
    ("earlier", "later", "kinds"),
    [
        # newest first: the cover page knows of the move, the header of the next filing does not yet
        ([AUSTIN, SEAT], SEAT, []),
        # … and the cover page of the one after tells nothing new
        ([SEAT, AUSTIN, SEAT], AUSTIN, []),
        ([SEAT, SEAT], AUSTIN, ["relocation"]),
        # forms without an address stand between
        ([{}, SEAT], AUSTIN, ["relocation"]),
        # a mail address beside a business address is no move
        ([SEAT], {**AUSTIN, "address_kind": "mail"}, []),
        ([{**SEAT, "address_kind": "mail"}], {**AUSTIN, "address_kind": "mail"}, ["relocation"]),
        # the auditor stands in the annual report, others lie between
        ([{}, {"auditor": "Quill & Partners LLP"}], {"auditor": "Teal LLP"}, ["auditor_change"]),
        ([{"auditor": "Teal LLP"}, {"auditor": "Quill & Partners LLP"}], {"auditor": "Teal LLP"}, []),
    ],
)
def test_what_an_earlier_filing_had_already_is_no_news(earlier: list[dict[str, str]], later: dict[str, str], kinds: list[str]) -> None:
    before = [filing(f"a{number}", f"2026-03-{20 - number:02}", **fields) for number, fields in enumerate(earlier)]
    assert [event.kind for event in filing_changes(before, filing("b", "2026-06-01", **later))] == kinds


def tax_return(year: int, *, form: str = "990", filed: str | None = None, ein: str = "990001234", **fields: str) -> Document:
    """Make a charity's return for a year that ended in June."""
    day = filed or f"{year + 1}-01-15"
    return Document(
        id=f"return-{year}-{day}",
        url=f"https://returns.example/{year}",
        title=f"Northmere Lighthouse Society – Form 990, {year}",
        text="\n".join(entry.replace("|", ", ") + "." for entry in fields.get("officers", "Nobody").split(";")),
        published=datetime.fromisoformat(f"{day}T00:00:00").replace(tzinfo=UTC),
        form=form,
        company="Northmere Lighthouse Society",
        fields={"ein": ein, "period": f"{year}-06-30", "headcount": "12", **fields},
    )


RUN = "Ada Quill|Executive Director;Tomas Bell|CFO"


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        # another head: one comes, one goes
        (
            {"officers": RUN},
            {"officers": "Mara Teal|Executive Director;Tomas Bell|CFO"},
            [("joins", "Mara Teal", "Executive Director"), ("leaves", "Ada Quill", "Executive Director")],
        ),
        # a member of the board takes the post
        ({"officers": RUN, "board": "Mara Teal;Jo Vane"}, {"officers": f"{RUN};Mara Teal|COO"}, [("changes", "Mara Teal", "COO")]),
        # an officer who stays on the board has not gone
        ({"officers": RUN}, {"officers": "Tomas Bell|CFO", "board": "Ada Quill"}, []),
        # spelling of names and posts
        ({"officers": RUN}, {"officers": "ADA M QUILL|EXEC. DIRECTOR;Thomas Bell|Chief Financial Officer"}, []),
        # a new post
        (
            {"officers": RUN},
            {"officers": "Ada Quill|Executive Director;Tomas Bell|Chief Operating Officer"},
            [("changes", "Tomas Bell", "Chief Operating Officer")],
        ),
        # the principal officer stands in Part I alone
        (
            {"principal_officer": "Ada Quill"},
            {"principal_officer": "Mara Teal"},
            [("joins", "Mara Teal", "Principal officer"), ("leaves", "Ada Quill", "Principal officer")],
        ),
        ({"principal_officer": "Ada Quill", "officers": RUN}, {"principal_officer": "A Quill", "officers": RUN}, []),
        # volunteers without staff elect others every year
        ({"principal_officer": "Ada Quill"}, {"principal_officer": "Mara Teal", "headcount": "0"}, []),
        # a list that is missing says nothing
        ({"officers": RUN}, {}, []),
    ],
)
def test_officers_of_a_charity(old: dict[str, str], new: dict[str, str], changes: list[tuple[str, str, str]]) -> None:
    events = filing_changes([tax_return(2024, **old)], tax_return(2025, **new))
    assert [(event.facts["direction"], event.facts["person"], event.facts["title"]) for event in events] == changes
    # in office in the tax year: the day of filing is months later
    assert all((event.kind, str(event.happened)) == ("executive_change", "2025-06-30") for event in events)


@pytest.mark.parametrize(
    ("new", "headcount", "kinds"),
    [
        ({"city": "Salem"}, "12", ["relocation"]),
        ({"city": "Salem"}, "", []),  # nobody works there: the address of whoever keeps the books
        ({"street": "22 VANE WAY STE 4"}, "12", []),
    ],
)
def test_addresses_of_a_charity(new: dict[str, str], headcount: str, kinds: list[str]) -> None:
    old = {**SEAT, "postal_code": ""}
    events = filing_changes([tax_return(2024, **old)], tax_return(2025, **{**old, "street": "1 Quay", **new}, headcount=headcount))
    if "street" in new:
        events = filing_changes([tax_return(2024, **old)], tax_return(2025, **{**old, **new}))
    assert [event.kind for event in events] == kinds


def test_a_return_filed_late_tells_nothing_new() -> None:
    known = tax_return(2025, officers=RUN)
    assert filing_changes([known], tax_return(2023, filed="2026-05-01", officers="Mara Teal|Executive Director")) == []
    assert filing_changes([known], tax_return(2025, filed="2026-05-01", officers="Mara Teal|Executive Director")) == []  # amended
    assert filing_changes([known], tax_return(2026, ein="990009999", officers="Mara Teal|Executive Director")) == []  # another's


def test_no_changes_between_two_companies_or_backwards() -> None:
    moved = {**SEAT, "city": "Austin", "state": "TX", "postal_code": "78701"}
    assert filing_changes([filing("a", **SEAT)], filing("b", cik="0000009999", **moved)) == []
    assert filing_changes([filing("a", "2026-06-01", **SEAT)], filing("b", "2026-03-02", **moved)) == []
