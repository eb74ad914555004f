"""What a profile may want of a company: an event, a sequence, a combination, a repetition, an absence.

Kinds and their facts are not known here: they come in the validation context as `kinds` (kind -> names of its facts), and
`values` (kind -> fact -> the words it may hold) where a kind lists them. Without a context nothing is held against them.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    field_validator,
    model_validator,
)

from profiles.geography import COUNTRY_REGIONS, REGIONS, country_code, country_names, state_code, state_names
from profiles.times import Duration, duration_text
from profiles.wording import counted, listed, shown, unknown
from store.records import STATUSES

Status = Literal["rumored", "planned", "announced", "completed", "terminated", "denied"]
ANY_KIND = "any"


class Model(BaseModel):
    """A mapping in a profile: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with `update`; what was worked out of the old values is forgotten."""
        copied = super().model_copy(update=update, deep=deep)
        for name in set(copied.__dict__) - set(type(self).model_fields):
            del copied.__dict__[name]
        return copied

    @cached_property
    def signature(self) -> str:
        """The same text for the same meaning, as one object: two profiles that want the same share what was found for it."""
        return sys.intern(f"{type(self).__name__} {self.model_dump_json(by_alias=True)}")


def one_or_more(value: Any) -> Any:
    """Return a list of what may be written as a single word."""
    return value if isinstance(value, (list, tuple)) else [value]


def _as_word(value: Any) -> Any:
    """Return YAML's numbers and booleans as the text that facts are."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (int, float)) else value


Word = Annotated[str, BeforeValidator(_as_word), Field(min_length=1)]
Words = Annotated[tuple[Word, ...], BeforeValidator(one_or_more), Field(min_length=1)]


def read_status(value: Any) -> Any:
    """Return the status as it stands; raise ValueError with the nearest one for a word that is none."""
    if value not in STATUSES:
        raise ValueError(unknown("status", value, STATUSES))
    return value


Statuses = Annotated[tuple[Annotated[Status, BeforeValidator(read_status)], ...], BeforeValidator(one_or_more), Field(min_length=1)]


def read_kind(kind: str, info: ValidationInfo) -> str:
    """Return the kind as it stands; raise ValueError with the nearest one when the context does not know it."""
    kinds = (info.context or {}).get("kinds")
    if kinds is not None and kind not in kinds and kind != ANY_KIND:
        raise ValueError(unknown("trigger", kind, [*kinds, ANY_KIND]))
    return kind


Kind = Annotated[str, Field(min_length=1), AfterValidator(read_kind)]
Kinds = Annotated[tuple[Kind, ...], BeforeValidator(one_or_more), Field(min_length=1)]


def read_region(value: Any) -> str:
    """Return a state's code, or the small-letter name of a region; raise ValueError with the nearest name otherwise."""
    text = str(value).strip()
    if code := state_code(text):
        return code
    if text.casefold() in REGIONS or text.casefold() in COUNTRY_REGIONS:
        return text.casefold()
    if code := country_code(text):
        return f"country {code}"
    raise ValueError(unknown("state, region or country", text, [*state_names(), *REGIONS, *COUNTRY_REGIONS, *country_names()]))


class FactTest(Model):
    """What a fact must say. A bare word or list is `any_of`; all tests that are written must hold."""

    any_of: Words | None = None
    none_of: Words | None = None
    at_least: float | None = None
    at_most: float | None = None
    matches: str | None = None
    in_: Annotated[tuple[Annotated[str, BeforeValidator(read_region)], ...], BeforeValidator(one_or_more)] | None = Field(None, alias="in")

    @field_validator("matches")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        if pattern is not None:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"'{pattern}' is no regular expression: {error}") from error
        return pattern

    @model_validator(mode="after")
    def _tests_something(self) -> FactTest:
        if not self.model_fields_set:
            raise ValueError("a fact's test is empty; write a word, a list, or one of any_of, none_of, at_least, at_most, matches, in")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(f"at_least {self.at_least:g} is above at_most {self.at_most:g}: no fact can meet both")
        return self

    @property
    def words(self) -> str:
        """The test in words: "c_suite or board", "at least 1,000"."""
        words = []
        for name, value in self.model_dump(by_alias=True, exclude_none=True).items():
            text = listed(value, "or") if isinstance(value, tuple) else f"{value:,g}" if isinstance(value, float) else str(value)
            words.append(text if name == "any_of" else f"{name.replace('_', ' ')} {text}")
        return " and ".join(words)


def _as_test(value: Any) -> Any:
    return value if isinstance(value, (Mapping, FactTest)) else {"any_of": value}


FactTests = dict[str, Annotated[FactTest, BeforeValidator(_as_test)]]


def check_facts(kinds: tuple[str, ...], facts: Mapping[str, FactTest | None], info: ValidationInfo) -> None:
    """Raise ValueError for facts that an event of these kinds does not carry, or words that such a fact never holds."""
    context = info.context or {}
    known: Mapping[str, Any] | None = context.get("kinds")
    if known is None or ANY_KIND in kinds:
        return
    faults = []
    for fact, test in facts.items():
        for kind in kinds:
            if kind in known and fact not in known[kind]:
                faults.append(f"{unknown('fact', fact, known[kind])} of trigger '{kind}'")
                break
            words = (context.get("values") or {}).get(kind, {}).get(fact)
            if words and test:
                faults += [
                    f"{unknown('value', word, words)} of fact '{fact}'"
                    for word in (*(test.any_of or ()), *(test.none_of or ()))
                    if word.casefold() not in {known_word.casefold() for known_word in words}
                ]
    if faults:
        raise ValueError("; ".join(dict.fromkeys(faults)))


class Step(Model):
    """One event in a sequence, combination or absence: a trigger, and what its facts and status must be."""

    trigger: Kinds
    is_: FactTests = Field(default_factory=dict, alias="is")
    status: Statuses | None = None

    @field_validator("is_")
    @classmethod
    def _facts_known(cls, facts: FactTests, info: ValidationInfo) -> FactTests:
        check_facts(info.data.get("trigger", ()), facts, info)
        return facts

    @cached_property
    def words(self) -> str:
        """The step in words: "executive_change (level c_suite, status planned)"."""
        return self._step_words()

    @cached_property
    def needs(self) -> tuple[frozenset[str], ...]:
        """The kinds of each event that must be there for it to be met."""
        return (frozenset(self.trigger),)

    def _step_words(self) -> str:
        tests = [f"{name} {test.words}" for name, test in self.is_.items()]
        if self.status:
            tests.append(f"status {listed(self.status, 'or')}")
        return listed(self.trigger, "or") + (f" ({', '.join(tests)})" if tests else "")


def _as_step(value: Any) -> Any:
    return {"trigger": value} if isinstance(value, str) else value


Steps = tuple[Annotated[Step, BeforeValidator(_as_step)], ...]


class Sources(Model):
    """How well an event must be attested: by this many independent sources, or, with `or_filing`, by one filing."""

    at_least: int = Field(2, ge=1, le=20)
    or_filing: bool = False


Weight = Annotated[float, Field(ge=-1000, le=1000, allow_inf_nan=False)]


def _tail(within: timedelta | None, weight: float) -> str:
    return (f" within {duration_text(within)}" if within else "") + f", weight {shown(weight)}"


class Want(Step):
    """An event that counts: the ordinary want."""

    within: Duration | None = None
    weight: Weight
    required: bool = False
    half_life: Duration | None = None
    count: Literal["best", "each"] = "best"
    times: int = Field(1, ge=1, le=100)
    sources: Annotated[Sources, BeforeValidator(lambda value: {"at_least": value} if isinstance(value, int) else value)] | None = None
    label: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _is_some_want(cls, value: Any) -> Any:
        """A misspelt `then` falls to this model; say so instead of asking for a trigger."""
        if isinstance(value, Mapping) and "trigger" not in value:
            strange = [key for key in value if key not in _WANT_KEYS]
            if strange:
                raise ValueError(unknown("key", strange[0], ("trigger", *_FIRST_KEYS)))
            raise ValueError("a want needs a 'trigger' (or 'then', 'all', 'any', 'none', 'absent')")
        return value

    @model_validator(mode="after")
    def _repeats(self) -> Want:
        if self.times > 1 and self.count == "each":
            raise ValueError("'times' asks for one pattern of several events; it cannot be counted 'each'")
        if self.times > 1 and self.within is None:
            raise ValueError(f"'times: {self.times}' needs 'within', the length of time they fall in")
        return self

    @cached_property
    def words(self) -> str:
        """The want in words: "executive_change (level c_suite) within 120d, weight 40"."""
        text = (f"{self.times} × " if self.times > 1 else "") + self._step_words()
        if self.sources:
            text += f" from {counted(self.sources.at_least, 'source')}" + (" or a filing" if self.sources.or_filing else "")
        return text + _tail(self.within, self.weight)


class Sequence(Model):
    """Events in this order, the last within `within` of the first."""

    then: Steps = Field(min_length=2, max_length=5)
    within: Duration
    weight: Weight
    required: bool = False
    half_life: Duration | None = None
    label: str | None = None

    @cached_property
    def needs(self) -> tuple[frozenset[str], ...]:
        """The kinds of each event that must be there for it to be met."""
        return tuple(frozenset(step.trigger) for step in self.then)

    @cached_property
    def words(self) -> str:
        """The want in words: "executive_change then relocation within 90d, weight 15"."""
        return " then ".join(step.words for step in self.then) + _tail(self.within, self.weight)


class Combination(Model):
    """Events in any order within `within` of each other: all of these, any of those, none of these."""

    all_: Steps = Field((), alias="all", max_length=6)
    any_: Steps = Field((), alias="any", max_length=20)
    none_: Steps = Field((), alias="none", max_length=20)
    within: Duration
    weight: Weight
    required: bool = False
    half_life: Duration | None = None
    label: str | None = None

    @model_validator(mode="after")
    def _has_a_piece(self) -> Combination:
        if not self.all_ and not self.any_:
            raise ValueError("'none' alone is met by every company; say with 'all' or 'any' what must have happened, or use 'absent'")
        return self

    @cached_property
    def needs(self) -> tuple[frozenset[str], ...]:
        """The kinds of each event that must be there for it to be met; of `any` one set for all of its steps."""
        either = (frozenset(kind for step in self.any_ for kind in step.trigger),) if self.any_ else ()
        return (*(frozenset(step.trigger) for step in self.all_), *either)

    @cached_property
    def words(self) -> str:
        """The want in words: "funding and hiring with no distress within 180d, weight 20"."""
        pieces = [listed(step.words for step in self.all_)] if self.all_ else []
        if self.any_:
            pieces.append(f"any of {listed((step.words for step in self.any_), 'or')}")
        if self.none_:
            pieces.append(f"no {listed((step.words for step in self.none_), 'or')}")
        return " with ".join(pieces) + _tail(self.within, self.weight)


class Absence(Model):
    """What did not happen: no `absent` event within `within` after the `after` event; it counts once that time is over."""

    absent: Annotated[Step, BeforeValidator(_as_step)]
    after: Annotated[Step, BeforeValidator(_as_step)]
    within: Duration
    weight: Weight
    required: bool = False
    half_life: Duration | None = None
    label: str | None = None

    @cached_property
    def needs(self) -> tuple[frozenset[str], ...]:
        """The kinds of each event that must be there for it to be met."""
        return (frozenset(self.after.trigger),)

    @cached_property
    def words(self) -> str:
        """The want in words: "no executive_change (direction joins) after executive_change (direction leaves) within 120d, weight 25"."""
        return f"no {self.absent.words} after {self.after.words}" + _tail(self.within, self.weight)


_FIRST_KEYS = {"then": "Sequence", "all": "Combination", "any": "Combination", "none": "Combination", "absent": "Absence"}


def _variant(value: Any) -> str:
    """Return the model that a want's keys ask for."""
    if isinstance(value, Mapping):
        return next((name for key, name in _FIRST_KEYS.items() if key in value), "Want")
    return type(value).__name__


AnyWant = Annotated[
    Annotated[Want, Tag("Want")]
    | Annotated[Sequence, Tag("Sequence")]
    | Annotated[Combination, Tag("Combination")]
    | Annotated[Absence, Tag("Absence")],
    Discriminator(_variant),
]
_WANT_KEYS = frozenset(info.alias or name for name, info in Want.model_fields.items())


def steps_of(want: Want | Sequence | Combination | Absence) -> tuple[Step, ...]:
    """Return every event that the want speaks of, wanted or unwanted."""
    if isinstance(want, Want):
        return (want,)
    if isinstance(want, Sequence):
        return want.then
    if isinstance(want, Combination):
        return (*want.all_, *want.any_, *want.none_)
    return (want.after, want.absent)
