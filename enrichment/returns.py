"""Reads the company of an IRS e-file return (Form 990, 990-EZ, 990-PF, 990-T; XML): who filed, where it sits, how large it is.

What changes between two returns of one filer is `deltas.py`'s to say.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from lxml import etree

from enrichment.columns import LAYOUTS
from store.records import Company

# the names of one thing in the schemas of the years, as paths below the filer and as tags of the return's data
_OF_FILER = {
    "ein": ("EIN",),
    "name": ("BusinessName/BusinessNameLine1Txt", "BusinessName/BusinessNameLine1", "Name/BusinessNameLine1"),
    "phone": ("PhoneNum", "Phone"),
    "street": ("*/AddressLine1Txt", "*/AddressLine1"),
    "city": ("*/CityNm", "*/City"),
    "state": ("*/StateAbbreviationCd", "*/State", "*/ProvinceOrStateNm"),
    "postal_code": ("*/ZIPCd", "*/ZIPCode", "*/ForeignPostalCd"),
    "country": ("ForeignAddress/CountryCd", "ForeignAddress/Country"),
}
_SECOND_LINE = ("BusinessName/BusinessNameLine2Txt", "BusinessName/BusinessNameLine2", "Name/BusinessNameLine2")
_OF_DATA = {
    "domain": ("WebsiteAddressTxt", "WebSite"),
    "employees": ("TotalEmployeeCnt", "TotalNbrEmployees"),
    "revenue_usd": ("CYTotalRevenueAmt", "TotalRevenueCurrentYear", "TotalRevenueAmt", "TotalRevAndExpnssAmt"),
    "founded": ("FormationYr", "YearFormation"),
}
# the schemas' names for the namespace differ between years: tags are compared without it
_NAMESPACE = "{http://www.irs.gov/efile}"


def company_of_return(body: bytes) -> Company:
    """Return the filer of a return; `as_of` is the end of the tax period. Raise ValueError in words for what is no return."""
    try:
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError as error:
        raise ValueError(f"is not valid XML ({error.msg})") from error
    for element in root.iter(etree.Element):
        element.tag = str(element.tag).removeprefix(_NAMESPACE)
    filer = root.find("ReturnHeader/Filer")
    if root.tag != "Return" or filer is None:
        raise ValueError("is XML, but no return of the IRS (no ReturnHeader with a Filer)")
    cells = {field: _text(filer.find(path) for path in paths) for field, paths in _OF_FILER.items()}
    second = _text(filer.find(path) for path in _SECOND_LINE)
    if second and not second.upper().startswith(("C/O", "%")):  # a name too long for one line, not the house it is kept at
        cells["name"] = f"{cells['name']} {second}"
    data = root.find("ReturnData")
    if data is not None:
        cells |= {field: _text(data.find(f".//{tag}") for tag in tags) for field, tags in _OF_DATA.items()}
    layout = LAYOUTS["irs returns"]
    fields = layout.fields_of(cells)
    if not fields.get("name") or not fields.get("ein"):
        raise ValueError("is a return without the filer's name or EIN")
    period = _text([root.find("ReturnHeader/TaxPeriodEndDt"), root.find("ReturnHeader/TaxPeriodEndDate")])
    return Company(
        **{"id": layout.id_of(fields), "origin": layout.origin, "as_of": date.fromisoformat(period[:10]) if period else None, **fields}
    )


def _text(elements: Iterable[etree._Element | None]) -> str | None:
    """Return the text of the first element that is there and says something."""
    return next((text for element in elements if element is not None and (text := (element.text or "").strip())), None)
