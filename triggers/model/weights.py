"""Reads and writes the entity model as one small file: configuration, words and half-precision weights, checked by a digest.

The file is a line that names the format, the SHA-256 of the rest, and the rest packed by zlib: a line of JSON (configuration, tables of
the tokenizer, moves of the parser, and of each array its layer, name and shape), then the arrays one after the other.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from spacy.language import Language

SHIPPED = Path(__file__).parent / "entities.bin"
_MAGIC = b"prospect-entities-2\n"


class WeightsError(Exception):
    """The file of weights is missing, damaged or from another version."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What a file of weights holds."""

    config: Mapping[str, Any]  # of the spaCy pipeline they were trained in
    tables: Mapping[str, Any]  # of its tokenizer, see tokenizer.py
    small_words: Sequence[str]  # that are hardly ever part of a name
    moves: Sequence[str]  # of the parser, "B-ORG", in the order of its scores
    packed_moves: bytes  # the same as spaCy keeps them
    seeds: Sequence[int]  # of the hash of each table of embeddings
    # (component, layer's place in it, layer's name, array's name), in spaCy's order
    arrays: Mapping[tuple[str, int, str, str], npt.NDArray[np.float32]]
    layers: dict[str, list[dict[str, npt.NDArray[np.float32]]]] = field(default_factory=dict)  # arrays by name, for each name of a layer

    def __post_init__(self) -> None:
        at = None
        for (component, place, layer, name), array in self.arrays.items():
            if at != (component, place):
                self.layers.setdefault(layer, []).append({})
                at = component, place
            self.layers[layer][-1][name] = array


def pipeline(config: Mapping[str, Any]) -> Language:
    """Return the pipeline of `config`, untrained, with a tokenizer that parts words at long dashes and slashes too ("N.C.—Pharr", "Akron/Canton")."""
    import spacy

    nlp = spacy.util.load_model_from_config(config, auto_fill=True)
    infixes = [*(nlp.Defaults.infixes or []), r"(?<=\S)(?:--+|[—–/])(?=\S)"]
    tokenizer: Any = nlp.tokenizer
    tokenizer.infix_finditer = spacy.util.compile_infix_regex(infixes).finditer
    return nlp


def save_weights(nlp: Language, path: Path) -> int:
    """Write `nlp` (tok2vec and ner) and the words of `nlp.meta["small_words"]` to `path`; return the size in bytes.

    Numbers are halved to 16 bits, which changed no figure of the model card, and packed.
    """
    shapes, arrays = [], []
    seeds = []
    for component in nlp.pipe_names:
        pipe: Any = nlp.get_pipe(component)
        for place, layer in enumerate(pipe.model.walk()):
            if "seed" in layer.attrs:
                seeds.append(layer.attrs["seed"])
            for name in layer.param_names:
                if layer.has_param(name):
                    arrays.append(layer.get_param(name).astype("<f2"))
                    shapes.append([component, place, layer.name, name, arrays[-1].shape])
    moves: Any = nlp.get_pipe("ner").moves
    head = {
        "config": nlp.config,
        "tables": _tables(nlp),
        "small_words": sorted(nlp.meta.get("small_words", [])),
        "moves": [moves.get_class_name(number) for number in range(moves.n_moves)],
        "packed_moves": base64.b64encode(moves.to_bytes()).decode(),
        "seeds": seeds,
        "arrays": shapes,
    }
    packed = zlib.compress(json.dumps(head).encode() + b"\n" + b"".join(array.tobytes() for array in arrays), 9)
    content = _MAGIC + hashlib.sha256(packed).digest() + packed
    path.write_bytes(content)
    return len(content)


def _tables(nlp: Language) -> dict[str, Any]:
    """Return by what the pipeline parts and numbers words (see tokenizer.py)."""
    from spacy.attrs import NORM, ORTH
    from spacy.lang.norm_exceptions import BASE_NORMS
    from spacy.symbols import IDS

    tokenizer: Any = nlp.tokenizer
    expressions = {"prefix": tokenizer.prefix_search, "suffix": tokenizer.suffix_search, "infix": tokenizer.infix_finditer}
    return {
        **{name: method.__self__.pattern for name, method in {**expressions, "url": tokenizer.url_match}.items()},
        "specials": {word: [[part[ORTH], part.get(NORM)] for part in parts] for word, parts in sorted(tokenizer.rules.items())},
        "norms": dict(sorted(BASE_NORMS.items())),
        "symbols": dict(sorted(IDS.items())),
    }


def read_weights(path: Path = SHIPPED) -> Weights:
    """Return what `path` holds. Raise WeightsError when it cannot be had."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise WeightsError(f"{path}: {error.strerror}") from error
    head, digest, packed = content[: len(_MAGIC)], content[len(_MAGIC) : len(_MAGIC) + 32], content[len(_MAGIC) + 32 :]
    if head != _MAGIC or hashlib.sha256(packed).digest() != digest:
        raise WeightsError(f"{path}: damaged, or of another version")
    line, _, numbers = zlib.decompress(packed).partition(b"\n")
    told = json.loads(line)
    arrays, at = {}, 0
    for component, place, layer, name, shape in told["arrays"]:
        count = math.prod(shape)
        arrays[component, place, layer, name] = np.frombuffer(numbers, "<f2", count, at).reshape(shape).astype(np.float32)
        at += 2 * count
    packed_moves = base64.b64decode(told["packed_moves"])
    return Weights(told["config"], told["tables"], told["small_words"], told["moves"], packed_moves, told["seeds"], arrays)


def load_weights(path: Path = SHIPPED) -> Language:
    """Return the pipeline kept in `path`, as spaCy has it. Raise WeightsError when it cannot be had."""
    weights = read_weights(path)
    nlp = pipeline(weights.config)
    nlp.meta["small_words"] = frozenset(weights.small_words)
    parser: Any = nlp.get_pipe("ner")
    parser.moves.from_bytes(weights.packed_moves)
    # the output layer gets its size from the actions, as spaCy's own from_disk does
    parser.model.attrs["resize_output"](parser.model, parser.moves.n_moves)
    layers = {component: list(nlp.get_pipe(component).model.walk()) for component in nlp.pipe_names}
    for (component, place, _, name), array in weights.arrays.items():
        layers[component][place].set_param(name, array)
    return nlp
