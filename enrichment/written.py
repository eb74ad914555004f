"""Reads how a name is written in a document: what stands in parentheses, behind a dash, after "dba", and what is site or address."""

from __future__ import annotations

import re
from typing import NamedTuple

from enrichment.mentions import EXCHANGE_TICKER
from enrichment.names import LEGAL_FORMS, Name, fold, read_name
from enrichment.pairs import Said
from enrichment.places import US_STATES, is_city, may_end_place, state_code

_PARENTHESES = re.compile(r"\s*\(([^()]*)\)?")
_CAPITALS = re.compile(r"[A-Z][A-Z0-9.&-]{0,6}")
_OTHERWISE = re.compile(
    r"\s+(?:d/?b/?a|d\.b\.a\.|doing business as|a/?k/?a|also known as|t/a|trading as|f/?k/?a|n/?k/?a|formerly(?: known as)?|now known as)[\s:,]+",
    re.IGNORECASE,
)
# what parts a company from its site in notices: "Microsoft - Wilsonville Facility", "Conduent at Xerox", "Acme: Plant 3", "Acme, Bedford"
_PARTING = re.compile(r"\s+[-–—]+\s+|\s*[:;|]\s*|\s+(?:at|@)\s+|,\s+|\s*\n\s*|\s+#\s*", re.IGNORECASE)

_SOME_DIGIT = re.compile(r"\d")

_PARTS = frozenset("–—;|@\n#")

SITE_WORDS = frozenset(
    ["plant", "plants", "facility", "facilities", "store", "stores", "site", "sites", "warehouse", "distribution", "fulfillment", "center", "centre", "office", "offices", "headquarters", "hq", "campus", "terminal", "branch", "location", "locations", "division", "dept", "department", "mill", "mine", "factory", "shop", "outlet", "depot", "hub", "yard", "complex", "building", "bldg", "tower", "floor", "suite", "ste", "unit", "room", "fl", "po", "box", "street", "st", "avenue", "ave", "av", "boulevard", "blvd", "road", "rd", "drive", "dr", "highway", "hwy", "route", "rt", "rte", "parkway", "pkwy", "way", "lane", "ln", "court", "ct", "place", "pl", "plaza", "square", "circle", "loop", "turnpike", "north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest", "n", "s", "e", "w", "ne", "nw", "se", "sw", "central", "downtown", "regional", "region", "area", "district", "county", "city", "airport", "mall", "corporate", "operations", "operation", "closure", "closing", "layoff", "remote", "various", "multiple", "all", "statewide", "employees", "workers", "home", "number", "no", "the", "of", "in", "at", "for", "and", "usa", "us", "manufacturing", "production", "call", "service", "customer"]
)  # fmt: skip


STREET_WORDS = frozenset("street st avenue ave av boulevard blvd road rd drive dr highway hwy route rt parkway pkwy way lane ln court ct circle turnpike broadway".split())  # noqa: SIM905  # fmt: skip


class Written(NamedTuple):
    """A name as a document writes it, taken apart."""

    plain: str  # without what stands in parentheses, and before "dba"
    name: Name
    tickers: tuple[str, ...] = ()
    perhaps_tickers: tuple[str, ...] = ()
    others: tuple[str, ...] = ()  # other names it is said to have, and the name with its parentheses


class Parts(NamedTuple):
    """The words of a written name with their legal forms, and where it is parted."""

    words: tuple[str, ...]
    parted_at: frozenset[int]  # before which of the words a dash, comma, colon or "at" stands


def read_mention_name(text: str) -> Written:
    """Take the written name apart."""
    tickers: list[str] = []
    perhaps: list[str] = []
    others: list[str] = []
    plain = text
    if "(" in text:
        if match := EXCHANGE_TICKER.search(text):
            tickers.append(match[1].upper())
        for inside in _PARENTHESES.findall(text):
            letters = inside.strip()
            if not tickers and (_CAPITALS.fullmatch(letters) or (letters.islower() and letters.isalpha() and len(letters) < 6)):
                perhaps.append(letters.upper())  # clerks write tickers in small letters too
        plain = _PARENTHESES.sub(" ", text).strip() or text
        others.append(text.replace("(", " ").replace(")", " "))
    if _may_say_otherwise(plain.lower()) and len(pieces := _OTHERWISE.split(plain)) > 1:
        others.append(plain)  # it may be registered with all of it
        plain, *more = (piece for piece in pieces if piece.strip())
        others += more
    return Written(plain=plain, name=read_name(plain), tickers=tuple(tickers), perhaps_tickers=tuple(perhaps), others=tuple(others))


def _may_say_otherwise(small: str) -> bool:
    """Return whether one of the letters is there that are in whatever `_OTHERWISE` finds: far cheaper to look for."""
    return (
        "/" in small or "dba" in small or "d.b.a." in small or "doing" in small or "aka" in small or "fka" in small or "nka" in small
        or "known" in small or "trading" in small or "formerly" in small
    )  # fmt: skip


def parts_of(written: Written) -> Parts:
    """Return the words of the name, and where what follows may be no part of it."""
    all_words: list[str] = []
    parted: set[int] = set()
    for piece in _PARTING.split(written.plain):
        words = _plain_words(piece)
        # "Acme, Inc.": the comma before a legal form parts nothing
        if words and all_words and words[0] not in LEGAL_FORMS:
            parted.add(len(all_words))
        all_words += words
    return Parts(tuple(all_words), frozenset(parted))


def _plain_words(text: str) -> list[str]:
    """Return the words as `read_name` has them, with the legal form left on: a guard word keeps it from the end."""
    words = list(read_name(f"{text} zzz").words)
    return words[:-1] if words and words[-1] == "zzz" else words


def may_have_tail(written: Written, said: Said) -> bool:
    """Return whether what follows the company in a name may be a site: most names end in no word of a site, and nothing parts them."""
    words = written.name.words
    last = words[-1]
    return (
        last in SITE_WORDS
        or last in LEGAL_FORMS
        or may_end_place(last)
        or _SOME_DIGIT.search(written.plain) is not None
        or (said.city is not None and said.city.endswith(last))
        or _may_be_parted(written.plain)
    )


def _may_be_parted(plain: str) -> bool:
    head, comma, end = plain.rpartition(",")
    # "Acme, Inc."
    if comma and end.strip().lower().replace(".", "") in LEGAL_FORMS:
        plain = head
    parts = "-" in plain or "," in plain or ":" in plain or " at " in plain.lower() or not _PARTS.isdisjoint(plain)
    return parts and _PARTING.search(plain) is not None


def tail_kind(parts: Parts, at: int, said: Said) -> str:
    """Return what the words from `at` are: "site", "parted" from the name before them, or "" for a part of the name."""
    tail = list(parts.words[at:])
    begin = at
    while tail and tail[0] in LEGAL_FORMS:
        tail.pop(0)
        begin += 1
    if not tail:
        return "site"
    if tail[-1] in LEGAL_FORMS and begin == at and begin not in parts.parted_at and not SITE_WORDS.issuperset(tail[:1]):
        return ""  # "Larkspur Rush Company, Inc." is a name to its end, though Rush is a town
    while tail and tail[-1] in LEGAL_FORMS:
        tail.pop()
    if not tail:
        return "site"
    if tail[0] in ("of", "for"):
        # "Expeditors of Washington" keeps to a state; "Bank of Montreal" is no site of a company named Bank
        return "site" if len(tail) > 1 and at > 1 and state_code(" ".join(tail[1:])) else ""
    if _is_site(tail, said):
        return "site"
    return "parted" if at in parts.parted_at or begin in parts.parted_at else ""


def _is_site(tail: list[str], said: Said) -> bool:
    if tail[0].isdigit() and not STREET_WORDS.isdisjoint(tail):
        return True  # "22 East Flagler Street Miami FL"
    rest = [word for word in tail if word not in SITE_WORDS and not word.isdigit() and not (word.upper() in US_STATES and len(word) == 2)]
    if not rest:
        return any(word in _TELLS_A_SITE or word.isdigit() or state_code(word) for word in tail)
    return (said.city is not None and fold(" ".join(rest)) == said.city) or _are_places(rest)


def _are_places(words: list[str]) -> bool:
    """Return whether the words are names of cities and states, one after another: "gary portage", "indianapolis indiana"."""
    if not words:
        return True
    return any(
        (state_code(" ".join(words[:length])) is not None or is_city(" ".join(words[:length]))) and _are_places(words[length:])
        for length in range(min(4, len(words)), 0, -1)
    )


_TELLS_A_SITE = SITE_WORDS - frozenset("service customer production manufacturing operations operation all home the of in at for and central area city county".split())  # noqa: SIM905  # fmt: skip
