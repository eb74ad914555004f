"""The entity model at work: names in texts, from the weights alone.

What spaCy does with the same weights, without its two seconds of loading: hash embeddings, windows of one word on each side, and a
parser that goes from word to word and begins, continues, ends or leaves out a name (Honnibal, "Embed, encode, attend, predict", 2016).
tests/test_model.py holds it against spaCy.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from blis.py import gemm  # of one thread: numpy's own wakes others for these small arrays, and they cost five times the CPU

from triggers.model.tokenizer import Token, Tokenizer
from triggers.model.weights import Weights

Floats = npt.NDArray[np.float32]
Names = list[tuple[int, int, str]]  # (start, end, label)

_NUMBER = np.uint64
_TOGETHER = 64  # texts that are read in one go, which spares half of the time where there are many
_TINY = np.float32(1e-8)  # keeps the square root of a variance from being none


class NameModel:
    """Finds PERSON, ORG and GPE in texts; safe to use again and again."""

    def __init__(self, weights: Weights) -> None:
        self._tokenizer = Tokenizer(weights.tables)
        self.small_words = frozenset(weights.small_words)
        layers = weights.layers
        self._tables = [(layer["E"], seed) for layer, seed in zip(layers["hashembed"], weights.seeds, strict=True)]
        # maxout layers with what evens them out: the first mixes the embeddings, the others the windows
        self._first, *self._windows = zip(layers["maxout"], layers["layernorm"], strict=True)
        (self._state,), (self._scores, self._reduced) = layers["precomputable_affine"], layers["linear"]
        self._moves = [(move[:1], move[2:]) for move in weights.moves]  # ("B", "PERSON"), and ("O", "")
        # a unit without a label is for names that were given before
        self._begins, self._units, self._out = (
            np.array([move == sign and bool(label) == (sign != "O") for move, label in self._moves]) for sign in "BUO"
        )

    def names(self, texts: Sequence[str]) -> list[Names]:
        """Return the names of each text in order."""
        out: list[Names] = []
        for at in range(0, len(texts), _TOGETHER):
            parted = [self._tokenizer.tokens(text) for text in texts[at : at + _TOGETHER]]
            for tokens, rows in zip(parted, self._vectors(parted), strict=True):
                spans = self._parsed(tokens, rows) if tokens else []
                out.append([(tokens[first].start, tokens[last].start + len(tokens[last].text), label) for first, last, label in spans])
        return out

    def _vectors(self, texts: Sequence[Sequence[Token]]) -> list[Floats]:
        """Return for each text a row of numbers for each word, by what it looks like and what stands up to four words away."""
        tokens = [token for text in texts for token in text]
        if not tokens:
            return [np.zeros((0, len(self._reduced["b"])), dtype=np.float32)] * len(texts)
        features = np.array([self._tokenizer.features(token.text, token.norm) for token in tokens], dtype=np.uint64)
        embedded = [_embedded(table, seed, features[:, column]) for column, (table, seed) in enumerate(self._tables)]
        words = _maxout(np.concatenate(embedded, axis=1), *self._first)
        # so many rows of nothing around each text that no word sees the next one's
        around = len(self._windows)
        sizes = np.array([len(text) for text in texts])
        places = np.arange(len(tokens)) + np.repeat(around * np.arange(1, len(texts) + 1), sizes)
        rows = np.zeros((len(tokens) + around * (len(texts) + 1), words.shape[1]), dtype=np.float32)
        rows[places] = words
        none = np.zeros((1, rows.shape[1]), dtype=np.float32)
        for layers in self._windows:
            window = np.concatenate([np.concatenate([none, rows[:-1]]), rows, np.concatenate([rows[1:], none])], axis=1)
            rows = rows + _maxout(window, *layers)
        reduced = gemm(rows[places], self._reduced["W"], trans2=True) + self._reduced["b"]
        return np.split(reduced, np.cumsum(sizes)[:-1])

    def _parsed(self, tokens: Sequence[Token], rows: Floats) -> list[tuple[int, int, str]]:
        """Return (first word, last word, label) of each name: at each word the likeliest of the moves that are possible there."""
        weights, bias, missing = self._state["W"], self._state["b"], self._state["pad"][0]
        sized = (len(rows), *weights.shape[:3])
        parts = gemm(rows, weights.reshape(-1, weights.shape[3]), trans2=True).reshape(
            sized
        )  # of the word, the name's first, the name's last
        outside = self._scored(parts[:, 0] + missing[1] + missing[2] + bias)
        spans: list[tuple[int, int, str]] = []
        begun, label = -1, ""
        for at, token in enumerate(tokens):
            ends = at + 1 == len(tokens)
            if begun >= 0:
                scores = self._scored((parts[at, 0] + parts[begun, 1] + parts[at - 1, 2] + bias)[None])[0]
                last = self._moves.index(("L", label))
                if ends or scores[last] >= scores[self._moves.index(("I", label))]:
                    spans.append((begun, at, label))
                    begun = -1
                continue
            possible = self._out if token.text.isspace() else self._out | self._units | (self._begins & (not ends))
            move, found = self._moves[int(np.argmax(np.where(possible, outside[at], -np.inf)))]
            if move == "B":
                begun, label = at, found
            elif move == "U":
                spans.append((at, at, found))
        return spans

    def _scored(self, hidden: Floats) -> Floats:
        """Return the score of every move, a row for each state."""
        scores: Floats = gemm(_largest(hidden), self._scores["W"], trans2=True) + self._scores["b"]
        return scores


def _embedded(table: Floats, seed: int, numbers: npt.NDArray[np.uint64]) -> Floats:
    """Return for each number the sum of the four rows of the table that its hash names."""
    rows: Floats = table[_hashed(numbers, seed) % np.uint32(len(table))].sum(axis=1)
    return rows


def _hashed(numbers: npt.NDArray[np.uint64], seed: int) -> npt.NDArray[np.uint32]:
    """Return four numbers of 32 bits for each: MurmurHash3 x86 of 128 bits (Austin Appleby, public domain), as thinc shortens it."""
    first = numbers * _NUMBER(0x87C37B91114253D5)
    first = (first << _NUMBER(31)) | (first >> _NUMBER(33))
    first = first * _NUMBER(0x4CF5AD432745937F) ^ _NUMBER(seed ^ 8)
    second = np.full_like(first, seed ^ 8)
    first = first + second
    second = second + first
    first, second = _mixed(first), _mixed(second)
    first = first + second
    second = second + first
    low = _NUMBER(0xFFFFFFFF)
    return np.stack([first & low, first >> _NUMBER(32), second & low, second >> _NUMBER(32)], axis=1).astype(np.uint32)


def _mixed(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        numbers = (numbers ^ (numbers >> _NUMBER(33))) * _NUMBER(factor)
    return numbers ^ (numbers >> _NUMBER(33))


def _maxout(rows: Floats, layer: dict[str, Floats], norm: dict[str, Floats]) -> Floats:
    """Return the largest of each unit's pieces, evened out over the units."""
    weights, bias = layer["W"], layer["b"]
    pieces = gemm(rows, weights.reshape(-1, weights.shape[2]), trans2=True).reshape(len(rows), *bias.shape) + bias
    units = _largest(pieces)
    units -= units.mean(axis=1, keepdims=True)
    spread = np.einsum("ij,ij->i", units, units)[:, None] / np.float32(units.shape[1]) + _TINY
    even: Floats = units * spread ** np.float32(-0.5) * norm["G"] + norm["b"]
    return even


def _largest(pieces: Floats) -> Floats:
    """Return the largest of the last axis; numpy's own goes through short axes one by one."""
    out: Floats = pieces[..., 0]
    for piece in range(1, pieces.shape[-1]):
        out = np.maximum(out, pieces[..., piece])
    return out
