"""How well and how fast pages are read: F1 on the article extraction benchmark, dates and titles on other pages.

    python -m benchmarks.reading CORPUS/pages            # CORPUS/pages holds article_extraction_benchmark/, fundus_publishers/
    python -m benchmarks.reading CORPUS/pages --worst 8  # names the pages that read worst

F1 is taken over the sets of 4-word shingles of each page, and every page counts alike. Speed is CPU time in one process,
our reader and trafilatura in alternated rounds over the same pages in memory; ours includes title, date and publisher.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser
from trafilatura import extract

from crawler.article import article_text
from crawler.page_facts import page_facts, parse_date
from crawler.read import decode_body

WORD = re.compile(r"\w+", re.UNICODE)


def shingles(text: str) -> set[tuple[str, ...]]:
    """Return the 4-word shingles of a text; of a shorter one, all its words as one."""
    words = [word.casefold() for word in WORD.findall(text)]
    return {tuple(words[start : start + 4]) for start in range(max(1, len(words) - 3))} if words else set()


def page_scores(expected: str, read: str) -> tuple[float, float, float]:
    """Return (precision, recall, F1) of one page."""
    wanted, got = shingles(expected), shingles(read)
    common = len(wanted & got)
    precision = common / len(got) if got else float(not wanted)
    recall = common / len(wanted) if wanted else float(not got)
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def ours(body: bytes) -> str:
    """Return our reader's text, with all that it does for a page."""
    markup = decode_body(body, "")
    tree = LexborHTMLParser(markup)
    facts = page_facts(tree)
    return article_text(markup, tree, title=facts.title)


READERS: dict[str, Callable[[bytes], str]] = {
    "ours, with title and date": ours,
    "trafilatura, its defaults": lambda body: extract(body) or "",
    "trafilatura, fast, no comments": lambda body: extract(body, fast=True, include_comments=False) or "",
}


def article_benchmark(folder: Path, rounds: int, worst: int) -> None:
    """Print F1 and speed of each reader on the article extraction benchmark."""
    rows = [json.loads(line) for line in (folder / "index.jsonl").open()]
    pages = [(row, gzip.decompress((folder / row.get("file", f"html/{row['id']}.html.gz")).read_bytes())) for row in rows]
    seconds: dict[str, list[float]] = {name: [] for name in READERS}
    texts: dict[str, list[str]] = {}
    for _ in range(rounds):
        for name, reader in READERS.items():
            began = time.process_time()
            texts[name] = [reader(body) for _, body in pages]
            seconds[name].append(time.process_time() - began)
    base = min(seconds["trafilatura, its defaults"])
    print(
        f"{len(pages)} pages, {rounds} rounds; F1 of the mean precision and recall\n{'reader':34}{'precision':>10}{'recall':>8}{'F1':>8}{'ms/page':>9}{'x default':>10}"
    )
    for name in READERS:
        scores = [page_scores(row["text"], text) for (row, _), text in zip(pages, texts[name], strict=True)]
        means = [statistics.mean(score[index] for score in scores) for index in range(2)]
        means.append(2 * means[0] * means[1] / (means[0] + means[1]))
        best = min(seconds[name])
        print(f"{name:34}{means[0]:10.3f}{means[1]:8.3f}{means[2]:8.4f}{best / len(pages) * 1000:9.2f}{base / best:10.2f}")
    if worst:
        mine = [
            (page_scores(row["text"], text), row["id"]) for (row, _), text in zip(pages, texts["ours, with title and date"], strict=True)
        ]
        for (precision, recall, f1), identity in sorted(mine, key=lambda item: item[0][2])[:worst]:
            print(f"  {f1:.3f}  precision {precision:.3f}  recall {recall:.3f}  {identity}")


def publisher_pages(folder: Path) -> None:
    """Print how many titles and publication dates of captured publisher pages are right."""
    counts: Counter[str] = Counter()
    wrong = []
    for line in (folder / "index.jsonl").open():
        row = json.loads(line)
        versions = row["expected_by_parser_version"]
        body = gzip.decompress((folder / row["file"]).read_bytes())
        facts = page_facts(LexborHTMLParser(decode_body(body, "")), now=datetime.now(UTC))
        titles = {_letters(version["title"]) for version in versions.values() if version.get("title")}
        days = {parse_date(str(version["publishing_date"]))[0] for version in versions.values() if version.get("publishing_date")}
        if titles:
            counts["titles"] += 1
            counts["titles right"] += _letters(facts.title or "") in titles
            if _letters(facts.title or "") not in titles:
                wrong.append(f"  title {row['id']}: {facts.title!r}, expected {[version.get('title') for version in versions.values()]}")
        if days:
            counts["dates"] += 1
            right = facts.published is not None and any(day and abs((facts.published - day).total_seconds()) < 86_400 for day in days)
            counts["dates right"] += right
            if not right:
                wrong.append(f"  date {row['id']}: {facts.published}, expected {days}")
    print(f"publisher pages: titles {counts['titles right']} of {counts['titles']}, dates {counts['dates right']} of {counts['dates']}")
    print("\n".join(wrong))


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()


def main() -> None:
    """Run on the folder that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--worst", type=int, default=0)
    options = parser.parse_args()
    article_benchmark(options.pages / "article_extraction_benchmark", options.rounds, options.worst)
    publisher_pages(options.pages / "fundus_publishers")


if __name__ == "__main__":
    main()
