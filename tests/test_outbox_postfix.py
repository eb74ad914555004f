"""The whole way of a mail through a real postfix into a mailbox."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from alerts.settings import MailSettings, Route
from prospect.bouncing import mails_at, take_bounces
from tests.alert_records import NOW, make_brief, make_company, new_cfo, planned_move
from tests.outbox_world import World
from tests.postfix_server import Postfix, postfix_there, running_postfix
from tests.support import require

pytestmark = [pytest.mark.postfix, pytest.mark.proof]


@pytest.fixture(scope="module")
def postfix() -> Iterator[Postfix]:
    require("postfix", postfix_there(), "apt-get install postfix, and run as root")
    with running_postfix() as server:
        yield server


def test_alert_and_correction_arrive_in_one_thread_and_strangers_are_refused(postfix: Postfix, sqlite_engine: Engine) -> None:
    mail = MailSettings(
        url=f"smtp+starttls://localhost:{postfix.port}",
        sender="Prospect <alerts@example.test>",
        ca_file=postfix.ca_file,
        base_url="https://prospect.example.com",
        link_keys=("k",),
    )
    world = World(sqlite_engine, mail, routes={"hq-moves": Route()})
    brief = make_brief(owner="rep@example.test")
    world.tell(brief)
    assert world.deliver().sent == 1
    world.withdraw(brief)
    world.tell(replace(brief, stories=(new_cfo(), planned_move(status="denied"))), purpose="correction", now=NOW + timedelta(hours=1))
    assert world.deliver(timedelta(hours=1)).sent == 1
    alert, correction = sorted(postfix.mails(2), key=lambda found: str(found["Date"]))
    assert alert.defects == correction.defects == []
    assert correction["Subject"].startswith("Correction: ")
    assert alert["References"] == correction["References"] == correction["In-Reply-To"]
    assert alert["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert alert["List-Unsubscribe"].startswith("<https://prospect.example.com/do/")
    assert "with ESMTPS" in str(alert["Received"])
    assert "Dana Whitfield as Chief" in alert.get_body(("plain",)).get_content()  # type: ignore[union-attr]

    for n, stranger in enumerate(("nobody@example.test", "someone@elsewhere.example")):
        world.tell(make_brief(owner=stranger, company=make_company(f"s{n}")))
    summary = world.deliver(timedelta(hours=2))
    assert "550" in " ".join(summary.problems)
    assert "nobody@example.test" in " ".join(summary.problems)
    assert len(postfix.mails(2)) == 2


def test_a_mail_that_comes_back_after_it_was_taken(postfix: Postfix, sqlite_engine: Engine) -> None:
    mail = MailSettings(url=f"smtp+starttls://localhost:{postfix.port}", sender="Prospect <alerts@example.test>", ca_file=postfix.ca_file)
    world = World(sqlite_engine, mail, routes={"hq-moves": Route()})
    world.tell(make_brief(owner="left@example.test"))
    assert world.deliver().sent == 1  # the server took it
    assert postfix.mails(1, returned=True)[0].get_content_type() == "multipart/report"
    with mails_at(str(postfix.returned)) as letters:
        done = take_bounces(sqlite_engine, letters, now=NOW, mail=mail)
    assert (done.hard, done.soft, done.others) == (["left@example.test"], [], 0)
    (dead,) = world.rows("failed")
    assert "came back after it was taken: 5.1.2 no outside mail from here" in str(dead.error)
    assert [each.name[-4:] for each in (postfix.returned / "cur").iterdir()] == [":2,S"]
