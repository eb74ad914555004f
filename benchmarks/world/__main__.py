"""`python -m benchmarks.world SHARED_DIR [--days N] [--only filing|month] [--keep DIR]`: exit status 1 when a promise is broken."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from benchmarks.world.one_filing import one_filing
from benchmarks.world.one_month import one_month


def main() -> int:
    """Run the scenarios, print a table of each, return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.world", description=__doc__)
    parser.add_argument("shared", type=Path, metavar="SHARED_DIR", help="the folder that holds world/ and corpus/")
    parser.add_argument("--days", type=int, default=30, help="nights of the month's scenario")
    parser.add_argument("--only", choices=("filing", "month"))
    parser.add_argument("--keep", type=Path, metavar="DIR", help="leave the workspaces here for a look")
    asked = parser.parse_args()
    if not (asked.shared / "world" / "__main__.py").is_file():
        print(f"{asked.shared} holds no world/; name the folder that does", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the world is ended too
    console = Console(width=140)
    with tempfile.TemporaryDirectory(prefix="prospect-world-") as made:
        folder = (asked.keep or Path(made)).resolve()
        results = []
        if asked.only != "month":
            results.append(one_filing(asked.shared, folder / "filing", console))
        if asked.only != "filing":
            results.append(one_month(asked.shared, folder / "month", console, asked.days))
    for promises in results:
        promises.show(console)
    return 1 if any(promises.broken for promises in results) else 0


if __name__ == "__main__":
    sys.exit(main())
