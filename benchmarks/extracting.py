"""How fast events are found in texts: `python -m benchmarks.extracting DIR [--documents N] [--gold GOLD.jsonl]`, one core.

DIR holds *.jsonl with "title" and "text", as releases come. In one run, CPU-seconds: the reading as `prospect extract` does it; the
same with its gate switched off, so that every sentence is read for every kind and the model asked of each that has room for a name;
the entity model on every sentence, and nothing else. Then the events that the first two find in GOLD (and in DIR), and where the
time of the first goes. Loading and the first documents, which compile expressions, are counted apart; the rest is read twice, since an
expression that is rarely needed is compiled where it first is: a night of some hundred documents is the first, a backfill the second. The
whole command is timed too, over the same documents and over one sentence: a process of its own, from start to end.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from prospect.kinds import shipped_kinds
from store.records import Document
from triggers.entities import load_entities
from triggers.extract import Extractor
from triggers.sentences import split_sentences

ONE_SENTENCE = "Acme Corp. today named Jane Doe chief financial officer."
WARM_UP = 40  # documents that compile what most documents need
# stage -> the function whose time, with all it calls, is the stage's; a stage inside another is left out of it
STAGES = {
    "sentences and their zones": ("structure.py", "read_sentences"),
    "gate: phrases": ("gate.py", "phrased"),
    "gate: patterns": ("extract.py", "_worded"),
    "names by rules": ("entities.py", "_read"),
    "the model": ("extract.py", "_second_opinion"),
    "people and offices mended": ("people.py", "mend"),
    "patterns": ("extract.py", "_find"),
    "judging": ("judge.py", "judge"),
}


def read_documents(path: Path, limit: int | None = None) -> list[Document]:
    """Return the documents of a file or of a folder's JSON Lines files, at most `limit`."""
    rows: list[Any] = []
    for file in sorted(path.glob("*.jsonl")) if path.is_dir() else [path]:
        rows += map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return [Document(id=str(r["id"]), url="", title=r.get("title"), text=r["text"] or "", published=None) for r in rows[:limit]]


def measure(name: str, read: Callable[[Document], object], documents: Iterable[Document]) -> float:
    """Print documents and megabytes per CPU-second; return the CPU-seconds."""
    documents = list(documents)
    begun = time.process_time()
    for document in documents:
        read(document)
    spent = max(1e-9, time.process_time() - begun)
    size = sum(len(document.text) for document in documents) / 1e6
    print(f"{name:44}{len(documents):>6} documents{len(documents) / spent:>9.1f} a CPU-second{size / spent:>8.2f} MB")
    return spent


def by_model(document: Document) -> None:
    """Ask the model of every sentence."""
    finder, text = load_entities("builtin"), document.full_text
    finder.by_model([text[start:end] for start, end in split_sentences(text, len(document.title or ""))])


def same_events(gated: Extractor, ungated: Extractor, documents: Iterable[Document]) -> tuple[int, int, int]:
    """Return how many events both find, only the first, only the second: of one kind, in one sentence."""
    both = first = second = 0
    for document in documents:
        a, b = ({(e.kind, e.start) for e in x.extract(document) if e.confidence >= 0.5} for x in (gated, ungated))
        both, first, second = both + len(a & b), first + len(a - b), second + len(b - a)
    return both, first, second


def where_it_goes(extractor: Extractor, documents: Iterable[Document]) -> None:
    """Print the share of each stage in the time of reading; measured under a profiler, so rough."""
    profile = cProfile.Profile()
    profile.enable()
    for document in documents:
        extractor.extract(document)
    profile.disable()
    stats: Any = pstats.Stats(profile)
    spent = {(Path(file).name, function): figures[3] for (file, _, function), figures in stats.stats.items()}
    for stage, place in STAGES.items():
        print(f"{stage:44}{spent.get(place, 0.0) / stats.total_tt:>7.0%}")


def command(name: str, documents: Iterable[Document]) -> float:
    """Print documents per CPU-second of `prospect extract` as a process of its own, from its start to its end; return its CPU-seconds."""
    documents = list(documents)
    lines = "".join(json.dumps({"id": d.id, "title": d.title, "text": d.text}) + "\n" for d in documents)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "prospect", "extract"], input=lines, text=True, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{name:44}{len(documents):>6} documents{len(documents) / spent:>9.1f} a CPU-second{spent:>8.2f} s")
    return spent


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--gold", type=Path, help="labelled texts in which gated and ungated reading must find the same")
    asked = parser.parse_args()
    documents = read_documents(asked.folder, asked.documents + WARM_UP)
    if len(documents) <= WARM_UP:
        parser.error(f"{asked.folder}: fewer than {WARM_UP + 1} documents in *.jsonl")
    kinds = list(shipped_kinds().values())
    model = load_entities("builtin")
    gated, ungated = Extractor(kinds, entities=model), Extractor(kinds, entities=model, gate=False)
    warm, rest = documents[:WARM_UP], documents[WARM_UP:]
    measure("the first documents, expressions compiled", gated.extract, warm)
    measure("whole reading, rare expressions compiled", gated.extract, rest)
    fast = measure("whole reading, again", gated.extract, rest)
    whole = command("the whole command, start-up and all", documents)
    command("the whole command, one sentence", [Document(id="1", url="", title=None, text=ONE_SENTENCE, published=None)])
    some = rest[: max(1, len(rest) // 5)]
    for document in warm[:5]:
        ungated.extract(document)
    fast_some = measure("whole reading, again, fewer", gated.extract, some)
    slow = measure("the same, its gate off", ungated.extract, some)
    alone = measure("the model on every sentence, alone", by_model, some)
    # a document's CPU against that of one read without the gate, and of the model alone
    print(f"{'against the gate off, and the model alone':44}{'warm':>9}{fast_some / slow:>7.3f}{fast_some / alone:>7.3f}", end="")
    each = whole / len(documents) * len(some)
    print(f"{'whole command':>17}{each / slow:>7.3f}{each / alone:>7.3f}")
    for name, texts in (("gold", read_documents(asked.gold) if asked.gold else []), ("documents", some)):
        if texts:
            both, first, second = same_events(gated, ungated, texts)
            print(f"events in the {name}: {both} by both, {first} by the gated reading alone, {second} by the ungated alone")
    print(f"\nWhere the time goes ({fast / len(rest) * 1000:.1f} ms a document; shares overlap where one stage calls another)")
    where_it_goes(gated, rest)


if __name__ == "__main__":
    main()
