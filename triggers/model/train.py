# ruff: noqa: T201 - chance is seeded on purpose; prints its progress
"""Trains the entity model: `python -m triggers.model.train --corpus DIR [--output FILE] [--steps N] [--made N] [--seed N]`.

DIR holds the labelled corpora (triggers/model/MODEL_CARD.md says which); without --output the weights that ship are replaced. Two rounds:
the first on sentences that are labelled in full, the second also on those where only companies are marked, the rest of them labelled by
the first round's model and the rules. After every few hundred steps the whole finder (model and rules) is scored on business_dev.jsonl, and
the best weights are kept. Chance is seeded throughout.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import spacy
from spacy.tokens import Doc
from spacy.training import Example
from spacy.training.batchers import minibatch_by_words
from spacy.util import compounding, fix_random_seed

from triggers.entities import EntityFinder, SpacyModel
from triggers.model.prep import LABELS, Labelled, cased, read_corpora, renamed, small_words, synthesize, world_of
from triggers.model.weights import SHIPPED, pipeline, save_weights

CONFIG = Path(__file__).parent / "config.cfg"
_EVAL_EVERY = 200  # steps


def main() -> None:
    """Train and write the weights."""
    parser = argparse.ArgumentParser(prog="python -m triggers.model.train", description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--corpus", type=Path, required=True, help="folder with converted/, gazetteers/, business_dev.jsonl")
    parser.add_argument("--output", type=Path, default=SHIPPED, help="file to write (default: the weights that ship)")
    parser.add_argument("--steps", type=int, default=5_000, help="batches of both rounds together (default 5000, some 30 minutes)")
    parser.add_argument("--made", type=int, default=16_000, help="sentences made from templates for each round (default 16000)")
    parser.add_argument("--seed", type=int, default=20)
    args = parser.parse_args()
    train(args.corpus, args.output, steps=args.steps, seed=args.seed, made_each=args.made)


def train(corpus: Path, output: Path, *, steps: int, seed: int, made_each: int) -> float:
    """Train for `steps` batches, write the best weights to `output`, return their score on business_dev.

    `made_each` sentences are made from templates for each round. The same corpus, seed, machine and versions give the same bytes.
    """
    chance = random.Random(seed)
    fix_random_seed(seed)
    corpora = read_corpora(corpus, chance)
    world = world_of(corpus, corpora, chance)
    whole = [sentence for sentence in corpora if not sentence.partial]
    partial = [sentence for sentence in corpora if sentence.partial]
    made = synthesize(corpus, world, made_each)
    first = [*whole, *made, *cased(whole, chance, title=0.06, upper=0.01), *cased(made, chance, title=0.08, upper=0.02)]
    print(f"{len(whole)} sentences labelled, {len(partial)} in part, {len(made)} made", flush=True)

    nlp = pipeline(spacy.util.load_config(CONFIG))
    nlp.meta["small_words"] = small_words([*corpora, *made])
    examples = [_example(nlp, sentence) for sentence in first]
    nlp.initialize(lambda: examples[:2000])
    optimizer = nlp.create_optimizer()
    best = _Best(nlp, corpus / "business_dev.jsonl", output)
    half = int(steps * 0.45)
    _run(nlp, optimizer, examples, chance, range(half), best)

    with nlp.use_params(optimizer.averages):
        completed = [_complete(nlp, sentence) for sentence in partial]
    more = synthesize(corpus, world, made_each)
    second = [*whole, *more, *completed, *renamed(completed, world, 0.5), *cased(whole, chance, title=0.05, upper=0.01)]
    second += cased([*more, *completed], chance, title=0.08, upper=0.01)
    _run(nlp, optimizer, [_example(nlp, sentence) for sentence in second], chance, range(half, steps), best)
    print(f"best: step {best.step}, {best.score:.4f}; {output}", flush=True)
    return best.score


class _Best:
    """Scores a model, and writes it when it is the best so far."""

    def __init__(self, nlp: spacy.language.Language, dev: Path, output: Path) -> None:
        self._nlp, self._output = nlp, output
        self._dev = [json.loads(line) for line in dev.read_text(encoding="utf-8").splitlines()]
        self.score, self.step = -1.0, 0
        self._started = time.process_time()

    def offer(self, step: int, loss: float) -> None:
        alone = evaluate(
            lambda texts: [[(e.start_char, e.end_char, e.label_) for e in doc.ents] for doc in self._nlp.pipe(texts)], self._dev
        )
        finder = EntityFinder(SpacyModel(self._nlp))
        both = evaluate(
            lambda texts: [[(a, b, c) for a, b, c, _ in row] for row in finder.spans_of([(text, True) for text in texts])], self._dev
        )
        minutes = (time.process_time() - self._started) / 60
        score = (both["all"] + alone["all"]) / 2
        print(f"step {step} loss {loss:.0f} model {alone['all']:.3f} with rules {both['all']:.3f} {both} {minutes:.1f} min", flush=True)
        if score > self.score:
            self.score, self.step = score, step
            save_weights(self._nlp, self._output)


def _run(nlp: Any, optimizer: Any, examples: list[Example], chance: random.Random, steps: range, best: _Best) -> None:
    size = compounding(300 if steps.start == 0 else 1200, 1800, 1.002)
    loss: dict[str, float] = {}
    batches = _batches(examples, size, chance)
    for step in steps:
        # smaller steps towards the end settle the weights
        optimizer.learn_rate = 0.001 * (1.0 if step < steps.stop * 0.6 or steps.start == 0 else 0.4)
        nlp.update(next(batches), drop=0.15, sgd=optimizer, losses=loss)
        if (step + 1) % _EVAL_EVERY == 0 or step + 1 == steps.stop:
            with nlp.use_params(optimizer.averages):
                best.offer(step + 1, loss.pop("ner", 0.0))
            loss.clear()


def _batches(examples: list[Example], size: Any, chance: random.Random) -> Iterator[list[Example]]:
    while True:
        chance.shuffle(examples)
        yield from minibatch_by_words(examples, size=size, tolerance=0.2)


def _example(nlp: Any, sentence: Labelled) -> Example:
    doc = nlp.make_doc(sentence.text)
    spans: list[Any] = []
    taken: set[int] = set()
    for start, end, label in sentence.names:
        span = doc.char_span(start, end, label=label, alignment_mode="contract") or doc.char_span(
            start, end, label=label, alignment_mode="expand"
        )
        if span is None or not span.text.strip() or span[0].is_space or span[-1].is_space or taken & set(range(span.start, span.end)):
            continue
        taken |= set(range(span.start, span.end))
        spans.append(span)
    reference: Doc = doc.copy()
    reference.set_ents([spacy.tokens.Span(reference, s.start, s.end, label=s.label) for s in spans], default="outside")
    return Example(nlp.make_doc(sentence.text), reference)


def _complete(nlp: Any, sentence: Labelled) -> Labelled:
    """Return a sentence where only companies are marked with what model and rules find beside them."""
    names = list(sentence.names)
    finder = EntityFinder(SpacyModel(nlp))
    for start, end, label, how in finder.spans_of([(sentence.text, False)])[0]:
        free = all(end <= a or b <= start for a, b, _ in names)
        if free and label in LABELS and (how == "model" or label != "ORG"):
            names.append((start, end, label))
    return Labelled(sentence.source, sentence.text, tuple(sorted(names)))


def evaluate(find: Callable[[Sequence[str]], list[list[tuple[int, int, str]]]], gold: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Return exact-match F1 of PERSON, ORG, GPE, of the three together ("all", micro) and of TITLE where it is found."""
    right, found, wanted = Counter[str](), Counter[str](), Counter[str]()
    for row, spans in zip(gold, find([row["text"] for row in gold]), strict=True):
        want = {tuple(entity) for entity in row["ents"]}
        for label in (*LABELS, "TITLE"):
            ours, theirs = {s for s in spans if s[2] == label}, {e for e in want if e[2] == label}
            right[label] += len(ours & theirs)
            found[label] += len(ours)
            wanted[label] += len(theirs)
    scores = {label: 2 * right[label] / max(1, found[label] + wanted[label]) for label in (*LABELS, "TITLE")}
    total = [sum(counter[label] for label in LABELS) for counter in (right, found, wanted)]
    scores["all"] = 2 * total[0] / max(1, total[1] + total[2])
    return {label: round(score, 4) for label, score in scores.items()}


if __name__ == "__main__":
    main()
