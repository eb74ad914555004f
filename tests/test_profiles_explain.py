"""Explanations: per want met, decayed or missing, by how many points; territory, accounts, news, cooldown and quota."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from profiles.decide import History
from profiles.explain import explain
from store.records import Company, Reason, Story
from tests.profiles_factories import NOW, company, lead, profile, story

MOVE = {"trigger": "relocation", "weight": 40}
CHIEF = {"trigger": "executive_change", "is": {"level": "c_suite"}, "within": "120d", "weight": 40, "required": True}
# (profile keys, company, stories, history, about, mark, part of the line)
LINES: list[tuple[dict[str, Any], Company, list[Story], History, str, str, str]] = [
    # wants: met with its sum, faded, and missing with what came near
    ({}, company(), [story(days_ago=18)], History(), "want", "met", "relocation, weight 40: 34.82 points = 40 × 1 confidence × 1 announced × 0.87 after 18 days (5.18 points lost to age)"),
    ({}, company(), [story(days_ago=100)], History(), "want", "decayed", "(21.48 points lost to age)"),
    ({"wants": [CHIEF, MOVE]}, company(), [story()], History(), "want", "missing", "required: executive_change (level c_suite) within 120d, weight 40: no executive_change is known of this company"),
    ({"wants": [CHIEF, MOVE]}, company(), [story("executive_change", 130, level="c_suite")], History(), "want", "missing", "is 130 days old, 10 days beyond 120 days"),
    # the sum: how long it holds, and what is missing
    ({}, company(), [story()], History(), "sum", "met", "40 points of 30; with nothing new they fall below on 2024-09-27"),
    ({}, company(), [story(days_ago=90)], History(), "sum", "missing", "20 points of 30: 10 points missing"),
    ({"wants": [MOVE, {"trigger": "funding", "weight": 9}, {"trigger": "ipo", "weight": 20}]}, company(), [story(days_ago=90)], History(), "sum", "missing", "10 points missing; ipo, weight 20 would do"),
    # territory and company
    ({"where": {"states": ["MD"]}}, company(state="MD"), [story()], History(), "territory", "ok", "the seat, MD, is in the territory"),
    ({"where": {"states": ["MD"]}}, company(state="CA"), [story()], History(), "territory", "stop", "the seat, CA, is outside"),
    ({"where": {"states": ["MD"]}}, company(), [story()], History(), "territory", "unknown", "not known"),
    ({"where": {"employees": {"min": 9}}}, company(employees=5), [story()], History(), "company", "stop", "employees 5 is below 9"),
    ({"where": {"employees": {"min": 9}, "unknown": "fail"}}, company(), [story()], History(), "company", "unknown", "employees is not known (unknown: fail)"),
    # accounts
    ({}, company(), [story()], History(excluded=frozenset({"acme"})), "account", "stop", "on the list of exclusions"),
    ({}, company(), [story()], History(included=frozenset({"x", "y"})), "account", "stop", "none of the 2 named accounts"),
    ({}, company(account="customer"), [story()], History(), "account", "ok", "customer in the CRM"),
    # when news begin
    ({}, company(), [story(days_ago=5)], History(since=NOW), "news", "stop", "all that counts is older"),
    # what was told
    ({}, company(), [story()], History(leads=(lead(days_ago=10),)), "cooldown", "stop", "told on 2024-08-10 with 40 points, now new; the cooldown of 60d has 50 days left"),
    ({}, company(), [story()], History(leads=(lead(days_ago=70),)), "cooldown", "ok", "told on 2024-06-11"),
    ({}, company(), [story()], History(leads=(lead(state="snoozed", snoozed_until=NOW + timedelta(days=3)),)), "cooldown", "stop", "until 2024-08-23"),
    # the quota
    ({"limit": {"leads": 2, "per": "quarter"}}, company(), [story()], History(in_window=(lead(of="b"),)), "quota", "ok", "1 of 2 leads used since 2024-07-01"),
    ({"limit": {"leads": 1, "per": "quarter"}}, company(), [story()], History(in_window=(lead(of="b"),)), "quota", "stop", "1 of 1 lead used"),
]  # fmt: skip


@pytest.mark.parametrize("keys, who, stories, history, about, mark, words", LINES)
def test_lines(keys: dict[str, Any], who: Company, stories: list[Story], history: History, about: str, mark: str, words: str) -> None:
    found = explain(profile(**keys), "test", who, stories, history, NOW)
    assert any(line.about == about and line.mark == mark and words in line.text for line in found.lines), str(found)


def test_every_point_cites_its_sentence_and_address() -> None:
    told = story(days_ago=3)
    found = explain(profile(), "test", company(name="Acme Corp"), [told], History(), NOW)
    assert found.decision.reason is Reason.ALERTED
    assert found.headline == "Acme Corp: alerted: 39.09 points, 9.09 above the threshold of 30"
    (line,) = [line for line in found.lines if line.points and line.about == "want"]
    assert line.evidence == told.sightings[:1]
    assert "“Acme will move.” https://example.com/" in str(found)
    assert sum(line.points for line in found.lines if line.about == "want") == found.decision.score
