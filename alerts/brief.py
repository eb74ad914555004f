"""A LeadBrief as JSON and back: what a delivery carries until a digest or a CRM record is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter

from store.records import Delivery, LeadBrief

_adapter: TypeAdapter[LeadBrief] = TypeAdapter(LeadBrief)
MAX_SIGHTINGS = 5  # a release that a hundred outlets carry is told by its best sentences


def brief_as_json(brief: LeadBrief) -> dict[str, Any]:
    """Return `brief` as plain JSON values, each story with its best MAX_SIGHTINGS sightings."""
    stories = tuple(replace(story, sightings=story.sightings[:MAX_SIGHTINGS]) for story in brief.stories)
    written: dict[str, Any] = _adapter.dump_python(replace(brief, stories=stories), mode="json")
    return written


def brief_of_json(written: Mapping[str, Any]) -> LeadBrief:
    """Return the LeadBrief that `brief_as_json` wrote. Raise pydantic.ValidationError when it is none."""
    return _adapter.validate_python(dict(written))


def brief_of(delivery: Delivery) -> LeadBrief:
    """Return the lead that a delivery to a target tells of."""
    written: Any = delivery.payload["brief"]
    return brief_of_json(written)
