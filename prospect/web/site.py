"""What every page of the site needs: the workspace as its files are now, the store, the clock, templates, and who is asking."""

from __future__ import annotations

import ipaddress
import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from itsdangerous import BadSignature, URLSafeTimedSerializer
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Engine
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from alerts.evaluate import Precision
from alerts.wording import clean, web_address
from prospect.workspace import Workspace, load_workspace
from prospect.yamlfile import Faults
from store.records import Lead

log = logging.getLogger(__name__)
FOLDER = Path(__file__).parent
COOKIE = "prospect_session"
SESSION = timedelta(days=30)
FORM_LIFE = timedelta(hours=12)
EVERYBODY = "*"  # in a session: may see every rep's leads


@dataclass(frozen=True)
class Viewer:
    """Who is asking: a rep by e-mail, or with None somebody who may see everything."""

    email: str | None


@dataclass(frozen=True, kw_only=True)
class WebSettings:
    """What the web needs to know; `workspace` is called for each page and may read the files anew."""

    workspace: Callable[[], Workspace]
    engine: Engine
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)  # signs where prospect.yml has no link_keys
    hosts: tuple[str, ...] = ()  # names the site answers to beside localhost and the one of web.base_url


def workspace_reader(root: Path, keep_s: float = 20) -> Callable[[], Workspace]:
    """Return a function that returns the workspace, read again when it is older than `keep_s`.

    A file that is wrong leaves the last good state in place: a typing error in a profile must not close the inbox.
    """
    lock = threading.Lock()
    held = load_workspace(root)
    read_at = time.monotonic()

    def read() -> Workspace:
        nonlocal held, read_at
        with lock:
            if time.monotonic() - read_at > keep_s:
                read_at = time.monotonic()
                try:
                    held = load_workspace(root)
                except Faults as error:
                    log.warning("workspace not read again, the last good state stays; mend: %s", str(error).splitlines()[0])
            return held

    return read


class Site:
    """The settings, and what follows from them."""

    def __init__(self, settings: WebSettings) -> None:
        self.settings = settings
        self.engine = settings.engine
        self.explaining = threading.Lock()
        self.results: dict[str | None, tuple[object, list[Precision]]] = {}  # by viewer's e-mail, with the stamp of what they were made of
        self.templates = Environment(
            loader=FileSystemLoader(FOLDER / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self.templates.filters |= {"address": web_address, "day": day, "moment": moment, "line": clean}

    @property
    def workspace(self) -> Workspace:
        return self.settings.workspace()

    def now(self) -> datetime:
        return self.settings.now()

    @property
    def keys(self) -> tuple[str, ...]:
        """The secrets that sign links, sessions and forms, oldest first."""
        return self.workspace.settings.web.link_keys or (self.settings.secret,)

    @property
    def base_url(self) -> str | None:
        return self.workspace.settings.web.base_url

    @property
    def exposed(self) -> bool:
        """Whether the site is meant for other machines: then everybody must have come by a signed link."""
        return bool(self.base_url) and not is_loopback(urlsplit(self.base_url or "").hostname or "")

    def host_allowed(self, host: str) -> bool:
        """Return whether the site answers to this name; a page of another site that points its name at us does not get through."""
        name = urlsplit(f"//{host}").hostname or ""
        return is_loopback(name) or name in self.settings.hosts or (self.base_url is not None and name == urlsplit(self.base_url).hostname)

    # --- who is asking

    def viewer(self, request: Request) -> Viewer:
        """Return who is asking; raise HTTPException 403 when nobody is known."""
        email = self._unsigned("prospect session", request.cookies.get(COOKIE), SESSION)
        if email:
            return Viewer(None if email == EVERYBODY else email)
        if not self.exposed:  # the site answers to names of this machine alone: who is on it may read the database as well
            return Viewer(None)
        raise HTTPException(403, "Open any link of an alert mail first: it signs you in on this device for 30 days.")

    def sign_in(self, response: Response, email: str) -> None:
        """Let this browser in as the rep; the cookie is out of reach of scripts and of forms on other sites."""
        response.set_cookie(
            COOKIE,
            self._serializer("prospect session").dumps(email.lower()),
            max_age=int(SESSION.total_seconds()),
            httponly=True,
            samesite="lax",
            secure=(self.base_url or "").startswith("https:"),
        )

    def signed_in_by(self, token: str) -> str | None:
        """Return whom a sign-in token lets in, None for one that is forged or more than 15 minutes old."""
        return self._unsigned("prospect sign-in", token, timedelta(minutes=15))

    def may_see(self, viewer: Viewer, lead: Lead) -> bool:
        """Return whether the lead is the viewer's, or one of a team they belong to."""
        return viewer.email is None or lead.owner.lower() == viewer.email or lead.profile in self.profiles_of(viewer)

    def profiles_of(self, viewer: Viewer) -> list[str]:
        """Return the profiles whose leads may come to the viewer."""
        return [
            slug
            for slug, profile in self.workspace.profiles.items()
            if viewer.email is None or viewer.email in {address.lower() for address in profile.recipients}
        ]

    # --- forms

    def form_token(self, viewer: Viewer) -> str:
        """Return what a form must bring back to be taken for ours, and this viewer's."""
        return self._serializer("prospect form").dumps(viewer.email or EVERYBODY)

    def check_form(self, request: Request, viewer: Viewer, token: object) -> None:
        """Raise HTTPException 403 for a form that another site sent, or that is older than FORM_LIFE."""
        check_same_site(request)
        if self._unsigned("prospect form", token, FORM_LIFE) != (viewer.email or EVERYBODY):
            raise HTTPException(403, "This form is too old or not ours. Go back, load the page again and press the button there.")

    def _serializer(self, salt: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(list(self.keys), salt=salt)

    def _unsigned(self, salt: str, token: object, life: timedelta) -> str | None:
        if not isinstance(token, str) or not token:
            return None
        try:
            return str(self._serializer(salt).loads(token, max_age=int(life.total_seconds())))
        except BadSignature:  # SignatureExpired is one
            return None

    # --- pages

    def page(self, request: Request, template: str, context: Mapping[str, Any], status: int = 200) -> HTMLResponse:
        """Return a page of the site."""
        shared = {"now": self.now(), "path": request.url.path, "menu": True, "viewer": None}
        return HTMLResponse(self.templates.get_template(template).render(shared | dict(context)), status)


def sign_in_token(keys: tuple[str, ...], email: str = EVERYBODY) -> str:
    """Return the token of an address, `/in/TOKEN`, that lets a browser in as this rep, or with EVERYBODY as the operator."""
    return str(URLSafeTimedSerializer(list(keys), salt="prospect sign-in").dumps(email))


def site_of(request: Request) -> Site:
    """Return the site that the request came to."""
    site: Site = request.app.state.site
    return site


def check_same_site(request: Request) -> None:
    """Raise HTTPException 403 when the browser says that another site sent the form."""
    origin = request.headers.get("origin")
    said = request.headers.get("sec-fetch-site")
    if said not in (None, "same-origin", "none") or (
        origin not in (None, "null") and urlsplit(origin).netloc != request.headers.get("host")
    ):
        raise HTTPException(403, "This form came from another site and was not taken.")


def is_loopback(name: str) -> bool:
    """Return whether a host's name is this machine's own."""
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def day(moment: datetime | None) -> str:
    return f"{moment:%-d %B %Y}" if moment else "date unknown"


def moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment else "never"
