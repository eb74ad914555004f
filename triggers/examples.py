"""Holds a kind's examples against what is found in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from store.records import Document, TriggerEvent
from triggers.kind import Example, unmark


def example_document(example: Example) -> Document:
    """Return the document that an example of a kind stands for."""
    return Document(
        id="example",
        url="",
        title=unmark(example.title).text if example.title else None,
        text=unmark(example.text).text,
        published=datetime.fromisoformat(example.published).replace(tzinfo=UTC) if example.published else None,
        form=example.form,
    )


def faults(example: Example, events: Sequence[TriggerEvent]) -> list[str]:
    """Return in words what is wrong with the events of the example's kind that were found in it; [] when it holds."""
    if example.nothing:
        return [f"raises {e.status} {dict(e.facts)} of {e.company}" for e in events]
    if not events:
        return ["finds nothing"]
    if example.count is not None and len(events) != example.count:
        return [f"finds {len(events)} events, not {example.count}"]
    marks = [mark for text in (example.text, example.title) if text for mark in unmark(text).marks]
    best: list[str] | None = None
    for event in events:
        wrong = [f"{name} is {_value(event, name)!r}, not {words!r}" for name, words in marks if not _agrees(_value(event, name), words)]
        wrong += [
            f"{name} is {event.facts.get(name)!r}, not {words!r}"
            for name, words in example.facts.items()
            if (event.facts.get(name) or None) != words
        ]
        if example.status and event.status != example.status:
            wrong.append(f"status is {event.status}, not {example.status}")
        if example.happened and str(event.happened) != example.happened:
            wrong.append(f"happened is {event.happened}, not {example.happened}")
        if best is None or len(wrong) < len(best):
            best = wrong
    return best or []


def _value(event: TriggerEvent, name: str) -> str | None:
    return event.company if name == "company" else event.facts.get(name)


def _agrees(value: str | None, words: str) -> bool:
    return value is not None and re.sub(r"\W+", " ", value).strip().lower() == re.sub(r"\W+", " ", words).strip().lower()
