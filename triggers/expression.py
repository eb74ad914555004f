"""What keeps expressions cheap: compiled when first tried, since a document needs few of them, and long lists of words as a tree."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any


class Expression:
    """Stands for `re.compile(pattern, flags)`; a fault in the pattern is raised on first use."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.pattern = pattern
        self.flags = int(flags)

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The compiled expression."""
        return re.compile(self.pattern, self.flags)

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first match in the text, if any."""
        return self.compiled.search(text)

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        """Return the match that begins at `start`, if any."""
        return self.compiled.match(text, start)

    def finditer(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
        """Yield the matches in `text[start:end]`."""
        return self.compiled.finditer(text, start, end)


def one_of(words: Iterable[str]) -> str:
    """Return an expression for any of the words, the longest first, as a tree of their beginnings: "(?:care|chain)" is "c(?:are|hain)".

    It is compiled and tried in a fraction of the time that the list takes; what ends a word is for the caller to say.
    """
    tree: dict[str, Any] = {}
    for word in words:
        node = tree
        for letter in word:
            node = node.setdefault(letter, {})
        node[""] = {}
    return _branches(tree)


def _branches(node: dict[str, Any]) -> str:
    further = [re.escape(letter) + _branches(after) for letter, after in node.items() if letter]
    if not further:
        return ""
    ends = "" in node
    return f"(?:{'|'.join(further)})" + "?" * ends if ends or len(further) > 1 else further[0]
