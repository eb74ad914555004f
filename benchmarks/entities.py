"""How fast names are found: `python -m benchmarks.entities DIR [--documents N]`, one core.

DIR holds *.jsonl with "title" and "text". Reads each document three ways: sentences alone; headline, lead and nothing more; and every sentence. Prints
documents, sentences and megabytes per CPU-second, for rules alone and for the model that ships.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

from triggers.entities import EntityFinder, load_entities
from triggers.sentences import split_sentences

Text = tuple[str, int]  # full text, end of the title


def read_texts(folder: Path, limit: int) -> list[Text]:
    """Return the first `limit` documents of the folder's JSON Lines files."""
    texts: list[Text] = []
    for path in sorted(folder.glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                title = row.get("title") or ""
                texts.append((f"{title}\n{row['text']}" if title else row["text"] or "", len(title)))
                if len(texts) == limit:
                    return texts
    return texts


def lead_only(finder: EntityFinder) -> Callable[[Text], None]:
    """Return the reading of headline and lead."""

    def read(text: Text) -> None:
        view = finder.view(text[0], title_end=text[1])
        for index in range(min(4, len(view.sentences))):
            view.entities(index)

    return read


def whole(finder: EntityFinder) -> Callable[[Text], None]:
    """Return the reading of every sentence."""

    def read(text: Text) -> None:
        view = finder.view(text[0], title_end=text[1], spans=[(0, len(text[0]))])
        for index in range(len(view.sentences)):
            view.entities(index)

    return read


def measure(name: str, read: Callable[[Text], object], texts: list[Text]) -> None:
    """Print one line of the table."""
    begun = time.process_time()
    for text in texts:
        read(text)
    seconds = max(1e-9, time.process_time() - begun)
    size = sum(len(text) for text, _ in texts) / 1e6
    sentences = sum(len(split_sentences(*text)) for text in texts)
    print(f"{name:34}{len(texts) / seconds:10.0f}{sentences / seconds:12.0f}{size / seconds:9.2f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=200)
    args = parser.parse_args()
    texts = read_texts(args.folder, args.documents)
    if not texts:
        parser.error(f"{args.folder}: no *.jsonl with documents")
    print(f"{len(texts)} documents{'':20}{'docs/s':>14}{'sentences/s':>12}{'MB/s':>9}")
    measure("sentences alone", lambda text: split_sentences(*text), texts)
    for name in ("rules", "builtin"):
        finder = load_entities(name)
        finder.view("Orbex Inc. hired Ann Lee.")  # loading is not reading
        measure(f"{name}, headline and lead", lead_only(finder), texts)
        measure(f"{name}, every sentence", whole(finder), texts)


if __name__ == "__main__":
    main()
