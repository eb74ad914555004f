"""Forms that are filed as XML: Form D (private offerings) and Forms 3, 4 and 5 (insiders), as fields and as sentences.

The sentences let the same extractor read them as it reads prose; the fields keep what the form states exactly.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

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
    return _form_d(root, form) if start[1] == "edgarSubmission" else _ownership(root, form)


def parse_xml(markup: str | bytes) -> etree._Element | None:
    """Return the root of an XML text without its namespaces, or None; no entity is expanded and nothing is loaded."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True, remove_comments=True)
    raw = markup.encode() if isinstance(markup, str) else markup
    try:
        root = etree.fromstring(raw.strip(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if root is None:
        return None
    for element in root.iter():
        if isinstance(element.tag, str) and "}" in element.tag:
            element.tag = element.tag.rpartition("}")[2]
    return root


def _text(element: etree._Element, path: str) -> str:
    found = element.find(path)
    return " ".join((found.text or "").split()) if found is not None else ""


def _form_d(root: etree._Element, form: str) -> tuple[dict[str, str], str | None]:
    issuer = root.find("primaryIssuer")
    offering = root.find("offeringData")
    if issuer is None:
        return {}, None
    name = _text(issuer, "entityName")
    fields = {
        "registrant": name,
        "street": " ".join(filter(None, (_text(issuer, "issuerAddress/street1"), _text(issuer, "issuerAddress/street2")))),
        "city": _text(issuer, "issuerAddress/city"),
        "state": _text(issuer, "issuerAddress/stateOrCountry"),
        "postal_code": _text(issuer, "issuerAddress/zipCode"),
        "phone": _text(issuer, "issuerPhoneNumber"),
        "entity_type": _text(issuer, "entityType"),
        "founded": _text(issuer, "yearOfInc/value"),
    }
    place = ", ".join(filter(None, (fields["city"].title(), _text(issuer, "issuerAddress/stateOrCountryDescription").title())))
    lines = [
        f"{name}, {place}, notified the SEC of an exempt offering of securities."
        if place
        else f"{name} notified the SEC of an exempt offering."
    ]
    if offering is not None:
        fields |= {
            "industry_group": _text(offering, "industryGroup/industryGroupType"),
            "revenue_range": _text(offering, "issuerSize/revenueRange"),
            "offering_amount": _text(offering, "offeringSalesAmounts/totalOfferingAmount"),
            "amount_sold": _text(offering, "offeringSalesAmounts/totalAmountSold"),
            "amount_remaining": _text(offering, "offeringSalesAmounts/totalRemaining"),
            "investors": _text(offering, "investors/totalNumberAlreadyInvested"),
            "first_sale": _text(offering, "typeOfFiling/dateOfFirstSale/value"),
            "exemption": ";".join(element.text or "" for element in offering.iterfind("federalExemptionsExclusions/item")),
            "securities": ";".join(
                element.tag.removeprefix("is").removesuffix("Type") for element in _true(offering, "typesOfSecuritiesOffered")
            ),
        }
        lines += _offering_lines(name, fields)
    for person in root.iterfind("relatedPersonsList/relatedPersonInfo"):
        parts = (_text(person, f"relatedPersonName/{part}") for part in ("firstName", "middleName", "lastName"))
        full = " ".join(part for part in parts if part and part.upper() not in ("N/A", "NONE", "-", "--"))
        roles = ", ".join(element.text or "" for element in person.iterfind("relatedPersonRelationshipList/relationship"))
        office = _text(person, "relationshipClarification")
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


def _ownership(root: etree._Element, form: str) -> tuple[dict[str, str], str | None]:
    issuer = _text(root, "issuer/issuerName")
    fields = {
        "registrant": issuer,
        "ticker": _text(root, "issuer/issuerTradingSymbol"),
        "period": _text(root, "periodOfReport"),
    }
    lines = []
    for owner in root.iterfind("reportingOwner"):
        name = _text(owner, "reportingOwnerId/rptOwnerName")
        office = _text(owner, "reportingOwnerRelationship/officerTitle")
        roles = [
            word
            for key, word in (("isDirector", "director"), ("isOfficer", "officer"), ("isTenPercentOwner", "ten percent owner"))
            if _text(owner, f"reportingOwnerRelationship/{key}").lower() in ("1", "true")
        ]
        said = ", ".join(filter(None, (office, *roles)))
        verb = "filed an initial statement of beneficial ownership" if form.startswith("3") else "reported a change in beneficial ownership"
        lines.append(f"{name} ({said or 'insider'}) of {issuer} {verb}.")
        fields.setdefault("owner", name)
        fields.setdefault("owner_title", office)
        for key, part in (("owner_city", "rptOwnerCity"), ("owner_state", "rptOwnerState")):
            fields.setdefault(key, _text(owner, f"reportingOwnerAddress/{part}"))
    return {key: value for key, value in fields.items() if value}, "\n".join(lines)
