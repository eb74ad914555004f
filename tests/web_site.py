"""A small workspace with a filled store, and the site on it: what the tests of the web go to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine
from starlette.testclient import TestClient

from alerts.links import Link, sign
from prospect.web.app import create_app
from prospect.web.site import WebSettings, workspace_reader
from store import queries as q
from store.records import Part, Reason
from tests import stored

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEYS = ("old key", "new key")
BASE = "https://alerts.example.com"
HOSTILE = '<script>alert("1")</script>'

PROSPECT_YML = """\
contact: ops@example.com
mail: {sender: "alerts@example.com"}
crm: {csv: {folder: crm}}
web: {base_url: "%s", link_keys: ["old key", "new key"]}
"""
LOCAL_YML = "contact: ops@example.com\n"
PROFILE = """\
name: %(name)s
owner: %(owner)s
%(more)swants:
  - {trigger: executive_change, within: 120d, weight: 60}
threshold: 30
deliver: {email: immediately, crm: {to: csv, when: accepted}}
"""


def workspace_in(folder: Path, *, exposed: bool = True) -> Path:
    """Write a workspace: a profile of Jane's, one of Joe's, and one of a team that both belong to."""
    (folder / "profiles").mkdir(parents=True, exist_ok=True)
    (folder / "prospect.yml").write_text(PROSPECT_YML % BASE if exposed else LOCAL_YML)
    team = "team: {assign: everyone, members: [{email: jane@example.com}]}\n"
    for slug, name, owner, more in [
        ("jane", "New chiefs", "jane@example.com", ""),
        ("joe", "Joe's chiefs", "joe@example.com", ""),
        ("team", "Team chiefs", "joe@example.com", team),
    ]:
        (folder / "profiles" / f"{slug}.yml").write_text(PROFILE % {"name": name, "owner": owner, "more": more})
    return folder


def fill(engine: Engine) -> None:
    """Store two companies with an event each, leads of all three profiles on them, a run and two sources."""
    part = Part(want="executive_change, weight 60", points=52.5, met=True, required=False, why="60 × 0.9 × 0.97", story_ids=("s1",))
    with engine.begin() as conn:
        q.save_raw(conn, [stored.raw("r1"), stored.raw("r2")])
        q.save_document(conn, stored.document("r1", url="https://northwire.example/r1"), NOW)
        q.save_document(conn, stored.document("r2", url="javascript:alert(1)", publisher=HOSTILE), NOW)
        q.save_events(conn, "r1", [stored.event("e1", "r1")], NOW)
        q.save_events(conn, "r2", [stored.event("e2", "r2", quote=f"Said {HOSTILE} to all.", facts={"person": HOSTILE})], NOW)
        q.save_companies(
            conn, [stored.company("c1", name="Harbor Mills, Inc.", city="Dover", state="DE"), stored.company("c2", name=HOSTILE)]
        )
        for event_id, company_id, story_id in (("e1", "c1", "s1"), ("e2", "c2", "s2")):
            q.save_match(conn, event_id, stored.match(company_id), NOW)
            q.save_stories(conn, company_id, [stored.story(story_id, *q.sightings_of(conn, [company_id])[company_id])], NOW)
        for lead_id, profile, owner, company_id, hours in [
            ("l1", "jane", "jane@example.com", "c1", 3),
            ("l2", "joe", "joe@example.com", "c2", 2),
            ("l3", "team", "joe@example.com", "c1", 1),
        ]:
            story = "s1" if company_id == "c1" else "s2"
            created = NOW - timedelta(hours=hours)
            q.save_lead(
                conn,
                stored.lead(
                    lead_id,
                    profile=profile,
                    owner=owner,
                    company_id=company_id,
                    created=created,
                    score=52.5,
                    threshold=30.0,
                    parts=(part,),
                    story_ids=(story,),
                ),
            )
        q.save_decisions(conn, [stored.decision("jane", "c1", reason=Reason.ALERTED), stored.decision("joe", "c1")])
        q.save_source_run(conn, stored.source_run("northwire", error=f"503 {HOSTILE}"))
        q.save_source_run(conn, stored.source_run("edgar", started=NOW - timedelta(hours=5), listed=0))
        q.end_run(
            conn, q.begin_run(conn, NOW, NOW - timedelta(hours=6)), NOW - timedelta(hours=5), {"leads": ["l1"], "failures": ["northwire"]}
        )


def client_of(
    engine: Engine, root: Path, *, host: str | None = None, now: datetime = NOW, clock: Callable[[], datetime] | None = None
) -> TestClient:
    """Return a client of the site that follows no redirects, under the host's name that the mails link to unless another is given."""
    exposed = BASE in (root / "prospect.yml").read_text()
    app = create_app(WebSettings(workspace=workspace_reader(root), engine=engine, now=clock or (lambda: now)))
    base = f"https://{host}" if host else BASE if exposed else "http://127.0.0.1:8080"
    return TestClient(app, base_url=base, follow_redirects=False, raise_server_exceptions=False)


def link_path(action: str, subject: str, by: str = "jane@example.com", *, days: int = 30, key: str = KEYS[-1]) -> str:
    """Return the path of a signed link."""
    return f"/do/{sign([key], Link(action=action, subject=subject, by=by, expires=NOW + timedelta(days=days)))}"
