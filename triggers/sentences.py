"""Cuts a document into sentences by what stands around the full stop, without a model; about 10 MB a second.

Lines are paragraphs and end a sentence. A full stop after an abbreviation ends one only where the next word is one that
opens sentences ("… of Acme Corp. The company …"), and never after a form of address or an initial ("Mr. Smith", "J. Smith").
"""

# ruff: noqa: SIM905 - word lists read better as text

from __future__ import annotations

import re

# "said.” The", "Inc. The", "way? (This", "2024. 3M"; what follows is judged below
# (a mark first and what stands before it after: an expression that begins with a letter is sought many times as fast)
_STOP = re.compile(r"[.!?…](?<![.!?…].)[.!?…]{0,19}[\"”’')\]]{0,6}(?=(\s+)[\"“‘'(\[]*([^\W_]|[•$€£]))")
_BREAK = re.compile(r"[\s(\[“\"‘]")
_BULLETS = "•●▪■"
_BULLET = re.compile(rf"\s(?=[{_BULLETS}]\s)")
_DOTTED = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]")
_WORD = re.compile(r"[^\W\d_]+")

# a full stop after these never ends a sentence
_NEVER = frozenset(
    "mr mrs ms messrs dr prof rev hon gov lt gen col maj capt cmdr sgt sen rep st ste ft mt pres no nos vs v fig eq sec secs art "
    "approx ca cf e.g i.e viz al dept univ gov't exch jan feb mar apr jun jul aug sept sep oct nov dec adm amb atty supt insp mag mmag ddr ing dipl-ing dipl.-ing dkfm".split()
)
# after these it does only before a word that opens sentences
_MAYBE = frozenset(
    "inc corp co ltd llc plc cos bros lp l.p l.l.c l.l.p n.v s.a s.p.a b.v n.a a.g p.c pte pty intl int'l assn natl mfg etc jr sr esq ph.d m.d "
    "m.b.a b.a b.s m.s j.d u.s u.k u.s.a u.n e.u d.c a.m p.m est ala ariz ark calif colo conn del fla ga ill ind kan ky la md mass mich "
    "minn miss mo mont neb nev n.h n.j n.m n.y n.c n.d okla ore pa r.i s.c s.d tenn tex vt va wash w.va wis wyo ont que b.c ave blvd rd".split()
)
_OPENERS = frozenset(
    "The A An In On At As By For From He She It They We I You His Her Its Their Our This That These Those There Here If When While After "
    "Before Since Under With Mr Ms Mrs Dr But And However Also Additionally Prior Previously Most Upon During Until Following Effective "
    "Both Each All Such No Not Forward About Headquartered Founded Based Earlier Last Separately Meanwhile Together Terms Financial To "
    "Pursuant Further Furthermore Moreover Subject Shares Shareholders Stockholders Company Its Although Because Once Who What Where How "
    "Today Yesterday Now Then One Two Three Some Many More Other Another Any Through Throughout Additional".split()
)

MAX_SENTENCE = (
    2_000  # characters; a longer run (a table, a list without stops) is cut after a clause, else at a space, so that work stays bounded
)


def split_sentences(text: str, title_end: int = 0) -> list[tuple[int, int]]:
    """Return the trimmed `(start, end)` of each sentence in order; the title is the first one, whole, where there is one."""
    out: list[tuple[int, int]] = []
    bulleted = any(mark in text for mark in _BULLETS)
    if title_end:
        _add(text, 0, title_end, out, bulleted=bulleted)
    start, size = title_end, len(text)
    while start < size:
        end = text.find("\n", start)
        if end < 0:
            end = size
        if end > start:
            begin = start
            for stop in _STOP.finditer(text, start, end):
                if _ends_sentence(text, begin, stop):
                    _add(text, begin, stop.end(), out, bulleted=bulleted)
                    begin = stop.end()
            _add(text, begin, end, out, bulleted=bulleted)
        start = end + 1
    return out


def _ends_sentence(text: str, begin: int, stop: re.Match[str]) -> bool:
    mark = text[stop.start()]
    follows = stop.group(2)
    if mark != ".":
        # “Really?” he said
        return not follows.islower()
    if stop.end() - stop.start() == 1 or text[stop.start() + 1] not in ".…":
        word = _BREAK.split(text[max(begin, stop.start() - 24) : stop.start()])[-1]
        key = word.lower().rstrip(",;")
        if key in _NEVER:
            return False
        following = _WORD.match(text, stop.start(2))
        opener = following is not None and following.group() in _OPENERS
        if key in _MAYBE:
            # "Acme Corp.” The": a closing quote settles it
            return opener or (stop.end() - stop.start() > 1 and not follows.islower())
        if len(word) == 1 and word.isalpha() and word.isupper():  # "J. Smith", "Series B. The"
            return opener and follows != "A"
        if "." in word and _DOTTED.fullmatch(word):  # any other dotted abbreviation
            return opener
    return not follows.islower()


def _add(text: str, start: int, end: int, out: list[tuple[int, int]], *, bulleted: bool) -> None:
    """Append the piece without the blanks around it, cut at bullets if there are any, and again where it is longer than MAX_SENTENCE."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start >= end:
        return
    piece = start
    if bulleted:
        for bullet in _BULLET.finditer(text, start + 1, end):
            if bullet.start() - piece > 20:
                _add_cut(text, piece, bullet.start(), out)
                piece = bullet.end()
    if end - piece > MAX_SENTENCE:
        _add_cut(text, piece, end, out)
    elif piece < end:
        out.append((piece, end))


def _add_cut(text: str, start: int, end: int, out: list[tuple[int, int]]) -> None:
    while end - start > MAX_SENTENCE:
        earliest, latest = start + MAX_SENTENCE // 2, start + MAX_SENTENCE
        # after a clause where one ends in the second half, so that a wording is not cut in two
        cut = next((at + len(mark) - 1 for mark in ("; ", ", ", " ") if (at := text.rfind(mark, earliest, latest)) > 0), latest)
        out.append((start, cut))
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        out.append((start, end))
