"""Tells the events of a text again in a copy of it, so that a release on several wires is read once.

A copy may begin with another dateline, end earlier, and have other quotation marks. Where it says more than that in any
sentence that could tell an event, it is no copy for this purpose, and is read.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from store.records import Document, TriggerEvent, fingerprint
from triggers.structure import Sentence
from triggers.subjects import cited

# "BALTIMORE, Oct. 7, 2026 /Bellwether Wire/ -- ", "(Bellwether Wire) — ", "TROY, Ohio–(Bellwether Wire)–"
DATELINE = re.compile(r"^.{0,110}?(?:--|[—–]|\)\s*-|\s-\s)\s*(?=\S)", re.DOTALL)
LEAST_LETTERS = 20  # a shorter sentence says too little to be known again by


def retold(
    copy: Document,
    sentences: Sequence[Sentence],
    cued: Collection[int],
    *,
    original: Sequence[Sentence],
    events: Sequence[TriggerEvent],
    main_facts: Mapping[str, Sequence[str]],
) -> list[TriggerEvent] | None:
    """Return the events of the original as the copy tells them, None where the copy must be read for itself.

    `sentences` are the copy's, and those at the indexes in `cued` could tell an event; `original` are the original's, and
    `events` were found there. What the copy leaves out is not told by it. `main_facts` are those that an event's id has, by kind.
    """
    said = {letters for sentence in original for letters in _keys(sentence.text)}
    if any(not said.intersection(_keys(sentences[index].text)) for index in cued):
        return None
    here: dict[str, Sentence] = {}
    for sentence in sentences:
        for letters in _keys(sentence.text):
            here.setdefault(letters, sentence)
    whose = {sentence.end: sentence for sentence in original}
    told = []
    for event in events:
        source = whose.get(event.end)
        if source is None or cited(source, event.company) != (event.start, event.end):
            return None  # told by more than a sentence, or read when sentences were cut otherwise
        place = next((here[letters] for letters in _keys(source.text) if letters in here), None)
        if place is None:
            continue
        start, end = cited(place, event.company)
        facts = [event.facts.get(name) for name in main_facts.get(event.kind, ())]
        told.append(
            replace(
                event,
                id=fingerprint(copy.id, event.kind, place.start, place.end, *facts),
                document_id=copy.id,
                quote=copy.full_text[start:end],
                start=start,
                end=end,
            )
        )
    return sorted(told, key=lambda event: (event.start, event.kind))


def _keys(sentence: str) -> list[str]:
    """Return the letters and figures of a sentence, and those of it without its dateline: either makes it known again."""
    keys = [_letters(sentence)]
    if (dateline := DATELINE.match(sentence)) and len(bare := _letters(sentence[dateline.end() :])) >= LEAST_LETTERS:
        keys.append(bare)
    return keys


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()
