"""Draws the mails as a rep sees them, on a phone and a wide screen, light and dark: `python -m benchmarks.mail_pictures OUT`.

Each picture is also checked: nothing may stick out sideways, and every text must stand out from what is behind it. The pictures in
docs/ are made by `python -m benchmarks.mail_pictures docs --only alert`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from alerts.message import compose
from alerts.settings import MailSettings
from store.records import LeadBrief
from tests.alert_records import NOW, make_brief, make_company, new_cfo, planned_move

MAIL = MailSettings(url="folder:mails", sender="Prospect <alerts@sender.example>")
WEB = replace(MAIL, base_url="https://prospect.example.com", link_keys=("a key for pictures",))
WIDTHS = (360, 1000)
SCHEMES = ("light", "dark")
# the contrast of each visible piece of text with the nearest background behind it, by the formula of WCAG 2
CONTRAST = """() => {
  const parse = c => { const m = c.match(/[\\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m };
  const light = ([r, g, b]) => { const f = v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4 };
    return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b) };
  const out = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    let e = walker.currentNode.parentElement;
    if (!text || !e.getClientRects().length || !walker.currentNode.parentElement.offsetParent) continue;
    const ink = light(parse(getComputedStyle(e).color));
    while (e && parse(getComputedStyle(e).backgroundColor)[3] === 0) e = e.parentElement;
    const paper = light(e ? parse(getComputedStyle(e).backgroundColor) : [255, 255, 255]);
    out.push([(Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05), text.slice(0, 60)]);
  }
  return out.sort((a, b) => a[0] - b[0])[0] }"""


@dataclass(frozen=True)
class Look:
    """What one picture showed when it was measured."""

    name: str
    width: int
    scheme: str
    scroll_width: int  # more than `width`: something sticks out sideways
    contrast: float  # of the text that stands out least
    faintest: str
    requests: int  # what the page asked the network for


def mails() -> dict[str, str]:
    """Return name -> HTML of each kind of mail."""
    digest = [
        make_brief(company=make_company("c1")),
        make_brief(new_cfo("c2"), company=make_company("c2", name="Tidewater Instruments Corp.", city="Norfolk", state="VA", ticker=None)),
        make_brief(planned_move("c3"), company=make_company("c3", name="Juniper Valley Dairy Cooperative", city="Frederick", state="MD")),
    ]
    hostile = make_company("c4", name="W" * 200, domain="a" * 120 + ".example")
    return {
        "alert": _html([make_brief()], "alert", WEB),
        "commands": _html([make_brief()], "alert", MAIL),
        "correction": _html([make_brief(new_cfo(), planned_move(status="denied"))], "correction", WEB),
        "digest": _html(digest, "digest", WEB),
        "hostile": _html([make_brief(company=hostile)], "alert", MAIL),
    }


def _html(briefs: list[LeadBrief], purpose: str, mail: MailSettings) -> str:
    message = compose(briefs, recipient="jane@example.com", purpose=purpose, key="0011223344556677", date=NOW, mail=mail)
    body = message.get_body(("html",))
    assert body is not None
    return str(body.get_content())


@contextmanager
def browser() -> Iterator[Browser]:
    """The system's chromium, headless. Raise FileNotFoundError with the cure when there is none."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        raise FileNotFoundError("chromium is not on this machine; apt-get install chromium, or set CHROMIUM to its path")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield opened
        finally:
            opened.close()


def look(opened: Browser, name: str, html: str, width: int, scheme: Any, picture: Path | None, height: int | None = None) -> Look:
    """Show the mail as a browser does and measure it; write a picture of all of it, or of its first `height` pixels."""
    asked: list[str] = []
    context = opened.new_context(viewport={"width": width, "height": height or 800}, color_scheme=scheme, java_script_enabled=True)
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(html)
    scroll_width = int(page.evaluate("document.documentElement.scrollWidth"))
    contrast, faintest = page.evaluate(CONTRAST)
    if picture:
        page.screenshot(path=str(picture), full_page=height is None)
    context.close()
    return Look(name, width, scheme, scroll_width, round(contrast, 2), faintest, len([url for url in asked if url.startswith("http")]))


def main() -> int:
    """Write the pictures, print what was measured, and return 1 if a mail sticks out or cannot be read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="folder for the pictures")
    parser.add_argument("--only", help="one kind of mail, one picture: for docs/")
    wanted = parser.parse_args()
    wanted.out.mkdir(parents=True, exist_ok=True)
    bad = 0
    with browser() as opened:
        for name, html in mails().items():
            if wanted.only:
                if name == wanted.only:
                    look(opened, name, html, 664, "light", wanted.out / f"{name}.png", height=1000)
                continue
            for width in WIDTHS:
                for scheme in SCHEMES:
                    seen = look(opened, name, html, width, scheme, wanted.out / f"{name}-{width}-{scheme}.png")
                    fine = seen.scroll_width <= width and seen.contrast >= 4.5 and not seen.requests
                    bad += not fine
                    print(f"{'ok ' if fine else 'BAD'} {seen}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
