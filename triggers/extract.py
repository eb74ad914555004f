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
from datetime import UTC, date, datetime
from typing import Any

from store.records import Document, TriggerEvent, fingerprint
from triggers.companies import bare, clean_name, is_name
from triggers.companies import same_name as _same_name
from triggers.copies import retold
from triggers.dates import document_date, happened_on
from triggers.entities import EntityFinder, load_entities
from triggers.expression import Expression
from triggers.forms import read_form, states_events
from triggers.gate import FRONT, Gate
from triggers.kind import Example, Kind, Pattern, unmark
from triggers.literals import fold
from triggers.names import places
from triggers.noise import noise_of
from triggers.parties import Parties, doer, leading_name, same_person, speaks_of
from triggers.people import FIRM_WORD, mend
from triggers.qualify import background, status_of
from triggers.reading import Found, Reading, Wordings
from triggers.sentences import split_sentences
from triggers.structure import BODY, HEADLINE, LEAD, QUOTE, SILENT, Sentence, flat_text, read_sentences, title_length
from triggers.view import ANAPHOR, LABELS, Catch, Entity, View, catches, compile_pattern, make_view

log = logging.getLogger(__name__)

# how much a sentence's place takes from the confidence of what it tells
ZONE_FACTOR = {HEADLINE: 0.97, LEAD: 1.0, BODY: 0.88, QUOTE: 0.7}
# What is left of it in a release whose headline does not tell of the event: where the headline has its words and the lead says it of
# the company, where one of the two holds, where neither does; and for kinds told anywhere, where headline and lead are silent.
NOT_IN_HEADLINE = (1.0, 0.9, 0.7)
TOLD_BELOW = 0.55
# How far the rest may rise above one half where the headline alone tells, and where it does not: of 240 events of releases that were
# read, nine in ten were right that headline and body both told, six in ten that the headline alone did, half of the others.
HEADLINE_ALONE, BODY_ALONE = 0.6, 0.5
_TOLD_ANYWHERE = frozenset({"executive_change", "relocation"})  # kinds whose wording is sure enough beyond headline and lead
# What a document of any size may cost: a sentence that may tell of something is some hundred times as dear as others, and what is told is
# compared in pairs. The largest filing met (650,000 characters, exhibits and tables) has 38,000 of the one, and 13 was the most of the other.
MAX_READ_CHARS = 200_000  # of sentences that a pattern may match, from the first on
MAX_TOLD = 300  # wordings of one kind; a document with more is a list of appointments or deals, of which the first are read
_PRONOUNS = frozenset(["it", "we", "they", "he", "she", "this", "that", "there", "who", "which"])


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An event in one sentence, judged."""

    kind: str
    sentence: Sentence
    order: int
    facts: dict[str, str | None]
    company: str | None
    status: str
    happened: date | None
    confidence: float
    named: bool  # the sentence itself names the company as the one who does it


@dataclass(frozen=True, slots=True)
class _Wording:
    """The compiled expressions of a kind: patterns, each with what must not stand beside it, and what silences sentence or document."""

    patterns: Sequence[tuple[Pattern, re.Pattern[str], re.Pattern[str] | None]]
    never: Sequence[re.Pattern[str]]
    never_document: Sequence[re.Pattern[str]]


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
        self._anywhere = {k.name for k in kinds if k.where == "anywhere" or any(p.where == "anywhere" for p in k.patterns)}
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
        phrased = self._phrased(sentences, folded, filing=filing)
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
        candidates: list[_Candidate] = []
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
                    or any(n.search(view.masked) for n in self._wording(name).never)
                    or any(n.search(s.text) for n in self._wording(name).never_document for s in sentences[:3])
                ):
                    continue
                told[name] += len(found_here)
                for found in found_here:
                    candidate = self._judge(name, found, view, reading)
                    if candidate:
                        candidates.append(candidate)
        events: list[TriggerEvent] = []
        for name in dict.fromkeys(c.kind for c in candidates):
            merged = list(self._merge(name, [c for c in candidates if c.kind == name], reading))
            settle = self._settle[name]
            events += settle(merged) if settle else merged
        events = [e for e in events if not self._told_better(e, events)]
        return sorted(events, key=lambda e: (e.start, e.kind))

    def retell(self, copy: Document, original: Document, events: Sequence[TriggerEvent]) -> list[TriggerEvent] | None:
        """Return the events of `original` as its copy tells them; None where the copy says more and must be read for itself."""
        if copy.form is not None or original.form is not None or not copy.text.strip():
            return None
        flat, sentences = _sentences_of(copy)
        cued = self._phrased(sentences, fold(flat), filing=False)
        if not cued:
            return []
        main_facts = {name: kind.main_facts for name, kind in self.kinds.items()}
        return retold(copy, sentences, cued, original=_sentences_of(original)[1], events=events, main_facts=main_facts)

    def _phrased(self, sentences: Sequence[Sentence], folded: str, *, filing: bool) -> dict[int, list[str]]:
        """Return the kinds whose phrases stand in each sentence and may be its news, by the sentence's index."""
        return self._worth_reading(self._gate.phrased(sentences, folded), sentences, filing=filing)

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
        """Return the expressions of a kind, compiled when first asked for: a document needs those of a few kinds."""
        if name not in self._wordings:
            kind = self.kinds[name]
            self._wordings[name] = _Wording(
                [
                    (p, compile_pattern(_LEADING_SUBJECT.sub(r"\\b", p.match)), re.compile(p.unless, re.I) if p.unless else None)
                    for p in kind.patterns
                ],
                [re.compile(n, re.IGNORECASE) for n in kind.never],
                [re.compile(n, re.IGNORECASE) for n in kind.never_document],
            )
        return self._wordings[name]

    def _told_better(self, event: TriggerEvent, events: Sequence[TriggerEvent]) -> bool:
        """True where the same thing is told by an event of a kind that this one's kind yields to: an office that opens is no expansion."""
        return any(
            other.kind in self.kinds[event.kind].yields_to
            and other.confidence >= 0.6
            and (not (event.company and other.company) or _same_name(event.company, other.company))
            and not _differ(event, other)
            for other in events
        )

    def _worth_reading(self, cues: dict[int, list[str]], sentences: Sequence[Sentence], *, filing: bool) -> dict[int, list[str]]:
        """Return the cues that can still make an event: in a release, most kinds stand in headline and lead or are not its news.

        What a release with a headline tells of a kind only further down, by the way, is hardly its news.
        """
        if filing or not sentences:
            return cues
        headed = sentences[0].zone == HEADLINE
        news = set(cues.get(0, ())) if headed else set()
        opening = {0, *[i for i, s in enumerate(sentences[:12]) if s.zone in {LEAD, BODY, QUOTE}][:2]}
        kept: dict[int, list[str]] = {}
        for index, names in cues.items():
            front = sentences[index].zone in {HEADLINE, LEAD}
            names = [
                n
                for n in names
                if n in _TOLD_ANYWHERE or ((front or n in self._anywhere) and (not headed or index in opening or n in news))
            ]
            if names:
                kept[index] = names
        return kept

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
        parties = Parties(flat, sentences, document.company, names, lambda: [e for i in leading for e in view_of(i).entities])
        views: dict[int, View] = {}

        def view_of(index: int) -> View:
            if index not in views:
                sentence = sentences[index]
                found = [
                    Entity(LABELS[label], start, end, flat[start:end], how == "generic")
                    for start, end, label, how in names.mentions(sentence.start, sentence.end)
                ]
                mended = mend(sentence, found)
                if "executive_change" in tried.get(index, ()) and not any(e.sort == "person" for e in mended):
                    mended = self._second_opinion(sentence, mended, alone=len(sentences) < 3)
                views[index] = make_view(sentence, mended)
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
        for pattern, compiled, unless in self._wording(name).patterns:
            if reading.wordings is not None and pattern.match not in reading.wordings:
                continue
            for match in compiled.finditer(view.masked):
                if unless and unless.search(view.masked):
                    break
                found = _found_by(pattern, match, view, self.kinds[name])
                if found is not None:
                    yield found

    def _judge(self, name: str, found: Found, view: View, reading: Reading) -> _Candidate | None:
        """Return the event with status, company, date and confidence, or None where it is background or stands in the wrong place."""
        kind, sentence = self.kinds[name], view.sentence
        where = found.where or kind.where
        if where == "headline" and sentence.zone != HEADLINE and not _only_sentence(reading):
            return None
        if (
            where == "lead"
            and sentence.zone not in {HEADLINE, LEAD}
            and not (reading.filing and sentence.item in kind.items and sentence.item)
        ):
            return None
        if not found.news and background(view, found.start, found.end, reading.base):
            return None
        status = found.status or status_of(view, found.start, found.end)
        own = name in _TOLD_ANYWHERE
        company = self._company(found, view, reading, own=own)
        named = company is not None and (found.company is not None or doer(view, found.start, reading.parties, own=own) is not None)
        confidence = found.confidence * ZONE_FACTOR.get(sentence.zone, 0.5)
        main = reading.parties.main
        if sentence.zone in {BODY, QUOTE} and not reading.filing:
            same = company is not None and main is not None and _same_name(company, main)
            if kind.main_only and not (same and named):
                return None
            confidence *= 1.0 if same else 0.8
        elif sentence.zone == LEAD and kind.main_only and not reading.filing and main and company and not _same_name(company, main):
            # another company's doing, told beside the news of this one
            confidence *= 0.75 if speaks_of(view, len(view.masked), main) or reading.index < 2 else 0.5
        if sentence.item and sentence.item in kind.items:
            confidence = min(0.99, confidence * 1.1)
        facts = {fact: found.facts.get(fact) for fact in kind.facts}
        _fill(kind, facts, view, found)
        if found.company is None and company and any(facts.get(f) and _same_name(company, facts[f] or "") for f in _OTHER_PARTIES):
            company = leading_name(view) or reading.parties.main
        side = found.company_fact or kind.company_fact
        if side and not facts.get(side):
            facts[side] = company
        elif side and found.company is None and facts[side] and is_name(clean_name(facts[side] or "")) and not view.of("company"):
            company = reading.parties.fullest(facts[side] or "")
        for fact in ("target", "partner", "unit"):
            itself = facts.get("acquirer") if fact == side else company
            if (
                itself
                and facts.get(fact)
                and (bare(facts[fact] or "") == bare(itself) or (fact == "partner" and _same_name(facts[fact] or "", itself)))
            ):
                facts[fact] = None  # nobody buys himself
                confidence *= 0.9
        below = sentence.zone != HEADLINE and reading.sentences[0].zone == HEADLINE and not reading.filing
        if below and not all(facts.get(fact) for fact in kind.needs):
            return None
        if company in places():
            confidence *= 0.5  # a country or town does no business
        at = view.span(found.start, found.end)[0]
        return _Candidate(name, sentence, reading.index, facts, company, status, happened_on(view, at, reading.base), confidence, named)

    def _company(self, found: Found, view: View, reading: Reading, *, own: bool) -> str | None:
        name = found.company
        if (
            name
            and name.split()[0].lower() not in _PRONOUNS
            and not re.match(r"(?i)(?:the|our) (?-i:[a-z])", name)
            and not re.fullmatch(r"(?i)the (?:company|firm|group|bank|registrant|corporation)", name)
        ):
            cleaned = clean_name(name)
            if is_name(cleaned):
                return reading.parties.party(cleaned)
        if not name:
            actor = doer(view, found.start, reading.parties, own=own)
            if actor is not None and not ANAPHOR.fullmatch(actor):
                return reading.parties.party(actor)
        leading = None if reading.parties.main else leading_name(view)
        return reading.parties.party(leading) if leading else reading.parties.main

    def _merge(self, name: str, candidates: list[_Candidate], reading: Reading) -> Iterable[TriggerEvent]:
        """Yield one event for each group of candidates that tell of the same, with the best sentence as its evidence."""
        kind = self.kinds[name]
        groups: list[list[_Candidate]] = []
        for candidate in sorted(candidates, key=lambda c: -_rank(c)):
            home = next((g for g in groups if all(_same_event(kind, candidate, other) for other in g)), None)
            if home is None:
                groups.append([candidate])
            else:
                home.append(candidate)
        for group in groups:
            best = group[0]
            weight, rise = _salience(kind, group, reading)
            facts = dict(best.facts)
            for other in group[1:]:
                for fact, value in other.facts.items():
                    if facts.get(fact) is None and value is not None:
                        facts[fact] = value
            main = reading.parties.main
            company = main if main and not best.named and any(c.company == main for c in group) else best.company
            for other in group[1:]:
                if company is None or (other.company and _same_name(company, other.company) and len(other.company) > len(company)):
                    company = other.company
            status = best.status
            ends = [c.status for c in group if c.status in {"denied", "terminated"}]
            if (
                ends
                and best.status in {"announced", "planned", "rumored"}
                and group[0].sentence.zone != HEADLINE
                and any(c.sentence.zone == HEADLINE and c.status in {"denied", "terminated"} for c in group)
            ):
                status = ends[0]
            heard = next((c.status for c in group if c.sentence.zone == HEADLINE and c.status in {"planned", "rumored"}), None)
            if heard is None and _INTENT.search(reading.sentences[0].text) and reading.sentences[0].zone == HEADLINE:
                heard = "planned"
            if heard and status == "announced":
                status = heard  # "Signs Letter of Intent to Acquire Beta": the body speaks of it as agreed
            happened = best.happened or next((c.happened for c in group if c.happened), None)
            confidence = min(0.99, 1 - (1 - best.confidence * weight) * 0.85 ** (len({c.order for c in group}) - 1))
            confidence = min(confidence, 0.5 + max(0.0, confidence - 0.5) * rise)
            quote = reading.document.full_text[best.sentence.start : best.sentence.end]
            yield TriggerEvent(
                id=fingerprint(reading.document.id, name, best.sentence.start, best.sentence.end, *(facts.get(f) for f in kind.main_facts)),
                document_id=reading.document.id,
                kind=name,
                status=status,
                company=company,
                facts=facts,
                quote=quote,
                start=best.sentence.start,
                end=best.sentence.end,
                happened=happened,
                confidence=round(confidence, 3),
            )

    def check_examples(self, kind: Kind) -> list[str]:
        """Return what is wrong with the examples of a kind, in words; [] when all hold."""
        return [
            f"{kind.name}: {fault} in example “{unmark(e.text).text}” ({e.guards})" for e in kind.examples for fault in self._check(kind, e)
        ]

    def _check(self, kind: Kind, example: Example) -> list[str]:
        events = [e for e in self.extract(example_document(example)) if e.kind == kind.name and e.confidence >= 0.5]
        if example.nothing:
            return [f"raises {e.status} {dict(e.facts)} of {e.company}" for e in events]
        if not events:
            return ["finds nothing"]
        if example.count is not None and len(events) != example.count:
            return [f"finds {len(events)} events, not {example.count}"]
        marks = [mark for text in (example.text, example.title) if text for mark in unmark(text).marks]
        best: list[str] | None = None
        for event in events:
            wrong = [
                f"{name} is {_value(event, name)!r}, not {words!r}" for name, words in marks if not _agrees(_value(event, name), words)
            ]
            wrong += [
                f"{name} is {event.facts.get(name)!r}, not {words!r}"
                for name, words in example.facts.items()
                if (event.facts.get(name) or None) != words
            ]
            if example.status and event.status != example.status:
                wrong.append(f"status is {event.status}, not {example.status}")
            if example.happened and str(event.happened) != example.happened:
                wrong.append(f"happened is {event.happened}, not {example.happened}")
            if best is None or len(wrong) < len(best):
                best = wrong
        return best or []


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


def example_document(example: Example) -> Document:
    """Return the document that an example of a kind stands for."""
    return Document(
        id="example",
        url="",
        title=unmark(example.title).text if example.title else None,
        text=unmark(example.text).text,
        published=datetime.fromisoformat(example.published).replace(tzinfo=UTC) if example.published else None,
        form=example.form,
    )


def _value(event: TriggerEvent, name: str) -> str | None:
    return event.company if name == "company" else event.facts.get(name)


def _agrees(value: str | None, words: str) -> bool:
    return value is not None and re.sub(r"\W+", " ", value).strip().lower() == re.sub(r"\W+", " ", words).strip().lower()


def _code_of(name: str, what: str) -> Any:
    """Return a name of triggers/kinds/<name>.py, None where it has none or the kind is YAML alone."""
    module = f"triggers.kinds.{name}"
    if not name.isidentifier() or importlib.util.find_spec(module) is None:
        return None
    return getattr(importlib.import_module(module), what, None)


def _only_sentence(reading: Reading) -> bool:
    return len([s for s in reading.sentences if s.zone not in SILENT]) == 1


# "{subject}{gap:40}\\b{will}(?:raises|…)": the verb is sought first and the subject before it only where it stands, which is far cheaper
_LEADING_SUBJECT = re.compile(r"^\{subject\}(?:\{gap(?::\d+)?\}|[ ])?(?:\\b)?(?:\{will\})?(?=\(\?:|\\b|[a-z])")
# facts that name the other side of a deal, never the company of the event
_OTHER_PARTIES = (
    "partner",
    "customer",
    "buyer",
    "investors",
    "lender",
    "authority",
    "vendor",
    "counterparty",
    "grantor",
    "target",
    "acquirer",
)
# capitalised words that {object} may run into and that name nobody
_NOBODY = re.compile(
    r"(?i)^(?:january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|stakes?|debt|shares?|interest|bonds?|treasur\w+|stocks?|goods|wheat|grain|oil|gas|crude|property|land|homes?|house|foreign|ltd|inc|corp|co|plc|company|points?|spree|proposed|u\.?s\.?|bitcoin|crypto|containers?|funds?|aircraft|euros?|dollars?|q[1-4]|fy\d*|deals?|new|more|the|this|it|opportunity|range|territory|usd|eur|gbp|eras?|chapter|journey|majority stake|minority stake|every|german|american|european|british|canadian|french|unlocks.*|seven|six|five|four|three|two|licen[sc]e|next\\b.*|growth|success)\b\W*$|^(?:\W*(?:january|february|march|april|june|july|august|september|october|november|december)\b)"
)


def _found_by(pattern: Pattern, match: re.Match[str], view: View, kind: Kind) -> Found | None:
    """Return what a pattern found, or None where its {object} is a place, a person or a word that names nobody."""
    facts: dict[str, str | None] = dict(pattern.facts)
    company: str | None = None
    caught: list[Catch] = list(catches(view, match))
    for catch in caught:
        value = catch.text.strip(" ,")
        if _is_object(pattern, catch.name) and (
            _NOBODY.search(value) or (catch.entity is not None and catch.entity.sort in {"place", "person"})
        ):
            return None
        if catch.name in {"company", "subject"}:
            company = company or value
        elif catch.entity is not None and catch.entity.anaphor:
            continue  # "will acquire the company": its name stands elsewhere
        elif catch.name in kind.facts and not facts.get(catch.name):
            facts[catch.name] = clean_name(value) if catch.entity is not None and catch.entity.sort == "company" else value
    inner_start, inner_end = match.span()
    for group in match.re.groupindex:
        if group.startswith(("s_subject", "e_company")) and match.span(group)[0] == match.start() and match.group(group) is not None:
            inner_start = match.end(group) + (1 if group.startswith("e_") else 0)
    return Found(inner_start, inner_end, facts, company, pattern.status, pattern.confidence, pattern.where, pattern.company_fact)


def _is_object(pattern: Pattern, name: str) -> bool:
    return f"{{object:{name}}}" in pattern.match


def _fill(kind: Kind, facts: dict[str, str | None], view: View, found: Found) -> None:
    """Fill facts that the wording itself did not catch by the kind's own hints."""
    for fact, spec in kind.facts.items():
        if facts.get(fact):
            continue
        for value, words in spec.words.items():
            if re.search(words, view.sentence.text, re.IGNORECASE):
                facts[fact] = value
                break
        if facts.get(fact) or not (spec.nearest or spec.lift):
            continue
        if spec.lift:
            lifted = re.search(spec.lift, view.sentence.text)
            if lifted:
                facts[fact] = lifted.group(1).strip()
        if not facts.get(fact) and spec.nearest:
            entities = [e for e in view.of(spec.nearest) if not e.anaphor]
            if spec.nearest == "money":  # "a deal that adds $3 billion in assets": what somebody has is no price
                entities = [e for e in entities if not _OWNED.match(view.sentence.text, e.end - view.sentence.start)]
            if spec.after:
                entities = [e for e in entities if re.search(spec.after + r"\s*$", view.masked[: view.place_of(e)], re.IGNORECASE)]
            entity = min(entities, key=lambda e: min(abs(view.place_of(e) - found.end), abs(view.place_of(e) - found.start)), default=None)
            if entity is not None:
                facts[fact] = entity.text


_OWNED = re.compile(
    r"\s+(?:in|of|worth of) (?:[\w-]+ ){0,3}?(?:assets|aum|revenues?|sales|deposits|transactions?|payments|ebitda|turnover|market cap\w*|industry|market)\b",
    re.IGNORECASE,
)


def _rank(candidate: _Candidate) -> float:
    filled = sum(value is not None for value in candidate.facts.values())
    return candidate.confidence + 0.03 * filled - (0.06 if candidate.sentence.zone == HEADLINE else 0) - min(candidate.order, 200) * 0.0005


# "Signs LOI to Acquire Beta": what the body then tells at length is not binding yet
_INTENT = re.compile(r"\b(?:LOI|(?i:letters? of intent|non-?binding|memorandum of understanding|agreement in principle))\b")


def _salience(kind: Kind, group: Sequence[_Candidate], reading: Reading) -> tuple[float, float]:
    """Return what is left of the confidence of an event by where a release tells of it, and how far the rest may rise above one half.

    A release has its news in the headline and says it again below; what only one of the two tells is less sure.
    """
    headline = reading.sentences[0]
    if reading.filing or headline.zone != HEADLINE:
        return 1.0, 1.0
    if any(c.sentence.zone == HEADLINE for c in group):
        told_again = any(c.sentence.zone != HEADLINE for c in group)
        return 1.0, 1.0 if told_again or sum(s.zone not in SILENT for s in reading.sentences) <= 2 else HEADLINE_ALONE
    best = group[0]
    cued = any(re.search(phrase, headline.text, re.IGNORECASE) for phrase in kind.phrases)
    if kind.name in _TOLD_ANYWHERE:
        return (1.0 if cued or best.sentence.zone == LEAD else TOLD_BELOW), BODY_ALONE
    main = reading.parties.main
    told = best.order <= 2 and best.named and main is not None and best.company is not None and _same_name(best.company, main)
    return NOT_IN_HEADLINE[0 if told and cued else 1 if told or cued else 2], BODY_ALONE


def _same_event(kind: Kind, a: _Candidate, b: _Candidate) -> bool:
    """True for two candidates that tell of one event.

    A document tells of one event of a kind unless the main facts differ; where a kind has none, unless two sentences name
    different companies for it and share no party at all.
    """
    if a.company and b.company and not _same_name(a.company, b.company) and kind.name != "executive_change":
        if not kind.main_facts:
            return not (a.named and b.named and a.order != b.order) or _share_party(a, b)
        if not any(a.facts.get(f) and b.facts.get(f) and _same_value(a.facts[f], b.facts[f]) for f in kind.main_facts if f != "company"):
            return a.order == b.order or not (a.named and b.named)
    for fact in kind.main_facts:
        x, y = a.facts.get(fact), b.facts.get(fact)
        if x and y and not (same_person(x, y) if fact == "person" else _same_value(x, y)):
            return kind.news_once and HEADLINE in {a.sentence.zone, b.sentence.zone}
    return True


def _differ(a: TriggerEvent, b: TriggerEvent) -> bool:
    """True where two events of different kinds name different targets or places."""
    return any(
        a.facts.get(f) and b.facts.get(f) and not _same_value(a.facts[f], b.facts[f])
        for f in ("target", "place")
        if f in a.facts and f in b.facts
    )


def _share_party(a: _Candidate, b: _Candidate) -> bool:
    """True where a company or other capitalised party of one candidate is one of the other's."""
    ours, theirs = ({bare(v) for v in (c.company, *c.facts.values()) if v and v[:1].isupper() and bare(v)} for c in (a, b))
    return any(x.startswith(y) or y.startswith(x) for x in ours for y in theirs)


def _same_value(x: str | None, y: str | None) -> bool:
    a, b = bare(x or "").split(), bare(y or "").split()
    if {"joins", "changes"} >= {x, y}:
        return True
    short, long = sorted((a, b), key=len)
    return bool(short) and (set(short) <= set(long))
