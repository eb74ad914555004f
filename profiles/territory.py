"""Holds a company, and the places of its events, against a profile's `where`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from profiles.conditions import CONDITIONS, any_of_known
from profiles.geography import Atlas, Spot, read_place, seat_of
from profiles.where import Where
from profiles.wording import listed
from store.records import Company, Story

# where an event's own place stands; `to` is a place in a move alone: elsewhere it is a name or an auditor
_PLACE_FACTS = {"relocation": ("to",)}
_IN_PLACE = {key: found.holds for (section, key), found in CONDITIONS.items() if section == "place"}
_OF_COMPANY = {key: found.holds for (section, key), found in CONDITIONS.items() if section == "company"}


@dataclass(slots=True)
class Looked:
    """One place that was held against the territory."""

    what: str  # "seat", or the kind of the event
    spot: Spot
    inside: bool | None

    def __str__(self) -> str:
        if self.what == "seat":
            if self.inside is None:
                return f"whether the seat, {self.spot}, is inside is not known"
            return f"the seat, {self.spot}, is {'in the territory' if self.inside else 'outside'}"
        return f"the {self.what} is {_INSIDE[self.inside]} ({self.spot})"


_INSIDE = {True: "in the territory", False: "outside", None: "perhaps inside"}


@dataclass(slots=True)
class Fit:
    """How a company fits a profile's `where`; None is not known."""

    place: bool | None
    looked: tuple[Looked, ...] | str  # the places that settled it, or in words why there are none
    misfits: tuple[str, ...]  # firmographics that do not fit, in words: "employees 120, not at least 200"
    unknowns: tuple[str, ...]  # firmographics that are wanted and not known

    @property
    def place_why(self) -> str:
        """What was found of the place, in words."""
        if isinstance(self.looked, str):
            return self.looked
        return listed(dict.fromkeys(map(str, self.looked)))


def event_place(story: Story, seat: Spot, atlas: Atlas | None) -> Spot | None:
    """Return where the event takes place, None where no fact says it: the new seat of a move, the place of a plant.

    A city that is named without its state is the company's own, or the one of that name in the company's state: a firm in North
    Carolina means that state's Charlotte, and not Michigan's.
    """
    for name in (*_PLACE_FACTS.get(story.kind, ()), "place"):
        if written := story.facts.get(name):
            spot = read_place(written)
            if spot.city and not spot.state and not spot.country and (seat.state or seat.country):
                if seat.city and spot.city.casefold() == seat.city.casefold():
                    return seat
                if seat.state and atlas is not None and atlas(f"{spot.city}, {seat.state.removeprefix('CA-')}") is not None:
                    return Spot(spot.city, seat.state, seat.country)
            return spot if spot.known else None
    return None


def says_place(kind: str, facts: Mapping[str, str | None]) -> bool:
    """Return whether an event of this kind with these facts says where it takes place."""
    return any(facts.get(name) for name in (*_PLACE_FACTS.get(kind, ()), "place"))


def in_places(where: Where, spot: Spot, atlas: Atlas | None) -> bool | None:
    """Return whether the spot lies in any of the places that `where` names; None when that cannot be known."""
    found: list[bool | None] = []
    for key, wanted in where.places:
        verdict: bool | None = _IN_PLACE[key](wanted, spot, atlas)
        if verdict:
            return True
        found.append(verdict)
    return any_of_known(found)


def fit(where: Where, company: Company, stories: Sequence[Story], now: datetime, atlas: Atlas | None = None) -> Fit:
    """Return how the company fits: its seat, the places of `stories` (those that count), its industry, size and age."""
    place, looked = _place_fit(where, company, stories, atlas)
    if not where.company_tests:
        return Fit(place, looked, (), ())
    misfits, unknowns = [], []
    for key, wanted in where.company_tests:
        verdict = _OF_COMPANY[key](wanted, company, now)
        if verdict is None:
            unknowns.append(key)
        elif not verdict:
            misfits.append(_misfit(key, wanted, company, now))
    return Fit(place, looked, tuple(misfits), tuple(unknowns))


def _place_fit(
    where: Where, company: Company, stories: Sequence[Story], atlas: Atlas | None
) -> tuple[bool | None, tuple[Looked, ...] | str]:
    if not where.places:
        return True, "any place"
    seat = seat_of(company)
    looked: list[Looked] = []
    if where.match != "event":
        looked.append(Looked("seat", seat, in_places(where, seat, atlas) if seat.known else None))
        if looked[0].inside:
            return True, (looked[0],)
    if where.match != "seat":
        for story in stories:
            spot = event_place(story, seat, atlas)
            if spot is None:
                continue
            looked.append(Looked(story.kind, spot, in_places(where, spot, atlas)))
            if looked[-1].inside:
                return True, (looked[-1],)
        if where.match == "event" and not looked:
            return None, "no event says where it takes place"
    return any_of_known([each.inside for each in looked]), tuple(looked)


def _misfit(key: str, wanted: object, company: Company, now: datetime) -> str:
    if key == "industries":
        codes = [f"{name} {code}" for name, code in (("SIC", company.sic), ("NAICS", company.naics)) if code]
        return f"its industry ({listed(codes)}) is not wanted"
    if key == "public":
        return "its shares are listed" if company.public else "its shares are not listed"
    least, most = {
        "employees": (company.employees, company.employees_max),
        "revenue": (company.revenue_usd, company.revenue_usd_max),
        "age": (now.year - (company.founded or now.year), None),
    }[key]
    low, high = getattr(wanted, "min", None), getattr(wanted, "max", None)
    value = f"{least or 0:,}" + (f" to {most:,}" if most is not None else "")
    below = low is not None and (most if most is not None else least or 0) < low
    return f"{key} {value} is {f'below {low:,}' if below else f'above {high or 0:,}'}"
