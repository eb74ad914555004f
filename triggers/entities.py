"""Finds persons, organisations, places and titles in a document, each with the fullest name the document has for it.

    finder = load_entities("builtin")
    view = finder.view(document.full_text, title_end=len(document.title or ""), spans=cues, issuer=document.company)
    view.entities(view.sentence_at(offset))

Rules cost next to nothing and the model is dear: it reads the headline, the lead and the sentences asked for, no others.
"""

from __future__ import annotations

import bisect
import logging
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Protocol

from store.errors import Mendable
from triggers.aliases import Aliases, core_name
from triggers.names import HEADLINE_SMALL, has_legal_form, mostly_capitals, name_spans, small_letters, title_case, without_headline_capitals
from triggers.sentences import split_sentences
from triggers.titles import title_spans

if TYPE_CHECKING:
    from spacy.language import Language

log = logging.getLogger(__name__)

LABELS = ("PERSON", "ORG", "GPE", "TITLE")
LEAD_SENTENCES = 3  # of the body, read before anything is asked
# labels of downloadable packages that are one of ours by another name; all others (DATE, NORP, PRODUCT …) are passed over
_FOREIGN = {"PERSON": "PERSON", "PER": "PERSON", "ORG": "ORG", "GPE": "GPE", "LOC": "GPE", "FAC": "GPE"}

_GENERIC = re.compile(
    r"\b(?:[Tt]he|THE|[Oo]ur|[Tt]his)\s(?P<noun>(?:[Cc]ompany|[Bb]ank|[Cc]orporation|[Ff]irm|Registrant|Issuer|Partnership|Trust|[Gg]roup|Cooperative|"
    r"retailer|manufacturer|airline|automaker|carmaker|chipmaker|drugmaker|lender|insurer|startup|start-up|bookseller|supplier|developer|"
    r"provider|publisher|broadcaster|carrier|utility|chain|maker|brand|nonprofit|non-profit|organization|organisation|agency|biotech|conglomerate|giant|COMPANY))\b(?![-’']?\s*(?:of|holding|policy|store)\b)"
)


class Model(Protocol):
    """What finds names besides the rules."""

    @property
    def small_words(self) -> Collection[str]:
        """Words that are hardly ever part of a name."""

    def names(self, texts: Sequence[str]) -> list[list[tuple[int, int, str]]]:
        """Return `(start, end, label)` of each text's names, in order; labels are PERSON, ORG and GPE."""


class SpacyModel:
    """A spaCy pipeline as a Model."""

    def __init__(self, nlp: Language) -> None:
        self._nlp = nlp
        self.small_words: Collection[str] = nlp.meta.get("small_words", ())

    def names(self, texts: Sequence[str]) -> list[list[tuple[int, int, str]]]:
        """Return `(start, end, label)` of each text's names, in order."""
        return [
            [(ent.start_char, ent.end_char, _FOREIGN[ent.label_]) for ent in doc.ents if ent.label_ in _FOREIGN]
            for doc in self._nlp.pipe(texts, batch_size=64)
        ]


class EntityModelError(Mendable):
    """A model that was named cannot be loaded; says which, and the cure."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A mention; `view.text[start:end] == text`."""

    start: int
    end: int
    label: str  # one of LABELS
    text: str  # as it stands there, without form of address and possessive
    name: str | None  # the fullest name in the document; None for a generic mention nobody was found for
    how: str  # "model", "rule", "alias" or "generic"


class EntityFinder:
    """Rules, and a model where one was loaded; holds nothing of the documents it read."""

    def __init__(self, model: Model | None = None, *, load: Callable[[], Model | None] | None = None) -> None:
        """Take a model, or `load`, which gives one when it is first asked for a name: most documents never ask."""
        self._given, self._load = model, load

    @cached_property
    def _model(self) -> Model | None:
        return self._load() if self._load else self._given

    @cached_property
    def _small_words(self) -> frozenset[str]:
        words = self._model.small_words if self._model is not None else ()
        return frozenset(words) | HEADLINE_SMALL if words else frozenset()

    @property
    def has_model(self) -> bool:
        """False where rules work alone; asking loads the model."""
        return self._model is not None

    def view(
        self,
        text: str,
        *,
        title_end: int = 0,
        spans: Iterable[tuple[int, int]] = (),
        issuer: str | None = None,
        around: int = 1,
        sentences: Sequence[tuple[int, int]] | None = None,
    ) -> DocumentView:
        """Return the document's sentences and entities; `spans` are the places that matter, `issuer` the filer as its header names it.

        `sentences` are the text's own (see split_sentences), where they are known already.
        """
        view = DocumentView(self, text, title_end, issuer, sentences)
        view.read_around(spans, around)
        return view

    def spans_of(self, sentences: Sequence[tuple[str, bool]]) -> list[list[tuple[int, int, str, str]]]:
        """Return `(start, end, label, how)` per sentence, in order and not overlapping; True beside a sentence that may open with a dateline."""
        readable = [(self._sentence_case(text), opens) for text, opens in sentences]
        modelled = self.by_model([text for text, _ in readable])
        return [
            _combine(original, text, opens, by_model)
            for (original, _), (text, opens), by_model in zip(sentences, readable, modelled, strict=True)
        ]

    def _sentence_case(self, text: str) -> str:
        """Return a headline's text without the capitals that are no names; a model takes "Names Voluntary" for somebody."""
        text = small_letters(text) if mostly_capitals(text) else text
        if not self._small_words or text.rstrip().endswith(".") or not title_case(text):
            return text
        return without_headline_capitals(text, self._small_words)

    def by_model(self, texts: Sequence[str]) -> list[list[tuple[int, int, str]]]:
        """Return `(start, end, label)` of what the model alone finds in each text; nothing without one."""
        return [[] for _ in texts] if self._model is None else self._model.names(texts)


class DocumentView:
    """One document's sentences, and its entities by need."""

    def __init__(
        self, finder: EntityFinder, text: str, title_end: int, issuer: str | None, sentences: Sequence[tuple[int, int]] | None = None
    ) -> None:
        self.text = text
        self.title_end = title_end
        self.sentences = split_sentences(text, title_end) if sentences is None else sentences
        self._finder = finder
        self._starts = [start for start, _ in self.sentences]
        self._raw: dict[int, list[tuple[int, int, str, str]]] = {}
        self._entities: dict[int, tuple[Entity, ...]] = {}
        self._aliases = Aliases(text)
        self._names_at = -1  # version of the aliases that the next three are of
        self._short: list[tuple[str, str]] = []
        self._surnames: set[str] = set()
        self._cores: set[str] = set()
        self._hint = issuer
        self._issuer: str | None = None
        self._issuer_known = False

    def sentence_at(self, offset: int) -> int:
        """Return the index of the sentence that holds `offset`, else of the one after it (the last one at the end)."""
        index = max(0, bisect.bisect_right(self._starts, offset) - 1)
        if index < len(self.sentences) and offset >= self.sentences[index][1] and index + 1 < len(self.sentences):
            return index + 1
        return index

    def read_around(self, spans: Iterable[tuple[int, int]], around: int = 1) -> None:
        """Read headline, lead, the sentences that `spans` touch and `around` neighbours on each side, as one batch."""
        last = len(self.sentences)
        wanted = set(range(min(last, LEAD_SENTENCES + bool(self.title_end))))
        for start, end in spans:
            first, final = self.sentence_at(start), self.sentence_at(max(start, end - 1))
            wanted.update(range(max(0, first - around), min(last, final + 1 + around)))
        self._read(sorted(wanted), learn=True)

    def entities(self, index: int) -> tuple[Entity, ...]:
        """Return the entities of sentence `index`, by start; none where there is no such sentence."""
        if not 0 <= index < len(self.sentences):
            return ()
        if index not in self._raw:
            self._read([index])
        if index not in self._entities:
            self._entities[index] = tuple(self._named(index))
        return self._entities[index]

    def mentions(self, start: int, end: int) -> list[tuple[int, int, str, str]]:
        """Return `(start, end, label, how)` of the entities wholly inside `[start, end)`: what costs least of them."""
        if not self.sentences or start >= end:
            return []
        found = []
        for index in range(self.sentence_at(start), self.sentence_at(end - 1) + 1):
            if index not in self._raw:
                self._read([index])
            origin = self.sentences[index][0]
            found += [(origin + a, origin + b, label, how) for a, b, label, how in self._mentions(index)]
        return [mention for mention in found if start <= mention[0] and mention[1] <= end]

    def between(self, start: int, end: int, *labels: str) -> tuple[Entity, ...]:
        """Return the entities wholly inside `[start, end)`, of these labels or of all."""
        if not self.sentences or start >= end:
            return ()
        found = []
        for index in range(self.sentence_at(start), self.sentence_at(end - 1) + 1):
            found += [e for e in self.entities(index) if start <= e.start and e.end <= end and (not labels or e.label in labels)]
        return tuple(found)

    def full_name(self, text: str, label: str = "ORG") -> str | None:
        """Return the fullest name the document has for a mention; the issuer for "the Company"."""
        if label == "PERSON":
            return self._aliases.person(text)
        if label != "ORG":
            return text
        generic = _GENERIC.fullmatch(text.strip())
        if generic:
            return self._generic_name(generic["noun"])
        return self._aliases.company(text)

    @property
    def issuer(self) -> str | None:
        """Whom "the Company" means, by its fullest name."""
        if not self._issuer_known:
            self._issuer = self._find_issuer()
            self._issuer_known = True
        return self._issuer

    def _read(self, indices: Sequence[int], *, learn: bool = False) -> None:
        """Find what stands in these sentences; names are learned where `learn` says so, and so never depend on who asked for what first."""
        new = [index for index in indices if index not in self._raw]
        if not new:
            return
        first_body = 1 if self.title_end else 0
        texts = [(self.text[slice(*self.sentences[index])], index <= first_body) for index in new]
        for index, spans in zip(new, self._finder.spans_of(texts), strict=True):
            self._raw[index] = spans
            if learn:
                start = self.sentences[index][0]
                self._aliases.add((label, self.text[start + a : start + b]) for a, b, label, _ in spans)
        if self._aliases.version != self._names_at:
            self._entities.clear()

    def _mentions(self, index: int) -> list[tuple[int, int, str, str]]:
        """Return `(start, end, label, how)` in a sentence that was read, with mentions that only the rest of the document explains."""
        start, end = self.sentences[index]
        sentence = self.text[start:end]
        spans = list(self._raw[index])
        self._learn_names()
        surnames, cores = self._surnames, self._cores
        for k, (a, b, label, how) in enumerate(spans):
            mention = sentence[a:b]
            if label == "ORG" and mention in surnames and mention not in cores:
                spans[k] = (a, b, "PERSON", how)
            elif label == "PERSON" and mention in cores and mention not in surnames:
                spans[k] = (a, b, "ORG", how)
        spans = self._with_aliases(sentence, spans, headline=index == 0 and bool(self.title_end))
        taken = [(a, b) for a, b, _, _ in spans]
        for match in _GENERIC.finditer(sentence):
            if not _overlaps(match.span(), taken):
                spans.append((*match.span(), "ORG", "generic"))
        return sorted(spans)

    def _named(self, index: int) -> Iterator[Entity]:
        start = self.sentences[index][0]
        for a, b, label, how in self._mentions(index):
            mention = self.text[start + a : start + b]
            name = self._generic_name(mention.split()[-1]) if how == "generic" else self.full_name(mention, label)
            yield Entity(start + a, start + b, label, mention, name, how)

    def _learn_names(self) -> None:
        """Bring the document's short names up to what has been read so far."""
        aliases = self._aliases
        if self._names_at == aliases.version:
            return
        self._names_at = aliases.version
        self._surnames = aliases.surnames()
        self._cores = {core_name(name) for name in aliases.companies if core_name(name) != name} | set(aliases.defined)
        # longest first, so that "Tern Mills" is not read as "Tern"; four hundred names are a list, not a story
        self._short = sorted(aliases.short_names().items(), key=lambda pair: -len(pair[0]))[:400]

    def _with_aliases(self, sentence: str, spans: list[tuple[int, int, str, str]], *, headline: bool) -> list[tuple[int, int, str, str]]:
        for name, label in self._short:
            at = sentence.find(name)
            while at >= 0:
                a, b = at, at + len(name)
                at = sentence.find(name, b)
                if not _stands_alone(sentence, a, b):
                    continue
                if not _overlaps((a, b), [(c, d) for c, d, _, _ in spans]):
                    spans.append((a, b, label, "alias"))
                elif headline:
                    spans = _mended(sentence, spans, (a, b), label)
        return spans

    def _generic_name(self, noun: str) -> str | None:
        noun = noun.casefold()
        if noun in self._aliases.generic:
            return self._aliases.company(self._aliases.generic[noun])
        issuer = self.issuer
        if noun in {"bank", "lender"} and issuer and not re.search(r"(?i)\bban[ck]|financial|trust|savings|credit union", issuer):
            return None
        return issuer

    def _find_issuer(self) -> str | None:
        for term in ("company", "registrant", "corporation", "issuer", "bank", "partnership", "trust", "we", "us", "our", "firm", "group"):
            if term in self._aliases.generic:
                return self._aliases.company(self._aliases.generic[term])
        if self._hint:
            return self._aliases.company(self._hint)
        lead = range(min(len(self.sentences), LEAD_SENTENCES + bool(self.title_end)))
        for index in lead:
            start, end = self.sentences[index]
            for a, b, label, _ in self._raw.get(index, ()):
                if label == "ORG" and _TICKER_AFTER.match(self.text, start + b, end):
                    return self._aliases.company(self.text[start + a : start + b])
        named = [
            self.text[self.sentences[i][0] + a : self.sentences[i][0] + b]
            for i in lead
            for a, b, label, _ in self._raw.get(i, ())
            if label == "ORG"
        ]
        return self._aliases.company(named[0]) if named else None


# "Opens New Atlanta Headquarters": the place is Atlanta
_NEW_PLACE = re.compile(
    r"(?:[Nn]ew(?!\s(?:York|Jersey|Hampshire|Mexico|Orleans|Haven|England|Delhi|Zealand|Brunswick|South|Britain|Bedford|London|Castle|Albany|Rochelle|Paltz|Braunfels|Ulm|Town|Hyde|Canaan|Smyrna|Iberia|Brighton|Berlin|Hope|Port|Philadelphia|Lenox|City|Guinea|Caledonia|Territories|Westminster|Kensington))(?:\s|$))?"
)
_TICKER_AFTER = re.compile(r"\s*\(\s*(?:NYSE|NASDAQ|Nasdaq|AMEX|TSX|OTC|LSE|AIM|ASX|Euronext)")


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    return not (before.isalnum() or before in {"_", "-"} or after.isalnum() or after == "_")


def _overlaps(span: tuple[int, int], taken: Iterable[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in taken)


def _mended(sentence: str, spans: list[tuple[int, int, str, str]], known: tuple[int, int], label: str) -> list[tuple[int, int, str, str]]:
    """Return a headline's spans where the body knows a name's borders better: "Acme Names" is "Acme", "Fast Guard" is "Fast Guard Service"."""
    a, b = known
    too_long = [s for s in spans if s[2] == "ORG" and s[0] == a and b < s[1] and core_name(sentence[s[0] : s[1]]) != sentence[a:b]]
    too_short = [s for s in spans if s[2] != "TITLE" and a <= s[0] and s[1] <= b and s[1] - s[0] < b - a]
    wrong = too_long or too_short
    rest = [s for s in spans if s not in wrong]
    return sorted([*rest, (a, b, label, "alias")]) if wrong and not _overlaps(known, [s[:2] for s in rest]) else spans


def _combine(original: str, text: str, opens: bool, by_model: Sequence[tuple[int, int, str]]) -> list[tuple[int, int, str, str]]:
    """Return titles first, then the model's names, then what rules find in the gaps."""
    spans: list[tuple[int, int, str, str]] = [(start, end, "TITLE", "rule") for start, end in title_spans(original)]
    taken = [(start, end) for start, end, _, _ in spans]
    by_rule = name_spans(text, taken=taken, opens=opens)
    if not title_case(original):
        # a legal form settles where a name ends: "Collins Law, LLC" is no person and a "Law, LLC"
        sure = [s for s in by_rule if s[2] == "ORG" and has_legal_form(text[s[0] : s[1]])]
        by_model = [m for m in by_model if not any(s[0] <= m[0] and m[1] <= s[1] for s in sure)]
    for start, end, label in by_model:
        if label == "GPE":
            start += len(_NEW_PLACE.match(text[start:end]).group())  # type: ignore[union-attr] # matches always, if nothing
        if start < end and not _overlaps((start, end), taken):
            spans.append((start, end, label, "model"))
            taken.append((start, end))
    for start, end, label in by_rule:
        if not _overlaps((start, end), taken):
            spans.append((start, end, label, "rule"))
            taken.append((start, end))
    return sorted(spans)


@lru_cache(maxsize=4)
def load_entities(model: str = "builtin") -> EntityFinder:
    """Return the finder for `model`: "builtin" (weights that ship), "rules", or a spaCy package by name or path.

    The built-in weights are read when they are first needed; where they cannot be, that is a warning, and rules work alone. Raise
    EntityModelError for a package that cannot be loaded.
    """
    if model == "rules":
        return EntityFinder()
    if model == "builtin":
        return EntityFinder(load=_shipped_model)
    import spacy

    try:
        return EntityFinder(SpacyModel(spacy.load(model, exclude=["parser", "lemmatizer", "attribute_ruler", "textcat"])))
    except OSError as error:
        raise EntityModelError(
            f"nlp.model '{model}' is neither 'builtin', 'rules', an installed spaCy package nor a folder; install it, or name one of these"
        ) from error


def _shipped_model() -> Model | None:
    """Return the model that ships; None where it cannot be read, which is a warning."""
    try:
        from triggers.model.network import NameModel
        from triggers.model.weights import read_weights

        return NameModel(read_weights())
    except Exception as error:
        log.warning("entity weights cannot be read, rules find the names alone; reinstall prospect: error=%s", error)
        return None
