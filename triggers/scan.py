"""Finds in one pass over a text which of many expressions may match it, by the words that they cannot match without."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from string import ascii_lowercase

import re2

from triggers.literals import EDGE, Clauses, Words, fold, one_word, required, sharpness

# words of nearly every sentence, and single letters, of which "$5m" makes some
_EVERYWHERE = frozenset(
    ["", *ascii_lowercase, "the", "to", "of", "in", "for", "its", "and", "on", "as", "at", "by", "is", "new", "with", "will"]
)
MAX_AUTOMATON_BYTES = 64 << 20  # of an automaton, which grows as texts are read; a fuller one is begun anew


class Scan:
    """Expressions by the words they need: `possible(text)` gives the numbers of those that may match."""

    def __init__(self, needs: Sequence[Clauses]) -> None:
        bits: dict[Words, int] = {}
        self._needs = [sum({1 << bits.setdefault(words, len(bits)) for words in _telling(clauses)}) for clauses in needs]
        self._free = [number for number, clauses in enumerate(needs) if not clauses]
        # an expression is thought of where the rarest of its words stand, and kept where the rest do too: by the set of words, the
        # expressions it makes think of, as a number with a bit for each
        self._numbers = [0] * len(bits)
        for number, clauses in enumerate(needs):
            if clauses:
                self._numbers[bits[max(clauses, key=sharpness)]] |= 1 << number
        self._set = _word_sets(list(bits)) if bits else None

    def possible(self, folded: str) -> list[int]:
        """Return the numbers of the expressions all of whose words stand in `folded`, in order."""
        return self.possible_in(folded.encode("utf-8", "replace"))

    def possible_in(self, encoded: bytes) -> list[int]:
        """Return the same for a folded text in UTF-8."""
        found = self._set.Match(encoded) if self._set is not None else None
        if not found:
            return list(self._free)
        hits = numbers = 0
        for bit in found:
            hits |= 1 << bit
            numbers |= self._numbers[bit]
        needs = self._needs
        told = list(self._free)
        while numbers:
            number = (numbers & -numbers).bit_length() - 1
            numbers &= numbers - 1
            if needs[number] & hits == needs[number]:
                told.append(number)
        return sorted(told) if self._free else told


def _word_sets(sets: Sequence[Words]) -> re2.Set:
    """Return one automaton that tells of which of the sets a word stands in a text."""
    options = re2.Options()
    options.max_mem = MAX_AUTOMATON_BYTES
    options.log_errors = False
    automaton = re2.Set.SearchSet(options)
    for words in sets:
        automaton.Add(one_word(words))
    automaton.Compile()
    return automaton


def _telling(clauses: Clauses) -> Clauses:
    """Return the sets of words that tell something; those of which any sentence has one cost more to look for than they spare."""
    sharpest = max(clauses, key=sharpness, default=None)
    return tuple(words for words in clauses if words is sharpest or not any(word.strip(EDGE + " ") in _EVERYWHERE for word in words))


class Sieve:
    """Compiled expressions that are all looked for in the same sentences."""

    def __init__(self, *expressions: re.Pattern[str]) -> None:
        self._expressions = expressions

    @cached_property
    def _scan(self) -> Scan:
        return Scan([required(e.pattern, e.flags) for e in self._expressions])

    def apt(self, text: str) -> list[re.Pattern[str]]:
        """Return those of the expressions that may match somewhere in the text, in order."""
        return [self._expressions[number] for number in self._scan.possible(fold(text))]
