"""Keeps a feed of each rep's leads, as RSS 2.0 and JSON Feed 1.1 files, for readers and for programs that poll."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from alerts.brief import brief_of
from alerts.channels import Outcome
from alerts.channels.file import folder_of
from alerts.channels.folder import write_atomically
from alerts.errors import TryAgain
from alerts.mapping import description
from alerts.settings import Target
from alerts.wording import clean, headline, purpose_word, web_address
from store.records import Delivery

PROVEN = "files read back by feedparser and as JSON"
LONGEST = 200  # leads a feed holds; the oldest leave first


def send(deliveries: Iterable[Delivery], settings: Target) -> Iterator[Outcome]:
    """Put each lead into the feed of its owner: `<folder>/<owner>.json` and `.xml`."""
    folder = folder_of(settings)
    by_owner: dict[str, list[Delivery]] = {}
    for delivery in deliveries:
        by_owner.setdefault(brief_of(delivery).lead.owner.lower(), []).append(delivery)
    for owner, owed in by_owner.items():
        try:
            _add(folder, owner, [_item(delivery) for delivery in owed], settings.timeout_s)
        except TryAgain as error:
            yield from (Outcome(key=delivery.key, error=error) for delivery in owed)
        else:
            yield from (Outcome(key=delivery.key) for delivery in owed)


def faults(settings: Target) -> list[str]:
    """Return what is wrong with the set-up."""
    return [] if settings.folder else [f"{settings.name}: 'folder' is missing: where the feeds go"]


def file_stem(owner: str) -> str:
    """Return the file name of a rep's feed: jane@example.com is jane-at-example.com."""
    return re.sub(r"[^a-z0-9.-]+", "-", owner.lower().replace("@", "-at-")).strip(".-")[:100] or "nobody"


def _item(delivery: Delivery) -> dict[str, Any]:
    brief = brief_of(delivery)
    title = f"{purpose_word(delivery.purpose)}{clean(brief.company.name, 120)}: {'; '.join(headline(story) for story in brief.stories[:3])}"
    item = {
        "id": delivery.key,
        "title": clean(title, 250),
        "content_text": description(brief, delivery.purpose),
        "date_published": delivery.due.isoformat(),
        "tags": list(dict.fromkeys(story.kind for story in brief.stories)),
    }
    url = next((url for story in brief.stories if (url := web_address(story.sightings[0].url))), None)
    return item | ({"url": url} if url else {})


def _add(folder: Path, owner: str, items: list[dict[str, Any]], timeout_s: float) -> None:
    path = folder / f"{file_stem(owner)}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f".{path.stem}.lock", timeout=timeout_s):
            there = json.loads(path.read_text(encoding="utf-8"))["items"] if path.exists() else []
            known = {item["id"]: item for item in there} | {item["id"]: item for item in items}
            kept = sorted(known.values(), key=lambda item: (item["date_published"], item["id"]), reverse=True)[:LONGEST]
            feed = {"version": "https://jsonfeed.org/version/1.1", "title": f"Leads of {clean(owner, 120)}", "items": kept}
            # the JSON file is what the next call reads, so it goes last: a kill in between only repeats the work
            write_atomically(path.with_suffix(".xml"), _rss(str(feed["title"]), kept))
            write_atomically(path, (json.dumps(feed, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "replace"))
    except Timeout as error:
        raise TryAgain(f"{path} is being written by another worker for more than {timeout_s:.0f} s") from error
    except (ValueError, KeyError) as error:
        raise TryAgain(f"{path} is not the feed that was written here; move it away, and a new one is begun") from error
    except OSError as error:
        raise TryAgain(f"{path}: cannot be written ({error.strerror}); free or open the folder, it is tried again") from error


def _rss(title: str, items: list[dict[str, Any]]) -> bytes:
    rss = ET.Element("rss", version="2.0")
    channel = ET.SubElement(rss, "channel")
    ET.SubElement(channel, "title").text = title
    ET.SubElement(channel, "link").text = "about:blank"  # RSS wants one; these files have no page of their own
    ET.SubElement(channel, "description").text = f"{title}, newest first"
    for item in items:
        entry = ET.SubElement(channel, "item")
        ET.SubElement(entry, "title").text = item["title"]
        if "url" in item:
            ET.SubElement(entry, "link").text = item["url"]
        ET.SubElement(entry, "guid", isPermaLink="false").text = item["id"]
        ET.SubElement(entry, "pubDate").text = format_datetime(datetime.fromisoformat(item["date_published"]))
        ET.SubElement(entry, "description").text = item["content_text"]
    return bytes(ET.tostring(rss, encoding="utf-8", xml_declaration=True))
