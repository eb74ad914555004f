"""Finds the company a person means, and says why a profile alerts on it or does not."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from enrichment.importing import source_of
from enrichment.places import coordinates
from enrichment.resolve import Resolver
from profiles.backtest import Accounts
from profiles.decide import History, decide
from profiles.explain import Explanation, explain
from prospect.due import accounts_of, load
from prospect.judging import QUOTA_WINDOW, history, news_since
from prospect.workspace import Workspace
from store import queries
from store.errors import Mendable
from store.records import Company, Decision, Lead, Story


class NoSuchCompany(Mendable):
    """No company, or several, are what the person typed; the message lists those that come near."""


def find_one_company(conn: Connection, text: str, kinds: Collection[str] | None = None) -> Company:
    """Return the company that `text` means: an id, a ticker, a CIK, or a name or part of one.

    Of several whose names hold the text, the only one with events is meant. Raise NoSuchCompany for none or several.
    """
    found = queries.find_companies(conn, text, limit=50)
    exact = [company for company in found if company.id == text or company.name.casefold() == text.casefold()]
    if len(exact) == 1:
        return exact[0]
    told = queries.stories_of(conn, [company.id for company in found])
    with_events = [company for company in found if told.get(company.id)]
    if len(with_events) == 1:
        return with_events[0]
    if len(found) == 1:
        return found[0]
    if not found:
        if merge := next((each for each in queries.merges_of(conn, text) if each.gone_id == text and not each.undone), None):
            raise NoSuchCompany(
                f"{text} was merged into {merge.kept_id}; give that, or part them with `prospect companies split {merge.id}`"
            )
        raise NoSuchCompany(f"no company is known as '{text}': no register holds it and no document named it")
    names = "\n".join(
        f"  {company.id}  {company.name}{', ' + company.city if company.city else ''}" for company in (with_events or found)[:10]
    )
    raise NoSuchCompany(f"'{text}' may be any of these; give the id:\n{names}")


# of each database the index of its companies, with the stamp of what it was made from: the web explains again and again
_kept: dict[str, tuple[object, Resolver]] = {}


def known_resolver(conn: Connection) -> Resolver:
    """Return the index of the stored companies; it is built anew only when they changed. Not for use by two threads at once."""
    where, stamp = str(conn.engine.url), queries.companies_stamp(conn)
    if where not in _kept or _kept[where][0] != stamp:
        _kept[where] = stamp, Resolver(queries.iter_companies(conn))
    return _kept[where][1]


def cases_of(
    workspace: Workspace,
    conn: Connection,
    slug: str,
    company_ids: Iterable[str],
    now: datetime,
    accounts: Accounts | None = None,
) -> list[tuple[Company, list[Story], History]]:
    """Return the companies with their stories as seen by `now`, and what happened before between them and the profile.

    `accounts` are what its lists mean, where that is known; to find it out takes an index of all companies.
    """
    companies: dict[str, Company] = {}
    stories: dict[str, list[Story]] = {}
    load(conn, company_ids, companies, stories, now)
    leads: dict[str, list[Lead]] = {}
    for lead in queries.leads_of(conn, profile=slug):
        leads.setdefault(lead.company_id, []).append(lead)
    recent = [lead for found in leads.values() for lead in found if lead.created >= now - QUOTA_WINDOW]
    if accounts is None:
        accounts = accounts_of(workspace, slug, conn, lambda: known_resolver(conn))
    since = news_since(workspace, conn)
    return [
        (company, stories[company_id], history(company_id, leads, recent, since, accounts)) for company_id, company in companies.items()
    ]


def explain_pair(workspace: Workspace, conn: Connection, slug: str, company: Company, now: datetime) -> Explanation:
    """Return why the profile says what it says of the company at `now`."""
    [(_, stories, before)] = cases_of(workspace, conn, slug, [company.id], now)
    return explain(workspace.profiles[slug], slug, company, stories, before, now, coordinates)


# what territories go by, and how old or large a company is
FIRMOGRAPHICS = ("city", "state", "country", "sic", "naics", "employees", "revenue_usd", "public", "founded")


def known_fields(company: Company) -> list[tuple[str, str]]:
    """Return what is known of a company, field by field in words; with who says it and when, of firmographics and of what another register says."""
    rows = []
    for name in company.__slots__:
        value = getattr(company, name)
        if value in (None, (), "", {}) or name == "sources" or name.endswith("_max"):
            continue
        text = "; ".join(value) if isinstance(value, tuple) else f"{value:,}" if name in ("employees", "revenue_usd") else str(value)
        if (most := getattr(company, f"{name}_max", None)) is not None:
            text = f"{text} to {most:,}"
        said = name in FIRMOGRAPHICS or name in company.sources
        rows.append((name, f"{text}  ({source_of(company, name)})" if said and source_of(company, name) else text))
    return rows


def firmographics(company: Company) -> str:
    """Return what is known of a company's seat, industry, size and age, with who says it and when."""
    known = [f"{name} {text.replace('  (', ' (')}" for name, text in known_fields(company) if name in FIRMOGRAPHICS]
    return "; ".join(known) or "nothing: no register holds it, and no document says where it is"


def unclear_rows(conn: Connection, company_id: str | None = None) -> list[dict[str, Any]]:
    """Return the events that several companies fit alike, with the companies; only those that one company fits."""
    unclear = queries.unclear_events(conn, company_id=company_id)
    companies = queries.get_companies(conn, {rival for each in unclear for rival in each.rivals})
    return [
        {
            "event": each.event.id,
            "published": each.published,
            "kind": each.event.kind,
            "named": each.event.company,
            "may_be": [_shown(companies[rival]) for rival in each.rivals if rival in companies],
            "url": each.url,
        }
        for each in unclear
    ]


def _shown(company: Company) -> str:
    place = ", ".join(part for part in (company.city, company.state or company.country) if part)
    return f"{company.id} {company.name}" + (f" ({place})" if place else "")


def said_of(workspace: Workspace, conn: Connection, company_ids: Collection[str], slugs: Iterable[str], now: datetime) -> list[Decision]:
    """Return what the profiles say of the companies at `now`, of pairs too that no run needs to judge: each has its one reason.

    Lists of companies are taken as the last run took them.
    """
    went_by = {each.profile: Accounts(each.included, each.excluded) for each in queries.profiles_judged(conn).values()}
    return [
        decide(workspace.profiles[slug], slug, company, stories, before, now, coordinates)
        for slug in slugs
        for company, stories, before in cases_of(workspace, conn, slug, company_ids, now, went_by.get(slug))
    ]
