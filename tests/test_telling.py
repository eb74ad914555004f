"""The outbox seen from the command line: rehearsals of CRM pushes, bounces, and what came of the leads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

from prospect.cli import app, register
from store import queries as q
from store.database import open_store
from tests.crm_standins import serving
from tests.salesforce_standin import Salesforce
from tests.web_site import fill, workspace_in


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with three leads, none of which was told to anybody."""
    root = workspace_in(tmp_path / "ws")
    engine = open_store(f"sqlite:///{root}/prospect.db")
    fill(engine)
    engine.dispose()
    return root


@pytest.fixture
def engine(root: Path) -> Engine:
    return open_store(f"sqlite:///{root}/prospect.db")


def prospect(root: Path, *words: str, stdin: bytes | None = None) -> Result:
    register(words)
    return CliRunner().invoke(app, [*words, "--workspace", str(root)], input=stdin)


def test_a_dry_run_shows_each_record_field_by_field_and_writes_none(root: Path, engine: Engine) -> None:
    made = Salesforce()
    with serving(made) as url:
        settings = root / "prospect.yml"
        crm = (
            f'crm: {{csv: {{folder: crm}}, sf: {{channel: salesforce, url: "{url}", token: {made.token}, mapping: {{Rating: "\'Hot\'"}}}}}}'
        )
        settings.write_text(settings.read_text().replace("crm: {csv: {folder: crm}}", crm))
        done = prospect(root, "crm", "sync", "--dry-run", "--to", "sf", "--every-lead")
        assert done.exit_code == 0, done.output
        assert "sf: Lead prospect-l1, made  (lead l1)\n" in done.output
        assert "    Company = Harbor Mills, Inc.\n    LastName = Quill\n    FirstName = Ada\n" in done.output
        assert "    Rating = Hot\n" in done.output
        assert "no active user there has the e-mail jane@example.com" in done.output
        assert done.output.endswith("3 leads would write 4 records; nothing was written\n")
        lines = prospect(root, "crm", "sync", "--dry-run", "--every-lead", "--format", "json").output.splitlines()
        assert {(line["crm"], line["lead"]) for line in map(json.loads, lines)} == {
            (n, i) for n in ("csv", "sf") for i in ("l1", "l2", "l3")
        }
        assert not any(made.records.values())
        made.token = "another"
        refused = prospect(root, "crm", "sync", "--dry-run", "--to", "sf", "--every-lead")
        assert refused.exit_code == 1
        assert "sf: answered 401: INVALID_SESSION_ID" in refused.output
    assert not (root / "crm").exists()
    with engine.connect() as conn:
        assert q.deliveries_of(conn) == []


@pytest.mark.parametrize(
    "words, said",
    [
        (("--dry-run", "--to", "csw"), "unknown CRM 'csw' (did you mean 'csv'?)"),
        (("--dry-run", "--format", "xml"), "unknown format 'xml'"),
        (("--every-lead",), "go with --dry-run"),
    ],
)
def test_a_dry_run_of_nothing_sensible(words: tuple[str, ...], said: str, root: Path) -> None:
    done = prospect(root, "crm", "sync", *words)
    assert done.exit_code != 0
    assert said in str(done.exception)
