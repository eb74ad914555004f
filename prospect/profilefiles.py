"""Reads a workspace's profiles: inheritance first, then the check of each, with faults placed in the file that says it.

A folder may hold a thousand of them, and reading YAML with positions is slow; so positions are looked up only for files that are wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from profiles.inherit import ancestry, inherited, is_base, origin
from profiles.profile import Profile
from prospect.yamlfile import Fault, Faults, faults_of, position, read_yaml, shown_path
from prospect.yamlquick import load_plain

# "joins, leaves or changes (an insider takes another post)": a fact that holds one of these words, as its kind's file says
_CLOSED = re.compile(r"[a-z][a-z_ -]*(?:, [a-z][a-z_ -]*)+ or [a-z][a-z_-]*(?: [a-z_-]+)?")


def closed_words(says: str) -> list[str]:
    """Return the words that a fact may hold, when what its kind says of it is a list of them in small letters; none otherwise."""
    said = says.partition("(")[0].strip()
    return re.split(r", | or ", said) if _CLOSED.fullmatch(said) else []


def read_profile_folder(
    folder: Path, *, context: Mapping[str, Any] | None = None, root: Path | None = None
) -> tuple[dict[str, Profile], list[Fault]]:
    """Return every profile of `folder` by stem, in order of name, and the faults of those that could not be read.

    Files whose name begins with an underscore are bases: they are inherited from and are no profiles.
    """
    paths = {path.stem: path for path in sorted([*folder.glob("*.yml"), *folder.glob("*.yaml")])}
    contents: dict[str, dict[str, Any]] = {}
    faults: list[Fault] = []
    unreadable: set[str] = set()
    for slug, path in paths.items():
        try:
            contents[slug] = _content(path, shown_path(path, root))
        except Faults as error:
            faults += error.faults
            unreadable.add(slug)
    found: dict[str, Profile] = {}
    for slug in contents:
        if is_base(slug):
            continue
        try:
            if contents[slug].get("extends") in unreadable:
                continue  # the base's own faults say it
            found[slug] = _checked(slug, contents, paths, context, root)
        except Faults as error:
            faults += error.faults
    return found, sorted(set(faults))


def read_profile(path: Path, *, context: Mapping[str, Any] | None = None, root: Path | None = None) -> Profile:
    """Return one profile, with what it inherits from its own folder; raise Faults."""
    beside = {each.stem: each for each in sorted([*path.parent.glob("*.yml"), *path.parent.glob("*.yaml")])} | {path.stem: path}
    contents: dict[str, dict[str, Any]] = {path.stem: _content(path, shown_path(path, root))}
    pending = [str(contents[path.stem].get("extends") or ""), "_defaults"]
    while pending:
        base = pending.pop()
        if base in beside and base not in contents:
            contents[base] = _content(beside[base], shown_path(beside[base], root))
            pending.append(str(contents[base].get("extends") or ""))
    return _checked(path.stem, contents, beside, context, root)


def _content(path: Path, name: str) -> dict[str, Any]:
    try:
        content = load_plain(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError):
        read_yaml(path, shown=name)  # says what is wrong and where
        # nothing is: the parser in C knows only YAML 1.1, where `{at: 07:00}` needs quotes
        content = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        known = ", ".join(Profile.model_fields)
        raise Faults([Fault(name, 1, 1, f"the file should hold keys and values; known keys: {known}")])
    return content


def _checked(
    slug: str, contents: Mapping[str, Mapping[str, Any]], paths: Mapping[str, Path], context: Mapping[str, Any] | None, root: Path | None
) -> Profile:
    try:
        chain = ancestry(slug, contents)
    except ValueError as error:
        name = shown_path(paths[slug], root)
        raise Faults([Fault(name, *position(read_yaml(paths[slug], shown=name), ["extends"]), str(error))]) from error
    try:
        return Profile.model_validate(inherited(chain, contents), context=dict(context or {}))
    except ValidationError as error:
        raise Faults(_placed(error, chain, contents, paths, root)) from error


def _placed(
    error: ValidationError, chain: list[str], contents: Mapping[str, Mapping[str, Any]], paths: Mapping[str, Path], root: Path | None
) -> list[Fault]:
    by_file: dict[str, list[ErrorDetails]] = {}
    for detail in error.errors(include_url=False):
        slug, where = origin(detail["loc"], chain, contents)
        by_file.setdefault(slug, []).append({**detail, "loc": where})
    faults: list[Fault] = []
    for slug, details in by_file.items():
        name = shown_path(paths[slug], root)
        faults += faults_of(details, read_yaml(paths[slug], shown=name), Profile, name)
    return faults
