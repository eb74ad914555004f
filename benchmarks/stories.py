"""Measures how copies of one release become one story: python -m benchmarks.stories FOLDER [--register CSV] [--show N]

FOLDER holds the shared web of real documents (world/, corpus/). Every release and its syndicated copies is read, its events are
extracted and resolved as the pipeline does, and the stories are held against the truth of who copied whom. Printed are the share
of copied events that joined the story of the first, and the stories that hold releases of two different origins.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.world.shared_world import SharedWorld, shared_world
from crawler.read import Unreadable, read_document
from enrichment.registry import read_companies
from enrichment.resolve import Resolver
from enrichment.stories import tell_stories
from prospect.kinds import shipped_kinds
from prospect.resolving import match_event
from store.records import RawDocument, Sighting, Story, fingerprint
from triggers.entities import load_entities
from triggers.extract import Extractor


def sightings_in(world: SharedWorld, resolver: Resolver) -> tuple[dict[str, list[Sighting]], dict[str, str]]:
    """Return the sightings by company, and the cluster of each document's id."""
    kinds = shipped_kinds()
    extractor = Extractor(list(kinds.values()), entities=load_entities())
    by_company: dict[str, list[Sighting]] = defaultdict(list)
    clusters: dict[str, str] = {}
    rows = [row for row in world.documents() if row.get("cluster") and row["kind"] == "release"]
    for number, row in enumerate(sorted(rows, key=lambda row: (row["day"], row["url"]))):
        try:
            document = read_row(world, row, datetime.fromisoformat(row["day"]).replace(tzinfo=UTC) + timedelta(seconds=number))
        except Unreadable:
            continue
        clusters[document.id] = row["cluster"]
        for event in extractor.extract(document):
            company_id = match_event(resolver, event, document, []).company_id
            if company_id and document.first_seen:
                by_company[company_id].append(
                    Sighting(
                        event=event,
                        company_id=company_id,
                        url=document.url,
                        title=document.title,
                        source=row["site"],
                        publisher=document.publisher,
                        form=document.form,
                        published=document.published,
                        first_seen=document.first_seen,
                    )
                )
    return by_company, clusters


def read_row(world: SharedWorld, row: dict[str, Any], fetched: datetime) -> Any:
    """Return the document at an address of the world."""
    address = urlsplit(row["url"])
    body = world.download(row["site"], address.path + (f"?{address.query}" if address.query else ""))
    raw = RawDocument(
        id=fingerprint(row["url"]),
        source=row["site"],
        url=row["url"],
        canonical_url=row["url"],
        fetched=fetched,
        content_type="text/html",
        digest="",
        warc="",
        offset=0,
        hints={"published": fetched.isoformat()},
    )
    return read_document(body, raw=raw)


def print_figures(stories: list[Story], clusters: dict[str, str], show: int) -> None:
    """Print how many copied events joined, and which stories hold two origins."""
    told: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)  # company, cluster, kind, who or what -> stories
    for story in stories:
        for sighting in story.sightings:
            event = sighting.event
            key = (story.company_id, clusters[event.document_id], event.kind, (event.facts.get("person") or event.quote[:60]).casefold())
            told[key].append(story.id)
    copied = {key: ids for key, ids in told.items() if len(ids) > 1}
    copies = sum(len(ids) - 1 for ids in copied.values())
    apart = sum(len(set(ids)) - 1 for ids in copied.values())
    mixed = [story for story in stories if len({clusters[s.event.document_id] for s in story.sightings}) > 1]
    several = [story for story in stories if len(story.sightings) > 1]
    print(f"{len(stories):,} stories of {sum(len(story.sightings) for story in stories):,} events in {len(clusters):,} documents")
    print(f"copies of an event that joined its story   {1 - apart / max(1, copies):.4f}  ({copies - apart} of {copies})")
    print(f"stories of several events with two origins {len(mixed) / max(1, len(several)):.4f}  ({len(mixed)} of {len(several)})")
    for story in mixed[:show]:
        print(f"  {story.kind} {dict(story.facts)}")
        for sighting in story.sightings:
            print(f"     {clusters[sighting.event.document_id][:24]:24} {sighting.published:%Y-%m-%d} {sighting.event.quote[:150]!r}")
    for key, ids in [(key, ids) for key, ids in copied.items() if len(set(ids)) > 1][:show]:
        print(f"  apart: {key} {ids}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--register", type=Path, help="companies to resolve against; none by default")
    parser.add_argument("--show", type=int, default=10)
    args = parser.parse_args()
    resolver = Resolver(read_companies(args.register) if args.register else ())
    with shared_world(args.folder, "--edgar-rate", "0") as world:
        by_company, clusters = sightings_in(world, resolver)
    print_figures([story for sightings in by_company.values() for story in tell_stories(sightings)], clusters, args.show)


if __name__ == "__main__":
    main()
