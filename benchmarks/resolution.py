"""Measures the resolver on a folder of queries: python -m benchmarks.resolution FOLDER [--companies CSV] [--answers FILE] [--baselines] [--growth]

FOLDER holds queries.jsonl and truth.csv, and grow.py with the real companies unless --companies names the register. Prints the
share right, wrong and without answer of each class, recall, precision, time and memory. The score is the same as that of the
script that comes with the queries; this one adds how long and how large. With --growth only how long and how large, over parts of
the register from 50,000 companies on, each drawn evenly from it and measured in a process of its own. With --baselines two plain
ways beside it, over the same queries in turns of a few hundred: the name as it is registered but for case, accents and legal form;
and the nearest by rapidfuzz among the names with the same first word.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

from rapidfuzz import fuzz, process

from enrichment.names import normal_form
from enrichment.registry import read_companies
from enrichment.resolve import Resolver
from store.records import CompanyMatch, Mention

FIELDS = ("name", "cik", "ein", "lei", "ticker", "domain", "city", "state", "country")


def resident_mb() -> float:
    """Return the memory of this process that lies in RAM, in megabytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def grown(folder: Path, rows: int) -> Path:
    """Write the register of `rows` companies into a temporary file."""
    target = Path(tempfile.gettempdir()) / f"companies-{rows}.csv"
    if not target.exists():
        with target.open("wb") as file:
            subprocess.run(
                [sys.executable, str(folder / "grow.py"), "--folder", str(folder), "--seed", "1", "--rows", str(rows)],
                stdout=file,
                check=True,
            )
    return target


def outcome(given: str | None, wanted: str, also: list[str]) -> str:
    """Name what became of a query."""
    if (given or "") == wanted:
        return "right"
    if given and given in also:
        return "neither"
    return "wrong" if given else "null"


def print_table(answers: dict[str, CompanyMatch], truth: dict[str, dict[str, str]]) -> None:
    """Print outcomes by class, then recall, errors and precision of the surest three quarters."""
    outcomes = {query: outcome(answers[query].company_id, row["company_id"], row["also"].split(";")) for query, row in truth.items()}
    by_class: dict[str, Counter[str]] = defaultdict(Counter)
    for query, row in truth.items():
        by_class[row["class"] + ("" if row["company_id"] else " (none)")][outcomes[query]] += 1
    print(f"{'class':12}{'n':>6}{'right':>8}{'wrong':>8}{'null':>8}{'neither':>9}")
    for name, counted in sorted(by_class.items()):
        print(
            f"{name:12}{counted.total():>6}"
            + "".join(f"{counted[kind]:>8}" for kind in ("right", "wrong", "null"))
            + f"{counted['neither']:>9}"
        )
    some = [outcomes[query] for query, row in truth.items() if row["company_id"]]
    none = [outcomes[query] for query, row in truth.items() if not row["company_id"] and row["class"] in "ghi"]
    print(f"recall@1 of the answerable                {some.count('right') / (len(some) - some.count('neither')):.4f}")
    print(f"wrong, answerable                         {some.count('wrong') / len(some):.4f}")
    print(f"wrong, no such company (classes g, h, i)  {none.count('wrong') / max(1, len(none)):.4f}")
    surest = sorted(
        (-answers[query].score, how == "right")
        for query, how in outcomes.items()
        if how in ("right", "wrong") and answers[query].company_id
    )
    count = round(0.75 * len(some))
    print(
        f"precision at 75 % coverage                {sum(right for _, right in surest[:count]) / count:.4f}" if len(surest) >= count else ""
    )


BASELINES = ("exact names", "rapidfuzz among names of one first word")
_TURN = 250
_NEAR_ENOUGH = 90  # rapidfuzz's ratio, in percent


def baselines(register: Path) -> tuple[Callable[[Mention], str | None], Callable[[Mention], str | None]]:
    """Return the plain ways of `BASELINES`: functions from a mention to a company's id, or None."""
    by_form: dict[str, set[str]] = defaultdict(set)
    by_head: dict[str, dict[str, str]] = defaultdict(dict)
    for company in read_companies(register):
        for name in (company.name, *company.aliases):
            if form := normal_form(name):
                by_form[form].add(company.id)
                by_head[form.split(" ", 1)[0]][company.id] = form

    def exact(mention: Mention) -> str | None:
        ids = by_form.get(normal_form(mention.name), set())
        return next(iter(ids)) if len(ids) == 1 else None

    def nearest(mention: Mention) -> str | None:
        form = normal_form(mention.name)
        if ids := by_form.get(form):
            return next(iter(ids)) if len(ids) == 1 else None
        among = by_head.get(form.split(" ", 1)[0], {})
        found = process.extractOne(form, among, scorer=fuzz.ratio, score_cutoff=_NEAR_ENOUGH)
        return found[2] if found else None

    return exact, nearest


def print_beside_baselines(resolver: Resolver, register: Path, mentions: list[Mention], truth: list[dict[str, str]]) -> None:
    """Print rates and outcomes of the resolver and of the plain ways, with how often each is as fast as the resolver."""
    ways: dict[str, Callable[[Mention], str | None]] = {"resolver": lambda mention: resolver.resolve(mention).company_id}
    ways |= dict(zip(BASELINES, baselines(register), strict=True))
    taken = dict.fromkeys(ways, 0.0)
    given: dict[str, list[str | None]] = {way: [] for way in ways}
    for begin in range(0, len(mentions), _TURN):
        for way, find in ways.items():
            began = time.process_time()
            given[way] += [find(mention) for mention in mentions[begin : begin + _TURN]]
            taken[way] += time.process_time() - began
    print(f"{'':42}{'queries/s':>11}{'as fast':>9}{'right':>8}{'wrong':>8}")
    for way in ways:
        how = Counter(outcome(one, row["company_id"], row["also"].split(";")) for one, row in zip(given[way], truth, strict=True))
        print(f"{way:42}{len(mentions) / taken[way]:>11,.0f}{taken['resolver'] / taken[way]:>9.2f}{how['right']:>8}{how['wrong']:>8}")


GROWTH = (50_000, 100_000, 200_000, 420_000)


def write_part(register: Path, target: Path, share: float) -> None:
    """Write a share of a register's rows, drawn from its whole length, into a file of its own."""
    with register.open(encoding="utf-8", newline="") as source, target.open("w", encoding="utf-8", newline="") as file:
        rows, writer = csv.reader(source), csv.writer(file)
        writer.writerow(next(rows))
        due = 0.0
        for row in rows:
            due += share
            if due >= 1:
                due -= 1
                writer.writerow(row)


def print_growth(register: Path, folder: Path, rows: int) -> None:
    """Print time and memory over ever larger parts of the register."""
    print(f"{'companies':>10}{'build, s':>10}{'memory, MB':>12}{'peak, MB':>10}{'queries/s':>11}")
    with tempfile.TemporaryDirectory() as parts:
        for size in (*(size for size in GROWTH if size < rows), rows):
            part = Path(parts) / f"{size}.csv"
            write_part(register, part, size / rows)
            command = [sys.executable, "-m", "benchmarks.resolution", str(folder), "--companies", str(part)]
            told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1]
            print("".join(f"{figure:>{width}}" for figure, width in zip(re.findall(r"\d[\d,.]*", told), (10, 10, 12, 10, 11), strict=True)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--companies", type=Path, help="the register; grown from the folder's by default")
    parser.add_argument("--rows", type=int, default=420_000)
    parser.add_argument("--answers", type=Path, help="write the answers as JSON Lines")
    parser.add_argument("--baselines", action="store_true", help="rates and outcomes of plain ways beside the resolver's")
    parser.add_argument("--growth", action="store_true", help="time and memory over parts of the register")
    args = parser.parse_args()
    companies = args.companies or grown(args.folder, args.rows)
    if args.growth:
        print_growth(companies, args.folder, sum(1 for _ in read_companies(companies)))
        return
    queries = [json.loads(line) for line in (args.folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()]
    with (args.folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        truth = {row["id"]: row for row in csv.DictReader(file)}

    before = resident_mb()
    began = time.process_time()
    resolver = Resolver(read_companies(companies))
    build_s, memory_mb = time.process_time() - began, resident_mb() - before
    mentions = [Mention(**{field: query[field] for field in FIELDS if field in query}) for query in queries]
    began = time.process_time()
    matches = [resolver.resolve(mention) for mention in mentions]
    per_second = len(matches) / (time.process_time() - began)

    answers = {query["id"]: match for query, match in zip(queries, matches, strict=True)}
    print_table(answers, truth)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3 - before
    print(
        f"{len(resolver):,} companies: built in {build_s:.1f} s CPU, {memory_mb:.0f} MB (peak {peak_mb:.0f}); {per_second:,.0f} queries per CPU-second"
    )
    if args.baselines:
        print_beside_baselines(resolver, companies, mentions, [truth[query["id"]] for query in queries])
    if args.answers:
        with args.answers.open("w", encoding="utf-8") as file:
            for query, match in answers.items():
                file.write(json.dumps({"id": query, "company_id": match.company_id, "score": match.score, "reasons": match.reasons}) + "\n")


if __name__ == "__main__":
    main()
