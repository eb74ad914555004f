"""Holds a filing against the company's earlier one: a new address, name, auditor or officer is an event, new spelling is none.

Headers of filings and the officers' list of a Form 990 state these things without saying that they changed, often before or after
the release that does. What only looks different is let pass: suites and floors, abbreviations, capitals, a campus that gives itself
a name, an address in care of an agent, dates that differ in their hour.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from rapidfuzz import fuzz

from enrichment.facts import same_party, same_person
from enrichment.names import compact_form, fold, read_name
from enrichment.places import city_key, state_code
from store.records import Document, TriggerEvent, fingerprint

_ROOM = re.compile(
    r"\b(?:suites?|ste|floors?|flr?|units?|rooms?|rm|apartments?|apt|buildings?|bldg|towers?|level|mail ?stop|ms|attn|c/o)\b\.?\s*#?\s*[\w-]*|#\s*[\w-]+|\b\d+(?:st|nd|rd|th)\s+(?:floor|fl)\b|\bp\.?\s?o\.?\s+box\s+\w+",
    re.IGNORECASE,
)
_STREET_WORDS = {
    "street": "st", "avenue": "ave", "av": "ave", "boulevard": "blvd", "road": "rd", "drive": "dr", "lane": "ln", "court": "ct", "place": "pl", "square": "sq", "parkway": "pkwy",
    "highway": "hwy", "circle": "cir", "terrace": "ter", "plaza": "plz", "center": "ctr", "centre": "ctr", "north": "n", "south": "s", "east": "e", "west": "w", "northeast": "ne",
    "northwest": "nw", "southeast": "se", "southwest": "sw", "saint": "st", "fort": "ft", "mount": "mt", "first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th",
    "fifth": "5th", "sixth": "6th", "seventh": "7th", "eighth": "8th", "ninth": "9th", "tenth": "10th", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5",
    "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10",
}  # fmt: skip


def filing_changes(earlier: Document, later: Document) -> list[TriggerEvent]:
    """Return what changed at the filer between two of its filings, as events of the later one; none for two companies or the wrong order."""
    if not earlier.cik or earlier.cik != later.cik:
        return []
    before, after = filed_on(earlier), filed_on(later)
    if before and after and before > after:
        return []
    return [
        _event(later, kind, facts, confidence)
        for changes in (_address_change, _name_change, _auditor_change, _officer_changes)
        for kind, facts, confidence in changes(earlier, later)
    ]


def filed_on(document: Document) -> date | None:
    """Return the day a filing was made; the hour and its zone, which EDGAR writes as T00 or T05, do not count."""
    for text in (document.fields.get("filed"), document.published and document.published.date().isoformat()):
        if text:
            try:
                return date.fromisoformat(text[:10])
            except ValueError:
                continue
    return None


Change = tuple[str, dict[str, str | None], float]


def _address_change(earlier: Document, later: Document) -> Iterator[Change]:
    old, new = earlier.fields, later.fields
    verdict = address_verdict(old, new)
    if verdict:
        street = verdict == "street"
        facts: dict[str, str | None] = {
            "what": "headquarters",
            "from": _place_words(old, street=street),
            "to": _place_words(new, street=street),
        }
        yield "relocation", facts, 0.7 if street else 0.85


def address_verdict(old: Mapping[str, str], new: Mapping[str, str]) -> str | None:
    """Return "city" for a move to another city, "street" for one within it, None for the same address or too little known."""
    if not old.get("city") or not new.get("city"):
        return None
    if old.get("postal_code", "")[:5] and old.get("postal_code", "")[:5] == new.get("postal_code", "")[:5]:
        # "Minneapolis" and "Minnetonka" over one postal code are one campus; a street within it may still be another
        other_city = False
    else:
        other_city = city_key(old["city"]) != city_key(new["city"]) or _state(old) != _state(new)
    if other_city:
        if _state(old) == _state(new) and fuzz.ratio(city_key(old["city"]), city_key(new["city"])) >= 88:
            return None  # a city spelled wrong
        if _state(old) == _state(new) and plain_street(old.get("street", "")) == plain_street(new.get("street", "")) != "":
            return None  # the same house, which the post puts into the next town
        if _is_named_campus(old) and not _same_state_city(old, new) and _state(old) == _state(new):
            return None  # a campus that now gives its street: where it lay by name is not known
        return "city"
    mine, theirs = plain_street(old.get("street", "")), plain_street(new.get("street", ""))
    if not mine or not theirs or mine == theirs:
        return None
    mine_number, their_number = _house_number(mine), _house_number(theirs)
    if not mine_number or not their_number:
        return None  # a building's name or a post box: no street to compare
    if mine_number == their_number and fuzz.token_set_ratio(mine, theirs) >= 60:
        return None  # the street renamed, or spelled otherwise
    if fuzz.ratio(mine, theirs) >= 90:
        return None
    return "street"


def plain_street(street: str) -> str:
    """Return a street without suite and floor, in one spelling: "1 Main Street, Suite 200" and "ONE MAIN ST" are equal."""
    words = re.findall(r"[^\W_]+", _ROOM.sub(" ", fold(street)).replace("'", ""))
    return " ".join(_STREET_WORDS.get(word, word) for word in words)


def _house_number(street: str) -> str | None:
    match = re.match(r"(\d+[a-z]?)\b", street)
    return match[1] if match else None


def _is_named_campus(fields: Mapping[str, str]) -> bool:
    street = plain_street(fields.get("street", ""))
    return bool(street) and not any(c.isdigit() for c in street)


def _same_state_city(old: Mapping[str, str], new: Mapping[str, str]) -> bool:
    return city_key(old["city"]) == city_key(new["city"]) and _state(old) == _state(new)


def _state(fields: Mapping[str, str]) -> str | None:
    state = fields.get("state")
    found = state_code(state) if state else None
    return found[0] if found else state


def _place_words(fields: Mapping[str, str], *, street: bool) -> str:
    city = fields["city"].title() if fields["city"].isupper() else fields["city"]
    parts = [
        fields.get("street", "").title() if street and fields.get("street", "").isupper() else fields.get("street", "") if street else "",
        city,
        _state(fields),
    ]
    return ", ".join(part for part in parts if part)


def _name_change(earlier: Document, later: Document) -> Iterator[Change]:
    old, new = (document.fields.get("conformed_name") or document.company for document in (earlier, later))
    if not old or not new:
        return
    mine, theirs = read_name(old).words, read_name(new).words
    if not mine or not theirs or compact_form(mine) == compact_form(theirs) or sorted(mine) == sorted(theirs):
        return
    # EDGAR cuts long names, and registers add or drop a word such as "New"
    if compact_form(theirs).startswith(compact_form(mine)) and len(compact_form(mine)) >= 30:
        return
    former = later.fields.get("former_name")
    told = bool(former) and compact_form(read_name(str(former)).words) == compact_form(mine)
    if not told and fuzz.ratio(" ".join(mine), " ".join(theirs)) >= 92:
        return  # a name spelled wrong, or mended
    yield "name_change", {"from": old, "to": new}, 0.95 if told else 0.75


def _auditor_change(earlier: Document, later: Document) -> Iterator[Change]:
    old, new = earlier.fields.get("auditor"), later.fields.get("auditor")
    if old and new and not same_party(old, new):
        yield "auditor_change", {"from": old, "to": new}, 0.85


def _officer_changes(earlier: Document, later: Document) -> Iterator[Change]:
    """Compare the officers that both filings list in full: fields["officers"] is "Name|Title;Name|Title"."""
    old, new = _officers(earlier), _officers(later)
    if not old or not new:
        return
    for person, title in new.items():
        before = next((known for known in old if same_person(known, person)), None)
        if before is None:
            yield "executive_change", {"person": person, "title": title, "direction": "joins"}, 0.8
        elif title and old[before] and not _same_title(str(old[before]), title):
            yield "executive_change", {"person": person, "title": title, "direction": "changes"}, 0.7
    for person, title in old.items():
        if not any(same_person(person, known) for known in new):
            yield "executive_change", {"person": person, "title": title, "direction": "leaves"}, 0.75


_TITLE_SHORT = {"chief executive officer": "ceo", "chief financial officer": "cfo", "chief operating officer": "coo", "vice president": "vp", "executive director": "ed", "president and ceo": "president ceo"}  # fmt: skip


def _officers(document: Document) -> dict[str, str | None]:
    officers: dict[str, str | None] = {}
    for entry in filter(None, document.fields.get("officers", "").split(";")):
        name, _, title = entry.partition("|")
        if name.strip():
            officers[name.strip()] = title.strip() or None
    return officers


def _same_title(one: str, other: str) -> bool:
    def plain(title: str) -> set[str]:
        words = " ".join(re.findall(r"[^\W_]+", fold(title)))
        for long, short in _TITLE_SHORT.items():
            words = words.replace(long, short)
        return set(words.split()) - {"and", "of", "the", "interim", "former"}

    mine, theirs = plain(one), plain(other)
    return mine <= theirs or theirs <= mine


def _event(document: Document, kind: str, facts: dict[str, str | None], confidence: float) -> TriggerEvent:
    """Make an event with the words in the filing that come nearest: the new value where the text has it, else the heading."""
    start, end = _evidence(document, [value for key, value in facts.items() if key in ("to", "person") and value])
    return TriggerEvent(
        id=fingerprint(document.id, "delta", kind, *sorted(f"{key}={value}" for key, value in facts.items())),
        document_id=document.id,
        kind=kind,
        status="completed",
        company=document.company,
        facts=facts,
        quote=document.full_text[start:end],
        start=start,
        end=end,
        happened=filed_on(document),
        confidence=confidence,
    )


def _evidence(document: Document, values: list[str]) -> tuple[int, int]:
    text = document.full_text
    for value in values:
        for words in (value, value.split(",")[0]):
            at = fold(text).find(fold(words)) if len(fold(text)) == len(text) else text.find(words)
            if at >= 0:
                start = text.rfind("\n", 0, at) + 1
                end = text.find("\n", at)
                end = len(text) if end < 0 else end
                # a paragraph is too long a quote: its words around the value
                return (start, end) if end - start <= 400 else (at, at + len(words))
    end = text.find("\n")
    return 0, min(len(text) if end < 0 else end, 300)
