"""Finds in one pass over a text which of many expressions may match it, by the words that they cannot match without."""

from __future__ import annotations

import re
from collections.abc import Sequence

import ahocorasick

from triggers.literals import EDGE, WORD_LETTERS, Clauses, Words, fold, required, sharpness


class Scan:
    """Expressions by the words they need: `possible(text)` gives the numbers of those that may match."""

    def __init__(self, needs: Sequence[Clauses]) -> None:
        bits: dict[Words, int] = {}
        self._needs = [sum({bits.setdefault(words, 1 << len(bits)) for words in clauses}) for clauses in needs]
        self._free = [number for number, clauses in enumerate(needs) if not clauses]
        # an expression is thought of where the rarest of its words stand, and kept where the rest do too
        thought_of: dict[str, tuple[int, frozenset[int]]] = {}
        for words, bit in bits.items():
            for word in words:
                value, numbers = thought_of.get(word, (0, frozenset()))
                thought_of[word] = value | bit, numbers
        for number, clauses in enumerate(needs):
            for word in max(clauses, key=sharpness, default=()):
                value, numbers = thought_of[word]
                thought_of[word] = value, numbers | {number}
        # by its letters: (their number, no word letter before, none after, sets it is of, expressions it makes think of)
        entries: dict[str, list[tuple[int, bool, bool, int, frozenset[int]]]] = {}
        for word, (value, numbers) in thought_of.items():
            letters = word.strip(EDGE)
            entries.setdefault(letters, []).append((len(letters), word[0] == EDGE, word[-1] == EDGE, value, numbers))
        self._automaton = ahocorasick.Automaton()
        for letters, found in entries.items():
            self._automaton.add_word(letters, found)
        if entries:
            self._automaton.make_automaton()

    def possible(self, folded: str) -> list[int]:
        """Return the numbers of the expressions all of whose words stand in `folded`, in order."""
        hits = 0
        numbers = set(self._free)
        if len(self._automaton):
            last = len(folded) - 1
            for end, found in self._automaton.iter(folded):
                for size, begins, ends, value, more in found:
                    if begins and end >= size and folded[end - size] in WORD_LETTERS:
                        continue
                    if ends and end < last and folded[end + 1] in WORD_LETTERS:
                        continue
                    hits |= value
                    numbers |= more
        needs = self._needs
        return sorted(number for number in numbers if needs[number] & hits == needs[number])


class Sieve:
    """Compiled expressions that are all looked for in the same sentences."""

    def __init__(self, *expressions: re.Pattern[str]) -> None:
        self._expressions = expressions
        self._scan = Scan([required(e.pattern, e.flags) for e in expressions])

    def apt(self, text: str) -> set[re.Pattern[str]]:
        """Return those of the expressions that may match somewhere in the text."""
        return {self._expressions[number] for number in self._scan.possible(fold(text))}
