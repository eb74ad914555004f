"""Mails as a browser draws them: nothing sticks out on a phone, everything can be read by day and by night, nothing is loaded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from benchmarks.mail_pictures import SCHEMES, WIDTHS, browser, look, mails
from tests.support import require

pytestmark = [pytest.mark.chromium, pytest.mark.proof]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    require("chromium", found, "apt-get install chromium")
    with browser() as opened:
        yield opened


@pytest.mark.parametrize("name, html", mails().items(), ids=mails())
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_mail_as_it_is_seen(name: str, html: str, width: int, scheme: str, chromium: Browser, tmp_path: Path) -> None:
    seen = look(chromium, name, html, width, scheme, tmp_path / "mail.png")
    assert seen.scroll_width <= width  # nobody scrolls sideways on a phone
    assert seen.contrast >= 4.5, seen.faintest  # WCAG 2, AA
    assert seen.requests == 0
