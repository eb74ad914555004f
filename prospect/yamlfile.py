"""Reads a YAML file into a pydantic model and says every fault as `file:line:column: message (did you mean …?)`.

All YAML that people write comes through here: prospect.yml, sources, profiles, kinds, playbooks. The stage packages
own the models and never open files.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import fuzz, process
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from prospect.yamlquick import load_plain, marks

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong in a file; prints as `path:line:column: message`."""

    path: str
    line: int  # from 1; 0 where the whole file is meant
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.message}" if self.line else f"{self.path}: {self.message}"


class Faults(Exception):
    """Everything wrong in the files that were read, in file order; `str` is one fault a line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(faults)
        super().__init__("\n".join(map(str, self.faults)))


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """Return ` (did you mean 'x'?)` for the known word nearest to `word`, or "" when none is near."""
    known = list(known)
    longer = [name for name in known if str(word) in name.split("_")]
    if len(longer) == 1:  # "counties" is "us_counties" rather than "countries"
        return f" (did you mean '{longer[0]}'?)"
    best = process.extractOne(str(word), known, scorer=fuzz.WRatio, score_cutoff=65)
    return f" (did you mean '{best[0]}'?)" if best else ""


def unknown_value(what: str, word: object, known: Iterable[str]) -> str:
    """Return the message for a word that is none of `known`: the nearest one if any is near, else all of them."""
    known = sorted(known)
    hint = did_you_mean(word, known)
    return f"unknown {what} '{word}'" + (hint or f"; known: {', '.join(known) or 'none'}")


def read_yaml(path: Path, *, shown: str | None = None) -> Any:
    """Return the file's content as ruamel's round-trip nodes, which know their lines and columns.

    Raise Faults when the file cannot be opened, is not UTF-8, or is not YAML (a duplicate key is not).
    """
    name = shown or str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Faults([Fault(name, 0, 0, f"not UTF-8 text (byte {error.start}); save it as UTF-8")]) from error
    except OSError as error:
        raise Faults([Fault(name, 0, 0, f"cannot be read: {error.strerror}")]) from error
    try:
        return YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise Faults([Fault(name, line, column, f"not valid YAML: {error.problem}")]) from error
    except YAMLError as error:
        raise Faults([Fault(name, 0, 0, f"not valid YAML: {error}")]) from error


def read_model(
    path: Path,
    model: type[M],
    *,
    context: Mapping[str, Any] | None = None,
    shown: str | None = None,
    stem_key: str | None = None,
    fill: Callable[[str], str] | None = None,
) -> M:
    """Return the file as `model`; `context` reaches its validators, `shown` is the path to print in faults.

    `stem_key` is the field that the file's stem fills: a kind, a source is named by its file, and a file that says
    another name itself is a fault. `fill` rewrites every string before it is checked. Raise Faults with every fault of
    the file.
    """
    given = dict(context or {})
    try:
        # most files are right, and reading them without positions is ten times as fast
        content = plain(load_plain(path.read_text(encoding="utf-8")), fill)
        if isinstance(content, dict) and content.get(stem_key, path.stem) == path.stem:
            return model.model_validate(content | ({stem_key: path.stem} if stem_key else {}), context=given)
    except (OSError, ValueError, YAMLError):
        pass  # read again below, to say what is wrong and where
    name = shown or str(path)
    node = read_yaml(path, shown=shown)
    if not isinstance(node, Mapping):
        known = ", ".join(model.model_fields)
        raise Faults([Fault(name, 1, 1, f"the file should hold keys and values; known keys: {known}")])
    content = plain(node, fill)
    if stem_key:
        said = content.setdefault(stem_key, path.stem)
        if said != path.stem:
            line, column = position(node, [stem_key])
            raise Faults(
                [Fault(name, line, column, f"'{stem_key}' is '{said}', but the file's name says '{path.stem}'; leave the key out")]
            )
    try:
        return model.model_validate(content, context=given)
    except ValidationError as error:
        raise Faults(faults_of(error.errors(include_url=False), node, model, name)) from error


def read_folder(
    folder: Path,
    model: type[M],
    *,
    context: Mapping[str, Any] | None = None,
    stem_key: str | None = None,
    root: Path | None = None,
) -> tuple[dict[str, M], list[Fault]]:
    """Return every *.yml of `folder` by stem, in order of name, and the faults of those that could not be read.

    A folder that does not exist holds none. Paths in faults are shown relative to `root`.
    """
    found: dict[str, M] = {}
    faults: list[Fault] = []
    for path in sorted([*folder.glob("*.yml"), *folder.glob("*.yaml")]):
        try:
            found[path.stem] = read_model(path, model, context=context, shown=shown_path(path, root), stem_key=stem_key)
        except Faults as error:
            faults += error.faults
    return found, faults


def shown_path(path: Path, root: Path | None) -> str:
    """Return `path` as a person in `root` would type it."""
    return str(path.relative_to(root)) if root and path.is_relative_to(root) else str(path)


def plain(node: Any, fill: Callable[[str], str] | None = None) -> Any:
    """Return ruamel's nodes as plain dicts, lists and scalars, which pydantic's strict types accept."""
    if fill and isinstance(node, str):
        return fill(str(node))
    if isinstance(node, Mapping):
        return {str(key) if isinstance(key, str) else key: plain(value, fill) for key, value in node.items()}
    if isinstance(node, Sequence) and not isinstance(node, str | bytes):
        return [plain(value, fill) for value in node]
    if isinstance(node, bool):
        return node  # it is an int too, and would be made 1
    for scalar in (int, float, str):
        # ruamel's ScalarFloat and friends are subclasses that pydantic's JSON schema does not know
        if isinstance(node, scalar) and type(node) is not scalar:
            return bool(node) if type(node).__name__ == "ScalarBoolean" else scalar(node)
    return node


def position(node: Any, where: Sequence[str | int]) -> tuple[int, int]:
    """Return (line, column), from 1, of the key or item at `where`, or of the nearest node around it that exists."""
    line, column = (node.lc.line, node.lc.col) if hasattr(node, "lc") else (0, 0)
    for part in where:
        if not hasattr(node, "lc"):
            break
        try:
            line, column = node.lc.item(part) if isinstance(part, int) else node.lc.key(part)
            node = node[part]
        except (KeyError, IndexError, TypeError):
            # union tags and "function-after[…]" stand in pydantic's path but not in the file
            continue
    return line + 1, column + 1


def positions(path: Path, wanted: Sequence[Sequence[str | int]]) -> list[tuple[int, int]]:
    """Return `position` of each path in a file that was read without fault, in a twentieth of the time where the file is plain."""
    try:
        places = marks(path.read_text(encoding="utf-8-sig"))
    except YAMLError:
        node = read_yaml(path)
        return [position(node, where) for where in wanted]
    found = []
    for where in wanted:
        at: tuple[str | int, ...] = ()
        for part in where:
            at = (*at, part) if (*at, part) in places else at
        line, column = places[at]
        found.append((line + 1, column + 1))
    return found


def without_item(path: Path, where: Sequence[str | int]) -> str | None:
    """Return the file's text without the item at `where`, a key and an index; None where no list of items, a line each, stands there.

    Every other line stays as it was written.
    """
    key, at = where
    node = read_yaml(path)
    items = node.get(key) if isinstance(node, dict) else None
    if not isinstance(items, list) or not isinstance(at, int) or at >= len(items):
        return None
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    starts = [position(node, (key, index))[0] - 1 for index in range(len(items))]
    if len(set(starts)) < len(starts) or not all(lines[start].lstrip().startswith("-") for start in starts):
        return None  # several on one line: [{…}, {…}]
    indent = len(lines[starts[at]]) - len(lines[starts[at]].lstrip())
    end = starts[at] + 1
    while end < len(lines) and (len(lines[end]) - len(lines[end].lstrip())) > indent and lines[end].strip():
        end += 1
    return "".join(lines[: starts[at]] + lines[end:])


def faults_of(details: list[ErrorDetails], node: Any, model: type[BaseModel], name: str) -> list[Fault]:
    """Return one Fault per place and message of the details of a pydantic error on the file's `node`."""
    # a list whose items are all wrong is not "too short" as well
    inner = {detail["loc"][:length] for detail in details for length in range(len(detail["loc"]))}
    details = _meant([detail for detail in details if detail["type"] != "too_short" or detail["loc"] not in inner], node)
    faults: dict[tuple[int, int, str], None] = {}
    for detail in details:
        faults[(*position(node, detail["loc"]), _message(detail, model))] = None
    return [Fault(name, line, column, message) for line, column, message in faults]


def _meant(details: list[ErrorDetails], node: Any) -> list[ErrorDetails]:
    """Return the errors without those of union members that the person did not mean.

    pydantic tries every member of a union and reports the faults of each, below a tag that is no key of the file
    ("Want", "list[str]"). Meant is the member with the fewest faults, one of another shape altogether coming last.
    """
    groups: dict[tuple[str | int, ...], dict[str | int, list[ErrorDetails]]] = {}
    kept = []
    for detail in details:
        at = _tag_at(detail, node)
        if at is None:
            kept.append(detail)
        else:
            groups.setdefault(detail["loc"][:at], {}).setdefault(detail["loc"][at], []).append(detail)
    for before, members in groups.items():
        costs = {
            tag: sum(20 if len(d["loc"]) == len(before) + 1 and d["type"] != "value_error" else 1 for d in found)
            for tag, found in members.items()
        }
        least = min(costs.values())
        chosen = [found for tag, found in members.items() if costs[tag] == least]
        for found in chosen if least >= 20 else chosen[:1]:
            inner = _meant([d | {"loc": before + d["loc"][len(before) + 1 :]} for d in found], node)
            kept += [d | {"loc": (*before, next(tag for tag in members if members[tag] is found), *d["loc"][len(before) :])} for d in inner]
    return kept


def _tag_at(detail: ErrorDetails, root: Any) -> int | None:
    """Return the index of the first part of the error's path that is a union's tag, not a key or item of the file."""
    node: Any = root
    for index, part in enumerate(detail["loc"]):
        last = index == len(detail["loc"]) - 1
        inside = part in node if isinstance(node, Mapping) else isinstance(node, list) and isinstance(part, int) and part < len(node)
        if inside:
            node = node[part]
        elif last and detail["type"] == "missing":
            return None
        else:
            return index
    return None


def _message(detail: ErrorDetails, model: type[BaseModel]) -> str:
    where, kind = detail["loc"], detail["type"]
    key = where[-1] if where else ""
    if kind == "extra_forbidden":
        known = _known_keys(model, where[:-1])
        hint = did_you_mean(key, known)
        return f"unknown key '{key}'" + (hint or (f"; known: {', '.join(known)}" if known else ""))
    if kind == "missing":
        return f"missing key '{key}'"
    if kind in {"literal_error", "enum"}:
        expected = [word.strip(" '\"") for word in str(detail.get("ctx", {}).get("expected", "")).replace(" or ", ",").split(",")]
        return unknown_value("value", detail["input"], [word for word in expected if word])
    if kind == "value_error":
        return str(detail["ctx"]["error"])  # our own validators word it for the user
    shown = repr(detail["input"])
    return f"{_key_in(where)}{detail['msg'][0].lower()}{detail['msg'][1:]}, not {shown if len(shown) < 60 else shown[:57] + '…'}"


def _key_in(where: Sequence[str | int]) -> str:
    named = [part for part in where if isinstance(part, str) and part.isidentifier()]
    return f"'{named[-1]}': " if named else ""


def _known_keys(model: type[BaseModel], where: Sequence[str | int]) -> list[str]:
    """Return the keys of the model(s) that stand at `where` below `model`."""
    models = [model]
    for part in where:
        if not isinstance(part, str):
            continue
        fields = [m.model_fields[part].annotation for m in models if part in m.model_fields]
        if not fields:  # a key written by its alias, or a union tag such as 'Want'
            fields = [
                info.annotation for m in models for info in m.model_fields.values() if info.alias == part or info.validation_alias == part
            ]
        if fields:
            models = [inner for annotation in fields for inner in _models_in(annotation)] or models
        else:
            named = [m for m in models if m.__name__ == part]
            models = named or models
    keys: dict[str, None] = {}
    for m in models:
        for field_name, info in m.model_fields.items():
            keys[info.alias or field_name] = None
    return list(keys)


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias) and issubclass(annotation, BaseModel):
        return [annotation]
    if isinstance(annotation, typing.TypeAliasType) if hasattr(typing, "TypeAliasType") else False:
        return _models_in(annotation.__value__)
    return [m for inner in typing.get_args(annotation) for m in _models_in(inner)]
