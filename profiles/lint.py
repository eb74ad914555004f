"""Says what is probably not meant in a profile, by itself and on what is stored; warnings, never faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from profiles.conditions import STATUS_FACTORS, fact_fault
from profiles.geography import Atlas, Spot, seat_of
from profiles.profile import Profile
from profiles.territory import fit, in_places
from profiles.times import duration_text
from profiles.wants import ANY_KIND, Absence, Want, steps_of
from profiles.where import COMPANY_KEYS, PLACE_KEYS
from profiles.wording import counted, listed, shown
from store.records import Company, Story

FEW_STORIES = 20  # fewer stored stories of a kind prove nothing about a condition on it
MANY_MAILS = 60  # a quarter: one every working day
SAMPLE = 500  # companies that show of how many something is unknown


@dataclass(frozen=True)
class Lint:
    """A warning and the place in the file it is about."""

    where: tuple[str | int, ...]
    message: str


@dataclass(frozen=True)
class Stored:
    """What is known of the world, as far as lints go by it; what is left out is not looked at."""

    companies: Iterable[Company] = ()
    stories: Mapping[str, Sequence[Story]] = field(default_factory=dict)  # kind -> stored stories of it, or a sample
    fed: Collection[str] | None = None  # kinds that the enabled sources can tell of
    included: Collection[str] | None = None  # ids that `companies.include` was resolved to
    excluded: Collection[str] = ()
    leads_per_quarter: float | None = None  # what a backtest says
    nights: int = 0  # that it replayed
    seats: Collection[Spot] | None = None  # of the companies, where they were gathered already for other profiles


def lint(profile: Profile) -> list[Lint]:
    """Return what is probably not meant, by the profile alone."""
    found: list[Lint] = []
    for at, want in enumerate(profile.wants):
        half_life = want.half_life or profile.half_life
        ages_out = isinstance(want, Want) and want.times == 1
        if ages_out and want.within is not None and want.within > 4 * half_life:
            left = shown(100 * 2 ** -(want.within / half_life))
            found.append(
                Lint(
                    ("wants", at, "within"),
                    f"after {duration_text(want.within)} only {left} % of the points are left; 'within' goes beyond four half-lives of {duration_text(half_life)}",
                )
            )
        if isinstance(want, Want) and want.status and all(STATUS_FACTORS[status] == 0 for status in want.status) and want.weight > 0:
            found.append(Lint(("wants", at, "status"), f"points for what is {listed(want.status, 'or')} only: is that meant?"))
        if isinstance(want, Want) and any(want == other for other in profile.wants[:at]):
            found.append(Lint(("wants", at), "the same want stands above already; both count"))
    positive = [want.weight for want in profile.wants if want.weight > 0]
    each = any(isinstance(want, Want) and want.count == "each" for want in profile.wants)
    if not each and profile.threshold > 0.95 * sum(positive):
        found.append(
            Lint(
                ("threshold",),
                f"the threshold of {shown(profile.threshold)} needs all of {shown(sum(positive))} points at once: "
                "a few days of age, or a confidence below 0.95, keep it out of reach",
            )
        )
    required = [want.weight for want in profile.wants if want.required]
    if len(required) > 1 and not each and sum(required) < profile.threshold / 2:
        found.append(
            Lint(("threshold",), f"the required wants together give {shown(sum(required))} points, less than half of the threshold")
        )
    if not any(example.alerts for example in profile.examples):
        found.append(Lint(("examples",), "no example that must alert; `prospect profile new` shows how to write the five cases"))
    if profile.examples and all(example.alerts for example in profile.examples):
        found.append(Lint(("examples",), "no example that must stay silent"))
    if profile.where.match == "event" and all(getattr(profile.where, key) is None for key in PLACE_KEYS):
        found.append(Lint(("where", "match"), "'match' has nothing to match: no place is named"))
    if profile.clipping and profile.companies.include is None:
        found.append(Lint(("clipping",), "clipping without named accounts sends every story of every company; add companies: {include: …}"))
    if profile.cooldown < profile.half_life / 10 and not profile.clipping and profile.realert != "never":
        found.append(Lint(("cooldown",), f"a cooldown of {duration_text(profile.cooldown)} lets every new event of a company alert again"))
    return found


def lint_stored(profile: Profile, stored: Stored, now: datetime, atlas: Atlas | None = None) -> list[Lint]:
    """Return what cannot come true, or comes true too often, by what is stored."""
    found = [*_lint_kinds(profile, stored), *_lint_accounts(stored), *_lint_companies(profile, stored, now, atlas)]
    if stored.leads_per_quarter is not None:
        rate = stored.leads_per_quarter
        if rate == 0:
            found.append(
                Lint(
                    ("threshold",),
                    f"nothing that was seen in the last {stored.nights} nights would have alerted; `prospect misses` shows what came nearest",
                )
            )
        elif rate > MANY_MAILS and profile.limit is None:
            found.append(
                Lint(
                    ("threshold",), f"about {counted(round(rate), 'lead')} a quarter are to be expected; set a limit or raise the threshold"
                )
            )
    return found


def _lint_kinds(profile: Profile, stored: Stored) -> list[Lint]:
    found = []
    for at, want in enumerate(profile.wants):
        for step in steps_of(want):
            unwanted = isinstance(want, Absence) and step is want.absent
            kinds = [kind for kind in step.trigger if kind != ANY_KIND]
            silent = [kind for kind in kinds if stored.fed is not None and kind not in stored.fed]
            if kinds and len(silent) == len(kinds) and not unwanted and want.weight > 0:
                found.append(Lint(("wants", at), f"no enabled source tells of {listed(silent, 'or')}"))
            stories = [story for kind in kinds for story in stored.stories.get(kind, ())]
            if len(stories) < FEW_STORIES or unwanted:
                continue
            for name, test in step.is_.items():
                if all(fact_fault(name, test, story.facts.get(name)) for story in stories):
                    held = {value for story in stories if (value := story.facts.get(name))}
                    seen = f"; seen were {listed(sorted(held)[:5], 'or')}" if held else f"; '{name}' was never known"
                    found.append(
                        Lint(("wants", at), f"none of {len(stories)} stored {listed(kinds, 'or')} stories has {name} {test.words}{seen}")
                    )
            if step.status and not any(story.status in step.status for story in stories):
                found.append(
                    Lint(("wants", at), f"none of {len(stories)} stored {listed(kinds, 'or')} stories is {listed(step.status, 'or')}")
                )
    return found


def _lint_accounts(stored: Stored) -> list[Lint]:
    if stored.included is None:
        return []
    if not stored.included:
        return [Lint(("companies", "include"), "no company is known by any entry of the list: nothing can alert")]
    both = sorted(set(stored.included) & set(stored.excluded))
    if not both:
        return []
    return [Lint(("companies", "exclude"), f"excludes {counted(len(both), 'named account')}: {listed(both[:5])}")]


def _lint_companies(profile: Profile, stored: Stored, now: datetime, atlas: Atlas | None) -> list[Lint]:
    where = profile.where
    places = any(getattr(where, key) is not None for key in PLACE_KEYS)
    wanted = [key for key in COMPANY_KEYS if getattr(where, key) is not None]
    if not places and not wanted:
        return []
    companies = stored.companies if isinstance(stored.companies, Sequence) else list(stored.companies)
    known = len(companies)
    if not known:
        return []
    seats = stored.seats if stored.seats is not None else {seat_of(company) for company in companies}
    # one that fits is enough to know; how many say nothing of their size shows in a sample
    inside = not places or any(in_places(where, seat, atlas) is True for seat in seats)
    fitting = not wanted or any(not fit(where, company, (), now, atlas).misfits for company in companies)
    sample = companies[:: max(1, known // SAMPLE)] if wanted else ()
    unknown = Counter(key for company in sample for key in fit(where, company, (), now, atlas).unknowns if key in wanted)
    out = []
    if places and not inside and where.match != "event":
        out.append(Lint(("where",), f"none of {counted(known, 'known company', 'known companies')} has its seat in this territory"))
    if wanted and not fitting:
        out.append(Lint(("where",), f"none of {counted(known, 'known company', 'known companies')} fits {listed(wanted)}"))
    for key in wanted:
        if unknown[key] > len(sample) / 2 and where.unknown != "pass":
            share = f"{100 * unknown[key] / len(sample):.0f} %"
            what = "is held for review" if where.unknown == "review" else "never alerts"
            out.append(
                Lint(("where", key), f"{key} is not known of {share} of the companies; each of them {what} (unknown: {where.unknown})")
            )
    return out
