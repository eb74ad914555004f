"""Warnings: what is probably not meant, by the profile alone and by what is stored."""

from __future__ import annotations

from typing import Any

import pytest

from profiles.lint import Stored, lint, lint_stored
from tests.profiles_factories import NOW, company, profile, story

QUIET: dict[str, Any] = {
    "examples": [
        {"name": "a", "events": [{"trigger": "relocation", "days_ago": 1}], "alerts": True},
        {"name": "b", "events": [], "alerts": False},
    ]
}
MOVE = {"trigger": "relocation", "weight": 40}
# (keys, beginning of the warning, None for none)
ALONE = [
    ({}, None),
    # exactly four half-lives, and a day more
    ({"wants": [MOVE | {"within": "360d"}]}, None),
    ({"wants": [MOVE | {"within": "361d"}]}, "after 361d only 6.2 % of the points are left; 'within' goes beyond four half-lives of 90d"),
    # the want's own half-life
    ({"wants": [MOVE | {"within": "120d", "half_life": "10d"}]}, "after 120d only 0.02 % of the points are left"),
    # a repetition counts from its latest event: its window may be long
    ({"wants": [MOVE | {"within": "2y", "times": 3}]}, None),
    ({"threshold": 39}, "the threshold of 39 needs all of 40 points at once"),
    ({"wants": [MOVE, MOVE]}, "the same want stands above already"),
    ({"wants": [MOVE | {"status": "denied"}]}, "points for what is denied only"),
    ({"examples": []}, "no example that must alert"),
    ({"examples": QUIET["examples"][:1]}, "no example that must stay silent"),
    ({"where": {"match": "event"}}, "'match' has nothing to match"),
    ({"cooldown": "1d"}, "a cooldown of 1d lets every new event of a company alert again"),
    ({"clipping": True}, "clipping without named accounts"),
]


@pytest.mark.parametrize("keys, warning", ALONE)
def test_lints_of_the_profile_alone(keys: dict[str, Any], warning: str | None) -> None:
    found = [each.message for each in lint(profile(**(QUIET | keys)))]
    assert len(found) == (warning is not None), found
    assert warning is None or found[0].startswith(warning)


CHIEFS = {"executive_change": [story("executive_change", key=str(at), level="board") for at in range(20)]}
CHIEF = {"trigger": "executive_change", "is": {"level": "c_suite"}, "weight": 40}
# (keys, what is stored, beginning of the warning)
ON_STORED = [
    # a condition that nothing stored meets
    ({"wants": [CHIEF]}, Stored(stories=CHIEFS), "none of 20 stored executive_change stories has level c_suite; seen were board"),
    # too few to say
    ({"wants": [CHIEF]}, Stored(stories={"executive_change": CHIEFS["executive_change"][:19]}), None),
    ({"wants": [CHIEF | {"status": "planned", "is": {}}]}, Stored(stories=CHIEFS), "none of 20 stored executive_change stories is planned"),
    # nobody tells of it
    ({}, Stored(fed={"funding"}), "no enabled source tells of relocation"),
    ({}, Stored(fed={"relocation"}), None),
    # a territory without companies
    ({"where": {"states": ["WY"]}}, Stored(companies=[company(state="MD")]), "none of 1 known company has its seat in this territory"),
    ({"where": {"states": ["MD"]}}, Stored(companies=[company(state="MD")]), None),
    ({"where": {"employees": {"min": 9}}}, Stored(companies=[company(employees=5)] * 2), "none of 2 known companies fits employees"),
    # firmographics that nobody knows
    ({"where": {"employees": {"min": 9}}}, Stored(companies=[company()]), "employees is not known of 100 % of the companies; each of them is held for review"),
    ({"where": {"employees": {"min": 9}, "unknown": "pass"}}, Stored(companies=[company()]), None),
    # exclusions that hit wanted accounts
    ({}, Stored(included={"a", "b"}, excluded={"b", "c"}), "excludes 1 named account: b"),
    ({}, Stored(included=set()), "no company is known by any entry of the list"),
    # mails to be expected
    ({}, Stored(leads_per_quarter=0, nights=90), "nothing that was seen in the last 90 nights would have alerted"),
    ({}, Stored(leads_per_quarter=200), "about 200 leads a quarter are to be expected"),
    ({"limit": {"leads": 5, "per": "week"}}, Stored(leads_per_quarter=200), None),
]  # fmt: skip


@pytest.mark.parametrize("keys, stored, warning", ON_STORED)
def test_lints_on_what_is_stored(keys: dict[str, Any], stored: Stored, warning: str | None) -> None:
    found = [each.message for each in lint_stored(profile(**keys), stored, NOW)]
    assert len(found) == (warning is not None), found
    assert warning is None or found[0].startswith(warning)
