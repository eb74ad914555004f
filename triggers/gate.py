"""Decides which sentences are read, and for which kinds: a scan for words first, expressions only where their words stand.

Two questions, the cheap one first. Does a phrase of the kind stand in the sentence? One automaton over the words that the phrases
cannot match without goes over it, and only the phrases whose words are there are tried. Can a pattern match? The same for the words
that the patterns cannot do without, those of an entity's place included (an office is found only where a word of offices stands), and
then for their order: what is left of the pattern where any text may be a name must match. A sentence that passes is masked and read; no
event is lost by it (tests/test_gate.py holds it against reading everything).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import re2

from triggers.expression import Expression
from triggers.kind import Kind
from triggers.literals import Clauses, either, exactly, required
from triggers.outline import outlines
from triggers.people import PLURAL_OFFICE
from triggers.scan import Scan
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


class Phrase:
    """An RE2 expression, compiled when it is first tried: a phrase of a kind file, case ignored, or the outline of a pattern."""

    def __init__(self, expression: str, *, case_ignored: bool = True) -> None:
        self.expression, self._case_ignored = expression, case_ignored
        self._compiled: re2.Set | None = None

    def stands_in(self, encoded: bytes) -> bool:
        """Return True where the phrase matches somewhere in the text."""
        if self._compiled is None:
            options = re2.Options()
            options.case_sensitive = not self._case_ignored
            options.max_mem = 64 << 20  # bounded gaps make large automata; below this RE2 falls back to a slow walk
            self._compiled = re2.Set.SearchSet(options)  # a set of one: the only entry that gives a bare yes or no
            self._compiled.Add(self.expression)
            self._compiled.Compile()
        return bool(self._compiled.Match(encoded))


class Gate:
    """The gate of some kinds; `cues` are the worded patterns of a kind's code, by kind and by where they are tried (see Kind.where)."""

    def __init__(self, kinds: Sequence[Kind], cues: Mapping[str, Mapping[str, Sequence[Expression]]]) -> None:
        self._kinds = {kind.name: kind for kind in kinds}
        self._cues = cues
        self._owners: list[tuple[str, bool, Phrase]] = [
            (kind.name, second, Phrase(phrase))
            for kind in kinds
            for second, phrases in ((False, kind.phrases), (True, kind.also))
            for phrase in phrases
        ]
        self._phrases = Scan([required(phrase.expression, re.IGNORECASE) for _, _, phrase in self._owners])
        # phrases that are no more than words: what the scan says of them is all there is to say
        self._certain = [exactly(phrase.expression, re.IGNORECASE) is not None for _, _, phrase in self._owners]
        self._worded: dict[tuple[str, bool], tuple[list[tuple[str, tuple[str, int]]], Scan]] = {}
        self._outlines: dict[tuple[str, int], Sequence[Phrase]] = {}

    def tells(self, name: str, text: str) -> bool:
        """Return True where a phrase of the kind stands in the text."""
        encoded = text.encode("utf-8", "replace")
        return any(phrase.stands_in(encoded) for owner, second, phrase in self._owners if owner == name and not second)

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
            if self._certain[number] or phrase.stands_in(encoded):
                if also:
                    second.add(name)
                else:
                    first[name] = None
        return [name for name in first if name in second or not self._kinds[name].also]

    def worded(self, name: str, folded: str, *, front: bool) -> frozenset[str]:
        """Return the patterns of the kind that may match the sentence, none where it tells nothing; `front`: it may be headline or lead.

        A pattern is named by its wording, one of the kind's code by its expression.
        """
        key = (name, front)
        if key not in self._worded:
            sources = self._wordings(self._kinds[name], front=front)
            self._worded[key] = list(sources.items()), Scan([required(*source, _marks()) for source in sources.values()])
        wordings, scan = self._worded[key]
        folded = PRIVATE.sub(" ", folded)
        possible = scan.possible(folded)
        if not possible:
            return frozenset()
        encoded = folded.encode("utf-8", "replace")
        return frozenset(
            wordings[number][0] for number in possible if all(o.stands_in(encoded) for o in self._outlines_of(wordings[number][1]))
        )

    def _outlines_of(self, source: tuple[str, int]) -> Sequence[Phrase]:
        """Return the outlines of a pattern, made when they are first asked for."""
        if source not in self._outlines:
            self._outlines[source] = [Phrase(o, case_ignored=False) for o in outlines(*source, _marks())]
        return self._outlines[source]

    def _wordings(self, kind: Kind, *, front: bool) -> dict[str, tuple[str, int]]:
        """Return expression and flags of each pattern that may tell of the kind there, by the pattern's name."""
        wordings = {
            p.match: (pattern_source(p.match), int(re.IGNORECASE)) for p in kind.patterns if front or (p.where or kind.where) == "anywhere"
        }
        for where, expressions in self._cues.get(kind.name, {}).items():
            if front or where == "anywhere":
                wordings |= {e.pattern: (e.pattern, e.flags) for e in expressions}
        return wordings
