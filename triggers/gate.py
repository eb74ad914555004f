"""Decides which sentences are read, and for which kinds: a scan for words first, expressions only where their words stand.

Two questions, the cheap one first. Does a phrase of the kind stand in the sentence? One automaton over the words that the phrases
cannot match without goes over it, and only the phrases whose words are there are tried. Can a pattern match? The same for the words
that the patterns cannot do without, those of an entity's place included: an office is found only where a word of offices stands. A
sentence that passes both is masked and read; no event is lost by it (tests/test_gate.py holds it against reading everything).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import ahocorasick
import re2

from triggers.kind import Kind
from triggers.literals import EDGE, WORD_LETTERS, Clauses, Words, either, required, sharpness
from triggers.people import PLURAL_OFFICE
from triggers.structure import HEADLINE, LEAD, SILENT, Sentence
from triggers.titles import TITLE_HINT
from triggers.view import DATE, MONEY, NUMBER, PERCENT, PRIVATE, SORTS, pattern_source

FRONT = frozenset({HEADLINE, LEAD})


@cache
def _marks() -> Mapping[str, Clauses]:
    """Return the words without which there is no entity of a sort; people, companies and places may be any words."""
    made_by = {"title": (TITLE_HINT, PLURAL_OFFICE), "money": (MONEY,), "percent": (PERCENT,), "number": (NUMBER,), "date": (DATE,)}
    marks: dict[str, Clauses] = dict.fromkeys(SORTS.values(), ())
    for sort, expressions in made_by.items():
        words = either(required(e.pattern, e.flags) for e in expressions)
        marks[SORTS[sort]] = (words,) if words else ()
    return marks


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


class Phrase:
    """A phrase of a kind file: an RE2 expression, case ignored."""

    def __init__(self, expression: str) -> None:
        self.expression = expression
        self._compiled: re2.Set | None = None

    def stands_in(self, encoded: bytes) -> bool:
        """Return True where the phrase matches somewhere in the text."""
        if self._compiled is None:
            options = re2.Options()
            options.case_sensitive = False
            options.max_mem = 64 << 20  # bounded gaps make large automata; below this RE2 falls back to a slow walk
            self._compiled = re2.Set.SearchSet(options)  # a set of one: the only entry that gives a bare yes or no
            self._compiled.Add(self.expression)
            self._compiled.Compile()
        return bool(self._compiled.Match(encoded))


class Gate:
    """The gate of some kinds; `cues` are the worded patterns of a kind's code, by kind and by where they are tried (see Kind.where)."""

    def __init__(self, kinds: Sequence[Kind], cues: Mapping[str, Mapping[str, Sequence[re.Pattern[str]]]]) -> None:
        self._kinds = {kind.name: kind for kind in kinds}
        self._cues = cues
        self._owners: list[tuple[str, bool, Phrase]] = [
            (kind.name, second, Phrase(phrase))
            for kind in kinds
            for second, phrases in ((False, kind.phrases), (True, kind.also))
            for phrase in phrases
        ]
        self._phrases = Scan([required(phrase.expression, re.IGNORECASE) for _, _, phrase in self._owners])
        self._worded: dict[tuple[str, bool], Scan] = {}

    def phrased(self, sentences: Sequence[Sentence], folded: str) -> dict[int, list[str]]:
        """Return the kinds whose phrases stand in each sentence, by the sentence's index; `folded` is the whole text, as `fold` gives it."""
        out: dict[int, list[str]] = {}
        for index, sentence in enumerate(sentences):
            if sentence.zone in SILENT:
                continue
            possible = self._phrases.possible(folded[sentence.start : sentence.end])
            if possible:
                names = self._confirmed(possible, sentence.text.encode("utf-8", "replace"))
                if names:
                    out[index] = names
        return out

    def _confirmed(self, possible: Iterable[int], encoded: bytes) -> list[str]:
        first: dict[str, None] = {}
        second: set[str] = set()
        for number in possible:
            name, also, phrase = self._owners[number]
            if name in (second if also else first):
                continue
            if also and name not in first:
                continue  # phrases come before the second gate
            if phrase.stands_in(encoded):
                if also:
                    second.add(name)
                else:
                    first[name] = None
        return [name for name in first if name in second or not self._kinds[name].also]

    def worded(self, name: str, folded: str, *, front: bool) -> bool:
        """Return False where no pattern of the kind can match the sentence; `front` says that it may be headline or lead."""
        key = (name, front)
        if key not in self._worded:
            self._worded[key] = Scan(self._needs_of(self._kinds[name], front))
        return bool(self._worded[key].possible(PRIVATE.sub(" ", folded)))

    def _needs_of(self, kind: Kind, front: bool) -> list[Clauses]:
        """Return what each pattern of a kind needs, of those that may tell of it there."""
        marks = _marks()
        needs = [
            required(pattern_source(p.match), re.IGNORECASE, marks) for p in kind.patterns if front or (p.where or kind.where) == "anywhere"
        ]
        for where, expressions in self._cues.get(kind.name, {}).items():
            if front or where == "anywhere":
                needs += [required(e.pattern, e.flags, marks) for e in expressions]
        return needs
