"""The one-page brief before a call: what happened, who and where, what to say and ask; every line cited."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Connection

from prospect.judging import playbook
from prospect.workspace import Workspace
from store import queries
from store.records import Company

# Markdown for a terminal or a note, not HTML: there is nothing to escape into
PAGES = Environment(loader=FileSystemLoader(Path(__file__).parent), undefined=StrictUndefined, trim_blocks=False, autoescape=False)
PERSON_FACTS = ("person", "successor", "predecessor")
PLACE_FACTS = ("to", "from", "place")


def company_brief(workspace: Workspace, conn: Connection, company: Company) -> str:
    """Return the brief as Markdown; stories newest first."""
    stories = sorted(queries.stories_of(conn, [company.id]).get(company.id, []), key=lambda story: (story.when, story.id), reverse=True)
    people: dict[str, list[str]] = {}
    places: dict[str, None] = {}
    for story in stories:
        for name in PERSON_FACTS:
            if person := story.facts.get(name):
                posts = people.setdefault(person, [])
                title = story.facts.get("title") if name == "person" else None
                if title and title not in posts:
                    posts.append(title)
        places.update({place: None for name in PLACE_FACTS if (place := story.facts.get(name))})
    place = ", ".join(part for part in (company.city, company.state, company.country) if part)
    facts = [
        words
        for words in (
            place,
            company.domain,
            f"ticker {company.ticker}" if company.ticker else None,
            f"SIC {company.sic}" if company.sic else None,
            f"{company.employees:,} employees" if company.employees else None,
            company.phone,
            f"{company.account.replace('_', ' ')} in the CRM" if company.account else None,
            "in no register: as the text names it" if company.provisional else None,
        )
        if words
    ]
    return PAGES.get_template("brief.md.j2").render(
        company=company,
        facts=facts,
        leads=queries.leads_of(conn, company_id=company.id),
        stories=stories,
        people=people,
        places=places,
        titles={name: kind.title for name, kind in workspace.kinds.items()},
        playbooks={kind: playbook(workspace, kind) for kind in dict.fromkeys(story.kind for story in stories)},
    )
