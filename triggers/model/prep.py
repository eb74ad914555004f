"""Turns the labelled corpora and the templates into training sentences.

The folder given holds `converted/*.jsonl` ({"src", "text", "ents": [[start, end, label]], "partial"}), `synthetic_templates.txt`,
`gazetteers/` and `business_dev.jsonl`; where each comes from and under which licence: MODEL_CARD.md.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from triggers.model.synth import World, sentences
from triggers.names import first_names, places

TEMPLATES = Path(__file__).parent / "templates.txt"
LABELS = ("PERSON", "ORG", "GPE")
# every second or so of the encyclopedic sentences is enough; press releases are what it will read
_SHARE = {
    "redocred": 0.6,
    "crossner_politics": 0.6,
    "crossner_science": 0.5,
    "crossner_music": 0.4,
    "crossner_literature": 0.4,
    "crossner_ai": 0.7,
}
_LEFT_OUT = {"sec_fin"}  # tags "Borrower" as a person
_STATES = [
    "Alabama",
    "Alaska",
    "Arizona",
    "Arkansas",
    "California",
    "Colorado",
    "Connecticut",
    "Delaware",
    "Florida",
    "Georgia",
    "Hawaii",
    "Idaho",
    "Illinois",
    "Indiana",
    "Iowa",
    "Kansas",
    "Kentucky",
    "Louisiana",
    "Maine",
    "Maryland",
    "Massachusetts",
    "Michigan",
    "Minnesota",
    "Mississippi",
    "Missouri",
    "Montana",
    "Nebraska",
    "Nevada",
    "Ohio",
    "Oklahoma",
    "Oregon",
    "Pennsylvania",
    "Tennessee",
    "Texas",
    "Utah",
    "Vermont",
    "Virginia",
    "Washington",
    "Wisconsin",
    "Wyoming",
]
_STATES += [
    "New Hampshire",
    "New Jersey",
    "New Mexico",
    "New York",
    "North Carolina",
    "North Dakota",
    "Rhode Island",
    "South Carolina",
    "South Dakota",
    "West Virginia",
    "Ontario",
]
_REGIONS = [
    "North America",
    "Europe",
    "Asia",
    "Latin America",
    "Asia Pacific",
    "Silicon Valley",
    "New England",
    "Pacific Northwest",
    "Southern California",
    "Northern Virginia",
]
_REGIONS += [
    "Middle East",
    "Western Europe",
    "Southeast Asia",
    "Bay Area",
    "Orange County",
    "Central Florida",
    "Africa",
    "the Midwest",
    "Scandinavia",
]
_GIVEN_UP = frozenset({"U.S.", "US", "U.K.", "UK", "America", "England"})


@dataclass(frozen=True)
class Labelled:
    """A sentence with its names; `partial`: what is not marked may be a name as well."""

    source: str
    text: str
    names: tuple[tuple[int, int, str], ...]
    partial: bool = False


def read_corpora(folder: Path, chance: random.Random) -> list[Labelled]:
    """Return the sentences of `converted/`, thinned by source. Raise FileNotFoundError when there are none."""
    out = []
    for path in sorted((folder / "converted").glob("*.jsonl")):
        if path.stem in _LEFT_OUT:
            continue
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if 2 <= len(row["text"]) < 1200 and chance.random() < _SHARE.get(row["src"], 1.0):
                names = tuple((start, end, _label(row, start, end, label)) for start, end, label in row["ents"] if label in LABELS)
                out.append(Labelled(row["src"], row["text"], names, bool(row.get("partial"))))
    if not out:
        raise FileNotFoundError(f"{folder / 'converted'}: no labelled sentences; the folder should hold converted/*.jsonl")
    return out


def _label(row: dict[str, Any], start: int, end: int, label: str) -> str:
    # the treebank's entity layer has governments as organisations
    return "GPE" if row["src"].startswith("gum") and label == "ORG" and row["text"][start:end] in places() else label


def world_of(folder: Path, corpora: Iterable[Labelled], chance: random.Random) -> World:
    """Return the names to fill templates with: those of the corpora, of the gazetteers beside them, and our own."""
    seen: dict[str, Counter[str]] = {label: Counter() for label in LABELS}
    for sentence in corpora:
        for start, end, label in sentence.names:
            seen[label][sentence.text[start:end]] += 1
    given = sorted({*first_names(), *json.loads((folder / "gazetteers" / "first_names.json").read_text(encoding="utf-8"))})
    # common ones more often
    given += sorted(first_names()) * 4
    surnames = {name.split()[-1] for name in seen["PERSON"] if 2 <= len(name.split()) <= 4}
    surnames = {name for name in surnames if re.fullmatch(r"[A-ZÀ-Þ][\w’'-]{2,}", name) and not name.isupper()}
    cities = (
        {name for name in seen["GPE"] if re.fullmatch(r"[A-ZÀ-Þ][\w.’'-]+(?: [A-ZÀ-Þ][\w.’'-]+){0,2}", name)} - set(_STATES) - _GIVEN_UP
    )
    cities -= {
        name
        for name in cities
        if re.search(r"University|River|Lake|County|State|Street|Island|Empire|Kingdom|Republic", name) or name.isupper()
    }
    companies = [_capitals(name) for name in json.loads((folder / "gazetteers" / "sec_company_names.json").read_text(encoding="utf-8"))]
    companies = sorted(
        {name for name in companies if 3 <= len(name) <= 42 and not re.search(r"\b(Fund|Trust|Etf|Municipal|Income|Acquisition)\b", name)}
    )
    countries = [name for name in sorted(places()) if seen["GPE"][name] > 4 and name not in _STATES and name not in _REGIONS]
    countries += [
        "U.S.",
        "US",
        "United States",
        "U.K.",
        "UK",
        "Canada",
        "Mexico",
        "Germany",
        "Japan",
        "China",
        "India",
        "Israel",
        "Sweden",
        "Ireland",
        "Singapore",
    ] * 3
    return World(
        first_names=given,
        surnames=sorted(surnames),
        companies=companies,
        cities=sorted(cities) + sorted(places() & set(seen["GPE"])) * 2,
        states=_STATES,
        countries=countries,
        regions=_REGIONS,
        chance=chance,
    )


def _capitals(name: str) -> str:
    """Return a register's small-letter name as a release writes it: "bank of new york" -> "Bank of New York", "npr" -> "NPR"."""
    words = []
    for k, word in enumerate(name.split()):
        if k and word in {"of", "and", "the", "for", "de"}:
            words.append(word)
        elif word.strip(".,") in {"inc", "corp", "ltd", "co", "company", "group", "holdings"}:
            words.append(word.capitalize())
        elif word.strip(",") in {"llc", "plc", "lp", "nv", "sa", "ag", "usa", "us", "uk"} or (
            len(word) <= 3 and not re.search("[aeiouy]", word)
        ):
            words.append(word.upper())
        else:
            words.append("-".join(part[:1].upper() + part[1:] for part in word.split("-")))
    return " ".join(words)


def read_templates(folder: Path) -> list[str]:
    """Return our templates and those beside the corpora."""
    lines = TEMPLATES.read_text(encoding="utf-8").splitlines()
    beside = folder / "synthetic_templates.txt"
    if beside.exists():
        lines += beside.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def synthesize(folder: Path, world: World, count: int) -> list[Labelled]:
    """Return `count` sentences from templates."""
    templates = read_templates(folder)
    world.chance.shuffle(templates)
    return [
        Labelled("synth", text, tuple(name for name in names if name[2] in LABELS)) for text, names in sentences(templates, world, count)
    ]


def cased(corpus: Iterable[Labelled], chance: random.Random, *, title: float, upper: float) -> Iterator[Labelled]:
    """Yield copies in Title Case of a share `title` of the sentences, and in CAPITALS of a share `upper`."""
    for sentence in corpus:
        roll = chance.random()
        if roll < title:
            text = re.sub(r"(?<![\w'’.])([a-z])", lambda match: match.group().upper(), sentence.text)
        elif roll < title + upper:
            text = sentence.text.upper()
        else:
            continue
        if len(text) == len(sentence.text):
            yield Labelled(sentence.source, text, sentence.names, sentence.partial)


def renamed(corpus: Iterable[Labelled], world: World, share: float) -> Iterator[Labelled]:
    """Yield copies of a share of the sentences with other companies and persons in the same places."""
    for sentence in corpus:
        if world.chance.random() >= share or not sentence.names:
            continue
        text, at, names = "", 0, []
        for start, end, label in sorted(sentence.names):
            if start < at:
                break
            text += sentence.text[at:start]
            new = sentence.text[start:end]
            if label == "ORG" and sentence.source in {"core", "dfki"}:
                new = world.company()[1 if world.chance.random() < 0.7 else 0]
            elif label == "PERSON" and " " in new:
                new = world.person()[0]
            names.append((len(text), len(text) + len(new), label))
            text += new
            at = end
        else:
            text += sentence.text[at:]
            yield Labelled(sentence.source, text, tuple(names), sentence.partial)


def small_words(corpus: Iterable[Labelled]) -> list[str]:
    """Return the words that are hardly ever part of a name: a headline's capitals are taken off them before the model reads it."""
    small: Counter[str] = Counter()
    in_names: Counter[str] = Counter()
    for sentence in corpus:
        inside = [False] * (len(sentence.text) + 1)
        for start, end, _ in sentence.names:
            inside[start:end] = [True] * (end - start)
        for word in re.finditer(r"[^\W\d_]{2,}", sentence.text):
            if inside[word.start()]:
                in_names[word.group().lower()] += 1
            elif word.group().islower():
                small[word.group()] += 1
    return sorted(word for word, count in small.items() if count >= 3 and count >= 4 * in_names[word])
