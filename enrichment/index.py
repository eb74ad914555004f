"""The names of all companies, so that those like a given name are found in well under a millisecond.

Names are kept as numbers of words (`Words`), found three ways: as written but for blanks and abbreviations, by the set of their
telling words whatever the order, and by words that may be mistyped.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from enrichment.names import SHORT_WORDS, compact_form, short_word
from enrichment.packed import HashIndex, Postings
from enrichment.spelling import Spellings

# words that companies add, drop and confuse: they tell one company from another only if nothing else is wrong
_GENERIC_LONG = tuple(
    "holdings holding group groups companies company corporation incorporated limited fund trust com international enterprises partners global".split()  # noqa: SIM905
)
GENERIC_WORDS = frozenset(map(short_word, _GENERIC_LONG))


class NameIndex:
    """Names, each with the number of its company; what is in it never changes."""

    def __init__(self, names: Iterable[tuple[Sequence[str], int]]) -> None:
        """Take (words, number of the company) of each name."""
        self._words: dict[str, int] = {}
        companies, starts, tokens = array("I"), array("I", [0]), array("i")
        exact, core, core_lengths = array("q"), array("q"), array("B")
        known = self._words
        for words, company in names:
            short = [short_word(word) for word in words]
            numbers = [known.setdefault(word, len(known)) for word in short]
            tokens.extend(numbers)
            starts.append(len(tokens))
            companies.append(company)
            exact.append(hash("".join(short)))
            telling = core_words(short)
            core.append(hash(" ".join(sorted(telling))))
            core_lengths.append(min(len(telling), 255))
        self._companies = companies
        self._starts = starts
        self._tokens = tokens
        self._texts = list(known)
        self._exact = HashIndex(exact)
        self._core = HashIndex(core)
        self._core_lengths = np.frombuffer(core_lengths, dtype=np.uint8) if core_lengths else np.zeros(0, dtype=np.uint8)
        self._postings = Postings(_int32(tokens), _int32(starts).astype(np.int64), len(known))
        spelled = [word for word in known if len(word) > 2 and not word.isdigit()]
        long_forms = [(long, known[short]) for long, short in SHORT_WORDS.items() if long not in known and short in known]
        self._spellings = Spellings(
            [*spelled, *(long for long, _ in long_forms)], [*(known[word] for word in spelled), *(number for _, number in long_forms)]
        )

    def __len__(self) -> int:
        return len(self._companies)

    def company(self, name: int) -> int:
        """Return the number of the company that has a name."""
        return self._companies[name]

    def words(self, name: int) -> list[str]:
        """Return the words of a name, each in its short spelling."""
        return [self._texts[token] for token in self._tokens[self._starts[name] : self._starts[name + 1]]]

    def count(self, word: str) -> int:
        """Return how many names hold a word (in its short spelling)."""
        number = self._words.get(word)
        return 0 if number is None else self._postings.count(number)

    def exactly(self, short_words: Sequence[str]) -> list[int]:
        """Return the names of these words in this order, blanks apart; hashes may lie, so compare."""
        joined = "".join(short_words)
        return [name for name in self._exact.find(hash(joined)) if "".join(self.words(name)) == joined]

    def same_core(self, short_words: Sequence[str]) -> list[int]:
        """Return the names whose telling words are these, in any order and with any generic words."""
        wanted = sorted(core_words(short_words))
        return [name for name in self._core.find(hash(" ".join(wanted))) if sorted(core_words(self.words(name))) == wanted]

    def mistyped(self, words: Sequence[str], *, limit: int = 30) -> Iterator[tuple[int, dict[str, tuple[str, float]]]]:
        """Yield (name, {known word: (word as typed, cost)}) of names whose telling words are `words` but for slips of the fingers.

        `words` are as typed. A word that is known counts as typed well unless no name is found that way.
        """
        meant: dict[str, tuple[str, float]] = {}
        typed = []
        for at, word in enumerate(words):
            short = short_word(word)
            if at and short not in self._words and (slip := _generic_slip(word)):
                meant[slip[0]] = word, slip[1]
            elif short not in GENERIC_WORDS or len(words) == 1:
                typed.append(word)
        options: list[dict[int, tuple[str, float]]] = []
        for word in typed:
            number = self._words.get(short_word(word))
            options.append({} if number is None else {number: (word, 0.0)})
        # first the words that no name has, then also the known ones, rarest first
        order = sorted(range(len(typed)), key=lambda at: self.count(short_word(typed[at])))
        unknown = [at for at in order if not options[at]]
        found = False
        for rounds in (unknown, [at for at in order if at not in unknown]):
            for at in rounds:
                for number, cost in self._slips(typed[at]).items():
                    options[at].setdefault(number, (typed[at], cost))
            for name in self._holding(options, len(typed))[:limit]:
                found = True
                said = self._tokens[self._starts[name] : self._starts[name + 1]]
                yield name, meant | {self._texts[token]: option[token] for token in said for option in options if token in option}
            if found:
                return

    def beginning_with(self, short_words: Sequence[str], *, more: int = 2) -> list[int]:
        """Return the names that begin with these words and have one to `more` telling words besides."""
        numbers = [self._words.get(word) for word in short_words]
        options = [{number: (word, 0.0)} for number, word in zip(numbers, short_words, strict=True) if number is not None]
        if len(options) < len(numbers):
            return []
        telling = len(core_words(short_words))
        names = [name for extra in range(1, more + 1) for name in self._holding(options, telling + extra)]
        count = len(short_words)
        return [name for name in names if list(self._tokens[self._starts[name] : self._starts[name] + count]) == numbers]

    def _slips(self, word: str) -> dict[int, float]:
        """Return the words that `word` may be a slip for; known words stand in the singular, so a plural is tried in both."""
        slips = self._spellings.near(word)
        if len(word) > 4 and word[-1] == "s":
            for number, cost in self._spellings.near(word[:-1]).items():
                slips[number] = min(cost, slips.get(number, cost))
        return slips

    def _holding(self, options: Sequence[dict[int, tuple[str, float]]], core_length: int) -> list[int]:
        """Return the names with as many telling words that hold one word of every option."""
        if not options or not all(options):
            return []
        by_size = sorted(options, key=lambda option: sum(map(self._postings.count, option)))
        if sum(map(self._postings.count, by_size[0])) > 60_000:
            return []
        found = np.unique(np.concatenate([self._postings[token] for token in by_size[0]]))
        found = found[self._core_lengths[found] == core_length]
        for option in by_size[1:]:
            if not len(found):
                break
            held = np.zeros(len(found), dtype=bool)
            for token in option:
                held |= _are_in(found, self._postings[token])
            found = found[held]
        return [int(name) for name in found]


@lru_cache(maxsize=4096)
def _generic_slip(word: str) -> tuple[str, float] | None:
    """Return the generic word that `word` is a slip for, with its cost: "holdnigs" -> ("hldg", 0.5)."""
    if len(word) < 4:
        return None
    near = _generic_spellings().near(word)
    if not near:
        return None
    number = min(near, key=near.__getitem__)
    return short_word(_GENERIC_LONG[number]), near[number]


@cache
def _generic_spellings() -> Spellings:
    return Spellings(_GENERIC_LONG, range(len(_GENERIC_LONG)))


def core_words(short_words: Sequence[str]) -> list[str]:
    """Return the telling words of a name: all but the generic ones, unless it has no others."""
    return [word for word in short_words if word not in GENERIC_WORDS] or list(short_words)


def joined(words: Sequence[str]) -> str:
    """Return the words as one, in their short spelling."""
    return compact_form(tuple(words))


def _are_in(wanted: npt.NDArray[np.int32], there: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """Return for each of `wanted` whether it is in `there`; both ascending."""
    if not len(there):
        return np.zeros(len(wanted), dtype=bool)
    at = np.searchsorted(there, wanted)
    at[at == len(there)] = 0
    same: npt.NDArray[np.bool_] = there[at] == wanted
    return same


def _int32(numbers: array[int]) -> npt.NDArray[np.int32]:
    return np.frombuffer(numbers, dtype=np.int32) if numbers else np.zeros(0, dtype=np.int32)
