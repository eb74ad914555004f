"""The JSON Schema of a profile file, for editors: with the kinds and facts that are known, and each key's page of the manual."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from profiles.conditions import CONDITIONS
from profiles.geography import COUNTRY_REGIONS, METROS, REGIONS
from profiles.industries import INDUSTRIES
from profiles.profile import Profile
from profiles.wants import ANY_KIND


def json_schema(kinds: Mapping[str, Collection[str]] | None = None, channels: Collection[str] = ()) -> dict[str, Any]:
    """Return the schema of profiles/*.yml; `kinds` are the facts of every kind, which editors then offer.

    No key is demanded of the file as a whole, since all of them may be inherited; `prospect check` knows what is missing.
    """
    schema: dict[str, Any] = Profile.model_json_schema(by_alias=True)
    definitions: dict[str, Any] = schema["$defs"]
    schema.pop("required", None)
    schema["title"] = "Alert profile"
    schema["properties"]["extends"] = {"type": "string", "description": "The profile to inherit from, by the stem of its file."}
    schema["properties"]["also"] = schema["properties"]["wants"] | {"description": "Wants to add to those inherited."}
    for of, key in CONDITIONS:
        if of in {"place", "company"}:
            definitions["Where"]["properties"][key]["description"] = CONDITIONS[of, key].manual
        elif of == "fact":
            definitions["FactTest"]["properties"][key]["description"] = CONDITIONS[of, key].manual
        elif of == "event":
            definitions["Want"]["properties"][key]["description"] = CONDITIONS[of, key].manual
    _offer(definitions["Where"]["properties"]["regions"], [*REGIONS, *COUNTRY_REGIONS])
    _offer(definitions["Where"]["properties"]["metros"], METROS)
    _offer(definitions["Industries"]["properties"]["words"], INDUSTRIES)
    if channels:
        _offer(definitions["Deliver"]["properties"]["channels"], channels)
    _facts(definitions, kinds)
    _short_forms(definitions)
    return _single_words(schema)  # type: ignore[no-any-return]


def _offer(node: dict[str, Any], words: Collection[str]) -> None:
    """Let an editor offer these words, in whatever case they are typed."""
    for each in [node, *node.get("anyOf", ())]:
        if each.get("type") == "array":
            each["items"] = {"anyOf": [{"enum": sorted(words)}, {"type": "string"}]}


def _facts(definitions: dict[str, Any], kinds: Mapping[str, Collection[str]] | None) -> None:
    test = {"anyOf": [{"$ref": "#/$defs/FactTest"}, {"type": ["string", "number", "boolean"]}, {"type": "array"}]}
    for name in ("Want", "Step"):
        properties = definitions[name]["properties"]
        if kinds is None:
            properties["is"]["additionalProperties"] = test
        else:
            facts = sorted({fact for known in kinds.values() for fact in known})
            properties["is"] |= {"properties": dict.fromkeys(facts, test), "additionalProperties": False}
            properties["trigger"]["items"] = {"enum": sorted([*kinds, ANY_KIND])}
    if kinds is not None:
        definitions["ExampleEvent"]["properties"]["trigger"] = {"enum": sorted(kinds)}
        facts = sorted({fact for known in kinds.values() for fact in known})
        definitions["ExampleEvent"]["properties"] |= {fact: {} for fact in facts if fact not in definitions["ExampleEvent"]["properties"]}
        definitions["ExampleEvent"]["additionalProperties"] = False


def _short_forms(definitions: dict[str, Any]) -> None:
    """Allow what the validators read beside the full form: a bare kind for a step, an address for a member, a name for a CRM."""
    short = {
        "Step": {"type": "string"},
        "Member": {"type": "string"},
        "Crm": {"type": "string"},
        "Sources": {"type": "integer", "minimum": 1},
    }
    for name, form in short.items():
        definitions[name + "Full"] = definitions[name]
        definitions[name] = {"anyOf": [form, {"$ref": f"#/$defs/{name}Full"}]}


def _single_words(node: Any) -> Any:
    """Return the schema with a single word allowed wherever a list of words is."""
    if isinstance(node, list):
        return [_single_words(item) for item in node]
    if not isinstance(node, dict):
        return node
    out = {key: _single_words(value) for key, value in node.items()}
    items = out.get("items")
    if out.get("type") == "array" and isinstance(items, dict) and ("enum" in items or "anyOf" in items or items.get("type") == "string"):
        kept = {key: out[key] for key in ("description", "default", "title") if key in out}
        number = {"type": "number"}  # postal and industry codes are read without quotes too
        many = {key: value for key, value in out.items() if key not in kept}
        many["items"] = {"anyOf": [items, number]}
        return kept | {"anyOf": [items, number, many]}
    return out
