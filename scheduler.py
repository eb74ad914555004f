"""The clock: one scheduler under a lock, each job one call into the pipeline; `prospect serve` starts it.

APScheduler's defaults are wrong for nightly work: a run missed by more than a second is dropped, and two schedulers on
one store run every job twice. So: hours of grace, missed runs coalesced into one, and a file lock that lets one live.
"""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from filelock import FileLock, Timeout

from prospect.pipeline import run, seconds, tell
from prospect.settings import Schedule
from prospect.summary import RunSummary, Silent
from prospect.web.server import WebError, serve
from prospect.workspace import Workspace, load_workspace
from prospect.yamlfile import Faults
from store.database import StoreError, open_store

log = logging.getLogger(__name__)
MISFIRE_GRACE_S = 6 * 3600  # a machine that slept through 02:30 runs when it wakes, until 08:30


def nightly_run(root: Path) -> None:
    """Do one run of the workspace as its files are now, so that a changed profile needs no restart."""
    try:
        workspace = load_workspace(root)
        engine = open_store(workspace.database_url)
    except (Faults, StoreError) as error:
        # the last good state stays; the operator sees what to mend in the log, and the next run tries again
        log.error("run not started: mend the workspace\n%s", error)
        return
    try:
        summary = run(workspace, engine, now=datetime.now(UTC))
    finally:
        engine.dispose()
    for failure in summary.failures:
        log.error("run failed in part: %s", failure)


def deliver(root: Path) -> None:
    """Send what the outbox owes by now: digests at their hour, and what a mail server refused earlier."""
    try:
        workspace = load_workspace(root)
        engine = open_store(workspace.database_url)
    except (Faults, StoreError):
        return  # the nightly run says what is wrong; once a minute would drown it
    now = datetime.now(UTC)
    summary = RunSummary(now)
    try:
        tell(workspace, engine, now, summary, Silent())
    finally:
        engine.dispose()
    for failure in summary.failures:
        log.error("delivery failed: %s", failure)


def build_scheduler(
    root: Path,
    schedule: Schedule,
    job: Callable[[Path], object] = nightly_run,
    scheduler_class: type[BaseScheduler] = BackgroundScheduler,
) -> BaseScheduler:
    """Return a scheduler that calls `job(root)` when `schedule` says, never two at a time, and delivers every minute."""
    scheduler = scheduler_class(
        timezone=schedule.zone,
        job_defaults={"coalesce": True, "misfire_grace_time": MISFIRE_GRACE_S, "max_instances": 1},
        # one thread for the runs: a nightly run that is due while another works waits for it
        executors={"default": ThreadPoolExecutor(1), "deliveries": ThreadPoolExecutor(1)},
    )
    if schedule.nightly:
        hour, minute = schedule.nightly.split(":")
        scheduler.add_job(job, CronTrigger(hour=hour, minute=minute, timezone=schedule.zone), args=[root], id="nightly")
    if schedule.every:
        every = IntervalTrigger(seconds=int(seconds(schedule.every)))
        scheduler.add_job(job, every, args=[root], id="every", next_run_time=datetime.now(UTC))
    if scheduler.get_jobs():
        scheduler.add_job(deliver, IntervalTrigger(seconds=60), args=[root], id="deliveries", executor="deliveries")
    scheduler.add_listener(_log_error, EVENT_JOB_ERROR)
    return scheduler


def _log_error(event: JobExecutionEvent) -> None:
    log.error("job failed id=%s error=%r; the next run goes on where this one stopped", event.job_id, event.exception)


def main() -> int:
    """Serve a workspace until stopped; exit 1 when its files are wrong or another scheduler serves it."""
    parser = argparse.ArgumentParser(prog="python -m scheduler", description="The scheduler; `prospect serve` starts it.")
    parser.add_argument("--workspace", type=Path, required=True)
    root: Path = parser.parse_args().workspace.resolve()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    try:
        workspace = load_workspace(root)
    except Faults as error:
        sys.stderr.write(f"{error}\n")
        return 1
    lock = FileLock(root / ".prospect.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        sys.stderr.write(f"another `prospect serve` already serves {root}; stop it first\n")
        return 1
    scheduler = build_scheduler(root, workspace.settings.schedule)
    if not scheduler.get_jobs():
        sys.stderr.write("prospect.yml: 'schedule' names neither 'nightly' nor 'every'; there is nothing to serve\n")
        return 1
    log.info("serving workspace=%s schedule=%s", root, workspace.settings.schedule)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does: in order
    scheduler.start()
    try:
        serve_web(root, workspace)
    except (KeyboardInterrupt, SystemExit):
        pass
    finally:
        scheduler.shutdown(wait=True)  # a run under way ends; what it had saved so far would be kept in any case
        lock.release()
        log.info("stopped")
    return 0


def serve_web(root: Path, workspace: Workspace) -> None:
    """Serve the inbox until stopped; where it cannot be served, say why and wait: the nightly run matters more."""
    engine = open_store(workspace.database_url)
    try:
        serve(root, workspace, engine)
    except WebError as error:
        log.error("no web inbox: %s", error)
        threading.Event().wait()
    finally:
        engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
