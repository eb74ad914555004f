"""Serves the web beside the scheduler: in a thread of its process, until it stops."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Engine

from prospect.workspace import Workspace

log = logging.getLogger(__name__)


class WebError(Exception):
    """The web cannot be served; the message says why and what to do."""


@contextmanager
def serving(root: Path, workspace: Workspace, engine: Engine) -> Iterator[str]:
    """Serve the workspace's web while the block runs, and yield its address.

    Raise WebError when the address of `web.listen` cannot be had, or the web's packages are not installed.
    """
    try:
        import uvicorn

        from prospect.web.app import create_app
        from prospect.web.site import WebSettings, workspace_reader
    except ImportError as error:
        raise WebError(f"the web needs packages that are not installed ({error.name}): pip install 'prospect[web]'") from error

    listener = listen(workspace.settings.web.listen)
    host, port = listener.getsockname()[:2]
    app = create_app(WebSettings(workspace=workspace_reader(root), engine=engine))
    # no access log: the addresses of signed links are keys. Proxies' headers mean nothing to us and are not read.
    config = uvicorn.Config(app, access_log=False, log_config=None, lifespan="off", server_header=False, proxy_headers=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="web", daemon=True)
    thread.start()
    address = workspace.settings.web.base_url or f"http://{f'[{host}]' if ':' in host else host}:{port}"
    log.info("web served listen=%s address=%s", workspace.settings.web.listen, address)
    try:
        yield address
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


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
