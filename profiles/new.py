"""Writes a new profile: commented YAML that passes `prospect check`, with the five cases of every pair of required events."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from profiles.examples import run_example
from profiles.profile import Example, Profile
from profiles.times import duration_text, read_duration
from profiles.wants import ANY_KIND, FactTest, Want
from profiles.wording import listed
from store.records import Reason


@dataclass(frozen=True)
class Wish:
    """One event that the rep asked for."""

    trigger: str
    facts: Mapping[str, Sequence[str]]  # fact -> words, any of them
    status: Sequence[str] = ()
    required: bool = True


@dataclass(frozen=True)
class Answers:
    """What `prospect profile new` asked, or was told by flags."""

    name: str
    owner: str
    wishes: Sequence[Wish]
    states: Sequence[str] = ()
    regions: Sequence[str] = ()
    employees_min: int | None = None
    accounts: str | None = None  # a file of named accounts
    within: str = "120d"
    half_life: str = "90d"
    leads: int | None = None  # a quarter
    email: str = "immediately"


def new_profile(answers: Answers) -> str:
    """Return the YAML of a profile for these answers; raise ValueError or pydantic's error for answers that cannot be meant.

    The weights share a hundred points; the threshold is what all required events give when they are half a half-life old.
    """
    if not answers.wishes:
        raise ValueError("a profile needs at least one trigger")
    required = [wish for wish in answers.wishes if wish.required] or list(answers.wishes)
    weight = round(80 / max(1, len(required)))
    wants: list[dict[str, Any]] = []
    for wish in answers.wishes:
        want: dict[str, Any] = {"trigger": wish.trigger}
        if wish.facts:
            want["is"] = {fact: words[0] if len(words) == 1 else list(words) for fact, words in wish.facts.items()}
        if wish.status:
            want["status"] = list(wish.status)
        needed = wish.required and any(other.required for other in answers.wishes)
        want |= {"within": answers.within, "weight": weight if wish in required else 20}
        wants.append(want | ({"required": True} if needed else {}))
    threshold = max(1, int(weight * len([want for want in wants if want.get("required")] or wants[:1]) * 0.7))
    content: dict[str, Any] = {"name": answers.name, "owner": answers.owner}
    where: dict[str, Any] = {}
    if answers.states:
        where["states"] = list(answers.states)
    if answers.regions:
        where["regions"] = list(answers.regions)
    if answers.employees_min is not None:
        where["employees"] = {"min": answers.employees_min}
    if where:
        content["where"] = where | {"unknown": "review"}
    if answers.accounts:
        content["companies"] = {"include": answers.accounts}
    content |= {"wants": wants, "half_life": answers.half_life, "threshold": threshold}
    if answers.leads is not None:
        content["limit"] = {"leads": answers.leads, "per": "quarter"}
    content |= {"cooldown": "60d", "deliver": {"email": answers.email}}
    profile = Profile.model_validate(content)
    return _written(content, five_cases(profile))


def five_cases(profile: Profile) -> list[dict[str, Any]]:
    """Return the examples that hold a profile in place: of each required pair both, the first alone, the second alone, one of another
    company, one outside its window; of a single required event the same without the pair.

    Where nothing is required the first want stands for it. `alerts` is what the profile does with each case.
    """
    single = [want for want in profile.wants if isinstance(want, Want) and want.weight >= 0 and want.times == 1]
    required = [want for want in single if want.required] or single[:1]
    if not required:
        return []
    if len(required) == 1:
        (only,) = required
        name = _name(only)
        cases = [(name, [_event(only, 1)]), (f"{name} of another company", [_event(only, 1) | {"other_company": True}])]
        cases += _too_old(only, name, [])
        return [_example(profile, *case) for case in cases]
    out: list[dict[str, Any]] = []
    for first, second in ((required[at], other) for at in range(len(required)) for other in required[at + 1 :]):
        others = [_event(want, 2) for want in required if want is not first and want is not second]
        one, two = _name(first), _name(second)
        if one == two:
            two = f"another {two}"
        cases = [
            (f"{one} and {two}", [_event(first, 5), _event(second, 1), *others]),
            (f"{one} alone, without {two}", [_event(first, 1), *others]),
            (f"{two} alone, without {one}", [_event(second, 1), *others]),
            (f"{two}, and {one} of another company", [_event(first, 5) | {"other_company": True}, _event(second, 1), *others]),
        ]
        cases += _too_old(first, one, [_event(second, 1), *others]) or _too_old(second, two, [_event(first, 1), *others])
        out += [_example(profile, *case) for case in cases]
    return out


def _too_old(want: Want, name: str, others: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    if want.within is None:
        return []
    days = want.within / timedelta(days=1) + 1
    return [(f"{name} outside its window of {duration_text(want.within)}", [_event(want, int(days) if days % 1 == 0 else days), *others])]


def _name(want: Want) -> str:
    kind = listed(want.trigger, "or") if ANY_KIND not in want.trigger else "event"
    words = [word for test in want.is_.values() for word in (test.any_of or ())[:1]]
    return f"{kind.replace('_', ' ')}" + (f" ({', '.join(words)})" if words else "")


def _event(want: Want, days_ago: float) -> dict[str, Any]:
    kind = want.trigger[0] if want.trigger[0] != ANY_KIND else "executive_change"
    event: dict[str, Any] = {"trigger": kind, "days_ago": days_ago}
    if want.status:
        event["status"] = want.status[0]
    if want.sources:
        event["sources"] = want.sources.at_least
    return event | {fact: word for fact, test in want.is_.items() if (word := _fitting(test)) is not None}


def _fitting(test: FactTest) -> str | float | None:
    """Return a word that meets the test; None where none can be made up, as for a pattern."""
    if test.any_of:
        return test.any_of[0]
    if test.at_least is not None:
        return test.at_least
    if test.at_most is not None:
        return test.at_most
    if test.in_:
        return test.in_[0].removeprefix("country ")
    return None


def _example(profile: Profile, name: str, events: list[dict[str, Any]]) -> dict[str, Any]:
    written = {"name": name, "events": events, "alerts": True}
    decision = run_example(profile, "new", Example.model_validate(written))
    return written | {"alerts": decision.reason is Reason.ALERTED}


COMMENTS = {
    "where": "the company's seat, or the event's own place; unknown: pass, fail or review",
    "companies": "named accounts: no other company is looked at",
    "wants": "every point is weight × confidence × status × decay; required: without it no alert",
    "half_life": "after this time an event counts half",
    "threshold": "the points that make an alert; `prospect suggest` finds one for a wanted number of leads",
    "limit": "the best of them; better ones that come late are held for review",
    "cooldown": "no second alert of the same company for this long",
    "deliver": "or a digest: mon 07:00 America/New_York",
    "examples": "run by `prospect check`: change them with the profile",
}


def _written(content: Mapping[str, Any], examples: Sequence[Mapping[str, Any]]) -> str:
    lines = [
        "# The whole language is in docs/profiles.md; `prospect check` reads this file, `prospect backtest` shows what it would have sent."
    ]
    for key, value in content.items():
        comment = f"  # {COMMENTS[key]}" if key in COMMENTS else ""
        if isinstance(value, list):
            lines.append(f"{key}:{comment}")
            lines += [f"  - {_flow(item)}" for item in value]
        else:
            lines.append(f"{key}: {_flow(value)}{comment}")
    lines.append(f"examples:  # {COMMENTS['examples']}")
    for example in examples:
        lines += [f"  - name: {_flow(example['name'])}", "    events:"]
        lines += [f"      - {_flow(event)}" for event in example["events"]]
        lines.append(f"    alerts: {_flow(example['alerts'])}")
    return "\n".join(lines) + "\n"


_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./ @")


def _flow(value: Any) -> str:
    """Return the value in YAML's flow style, text quoted where it could be read otherwise."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    if isinstance(value, str):
        # what may be read as a number, a date or a word of YAML is quoted
        bare = (
            set(value) <= _PLAIN
            and value[:1].isalpha()
            and value.strip() == value
            and value.lower() not in {"true", "false", "null", "yes", "no", "on", "off"}
        )
        return value if bare or _is_duration(value) else json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return "true" if value else "false"
    return (
        f"{value:g}"
        if isinstance(value, float) and abs(value) < 1e6
        else str(int(value) if isinstance(value, float) and value % 1 == 0 else value)
    )


def _is_duration(text: str) -> bool:
    try:
        return bool(read_duration(text))
    except ValueError:
        return False
