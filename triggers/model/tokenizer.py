"""Parts a text into the words the entity model was trained on, and gives the four features it knows of each.

The rules are spaCy's for English, as the tables beside the weights have them, and the words are the same as its tokenizer's; that
library takes two seconds to load, which is more than it takes to read two hundred documents.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

_UINT64 = (1 << 64) - 1
_LONG_WORD = 100  # letters; longer ones have no shape of their own


@dataclass(frozen=True, slots=True)
class Token:
    """A word at its place in the text; `norm` is None where it follows from the word."""

    text: str
    start: int
    norm: str | None = None


class Tokenizer:
    """spaCy's tokenizer, from its tables: `prefix`, `suffix`, `infix`, `url` (expressions), `specials`, `norms` and `symbols`."""

    def __init__(self, tables: Mapping[str, Any]) -> None:
        self._prefix, self._suffix, self._infix, self._url = (re.compile(tables[name]) for name in ("prefix", "suffix", "infix", "url"))
        self._specials: Mapping[str, Sequence[tuple[str, str | None]]] = tables["specials"]
        self._norms: Mapping[str, str] = tables["norms"]
        self._symbols: Mapping[str, int] = tables["symbols"]
        # special words that the affixes would part otherwise than a blank does, by their first part: "(a.m.)" holds one
        self._parted: dict[str, list[tuple[str, ...]]] = {}
        for word in self._specials:
            if " " in word or self._prefix.search(word) or self._suffix.search(word) or self._infix.search(word):
                parts = tuple(token.text for token in self._by_blanks(word, {}))
                self._parted.setdefault(parts[0], []).append(parts)
        self.features = lru_cache(maxsize=50_000)(self._features)

    def tokens(self, text: str) -> list[Token]:
        """Return the words in order; blanks beyond one are words too."""
        tokens = self._by_blanks(text, self._specials)
        found = [
            (len(parts), -at)
            for at, token in enumerate(tokens)
            for parts in self._parted.get(token.text, ())
            if all(other.text == part for other, part in zip(tokens[at + 1 :], parts[1:], strict=False)) and at + len(parts) <= len(tokens)
        ]
        if not found:
            return tokens
        seen: set[int] = set()
        special: dict[int, int] = {}
        for size, before in sorted(found, reverse=True):  # the longest first, then the first
            at = -before
            if at not in seen and at + size - 1 not in seen:
                special[at] = size
            seen.update(range(at, at + size))
        out: list[Token] = []
        at = 0
        while at < len(tokens):
            size = special.get(at, 1)
            last = tokens[at + size - 1]
            word = text[tokens[at].start : last.start + len(last.text)]
            if at in special and word in self._specials:
                out += self._special(word, tokens[at].start)
            else:
                out += tokens[at : at + size]
            at += size
        return out

    def _by_blanks(self, text: str, specials: Mapping[str, Any]) -> list[Token]:
        out: list[Token] = []
        for match in re.finditer(r"(?P<blank>\s+)|\S+", text):
            start, end = match.span()
            # one blank parts words and is none
            if match["blank"] and start and text[start] == " ":
                start += 1
            if start == end:
                continue
            chunk = text[start:end]
            if chunk in specials:
                out += self._special(chunk, start)
            else:
                out += self._by_affixes(chunk, start, specials)
        return out

    def _special(self, word: str, start: int) -> list[Token]:
        out = []
        for part, norm in self._specials[word]:
            out.append(Token(part, start, norm))
            start += len(part)
        return out

    def _by_affixes(self, chunk: str, start: int, specials: Mapping[str, Any]) -> list[Token]:
        """Return what is left of a chunk when prefixes and suffixes are taken off as long as there are any, parted by infixes."""
        first, last = 0, len(chunk)
        before: list[int] = []  # where each prefix ends
        after: list[int] = []  # where each suffix starts
        while first < last:
            rest = chunk[first:last]
            if rest in specials:
                break
            prefix = self._prefix.search(rest)
            taken = len(prefix[0]) if prefix else 0
            if taken and rest[taken:] in specials:
                first += taken
                before.append(first)
                break
            suffix = self._suffix.search(rest[taken:])
            dropped = len(suffix[0]) if suffix else 0
            if dropped and rest[:-dropped] in specials:
                last -= dropped
                after.append(last)
                break
            if not taken and not dropped:
                break
            if taken:
                first += taken
                before.append(first)
            if dropped and (not taken or taken + dropped <= len(rest)):
                last -= dropped
                after.append(last)
        out: list[Token] = []
        at = 0
        for end in before:
            out.append(Token(chunk[at:end], start + at))
            at = end
        middle = chunk[first:last]
        if middle in specials:
            out += self._special(middle, start + first)
        elif middle:
            out += self._by_infixes(middle, start + first)
        for begin, end in pairwise([*reversed(after), len(chunk)]):
            out.append(Token(chunk[begin:end], start + begin))
        return out

    def _by_infixes(self, word: str, start: int) -> list[Token]:
        if self._url.match(word):
            return [Token(word, start)]
        out: list[Token] = []
        at = 0
        for match in self._infix.finditer(word):
            begin, end = match.span()
            if begin == 0:
                continue
            if begin != at:
                out.append(Token(word[at:begin], start + at))
            if begin != end:
                out.append(Token(word[begin:end], start + begin))
            at = end
        if at < len(word):
            out.append(Token(word[at:], start + at))
        return out

    def _features(self, text: str, norm: str | None) -> tuple[int, int, int, int]:
        """Return the numbers of a word's norm, first letter, last three and shape."""
        if norm is None:
            norm = self._norms.get(text, text.lower())
        return self._number(norm), self._number(text[0]), self._number(text[-3:]), self._number(shape(text))

    def _number(self, text: str) -> int:
        """Return the number a string has in spaCy's store: a symbol's own, else its hash."""
        known = self._symbols.get(text)
        return murmur64(text.encode()) if known is None else known


def shape(word: str) -> str:
    """Return the word with X for capitals, x for small letters and d for digits, none more than four times in a row."""
    if len(word) >= _LONG_WORD:
        return "LONG"
    out: list[str] = []
    for letter in word:
        sign = ("X" if letter.isupper() else "x") if letter.isalpha() else "d" if letter.isdigit() else letter
        if out[-4:] != [sign] * 4:
            out.append(sign)
    return "".join(out)


def murmur64(data: bytes, seed: int = 1) -> int:
    """Return MurmurHash64A of the bytes (Austin Appleby, public domain), by which spaCy numbers strings."""
    factor = 0xC6A4A7935BD1E995
    out = seed ^ (len(data) * factor & _UINT64)
    whole = len(data) & ~7
    for at in range(0, whole, 8):
        part = int.from_bytes(data[at : at + 8], "little") * factor & _UINT64
        out = (out ^ ((part ^ part >> 47) * factor & _UINT64)) * factor & _UINT64
    if len(data) > whole:
        out = (out ^ int.from_bytes(data[whole:], "little")) * factor & _UINT64
    out = (out ^ out >> 47) * factor & _UINT64
    return out ^ out >> 47
