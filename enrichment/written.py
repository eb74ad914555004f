"""Reads how a name is written in a document: what stands in parentheses, behind a dash, after "dba", and what is site or address."""

from __future__ import annotations

import re
from dataclasses import dataclass

from enrichment.comparisons import Said
from enrichment.mentions import EXCHANGE_TICKER
from enrichment.names import LEGAL_FORMS, Name, fold, read_name
from enrichment.places import US_STATES, is_city, state_code

_PARENTHESES = re.compile(r"\s*\(([^()]*)\)?")
_CAPITALS = re.compile(r"[A-Z][A-Z0-9.&-]{0,6}")
_OTHERWISE = re.compile(
    r"\s+(?:d/?b/?a|d\.b\.a\.|doing business as|a/?k/?a|also known as|t/a|trading as|f/?k/?a|n/?k/?a|formerly(?: known as)?|now known as)[\s:,]+",
    re.IGNORECASE,
)
# what parts a company from its site in notices: "Microsoft - Wilsonville Facility", "Conduent at Xerox", "Acme: Plant 3", "Acme, Bedford"
_PARTING = re.compile(r"\s+[-–—]+\s+|\s*[:;|]\s*|\s+(?:at|@)\s+|,\s+|\s*\n\s*|\s+#\s*", re.IGNORECASE)

SITE_WORDS = frozenset(
    ["plant", "plants", "facility", "facilities", "store", "stores", "site", "sites", "warehouse", "distribution", "fulfillment", "center", "centre", "office", "offices", "headquarters", "hq", "campus", "terminal", "branch", "location", "locations", "division", "dept", "department", "mill", "mine", "factory", "shop", "outlet", "depot", "hub", "yard", "complex", "building", "bldg", "tower", "floor", "suite", "ste", "unit", "room", "fl", "po", "box", "street", "st", "avenue", "ave", "av", "boulevard", "blvd", "road", "rd", "drive", "dr", "highway", "hwy", "route", "rt", "rte", "parkway", "pkwy", "way", "lane", "ln", "court", "ct", "place", "pl", "plaza", "square", "circle", "loop", "turnpike", "north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest", "n", "s", "e", "w", "ne", "nw", "se", "sw", "central", "downtown", "regional", "region", "area", "district", "county", "city", "airport", "mall", "corporate", "operations", "operation", "closure", "closing", "layoff", "remote", "various", "multiple", "all", "statewide", "employees", "workers", "home", "number", "no", "the", "of", "in", "at", "for", "and", "usa", "us", "manufacturing", "production", "call", "service", "customer"]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """A name as a document writes it, taken apart."""

    name: Name  # without what stands in parentheses
    all_words: tuple[str, ...]  # as `name.words`, with the legal form
    parted_at: frozenset[int]  # before which of `all_words` a dash, comma, colon or "at" stands, or a legal form ended
    tickers: tuple[str, ...] = ()
    perhaps_tickers: tuple[str, ...] = ()
    others: tuple[str, ...] = ()  # other names it is said to have, and the name with its parentheses


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
            if not tickers and _CAPITALS.fullmatch(inside.strip()):
                perhaps.append(inside.strip())
        plain = _PARENTHESES.sub(" ", text).strip() or text
        others.append(text.replace("(", " ").replace(")", " "))
    if len(pieces := _OTHERWISE.split(plain)) > 1:
        plain, *more = (piece for piece in pieces if piece.strip())
        others += more
    all_words: list[str] = []
    parted: set[int] = set()
    for piece in _PARTING.split(plain):
        words = _plain_words(piece)
        if words and all_words:
            # "Acme, Inc.": the comma before a legal form parts nothing
            if words[0] not in LEGAL_FORMS:
                parted.add(len(all_words))
        all_words += words
    for at, word in enumerate(all_words[:-1]):
        if at and word in LEGAL_FORMS and word not in ("as", "is", "se", "pa", "na", "co", "company"):
            parted.add(at + 1)
    return Written(
        name=read_name(plain),
        all_words=tuple(all_words),
        parted_at=frozenset(parted),
        tickers=tuple(tickers),
        perhaps_tickers=tuple(perhaps),
        others=tuple(others),
    )


def _plain_words(text: str) -> list[str]:
    """Return the words as `read_name` has them, with the legal form left on: a guard word keeps it from the end."""
    words = list(read_name(f"{text} zzz").words)
    return words[:-1] if words and words[-1] == "zzz" else words


def tail_kind(written: Written, at: int, said: Said) -> str:
    """Return what the words from `at` are: "site", "parted" from the name before them, or "" for a part of the name."""
    tail = list(written.all_words[at:])
    while tail and tail[0] in LEGAL_FORMS:
        tail.pop(0)
    if not tail:
        return "site"
    if _is_site(tail, said):
        return "site"
    boundary = at
    while boundary < len(written.all_words) and written.all_words[boundary] in LEGAL_FORMS:
        boundary += 1
    return "parted" if at in written.parted_at or boundary in written.parted_at else ""


def _is_site(tail: list[str], said: Said) -> bool:
    rest = [word for word in tail if word not in SITE_WORDS and not word.isdigit() and not (word.upper() in US_STATES and len(word) == 2)]
    if not rest:
        return any(word in _TELLS_A_SITE or word.isdigit() or state_code(word) for word in tail)
    city = " ".join(rest)
    if said.city and fold(city) == said.city:
        return True
    if state_code(city) or is_city(city):
        return True
    # "Indianapolis Indiana": city and state
    return len(rest) > 1 and bool(state_code(rest[-1])) and is_city(" ".join(rest[:-1]))


_TELLS_A_SITE = SITE_WORDS - frozenset(
    ["service", "customer", "production", "manufacturing", "operations", "operation", "all", "home", "the", "of", "in", "at", "for", "and", "central", "area", "city", "county"]
)
