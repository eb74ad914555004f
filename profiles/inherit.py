"""Inheritance of profiles on plain contents, before they are checked: `extends`, `also`, and the team's defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from profiles.wording import unknown

DEFAULTS = "_defaults"  # stem of the file whose content every profile inherits


def is_base(slug: str) -> bool:
    """Return whether the file is there to be extended only: its name begins with an underscore."""
    return slug.startswith("_")


def ancestry(slug: str, contents: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the profile and what it extends, nearest first, the team's defaults last.

    Raise ValueError for a base that does not exist, and for a circle.
    """
    chain = [slug]
    while (base := contents[chain[-1]].get("extends")) is not None:
        if base not in contents:
            raise ValueError(unknown("profile to extend", base, set(contents) - {slug}))
        if base in chain:
            raise ValueError(f"a circle: {' extends '.join([*chain[chain.index(base) :], base])}; take one `extends` out")
        chain.append(base)
    if DEFAULTS in contents and DEFAULTS not in chain:
        chain.append(DEFAULTS)
    return chain


def inherited(chain: list[str], contents: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the content of the first of `chain` with what it inherits from the rest.

    Mappings are merged key by key, lists and single values replaced; `also` is added to the wants. The examples of a base stay with it:
    they are cases of its own threshold and places.
    """
    merged: dict[str, Any] = {}
    for slug in reversed(chain):
        content = dict(contents[slug])
        content.pop("extends", None)
        also = content.pop("also", None)
        if slug != chain[0]:
            content.pop("examples", None)
        merged = _merge(merged, content)
        if also:
            before = merged.get("wants")
            # what is no list is left for the schema to refuse
            merged["wants"] = [*(before if isinstance(before, list) else []), *(also if isinstance(also, list) else [also])]
    return merged


def _merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        if isinstance(value, Mapping) and isinstance(merged.get(key), Mapping):
            merged[key] = _merge(merged[key], value)
        else:
            merged[key] = value
    return merged


def origin(where: tuple[str | int, ...], chain: list[str], contents: Mapping[str, Mapping[str, Any]]) -> tuple[str, tuple[str | int, ...]]:
    """Return which file of `chain` a place of the merged content comes from, and the place in that file."""
    if where and where[0] == "wants" and len(where) > 1 and isinstance(where[1], int):
        found = _origin_of_want(where[1], chain, contents)
        if found is not None:
            slug, key, at = found
            return slug, (key, at, *where[2:])
    for slug in chain:
        content = contents[slug]
        top = where[0] if where else None
        if not isinstance(top, str) or top not in content:
            continue
        below = where[1] if len(where) > 1 else None
        if isinstance(content[top], Mapping) and isinstance(below, str) and below not in content[top]:
            others = [contents[other].get(top) for other in chain]
            if any(isinstance(other, Mapping) and below in other for other in others):
                continue  # another file of the chain says this key
        return slug, where
    return chain[0], where


def _origin_of_want(at: int, chain: list[str], contents: Mapping[str, Mapping[str, Any]]) -> tuple[str, str, int] | None:
    """Return file, key and index of the want that stands at `at` of the merged list."""
    order: list[tuple[str, str, int]] = []
    for slug in reversed(chain):
        for key in ("wants", "also"):
            listed = contents[slug].get(key)
            if isinstance(listed, list):
                if key == "wants":
                    order = []
                order += [(slug, key, index) for index in range(len(listed))]
    return order[at] if at < len(order) else None
