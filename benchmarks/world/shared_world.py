"""Starts the shared web of real documents as a process of its own, moves its clock, and reads its truth."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any


@dataclass
class SharedWorld:
    """A running web: where its sites are, and its clock."""

    control: str
    sites: dict[str, str] = field(default_factory=dict)  # name -> base address
    today: date = date.min

    def refresh(self, status: dict[str, Any]) -> dict[str, Any]:
        self.today = date.fromisoformat(status["today"])
        self.sites = {name: site["base"] for name, site in status["sites"].items()}
        return status

    def status(self) -> dict[str, Any]:
        """Return what the world says of itself: day, days, requests by site."""
        return self.refresh(self._ask("status"))

    def advance(self, days: int = 1) -> dict[str, Any]:
        """Go on by so many days; the last day stays."""
        return self.refresh(self._ask(f"advance?days={days}", method="POST"))

    def documents(self, *, to_come: bool = False) -> list[dict[str, Any]]:
        """Return what is known of every document that is out, or of all with those to come."""
        documents: list[dict[str, Any]] = self._ask("truth?all" if to_come else "truth")["documents"]
        return documents

    def download(self, site: str, path: str) -> bytes:
        """Return a file of a site, asked for as a person with an address would."""
        request = urllib.request.Request(self.sites[site] + path, headers={"User-Agent": "prospect benchmark (bench@prospect.example)"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            body: bytes = answer.read()
            return body

    def _ask(self, what: str, method: str = "GET") -> Any:
        request = urllib.request.Request(f"{self.control}/{what}", method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)


@contextmanager
def shared_world(folder: Path, *options: str) -> Iterator[SharedWorld]:
    """Serve `folder`/corpus with `folder`/world while the block runs; raise RuntimeError when it does not start.

    The folder is only read: the world writes no byte code into it.
    """
    command = [sys.executable, "-m", "world", "--corpus", "corpus", "--port", "0", *options]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        first = process.stdout.readline().split()  # "control http://127.0.0.1:PORT/__world/status  today 2024-07-22"
        if len(first) < 2 or first[0] != "control":
            raise RuntimeError(f"the world in {folder} did not start: `cd {folder} && {' '.join(command)}` says why")
        world = SharedWorld(first[1].removesuffix("/status"))
        world.status()
        yield world
    finally:
        process.terminate()
        process.wait(timeout=30)
        if process.stdout is not None:
            process.stdout.close()
