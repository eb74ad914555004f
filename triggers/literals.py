"""Tells which words a regular expression cannot match without, so that a scan for words decides where expressions are tried at all.

`required(r"\\bnam(?:e|ed)\\b.{0,40}chief")` is `({"\\bname\\b", "\\bnamed\\b"}, {"chief"})`: a match holds one word of each set. What a set says
is true of every match; that a text holds one of each proves nothing. Words are in small letters, as `fold` writes a text; "\\b" at an end
says that no letter, digit or "_" stands beyond it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from itertools import accumulate
from re import _constants as op  # type: ignore[attr-defined] # the parser of `re` itself: no second reading of its grammar
from re import _parser  # type: ignore[attr-defined]
from string import ascii_letters, ascii_lowercase, digits
from typing import Any

Words = frozenset[str]
Clauses = tuple[Words, ...]

EDGE = "\b"
# what \w is to RE2; \b of `re`, which knows more letters, never sees an edge beside one of these where this sees none
WORD_LETTERS = frozenset(ascii_letters + digits + "_")
_MOST = 400  # alternatives written out; beyond it a run of letters is cut in two, which asks for less and never for more
_DIGITS = frozenset("0123456789")
_COMMON = frozenset(["", " ", *ascii_lowercase])  # every sentence has them
_NOTHING: Words = frozenset([""])
_BETWEEN = "\x00"  # stands in no word of an expression
_AN_EDGE: Words = frozenset([EDGE])
# what `re.IGNORECASE` takes for s and i though str.lower does not, and digits of other scripts, which \d takes
_ODD = re.compile(r"[^\x00-\x7f](?<=[ſıİ\d])")


def fold(text: str) -> str:
    """Return the text in small letters, as long as it was, letters and digits that `re.IGNORECASE` and \\d take for the same made the same."""
    if text.isascii():
        return text.lower()
    return _ODD.sub(lambda m: "s" if m.group() == "ſ" else "i" if m.group() in "ıİ" else "0", text).lower()


@lru_cache(maxsize=256)
def parsed(expression: str, flags: int = 0) -> Any:
    """Return the expression as the parser of `re` has it, which is not to be changed; asked for its words and then for their order."""
    return _parser.parse(expression, flags)


def required(expression: str, flags: int = 0, marks: Mapping[str, Clauses] | None = None) -> Clauses:
    """Return sets of words such that every match of `expression` holds at least one word of each set; () where nothing can be said.

    `marks` gives what stands behind a character that is a sign for other text. Raise re.error for what is no expression.
    """
    exact, clauses = _sequence(parsed(expression, flags), marks or {})
    return tuple(dict.fromkeys(_useful([*clauses, *([exact] if exact is not None else [])])))


def exactly(expression: str, flags: int = 0) -> Words | None:
    """Return the words of which one stands in a text if, and only if, `expression` matches it; None where there is more to it."""
    items = parsed(expression, flags)
    exact, clauses = _sequence(items, {})
    if exact is None or clauses or not _is_plain(items) or any(_trimmed(word) != word or word in _COMMON for word in exact):
        return None
    return _shortest(exact)


def _is_plain(items: Iterable[tuple[Any, Any]]) -> bool:
    """Return True for letters, edges, and alternatives of such: what stands around is not asked for."""
    for code, value in items:
        if code is op.SUBPATTERN:
            plain = _is_plain(value[3])
        elif code is op.BRANCH:
            plain = all(map(_is_plain, value[1]))
        elif code in {op.MAX_REPEAT, op.MIN_REPEAT}:
            plain = _is_plain(value[2])
        else:
            plain = code in {op.LITERAL, op.IN} or (code is op.AT and value is op.AT_BOUNDARY)
        if not plain:
            return False
    return True


def either(branches: Iterable[Clauses]) -> Words | None:
    """Return one set of words that a match of any of the branches holds one of; None where a branch asks for nothing."""
    best: set[str] = set()
    for clauses in branches:
        if not clauses:
            return None
        best |= max(clauses, key=sharpness)
    return _shortest(best) if best else None


def one_word(words: Words) -> str:
    """Return an RE2 expression for any of the words with their edges."""
    return "|".join(sorted(re.escape(word).replace(re.escape(EDGE), r"\b") for word in words))


def sharpness(words: AbstractSet[str]) -> tuple[int, int]:
    """Return how rarely a text is likely to hold one of the words: long ones first, then few."""
    return min(map(len, words)), -len(words)


def _useful(clauses: Iterable[Words]) -> list[Words]:
    return [useful for words in clauses if (useful := _fewest(words))]


@lru_cache(maxsize=4096)
def _fewest(words: Words) -> Words:
    """Return the words trimmed, without those that hold another; none where a text is sure to hold one. Asked again at every level."""
    trimmed = frozenset(map(_trimmed, words))
    return _shortest(trimmed) if not trimmed & _COMMON else frozenset()


def _trimmed(word: str) -> str:
    """Return the word with edges at its ends alone, and there only where the letter beside them is one of a word."""
    letters = word.replace(EDGE, "")
    if not letters:
        return ""
    begins = EDGE if word[0] == EDGE and letters[0] in WORD_LETTERS else ""
    ends = EDGE if word[-1] == EDGE and letters[-1] in WORD_LETTERS else ""
    return begins + letters + ends


def _shortest(words: Iterable[str]) -> Words:
    """Return the words without those that hold another of them: a text with "named" has "name" too."""
    ordered = sorted(words, key=len)
    text = _BETWEEN.join(ordered)  # one search of it for each word is a search of all that are longer
    ends = list(accumulate(len(word) + 1 for word in ordered))
    kept = dict.fromkeys(ordered)
    for word, end in zip(ordered, ends, strict=True):
        at = text.find(word, end) if word in kept else -1
        while at >= 0:
            holds = bisect_right(ends, at)
            kept.pop(ordered[holds], None)
            at = text.find(word, ends[holds])
    return frozenset(kept)


def _sequence(items: Iterable[tuple[Any, Any]], marks: Mapping[str, Clauses]) -> tuple[Words | None, list[Words]]:
    """Return all that the sequence can be, if that is a short list of words, and what it asks for besides."""
    run, whole = _NOTHING, True
    end = ""  # of each word of the run: a letter after the other would make as many sets
    clauses: list[Words] = []
    for code, value in getattr(items, "data", items):  # the parser's own sequences are walked at a third of the speed of lists
        if code is op.LITERAL and value < 128 and chr(value) not in marks:
            end += chr(value).lower()
            continue
        exact, more = _one(code, value, marks)
        if exact is not None and len(exact) == 1:
            clauses += more
            (letters,) = exact
            end += letters
            continue
        if end:
            run, end = frozenset([word + end for word in run]), ""
        if exact is not None and len(run) * len(exact) <= _MOST:
            clauses += more
            run = frozenset([a + b for a in run for b in exact])
            continue
        clauses += [run, *more]
        run, whole = exact if exact is not None else _NOTHING, False
    if end:
        run = frozenset([word + end for word in run])
    if whole:
        return run, _useful(clauses)
    return None, _useful([*clauses, run])


def _one(code: Any, value: Any, marks: Mapping[str, Clauses]) -> tuple[Words | None, Sequence[Words]]:
    if code is op.LITERAL:
        return _letter(value, marks)
    if code is op.IN:
        return _one_of(value, marks), ()
    if code is op.AT:
        return (_AN_EDGE if value is op.AT_BOUNDARY else _NOTHING), ()
    if code is op.ASSERT_NOT:
        return (_AN_EDGE if is_any_word_letter(value[1]) else _NOTHING), ()
    if code is op.ASSERT:
        direction, inner = value
        exact, clauses = _sequence(inner, marks)
        return _NOTHING, [*clauses, *([exact] if exact is not None else [])] if direction > 0 else ()
    if code is op.SUBPATTERN:
        return _sequence(value[3], marks)
    if code is op.ATOMIC_GROUP:
        return _sequence(value, marks)
    if code is op.BRANCH:
        return _branches([_sequence(branch, marks) for branch in value[1]])
    if code in {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}:
        least, most, inner = value
        return _repeated(least, most, inner, marks)
    return None, ()  # any character, a category, a reference to a group


def is_any_word_letter(items: Any) -> bool:
    """Return True for what stands in `(?<![\\w-])` and `(?!\\w)`."""
    return len(items) == 1 and items[0][0] is op.IN and (op.CATEGORY, op.CATEGORY_WORD) in items[0][1]


def _letter(value: int, marks: Mapping[str, Clauses]) -> tuple[Words | None, Sequence[Words]]:
    letter = chr(value)
    if letter in marks:
        return None, marks[letter]
    if not letter.isascii() and letter.lower() != letter.upper():
        return None, ()
    return frozenset([letter.lower()]), ()


def _one_of(members: Sequence[tuple[Any, Any]], marks: Mapping[str, Clauses]) -> Words | None:
    letters: set[str] = set()
    for code, value in members:
        if code is op.LITERAL:
            exact, _ = _letter(value, marks)
        elif code is op.RANGE and value[1] - value[0] < 26:
            exact = frozenset(chr(c).lower() for c in range(value[0], value[1] + 1)) if value[1] < 128 else None
        elif code is op.CATEGORY and value is op.CATEGORY_DIGIT:
            exact = _DIGITS
        else:
            return None
        if exact is None:
            return None
        letters |= exact
    return frozenset(letters) if len(letters) <= 26 else None


def _branches(branches: Sequence[tuple[Words | None, list[Words]]]) -> tuple[Words | None, Sequence[Words]]:
    if all(exact is not None for exact, _ in branches):
        together = frozenset().union(*(exact for exact, _ in branches if exact is not None))
        if len(together) <= _MOST:
            return together, ()
    best = either(tuple(_useful([*clauses, *([exact] if exact is not None else [])])) for exact, clauses in branches)
    return None, ([best] if best else [])


def _repeated(
    least: int, most: Any, items: Iterable[tuple[Any, Any]], marks: Mapping[str, Clauses]
) -> tuple[Words | None, Sequence[Words]]:
    exact, clauses = _sequence(items, marks)
    if least == 0:
        return (exact | _NOTHING, ()) if exact is not None and most == 1 else (None, ())
    if least == most == 1:
        return exact, clauses
    return None, [*clauses, *([exact] if exact is not None else [])]
