"""What the code of a kind gets and gives: the document being read, and the event found in one of its sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from store.records import Document
from triggers.expression import Expression
from triggers.parties import Parties
from triggers.structure import Sentence
from triggers.view import View

Wordings = frozenset[str]


@dataclass(frozen=True, slots=True)
class Found:
    """An event as a pattern or a kind's code found it in one sentence, before it is judged."""

    start: int  # in the masked sentence: the words that tell of it, without the names around
    end: int
    facts: Mapping[str, str | None] = field(default_factory=dict)
    company: str | None = None  # as written there; None: the subject before, else the document's company
    status: str | None = None  # None: read from the words around
    confidence: float = 0.9
    where: str | None = None  # headline, lead, anywhere; None: the kind's own
    company_fact: str | None = None  # the fact that the company fills, where it is not the kind's own
    news: bool = False  # True: the wording itself says that it is no background


@dataclass(slots=True)
class Reading:
    """A document while it is read."""

    document: Document
    sentences: list[Sentence]
    parties: Parties
    base: date | None  # the day the document speaks from
    filing: bool
    view_of: Callable[[int], View]  # the masked view of the sentence at an index
    index: int = 0  # of the sentence being read
    wordings: Wordings | None = None  # the patterns of the kind being looked for that may match the sentence; None: all

    def apt(self, expressions: Iterable[Expression]) -> list[Expression]:
        """Return those of a kind's CUES that may match the sentence being read."""
        return [e for e in expressions if self.wordings is None or e.pattern in self.wordings]

    def neighbour(self, step: int) -> View | None:
        """Return the view of the sentence `step` after (or before) this one in the same paragraph or the next, if any."""
        at = self.index + step
        if not 0 <= at < len(self.sentences):
            return None
        here, there = self.sentences[self.index], self.sentences[at]
        return self.view_of(at) if abs(there.paragraph - here.paragraph) <= 1 and there.zone == here.zone else None
