"""Columns of half a million rows in little memory: texts end to end, hashes sorted for look-up. An object a row would cost ten times as much."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


class Texts:
    """Texts that are added and read by number, kept end to end as UTF-8."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("I", [0])  # four gigabytes of text at most

    def append(self, text: str) -> None:
        """Add a text; its number is the count of those before it."""
        self._bytes += text.encode("utf-8", "surrogatepass")
        self._ends.append(len(self._bytes))

    def __getitem__(self, number: int) -> str:
        return self._bytes[self._ends[number] : self._ends[number + 1]].decode("utf-8", "surrogatepass")

    def __len__(self) -> int:
        return len(self._ends) - 1


MASK = (1 << 64) - 1


class HashIndex:
    """Numbers by a hash of 64 bits; different keys may share a hash, so the finder compares again."""

    def __init__(self, hashes: npt.NDArray[np.uint64], numbers: npt.NDArray[np.uint32] | None = None) -> None:
        """Each hash has the number of its place, unless `numbers` says others."""
        order = np.argsort(hashes, kind="stable")
        self._keys = array("Q", hashes[order].tobytes())
        self._numbers = array("I", (order.astype(np.uint32) if numbers is None else numbers[order]).tobytes())

    def find(self, key: int) -> Sequence[int]:
        """Return the numbers of a hash, ascending."""
        keys = self._keys
        at = bisect_left(keys, key)
        if at == len(keys) or keys[at] != key:
            return ()
        return self._numbers[at : bisect_right(keys, key, at)]


def scattered(count: int) -> npt.NDArray[np.uint64]:
    """Return as many numbers of 64 bits, the same each time, whose sums are unlikely to be equal (splitmix64, S. Vigna)."""
    mixed = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)), dtype=np.uint64)


class Postings:
    """For each token the sorted numbers of the names that hold it."""

    def __init__(self, tokens: npt.NDArray[np.int32], starts: npt.NDArray[np.int64], vocabulary: int) -> None:
        """`tokens` of all names end to end; `starts` has where each name begins, and the end."""
        names = np.repeat(np.arange(len(starts) - 1, dtype=np.int32), np.diff(starts))
        order = np.argsort(tokens, kind="stable")  # stable: numbers of names stay ascending within a token
        self._names = names[order]
        self._ends = np.concatenate(([0], np.cumsum(np.bincount(tokens, minlength=vocabulary)))).tolist()

    def __getitem__(self, token: int) -> npt.NDArray[np.int32]:
        return self._names[self._ends[token] : self._ends[token + 1]] if token + 1 < len(self._ends) else self._names[:0]

    def count(self, token: int) -> int:
        """Return how many names hold a token (twice if it stands there twice)."""
        return int(self._ends[token + 1] - self._ends[token]) if token + 1 < len(self._ends) else 0
