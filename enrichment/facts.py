"""Compares the facts of two events of one kind: do they tell of the same thing, of two things, or do they not say?"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum

from enrichment.names import fold, read_name, short_word
from enrichment.places import locate

# by which facts an event of a kind is known, most telling first; for other kinds all facts but the vague ones
_IDENTIFYING: dict[str, tuple[str, ...]] = {
    "executive_change": ("person",),
    "key_opening": ("title", "function"),
    "relocation": ("to", "what", "from"),
    "facility_opening": ("place", "what"),
    "facility_expansion": ("place", "what"),
    "facility_closing": ("place", "what"),
    "real_estate_deal": ("place", "counterparty", "deal"),
    "market_entry": ("place", "market", "region"),
    "funding": ("round", "amount"),
    "debt_financing": ("amount", "lender"),
    "ipo": ("exchange",),
    "grant_award": ("grantor", "amount"),
    "investment": ("target",),
    "acquisition": ("target", "acquirer"),
    "merger": ("partner", "new_name"),
    "divestiture": ("unit", "buyer"),
    "reorganization": ("units", "amount"),
    "partnership": ("partner",),
    "contract_award": ("customer", "amount"),
    "contract_loss": ("counterparty",),
    "product_launch": ("product",),
    "product_recall": ("product",),
    "name_change": ("to",),
    "technology_adoption": ("system", "vendor"),
    "layoffs": ("place", "headcount", "percent"),
    "hiring": ("place", "headcount"),
    "labor_dispute": ("union", "place"),
    "strong_results": ("period",),
    "weak_results": ("period",),
    "distress": ("stage",),
    "cyber_incident": ("date", "records"),
    "lawsuit_regulatory": ("authority", "amount"),
    "auditor_change": ("to", "from"),
    "restatement": ("periods",),
}
_VAGUE = frozenset(("effective", "level", "function", "direction", "status", "stage"))

# which comparison a fact needs, by its name; others are words
_PLACES = frozenset(("place", "from", "to"))
_PLACE_KINDS = frozenset(("relocation", "facility_opening", "facility_expansion", "facility_closing", "real_estate_deal", "market_entry", "layoffs", "hiring", "labor_dispute"))  # fmt: skip
_PARTIES = frozenset("target acquirer partner buyer counterparty customer vendor lender grantor new_name authority union".split())  # noqa: SIM905
_AMOUNTS = frozenset(("amount", "headcount", "percent", "area", "jobs", "records"))

# what agreements call a party instead of its name
PARTY_ROLES = frozenset("acquiror acquirer agent bank borrower buyer company corporation employer guarantor holder investor issuer lender parent partnership purchaser registrant seller sub subsidiary target trust".split())  # noqa: SIM905  # fmt: skip

# facts that differ between tellings of one thing without contradiction: an outlet rounds, another names the building
_SOFT = frozenset(("what", "from", "units", "deal", "metric", "system", "market", "title"))


class Likeness(Enum):
    """What two sets of facts say of each other."""

    SAME = "an identifying fact agrees, none contradicts"
    OPEN_LIKE = "one of them names nothing that could tell, the rest agrees"
    OPEN = "no identifying fact in common"
    CONFLICT = "an identifying fact contradicts"


def compare_facts(kind: str, one: Mapping[str, str | None], other: Mapping[str, str | None]) -> Likeness:
    """Return whether two events of one kind and company can be the same thing, by their facts."""
    if kind == "executive_change" and {one.get("direction"), other.get("direction")} == {"joins", "leaves"}:
        return Likeness.CONFLICT
    identifying = _IDENTIFYING.get(kind) or tuple(sorted((set(one) | set(other)) - _VAGUE))
    if kind == "acquisition" and not any(_names_party(facts.get("target")) for facts in (one, other)):
        identifying = ("amount",)  # who buys is the same in all of a company's purchases
    agreed = 0
    for fact in identifying:
        mine, theirs = one.get(fact), other.get(fact)
        if not mine or not theirs:
            continue
        verdict = _comparison(kind, fact)(mine, theirs)
        if verdict is False and fact not in _SOFT:
            return Likeness.CONFLICT
        agreed += verdict is True
    if agreed:
        return Likeness.SAME
    if not any(one.get(fact) for fact in identifying) or not any(other.get(fact) for fact in identifying):
        # "names a new finance chief" beside "names Jo Vane finance chief": the same post is likely the same change
        shared = [fact for fact in ("function", "title", "direction", "stage") if one.get(fact) and other.get(fact)]
        if shared and all(fold(str(one[fact])) == fold(str(other[fact])) for fact in shared):
            return Likeness.OPEN_LIKE
    return Likeness.OPEN


def _names_party(text: str | None) -> bool:
    return bool(text) and read_name(str(text)).form not in PARTY_ROLES


def _comparison(kind: str, fact: str) -> Callable[[str, str], bool | None]:
    if fact == "person":
        return same_person
    if fact in _PLACES and kind in _PLACE_KINDS:
        return same_place
    if fact in _AMOUNTS:
        return same_amount
    if fact in ("period", "periods"):
        return same_period
    if fact in _PARTIES or kind in ("auditor_change", "name_change"):
        return same_party
    if fact in ("date", "effective"):
        return same_day
    return same_words


def same_person(one: str, other: str) -> bool | None:
    """Return whether two spellings name one person: same last name, and first names of which one begins the other or is its nickname."""
    mine, theirs = _person(one), _person(other)
    if not mine or not theirs:
        return None
    if mine[-1] != theirs[-1]:
        return False
    if len(mine) == 1 or len(theirs) == 1:
        return True
    first, second = mine[0], theirs[0]
    if first == second or first.startswith(second) or second.startswith(first):
        return True
    # "J. Robert Vane" is "Robert Vane"
    return first in theirs or second in mine or _NICKNAMES.get(first, first) == _NICKNAMES.get(second, second)


_HONORIFICS = frozenset("mr mrs ms miss dr prof sir dame hon rev gen col capt jr sr ii iii iv phd md mba cpa esq cfa jd".split())  # noqa: SIM905
_NICKNAMES = {
    short: full
    for full, spellings in {
        "william": "bill will billy", "robert": "bob rob bobby", "richard": "rick dick rich", "james": "jim jimmy jamie", "john": "jack johnny", "thomas": "tom tommy",
        "michael": "mike mick", "joseph": "joe joey", "charles": "chuck charlie", "edward": "ed ted eddie", "elizabeth": "liz beth betsy", "katherine": "kate kathy katie",
        "margaret": "maggie peggy meg", "patricia": "pat patty trish", "susan": "sue susie", "deborah": "deb debbie", "jennifer": "jen jenny", "stephen": "steve steven",
        "andrew": "andy drew", "anthony": "tony", "daniel": "dan danny", "david": "dave", "gregory": "greg", "kenneth": "ken", "lawrence": "larry", "matthew": "matt",
        "nicholas": "nick", "peter": "pete", "ronald": "ron", "samuel": "sam", "theodore": "theo", "timothy": "tim", "alexander": "alex", "benjamin": "ben",
        "christopher": "chris", "frederick": "fred", "jeffrey": "jeff geoffrey", "jonathan": "jon", "joshua": "josh", "philip": "phil phillip", "rebecca": "becky",
        "sandra": "sandy", "victoria": "vicky", "abigail": "abby", "cynthia": "cindy", "pamela": "pam", "douglas": "doug", "gerald": "jerry", "eugene": "gene",
    }.items()
    for short in spellings.split()
}  # fmt: skip


def _person(text: str) -> list[str]:
    plain = text
    if re.fullmatch(r"[^,]+,\s*[A-Z][\w. ]+", text) and not re.search(
        r",\s*(?:jr|sr|ii|iii|iv|ph\.?d|m\.?d|cpa|esq)\b", text, re.IGNORECASE
    ):
        last, first = text.split(",", 1)  # "Vane, Jo" in filings
        plain = f"{first} {last}"
    plain = re.sub(r"\b(?:ph\.\s?d|m\.\s?d|j\.\s?d|m\.b\.a|c\.p\.a)\b\.?", "", plain, flags=re.IGNORECASE)
    words = re.findall(r"[^\W\d_]+", re.sub(r"\b([A-Za-z])\.", r"\1 ", fold(plain).replace("'", "")))
    kept = [word for word in words if word not in _HONORIFICS]
    return kept or words


def same_place(one: str, other: str) -> bool | None:
    """Return whether two places are one; a city in its county or state is the same place as the county or state alone."""
    mine, theirs = locate(one), locate(other)
    if not mine or not theirs:
        return same_words(one, other)
    if mine.city and theirs.city and fold(mine.city) == fold(theirs.city) and fold(mine.city) in (fold(one.strip()), fold(other.strip())):
        return True  # a town without its state is looked up as the largest of the name: "Lexington" may be the one in Massachusetts
    for here, there in ((mine.country, theirs.country), (mine.state, theirs.state), (mine.county, theirs.county), (mine.city, theirs.city)):
        if here and there and fold(here) != fold(there):
            return False
    return True


def same_amount(one: str, other: str) -> bool | None:
    """Return whether two amounts are one but for rounding; None when either is no number."""
    mine, theirs = read_amount(one), read_amount(other)
    if mine is None or theirs is None:
        return None
    if not mine or not theirs:
        return mine == theirs
    return max(mine, theirs) / min(mine, theirs) <= 1.12


_AMOUNT = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*(thousand|million|billion|trillion|bn|mn|mm|k|m|b)?\b", re.IGNORECASE)
_SCALE = {"thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "mn": 1e6, "mm": 1e6, "billion": 1e9, "b": 1e9, "bn": 1e9, "trillion": 1e12}


def read_amount(text: str) -> float | None:
    """Return the number in "$1.2 billion", "1,200 jobs" or "12 %"; None when there is none."""
    match = _AMOUNT.search(text)
    return float(match[1].replace(",", "")) * _SCALE.get((match[2] or "").lower(), 1.0) if match else None


def same_party(one: str, other: str) -> bool | None:
    """Return whether two names of a company or authority are one: equal forms, or one is the beginning of the other.

    None where one is what a contract calls its party: "the Company" of two releases need not be one.
    """
    mine, theirs = read_name(one).words, read_name(other).words
    if not mine or not theirs or not PARTY_ROLES.isdisjoint((" ".join(mine), " ".join(theirs))):
        return None
    shorter, longer = sorted((mine, theirs), key=len)
    short, long = [short_word(word) for word in shorter], [short_word(word) for word in longer]
    return long[: len(short)] == short or "".join(short) == "".join(long)


def same_day(one: str, other: str) -> bool | None:
    """Return whether two ISO dates are one; None when either is no date."""
    try:
        return date.fromisoformat(one) == date.fromisoformat(other)
    except ValueError:
        return None


_STOP = frozenset("a an the of for to in on at by with and its new our s".split())  # noqa: SIM905


def _content_words(text: str) -> set[str]:
    return {short_word(word) for word in re.findall(r"[^\W_]+", fold(text)) if word not in _STOP}


def same_words(one: str, other: str) -> bool | None:
    """Return whether two phrases share most words of the shorter; None when either has none."""
    mine, theirs = _content_words(one), _content_words(other)
    if not mine or not theirs:
        return None
    return len(mine & theirs) / min(len(mine), len(theirs)) >= 0.5


_QUARTERS = {
    "first": "1",
    "second": "2",
    "third": "3",
    "fourth": "4",
    "1st": "1",
    "2nd": "2",
    "3rd": "3",
    "4th": "4",
    "q1": "1",
    "q2": "2",
    "q3": "3",
    "q4": "4",
}


def same_period(one: str, other: str) -> bool | None:
    """Return whether two periods are one: the same quarter and year as far as both say; None where they say nothing in common."""
    agreed = False
    for mine, theirs in zip(_period(one), _period(other), strict=True):
        if mine and theirs:
            if mine.isdisjoint(theirs):
                return False
            agreed = True
    return agreed or None


def _period(text: str) -> tuple[set[str], set[str]]:
    """Return the quarters and the years that a period names; a whole year is quarter 0."""
    words = re.findall(r"[^\W_]+", fold(text))
    quarters = {_QUARTERS[word] for word in words if word in _QUARTERS}
    if not quarters and ("full" in words or "annual" in words or "year" in words):
        quarters = {"0"}
    return quarters, {word for word in words if re.fullmatch(r"20\d\d", word)}


def same_number_of(thing: str, one: str, other: str) -> bool | None:
    """Return whether a thing that both sentences name goes on with the same number: "Larkspur 20121" is not "Larkspur 21001:2025".

    None where one of them names it without a number.
    """
    numbered = re.compile(rf"\b{re.escape(thing)}\s+(\d[\w:.-]*\w|\d)", re.IGNORECASE)
    mine, theirs = numbered.search(one), numbered.search(other)
    return mine[1].lower() == theirs[1].lower() if mine and theirs else None


def last_year(sentence: str) -> int | None:
    """Return the latest year that a sentence names behind its dateline: of results that are held against an earlier year's, their own."""
    return max((int(year) for year in re.findall(r"\b20\d\d\b", _DATELINE.sub("", sentence))), default=None)


# the place and date before a release's first sentence, which each publisher writes anew
_DATELINE = re.compile(r"^.{0,90}?(?:--|\s[–—-]\s|/PRNewswire/|\)\s)")
_FIGURE = re.compile(r"\d[\d.,]*\d|\d")


def same_wording(one: str, other: str, *, figures: bool = True) -> bool:
    """Return whether two sentences are copies or near copies: four fifths of the shorter one's words are in the other.

    Sentences from one mould differ in their figures: "announced results for the second quarter" is not the third's; without
    `figures` they may.
    """
    one, other = _DATELINE.sub("", one), _DATELINE.sub("", other)
    mine, theirs = _content_words(one), _content_words(other)
    if min(len(mine), len(theirs)) < 5 or len(mine & theirs) / min(len(mine), len(theirs)) < 0.8:
        return False
    if not figures:
        return True
    my_figures, their_figures = (
        {*_FIGURE.findall(sentence), *words & _QUARTERS.keys()} for sentence, words in ((one, mine), (other, theirs))
    )
    return not my_figures or not their_figures or len(my_figures & their_figures) / min(len(my_figures), len(their_figures)) >= 0.6
