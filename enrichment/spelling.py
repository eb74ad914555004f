"""Finds the known words that a mistyped one may mean, by what is left when letters are deleted.

Two words at most two edits apart (a letter more, less, another, or two swapped) share a remainder after at most two deletions
from each, so looking up the remainders of the mistyped word finds every such word: the symmetric-delete method of W. Garbe.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain, combinations, pairwise

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

from enrichment.packed import packed_array

# letters that lie side by side on an English keyboard
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890")
_PAIRS = {
    one + other
    for row in _ROWS
    for one, other in pairwise(row)
} | {
    upper[at] + lower[other]
    for upper, lower in pairwise(_ROWS[:3])
    for at in range(len(upper))
    for other in (at - 1, at)
    if 0 <= other < len(lower)
}  # fmt: skip
_BESIDE = _PAIRS | {pair[::-1] for pair in _PAIRS}


class Spellings:
    """Words, each with a number, found by mistyped spellings of theirs."""

    def __init__(self, words: Sequence[str], numbers: Iterable[int], first: int | None = None) -> None:
        """Index words, with a number each; the `first` of them, all if None, can be asked for alone."""
        self._words = words
        self._numbers = array("I", numbers)
        self._first = len(words) if first is None else first
        by_length: dict[int, list[int]] = {}
        for place, word in enumerate(words):
            by_length.setdefault(len(word), []).append(place)
        rests_of = {length: _deletions(length).shape[1] for length in by_length}
        # each hash with the place of its word in the lower half, so that they are sorted where they lie
        packed = np.empty(sum(rests_of[length] * len(of_length) for length, of_length in by_length.items()), dtype=np.uint64)
        at = 0
        for length, of_length in by_length.items():
            rests = _remainders("".join([words[place] for place in of_length]), length)
            rests &= np.uint64(_MASK << 32)
            packed[at : at + rests.size] = (rests | np.array(of_length, dtype=np.uint64)[:, None]).ravel()
            at += rests.size
        packed.sort()
        self._places = packed_array("I", packed.astype(np.uint32))
        packed >>= np.uint64(32)
        # a run for each upper half of a hash: a search touches few lines of memory then, and the lower half is all there is to keep
        uppers = np.arange((1 << 16) + 1, dtype=np.uint64) << np.uint64(16)
        self._runs = packed_array("I", packed.searchsorted(uppers).astype(np.uint32))
        self._keys = packed_array("H", packed.astype(np.uint16))

    def near(self, word: str, *, only_first: bool = False) -> set[int]:
        """Return the numbers of the words that `word` may be a slip for, itself left out."""
        if not word:
            return set()
        most = most_edits(len(word))
        runs, keys, places = self._runs, self._keys, self._places
        last = self._first if only_first else len(self._words)
        found: set[int] = set()
        for rest in _remainders(word, len(word))[0].tolist():
            upper, lower = rest >> 48, rest >> 32 & 0xFFFF
            end = runs[upper + 1]
            at = bisect_left(keys, lower, runs[upper], end)
            if at < end and keys[at] == lower and places[at] < last:
                end = bisect_right(keys, lower, at, end)
                # the places of a hash ascend
                found.update(places[at : bisect_left(places, last, at, end) if only_first else end])
        numbered = list(found)
        words = list(map(self._words.__getitem__, numbered))
        alike = process.extract(word, words, scorer=OSA.distance, score_cutoff=most, limit=None, processor=None)
        return {self._numbers[numbered[at]] for other, edits, at in alike if 0 < edits <= most_edits(len(other))}


def most_edits(letters: int) -> int:
    """How many slips are looked for in a word: none in two letters, one in up to five, two in longer ones."""
    return 0 if letters < 3 else 1 if letters < 6 else 2


# a word's hash is the sum of its letters, each times the power of an odd number for its place, modulo 2^64; the upper half counts
_BASE = 0x9E3779B97F4A7C15
_MASK = (1 << 32) - 1


@cache
def _deletions(length: int) -> npt.NDArray[np.uint64]:
    """Return what each letter of a word of some length is multiplied by, a row each, and a column for each way to delete letters.

    The whole word first, then less each letter, then less each two: as many as may be slips. A deleted letter counts nothing, and
    those behind it stand one place nearer.
    """
    most = min(most_edits(length), 1) if length > 20 else most_edits(length)  # of a very long word only one
    columns = []
    for deleted in chain.from_iterable(combinations(range(length), count) for count in range(most + 1)):
        kept = [at for at in range(length) if at not in deleted]
        column = [0] * length
        for place, at in enumerate(kept):
            column[at] = pow(_BASE, place, 1 << 64)
        columns.append(column)
    return np.array(columns, dtype=np.uint64).T.copy()


def _remainders(words: str, length: int) -> npt.NDArray[np.uint64]:
    """Return hashes of words of one length, end to end: a row each, of the word and of what is left when letters are deleted."""
    letters = np.frombuffer(words.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    hashes: npt.NDArray[np.uint64] = np.matmul(letters.reshape(-1, length), _deletions(length), dtype=np.uint64)
    return hashes


def slip_cost(typed: str, meant: str) -> float:
    """Return how unlikely a slip of the fingers is: swapped or doubled letters and neighbouring keys cost half of what any other letter does.

    The first letter is seldom mistyped: a slip there costs half again as much.
    """
    # the longest common beginning and end hold no slip; what is between is aligned letter by letter
    shorter = min(len(meant), len(typed))
    start = 0
    while start < shorter and meant[start] == typed[start]:
        start += 1
    end = 0
    while end < shorter - start and meant[-1 - end] == typed[-1 - end]:
        end += 1
    cost = _aligned(meant[start : len(meant) - end], typed[start : len(typed) - end], meant[start - 1] if start else "")
    return cost * (1.5 if start == 0 else 1.0)


def _aligned(a: str, b: str, before: str) -> float:
    """Return the least cost to make `b` of `a`, both short."""
    previous_row: list[float] = [0.0]
    for j, letter in enumerate(b):
        last = b[j - 1] if j else before
        previous_row.append(previous_row[-1] + (0.5 if letter == last else 1.0))  # doubled
    rows = [previous_row]
    for i, wanted in enumerate(a, start=1):
        last_wanted = a[i - 2] if i > 1 else before
        row = [rows[-1][0] + (0.6 if wanted == last_wanted else 0.8)]  # left out
        for j, letter in enumerate(b, start=1):
            last = b[j - 2] if j > 1 else before
            best = min(
                rows[-1][j - 1] + (0.0 if wanted == letter else 0.6 if wanted + letter in _BESIDE else 1.0),
                rows[-1][j] + (0.6 if wanted == last_wanted else 0.8),
                row[j - 1] + (0.5 if letter == last else 0.9),
            )
            if i > 1 and j > 1 and wanted == b[j - 2] and a[i - 2] == letter:
                best = min(best, rows[-2][j - 2] + 0.5)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]
