"""Whether whole filings give the events that their item codes stand for: python -m benchmarks.filing_items FOLDER… [--code 5.02] [--show 400]

A FOLDER holds filings as EDGAR serves them. Codes are those that an index.csv beside them gives (columns `file` within the folder or
with its name before it, and `item_codes`, parted by ";"), else those read in the filing. Prints for each code in how many of its
filings an event of the kinds stands that it is for; lists the others, `--show` characters of the item each.

A code is a weak label. Item 5.02 also takes plans and awards, Item 5.03 is mostly about bylaws, Items 1.01 and 8.01 take anything: a share
below 1 is no fault by itself, and the list is there to be read.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from crawler.read import read_file
from prospect.kinds import shipped_kinds
from store.records import Document, TriggerEvent
from triggers.entities import load_entities
from triggers.extract import Extractor
from triggers.structure import read_sentences

DEAL = ("acquisition", "divestiture", "merger", "investment")
RESULTS = ("strong_results", "weak_results")
# what an item is filed for; those of 1.01 and 8.01 are any event at all
KINDS_OF: dict[str, tuple[str, ...]] = {
    "1.01": (),
    "1.02": ("contract_loss", "debt_financing", *DEAL),
    "1.03": ("distress",),
    "1.05": ("cyber_incident",),
    "2.01": DEAL,
    "2.02": RESULTS,
    "2.03": ("debt_financing",),
    "2.04": ("distress",),
    "2.05": ("layoffs", "reorganization", "facility_closing"),
    "2.06": ("weak_results",),
    "3.01": ("distress",),
    "4.01": ("auditor_change",),
    "4.02": ("restatement",),
    "5.01": DEAL,
    "5.02": ("executive_change",),
    "5.03": ("name_change",),
    "8.01": (),
    # the numbering before 23 August 2004
    "1": DEAL,
    "2": DEAL,
    "3": ("distress",),
    "4": ("auditor_change",),
    "5": (),
    "6": ("executive_change",),
    "12": RESULTS,
}


@dataclass(frozen=True)
class Filing:
    """A filing read, its item codes and its events."""

    path: Path
    codes: tuple[str, ...]
    document: Document
    events: Sequence[TriggerEvent]

    def answers(self, code: str) -> bool:
        """Return True where an event stands of the kinds that the code is for."""
        kinds = KINDS_OF[code]
        return any(not kinds or event.kind in kinds for event in self.events)


def filings(folder: Path, extractor: Extractor) -> Iterator[Filing]:
    """Yield the filings of a folder, each with its codes and what is found in it."""
    listed = {}
    if (folder / "index.csv").exists():
        with (folder / "index.csv").open(encoding="utf-8", newline="") as file:
            listed = {Path(row["file"]).name: row["item_codes"].replace("old", "").split(";") for row in csv.DictReader(file)}
    for path in sorted(folder.iterdir()):
        if path.suffix in {".csv", ".json"} or not path.is_file():
            continue
        for document in read_file(path):
            if (document.form or "").startswith("8-K"):
                codes = listed.get(path.name) or document.items
                events = [event for event in extractor.extract(document) if event.confidence >= 0.5]
                yield Filing(path, tuple(code for code in codes if code), document, events)


def opening_of(document: Document, code: str, chars: int) -> str:
    """Return how the text of an item begins; of the document, where the item has no text."""
    text = " ".join(s.text for s in read_sentences(document.text, 0, document.form) if s.item == code and s.zone != "heading")
    return re.sub(r"\s+", " ", text or document.text)[:chars]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--code", action="append", help="only this item; may be given more than once")
    parser.add_argument(
        "--show", type=int, default=200, metavar="CHARS", help="how much of each item without its event to print; 0 lists none"
    )
    parser.add_argument("--model", default="builtin")
    arguments = parser.parse_args()
    extractor = Extractor(list(shipped_kinds().values()), entities=load_entities(arguments.model))
    read = [filing for folder in arguments.folders for filing in filings(folder, extractor)]
    codes = [code for code in KINDS_OF if not arguments.code or code in arguments.code]
    print(f"{'item':6}{'filings':>8}{'answered':>10}{'share':>8}  by")
    for code in codes:
        having = [filing for filing in read if code in filing.codes]
        answered = sum(filing.answers(code) for filing in having)
        if having:
            print(f"{code:6}{len(having):>8}{answered:>10}{answered / len(having):>8.2f}  {', '.join(KINDS_OF[code]) or 'any event'}")
    if not arguments.show:
        return
    for code in codes:
        for filing in read:
            if code in filing.codes and not filing.answers(code):
                told = ", ".join(sorted({event.kind for event in filing.events})) or "nothing"
                print(
                    f"\n{code} {filing.path.parent.name}/{filing.path.name} ({told})\n  {opening_of(filing.document, code, arguments.show)}"
                )


if __name__ == "__main__":
    main()
