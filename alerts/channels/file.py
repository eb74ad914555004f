"""Writes each lead as a JSON file of its own into a folder, for programs that pick files up."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from alerts.brief import brief_of
from alerts.channels import Outcome, one_by_one
from alerts.channels.folder import sweep, write_atomically
from alerts.errors import Misconfigured
from alerts.mapping import lead_record
from alerts.settings import Target
from store.records import Delivery

PROVEN = "files read back as JSON"


def send(deliveries: Iterable[Delivery], settings: Target) -> Iterator[Outcome]:
    """Write each lead to `<folder>/<key>.json`, whole or not at all; the same key is the same file."""
    folder = folder_of(settings)
    sweep(folder)
    return one_by_one(deliveries, lambda delivery: _write(delivery, folder))


def faults(settings: Target) -> list[str]:
    """Return what is wrong with the set-up."""
    return [] if settings.folder else [f"{settings.name}: 'folder' is missing: where the files go"]


def folder_of(settings: Target) -> Path:
    """Return the target's folder. Raise Misconfigured when none is set."""
    if settings.folder is None:
        raise Misconfigured(f"{settings.name}: 'folder' is missing in prospect.yml: where the files go")
    return settings.folder


def _write(delivery: Delivery, folder: Path) -> None:
    record = lead_record(brief_of(delivery), key=delivery.key, purpose=delivery.purpose)
    write_atomically(folder / f"{delivery.key}.json", (json.dumps(record, indent=2, ensure_ascii=False) + "\n").encode("utf-8", "replace"))
