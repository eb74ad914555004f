"""Thirty nights over the years in which documents were really published: each night brings what came out since the last one."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.world.shared_world import SharedWorld, shared_world
from benchmarks.world.workspaces import Night, night_after, run_night, write_workspace

SOURCES = ("edgar", "wire-1", "wire-2", "wire-3")
FIRST = date(2024, 1, 25)  # the day before the first labelled release
COLUMNS = ("id", "name", "cik", "city", "state", "sic")


def run_nights(shared: Path, folder: Path, profiles: Mapping[str, Mapping[str, Any]], console: Console, nights: int = 30) -> None:
    """Fill `folder` with a workspace of these profiles and run `nights` nights in it; leave what is true as truth.json beside it.

    Wires are read by their sitemaps and EDGAR by its quarterly index, since a night brings weeks of documents.
    """
    with shared_world(shared, "--dating", "own") as world:
        last = date.fromisoformat(world.status()["last_day"])
    days = (last - FIRST).days + 1
    with shared_world(shared, "--clock", "--dating", "own", "--days", str(days), "--edgar-rate", "0") as world:
        write_workspace(folder, world, sources=SOURCES, profiles=(), since=FIRST)
        for name in SOURCES:
            spider = {"spider": "edgar", "by": "full-index", "start": [world.sites[name]]}
            if name != "edgar":
                spider = {"spider": "sitemap", "start": [f"{world.sites[name]}/sitemap.xml"]}
            source = {"title": name, "publisher": name if name != "edgar" else "SEC EDGAR", "trust": 1, **spider}
            (folder / "sources" / f"{name}.yml").write_text(json.dumps(source), "utf-8")
        for slug, keys in profiles.items():
            (folder / "profiles" / f"{slug}.yml").write_text(json.dumps(keys), "utf-8")
        documents = world.documents(to_come=True)
        _write_register(folder / "filers.csv", world, documents)
        settings = folder / "prospect.yml"
        settings.write_text(settings.read_text("utf-8").replace("[company_tickers.json]", "[company_tickers.json, filers.csv]"), "utf-8")
        step = -(-days // nights)
        moments = []
        while True:
            night = run_night(folder, world.today)
            _tell(night, console)
            moments.append(night_after(world.today).isoformat())
            if world.today >= last:
                break
            world.advance(step)
    (folder / "truth.json").write_text(json.dumps({"nights": moments, "documents": documents}), "utf-8")


def _write_register(path: Path, world: SharedWorld, documents: Iterable[Mapping[str, Any]]) -> None:
    """Write what EDGAR says of the filers of labelled filings: seat and industry."""
    ciks = sorted({int(row["cik"]) for row in documents if row["site"] == "edgar" and row.get("events") is not None and row.get("cik")})
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.DictWriter(file, COLUMNS)
        rows.writeheader()
        for cik in ciks:
            try:
                said = json.loads(world.download("edgar", f"/submissions/CIK{cik:010}.json"))
            except OSError:
                continue  # not every filer has a record in the world
            seat = (said.get("addresses") or {}).get("business") or {}
            rows.writerow(
                {
                    "id": f"cik-{cik}",
                    "name": said.get("name"),
                    "cik": cik,
                    "city": (seat.get("city") or "").title(),
                    "state": seat.get("stateOrCountry"),
                    "sic": said.get("sic"),
                }
            )


def _tell(night: Night, console: Console) -> None:
    stages = night.summary
    console.print(
        f"  {night.day}: {stages.get('collect', {}).get('new')} new, {stages.get('extract', {}).get('events')} events, "
        f"{len(stages.get('leads', []))} leads, {stages.get('judge', {}).get('pairs')} pairs judged, {night.wall_s:.1f} s, {night.cpu_s:.1f} CPU-s",
        highlight=False,
    )
    for failure in stages.get("failures", [])[:3]:
        console.print(f"    failure: {failure}", highlight=False, markup=False)
