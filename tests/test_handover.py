"""What waits to be sent to a rep who left goes to the one who takes over, once; what was sent stays as it was."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from prospect.cli import app, register
from prospect.workspace import Workspace, load_workspace
from store import queries
from tests.factories import NOW
from tests.test_pipeline import both_events, do_run, engine, mails, workspace

__all__ = ["engine", "workspace"]  # fixtures
OLD, NEW = "you@example.com", "ada@example.com"

# (how mail goes, stages before the hand-over, days until it is sent, mails to the old owner, to the new one)
WAITING = [
    # judged and not told yet; told already; held for a digest; kept back over quiet hours
    ("immediately", ("resolve", "judge"), 0, 0, 1),
    ("immediately", ("resolve", "judge", "tell"), 0, 1, 0),
    ("mon 07:00", ("resolve", "judge", "tell"), 8, 0, 1),
    ("immediately, quiet: '00:00-23:59'", ("resolve", "judge", "tell"), 2, 0, 1),
]


def hand_over(workspace: Workspace, *more: str) -> str:
    register(["reassign"])
    done = CliRunner().invoke(app, ["reassign", OLD, NEW, "--workspace", str(workspace.root), "--now", NOW.isoformat(), *more])
    assert done.exit_code == 0, done.output
    return done.output


def delivering(workspace: Workspace, email: str, more: str = "") -> Workspace:
    path = workspace.root / "profiles" / "hq-moves.yml"
    text = re.sub(r"(?m)^deliver:.*\n", "", path.read_text())
    path.write_text(f"{text}deliver: {{email: {email}, crm: csv}}\n{more}")
    return load_workspace(workspace.root, environment={})


def addressed(workspace: Workspace) -> list[str]:
    return [str(message_from_bytes(path.read_bytes(), policy=default)["To"]) for path in mails(workspace)]


@pytest.mark.parametrize("email, stages, days, to_old, to_new", WAITING)
def test_what_waits_goes_to_the_new_owner(
    workspace: Workspace, engine: Engine, email: str, stages: tuple[str, ...], days: int, to_old: int, to_new: int
) -> None:
    changed = delivering(workspace, email)
    both_events(engine)
    assert len(do_run(changed, engine, stages=stages).leads) == 1
    output = hand_over(workspace)
    assert ("waited to be sent" in output) is (to_new > 0)
    handed = load_workspace(workspace.root, environment={})
    for day in (days, days + 1):  # a second run sends nothing again
        do_run(handed, engine, days=day)
    assert sorted(addressed(workspace)) == [NEW] * to_new + [OLD] * to_old
    with engine.connect() as conn:
        states = {(each.target, each.state) for each in queries.deliveries_of(conn, limit=None) if each.target != "csv"}
    assert (OLD, "cancelled") in states if to_new else (OLD, "sent") in states
    assert not any(state in {"pending", "claimed"} for _, state in states)


def test_a_record_for_the_crm_that_waits_names_the_new_owner(workspace: Workspace, engine: Engine) -> None:
    both_events(engine)
    do_run(workspace, engine, stages=("resolve", "judge"))
    hand_over(workspace)
    do_run(load_workspace(workspace.root, environment={}), engine)
    [path] = sorted((workspace.root / "crm").glob("**/*.csv"))
    with path.open(encoding="utf-8-sig") as file:
        [row] = list(csv.DictReader(file))
    assert NEW in row.values()
    assert OLD not in row.values()


def test_who_hears_of_a_lead_already_hears_of_it_once(workspace: Workspace, engine: Engine) -> None:
    """Both are members of a team that is told together: the leaver's mail is only taken back."""
    changed = delivering(workspace, "immediately", f"team: {{members: [{OLD}, {NEW}]}}\n")
    both_events(engine)
    do_run(changed, engine, stages=("resolve", "judge"))
    hand_over(workspace)
    do_run(load_workspace(workspace.root, environment={}), engine)
    assert addressed(workspace) == [NEW]


def test_what_a_worker_is_sending_goes_out_as_it_is(workspace: Workspace, engine: Engine) -> None:
    both_events(engine)
    do_run(workspace, engine, stages=("resolve", "judge"))
    with engine.begin() as conn:
        claimed = queries.claim(conn, worker="other", now=NOW, lease=timedelta(minutes=10), limit=10, channels=["folder"])
    assert [each.target for each in claimed] == [OLD]
    hand_over(workspace)
    with engine.begin() as conn:
        assert queries.settle_sent(conn, claimed[0].key, "other", NOW)
    do_run(load_workspace(workspace.root, environment={}), engine)
    assert mails(workspace) == []  # it was the other worker's to send


def test_a_claim_that_ran_out_is_handed_over(workspace: Workspace, engine: Engine) -> None:
    both_events(engine)
    do_run(workspace, engine, stages=("resolve", "judge"))
    with engine.begin() as conn:
        queries.claim(conn, worker="killed", now=NOW, lease=timedelta(0), limit=10, channels=["folder"])
    hand_over(workspace)
    do_run(load_workspace(workspace.root, environment={}), engine)
    assert addressed(workspace) == [NEW]
