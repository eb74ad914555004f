"""Tells what is left of a regular expression over masked sentences when the text is not masked yet: its words, and their order.

`outlines(r"\\bnam(?:e|ed)\\b\\ue002.{0,40}chief(?! of staff)")` is `\\bnam(?:e|ed)\\b.*chief`, an RE2 expression over a text in small letters
(`fold`): where it does not match, the expression cannot, whatever names are found. An entity may be any text, unless its sort asks for
words; gaps are of any length, since an entity is longer than its mask; what must not stand somewhere is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from re import _constants as op  # type: ignore[attr-defined] # the parser of `re` itself: no second reading of its grammar
from typing import Any

from triggers.literals import WORD_LETTERS, Clauses, Words, is_any_word_letter, one_word, parsed

_ANYTHING = "(?s:.*)"
_BEYOND = "\\x{80}-\\x{10ffff}"  # letters that are no ASCII are not told apart
# what each class of `re` may be in a text in small letters
_CATEGORIES = {
    op.CATEGORY_WORD: "0-9a-z_" + _BEYOND,
    op.CATEGORY_DIGIT: "0-9",
    op.CATEGORY_SPACE: "\\x00-\\x20" + _BEYOND,
}
_FEW = 3  # repeats that are counted out; more are any number, which keeps the automaton small
_PRIVATE = range(0xE000, 0xF900)


def outlines(expression: str, flags: int = 0, marks: Mapping[str, Clauses] | None = None) -> tuple[str, ...]:
    """Return RE2 expressions all of which match every folded text in whose masked form `expression` matches: its words in order.

    A look ahead makes one more, of what stands before it and what it sees. `marks` gives the words of which one stands behind a character
    that is a sign for other text, as for `literals.required`. Raise re.error for what is no expression.
    """
    behind = {mark: _one_word(words[0]) if words else _ANYTHING for mark, words in (marks or {}).items()}
    tree = parsed(expression, flags)
    # "^" is any line's beginning in an expression over several lines
    items = [item for item in tree if not (item[0] is op.AT and item[1] is op.AT_BEGINNING and tree.state.flags & re.MULTILINE)]
    ahead = [at for at, (code, value) in enumerate(items[:-1]) if code is op.ASSERT and value[0] > 0]
    return tuple(dict.fromkeys(_sequence(part, behind, last=True) for part in (*(items[: at + 1] for at in ahead), items)))


@lru_cache(maxsize=64)  # those behind a sign are asked for by every expression
def _one_word(words: Words) -> str:
    return f"{_ANYTHING}(?:{one_word(words)}){_ANYTHING}"


def _sequence(items: Sequence[tuple[Any, Any]], marks: Mapping[str, str], *, last: bool = False) -> str:
    pieces: list[str] = []
    for at, (code, value) in enumerate(items):
        ends = last and at == len(items) - 1
        if (code is op.AT and value is op.AT_BOUNDARY) or (code is op.ASSERT_NOT and is_any_word_letter(value[1])):
            # to `re` more letters are letters of words: an edge is sure to be one only beside a letter of ASCII
            beside = _is_letter(items[at + 1 :], first=True) or _is_letter(items[:at], first=False)
            piece = r"\b" if beside else ""
        else:
            piece = _one(code, value, marks, ends)
        if piece and not (piece == _ANYTHING and pieces and pieces[-1].endswith(_ANYTHING)):
            pieces.append(piece)
    return "".join(pieces)


def _one(code: Any, value: Any, marks: Mapping[str, str], last: bool) -> str:
    if code is op.LITERAL:
        return _letter(value, marks)
    if code is op.IN:
        return _one_of(value)
    if code is op.AT:
        return r"\A" if value in {op.AT_BEGINNING, op.AT_BEGINNING_STRING} else ""
    if code is op.ASSERT:
        direction, inner = value
        return _sequence(inner, marks, last=True) if last and direction > 0 else ""
    if code is op.ASSERT_NOT:
        return ""
    if code is op.SUBPATTERN:
        return _grouped(_sequence(value[3], marks, last=last))
    if code is op.ATOMIC_GROUP:
        return _grouped(_sequence(value, marks, last=last))
    if code is op.BRANCH:
        return _branches([_sequence(branch, marks, last=last) for branch in value[1]])
    if code in {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}:
        least, most, inner = value
        return _repeated(least, most, _sequence(inner, marks))
    return _ANYTHING  # any character, and so any entity; a reference to a group


def _grouped(piece: str) -> str:
    return piece if piece in {"", _ANYTHING} else f"(?:{piece})"


def _letter(value: int, marks: Mapping[str, str]) -> str:
    letter = chr(value)
    if letter in marks:
        return marks[letter]
    if value in _PRIVATE:
        return _ANYTHING
    return re.escape(letter.lower()) if letter.isascii() else f"[{_BEYOND}]"


def _one_of(members: Sequence[tuple[Any, Any]]) -> str:
    """Return a class of characters; anything where a character of a mask may be one of them."""
    ascii_: set[str] = set()
    more = ""
    for code, value in members:
        if code is op.LITERAL or code is op.RANGE:
            low, high = (value, value) if code is op.LITERAL else value
            if low < _PRIVATE.stop and high >= _PRIVATE.start:
                return _ANYTHING
            ascii_.update(chr(c).lower() for c in range(low, min(high, 127) + 1))
            more += _BEYOND if high > 127 else ""
        elif code is op.CATEGORY and value in _CATEGORIES:
            more += _CATEGORIES[value]
        else:
            return _ANYTHING
    return "[" + "".join(f"\\x{ord(c):02x}" for c in sorted(ascii_)) + more + "]"


def _branches(branches: Iterable[str]) -> str:
    told = list(dict.fromkeys(branches))
    return _ANYTHING if _ANYTHING in told else "(?:" + "|".join(told) + ")"


def _repeated(least: int, most: Any, piece: str) -> str:
    if not piece:
        return ""
    if _ANYTHING in piece:
        return piece + _ANYTHING if least else _ANYTHING
    if most is op.MAXREPEAT or most > _FEW:
        return f"(?:{piece})" + ("*" if least == 0 else "+")
    return f"(?:{piece}){{{least},{most}}}"


def _is_letter(items: Sequence[tuple[Any, Any]], *, first: bool) -> bool:
    """Return True where the first of the items, or the last, is sure to be a letter, digit or "_" of ASCII."""
    if not items:
        return False
    code, value = items[0] if first else items[-1]
    if code is op.LITERAL:
        return chr(value) in WORD_LETTERS
    if code is op.IN:
        return all(c is op.LITERAL and chr(v) in WORD_LETTERS for c, v in value)
    if code is op.SUBPATTERN:
        return _is_letter(value[3], first=first)
    if code is op.BRANCH:
        return all(_is_letter(branch, first=first) for branch in value[1])
    if code in {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}:
        return value[0] > 0 and _is_letter(value[2], first=first)
    return False
