"""One real filing that tells both pieces: it makes one lead, on its day, with the right sentences, and only once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from sqlalchemy import select

from benchmarks.world.promises import Promises
from benchmarks.world.shared_world import shared_world
from benchmarks.world.workspaces import Night, mails_in, peak_memory_mb, run_night, write_workspace
from store import queries
from store.database import open_store
from store.records import Lead, Story
from store.tables import raw_documents

PROFILE = "leaders-and-move"
FILED = date(2024, 8, 2)  # Chevron's 8-K of that day: changes at the top (5.02) and the headquarters' move (7.01)
FILER = "0000093410"
OPTIONS = ("--clock", "--dating", "own", "--today", "2024-08-20", "--days", "24")
# what the evidence must speak of, by kind: every word of one of the groups stands in the cited sentences
MUST_CITE: dict[str, list[tuple[str, ...]]] = {
    "relocation": [("headquarters", "San Ramon", "Houston")],
    "executive_change": [("Hearne",), ("Nelson",), ("Morris",), ("Green",), ("Parfitt",), ("Walz",)],
}


def one_filing(shared: Path, folder: Path, console: Console) -> Promises:
    """Run night after night over EDGAR alone, in `folder`, and return what was kept."""
    promises = Promises("One filing with both pieces (EDGAR by day, documents on their own dates)")
    nights: list[Night] = []
    with shared_world(shared, *OPTIONS) as world:
        write_workspace(folder, world, sources=["edgar"], profiles=[PROFILE], since=world.today)
        last = date.fromisoformat(world.status()["last_day"])
        while True:
            night = run_night(folder, world.today)
            nights.append(night)
            filed = filed_on(world.documents(), world.today)
            kept = filed & accessions_in(folder)
            leads = len(night.summary.get("leads", []))
            console.print(f"  {world.today}: {len(kept)} of {len(filed)} filings, {leads} leads, {night.wall_s:.1f} s", highlight=False)
            promises.check(f"{world.today}: exit status", 0, night.exit_status)
            promises.check(f"{world.today}: filings in the store", len(filed), len(kept))
            if world.today == FILED:
                _check_day(promises, folder, night)
            else:
                promises.check(f"{world.today}: leads", 0, len(night.summary.get("leads", [])))
            if world.today >= last:
                break
            world.advance()
    promises.check("mails at the end", 1, len(mails_in(folder)))
    console.print(
        f"  {sum(n.cpu_s for n in nights):.0f} CPU-seconds, {sum(n.wall_s for n in nights):.0f} s, peak {peak_memory_mb():.0f} MB"
    )
    return promises


def _check_day(promises: Promises, folder: Path, night: Night) -> None:
    """Check the day of the filing: its lead, its evidence, and that a second run changes nothing."""
    promises.check(f"{night.day}: leads", 1, len(night.summary.get("leads", [])))
    lead, stories = lead_with_stories(folder)
    promises.check("the lead's company", FILER, _cik(folder, lead.company_id) if lead else None)
    promises.check("mails after the day", 1, len(mails_in(folder)))
    for kind, groups in MUST_CITE.items():
        cited = " ".join(sighting.event.quote for story in stories if story.kind == kind for sighting in story.sightings)
        named = " or ".join(", ".join(words) for words in groups)
        promises.check(f"{kind} cites {named}", True, any(all(word in cited for word in words) for words in groups))
    mail = "".join(path.read_text("utf-8") for path in mails_in(folder))
    promises.check("the mail names the filing", True, "0000093410-24-000037" in mail.replace("=\n", ""))
    again = run_night(folder, night.day)
    promises.check("second run: exit status", 0, again.exit_status)
    promises.check("second run: new documents", 0, again.summary.get("collect", {}).get("new"))
    promises.check("second run: leads", 0, len(again.summary.get("leads", [])))
    promises.check("second run: mails", 1, len(mails_in(folder)))


def filed_on(documents: list[dict[str, Any]], day: date) -> set[str]:
    """Return the accession numbers of a day's 8-Ks; those whose own date nobody knows are put on the window's first day, and left out."""
    return {
        row["accession"]
        for row in documents
        if row["site"] == "edgar" and row["day"] == day.isoformat() and row["form"].startswith("8-K") and row["own_date"]
    }


def accessions_in(folder: Path) -> set[str]:
    """Return the accession numbers of all submissions in the store."""
    engine = open_store(f"sqlite:///{folder}/prospect.db")
    try:
        with engine.connect() as conn:
            urls = conn.execute(select(raw_documents.c.url)).scalars().all()
    finally:
        engine.dispose()
    return {url.rpartition("/")[2].removesuffix(".txt") for url in urls}


def lead_with_stories(folder: Path) -> tuple[Lead | None, list[Story]]:
    """Return the profile's only lead and the stories it tells."""
    engine = open_store(f"sqlite:///{folder}/prospect.db")
    try:
        with engine.connect() as conn:
            leads = queries.leads_of(conn, profile=PROFILE)
            if len(leads) != 1:
                return None, []
            stories = queries.stories_of(conn, [leads[0].company_id]).get(leads[0].company_id, [])
            return leads[0], [story for story in stories if story.id in leads[0].story_ids]
    finally:
        engine.dispose()


def _cik(folder: Path, company_id: str) -> str | None:
    engine = open_store(f"sqlite:///{folder}/prospect.db")
    try:
        with engine.connect() as conn:
            company = queries.get_company(conn, company_id)
            return company.cik if company else None
    finally:
        engine.dispose()
