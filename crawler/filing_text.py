"""The text of one document inside a submission, HTML or typewritten, as lines a person would read."""

from __future__ import annotations

import re
from html import unescape

WINDOWS_1252 = {code: bytes([code]).decode("cp1252", "replace") for code in range(0x80, 0xA0)}
# inline XBRL's hidden part: contexts, units and facts that no reader sees
IX_HEADER = re.compile(r"<ix:header\b.*?</ix:header>", re.IGNORECASE | re.DOTALL)
DROPPED = re.compile(
    r"<!--.*?-->|<(script|style|head|noscript)\b.*?</\1\s*>|<\?.*?\?>|<!doctype[^>]*>|"
    r"<(div|span|p|td)\b[^>]*\bdisplay\s*:\s*none[^>]*>[^<]*</\2>",
    re.IGNORECASE | re.DOTALL,
)
LINE_TAGS = re.compile(
    r"</?(?:p|div|tr|h[1-6]|li|ul|ol|table|blockquote|center|dd|dt|dl|hr|pre|body|html|title)\b[^>]*>|<br\b[^>]*>", re.IGNORECASE
)
CELL_TAGS = re.compile(r"</?t[dh]\b[^>]*>", re.IGNORECASE)
ANY_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
# old documents mark pages, tables and captions: <PAGE>, <TABLE>, <S>, <C>, <CAPTION>
SGML_MARKS = re.compile(r"</?(?:PAGE|TABLE|CAPTION|S|C|FN|F\d|R)>", re.IGNORECASE)
IS_HTML = re.compile(r"<(?:html|body|div|p|font|table\s|td|br|span)\b", re.IGNORECASE)
PRE_BLOCK = re.compile(r"<pre\b[^>]*>(.*?)</pre\s*>", re.IGNORECASE | re.DOTALL)
NUMERIC_ENTITY = re.compile(r"&#(1[2-5]\d);")
# "- 2 -", "Page 3 of 5", "3": page numbers on lines of their own
PAGE_NUMBER = re.compile(r"^\s*(?:[-–—]?\s*\d{1,3}\s*[-–—]?|page\s+\d+(?:\s+of\s+\d+)?|\[?page\]?|table of contents)\s*$", re.IGNORECASE)
RULE_LINE = re.compile(r"^[\s_=*\-–—.~]{3,}$")


def decode_filing(body: bytes) -> str:
    """Return a submission's text: UTF-8 where it is that, else Windows-1252, which old filers typed in."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("cp1252", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def readable_text(markup: str, *, max_chars: int = 200_000) -> str:
    """Return a document's text, one paragraph or table row a line; hidden XBRL, page marks and rules are left out.

    Reading stops after some `max_chars` characters: financial tables run to megabytes.
    """
    markup = IX_HEADER.sub(" ", markup)
    if IS_HTML.search(markup[:20_000]):
        # a page holds four to fifteen times as much markup as text
        lines = _html_lines(markup[: max_chars * 20])
    else:
        lines = _typed_lines(unescape(_windows_entities(SGML_MARKS.sub("", markup[: max_chars * 2]))))
    kept = [line for line in lines if line and not PAGE_NUMBER.match(line) and not RULE_LINE.match(line)]
    text = "\n".join(kept)
    if len(text) <= max_chars:
        return text
    return text[: text.rfind("\n", 0, max_chars) if "\n" in text[:max_chars] else max_chars]


def _html_lines(markup: str) -> list[str]:
    markup = DROPPED.sub(" ", markup)
    typed = [match[1] for match in PRE_BLOCK.finditer(markup)]
    if typed and sum(map(len, typed)) > len(markup) // 2:
        return [line for block in typed for line in _typed_lines(unescape(_windows_entities(ANY_TAG.sub("", block))))]
    flat = re.sub(r"[ \t\n\r\f]+", " ", markup)
    flat = LINE_TAGS.sub("\n", flat)
    flat = CELL_TAGS.sub(" ", flat)
    flat = ANY_TAG.sub("", flat)
    text = unescape(_windows_entities(flat))
    return [" ".join(line.split()) for line in text.replace("\xad", "").replace("\u200b", "").split("\n")]


def _windows_entities(text: str) -> str:
    """Return `text` with the numeric entities 128 to 159 as the Windows-1252 characters their writers meant."""
    return NUMERIC_ENTITY.sub(lambda match: WINDOWS_1252.get(int(match[1]), match[0]), text)


def _typed_lines(text: str) -> list[str]:
    """Return typewritten text with the lines of each paragraph joined; tables keep their rows."""
    lines: list[str] = []
    for block in re.split(r"\n[ \t]*\n", text):
        rows = [row.rstrip() for row in block.expandtabs(8).split("\n") if row.strip()]
        if not rows:
            continue
        columns = sum(1 for row in rows if re.search(r"\S {3,}\S", row))
        # centred title lines and short rows stay apart; wrapped prose fills its lines
        full = sum(1 for row in rows[:-1] if len(row.strip()) > 45)
        if len(rows) > 1 and columns * 2 < len(rows) and full * 2 >= len(rows) - 1:
            lines += _joined(rows)
        else:
            lines += [" ".join(row.split()) for row in rows]
    return lines


def _joined(rows: list[str]) -> list[str]:
    out: list[str] = []
    for row in rows:
        text = " ".join(row.split())
        if not out or re.match(r"item\s+\d", text, re.IGNORECASE) or re.match(r"item\s+\d.{0,80}$", out[-1], re.IGNORECASE):
            out.append(text)
        else:
            # "dis-\ncretion" was broken at the margin; "long-\nterm" cannot be told from it and keeps its hyphen
            out[-1] = f"{out[-1]} {text}"
    return out
