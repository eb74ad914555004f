"""Mail over real SMTP servers: encryption, login, refusals, broken and slow connections."""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import quote

import pytest

from alerts.channels import folder, smtp
from alerts.errors import AddressRefused, DeliveryError, Misconfigured, Permanent, TryAgain
from alerts.outbox import deliveries_for
from alerts.settings import MailSettings
from store.records import Delivery
from tests.alert_records import NOW, make_brief, make_company
from tests.smtp_server import PASSWORD, USER, Mailbox, free_port, running

LOGIN = f"{USER}:{quote(PASSWORD, safe='')}"


def mail_settings(url: str, **changes: object) -> MailSettings:
    return MailSettings(**{"url": url, "sender": "Prospect <alerts@sender.example>", "timeout_s": 5.0} | changes)  # type: ignore[arg-type]


def a_mail(owner: str = "jane@example.com", company: str = "c1") -> Delivery:
    brief = make_brief(owner=owner, company=make_company(company))
    return deliveries_for([brief], now=NOW, routes={}, mail=mail_settings("smtp://localhost"))[0]


def send_one(delivery: Delivery, settings: MailSettings) -> DeliveryError | None:
    (outcome,) = smtp.send([delivery], settings)
    assert outcome.key == delivery.key
    return outcome.error


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize(
    "tls, scheme",
    [
        ("", "smtp"),  # a relay on the same machine
        ("starttls", "smtp+starttls"),  # the usual submission port
        ("tls", "smtps"),  # encrypted from the first byte
    ],
)
def test_a_mail_arrives_whole_and_signed_in(tls: str, scheme: str, tmp_path: Path) -> None:
    auth = bool(tls)
    with running(Mailbox(), tls=tls, auth=auth, folder=tmp_path) as box:
        login = f"{LOGIN}@" if auth else ""
        settings = mail_settings(f"{scheme}://{login}localhost:{box.port}", ca_file=box.ca_file)
        assert send_one(a_mail(), settings) is None
    (mail,) = box.mails
    assert mail.defects == []
    assert box.encrypted == [bool(tls)]
    assert box.logins == [USER if auth else None]
    assert box.recipients == ["jane@example.com"]
    assert mail["Subject"].startswith("Meridian Freight Systems, Inc.: Dana Whitfield joins as Chief Financial Officer")
    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert "Dana Whitfield as Chief" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def refusal(url: str, settings_changes: dict[str, object], *, tls: str, auth: bool, folder: Path) -> DeliveryError | None:
    with running(Mailbox(), tls=tls, auth=auth, folder=folder) as box:
        if settings_changes.pop("trusted", True):
            settings_changes["ca_file"] = box.ca_file
        error = send_one(a_mail(), mail_settings(url.format(port=box.port), **settings_changes))
        assert box.mails == []
        return error


@pytest.mark.parametrize(
    "url, server, changes, kind, words",
    [
        # a wrong password: nothing of this channel can go, the cure is in prospect.yml
        ("smtp+starttls://alerts:wrong@localhost:{port}", ("starttls", True), {}, Misconfigured, "refused the login of 'alerts'"),
        # a certificate of an authority nobody trusts: a stranger in between must not get the password
        (
            f"smtp+starttls://{LOGIN}@localhost:{{port}}",
            ("starttls", True),
            {"trusted": False},
            Misconfigured,
            "certificate is not trusted",
        ),
        # STARTTLS wanted, none offered: never fall back to plain text
        ("smtp+starttls://localhost:{port}", ("", False), {}, Misconfigured, "offers no STARTTLS"),
        # a login wanted, none offered
        ("smtp://alerts:x@localhost:{port}", ("", False), {}, Misconfigured, "offers no AUTH"),
        # TLS from the first byte spoken to a plain server
        ("smtps://localhost:{port}", ("", False), {"timeout_s": 1.0}, Misconfigured, "no TLS there"),
        # the server wants STARTTLS, the URL has none
        ("smtp://localhost:{port}", ("starttls", False), {}, Misconfigured, "wants a login or encryption"),
        # a host without a name
        ("smtp://:{port}", ("", False), {}, Misconfigured, "no host in it"),
        ("smtp://localhost:port", ("", False), {}, Misconfigured, "not an SMTP address"),
        # a CA file that is none
        ("smtps://localhost:{port}", ("tls", False), {"trusted": False, "ca_file": Path(__file__)}, Misconfigured, "holds no certificates"),
    ],
)
def test_a_wrong_setup_is_told_with_its_cure(
    url: str, server: tuple[str, bool], changes: dict[str, object], kind: type[DeliveryError], words: str, tmp_path: Path
) -> None:
    error = refusal(url, dict(changes), tls=server[0], auth=server[1], folder=tmp_path)
    assert isinstance(error, kind)
    assert words in str(error)
    assert "wrong" not in str(error)  # passwords stay out of messages
    assert PASSWORD not in str(error)


@pytest.mark.parametrize(
    "fault, kind, words",
    [
        ("busy", TryAgain, "451 4.3.0 try again later"),  # greylisting
        ("full", Permanent, "552 5.2.2 mailbox full"),  # refused after DATA
        ("drop-before", TryAgain, "broke off"),
        ("drop-after", TryAgain, smtp.MAY_HAVE_ARRIVED),  # the server has it: the second copy must carry the same Message-ID
        ("slow", TryAgain, smtp.MAY_HAVE_ARRIVED),
    ],
)
def test_a_refusal_is_sorted_into_try_again_and_permanent(fault: str, kind: type[DeliveryError], words: str) -> None:
    with running(Mailbox(faults=[fault])) as box:
        settings = mail_settings(f"smtp://localhost:{box.port}", timeout_s=0.4 if fault == "slow" else 5.0)
        error = send_one(a_mail(), settings)
        assert isinstance(error, kind)
        assert words in str(error)
        assert "jane@example.com" in str(error)
        if kind is TryAgain and fault != "slow":
            assert send_one(a_mail(), settings) is None
            assert len({mail["Message-ID"] for mail in box.mails}) == 1


def test_one_refused_address_does_not_keep_the_others_from_their_mail() -> None:
    with running(Mailbox()) as box:
        mails = [a_mail("gone@example.com"), a_mail("jane@example.com"), a_mail("joe@example.com")]
        outcomes = list(smtp.send(mails, mail_settings(f"smtp://localhost:{box.port}")))
    assert [type(outcome.error) for outcome in outcomes] == [AddressRefused, type(None), type(None)]
    assert "gone@example.com was refused: 550 5.1.1 no such user here" in str(outcomes[0].error)
    assert box.recipients == ["jane@example.com", "joe@example.com"]
    assert box.connections == 1  # one connection a batch


def test_a_break_costs_one_mail_and_the_rest_goes_over_a_new_connection() -> None:
    with running(Mailbox(faults=["drop-before"])) as box:
        mails = [a_mail(company=f"c{i}") for i in range(3)]
        outcomes = list(smtp.send(mails, mail_settings(f"smtp://localhost:{box.port}")))
    assert [type(outcome.error) for outcome in outcomes] == [TryAgain, type(None), type(None)]
    assert box.connections == 2


def test_a_server_that_is_away_is_asked_once_a_batch() -> None:
    port = free_port()
    outcomes = list(smtp.send([a_mail(company=f"c{i}") for i in range(3)], mail_settings(f"smtp://localhost:{port}")))
    assert [type(outcome.error) for outcome in outcomes] == [TryAgain] * 3
    assert f"mail server localhost:{port} cannot be reached" in str(outcomes[0].error)


def test_a_server_that_never_answers_is_given_up_on_in_time() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        error = send_one(a_mail(), mail_settings(f"smtp://127.0.0.1:{silent.getsockname()[1]}", timeout_s=0.3))
    assert isinstance(error, TryAgain)


@pytest.mark.parametrize(
    "url, words",
    [
        ("smtp://u:p@mail.example.com", "unencrypted"),  # a password in clear over the network
        ("smtps://u@mail.example.com", "without a password"),
        ("smtp://:25", "no host"),
        ("smtp+starttls://u:p@mail.example.com", ""),
        ("smtp://localhost", ""),
    ],
)
def test_faults_of_mail_url_are_found_without_a_network(url: str, words: str) -> None:
    found = smtp.faults(mail_settings(url))
    assert any(words in fault for fault in found) if words else found == []


def test_an_unknown_scheme_names_the_known_ones() -> None:
    with pytest.raises(Misconfigured, match=r"unknown scheme 'imap'; known: smtp://"):
        _ = mail_settings("imap://u:p@host").channel


def test_a_folder_gets_one_file_a_mail_however_often_it_is_sent(tmp_path: Path) -> None:
    settings = mail_settings(f"folder:{tmp_path}/mails")
    mail = a_mail()
    for _ in range(3):
        assert [outcome.error for outcome in folder.send([mail], settings)] == [None]
    assert [path.name for path in (tmp_path / "mails").iterdir()] == [f"{mail.key}.eml"]
    assert (tmp_path / "mails" / f"{mail.key}.eml").read_bytes() == str(mail.payload["eml"]).encode()


def test_a_folder_that_cannot_be_written_keeps_the_mail(tmp_path: Path) -> None:
    (tmp_path / "mails").write_text("a file where the folder should be")
    (outcome,) = folder.send([a_mail()], mail_settings(f"folder:{tmp_path}/mails"))
    assert isinstance(outcome.error, TryAgain)
    assert "mails" in str(outcome.error)
