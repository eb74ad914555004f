"""Reads and writes the entity model as one small file: configuration, words and half-precision weights, checked by a digest."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spacy.language import Language

SHIPPED = Path(__file__).parent / "entities.bin"
_MAGIC = b"prospect-entities-1\n"


class WeightsError(Exception):
    """The file of weights is missing, damaged or from another version."""


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
    import numpy as np
    import srsly

    components: dict[str, Any] = {}
    for name in nlp.pipe_names:
        pipe: Any = nlp.get_pipe(name)
        message = srsly.msgpack_loads(pipe.model.to_bytes())
        message["params"] = [
            {
                key: value.astype(np.float16) if isinstance(value, np.ndarray) and value.dtype == np.float32 else value
                for key, value in layer.items()
            }
            for layer in message["params"]
        ]
        components[name] = {"model": srsly.msgpack_dumps(message)}
        if hasattr(pipe, "moves"):
            components[name]["moves"] = pipe.moves.to_bytes()
    body = srsly.msgpack_dumps(
        {"config": json.dumps(nlp.config), "components": components, "small_words": sorted(nlp.meta.get("small_words", []))}
    )
    packed = zlib.compress(body, 9)
    content = _MAGIC + hashlib.sha256(packed).digest() + packed
    path.write_bytes(content)
    return len(content)


def load_weights(path: Path = SHIPPED) -> Language:
    """Return the pipeline kept in `path`. Raise WeightsError when it cannot be had."""
    import numpy as np
    import srsly

    try:
        content = path.read_bytes()
    except OSError as error:
        raise WeightsError(f"{path}: {error.strerror}") from error
    head, digest, packed = content[: len(_MAGIC)], content[len(_MAGIC) : len(_MAGIC) + 32], content[len(_MAGIC) + 32 :]
    if head != _MAGIC or hashlib.sha256(packed).digest() != digest:
        raise WeightsError(f"{path}: damaged, or of another version")
    message = srsly.msgpack_loads(zlib.decompress(packed))
    nlp = pipeline(json.loads(message["config"]))
    nlp.meta["small_words"] = frozenset(message.get("small_words", []))
    for name, kept in message["components"].items():
        pipe: Any = nlp.get_pipe(name)
        if "moves" in kept:
            pipe.moves.from_bytes(kept["moves"])
        layers = srsly.msgpack_loads(kept["model"])
        layers["params"] = [
            {key: value.astype(np.float32) if isinstance(value, np.ndarray) else value for key, value in layer.items()}
            for layer in layers["params"]
        ]
        if "moves" in kept:
            # the output layer gets its size from the actions, as spaCy's own from_disk does
            pipe.model.attrs["resize_output"](pipe.model, pipe.moves.n_moves)
        pipe.model.from_bytes(srsly.msgpack_dumps(layers))
    return nlp
