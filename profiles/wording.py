"""Words for messages: the nearest known word, numbers and ages as a rep reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache

from rapidfuzz import fuzz, process

# "$1.2 billion", "40 million", "1,200", "35 %": a number as facts carry it, and what its word multiplies it by
_NUMBER = re.compile(r"(-?\d[\d,]*(?:\.\d+)?|-?\.\d+)\s*(thousand|million|billion|trillion|bn|mn|k|m|b)?\b", re.IGNORECASE)
_TIMES = {"thousand": 1e3, "k": 1e3, "million": 1e6, "mn": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9, "b": 1e9, "trillion": 1e12}


def unknown(what: str, word: object, known: Iterable[str]) -> str:
    """Return the message for a word that is none of `known`: the nearest one if any is near, else all of them."""
    words = sorted(known)
    best = process.extractOne(str(word), words, scorer=fuzz.WRatio, score_cutoff=65)
    if best:
        return f"unknown {what} '{word}' (did you mean '{best[0]}'?)"
    return f"unknown {what} '{word}'" + (f"; known: {', '.join(words)}" if words else "")


def number_in(text: str) -> float | None:
    """Return the first number in `text` with its word multiplied in ("$40 million" is 40000000), or None."""
    found = _NUMBER.search(text)
    if not found:
        return None
    return float(found[1].replace(",", "")) * _TIMES.get((found[2] or "").lower(), 1)


@lru_cache(maxsize=4096)
def shown(number: float) -> str:
    """Return the number with at most two decimals and no trailing zeros: 40, 0.9, 34.62."""
    return f"{number:.2f}".rstrip("0").rstrip(".") if number % 1 else f"{number:.0f}"


def counted(number: float, noun: str, plural: str | None = None) -> str:
    """Return the number with its noun in the right form: "1 point", "12 points"."""
    return f"{shown(number)} {noun}" if number == 1 else f"{shown(number)} {plural or noun + 's'}"


def span(length: timedelta) -> str:
    """Return a length of time as a rep says it: "18 days", "6 hours", "less than an hour"."""
    days = length.days
    if days >= 1:
        return "1 day" if days == 1 else f"{days} days"
    hours = length.seconds // 3600 if days == 0 else 0
    return counted(hours, "hour") if hours >= 1 else "less than an hour"


def listed(words: Iterable[str], conjunction: str = "and") -> str:
    """Return the words as a sentence lists them: "a", "a and b", "a, b and c"."""
    items = list(words)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {conjunction} {items[-1]}"
