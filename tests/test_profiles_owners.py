"""In the files of a rep who left another address stands, wherever theirs stood."""

from __future__ import annotations

import pytest

from profiles.owners import with_owner

# (before, after)
TEXTS = [
    ("owner: jane@example.com\n", "owner: bob@example.com\n"),
    ("owner: 'jane@example.com'  # jane@example.com since 2020\n", "owner: 'bob@example.com'  # jane@example.com since 2020\n"),
    ("team: {members: [jane@example.com, ann@example.com]}\n", "team: {members: [bob@example.com, ann@example.com]}\n"),
    ("owner: Jane@Example.com\n", "owner: bob@example.com\n"),
    # other people's addresses
    ("owner: mary.jane@example.com\n", "owner: mary.jane@example.com\n"),
    ("owner: jane@example.com.au\n", "owner: jane@example.com.au\n"),
    ("# jane@example.com\nname: a#b\n", "# jane@example.com\nname: a#b\n"),
]


@pytest.mark.parametrize("before, after", TEXTS)
def test_files(before: str, after: str) -> None:
    assert with_owner(before, "jane@example.com", "bob@example.com") == after
