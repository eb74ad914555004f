"""The clock: jobs at their time, late rather than never, one at a time, one scheduler a workspace."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from filelock import FileLock

from prospect.cli.setup import TEMPLATE
from prospect.settings import Schedule
from scheduler import build_scheduler


@pytest.mark.parametrize(
    "schedule, expected",
    [
        # the nightly run only
        ({"nightly": "02:30"}, {"nightly", "deliveries"}),
        # every half hour as well
        ({"nightly": "02:30", "every": "30m"}, {"nightly", "every", "deliveries"}),
        # nothing at all
        ({"nightly": None}, set()),
    ],
)
def test_jobs_of_a_schedule(tmp_path: Path, schedule: dict[str, str | None], expected: set[str]) -> None:
    scheduler = build_scheduler(tmp_path, Schedule.model_validate(schedule))
    assert {job.id for job in scheduler.get_jobs()} == expected


def test_a_run_missed_by_hours_still_runs_and_only_once(tmp_path: Path) -> None:
    """APScheduler's own grace is one second: a machine that slept at 02:30 would never run."""
    ran: list[Path] = []
    scheduler = build_scheduler(tmp_path, Schedule(), job=ran.append)
    scheduler.start(paused=True)
    three_hours_ago = datetime.now(UTC) - timedelta(hours=3)
    scheduler.modify_job("nightly", next_run_time=three_hours_ago)
    scheduler.resume()
    deadline = time.monotonic() + 20
    while not ran and time.monotonic() < deadline:
        scheduler.wakeup()
    scheduler.shutdown()
    assert ran == [tmp_path]


def test_the_nightly_time_is_local(tmp_path: Path) -> None:
    """02:30 in New York, whatever the season: 07:30 UTC in January, 06:30 in July."""
    scheduler = build_scheduler(tmp_path, Schedule(time_zone="America/New_York"))
    trigger = scheduler.get_jobs()[0].trigger
    for day, hour in ((datetime(2026, 1, 5, tzinfo=UTC), 7), (datetime(2026, 7, 6, tzinfo=UTC), 6)):
        fires = trigger.get_next_fire_time(None, day.astimezone(ZoneInfo("America/New_York")))
        assert (fires.astimezone(UTC).hour, fires.minute) == (hour, 30)


def test_a_second_scheduler_of_one_workspace_is_refused(tmp_path: Path) -> None:
    for path in TEMPLATE.rglob("*"):
        if path.is_file():
            target = tmp_path / path.relative_to(TEMPLATE)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    with FileLock(tmp_path / ".prospect.lock"):
        done = subprocess.run(
            [sys.executable, "-m", "scheduler", "--workspace", str(tmp_path)], capture_output=True, text=True, timeout=120, check=False
        )
    assert done.returncode == 1
    assert "already serves" in done.stderr
