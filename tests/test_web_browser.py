"""The web as it is served and seen: over a real socket, and in a real browser on a phone, in the dark, and by keyboard."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import Engine

from prospect.web.server import WebError, listen, serving, sign_in_address
from prospect.workspace import load_workspace
from store import queries as q
from tests.support import require
from tests.web_site import HOSTILE, fill, link_path, workspace_in

ROOT = Path(__file__).parent.parent
CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture
def address(sqlite_engine: Engine, tmp_path: Path) -> Iterator[str]:
    """The address of the site of a filled store, served on this machine."""
    fill(sqlite_engine)
    root = workspace_in(tmp_path / "ws", exposed=False)
    with (root / "prospect.yml").open("a") as file:
        file.write('web: {listen: "127.0.0.1:0", link_keys: ["new key"]}\n')
    with serving(root, load_workspace(root), sqlite_engine) as served:
        yield served


def test_it_is_served_and_stops(sqlite_engine: Engine, tmp_path: Path) -> None:
    root = workspace_in(tmp_path / "ws", exposed=False)
    (root / "prospect.yml").write_text('contact: ops@example.com\nweb: {listen: "127.0.0.1:0"}\n')
    with serving(root, load_workspace(root), sqlite_engine) as served, urllib.request.urlopen(f"{served}/health") as answer:
        assert answer.status == 200
        assert "uvicorn" not in str(answer.headers).lower()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"{served}/health")


@pytest.mark.parametrize("taken", [False, True])
def test_serve_stops_in_order_when_told(tmp_path: Path, taken: bool) -> None:
    """Also where another program has the port and there is no web: the nightly run matters more."""
    root = workspace_in(tmp_path / "ws", exposed=False)
    log = tmp_path / "log"
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        if not taken:
            other.close()
        (root / "prospect.yml").write_text(f'contact: ops@example.com\nweb: {{listen: "127.0.0.1:{port}"}}\n')
        with log.open("wb") as file:
            server = subprocess.Popen([sys.executable, "-m", "scheduler", "--workspace", str(root)], cwd=ROOT, stderr=file)
        try:
            deadline = time.monotonic() + 60
            while ("web served" not in log.read_text() and "no web inbox" not in log.read_text()) and time.monotonic() < deadline:
                assert server.poll() is None, log.read_text()
                time.sleep(0.1)
            if not taken:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/health") as answer:
                    assert answer.status == 200
            server.send_signal(signal.SIGTERM)
            assert server.wait(30) == 0, log.read_text()
        finally:
            server.kill()
    assert "stopped" in log.read_text()


WRONG_LISTEN = [("localhost", "is no address"), ("127.0.0.1:http", "is no address"), ("127.0.0.1:99999", "is no address")]


@pytest.mark.parametrize(("where", "message"), WRONG_LISTEN)
def test_a_wrong_address_to_listen_at(where: str, message: str) -> None:
    with pytest.raises(WebError, match=message):
        listen(where)


def test_a_port_that_is_taken_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(WebError, match="choose another port"):
        listen(f"127.0.0.1:{taken.getsockname()[1]}")


def test_who_signs_in_where(tmp_path: Path) -> None:
    exposed = load_workspace(workspace_in(tmp_path / "a"))
    assert sign_in_address(exposed, "Jane@example.com").startswith("https://alerts.example.com/in/")
    with pytest.raises(WebError, match="on this machine alone"):
        sign_in_address(load_workspace(workspace_in(tmp_path / "b", exposed=False)))


# --- in a browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    require("chromium", CHROMIUM.exists(), "apt-get install chromium")
    with sync_playwright() as playwright:
        # as root, Chromium's own sandbox cannot be set up
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=arguments)
        yield opened
        opened.close()


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Page]:
    """A page 360 pixels wide; the test fails if anything was asked from elsewhere or refused by the page's own policy."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, base_url=address)
    page = context.new_page()
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text) if message.type in ("error", "warning") else None)
    page.on("request", lambda request: trouble.append(request.url) if not request.url.startswith(address) else None)
    page.on("dialog", lambda dialog: trouble.append(f"dialog {dialog.message}"))
    yield page
    context.close()
    assert trouble == []


PAGES = [
    "/",
    "/leads/l1",
    "/leads/l2",
    "/companies/c1",
    "/companies/c2",
    "/explain?profile=jane&company=c1",
    "/sources",
    link_path("reject", "l1", days=36500),
]


@pytest.mark.chromium
@pytest.mark.parametrize("path", PAGES)
def test_every_page_fits_a_phone_and_reads_in_the_dark(phone: Page, path: str) -> None:
    phone.goto(path)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    smallest = phone.evaluate(
        "Math.min(...[...document.querySelectorAll('button, select')].map(e => e.getBoundingClientRect().height), 99)"
    )
    assert smallest >= 32  # a finger must hit it
    light = contrast(phone)
    phone.emulate_media(color_scheme="dark")
    dark = contrast(phone)
    assert phone.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(17, 22, 29)"
    assert min(light, dark) >= 4.5  # WCAG AA


CONTRAST = """() => {
  const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.length === 3 || c[3] > 0) return c; } return [255, 255, 255]; };
  let least = 99;
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || !e.getClientRects().length || e.tagName === 'OPTION') continue;
    const [a, b] = [luminance(parse(getComputedStyle(e).color)), luminance(behind(e))].sort((x, y) => y - x);
    least = Math.min(least, (a + .05) / (b + .05));
  }
  return least;
}"""


def contrast(page: Page) -> float:
    """Return the least contrast between a text and what is behind it, by WCAG's formula."""
    return float(page.evaluate(CONTRAST))


@pytest.mark.chromium
def test_a_rep_works_through_a_lead(phone: Page, sqlite_engine: Engine) -> None:
    phone.goto("/")
    phone.get_by_role("link", name="Harbor Mills, Inc.").last.click()
    phone.get_by_text("Reject", exact=True).click()
    phone.get_by_label("old news").check()
    phone.get_by_role("button", name="Reject for this reason").click()
    assert phone.url.endswith("/leads/l1")
    expect(phone.get_by_text("rejected: old news")).to_be_visible(timeout=15_000)
    phone.get_by_text("Put aside", exact=True).click()
    phone.get_by_role("button", name="Put aside until then").click()
    expect(phone.get_by_text("snoozed until")).to_be_visible(timeout=15_000)
    with sqlite_engine.connect() as conn:
        assert [said.verdict for said in q.verdicts_of(conn, lead_id="l1")] == ["rejected", "snoozed"]


@pytest.mark.chromium
def test_a_link_of_a_mail_works_without_a_session(phone: Page, sqlite_engine: Engine) -> None:
    phone.goto(link_path("accept", "l1", days=36500))  # the site goes by the real clock
    phone.get_by_role("button", name="Accept").press("Enter")  # by keyboard
    assert phone.get_by_role("status").inner_text() == "Accepted. It is yours."
    phone.reload()  # sends the form again
    with sqlite_engine.connect() as conn:
        assert len(q.verdicts_of(conn, lead_id="l1")) == 1


@pytest.mark.chromium
def test_script_in_a_document_is_text_in_the_browser(phone: Page) -> None:
    phone.goto("/leads/l2")
    assert phone.get_by_role("heading", level=1).inner_text() == HOSTILE
    assert phone.evaluate("document.scripts.length") == 0
