"""Finds the known words that a mistyped one may mean, by what is left when letters are deleted.

Two words at most two edits apart (a letter more, less, another, or two swapped) share a remainder after at most two deletions
from each, so looking up the remainders of the mistyped word finds every such word: the symmetric-delete method of W. Garbe.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import accumulate, pairwise

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

from enrichment.packed import packed_array

# letters that lie side by side on an English keyboard
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890")
_BESIDE = {
    frozenset(pair)
    for upper, lower in ((row, row[1:]) for row in _ROWS)
    for pair in zip(upper, lower, strict=False)
} | {
    frozenset((upper[at], lower[other]))
    for upper, lower in pairwise(_ROWS[:3])
    for at in range(len(upper))
    for other in (at - 1, at)
    if 0 <= other < len(lower)
}  # fmt: skip


class Spellings:
    """Words, each with a number, found by mistyped spellings of theirs."""

    def __init__(self, words: Sequence[str], numbers: Iterable[int]) -> None:
        self._words = words
        self._numbers = array("I", numbers)
        by_length: dict[int, list[int]] = {}
        for place, word in enumerate(words):
            by_length.setdefault(len(word), []).append(place)
        rests_of = {length: 1 + sum(map(len, _deletions(length)[1:3])) for length in by_length}
        # each hash with the place of its word in the lower half, so that they are sorted where they lie
        packed = np.empty(sum(rests_of[length] * len(of_length) for length, of_length in by_length.items()), dtype=np.uint64)
        at = 0
        for length, of_length in by_length.items():
            letters = np.frombuffer("".join([words[place] for place in of_length]).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
            rests = _remainders(letters.reshape(-1, length))
            packed[at : at + rests.size] = (
                rests.astype(np.uint64) << np.uint64(32) | np.array(of_length, dtype=np.uint64)[:, None]
            ).ravel()
            at += rests.size
        packed.sort()
        self._places = packed_array("I", packed.astype(np.uint32))
        packed >>= np.uint64(32)
        # a run for each upper half of a hash: a search takes few steps then, and the lower half is all there is to keep
        uppers = np.arange((1 << 16) + 1, dtype=np.uint64) << np.uint64(16)
        self._runs = packed_array("I", packed.searchsorted(uppers).astype(np.uint32))
        self._keys = packed_array("H", packed.astype(np.uint16))

    def near(self, word: str) -> set[int]:
        """Return the numbers of the words that `word` may be a slip for, itself left out."""
        most = most_edits(len(word))
        runs, keys, places = self._runs, self._keys, self._places
        found: set[int] = set()
        for rest in _remainders_of(word):
            upper, lower = rest >> 16, rest & 0xFFFF
            end = runs[upper + 1]
            at = bisect_left(keys, lower, runs[upper], end)
            if at < end and keys[at] == lower:
                found.update(places[at : bisect_right(keys, lower, at, end)])
        numbered = list(found)
        alike = process.extract(
            word, [self._words[place] for place in numbered], scorer=OSA.distance, score_cutoff=most, limit=None, processor=None
        )
        return {self._numbers[numbered[at]] for other, edits, at in alike if 0 < edits <= most_edits(len(other))}


def most_edits(letters: int) -> int:
    """How many slips are looked for in a word: none in two letters, one in up to five, two in longer ones."""
    return 0 if letters < 3 else 1 if letters < 6 else 2


# a word's hash is the sum of its letters times powers of an odd number, modulo 2^64: what is left when a letter is deleted has the
# part behind it divided once by that number, which an odd number allows
_BASE = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1
_INVERSE = pow(_BASE, -1, 1 << 64)
_TWICE = _INVERSE * _INVERSE & _MASK


@cache
def _deletions(length: int) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return for words of a length the powers of the base, and the places of one deleted letter and of two."""
    most = min(most_edits(length), 1) if length > 20 else most_edits(length)  # of a very long word only one
    powers = np.array([pow(_BASE, at, 1 << 64) for at in range(length)], dtype=np.uint64)
    ones = np.arange(length if most else 0)
    firsts, seconds = np.triu_indices(length if most == 2 else 0, 1)
    return powers, ones, firsts, seconds


def _remainders(letters: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Return hashes of words of one length, a row each: of the word, and of what is left when as many letters are deleted as may be slips."""
    words, length = letters.shape
    powers, ones, firsts, seconds = _deletions(length)
    sums = np.zeros((words, length + 1), dtype=np.uint64)
    np.cumsum(letters * powers, axis=1, out=sums[:, 1:])
    whole = sums[:, -1:]
    once, twice = np.uint64(_INVERSE), np.uint64(_TWICE)
    hashes = np.concatenate(
        (
            whole,
            sums[:, ones] + (whole - sums[:, ones + 1]) * once,
            sums[:, firsts] + (sums[:, seconds] - sums[:, firsts + 1]) * once + (whole - sums[:, seconds + 1]) * twice,
        ),
        axis=1,
    )
    return np.asarray(hashes >> np.uint64(32), dtype=np.uint32)


def _remainders_of(word: str) -> list[int]:
    """Return the hashes of one word, as `_remainders` has them: for one, plain numbers are faster than arrays."""
    powers, ones, firsts, seconds = _deletions_as_lists(len(word))
    sums = [0, *accumulate([ord(letter) * power for letter, power in zip(word, powers, strict=True)])]
    whole = sums[-1]
    begun = [before - after * _INVERSE & _MASK for before, after in pairwise(sums)]
    inner = [before * _INVERSE + (whole - after) * _TWICE & _MASK for before, after in pairwise(sums)]
    hashes = [whole, *[begun[at] + whole * _INVERSE for at in ones], *[begun[i] + inner[j] for i, j in zip(firsts, seconds, strict=True)]]
    return [(each & _MASK) >> 32 for each in hashes]


@cache
def _deletions_as_lists(length: int) -> tuple[list[int], list[int], list[int], list[int]]:
    powers, ones, firsts, seconds = _deletions(length)
    return powers.tolist(), ones.tolist(), firsts.tolist(), seconds.tolist()


def slip_cost(typed: str, meant: str) -> float:
    """Return how unlikely a slip of the fingers is: swapped or doubled letters and neighbouring keys cost half of what any other letter does.

    The first letter is seldom mistyped: a slip there costs half again as much.
    """
    cost = 0.0
    a, b = meant, typed
    # the longest common beginning and end hold no slip; what is between is aligned letter by letter
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    while a and b and len(a) > start and len(b) > start and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    before = a[start - 1] if start else ""
    a, b = a[start:], b[start:]
    cost = _aligned(a, b, before)
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
                rows[-1][j - 1] + (0.0 if wanted == letter else 0.6 if frozenset((wanted, letter)) in _BESIDE else 1.0),
                rows[-1][j] + (0.6 if wanted == last_wanted else 0.8),
                row[j - 1] + (0.5 if letter == last else 0.9),
            )
            if i > 1 and j > 1 and wanted == b[j - 2] and a[i - 2] == letter:
                best = min(best, rows[-2][j - 2] + 0.5)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]
