"""One reason for every pair of profile and company, in a fixed order; what is told once stays told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from profiles.decide import RULES, History, decide, decide_together
from profiles.leads import leads_after
from profiles.profile import Profile
from store.records import Company, Decision, Lead, Reason, Story
from tests.profiles_factories import MOVES, NOW, company, lead, profile, sighting, story


def judged(
    found: Profile, stories: list[Story], history: History | None = None, who: Company | None = None, now: datetime = NOW, atlas: Any = None
) -> Decision:
    return decide(found, "test", who or company(), stories, history or History(), now, atlas)


IN_MD, IN_CA = company(state="MD"), company(state="California")
# (profile keys, company, stories, history, reason, part of the detail)
REASONS: list[tuple[dict[str, Any], Company, list[Story], History, Reason, str]] = [
    ({}, company(), [story()], History(), Reason.ALERTED, "40 points, 10 above the threshold of 30"),
    # nothing known of the company, or nothing wanted
    ({}, company(), [], History(), Reason.NO_EVENTS, "none of the 1 want is met"),
    ({}, company(), [story("funding")], History(), Reason.NO_EVENTS, ""),
    # a bad sign alone is no event that is wanted
    ({"wants": [{"trigger": "relocation", "weight": 40}, {"trigger": "distress", "weight": -9}]}, company(), [story("distress")], History(), Reason.NO_EVENTS, ""),
    # short, in points
    ({}, company(), [story(days_ago=90)], History(), Reason.BELOW_THRESHOLD, "10 points below the threshold of 30"),
    ({"threshold": 39.7}, company(), [story(days_ago=1.25)], History(), Reason.BELOW_THRESHOLD, "0.08 points below the threshold of 39.7"),
    # exactly on the threshold is enough
    ({"threshold": 40}, company(), [story()], History(), Reason.ALERTED, "0 above"),
    # a required piece is missing, whatever the score
    ({"wants": MOVES, "threshold": 30}, company(), [story()], History(), Reason.REQUIRED_MISSING, "40 of 30 points, but required and missing: executive_change"),
    # the seat outside, inside, and unknown
    ({"where": {"states": ["MD"]}}, IN_CA, [story()], History(), Reason.OUTSIDE_TERRITORY, "the seat, CA, is outside"),
    ({"where": {"states": ["MD"]}}, IN_MD, [story()], History(), Reason.ALERTED, ""),
    ({"where": {"states": ["MD"], "unknown": "fail"}}, company(), [story()], History(), Reason.UNKNOWN_FIRMOGRAPHICS, "not known"),
    ({"where": {"states": ["MD"], "unknown": "pass"}}, company(), [story()], History(), Reason.ALERTED, ""),
    ({"where": {"states": ["MD"], "unknown": "review"}}, company(), [story()], History(), Reason.FOR_REVIEW, "not known"),
    ({"where": {"states": ["MD"]}}, company(), [story()], History(), Reason.FOR_REVIEW, "not known"),
    # a seat abroad is outside though no state is known
    ({"where": {"states": ["MD"]}}, company(country="DE"), [story()], History(), Reason.OUTSIDE_TERRITORY, ""),
    # a move into the territory counts, a move out of it from elsewhere does not, and `match: seat` narrows it
    ({"where": {"states": ["MD"]}}, IN_CA, [story(to="Rockville, Maryland")], History(), Reason.ALERTED, ""),
    ({"where": {"states": ["MD"]}}, IN_CA, [story(**{"from": "Rockville, Maryland"})], History(), Reason.OUTSIDE_TERRITORY, ""),
    ({"where": {"states": ["MD"], "match": "seat"}}, IN_CA, [story(to="Rockville, Maryland")], History(), Reason.OUTSIDE_TERRITORY, ""),
    ({"where": {"states": ["MD"], "match": "event"}}, IN_MD, [story(to="Austin, Texas")], History(), Reason.OUTSIDE_TERRITORY, ""),
    ({"where": {"states": ["MD"], "match": "event", "unknown": "fail"}}, IN_MD, [story()], History(), Reason.UNKNOWN_FIRMOGRAPHICS, "no event says where"),
    # places add up
    ({"where": {"states": ["MD"], "regions": ["West Coast"]}}, IN_CA, [story()], History(), Reason.ALERTED, ""),
    ({"where": {"metros": ["Baltimore"]}}, company(city="Towson", state="MD"), [story()], History(), Reason.ALERTED, ""),
    ({"where": {"metros": ["Baltimore"]}}, company(city="Hagerstown", state="MD"), [story()], History(), Reason.OUTSIDE_TERRITORY, ""),
    ({"where": {"metros": ["Baltimore"]}}, company(city="Cockeysville", state="MD", postal_code="21030"), [story()], History(), Reason.ALERTED, ""),
    ({"where": {"postal": ["20001-20599", "212"]}}, company(postal_code="21202"), [story()], History(), Reason.ALERTED, ""),
    ({"where": {"postal": ["20001-20599", "212"]}}, company(postal_code="20600"), [story()], History(), Reason.OUTSIDE_TERRITORY, ""),
    ({"where": {"cities": ["Portland, OR"]}}, company(city="Portland", state="ME"), [story()], History(), Reason.OUTSIDE_TERRITORY, ""),
    ({"where": {"countries": ["Canada"]}}, company(state="Ontario"), [story()], History(), Reason.ALERTED, ""),
    # firmographics: too small, unknown, by industry
    ({"where": {"employees": {"min": 200}}}, company(employees=199), [story()], History(), Reason.WRONG_FIRMOGRAPHICS, "employees 199 is below 200"),
    ({"where": {"employees": {"min": 200}}}, company(employees=200), [story()], History(), Reason.ALERTED, ""),
    ({"where": {"employees": {"min": 200}}}, company(employees=201, employees_max=500), [story()], History(), Reason.ALERTED, ""),
    ({"where": {"employees": {"min": 600}}}, company(employees=201, employees_max=500), [story()], History(), Reason.WRONG_FIRMOGRAPHICS, ""),
    # a range that lies in the wanted one by half is not known to fit
    ({"where": {"employees": {"min": 300}, "unknown": "fail"}}, company(employees=201, employees_max=500), [story()], History(), Reason.UNKNOWN_FIRMOGRAPHICS, "employees is not known"),
    ({"where": {"employees": {"min": 200}, "unknown": "fail"}}, company(), [story()], History(), Reason.UNKNOWN_FIRMOGRAPHICS, "employees is not known"),
    ({"where": {"industries": {"sic": ["60-67"]}}}, company(sic="6798"), [story()], History(), Reason.ALERTED, ""),
    ({"where": {"industries": {"sic": ["60-67"]}}}, company(sic="7372"), [story()], History(), Reason.WRONG_FIRMOGRAPHICS, "SIC 7372"),
    # a code of three digits has lost its zero: 0100 is farming, not mining
    ({"where": {"industries": {"sic": ["10"]}}}, company(sic="100"), [story()], History(), Reason.WRONG_FIRMOGRAPHICS, ""),
    ({"where": {"industries": {"words": ["software"]}}}, company(sic="7372"), [story()], History(), Reason.ALERTED, ""),
    ({"where": {"public": False}}, company(public=True), [story()], History(), Reason.WRONG_FIRMOGRAPHICS, "its shares are listed"),
    ({"where": {"age": {"max": 10}}}, company(founded=2010), [story()], History(), Reason.WRONG_FIRMOGRAPHICS, "age 14 is above 10"),
    # accounts
    ({}, company(), [story()], History(excluded=frozenset({"acme"})), Reason.EXCLUDED, "list of exclusions"),
    ({}, company(), [story()], History(included=frozenset({"other"})), Reason.NOT_NAMED, "1 named account"),
    ({}, company(), [story()], History(included=frozenset({"acme"})), Reason.ALERTED, ""),
    ({"companies": {"customers": "exclude"}}, company(account="customer"), [story()], History(), Reason.EXCLUDED, "marked customer"),
    ({"companies": {"customers": "only"}}, company(), [story()], History(), Reason.NOT_NAMED, ""),
    ({"companies": {"customers": "only"}}, company(account="customer"), [story()], History(), Reason.ALERTED, ""),
    # the profile's own days
    ({"active": {"from": date(2024, 9, 1)}}, company(), [story()], History(), Reason.INACTIVE, "from 2024-09-01"),
    ({"active": {"until": date(2024, 8, 19)}}, company(), [story()], History(), Reason.INACTIVE, "until 2024-08-19"),
    # the last day is included, and ends by the profile's clock: 06:00 UTC is still the 19th in Los Angeles
    ({"active": {"until": date(2024, 8, 20)}}, company(), [story()], History(), Reason.ALERTED, ""),
    ({"active": {"until": date(2024, 8, 19)}, "time_zone": "America/Los_Angeles"}, company(), [story()], History(), Reason.ALERTED, ""),
    ({"snooze": date(2024, 9, 1)}, company(), [story()], History(), Reason.SNOOZED, "until 2024-09-01"),
    # news begin with the first run; the profile's own `since` goes before it
    ({}, company(), [story(days_ago=3)], History(since=NOW - timedelta(days=1)), Reason.BEFORE_START, "published on 2024-08-17"),
    ({}, company(), [story()], History(since=NOW - timedelta(days=1)), Reason.ALERTED, ""),
    ({"since": date(2024, 8, 1)}, company(), [story(days_ago=3)], History(since=NOW), Reason.ALERTED, ""),
    # something new beside something old: the old counts with it
    ({"wants": MOVES, "threshold": 55}, company(), [story(), story("executive_change", 20, level="c_suite")], History(since=NOW - timedelta(days=1)), Reason.ALERTED, ""),
    # the quota: as good as those sent, better, and with a slot that a withdrawn lead gave back
    ({"limit": {"leads": 1, "per": "quarter"}}, company(), [story()], History(in_window=(lead(of="b", score=40),)), Reason.OVER_QUOTA, "1 lead per quarter"),
    ({"limit": {"leads": 1, "per": "quarter"}}, company(), [story()], History(in_window=(lead(of="b", score=35),)), Reason.FOR_REVIEW, "beats 1 of them"),
    ({"limit": {"leads": 1, "per": "quarter"}}, company(), [story()], History(in_window=(lead(of="b", state="withdrawn"),)), Reason.ALERTED, ""),
    # last quarter's leads and last week's do not count
    ({"limit": {"leads": 1, "per": "quarter"}}, company(), [story()], History(in_window=(lead(of="b", days_ago=60),)), Reason.ALERTED, ""),
    ({"limit": {"leads": 1, "per": "week"}}, company(), [story()], History(in_window=(lead(of="b", days_ago=2),)), Reason.ALERTED, ""),
    # the order: an excluded company outside the territory is excluded
    ({"where": {"states": ["MD"]}}, IN_CA, [story()], History(excluded=frozenset({"acme"})), Reason.EXCLUDED, ""),
    # and one outside the territory with too few points is outside
    ({"where": {"states": ["MD"]}}, IN_CA, [story(days_ago=200)], History(), Reason.OUTSIDE_TERRITORY, ""),
]  # fmt: skip


@pytest.mark.parametrize("keys, who, stories, history, reason, detail", REASONS)
def test_reasons(keys: dict[str, Any], who: Company, stories: list[Story], history: History, reason: Reason, detail: str) -> None:
    found = judged(profile(**keys), stories, history, who)
    assert found.reason is reason, found.detail
    assert detail in found.detail
    assert sum(part.points for part in found.parts) == pytest.approx(found.score)


def test_distance_goes_by_the_atlas() -> None:
    where = {"near": {"place": "Baltimore, MD", "miles": 50}, "unknown": "fail"}
    places = {"Baltimore, MD": (39.29, -76.61), "Washington, DC": (38.91, -77.04), "Richmond, VA": (37.54, -77.44)}
    near = judged(profile(where=where), [story()], who=company(city="Washington", state="DC"), atlas=places.get)
    far = judged(profile(where=where), [story()], who=company(city="Richmond", state="VA"), atlas=places.get)
    unknown = judged(profile(where=where), [story()], who=company(city="Nowhere", state="VA"), atlas=places.get)
    assert [near.reason, far.reason, unknown.reason] == [Reason.ALERTED, Reason.OUTSIDE_TERRITORY, Reason.UNKNOWN_FIRMOGRAPHICS]


def told_lead(found: Profile, stories: list[Story], *, days_ago: float = 10) -> Lead:
    """Return the lead that the profile made of the stories so many days ago."""
    then = NOW - timedelta(days=days_ago)
    decision = judged(found, stories, now=then)
    assert decision.reason is Reason.ALERTED, decision.detail
    return leads_after(found, decision, stories, ())[0]


MOVE_TOLD = story(days_ago=11)
# (profile keys, stories now, changes to the lead of ten days ago, reason, part of the detail)
AFTERWARDS: list[tuple[dict[str, Any], list[Story], dict[str, Any], Reason, str]] = [
    # the same stories again
    ({}, [MOVE_TOLD], {}, Reason.ALREADY_TOLD, "told on 2024-08-10"),
    # a twelfth copy of it is no news
    ({}, [replace(MOVE_TOLD, sightings=(*MOVE_TOLD.sightings, sighting(publisher="Wire Twelve")))], {}, Reason.ALREADY_TOLD, ""),
    # a document that arrived late has renamed the story, whose events were told
    ({}, [replace(MOVE_TOLD, id="renamed")], {}, Reason.ALREADY_TOLD, ""),
    # another move of the company, while the cooldown runs
    ({}, [MOVE_TOLD, story(key="second")], {}, Reason.COOLING_DOWN, "50 days left"),
    # and once it is over
    ({"cooldown": "5d"}, [MOVE_TOLD, story(key="second")], {}, Reason.ALERTED, ""),
    # points up by half: a material change goes out at once
    ({"wants": [{"trigger": "relocation", "weight": 40}, {"trigger": "funding", "weight": 40}]}, [MOVE_TOLD, story("funding")], {}, Reason.REALERTED, "up from"),
    # but not for a profile that wants its peace
    ({"wants": [{"trigger": "relocation", "weight": 40}, {"trigger": "funding", "weight": 40}], "realert": "after_cooldown"}, [MOVE_TOLD, story("funding")], {}, Reason.COOLING_DOWN, ""),
    ({"realert": "never", "cooldown": "5d"}, [MOVE_TOLD, story(key="second")], {}, Reason.ALREADY_TOLD, ""),
    # weights raised after the lead: points up, but nothing new to tell
    ({"wants": [{"trigger": "relocation", "weight": 90}]}, [MOVE_TOLD], {"score": 39.0}, Reason.ALREADY_TOLD, ""),
    # denied and called off: one correction
    ({}, [replace(MOVE_TOLD, status="denied")], {}, Reason.CORRECTED, "the relocation of 2024-08-09 is denied; 0 points are left"),
    ({}, [replace(MOVE_TOLD, status="terminated")], {}, Reason.CORRECTED, ""),
    # even when the company has been excluded since, or the lead accepted
    ({"active": {"until": date(2024, 8, 15)}}, [replace(MOVE_TOLD, status="denied")], {}, Reason.CORRECTED, ""),
    ({}, [replace(MOVE_TOLD, status="denied")], {"state": "accepted"}, Reason.CORRECTED, ""),
    # nobody waits for the correction of a lead that was rejected
    ({}, [replace(MOVE_TOLD, status="denied")], {"state": "rejected"}, Reason.NO_EVENTS, ""),
    # rejected: silent with the same stories, silent in the cooldown, open to new events after it
    ({}, [MOVE_TOLD], {"state": "rejected", "reject_reason": "no budget"}, Reason.REJECTED, "no budget"),
    ({}, [MOVE_TOLD, story(key="second")], {"state": "rejected"}, Reason.REJECTED, "50 days left"),
    ({"cooldown": "5d"}, [MOVE_TOLD, story(key="second")], {"state": "rejected"}, Reason.ALERTED, ""),
    # snoozed, and the snooze over
    ({}, [MOVE_TOLD, story(key="second")], {"state": "snoozed", "snoozed_until": NOW + timedelta(days=5)}, Reason.SNOOZED, "until 2024-08-25"),
    ({}, [MOVE_TOLD], {"state": "snoozed", "snoozed_until": NOW - timedelta(days=1)}, Reason.ALREADY_TOLD, ""),
    # a lead that has decayed below the threshold
    ({}, [replace(MOVE_TOLD, published=NOW - timedelta(days=60), happened=None)], {}, Reason.BELOW_THRESHOLD, ""),
]  # fmt: skip


@pytest.mark.parametrize("keys, stories, changes, reason, detail", AFTERWARDS)
def test_after_a_lead(keys: dict[str, Any], stories: list[Story], changes: dict[str, Any], reason: Reason, detail: str) -> None:
    before = replace(told_lead(profile(), [MOVE_TOLD]), **changes)
    found = judged(profile(**keys), stories, History(leads=(before,), in_window=(before,)))
    assert found.reason is reason, found.detail
    assert detail in found.detail


def test_a_correction_goes_out_once() -> None:
    found = profile()
    before = told_lead(found, [MOVE_TOLD])
    denial = sighting(status="denied", quote="Acme will not move.", published=NOW)
    denied = replace(MOVE_TOLD, status="denied", sightings=(*MOVE_TOLD.sightings, denial))
    correction = judged(found, [denied], History(leads=(before,)))
    assert correction.reason is Reason.CORRECTED
    (after,) = leads_after(found, correction, [denied], [before])
    assert after.id == before.id
    # the denying event joins those told, so that the correction has a key of its own
    assert set(after.event_ids) == {*before.event_ids, denial.event.id}
    assert judged(found, [denied], History(leads=(after,))).reason is not Reason.CORRECTED
    # nothing is left of it, so that it is taken back; unless the rep has taken it
    assert after.state == "withdrawn"
    for state, then in [("snoozed", "withdrawn"), ("accepted", "accepted")]:
        (other,) = leads_after(found, correction, [denied], [replace(before, state=state)])
        assert other.state == then
    # it was no denial after all: the same lead is back
    back = leads_after(found, replace(correction, reason=Reason.REALERTED, story_ids=(MOVE_TOLD.id,)), [MOVE_TOLD], [after])
    assert [(lead.id, lead.state) for lead in back] == [(before.id, "new")]


def test_a_correction_that_leaves_enough_keeps_the_lead() -> None:
    found = profile(wants=[{"trigger": "relocation", "weight": 40}, {"trigger": "funding", "weight": 90}])
    stories = [MOVE_TOLD, story("funding")]
    before = told_lead(found, stories)
    denial = sighting(status="denied", quote="Acme will not move.", published=NOW)
    denied = [replace(MOVE_TOLD, status="denied", sightings=(*MOVE_TOLD.sightings, denial)), stories[1]]
    correction = judged(found, denied, History(leads=(before,)))
    assert correction.reason is Reason.CORRECTED
    assert [lead.state for lead in leads_after(found, correction, denied, [before])] == ["new"]


def test_a_realert_keeps_the_lead_and_a_new_lead_after_the_cooldown_does_not() -> None:
    found = profile(wants=[{"trigger": "relocation", "weight": 40}, {"trigger": "funding", "weight": 40}])
    before = told_lead(found, [MOVE_TOLD])
    stories = [MOVE_TOLD, story("funding")]
    again = judged(found, stories, History(leads=(before,)))
    (same,) = leads_after(found, again, stories, [before])
    assert same.id == before.id
    assert set(same.story_ids) == {item.id for item in stories}
    assert judged(found, stories, History(leads=(same,))).reason is Reason.ALREADY_TOLD
    later = judged(found, stories, History(leads=(before,)), now=NOW + timedelta(days=55))
    assert later.reason is Reason.ALERTED
    assert leads_after(found, later, stories, [before])[0].id != before.id


def test_a_want_for_the_end_gets_no_correction() -> None:
    found = profile(wants=[{"trigger": "relocation", "status": ["announced", "terminated"], "weight": 40}])
    before = told_lead(found, [MOVE_TOLD])
    assert judged(found, [replace(MOVE_TOLD, status="terminated")], History(leads=(before,))).reason is Reason.ALREADY_TOLD


def test_clipping_tells_each_story_once() -> None:
    found = Profile.model_validate({"name": "Clips", "owner": "jane@example.com", "clipping": True})
    first, second = story("partnership", 3), story("funding", status="denied")
    before = told_lead(found, [first], days_ago=2)
    again = judged(found, [first], History(leads=(before,)))
    new = judged(found, [first, second], History(leads=(before,)))
    assert (again.reason, new.reason) == (Reason.ALREADY_TOLD, Reason.ALERTED)
    assert new.story_ids == (second.id,)


def test_the_best_of_one_run_get_the_quota_in_any_order() -> None:
    found = profile(limit={"leads": 2, "per": "month"})
    cases = [(company(name), [story(of=name, days_ago=age)], History()) for name, age in (("a", 30), ("b", 5), ("c", 1), ("d", 20))]
    for order in (cases, cases[::-1], cases[2:] + cases[:2]):
        reasons = {
            who.id: decision.reason for (who, _, _), (decision, _, _) in zip(order, decide_together(found, "test", order, NOW), strict=True)
        }
        assert reasons == {"a": Reason.OVER_QUOTA, "b": Reason.ALERTED, "c": Reason.ALERTED, "d": Reason.OVER_QUOTA}


def test_a_team_shares_its_leads() -> None:
    team = {"members": ["ann@example.com", "bob@example.com"], "assign": "round_robin"}
    cases = [(company(name), [story(of=name)], History()) for name in "abcd"]
    owners = [leads[0].owner for _, leads, _ in decide_together(profile(team=team), "test", cases, NOW)]
    assert sorted(owners) == ["ann@example.com"] * 2 + ["bob@example.com"] * 2
    places = {
        "members": [{"email": "ann@example.com", "states": ["MD"]}, {"email": "bob@example.com", "regions": ["West"]}],
        "assign": "territory",
    }
    seats = [(company("a", state="CA"), [story(of="a")], History()), (company("b", state="TX"), [story(of="b")], History())]
    owners = [leads[0].owner for _, leads, _ in decide_together(profile(team=places), "test", seats, NOW)]
    assert owners == ["bob@example.com", "jane@example.com"]


def test_every_rule_says_in_the_manual_what_it_is() -> None:
    assert all(rule.__doc__ and rule.__doc__.startswith("**") for rule in RULES)
