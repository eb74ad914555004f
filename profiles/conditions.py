"""What a profile can demand: one decorated function a condition, and its docstring is its manual.

A condition on a place or company returns True, False, or None when what it needs is not known. A condition on an event
returns None when it holds, else what is wrong in words that `prospect explain` prints.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar

from profiles.geography import COUNTRY_REGIONS, METROS, REGIONS, Atlas, Spot, miles_between, read_place, state_code
from profiles.industries import INDUSTRIES, code_fits
from profiles.wants import ANY_KIND, FactTest, Sources, Step
from profiles.where import Industries, Near, Span
from profiles.wording import listed, number_in, span
from store.records import Company, Story

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Condition:
    """One key of a profile with the function that holds it and its page of the manual."""

    section: str  # "place", "company", "fact", "event", "pattern"
    key: str
    holds: Callable[..., Any]

    @property
    def manual(self) -> str:
        """The docstring: what the key means, for reps."""
        return inspect.cleandoc(self.holds.__doc__ or "")


CONDITIONS: dict[tuple[str, str], Condition] = {}
# what a status is worth where the want names none
STATUS_FACTORS = {"rumored": 0.4, "planned": 0.9, "announced": 1.0, "completed": 1.0, "terminated": 0.0, "denied": 0.0}


def condition(section: str, key: str) -> Callable[[F], F]:
    """Enter the function as the condition that `key` names in a profile; its docstring is printed as the manual."""

    def enter(holds: F) -> F:
        if (section, key) in CONDITIONS:
            raise ValueError(f"two conditions are called '{key}' in section '{section}'")
        CONDITIONS[section, key] = Condition(section, key, holds)
        return holds

    return enter


# places: held against the seat of the company and against the place of an event


@condition("place", "countries")
def countries(wanted: Sequence[str], spot: Spot, atlas: Atlas | None = None) -> bool | None:
    """In one of these countries, by two-letter code or name: `countries: [US, Germany]`."""
    return None if spot.country is None else spot.country in wanted


@condition("place", "states")
def states(wanted: Sequence[str], spot: Spot, atlas: Atlas | None = None) -> bool | None:
    """In one of these states or provinces, by code or name: `states: [MD, Virginia, ON]`.

    A company in another country is outside, even when its state is not known.
    """
    if spot.state is None:
        return False if spot.country not in {None, "US", "CA"} else None
    return spot.state in wanted


@condition("place", "regions")
def regions(wanted: Sequence[str], spot: Spot, atlas: Atlas | None = None) -> bool | None:
    """In one of these regions of states or countries: `regions: [New England, DACH]`. The list of regions is below."""
    found: list[bool | None] = []
    for name in wanted:
        if name in REGIONS:
            found.append(states(REGIONS[name], spot))
        if name in COUNTRY_REGIONS:
            found.append(countries(COUNTRY_REGIONS[name], spot))
    return any_of_known(found)


@condition("place", "metros")
def metros(wanted: Sequence[str], spot: Spot, atlas: Atlas | None = None) -> bool | None:
    """In one of these metropolitan areas: `metros: [Boston, "Boise, ID"]`.

    One of the list below is met by postal code where that is known, else by city and state; the others, by their first city, and
    all by the area that the company's county lies in.
    """
    if spot.metro is not None and any(spot.metro in (METROS[name][1] if name in METROS else (name,)) for name in wanted):
        return True
    listed_ones = [name for name in wanted if name in METROS]
    others = [name for name in wanted if name not in METROS]
    found = [_listed_metros(listed_ones, spot)] if listed_ones else []
    if others:
        # an area may reach into another state than its first city's
        found.append(False if spot.metro is not None or spot.country not in {None, "US"} else None)
    return any_of_known(found)


def _listed_metros(wanted: Sequence[str], spot: Spot) -> bool | None:
    if spot.postal_code is not None and spot.country in {None, "US"}:
        return any(spot.postal_code.startswith(METROS[name][0]) for name in wanted)
    if spot.city is None or spot.state is None:
        # a state without any of the wanted areas settles it
        return False if spot.state is not None and not any(spot.state in _metro_states(name) for name in wanted) else states((), spot)
    return any(f"{spot.city}, {spot.state}".casefold() in _metro_places(name) for name in wanted)


@lru_cache(maxsize=128)
def _metro_places(name: str) -> frozenset[str]:
    return frozenset(place.casefold() for place in METROS[name][1])


@lru_cache(maxsize=128)
def _metro_states(name: str) -> frozenset[str]:
    return frozenset(place.rsplit(", ", 1)[1] for place in METROS[name][1])


@condition("place", "us_counties")
def us_counties(wanted: Sequence[str], spot: Spot, atlas: Atlas | None = None) -> bool | None:
    """In one of these counties of the United States, each with its state: `us_counties: ["Montgomery County, MD", "Fairfax, VA"]`."""
    if spot.county is not None and spot.state is not None:
        return f"{spot.county}, {spot.state}" in wanted
    if spot.state is not None and not any(name.endswith(f", {spot.state}") for name in wanted):
        return False
    return False if spot.country not in {None, "US"} else None


@condition("place", "cities")
def cities(wanted: Sequence[str], spot: Spot, atlas: Atlas | None = None) -> bool | None:
    """In one of these cities, with the state or country where the name is not the only one: `cities: ["Portland, OR", Boise]`."""
    if spot.city is None:
        return None
    found: list[bool | None] = []
    for name in wanted:
        place = read_place(name)
        if (place.city or name).casefold() != spot.city.casefold():
            found.append(False)
        elif place.state and spot.state:
            found.append(place.state == spot.state)
        elif place.country and spot.country:
            found.append(place.country == spot.country)
        else:
            found.append(True if not place.state and not place.country else None)
    return any_of_known(found)


@condition("place", "postal")
def postal(wanted: Sequence[str], spot: Spot, atlas: Atlas | None = None) -> bool | None:
    """With a postal code that begins so, or lies between these: `postal: ["212", 20001-20599]`.

    Put a code in quotes when it begins with 0.
    """
    if spot.postal_code is None:
        return None
    code = spot.postal_code.upper()
    for written in wanted:
        low, _, high = written.partition("-")
        if low <= code[: len(low)] <= (high or low):
            return True
    return False


@condition("place", "near")
def near(wanted: Near, spot: Spot, atlas: Atlas | None = None) -> bool | None:
    """Within so many miles or kilometres of a place, as the crow flies: `near: {place: "Baltimore, MD", miles: 50}`."""
    if atlas is None or spot.city is None:
        return None
    centre, there = atlas(wanted.place), atlas(str(spot))
    if centre is None or there is None:
        return None
    return miles_between(centre, there) <= wanted.within_miles


# the company


def _in_span(least: float | None, wanted: Span, most: float | None = None) -> bool | None:
    """Return whether a number lies in the span; of one known to lie between two bounds None where it may."""
    if least is None:
        return None
    most = least if most is None else most
    if (wanted.min is not None and most < wanted.min) or (wanted.max is not None and least > wanted.max):
        return False
    return True if (wanted.min is None or least >= wanted.min) and (wanted.max is None or most <= wanted.max) else None


@condition("company", "industries")
def industries(wanted: Industries, company: Company, now: datetime) -> bool | None:
    """In one of these industries: `industries: {sic: ["60-67", "7372"], naics: ["5112"], words: [banking, software]}`.

    A code stands for all that begin with it; a range runs over beginnings. One that fits is enough. The words are below.
    """
    found: list[bool | None] = []
    by_word = [INDUSTRIES[word.casefold()] for word in wanted.words or ()]
    sic = (*(wanted.sic or ()), *(code for codes, _ in by_word for code in codes))
    naics = (*(wanted.naics or ()), *(code for _, codes in by_word for code in codes))
    if sic:
        found.append(None if company.sic is None else code_fits(company.sic.zfill(4), sic))
    if naics:
        found.append(None if company.naics is None else code_fits(company.naics, naics))
    if by_word and False in found and True not in found:
        return False  # a word says the same in both codes; one that is known and does not fit settles it
    return any_of_known(found)


@condition("company", "employees")
def employees(wanted: Span, company: Company, now: datetime) -> bool | None:
    """With so many employees: `employees: {min: 200, max: 5000}`; either end may be left out.

    Where a register gives a range that reaches over one of the ends, it is not known.
    """
    return _in_span(company.employees, wanted, company.employees_max)


@condition("company", "revenue")
def revenue(wanted: Span, company: Company, now: datetime) -> bool | None:
    """With so much revenue a year, in US dollars: `revenue: {min: 50000000}`."""
    return _in_span(company.revenue_usd, wanted, company.revenue_usd_max)


@condition("company", "age")
def age(wanted: Span, company: Company, now: datetime) -> bool | None:
    """Founded so many years ago: `age: {max: 10}`."""
    return _in_span(None if company.founded is None else now.year - company.founded, wanted)


@condition("company", "public")
def public(wanted: bool, company: Company, now: datetime) -> bool | None:
    """With listed shares (`public: true`), or without (`public: false`)."""
    return None if company.public is None else company.public is wanted


def any_of_known(found: Sequence[bool | None]) -> bool | None:
    """Return True if one is, None if none is but one may be, False if all are known not to be."""
    if True in found:
        return True
    return None if None in found else False


# facts of an event; an unknown fact meets `none_of` alone


@condition("fact", "any_of")
def any_of(wanted: Sequence[str], fact: str | None) -> bool:
    """One of these words, whole, in any case: `is: {level: [c_suite, board]}`, or in full `{level: {any_of: [c_suite, board]}}`."""
    return fact is not None and fact.strip().casefold() in {word.casefold() for word in wanted}


@condition("fact", "none_of")
def none_of(wanted: Sequence[str], fact: str | None) -> bool:
    """None of these words: `is: {function: {none_of: [legal, people]}}`. A fact that is not known passes."""
    return fact is None or fact.strip().casefold() not in {word.casefold() for word in wanted}


@condition("fact", "at_least")
def at_least(wanted: float, fact: str | None) -> bool:
    """A number of at least this much: `is: {amount: {at_least: 10000000}}`; "$12.5 million" is read as 12,500,000."""
    number = None if fact is None else number_in(fact)
    return number is not None and number >= wanted


@condition("fact", "at_most")
def at_most(wanted: float, fact: str | None) -> bool:
    """A number of at most this much: `is: {jobs: {at_most: 50}}`."""
    number = None if fact is None else number_in(fact)
    return number is not None and number <= wanted


@condition("fact", "matches")
def matches(wanted: str, fact: str | None) -> bool:
    """Holding a match of this regular expression, in any case: `is: {title: {matches: "chief (information|digital)"}}`."""
    return fact is not None and _pattern(wanted).search(fact) is not None


@lru_cache(maxsize=1024)
def _pattern(written: str) -> re.Pattern[str]:
    return re.compile(written, re.IGNORECASE)


@condition("fact", "in")
def lies_in(wanted: Sequence[str], fact: str | None) -> bool:
    """A place in one of these states, regions or countries: `is: {to: {in: [TX, New England]}}`."""
    if fact is None:
        return False
    spot = read_place(fact)
    for place in wanted:
        if place.startswith("country ") and spot.country == place.removeprefix("country "):
            return True
        if state_code(place) == place and spot.state == place:
            return True
        if regions((place,), spot) is True:
            return True
    return False


# test -> whether it holds, and the words between the fact and what was wanted of it
_FACT_TESTS: tuple[tuple[str, Callable[[Any, str | None], bool], str], ...] = (
    ("any_of", any_of, "not"),
    ("none_of", none_of, "which is unwanted:"),
    ("at_least", at_least, "below"),
    ("at_most", at_most, "above"),
    ("matches", matches, "which does not match"),
    ("in_", lies_in, "not in"),
)


def fact_fault(name: str, test: FactTest, fact: str | None) -> str | None:
    """Return what is wrong with the fact, "level is board, not c_suite", or None when all its tests hold."""
    for key, holds, negative in _FACT_TESTS:
        wanted = getattr(test, key)
        if wanted is not None and not holds(wanted, fact):
            words = listed(wanted, "or") if isinstance(wanted, tuple) else f"{wanted:,g}" if isinstance(wanted, float) else f"'{wanted}'"
            return f"{name} is not known" if fact is None else f"{name} is {fact}, {negative} {words}"
    return None


def fact_holds(test: FactTest, fact: str | None) -> bool:
    """Return whether all tests of the fact hold: what `fact_fault` says, without words."""
    return all(holds(wanted, fact) for key, holds, _ in _FACT_TESTS if (wanted := getattr(test, key)) is not None)


# events: each returns what is wrong, or None


@condition("event", "trigger")
def trigger(wanted: Sequence[str], story: Story, now: datetime) -> str | None:
    """The kind of event: `trigger: relocation`, one of several: `trigger: [relocation, real_estate_deal]`, or `trigger: any`.

    A misspelt one is refused; `prospect schema` and docs/triggers.md list them.
    """
    return None if story.kind in wanted or ANY_KIND in wanted else f"is a {story.kind}"


@condition("event", "is")
def is_(wanted: dict[str, FactTest], story: Story, now: datetime) -> str | None:
    """What the event's facts must say: `is: {level: c_suite, direction: [joins, changes]}`. All of them must hold.

    A list means any of it. The tests any_of, none_of, at_least, at_most, matches and in are described under Facts.
    """
    faults = [fault for name, test in wanted.items() if (fault := fact_fault(name, test, story.facts.get(name)))]
    return "; ".join(faults) or None


@condition("event", "status")
def status(wanted: Sequence[str] | None, story: Story, now: datetime) -> str | None:
    """How far it has come: `status: [planned, announced]`; a status that is named counts in full.

    Without `status` announced and completed events count 1, planned 0.9, rumored 0.4, denied and terminated 0.
    """
    if wanted is None:
        return f"is {story.status}" if story.status in {"denied", "terminated"} else None
    return None if story.status in wanted else f"is {story.status}, not {listed(wanted, 'or')}"


@condition("event", "within")
def within(wanted: timedelta | None, story: Story, now: datetime) -> str | None:
    """How old it may be: `within: 120d`. Age counts from the earlier of the day it happened and its publication."""
    if not too_old(wanted, story, now):
        return None
    assert wanted is not None
    return f"is {span(now - story.when)} old, {span(now - story.when - wanted)} beyond {span(wanted)}"


def too_old(wanted: timedelta | None, story: Story, now: datetime) -> bool:
    """Return whether the story is older than `within` lets it be: the same verdict as `within`, without words."""
    return wanted is not None and now - story.when > wanted


@condition("event", "sources")
def sources(wanted: Sources | None, story: Story, now: datetime) -> str | None:
    """How well it must be attested: `sources: 2` for two independent sources, `sources: {at_least: 2, or_filing: true}` where one filing will do too.

    Copies of one release on several wires are one source: two are independent when neither publisher nor sentence is the same.
    """
    if wanted is None or (wanted.or_filing and any(sighting.form for sighting in story.sightings)):
        return None
    seen = independent_sources(story)
    if seen >= wanted.at_least:
        return None
    return f"was seen in {seen} independent source{'s' if seen > 1 else ''}, {wanted.at_least} demanded" + (
        " or a filing" if wanted.or_filing else ""
    )


def independent_sources(story: Story) -> int:
    """Return how many sightings can be picked so that no two share a publisher, a sentence, or the release they are copies of.

    That is the largest matching between publishers and tellings; a copy adds neither.
    """
    tellings: list[set[str]] = []
    for sighting in story.sightings:
        marks = {" ".join(re.findall(r"\w+", sighting.event.quote.casefold()))} | ({sighting.origin} - {""})
        same = [telling for telling in tellings if telling & marks]
        tellings = [telling for telling in tellings if not telling & marks] + [marks.union(*same)]
    said: dict[str, set[int]] = {}
    for sighting in story.sightings:
        quote = " ".join(re.findall(r"\w+", sighting.event.quote.casefold()))
        publisher = (sighting.publisher or sighting.source).casefold()
        said.setdefault(publisher, set()).add(next(number for number, telling in enumerate(tellings) if quote in telling))
    taken: dict[int, str] = {}

    def place(publisher: str, tried: set[int]) -> bool:
        for quote in sorted(said[publisher] - tried):
            tried.add(quote)
            if quote not in taken or place(taken[quote], tried):
                taken[quote] = publisher
                return True
        return False

    return sum(place(publisher, set()) for publisher in sorted(said))


def step_fault(step: Step, story: Story, now: datetime) -> str | None:
    """Return what keeps the story from being this step (facts, status), in words, or None; its kind is already right."""
    return is_(step.is_, story, now) or status(step.status, story, now)


def step_factor(step: Step, story: Story) -> float:
    """Return what the story's status counts for the step, 0 where its facts or its status are not as wanted; its kind is already right.

    The same verdict as `step_fault`, without words.
    """
    factor = STATUS_FACTORS[story.status] if step.status is None else float(story.status in step.status)
    if factor and step.is_ and not all(fact_holds(test, story.facts.get(name)) for name, test in step.is_.items()):
        return 0.0
    return factor
