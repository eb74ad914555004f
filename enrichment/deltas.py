"""Holds a filing against the company's earlier ones: a new address, name, auditor or officer is an event, new spelling is none.

Headers of filings and the officers' list of a Form 990 state these things without saying that they changed, often before or after
the release that does. What only looks different is let pass: suites and floors, abbreviations, capitals, a campus that gives itself
a name, an address in care of an agent, dates that differ in their hour. So is what an earlier filing had already: a header is
corrected later than the cover page, so that for months the old and the new address come by turns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
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


_ITEMS = {"name_change": "5.03", "auditor_change": "4.01"}
RETURNS = frozenset(("990", "990EZ", "990PF"))


def filing_changes(earlier: Sequence[Document], later: Document) -> list[TriggerEvent]:
    """Return what changed at the filer since its earlier filings, newest first, as events of the later one.

    Filings of another filer do not count, nor do those of a later day or tax year.
    """
    before = [filing for filing in earlier if filing.filer and filing.filer == later.filer and not _newer(filing, later)]
    return [
        # an 8-K with the item for such a change confirms what its header or cover states
        _event(later, kind, facts, min(1.0, confidence + 0.1) if _ITEMS.get(kind) in later.items else confidence)
        for changes in (_address_change, _name_change, _auditor_change, _officer_changes)
        for kind, facts, confidence in changes(before, later)
    ]


def _newer(filing: Document, later: Document) -> bool:
    """Return whether a filing tells of a later time than the one that came after it."""
    if filing.form in RETURNS and later.form in RETURNS:
        # a return for an earlier year may be filed late
        mine, theirs = filing.fields.get("period", ""), later.fields.get("period", "")
        return bool(mine and theirs) and mine >= theirs
    before, after = filed_on(filing), filed_on(later)
    return bool(before and after) and before > after  # type: ignore[operator]


def filed_on(document: Document) -> date | None:
    """Return the day a filing was made; the hour and its zone, which EDGAR writes as T00 or T05, do not count."""
    return _day(document.fields.get("filed")) or (document.published.date() if document.published else None)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


Change = tuple[str, dict[str, str | None], float]


def _address_change(earlier: Sequence[Document], later: Document) -> Iterator[Change]:
    new = later.fields
    if _run_by_volunteers(later):
        return  # a club is where its treasurer lives
    told = [
        filing.fields for filing in earlier if filing.fields.get("city") and filing.fields.get("address_kind") == new.get("address_kind")
    ]
    verdict = address_verdict(told[0], new) if told else None
    if verdict and not any(_same_house(old, new) for old in told[1:]):
        street = verdict == "street"
        facts: dict[str, str | None] = {
            "what": "headquarters",
            "from": _place_words(told[0], street=street),
            "to": _place_words(new, street=street),
            "effective": None,
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


def _same_house(old: Mapping[str, str], new: Mapping[str, str]) -> bool:
    mine, theirs = plain_street(old.get("street", "")), plain_street(new.get("street", ""))
    return _same_state_city(old, new) and (mine == theirs or fuzz.ratio(mine, theirs) >= 90)


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


def _name_change(earlier: Sequence[Document], later: Document) -> Iterator[Change]:
    names = [name for filing in earlier if (name := _filer_name(filing))]
    new, former = _filer_name(later), later.fields.get("former_name", "")
    if not names or not new or not all(_other_name(old, new, former) for old in names):
        return
    told = bool(former) and compact_form(read_name(former).words) == compact_form(read_name(names[0]).words)
    # a form that names its filer's former name states the change itself
    yield "name_change", {"from": names[0], "to": new, "effective": None}, 1.0 if told else 0.75


def _filer_name(filing: Document) -> str | None:
    return filing.fields.get("conformed_name") or filing.company


def _other_name(old: str, new: str, former: str) -> bool:
    """Return whether two names of one filer are two names, not spellings of one."""
    mine, theirs = read_name(old).words, read_name(new).words
    if not mine or not theirs or compact_form(mine) == compact_form(theirs) or sorted(mine) == sorted(theirs):
        return False
    # EDGAR cuts long names, and registers add or drop a word such as "New"
    if compact_form(theirs).startswith(compact_form(mine)) and len(compact_form(mine)) >= 30:
        return False
    told = bool(former) and compact_form(read_name(former).words) == compact_form(mine)
    return told or fuzz.ratio(" ".join(mine), " ".join(theirs)) < 92  # else a name spelled wrong, or mended


def _auditor_change(earlier: Sequence[Document], later: Document) -> Iterator[Change]:
    old = next((auditor for filing in earlier if (auditor := filing.fields.get("auditor"))), None)
    new = later.fields.get("auditor")
    if old and new and not same_party(old, new):
        yield "auditor_change", {"from": old, "to": new}, 0.85


def _officer_changes(earlier: Sequence[Document], later: Document) -> Iterator[Change]:
    """Compare the officers that two filings list in full: fields["officers"] is "Name|Title;Name|Title", fields["board"] "Name;Name"."""
    base = next((filing for filing in earlier if _listed(filing)), None)
    if base is None or not _listed(later) or _run_by_volunteers(later):
        return  # a club elects another president every year
    old, new = _officers(base), _officers(later)
    old_board, new_board = _board(base), _board(later)

    def change(person: str, title: str | None, direction: str, confidence: float) -> Change:
        return "executive_change", {"person": person, "title": title, "direction": direction, "effective": None}, confidence

    for person, title in new.items():
        before = _same_in(person, old)
        if before is None:
            yield change(person, title, "changes" if _same_in(person, old_board) else "joins", 0.8)
        elif title and old[before] and not _same_title(str(old[before]), title):
            yield change(person, title, "changes", 0.7)
    for person, title in old.items():
        if _same_in(person, new) is None and _same_in(person, new_board) is None:
            yield change(person, title, "leaves", 0.75)


def _run_by_volunteers(filing: Document) -> bool:
    fields = filing.fields
    return filing.form in RETURNS and not fields.get("officers") and not fields.get("headcount", "").strip("0")


def _listed(filing: Document) -> bool:
    return bool(filing.fields.get("officers") or filing.fields.get("principal_officer"))


def _same_in(person: str, people: Iterable[str]) -> str | None:
    """Return the entry of `people` that is the person, also where one of the two is misspelled."""
    return next((known for known in people if same_person(known, person) or fuzz.ratio(fold(known), fold(person)) >= 90), None)


def _board(document: Document) -> list[str]:
    return [name.strip() for name in document.fields.get("board", "").split(";") if name.strip()]


_TITLE_SHORT = {"chief executive officer": "ceo", "chief financial officer": "cfo", "chief operating officer": "coo", "chief executive": "ceo", "vice president": "vp"}  # fmt: skip
_TITLE_LONG = {
    "exec": "executive", "dir": "director", "pres": "president", "treas": "treasurer", "sec": "secretary", "secy": "secretary", "sr": "senior", "asst": "assistant",
    "mgr": "manager", "ops": "operations", "svp": "senior vp", "evp": "executive vp", "ed": "executive director", "gm": "general manager", "admin": "administrative",
}  # fmt: skip


def _officers(document: Document) -> dict[str, str | None]:
    officers: dict[str, str | None] = {}
    for entry in filter(None, document.fields.get("officers", "").split(";")):
        name, _, title = entry.partition("|")
        if name.strip():
            officers[name.strip()] = title.strip() or None
    principal = document.fields.get("principal_officer")
    if principal and _same_in(principal, officers) is None:
        officers[principal] = "Principal officer"
    return officers


def _same_title(one: str, other: str) -> bool:
    def plain(title: str) -> set[str]:
        words = " ".join(re.findall(r"[^\W_]+", fold(title)))
        for long, short in _TITLE_SHORT.items():
            words = words.replace(long, short)
        words = " ".join(_TITLE_LONG.get(word, word) for word in words.split())
        return set(words.split()) - {"and", "of", "the", "interim", "former"}

    mine, theirs = plain(one), plain(other)
    return mine <= theirs or theirs <= mine


def _event(document: Document, kind: str, facts: dict[str, str | None], confidence: float) -> TriggerEvent:
    """Make an event with the line of the filing that states the new value: of its header, else the first that holds it."""
    start, end = _evidence(document, kind, [value for key, value in facts.items() if key in ("to", "person") and value])
    of_year = document.form in RETURNS and kind == "executive_change"
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
        # a return lists the officers of its tax year; the header is of the day of filing
        happened=_day(document.fields.get("period")) if of_year else filed_on(document),
        confidence=confidence,
    )


# the lines in which readers of filings put what a header states
_STATED = {"relocation": "Business address: ", "name_change": "Filer's name: ", "auditor_change": "Auditor: "}


def _evidence(document: Document, kind: str, values: list[str]) -> tuple[int, int]:
    text = document.full_text
    stated = text.rfind(f"\n{_STATED[kind]}") if kind in _STATED else -1
    if stated >= 0:
        end = text.find("\n", stated + 1)
        return stated + 1, len(text) if end < 0 else end
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
