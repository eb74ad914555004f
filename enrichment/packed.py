"""Columns of half a million rows in little memory: texts end to end, hashes sorted for look-up. An object a row would cost ten times as much."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable

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


class HashIndex:
    """Numbers by a hash of theirs; different keys may share a hash, so the finder compares again."""

    def __init__(self, hashes: Iterable[int]) -> None:
        keys = np.asarray(hashes, dtype=np.int64)
        order = np.argsort(keys, kind="stable").astype(np.uint32)
        self._keys = array("q", keys[order].tobytes())
        self._numbers = array("I", order.tobytes())

    def find(self, key: int) -> list[int]:
        """Return the numbers of a hash, ascending."""
        keys = self._keys
        at = bisect_left(keys, key)
        found = []
        while at < len(keys) and keys[at] == key:
            found.append(self._numbers[at])
            at += 1
        return found


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
