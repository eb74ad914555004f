"""Thirty nights over three wires and EDGAR: every night ends well and counts what came out that day.

The documents' own dates are older than the world's days, so only feed and index dates count here.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.world.promises import Promises
from benchmarks.world.shared_world import SharedWorld, shared_world
from benchmarks.world.workspaces import Night, mails_in, peak_memory_mb, run_night, write_workspace
from store import queries
from store.database import open_store

SOURCES = ("edgar", "wire-1", "wire-2", "wire-3")
PROFILES = ("finance-chiefs", "moves")
FEED_ENTRIES = {"wire-1": 20, "wire-2": 25, "wire-3": 30}  # a feed shows so many; what came before on a day is missed


def one_month(shared: Path, folder: Path, console: Console, days: int = 30) -> Promises:
    """Run `days` nights in `folder` and return what was kept."""
    promises = Promises(f"{days} nights of wires and EDGAR (documents spread over the month)")
    nights: list[Night] = []
    with shared_world(shared, "--clock", "--days", str(days)) as world:
        write_workspace(folder, world, sources=SOURCES, profiles=PROFILES, since=world.today)
        last = date.fromisoformat(world.status()["last_day"])
        while True:
            wanted = came_out(world.documents(), world.today)
            night = run_night(folder, world.today)
            nights.append(night)
            _check_night(promises, world, night, wanted, console)
            if world.today >= last:
                break
            world.advance()
        again = run_night(folder, world.today)
        promises.check("second run of the last night: new", 0, again.summary.get("collect", {}).get("new"))
        promises.check("second run of the last night: leads", 0, len(again.summary.get("leads", [])))
        promises.check("second run of the last night: sent", 0, again.summary.get("tell", {}).get("sent"))
    engine = open_store(f"sqlite:///{folder}/prospect.db")
    with engine.connect() as conn:
        counts = queries.counts(conn)
        told = len(queries.leads_of(conn))
    engine.dispose()
    promises.check(
        "raw documents in the store", sum(night.summary.get("collect", {}).get("new", 0) for night in nights), counts.get("raw_documents")
    )
    promises.check("mails without a lead", False, bool(mails_in(folder)) and not told)
    documents = counts.get("documents", 0)
    cpu, wall = sum(night.cpu_s for night in nights), sum(night.wall_s for night in nights)
    console.print(
        f"  rows {counts}\n  {cpu:.0f} CPU-seconds, {wall:.0f} s, {documents / max(cpu, 0.01):.1f} documents per CPU-second, peak {peak_memory_mb():.0f} MB"
    )
    return promises


def came_out(documents: list[dict[str, Any]], day: date) -> Counter[str]:
    """Return how many documents each source can have shown for the first time on `day`."""
    out: Counter[str] = Counter()
    for row in documents:
        if row["day"] == day.isoformat() and row["site"] in SOURCES and (row["site"] != "edgar" or row["form"].startswith("8-K")):
            out[row["site"]] += 1
    return Counter({site: min(count, FEED_ENTRIES.get(site, count)) for site, count in out.items()})


def _check_night(promises: Promises, world: SharedWorld, night: Night, wanted: Counter[str], console: Console) -> None:
    summary = night.summary
    collect, read, extract = (summary.get(stage, {}) for stage in ("collect", "read", "extract"))
    promises.check(f"{night.day}: exit status", 0, night.exit_status)
    promises.check(f"{night.day}: new documents", sum(wanted.values()), collect.get("new"))
    promises.check(f"{night.day}: read", collect.get("new"), read.get("documents", 0) + read.get("unreadable", 0))
    promises.check(f"{night.day}: extracted", read.get("documents"), extract.get("documents"))
    console.print(
        f"  {night.day}: {collect.get('new')} new of {sum(wanted.values())}, {extract.get('events')} events, "
        f"{len(summary.get('leads', []))} leads, {night.wall_s:.1f} s, {night.cpu_s:.1f} CPU-s",
        highlight=False,
    )
    for failure in summary.get("failures", [])[:3]:
        console.print(f"    failure: {failure}", highlight=False, markup=False)
