"""Writes a CRM import file as JSON: one array of leads, each whole, with its evidence; for importers of your own.

A lead keeps its entry: telling of it again changes that entry, and telling the same again changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from alerts.brief import brief_of
from alerts.channels import Outcome
from alerts.channels.file import folder_of
from alerts.channels.folder import sweep, write_atomically
from alerts.errors import Misconfigured, TryAgain
from alerts.mapping import lead_record
from alerts.rehearsal import Notebook, Rehearsed, each_rehearsed
from alerts.settings import Target
from store.records import Delivery

PROVEN = "files read back as JSON, no import into a real CRM"


def send(deliveries: Iterable[Delivery], settings: Target) -> Iterator[Outcome]:
    """Put all leads into the file at once, then yield their Outcomes; one worker at a time per file."""
    path = _path_of(settings)
    owed = list(deliveries)
    records = [_record(delivery) for delivery in owed]
    if records:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            sweep(path.parent)
            with FileLock(path.with_name(f".{path.name}.lock"), timeout=settings.timeout_s):
                kept = {entry["external_id"]: entry for entry in _read(path)} | {record["external_id"]: record for record in records}
                content = (json.dumps(list(kept.values()), indent=1, ensure_ascii=False) + "\n").encode("utf-8", "replace")
                write_atomically(path, content)
                manifest = {"file": path.name, "key": "external_id", "rows": len(kept), "sha256": hashlib.sha256(content).hexdigest()}
                write_atomically(path.with_suffix(".manifest.json"), (json.dumps(manifest, indent=2) + "\n").encode())
        except Timeout as error:
            raise TryAgain(f"{path} is being written by another worker for more than {settings.timeout_s:.0f} s") from error
        except OSError as error:
            raise TryAgain(f"{path}: cannot be written ({error.strerror}); free or open the folder, it is tried again") from error
    yield from (Outcome(key=delivery.key) for delivery in owed)


def rehearse(deliveries: Iterable[Delivery], settings: Target) -> Iterator[Rehearsed]:
    """Yield the entry that each delivery would put into the file, and whether it is new; one that is there already is no write."""
    path = _path_of(settings)
    notebook = Notebook()
    there = {entry["external_id"]: entry for entry in _read(path)}

    def rehearse_one(delivery: Delivery) -> None:
        record = json.loads(json.dumps(_record(delivery)))
        before = there.get(record["external_id"])
        if before != record:
            notebook.note(f"{path}, {'entry changed' if before else 'new entry'}", record)
        there[record["external_id"]] = record

    return each_rehearsed(deliveries, notebook, rehearse_one)


def _path_of(settings: Target) -> Path:
    name = settings.options.get("file", "leads.json" if settings.name == "json" else f"{settings.name}-leads.json")
    return folder_of(settings) / Path(name).name


def _record(delivery: Delivery) -> dict[str, object]:
    # the delivery's key would make the same lead look new; the lead's own key is what an importer goes by
    return lead_record(brief_of(delivery), key=f"prospect-{delivery.lead_ids[0]}", purpose=delivery.purpose)


def faults(settings: Target) -> list[str]:
    """Return what is wrong with the set-up."""
    return [] if settings.folder else [f"{settings.name}: 'folder' is missing: where the import file goes"]


def _read(path: Path) -> list[dict[str, object]]:
    try:
        entries = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
        if all("external_id" in entry for entry in entries):
            return list(entries)
    except (ValueError, TypeError):
        pass
    raise Misconfigured(f"{path} is not the JSON that was written here; move it away, and a new one is begun")
