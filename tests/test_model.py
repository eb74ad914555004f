"""The weights that ship: they load, they find names in sentences of our own, and a damaged file is a warning."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from triggers.entities import EntityFinder, load_entities
from triggers.model import weights
from triggers.model.network import NameModel
from triggers.model.tokenizer import Tokenizer
from triggers.model.train import evaluate

# our own sentences, fictional firms; [P …] person, [O …] organisation, [G …] place
SENTENCES = """\
[O Northgate Lighting Corp.] has named [P Ines M. Calloway], [O Harrow Glass]'s former head of plants, as chief operating officer.
[O Quellux] is moving its headquarters from [G Dayton], [G Ohio], to [G Raleigh], [G N.C.], next spring.
“We outgrew the building,” said [P Tobias Renner], who founded [O Quellux] in 2009.
[P Renner] spent ten years at [O Baltic Freight] before that.
[O Tern Mills], a maker of paper bags based in [G Boise], raised $14 million from [O Alder Ridge Partners] and [O Fenwick Growth].
The [O Federal Trade Commission] cleared the purchase of [O Kite Maps LLC] by [O Varro Foods, Inc.]
Mr. [P Okonjo] holds a degree from the [O University of Leeds] and lives in [G Edinburgh], [G Scotland].
[O Lumo Bank] Hires [P Dana Whitlock] as Chief Risk Officer
[O Orbex] to Close [G Toledo] Plant
[G Elkton], [G Md.]-based [O Kestrel Holdings] sold [O Brightwater] to [O Pinnock Retail Group].
The plants in [G Germany], [G Poland] and [G Vietnam] are not affected.
[P Aldo Fenn], [P Priya Raman] and [P Lars Holm] joined the board of [O Sable Therapeutics].
Forward-looking statements involve risks and uncertainties.
The Compensation Committee approved the Severance Plan on March 3, 2031.
[O Grayling Air] won a contract from the [O U.S. Navy] for work in [G Norfolk], [G Virginia].
[O Tamarack Steel] said [P Joan Abernathy] will succeed [P Rolf Keller] in June.
[P Keller], 64, came to [O Tamarack] from [O Dunmore Iron].
[O Sloane & Verity LLP] advised [O Marlow Pumps plc] of [G Birmingham], [G England].""".splitlines()

MARKS = {"P": "PERSON", "O": "ORG", "G": "GPE"}


def _gold(marked: str) -> dict[str, object]:
    text, entities, at = "", [], 0
    while at < len(marked):
        if marked[at] == "[":
            end = marked.index("]", at)
            name = marked[at + 3 : end]
            entities.append([len(text), len(text) + len(name), MARKS[marked[at + 1]]])
            text += name
            at = end + 1
        else:
            text += marked[at]
            at += 1
    return {"text": text, "ents": entities}


GOLD = [_gold(line) for line in SENTENCES]


def _score(finder: EntityFinder) -> dict[str, float]:
    return evaluate(lambda texts: [[(a, b, label) for a, b, label, _ in row] for row in finder.spans_of([(t, True) for t in texts])], GOLD)


def test_the_weights_that_ship_find_names() -> None:
    finder = load_entities("builtin")
    assert finder.has_model
    scores = _score(finder)
    assert scores["all"] >= 0.84, scores
    assert scores["PERSON"] >= 0.84, scores
    assert scores["GPE"] >= 0.84, scores


def test_the_weights_are_worth_their_place() -> None:
    assert _score(load_entities("builtin"))["all"] > _score(load_entities("rules"))["all"]


def test_the_weights_are_small() -> None:
    assert weights.SHIPPED.stat().st_size < 8_000_000


@pytest.mark.parametrize("content", [b"", b"prospect-entities-2\n" + b"x" * 200, b"\x00\xff" * 50])
def test_damaged_weights_are_told_and_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "entities.bin"
    path.write_bytes(content)
    with pytest.raises(weights.WeightsError, match="damaged"):
        weights.read_weights(path)


def test_without_weights_rules_work_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(weights.read_weights, "__defaults__", (tmp_path / "none.bin",))
    load_entities.cache_clear()
    with caplog.at_level(logging.WARNING):
        finder = load_entities("builtin")
    load_entities.cache_clear()
    assert not finder.has_model
    assert "rules find the names alone" in caplog.text
    assert finder.view("Orbex Inc. hired Ann Lee.").entities(0)


def test_weights_survive_writing_and_reading(tmp_path: Path) -> None:
    nlp = weights.load_weights()
    weights.save_weights(nlp, tmp_path / "again.bin")
    again = weights.load_weights(tmp_path / "again.bin")
    text = str(GOLD[0]["text"])
    assert [(e.text, e.label_) for e in again(text).ents] == [(e.text, e.label_) for e in nlp(text).ents]


# what parts words, and what stands in tables: no news has all of it in one day
ODD = [
    "It's  can't, :-) at 9 a.m. (e.g. U.S.A.) in C++; see https://www.example.com/x?y=1, don't.",
    "He said“X”—(see Harrow Glass Inc.'s)... and/or 1.5bn/2.3m, $5m-€6m, 10km.",
    "I'm sure we'll win. y'all gonna (cannot) :)) ;-)x o'clock ''tis “Q3” 'n' Ph.D., M.B.A.!",
    "N.C.—Pharr Akron/Canton Q&A R&D mid-June co-founder's ex-CEO iPhone14 C$12,000.50 -5% #1 @kite",
    "\u00a0Tern\u2003Mills \t X case mark list ſ naïve Zürich Ωmega 東京株式会社 🙂🙂\n\nD.C",
    *["", " ", "  Kite", "Kite  Maps ", "." * 12, "a" * 120 + " b", "Aa1" * 40],
]


def test_without_spacy_the_same_words_and_names_are_found() -> None:
    nlp, own = weights.load_weights(), NameModel(weights.read_weights())
    tokenizer = Tokenizer(weights.read_weights().tables)
    texts = [str(row["text"]) for row in GOLD] + [str(row["text"]).upper() for row in GOLD] + ODD
    for text in texts:
        doc = nlp(text)
        assert [(t.text, t.start) for t in tokenizer.tokens(text)] == [(t.text, t.idx) for t in doc], text
        features = [tokenizer.features(t.text, t.norm) for t in tokenizer.tokens(text)]
        assert features == [(t.norm, t.prefix, t.suffix, t.shape) for t in doc], text
        assert own.names([text]) == [[(e.start_char, e.end_char, e.label_) for e in doc.ents]], text
    # no text sees the next
    assert own.names(texts) == [own.names([text])[0] for text in texts]
    assert own.names([]) == []


def test_reading_names_never_loads_spacy() -> None:
    asked = "from triggers.entities import load_entities; import sys; load_entities('builtin').spans_of([('Kite hired Ann Lee.', True)])"
    subprocess.run([sys.executable, "-c", f"{asked}; sys.exit('spacy' in sys.modules)"], check=True)


def _corpus(folder: Path) -> Path:
    """Write a corpus of our own in the form of the large ones: labelled in full, labelled in part, names, and sentences to score on."""
    rows = [{"src": "own", **row} for row in GOLD]
    partial = [{"src": "core", "text": row["text"], "ents": [e for e in row["ents"] if e[2] == "ORG"], "partial": True} for row in GOLD]  # type: ignore[attr-defined]
    for name, lines in (("converted/own", rows), ("converted/part", partial), ("business_dev", GOLD[:4])):
        path = folder / f"{name}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    (folder / "gazetteers").mkdir()
    (folder / "gazetteers/first_names.json").write_text(json.dumps(["Ines", "Tobias", "Priya"]))
    (folder / "gazetteers/sec_company_names.json").write_text(json.dumps(["quellux inc", "tern mills corp", "bank of dunmore"]))
    return folder


def test_training_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    corpus = _corpus(tmp_path / "corpus")

    def trained(seed: int, order_of_sets: int) -> bytes:
        output = tmp_path / f"{seed}-{order_of_sets}.bin"
        command = [sys.executable, "-m", "triggers.model.train", "--corpus", corpus, "--output", output]
        command += ["--steps", "6", "--made", "60", "--seed", str(seed)]
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": str(order_of_sets)})
        assert weights.load_weights(output).pipe_names == ["tok2vec", "ner"]
        return output.read_bytes()

    first = trained(20, 1)
    assert trained(20, 2) == first
    assert trained(21, 1) != first
