"""Columns of half a million rows in little memory: texts end to end, hashes sorted for look-up. An object a row would cost ten times as much."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any

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


def packed_array(typecode: str, numbers: npt.NDArray[np.unsignedinteger[Any]]) -> array[int]:
    """Return the numbers as an array, of which one is read far faster than of numpy's."""
    packed: array[int] = array(typecode)
    packed.frombytes(np.ascontiguousarray(numbers).view(np.uint8).data)
    return packed


class HashIndex:
    """Rows by a hash of 64 bits; different keys may share a hash, so the finder compares again.

    The upper bits say in which of many short runs a row stands, the 32 bits below them which row of the run it is: a search takes
    few steps, and a hash four bytes.
    """

    def __init__(self, hashes: npt.NDArray[np.uint64], *columns: npt.NDArray[np.uint32]) -> None:
        """`columns` have a value for each hash; the first is what `find` returns: the places of the hashes, unless there are columns.

        `hashes` is used up.
        """
        # each hash with its place in the lowest bits, so that they are sorted where they lie
        self._places = len(hashes).bit_length()
        packed = hashes
        packed >>= np.uint64(self._places)
        packed <<= np.uint64(self._places)
        packed |= np.arange(len(hashes), dtype=np.uint32)
        packed.sort()
        order = packed.astype(np.uint32) & np.uint32((1 << self._places) - 1)
        upper = max(1, self._places - 3)  # some eight rows a run
        self._shift = 64 - upper
        self._middle = 32 - upper
        ends = np.arange(1, 1 << upper, dtype=np.uint64) << np.uint64(self._shift)
        self._runs = packed_array("I", np.concatenate(([0], packed.searchsorted(ends), [len(packed)])).astype(np.uint32))
        packed >>= np.uint64(self._places)
        if self._middle > self._places:
            packed >>= np.uint64(self._middle - self._places)
        else:
            packed <<= np.uint64(self._places - self._middle)
        self._keys = packed_array("I", packed.astype(np.uint32))
        self.columns = [packed_array("I", column[order]) for column in columns] or [packed_array("I", order)]

    def rows(self, key: int) -> tuple[int, int]:
        """Return where in the columns the rows of a hash begin and end."""
        key = key >> self._places << self._places
        run = key >> self._shift
        begin, end = self._runs[run], self._runs[run + 1]
        if begin == end:
            return 0, 0
        middle = key >> self._middle & 0xFFFFFFFF
        begin = bisect_left(self._keys, middle, begin, end)
        return begin, bisect_right(self._keys, middle, begin, end)

    def find(self, key: int) -> Sequence[int]:
        """Return the values of a hash in the first column, in the order in which they were given."""
        begin, end = self.rows(key)
        return self.columns[0][begin:end]


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
        packed = tokens.astype(np.uint64) << np.uint64(32)
        packed |= np.repeat(np.arange(len(starts) - 1, dtype=np.uint32), np.diff(starts))
        packed.sort()
        self._names = packed.astype(np.int32)  # the lower half
        self._ends = np.concatenate(([0], np.cumsum(np.bincount(tokens, minlength=vocabulary)))).tolist()

    def __getitem__(self, token: int) -> npt.NDArray[np.int32]:
        return self._names[self._ends[token] : self._ends[token + 1]] if token + 1 < len(self._ends) else self._names[:0]

    def count(self, token: int) -> int:
        """Return how many names hold a token (twice if it stands there twice)."""
        return int(self._ends[token + 1] - self._ends[token]) if token + 1 < len(self._ends) else 0
