"""Prints the manual of profiles out of the schema and the docstrings of conditions and rules.

`python -m profiles.manual profiles > docs/profiles.md`, and `… scoring > docs/scoring.md`; a test holds the files against it.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable

from pydantic import BaseModel

from profiles.conditions import CONDITIONS, STATUS_FACTORS, Condition
from profiles.decide import RULES
from profiles.geography import COUNTRY_REGIONS, METROS, REGIONS
from profiles.industries import INDUSTRIES
from profiles.profile import Active, Companies, Crm, Deliver, Example, ExampleEvent, Limit, Member, Profile, Team
from profiles.where import Where
from profiles.wording import shown

EXAMPLE = """\
```yaml
name: HQ moves, Mid-Atlantic
owner: jane@example.com
where: {states: [MD, VA, DC], employees: {min: 200}, unknown: pass}
companies: {exclude: accounts/customers.csv}
wants:
  - {trigger: executive_change, is: {level: c_suite, direction: [joins, changes]}, within: 120d, weight: 40, required: true}
  - {trigger: relocation, status: [planned, announced], within: 120d, weight: 40, required: true}
  - {then: [executive_change, relocation], within: 90d, weight: 15}
  - {trigger: distress, weight: -50}
half_life: 90d
threshold: 55
limit: {leads: 2, per: quarter}
cooldown: 60d
deliver: {email: immediately}
examples:
  - name: new CEO, then a planned move
    events: [{trigger: executive_change, days_ago: 45, level: c_suite, direction: joins}, {trigger: relocation, days_ago: 3, status: planned}]
    alerts: true
  - {name: the move alone, events: [{trigger: relocation, days_ago: 3, status: planned}], alerts: false}
```"""
INTRODUCTION = f"""\
# Alert profiles

A profile says which events matter, where, in which kind of company, and when they add up to an alert. It is one file,
`profiles/<name>.yml`; the file's name is the profile's name on the command line. `prospect check` reads it, says everything
that is wrong with line, column and cure, and runs the examples inside it. `prospect profile new` writes one, and
`profiles/examples/` holds several that are ready to copy.

{EXAMPLE}

A company is alerted when the points of its events, each worth less with age, reach the threshold and no required want is
missing. How points come about, and every reason for silence, is in [scoring.md](scoring.md); `prospect explain` shows both
for one profile and company.

Lengths of time are written `120d`, `6h`, `2w` or `1y`; a month is written `30d`. Wherever a list may stand, a single word may
too. A key that is not on this page is refused."""
SCORING = """\
# Scores and reasons

## Points

points = weight × confidence × status factor × 2^(−age / half-life)

of the **best story** for each want; the score is the sum over the wants. A story is one event however many documents tell of
it: twelve copies of a release score as one. Points are rounded to hundredths want by want, so that the parts of a lead add up
to its score.

- **confidence**: of events given 0.9, nine in ten are right.
- **status factor**: {factors}. A status that the want names counts 1.
- **age** counts from the earlier of the day it happened and its publication, never from the day it takes effect.
- **half-life**: the want's own, else the profile's, else 90 days. After it an event counts half, after twice as long a quarter.
- a **sequence**, **combination** or **repetition** is as sure as its least sure event, and decays from its last event; an
  **absence** decays from the day its time was over.
- a **negative weight** takes points away, and decays like the rest.

What is required must be there, at whatever weight; `weight: 0, required: true` demands an event that gives no points.

## Which place counts

A place in `where` is met by the company's seat or by the event's own place, the `to` of a relocation and the `place` of any
other event, of those events that count: a move into the territory counts. `match: seat` or `match: event` narrows it.

## Reasons

Every pair of profile and company has exactly one. The rules are asked in this order, and the first that has an answer gives it.

{rules}

## What is told once

A lead remembers the stories and the events that it told. The same stories never make a second lead, nor does another copy of
them, nor a profile whose weights were changed. While the cooldown runs only a material change is sent again, under the same
lead; after it a new event makes a new lead, with the old ones in it. When an event that was told is denied or
terminated, one correction goes out. What the order of arrival was makes no difference.

## Quotas

With `limit` the leads of one run compete: the best get what is left of the week, month or quarter, by the profile's clock. One
that comes when nothing is left is over quota, or, if it beats one that was sent, held for review. A withdrawn lead gives its
place back; a lead that is sent again takes none.
"""


def manual() -> str:
    """Return docs/profiles.md: the whole language."""
    tests = [f"### `{key}`\n\n{CONDITIONS['fact', key].manual}" for section, key in CONDITIONS if section == "fact"]
    out = [
        INTRODUCTION,
        "## The keys of a profile",
        fields_of(Profile),
        "## Wants",
        *(f"### `{found.key}`\n\n{found.manual}" for found in _section("pattern")),
        "## Conditions on an event",
        "All that are written must hold.",
        *(f"### `{found.key}`\n\n{found.manual}" for found in _section("event")),
        "## Facts",
        "What `is` may ask of a fact. [kinds.md](kinds.md) lists the facts of every kind.",
        *tests,
        "## Places",
        "Under `where`. One that fits is enough: `states: [MD], metros: [Boston]` is Maryland and the Boston area.",
        *(f"### `{found.key}`\n\n{found.manual}" for found in _section("place")),
        "## Companies",
        "Under `where`. All that are written must fit.",
        *(f"### `{found.key}`\n\n{found.manual}" for found in _section("company")),
        "And how they are held:",
        fields_of(Where, only=("match", "unknown")),
        "## Accounts",
        "Under `companies`.",
        fields_of(Companies),
        "## Delivery",
        "Under `deliver`:",
        fields_of(Deliver),
        "Under `deliver: crm`:",
        fields_of(Crm),
        "Under `limit` and `active`:",
        fields_of(Limit),
        fields_of(Active),
        "## Teams",
        "Under `team`:",
        fields_of(Team),
        "Of a member:",
        fields_of(Member),
        (
            "When somebody leaves, `prospect reassign OLD@… NEW@…` puts the new address into every profile, and gives the new owner the leads with "
            "their history and the mails that wait to be sent; what was sent is not sent again."
        ),
        "## Examples",
        "Each is a case; what `where` asks for is met unless `company` says otherwise. Quotas, snoozes and dates are left out.",
        fields_of(Example),
        "Of an event:",
        fields_of(ExampleEvent),
        INHERITANCE,
        "## Regions",
        _table("region", "states or countries", {name: ", ".join(held) for name, held in {**REGIONS, **COUNTRY_REGIONS}.items()}),
        "## Metropolitan areas",
        _table("metro", "postal codes beginning with", {name: ", ".join(codes) for name, (codes, _) in METROS.items()}),
        "## Industries",
        _table("word", "SIC, NAICS", {name: f"{', '.join(sic)}; {', '.join(naics)}" for name, (sic, naics) in INDUSTRIES.items()}),
    ]
    return "\n\n".join(out) + "\n"


INHERITANCE = """\
## Inheritance and team defaults

`extends: base` takes everything that profiles/base.yml says and this file does not; mappings are merged key by key, lists and
single values are replaced, and `also:` adds wants to those inherited. A base whose name begins with `_`, `profiles/_base.yml`,
alerts nobody itself. What `profiles/_defaults.yml` says holds for every profile that does not say otherwise. A base may extend
another; a circle is refused."""


def scoring_manual() -> str:
    """Return docs/scoring.md: points, and every reason in the order of the rules."""
    factors: dict[str, list[str]] = {}
    for status, factor in sorted(STATUS_FACTORS.items(), key=lambda item: -item[1]):
        factors.setdefault(shown(factor), []).append(status)
    rules = "\n".join(f"{number}. {' '.join(inspect.cleandoc(rule.__doc__ or '').split())}" for number, rule in enumerate(RULES, 1))
    return SCORING.format(factors=", ".join(f"{' and '.join(names)} {factor}" for factor, names in factors.items()), rules=rules)


def _section(section: str) -> list[Condition]:
    return [found for (of, _), found in CONDITIONS.items() if of == section]


def fields_of(model: type[BaseModel], only: Iterable[str] | None = None) -> str:
    """Return the keys of a model with their descriptions, one line each."""
    lines = []
    for name, info in model.model_fields.items():
        if only is None or name in only:
            needed = " (must be there)" if info.is_required() else ""
            lines.append(f"- **`{info.alias or name}`**{needed}: {info.description or ''}")
    return "\n".join(lines)


def _table(left: str, right: str, rows: dict[str, str]) -> str:
    return "\n".join([f"| {left} | {right} |", "| --- | --- |", *(f"| {name} | {held} |" for name, held in rows.items())])


if __name__ == "__main__":
    sys.stdout.write(scoring_manual() if sys.argv[1:] == ["scoring"] else manual())
