"""What is owed for a lead, and that each of it is paid once whatever fails in between."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_string
from email.policy import default
from pathlib import Path
from types import ModuleType

import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import Engine
from werkzeug import Response

from alerts import outbox
from alerts.channels import Outcome, known_channels, load_channel
from alerts.errors import Misconfigured, TryAgain
from alerts.message import check_address
from alerts.outbox import deliver_due, deliveries_for, retry_failed, send_test
from alerts.settings import MailSettings, Route, Target
from store import queries
from store.records import Delivery, LeadBrief, Verdict
from tests.alert_records import NOW, make_brief, make_company, new_cfo, planned_move
from tests.outbox_world import World, folder_world
from tests.smtp_server import Mailbox, free_port, running

MAIL = MailSettings(url="folder:mails", sender="Prospect <alerts@sender.example>")
CSV = {"csv": Target(name="csv", channel="csv", folder=Path("crm"))}
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def owed(*briefs: LeadBrief, route: Route | None = None, purpose: str = "alert", **changes: object) -> list[Delivery]:
    routes = {"hq-moves": route or Route(), "cfo": route or Route()}
    return deliveries_for(briefs, now=NOW, routes=routes, mail=MAIL, targets=CSV, purpose=purpose, **changes)  # type: ignore[arg-type]


# ------------------------------------------------------------------ what is owed


@pytest.mark.parametrize(
    "briefs, route, purpose, channels",
    [
        ([make_brief()], Route(), "alert", ["folder"]),
        ([make_brief()], Route(crm="csv"), "alert", ["folder", "csv"]),
        ([make_brief()], Route(mail=None, crm="csv"), "alert", ["csv"]),
        # two profiles of one rep on one company: one mail, a record a lead
        ([make_brief(), make_brief(profile="cfo")], Route(crm="csv"), "alert", ["folder", "csv", "csv"]),
        # the same rep written in capitals is the same rep
        ([make_brief(), make_brief(profile="cfo", owner="Jane@Example.com")], Route(), "alert", ["folder"]),
        # two reps, or two companies: two mails
        ([make_brief(), make_brief(profile="cfo", owner="joe@example.com")], Route(), "alert", ["folder", "folder"]),
        ([make_brief(), make_brief(company=make_company("c2"))], Route(), "alert", ["folder", "folder"]),
        # a CRM that waits for the rep's yes
        ([make_brief()], Route(crm="csv", crm_when="accepted"), "alert", ["folder"]),
        ([make_brief()], Route(crm="csv", crm_when="accepted"), "accepted", ["csv"]),
        ([make_brief()], Route(crm="csv"), "accepted", []),  # it has the lead already
        ([make_brief(state="accepted")], Route(crm="csv", crm_when="accepted"), "correction", ["folder", "csv"]),
        ([make_brief()], Route(crm="csv", crm_when="accepted"), "correction", ["folder"]),  # the CRM never heard of it
        # a digest waits; a correction does not
        ([make_brief()], Route(mail="mon 07:00 UTC"), "alert", ["digest"]),
        ([make_brief()], Route(mail="mon 07:00 UTC"), "correction", ["folder"]),
        ([], Route(), "alert", []),
    ],
)
def test_what_is_owed(briefs: list[LeadBrief], route: Route, purpose: str, channels: list[str]) -> None:
    assert [delivery.channel for delivery in owed(*briefs, route=route, purpose=purpose)] == channels


def test_the_key_is_the_same_for_the_same_news_and_another_for_other_news() -> None:
    key = owed(make_brief())[0].key
    assert owed(make_brief())[0].key == key
    smtp = deliveries_for([make_brief()], now=NOW + DAY, routes={}, mail=replace(MAIL, url="smtp://localhost"), targets={})
    assert smtp[0].key == key  # another way of sending, another day: still the same mail
    others = [
        owed(make_brief(new_cfo()))[0].key,  # other events
        owed(make_brief(), purpose="correction")[0].key,
        owed(make_brief(owner="joe@example.com"))[0].key,
    ]
    assert len({key, *others}) == 4
    denied = [owed(make_brief(planned_move(status=status)), purpose="correction")[0].key for status in ("denied", "terminated")]
    assert denied[0] != denied[1]  # a second turn of the story is a second correction


def test_a_wrong_purpose_is_a_fault_of_the_caller() -> None:
    with pytest.raises(ValueError, match="unknown purpose 'alarm'; known: alert"):
        owed(make_brief(), purpose="alarm")


def test_quiet_hours_and_digest_times_put_off_what_is_owed() -> None:
    (mail,) = owed(make_brief(), route=Route(quiet="20:00-07:00 America/New_York"))
    assert mail.due == datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert "Date: Fri, 20 Nov 2026 12:00:00" in str(mail.payload["eml"])  # sorted in the mailbox by when it comes
    (held,) = owed(make_brief(), route=Route(mail="mon 07:00 America/New_York"))
    assert held.due == datetime(2026, 11, 23, 12, tzinfo=UTC)


# ------------------------------------------------------------------ paying it


def mails_in(folder: Path) -> list[str]:
    return sorted(path.read_text() for path in (folder / "mails").glob("*.eml"))


def test_a_lead_is_told_once_however_often_the_run_is_repeated(engine: Engine, tmp_path: Path) -> None:
    world = folder_world(engine, tmp_path)
    for hours in range(3):
        world.tell(make_brief())
        summary = world.deliver(hours * HOUR)
        assert (summary.sent, summary.problems) == ((2, ()) if hours == 0 else (0, ()))
    assert len(mails_in(tmp_path)) == 1
    assert (tmp_path / "crm" / "leads.csv").read_text().count("prospect-") == 1


def test_an_unreachable_server_keeps_the_mail_until_it_is_back(engine: Engine, tmp_path: Path) -> None:
    port = free_port()
    world = World(engine, replace(MAIL, url=f"smtp://localhost:{port}"))
    world.tell(make_brief())
    summary = world.deliver()
    assert (summary.sent, summary.waiting, summary.failed) == (0, 1, 0)
    assert f"mail server localhost:{port} cannot be reached" in summary.problems[0]
    assert world.deliver(timedelta(seconds=10)).waiting == 0  # backing off: not even tried
    with running(Mailbox(), port=port) as box:
        assert world.deliver(HOUR).sent == 1
        assert world.deliver(2 * HOUR).sent == 0
    assert len(box.mails) == 1


def test_451_then_250(engine: Engine) -> None:
    with running(Mailbox(faults=["busy"])) as box:
        world = World(engine, replace(MAIL, url=f"smtp://localhost:{box.port}"))
        world.tell(make_brief())
        assert world.deliver().waiting == 1
        assert "451 4.3.0 try again later" in (world.rows()[0].error or "")
        assert world.deliver(HOUR).sent == 1
    assert len(box.mails) == 1


def test_a_mail_whose_connection_broke_after_data_is_sent_again_under_the_same_message_id(engine: Engine) -> None:
    with running(Mailbox(faults=["drop-after"])) as box:
        world = World(engine, replace(MAIL, url=f"smtp://localhost:{box.port}"))
        world.tell(make_brief())
        assert world.deliver().waiting == 1
        assert world.deliver(HOUR).sent == 1
    assert len(box.mails) == 2
    assert len({mail["Message-ID"] for mail in box.mails}) == 1  # mailboxes that look at it keep one


def test_a_refused_address_is_a_dead_letter_and_the_operator_gets_a_mail(engine: Engine) -> None:
    with running(Mailbox()) as box:
        world = World(engine, replace(MAIL, url=f"smtp://localhost:{box.port}", operator="operator@example.com"))
        world.tell(make_brief(owner="gone@example.com"))
        summary = world.deliver()
        assert (summary.sent, summary.failed) == (1, 1)  # the one sent is the operator's
        assert "mail to gone@example.com: the address gone@example.com was refused: 550 5.1.1 no such user here" in summary.problems[0]
        (report,) = box.mails
        assert report["To"] == "operator@example.com"
        assert "550 5.1.1" in report.get_content()
        assert world.deliver(DAY).sent == 0  # told once
        assert retry_failed(engine, now=NOW + DAY) == 1  # prospect deliveries --retry
        assert world.deliver(DAY).failed == 1
    assert len(box.mails) == 2  # failed again: told again


def test_an_operator_who_cannot_be_reached_does_not_make_a_mail_about_a_mail(engine: Engine) -> None:
    with running(Mailbox()) as box:
        world = World(engine, replace(MAIL, url=f"smtp://localhost:{box.port}", operator="gone@example.com"))
        world.tell(make_brief(owner="also-gone@example.com"))
        assert world.deliver().failed == 2
    assert box.mails == []


def test_a_wrong_password_keeps_the_mail_which_goes_out_once_it_is_mended(engine: Engine, tmp_path: Path) -> None:
    with running(Mailbox(), tls="starttls", auth=True, folder=tmp_path) as box:
        url = f"smtp+starttls://alerts:wrong@localhost:{box.port}"
        world = World(engine, replace(MAIL, url=url, ca_file=box.ca_file))
        world.tell(make_brief(), make_brief(company=make_company("c2")))
        summary = world.deliver()
        assert (summary.waiting, summary.failed) == (2, 0)
        assert len(summary.problems) == 1  # said once, not once a mail
        assert "refused the login of 'alerts'" in summary.problems[0]
        world.mail = replace(world.mail, url=url.replace("wrong", "s3cret%2Fwith%3Aodd%40signs"))
        assert world.deliver(HOUR + timedelta(minutes=1)).sent == 2


def test_an_owner_that_is_no_address_is_a_dead_letter(sqlite_engine: Engine, tmp_path: Path) -> None:
    world = folder_world(sqlite_engine, tmp_path)
    with pytest.raises(ValueError, match="no e-mail address"):
        check_address("jane", "owner")
    world.tell(make_brief(owner="jane"))
    summary = world.deliver()
    assert (summary.sent, summary.failed) == (1, 1)  # the CRM has it all the same
    assert "'jane' is no e-mail address" in summary.problems[0]


def test_nothing_is_sent_for_a_lead_that_was_withdrawn_or_rejected_meanwhile(sqlite_engine: Engine, tmp_path: Path) -> None:
    world = folder_world(sqlite_engine, tmp_path)
    gone, refused = make_brief(), make_brief(company=make_company("c2"))
    world.tell(gone)
    world.tell(refused)
    world.withdraw(gone)
    with sqlite_engine.begin() as conn:
        queries.save_verdict(
            conn, Verdict(lead_id=refused.lead.id, verdict="rejected", reason="old news", said=NOW, by="jane@example.com", via="cli")
        )
    summary = world.deliver()
    assert (summary.sent, summary.cancelled, summary.problems) == (0, 4, ())
    assert "withdrawn before this went out" in (world.rows("cancelled")[0].error or "") + (world.rows("cancelled")[-1].error or "")


def test_a_correction_goes_to_those_who_were_told_and_to_nobody_else(sqlite_engine: Engine, tmp_path: Path) -> None:
    world = folder_world(sqlite_engine, tmp_path)
    told, untold = make_brief(), make_brief(company=make_company("c2"))
    world.tell(told)
    assert world.deliver().sent == 2
    world.tell(untold)
    for brief in (told, untold):
        world.withdraw(brief)
        world.tell(
            replace(brief, stories=(new_cfo(brief.company.id), planned_move(brief.company.id, status="denied"))), purpose="correction"
        )
    summary = world.deliver(HOUR)
    assert (summary.sent, summary.cancelled) == (2, 4)
    assert sum("Subject: Correction: Meridian" in mail for mail in mails_in(tmp_path)) == 1
    assert '"prospect-' + told.lead.id + '","withdrawn"' in (tmp_path / "crm" / "leads.csv").read_text()


def test_a_target_nobody_set_up_waits_and_names_the_known_ones(sqlite_engine: Engine, tmp_path: Path) -> None:
    world = folder_world(sqlite_engine, tmp_path, routes={"hq-moves": Route(mail=None, crm="salesfroce")})
    world.tell(make_brief())
    summary = world.deliver()
    assert summary.waiting == 1
    assert "'salesfroce' is not set up in prospect.yml (known: csv)" in summary.problems[0]
    world.targets = {"salesfroce": Target(name="salesfroce", channel="csv", folder=tmp_path / "crm")}
    assert world.deliver(2 * HOUR).sent == 1  # mended: it goes out by itself


def test_an_unknown_channel_names_the_known_ones() -> None:
    assert {"smtp", "folder", "csv"} <= set(known_channels())
    with pytest.raises(Misconfigured, match=r"unknown channel 'pigeon'; known: .*csv.*folder.*smtp"):
        load_channel("pigeon")


@pytest.mark.parametrize("name", known_channels())
def test_each_channel_keeps_the_contract_of_its_package(name: str) -> None:
    module = load_channel(name)
    assert callable(module.send)
    assert callable(module.faults)
    assert isinstance(module.PROVEN, str)
    assert module.__doc__


# ------------------------------------------------------------------ several workers, killed workers


def broken_channel(*, after: int) -> ModuleType:
    """A channel that sends `after` deliveries and then dies in a way no channel should."""
    module = ModuleType("broken")

    def send(deliveries: Iterable[Delivery], settings: object) -> Iterator[Outcome]:
        for n, delivery in enumerate(deliveries):
            if n == after:
                raise RuntimeError("a bug")
            yield Outcome(key=delivery.key)

    module.send = send  # type: ignore[attr-defined]
    return module


def test_a_bug_in_one_channel_keeps_nothing_else_from_going_out(
    sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = folder_world(sqlite_engine, tmp_path)
    for i in range(3):
        world.tell(make_brief(company=make_company(f"c{i}")))
    real = outbox.load_channel
    monkeypatch.setattr(outbox, "load_channel", lambda name: broken_channel(after=1) if name == "csv" else real(name))
    summary = world.deliver()
    assert (summary.sent, summary.waiting) == (4, 1)  # three mails, one row; the one that broke it waits
    assert any("broken broke: RuntimeError: a bug" in problem for problem in summary.problems)
    assert len(world.rows("claimed")) == 1  # the one never reached is freed by its lease
    monkeypatch.undo()
    assert world.deliver(HOUR).sent == 2


def test_a_killed_workers_claims_are_taken_over_when_its_lease_is_over(engine: Engine, tmp_path: Path) -> None:
    world = folder_world(engine, tmp_path)
    world.tell(make_brief())
    with engine.begin() as conn:
        assert len(queries.claim(conn, worker="killed", now=NOW, lease=timedelta(minutes=10), limit=10)) == 2
    assert world.deliver(timedelta(minutes=9)).sent == 0
    assert world.deliver(timedelta(minutes=11)).sent == 2


def test_two_workers_never_tell_one_target_of_one_lead_at_once(engine: Engine, tmp_path: Path) -> None:
    world = folder_world(engine, tmp_path)
    world.tell(make_brief())
    with engine.begin() as conn:  # another worker is just sending the alert
        queries.claim(conn, worker="other", now=NOW, lease=timedelta(minutes=10), limit=10)
    world.tell(make_brief(), purpose="update")
    assert world.deliver(timedelta(minutes=1)).sent == 0
    waiting = world.rows("pending")
    assert {delivery.due for delivery in waiting} == {NOW + timedelta(minutes=10)}
    assert "another worker is telling this target" in (waiting[0].error or "")


def test_which_leads_a_target_has(sqlite_engine: Engine, tmp_path: Path) -> None:
    world = folder_world(sqlite_engine, tmp_path)
    told, waiting = make_brief(), make_brief(company=make_company("c2"))
    world.tell(told)
    world.deliver()
    world.tell(waiting)
    with sqlite_engine.connect() as conn:
        assert outbox.leads_handed_to(conn, "csv") == {told.lead.id}
        assert outbox.leads_handed_to(conn, "another crm") == set()


def test_many_leads_go_in_batches_and_a_limit_is_kept(sqlite_engine: Engine, tmp_path: Path) -> None:
    world = folder_world(sqlite_engine, tmp_path, routes={"hq-moves": Route(mail=None, crm="csv")})
    world.tell(*(make_brief(company=make_company(f"c{i}")) for i in range(250)))
    assert world.deliver(limit=120).sent == 120
    assert world.deliver().sent == 130


def test_a_rate_for_one_domain_puts_the_rest_off_by_a_minute(sqlite_engine: Engine, tmp_path: Path) -> None:
    world = folder_world(sqlite_engine, tmp_path, routes={})
    world.mail = replace(world.mail, per_minute=2)
    for i in range(5):
        world.tell(make_brief(company=make_company(f"c{i}")))
    world.tell(make_brief(owner="joe@elsewhere.example"))
    counts = [world.deliver(timedelta(minutes=2 * i)) for i in range(3)]
    assert [summary.sent for summary in counts] == [3, 2, 1]
    assert counts[0].waiting == 3


# ------------------------------------------------------------------ digests


def test_a_digest_is_one_mail_at_its_time_of_the_leads_that_still_stand(engine: Engine, tmp_path: Path) -> None:
    route = Route(mail="mon 07:00 America/New_York")
    world = folder_world(engine, tmp_path, routes={"hq-moves": route})
    briefs = [make_brief(company=make_company(f"c{i}", name=f"Company {i}")) for i in range(3)]
    for brief in briefs:
        world.tell(brief)
    world.withdraw(briefs[1])
    assert world.deliver(DAY).sent == 0  # Saturday
    monday = datetime(2026, 11, 23, 12, tzinfo=UTC) - NOW
    for _ in range(3):
        world.deliver(monday)
    (mail,) = mails_in(tmp_path)
    assert "Subject: 2 leads, 23 November: Company " in mail
    assert "Company 1" not in mail


@pytest.mark.parametrize("base_url, way", [(None, "prospect leads"), ("https://prospect.example.com/", "https://prospect.example.com/")])
def test_a_digest_shows_the_best_and_counts_the_rest_with_the_way_to_them(
    base_url: str | None, way: str, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "MAX_DIGEST", 3)
    world = folder_world(engine, tmp_path, routes={"hq-moves": Route(mail="daily 07:00 UTC")})
    world.mail = replace(world.mail, base_url=base_url, link_keys=("k",))
    for n in range(8):
        world.tell(make_brief(company=make_company(f"d{n}", name=f"Digest Works {n}"), score=60.0 + n))
    assert world.deliver(HOUR).sent == 1
    (mail,) = (message_from_string(text, policy=default) for text in mails_in(tmp_path))
    assert mail["Subject"] == "8 leads, 20 November: Digest Works 7, Digest Works 6, Digest Works 5 and 5 more"
    for kind in ("plain", "html"):
        body = mail.get_body((kind,)).get_content()
        assert [name for name in range(8) if f"Digest Works {name}" in body or f"DIGEST WORKS {name}" in body] == [5, 6, 7]
        assert "5 more leads wait in your inbox" in body
        assert way in body
    (row,) = [row for row in world.rows("sent") if row.purpose == "digest"]
    assert len(row.lead_ids) == 8  # told of all of them


def test_of_a_lead_told_twice_in_a_digest_the_later_stands(engine: Engine, tmp_path: Path) -> None:
    world = folder_world(engine, tmp_path, routes={"hq-moves": Route(mail="daily 07:00 UTC")})
    for minutes in range(6):  # whatever order their keys have
        brief = make_brief(updated=NOW + timedelta(minutes=minutes), event_ids=(f"e{minutes}",), profile_name=f"as of {minutes}")
        world.tell(brief, purpose="update" if minutes else "alert")
    assert world.deliver(HOUR).sent == 1
    (text,) = mails_in(tmp_path)
    assert [n for n in range(6) if f"as of {n}" in text] == [5]


def test_a_digest_of_nothing_is_not_sent(sqlite_engine: Engine, tmp_path: Path) -> None:
    world = folder_world(sqlite_engine, tmp_path, routes={"hq-moves": Route(mail="daily 07:00 UTC")})
    brief = make_brief()
    world.tell(brief)
    world.withdraw(brief)
    assert world.deliver(DAY).sent == 0
    assert not (tmp_path / "mails").exists()


def test_a_lead_saved_too_late_for_its_digest_is_not_lost(sqlite_engine: Engine, tmp_path: Path) -> None:
    world = folder_world(sqlite_engine, tmp_path, routes={"hq-moves": Route(mail="daily 07:00 UTC")})
    world.tell(make_brief())
    assert world.deliver(HOUR).sent == 1
    world.tell(make_brief(company=make_company("c2")))  # decided before the slot, committed after it
    assert world.deliver(HOUR).sent == 1
    assert len(mails_in(tmp_path)) == 2


def test_grouped_leads_of_one_run_make_one_mail(sqlite_engine: Engine, tmp_path: Path) -> None:
    world = folder_world(sqlite_engine, tmp_path, routes={"hq-moves": Route(mail="grouped")})
    for i in range(4):
        world.tell(make_brief(company=make_company(f"c{i}")))
    assert world.deliver().sent == 1
    assert "Subject: 4 leads, 20 November" in mails_in(tmp_path)[0]


def test_a_digest_that_fails_is_tried_again_as_it_was(sqlite_engine: Engine) -> None:
    with running(Mailbox(faults=["busy"])) as box:
        world = World(sqlite_engine, replace(MAIL, url=f"smtp://localhost:{box.port}"), routes={"hq-moves": Route(mail="daily 07:00 UTC")})
        world.tell(make_brief())
        assert world.deliver(HOUR).waiting == 1
        world.tell(make_brief(company=make_company("c2")), now=NOW + HOUR)  # of the next day's digest
        assert world.deliver(2 * HOUR).sent == 1
    assert "1,250 employees" in box.mails[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert len(box.mails) == 1


def test_a_test_mail_goes_at_once_or_says_why_not(tmp_path: Path) -> None:
    with running(Mailbox()) as box:
        mail = replace(MAIL, url=f"smtp://localhost:{box.port}")
        assert send_test(mail, recipient="owner@example.com", now=NOW) is None
        assert "refused: 550" in str(send_test(mail, recipient="gone@example.com", now=NOW))
    assert box.mails[0]["Subject"] == "prospect: test mail"
    with pytest.raises(ValueError, match="no e-mail address"):
        send_test(MAIL, recipient="owner", now=NOW)


def test_the_worker_gives_up_after_a_week_of_trying(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert outbox.GIVE_UP_AFTER == 40
    monkeypatch.setattr(outbox, "GIVE_UP_AFTER", 6)  # 40 attempts take as long as 6, only longer
    world = World(sqlite_engine, replace(MAIL, url=f"smtp://127.0.0.1:{free_port()}"))
    world.tell(make_brief())
    summaries = [world.deliver(n * timedelta(hours=10)) for n in range(outbox.GIVE_UP_AFTER)]
    assert [summary.failed for summary in summaries] == [0] * (outbox.GIVE_UP_AFTER - 1) + [1]
    assert "given up after 6 attempts" in summaries[-1].problems[0]


def test_a_wrong_password_over_a_week_does_not_use_up_the_patience(
    sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "GIVE_UP_AFTER", 6)
    world = folder_world(sqlite_engine, tmp_path, routes={"hq-moves": Route(mail=None, crm="gone")})
    world.tell(make_brief())
    for n in range(outbox.GIVE_UP_AFTER + 5):
        assert world.deliver(n * timedelta(hours=2)).waiting == 1
    assert world.rows("pending")[0].attempts == 0
    world.targets = {"gone": Target(name="gone", channel="webhook", url="http://127.0.0.1:9", token="t")}
    assert world.deliver(timedelta(days=9)).waiting == 1  # mended, but the server is away: it waits like any other


def test_try_again_waits_as_long_as_the_target_asks(sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = folder_world(sqlite_engine, tmp_path, routes={"hq-moves": Route(mail=None, crm="csv")})
    world.tell(make_brief())
    busy = ModuleType("busy")
    busy.send = lambda deliveries, settings: (Outcome(key=d.key, error=TryAgain("429", after_s=5000)) for d in deliveries)  # type: ignore[attr-defined]
    monkeypatch.setattr(outbox, "load_channel", lambda name: busy)
    deliver_due(sqlite_engine, now=NOW, worker="w", mail=world.mail, targets=world.targets, random=random.Random(1))
    assert world.rows("pending")[0].due >= NOW + timedelta(seconds=5000)


def test_a_target_that_is_away_is_left_alone_after_three_failures(sqlite_engine: Engine, tmp_path: Path) -> None:
    with StandInCounter() as (url, counter):
        target = Target(name="hook", channel="webhook", url=url, token="t")
        world = folder_world(sqlite_engine, tmp_path, targets={"hook": target}, routes={"hq-moves": Route(mail=None, also=("hook",))})
        for i in range(20):
            world.tell(make_brief(company=make_company(f"c{i}")))
        summary = world.deliver()
    assert (summary.waiting, len(counter)) == (20, outbox.FUSE)
    assert len(summary.problems) == 1  # said once


class StandInCounter:
    """A webhook that answers 503 to everything, and counts."""

    def __enter__(self) -> tuple[str, list[str]]:
        self.seen: list[str] = []
        self.server = HTTPServer(host="127.0.0.1")
        self.server.expect_request("/").respond_with_handler(lambda request: self.seen.append(request.path) or Response("away", 503))  # type: ignore[func-returns-value]
        self.server.start()
        return self.server.url_for("/"), self.seen

    def __exit__(self, *_: object) -> None:
        self.server.stop()
