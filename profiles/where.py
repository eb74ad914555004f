"""The models of a profile's `where`: the territory, and the kind of company."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from profiles.geography import COUNTRY_REGIONS, METROS, REGIONS, country_code, country_names, state_code, state_names
from profiles.industries import INDUSTRIES
from profiles.wants import Model, Words, one_or_more
from profiles.wording import unknown

PLACE_KEYS = ("countries", "states", "regions", "metros", "us_counties", "cities", "postal", "near")
COMPANY_KEYS = ("industries", "employees", "revenue", "age", "public")


def _read_state(value: Any) -> str:
    code = state_code(str(value))
    if code is None:
        raise ValueError(unknown("state", value, state_names()))
    return code


def _read_country(value: Any) -> str:
    code = country_code(str(value))
    if code is None:
        raise ValueError(unknown("country", value, country_names()))
    return code


def _read_region_name(value: Any) -> str:
    name = str(value).strip().casefold()
    if name not in REGIONS and name not in COUNTRY_REGIONS:
        raise ValueError(unknown("region", value, [*REGIONS, *COUNTRY_REGIONS]))
    return name


def _read_metro(value: Any, info: ValidationInfo) -> str:
    """Return the small-letter name of one of our areas, or "Boise, ID" of those that the context knows as `metros`."""
    name = str(value).strip().casefold()
    if name in METROS:
        return name
    known: Sequence[str] = (info.context or {}).get("metros", ())
    found = [area for area in known if name in {area.casefold(), area.partition(",")[0].casefold()}]
    if len(found) != 1:
        raise ValueError(unknown("metro", value, [*METROS, *known]))
    return found[0]


def _read_county(value: Any, info: ValidationInfo) -> str:
    """Return "Montgomery, MD" for "Montgomery County, Maryland"; the context's `counties` are those there are."""
    county, _, state = str(value).rpartition(",")
    code = state_code(state)
    if not county.strip() or code is None:
        raise ValueError(f"'{value}' needs the state behind the county; write it like Montgomery County, MD")
    name = f"{_COUNTY.sub('', county.strip())}, {code}"
    known: Collection[str] = (info.context or {}).get("counties", ())
    if not known:
        return name
    same = next((each for each in known if each.casefold() == name.casefold()), None)
    if same is None:
        raise ValueError(unknown("county", name, [each for each in known if each.endswith(f", {code}")] or known))
    return same


_COUNTY = re.compile(r"\s+(?:county|parish|borough|census area)$", re.IGNORECASE)


def _read_code_range(value: Any) -> str:
    """Return "7372" or "60-67": the beginning of a code, or a range of beginnings of one length."""
    text = str(value).replace(" ", "")
    found = re.fullmatch(r"(\d{1,6})(?:-(\d{1,6}))?", text)
    if not found:
        raise ValueError(f"'{value}' is no industry code; write a code or its beginning, 7372, or a range, 60-67")
    if found[2] and (len(found[1]) != len(found[2]) or found[1] > found[2]):
        raise ValueError(f"'{value}' is no range; both ends have the same number of digits and the lower comes first, 60-67")
    return text


def _read_postal_range(value: Any) -> str:
    text = re.sub(r"\s*-\s*", "-", str(value).strip().upper())
    low, _, high = text.partition("-")
    if not re.fullmatch(r"[A-Z0-9 ]{2,10}", low) or (high and len(low) != len(high)) or (high and low > high):
        raise ValueError(
            f"'{value}' is no postal code; write a code or its beginning, 212, or a range, 20001-20599 (in quotes when it begins with 0)"
        )
    return text


States = Annotated[tuple[Annotated[str, BeforeValidator(_read_state)], ...], BeforeValidator(one_or_more), Field(min_length=1)]
Countries = Annotated[tuple[Annotated[str, BeforeValidator(_read_country)], ...], BeforeValidator(one_or_more), Field(min_length=1)]
RegionNames = Annotated[tuple[Annotated[str, BeforeValidator(_read_region_name)], ...], BeforeValidator(one_or_more), Field(min_length=1)]
MetroNames = Annotated[tuple[Annotated[str, BeforeValidator(_read_metro)], ...], BeforeValidator(one_or_more), Field(min_length=1)]
CountyNames = Annotated[tuple[Annotated[str, BeforeValidator(_read_county)], ...], BeforeValidator(one_or_more), Field(min_length=1)]
Codes = Annotated[tuple[Annotated[str, BeforeValidator(_read_code_range)], ...], BeforeValidator(one_or_more), Field(min_length=1)]
PostalRanges = Annotated[tuple[Annotated[str, BeforeValidator(_read_postal_range)], ...], BeforeValidator(one_or_more), Field(min_length=1)]


class Span(Model):
    """A range of whole numbers, open where an end is left out."""

    min: int | None = Field(None, ge=0)
    max: int | None = Field(None, ge=0)

    @model_validator(mode="after")
    def _holds_something(self) -> Span:
        if self.min is None and self.max is None:
            raise ValueError("a range needs 'min', 'max' or both")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min {self.min} is above max {self.max}: no company can meet both")
        return self


class Near(Model):
    """Within so many miles or kilometres of a place."""

    place: str = Field(min_length=2)
    """The centre: a city with its state or country."""
    miles: float | None = Field(None, gt=0, le=6000)
    """The distance in miles,"""
    km: float | None = Field(None, gt=0, le=10000)
    """or in kilometres."""

    @model_validator(mode="after")
    def _one_distance(self) -> Near:
        if (self.miles is None) == (self.km is None):
            raise ValueError("'near' needs either 'miles' or 'km'")
        return self

    @property
    def within_miles(self) -> float:
        """The distance in miles, in whichever unit it was written."""
        return self.miles if self.miles is not None else (self.km or 0) / 1.609344


class Industries(Model):
    """Industries by SIC or NAICS codes, their beginnings or ranges, or by words; one that fits is enough."""

    sic: Codes | None = None
    naics: Codes | None = None
    words: Words | None = None

    @field_validator("words")
    @classmethod
    def _known(cls, words: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for word in words or ():
            if word.casefold() not in INDUSTRIES:
                raise ValueError(unknown("industry", word, INDUSTRIES))
        return words

    @model_validator(mode="after")
    def _names_some(self) -> Industries:
        if not (self.sic or self.naics or self.words):
            raise ValueError("'industries' is empty; write sic, naics or words")
        return self


class Where(Model):
    """The territory and the kind of company. One place that fits is enough; of the rest all must fit."""

    match: Literal["any", "seat", "event"] = "any"
    """Which place must fit: `seat` the company's, `event` the event's own, `any` (the default) one of them: a move into the territory counts."""
    countries: Countries | None = None
    states: States | None = None
    regions: RegionNames | None = None
    metros: MetroNames | None = None
    us_counties: CountyNames | None = None
    cities: Words | None = None
    postal: PostalRanges | None = None
    near: Near | None = None
    industries: Industries | None = None
    employees: Span | None = None
    revenue: Span | None = None
    age: Span | None = None
    public: bool | None = None
    unknown: Literal["pass", "fail", "review"] = "review"
    """What to do when something asked for is not known: `pass` it, `fail` it, or hold it for `review`, which is the default."""

    @cached_property
    def places(self) -> tuple[tuple[str, Any], ...]:
        """The places that are named, by key."""
        return tuple((key, wanted) for key in PLACE_KEYS if (wanted := getattr(self, key)) is not None)

    @cached_property
    def company_tests(self) -> tuple[tuple[str, Any], ...]:
        """What is asked of the company itself, by key."""
        return tuple((key, wanted) for key in COMPANY_KEYS if (wanted := getattr(self, key)) is not None)

    @field_validator("states")
    @classmethod
    def _narrower_than_its_country(cls, states: tuple[str, ...] | None, info: ValidationInfo) -> tuple[str, ...] | None:
        """Places add up, so a country would swallow its states: the rep certainly meant the states."""
        for state in states or ():
            country = "CA" if state.startswith("CA-") else "US"
            if country in (info.data.get("countries") or ()):
                raise ValueError(f"'countries: [{country}]' already holds every state of it, {state} too; leave out one of the two")
        return states
