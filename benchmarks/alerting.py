"""Alerts of a dozen profiles on labelled releases and filings, against the alerts that the labels themselves would give.

    python -m benchmarks.alerting CORPUS            # CORPUS holds news/gold/gold.jsonl, filings/gold/gold.jsonl and what they name
    python -m benchmarks.alerting CORPUS --show

Read, extract, stories and judging are the program's own; company names are compared by their normal form, since no register goes with
the labels. Both sides are judged on one day, so what differs is what was read. The labels are coarser than our kinds: one of ours that
can only stand for a label beside the labelled ones (`borderline`) makes its pair of profile and company doubtful, and is left out.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crawler.read import Unreadable, read_file
from enrichment.names import normal_form
from enrichment.stories import tell_stories
from profiles.backtest import backtest
from profiles.decide import History, decide
from profiles.profile import Profile
from prospect.kinds import shipped_kinds
from store.records import Company, Document, Reason, Sighting, Story, TriggerEvent, fingerprint
from triggers.entities import load_entities
from triggers.extract import Extractor

NOW = datetime(2025, 1, 15, 6, tzinfo=UTC)
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
OURS = {"facility": "facility_opening", "expansion": "facility_expansion", "layoffs_restructuring": "layoffs", "bankruptcy": "distress"}
CHIEFS = {"trigger": "executive_change", "is": {"level": "c_suite"}}
PROFILES: dict[str, dict[str, Any]] = {
    "new chiefs": {"wants": [{**CHIEFS, "is": {"level": "c_suite", "direction": ["joins", "changes"]}, "weight": 40}], "threshold": 20},
    "chiefs who leave": {"wants": [{**CHIEFS, "is": {"level": "c_suite", "direction": "leaves"}, "weight": 40}], "threshold": 20},
    "any change of leaders (broad)": {"wants": [{"trigger": "executive_change", "weight": 40}], "threshold": 15},
    "boards": {"wants": [{"trigger": "executive_change", "is": {"level": "board"}, "weight": 40}], "threshold": 20},
    "moves": {"wants": [{"trigger": "relocation", "weight": 40}], "threshold": 20},
    "moves into the South": {
        "wants": [{"trigger": "relocation", "weight": 40}],
        "threshold": 20,
        "where": {"regions": ["South"], "match": "event"},
    },
    "a chief and a move (tight)": {
        "wants": [
            {"trigger": "executive_change", "weight": 40, "required": True},
            {"trigger": "relocation", "weight": 40, "required": True},
        ],
        "threshold": 40,
    },
    "leaders, then a move (sequence)": {
        "wants": [
            {"trigger": "executive_change", "weight": 10},
            {"then": ["executive_change", "relocation"], "within": "90d", "weight": 40},
        ],
        "threshold": 30,
    },
    "money": {"wants": [{"trigger": ["funding", "ipo", "debt_financing"], "weight": 40}], "threshold": 20},
    "deals": {"wants": [{"trigger": ["acquisition", "merger"], "weight": 40}], "threshold": 20},
    "trouble": {
        "wants": [{"trigger": ["lawsuit_regulatory", "cyber_incident", "distress", "layoffs", "restatement"], "weight": 40}],
        "threshold": 20,
    },
    "named accounts": {"clipping": True},
}


@dataclass
class Labelled:
    """One labelled document: as it was read, what is labelled, and what a careful reader may see in it too."""

    document: Document
    events: list[dict[str, Any]]
    doubtful: set[str]  # labels
    company: str | None = None
    found: list[TriggerEvent] = field(default_factory=list)


def read_labelled(corpus: Path) -> list[Labelled]:
    """Return every labelled release and filing that can be read."""
    out = []
    for line in (corpus / "news/gold/gold.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        document = Document(
            id=fingerprint(row["id"]), url=row["id"], title=row.get("title"), text=row["text"], published=NOW, first_seen=NOW
        )
        out.append(labelled(row, document))
    for line in (corpus / "filings/gold/gold.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        try:
            (document, *_) = read_file(corpus / "filings" / row["id"])
        except (OSError, Unreadable, ValueError):
            continue
        # the files of single documents lack the header that names the filer
        document = replace(
            document, published=NOW, first_seen=NOW, form=row["form"], items=tuple(row["item_codes"]), company=row["company"]
        )
        out.append(labelled(row, document))
    return out


def labelled(row: Mapping[str, Any], document: Document) -> Labelled:
    """Return the row's labels beside the document; a label whose events are all optional is doubtful."""
    events = [event for event in row.get("events") or [] if not event.get("optional")]
    optional = {event["type"] for event in row.get("events") or [] if event.get("optional")}
    doubtful = {*row.get("borderline", ()), *row.get("coarse", ()), *(optional - {event["type"] for event in events})}
    return Labelled(document, events, doubtful, row.get("company"))


def sighting_of(event: TriggerEvent, document: Document, company_id: str) -> Sighting:
    """Return the event as seen in the document."""
    return Sighting(
        event=event,
        company_id=company_id,
        url=document.url,
        title=document.title,
        source="labelled",
        publisher="labelled",
        form=document.form,
        published=NOW,
        first_seen=NOW,
    )


def true_story(event: Mapping[str, Any], document: Document, company_id: str, number: int) -> Story:
    """Return a labelled event as a story that is certain."""
    kind = OURS.get(event["type"], event["type"])
    if event["type"] == "facility" and event.get("action") == "close":
        kind = "facility_closing"
    facts = {
        name: str(value)
        for name, value in event.items()
        if isinstance(value, str) and name not in {"type", "company", "status", "happened"}
    }
    told = TriggerEvent(
        id=fingerprint(document.id, number, "true"),
        document_id=document.id,
        kind=kind,
        status=event.get("status") or "announced",
        company=event.get("company"),
        facts=facts,
        quote="",
        start=0,
        end=0,
        happened=None,
        confidence=1.0,
    )
    return Story(
        id=told.id,
        company_id=company_id,
        kind=kind,
        status=told.status,
        facts=facts,
        happened=None,
        published=NOW,
        first_seen=NOW,
        confidence=1.0,
        sightings=(sighting_of(told, document, company_id),),
    )


def company_of(name: str | None, known: Sequence[str]) -> str:
    """Return the normal form of the name, or the known one that begins like it: "Playboy" is "playboy inc"."""
    form = normal_form(name or "")
    for other in known:
        if form and other and (other == form or other.startswith(f"{form} ") or form.startswith(f"{other} ")):
            return other
    return form


def alerting(profile: Profile, slug: str, stories: Mapping[str, Sequence[Story]]) -> dict[str, Reason]:
    """Return what the profile says of each company."""
    return {
        company_id: decide(profile, slug, Company(id=company_id, name=company_id), told, History(), NOW).reason
        for company_id, told in stories.items()
        if told
    }


def main() -> None:
    """Print precision and recall per profile, and every difference with its reason."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--show", action="store_true", help="name each difference")
    options = parser.parse_args()
    rows = read_labelled(options.corpus)
    extractor = Extractor(list(shipped_kinds().values()), entities=load_entities())
    truth: dict[str, list[Story]] = {}
    seen: dict[str, list[Sighting]] = {}
    doubtful: dict[str, set[str]] = {}
    for row in rows:
        names = [event.get("company") or row.company for event in row.events] + [row.company]
        known: list[str] = sorted({normal_form(name) for name in names if name}, key=len)
        for number, event in enumerate(row.events):
            company_id = company_of(event.get("company") or row.company, known)
            truth.setdefault(company_id, []).append(true_story(event, row.document, company_id, number))
        for found in extractor.extract(row.document):
            if found.confidence < 0.5:
                continue
            company_id = company_of(found.company or row.company, known)
            # both sides are judged on one day: the age of what filings of other years tell is no matter here
            seen.setdefault(company_id, []).append(sighting_of(replace(found, happened=None), row.document, company_id))
            doubtful.setdefault(company_id, set()).update(row.doubtful)
        for name in known:
            doubtful.setdefault(name, set()).update(row.doubtful)
    told = {company_id: tell_stories(sightings) for company_id, sightings in seen.items()}
    total: Counter[str] = Counter()
    print(
        f"{len(rows)} documents, {sum(map(len, truth.values()))} labelled events of {len(truth)} companies, {sum(map(len, told.values()))} stories found"
    )
    print("profile                            right  wrong  missed  doubtful  precision  recall")
    for slug, keys in PROFILES.items():
        profile = Profile.model_validate({"name": slug, "owner": "rep@example.com", "where": {"unknown": "pass"}, **keys})
        expected = {each for each, reason in alerting(profile, slug, truth).items() if reason is Reason.ALERTED}
        got = {each for each, reason in alerting(profile, slug, told).items() if reason is Reason.ALERTED}
        kinds = {kind for want in profile.wants for kinds in want.needs for kind in kinds}
        unsure = {
            each for each in expected ^ got if doubtful.get(each, set()) & ({LABELS.get(kind, kind) for kind in kinds} | ({"any"} & kinds))
        }
        if "any" in kinds:
            unsure = {each for each in got - expected if doubtful.get(each)}
        right, wrong, missed = expected & got, got - expected - unsure, expected - got - unsure
        count = {"right": len(right), "wrong": len(wrong), "missed": len(missed), "doubtful": len(unsure)}
        total.update(count)
        print_row(slug, count)
        if options.show:
            for each in sorted(wrong):
                events = [
                    f"{story.kind} {story.status} {dict(story.facts)} “{story.sightings[0].event.quote[:110]}”" for story in told[each]
                ]
                print(f"    wrong  {each}: {'; '.join(events)[:420]}")
            for each in sorted(missed):
                events = [
                    f"{story.kind} {story.facts.get('person') or ''} {story.facts.get('direction') or ''}".strip() for story in truth[each]
                ]
                print(
                    f"    missed {each}: labelled {', '.join(events)[:200]}; found {', '.join(story.kind for story in told.get(each, ()))}"
                )
    print_row("all", total)
    moments = [NOW + timedelta(days=day) for day in range(3)]
    twice = 0
    for slug, keys in PROFILES.items():
        profile = Profile.model_validate({"name": slug, "owner": "rep@example.com", "where": {"unknown": "pass"}, **keys})
        replay = backtest(profile, slug, [(Company(id=each, name=each), found) for each, found in seen.items()], moments, tell_stories)
        twice += sum(count - 1 for count in Counter(alert.company.id for alert in replay.alerts).values())
    print(f"alerts sent twice over three runs: {twice}")


def print_row(name: str, count: Mapping[str, int]) -> None:
    """Print one line of the table."""
    precision = count["right"] / max(1, count["right"] + count["wrong"])
    recall = count["right"] / max(1, count["right"] + count["missed"])
    print(f"{name:33}  {count['right']:5}  {count['wrong']:5}  {count['missed']:6}  {count['doubtful']:8}  {precision:9.2f}  {recall:6.2f}")


if __name__ == "__main__":
    main()
