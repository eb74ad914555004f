"""Finds the company that a mention means: identifiers first, then names with the document's evidence; none where two fit alike.

`Resolver` finds the candidates, `comparisons.py` weighs them (`pairs.py` says what is weighed). A wrong company is the error a rep forgives least, so what is
not clearly one company is none, with the rivals named.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from operator import attrgetter

from rapidfuzz import fuzz

from enrichment.common_words import COMMON_WORDS
from enrichment.comparisons import reasons_of, score_of, weigh
from enrichment.index import GENERIC_WORDS, IndexedName, NameIndex, Slips, core_words
from enrichment.industries import sic_group
from enrichment.mentions import initials_of
from enrichment.names import LEGAL_FORMS, read_name, short_word
from enrichment.packed import Texts
from enrichment.pairs import Pair, Said
from enrichment.places import city_key, country_code, state_code
from enrichment.written import Written, may_have_tail, parts_of, read_mention_name, tail_kind
from store.records import Company, CompanyMatch, Mention

# the evidence by which the best must outweigh the next
_CLEARLY = 1.0
# how many names a word's rarity is judged among at least: in a short list of accounts every word would look common
_LARGE_REGISTER = 400_000
# the rarity (see Pair.rarity) below which a word says what a company does rather than which it is: "Systems", "Bancorp"
_USUAL_WORD = 7.5

_LEGAL_NAMES = ("", *sorted(set(LEGAL_FORMS.values())))
_LEGAL_NUMBERS = {name: number for number, name in enumerate(_LEGAL_NAMES)}


_IDENTIFIERS = ("cik", "ein", "lei", "ticker", "domain")
_identifiers_of: Callable[[Company], tuple[str | None, ...]] = attrgetter(*_IDENTIFIERS)

_UNKNOWN = CompanyMatch(company_id=None, score=0.0, reasons=("no company of this name is known",))
# how the id of a company begins that only a profile or its list names
NAMED_ACCOUNT = "account-"


class Resolver:
    """All companies, indexed: 420,000 take some 150 MB and 15 to 19 seconds of CPU; companies can be added afterwards."""

    def __init__(self, companies: Iterable[Company]) -> None:
        self._ids, self._names, self._aliases = Texts(), Texts(), Texts()
        self._places: dict[tuple[str | None, str | None, str | None], int] = {}
        self._place_list: list[tuple[str | None, str | None, str | None]] = []
        self._place_of = array("I")
        self._listed = bytearray()
        self._named = bytearray()
        self._provisional = bytearray()
        self._legal = bytearray()
        self._industry = bytearray()  # SIC major group, 0 where it is not known
        self._identified: dict[tuple[str, str], list[int]] = {}
        self._identifiers = Texts()  # of each company, in the order of `_IDENTIFIERS`, with tabs between
        # names that were added wait for the next question by name: an import of a register asks none
        self._waiting, self._waiting_of, self._waiting_aliases = Texts(), array("I"), bytearray()
        self._parts: list[NameIndex] = [NameIndex(self._entries(companies))]

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, company: Company) -> None:
        """Make a company known."""
        for words, number, alias in self._entries([company]):
            self._waiting.append(" ".join(words))
            self._waiting_of.append(number)
            self._waiting_aliases.append(alias)

    def identified(self, company: Company) -> str | None:
        """Return the id of the known company that shares a CIK, LEI or EIN; None where none does, or two do."""
        for field in ("cik", "lei", "ein"):
            value = getattr(company, field)
            if value and (numbers := self._identified.get((field, value))):
                ids = {self._ids[number] for number in numbers}
                return ids.pop() if len(ids) == 1 else None
        return None

    def resolve(self, mention: Mention, *, registered_only: bool = False) -> CompanyMatch:
        """Return the company that a mention means, or none: with rivals where several fit alike, without where none does.

        With `registered_only`, companies that were made from texts are no candidates.
        """
        if self._waiting:
            self._index_waiting()
        written = read_mention_name(mention.name)
        said = _said(mention, written)
        pairs = {pair.number: pair for pair in self._by_identifier(said)} if said.identified else {}
        # a CIK is one company's alone: what its name resembles besides does not matter
        if not said.cik or not self._identified.get(("cik", said.cik)):
            for pair in self._by_name(said, written):
                known = pairs.get(pair.number)
                if known is None or not known.relation or known.relation == "resembles":
                    pairs[pair.number] = pair
        if registered_only:
            pairs = {number: pair for number, pair in pairs.items() if not self._provisional[number]}
        if len(pairs) > 1:
            # a company whose names were added to has several numbers: the last knows most
            by_id = {self._ids[number]: number for number in sorted(pairs)}
            pairs = {number: pairs[number] for number in by_id.values()}
        return self._decide(list(pairs.values()))

    def _decide(self, pairs: Sequence[Pair]) -> CompanyMatch:
        """Return the clearly best of the candidates."""
        ranked = [(weigh(self._filled(pair)), -pair.number, pair) for pair in pairs]
        if len(ranked) > 1:
            ranked.sort(key=lambda row: row[:2], reverse=True)
        if not ranked or ranked[0][0] < 0:
            return _UNKNOWN
        total, _, best = ranked[0]
        alike = [pair for other, _, pair in ranked[1:] if other > 0 and total - other < _CLEARLY]
        if alike:
            names = "; ".join(self._shown(pair.number) for pair in [best, *alike][:4])
            rivals = tuple(self._ids[pair.number] for pair in [best, *alike])
            return CompanyMatch(company_id=None, score=0.0, reasons=(f"{len(rivals)} companies fit alike: {names}",), rivals=rivals)
        # a runner-up that is near makes the best less sure
        score = score_of(min(total, total - ranked[1][0] + 1.0) if len(ranked) > 1 else min(total, 10.0))
        return CompanyMatch(company_id=self._ids[best.number], score=score, reasons=(self._shown(best.number), *reasons_of(best)))

    # candidates

    def _by_identifier(self, said: Said) -> Iterator[Pair]:
        for field, values in (
            ("cik", (said.cik,)),
            ("lei", (said.lei,)),
            ("ein", (said.ein,)),
            ("domain", (said.domain,)),
            ("ticker", (*said.tickers, *said.perhaps_tickers)),
        ):
            for value in values:
                for number in self._identified.get((field, value), ()) if value else ():
                    pair = Pair(said=said, number=number)
                    if field == "ticker":
                        # a text may call a company by its ticker: "LKV, as (NYSE: LKV) is called"
                        is_name = len(said.words) == 1 and said.words[0].upper() == value and value in said.tickers
                        pair.relation = "resembles" if is_name or self._resembles(said, number) else ""
                        pair.rarity = 9.0
                    yield pair

    def _by_name(self, said: Said, written: Written) -> list[Pair]:
        """Return candidates by the whole name; only if there is none, by what may be part of it or mistyped."""
        found = self._whole_name(said)
        if found or not said.short:
            return found
        others = [_said_as(said, other) for other in written.others]
        for other in others:
            found = found or self._whole_name(other)
        found = found or list(self._beginning(said, written))
        if not any(pair.tail == "site" for pair in found):
            for name in (said, *others[:1]):
                found += self._mistyped(name)
        return found or list(self._begun(said))

    def _whole_name(self, said: Said) -> list[Pair]:
        found = []
        for part in self._parts:
            for name, words in part.exactly(said.short):
                relation = "same" if words == said.short else "spelling"
                # how telling it is counts only for a name of one word
                rarity = self._rarity(words) if len(words) == 1 else 9.0
                found.append(Pair(said=said, number=part.company(name), relation=relation, alias=part.is_alias(name), rarity=rarity))
        if found:
            return found
        pairs = [self._relation(said, part, name) for part in self._parts for name in part.same_core(said.short)]
        return [pair for pair in pairs if pair]

    def _relation(self, said: Said, part: NameIndex, name: int, meant: Slips | None = None) -> Pair | None:
        """Return how a name with the same telling words compares; None where the generic words contradict."""
        words = part.words(name)
        mine = said.short
        slips = 0.0
        if meant:
            back = {typed: known for known, (typed, _) in meant.items()}
            mine = tuple([back.get(word) or short for word, short in zip(said.words, said.short, strict=True)])
            # legal forms that no one spells wrong on purpose: "Larkspur Corportion"
            while len(mine) > 1 and mine[-1] in LEGAL_FORMS and mine[-1] not in words:
                mine = mine[:-1]
            # a slip in a generic word tells little
            slips = sum([cost / 2 if known in GENERIC_WORDS else cost for known, (_, cost) in meant.items()])
        extra = [word for word in words if word not in mine]
        lacking = [word for word in mine if word not in words]
        # "Holdings" against "Group": siblings; "Global Larkspur" against "Larkspur": a word in front tells apart
        if (extra or lacking) and (slips or (extra and lacking) or words[: len(mine)] != mine[: len(words)]):
            return None
        # a slip in a generic word is none that tells companies apart
        told = [(known, typed, cost) for known, (typed, cost) in meant.items() if cost and known not in GENERIC_WORDS] if meant else ()
        if any(_digits(typed) != _digits(known) for known, typed, _ in told):
            return None  # "HC2" and "HCA", "Fund 3" and "Fund 4" are two companies
        moved = not extra and not lacking and words != mine
        return Pair(
            said=said,
            number=part.company(name),
            relation="shorter" if extra else "longer" if lacking else "slips" if slips else "order" if moved else "same",
            alias=part.is_alias(name),
            slips=slips,
            letters=sum(map(len, said.words)),
            rarity=self._rarity(core_words(words)),
            moved=moved,
            left_out=len(extra or lacking),
            # a word that other companies have in their names is likelier to be meant as it stands
            real_words=sum([part.count(short_word(typed)) > 0 for _, typed, _ in told]),
            worst_slip=max([cost / max(len(typed), 3) for _, typed, cost in told], default=0.0),
        )

    def _mistyped(self, said: Said) -> Iterator[Pair]:
        for part in self._parts:
            for name, meant in part.mistyped(said.words, said.short):
                if any(cost for _, cost in meant.values()) and (pair := self._relation(said, part, name, meant)):
                    yield pair

    def _beginning(self, said: Said, written: Written) -> Iterator[Pair]:
        """Yield the companies of the longest beginning of the name that is a registered name, where what follows is no part of a name."""
        if not may_have_tail(written, said):
            return
        parts = parts_of(written)
        words = parts.words
        for length in range(len(words) - 1, 0, -1):
            kind = tail_kind(parts, length, said)
            if not kind:
                continue
            short = tuple(map(short_word, read_name(" ".join(words[:length])).words))
            found = False
            for part in self._parts:
                for name in [name for name, _ in part.exactly(short)] or part.same_core(short):
                    number = part.company(name)
                    # "Amazon - plant 3" is Amazon.com's, but not every "Amazon Partners" is it
                    whole = part.words(name) == short or (self._listed[number] and part.words(name)[0] == short[0])
                    if whole:
                        found = True
                        letters, rarity = sum(map(len, short)), self._rarity(short)
                        yield Pair(said=said, number=number, relation="tail", tail=kind, rarity=rarity, letters=letters)
            if found:
                return

    def _begun(self, said: Said) -> Iterator[Pair]:
        """Yield the listed companies whose name begins with the mention's and goes on with usual words: "Larkspur Drainage" (Systems)."""
        if said.legal:
            return
        letters, rarity = sum(map(len, said.short)), 0.0
        beginning = [(part, name) for part in self._parts for name in part.beginning_with(said.short)]
        # "Larkspur" may be Larkspur Software or Larkspur Dental; of two words, few that are not of one group begin alike
        if len(said.short) == 1 and len({part.company(name) for part, name in beginning}) > 1:
            return
        for part, name in beginning:
            number = part.company(name)
            rest = part.words(name)[len(said.short) :]
            if self._listed[number] and self._rarity(rest) < _USUAL_WORD:
                rarity = rarity or self._rarity(said.short)
                yield Pair(said=said, number=number, relation="begun", left_out=len(rest), rarity=rarity, letters=letters)

    # what is known of a company

    def _filled(self, pair: Pair) -> Pair:
        number = pair.number
        pair.city, pair.state, pair.country = self._place_list[self._place_of[number]]
        pair.listed, pair.named = bool(self._listed[number]), bool(self._named[number])
        if industry := self._industry[number]:
            pair.industry = f"{industry:02}"
        if pair.said.identified and (known := self._identifiers[number]):
            pair.cik, pair.ein, pair.lei, pair.ticker, pair.domain = [value or None for value in known.split("\t")]
        pair.legal = _LEGAL_NAMES[self._legal[number]]
        return pair

    def _resembles(self, said: Said, number: int) -> bool:
        """Return whether a name has something in common with the company's: the first telling word, its initials, or most letters."""
        mine = said.short
        for name in (self._names[number], *self._aliases[number].split(";")):
            written = read_name(name).words
            theirs = [short_word(word) for word in written]
            if not mine or not theirs:
                continue
            if mine[0] == theirs[0] or (len(mine) == 1 and len(mine[0]) > 2 and initials_of(theirs).startswith(said.words[0])):
                return True
            one, other = " ".join(mine), " ".join(theirs)
            if max(fuzz.ratio(one, other), fuzz.ratio(" ".join(said.words), " ".join(written))) >= 60 or (
                len(one) > 5 and fuzz.partial_ratio(one, other) >= 85
            ):
                return True
        return False

    def _rarity(self, words: Iterable[str]) -> float:
        """Return how telling the rarest of some words is: the logarithm of names / names with it, as in a large register; see Pair.rarity."""
        names = fewest = max(len(self), _LARGE_REGISTER)
        for word in words:
            holding = sum([part.count(word) for part in self._parts])
            if word in COMMON_WORDS:
                holding = max(holding, names // 500)
            fewest = min(fewest, holding)
        return math.log(names / (1 + fewest))

    def _shown(self, number: int) -> str:
        return self._names[number] + _place_shown(*self._place_list[self._place_of[number]])

    # building

    def _entries(self, companies: Iterable[Company]) -> Iterator[IndexedName]:
        """Keep each company's columns, and yield its names."""
        for company in companies:
            number = len(self._ids)
            self._ids.append(company.id)
            self._names.append(company.name)
            self._aliases.append(";".join(company.aliases))
            place = (city_key(company.city) if company.city else None, company.state, company.country)
            at = self._places.setdefault(place, len(self._places))
            if at == len(self._place_list):
                self._place_list.append(place)
            self._place_of.append(at)
            self._listed.append(bool(company.ticker or company.public))
            self._provisional.append(company.provisional)
            self._named.append(company.id.startswith(NAMED_ACCOUNT))
            self._industry.append(int(sic_group(company.sic, company.naics) or 0) if company.sic or company.naics else 0)
            if company.cik or company.ein or company.lei or company.ticker or company.domain:
                known = _identifiers_of(company)
                self._identifiers.append("\t".join([value or "" for value in known]))
                for field, value in zip(_IDENTIFIERS, known, strict=True):
                    if value:
                        self._identified.setdefault((field, value), []).append(number)
            else:
                self._identifiers.append("")
            seen = set()
            for at, name in enumerate((company.name, *company.aliases)):
                words, legal = read_name(name)
                if at == 0:
                    self._legal.append(_LEGAL_NUMBERS[legal])
                if words and words not in seen:
                    seen.add(words)
                    yield words, number, at > 0

    def _index_waiting(self) -> None:
        """Index the added names; indexes of like size are joined, so that there are few, and each name is indexed few times."""
        waiting, of, aliases = self._waiting, self._waiting_of, self._waiting_aliases
        self._waiting, self._waiting_of, self._waiting_aliases = Texts(), array("I"), bytearray()
        self._parts.append(NameIndex((waiting[at].split(" "), of[at], bool(aliases[at])) for at in range(len(waiting))))
        while len(self._parts) > 1 and len(self._parts[-2]) < 2 * len(self._parts[-1]):
            last, before = self._parts.pop(), self._parts.pop()
            self._parts.append(NameIndex(chain(before.entries(), last.entries())))


@lru_cache(maxsize=4096)
def _place_shown(city: str | None, state: str | None, country: str | None) -> str:
    place = ", ".join(part for part in (city.title() if city else None, state or country) if part)
    return f" ({place})" if place else ""


def _said(mention: Mention, written: Written) -> Said:
    words, legal = written.name
    state = state_code(mention.state) if mention.state else None
    country = country_code(mention.country) if mention.country else None
    tickers = (mention.ticker, *written.tickers) if mention.ticker else written.tickers
    return Said(
        words=words,
        short=tuple(map(short_word, words)),
        legal=legal,
        cik=mention.cik.zfill(10) if mention.cik else None,
        ein=mention.ein,
        lei=mention.lei,
        tickers=tuple(map(str.upper, tickers)),
        perhaps_tickers=written.perhaps_tickers or _as_ticker(words),
        domain=mention.domain,
        city=city_key(mention.city) if mention.city else None,
        state=state[0] if state else mention.state,
        country=state[1] if state and not country else country or mention.country,
        industries=mention.industries,
    )


def _as_ticker(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return a name of three to five letters as a ticker, which companies called by their initials have: "JLL" of Jones Lang LaSalle."""
    return (words[0].upper(),) if len(words) == 1 and 3 <= len(words[0]) <= 5 and words[0].isalpha() else ()


def _digits(word: str) -> str:
    return "".join(filter(str.isdigit, word))


def _said_as(said: Said, other: str) -> Said:
    name = read_name(other)
    return replace(said, words=name.words, short=tuple(map(short_word, name.words)), legal=name.legal)
