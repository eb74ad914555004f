"""What came of the alerts: how many were right, by profile, kind, source and rep, and the deals they led to."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from alerts.evaluate import GROUPS, Precision, evaluate
from prospect.outcomes import all_briefs
from prospect.web.site import Site, Viewer, site_of
from store import queries

TITLES = {"all": "All leads", "profile": "By profile", "kind": "By kind of event", "source": "By source", "rep": "By rep"}


def results_page(request: Request) -> Response:
    """Show the precision of the leads that the viewer may see: a rep's own, or everybody's."""
    site = site_of(request)
    viewer = site.viewer(request)
    found = results_for(site, viewer)
    kinds = {name: kind.title for name, kind in site.workspace.kinds.items()}
    groups = [(TITLES[group], [each for each in found if each.group == group]) for group in ("all", *GROUPS)]
    deals = any(each.won or each.lost for each in found)
    return site.page(request, "results.html.j2", {"viewer": viewer, "groups": groups, "kinds": kinds, "deals": deals})


def results_for(site: Site, viewer: Viewer) -> list[Precision]:
    """Return what came of the viewer's leads; worked out again only when something that it goes by has changed."""
    with site.engine.connect() as conn:
        trusted = tuple((name, source.trust) for name, source in site.workspace.sources.items())  # whose sentence was told
        stamp = (queries.results_stamp(conn), trusted, tuple(site.profiles_of(viewer)))
        kept = site.results.get(viewer.email)
        if kept is not None and kept[0] == stamp:
            return kept[1]
        briefs = [brief for brief in all_briefs(site.workspace, conn) if site.may_see(viewer, brief.lead)]
        found = evaluate(briefs, queries.verdicts_of(conn), queries.outcomes_of(conn))
    site.results[viewer.email] = stamp, found
    return found
