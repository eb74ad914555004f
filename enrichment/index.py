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

from enrichment.names import SHORT_WORDS, short_word, singular
from enrichment.packed import MASK, HashIndex, Postings, packed_array, scattered
from enrichment.spelling import Spellings, most_edits, slip_cost

# words that companies add, drop and confuse: they tell one company from another only if nothing else is wrong
_GENERIC_LONG = "holdings group company corporation incorporated limited fund trust com international enterprises partners global".split()  # noqa: SIM905
GENERIC_WORDS = frozenset(map(short_word, _GENERIC_LONG))

# the spellings of words that are kept short: "tech" -> "technologies", "technology", …
LONG_WORDS: dict[str, tuple[str, ...]] = {}
for _long, _short in SHORT_WORDS.items():
    LONG_WORDS[_short] = (*LONG_WORDS.get(_short, ()), _long)

_GENERIC_SPELLINGS = [spelling for short in sorted(GENERIC_WORDS) for spelling in LONG_WORDS.get(short, (short,))]

# more names than these are not compared one by one
_MANY_NAMES = 60
# the words left out of more names than these are compared all at once
_MANY_LEFT_OUT = 100
# to compare the words left out of as many names takes as long as to find what a word is like among all
_MOST_LEFT_OUT = 20_000
# a word that more names hold is likelier to be meant as it stands, when another is mistyped already
_USUAL_IN_NAMES = 300
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
        self.texts = list(known)
        self._exact = HashIndex(np.frombuffer(exact, dtype=np.uint64) if exact else np.zeros(0, dtype=np.uint64))
        del exact
        alone = self._index_cores()
        number_of = {**{long: known[short] for long, short in SHORT_WORDS.items() if short in known}, **known}
        spelled = [word for word in number_of if len(word) > 2 and not word.isdigit()]
        spelled.sort(key=lambda word: number_of[word] not in alone)
        first = sum(number_of[word] in alone for word in spelled)
        self.spellings = Spellings(spelled, map(number_of.__getitem__, spelled), first)

    def _index_cores(self) -> set[int]:
        """Index names by their telling words, and by all but one of them; return the numbers of the words that are some name's only telling one.

        Each word has a number of 64 bits; the sum of a name's is the same in any order, and one word less is a subtraction.
        """
        tokens, starts = _int32(self._tokens), _int32(self._starts).astype(np.int64)
        self._postings = Postings(tokens, starts, len(self._words))
        marks = scattered(len(self._words))
        self._marks = packed_array("Q", marks)
        if not len(self._companies):
            self._core_lengths = np.zeros(0, dtype=np.uint8)
            self._core = HashIndex(np.zeros(0, dtype=np.uint64))
            self.all_but_one = HashIndex(np.zeros(0, dtype=np.uint64), *[np.zeros(0, dtype=np.uint32)] * 3)
            return set()
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
        alone = set(tokens[telling & (lengths == 1)[of_name]].tolist())
        one_of_several = np.flatnonzero(telling & (lengths > 1)[of_name])
        names, left_out = of_name[one_of_several], tokens[one_of_several].view(np.uint32)
        del of_name, telling, one_of_several
        rests = sums[names]
        del sums
        rests -= marks[left_out]
        self.all_but_one = HashIndex(rests, names, left_out)
        del rests, names, left_out
        # the letters of the word left out stand beside it, none for one of several spellings
        letters = np.fromiter(
            (0 if word in LONG_WORDS else letters_of(word) for word in self._words), dtype=np.uint32, count=len(self._words)
        )
        columns = self.all_but_one.columns
        columns.append(packed_array("I", letters[np.frombuffer(columns[1], dtype=np.uint32)]) if columns[1] else columns[1])
        return alone

    def __len__(self) -> int:
        return len(self._companies)

    def company(self, name: int) -> int:
        """Return the number of the company that has a name."""
        return self._companies[name]

    def is_alias(self, name: int) -> bool:
        """Return whether a name is a former or other one of its company."""
        return bool(self._alias[name])

    def words(self, name: int) -> tuple[str, ...]:
        """Return the words of a name, each in its short spelling."""
        return tuple(map(self.texts.__getitem__, self._tokens[self._starts[name] : self._starts[name + 1]]))

    def entries(self) -> Iterator[IndexedName]:
        """Yield the names as they were given, in short spelling, which is its own short spelling."""
        for name in range(len(self)):
            yield self.words(name), self._companies[name], bool(self._alias[name])

    def count(self, word: str) -> int:
        """Return how many names hold a word (in its short spelling)."""
        number = self._words.get(word)
        return 0 if number is None else self._postings.count(number)

    def exactly(self, short_words: Sequence[str]) -> list[tuple[int, tuple[str, ...]]]:
        """Return the names of these words in this order, blanks apart, with their words; hashes may lie, so compare."""
        joined = "".join(short_words)
        names = self._exact.find(hash(joined) & MASK)
        return [(name, words) for name in names if "".join(words := self.words(name)) == joined] if names else []

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

    def mistyped(self, words: Sequence[str], short_words: Sequence[str]) -> Iterator[tuple[int, Slips]]:
        """Yield names whose telling words are `words`, as typed, but for slips of the fingers, with the slips.

        `short_words` are the same in short spelling. A word that is known counts as typed well unless no name is found that way.
        """
        slips: Slips = {}
        typed: list[str] = []
        numbers: list[int | None] = []
        for at, (word, short) in enumerate(zip(words, short_words, strict=True)):
            number = self._words.get(short)
            if number is None and at and (generic := _generic_slip(word)):
                slips[generic[0]] = word, generic[1]
            elif short not in GENERIC_WORDS or len(words) == 1:
                typed.append(word)
                numbers.append(number)
        unknown = [at for at, number in enumerate(numbers) if number is None]
        if len(unknown) > _MOST_UNKNOWN:
            return
        known = [(self._postings.count(number), at) for at, number in enumerate(numbers) if number is not None]
        known.sort()
        # first the words that no name has; then, as "Read Cat" may be "Red Cat", one known word besides
        rounds = [unknown] if unknown or slips else []
        rounds += [[*unknown, at] for count, at in known if not unknown or count <= _USUAL_IN_NAMES]
        likes = _Likes(typed, self)
        total = sum([self._marks[number] for number in numbers if number is not None])
        for doubted in rounds:
            # what the words sum up to that are certain
            certain = total - sum([self._marks[number] for at in doubted if (number := numbers[at]) is not None])
            found = False
            for name, more in self._but_for(certain & MASK, len(doubted) == len(typed), doubted, likes):
                found = True
                yield name, slips | more
            if found:
                return

    def _but_for(self, certain: int, alone: bool, doubted: Sequence[int], likes: _Likes) -> Iterator[tuple[int, Slips]]:
        """Yield the names that hold words of this sum and those at `doubted`, which have slips; `alone` where these are all."""
        if not doubted:
            yield from ((name, {}) for name in self._core.find(certain)[:_MANY_NAMES])
            return
        # each doubted word but the last is tried for all that it is like
        sums: list[tuple[int, tuple[int, ...]]] = [(certain, ())]
        *others, last = doubted
        for at in others:
            sums = [(total + self._marks[token] & MASK, (*tokens, token)) for total, tokens in sums for token in likes.all_of(at)]
        found = 0
        for total, tokens in sums:
            pairs: Iterable[tuple[int, int]]
            if alone and not tokens:
                pairs = self._completed(total, likes.all_of(last))
            else:
                begin, end = self.all_but_one.rows(total)
                if begin == end:
                    continue
                # the last may be any word, unless too many names are left to look through
                many = end - begin > _MOST_LEFT_OUT
                pairs = self._completed(total, likes.all_of(last)) if many else likes.completing(last, begin, end)
            for name, token in pairs:
                if slips := likes.slips(doubted, (*tokens, token)):
                    yield name, slips
                    found += 1
                if found == _MANY_NAMES:
                    return

    def _completed(self, total: int, tokens: Iterable[int]) -> Iterator[tuple[int, int]]:
        """Yield the names whose telling words are those of a sum and one of the given, with this word's number."""
        for token in tokens:
            for name in self._core.find(total + self._marks[token] & MASK):
                yield name, token

    def beginning_with(self, short_words: Sequence[str], *, more: int = 2) -> list[int]:
        """Return the names that begin with these words and have one to `more` telling words besides; those with fewer first."""
        numbers = [self._words.get(word, -1) for word in short_words]
        if -1 in numbers:
            return []
        found = self._postings[min(numbers, key=self._postings.count)]
        if len(found) > _TOO_MANY_NAMES:
            return []
        if len(found) > _MANY_NAMES:
            found = found[_int32(self._tokens)[_int32(self._starts)[found]] == numbers[0]]
        count, telling, lengths = len(numbers), len(core_words(short_words)), self._core_lengths
        names = [name for name in found.tolist() if list(self._tokens[(at := self._starts[name]) : at + count]) == numbers]
        names = [name for name in names if telling < lengths[name] <= telling + more]
        names.sort(key=lengths.__getitem__)
        return names


class _Likes:
    """Which known words each of the words typed may be a slip for; kept for one question, which asks for the same again."""

    def __init__(self, typed: Sequence[str], index: NameIndex) -> None:
        self._typed = typed
        self._index = index
        self._all: dict[int, list[int]] = {}

    def all_of(self, at: int) -> list[int]:
        """Return the numbers of all known words that are like the one at a place; known words stand in the singular, so a plural is tried in both.

        Of a name of one word only those that are names of one word.
        """
        if at not in self._all:
            word, alone, spellings = self._typed[at], len(self._typed) == 1, self._index.spellings
            near = spellings.near(word, only_first=alone)
            if len(word) > 4 and word[-1] == "s":
                near |= spellings.near(word[:-1], only_first=alone)
            self._all[at] = sorted(near)
        return self._all[at]

    def completing(self, at: int, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield from these rows of all but one the names, with the word they lack, whose word may be like the one at a place."""
        word, texts = self._typed[at], self._index.texts
        names, left_out, letters = self._index.all_but_one.columns
        plural = len(word) > 4 and word[-1] == "s"
        most = most_edits(len(word)) + plural
        # an edit changes two letters at most, a plural one
        mine, differing = letters_of(word), 2 * most - plural
        alike: Iterable[int]
        if end - begin > _MANY_LEFT_OUT:
            theirs = np.frombuffer(letters, dtype=np.uint32)[begin:end]
            alike = (np.flatnonzero((np.bitwise_count(theirs ^ np.uint32(mine)) <= differing) | (theirs == 0)) + begin).tolist()
        else:
            alike = [at for at, its in enumerate(letters[begin:end], begin) if not its or (its ^ mine).bit_count() <= differing]
        for row in alike:
            token = left_out[row]
            if not letters[row] or OSA.distance(word, texts[token], score_cutoff=most) <= most:
                yield names[row], token

    def slips(self, at: Sequence[int], tokens: Sequence[int]) -> Slips | None:
        """Return the slips by which the words at some places stand for these known ones, None where one of them is no slip."""
        slips: Slips = {}
        for place, token in zip(at, tokens, strict=True):
            text = self._index.texts[token]
            cost = None if text in GENERIC_WORDS else slip_between(self._typed[place], text)
            if cost is None:
                return None
            slips[text] = self._typed[place], cost
        return slips


@lru_cache(maxsize=4096)
def slip_between(typed: str, known: str) -> float | None:
    """Return the cost of having typed `typed` for a word that is kept in its short spelling, None where it is no slip for it."""
    costs = []
    plural = typed[-1] == "s" and len(typed) > 4
    for spelling in LONG_WORDS.get(known, (known,)):
        for word in (typed, typed[:-1]) if plural and spelling[-1] != "s" else (typed,):
            # most words are further apart than slips ever are
            edits = OSA.distance(word, spelling, score_cutoff=2)
            if 0 < edits <= 2 and edits <= most_edits(min(len(word), len(spelling))):
                costs.append(slip_cost(word, spelling))
    return min(costs, default=None)


@lru_cache(maxsize=4096)
def _generic_slip(word: str) -> tuple[str, float] | None:
    """Return the generic word that `word` is a slip for, with its cost: "holdnigs" -> ("hldg", 0.5)."""
    if len(word) < 4:
        return None
    most = most_edits(len(word)) + 1  # of a plural
    alike = process.extract(word, _GENERIC_SPELLINGS, scorer=OSA.distance, score_cutoff=most, limit=None, processor=None)
    costs = {short: cost for spelling, _, _ in alike if (cost := slip_between(word, short := short_word(spelling))) is not None}
    return min(costs.items(), key=lambda slip: slip[1]) if costs else None


def letters_of(word: str) -> int:
    """Return which letters a word has, a bit each; digits and letters of other alphabets share bits with them."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) & 31)
    return bits


def core_words(short_words: Sequence[str]) -> list[str]:
    """Return the telling words of a name: all but the generic ones, unless it has no others."""
    return [word for word in short_words if word not in GENERIC_WORDS] or list(short_words)


def _int32(numbers: array[int]) -> npt.NDArray[np.int32]:
    return np.frombuffer(numbers, dtype=np.int32) if numbers else np.zeros(0, dtype=np.int32)
