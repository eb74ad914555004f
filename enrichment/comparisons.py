"""What speaks for and against a company being the one that is meant: named comparisons with weights.

The first line of a comparison's docstring is the reason that a rep reads; the rest says why it weighs what it weighs. Weights are
in natural logarithms of odds, so that they add up; the sum, less `NOT_MEANT`, becomes a score between 0 and 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, lru_cache
from typing import NamedTuple

from enrichment.pairs import EVIDENCE, Pair

# the odds against a name that was found by chance: what the evidence must outweigh
NOT_MEANT = 3.0


# where a legal form is in use; those of many countries are left out
_COUNTRIES_OF_FORM = {
    "kk": "JP", "ooo": "RU UA KZ BY", "gmbh": "DE AT CH LI", "kg": "DE AT CH", "ag": "DE AT CH LI", "nv": "NL BE CW SR MX", "bv": "NL BE", "spa": "IT CL FR ES LU BR RO CH",
    "ab": "SE FI", "oy": "FI", "sro": "CZ SK PL HR RS SI HU LT LV EE BG RO", "pty": "AU ZA SG IN MY", "bhd": "MY ID", "sa": "FR ES CH BE LU BR AR MX CL PE CO GR PL PT RO",
    "llc": "US RU UA AE", "inc": "US CA PH JP TW KY VG", "corp": "US CA PH JP TW KY VG KR MH PA", "plc": "GB IE JE GG IM", "lp": "US CA GB KY BM MH",
}  # fmt: skip

Comparison = Callable[[Pair], float]
_RELATIONS = ("same", "spelling", "order", "slips", "shorter", "longer", "tail", "begun", "resembles", "")


class Row(NamedTuple):
    """A row of the table of comparisons."""

    weight: float
    compare: Comparison
    reason: str
    of: tuple[str, ...]  # the relations of the names for which it can hold
    said: tuple[str, ...]  # what of the mention it compares: where none of these is said, it does not hold


COMPARISONS: list[Row] = []


def comparison(weight: float, *, of: tuple[str, ...] = _RELATIONS, said: tuple[str, ...] = ()) -> Callable[[Comparison], Comparison]:
    """Add a function that says how far something holds, from 0 to 1, to the table; see `Row`."""

    def add(function: Comparison) -> Comparison:
        COMPARISONS.append(Row(weight, function, (function.__doc__ or "").split("\n")[0].rstrip("."), of, said))
        return function

    return add


@cache
def _comparisons_of(relation: str, said: tuple[bool, ...]) -> tuple[tuple[float, Comparison, str], ...]:
    """Return the comparisons that can hold; `said` has for each of `EVIDENCE` whether the mention says it."""
    told = {name for name, known in zip(EVIDENCE, said, strict=True) if known}
    return tuple(
        (row.weight, row.compare, row.reason) for row in COMPARISONS if relation in row.of and (not row.said or told.intersection(row.said))
    )


def weigh(pair: Pair) -> float:
    """Return the sum of the evidence, and leave what it is made of in `pair.weights`."""
    total = -NOT_MEANT
    for weight, compare, reason in _comparisons_of(pair.relation, pair.said.evidence):
        holds = compare(pair)
        if holds:
            total += weight * holds
            pair.weights.append((weight * holds, reason))
    return total


def score_of(total: float) -> float:
    """Return evidence as a score between 0 and 1."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def reasons_of(pair: Pair) -> tuple[str, ...]:
    """Return the reasons in words, strongest first; what speaks against says so."""
    return _in_words(tuple(pair.weights))


@lru_cache(maxsize=4096)
def _in_words(weights: tuple[tuple[float, str], ...]) -> tuple[str, ...]:
    ordered = sorted(weights, key=lambda part: -abs(part[0]))
    return tuple(reason if weight > 0 else f"although {reason}" for weight, reason in ordered)


# identifiers


@comparison(12.0, said=("cik",))
def same_cik(pair: Pair) -> float:
    """the CIK is the same"""
    return pair.said.cik is not None and pair.said.cik == pair.cik


@comparison(12.0, said=("lei",))
def same_lei(pair: Pair) -> float:
    """the LEI is the same"""
    return pair.said.lei is not None and pair.said.lei == pair.lei


@comparison(11.0, said=("ein",))
def same_ein(pair: Pair) -> float:
    """the EIN is the same"""
    return pair.said.ein is not None and pair.said.ein == pair.ein


@comparison(9.0, said=("domain",))
def same_domain(pair: Pair) -> float:
    """the web domain is the same

    A group may share one among its companies, so a CIK outweighs it.
    """
    return pair.said.domain is not None and pair.said.domain == pair.domain


@comparison(8.0, said=("tickers", "perhaps_tickers"))
def same_ticker(pair: Pair) -> float:
    """the ticker is the same

    Tickers are given anew, and differ between exchanges: one counts only beside a name that has something in common.
    """
    if not pair.ticker or not pair.relation:
        return 0.0
    return 1.0 if pair.ticker in pair.said.tickers else 0.4 if pair.ticker in pair.said.perhaps_tickers else 0.0


@comparison(-12.0, said=("cik", "ein", "lei"))
def other_identifier(pair: Pair) -> float:
    """another CIK, EIN or LEI is stated"""
    said = pair.said
    if said.cik and pair.cik:
        return said.cik != pair.cik
    return bool((said.lei and pair.lei and said.lei != pair.lei) or (said.ein and pair.ein and said.ein != pair.ein))


@comparison(-2.0, said=("tickers",))
def other_ticker(pair: Pair) -> float:
    """another ticker is stated

    Weak, as a company has a ticker for each class of shares and each exchange.
    """
    return bool(pair.said.tickers and pair.ticker and pair.ticker not in pair.said.tickers)


@comparison(-1.0, said=("domain",))
def other_domain(pair: Pair) -> float:
    """another web domain is stated"""
    return bool(pair.said.domain and pair.domain and pair.said.domain != pair.domain)


# names


@comparison(8.0, of=("same",))
def same_name(pair: Pair) -> float:
    """the name is the registered one but for the legal form"""
    return 1.0


@comparison(7.5, of=("spelling",))
def other_spelling(pair: Pair) -> float:
    """the name is the registered one but for abbreviations, plurals and blanks"""
    return 1.0


@comparison(6.0, of=("order",))
def other_order(pair: Pair) -> float:
    """the words of the name are the registered ones in another order"""
    return 1.0


@comparison(7.0, of=("slips",))
def mistyped(pair: Pair) -> float:
    """the name is the registered one but for slips of the fingers"""
    # a slip weighs more in a short name: "Cog" and "Dog" are two companies
    return max(0.0, 1.0 - pair.slips * 4.0 / (pair.letters + 4))


@comparison(-8.0, of=("slips",))
def much_mistyped(pair: Pair) -> float:
    """a word would be mistyped beyond what is usual"""
    return max(0.0, min(1.0, (pair.worst_slip - 0.15) * 4))


@comparison(-1.5, of=("slips",))
def real_word(pair: Pair) -> float:
    """what would be a slip is a word that other names have"""
    return float(pair.real_words)


@comparison(-2.0, of=("slips",))
def moved_too(pair: Pair) -> float:
    """the words stand in another order besides"""
    return pair.moved


@comparison(-6.0, of=("slips",))
def lone_letters(pair: Pair) -> float:
    """a word of up to four letters is seldom mistyped

    And nothing else agrees: "BTK" and "BTKK" are two companies' initials, though a letter doubled is the most usual slip.
    """
    return len(pair.said.words) == 1 and len(pair.said.words[0]) <= 4 and not _agrees_otherwise(pair)


@comparison(5.0, of=("shorter", "longer"))
def generic_word_missing(pair: Pair) -> float:
    """the name is the registered one but for a word such as Holdings or Group

    A bare name means the listed company of that name rather than some subsidiary, and a rep who lists an account seldom writes it
    out: "Larkspur" for Larkspur Holdings.
    """
    believed = 1.0 if pair.listed or pair.named else 0.4
    return max(0.0, 1.0 - 0.25 * (pair.left_out - 1)) * believed * (1.0 if pair.relation == "shorter" else 0.8)


@comparison(4.5, of=("begun",))
def beginning(pair: Pair) -> float:
    """the listed company's name begins with it"""
    return max(0.0, 1.0 - 0.25 * (pair.left_out - 1))


@comparison(6.5, of=("tail",))
def site_follows(pair: Pair) -> float:
    """the registered name stands first, and a site or address follows"""
    return {"site": 1.0, "parted": 0.8}.get(pair.tail, 0.0)


@comparison(1.5, of=("resembles",))
def resembles(pair: Pair) -> float:
    """the name resembles the registered one"""
    return 1.0


@comparison(-2.5, of=("slips", "shorter", "longer", "tail", "begun", "resembles"))
def common_words(pair: Pair) -> float:
    """the words in common are common ones

    Only where the names are not equal: "First National" is many companies' beginning.
    """
    return max(0.0, min(1.0, (8.5 - pair.rarity) / 4.0)) * (2.0 if pair.relation == "tail" else 1.0)


@comparison(-6.0, of=("same", "spelling"))
def lone_initials(pair: Pair) -> float:
    """three letters are initials of many companies

    Of a former or other name, and nothing else agrees: "PPR" is a roofer's name too.
    """
    return pair.alias and len(pair.said.words) == 1 and len(pair.said.words[0]) <= 3 and not _agrees_otherwise(pair)


@comparison(-6.0, of=("same", "spelling"))
def lone_common_word(pair: Pair) -> float:
    """a word that is in many names says little alone

    "Affiliated" in a text is what was left of some longer name; a listed company is called by such a word all the same.
    """
    if len(pair.said.short) != 1 or pair.listed or pair.said.legal or _agrees_otherwise(pair):
        return 0.0
    return max(0.0, min(1.0, 9.0 - pair.rarity))


def _agrees_otherwise(pair: Pair) -> bool:
    said = pair.said
    return bool(
        (said.state and said.state == pair.state)
        or (said.city and said.city == pair.city)
        or (said.cik and said.cik == pair.cik)
        or (pair.ticker and pair.ticker in said.tickers)
        or (said.domain and said.domain == pair.domain)
    )


@comparison(-0.3)
def by_alias(pair: Pair) -> float:
    """it is a former or other name"""
    return pair.alias


@comparison(0.5, said=("legal",))
def same_legal_form(pair: Pair) -> float:
    """the legal form is the same"""
    return bool(pair.said.legal) and pair.said.legal == pair.legal


@comparison(-0.5, said=("legal",))
def other_legal_form(pair: Pair) -> float:
    """the legal form is another

    Newspapers and clerks mix them up, so it only decides between equals.
    """
    return bool(pair.said.legal and pair.legal) and pair.said.legal != pair.legal


@comparison(-1.0, said=("country",))
def foreign_legal_form(pair: Pair) -> float:
    """its legal form is another country's"""
    where = _COUNTRIES_OF_FORM.get(pair.legal)
    return bool(where and pair.said.country and pair.said.country not in where)


# places and industry


@comparison(1.5, said=("city",))
def same_city(pair: Pair) -> float:
    """the city is the same"""
    return (
        pair.said.city is not None
        and pair.said.city == pair.city
        and (not pair.said.state or not pair.state or pair.said.state == pair.state)
    )


@comparison(1.5, said=("state",))
def same_state(pair: Pair) -> float:
    """the state is the same"""
    return (
        pair.said.state is not None
        and pair.said.state == pair.state
        and (pair.said.country or pair.country) == (pair.country or pair.said.country)
    )


@comparison(-0.3, said=("state",))
def other_state(pair: Pair) -> float:
    """the state is another

    Weak: a notice names the site, not the seat.
    """
    return bool(pair.said.state and pair.state and pair.said.state != pair.state)


@comparison(-0.7, said=("country",))
def other_country(pair: Pair) -> float:
    """the country is another"""
    return bool(pair.said.country and pair.country and pair.said.country != pair.country)


@comparison(1.2, said=("industries",))
def same_industry(pair: Pair) -> float:
    """the document says that it is in the industry of the registered one

    By the words of "About …" and of what stands beside the name. Less than a place: a bank speaks of software too.
    """
    return pair.industry is not None and pair.industry in pair.said.industries


@comparison(-0.4, said=("industries",))
def other_industry(pair: Pair) -> float:
    """the document speaks of another industry

    Weak: codes in registers are old and broad, so it only decides between equals.
    """
    return pair.industry is not None and pair.industry not in pair.said.industries


@comparison(0.6)
def listed(pair: Pair) -> float:
    """its shares are listed

    What is listed is in the news more often than what is not.
    """
    return pair.listed
