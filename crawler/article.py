"""The main text of a web page, one paragraph a line."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser
from trafilatura import extract


def article_text(markup: str, tree: LexborHTMLParser, *, title: str | None = None) -> str:
    """Return the page's main text without navigation, comments, teasers and boilerplate; "" when none is found."""
    return str(extract(markup, fast=True, include_comments=False, include_tables=True) or "")
