"""Sources that break without an error, among sound ones: after how many nights the operator's mail names each, and who is named wrongly.

    python -m benchmarks.silence DIR           # DIR holds world/ and corpus/

Each source stands in front of a site of the world through a server of its own, which from one day on breaks it in its own
way: always with status 200 or 304. Nights before that day teach what is usual. One site the world itself silences.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from benchmarks.world.shared_world import SharedWorld, shared_world
from prospect.pipeline import run
from prospect.workspace import load_workspace
from store.database import open_store

CHALLENGE = b"<html><title>Just a moment...</title><body><p>Checking your browser before you go on.</p></body></html>"
MISSING = b"<html><title>Page not found</title><body><h1>Page not found</h1><p>The page you requested does not exist.</p></body></html>"
CONSENT = b"<html><title>Before you continue</title><body><p>We value your privacy. Accept all cookies?</p></body></html>"
ENTRIES = re.compile(rb"<(item|entry)\b.*?</\1>", re.DOTALL)
LINKS = re.compile(rb"<link\b[^>]*/>|<link>.*?</link>|<(guid|id)\b[^>]*>[^<]*</\1>", re.DOTALL)
RSS = ("wire-1", "/rss/news-releases-list.rss")
RSS_2 = ("wire-2", "/RssFeed/orgclass/1/feedTitle/latest")
ATOM = ("wire-3", "/atom.xml")
FEED = "spider: feed"
PLAIN = "spider: listing\nitem: li.news-item\npages: 2"
CAPTURED = "spider: listing\nitem: li\npages: 2"
SILENCED = "captured-mixed"  # the site that the world's own `--silent` empties


@dataclass
class Breaker:
    """One source: which site it shows, and how it breaks; `break_list` and `break_page` get a body and return what is sent instead."""

    name: str
    site: str
    path: str
    keys: str
    break_list: Callable[[bytes], bytes] | None = None
    break_page: Callable[[bytes], bytes] | None = None
    frozen: bool = False  # from the day on, the list is what it was, with status 200
    unchanged: bool = False  # from the day on, the list is 304 to whoever asks conditionally
    silenced: bool = False  # by the world
    broken: bool = False
    kept: dict[str, tuple[bytes, dict[str, str]]] = field(default_factory=dict)

    @property
    def sound(self) -> bool:
        return not (self.break_list or self.break_page or self.frozen or self.unchanged or self.silenced)


def sources() -> list[Breaker]:
    """Return the broken ones and the sound ones."""
    return [
        Breaker("emptied", *RSS, FEED, break_list=lambda body: ENTRIES.sub(b"", body)),
        Breaker("frozen", *RSS_2, FEED, frozen=True),
        Breaker("not_modified_for_ever", *ATOM, FEED, unchanged=True),
        Breaker("a_page_for_a_feed", *RSS, FEED, break_list=lambda _: CONSENT),
        Breaker("entries_without_links", *RSS_2, FEED, break_list=lambda body: ENTRIES.sub(lambda found: LINKS.sub(b"", found[0]), body)),
        Breaker("one_entry_left", *ATOM, FEED, break_list=lambda body: _first_entries(body, 1)),
        Breaker("pages_are_challenges", *RSS, FEED, break_page=lambda _: CHALLENGE),
        Breaker("pages_are_soft_404s", *RSS_2, FEED, break_page=lambda _: MISSING),
        Breaker("half_the_pages_are_walls", *ATOM, FEED, break_page=lambda body: CONSENT if len(body) % 2 else body),
        Breaker("list_rebuilt", "newsroom-plain", "/news-releases", PLAIN, break_list=lambda body: body.replace(b"news-item", b"card")),
        Breaker("list_behind_a_wall", "newsroom-plain", "/news-releases", PLAIN, break_list=lambda _: CONSENT),
        Breaker("list_frozen_three_a_day", "captured-articles", "/", CAPTURED, frozen=True),
        Breaker("list_frozen_one_in_two_days", "newsroom-plain", "/news-releases", PLAIN, frozen=True),
        Breaker("silenced_by_the_world", SILENCED, "/", CAPTURED, silenced=True),
        Breaker("sound_1", *RSS, FEED),
        Breaker("sound_2", *RSS_2, FEED),
        Breaker("sound_3", *ATOM, FEED),
        Breaker("sound_plain", "newsroom-plain", "/news-releases", PLAIN),
        Breaker("sound_captured", "captured-articles", "/", CAPTURED),
    ]


def _first_entries(body: bytes, count: int) -> bytes:
    seen = 0

    def kept(found: re.Match[bytes]) -> bytes:
        nonlocal seen
        seen += 1
        return found[0] if seen <= count else b""

    return ENTRIES.sub(kept, body)


def serve(breaker: Breaker, base: str) -> ThreadingHTTPServer:
    """Serve a site of the world under an address of its own, broken once `breaker.broken` is set."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, headers, body = self._answer(self.path == breaker.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _answer(self, is_list: bool) -> tuple[int, dict[str, str], bytes]:
            conditional = {name: value for name in ("If-None-Match", "If-Modified-Since") if (value := self.headers.get(name))}
            if is_list and breaker.broken and breaker.unchanged and conditional:
                return 304, {}, b""
            if is_list and breaker.broken and breaker.frozen:
                body, headers = breaker.kept[self.path]
                return 200, headers, body
            changes = breaker.broken and (breaker.break_list if is_list else breaker.break_page)
            status, headers, body = fetched(base + self.path, {} if changes else conditional)
            if status == 200:
                own_port = self.connection.getsockname()[1]
                body = body.replace(base.encode(), f"http://127.0.0.1:{own_port}".encode())
                if is_list and not breaker.broken:
                    breaker.kept[self.path] = (body, headers)
                if changes and not self.path.endswith("robots.txt"):
                    return 200, {"Content-Type": headers.get("Content-Type", "text/html")}, changes(body)
            return status, headers, body

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def fetched(url: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    """Return (status, headers that matter, body) of an address."""
    try:
        with urlopen(Request(url, headers={"User-Agent": "prospect-benchmark (bench@example.com)", **headers}), timeout=30) as answer:
            kept = {name: value for name in ("Content-Type", "ETag", "Last-Modified") if (value := answer.headers.get(name))}
            return answer.status, kept, answer.read()
    except HTTPError as error:
        return error.code, {}, b""


def nights(world: SharedWorld, folder: Path, breakers: list[Breaker], first_broken: int) -> tuple[dict[str, int], list[str]]:
    """Run every night of the world; return (name -> nights until its mail, the mails' subjects with their day)."""
    (folder / "sources").mkdir()
    (folder / "prospect.yml").write_text(
        "contact: bench@example.com\nmail: {operator: ops@example.com}\ncrawl: {allow_hosts: [127.0.0.1], timeout: 2m}\n"
    )
    for breaker in breakers:
        port = serve(breaker, world.sites[breaker.site]).server_address[1]
        text = f"title: {breaker.name}\nstart: [http://127.0.0.1:{port}{breaker.path}]\n{breaker.keys}\n"
        (folder / "sources" / f"{breaker.name}.yml").write_text(text)
    workspace = load_workspace(folder)
    engine = open_store(workspace.database_url)
    named: dict[str, int] = {}
    subjects: list[str] = []
    seen: set[Path] = set()
    last = date.fromisoformat(world.status()["last_day"])
    night = 0
    while True:
        for breaker in breakers:
            breaker.broken = night >= first_broken
        moment = datetime.combine(world.today + timedelta(days=1), time(6), UTC)
        run(workspace, engine, now=moment, stages=("collect", "read", "tell"))
        for path in sorted(set((folder / "mails").glob("*.eml")) - seen):
            seen.add(path)
            mail = message_from_bytes(path.read_bytes(), policy=default)
            text = mail.get_content()
            subjects.append(f"night {night - first_broken + 1:+d}: {mail['Subject']}")
            for breaker in breakers:
                if f"- {breaker.name} (" in text.partition("Mended:")[0]:
                    named.setdefault(breaker.name, night - first_broken + 1)
        if world.today >= last:
            engine.dispose()
            return named, subjects
        world.advance()
        night += 1


def main() -> None:
    """Run the nights and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--first-broken", type=int, default=20, help="the first night with broken sources")
    options = parser.parse_args()
    breakers = sources()
    options_of_world = ["--clock", "--days", str(options.days)]
    with shared_world(options.folder, *options_of_world) as world:
        options_of_world += ["--silent", f"{SILENCED}:{world.today + timedelta(days=options.first_broken)}"]
    with shared_world(options.folder, *options_of_world) as world, tempfile.TemporaryDirectory() as name:
        named, subjects = nights(world, Path(name), breakers, options.first_broken)
    for breaker in breakers:
        said = "never named" if breaker.name not in named else f"named in the report of night {named[breaker.name]:+d}"
        print(f"{breaker.name:32}{said}")
    broken = [breaker.name for breaker in breakers if not breaker.sound]
    first = sum(named.get(name) == 1 for name in broken)
    wrongly = [name for name, night in named.items() if name not in broken or night < 1]
    print(f"{len(broken)} broken: {first} named in the next report, {sum(named.get(name, 0) > 1 for name in broken)} later, ", end="")
    print(f"{sum(name not in named for name in broken)} never; named wrongly: {wrongly or 'none'}; {len(subjects)} mails")
    print("\n".join(f"  {subject}" for subject in subjects))


if __name__ == "__main__":
    main()
