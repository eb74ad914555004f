"""Reads the day something happened from a text's own date words, against the document's date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from triggers.structure import BODY, LEAD, Sentence
from triggers.view import DATE, Entity, View

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_RELATIVE = re.compile(
    r"(?i)\b(?:(?P<today>today|this (?:morning|afternoon|evening))|(?P<yesterday>yesterday)|(?:on|late|early)\s+(?P<weekday>monday|tuesday|wednesday|thursday|friday|saturday|sunday))\b"
)
_EFFECTIVE = re.compile(
    r"(?i)\b(?:effective(?:ly)?(?: date of| immediately following| immediately upon| as of| on| from| upon| at)?|with effect (?:from|on|as of)|as of|starting|beginning|commencing|start date of|begin(?:s|ning)? (?:on|in)|takes? effect(?: on| in)?|in effect (?:from|on)|until|through|by|no later than)\s*,?\s*(?:or (?:about|around) )?(?:the (?:close|end) of (?:business )?(?:on )?)?\W{0,3}$"
)
_BORN = re.compile(
    r"(?i)(?:since|born|founded in|established in|joined in|from|between|ended|ending|fiscal year|dated|filed)\s+(?:on\s+)?\W{0,2}$"
)
_DATELINE = re.compile(
    r"^[^.]{2,80}?\(?(?P<date>(?:[A-Z][a-z]{2,8}\.?|[A-Z]{3,9})\s+\d{1,2},?\s+\d{4}|\d{1,2}\s+[A-Z][a-z]{2,8},?\s+\d{4})\)?"
)


@lru_cache(maxsize=4096)
def parse_date(words: str, base: date | None) -> date | None:
    """Return the calendar day that `words` name, None where they name a month, a quarter or nothing at all.

    A day without a year is the one nearest to `base`; without `base` it is None.
    """
    words = words.strip(" ,.()").lower()
    if match := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", words):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{2,4})", words):
        year = int(match[3])
        return _day(year + 2000 if year < 50 else year + 1900 if year < 100 else year, int(match[1]), int(match[2]))
    match = re.fullmatch(r"([a-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?(?:\s+(\d{4}))?", words)
    if match:
        month, day, year_text = match[1], match[2], match[3]
    else:
        match = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?([a-z]+)\.?,?(?:\s+(\d{4}))?", words)
        if not match:
            return _by_dateparser(words, base)
        day, month, year_text = match[1], match[2], match[3]
    if month[:3] not in _MONTHS:
        return None
    number = _MONTHS.index(month[:3]) + 1
    if year_text:
        return _day(int(year_text), number, int(day))
    if base is None:
        return None
    near = [d for d in (_day(base.year + k, number, int(day)) for k in (-1, 0, 1)) if d]
    return min(near, key=lambda d: abs((d - base).days), default=None)


def _by_dateparser(words: str, base: date | None) -> date | None:
    """Return what dateparser makes of a spelling that is none of ours ("1er mars 2024"); it costs seconds at its first call."""
    if (
        not re.search(r"\d", words)
        or not re.search(r"\d{4}", words)
        or not re.search(r"\b\d{1,2}\b", words)
        or re.search(r"quarter|half|q[1-4]", words)
    ):
        return None
    import dateparser  # 3 seconds at import: only documents with such a date pay for it

    settings = (
        {"RELATIVE_BASE": datetime(base.year, base.month, base.day, tzinfo=UTC), "REQUIRE_PARTS": ["day", "month"]}
        if base
        else {"REQUIRE_PARTS": ["day", "month", "year"]}
    )
    found = dateparser.parse(words, settings=settings)
    return found.date() if found else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


_YEAR = re.compile(r"\d{4}|/\d\d")  # a day without one is no day of a document


def document_date(published: datetime | None, sentences: Sequence[Sentence]) -> date | None:
    """Return the day a document speaks from: its publication, else its dateline, else None."""
    if published is not None:
        return published.date()
    for sentence in sentences[:4]:
        if sentence.zone in {LEAD, BODY}:
            match = _DATELINE.match(sentence.text[:140])
            if match:
                return parse_date(match.group("date"), None)
    for sentence in sentences[:12]:
        if not _YEAR.search(sentence.text):
            continue
        for match in DATE.finditer(sentence.text):
            day = parse_date(match.group(), None)
            if day and day.year > 1980:
                return day
    return None


def happened_on(view: View, at: int, base: date | None) -> date | None:
    """Return the day the thing said at document offset `at` of the sentence came about, None where the sentence does not say.

    A date after "effective", "as of" or "until" is when something takes effect, never when it was decided. The nearest other
    full date before or at the words wins, then "today", "yesterday" and weekdays, which count from `base`.
    """
    best: tuple[int, date] | None = None
    for entity in view.of("date"):
        if role(view, entity) != "plain":
            continue
        day = parse_date(entity.text, base)
        if day is None or (base is not None and (day > base or (base - day).days > 500)):
            continue
        distance = abs(at - entity.start) + (0 if entity.start <= at else 40)
        if best is None or distance < best[0]:
            best = (distance, day)
    if best is not None:
        return best[1]
    if base is None:
        return None
    match = _RELATIVE.search(view.sentence.text)
    if match is None:
        return None
    if match.group("today"):
        return base
    if match.group("yesterday"):
        return base - timedelta(days=1)
    back = (base.weekday() - _WEEKDAYS.index(match.group("weekday").lower())) % 7
    return base - timedelta(days=back)


def effective_date(view: View, at: int, until: int | None = None) -> Entity | None:
    """Return the date that stands after "effective", "as of", "starting" nearest after document offset `at`."""
    found = [e for e in view.of("date") if role(view, e) == "effective" and (until is None or e.start < until)]
    return min(found, key=lambda e: abs(e.start - at), default=None)


def role(view: View, entity: Entity) -> str:
    """Return what a date is there for: "effective", "history" (since, ended, dated) or "plain"."""
    before = view.sentence.text[max(0, entity.start - view.sentence.start - 60) : entity.start - view.sentence.start]
    if re.search(r"(?i)\bdated(?: as)?(?: of)?\s+\W?$", before):
        return "history"  # of a paper: "her offer letter, dated as of May 3"
    if _EFFECTIVE.search(before):
        return "effective"
    if _BORN.search(before):
        return "history"
    return "plain"
