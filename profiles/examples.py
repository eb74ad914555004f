"""Runs the examples that stand in a profile: made-up companies and events that must, or must not, alert."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from profiles.decide import History, decide
from profiles.geography import COUNTRY_REGIONS, METROS, REGIONS, Atlas, read_place
from profiles.industries import INDUSTRIES
from profiles.profile import Example, ExampleEvent, Profile
from profiles.where import Span
from store.records import Company, Decision, Reason, Sighting, Story, TriggerEvent, fingerprint

NOW = datetime(2025, 1, 15, 12, tzinfo=UTC)  # examples say "days ago"; from which day does not matter


def check_examples(profile: Profile, slug: str) -> list[str]:
    """Return what is wrong with the profile's examples, one sentence each; none when all come out as they say."""
    faults = []
    for example in profile.examples:
        decision = run_example(profile, slug, example)
        does = decision.reason is Reason.ALERTED
        said = f"{decision.reason.value}: {decision.detail}"
        if does != example.alerts:
            faults.append(f"example '{example.name}' should {'alert' if example.alerts else 'not alert'}, but: {said}")
        elif example.reason is not None and decision.reason.value != example.reason:
            faults.append(f"example '{example.name}' should have the reason '{example.reason}', but: {said}")
    return faults


def run_example(profile: Profile, slug: str, example: Example) -> Decision:
    """Return what the profile decides of the example, by its wants, places and accounts; dates, quotas and snoozes are left out."""
    timeless = profile.model_copy(update={"active": None, "snooze": None, "since": None, "limit": None})
    company = example_company(profile, example)
    stories = example_stories(company, example.events)
    history = History(included=None if profile.companies.include is None else frozenset({company.id} if example.company.named else ()))
    return decide(timeless, slug, company, stories, history, NOW, _example_atlas(profile))


def example_company(profile: Profile, example: Example) -> Company:
    """Return a company that fits the profile's `where`, but for what the example says of it."""
    where, said = profile.where, example.company.model_dump(exclude={"named"}, exclude_unset=True)
    fitting: dict[str, object] = {}
    if where.match != "event" or where.states or where.countries:
        fitting |= _fitting_place(profile)
    if where.industries is not None:
        codes = [INDUSTRIES[word.casefold()] for word in where.industries.words or ()]
        sic = (*(where.industries.sic or ()), *(code for found, _ in codes for code in found))
        naics = (*(where.industries.naics or ()), *(code for _, found in codes for code in found))
        fitting["sic"] = sic[0].partition("-")[0].ljust(4, "0") if sic else None
        fitting["naics"] = naics[0].partition("-")[0].ljust(6, "0") if naics else None
    fitting["employees"] = _inside(where.employees)
    fitting["revenue_usd"] = _inside(where.revenue)
    age = _inside(where.age)
    fitting["founded"] = None if age is None else NOW.year - age
    fitting["public"] = where.public
    only = [
        name
        for name, policy in (
            ("customer", profile.companies.customers),
            ("open_opportunity", profile.companies.open_opportunities),
            ("past_customer", profile.companies.past_customers),
        )
        if policy == "only"
    ]
    fitting["account"] = only[0] if only else None
    if {"state", "city", "country", "postal_code"} & said.keys():
        # a place that the example says is said whole: the fitting rest would contradict it
        fitting |= {"city": None, "state": None, "country": None, "postal_code": None, "county": None, "metro": None}
    if {"sic", "naics"} & said.keys():
        fitting |= {"sic": None, "naics": None}
    return Company(id="example-company", name="Example Company", origin="example", **(fitting | said))  # type: ignore[arg-type]


def _fitting_place(profile: Profile) -> dict[str, object]:
    where = profile.where
    if where.cities:
        spot = read_place(where.cities[0])
        return {"city": spot.city, "state": spot.state, "country": spot.country}
    if where.near:
        spot = read_place(where.near.place)
        return {"city": spot.city, "state": spot.state, "country": spot.country}
    if where.metros:
        name = where.metros[0]
        city, _, state = (METROS[name][1][0] if name in METROS else name).rpartition(", ")
        return {"city": city, "state": state, "country": "US", "metro": None if name in METROS else name}
    if where.us_counties:
        county, _, state = where.us_counties[0].rpartition(", ")
        return {"county": county, "state": state, "country": "US"}
    if where.postal:
        return {"postal_code": where.postal[0].partition("-")[0].ljust(5, "0"), "country": "US"}
    if where.states:
        return {"state": where.states[0], "country": "CA" if where.states[0].startswith("CA-") else "US"}
    if where.regions:
        name = where.regions[0]
        return {"state": REGIONS[name][0]} if name in REGIONS else {"country": COUNTRY_REGIONS[name][0]}
    return {"country": where.countries[0]} if where.countries else {}


def _inside(wanted: Span | None) -> int | None:
    if wanted is None:
        return None
    return wanted.min if wanted.min is not None else wanted.max


def _example_atlas(profile: Profile) -> Atlas | None:
    """Return an atlas in which the centre of `near` is where it is and everything else is far away."""
    centre = profile.where.near
    if centre is None:
        return None
    home = read_place(centre.place).city
    return lambda text: (0.0, 0.0) if read_place(text).city == home else (0.0, 180.0)


def example_stories(company: Company, events: Sequence[ExampleEvent]) -> list[Story]:
    """Return one story for every made-up event, told by as many sources as it says."""
    stories = []
    for number, event in enumerate(events):
        owner = "another-company" if event.other_company else company.id
        published = NOW - timedelta(days=event.days_ago)
        sightings = []
        for source in range(event.sources):
            quote = f"Sentence {source} about {event.trigger} {number}."
            told = TriggerEvent(
                id=fingerprint(owner, number, source),
                document_id=fingerprint("document", owner, number, source),
                kind=event.trigger,
                status=event.status,
                company=company.name,
                facts=event.facts,
                quote=quote,
                start=0,
                end=len(quote),
                happened=None,
                confidence=event.confidence,
            )
            sightings.append(
                Sighting(
                    event=told,
                    company_id=owner,
                    url=f"https://example.com/{number}/{source}",
                    title=None,
                    source=f"source-{source}",
                    publisher=f"Publisher {source}",
                    form="8-K" if event.filing else None,
                    published=published,
                    first_seen=published,
                )
            )
        stories.append(
            Story(
                id=fingerprint(owner, event.trigger, number),
                company_id=owner,
                kind=event.trigger,
                status=event.status,
                facts=event.facts,
                happened=None,
                published=published,
                first_seen=published,
                confidence=event.confidence,
                sightings=tuple(sightings),
            )
        )
    return stories
