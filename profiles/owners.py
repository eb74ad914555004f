"""Hands the profiles of a rep who left to another."""

from __future__ import annotations

import re

_SAID = re.compile(r"((?:[^#\"']|\"[^\"]*\"|'[^']*'|(?<=\S)#)*)(#?)(.*)", re.DOTALL)  # what a line says, and its comment


def with_owner(text: str, old: str, new: str) -> str:
    """Return the text of a profile file with one address put for the other wherever it stands by itself; comments stay as they are."""
    # jane@example.com is no part of mary.jane@example.com
    address = re.compile(rf"(?<![\w.+-]){re.escape(old)}(?![\w-]|\.\w)", re.IGNORECASE)
    lines = []
    for line in text.splitlines(keepends=True):
        said, mark, comment = _SAID.match(line).groups()  # type: ignore[union-attr]
        lines.append(address.sub(lambda _: new, said) + mark + comment)
    return "".join(lines)
