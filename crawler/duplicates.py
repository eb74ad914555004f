"""Near-duplicates: one release on several wires, cut short or edited a little, found by what they have in common.

Each text keeps a sample of the fingerprints of its 4-word sequences, boilerplate left out; two texts are copies where the
smaller sample lies in the larger one (containment; copies are often cut, which Jaccard similarity punishes) and where
their figures agree (templated texts differ in nothing else). Pure; measured in benchmarks/duplicates.py.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CONTAINMENT = 0.7  # found by trial on 4,491 texts: precision 0.957, recall 0.979 before figures were compared
WHOLE = 0.94  # so much in common outweighs a date line or a telephone number that was changed
SAMPLE_ONE_IN = 4
LEAST_SAMPLE = 5  # fewer fingerprints prove nothing
FIGURES_AGREE = 0.5
TITLES_ALIKE = 0.6  # of the shorter title's words; two texts of one series share more than half of their own words at times
CROWDED = 20  # a fingerprint that so many texts share is a template's
SORTED_EVERY = 2000  # texts

WORD = re.compile(r"\w+")
# figures that tell one quarter's text from the next: amounts, shares, dates; single digits are in every text
FIGURE = re.compile(r"\d[\d,.]*\d")
PERIOD = re.compile(
    r"\b(?:january|february|march|april|june|july|august|september|october|november|december|first|second|third|fourth|q[1-4])\b",
    re.IGNORECASE,
)
# "About Harborlight Foods", "Forward-Looking Statements", "Media contact": from here on a text repeats itself every time
BOILERPLATE = re.compile(
    r"^\W*(?:about\s+(?:the\s+)?[A-Z0-9].{1,80}|(?:cautionary\s+)?(?:note|statement)s?\s+(?:regarding|concerning|about|on)\s+forward.{0,60}|forward[\s-]+looking\s+statements?.{0,60}|"
    r"safe\s+harbou?r.{0,60}|(?:media|press|investor|company|ir|pr)?\s*contacts?(?:\s+information|\s+details)?\s*:?.{0,40}|for\s+(?:more|further|additional)\s+information.{0,80}|"
    r"non-gaap\s+(?:financial\s+)?measures.{0,40}|signatures?|\(?d\)?\s+exhibits\.?)\W*$",
    re.IGNORECASE | re.MULTILINE,
)
FORWARD_LOOKING = re.compile(
    r"forward[\s-]looking\s+statements?|private\s+securities\s+litigation|undue\s+reliance|shall\s+not\s+be\s+deemed\s+.?filed",
    re.IGNORECASE,
)
# the line that crawler.filings puts above an exhibit
EXHIBIT = re.compile(r"^EX-99(?:\.\d+)?$", re.MULTILINE)
LEAST_KEPT_SHARE = 0.25  # a heading that matches near the top is no boilerplate's


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """What is kept of a text to compare it by; words and figures are checksums of theirs."""

    fingerprints: NDArray[np.uint32]  # sorted, each once
    figures: frozenset[int]  # amounts, shares and dates
    title_figures: frozenset[int] = frozenset()  # of the title, with its months and quarters
    title_words: frozenset[int] = frozenset()
    filing: bool = False  # two filings are two acts, however alike their words

    def packed(self) -> bytes:
        """Return the sketch as the store keeps it: 32-bit numbers, little-endian."""
        sets = (self.figures, self.title_figures, self.title_words)
        head = [int(self.filing), *map(len, sets), *(number for numbers in sets for number in sorted(numbers))]
        return np.array(head, dtype="<u4").tobytes() + self.fingerprints.astype("<u4").tobytes()

    @classmethod
    def unpacked(cls, data: bytes) -> Sketch:
        """Return the sketch that `packed` wrote."""
        numbers = np.frombuffer(data, dtype="<u4")
        filing, *sizes = numbers[:4].tolist()
        sets, start = [], 4
        for size in sizes:
            sets.append(frozenset(numbers[start : start + size].tolist()))
            start += size
        figures, title_figures, title_words = sets
        return cls(numbers[start:].astype(np.uint32), figures, title_figures, title_words, bool(filing))


def without_boilerplate(text: str) -> str:
    """Return the text up to its first stock section, without paragraphs of legal caution."""
    for match in BOILERPLATE.finditer(text):
        if match.start() > len(text) * LEAST_KEPT_SHARE:
            text = text[: match.start()]
            break
    paragraphs = text.split("\n")
    kept = [paragraph for paragraph in paragraphs if not FORWARD_LOOKING.search(paragraph)]
    return "\n".join(kept)


def sketch(text: str, *, title: str | None = None, form: str | None = None) -> Sketch:
    """Return the sketch of a text (its boilerplate is left out here); of a filing, that of its press releases alone."""
    titles = _titles(title if form is None else None)
    if form is not None:
        marker = EXHIBIT.search(text)
        text = text[marker.end() :] if marker else ""
    own = without_boilerplate(text)
    words = WORD.findall(own.casefold())
    figures = _figures(own)
    if len(words) < 4:
        return Sketch(np.empty(0, np.uint32), figures, *titles, form is not None)
    numbers = np.fromiter((zlib.crc32(word.encode()) for word in words), dtype=np.uint64, count=len(words))
    grams = numbers[:-3] * np.uint64(1_000_003) ** np.uint64(3)
    grams = grams + numbers[1:-2] * np.uint64(1_000_003) ** np.uint64(2) + numbers[2:-1] * np.uint64(1_000_003) + numbers[3:]
    # multiply and shift: the low bits of a sum of checksums are not random enough to sample by
    mixed = (grams * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(20)
    sampled = mixed[mixed % np.uint64(SAMPLE_ONE_IN) == 0] // np.uint64(SAMPLE_ONE_IN)
    return Sketch(np.unique(sampled.astype(np.uint32)), figures, *titles, form is not None)


def _figures(text: str) -> frozenset[int]:
    return frozenset(zlib.crc32(figure.rstrip(".,").encode()) for figure in FIGURE.findall(text))


def same_figures(first: Sketch, second: Sketch) -> bool:
    """Return whether two texts do not contradict each other in their figures."""
    small = min(len(first.figures), len(second.figures))
    return small < 2 or len(first.figures & second.figures) / small >= FIGURES_AGREE


def _titles(title: str | None) -> tuple[frozenset[int], frozenset[int]]:
    if not title:
        return frozenset(), frozenset()
    periods = frozenset(zlib.crc32(word.casefold().encode()) for word in PERIOD.findall(title))
    return _figures(title) | periods, frozenset(zlib.crc32(word.encode()) for word in WORD.findall(title.casefold()))


def _titles_contradict(first: Sketch, second: Sketch) -> bool:
    """Return whether each title has a figure or period that the other has not: one month's report and the next."""
    return bool(first.title_figures - second.title_figures and second.title_figures - first.title_figures)


def _titles_alike(first: Sketch, second: Sketch) -> bool:
    small = min(len(first.title_words), len(second.title_words))
    return not small or len(first.title_words & second.title_words) / small >= TITLES_ALIKE


class DuplicateIndex:
    """Texts seen so far, for finding what a new one is a copy of; some 2 kB a text."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._sketches: list[Sketch] = []
        # fingerprints of most texts, sorted, and whose each is; those of the last ones as they came
        self._values: NDArray[np.uint32] = np.empty(0, np.uint32)
        self._owners: NDArray[np.int32] = np.empty(0, np.int32)
        self._late: dict[int, list[int]] = defaultdict(list)
        self._late_texts = 0

    def add(self, identity: str, made: Sketch) -> None:
        """Keep a text's sketch under its id."""
        number = len(self._ids)
        self._ids.append(identity)
        self._sketches.append(made)
        for value in made.fingerprints.tolist():
            self._late[value].append(number)
        self._late_texts += 1
        if self._late_texts >= SORTED_EVERY:
            self._sort()

    def _sort(self) -> None:
        values = np.fromiter((value for value, owners in self._late.items() for _ in owners), np.uint32)
        owners = np.fromiter((owner for owners in self._late.values() for owner in owners), np.int32)
        values, owners = np.concatenate([self._values, values]), np.concatenate([self._owners, owners])
        order = np.argsort(values, kind="stable")
        self._values, self._owners = values[order], owners[order]
        self._late.clear()
        self._late_texts = 0

    def copies_of(self, made: Sketch) -> list[str]:
        """Return the ids of the texts that are copies of this one, the nearest first."""
        shared: Counter[int] = Counter()
        firsts = np.searchsorted(self._values, made.fingerprints, "left").tolist()
        lasts = np.searchsorted(self._values, made.fingerprints, "right").tolist()
        for value, first, last in zip(made.fingerprints.tolist(), firsts, lasts, strict=True):
            late = self._late.get(value, ())
            if 0 < last - first + len(late) <= CROWDED:
                shared.update(self._owners[first:last].tolist())
                shared.update(late)
        found = []
        for number, count in shared.items():
            other = self._sketches[number]
            if made.filing and other.filing:
                continue
            small = min(len(made.fingerprints), len(other.fingerprints))
            share = count / small if small >= LEAST_SAMPLE else 0.0
            if _titles_contradict(made, other):
                continue
            if share >= WHOLE or (share >= CONTAINMENT and same_figures(made, other) and _titles_alike(made, other)):
                found.append((share, self._ids[number]))
        return [identity for _, identity in sorted(found, key=lambda pair: (-pair[0], pair[1]))]


def clusters(texts: Iterable[tuple[str, str | None, str, str | None]]) -> dict[str, str]:
    """Return id -> id of the first text of its cluster, for (id, title, text, form) in the order of their publication."""
    index = DuplicateIndex()
    head: dict[str, str] = {}
    for identity, title, text, form in texts:
        made = sketch(text, title=title, form=form)
        copies = index.copies_of(made)
        head[identity] = head[copies[0]] if copies else identity
        index.add(identity, made)
    return head
