"""`python -m store.migrations "what changes"`: write the next step from what store/tables.py has and the last step has not."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command

from store.database import connect_engine, parse
from store.migrations import REVISIONS
from store.migrations.running import config_for


def main(message: str) -> None:
    with TemporaryDirectory() as folder:
        engine = connect_engine(parse(f"sqlite:///{Path(folder)}/empty.sqlite"), migrating=True)
        with engine.begin() as conn:
            if REVISIONS:
                command.upgrade(config_for(conn), "head")
            command.revision(config_for(conn), message, autogenerate=True, rev_id=f"{len(REVISIONS) + 1:04}")
        engine.dispose()


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]))
