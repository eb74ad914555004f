"""The model of a kind file: what a trigger kind is, how it is worded, its facts, its playbook and its own tests.

One kind is one file `triggers/kinds/<kind>.yml` (or `<workspace>/triggers/<kind>.yml`); its stem is its name. Most kinds are
YAML alone. Where facts need code, a module of the same stem stands beside it with one function:

    def find(view: View, reading: Reading) -> Iterable[Found]

`view` is one sentence with its entities masked (triggers/view.py), `reading` the document around it; what it yields is judged,
given its status, company and date, and merged like what the patterns find (triggers/extract.py).

A pattern is a regular expression over the masked sentence, case ignored, with placeholders in braces:
`{company}` `{person}` `{title}` `{place}` `{money}` `{percent}` `{number}` `{date}` stand for one such entity and fill the fact of
that name; `{place:to}` fills the fact `to`. `{subject}` is a company, a pronoun or capitalised words, `{object:target}` the same
without pronouns, `{text:product}` up to a dozen words; `{gap}` is up to 60 characters of the same clause, `{gap:20}` up to 20.
Words of triggers/lexicon.py stand by name: `{will}`, `{agrees}`, `{announces}`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from store.records import STATUSES
from triggers.lexicon import CLASSES

ENTITY_PLACEHOLDERS = ("company", "person", "title", "place", "money", "percent", "number", "date")
PLACEHOLDERS = (*ENTITY_PLACEHOLDERS, "subject", "object", "text", "gap")
PLACEHOLDER = re.compile(r"\{([a-z_]+)(?::([a-z_]+|\d+))?\}")

Where = Literal["headline", "lead", "anywhere"]


class Strict(BaseModel):
    """What every model of a kind file has in common: unknown keys are refused, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _check(expression: str, said: str, info: ValidationInfo) -> None:
    """Raise ValueError where `expression`, written `said`, is none; those that ship are `proven` by a test, and the check takes as long as use."""
    if info.context and info.context.get("proven"):
        return
    try:
        re.compile(expression)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error} in {said!r}") from error


class Pattern(Strict):
    """One way to word the event."""

    match: str
    status: str | None = None  # the status it says itself; by default it is read from the words around (triggers/qualify.py)
    where: Where | None = None  # headline, lead (headline too) or anywhere; the kind's own by default
    confidence: float = Field(0.9, ge=0, le=1)
    facts: Mapping[str, str] = {}  # facts that this wording settles: direction: joins
    unless: str | None = None  # a sentence that matches this is none
    company_fact: str | None = None  # the fact that the company fills in this wording: target in "Beta to be acquired by Acme"

    @field_validator("match", "unless")
    @classmethod
    def _compiles(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None:
            for name, _ in PLACEHOLDER.findall(value):
                if name not in PLACEHOLDERS and name not in CLASSES:
                    raise ValueError(f"unknown placeholder '{{{name}}}'; known: {', '.join(sorted([*PLACEHOLDERS, *CLASSES]))}")
            _check(PLACEHOLDER.sub("x", value), value, info)
        return value

    @field_validator("status")
    @classmethod
    def _known_status(cls, value: str | None) -> str | None:
        if value is not None and value not in STATUSES:
            raise ValueError(f"unknown status '{value}'; known: {', '.join(STATUSES)}")
        return value


class Fact(Strict):
    """One argument of an event, and where it is looked for when the pattern itself did not catch it."""

    says: str = ""  # what it is, for the manual
    nearest: Literal["company", "person", "title", "place", "money", "percent", "number", "date"] | None = None
    after: str | None = None  # only an entity that these words stand right before
    words: Mapping[str, str] = {}  # value -> regular expression over the sentence; the first that matches
    lift: str | None = None  # a regular expression whose first group is the value

    @field_validator("after", "lift")
    @classmethod
    def _compiles(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None:
            _check(value, value, info)
        return value


class Playbook(Strict):
    """What a rep does with an event of the kind."""

    why: str
    talking_points: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Marked:
    """An example without its mark-up, and what the marks said."""

    text: str
    marks: tuple[tuple[str, str], ...]  # (fact or "company", words)


class Example(Strict):
    """A sentence of the kind with its company and facts marked up, or a near-miss of which nothing must be made."""

    text: str  # "[company Acme Corp.] named [person Jane Roe] [title CFO]."
    guards: str  # what this row is there for
    title: str | None = None
    form: str | None = None
    published: str | None = None  # ISO date
    status: str | None = None
    facts: Mapping[str, str | None] = {}  # facts that are not words of the text: direction, level
    happened: str | None = None
    nothing: bool = False
    count: int | None = None  # how many events of the kind there are; not said: at least one

    @model_validator(mode="after")
    def _says_what_it_expects(self) -> Self:
        marks = unmark(self.text).marks + (unmark(self.title).marks if self.title else ())
        if self.nothing and (marks or self.facts or self.status):
            raise ValueError("an example of nothing has no marks, facts or status")
        if not self.nothing and not marks:
            raise ValueError("an example needs a mark such as [company Acme Corp.], or `nothing: true`")
        if self.status is not None and self.status not in STATUSES:
            raise ValueError(f"unknown status '{self.status}'; known: {', '.join(STATUSES)}")
        return self


_MARK = re.compile(r"\[([a-z_]+) ([^\[\]]+)\]")


def unmark(text: str) -> Marked:
    """Return the text without marks, and the marks; raise ValueError where brackets do not pair or a mark has no name."""
    plain = _MARK.sub(lambda m: m.group(2), text)
    if "[" in plain or "]" in plain:
        raise ValueError(f"unbalanced or nameless mark in {text!r}; write [company Acme Corp.]")
    return Marked(plain, tuple((m.group(1), m.group(2)) for m in _MARK.finditer(text)))


class Kind(Strict):
    """One trigger kind."""

    name: str
    title: str  # how a rep calls it
    definition: str
    phrases: tuple[str, ...] = Field(min_length=1)  # RE2 expressions, case ignored: a sentence without one is not looked at
    also: tuple[str, ...] = ()  # where given, one of these must stand in the sentence too: a second gate for common words
    patterns: tuple[Pattern, ...] = ()
    never: tuple[str, ...] = ()  # a sentence that matches one of these is none of this kind
    never_document: tuple[str, ...] = ()  # a headline or lead that matches: the document has none of this kind
    where: Where = "anywhere"
    headed: bool = False  # a release whose headline has none of the phrases has none of this kind
    main_only: bool = False  # beyond headline and lead only where the document's own company is the company
    facts: Mapping[str, Fact] = {}
    main_facts: tuple[str, ...] = ()  # two events of one document with the same main facts are one; () is one a document and company
    news_once: bool = False  # the headline's event and the lead's are one even where their main facts differ: "Ohio", "12 Elm Street"
    needs: tuple[str, ...] = ()  # facts without which a sentence below a headline tells of no event
    names_company: bool = False  # below a headline, a sentence that names no company tells of none
    yields_to: tuple[str, ...] = ()  # kinds that tell the same better: beside one of the same company, this one is left out
    company_fact: str | None = None  # the fact that the event's own company fills where the wording names nobody: acquirer
    part: str | None = None  # the fact that says how large a part: less than half of it makes the event doubtful
    items: tuple[str, ...] = ()  # 8-K items that tell of it
    playbook: Playbook
    examples: tuple[Example, ...] = ()

    @field_validator("phrases", "also", "never", "never_document")
    @classmethod
    def _compile(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        for phrase in value:
            _check(phrase, phrase, info)
        return value

    @model_validator(mode="after")
    def _facts_are_known(self) -> Self:
        known = {"company", *self.facts}
        for pattern in self.patterns:
            named = set(pattern.facts) | {
                (group or name)
                for name, group in PLACEHOLDER.findall(pattern.match)
                if name not in CLASSES and name not in {"gap"} and (group or name in self.facts)
            }
            for fact in named - known - {"subject", "object"}:
                raise ValueError(
                    f"pattern {pattern.match!r} fills '{fact}', which is no fact of the kind; known: {', '.join(sorted(known))}"
                )
        for fact in (*self.main_facts, *filter(None, (self.company_fact, self.part))):
            if fact not in known:
                raise ValueError(f"main fact '{fact}' is no fact of the kind; known: {', '.join(sorted(known))}")
        for example in self.examples:
            marks = unmark(example.text).marks + (unmark(example.title).marks if example.title else ())
            for fact in [name for name, _ in marks] + list(example.facts):
                if fact not in known:
                    raise ValueError(
                        f"example {example.text!r} marks '{fact}', which is no fact of the kind; known: {', '.join(sorted(known))}"
                    )
        return self
