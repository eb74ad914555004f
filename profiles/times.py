"""Durations, digest times, quota windows and time zones as a profile writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from profiles.wording import unknown

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+)")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1), "y": timedelta(days=365)}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAYS = {"daily": "mon,tue,wed,thu,fri,sat,sun", "weekdays": "mon,tue,wed,thu,fri"}
_DIGEST = re.compile(r"(?:(?P<days>[a-z]+(?:\s*,\s*[a-z]+)*)\s+)?(?P<hour>\d{1,2}):(?P<minute>\d\d)(?:\s+(?P<zone>\S+))?", re.IGNORECASE)


def read_duration(value: Any) -> timedelta:
    """Return the length that "120d", "6h", "2w" or "1y" says; raise ValueError with the cure for anything else."""
    if isinstance(value, timedelta):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        raise ValueError(f"'{value}' needs a unit: {value}d for days, {value}h for hours, {value}w for weeks")
    found = _DURATION.fullmatch(str(value).strip().lower())
    if not found:
        raise ValueError(f"'{value}' is no length of time; write it like 120d, 6h, 2w or 1y")
    if found[2] not in _UNITS:
        raise ValueError(f"'{value}' has the unit '{found[2]}'; known units: h, d, w, y (write three months as 90d)")
    return float(found[1]) * _UNITS[found[2]]


def duration_text(length: timedelta) -> str:
    """Return the length as a profile writes it; `read_duration` reads it back."""
    hours = length / timedelta(hours=1)
    return f"{hours / 24:g}d" if hours % 24 == 0 else f"{hours:g}h"


Duration = Annotated[
    timedelta,
    BeforeValidator(read_duration),
    PlainSerializer(duration_text, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\s*\d+(\.\d+)?\s*[hdwy]\s*$", "examples": ["120d", "6h", "2w", "1y"]}),
]


@lru_cache(maxsize=1024)
def _zone_fault(name: str) -> str | None:
    """Return why this is no time zone; listing all zones walks the folders of the database, so known ones are not looked up there."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        near = unknown("time zone", name, (zone for zone in available_timezones() if "/" in zone))
        return near if "did you mean" in near else f"unknown time zone '{name}'; write it like America/New_York"
    return None


def read_zone(value: Any) -> str:
    """Return the name of a time zone that exists; raise ValueError with the nearest name otherwise."""
    name = str(value).strip()
    if fault := _zone_fault(name):
        raise ValueError(fault)
    return name


Zone = Annotated[str, BeforeValidator(read_zone)]


@dataclass(frozen=True)
class DigestTime:
    """When a digest goes out: on these weekdays (0 is Monday) at this local time."""

    weekdays: tuple[int, ...]
    at: time
    zone: str | None  # None: the profile's own

    def text(self, zone: str) -> str:
        """Return it in the one way that every reader of digest times knows; `zone` is the profile's own."""
        return f"{','.join(WEEKDAYS[day] for day in self.weekdays)} {self.at:%H:%M} {self.zone or zone}"

    def after(self, moment: datetime, zone: str) -> datetime:
        """Return the first digest time that is not before `moment`, in UTC; `zone` is the profile's own."""
        local = ZoneInfo(self.zone or zone)
        day = moment.astimezone(local).date()
        for ahead in range(9):
            then = day + timedelta(days=ahead)
            due = datetime.combine(then, self.at, local).astimezone(UTC)
            if then.weekday() in self.weekdays and due >= moment:
                return due
        raise AssertionError("every weekday comes within nine days")


def read_digest(text: str) -> DigestTime:
    """Return the times that "mon 07:00 America/New_York", "mon,thu 7:30" or "weekdays 07:00" or "07:00" (every day) say; raise ValueError otherwise."""
    found = _DIGEST.fullmatch(text.strip())
    if not found:
        raise ValueError(f"'{text}' is no time to deliver; write immediately, never, or a digest time like mon 07:00 America/New_York")
    said = (found["days"] or "daily").strip().lower()
    days = [day.strip()[:3] for day in _DAYS.get(said, said).split(",")]
    wrong = [day for day in days if day not in WEEKDAYS]
    if wrong:
        raise ValueError(unknown("weekday", wrong[0], WEEKDAYS))
    hour, minute = int(found["hour"]), int(found["minute"])
    if hour > 23 or minute > 59:
        raise ValueError(f"'{found['hour']}:{found['minute']}' is no time of day; write 07:00 to 23:59")
    zone = read_zone(found["zone"]) if found["zone"] else None
    return DigestTime(tuple(sorted({WEEKDAYS.index(day) for day in days})), time(hour, minute), zone)


def window_start(now: datetime, per: str, zone: str) -> datetime:
    """Return when the week (from Monday), month or quarter that `now` lies in began, by the clocks of `zone`, in UTC."""
    local = now.astimezone(ZoneInfo(zone))
    today = local.date()
    first = {
        "week": today - timedelta(days=today.weekday()),
        "month": today.replace(day=1),
        "quarter": date(today.year, (today.month - 1) // 3 * 3 + 1, 1),
    }[per]
    return datetime.combine(first, time(), ZoneInfo(zone)).astimezone(UTC)


def window_end(now: datetime, per: str, zone: str) -> datetime:
    """Return when the week, month or quarter after that of `now` begins, in UTC."""
    longer = {"week": timedelta(days=10), "month": timedelta(days=40), "quarter": timedelta(days=100)}[per]
    return window_start(window_start(now, per, zone) + longer, per, zone)


def midnight(day: date, zone: str) -> datetime:
    """Return the moment the day begins by the clocks of `zone`, in UTC."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
