"""Profiles and leads of a rep who left are handed over whole."""

from __future__ import annotations

import pytest

from profiles.owners import hand_over, is_owned, with_owner
from tests.profiles_factories import lead, profile

# (before, after)
TEXTS = [
    ("owner: jane@example.com\n", "owner: bob@example.com\n"),
    ("owner: 'jane@example.com'  # jane@example.com since 2020\n", "owner: 'bob@example.com'  # jane@example.com since 2020\n"),
    ("team: {members: [jane@example.com, ann@example.com]}\n", "team: {members: [bob@example.com, ann@example.com]}\n"),
    # other people's addresses
    ("owner: mary.jane@example.com\n", "owner: mary.jane@example.com\n"),
    ("owner: jane@example.com.au\n", "owner: jane@example.com.au\n"),
    ("# jane@example.com\nname: a#b\n", "# jane@example.com\nname: a#b\n"),
]


@pytest.mark.parametrize("before, after", TEXTS)
def test_files(before: str, after: str) -> None:
    assert with_owner(before, "jane@example.com", "bob@example.com") == after


def test_leads_keep_id_and_state() -> None:
    mine, other = lead(state="accepted"), lead(of="b", owner="ann@example.com")
    (handed,) = hand_over([mine, other], "jane@example.com", "bob@example.com")
    assert (handed.id, handed.state, handed.owner) == (mine.id, "accepted", "bob@example.com")
    assert is_owned(profile(team={"members": ["ann@example.com"]}), "ann@example.com")
    assert not is_owned(profile(), "ann@example.com")
