"""What must hold for any profile, any company and any order of arrival."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from enrichment.stories import tell_stories
from profiles.backtest import Accounts, backtest, daily
from profiles.decide import History, decide, decide_together
from profiles.index import ProfileIndex
from profiles.profile import Profile
from profiles.scoring import score
from store.records import Company, Lead, Reason, Sighting, Story, fingerprint
from tests.profiles_factories import CONTEXT, NOW, company, lead, story
from tests.profiles_worlds import KINDS, OFTEN, busy_world

COMMON = settings(max_examples=60)
STATUSES = ["rumored", "planned", "announced", "completed", "terminated", "denied"]
STATES = ["MD", "CA", "TX", None]

kinds = st.sampled_from(KINDS)
lengths = st.sampled_from(["10d", "60d", "200d"])
weights = st.integers(1, 50)
steps = st.one_of(kinds, st.fixed_dictionaries({"trigger": kinds, "status": st.sampled_from(STATUSES)}))
events = st.fixed_dictionaries(
    {"trigger": kinds, "weight": weights},
    optional={
        "within": lengths,
        "half_life": lengths,
        "required": st.sampled_from([False, False, True]),
        "status": st.lists(st.sampled_from(STATUSES), min_size=1, unique=True),
        "count": st.sampled_from(["best", "each"]),
        "sources": st.integers(1, 2),
    },
)
wants = st.one_of(
    events,
    st.fixed_dictionaries({"trigger": kinds, "weight": st.integers(-50, -1)}),
    st.fixed_dictionaries({"then": st.lists(steps, min_size=2, max_size=3), "within": lengths, "weight": weights}),
    st.fixed_dictionaries(
        {"all": st.lists(steps, min_size=1, max_size=2), "within": lengths, "weight": weights},
        optional={"any": st.lists(steps, min_size=1, max_size=2), "none": st.lists(steps, min_size=1, max_size=1)},
    ),
    st.fixed_dictionaries({"absent": kinds, "after": kinds, "within": lengths, "weight": weights}),
    st.fixed_dictionaries({"trigger": kinds, "times": st.just(2), "within": lengths, "weight": weights}),
)


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    asked = draw(st.lists(wants, min_size=1, max_size=4))
    positive = [want["weight"] for want in asked if want["weight"] > 0]
    if not positive:
        asked.append({"trigger": draw(kinds), "weight": 30})
        positive = [30]
    content: dict[str, Any] = {"name": "P", "owner": "jane@example.com", "wants": asked, "half_life": draw(lengths)}
    content["threshold"] = draw(st.integers(1, max(1, sum(positive) // 3)))
    where: dict[str, Any] = {"unknown": draw(st.sampled_from(["pass", "fail", "review"]))}
    if draw(st.integers(0, 3)) == 0:
        where |= {
            "states": draw(st.lists(st.sampled_from(["MD", "CA"]), min_size=1, unique=True)),
            "match": draw(st.sampled_from(["any", "seat", "event"])),
        }
    if draw(st.integers(0, 4)) == 0:
        where["employees"] = {"min": 100}
    content |= {
        "where": where,
        "cooldown": draw(st.sampled_from(["0d", "5d", "60d"])),
        "realert": draw(st.sampled_from(["material", "after_cooldown", "never"])),
    }
    if draw(st.booleans()):
        content["limit"] = {"leads": draw(st.integers(1, 2)), "per": draw(st.sampled_from(["week", "month"]))}
    return Profile.model_validate(content, context=CONTEXT)


@st.composite
def stories_of(draw: st.DrawFn, of: str = "acme") -> list[Story]:
    return [
        story(
            draw(kinds),
            draw(st.integers(0, 250)),
            of=of,
            status=draw(st.sampled_from(OFTEN)),
            confidence=draw(st.sampled_from([0.5, 0.9, 1.0])),
            key=str(number),
            to=draw(st.sampled_from(["Rockville, Maryland", "Austin, Texas", None])),
        )
        for number in range(draw(st.integers(0, 6)))
    ]


companies = st.builds(
    lambda state, employees: company(state=state, employees=employees), st.sampled_from(STATES), st.sampled_from([50, 500, None])
)


@st.composite
def histories(draw: st.DrawFn, stories: Sequence[Story]) -> History:
    leads = ()
    if stories and draw(st.booleans()):
        state = draw(st.sampled_from(["new", "accepted", "rejected", "snoozed", "withdrawn"]))
        until = NOW + timedelta(days=draw(st.integers(-5, 5))) if state == "snoozed" else None
        leads = (lead((stories[0],), days_ago=draw(st.integers(1, 100)), score=draw(st.integers(1, 90)), state=state, snoozed_until=until),)
    return History(
        leads=leads,
        in_window=(*leads, *(lead(of=f"b{number}", days_ago=1, score=20) for number in range(draw(st.integers(0, 2))))),
        since=draw(st.sampled_from([None, NOW - timedelta(days=30)])),
        included=draw(st.sampled_from([None, frozenset({"acme"}), frozenset({"other"})])),
        excluded=draw(st.sampled_from([frozenset(), frozenset({"acme"})])),
    )


@COMMON
@given(st.data())
def test_parts_sum_to_the_score_and_there_is_exactly_one_reason(data: st.DataObject) -> None:
    profile, stories, who = data.draw(profiles()), data.draw(stories_of()), data.draw(companies)
    found = decide(profile, "p", who, stories, data.draw(histories(stories)), NOW)
    assert round(sum(part.points for part in found.parts), 2) == found.score
    assert found.reason in Reason
    assert found.detail
    assert len(found.parts) == len(profile.wants)
    # only what is met has points, and whatever has points has its story
    assert all(part.met and part.story_ids for part in found.parts if part.points)


@COMMON
@given(st.data())
def test_raising_the_threshold_never_adds_an_alert(data: st.DataObject) -> None:
    profile, stories, who = data.draw(profiles()), data.draw(stories_of()), data.draw(companies)
    history = data.draw(histories(stories))
    said = [
        decide(profile.model_copy(update={"threshold": float(threshold)}), "p", who, stories, history, NOW).reason
        in {Reason.ALERTED, Reason.REALERTED}
        for threshold in range(1, 140, 9)  # below, among and above what such wants give
    ]
    assert said == sorted(said, reverse=True)


@COMMON
@given(st.data())
def test_the_order_of_arrival_does_not_matter(data: st.DataObject) -> None:
    profile, stories, who = data.draw(profiles()), data.draw(stories_of()), data.draw(companies)
    history = data.draw(histories(stories))
    shuffled = data.draw(st.permutations(stories))
    assert decide(profile, "p", who, stories, history, NOW) == decide(profile, "p", who, shuffled, history, NOW)


@COMMON
@given(st.data())
def test_copies_on_other_wires_change_no_score(data: st.DataObject) -> None:
    profile, stories = data.draw(profiles()), data.draw(stories_of())
    copied = [
        replace(
            each,
            sightings=(
                *each.sightings,
                *(replace(each.sightings[0], url=f"https://wire-{number}.example.com", publisher=f"Wire {number}") for number in range(11)),
            ),
        )
        for each in stories
    ]
    assert score(profile, company(), copied, NOW).total == score(profile, company(), stories, NOW).total


def test_twelve_copies_score_as_one() -> None:
    """A release that eleven more wires carry, minutes later, is the same story, whatever else happens."""
    scored = 0
    for seed in range(40):
        profile, world = busy_world(random.Random(seed))
        moment = NOW + timedelta(days=30)
        for who, told in world:
            copies = [
                replace(
                    each,
                    event=replace(each.event, id=fingerprint(each.event.id, wire), document_id=fingerprint(each.event.document_id, wire)),
                    publisher=f"Wire {wire}",
                    first_seen=each.first_seen + timedelta(minutes=wire),
                )
                for each in told
                for wire in range(1, 12)
            ]
            once = score(profile, who, tell_stories(told), moment).total
            assert score(profile, who, tell_stories([*told, *copies]), moment).total == once, seed
            scored += once > 0
    assert scored > 20


def live(profile: Profile, world: list[tuple[Company, list[Sighting]]], moments: Sequence[datetime]) -> list[tuple[datetime, str, str]]:
    """Run the profile as the nightly job does: every company, every night, over what is known by then."""
    leads: dict[str, Lead] = {}
    sent = []
    for moment in moments:
        cases = []
        for who, told in world:
            stories = tell_stories([each for each in told if each.first_seen <= moment])
            own = tuple(each for each in leads.values() if each.company_id == who.id)
            cases.append((who, stories, History(own, tuple(leads.values()), since=NOW - timedelta(days=20))))
        for decision, made, _ in decide_together(profile, "p", cases, moment):
            for each in made:
                leads[each.id] = each
                sent.append((moment, decision.reason.value, each.id))
    return sorted(sent)


def test_replay_equals_live() -> None:
    """The same leads, ids and reasons on the same days, in worlds where every kind of alert occurs."""
    reasons: Counter[str] = Counter()
    for seed in range(160):
        profile, world = busy_world(random.Random(seed))
        moments = daily(NOW, 30)
        found = backtest(profile, "p", world, moments, tell_stories, since=NOW - timedelta(days=20))
        sent = live(profile, world, moments)
        assert sorted((alert.moment, alert.decision.reason.value, alert.lead.id) for alert in found.alerts) == sent, seed
        reasons.update(f"{reason} with a limit" if profile.limit else reason for _, reason, _ in sent)
    assert min(reasons[reason] for reason in ("alerted", "realerted", "corrected", "alerted with a limit", "corrected with a limit")) > 2, (
        reasons
    )


def test_a_replay_does_not_look_ahead() -> None:
    """What is seen after a day changes nothing of what was sent until then."""
    moments = daily(NOW, 30)
    sent = 0
    for seed in range(60):
        draw = random.Random(seed)
        profile, world = busy_world(draw)
        day = moments[draw.randint(3, 25)]
        known = [(who, [each for each in told if each.first_seen <= day]) for who, told in world]
        whole, part = (
            [
                (alert.moment, alert.lead.id, alert.decision.score)
                for alert in backtest(profile, "p", seen, moments, tell_stories).alerts
                if alert.moment <= day
            ]
            for seen in (world, known)
        )
        assert whole == part, seed
        sent += len(whole)
    assert sent > 20


@COMMON
@given(st.lists(profiles(), min_size=1, max_size=6), companies, st.data())
def test_the_index_leaves_out_only_what_cannot_alert(found: list[Profile], who: Company, data: st.DataObject) -> None:
    stories = data.draw(stories_of())
    lists = {str(number): data.draw(st.sampled_from([None, frozenset({"acme"}), frozenset({"other"})])) for number in range(len(found))}
    index = ProfileIndex(
        {str(number): profile for number, profile in enumerate(found)}, {slug: Accounts(ids) for slug, ids in lists.items()}
    )
    chosen = set(index.candidates(who, stories, NOW))
    for number, profile in enumerate(found):
        decision = decide(profile, str(number), who, stories, History(included=lists[str(number)]), NOW)
        if decision.reason in {Reason.ALERTED, Reason.FOR_REVIEW}:
            assert str(number) in chosen
