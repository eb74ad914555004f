"""What came of the alerts: how many were right, by profile, kind, source and rep, and the deals they led to."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from alerts.evaluate import GROUPS, evaluate
from prospect.outcomes import all_briefs
from prospect.web.site import site_of
from store import queries

TITLES = {"all": "All leads", "profile": "By profile", "kind": "By kind of event", "source": "By source", "rep": "By rep"}


def results_page(request: Request) -> Response:
    """Show the precision of the leads that the viewer may see: a rep's own, or everybody's."""
    site = site_of(request)
    viewer = site.viewer(request)
    with site.engine.connect() as conn:
        briefs = [brief for brief in all_briefs(site.workspace, conn) if site.may_see(viewer, brief.lead)]
        found = evaluate(briefs, queries.verdicts_of(conn), queries.outcomes_of(conn))
    kinds = {name: kind.title for name, kind in site.workspace.kinds.items()}
    groups = [(TITLES[group], [each for each in found if each.group == group]) for group in ("all", *GROUPS)]
    deals = any(each.won or each.lost for each in found)
    return site.page(request, "results.html.j2", {"viewer": viewer, "groups": groups, "kinds": kinds, "deals": deals})
