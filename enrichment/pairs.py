"""A mention beside a company that may be meant: what the one says, what is known of the other, and how their names compare."""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import attrgetter


@dataclass(slots=True)
class Said:
    """What the mention says, read once for all candidates."""

    words: tuple[str, ...]  # of the name, lower case, without legal form
    short: tuple[str, ...]  # the same in short spelling
    legal: str
    cik: str | None = None
    ein: str | None = None
    lei: str | None = None
    tickers: tuple[str, ...] = ()  # stated, or in parentheses after an exchange
    perhaps_tickers: tuple[str, ...] = ()  # capitals in parentheses without an exchange: ticker or acronym
    domain: str | None = None
    city: str | None = None  # as places.city_key has it
    state: str | None = None
    country: str | None = None
    industries: tuple[str, ...] = ()  # SIC major groups
    evidence: tuple[bool, ...] = ()  # for each of `EVIDENCE`, whether it is said

    def __post_init__(self) -> None:
        self.evidence = tuple(map(bool, _evidence_of(self)))

    @property
    def identified(self) -> bool:
        """Whether there is an identifier to look for."""
        return bool(self.cik or self.ein or self.lei or self.domain or self.tickers or self.perhaps_tickers)


EVIDENCE = ("legal", "cik", "ein", "lei", "tickers", "perhaps_tickers", "domain", "city", "state", "country", "industries")
_evidence_of = attrgetter(*EVIDENCE)


@dataclass(slots=True)
class Pair:
    """A mention beside a company that may be meant, with how their names compare."""

    said: Said
    number: int  # of the company
    relation: str = ""  # "same", "spelling", "order", "slips", "shorter", "longer", "tail", "begun", "resembles" or "" where the names have nothing in common
    slips: float = 0.0  # cost of the mistyped letters
    letters: int = 0  # of the words compared
    rarity: float = 0.0  # how telling the words in common are: natural logarithm of names / names that hold the rarest of them
    worst_slip: float = 0.0  # cost of the mistyped letters of one word, for each letter of it
    real_words: int = 0  # mistyped words that are words of other names
    moved: bool = False  # the words stand in another order
    left_out: int = 0  # generic words that one of the names lacks
    tail: str = ""  # "site", "parted" or "words": what follows the company's name in the mention
    alias: bool = False  # found by a former or other name
    legal: str = ""
    cik: str | None = None
    ein: str | None = None
    lei: str | None = None
    ticker: str | None = None
    domain: str | None = None
    city: str | None = None
    state: str | None = None
    country: str | None = None
    listed: bool = False
    named: bool = False  # by a rep, in a profile or its list
    industry: str | None = None  # SIC major group
    weights: list[tuple[float, str]] = field(default_factory=list)
