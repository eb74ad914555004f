"""Digest times, quiet hours, retries, and signed links."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from alerts.links import ACTIONS, Link, LinkExpired, LinkForged, read_link, sign, signed_url
from alerts.when import after_quiet, next_digest, retry_delay


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "schedule, after, slot",
    [
        ("mon 07:00 America/New_York", "2026-11-20T06:30", "2026-11-23T12:00"),  # winter: UTC−5
        ("mon 07:00 America/New_York", "2026-07-17T06:30", "2026-07-20T11:00"),  # summer: UTC−4
        ("mon 07:00 America/New_York", "2026-11-23T12:00", "2026-11-30T12:00"),  # exactly at the slot: the next one
        ("mon,thu 7:30 UTC", "2026-11-23T08:00", "2026-11-26T07:30"),
        ("mon, thu 7:30 UTC", "2026-11-23T08:00", "2026-11-26T07:30"),
        ("weekdays 07:00 UTC", "2026-11-20T08:00", "2026-11-23T07:00"),  # a Friday's next is Monday
        ("daily 06:00 UTC", "2026-11-20T08:00", "2026-11-21T06:00"),
        ("06:00 UTC", "2026-11-20T08:00", "2026-11-21T06:00"),
        ("0 7 * * mon-fri Europe/Berlin", "2026-11-20T08:00", "2026-11-23T06:00"),
    ],
)
def test_the_next_digest(schedule: str, after: str, slot: str) -> None:
    assert next_digest(schedule, at(after)) == at(slot)


@pytest.mark.parametrize(
    "schedule, words",
    [
        ("mon 07:00 Amerika/New_York", "unknown time zone 'Amerika/New_York'"),
        ("mon 07:00 ../etc/passwd", "unknown time zone"),
        ("mon 27:00 UTC", "27"),
        ("moon 07:00 UTC", "moon"),
        ("mon 07:00", "no time for a digest"),  # a time without a zone is nobody's time
        ("61 7 * * * UTC", "61"),
        ("", "no time for a digest"),
        ("sometimes", "no time for a digest"),
    ],
)
def test_a_wrong_schedule_is_told(schedule: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        next_digest(schedule, at("2026-11-20T08:00"))


@pytest.mark.parametrize(
    "due, quiet, out",
    [
        ("2026-11-20T03:00", "20:00-07:00 America/New_York", "2026-11-20T12:00"),  # 22:00 there: next morning
        ("2026-11-20T11:00", "20:00-07:00 America/New_York", "2026-11-20T12:00"),  # 06:00 there: the same morning
        ("2026-11-20T12:00", "20:00-07:00 America/New_York", "2026-11-20T12:00"),  # 07:00 sharp is no longer quiet
        ("2026-11-20T15:00", "20:00-07:00 America/New_York", "2026-11-20T15:00"),
        ("2026-11-20T12:30", "12:00-13:00 UTC", "2026-11-20T13:00"),  # a lunch break
        ("2026-11-20T12:30", None, "2026-11-20T12:30"),
    ],
)
def test_quiet_hours(due: str, quiet: str | None, out: str) -> None:
    assert after_quiet(at(due), quiet) == at(out)


@pytest.mark.parametrize("quiet", ["20-7 UTC", "20:00-07:00", "25:00-07:00 UTC", "20:00-07:00 Nowhere"])
def test_wrong_quiet_hours_are_told(quiet: str) -> None:
    with pytest.raises(ValueError, match=r"quiet hours|hour must be|unknown time zone"):
        after_quiet(at("2026-11-20T03:00"), quiet)


def test_retries_double_with_jitter_and_stop_growing() -> None:
    draws = [retry_delay(attempts, None, random.Random(seed)) for seed in range(50) for attempts in (1, 2, 3, 30)]
    for n, (low, high) in enumerate([(30, 90), (60, 180), (120, 360), (3 * 3600, 9 * 3600)]):
        waits = [wait.total_seconds() for wait in draws[n::4]]
        assert low <= min(waits) < max(waits) <= high
    assert retry_delay(1, 900, random.Random(1)) == timedelta(seconds=900)  # Retry-After is waited at least


LINK = Link(action="accept", subject="6f3de29f112c5c83", by="jane@example.com", expires=at("2026-12-20T06:30"))


def test_a_link_says_what_it_permits() -> None:
    assert read_link(sign(["k"], LINK), ["k"], at("2026-12-20T06:30")) == LINK
    assert signed_url("https://p.example.com/", ["k"], LINK).startswith("https://p.example.com/do/")


def test_a_key_can_be_changed_without_breaking_the_links_in_old_mails() -> None:
    old = sign(["old"], LINK)
    assert read_link(old, ["old", "new"], at("2026-11-21T00:00")) == LINK
    assert read_link(sign(["old", "new"], LINK), ["new"], at("2026-11-21T00:00")) == LINK  # the last signs
    with pytest.raises(LinkForged):
        read_link(old, ["new"], at("2026-11-21T00:00"))  # taken out of the list: void


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x.y",
        sign(["k"], LINK)[:-2] + "xx",  # a flipped signature
        "A" + sign(["k"], LINK),  # a changed body
        sign(["other"], LINK),  # somebody else's key
        "\u202e" * 10,
    ],
)
def test_a_forged_link_is_refused(token: str) -> None:
    with pytest.raises(LinkForged, match="damaged or not ours"):
        read_link(token, ["k"], at("2026-11-21T00:00"))


def test_an_old_link_is_refused_with_its_day() -> None:
    with pytest.raises(LinkExpired, match="20 December 2026"):
        read_link(sign(["k"], LINK), ["k"], at("2026-12-20T06:31"))


def test_links_need_a_key_and_a_known_action() -> None:
    with pytest.raises(ValueError, match="signing key"):
        sign([], LINK)
    with pytest.raises(ValueError, match="unknown action 'buy'"):
        sign(["k"], Link(action="buy", subject="x", by="y", expires=LINK.expires))
    assert "unsubscribe" in ACTIONS
