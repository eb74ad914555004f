"""How well copies of one release are found, by the truth of a world: precision and recall over pairs.

python -m world --corpus CORPUS --port 8900 &          # from the folder that holds the world
python -m benchmarks.duplicates http://127.0.0.1:8900  # reads every release and filing of it
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import defaultdict
from datetime import UTC, datetime
from itertools import combinations
from urllib.request import Request, urlopen

from crawler.duplicates import clusters
from crawler.errors import Unreadable
from crawler.read import read_document
from crawler.urls import canonical_url
from store.records import RawDocument, fingerprint

AGENT = {"User-Agent": "prospect-benchmark (bench@example.com)"}
FILING_FOLDER = re.compile(r"(/data/\d+)/(\d{10})(\d\d)(\d{6})/.*")


def fetched(url: str) -> tuple[bytes, str]:
    """Return (body, content type) of an address."""
    with urlopen(Request(url, headers=AGENT)) as answer:
        return answer.read(), answer.headers.get("Content-Type", "")


def main() -> None:
    """Read the world and print precision and recall."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("world", metavar="URL", help="the world's own address")
    truth = json.loads(fetched(f"{parser.parse_args().world}/__world/truth?all")[0])["documents"]
    chosen = [row for row in truth if row["site"].startswith(("wire", "newsroom", "edgar"))]
    texts: list[tuple[str, str | None, str, str | None]] = []
    cluster_of: dict[str, str] = {}
    for row in chosen:
        filing = row["site"] == "edgar"
        url = FILING_FOLDER.sub(r"\1/\2-\3-\4.txt", row["url"]) if filing else row["url"]
        if filing:
            time.sleep(0.11)
        body, content_type = fetched(url)
        raw = RawDocument(
            id=fingerprint(url), source="", url=url, canonical_url=canonical_url(url), fetched=datetime.now(UTC),
            content_type=content_type, digest="", warc="", offset=0, hints={},
        )  # fmt: skip
        try:
            document = read_document(body, raw=raw)
        except Unreadable:
            continue
        texts.append((raw.id, document.title, document.text, document.form))
        cluster_of[raw.id] = row["cluster"]
    began = time.process_time()
    heads = clusters(texts)
    spent = time.process_time() - began
    wanted, found = pairs(cluster_of), pairs(heads)
    right = len(wanted & found)
    print(f"{len(texts)} documents, {spent / len(texts) * 1000:.2f} ms each")
    print(f"pairs: {len(wanted)} due, {len(found)} found; precision {right / len(found):.4f}, recall {right / len(wanted):.4f}")


def pairs(group_of: dict[str, str]) -> set[tuple[str, str]]:
    """Return every pair of ids in one group."""
    groups = defaultdict(list)
    for identity, group in group_of.items():
        groups[group].append(identity)
    return {pair for members in groups.values() for pair in combinations(sorted(members), 2)}


if __name__ == "__main__":
    main()
