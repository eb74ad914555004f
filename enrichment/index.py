"""The names of all companies, so that those like a given name are found in well under a millisecond.

Names are kept as numbers of words (`Words`), found three ways: as written but for blanks and abbreviations, by the set of their
telling words whatever the order, and by words that may be mistyped.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

from enrichment.names import SHORT_WORDS, compact_form, short_word, singular
from enrichment.packed import MASK, HashIndex, Postings, packed_array, scattered
from enrichment.spelling import Spellings, most_edits, slip_cost

# words that companies add, drop and confuse: they tell one company from another only if nothing else is wrong
_GENERIC_LONG = "holdings group company corporation incorporated limited fund trust com international enterprises partners global".split()  # noqa: SIM905
GENERIC_WORDS = frozenset(map(short_word, _GENERIC_LONG))

# the spellings of words that are kept short: "tech" -> "technologies", "technology", …
LONG_WORDS: dict[str, tuple[str, ...]] = {}
for _long, _short in SHORT_WORDS.items():
    LONG_WORDS[_short] = (*LONG_WORDS.get(_short, ()), _long)

# more names than these are not compared one by one
_MANY_NAMES = 60
# to compare the words left out of as many names takes as long as to find what a word is like among all
_MOST_LEFT_OUT = 400
# of more words that no name has than these the name is not looked for: slips are few
_MOST_UNKNOWN = 3
# bounds the work for names of nothing but common words
_TOO_MANY_NAMES = 60_000

IndexedName = tuple[Sequence[str], int, bool]  # words, number of the company, whether it is another name than the registered one
Slips = dict[str, tuple[str, float]]  # known word, in its short spelling -> the word as typed, and the cost of the slip


class NameIndex:
    """Names, each with the number of its company; what is in it never changes."""

    def __init__(self, names: Iterable[IndexedName]) -> None:
        self._words: dict[str, int] = {}
        companies, starts, tokens, exact = array("I"), array("I", [0]), array("i"), array("q")
        known = self._words
        self._alias = bytearray()
        for words, company, alias in names:
            self._alias.append(alias)
            short = [SHORT_WORDS.get(word) or singular(word) for word in words]
            tokens.extend([known.setdefault(word, len(known)) for word in short])
            starts.append(len(tokens))
            companies.append(company)
            exact.append(hash("".join(short)))
        self._companies = companies
        self._starts = starts
        self._tokens = tokens
        self._texts = list(known)
        self._exact = HashIndex(np.frombuffer(exact, dtype=np.uint64) if exact else np.zeros(0, dtype=np.uint64))
        del exact
        self._index_cores()
        spelled = [word for word in known if len(word) > 2 and not word.isdigit()]
        long_forms = [(long, known[short]) for long, short in SHORT_WORDS.items() if long not in known and short in known]
        self._spellings = Spellings(
            [*spelled, *(long for long, _ in long_forms)], [*(known[word] for word in spelled), *(number for _, number in long_forms)]
        )

    def _index_cores(self) -> None:
        """Index names by their telling words, and by all but one of them.

        Each word has a number of 64 bits; the sum of a name's is the same in any order, and one word less is a subtraction.
        """
        tokens, starts = _int32(self._tokens), _int32(self._starts).astype(np.int64)
        self._postings = Postings(tokens, starts, len(self._words))
        marks = scattered(len(self._words))
        self._marks = packed_array("Q", marks)
        if not len(self._companies):
            self._core_lengths = np.zeros(0, dtype=np.uint8)
            self._core = HashIndex(np.zeros(0, dtype=np.uint64))
            self._all_but_one = HashIndex(np.zeros(0, dtype=np.uint64), *[np.zeros(0, dtype=np.uint32)] * 2)
            return
        generic = np.fromiter((word in GENERIC_WORDS for word in self._words), dtype=bool, count=len(self._words))
        of_name = np.repeat(np.arange(len(starts) - 1, dtype=np.uint32), np.diff(starts))
        telling = ~generic[tokens]
        lengths = np.add.reduceat(telling, starts[:-1], dtype=np.int64)
        telling |= (lengths == 0)[of_name]  # a name of nothing but generic words
        lengths = np.add.reduceat(telling, starts[:-1], dtype=np.int64)
        of_words = marks[tokens]
        of_words[~telling] = 0
        sums = np.add.reduceat(of_words, starts[:-1])
        del of_words
        self._core_lengths = np.minimum(lengths, 255).astype(np.uint8)
        self._core = HashIndex(sums.copy())
        one_of_several = np.flatnonzero(telling & (lengths > 1)[of_name])
        names, left_out = of_name[one_of_several], tokens[one_of_several].view(np.uint32)
        del of_name, telling, one_of_several
        rests = sums[names]
        del sums
        rests -= marks[left_out]
        self._all_but_one = HashIndex(rests, names, left_out)

    def __len__(self) -> int:
        return len(self._companies)

    def company(self, name: int) -> int:
        """Return the number of the company that has a name."""
        return self._companies[name]

    def is_alias(self, name: int) -> bool:
        """Return whether a name is a former or other one of its company."""
        return bool(self._alias[name])

    def words(self, name: int) -> list[str]:
        """Return the words of a name, each in its short spelling."""
        return [self._texts[token] for token in self._tokens[self._starts[name] : self._starts[name + 1]]]

    def entries(self) -> Iterator[IndexedName]:
        """Yield the names as they were given, in short spelling, which is its own short spelling."""
        for name in range(len(self)):
            yield self.words(name), self._companies[name], bool(self._alias[name])

    def count(self, word: str) -> int:
        """Return how many names hold a word (in its short spelling)."""
        number = self._words.get(word)
        return 0 if number is None else self._postings.count(number)

    def exactly(self, short_words: Sequence[str]) -> list[int]:
        """Return the names of these words in this order, blanks apart; hashes may lie, so compare."""
        joined = "".join(short_words)
        return [name for name in self._exact.find(hash(joined) & MASK) if "".join(self.words(name)) == joined]

    def same_core(self, short_words: Sequence[str]) -> list[int]:
        """Return the names whose telling words are these, in any order and with any generic words."""
        telling = core_words(short_words)
        numbers = [self._words.get(word, -1) for word in telling]
        if -1 in numbers:
            return []
        wanted = sorted(telling)
        return [name for name in self._core.find(self._sum(numbers)) if sorted(core_words(self.words(name))) == wanted]

    def _sum(self, numbers: Iterable[int]) -> int:
        return sum([self._marks[number] for number in numbers]) & MASK

    def mistyped(self, words: Sequence[str]) -> Iterator[tuple[int, Slips]]:
        """Yield names whose telling words are `words`, as typed, but for slips of the fingers, with the slips.

        A word that is known counts as typed well unless no name is found that way.
        """
        slips: Slips = {}
        typed = []
        for at, word in enumerate(words):
            short = short_word(word)
            if at and short not in self._words and (generic := _generic_slip(word)):
                slips[generic[0]] = word, generic[1]
            elif short not in GENERIC_WORDS or len(words) == 1:
                typed.append(word)
        numbers = [self._words.get(short_word(word)) for word in typed]
        unknown = [at for at, number in enumerate(numbers) if number is None]
        if len(unknown) > _MOST_UNKNOWN:
            return
        by_rarity = sorted((at for at in range(len(typed)) if at not in unknown), key=lambda at: self.count(short_word(typed[at])))
        # first the words that no name has; then, as "Read Cat" may be "Red Cat", one known word besides
        rounds = [unknown] if unknown or slips else []
        rounds += ([*unknown, at] for at in by_rarity)
        likes = _Likes(typed, self._texts, self._spellings)
        for doubted in rounds:
            found = False
            for name, more in self._but_for(numbers, doubted, likes):
                found = True
                yield name, slips | more
            if found:
                return

    def _but_for(self, numbers: Sequence[int | None], doubted: Sequence[int], likes: _Likes) -> Iterator[tuple[int, Slips]]:
        """Yield the names that hold the words typed, of these numbers, but for those at `doubted`, which have slips."""
        certain = [number for at, number in enumerate(numbers) if number is not None and at not in doubted]
        if not doubted:
            yield from ((name, {}) for name in self._core.find(self._sum(certain))[:_MANY_NAMES])
            return
        # what the words sum up to; each doubted one but the last is tried for all that it is like
        sums: list[tuple[int, tuple[int, ...]]] = [(self._sum(certain), ())]
        *others, last = doubted
        for at in others:
            sums = [(total + self._marks[token] & MASK, (*tokens, token)) for total, tokens in sums for token in likes.all_of(at)]
        found = 0
        for total, tokens in sums:
            alone = not certain and not tokens
            begin, end = (0, 0) if alone else self._all_but_one.rows(total)
            if begin == end and not alone:
                continue
            # the last may be any word, unless too many names are left to look through
            if begin < end <= begin + _MOST_LEFT_OUT:
                names, left_out = (column[begin:end] for column in self._all_but_one.columns)
                among = likes.among(last, left_out)
                pairs = [(name, token) for name, token in zip(names, left_out, strict=True) if token in among]
            else:
                pairs = [(name, token) for token in likes.all_of(last) for name in self._core.find(total + self._marks[token] & MASK)]
            for name, token in pairs:
                if slips := likes.slips(doubted, (*tokens, token)):
                    yield name, slips
                    found += 1
                if found == _MANY_NAMES:
                    return

    def beginning_with(self, short_words: Sequence[str], *, more: int = 2) -> list[int]:
        """Return the names that begin with these words and have one to `more` telling words besides."""
        numbers = [self._words.get(word) for word in short_words]
        options = [[number] for number in numbers if number is not None]
        if len(options) < len(numbers):
            return []
        telling = len(core_words(short_words))
        names = [name for extra in range(1, more + 1) for name in self._holding(options, telling + extra)]
        count = len(short_words)
        return [name for name in names if list(self._tokens[self._starts[name] : self._starts[name] + count]) == numbers]

    def _holding(self, options: Sequence[Sequence[int]], core_length: int) -> list[int]:
        """Return the names with as many telling words that hold one word of every option."""
        if not options or not all(options):
            return []
        by_size = sorted(options, key=lambda option: sum(map(self._postings.count, option)))
        smallest = by_size[0]
        found = (
            self._postings[smallest[0]] if len(smallest) == 1 else np.unique(np.concatenate([self._postings[token] for token in smallest]))
        )
        if len(found) > _TOO_MANY_NAMES:
            return []
        found = found[self._core_lengths[found] == core_length]
        for option in by_size[1:]:
            if not len(found):
                break
            held = _are_in(found, self._postings[option[0]])
            for token in option[1:]:
                held |= _are_in(found, self._postings[token])
            found = found[held]
        listed: list[int] = found.tolist()
        return listed


class _Likes:
    """Which known words each of the words typed may be a slip for; kept for one question, which asks for the same again."""

    def __init__(self, typed: Sequence[str], texts: Sequence[str], spellings: Spellings) -> None:
        self._typed = typed
        self._texts = texts
        self._spellings = spellings
        self._all: dict[int, list[int]] = {}

    def all_of(self, at: int) -> list[int]:
        """Return the numbers of all known words that are like the one at a place; known words stand in the singular, so a plural is tried in both."""
        if at not in self._all:
            word = self._typed[at]
            near = self._spellings.near(word)
            if len(word) > 4 and word[-1] == "s":
                near |= self._spellings.near(word[:-1])
            self._all[at] = sorted(near)
        return self._all[at]

    def among(self, at: int, tokens: Iterable[int]) -> set[int]:
        """Return those of the known words with these numbers that are like the one at a place."""
        word = self._typed[at]
        most = most_edits(len(word)) + 1  # of a plural
        given = list(set(tokens))
        texts = [self._texts[token] for token in given]
        alike = process.extract(word, texts, scorer=OSA.distance, score_cutoff=most, limit=None, processor=None)
        found = {given[number] for _, _, number in alike}
        found.update(token for token, text in zip(given, texts, strict=True) if text in LONG_WORDS)
        return found

    def slips(self, at: Sequence[int], tokens: Sequence[int]) -> Slips | None:
        """Return the slips by which the words at some places stand for these known ones, None where one of them is no slip."""
        slips: Slips = {}
        for place, token in zip(at, tokens, strict=True):
            text = self._texts[token]
            cost = None if text in GENERIC_WORDS else slip_between(self._typed[place], text)
            if cost is None:
                return None
            slips[text] = self._typed[place], cost
        return slips


@lru_cache(maxsize=4096)
def slip_between(typed: str, known: str) -> float | None:
    """Return the cost of having typed `typed` for a word that is kept in its short spelling, None where it is no slip for it."""
    costs = []
    for spelling in LONG_WORDS.get(known, (known,)):
        for word in (typed, typed[:-1]) if typed[-1] == "s" and spelling[-1] != "s" and len(typed) > 4 else (typed,):
            most = min(most_edits(len(word)), most_edits(len(spelling)))
            if 0 < OSA.distance(word, spelling, score_cutoff=most) <= most:
                costs.append(slip_cost(word, spelling))
    return min(costs, default=None)


@lru_cache(maxsize=4096)
def _generic_slip(word: str) -> tuple[str, float] | None:
    """Return the generic word that `word` is a slip for, with its cost: "holdnigs" -> ("hldg", 0.5)."""
    if len(word) < 4:
        return None
    costs = {short: cost for short in GENERIC_WORDS if (cost := slip_between(word, short)) is not None}
    return min(costs.items(), key=lambda slip: slip[1]) if costs else None


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
