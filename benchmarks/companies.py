"""How often the events of labelled documents end at the right company: python -m benchmarks.companies CORPUS [--register CSV] [--show N]

CORPUS holds news/gold and filings/gold (documents with their labelled events), and resolve (a register, and which row of it the
companies of those events are). Each document is read and its events are extracted and resolved as the nightly run does it. A
labelled event that was found counts by its company:

right    the register's row, or, where the register has none, a company of its own under the labelled name
wrong    another row of the register
apart    a new company, although the register has it
no name  the event names no company, or one that is none
rivals   several fit alike, so none was chosen
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.calibration import LABELS
from benchmarks.resolution import grown
from crawler.read import read_document
from enrichment.facts import same_party, same_person, same_place
from enrichment.mentions import same_company_name
from enrichment.registry import read_companies
from enrichment.resolve import Resolver
from prospect.cli.texts import document_of
from prospect.kinds import shipped_kinds
from prospect.resolving import match_event
from store.records import Company, CompanyMatch, Document, RawDocument, TriggerEvent
from triggers.entities import load_entities
from triggers.extract import Extractor

OUTCOMES = ("right", "wrong", "apart", "no name", "rivals")


@dataclass(frozen=True)
class Wanted:
    """The row of the register that a labelled company is."""

    company_id: str | None  # None: in no row
    arguable: frozenset[str] = frozenset()  # rows that a reader could argue for: its parent


def gold(corpus: Path) -> Iterator[tuple[str, Document, dict[str, Any]]]:
    """Yield (set, document, labelled line) of both labelled sets, each document as `prospect read` gives it."""
    for name in ("news", "filings"):
        for number, line in enumerate((corpus / name / "gold" / "gold.jsonl").read_text(encoding="utf-8").splitlines(), 1):
            row = json.loads(line)
            if not row.get("events"):
                continue
            if "text" in row:
                yield name, document_of(row, number), row
            else:
                yield name, _read_filing(corpus / name / row["id"], row), row


def _read_filing(path: Path, row: Mapping[str, Any]) -> Document:
    """Return a filing as the pipeline reads it: with what EDGAR's list said of it, which a bare page does not hold."""
    raw = RawDocument(
        id=row["id"],
        source="edgar",
        url="",
        canonical_url="",
        fetched=datetime.fromisoformat(f"{row['filing_date']}T22:00:00+00:00"),
        content_type="",
        digest="",
        warc="",
        offset=0,
        hints={"form": row["form"], "cik": row["cik"].zfill(10), "company": row["company"], "published": row["filing_date"]},
    )
    return read_document(path.read_bytes(), raw=raw)


def wanted_companies(corpus: Path, companies: Sequence[Company]) -> tuple[dict[str, str], dict[str, Wanted]]:
    """Return the register's row by CIK, and the wanted row by the name as labelled, in small letters."""
    by_cik = {company.cik: company.id for company in companies if company.cik}
    with (corpus / "resolve" / "truth.csv").open(encoding="utf-8", newline="") as file:
        truth = {row["id"]: row for row in csv.DictReader(file) if row["class"] == "k"}
    by_name = {}
    for line in (corpus / "resolve" / "queries.jsonl").read_text(encoding="utf-8").splitlines():
        query = json.loads(line)
        if row := truth.get(query["id"]):
            by_name[query["name"].casefold()] = Wanted(row["company_id"] or None, frozenset(row["also"].split(";")) - {""})
    return by_cik, by_name


def wanted_of(label: Mapping[str, Any], row: Mapping[str, Any], by_cik: Mapping[str, str], by_name: Mapping[str, Wanted]) -> Wanted | None:
    """Return the company of a labelled event; None where nobody has said which row it is."""
    filer = bool(row.get("company")) and same_company_name(label["company"], row["company"])
    if filer and (known := by_cik.get(str(row.get("cik") or "").zfill(10))):
        return Wanted(known)
    return by_name.get(label["company"].casefold()) or (Wanted(None) if filer else None)


def found_for(label: Mapping[str, Any], events: Sequence[TriggerEvent]) -> TriggerEvent | None:
    """Return the event that the label means, told by kind and by person or place, never by company."""
    types = {label["type"], *(label.get("accept_types") or ())}
    of_kind = [event for event in events if LABELS.get(event.kind, {event.kind}) & types]
    for fact, same in (("person", same_person), ("to", same_place), ("target", same_party), ("partner", same_party)):
        if label.get(fact):
            agreeing = [event for event in of_kind if event.facts.get(fact) and same(label[fact], event.facts[fact] or "")]
            if agreeing or fact == "person":
                return max(agreeing, key=lambda event: event.confidence, default=None)
    return max(of_kind, key=lambda event: event.confidence, default=None)


def outcome_of(match: CompanyMatch, event: TriggerEvent, wanted: Wanted, label: str, made: Mapping[str, Company]) -> str:
    """Name what became of the event's company."""
    if match.company_id is None:
        return "rivals" if match.rivals else "no name"
    if match.company_id == wanted.company_id or match.company_id in wanted.arguable:
        return "right"
    if match.company_id not in made:
        return "wrong"
    if wanted.company_id:
        return "apart"
    own = made[match.company_id].name
    return "right" if same_company_name(label, own) or same_company_name(own, label) else "no name"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--register", type=Path, help="the register; grown from the folder's by default")
    parser.add_argument("--model", default="builtin")
    parser.add_argument("--show", type=int, default=10, help="how many that are not right to list")
    args = parser.parse_args()
    companies = list(read_companies(args.register or grown(args.corpus / "resolve", 420_000)))
    by_cik, by_name = wanted_companies(args.corpus, companies)
    resolver = Resolver(companies)
    extractor = Extractor(list(shipped_kinds().values()), entities=load_entities(args.model))
    made: dict[str, Company] = {}
    counts: dict[str, Counter[str]] = {"news": Counter(), "filings": Counter()}
    shown = []
    for name, document, row in gold(args.corpus):
        new: list[Company] = []
        matches = {event.id: (event, match_event(resolver, event, document, new)) for event in extractor.extract(document)}
        made.update({company.id: company for company in new})
        for label in row["events"]:
            wanted = wanted_of(label, row, by_cik, by_name)
            if wanted is None:
                counts[name]["unlabelled"] += 1
                continue
            found = found_for(label, [event for event, _ in matches.values()])
            if found is None:
                counts[name]["not found"] += 1
                continue
            match = matches[found.id][1]
            outcome = outcome_of(match, found, wanted, label["company"], made)
            counts[name][outcome] += 1
            if outcome != "right":
                told = made[match.company_id].name if match.company_id in made else "; ".join(match.reasons)
                shown.append(
                    f"{outcome}: {row['id'][-60:]} {label['type']} of {label['company']!r}, extracted {found.company!r}: {match.company_id} {told}"
                )
    for name, counted in [*counts.items(), ("both", counts["news"] + counts["filings"])]:
        all_found = sum(counted[outcome] for outcome in OUTCOMES)
        told = ", ".join(f"{counted[outcome]} {outcome}" for outcome in OUTCOMES)
        print(f"{name:8} right company {counted['right'] / max(1, all_found):.4f} of {all_found} events found ({told})")
        print(f"{'':8} of all labelled events, found or not: {counted['right'] / max(1, all_found + counted['not found']):.4f}")
    print(*shown[: args.show], sep="\n")


if __name__ == "__main__":
    main()
