"""Hands profiles and leads of a rep who left to another."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from profiles.profile import Profile
from store.records import Lead


def hand_over(leads: Iterable[Lead], old: str, new: str) -> list[Lead]:
    """Return the leads of `old` with `new` as their owner; ids, states and history stay."""
    return [replace(lead, owner=new) for lead in leads if lead.owner == old]


def is_owned(profile: Profile, email: str) -> bool:
    """Return whether the address is the profile's owner or one of its team."""
    return email in profile.recipients


def with_owner(text: str, old: str, new: str) -> str:
    """Return the text of a profile file with one address put for the other wherever it stands by itself; comments stay as they are."""
    # jane@example.com is no part of mary.jane@example.com
    address = re.compile(rf"(?<![\w.+-]){re.escape(old)}(?![\w-]|\.\w)")
    lines = []
    for line in text.splitlines(keepends=True):
        said, mark, comment = re.match(r"((?:[^#\"']|\"[^\"]*\"|'[^']*'|(?<=\S)#)*)(#?)(.*)", line, re.DOTALL).groups()  # type: ignore[union-attr]
        lines.append(address.sub(lambda _: new, said) + mark + comment)
    return "".join(lines)
