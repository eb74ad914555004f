"""Leads of a dozen profiles over thirty nights of real documents, against the leads that labels of the same documents would give.

    python -m benchmarks.alerting SHARED_DIR --folder DIR   # SHARED_DIR holds world/ and corpus/; DIR keeps the workspace
    python -m benchmarks.alerting SHARED_DIR --folder DIR   # again: compares what is there, without running the nights

The nights are the program's own runs, crawl to lead, each document on the date it was published. The other side replays the same
profiles with what was read in the labelled documents put aside and their labels in its place: certain, and of the company that the label
names. What the other documents told is the same on both sides, so that a profile which wants two events differs by the labelled ones
alone. A lead counts where a labelled document stands behind it. Every difference is told with the stage that made it. The labels are
coarser than our kinds, and some name a second reading that is right as well (`level_accept`): a pair that only one of the two readings
gives, or that can only stand for a doubtful label (`borderline`, optional), is doubtful and left out.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from rich.console import Console
from sqlalchemy import Connection

from benchmarks.world.own_dates import run_nights
from crawler.urls import canonical_url
from enrichment.names import normal_form
from enrichment.places import coordinates
from enrichment.stories import tell_stories
from profiles.backtest import Accounts, Alert, backtest
from prospect.due import accounts_of
from prospect.explaining import explain_pair
from prospect.workspace import Workspace, load_workspace
from store import queries
from store.database import open_store
from store.records import Company, Lead, Sighting, Story, TriggerEvent, fingerprint

# a kind of ours -> the label that says the same; kinds that are not named are their own
LABELS = {
    "facility_opening": "facility",
    "facility_closing": "facility",
    "facility_expansion": "expansion",
    "hiring": "expansion",
    "market_entry": "expansion",
    "layoffs": "layoffs_restructuring",
    "reorganization": "layoffs_restructuring",
    "distress": "bankruptcy",
    "strong_results": "earnings_guidance",
    "weak_results": "earnings_guidance",
    "merger": "acquisition",
}
LABELS_SOURCE = "labels"
OURS = {"facility": "facility_opening", "expansion": "facility_expansion", "layoffs_restructuring": "layoffs", "bankruptcy": "distress"}
CHIEFS = {"trigger": "executive_change", "is": {"level": "c_suite", "direction": ["joins", "changes"]}}
LEAVES = {"trigger": "executive_change", "is": {"level": "c_suite", "direction": "leaves"}}
PROFILES: dict[str, dict[str, Any]] = {
    "new-chiefs": {"wants": [{**CHIEFS, "weight": 40}], "threshold": 20},
    "chiefs-who-leave": {"wants": [{**LEAVES, "weight": 40}], "threshold": 20},
    "any-change-of-leaders": {"wants": [{"trigger": "executive_change", "weight": 40}], "threshold": 15},
    "boards": {"wants": [{"trigger": "executive_change", "is": {"level": "board"}, "weight": 40}], "threshold": 20},
    "moves": {"wants": [{"trigger": "relocation", "weight": 40}], "threshold": 20},
    "moves-into-the-south": {
        "wants": [{"trigger": "relocation", "weight": 40}],
        "threshold": 20,
        "where": {"regions": ["South"], "match": "event", "unknown": "fail"},
    },
    "leaders-in-the-west": {
        "wants": [{"trigger": "executive_change", "weight": 40}],
        "threshold": 20,
        "where": {"regions": ["West"], "match": "seat", "unknown": "fail"},
    },
    "chiefs-of-makers": {
        "wants": [{**CHIEFS, "weight": 40}],
        "threshold": 20,
        "where": {"industries": {"sic": ["20-39"]}, "unknown": "fail"},
    },
    "a-chief-and-a-move": {
        "wants": [
            {"trigger": "executive_change", "weight": 40, "required": True},
            {"trigger": "relocation", "weight": 40, "required": True},
        ],
        "threshold": 40,
    },
    "leaders-then-a-move": {
        "wants": [
            {"trigger": "executive_change", "weight": 10},
            {"then": ["executive_change", "relocation"], "within": "365d", "weight": 40},
        ],
        "threshold": 30,
    },
    "two-changes-in-a-year": {
        "wants": [{"trigger": "executive_change", "times": 2, "within": "365d", "weight": 40}],
        "threshold": 20,
    },
    "seats-left-empty": {
        "wants": [{"absent": CHIEFS, "after": LEAVES, "within": "90d", "weight": 40}],
        "threshold": 20,
    },
    "money": {"wants": [{"trigger": ["funding", "ipo", "debt_financing"], "weight": 40}], "threshold": 20},
    "deals": {"wants": [{"trigger": ["acquisition", "merger"], "weight": 40}], "threshold": 20},
    "trouble": {
        "wants": [{"trigger": ["lawsuit_regulatory", "cyber_incident", "distress", "layoffs", "restatement"], "weight": 40}],
        "threshold": 20,
    },
    "named-accounts": {
        "clipping": True,
        "companies": {"include": ["Intel Corporation", "Chevron Corporation", "Exxon Mobil Corporation", "MARA", "Okogen", "Clene"]},
    },
}


def profile_file(slug: str, keys: Mapping[str, Any]) -> dict[str, Any]:
    """Return the profile as its file has it; a long half-life, since a night brings weeks, and no mail."""
    common = {"name": slug, "owner": "rep@example.com", "where": {"unknown": "pass"}, "half_life": "730d", "deliver": {"email": "never"}}
    return {**common, **keys}


@dataclass
class Labelled:
    """One labelled text in all its copies."""

    rows: list[Mapping[str, Any]]
    doubtful: set[str] = field(default_factory=set)  # labels that a careful reader may give as well

    @property
    def events(self) -> list[Mapping[str, Any]]:
        """The labelled events that must be found."""
        return [event for event in self.rows[0]["events"] if not event.get("optional")]

    @property
    def day(self) -> date:
        """When the first copy came out."""
        return min(date.fromisoformat(row["day"]) for row in self.rows)

    @property
    def addresses(self) -> list[str]:
        """Where its copies may have been read, as the store writes addresses."""
        return [canonical_url(url) for row in self.rows for url in (row["url"], *(row.get("urls") or {}).values())]


def read_truth(documents: Sequence[Mapping[str, Any]]) -> list[Labelled]:
    """Return every labelled text that came out in the time of the nights, its doubtful labels beside the sure ones."""
    clusters: dict[str, Labelled] = {}
    for row in documents:
        if row.get("events") is not None:
            clusters.setdefault(row["cluster"], Labelled([])).rows.append(row)
    for text in clusters.values():
        row = text.rows[0]
        sure = {event["type"] for event in text.events}
        text.doubtful = {*row.get("borderline", ()), *({event["type"] for event in row["events"] if event.get("optional")} - sure)}
    return list(clusters.values())


class Names:
    """Which company of the store a label means: by the filer's number, else by the normal form of its name."""

    def __init__(self, companies: Sequence[Company]) -> None:
        self.by_cik = {company.cik: company for company in companies if company.cik}
        self.by_ticker = {company.ticker: company for company in companies if company.ticker}
        self.by_name: dict[str, Company] = {}
        for company in companies:
            for name in (company.name, *company.aliases):
                self.by_name.setdefault(normal_form(name), company)

    def company(self, name: str, row: Mapping[str, Any]) -> Company:
        """Return the company, made up where the store knows none of that name."""
        filer = row.get("company") or ""
        cik = f"{int(row['cik']):010}" if row.get("cik") else None
        form = normal_form(name)
        if cik in self.by_cik and (form.split()[:1] == normal_form(filer).split()[:1] or not form):
            return self.by_cik[cik]
        if form in self.by_name:
            return self.by_name[form]
        if name in self.by_ticker:  # "JLL"
            return self.by_ticker[name]
        longer = sorted((known for known in self.by_name if known.startswith(f"{form} ") or form.startswith(f"{known} ")), key=len)
        return self.by_name[longer[0]] if form and longer else Company(id=f"label {form}", name=name)


def world_of(
    texts: Sequence[Labelled], names: Names, others: Mapping[str, tuple[Company, Sequence[Sighting]]], *, accepting: bool
) -> dict[str, tuple[Company, list[Sighting]]]:
    """Return by company what the other documents told and, as certain sightings, what the labels say.

    `accepting` takes the second reading of a label that has one, and the events that need not be found.
    """
    out = {company_id: (company, list(sightings)) for company_id, (company, sightings) in others.items()}
    for text in texts:
        row = text.rows[0]
        for number, said in enumerate(row["events"]):
            if said.get("optional") and not accepting:
                continue
            company = names.company(said.get("company") or row.get("company") or "", row)
            seen = datetime.combine(text.day, time(12), UTC)
            read = {**said, **{key.removesuffix("_accept"): said[key][0] for key in said if key.endswith("_accept")}} if accepting else said
            out.setdefault(company.id, (company, []))[1].append(true_sighting(read, text, company.id, seen, number))
    return out


def told_elsewhere(conn: Connection, texts: Sequence[Labelled]) -> dict[str, tuple[Company, list[Sighting]]]:
    """Return by company what was read in documents that nobody labelled."""
    labelled = {address for text in texts for address in text.addresses}
    ids = queries.companies_with_stories(conn)
    companies = queries.get_companies(conn, ids)
    found = queries.sightings_of(conn, ids)
    return {
        company_id: (companies[company_id], kept)
        for company_id in ids
        if (kept := [sighting for sighting in found.get(company_id, ()) if canonical_url(sighting.url) not in labelled])
    }


def true_sighting(said: Mapping[str, Any], text: Labelled, company_id: str, seen: datetime, number: int) -> Sighting:
    """Return a labelled event as if it had been read without a fault."""
    closes = said["type"] == "facility" and said.get("action") == "close"
    kind = "facility_closing" if closes else OURS.get(said["type"], said["type"])
    facts = {
        name: value for name, value in said.items() if isinstance(value, str) and name not in {"type", "company", "status", "happened"}
    }
    happened = said.get("happened")
    event = TriggerEvent(
        id=fingerprint(text.rows[0]["cluster"], number),
        document_id=fingerprint(text.rows[0]["cluster"]),
        kind=kind,
        status=said.get("status") or "announced",
        company=said.get("company"),
        facts=facts,
        quote=f"{text.rows[0]['cluster']} {number}",
        start=0,
        end=0,
        happened=date.fromisoformat(happened) if happened and len(happened) == 10 else None,
        confidence=1.0,
    )
    return Sighting(
        event=event,
        company_id=company_id,
        url=text.addresses[0],
        title=None,
        source=LABELS_SOURCE,
        publisher=LABELS_SOURCE,
        form=text.rows[0].get("form"),
        published=seen,
        first_seen=seen,
    )


@dataclass
class Ours:
    """A lead of the program with its stories and the labelled texts behind it, none where it stands on other documents alone."""

    lead: Lead
    stories: list[Story]
    texts: list[Labelled]


def our_leads(conn: Connection, slug: str, texts: Sequence[Labelled]) -> list[Ours]:
    """Return the leads of a profile."""
    by_address = {address: text for text in texts for address in text.addresses}
    out = []
    for lead in queries.leads_of(conn, profile=slug):
        stories = [story for story in queries.stories_of(conn, [lead.company_id])[lead.company_id] if story.id in lead.story_ids]
        behind = {
            id(text): text
            for story in stories
            for sighting in story.sightings
            if (text := by_address.get(canonical_url(sighting.url))) is not None
        }
        out.append(Ours(lead, stories, list(behind.values())))
    return out


def why_missed(
    workspace: Workspace, conn: Connection, slug: str, alert: Alert, texts: Sequence[Labelled], now: datetime
) -> tuple[str, str]:
    """Return the stage that lost a lead which labels would give, and what it said."""
    by_address = {text.addresses[0]: text for text in texts}
    read = []
    for story in alert.stories:
        text = by_address.get(story.sightings[0].url)
        if text is None:  # told by a document that nobody labelled
            continue
        traces = [trace for address in text.addresses if (trace := queries.trace_of(conn, address)) is not None]
        if not traces:
            return "collecting", f"{text.addresses[0]} was never fetched"
        found = [event for trace in traces for event in trace.events if event.event.confidence >= 0.5]
        label = LABELS.get(story.kind, story.kind)
        same = [event for event in found if LABELS.get(event.event.kind, event.event.kind) == label]
        if not same:
            kinds = ", ".join(sorted({event.event.kind for event in found})) or "nothing"
            return "reading", f"{label} {story.facts.get('person') or ''} of {text.day} is not read; read was {kinds}"
        if all(event.company_id != alert.company.id for event in same):
            told = "; ".join(f"“{event.event.company}”: {', '.join(event.match_reasons)[:90] or 'none fits'}" for event in same[:2])
            return "resolving", f"{label} of {text.day} is another company's: {told}"
        mine = [event.event for event in same if event.company_id == alert.company.id]
        read.append(f"{label}: {'; '.join(f'{event.status} {_facts(event.facts)}' for event in mine[:3])}")
    said = explain_pair(workspace, conn, slug, alert.company, now).headline
    return "judging or facts", f"{said}; read was {' | '.join(read)}"


def why_wrong(ours: Ours, company_names: Mapping[str, str]) -> tuple[str, str]:
    """Return the stage that made a lead which labels would not give, and the sentence behind it."""
    labelled = {event["type"] for text in ours.texts for event in text.events}
    worst = next((story for story in ours.stories if LABELS.get(story.kind, story.kind) not in labelled), ours.stories[0])
    quote = " ".join(worst.sightings[0].event.quote.split())[:150]
    said = f"{worst.kind} ({worst.status}) {_facts(worst.facts)} “{quote}”"
    if LABELS.get(worst.kind, worst.kind) not in labelled:
        return "reading", f"no such label: {said}"
    names = {normal_form(event.get("company") or "") for text in ours.texts for event in text.events}
    own = normal_form(company_names.get(ours.lead.company_id, ""))
    if not any(own == name or own.startswith(f"{name} ") or name.startswith(f"{own} ") for name in names if name):
        return "resolving", f"labelled of {', '.join(sorted(names))}: {said}"
    return "judging or facts", said


def _facts(facts: Mapping[str, str | None]) -> str:
    return " ".join(str(facts[name]) for name in ("person", "level", "direction", "to", "amount") if facts.get(name))


def compare(workspace: Workspace, conn: Connection, truth: Mapping[str, Any], show: bool) -> Iterator[str]:
    """Yield the table line by line, and under each profile its differences."""
    nights = [datetime.fromisoformat(text) for text in truth["nights"]]
    since = workspace.settings.since
    texts = [text for text in read_truth(truth["documents"]) if since and text.day >= since]
    companies = list(queries.iter_companies(conn))
    names, named = Names(companies), {company.id: company.name for company in companies}
    others = told_elsewhere(conn, texts)
    worlds = [world_of(texts, names, others, accepting=accepting) for accepting in (False, True)]
    labelled = {company.id for text in texts for said in text.events if (company := names.company(said.get("company") or "", text.rows[0]))}
    yield (
        f"{len(texts)} labelled texts, {sum(len(text.events) for text in texts)} labelled events of {len(labelled)} companies, "
        f"{len(nights)} nights"
    )
    yield "profile                  right  wrong  missed  doubtful  twice  precision  recall"
    total: Counter[str] = Counter()
    stages: Counter[str] = Counter()
    for slug, profile in workspace.profiles.items():
        accounts = accounts_of(workspace, slug, conn, lambda: queries_resolver(conn))
        strict, accepting = (
            backtest(
                profile,
                slug,
                world.values(),
                nights,
                tell_stories,
                since=datetime.combine(since, time(), UTC) if since else None,
                accounts=Accounts(accounts.included, accounts.excluded),
                atlas=coordinates,
            ).leads
            for world in worlds
        )
        expected = [alert for alert in strict if any(story.sightings[0].source == LABELS_SOURCE for story in alert.stories)]
        both = {alert.company.id for alert in strict} & {alert.company.id for alert in accepting}
        ours = our_leads(conn, slug, texts)
        wanted = {LABELS.get(kind, kind) for want in profile.wants for kinds in want.needs for kind in kinds}
        lines: list[str] = []
        count: Counter[str] = Counter()
        matched: set[str] = set()
        for alert in expected:
            urls = {story.sightings[0].url for story in alert.stories}
            same = [
                each
                for each in ours
                if each.lead.company_id == alert.company.id
                and (profile.clipping is False or any(text.addresses[0] in urls for text in each.texts))
            ]
            if same:
                count["right"] += 1
                matched.update(each.lead.id for each in same)
            elif alert.company.id not in both or any(set(text.doubtful) & wanted for text in texts if text.addresses[0] in urls):
                count["doubtful"] += 1
            else:
                stage, said = why_missed(workspace, conn, slug, alert, texts, nights[-1])
                count["missed"] += 1
                stages[f"missed by {stage}"] += 1
                lines.append(f"    missed {alert.company.name}: {stage}: {said}")
        told: set[tuple[str, frozenset[str]]] = set()
        for each in ours:
            key = (each.lead.company_id, frozenset(each.lead.event_ids))
            count["twice"] += key in told
            told.add(key)
            if each.lead.id in matched or not each.texts:
                continue
            doubtful = {label for text in each.texts for label in text.doubtful}
            known = told_of(strict, each, profile.clipping)
            if known or told_of(accepting, each, profile.clipping) or doubtful & wanted or ("any" in wanted and doubtful):
                count["doubtful"] += not known  # else it stands on other documents as well, which are the same on both sides
                continue
            stage, said = why_wrong(each, named)
            count["wrong"] += 1
            stages[f"wrong by {stage}"] += 1
            lines.append(f"    wrong  {named.get(each.lead.company_id, each.lead.company_id)}: {stage}: {said}")
        total.update(count)
        yield table_row(slug, count)
        if show:
            yield from lines
    yield table_row("all", total)
    yield "; ".join(f"{stage}: {number}" for stage, number in stages.most_common())


def told_of(alerts: Sequence[Alert], ours: Ours, clipping: bool) -> bool:
    """Return whether the alerts tell of the lead's company; where each story is told for itself, of its texts."""
    addresses = {address for text in ours.texts for address in text.addresses}
    return any(
        alert.company.id == ours.lead.company_id
        and (not clipping or any(sighting.url in addresses for story in alert.stories for sighting in story.sightings))
        for alert in alerts
    )


def queries_resolver(conn: Connection) -> Any:
    """Return an index of the companies of the store."""
    from enrichment.resolve import Resolver

    return Resolver(queries.iter_companies(conn))


def table_row(name: str, count: Mapping[str, int]) -> str:
    """Return one line of the table."""
    precision = count["right"] / max(1, count["right"] + count["wrong"])
    recall = count["right"] / max(1, count["right"] + count["missed"])
    return f"{name:23}  {count['right']:5}  {count['wrong']:5}  {count['missed']:6}  {count['doubtful']:8}  {count['twice']:5}  {precision:9.2f}  {recall:6.2f}"


def main() -> None:
    """Run the nights unless they were run, then print precision, recall and every difference."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path, metavar="SHARED_DIR")
    parser.add_argument("--folder", type=Path, required=True, help="where the workspace is made, or was left by an earlier run")
    parser.add_argument("--nights", type=int, default=30)
    parser.add_argument("--brief", action="store_true", help="the table alone, without the differences")
    options = parser.parse_args()
    console = Console(width=200)
    if not (options.folder / "truth.json").exists():
        run_nights(
            options.shared,
            options.folder.resolve(),
            {slug: profile_file(slug, keys) for slug, keys in PROFILES.items()},
            console,
            options.nights,
        )
    workspace = load_workspace(options.folder)
    engine = open_store(workspace.database_url)
    with engine.connect() as conn:
        for line in compare(workspace, conn, json.loads((options.folder / "truth.json").read_text("utf-8")), not options.brief):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    engine.dispose()


if __name__ == "__main__":
    main()
