"""Mails to the operator about sources: one a trouble, one when it is over, none for what was told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_string
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import Engine

from alerts.settings import MailSettings
from crawler.health import HISTORY_DAYS
from crawler.source import Source
from prospect.attention import judged_sources, report_owed
from store import queries
from store.database import open_store
from store.records import Delivery, Run, SourceRun, fingerprint
from tests.factories import document, raw

MONDAY = datetime(2026, 1, 12, 3, tzinfo=UTC)
SOURCES = {
    name: Source(name=name, title=f"The {name}", spider="feed", start=(f"https://{name}.example/feed",)) for name in ("wire", "paper")
}
MAIL = MailSettings(url="folder:mails", sender="prospect <alerts@prospect.example>", operator="ops@prospect.example")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_store(f"sqlite:///{tmp_path}/p.db")
    yield engine
    engine.dispose()


def save_run(engine: Engine, source: str, at: datetime, new: int, error: str | None = None) -> None:
    run = SourceRun(source=source, started=at, ended=at, requests=new + 1, listed=20, new=new, failed=0, error=error)
    with engine.begin() as conn:
        queries.save_source_run(conn, run)


def weeks_of_news(engine: Engine, until: datetime, *, days: int = 35) -> None:
    for name in SOURCES:
        for ago in range(days, 0, -1):
            save_run(engine, name, until - timedelta(days=ago), 12)


def night(engine: Engine, now: datetime, *, before: Run | None = None) -> str | None:
    """Judge and owe as a run does; return the mail's subject and text."""
    with engine.begin() as conn:
        judged = judged_sources(SOURCES, conn, now)
        owed = report_owed(judged, sources=SOURCES, notes=queries.notes_to_operator(conn), before=before, now=now, mail=MAIL)
        queries.enqueue(conn, [owed] if owed else [])
    return as_read(owed)


def as_read(owed: Delivery | None) -> str | None:
    if owed is None:
        return None
    message = message_from_string(str(owed.payload["eml"]), policy=default)
    assert (owed.purpose, message["To"]) == ("operator", MAIL.operator)
    return f"{message['Subject']}\n{message.get_content()}".replace("\r\n", "\n")


def test_a_trouble_is_told_once_and_once_more_when_it_is_over(engine: Engine) -> None:
    weeks_of_news(engine, MONDAY)
    said: list[str | None] = []
    for day, new in enumerate([0, 0, 0, 14, 12]):
        at = MONDAY + timedelta(days=day)
        save_run(engine, "wire", at, new)
        save_run(engine, "paper", at, 12)
        said.append(night(engine, at))
    first, second, third, fourth, fifth = said
    assert first
    assert [
        word for word in ("wire (The wire) is silent", "0 new documents", "Cure: open https://wire.example/feed") if word not in first
    ] == []
    assert "paper" not in first
    assert (second, third, fifth) == (None, None, None)
    assert fourth
    assert "mended: wire" in fourth
    assert "was silent and is well again" in fourth


def test_a_silence_of_many_weeks_is_neither_told_again_nor_taken_for_usual(engine: Engine) -> None:
    weeks_of_news(engine, MONDAY)
    said = []
    for day in range(120):
        at = MONDAY + timedelta(days=day)
        save_run(engine, "wire", at, 0)
        save_run(engine, "paper", at, 12)
        said.append(night(engine, at))
    assert [number for number, mail in enumerate(said) if mail] == [0]


def test_several_troubles_of_a_night_make_one_mail(engine: Engine) -> None:
    weeks_of_news(engine, MONDAY)
    save_run(engine, "wire", MONDAY, 0)
    save_run(engine, "paper", MONDAY, 0, error="https://paper.example/feed: answered 404; correct `start`")
    mail = night(engine, MONDAY)
    assert mail
    assert "2 sources need a look: paper, wire" in mail
    assert "paper (The paper) is failing: https://paper.example/feed: answered 404\n  Cure: correct `start`" in mail


def test_a_trouble_of_another_kind_is_told(engine: Engine) -> None:
    weeks_of_news(engine, MONDAY)
    for name in SOURCES:
        save_run(engine, name, MONDAY, 0 if name == "wire" else 12)
    assert night(engine, MONDAY)
    for name in SOURCES:
        save_run(engine, name, MONDAY + timedelta(days=1), 12, error="answered 503; wait" if name == "wire" else None)
    second = night(engine, MONDAY + timedelta(days=1))
    assert second
    assert "wire (The wire) is failing" in second


def test_pages_that_are_turned_down_are_told_of_by_what_the_readers_said(engine: Engine) -> None:
    weeks_of_news(engine, MONDAY)
    for ago in range(7):
        for name in SOURCES:
            save_run(engine, name, MONDAY + timedelta(days=ago), 12)
    with engine.begin() as conn:
        for ago in range(7):
            at = MONDAY + timedelta(days=ago)
            refused = 9 if ago >= 4 else 0
            for number in range(12):
                url = f"https://wire.example/{ago}/{number}"
                queries.save_raw(conn, [raw(url, fetched=at)])
                if number < refused:
                    queries.mark_unreadable(conn, fingerprint(url), "a block page: the site refuses the crawler", at)
                else:
                    queries.save_document(conn, document(url, first_seen=at), at)
    said = [night(engine, MONDAY + timedelta(days=ago)) for ago in range(7)]
    assert [number for number, mail in enumerate(said) if mail] == [4]
    assert "9 of 12 pages were no documents (75%, usually 0%)" in str(said[4])


GAP_ROWS = [
    # the run before, days ago -> whether the mail says that there was none
    (None, False),  # the first run ever
    (1, False),  # the night before
    (6, True),
]


@pytest.mark.parametrize(("days_ago", "told"), GAP_ROWS)
def test_nights_without_a_run_are_told_by_the_first_that_runs(engine: Engine, days_ago: int | None, told: bool) -> None:
    weeks_of_news(engine, MONDAY)
    for name in SOURCES:
        save_run(engine, name, MONDAY, 12)
    then = MONDAY - timedelta(days=days_ago) if days_ago else None
    before = Run(id=1, now=then, started=then, ended=then, summary={}) if then else None
    mail = night(engine, MONDAY, before=before)
    assert bool(mail and "No run came to its end between" in mail) is told
    assert night(engine, MONDAY, before=before) is None  # a run that was killed after the mail was owed


def test_runs_of_a_day_are_counted_together_and_the_last_day_one_by_one(engine: Engine) -> None:
    for hours in (60, 55, 50, 3, 2):
        save_run(engine, "wire", MONDAY - timedelta(hours=hours), 2)
    with engine.connect() as conn:
        found = queries.source_history(conn, MONDAY, days=HISTORY_DAYS)
    assert [(run.started, run.new) for run in found] == [
        (MONDAY - timedelta(hours=55), 4),  # Friday's
        (MONDAY - timedelta(hours=50), 2),
        (MONDAY - timedelta(hours=3), 2),
        (MONDAY - timedelta(hours=2), 2),
    ]
