"""The extract stage: the events of every Document that is due; those of a copy are told by what was found in its original.

A module of its own because the kinds' expressions and the entity model take seconds to load: a run that found nothing new never
imports it.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Engine

from enrichment.deltas import filing_changes
from prospect.copies import Copies
from prospect.summary import due_in_batches
from prospect.workspace import Workspace
from store import queries
from store.records import Document, TriggerEvent
from triggers.entities import load_entities
from triggers.extract import Extractor
from triggers.forms import beside_earlier, with_office

log = logging.getLogger(__name__)
ORIGINALS_KEPT = 2000  # documents of a run kept at hand for their copies


def extract_due(workspace: Workspace, engine: Engine, now: datetime) -> Iterator[Counter[str]]:
    """Extract what is due, batch by batch; yield what each saved: `documents`, and of them `copies`, `events`, `failed`."""
    extractor = build_extractor(workspace)
    copies = Copies()
    # what this run found: the store also keeps events that an earlier reader found and today's does not
    found_here: dict[str, tuple[Document, list[TriggerEvent]]] = {}
    for batch in due_in_batches(engine, queries.due_to_extract):
        yield extract_batch(extractor, copies, found_here, engine, batch, now)
        for old in list(found_here)[: max(0, len(found_here) - ORIGINALS_KEPT)]:
            del found_here[old]


def extract_batch(
    extractor: Extractor,
    copies: Copies,
    found_here: dict[str, tuple[Document, list[TriggerEvent]]],
    engine: Engine,
    batch: Sequence[Document],
    now: datetime,
) -> Counter[str]:
    """Extract the documents and save their events in one transaction; add them to `copies` and `found_here`."""
    counts = Counter(documents=len(batch))
    results: list[tuple[Document, list[TriggerEvent] | str]] = []
    joined = []
    with engine.connect() as conn:
        for document in batch:
            origin, packed = copies.join(conn, document)
            joined.append((document.id, document.first_seen or now, origin, packed))
            found = None
            if origin != document.id and (told := found_here.get(origin) or queries.told_in(conn, origin)):
                found = retell_one(extractor, document, *told)
                counts["copies"] += found is not None
            result = extract_one(extractor, document) if found is None else found
            if isinstance(result, list):
                found_here[document.id] = document, result
            results.append((document, result))
    with engine.begin() as conn:
        queries.save_sketches(conn, joined)
        for document, result in results:
            if isinstance(result, list) and (earlier := queries.earlier_filings(conn, document, stating=("auditor", "officers"))):
                changes = [with_office(change) for change in filing_changes(earlier, document)]
                result = [*(beside_earlier(each, document, earlier) for each in result), *changes]
            if isinstance(result, str):
                queries.mark_unextractable(conn, document.id, result, now)
                counts["failed"] += 1
            else:
                queries.save_events(conn, document.id, result, now)
                counts["events"] += len(result)
    return counts


def build_extractor(workspace: Workspace) -> Extractor:
    """Return the extractor with the workspace's kinds and model."""
    return Extractor(list(workspace.kinds.values()), entities=load_entities(workspace.entity_model))


def extract_one(extractor: Extractor, document: Document) -> list[TriggerEvent] | str:
    """Return the document's events, or in words why it could not be read for them."""
    try:
        return extractor.extract(document)
    except Exception as error:  # one bad document is recorded and skipped; it must not stop the night
        log.exception("extractor failed id=%s", document.id)
        return f"the extractor failed: {type(error).__name__}: {error}"


def retell_one(extractor: Extractor, copy: Document, original: Document, events: list[TriggerEvent]) -> list[TriggerEvent] | None:
    """Return the original's events as its copy tells them; None where the copy must be read for itself."""
    try:
        return extractor.retell(copy, original, events)
    except Exception:  # the reading that follows says what is wrong with the document, if anything is
        log.exception("retelling failed id=%s", copy.id)
        return None
