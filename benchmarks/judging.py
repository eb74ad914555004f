"""Events judged against 10 to 10,000 generated profiles, with full scoring: by the index, and all pairs; the alerts must be the same.

    python -m benchmarks.judging
    python -m benchmarks.judging --sizes 10,100 --events 500 --pairs-events 50

A third of the profiles name accounts, the others a territory, some of them an industry or a size. An event is a new story of a company
that may have older ones; judging it means a whole decision (score, territory, history, reason) for each profile.
"""

from __future__ import annotations

import argparse
import gc
import math
import random
import resource
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from profiles.backtest import Accounts
from profiles.decide import History, decide
from profiles.index import ProfileIndex
from profiles.profile import Profile
from profiles.scoring import Shared
from store.records import Company, Reason, Sighting, Story, TriggerEvent, fingerprint

NOW = datetime(2025, 1, 15, 6, tzinfo=UTC)
KINDS = [
    "executive_change",
    "relocation",
    "facility_opening",
    "facility_expansion",
    "facility_closing",
    "real_estate_deal",
    "market_entry",
    "funding",
    "debt_financing",
    "ipo",
    "acquisition",
    "merger",
    "divestiture",
    "reorganization",
    "contract_award",
    "product_launch",
    "layoffs",
    "hiring",
    "weak_results",
    "cyber_incident",
]
STATES = [
    "AL",
    "AK",
    "AZ",
    "AR",
    "CA",
    "CO",
    "CT",
    "DE",
    "DC",
    "FL",
    "GA",
    "HI",
    "ID",
    "IL",
    "IN",
    "IA",
    "KS",
    "KY",
    "LA",
    "ME",
    "MD",
    "MA",
    "MI",
    "MN",
    "MS",
    "MO",
    "MT",
    "NE",
    "NV",
    "NH",
    "NJ",
    "NM",
    "NY",
    "NC",
    "ND",
    "OH",
    "OK",
    "OR",
    "PA",
    "RI",
    "SC",
    "SD",
    "TN",
    "TX",
    "UT",
    "VT",
    "VA",
    "WA",
    "WV",
    "WI",
    "WY",
]
INDUSTRIES = [f"{number:02}" for number in range(1, 90)]
ACCOUNTS = 50_000
TOLD = (Reason.ALERTED, Reason.FOR_REVIEW)


def make_profiles(count: int, draw: random.Random) -> tuple[dict[str, Profile], dict[str, Accounts]]:
    """Return generated profiles with the ids of those that name accounts."""
    profiles, accounts = {}, {}
    for number in range(count):
        slug = f"profile-{number:05}"
        first, second = draw.sample(KINDS, 2)
        wants: list[dict[str, Any]] = [
            {"trigger": first, "within": "120d", "weight": 40, "required": True},
            {"trigger": second, "within": "120d", "weight": 30},
            {"then": [first, second], "within": "90d", "weight": 15},
            {"trigger": "weak_results", "weight": -20},
        ]
        content: dict[str, Any] = {"name": slug, "owner": "rep@example.com", "wants": wants, "threshold": draw.choice([25, 35, 55])}
        if draw.random() < 0.35:
            accounts[slug] = Accounts(included=frozenset(f"company-{draw.randrange(ACCOUNTS)}" for _ in range(40)))
            content["companies"] = {"include": "accounts.csv"}
        else:
            content["where"] = {"states": draw.sample(STATES, draw.randint(1, 4)), "unknown": draw.choice(["pass", "fail", "review"])}
            if draw.random() < 0.5:
                content["where"]["industries"] = {"sic": draw.sample(INDUSTRIES, draw.randint(1, 5))}
            if draw.random() < 0.3:
                content["where"]["employees"] = {"min": draw.choice([50, 200, 1000])}
        profiles[slug] = Profile.model_validate(content)
    return profiles, accounts


def make_events(count: int, draw: random.Random) -> list[tuple[Company, list[Story]]]:
    """Return companies with their stories, the last of which is new."""
    out = []
    for _ in range(count):
        name = f"company-{draw.randrange(ACCOUNTS)}"
        known = Company(
            id=name,
            name=name.title(),
            state=draw.choice(STATES) if draw.random() < 0.98 else None,
            country="US",
            sic=draw.choice(INDUSTRIES) + "11" if draw.random() < 0.98 else None,
            employees=draw.choice([20, 100, 500, 5000]) if draw.random() < 0.6 else None,
        )
        out.append(
            (known, [make_story(name, draw, days_ago) for days_ago in [draw.randrange(5, 120) for _ in range(draw.randrange(3))] + [0]])
        )
    return out


def make_story(of: str, draw: random.Random, days_ago: int) -> Story:
    """Return a story of one sighting."""
    kind, status = draw.choice(KINDS), draw.choice(["planned", "announced", "announced", "completed"])
    published = NOW - timedelta(days=days_ago, hours=1)
    event = TriggerEvent(
        id=fingerprint(of, kind, days_ago),
        document_id=fingerprint(of, days_ago),
        kind=kind,
        status=status,
        company=of,
        facts={},
        quote="A sentence.",
        start=0,
        end=11,
        happened=None,
        confidence=draw.choice([0.7, 0.9, 1.0]),
    )
    seen = Sighting(
        event=event,
        company_id=of,
        url="",
        title=None,
        source="wire",
        publisher="Wire",
        form=None,
        published=published,
        first_seen=published,
    )
    return Story(
        id=fingerprint(of, kind, days_ago, "story"),
        company_id=of,
        kind=kind,
        status=status,
        facts={},
        happened=None,
        published=published,
        first_seen=published,
        confidence=event.confidence,
        sightings=(seen,),
    )


def alerts(
    profiles: Mapping[str, Profile], slugs: Sequence[str], histories: Mapping[str, History], company: Company, stories: Sequence[Story]
) -> set[tuple[str, str]]:
    """Return the pairs of these profiles and the company that alert."""
    shared = Shared(company, stories)
    return {
        (slug, company.id)
        for slug in slugs
        if decide(profiles[slug], slug, company, stories, histories[slug], NOW, None, shared).reason in TOLD
    }


def main() -> None:
    """Print a table: per number of profiles the time of an event, by the index and by all pairs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10,100,1000,10000")
    parser.add_argument("--events", type=int, default=2000, help="events judged by the index")
    parser.add_argument(
        "--pairs", type=int, default=300_000, help="pairs judged one by one, at most; the same events as the first by the index"
    )
    parser.add_argument(
        "--rounds", type=int, default=3, help="how often each is judged by the index; the fastest counts, others share the machine"
    )
    options = parser.parse_args()
    draw = random.Random(7)
    events = make_events(options.events, draw)
    first_cost = None
    print("profiles  build s  candidates/event  alerts/event  index µs/event  all pairs µs/event  ratio  cost against first  same alerts")
    for size in [int(text) for text in options.sizes.split(",")]:
        profiles, accounts = make_profiles(size, random.Random(size))
        histories = {slug: History(included=accounts[slug].included if slug in accounts else None) for slug in profiles}
        slugs = list(profiles)
        began = time.process_time()
        index = ProfileIndex(profiles, accounts)
        built = time.process_time() - began
        by_index = math.inf
        for _ in range(options.rounds):
            gc.collect()
            began = time.process_time()
            chosen = [index.candidates(company, stories, NOW) for company, stories in events]
            found = [alerts(profiles, names, histories, company, stories) for names, (company, stories) in zip(chosen, events, strict=True)]
            by_index = min(by_index, (time.process_time() - began) / len(events))
        compared = min(len(events), max(10, options.pairs // size))
        began = time.process_time()
        every = [alerts(profiles, slugs, histories, company, stories) for company, stories in events[:compared]]
        by_pairs = (time.process_time() - began) / compared
        same = every == found[:compared]
        first_cost = first_cost or by_index
        print(
            f"{size:8}  {built:7.2f}  {sum(map(len, chosen)) / len(events):16.3f}  {sum(map(len, found)) / len(events):12.4f}  {by_index * 1e6:14.1f}  "
            f"{by_pairs * 1e6:18.1f}  {by_pairs / by_index:5.0f}  {by_index / first_cost:18.1f}  {'yes' if same else 'NO'} ({compared} events)",
            flush=True,
        )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
