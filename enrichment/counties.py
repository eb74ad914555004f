"""Counties of the United States and the metropolitan areas that they make up.

Counties are the Census Bureau's (public domain), parishes and boroughs among them, without the word County; a city that belongs to
no county is "Baltimore city" beside "Baltimore". `metros.csv` is this project's own table of the 160 largest areas, counties as in the
federal delineation of 2020 to 2023; a county that is in none of them is in no area that is known here.
"""

from __future__ import annotations

import csv
import re
from functools import cache, lru_cache
from importlib.resources import files

from enrichment.names import fold

_KIND = re.compile(r"\s+(county|parish|borough|census area|municipality|co\.?)$", re.IGNORECASE)


def _key(name: str) -> str:
    words = re.findall(r"[a-z0-9]+", fold(name).replace("'", ""))
    return " ".join({"saint": "st", "sainte": "ste"}.get(word, word) for word in words)


@cache
def _counties() -> dict[tuple[str, str], str]:
    """Return each county's name by state and plain spelling."""
    table = (files("enrichment") / "counties.csv").read_text(encoding="utf-8")
    return {(row["state"], _key(row["county"])): row["county"] for row in csv.DictReader(table.splitlines())}


@cache
def metros() -> dict[str, frozenset[tuple[str, str]]]:
    """Return the (state, county) pairs of each metropolitan area, by its first city: "Baltimore, MD"."""
    areas: dict[str, set[tuple[str, str]]] = {}
    table = (files("enrichment") / "metros.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(table.splitlines()):
        areas.setdefault(row["metro"], set()).add((row["state"], row["county"]))
    return {metro: frozenset(parts) for metro, parts in areas.items()}


@cache
def _metro_of() -> dict[tuple[str, str], str]:
    return {part: metro for metro, parts in metros().items() for part in parts}


def metro_of(county: str | None, state: str | None) -> str | None:
    """Return the metropolitan area that a county is in, None for one in no area that is known."""
    return _metro_of().get((state, county)) if county and state else None


@lru_cache(maxsize=4096)
def read_county(text: str, state: str | None) -> str | None:
    """Return the county that a text names in a state: "Montgomery County" and "Montgomery" in MD, "St. Tammany Parish" in LA.

    "Baltimore City" is the city beside the county. None where the state has no such county.
    """
    if not state:
        return None
    return _counties().get((state, _key(_KIND.sub("", text.strip()))))


def says_county(text: str) -> bool:
    """Return whether a text says by its last word that it means a county: "Montgomery County"."""
    return _KIND.search(text.strip()) is not None


def county_names() -> list[str]:
    """Return every county with its state, for did-you-mean: "Montgomery, MD"."""
    return [f"{county}, {state}" for (state, _), county in _counties().items()]
