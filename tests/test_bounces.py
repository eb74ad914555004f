"""Mails that come back after they were taken: what a report says, and what follows from it."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from alerts.bounces import is_hard, read_reports, status_of_reply
from alerts.outbox import retry_failed
from alerts.settings import MailSettings
from prospect.bouncing import BouncesUnreadable, Letter, mails_at, take_bounces
from prospect.cli import app, register
from store.database import open_store
from tests.alert_records import NOW, make_brief, make_company
from tests.dsn_mails import DELAYED, DELIVERED, FULL, OURS, OUT_OF_OFFICE, READ_RECEIPT, UNKNOWN, report
from tests.outbox_world import World
from tests.web_site import workspace_in

HOUR = timedelta(hours=1)
MAIL = MailSettings(url="folder:mails", sender="Prospect <alerts@sender.example>", operator="ops@example.com")
REPORTS = [
    # as postfix writes it, with a folded diagnostic
    (report(UNKNOWN), [("failed", "5.1.1", "jane@example.com")]),
    (report(UNKNOWN).replace(b"\n", b"\r\n"), [("failed", "5.1.1", "jane@example.com")]),
    # the headers of the mail alone came back, its Message-ID folded
    (
        report(UNKNOWN, returned="text/rfc822-headers", message_id=f"Message-ID:\n <{OURS}@sender.example>"),
        [("failed", "5.1.1", "jane@example.com")],
    ),
    # as Exchange writes it: no space after the type, a code of its own
    (
        report(
            "Final-Recipient: rfc822;jane@example.com\nAction: failed\nStatus: 5.1.10\nDiagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found\n"
        ),
        [("failed", "5.1.10", "jane@example.com")],
    ),
    # as exim writes it: a bare status, more in the diagnostic
    (
        report("Action: failed\nFinal-Recipient: rfc822;jane@example.com\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 No such user\n"),
        [("failed", "5.0.0", "jane@example.com")],
    ),
    # the status is missing; the diagnostic has it
    (
        report("Final-Recipient: rfc822; jane@example.com\nAction: failed\nDiagnostic-Code: smtp; 552 5.2.2 full\n"),
        [("failed", "5.2.2", "jane@example.com")],
    ),
    # an alias was behind the address; what was written on the envelope counts
    (
        report("Final-Recipient: rfc822; jr@inside.example\nOriginal-Recipient: rfc822;jane@example.com\nAction: failed\nStatus: 5.1.1\n"),
        [("failed", "5.1.1", "jane@example.com")],
    ),
    # international mail (RFC 6533)
    (report(UNKNOWN, status_type="message/global-delivery-status"), [("failed", "5.1.1", "jane@example.com")]),
    (report(DELAYED), [("delayed", "4.4.1", "jane@example.com")]),
    (report(DELIVERED), [("delivered", "2.0.0", "jane@example.com")]),
    # two recipients, one of them reached
    (report(UNKNOWN, DELIVERED), [("failed", "5.1.1", "jane@example.com"), ("delivered", "2.0.0", "jane@example.com")]),
    # near-misses: somebody else's mail, an answer that quotes ours, a receipt, broken ones
    (report(UNKNOWN, message_id="Message-ID: <CAF+xyz@elsewhere.example>"), []),
    (report(UNKNOWN, message_id="Subject: no id"), []),
    (OUT_OF_OFFICE, []),
    (READ_RECEIPT, []),
    (b"", []),
    (b"\x00\xff" * 500, []),
    (report(UNKNOWN)[:700], []),
    (report("\x00: \udcff".encode("utf-8", "replace").decode()), []),
]


@pytest.mark.parametrize("mail, expected", REPORTS, ids=range(len(REPORTS)))
def test_what_a_report_says(mail: bytes, expected: list[tuple[str, str, str]]) -> None:
    found = read_reports(mail)
    assert [(each.action, each.status, each.recipient) for each in found] == expected
    assert {each.key for each in found} <= {OURS}
    assert all("\n" not in each.said for each in found)


@pytest.mark.parametrize(
    "status, hard",
    [
        ("5.1.1", True),  # no such user
        ("5.1.10", True),
        ("5.1.2", True),  # no such host
        ("5.2.1", True),  # switched off
        ("5.4.4", True),  # no way to the domain
        ("5.0.0", True),  # what many servers say of unknown users
        ("5.2.2", False),  # full
        ("5.2.3", False),  # this mail is too large
        ("5.7.1", False),  # this mail is not liked
        ("5.1.8", False),  # it is our sender's address that is bad
        ("5.4.6", False),  # a loop, which somebody will mend
        ("5.4.7", False),  # waited too long
        ("4.1.1", False),
        ("4.4.1", False),
    ],
)
def test_what_makes_an_address_dead(status: str, hard: bool) -> None:
    assert is_hard(status) is hard


@pytest.mark.parametrize(
    "code, words, status",
    [
        (550, "550 5.1.1 no such user", "5.1.1"),
        (550, "550 no such user", "5.1.1"),
        (550, "550 5.7.1 blocked", "5.7.1"),
        (552, "552 quota", "5.2.2"),
        (554, "554 go away", "5.7.0"),
    ],
)
def test_what_an_answer_at_the_door_means(code: int, words: str, status: str) -> None:
    assert status_of_reply(code, words) == status


# ------------------------------------------------------------------ what follows


def sent(engine: Engine, tmp_path: Path, *companies: str) -> tuple[World, list[str]]:
    """A world with a mail sent to Jane about each company; the mails' keys."""
    world = World(engine, replace(MAIL, url=f"folder:{tmp_path}/mails"))
    keys = []
    for name in companies or ("c1",):
        keys += [each.key for each in world.tell(make_brief(company=make_company(name)))]
    assert world.deliver().sent == len(keys)
    return world, keys


def test_a_hard_bounce_stops_the_address_and_tells_the_operator_until_it_is_cured(engine: Engine, tmp_path: Path) -> None:
    world, (key,) = sent(engine, tmp_path)
    done = take_bounces(engine, [Letter(report(UNKNOWN, key=key))], now=NOW + HOUR, mail=world.mail)
    assert (done.hard, done.soft) == (["jane@example.com"], [])
    (dead,) = world.rows("failed")
    assert "came back after it was taken: 5.1.1 550 5.1.1 <jane@example.com>" in str(dead.error)
    world.tell(make_brief(company=make_company("c2")))
    world.tell(make_brief(company=make_company("c3"), owner="joe@example.com"))
    summary = world.deliver(HOUR)
    assert (summary.sent, summary.failed) == (3, 1)  # Joe's, the note of the bounce and the one of the new dead letter
    assert "nothing is sent to jane@example.com since 2026-11-20: 550 5.1.1" in summary.problems[0]
    notes = [str(row.payload["eml"]) for row in world.rows() if row.purpose == "operator"]
    assert any("mail came back from jane@example.com" in note and "--retry" in note for note in notes)
    # the same report read again changes nothing, before the cure and after it
    for _ in range(2):
        again = take_bounces(engine, [Letter(report(UNKNOWN, key=key))], now=NOW + HOUR, mail=world.mail)
        assert (again.hard, again.known) == ([], 1)
        assert retry_failed(engine, now=NOW + HOUR) in {2, 0}
    assert world.deliver(2 * HOUR).sent == 2
    assert world.rows("failed") == []


def test_soft_bounces_are_counted_and_stop_nothing(engine: Engine, tmp_path: Path) -> None:
    world, keys = sent(engine, tmp_path, "c1", "c2")
    done = take_bounces(engine, [Letter(report(FULL, key=key)) for key in keys], now=NOW + HOUR, mail=world.mail)
    assert (done.hard, done.soft) == ([], ["jane@example.com"] * 2)
    assert sorted("bounce 2 of this address" in str(row.error) for row in world.rows("failed")) == [False, True]
    world.tell(make_brief(company=make_company("c3")))
    assert world.deliver(HOUR).sent == 1


@pytest.mark.parametrize(
    "mail, counted",
    [
        (report(UNKNOWN, key="f" * 16), "others"),  # no mail of ours: nobody can stop an address by a made-up report
        (OUT_OF_OFFICE, "others"),
        (report(DELAYED), "put_off"),
    ],
)
def test_what_stops_nothing(mail: bytes, counted: str, engine: Engine, tmp_path: Path) -> None:
    world, (key,) = sent(engine, tmp_path)
    done = take_bounces(engine, [Letter(mail.replace(OURS.encode(), key.encode()))], now=NOW, mail=world.mail)
    assert getattr(done, counted) == 1
    assert (done.hard, done.soft, world.rows("failed")) == ([], [], [])


def test_an_operator_who_cannot_be_reached_is_not_written_to(engine: Engine, tmp_path: Path) -> None:
    world, (key,) = sent(engine, tmp_path)
    take_bounces(engine, [Letter(report(UNKNOWN, key=key))], now=NOW, mail=replace(world.mail, operator="Jane@example.com"))
    assert [row for row in world.rows() if row.purpose == "operator"] == []


def test_a_refusal_at_the_door_stops_the_rest_too(engine: Engine, tmp_path: Path) -> None:
    from tests.smtp_server import Mailbox, running

    with running(Mailbox()) as box:
        world = World(engine, replace(MAIL, url=f"smtp://localhost:{box.port}"))
        for n in range(3):
            world.tell(make_brief(company=make_company(f"g{n}"), owner="gone@example.com"))
        summary = world.deliver()
        assert (summary.sent, summary.failed) == (1, 3)  # the operator hears of it
        said = " ".join(str(row.error) for row in world.rows("failed"))
        assert (said.count("the address gone@example.com was refused: 550"), said.count("nothing is sent to gone@example.com")) == (3, 2)
        assert box.connections == 2  # one for the batch, one for the operator's mail


# ------------------------------------------------------------------ where they are read from


def test_piped_or_from_a_maildir_by_the_run_itself(tmp_path: Path) -> None:
    root = workspace_in(tmp_path / "ws")
    settings = root / "prospect.yml"
    settings.write_text(settings.read_text().replace('{sender: "alerts@example.com"}', '{sender: "alerts@sender.example", bounces: back}'))
    engine = open_store(f"sqlite:///{root}/prospect.db")
    _, keys = sent(engine, tmp_path, "c1", "c2")
    register(["bounces"])
    piped = CliRunner().invoke(app, ["bounces", "--workspace", str(root)], input=report(UNKNOWN, key=keys[0]))
    assert piped.output == "1 hard (jane@example.com: nothing more is sent there), 0 soft, 0 put off, 0 known, 0 of no mail of ours\n"
    for name in ("new", "cur"):
        (root / "back" / name).mkdir(parents=True)
    (root / "back/new/1.report").write_bytes(report(FULL, key=keys[1]))
    (root / "back/new/2.answer").write_bytes(OUT_OF_OFFICE)
    register(["run"])
    run = CliRunner().invoke(app, ["run", "--stage", "tell", "--workspace", str(root)])
    assert run.exit_code == 1  # somebody has to look
    assert "5.2.2 552-5.2.2 The recipient's inbox" in " ".join(run.output.split())
    assert sorted(each.name for each in (root / "back").rglob("*.*")) == ["1.report:2,S", "2.answer"]
    assert (root / "back/new/2.answer").exists()  # what people wrote is theirs to read
    register(["deliveries"])
    failed = CliRunner().invoke(app, ["deliveries", "--failed", "--format", "json", "--workspace", str(root)])
    assert failed.output.count("came back after it was taken") == 2
    one = CliRunner().invoke(app, ["deliveries", "--retry", keys[1], "--workspace", str(root)])
    assert one.output == "1 put back\n"
    (root / "back").rename(root / "elsewhere")
    assert "cannot be read (No such file" in " ".join(
        CliRunner().invoke(app, ["run", "--stage", "tell", "--workspace", str(root)]).output.split()
    )


def test_an_mbox_and_a_folder(tmp_path: Path) -> None:
    box = tmp_path / "box"
    box.write_bytes(
        b"From MAILER-DAEMON Fri Nov 20 07:31:03 2026\n" + report(UNKNOWN) + b"\nFrom x Fri Nov 20 07:31:03 2026\n" + OUT_OF_OFFICE
    )
    (tmp_path / "a.eml").write_bytes(report(FULL))
    (tmp_path / "b.eml").write_bytes(OUT_OF_OFFICE)
    for place in (box, tmp_path):
        with mails_at(str(place)) as letters:
            assert [len(read_reports(letter.raw)) for letter in letters] == [1, 0]


@dataclass
class Imap:
    """A mailbox behind IMAP4rev1, as much of it as is asked for; `log` is what the client said."""

    mails: list[bytes]
    seen: set[int] = field(default_factory=set)
    log: list[str] = field(default_factory=list)
    port: int = 0


@contextmanager
def imap(box: Imap) -> Iterator[Imap]:
    class Talk(socketserver.StreamRequestHandler):
        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

        def handle(self) -> None:
            self.say("* OK ready")
            for line in self.rfile:
                tag, _, said = line.decode().strip().partition(" ")
                box.log.append(said)
                words = said.split(" ")
                if words[0] == "CAPABILITY":
                    self.say("* CAPABILITY IMAP4rev1")
                elif words[0] == "LOGIN" and words[-1].strip('"') != "s3cret/x":
                    self.say(f"{tag} NO [AUTHENTICATIONFAILED] wrong")
                    continue
                elif words[0] == "SELECT" and words[1] != '"Bounces"':
                    self.say(f"{tag} NO [NONEXISTENT] no such mailbox")
                    continue
                elif said.startswith("UID SEARCH UNSEEN"):
                    self.say("* SEARCH " + " ".join(str(n + 1) for n in range(len(box.mails)) if n + 1 not in box.seen))
                elif said.startswith("UID FETCH"):
                    raw = box.mails[int(words[2]) - 1].replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
                    self.wfile.write(f"* 1 FETCH (UID {words[2]} BODY[] {{{len(raw)}}}\r\n".encode() + raw + b")\r\n")
                elif said.startswith("UID STORE"):
                    box.seen.add(int(words[2]))
                self.say(f"{tag} OK done")
                if words[0] == "LOGOUT":
                    return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        server.daemon_threads = True
        box.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield box
        server.shutdown()


def test_an_imap_mailbox(sqlite_engine: Engine, tmp_path: Path) -> None:
    world, (key,) = sent(sqlite_engine, tmp_path)
    with imap(Imap([OUT_OF_OFFICE, report(UNKNOWN, key=key)])) as box:
        address = f"imap://alerts%40x:s3cret%2Fx@127.0.0.1:{box.port}/Bounces"
        for hard in (["jane@example.com"], []):
            with mails_at(address) as letters:
                assert take_bounces(sqlite_engine, letters, now=NOW, mail=world.mail).hard == hard
        assert box.seen == {2}  # an answer of a person stays unread
        assert not any("BODY[]" in said for said in box.log)
        for wrong, words in [
            (address.replace("s3cret", "other"), "mailbox 127.0.0.1/Bounces refused the login"),
            (address.replace("/Bounces", "/Inbox"), "there is no such mailbox"),
            ("imap://u:secret-word@127.0.0.1:9/Bounces", "cannot be read"),
        ]:
            with pytest.raises(BouncesUnreadable, match=words) as refused, mails_at(wrong):
                pass
            assert "secret-word" not in str(refused.value)
