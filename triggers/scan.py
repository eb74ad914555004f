"""Finds in one pass over a text which of many expressions may match it, by the words that they cannot match without."""

from __future__ import annotations

import re
from collections.abc import Sequence
from string import ascii_lowercase

import ahocorasick

from triggers.literals import EDGE, WORD_LETTERS, Clauses, Words, fold, required, sharpness


class Scan:
    """Expressions by the words they need: `possible(text)` gives the numbers of those that may match."""

    def __init__(self, needs: Sequence[Clauses]) -> None:
        bits: dict[Words, int] = {}
        self._needs = [sum({bits.setdefault(words, 1 << len(bits)) for words in _telling(clauses)}) for clauses in needs]
        self._free = [number for number, clauses in enumerate(needs) if not clauses]
        # an expression is thought of where the rarest of its words stand, and kept where the rest do too: (sets it is of, expressions) of a
        # word, each as a number with a bit for each
        thought_of: dict[str, tuple[int, int]] = {}
        for words, bit in bits.items():
            for word in words:
                value, numbers = thought_of.get(word, (0, 0))
                thought_of[word] = value | bit, numbers
        for number, clauses in enumerate(needs):
            for word in max(clauses, key=sharpness, default=()):
                value, numbers = thought_of[word]
                thought_of[word] = value, numbers | 1 << number
        # by its letters: (their number, no word letter before, none after, sets it is of, expressions it makes think of)
        entries: dict[str, list[tuple[int, bool, bool, int, int]]] = {}
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
        hits = numbers = 0
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
        if not numbers:
            return list(self._free)
        needs = self._needs
        told = []
        while numbers:
            number = (numbers & -numbers).bit_length() - 1
            numbers &= numbers - 1
            if needs[number] & hits == needs[number]:
                told.append(number)
        return sorted(told + self._free) if self._free else told


def _telling(clauses: Clauses) -> Clauses:
    """Return the sets of words that tell something; those of which any sentence has one cost more to look for than they spare."""
    sharpest = max(clauses, key=sharpness, default=None)
    return tuple(words for words in clauses if words is sharpest or not any(word.strip(EDGE + " ") in _EVERYWHERE for word in words))


# words of nearly every sentence, and single letters, of which "$5m" makes some
_EVERYWHERE = frozenset(
    ["", *ascii_lowercase, "the", "to", "of", "in", "for", "its", "and", "on", "as", "at", "by", "is", "new", "with", "will"]
)


class Sieve:
    """Compiled expressions that are all looked for in the same sentences."""

    def __init__(self, *expressions: re.Pattern[str]) -> None:
        self._expressions = expressions
        self._scan = Scan([required(e.pattern, e.flags) for e in expressions])

    def apt(self, text: str) -> set[re.Pattern[str]]:
        """Return those of the expressions that may match somewhere in the text."""
        return {self._expressions[number] for number in self._scan.possible(fold(text))}
