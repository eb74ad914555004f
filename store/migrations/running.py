"""How Alembic is set up: by program, from the installed package, on a connection that is given."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from sqlalchemy import Connection

FOLDER = Path(__file__).parent


def config_for(conn: Connection | None) -> Config:
    """Return the configuration that runs the steps of this package over `conn`, in the transaction it is in."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = conn
    return config
