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
from functools import cache, cached_property

import re2

from triggers.expression import Expression
from triggers.judge import TOLD_ANYWHERE
from triggers.kind import Kind
from triggers.literals import Clauses, either, exactly, required
from triggers.outline import outlines
from triggers.people import PLURAL_OFFICE
from triggers.scan import MAX_AUTOMATON_BYTES, Scan
from triggers.structure import BODY, HEADLINE, LEAD, QUOTE, SILENT, Sentence
from triggers.titles import TITLE_HINT
from triggers.view import DATE, MONEY, NUMBER, PERCENT, PRIVATE, SORTS, pattern_gist

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
            options.max_mem = MAX_AUTOMATON_BYTES  # bounded gaps make large automata; with less RE2 falls back to a slow walk
            self._compiled = re2.Set.SearchSet(options)  # a set of one: the only entry that gives a bare yes or no
            self._compiled.Add(self.expression)
            self._compiled.Compile()
        return bool(self._compiled.Match(encoded))


class _Worded:
    """A pattern as the gate knows it: whether it is tried beyond headline and lead, and its outlines, made when first asked for."""

    def __init__(self, name: str, pattern: str, flags: int, anywhere: bool) -> None:
        self.name, self.pattern, self.flags, self.anywhere = name, pattern, flags, anywhere

    @cached_property
    def outlines(self) -> list[Phrase]:
        return [Phrase(outline, case_ignored=False) for outline in outlines(self.pattern, self.flags, _marks())]


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
        self._needs = [required(phrase.expression, re.IGNORECASE) for _, _, phrase in self._owners]
        self._scans: dict[frozenset[str], tuple[list[int], Scan]] = {}
        everywhere = self._kinds.keys() & TOLD_ANYWHERE
        anywhere = {k.name for k in kinds if k.where == "anywhere" or any(p.where == "anywhere" for p in k.patterns)}
        self._all, self._everywhere, self._anywhere = frozenset(self._kinds), frozenset(everywhere), frozenset(everywhere | anywhere)
        # phrases that are no more than words: what the scan says of them is all there is to say
        self._certain = [exactly(phrase.expression, re.IGNORECASE) is not None for _, _, phrase in self._owners]
        self._worded: dict[str, tuple[list[_Worded], Scan]] = {}

    def tells(self, name: str, text: str) -> bool:
        """Return True where a phrase of the kind stands in the text."""
        encoded = text.encode("utf-8", "replace")
        return any(phrase.stands_in(encoded) for owner, second, phrase in self._owners if owner == name and not second)

    def phrased(self, sentences: Sequence[Sentence], folded: str, *, filing: bool) -> dict[int, list[str]]:
        """Return the kinds whose phrases stand in each sentence and may be its news, by the sentence's index.

        In a release, most kinds stand in headline and lead or are not its news; what one with a headline tells of a kind only further down,
        by the way, is hardly its news. `folded` is the whole text, as `fold` gives it.
        """
        headed = not filing and bool(sentences) and sentences[0].zone == HEADLINE
        opening = {0, *[i for i, s in enumerate(sentences[:12]) if s.zone in {LEAD, BODY, QUOTE}][:2]}
        news: list[frozenset[str]] = []  # what the headline speaks of, each looked for on its own further down
        out: dict[int, list[str]] = {}
        for index, sentence in enumerate(sentences):
            if sentence.zone in SILENT:
                continue
            front = filing or sentence.zone in FRONT
            if headed and index not in opening:
                groups = [self._everywhere, *(kind for kind in news if front or kind <= self._anywhere)]
            else:
                groups = [self._all if front else self._anywhere]
            names = self._standing(groups, sentence, folded)
            if headed and index == 0:
                news = [frozenset([name]) for name in names if name not in self._everywhere]
            elif headed:
                names = [n for n in names if n in self._everywhere or not self._kinds[n].headed or frozenset([n]) in news]
            if names:
                out[index] = names
        return out

    def _standing(self, groups: Iterable[frozenset[str]], sentence: Sentence, folded: str) -> list[str]:
        """Return the kinds of these groups whose phrases stand in the sentence, in the order of the kinds."""
        encoded = folded[sentence.start : sentence.end].encode("utf-8", "replace")
        possible: list[int] = []
        for group in groups:
            numbers, scan = self._scan(group)
            possible += [numbers[n] for n in scan.possible_in(encoded)]
        return self._confirmed(sorted(possible), sentence.text) if possible else []

    def _scan(self, group: frozenset[str]) -> tuple[list[int], Scan]:
        """Return the scan for the phrases of some kinds, and their numbers; what it walks through is small where the kinds are few."""
        if group not in self._scans:
            numbers = [number for number, (name, _, _) in enumerate(self._owners) if name in group]
            self._scans[group] = numbers, Scan([self._needs[number] for number in numbers])
        return self._scans[group]

    def _confirmed(self, possible: Iterable[int], text: str) -> list[str]:
        encoded = text.encode("utf-8", "replace")
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
        if name not in self._worded:
            wordings = self._wordings(self._kinds[name])
            self._worded[name] = wordings, Scan([required(w.pattern, w.flags, _marks()) for w in wordings])
        wordings, scan = self._worded[name]
        folded = PRIVATE.sub(" ", folded)
        encoded = folded.encode("utf-8", "replace")
        possible = [wordings[number] for number in scan.possible_in(encoded)]
        return frozenset(w.name for w in possible if (front or w.anywhere) and all(outline.stands_in(encoded) for outline in w.outlines))

    def _wordings(self, kind: Kind) -> list[_Worded]:
        """Return the patterns of the kind, those of its code too."""
        told: list[tuple[str, str, int, str]] = [
            (p.match, pattern_gist(p.match), int(re.IGNORECASE), p.where or kind.where) for p in kind.patterns
        ]
        told += [(e.pattern, e.pattern, e.flags, where) for where, cues in self._cues.get(kind.name, {}).items() for e in cues]
        anywhere = {name for name, _, _, where in told if where == "anywhere"}
        return list({name: _Worded(name, pattern, flags, name in anywhere) for name, pattern, flags, _ in told}.values())
