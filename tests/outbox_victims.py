"""Workers that are killed: reads rounds from stdin, forks one worker each, and says how each ended.

A worker counts every call that Python makes, and at the one it is told it ends as by `kill -9`: so that the kills fall on every step
between claim and settle, and a round can be repeated exactly. Run as `python -m tests.outbox_victims`.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import traceback
from datetime import datetime
from pathlib import Path
from typing import Any

from alerts.outbox import deliver_due
from alerts.settings import MailSettings, Target
from store.database import open_store


def work(spec: dict[str, Any]) -> int:
    """Deliver what is due and return how many calls that took; never returns when it is killed on the way."""
    target = {
        name: Target(**(given | ({"folder": Path(given["folder"])} if "folder" in given else {})))
        for name, given in spec["targets"].items()
    }
    engine = open_store(spec["database"])
    calls = 0

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal calls
        if event in {"call", "c_call"}:
            calls += 1
            if calls == spec["kill_at"]:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(count)
    deliver_due(
        engine,
        now=datetime.fromisoformat(spec["now"]),
        worker=spec["worker"],
        mail=MailSettings(**spec["mail"]),
        targets=target,
        random=random.Random(1),
    )
    sys.setprofile(None)
    engine.dispose()
    return calls


def main() -> None:
    """Take one round (a list of workers) a line, and answer each with one line: calls made, or -1 for the killed."""
    for line in sys.stdin:
        children = []
        for spec in json.loads(line):
            inlet, outlet = os.pipe()
            pid = os.fork()
            if pid == 0:
                code = 1
                try:
                    os.write(outlet, str(work(spec)).encode())
                    code = 0
                except BaseException:
                    traceback.print_exc()
                os._exit(code)
            os.close(outlet)
            children.append((pid, inlet))
        said = []
        for pid, inlet in children:
            _, status = os.waitpid(pid, 0)
            with os.fdopen(inlet) as pipe:
                calls = pipe.read()
            killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
            said.append(int(calls) if calls else -1 if killed else -2)
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
