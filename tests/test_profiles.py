"""Profile files: what is wrong in one is said with its line, its column and the cure; all of it at once."""

from __future__ import annotations

import string
from itertools import combinations
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from ruamel.yaml import YAML

from profiles.conditions import CONDITIONS
from profiles.profile import Profile
from profiles.times import read_digest, read_duration, window_start
from profiles.wants import FactTest, Step
from profiles.where import COMPANY_KEYS, PLACE_KEYS, Where
from prospect.yamlfile import Faults, read_model
from tests.profiles_factories import CONTEXT, NOW
from tests.test_profiles_examples import SHIPPED

GOOD = """\
name: HQ moves
owner: jane@example.com
where: {states: [MD, VA], employees: {min: 200}}
wants:
  - {trigger: executive_change, is: {level: c_suite}, within: 120d, weight: 40, required: true}
  - {trigger: relocation, status: [planned], weight: 40}
  - {then: [executive_change, relocation], within: 90d, weight: 15}
half_life: 90d
threshold: 55
deliver: {email: immediately}
examples:
  - {name: a move, events: [{trigger: relocation, days_ago: 3, status: planned}], alerts: false}
"""
# (written instead of, this, the fault)
FAULTS = [
    # keys at every depth
    ("threshold:", "treshold:", "9:1: unknown key 'treshold' (did you mean 'threshold'?)"),
    ("weight: 40, req", "wieght: 40, req", "5:69: unknown key 'wieght' (did you mean 'weight'?)"),
    ("{min:", "{mim:", "3:39: unknown key 'mim' (did you mean 'min'?)"),
    ("{then:", "{than:", "7:5: unknown key 'than' (did you mean 'then'?)"),
    ("{email:", "{emial:", "10:11: unknown key 'emial' (did you mean 'email'?)"),
    ("alerts:", "alert:", "12:83: unknown key 'alert' (did you mean 'alerts'?)"),
    # words of the catalogue
    ("trigger: relocation, status", "trigger: relocaton, status", "6:6: unknown trigger 'relocaton' (did you mean 'relocation'?)"),
    ("[executive_change, relocation]", "[executive_change, relocation, fundin]", "7:43: unknown trigger 'fundin' (did you mean 'funding'?)"),
    ("is: {level", "is: {levle", "5:33: unknown fact 'levle' (did you mean 'level'?) of trigger 'executive_change'"),
    ("c_suite", "c_suit", "5:33: unknown value 'c_suit' (did you mean 'c_suite'?) of fact 'level'"),
    ("[planned]", "[planed]", "6:36: unknown status 'planed' (did you mean 'planned'?)"),
    ("status: planned}", "status: planed}", "12:64: unknown status 'planed' (did you mean 'planned'?)"),
    ("days_ago: 3,", "days_ago: 3, form: A,", "12:29: unknown key or fact of trigger 'relocation' 'form' (did you mean 'from'?)"),
    # places
    ("[MD, VA]", "[MD, Virgina]", "3:22: unknown state 'Virgina' (did you mean 'Virginia'?)"),
    ("states: [MD, VA]", "regions: [New Englnd]", "3:19: unknown region 'New Englnd' (did you mean 'new england'?)"),
    ("states: [MD, VA]", "countries: [Germny]", "3:21: unknown country 'Germny' (did you mean 'Germany'?)"),
    ("states: [MD, VA]", "countries: [US], states: [MD]", "3:26: 'countries: [US]' already holds every state of it, MD too; leave out one of the two"),
    ("states: [MD, VA]", "counties: [Fairfax]", "3:9: unknown key 'counties' (did you mean 'us_counties'?)"),
    ("states: [MD, VA]", "metros: [Bostn]", "3:18: unknown metro 'Bostn' (did you mean 'boston'?)"),
    ("states: [MD, VA]", "industries: {words: [sofware]}", "3:22: unknown industry 'sofware' (did you mean 'software'?)"),
    ("states: [MD, VA]", 'industries: {sic: ["67-60"]}', "3:28: '67-60' is no range; both ends have the same number of digits and the lower comes first, 60-67"),
    ("states: [MD, VA]", "near: {place: Baltimore}", "3:9: 'near' needs either 'miles' or 'km'"),
    # quantities
    ("120d", "120", "5:55: '120' needs a unit: 120d for days, 120h for hours, 120w for weeks"),
    ("120d", "3m", "5:55: '3m' has the unit 'm'; known units: h, d, w, y (write three months as 90d)"),
    ("120d", "soon", "5:55: 'soon' is no length of time; write it like 120d, 6h, 2w or 1y"),
    ("half_life: 90d", "half_life: 0d", "8:1: the half-life must be longer than nothing; write it like 90d"),
    ("threshold: 55", "threshold: 96", "9:1: the threshold of 96 can never be reached: all wants together give 95 points; lower it to 95 or less, or raise the weights"),
    ("min: 200", "min: 200, max: 100", "3:27: min 200 is above max 100: no company can meet both"),
    ("weight: 40, required: true", "weight: -40, required: true", "4:1: a want with a negative weight cannot be required; use 'none' in a combination to demand its absence"),
    # people and times
    ("jane@example.com", "jane", "2:1: 'jane' is no e-mail address; write it like jane@example.com"),
    ("immediately", "mondays 7", "10:11: 'mondays 7' is no time to deliver; write immediately, never, or a digest time like mon 07:00 America/New_York"),
    ("immediately", "mon 07:00 America/NewYork", "10:11: unknown time zone 'America/NewYork' (did you mean 'America/New_York'?)"),
    ("immediately", "mno 07:00", "10:11: unknown weekday 'mno' (did you mean 'mon'?)"),
    # missing ones
    ("owner: jane@example.com\n", "", "1:1: missing key 'owner'"),
    (", weight: 15", "", "7:5: missing key 'weight'"),
]  # fmt: skip


def faults_of(text: str, folder: Path) -> list[str]:
    path = folder / "jane.yml"
    path.write_text(text, encoding="utf-8")
    try:
        read_model(path, Profile, context=CONTEXT, shown="jane.yml")
    except Faults as faults:
        return [str(fault) for fault in faults.faults]
    return []


@pytest.mark.parametrize("right, wrong, fault", FAULTS, ids=[fault for *_, fault in FAULTS])
def test_faults_have_place_and_cure(right: str, wrong: str, fault: str, tmp_path: Path) -> None:
    assert right in GOOD
    assert faults_of(GOOD, tmp_path) == []
    assert f"jane.yml:{fault}" in faults_of(GOOD.replace(right, wrong, 1), tmp_path)


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("[MD, VA]", "[MX]").replace("90d, weight: 15", "90, weight: 15").replace("owner:", "ovner:")
    found = faults_of(text, tmp_path)
    assert [fault.split(":")[1] for fault in found] == ["1", "2", "3", "7"]


def _models(model: type[BaseModel], seen: set[type[BaseModel]]) -> set[type[BaseModel]]:
    if model not in seen:
        seen.add(model)
        pending = [info.annotation for info in model.model_fields.values()]
        while pending:
            annotation = pending.pop()
            if isinstance(annotation, type) and issubclass(annotation, BaseModel):
                _models(annotation, seen)
            pending += [*get_args(annotation), *getattr(annotation, "__metadata__", ())]
    return seen


def test_no_two_keys_of_one_mapping_are_one_letter_apart() -> None:
    """Else a slip of the finger would turn one key into another that is valid too."""
    for model in _models(Profile, set()):
        keys = [info.alias or name for name, info in model.model_fields.items()]
        assert not [pair for pair in combinations(keys, 2) if pair[1] in _one_letter_off(pair[0], string.ascii_lowercase + "_")], model


def _one_letter_off(key: str, letters: str) -> set[str]:
    cuts = [(key[:at], key[at:]) for at in range(len(key) + 1)]
    out = {left + right[1:] for left, right in cuts if right}
    out |= {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    out |= {left + letter + right[1:] for left, right in cuts if right for letter in letters}
    out |= {left + letter + right for left, right in cuts for letter in letters}
    return out - {key, ""}


def _keys_below(node: Any, way: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    if isinstance(node, dict):
        return [found for key, value in node.items() for found in ((*way, key), *_keys_below(value, (*way, key)))]
    if isinstance(node, list):
        return [found for at, value in enumerate(node) for found in _keys_below(value, (*way, at))]
    return []


def _mutants_that_pass(letters: str) -> list[tuple[tuple[str | int, ...], str]]:
    """Return every key of the profiles that ship, each place once, that is still read with one letter off."""
    tried: set[tuple[str, ...]] = set()
    passed = []
    for path in SHIPPED:
        content = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        for way in _keys_below(content):
            place = tuple(step for step in way if isinstance(step, str))
            if place in tried:
                continue
            tried.add(place)
            for mutant in sorted(_one_letter_off(str(way[-1]), letters)):
                if not _still_right(content, way, mutant) and _valid(_renamed(content, way, mutant)):
                    passed.append((way, mutant))
    assert len(tried) > 50
    return passed


def test_one_letter_off_in_any_key_is_refused() -> None:
    """A letter dropped, swapped with its neighbour, replaced or added, in every key of every profile that ships."""
    assert _mutants_that_pass("eat") == []


@pytest.mark.proof
def test_any_letter_off_in_any_key_is_refused() -> None:
    assert _mutants_that_pass(string.ascii_lowercase + "_") == []


def _still_right(content: Any, way: tuple[str | int, ...], mutant: str) -> bool:
    """A fact of another name that the kind really has is no slip."""
    node = content
    for step in way[:-1]:
        node = node[step]
    kinds = node.get("trigger") if isinstance(node, dict) else None
    return isinstance(kinds, str) and mutant in CONTEXT["kinds"].get(kinds, ())


def _renamed(content: Any, way: tuple[str | int, ...], mutant: str) -> Any:
    if not way:
        return content
    step, rest = way[0], way[1:]
    if isinstance(content, list):
        return [_renamed(value, rest, mutant) if at == step else value for at, value in enumerate(content)]
    return {
        (mutant if key == step and not rest else key): (_renamed(value, rest, mutant) if key == step and rest else value)
        for key, value in content.items()
    }


def _valid(content: Any) -> bool:
    try:
        Profile.model_validate(content, context=CONTEXT)
    except ValueError:
        return False
    return True


def test_every_key_with_a_condition_has_a_function_and_every_function_a_key() -> None:
    def keys(model: type[BaseModel]) -> set[str]:
        return {info.alias or name for name, info in model.model_fields.items()}

    sections: dict[str, set[str]] = {}
    for section, key in CONDITIONS:
        sections.setdefault(section, set()).add(key)
    assert sections["place"] == set(PLACE_KEYS)
    assert sections["company"] == set(COMPANY_KEYS)
    assert keys(Where) == {*PLACE_KEYS, *COMPANY_KEYS, "match", "unknown"}
    assert sections["fact"] == keys(FactTest)
    assert sections["event"] >= keys(Step)
    assert all(condition.manual for condition in CONDITIONS.values())


# (text, days) of lengths of time
DURATIONS = [("120d", 120), ("2w", 14), ("6h", 0.25), ("1y", 365), ("1.5d", 1.5), (" 30 D ", 30)]


@pytest.mark.parametrize("text, days", DURATIONS)
def test_durations(text: str, days: float) -> None:
    assert read_duration(text).total_seconds() == days * 86400


# (digest, moment, next time in UTC); New York is five hours behind in winter, four in summer
DIGESTS = [
    ("mon 07:00 America/New_York", "2024-08-20T06:00", "2024-08-26T11:00"),
    ("07:00 America/New_York", "2024-08-20T06:00", "2024-08-20T11:00"),
    # due this very minute
    ("tue 06:00", "2024-08-20T06:00", "2024-08-20T06:00"),
    # a minute late: in a week
    ("tue 06:00", "2024-08-20T06:01", "2024-08-27T06:00"),
    ("mon,thu 7:30", "2024-08-20T06:00", "2024-08-22T07:30"),
    # over the change of clocks
    ("sun 07:00 America/New_York", "2024-11-02T12:00", "2024-11-03T12:00"),
]


@pytest.mark.parametrize("text, moment, due", DIGESTS)
def test_digest_times(text: str, moment: str, due: str) -> None:
    now = NOW.fromisoformat(f"{moment}+00:00")
    assert read_digest(text).after(now, "UTC").isoformat()[:16] == due


# (per, zone, beginning in UTC) of the window that 2024-08-20 06:00 UTC lies in
WINDOWS = [
    ("week", "UTC", "2024-08-19T00:00"),
    ("month", "UTC", "2024-08-01T00:00"),
    ("quarter", "UTC", "2024-07-01T00:00"),
    ("quarter", "America/New_York", "2024-07-01T04:00"),
]


@pytest.mark.parametrize("per, zone, start", WINDOWS)
def test_quota_windows(per: str, zone: str, start: str) -> None:
    assert window_start(NOW, per, zone).isoformat()[:16] == start
