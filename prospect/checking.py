"""What `prospect check` finds beyond the grammar of the files: examples that fail, lists that cannot be read, idle parts.

Where something is stored, profiles are held against it too: territories without a company, wants that nothing can meet.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection

from alerts.channels import load_channel
from enrichment.places import coordinates
from enrichment.registry import RegisterError, read_companies
from enrichment.resolve import Resolver
from enrichment.stories import tell_stories
from profiles.backtest import Accounts, backtest, daily
from profiles.examples import check_examples
from profiles.geography import seat_of
from profiles.lint import Lint, Stored, lint, lint_stored
from profiles.profile import Profile
from prospect.due import accounts_of
from prospect.kinds import shipped_kinds
from prospect.telling import mail_settings, targets
from prospect.workspace import Workspace
from prospect.yamlfile import position, positions, read_yaml
from store import queries
from store.database import open_store
from store.records import Company, Sighting, Story

ROWS_READ = 1000  # of each company list; `prospect companies import` reads them all
COMPANIES_HELD = 20_000  # of the store, at random: enough to say that a territory is empty
STORIES_HELD = 200  # companies with stories that the wants are held against
NIGHTS_REPLAYED, NIGHTS_NEEDED = 90, 7  # to say how many mails are to be expected
COMPANIES_REPLAYED, COMPANIES_NEEDED = 50_000, 500  # over all profiles at most, for each of them at least
# what a spider tells of where it reads no texts, which may tell of anything
TELLS_ONLY = {
    "warn": {"layoffs", "facility_closing"},
    "jobs": {"hiring", "key_opening"},
    "irs990": {"executive_change", "relocation", "name_change", "strong_results", "weak_results"},
}
FORMS_TELL = {
    "D": "funding",
    "D/A": "funding",
    "3": "executive_change",
    "3/A": "executive_change",
    "4": "executive_change",
    "5": "executive_change",
}


@dataclass
class Report:
    """Faults (exit status 1), warnings, and one line on what is there."""

    faults: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # good to know, nothing to mend
    summary: str = ""


def check_workspace(workspace: Workspace, now: datetime) -> Report:
    """Return what is wrong or idle in a workspace whose files all read."""
    report = Report()
    for slug, profile in workspace.profiles.items():
        report.faults += [f"profiles/{slug}.yml: {fault}" for fault in check_examples(profile, slug)]
        report.warnings += _placed(workspace, slug, lint(profile))
    own = [kind for name, kind in workspace.kinds.items() if name not in shipped_kinds()]
    if own:
        from prospect.extracting import build_extractor  # slow to load, and most workspaces have no kind of their own

        extractor = build_extractor(workspace)
        for kind in own:
            report.faults += [f"triggers/{kind.name}.yml: {fault}" for fault in extractor.check_examples(kind)]
    for listed in workspace.settings.companies:
        try:
            if not list(islice(read_companies(workspace.path(listed.file), columns=listed.columns), ROWS_READ)):
                report.warnings.append(f"{listed.file}: the company list is empty")
        except RegisterError as error:
            report.faults.append(str(error))
    mail = mail_settings(workspace)
    report.faults += [f"prospect.yml: mail: {fault}" for fault in load_channel(mail.channel).faults(mail)]
    for name, target in targets(workspace).items():
        channel = load_channel(target.channel)
        report.faults += [f"prospect.yml: {fault}" for fault in channel.faults(target)]  # each names its target
        if proven := getattr(channel, "PROVEN", None):
            report.notes.append(f"{name}: proven by {proven}")
    report.warnings += _idle(workspace)
    with stored(workspace) as conn:
        report.faults += _without_owners(workspace, conn)
        if conn is not None:
            report.warnings += held_against_store(workspace, conn, now)
        else:
            fed = Stored(fed=fed_kinds(workspace))
            for slug, profile in workspace.profiles.items():
                report.warnings += _placed(workspace, slug, lint_stored(profile, fed, now))
    report.summary = (
        f"ok: {len(workspace.sources)} sources, {len(workspace.profiles)} profiles, {len(workspace.kinds)} kinds, "
        f"{len(workspace.settings.companies)} company lists"
    )
    return report


def _without_owners(workspace: Workspace, conn: Connection | None) -> Iterator[str]:
    """Yield a fault for each profile that delivers to account owners where no company list names any."""
    slugs = [slug for slug, profile in workspace.profiles.items() if profile.deliver.to == "account_owner"]
    if not slugs or (conn is not None and queries.has_account_owners(conn)):
        return
    for listed in workspace.settings.companies:
        with suppress(RegisterError):  # told where the lists are checked
            read = read_companies(workspace.path(listed.file), columns=listed.columns, on_bad_row=lambda _: None)
            if any(company.account_owner for company in read):
                return
    for slug in slugs:
        node = read_yaml(workspace.root / "profiles" / f"{slug}.yml")
        line, column = position(node, ["deliver", "to"])
        yield (
            f"profiles/{slug}.yml:{line}:{column}: deliver: to: account_owner, but no company list names an account's owner; list the CRM's account "
            "export under 'companies' in prospect.yml, with a column 'account_owner' or 'Owner Email' that holds e-mail addresses"
        )


def _idle(workspace: Workspace) -> Iterator[str]:
    if not workspace.sources:
        yield "no source is switched on; put one into sources/, or name one of the catalogue under 'sources' in prospect.yml"
    if not workspace.profiles:
        yield "no profile in profiles/; without one nothing can alert"
    if "example.com" in workspace.settings.contact:
        yield "prospect.yml: 'contact' is still the example's; publishers will not know whom to write to"


def _placed(workspace: Workspace, slug: str, found: list[Lint]) -> list[str]:
    """Return lints as `profiles/jane.yml:8:5: message`; what a profile inherits is shown at its first line."""
    if not found:
        return []
    path = workspace.root / "profiles" / f"{slug}.yml"
    path = path if path.exists() else path.with_suffix(".yaml")
    places = positions(path, [each.where for each in found])
    return [f"profiles/{slug}.yml:{line}:{column}: {each.message}" for each, (line, column) in zip(found, places, strict=True)]


@contextmanager
def stored(workspace: Workspace) -> Iterator[Connection | None]:
    """Give a connection to what is stored, None where nothing is yet: a check makes no database."""
    url = workspace.database_url
    if url.startswith("sqlite") and not Path(url.partition("///")[2]).exists():
        yield None
        return
    engine = open_store(url)
    try:
        with engine.connect() as conn:
            yield conn
    finally:
        engine.dispose()


def held_against_store(workspace: Workspace, conn: Connection, now: datetime) -> Iterator[str]:
    """Yield what profiles can never meet, or meet too often, by the companies and stories that are stored."""
    everyone = list(queries.iter_companies(conn))
    companies = everyone if len(everyone) <= COMPANIES_HELD else random.Random(0).sample(everyone, COMPANIES_HELD)
    told_of = queries.companies_with_stories(conn)
    stories: dict[str, list[Story]] = {}
    for told in queries.stories_of(conn, told_of[:STORIES_HELD]).values():
        for story in told:
            stories.setdefault(story.kind, []).append(story)
    seats = {seat_of(company) for company in companies}
    known: list[Resolver] = []

    def resolver() -> Resolver:
        if not known:
            known.append(Resolver(everyone))
        return known[0]

    fed = fed_kinds(workspace)
    sample = replayable(conn, told_of, now, len(workspace.profiles))
    for slug, profile in workspace.profiles.items():
        accounts = accounts_of(workspace, slug, conn, resolver)
        held = Stored(
            companies=companies,
            stories=stories,
            fed=fed,
            included=accounts.included,
            excluded=accounts.excluded,
            leads_per_quarter=sample.leads_per_quarter(slug, profile, accounts) if sample else None,
            nights=len(sample.moments) if sample else 0,
            seats=seats,
        )
        yield from _placed(workspace, slug, lint_stored(profile, held, now, coordinates))


def fed_kinds(workspace: Workspace) -> set[str] | None:
    """Return the kinds that the enabled sources can tell of; None where one of them reads texts, which may tell of any."""
    fed: set[str] = set()
    for source in workspace.sources.values():
        if not source.enabled:
            continue
        forms = getattr(source.options, "forms", ())
        if source.spider in TELLS_ONLY:
            fed |= TELLS_ONLY[source.spider]
        elif forms and all(form in FORMS_TELL for form in forms):
            fed |= {FORMS_TELL[form] for form in forms}
        else:
            return None
    return fed if workspace.sources else None


@dataclass
class Sample:
    """Companies with all that was seen of them, to replay profiles over."""

    seen: list[tuple[Company, list[Sighting]]]
    share: float  # of all companies with stories
    moments: tuple[datetime, ...]

    def leads_per_quarter(self, slug: str, profile: Profile, accounts: Accounts) -> float:
        """Return how many leads a quarter the profile would have sent, at the pace of the last months."""
        since = self.moments[0] - timedelta(days=1)
        found = backtest(profile, slug, self.seen, self.moments, tell_stories, since=since, accounts=accounts, atlas=coordinates)
        return found.leads_per_quarter / self.share


def replayable(conn: Connection, told_of: Sequence[str], now: datetime, profiles: int) -> Sample | None:
    """Return what profiles can be replayed over; None where too little was seen, or there are too many profiles to replay them all."""
    first = queries.first_run(conn)
    days = min(NIGHTS_REPLAYED, (now - first).days + 1) if first else 0
    size = min(len(told_of), COMPANIES_REPLAYED // max(1, profiles))
    if days < NIGHTS_NEEDED or size < min(len(told_of), COMPANIES_NEEDED):
        return None
    ids = told_of if size == len(told_of) else random.Random(0).sample(list(told_of), size)
    found = queries.get_companies(conn, ids)
    sightings = queries.sightings_of(conn, ids)
    seen = [(found[each], sightings[each]) for each in ids if sightings.get(each)]
    moments = daily(now - timedelta(days=days - 1), days)
    # an archive of long ago, or a crawl that stopped, says nothing of what to expect
    lately = any(sighting.first_seen >= moments[0] for _, told in seen for sighting in told)
    return Sample(seen, size / len(told_of), moments) if lately else None
