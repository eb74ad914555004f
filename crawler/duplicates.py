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
CROWDED = 20  # a fingerprint that so many texts share is a template's
SORTED_EVERY = 2000  # texts

WORD = re.compile(r"\w+")
# figures that tell one quarter's text from the next: amounts, shares, dates; single digits are in every text
FIGURE = re.compile(r"\d[\d,.]*\d")
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
    """What is kept of a text to compare it by."""

    fingerprints: NDArray[np.uint32]  # sorted, each once
    figures: frozenset[int]  # checksums of amounts, shares and dates
    title_figures: frozenset[int] = frozenset()
    filing: bool = False  # two filings are two acts, however alike their words

    def packed(self) -> bytes:
        """Return the sketch as the store keeps it: 32-bit numbers, little-endian."""
        head = [int(self.filing), len(self.figures), len(self.title_figures), *sorted(self.figures), *sorted(self.title_figures)]
        return np.array(head, dtype="<u4").tobytes() + self.fingerprints.astype("<u4").tobytes()

    @classmethod
    def unpacked(cls, data: bytes) -> Sketch:
        """Return the sketch that `packed` wrote."""
        numbers = np.frombuffer(data, dtype="<u4")
        filing, figures, titled = (int(number) for number in numbers[:3])
        first, second = 3 + figures, 3 + figures + titled
        return cls(
            numbers[second:].astype(np.uint32),
            frozenset(int(number) for number in numbers[3:first]),
            frozenset(int(number) for number in numbers[first:second]),
            bool(filing),
        )


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
    titled = _figures(title or "") if form is None else frozenset()
    if form is not None:
        marker = EXHIBIT.search(text)
        text = text[marker.end() :] if marker else ""
    own = without_boilerplate(text)
    words = WORD.findall(own.casefold())
    figures = _figures(own)
    if len(words) < 4:
        return Sketch(np.empty(0, np.uint32), figures, titled, form is not None)
    numbers = np.fromiter((zlib.crc32(word.encode()) for word in words), dtype=np.uint64, count=len(words))
    grams = numbers[:-3] * np.uint64(1_000_003) ** np.uint64(3)
    grams = grams + numbers[1:-2] * np.uint64(1_000_003) ** np.uint64(2) + numbers[2:-1] * np.uint64(1_000_003) + numbers[3:]
    # multiply and shift: the low bits of a sum of checksums are not random enough to sample by
    mixed = (grams * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(20)
    sampled = mixed[mixed % np.uint64(SAMPLE_ONE_IN) == 0] // np.uint64(SAMPLE_ONE_IN)
    return Sketch(np.unique(sampled.astype(np.uint32)), figures, titled, form is not None)


def _figures(text: str) -> frozenset[int]:
    return frozenset(zlib.crc32(figure.rstrip(".,").encode()) for figure in FIGURE.findall(text))


def same_figures(first: Sketch, second: Sketch) -> bool:
    """Return whether two texts do not contradict each other in their figures."""
    small = min(len(first.figures), len(second.figures))
    return small < 2 or len(first.figures & second.figures) / small >= FIGURES_AGREE


def _titles_differ(first: Sketch, second: Sketch) -> bool:
    return bool(first.title_figures and second.title_figures and not first.title_figures & second.title_figures)


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
            if _titles_differ(made, other):
                continue
            if share >= WHOLE or (share >= CONTAINMENT and same_figures(made, other)):
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
