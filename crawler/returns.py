"""Reads IRS e-file returns (Form 990, 990-EZ, 990-PF; XML) into a record: filer, address, people of Part VII, size."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lxml import etree

from crawler.filing_ownership import ENTITY
from crawler.filings import header_lines
from crawler.xml_tree import is_true, parse_xml, text_at

MAX_PEOPLE = 60
FULL_TIME_HOURS = 30.0
# posts of staff; the presidents, treasurers and secretaries of most charities are volunteers of the board
STAFF_POST = re.compile(
    r"\b(?:chief|ceo|cfo|coo|cio|cto|cdo|cmo|exec(?:utive)?\.?\s+dir\w*|managing director|general manager|superintendent|chancellor|provost|headmaster|"
    r"head of school)\b",
    re.IGNORECASE,
)
# "TREASURER (THRU 6/24)", "PAST PRESIDENT", "CFO - LEFT 3/2024": no longer in office when the return was signed
GONE = re.compile(r"\b(?:former|past|thru|through|until|till|ended?|left|resigned|retired|outgoing|deceased|ex)\b", re.IGNORECASE)
ACRONYM = re.compile(r"\b(?:C[EFOITDMHLRSP]O|CHRO|[ESA]?VP|HR|IT|II|III|IV|MD|DDS|RN|PHD|CPA|JD)\b", re.IGNORECASE)
FORM = re.compile(rb"<ReturnTypeCd>([^<]{2,12})</ReturnTypeCd>|<ReturnType>([^<]{2,12})</ReturnType>")


@dataclass(frozen=True, slots=True)
class Officer:
    """One line of a return's list of officers, directors, trustees and key employees."""

    name: str
    title: str
    staff: bool  # runs the organisation for a living, or is its principal officer
    former: bool


def is_return(body: bytes) -> bool:
    """Return whether a body is an IRS e-file return."""
    return b"<Return " in body[:2000] and b"irs.gov/efile" in body[:4000]


def return_head(body: bytes) -> dict[str, str] | None:
    """Return form, ein and state of a return without reading all of it, None for a body that is no return."""
    head = body[:20_000]
    form = FORM.search(head)
    if not form:
        return None
    filer = re.search(rb"<Filer>(.*?)</Filer>", head, re.DOTALL)
    inside = filer[1] if filer else b""

    def first(*tags: bytes) -> str:
        for tag in tags:
            if found := re.search(rb"<" + tag + rb">([^<]*)</", inside):
                return found[1].decode("utf-8", "replace").strip()
        return ""

    return {"form": (form[1] or form[2]).decode(), "ein": first(b"EIN"), "state": first(b"StateAbbreviationCd", b"State")}


def read_return(body: bytes) -> dict[str, Any] | None:
    """Return a return as a record (title, text, published, company, form, fields), None when it cannot be read."""
    root = parse_xml(body)
    if root is None or root.tag != "Return":
        return None
    header = root.find("ReturnHeader")
    filer = header.find("Filer") if header is not None else None
    if header is None or filer is None:
        return None
    # the first business name of a return can be the preparer's: only the filer's own counts
    name = text_at(filer, "BusinessName/BusinessNameLine1Txt", "BusinessName/BusinessNameLine1", "Name/BusinessNameLine1")
    form = text_at(header, "ReturnTypeCd", "ReturnType")
    year = text_at(header, "TaxYr", "TaxYear")
    period = text_at(header, "TaxPeriodEndDt", "TaxPeriodEndDate")
    stamp = text_at(header, "ReturnTs", "Timestamp")
    address = filer.find("USAddress")
    if address is None:
        address = filer.find("ForeignAddress")
    place = {
        "street": text_at(address, "AddressLine1Txt", "AddressLine1"),
        "city": text_at(address, "CityNm", "City"),
        "state": text_at(address, "StateAbbreviationCd", "State", "ProvinceOrStateNm"),
        "postal_code": text_at(address, "ZIPCd", "ZIPCode", "ForeignPostalCd"),
        "country": text_at(address, "CountryCd"),
    }
    data = root.find("ReturnData")
    people = _people(data) if data is not None else []
    now_in_office = [person for person in people if not person.former]
    fields = {
        **place,
        "ein": text_at(filer, "EIN"),
        "phone": text_at(filer, "PhoneNum", "Phone"),
        "period": period,
        "website": _any(data, "WebsiteAddressTxt", "WebSite"),
        "headcount": _any(data, "TotalEmployeeCnt", "TotalNbrEmployees"),
        "revenue_usd": _any(data, "CYTotalRevenueAmt", "TotalRevenueAmt", "TotalRevenueCurrentYear", "TotalRevAndExpnssAmt"),
        "founded": _any(data, "FormationYr", "YearFormation"),
        "principal_officer": _readable(_any(data, "PrincipalOfficerNm", "NameOfPrincipalOfficerPerson")),
        "officers": ";".join(f"{person.name}|{person.title}" for person in now_in_office if person.staff),
        "board": ";".join(person.name for person in now_in_office if not person.staff),
    }
    seat = ", ".join(filter(None, (place["city"].title(), place["state"])))
    lines = [f"{name}{', ' + seat if seat else ''}, filed Form {form} for the period that ended {period}."]
    officer = header.find("BusinessOfficerGrp")
    if officer is not None:
        lines.append(f"Signed by {_readable(text_at(officer, 'PersonNm'))} ({_readable(text_at(officer, 'PersonTitleTxt'))}).")
    if fields["principal_officer"]:
        lines.append(f"Principal officer: {fields['principal_officer']}.")
    lines += filter(None, [header_lines(fields)])
    lines += [f"{person.name}, {person.title}{', former' if person.former else ''}." for person in people]
    return {
        "title": f"{name} – Form {form}, {year}",
        "text": "\n".join(lines),
        "published": stamp or None,
        "company": name or None,
        "form": form,
        "fields": {key: value for key, value in fields.items() if value},
    }


def _people(data: etree._Element) -> list[Officer]:
    """Return the officers, directors, trustees and key employees, as listed: the people, no banks that act as trustees."""
    found: list[Officer] = []
    groups = ("Form990PartVIISectionAGrp", "OfficerDirectorTrusteeEmplGrp", "OfficerDirTrstKeyEmplGrp", "Form990PartVIISectionA")
    for group in data.iter(*groups):
        name = text_at(group, "PersonNm", "NamePerson", "PersonName")
        title = text_at(group, "TitleTxt", "Title")
        if name and not ENTITY.search(name):
            paid = any(
                _number(text_at(group, tag)) > 0
                for tag in ("ReportableCompFromOrgAmt", "ReportableCompFromRltdOrgAmt", "CompensationAmt", "ReportableCompFromOrganization")
            )
            hours = _number(text_at(group, "AverageHoursPerWeekRt", "AverageHrsPerWkDevotedToPosRt", "AverageHoursPerWeek"))
            listed_officer = any(is_true(group, tag) for tag in ("OfficerInd", "KeyEmployeeInd", "Officer", "KeyEmployee"))
            employed = paid or hours >= FULL_TIME_HOURS
            former = is_true(group, "FormerOfcrDirectorTrusteeInd") or is_true(group, "Former") or bool(GONE.search(title))
            staff = bool(STAFF_POST.search(title)) or (listed_officer and employed)
            found.append(Officer(_readable(name), _readable(title).replace(";", ",").replace("|", ","), staff, former))
        if len(found) >= MAX_PEOPLE:
            break
    return found


def _readable(words: str) -> str:
    """Return words that a return has in capitals as people write them: "JO VANE" -> "Jo Vane", "SVP AND CFO" -> "SVP and CFO"."""
    if words.isupper():
        words = re.sub(r"\b(And|Of|The|For|To)\b", lambda match: match[1].lower(), words.title())
        words = re.sub(r"\bMc([a-z])", lambda match: f"Mc{match[1].upper()}", words)
    return ACRONYM.sub(lambda match: match[0].upper(), words)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _any(data: etree._Element | None, *tags: str) -> str:
    for tag in tags:
        found = next(data.iter(tag), None) if data is not None else None
        if found is not None and (found.text or "").strip():
            return str(found.text).strip()
    return ""
