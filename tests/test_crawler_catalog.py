"""The sources that ship: each can be read, says where its address is documented, and claims nothing that nobody saw."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from crawler.source import Source
from prospect.yamlfile import read_model

CATALOG = sorted((Path(__file__).parent.parent / "crawler" / "catalog").glob("*.yml"))


def source(path: Path) -> Source:
    return read_model(path, Source, stem_key="name")


@pytest.mark.parametrize("path", CATALOG, ids=lambda path: path.stem)
def test_each_is_whole(path: Path) -> None:
    read = source(path)
    assert read.name == path.stem
    assert read.publisher
    assert read.evidence, "say where its address is documented; an address is never guessed"
    assert read.terms
    assert read.group != "other"
    assert read.start


def test_there_are_enough_of_every_group() -> None:
    sources = [source(path) for path in CATALOG]
    assert len(sources) >= 40
    groups = Counter(each.group for each in sources)
    assert all(groups[group] >= 3 for group in ("wires", "regulators", "states", "trade_press", "jobs")), groups


def test_no_two_watch_the_same_address() -> None:
    watched = Counter((start, str(source(path).options)) for path in CATALOG for start in source(path).start)
    assert not [address for address, count in watched.items() if count > 1]
