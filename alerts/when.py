"""When a mail goes out: digest times, quiet hours, and how long to wait after a failure. Pure."""

from __future__ import annotations

import functools
import random
import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

FIRST_RETRY_S = 60.0
LONGEST_RETRY_S = 6 * 3600.0
MISCONFIGURED_RETRY_S = 3600.0
GIVE_UP_AFTER = 40  # attempts; with six hours between the later ones, more than a week

_TIMES = re.compile(
    r"(?:(?P<days>[a-z][a-z, -]*?)\s+)?(?P<hour>\d{1,2}):(?P<minute>\d{2})\s+(?P<zone>\S+)", re.I
)  # mon, thu 07:00 America/New_York
_CRON = re.compile(r"(?P<cron>\S+ \S+ \S+ \S+ \S+)\s+(?P<zone>\S+)")  # 0 7 * * mon-fri America/New_York
_QUIET = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\s+(\S+)")  # 20:00-07:00 Europe/Berlin
_DAYS = {"daily": "*", "every day": "*", "weekdays": "mon-fri", "": "*"}


def next_digest(schedule: str, after: datetime) -> datetime:
    """Return the first time of `schedule` later than `after`, in UTC.

    `schedule` is days, time and zone ("mon 07:00 America/New_York", "weekdays 07:30 Europe/Berlin", "daily 06:00 UTC") or five cron
    fields and a zone ("0 7 * * mon-fri America/New_York"). Raise ValueError saying what is wrong.
    """
    # one microsecond, since the trigger counts `after` itself as a next time
    moment: datetime | None = _trigger(schedule).get_next_fire_time(None, after + timedelta(microseconds=1))
    if moment is None:
        raise ValueError(f"'{schedule}' never comes")
    return moment.astimezone(UTC)


@functools.lru_cache(maxsize=256)
def _trigger(schedule: str) -> CronTrigger:
    words = " ".join(schedule.split())
    if match := _TIMES.fullmatch(words):
        days = (match["days"] or "").lower().strip().replace(", ", ",")
        fields = {"day_of_week": _DAYS.get(days, days), "hour": match["hour"], "minute": match["minute"]}
        zone = _zone(match["zone"])
        try:
            return CronTrigger(**fields, timezone=zone)
        except ValueError as error:
            raise ValueError(f"'{schedule}': {error}; write it as 'mon 07:00 America/New_York'") from error
    if match := _CRON.fullmatch(words):
        zone = _zone(match["zone"])
        try:
            return CronTrigger.from_crontab(match["cron"], timezone=zone)
        except ValueError as error:
            raise ValueError(f"'{schedule}': {error}; write it as '0 7 * * mon-fri America/New_York'") from error
    raise ValueError(
        f"'{schedule}' is no time for a digest; write 'mon 07:00 America/New_York', 'daily 06:30 UTC' or five cron fields and a zone"
    )


def after_quiet(due: datetime, quiet: str | None) -> datetime:
    """Return `due`, or the end of the quiet hours it falls into, in UTC. `quiet` is "20:00-07:00 America/New_York".

    Raise ValueError saying what is wrong.
    """
    if not quiet:
        return due
    match = _QUIET.fullmatch(quiet.strip())
    if not match:
        raise ValueError(f"'{quiet}' are no quiet hours; write '20:00-07:00 America/New_York'")
    from_hour, from_minute, to_hour, to_minute = (int(match[i]) for i in range(1, 5))
    try:
        start, end = time(from_hour, from_minute), time(to_hour, to_minute)
    except ValueError as error:
        raise ValueError(f"'{quiet}': {error}") from error
    local = due.astimezone(_zone(match[5]))
    clock = local.time().replace(tzinfo=None)
    inside = start <= clock < end if start <= end else clock >= start or clock < end
    if not inside:
        return due
    day = local.date() if clock < end else local.date() + timedelta(days=1)
    return datetime.combine(day, end, local.tzinfo).astimezone(UTC)


def retry_delay(attempts: int, after_s: float | None, random: random.Random) -> timedelta:
    """Return how long to wait after the `attempts`-th failure: doubling from a minute to six hours, spread by a half to either side.

    `after_s` is what the target asked for; it is waited at least.
    """
    wait = min(LONGEST_RETRY_S, FIRST_RETRY_S * 2 ** min(attempts - 1, 20)) * random.uniform(0.5, 1.5)
    return timedelta(seconds=max(wait, after_s or 0.0))


@functools.lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # ZoneInfoNotFoundError is a KeyError; "../x" a ValueError; a folder an OSError
        raise ValueError(f"unknown time zone '{name}'; write one such as America/New_York or UTC") from error
