"""Forms 3, 4 and 5: who the insiders of a listed company are, as fields and as sentences.

A Form 3 is the first thing that a new officer, director or ten-percent owner files; on a Form 4 or 5 a ticked box says
that the person is no insider any more. What they buy and sell is left out.
Source: https://www.sec.gov/edgar/filer-information/current-edgar-technical-specifications, "EDGAR Ownership XML".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from crawler.xml_tree import is_true, text_at

ROLES = (("isOfficer", "officer"), ("isDirector", "director"), ("isTenPercentOwner", "ten percent owner"), ("isOther", "other"))
# what funds and trusts have in their names and no person has
ENTITY = re.compile(
    r"\b(?:inc|corp|corporation|co|company|llc|llp|lp|ltd|limited|plc|trust|fund|funds|foundation|partners|partnership|capital|holdings?|group|"
    r"management|ventures?|associates|investments?|investors|advisors|bank|estate|sa|ag|gmbh|nv|bv|ab)\b|[&\d]|\bl\.?\s?[lp]\.?\s?[cp]?\.?$",
    re.IGNORECASE,
)
PARTICLES = frozenset("van von der den de del della di da dos du la le st st. mac bin al el ter ten".split())  # noqa: SIM905
SUFFIX = re.compile(r"^(?:jr|sr|ii|iii|iv|v|md|phd|esq|cpa)\.?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Owner:
    """One reporting owner of a form."""

    name: str  # given name first
    title: str  # of an officer, "" where the form leaves it out
    roles: tuple[str, ...]  # of ROLES
    person: bool  # False for a fund, trust or company
    city: str
    state: str


def read_ownership(root: etree._Element, form: str) -> tuple[dict[str, str], str]:
    """Return (fields, text) of a Form 3, 4 or 5 (or its amendment); fields["owners"] is "Name|Title|role,role;…" of the people."""
    issuer = text_at(root, "issuer/issuerName")
    signed = " ".join(text_at(signature, "signatureName") for signature in root.iterfind("ownerSignature"))
    remarks = text_at(root, "remarks")
    owners = [_owner(element, signed, remarks) for element in root.iterfind("reportingOwner")]
    gone = is_true(root, "notSubjectToSection16")
    period = text_at(root, "periodOfReport")
    fields = {
        "registrant": issuer,
        "ticker": text_at(root, "issuer/issuerTradingSymbol"),
        "period": period,
        "no_longer_insider": "yes" if gone else "",
        "owners": ";".join(f"{owner.name}|{owner.title}|{','.join(owner.roles)}" for owner in owners if owner.person),
    }
    if owners:
        first = owners[0]
        fields |= {"owner": first.name, "owner_title": first.title, "owner_city": first.city, "owner_state": first.state}
    said = (
        f"filed an initial statement of beneficial ownership as of {period}"
        if form.startswith("3")
        else "reported a change in beneficial ownership"
    )
    if gone:
        said += " and is no longer subject to Section 16"
    lines = [f"{owner.name} ({', '.join(filter(None, (owner.title, *owner.roles))) or 'insider'}) of {issuer} {said}." for owner in owners]
    return {key: value for key, value in fields.items() if value}, "\n".join(lines)


def _owner(element: etree._Element, signed: str, remarks: str) -> Owner:
    listed = text_at(element, "reportingOwnerId/rptOwnerName")
    title = text_at(element, "reportingOwnerRelationship/officerTitle")
    if re.match(r"see\b.{0,20}\bremark", title, re.IGNORECASE):
        title = remarks.rstrip(".") if len(remarks) <= 100 else ""
    person = not ENTITY.search(listed) and 2 <= len(listed.split()) <= 6
    return Owner(
        name=natural_name(listed, signed) if person else listed,
        title=re.sub(r"[|;]", ",", title),
        roles=tuple(word for key, word in ROLES if is_true(element, f"reportingOwnerRelationship/{key}")),
        person=person,
        city=text_at(element, "reportingOwnerAddress/rptOwnerCity"),
        state=text_at(element, "reportingOwnerAddress/rptOwnerState"),
    )


def natural_name(listed: str, signed: str = "") -> str:
    """Return a name that EDGAR lists last name first as people write it: "QUILL ADA M JR" -> "Ada M Quill Jr".

    How many words the last name has is told by the signature where it holds the name, else by its particles ("Van Der Berg Jo").
    """
    words = listed.replace(",", " ").split()
    suffixes = [word for word in words if SUFFIX.match(word)]
    words = [word for word in words if not SUFFIX.match(word)]
    if len(words) < 2:
        return " ".join(_cased(word) for word in (*words, *suffixes))
    split = _by_signature(words, signed) or _by_particles(words)
    return " ".join(_cased(word) for word in (*words[split:], *words[:split], *suffixes))


def _by_signature(words: list[str], signed: str) -> int | None:
    if not signed:
        return None
    for split in range(len(words) - 1, 0, -1):
        given, last = words[split], " ".join(words[:split])
        if re.search(rf"\b{re.escape(given)}\b.{{0,30}}?\b{re.escape(last)}\b", signed, re.IGNORECASE):
            return split
    return None


def _by_particles(words: list[str]) -> int:
    split = 1
    while split < len(words) - 1 and words[split - 1].lower() in PARTICLES:
        split += 1
    return split


def _cased(word: str) -> str:
    if SUFFIX.match(word) and word.rstrip(".").lower() in ("ii", "iii", "iv", "v"):
        return word.upper()
    if not word.isupper() or len(word) < 2:
        return word
    return re.sub(r"^Mc(\w)", lambda match: f"Mc{match[1].upper()}", word.title())
