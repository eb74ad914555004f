"""Worlds in which much happens, from a seed: what replay, live runs and the index are held against each other in."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from profiles.profile import Profile
from store.records import Company, Sighting
from tests.profiles_factories import CONTEXT, NOW, company, sighting

KINDS = ["executive_change", "relocation", "funding", "distress"]
OFTEN = ["announced", "announced", "completed", "planned", "rumored", "terminated", "denied"]


def busy_world(draw: random.Random, start: datetime = NOW) -> tuple[Profile, list[tuple[Company, list[Sighting]]]]:
    """Return a profile and thirty days of a world in which much happens: alerts, alerts sent again, corrections, quotas that run out.

    Hypothesis prefers small worlds, in which nearly nothing alerts; these come from a seed.
    """
    profile = busy_profile(draw, start)
    return profile, busy_companies(draw, start)


def busy_profile(draw: random.Random, start: datetime) -> Profile:
    """Return a profile that asks for much of what happens there."""
    asked: list[dict[str, Any]] = [
        # a story that grows too old leaves its place to another
        {"trigger": "relocation", "weight": 30} | ({"within": draw.choice(["3d", "8d"])} if draw.random() < 0.4 else {}),
        {"trigger": "funding", "weight": 30, "count": draw.choice(["best", "each"])},
    ]
    asked += draw.sample(
        [
            {"trigger": "distress", "weight": -20, "half_life": "10d"},
            {"then": ["executive_change", "relocation"], "within": "60d", "weight": 40},
            {"all": ["executive_change", "funding"], "none": ["distress"], "within": "10d", "weight": 30},
            {"absent": {"trigger": "executive_change", "status": "completed"}, "after": "executive_change", "within": "10d", "weight": 35},
            {"trigger": "relocation", "times": 2, "within": "60d", "weight": 30},
            {"trigger": "executive_change", "weight": 10, "required": True},
            {"trigger": "acquisition", "status": ["terminated", "denied"], "within": "5d", "weight": 30},
            {"trigger": "distress", "weight": -25, "within": "4d"},
        ],
        k=draw.randint(0, 3),
    )
    content: dict[str, Any] = {
        "name": "P",
        "owner": "jane@example.com",
        "wants": asked,
        "half_life": draw.choice(["10d", "60d"]),
        "threshold": draw.choice([10, 20, 25]),
        "where": draw.choice([{"unknown": "pass"}, {"states": ["TX"], "unknown": "review"}, {"age": {"min": 10}, "unknown": "pass"}]),
        "cooldown": draw.choice(["0d", "5d", "60d"]),
        "realert": draw.choice(["material", "after_cooldown", "never"]),
    }
    if draw.random() < 0.4:
        content["limit"] = {"leads": draw.randint(1, 2), "per": draw.choice(["week", "month"])}
    if draw.random() < 0.2:
        content["active"] = {"from": (start + timedelta(days=8)).date()}
    if draw.random() < 0.2:
        content |= {"team": {"members": ["a@example.com", "b@example.com"], "assign": "round_robin"}}
    return Profile.model_validate(content, context=CONTEXT)


def busy_companies(draw: random.Random, start: datetime) -> list[tuple[Company, list[Sighting]]]:
    """Return companies with what is told of them over thirty days."""
    world = []
    for number in range(draw.randint(2, 6)):
        name = f"c{number}"
        told = []
        for each in range(draw.randint(1, 8)):
            published = start + timedelta(days=draw.randint(-10, 28), hours=draw.randint(0, 23))
            told.append(
                sighting(
                    draw.choice([*KINDS, "acquisition"]),
                    of=name,
                    status=draw.choice(OFTEN),
                    quote=f"{name} sentence {draw.randint(0, 2)}.",
                    publisher=f"Wire {draw.randint(0, 3)}",
                    published=published,
                    first_seen=max(published, start - timedelta(hours=1)) + timedelta(days=draw.choice([0, 0, 1, 5])),
                    confidence=draw.choice([0.6, 1.0]),
                    key=f"{name} {each}",
                    # what tells stories of one kind apart: so denials find the story that they deny
                    facts={
                        "to": draw.choice(["Austin, Texas", "Boise, Idaho"]),
                        "what": "headquarters",
                        "amount": "$5 million",
                        "person": "Ada Vale",
                    },
                )
            )
        world.append((company(name), told))
    return world
