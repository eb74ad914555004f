"""Finds the trigger events of a document: gate by phrase, mask the entities, match, judge, and merge what is one event.

The gate (one RE2 set over the phrases of all kinds) decides which sentences are looked at; entities are sought in those, the
headline and the lead alone, so that a document without a cue costs a scan. It goes by sentence and never by position: events
stand in last paragraphs and in exhibits.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from store.records import Document, TriggerEvent
from triggers.copies import retold
from triggers.dates import document_date
from triggers.entities import EntityFinder, load_entities
from triggers.examples import example_document, faults
from triggers.expression import Expression
from triggers.forms import read_form, states_events
from triggers.gate import FRONT, Gate
from triggers.judge import Candidate, found_by, judge
from triggers.kind import Kind, Pattern, unmark
from triggers.legal import one_deal
from triggers.literals import fold
from triggers.merge import merge, told_better
from triggers.noise import noise_of
from triggers.parties import Parties
from triggers.people import FIRM_WORD, mend
from triggers.reading import Found, Reading, Wordings
from triggers.sentences import split_sentences
from triggers.structure import HEADLINE, SILENT, Sentence, flat_text, read_sentences, title_length
from triggers.view import LABELS, Entity, View, apart, make_view, pattern_source

log = logging.getLogger(__name__)

# What a document of any size may cost: a sentence that may tell of something is some hundred times as dear as others, and what is told is
# compared in pairs. The largest filing met (650,000 characters, exhibits and tables) has 38,000 of the one, and 13 was the most of the other.
MAX_READ_CHARS = 200_000  # of sentences that a pattern may match, from the first on
MAX_TOLD = 300  # wordings of one kind; a document with more is a list of appointments or deals, of which the first are read


@dataclass(frozen=True, slots=True)
class _Wording:
    """The expressions of a kind: patterns, each with what must not stand beside it, and what silences sentence or document."""

    patterns: Sequence[tuple[Pattern, Expression, Expression | None]]
    never: Sequence[Expression]
    never_document: Sequence[Expression]


class Extractor:
    """Reads documents for events of the given kinds; pure, and safe to use again and again."""

    def __init__(self, kinds: Sequence[Kind], *, entities: EntityFinder | None = None, gate: bool = True) -> None:
        """Take the kinds to look for; `gate=False` reads every sentence for every kind, which finds the same at many times the cost."""
        self.entities = entities or load_entities("rules")
        self._rules = EntityFinder()
        self.kinds = {kind.name: kind for kind in kinds}
        self._gated = gate
        self._code = {kind.name: _code_of(kind.name, "find") for kind in kinds}
        self._gate = Gate(
            kinds, {name: _code_of(name, "CUES") or {"anywhere": [Expression("")]} for name, code in self._code.items() if code}
        )
        self._wordings: dict[str, _Wording] = {}
        self._settle = {kind.name: _code_of(kind.name, "settle") for kind in kinds}

    def extract(self, document: Document) -> list[TriggerEvent]:
        """Return the events of the document in text order; `full_text[start:end] == quote` for each."""
        text = document.full_text
        if not text.strip():
            return []
        if states_events(document):
            return read_form(document, self.kinds)
        title_end = title_length(text, document.title)
        flat = flat_text(text, document.title)
        spans = split_sentences(flat, title_end)
        sentences = read_sentences(flat, title_end, document.form, spans=spans)
        filing = (document.form or "").startswith("8-K")
        folded = fold(flat)
        phrased = self._gate.phrased(sentences, folded, filing=filing)
        noise = noise_of(sentences, document) if phrased else None
        if noise:
            phrased = {index: kept for index, names in phrased.items() if (kept := [n for n in names if n in noise.spares])}
        cues = self._worded(phrased, sentences, folded, filing=filing)
        end = _read_up_to(cues, sentences)
        if end < len(sentences):
            log.warning("read up to sentence %s of %s, the rest is too long id=%s", end, len(sentences), document.id)
        phrased = {index: names for index, names in phrased.items() if index < end}
        cues = {index: wordings for index, wordings in cues.items() if index < end}
        tried: Mapping[int, Mapping[str, Wordings | None]] = cues if self._gated else self._everything(sentences)
        if not tried:
            return []
        reading = self._open(document, flat, spans, sentences, cues, tried)
        candidates: list[Candidate] = []
        told = Counter[str]()
        for index, names in tried.items():
            reading.index = index
            view = reading.view_of(index)
            for name, wordings in names.items():
                if told[name] >= MAX_TOLD:
                    continue
                reading.wordings = wordings
                found_here = list(self._find(name, view, reading))
                if (
                    not found_here
                    or name not in phrased.get(index, ())
                    or any(n.search(view.masked) or n.search(view.sentence.text) for n in self._wording(name).never)
                    or any(n.search(s.text) for n in self._wording(name).never_document for s in sentences[:3])
                ):
                    continue
                told[name] += len(found_here)
                for found in found_here:
                    candidate = judge(self.kinds[name], found, view, reading)
                    if candidate:
                        candidates.append(candidate)
        events: list[TriggerEvent] = []
        for name in dict.fromkeys(c.kind for c in candidates):
            merged = list(merge(self.kinds[name], [c for c in candidates if c.kind == name], reading, partial(self._gate.tells, name)))
            settle = self._settle[name]
            events += settle(merged) if settle else merged
        events = [e for e in events if not told_better(e, events, self.kinds)]
        if reading.filing:
            events = one_deal(events)
        return sorted(events, key=lambda e: (e.start, e.kind))

    def retell(self, copy: Document, original: Document, events: Sequence[TriggerEvent]) -> list[TriggerEvent] | None:
        """Return the events of `original` as its copy tells them; None where the copy says more and must be read for itself."""
        if copy.form is not None or original.form is not None or not copy.text.strip():
            return None
        flat, sentences = _sentences_of(copy)
        cued = self._gate.phrased(sentences, fold(flat), filing=False)
        if not cued:
            return []
        main_facts = {name: kind.main_facts for name, kind in self.kinds.items()}
        return retold(copy, sentences, cued, original=_sentences_of(original)[1], events=events, main_facts=main_facts)

    def _worded(
        self, phrased: Mapping[int, list[str]], sentences: Sequence[Sentence], folded: str, *, filing: bool
    ) -> dict[int, dict[str, Wordings]]:
        """Return of the kinds whose phrases stand in each sentence those of which patterns may match it, and which patterns."""
        told = sum(s.zone not in SILENT for s in sentences)
        out = {}
        for index, names in phrased.items():
            sentence = sentences[index]
            front = sentence.zone in FRONT or told == 1 or len(sentences) <= 2
            words = folded[sentence.start : sentence.end]
            kept = {
                name: wordings
                for name in names
                if (wordings := self._gate.worded(name, words, front=front or (filing and sentence.item in self.kinds[name].items)))
            }
            if kept:
                out[index] = kept
        return out

    def _everything(self, sentences: Sequence[Sentence]) -> dict[int, dict[str, Wordings | None]]:
        return {index: dict.fromkeys(self.kinds) for index, sentence in enumerate(sentences) if sentence.zone not in SILENT}

    def _wording(self, name: str) -> _Wording:
        """Return the expressions of a kind."""
        if name not in self._wordings:
            kind = self.kinds[name]
            self._wordings[name] = _Wording(
                [
                    (
                        p,
                        Expression(pattern_source(_LEADING_SUBJECT.sub(r"\\b", p.match)), re.I),
                        Expression(p.unless, re.I) if p.unless else None,
                    )
                    for p in kind.patterns
                ],
                [Expression(n, re.IGNORECASE) for n in kind.never],
                [Expression(n, re.IGNORECASE) for n in kind.never_document],
            )
        return self._wordings[name]

    def _open(
        self,
        document: Document,
        flat: str,
        cut: Sequence[tuple[int, int]],
        sentences: list[Sentence],
        cues: Iterable[int],
        tried: Mapping[int, Mapping[str, Wordings | None]],
    ) -> Reading:
        """Return the reading of a document; its names are learned from headline, lead and cue sentences, and sought elsewhere by need."""
        # each sentence is read by rules when it is looked at; the model is asked only where they found nobody (see _second_opinion)
        spans = [(sentences[i].start, sentences[i].end) for i in cues]
        title_end = title_length(document.full_text, document.title)
        names = self._rules.view(flat, title_end=title_end, spans=spans, issuer=document.company, around=0, sentences=cut)
        leading = [i for i, s in enumerate(sentences[:6]) if s.zone in FRONT]
        parties = Parties(flat, sentences, document.company, names, lambda: [e for i in leading for e in named_in(i)])
        named: dict[int, list[Entity]] = {}
        views: dict[int, View] = {}

        def named_in(index: int) -> list[Entity]:
            if index not in named:
                sentence = sentences[index]
                found = [
                    Entity(LABELS[label], start, end, flat[start:end], how == "generic")
                    for start, end, label, how in names.mentions(sentence.start, sentence.end)
                ]
                mended = mend(sentence, found)
                if "executive_change" in tried.get(index, ()) and not any(e.sort == "person" for e in mended):
                    mended = self._second_opinion(sentence, mended, alone=len(sentences) < 3)
                named[index] = apart(sentence, mended)
            return named[index]

        def view_of(index: int) -> View:
            if index not in views:
                views[index] = make_view(sentences[index], named_in(index))
            return views[index]

        base = document_date(document.published, sentences)
        return Reading(document, sentences, parties, base, (document.form or "").startswith("8-K"), view_of)

    def _second_opinion(self, sentence: Sentence, found: list[Entity], *, alone: bool) -> list[Entity]:
        """Return the entities with the people that the model sees where rules saw none, but an office or a headline asks for one."""
        if not any(e.sort == "title" for e in found) and sentence.zone != HEADLINE and not alone:
            return found
        if not self.entities.has_model:
            return found
        (spans,) = self.entities.spans_of([(sentence.text, False)])
        people = [
            Entity("person", sentence.start + start, sentence.start + end, sentence.text[start:end])
            for start, end, label, _ in spans
            if label == "PERSON" and " " in sentence.text[start:end] and not FIRM_WORD.search(sentence.text[start:end])
        ]
        kept = [e for e in found if e.sort == "title" or all(e.end <= p.start or p.end <= e.start for p in people)]
        people = [p for p in people if all(e.end <= p.start or p.end <= e.start for e in kept)]
        return mend(sentence, kept + people) if people else found

    def _find(self, name: str, view: View, reading: Reading) -> Iterable[Found]:
        code = self._code[name]
        if code is not None:
            yield from code(view, reading)
        for pattern, expression, unless in self._wording(name).patterns:
            if reading.wordings is not None and pattern.match not in reading.wordings:
                continue
            for match in expression.finditer(view.masked):
                if unless and unless.search(view.masked):
                    break
                found = found_by(pattern, match, view, self.kinds[name])
                if found is not None:
                    yield found

    def check_examples(self, kind: Kind) -> list[str]:
        """Return what is wrong with the examples of a kind, in words; [] when all hold."""
        return [
            f"{kind.name}: {fault} in example “{unmark(example.text).text}” ({example.guards})"
            for example in kind.examples
            for fault in faults(
                example, [e for e in self.extract(example_document(example)) if e.kind == kind.name and e.confidence >= 0.5]
            )
        ]


def _read_up_to(cues: Iterable[int], sentences: Sequence[Sentence]) -> int:
    """Return the index of the first sentence that is not read any more, where those before it make up MAX_READ_CHARS."""
    size = 0
    for index in cues:
        size += sentences[index].end - sentences[index].start
        if size > MAX_READ_CHARS:
            return index
    return len(sentences)


def _sentences_of(document: Document) -> tuple[str, list[Sentence]]:
    """Return a document's text flattened and its sentences."""
    text = document.full_text
    flat = flat_text(text, document.title)
    return flat, read_sentences(flat, title_length(text, document.title), document.form)


def _code_of(name: str, what: str) -> Any:
    """Return a name of triggers/kinds/<name>.py, None where it has none or the kind is YAML alone."""
    module = f"triggers.kinds.{name}"
    if not name.isidentifier() or importlib.util.find_spec(module) is None:
        return None
    return getattr(importlib.import_module(module), what, None)


# "{subject}{gap:40}\\b{will}(?:raises|…)": the verb is sought first and the subject before it only where it stands, which is far cheaper
_LEADING_SUBJECT = re.compile(r"^\{subject\}(?:\{gap(?::\d+)?\}|[ ])?(?:\\b)?(?:\{will\})?(?=\(\?:|\\b|[a-z])")
