"""The outbox: a delivery is one worker's alone, among threads and among processes, on both databases."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from store import queries as q
from store.database import open_store
from tests import stored
from tests.stored import HOUR, NOW

LEASE = timedelta(minutes=5)


def keys_claimed(engine: Engine, worker: str = "w1", **given: object) -> list[str]:
    options: dict[str, object] = {"now": NOW, "lease": LEASE, "limit": 10} | given
    with engine.begin() as conn:
        return [each.key for each in q.claim(conn, worker=worker, **options)]  # type: ignore[arg-type]


def owe(engine: Engine, *keys: str, **given: object) -> None:
    with engine.begin() as conn:
        assert q.enqueue(conn, [stored.delivery(key, **given) for key in keys]) == len(keys)


def test_enqueue_leaves_what_is_there_alone(engine: Engine) -> None:
    owe(engine, "k1")
    assert keys_claimed(engine) == ["k1"]
    with engine.begin() as conn:
        assert q.settle_sent(conn, "k1", "w1", NOW)
        assert q.enqueue(conn, [stored.delivery("k1", payload={}), stored.delivery("k2"), stored.delivery("k2")]) == 1
        assert q.enqueue(conn, []) == 0
        sent = q.deliveries_of(conn, states=["sent"])
    assert sent == [stored.delivery("k1", state="sent", attempts=1, sent=NOW)]


def test_claim_takes_what_is_due_longest_first(engine: Engine) -> None:
    for key, due, channel in [("later", HOUR, "smtp"), ("b", -HOUR, "smtp"), ("a", -HOUR, "csv"), ("now", 0 * HOUR, "smtp")]:
        owe(engine, key, due=NOW + due, channel=channel)
    assert keys_claimed(engine, channels=[]) == []
    assert keys_claimed(engine, channels=["csv"], limit=1) == ["a"]
    assert keys_claimed(engine, limit=1) == ["b"]
    assert keys_claimed(engine) == ["now"]
    assert keys_claimed(engine) == []


def test_a_claim_says_whose_it_is_and_counts(engine: Engine) -> None:
    owe(engine, "k1")
    with engine.begin() as conn:
        [mine] = q.claim(conn, worker="w1", now=NOW, lease=LEASE, limit=1)
    assert mine == stored.delivery("k1", state="claimed", attempts=1, claimed_by="w1", lease_until=NOW + LEASE)


def test_a_lease_that_ran_out_is_taken_over_and_the_late_worker_knows(engine: Engine) -> None:
    owe(engine, "k1")
    assert keys_claimed(engine, "slow") == ["k1"]
    assert keys_claimed(engine, "w2", now=NOW + LEASE - timedelta(seconds=1)) == []
    assert keys_claimed(engine, "w2", now=NOW + LEASE) == ["k1"]
    with engine.begin() as conn:
        for lost in (
            q.settle_sent(conn, "k1", "slow", NOW),
            q.settle_retry(conn, "k1", "slow", NOW, "busy"),
            q.settle_failed(conn, "k1", "slow", "no"),
            q.settle_sent(conn, "k9", "slow", NOW),  # never was
        ):
            assert lost is False
        assert q.settle_sent(conn, "k1", "w2", NOW + HOUR)
        assert q.settle_sent(conn, "k1", "w2", NOW + HOUR) is False  # settled already
        [told] = q.deliveries_of(conn)
    assert (told.state, told.attempts, told.sent, told.claimed_by, told.lease_until) == ("sent", 2, NOW + HOUR, None, None)


def test_a_retry_waits_and_keeps_its_error(engine: Engine) -> None:
    owe(engine, "k1")
    keys_claimed(engine)
    with engine.begin() as conn:
        assert q.settle_retry(conn, "k1", "w1", NOW + HOUR, "451 try later")
    assert keys_claimed(engine) == []
    with engine.begin() as conn:
        [again] = q.claim(conn, worker="w1", now=NOW + HOUR, lease=LEASE, limit=9)
        assert (again.attempts, again.error) == (2, "451 try later")
        assert q.settle_failed(conn, "k1", "w1", "550 no such user")
        assert [each.error for each in q.deliveries_of(conn, states=["failed"])] == ["550 no such user"]
    assert keys_claimed(engine, now=NOW + 100 * HOUR) == []


def test_deliveries_of_a_lead(engine: Engine) -> None:
    owe(engine, "one", lead_ids=("l1",))
    owe(engine, "both", lead_ids=("l1", "l2"), due=NOW + HOUR)
    owe(engine, "longer", lead_ids=("l11",))
    with engine.begin() as conn:
        assert [each.key for each in q.deliveries_of(conn, lead_id="l1")] == ["both", "one"]
        assert [each.key for each in q.deliveries_of(conn, lead_id="l2")] == ["both"]
        assert [each.key for each in q.deliveries_of(conn, lead_id="%")] == []
        assert len(q.deliveries_of(conn, limit=2)) == 2


def test_what_waits_for_an_unsubscribed_address_is_cancelled(engine: Engine) -> None:
    with engine.begin() as conn:
        q.save_companies(conn, [stored.company("c1")])
        for lead_id, profile in (("l1", "jane"), ("l2", "jane"), ("l3", "team")):
            q.save_lead(conn, stored.lead(lead_id, profile=profile))
    rows: list[tuple[str, dict[str, object], str]] = [
        ("mail", {"lead_ids": ("l1",), "target": "Jane@Example.com"}, "cancelled"),
        ("digest", {"lead_ids": ("l1", "l2"), "due": NOW + HOUR}, "cancelled"),  # not due yet, and still never to be sent
        ("both", {"lead_ids": ("l1", "l3")}, "pending"),  # tells of another profile too
        ("joe's", {"lead_ids": ("l1",), "target": "joe@example.com"}, "pending"),
        ("crm", {"lead_ids": ("l1",), "target": "csv"}, "pending"),
        ("note", {"lead_ids": ()}, "pending"),  # to the operator, about no lead
    ]
    for key, given, _ in rows:
        owe(engine, key, **given)
    with engine.begin() as conn:
        assert q.cancel_unsubscribed(conn, "jane", "jane@example.com") == 2
        assert q.cancel_unsubscribed(conn, "jane", "jane@example.com") == 0
        assert {each.key: each.state for each in q.deliveries_of(conn)} == {key: state for key, _, state in rows}


def test_threads_share_the_work_and_nothing_twice(engine: Engine) -> None:
    keys = {f"k{n:03}" for n in range(120)}
    owe(engine, *sorted(keys))
    start = threading.Barrier(6)

    def work(number: int) -> list[str]:
        start.wait()
        mine: list[str] = []
        while taken := keys_claimed(engine, f"w{number}", limit=3):
            mine += taken
            with engine.begin() as conn:
                assert all(q.settle_sent(conn, key, f"w{number}", NOW) for key in taken)
        return mine

    with ThreadPoolExecutor(6) as pool:
        taken = [key for mine in pool.map(work, range(6)) for key in mine]
    assert sorted(taken) == sorted(keys)
    with engine.connect() as conn:
        assert {(each.state, each.attempts) for each in q.deliveries_of(conn, limit=999)} == {("sent", 1)}


def work_in_a_process(url: str, worker: str, out: Path) -> None:
    """Claim and settle until nothing is left, and write down what was claimed."""
    engine = open_store(url)
    with out.open("w") as file:
        while taken := keys_claimed(engine, worker, limit=2):
            file.writelines(f"{key}\n" for key in taken)
            with engine.begin() as conn:
                assert all(q.settle_sent(conn, key, worker, NOW) for key in taken)
    engine.dispose()


def claim_and_die(url: str) -> None:
    """Claim everything and commit; claim again without a commit; be killed."""
    engine = open_store(url)
    keys_claimed(engine, "victim", limit=2)
    with engine.begin() as conn:
        q.claim(conn, worker="victim", now=NOW, lease=LEASE, limit=99)
        os.kill(os.getpid(), signal.SIGKILL)


def test_processes_share_the_work_and_nothing_twice(database_url: str, engine: Engine, tmp_path: Path) -> None:
    keys = {f"k{n:03}" for n in range(60)}
    owe(engine, *sorted(keys))
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=work_in_a_process, args=(database_url, f"p{n}", tmp_path / f"p{n}")) for n in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    taken = [key for n in range(3) for key in (tmp_path / f"p{n}").read_text().split()]
    assert sorted(taken) == sorted(keys)


def test_what_a_killed_worker_held_is_taken_over(database_url: str, engine: Engine) -> None:
    owe(engine, "k1", "k2", "k3")
    victim = multiprocessing.get_context("spawn").Process(target=claim_and_die, args=(database_url,))
    victim.start()
    victim.join(60)
    assert victim.exitcode == -signal.SIGKILL
    assert keys_claimed(engine, "w2") == ["k3"]  # its second claim was never committed
    assert keys_claimed(engine, "w2", now=NOW + LEASE) == ["k1", "k2", "k3"]  # k3's own lease ran out as well
    with engine.connect() as conn:
        assert {each.key: each.attempts for each in q.deliveries_of(conn)} == {"k1": 2, "k2": 2, "k3": 2}


def test_those_who_judge_take_turns(engine: Engine) -> None:
    """Of two at a time the second sees what the first one wrote: else both would take the last place of a quota."""
    with engine.begin() as conn:
        q.save_companies(conn, [stored.company("c1")])
    start = threading.Barrier(4)

    def judge(number: int) -> None:
        start.wait()
        with engine.begin() as conn:
            q.take_turns(conn, "judge")
            if not q.leads_of(conn):  # the quota is one
                q.save_lead(conn, stored.lead(f"l{number}"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(judge, range(4)))
    with engine.connect() as conn:
        assert len(q.leads_of(conn)) == 1


def test_a_lead_and_its_deliveries_are_written_together_or_not_at_all(engine: Engine) -> None:
    with engine.begin() as conn:
        q.save_companies(conn, [stored.company("c1")])

    def killed() -> None:
        with engine.begin() as conn:
            q.save_lead(conn, stored.lead())
            q.enqueue(conn, [replace(stored.delivery(), lead_ids=("l1",))])
            raise InterruptedError

    with pytest.raises(InterruptedError):
        killed()
    with engine.connect() as conn:
        assert (q.leads_of(conn), q.deliveries_of(conn)) == ([], [])
