"""Reads IRS e-file returns (Form 990, 990-EZ, 990-PF; XML) into a record: filer, address, people of Part VII, size."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from crawler.filing_forms import parse_xml

MAX_PEOPLE = 60
FORM = re.compile(rb"<ReturnTypeCd>([^<]{2,12})</ReturnTypeCd>|<ReturnType>([^<]{2,12})</ReturnType>")


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
    name = _first(filer, "BusinessName/BusinessNameLine1Txt", "BusinessName/BusinessNameLine1", "Name/BusinessNameLine1")
    form = _first(header, "ReturnTypeCd", "ReturnType")
    year = _first(header, "TaxYr", "TaxYear")
    period = _first(header, "TaxPeriodEndDt", "TaxPeriodEndDate")
    stamp = _first(header, "ReturnTs", "Timestamp")
    address = filer.find("USAddress")
    if address is None:
        address = filer.find("ForeignAddress")
    place = {
        "street": _first(address, "AddressLine1Txt", "AddressLine1"),
        "city": _first(address, "CityNm", "City"),
        "state": _first(address, "StateAbbreviationCd", "State", "ProvinceOrStateNm"),
        "postal_code": _first(address, "ZIPCd", "ZIPCode", "ForeignPostalCd"),
        "country": _first(address, "CountryCd"),
    }
    data = root.find("ReturnData")
    people = _people(data) if data is not None else []
    fields = {
        **place,
        "ein": _first(filer, "EIN"),
        "phone": _first(filer, "PhoneNum", "Phone"),
        "period": period,
        "website": _any(data, "WebsiteAddressTxt", "WebSite"),
        "headcount": _any(data, "TotalEmployeeCnt", "TotalNbrEmployees"),
        "revenue_usd": _any(data, "CYTotalRevenueAmt", "TotalRevenueAmt", "TotalRevenueCurrentYear", "TotalRevAndExpnssAmt"),
        "founded": _any(data, "FormationYr", "YearFormation"),
    }
    seat = ", ".join(filter(None, (place["city"].title(), place["state"])))
    lines = [f"{name}{', ' + seat if seat else ''}, filed Form {form} for the period that ended {period}."]
    officer = header.find("BusinessOfficerGrp")
    if officer is not None:
        lines.append(f"Signed by {_first(officer, 'PersonNm').title()} ({_first(officer, 'PersonTitleTxt').title()}).")
    lines += [f"{person.title()}, {title.title()}{', former' if former else ''}." for person, title, former in people]
    return {
        "title": f"{name} – Form {form}, {year}",
        "text": "\n".join(lines),
        "published": stamp or None,
        "company": name or None,
        "form": form,
        "fields": {key: value for key, value in fields.items() if value},
    }


def _people(data: etree._Element) -> list[tuple[str, str, bool]]:
    """Return (name, title, whether a former one) of the officers, directors and key employees, as listed."""
    found = []
    groups = ("Form990PartVIISectionAGrp", "OfficerDirectorTrusteeEmplGrp", "OfficerDirTrstKeyEmplGrp", "Form990PartVIISectionA")
    for group in data.iter(*groups):
        name = _first(group, "PersonNm", "NamePerson", "PersonName", "BusinessName/BusinessNameLine1Txt")
        title = _first(group, "TitleTxt", "Title")
        former = _first(group, "FormerOfcrDirectorTrusteeInd", "Former") in ("X", "1", "true")
        if name:
            found.append((name, title, former))
        if len(found) >= MAX_PEOPLE:
            break
    return found


def _first(element: etree._Element | None, *paths: str) -> str:
    for path in paths:
        text = element.findtext(path) if element is not None else None
        if text and text.strip():
            return " ".join(text.split())
    return ""


def _any(data: etree._Element | None, *tags: str) -> str:
    for tag in tags:
        found = next(data.iter(tag), None) if data is not None else None
        if found is not None and (found.text or "").strip():
            return str(found.text).strip()
    return ""
