"""How the machine is: a page for the operator, /health for a watchdog, /metrics for Prometheus."""

from __future__ import annotations

from datetime import datetime, timedelta

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from prospect.pipeline import seconds
from prospect.settings import Schedule
from prospect.web.site import Site, site_of
from store import queries
from store.records import Run, SourceRun

GRACE = timedelta(hours=3)  # a run may start late and take its time before it is called missing
FAILED_SHOWN = 20


def sources_page(request: Request) -> Response:
    """Show each source's last crawl, the last runs, and what waits in the outbox or failed for good."""
    site = site_of(request)
    viewer = site.viewer(request)
    with site.engine.connect() as conn:
        latest = queries.latest_source_runs(conn)
        context = {
            "viewer": viewer,
            "sources": [_source(name, latest.get(name), site.now()) for name in sorted({*site.workspace.sources, *latest})],
            "known": set(site.workspace.sources),
            "runs": queries.last_runs(conn, 10),
            "states": queries.states(conn),
            "backlog": queries.backlog(conn),
            "counts": queries.counts(conn),
            # whom a mail was for is the operator's to know
            "failed": queries.deliveries_of(conn, states=["failed"], limit=FAILED_SHOWN) if viewer.email is None else [],
            "late": late(site, conn),
        }
    return site.page(request, "sources.html.j2", context)


def _source(name: str, run: SourceRun | None, now: datetime) -> dict[str, object]:
    if run is None:
        health, why = "unknown", "never crawled"
    elif run.error:
        health, why = "failing", run.error
    elif run.listed == 0:
        health, why = "quiet", "its lists were empty"
    else:
        health, why = "well", "; ".join(run.notes)
    return {"name": name, "run": run, "health": health, "why": why, "age": now - run.ended if run else None}


def health(request: Request) -> Response:
    """Answer 200 when the database answers and the last run is not overdue, else 503; says nothing that is anybody's business."""
    site = site_of(request)
    try:
        with site.engine.connect() as conn:
            last = last_ended(conn)
            overdue = late(site, conn)
    except SQLAlchemyError:
        return JSONResponse({"status": "no database"}, 503)
    body = {"status": "late" if overdue else "ok", "last_run_ended": last.ended.isoformat() if last and last.ended else None}
    return JSONResponse(body, 503 if overdue else 200)


def last_ended(conn: Connection) -> Run | None:
    """Return the last run that came to its end."""
    return next((run for run in queries.last_runs(conn, 50) if run.ended), None)


def late(site: Site, conn: Connection) -> str | None:
    """Return in words that no run has ended for longer than the schedule allows; None when all is in time."""
    last = last_ended(conn)
    allowed = longest_pause(site.workspace.settings.schedule)
    if last is None or last.ended is None or allowed is None or site.now() - last.ended <= allowed + GRACE:
        return None
    return f"No run has ended since {last.ended:%Y-%m-%d %H:%M} UTC; is `prospect serve` running? Its log says what stopped the last one."


def longest_pause(schedule: Schedule) -> timedelta | None:
    """Return how long the schedule lets pass between two runs; None when it asks for none."""
    if schedule.every:
        return timedelta(seconds=seconds(schedule.every))
    return timedelta(days=1) if schedule.nightly else None


def metrics(request: Request) -> Response:
    """Return gauges in Prometheus's format, counted in the store at this moment."""
    site = site_of(request)
    registry = CollectorRegistry()
    rows = Gauge("prospect_rows", "Rows in the store", ["table"], registry=registry)
    due = Gauge("prospect_due", "Documents and events that a stage has yet to work on", ["stage"], registry=registry)
    in_state = {
        name: Gauge(f"prospect_{name}", f"{name.capitalize()} by state", ["state"], registry=registry) for name in ("leads", "deliveries")
    }
    ended = Gauge("prospect_last_run_ended_seconds", "When the last run came to its end, seconds since 1970", registry=registry)
    crawled = Gauge(
        "prospect_source_crawled_seconds", "When the source's last crawl ended, seconds since 1970", ["source"], registry=registry
    )
    failing = Gauge("prospect_source_failing", "1 when the source's last crawl failed", ["source"], registry=registry)
    listed = Gauge("prospect_source_listed", "Entries that the source's lists showed in its last crawl", ["source"], registry=registry)
    with site.engine.connect() as conn:
        for table, count in queries.counts(conn).items():
            rows.labels(table).set(count)
        for stage, count in queries.backlog(conn).items():
            due.labels(stage).set(count)
        for name, states in queries.states(conn).items():
            for state, count in states.items():
                in_state[name].labels(state).set(count)
        for source, run in queries.latest_source_runs(conn).items():
            crawled.labels(source).set(run.ended.timestamp())
            failing.labels(source).set(run.error is not None)
            listed.labels(source).set(run.listed)
        if (last := last_ended(conn)) and last.ended:
            ended.set(last.ended.timestamp())
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
