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

CONTAINMENT = 0.7  # found by trial on 4,491 texts: precision 0.957, recall 0.979 before figures were compared
WHOLE = 0.94  # so much in common outweighs a date line or a telephone number that was changed
SAMPLE_ONE_IN = 4
LEAST_SAMPLE = 5  # fewer fingerprints prove nothing
FIGURES_AGREE = 0.5
CROWDED = 20  # a fingerprint that so many texts share is a template's

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


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is kept of a text to compare it by."""

    fingerprints: frozenset[int]
    figures: frozenset[str]
    title_figures: frozenset[str] = frozenset()
    filing: bool = False  # two filings are two acts, however alike their words


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
    titled = frozenset(figure.rstrip(".,") for figure in FIGURE.findall(title or "")) if form is None else frozenset()
    if form is not None:
        marker = EXHIBIT.search(text)
        text = text[marker.end() :] if marker else ""
    own = without_boilerplate(text)
    words = WORD.findall(own.casefold())
    figures = frozenset(figure.rstrip(".,") for figure in FIGURE.findall(own))
    if len(words) < 4:
        return Sketch(frozenset(), figures, titled, form is not None)
    numbers = np.fromiter((zlib.crc32(word.encode()) for word in words), dtype=np.uint64, count=len(words))
    grams = numbers[:-3] * np.uint64(1_000_003) ** np.uint64(3)
    grams = grams + numbers[1:-2] * np.uint64(1_000_003) ** np.uint64(2) + numbers[2:-1] * np.uint64(1_000_003) + numbers[3:]
    # multiply and shift: the low bits of a sum of checksums are not random enough to sample by
    mixed = (grams * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(20)
    sampled = mixed[mixed % np.uint64(SAMPLE_ONE_IN) == 0]
    return Sketch(frozenset(int(value) for value in sampled), figures, titled, form is not None)


def containment(first: Sketch, second: Sketch) -> float:
    """Return which share of the smaller sample lies in the larger one, 0 where a sample is too small to tell."""
    small = min(len(first.fingerprints), len(second.fingerprints))
    return len(first.fingerprints & second.fingerprints) / small if small >= LEAST_SAMPLE else 0.0


def same_figures(first: Sketch, second: Sketch) -> bool:
    """Return whether two texts do not contradict each other in their figures."""
    small = min(len(first.figures), len(second.figures))
    return small < 2 or len(first.figures & second.figures) / small >= FIGURES_AGREE


def _titles_differ(first: Sketch, second: Sketch) -> bool:
    return bool(first.title_figures and second.title_figures and not first.title_figures & second.title_figures)


class DuplicateIndex:
    """Texts seen so far, for finding what a new one is a copy of."""

    def __init__(self) -> None:
        self._sketches: dict[str, Sketch] = {}
        self._holders: dict[int, list[str]] = defaultdict(list)

    def add(self, identity: str, made: Sketch) -> None:
        """Keep a text's sketch under its id."""
        self._sketches[identity] = made
        for value in made.fingerprints:
            self._holders[value].append(identity)

    def copies_of(self, made: Sketch) -> list[str]:
        """Return the ids of the texts that are copies of this one, the nearest first."""
        shared: Counter[str] = Counter()
        for value in made.fingerprints:
            holders = self._holders.get(value, ())
            if len(holders) <= CROWDED:
                shared.update(holders)
        found = []
        for identity, count in shared.items():
            other = self._sketches[identity]
            if made.filing and other.filing:
                continue
            small = min(len(made.fingerprints), len(other.fingerprints))
            share = count / small if small >= LEAST_SAMPLE else 0.0
            if _titles_differ(made, other):
                continue
            if share >= WHOLE or (share >= CONTAINMENT and same_figures(made, other)):
                found.append((share, identity))
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
