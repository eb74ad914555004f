"""How much the confidence of events can be trusted, and how fast they are found.

    python -m benchmarks.calibration GOLD.jsonl [GOLD.jsonl …] [--model builtin|rules]

A line of GOLD is a document with `text` (or `path`, relative to the file) and its right event types in `labels`. An event is
right when its kind stands for one of them; of events given 0.9, nine in ten should be. Prints right and wrong by confidence
and documents per CPU-second.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import time
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from crawler.read import read_file
from prospect.kinds import shipped_kinds
from store.records import Document
from triggers.entities import load_entities
from triggers.extract import Extractor

# the labels of common corpora are coarser than kinds
LABELS = {
    "facility_opening": {"facility", "expansion"},
    "facility_closing": {"facility"},
    "facility_expansion": {"expansion", "facility"},
    "hiring": {"expansion"},
    "market_entry": {"expansion", "facility"},
    "layoffs": {"layoffs_restructuring"},
    "reorganization": {"layoffs_restructuring"},
    "distress": {"bankruptcy"},
    "strong_results": {"earnings_guidance"},
    "weak_results": {"earnings_guidance"},
    "merger": {"acquisition"},
    "divestiture": {"acquisition", "divestiture"},
    "relocation": {"relocation", "facility"},
}
BINS = (0.5, 0.6, 0.7, 0.8, 0.9, 1.01)


def documents(path: Path) -> Iterator[tuple[Document, set[str], set[str]]]:
    """Yield each document with its labels and the types that count neither way."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row.get("labels") is None:
            continue
        if "text" in row:
            document = Document(id=row["id"], url="", title=row.get("title"), text=row["text"], published=None)
        else:
            file = path.parent / row["path"] if "path" in row else path.parent.parent / row["id"]
            document = dataclasses.replace(read_file(file)[0], id=row["id"])
        neutral = set(row.get("borderline") or []) | set(row.get("coarse") or [])
        neutral |= {t for e in row.get("events") or [] for t in [e["type"], *(e.get("accept_types") or [])]}
        yield document, set(row["labels"]), neutral


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--model", default="builtin")
    arguments = parser.parse_args()
    extractor = Extractor(list(shipped_kinds().values()), entities=load_entities(arguments.model))
    tally: Counter[tuple[float, bool]] = Counter()
    count, spent = 0, 0.0
    for path in arguments.gold:
        for document, labels, neutral in documents(path):
            started = time.process_time()
            events = extractor.extract(document)
            spent += time.process_time() - started
            count += 1
            for event in events:
                may_be = LABELS.get(event.kind, {event.kind})
                right = bool(may_be & (labels | neutral))
                if event.confidence >= BINS[0]:
                    tally[max(b for b in BINS if b <= event.confidence), right] += 1
    print(f"{'confidence':>12}{'events':>8}{'right':>8}{'share':>8}")
    for low, high in pairwise(BINS):
        good, bad = tally[low, True], tally[low, False]
        if good + bad:
            print(f"{low:>7.1f}–{min(high, 1):.1f}{good + bad:>8}{good:>8}{good / (good + bad):>8.2f}")
    print(f"{count} documents, {count / spent:.0f} per CPU-second")


if __name__ == "__main__":
    main()
