"""A filing held against the earlier one: what changed is an event, what only looks different is none."""

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
    events = filing_changes(filing("a", **SEAT), filing("b", "2026-06-01", **{**SEAT, **new}))
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
    events = filing_changes(filing("a", conformed_name=old), filing("b", "2026-06-01", conformed_name=new, former_name=former))
    assert [event.kind for event in events] == (["name_change"] if changed else [])


def test_auditor_and_officers() -> None:
    old = filing("a", auditor="Quill & Partners LLP", officers="Jo Vane|Chief Financial Officer;Ann Ketch|President;Bill Yawl|Secretary")
    new = filing(
        "b", "2026-06-01", auditor="Teal LLP", officers="Joanna Vane|CFO;Max Wigeon|Treasurer;William Yawl|Chief Operating Officer"
    )
    changes = [(event.kind, event.facts.get("person"), event.facts.get("direction")) for event in filing_changes(old, new)]
    assert changes == [
        ("auditor_change", None, None),
        ("executive_change", "Max Wigeon", "joins"),
        ("executive_change", "William Yawl", "changes"),
        ("executive_change", "Ann Ketch", "leaves"),
    ]
    assert filing_changes(old, filing("c", "2026-06-01", auditor="QUILL & PARTNERS")) == []  # a list that is missing says nothing


def test_the_quote_is_in_the_document() -> None:
    old = filing("a", **SEAT)
    new = filing(
        "b",
        "2026-06-01",
        text="First line.\nOur offices are at 1 Ketch Street, Austin, Texas.",
        **{**SEAT, "city": "Austin", "state": "TX", "postal_code": "78701"},
    )
    (event,) = filing_changes(old, new)
    assert event.quote == "Our offices are at 1 Ketch Street, Austin, Texas."
    assert new.full_text[event.start : event.end] == event.quote


def test_no_changes_between_two_companies_or_backwards() -> None:
    moved = {**SEAT, "city": "Austin", "state": "TX", "postal_code": "78701"}
    assert filing_changes(filing("a", **SEAT), filing("b", cik="0000009999", **moved)) == []
    assert filing_changes(filing("a", "2026-06-01", **SEAT), filing("b", "2026-03-02", **moved)) == []
