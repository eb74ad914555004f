"""Forms filed as XML: names of insiders as people write them, officers of a charity told from its board."""

from __future__ import annotations

import pytest

from crawler.filing_ownership import natural_name, read_ownership
from crawler.returns import read_return
from crawler.xml_tree import parse_xml


@pytest.mark.parametrize(
    ("listed", "signed", "name"),
    [
        ("Quill Ada", "", "Ada Quill"),  # last name first
        ("QUILL ADA M", "", "Ada M Quill"),  # capitals
        ("QUILL ADA M JR", "", "Ada M Quill Jr"),  # a suffix stays last
        ("MCALLISTER PETER III", "", "Peter McAllister III"),
        ("O'HARA-VANE SEAN", "", "Sean O'Hara-Vane"),
        ("Quill, Ada", "", "Ada Quill"),  # with a comma
        ("Van Der Berg Jo", "", "Jo Van Der Berg"),  # particles belong to the last name
        ("Garcia Moreno Luis", "/s/ Luis Garcia Moreno", "Luis Garcia Moreno"),  # the signature tells how long the last name is
        ("Kim Sung Ho", "/s/ Mara Teal, as attorney-in-fact for Sung Ho Kim", "Sung Ho Kim"),
        ("Quill Ada", "/s/ Mara Teal, attorney-in-fact", "Ada Quill"),  # another's signature says nothing
        ("Quill", "", "Quill"),
    ],
)
def test_names_of_insiders(listed: str, signed: str, name: str) -> None:
    assert natural_name(listed, signed) == name


def ownership(owners: str, *, form: str = "3", extra: str = "") -> tuple[dict[str, str], str]:
    root = parse_xml(
        f"<ownershipDocument><periodOfReport>2026-05-01</periodOfReport>{extra}"
        f"<issuer><issuerName>Northmere Glass Co.</issuerName><issuerTradingSymbol>NMG</issuerTradingSymbol></issuer>{owners}</ownershipDocument>"
    )
    assert root is not None
    return read_ownership(root, form)


def owner(name: str, relationship: str) -> str:
    return (
        f"<reportingOwner><reportingOwnerId><rptOwnerName>{name}</rptOwnerName></reportingOwnerId>"
        f"<reportingOwnerRelationship>{relationship}</reportingOwnerRelationship></reportingOwner>"
    )


CFO = "<isDirector>0</isDirector><isOfficer>1</isOfficer><officerTitle>Chief Financial Officer</officerTitle>"


@pytest.mark.parametrize(
    ("owners", "form", "extra", "listed", "gone"),
    [
        (owner("QUILL ADA", CFO), "3", "", "Ada Quill|Chief Financial Officer|officer", None),
        # boxes of the newer schema say true and false
        (owner("Quill Ada", "<isDirector>true</isDirector><isOfficer>false</isOfficer>"), "3", "", "Ada Quill||director", None),
        # the title stands among the remarks
        (
            owner("Quill Ada", "<isOfficer>1</isOfficer><officerTitle>See Remarks Section</officerTitle>"),
            "3",
            "<remarks>Chief Legal Officer; Secretary.</remarks>",
            "Ada Quill|Chief Legal Officer, Secretary|officer",
            None,
        ),
        # … or a power of attorney as long as a page does
        (
            owner("Quill Ada", "<isOfficer>1</isOfficer><officerTitle>See Remarks</officerTitle>"),
            "3",
            f"<remarks>{'Know all by these presents. ' * 9}</remarks>",
            "Ada Quill||officer",
            None,
        ),
        # a fund beside its partner: only the person counts
        (
            owner("Quill Capital Partners II, L.P.", "<isTenPercentOwner>1</isTenPercentOwner>")
            + owner("Quill Ada", "<isDirector>1</isDirector>"),
            "3",
            "",
            "Ada Quill||director",
            None,
        ),
        (
            owner("Quill Ada", CFO),
            "4",
            "<notSubjectToSection16>1</notSubjectToSection16>",
            "Ada Quill|Chief Financial Officer|officer",
            "yes",
        ),
        (
            owner("Quill Ada", CFO),
            "4",
            "<notSubjectToSection16>0</notSubjectToSection16>",
            "Ada Quill|Chief Financial Officer|officer",
            None,
        ),
    ],
)
def test_owners(owners: str, form: str, extra: str, listed: str, gone: str | None) -> None:
    fields, text = ownership(owners, form=form, extra=extra)
    assert fields["owners"] == listed
    assert fields.get("no_longer_insider") == gone
    assert fields["registrant"] == "Northmere Glass Co."
    for entry in listed.split(";"):
        assert entry.partition("|")[0] in text
    assert ("no longer subject to Section 16" in text) == (gone is not None)


def member(name: str, title: str, more: str = "") -> str:
    return f"<Form990PartVIISectionAGrp><PersonNm>{name}</PersonNm><TitleTxt>{title}</TitleTxt>{more}</Form990PartVIISectionAGrp>"


FULL_TIME = "<AverageHoursPerWeekRt>40.00</AverageHoursPerWeekRt>"


@pytest.mark.parametrize(
    ("line", "officers", "board"),
    [
        (member("ADA QUILL", "EXECUTIVE DIRECTOR"), "Ada Quill|Executive Director", ""),  # a post of staff, whatever else is left out
        (member("ADA QUILL", "CFO", "<OfficerInd>X</OfficerInd>"), "Ada Quill|CFO", ""),
        (member("ADA QUILL", "TREASURER", f"<OfficerInd>X</OfficerInd>{FULL_TIME}"), "Ada Quill|Treasurer", ""),  # works full time
        (member("ADA QUILL", "TREASURER", "<OfficerInd>X</OfficerInd>"), "", "Ada Quill"),  # a volunteer
        (
            member(
                "ADA QUILL", "VP OF PROGRAMS", "<KeyEmployeeInd>X</KeyEmployeeInd><ReportableCompFromOrgAmt>9</ReportableCompFromOrgAmt>"
            ),
            "Ada Quill|VP of Programs",
            "",
        ),
        (
            member("ADA QUILL", "SURGEON", f"<HighestCompensatedEmployeeInd>X</HighestCompensatedEmployeeInd>{FULL_TIME}"),
            "",
            "Ada Quill",
        ),  # paid well, no officer
        (member("ADA QUILL", "CEO", "<FormerOfcrDirectorTrusteeInd>X</FormerOfcrDirectorTrusteeInd>"), "", ""),  # was one
        (member("ADA QUILL", "CEO (UNTIL 3/26)"), "", ""),  # left before the return was signed
        (member("QUILL TRUST COMPANY", "TRUSTEE"), "", ""),  # a bank
    ],
)
def test_officers_of_a_return(line: str, officers: str, board: str) -> None:
    body = (
        '<Return xmlns="http://www.irs.gov/efile"><ReturnHeader><ReturnTs>2026-05-01T09:00:00-05:00</ReturnTs><ReturnTypeCd>990</ReturnTypeCd>'
        "<Filer><EIN>990001234</EIN><BusinessName><BusinessNameLine1Txt>NORTHMERE LIGHTHOUSE</BusinessNameLine1Txt></BusinessName></Filer>"
        f"</ReturnHeader><ReturnData><IRS990>{line}</IRS990></ReturnData></Return>"
    )
    record = read_return(body.encode())
    assert record is not None
    assert (record["fields"].get("officers", ""), record["fields"].get("board", "")) == (officers, board)
