"""Serves the web: in the scheduler's process, or in a thread of a test."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy import Engine

from prospect.workspace import Workspace
from store.errors import Mendable

if TYPE_CHECKING:
    import uvicorn

log = logging.getLogger(__name__)


class WebError(Mendable):
    """The web cannot be served; the message says why and what to do."""


def serve(root: Path, workspace: Workspace, engine: Engine) -> None:
    """Serve the workspace's web until SIGINT or SIGTERM; belongs into the main thread.

    Raise WebError when the address of `web.listen` cannot be had, or the web's packages are not installed.
    """
    server, listener = _server(root, workspace, engine)
    with listener:
        server.run(sockets=[listener])


@contextmanager
def serving(root: Path, workspace: Workspace, engine: Engine) -> Iterator[str]:
    """Serve the workspace's web in a thread while the block runs, and yield its address; raise WebError as `serve` does."""
    server, listener = _server(root, workspace, engine)
    host, port = listener.getsockname()[:2]
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="web", daemon=True)
    thread.start()
    try:
        yield workspace.settings.web.base_url or f"http://{f'[{host}]' if ':' in host else host}:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


def _server(root: Path, workspace: Workspace, engine: Engine) -> tuple[uvicorn.Server, socket.socket]:
    try:
        import uvicorn

        from prospect.web.app import create_app
        from prospect.web.site import WebSettings, workspace_reader
    except ImportError as error:
        raise WebError(f"the web needs packages that are not installed ({error.name}): pip install 'prospect[web]'") from error
    app = create_app(WebSettings(workspace=workspace_reader(root), engine=engine))
    # no access log: the addresses of signed links are keys. What proxies say of the client means nothing to us.
    config = uvicorn.Config(app, access_log=False, log_config=None, lifespan="off", server_header=False, proxy_headers=False)
    listener = listen(workspace.settings.web.listen)
    log.info("web served listen=%s address=%s", workspace.settings.web.listen, workspace.settings.web.base_url or "this machine alone")
    return uvicorn.Server(config), listener


def listen(where: str) -> socket.socket:
    """Return a socket that listens at "host:port"; raise WebError when that cannot be."""
    try:
        parts = urlsplit(f"//{where}")
        host, port = parts.hostname or "127.0.0.1", parts.port
    except ValueError:
        port = None
    if port is None:
        raise WebError(f"web.listen: '{where}' is no address to listen at; write 127.0.0.1:8080")
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, reuse_port=False)
    except OSError as error:
        raise WebError(f"web.listen: cannot listen at {where} ({error.strerror}); stop what does, or choose another port") from error


def sign_in_address(workspace: Workspace, email: str | None = None) -> str:
    """Return an address that signs a browser in for 30 days, itself good for 15 minutes: as this rep, or as the operator who sees all.

    Raise WebError for a workspace whose web is on this machine alone: there nobody signs in.
    """
    from prospect.web.site import EVERYBODY, sign_in_token

    web = workspace.settings.web
    if not web.base_url:
        raise WebError(f"nobody signs in here: without web.base_url the web answers on this machine alone, at http://{web.listen}")
    return f"{web.base_url.rstrip('/')}/in/{sign_in_token(web.link_keys, email.lower() if email else EVERYBODY)}"
