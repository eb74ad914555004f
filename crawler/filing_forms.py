"""Forms that are filed as XML: Form D (private offerings) and Forms 3, 4 and 5 (insiders), as fields and as sentences.

The sentences let the same extractor read them as it reads prose; the fields keep what the form states exactly.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from crawler.filing_ownership import read_ownership
from crawler.xml_tree import parse_xml, text_at

XML_PART = re.compile(r"<XML>\s*(.*?)\s*</XML>", re.DOTALL)


def form_fields_and_text(form: str, body: str) -> tuple[dict[str, str], str | None]:
    """Return (fields, text) of a form filed as XML; the text is None for a form that is not."""
    found = XML_PART.search(body)
    markup = found[1] if found else body
    start = re.search(r"<(edgarSubmission|ownershipDocument)\b", markup)
    if not start:
        return {}, None
    root = parse_xml(markup[start.start() :])
    if root is None:
        return {}, None
    return _form_d(root, form) if start[1] == "edgarSubmission" else read_ownership(root, form)


def _form_d(root: etree._Element, form: str) -> tuple[dict[str, str], str | None]:
    issuer = root.find("primaryIssuer")
    offering = root.find("offeringData")
    if issuer is None:
        return {}, None
    name = text_at(issuer, "entityName")
    fields = {
        "registrant": name,
        "street": " ".join(filter(None, (text_at(issuer, "issuerAddress/street1"), text_at(issuer, "issuerAddress/street2")))),
        "city": text_at(issuer, "issuerAddress/city"),
        "state": text_at(issuer, "issuerAddress/stateOrCountry"),
        "postal_code": text_at(issuer, "issuerAddress/zipCode"),
        "phone": text_at(issuer, "issuerPhoneNumber"),
        "entity_type": text_at(issuer, "entityType"),
        "founded": text_at(issuer, "yearOfInc/value"),
    }
    place = ", ".join(filter(None, (fields["city"].title(), text_at(issuer, "issuerAddress/stateOrCountryDescription").title())))
    lines = [
        f"{name}, {place}, notified the SEC of an exempt offering of securities."
        if place
        else f"{name} notified the SEC of an exempt offering."
    ]
    if offering is not None:
        fields |= {
            "industry_group": text_at(offering, "industryGroup/industryGroupType"),
            "revenue_range": text_at(offering, "issuerSize/revenueRange"),
            "offering_amount": text_at(offering, "offeringSalesAmounts/totalOfferingAmount"),
            "amount_sold": text_at(offering, "offeringSalesAmounts/totalAmountSold"),
            "amount_remaining": text_at(offering, "offeringSalesAmounts/totalRemaining"),
            "investors": text_at(offering, "investors/totalNumberAlreadyInvested"),
            "first_sale": text_at(offering, "typeOfFiling/dateOfFirstSale/value"),
            "exemption": ";".join(element.text or "" for element in offering.iterfind("federalExemptionsExclusions/item")),
            "securities": ";".join(
                element.tag.removeprefix("is").removesuffix("Type") for element in _true(offering, "typesOfSecuritiesOffered")
            ),
        }
        lines += _offering_lines(name, fields)
    for person in root.iterfind("relatedPersonsList/relatedPersonInfo"):
        parts = (text_at(person, f"relatedPersonName/{part}") for part in ("firstName", "middleName", "lastName"))
        full = " ".join(part for part in parts if part and part.upper() not in ("N/A", "NONE", "-", "--"))
        roles = ", ".join(element.text or "" for element in person.iterfind("relatedPersonRelationshipList/relationship"))
        office = text_at(person, "relationshipClarification")
        lines.append(f"Related person: {full} ({roles}{'; ' + office if office else ''}).")
    return {key: value for key, value in fields.items() if value}, "\n".join(lines)


def _true(element: etree._Element, path: str) -> list[etree._Element]:
    group = element.find(path)
    return [child for child in (group if group is not None else ()) if (child.text or "").strip().lower() == "true"]


def _offering_lines(name: str, fields: Mapping[str, str]) -> list[str]:
    lines = []
    sold, total = _dollars(fields["amount_sold"]), _dollars(fields["offering_amount"])
    if sold and total:
        lines.append(f"{name} has sold {sold} of a total offering of {total}.")
    elif sold:
        lines.append(f"{name} has sold {sold} in an offering of indefinite size.")
    elif total:
        lines.append(f"{name} offers securities of {total} in total.")
    if fields["first_sale"]:
        lines.append(f"Date of first sale: {fields['first_sale']}.")
    if fields["industry_group"]:
        lines.append(f"Industry group: {fields['industry_group']}.")
    return lines


def _dollars(amount: str) -> str:
    return f"${int(amount):,}" if amount.isdigit() and int(amount) else ""
