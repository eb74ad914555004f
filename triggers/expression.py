"""An expression that is compiled when it is first tried: some take a tenth of a second, and a document needs a few of them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cached_property


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
