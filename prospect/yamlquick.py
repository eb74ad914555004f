"""Reads the YAML of most files in a fraction of the time: the parser in C, and plain values made of its events.

Whatever is not plain (anchors, tags, merge keys, two equal keys, a key that is no scalar) is ruamel's to read or to refuse; scalars are
always resolved by ruamel's own rules, so both ways read the same.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]  # the compiled module has no stubs
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent, SequenceStartEvent, StreamEndEvent
from ruamel.yaml.nodes import ScalarNode


class _NotPlain(YAMLError):
    """The file holds something that is left to ruamel."""


def load_plain(text: str) -> Any:
    """Return the one document of `text` as dicts, lists and scalars; raise ruamel's YAMLError where it is none."""
    try:
        parser = CParser(text)
        parser.get_event()  # of the stream
        parser.get_event()  # of the document
        found = _value(parser, parser.get_event())
        parser.get_event()
        if isinstance(parser.get_event(), StreamEndEvent):
            return found
    except YAMLError:
        pass  # ruamel says why, or reads it
    return YAML(typ="safe").load(text)


def _value(parser: Any, event: Any) -> Any:
    kind = type(event)
    if kind is ScalarEvent:
        if event.anchor is not None or event.tag is not None:
            raise _NotPlain
        return _scalar(event.value) if event.implicit[0] else event.value
    if (kind is not MappingStartEvent and kind is not SequenceStartEvent) or event.anchor is not None or event.tag is not None:
        raise _NotPlain
    get = parser.get_event
    if kind is SequenceStartEvent:
        items = []
        while type(event := get()) is not SequenceEndEvent:
            items.append(_value(parser, event))
        return items
    found: dict[Any, Any] = {}
    while type(event := get()) is not MappingEndEvent:
        if type(event) is not ScalarEvent:
            raise _NotPlain
        key = _value(parser, event)
        if key in found or key == "<<":
            raise _NotPlain
        found[key] = _value(parser, get())
    return found


def marks(text: str) -> dict[tuple[str | int, ...], tuple[int, int]]:
    """Return where the document, each key and each item of a plain document stands: its path, and (line, column), from 0.

    Raise ruamel's YAMLError where the document is not plain: `prospect.yamlfile.position` knows the places of any other.
    """
    parser = CParser(text)
    parser.get_event()
    parser.get_event()
    root = parser.get_event()
    found: dict[tuple[str | int, ...], tuple[int, int]] = {(): (root.start_mark.line, root.start_mark.column)}
    _mark(parser, root, (), found)
    return found


def _mark(parser: Any, event: Any, path: tuple[str | int, ...], found: dict[tuple[str | int, ...], tuple[int, int]]) -> None:
    if event.anchor is not None or (type(event) is ScalarEvent and event.value == "<<"):
        raise _NotPlain
    if type(event) is SequenceStartEvent:
        at = 0
        while type(event := parser.get_event()) is not SequenceEndEvent:
            found[*path, at] = (event.start_mark.line, event.start_mark.column)
            _mark(parser, event, (*path, at), found)
            at += 1
    elif type(event) is MappingStartEvent:
        while type(event := parser.get_event()) is not MappingEndEvent:
            if type(event) is not ScalarEvent:
                raise _NotPlain
            found[*path, event.value] = (event.start_mark.line, event.start_mark.column)
            _mark(parser, parser.get_event(), (*path, event.value), found)


@cache
def _ruamel() -> tuple[Any, Any, frozenset[str]]:
    """Return ruamel's resolver and constructor, and the characters with which a scalar begins that may be no text."""
    reader = YAML(typ="safe", pure=True)
    resolver = reader.resolver
    return resolver, reader.constructor, frozenset(map(str, resolver.versioned_resolver))


@lru_cache(maxsize=65536)
def _scalar(text: str) -> Any:
    """Return what a scalar without quotes means: text, a number, true, nothing, a day."""
    resolver, constructor, beginnings = _ruamel()
    if text[:1] not in beginnings:
        return text
    return constructor.construct_document(ScalarNode(resolver.resolve(ScalarNode, text, (True, False)), text))
