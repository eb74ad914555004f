"""Finds the known words that a mistyped one may mean, by what is left when letters are deleted.

Two words at most two edits apart (a letter more, less, another, or two swapped) share a remainder after at most two deletions
from each, so looking up the remainders of the mistyped word finds every such word: the symmetric-delete method of W. Garbe.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import combinations, pairwise

import numpy as np
from rapidfuzz.distance import OSA

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
        keys, places = array("I"), array("I")
        for place, word in enumerate(words):
            for rest in _remainders(word, most_edits(len(word))):
                keys.append(hash(rest) & 0xFFFFFFFF)
                places.append(place)
        sorted_keys = np.frombuffer(keys, dtype=np.uint32) if keys else np.zeros(0, dtype=np.uint32)
        order = np.argsort(sorted_keys, kind="stable")
        self._keys = sorted_keys[order]
        self._places = np.frombuffer(places, dtype=np.uint32)[order] if places else np.zeros(0, dtype=np.uint32)

    def near(self, word: str) -> set[int]:
        """Return the numbers of the words that `word` may be a slip for, itself left out."""
        most = most_edits(len(word))
        hashes = np.array([hash(rest) & 0xFFFFFFFF for rest in _remainders(word, most)], dtype=np.uint32)
        lows = np.searchsorted(self._keys, hashes, side="left")
        highs = np.searchsorted(self._keys, hashes, side="right")
        hits = np.flatnonzero(lows < highs)
        places: set[int] = set()
        for low, high in zip(lows[hits].tolist(), highs[hits].tolist(), strict=True):
            places.update(self._places[low:high].tolist())
        words = self._words
        return {
            self._numbers[place]
            for place in places
            if 0 < OSA.distance(word, words[place], score_cutoff=most) <= min(most, most_edits(len(words[place])))
        }


def most_edits(letters: int) -> int:
    """How many slips are looked for in a word: none in two letters, one in up to five, two in longer ones."""
    return 0 if letters < 3 else 1 if letters < 6 else 2


def _remainders(word: str, most: int) -> set[str]:
    """Return the word and what is left when up to `most` letters are deleted; of a very long word only one is."""
    if len(word) > 20:
        most = min(most, 1)
    rests = {word}
    if most >= 1:
        rests.update([word[:at] + word[at + 1 :] for at in range(len(word))])
    if most >= 2:
        rests.update([word[:i] + word[i + 1 : j] + word[j + 1 :] for i, j in combinations(range(len(word)), 2)])
    return rests


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
