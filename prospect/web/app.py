"""The web application: which address is which page, and what holds for all of them.

No script, no remote file, nothing cached, no framing; a browser is told so, and what comes out of documents is escaped.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from prospect.web import actions, health, pages, results
from prospect.web.site import FOLDER, Site, WebSettings, site_of

log = logging.getLogger(__name__)
MAX_BODY_BYTES = 64 * 1024
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # the address of a signed link must not reach the newspaper that is clicked on next
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def create_app(settings: WebSettings) -> Starlette:
    """Return the application of one workspace."""
    routes = [
        Route("/", pages.inbox),
        Route("/leads/{lead}", pages.lead_page),
        Route("/leads/{lead}/verdict", actions.verdict, methods=["POST"]),
        Route("/companies/{company:path}", pages.company_page),
        Route("/explain", pages.explain_page),
        Route("/results", results.results_page),
        Route("/sources", health.sources_page),
        Route("/do/{token}", actions.link, methods=["GET", "POST"]),
        Route("/in/{token}", actions.sign_in),
        Route("/health", health.health),
        Route("/metrics", health.metrics),
        Mount("/static", StaticFiles(directory=FOLDER / "static")),
    ]
    app = Starlette(
        routes=routes,
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=_guard)],
        exception_handlers={HTTPException: _refused, Exception: _failed},
    )
    app.state.site = Site(settings)
    return app


async def _guard(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
    """Let through what is meant for this site and not too large, and put the headers on every answer."""
    length = request.headers.get("content-length", "0")
    if not site_of(request).host_allowed(request.headers.get("host", "")):
        response: Response = PlainTextResponse("This site does not go by that name; set web.base_url in prospect.yml.", 400)
    elif request.method == "POST" and not (length.isdigit() and int(length) <= MAX_BODY_BYTES and "content-length" in request.headers):
        response = PlainTextResponse("That is too much for a form.", 413)
    else:
        response = await answer(request)
    for name, value in HEADERS.items():
        response.headers[name] = value
    if not request.url.path.startswith("/static/"):
        response.headers["Cache-Control"] = "no-store"
    return response


def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    words = {404: "There is no such page.", 405: "This page cannot be asked that way."}
    detail = error.detail if isinstance(error, HTTPException) else ""
    if detail in ("Not Found", "Method Not Allowed"):
        detail = words.get(status, detail)
    return site_of(request).page(request, "error.html.j2", {"menu": False, "status": status, "detail": detail}, status)


def _failed(request: Request, error: Exception) -> Response:
    route = request.scope.get("route")  # its pattern, not the address: that of a link holds its signature
    log.error("page failed route=%s error=%r", getattr(route, "path", None), error)
    context = {"menu": False, "status": 500, "detail": "Something went wrong here; the log of the server says what. Nothing was changed."}
    response = site_of(request).page(request, "error.html.j2", context, 500)
    for name, value in HEADERS.items():  # this answer is made outside of the guard
        response.headers[name] = value
    return response
