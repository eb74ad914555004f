"""The web: who sees what, links that only a POST acts on, and pages that nothing from a document can turn against the reader."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine
from starlette.testclient import TestClient

from prospect.judging import Judged, brief, owed
from prospect.outcomes import all_briefs
from prospect.web import results
from prospect.web.site import sign_in_token, workspace_reader
from prospect.workspace import load_workspace
from store import queries as q
from tests import stored
from tests.web_site import BASE, HOSTILE, KEYS, NOW, client_of, fill, link_path, workspace_in


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return workspace_in(tmp_path / "ws")


@pytest.fixture
def filled(sqlite_engine: Engine) -> Engine:
    fill(sqlite_engine)
    return sqlite_engine


@pytest.fixture
def nobody(filled: Engine, root: Path) -> TestClient:
    """A browser on another machine that has never been here."""
    return client_of(filled, root)


@pytest.fixture
def jane(filled: Engine, root: Path) -> TestClient:
    """Jane's browser, signed in by a link of a mail."""
    client = client_of(filled, root)
    assert client.get(link_path("accept", "l1")).status_code == 200
    return client


@pytest.fixture
def local(filled: Engine, tmp_path: Path) -> TestClient:
    """A browser on the machine itself, of a workspace that is not meant for others."""
    return client_of(filled, workspace_in(tmp_path / "local", exposed=False))


def lead_state(engine: Engine, lead_id: str = "l1") -> tuple[str, str | None]:
    with engine.connect() as conn:
        lead = q.lead(conn, lead_id)
        assert lead
        return lead.state, lead.reject_reason


def token_in(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found
    return found[1]


# --- who sees what


def test_a_stranger_sees_nothing(nobody: TestClient) -> None:
    for path in ("/", "/leads/l1", "/companies/c1", "/explain?profile=jane&company=c1", "/results", "/sources"):
        answer = nobody.get(path)
        assert answer.status_code == 403, path
        assert "Harbor Mills" not in answer.text
        assert "northwire" not in answer.text
    assert nobody.get("/health").status_code == 200
    assert nobody.get("/static/style.css").status_code == 200


def test_a_rep_sees_their_own_leads_and_their_teams(jane: TestClient) -> None:
    inbox = jane.get("/").text
    assert "/leads/l1" in inbox
    assert "/leads/l3" in inbox  # joe's lead of the team's profile
    assert "/leads/l2" not in inbox
    assert jane.get("/leads/l3").status_code == 200
    assert jane.get("/leads/l2").status_code == 404
    assert "/leads/l2" not in jane.get("/companies/c2").text
    assert "joe" not in jane.get("/companies/c1").text.partition("What the profiles said")[2]
    assert jane.get("/explain?profile=joe&company=c1").status_code == 404
    assert jane.get("/?owner=joe@example.com").text.count("/leads/") == inbox.count("/leads/")  # a filter opens nothing


def test_on_the_machine_itself_everything_is_seen(local: TestClient) -> None:
    inbox = local.get("/").text
    assert all(f"/leads/{lead}" in inbox for lead in ("l1", "l2", "l3"))
    assert local.get("/sources").status_code == 200


def test_an_exposed_site_trusts_no_loopback(filled: Engine, root: Path) -> None:
    """A proxy on the same machine comes from 127.0.0.1, and may ask for it by that name."""
    assert client_of(filled, root, host="127.0.0.1:8080").get("/").status_code == 403


HOSTS = [
    ("127.0.0.1:8080", 200),
    ("localhost", 200),
    ("[::1]:8080", 200),
    ("evil.example", 400),  # a name of another site that was pointed at this machine
    ("127.0.0.1.evil.example", 400),
]


@pytest.mark.parametrize(("host", "status"), HOSTS)
def test_the_site_answers_to_its_names_alone(filled: Engine, tmp_path: Path, host: str, status: int) -> None:
    client = client_of(filled, workspace_in(tmp_path / "local", exposed=False))
    assert client.get("/", headers={"host": host}).status_code == status


def test_the_operator_signs_in_by_an_address_that_serve_prints(filled: Engine, root: Path) -> None:
    client = client_of(filled, root)
    token = sign_in_token(KEYS)
    answer = client.get(f"/in/{token}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "/leads/l2" in client.get("/").text
    assert client_of(filled, root).get(f"/in/{token}x").status_code == 403


def test_the_session_cookie_is_out_of_reach(nobody: TestClient) -> None:
    cookie = nobody.get(link_path("accept", "l1")).headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "secure", "samesite=lax", "path=/"))
    forged = client_cookie = nobody.cookies["prospect_session"]
    nobody.cookies.clear()
    nobody.cookies["prospect_session"] = forged[:-2] + "xx"
    assert client_cookie != nobody.cookies["prospect_session"]
    assert nobody.get("/").status_code == 403


# --- signed links


def test_to_open_a_link_changes_nothing(filled: Engine, nobody: TestClient) -> None:
    """Mail scanners follow links, several times, some with HEAD."""
    before = lead_state(filled)
    for action, subject in (("accept", "l1"), ("reject", "l1"), ("snooze", "l1"), ("unsubscribe", "jane"), ("brief", "c1")):
        for _ in range(2):
            answer = nobody.get(link_path(action, subject))
            assert answer.status_code == 200, action
        assert nobody.head(link_path(action, subject)).status_code == 200
        if action != "brief":
            assert answer.text.count("<button") == 1
    assert lead_state(filled) == before
    with filled.connect() as conn:
        assert q.verdicts_of(conn) == []
        assert q.unsubscriptions(conn) == set()


def test_the_button_accepts_once(filled: Engine, nobody: TestClient) -> None:
    path = link_path("accept", "l1")
    assert "Accepted" in nobody.post(path, data={"action": "accept"}).text
    assert "already" in nobody.post(path, data={"action": "accept"}).text
    assert lead_state(filled) == ("accepted", None)
    with filled.connect() as conn:
        [said] = q.verdicts_of(conn)
        assert (said.by, said.via, said.said) == ("jane@example.com", "mail", NOW)
        [owed] = q.deliveries_of(conn, lead_id="l1")  # the CRM that waited for it
        assert (owed.purpose, owed.target) == ("accepted", "csv")


REJECTIONS = [
    ({"reason": "old news"}, 200, "old news"),
    ({"reason": "old news", "words": " their lease is new "}, 200, "their lease is new"),  # own words say more
    ({}, 400, None),  # a reason is what it is for
    ({"words": "   "}, 400, None),
    ({"words": "x" * 5000}, 200, "x" * 300),
]


@pytest.mark.parametrize(("form", "status", "reason"), REJECTIONS)
def test_a_rejection_has_a_reason(filled: Engine, nobody: TestClient, form: dict[str, str], status: int, reason: str | None) -> None:
    assert nobody.post(link_path("reject", "l1"), data=form).status_code == status
    assert lead_state(filled) == (("rejected", reason) if reason else ("new", None))


SNOOZES = [("7", 200), ("730", 200), ("0", 400), ("731", 400), ("-3", 400), ("soon", 400), ("²", 400), ("9" * 5000, 400)]


@pytest.mark.parametrize(("days", "status"), SNOOZES)
def test_a_snooze_has_an_end(filled: Engine, nobody: TestClient, days: str, status: int) -> None:
    assert nobody.post(link_path("snooze", "l1"), data={"days": days}).status_code == status
    with filled.connect() as conn:
        lead = q.lead(conn, "l1")
    assert lead
    assert lead.snoozed_until == (NOW + timedelta(days=int(days)) if status == 200 else None)


def test_a_link_permits_its_own_action_alone(filled: Engine, nobody: TestClient) -> None:
    """The form that comes with an accept link cannot be turned into a rejection: the token says what may be done."""
    nobody.post(link_path("accept", "l1"), data={"action": "reject", "reason": "old news"})
    assert lead_state(filled) == ("accepted", None)


WRONG_LINKS = [
    (link_path("accept", "l1", key="another key"), 403),  # signed by somebody else
    (link_path("accept", "l1")[:-3] + "AAA", 403),  # damaged
    ("/do/" + "A" * 3000, 403),
    (link_path("accept", "l1", days=-1), 410),  # too old
    (link_path("accept", "gone"), 404),
    (link_path("brief", "gone"), 404),
    (link_path("accept", "l1", key=KEYS[0]), 200),  # of before the keys were changed
]


@pytest.mark.parametrize(("path", "status"), WRONG_LINKS)
def test_links_that_may_not_be_acted_on(filled: Engine, nobody: TestClient, path: str, status: int) -> None:
    assert nobody.get(path).status_code == status
    assert nobody.post(path, data={"action": "accept"}).status_code == status
    if status != 200:
        assert lead_state(filled) == ("new", None)
        assert nobody.get("/").status_code == 403  # and nobody was signed in


def test_a_button_pressed_many_times_at_once(engine: Engine, root: Path) -> None:
    fill(engine)
    ticks = itertools.count()
    client = client_of(engine, root, clock=lambda: NOW + timedelta(seconds=next(ticks)))
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: client.post(link_path("accept", "l1"), data={"action": "accept"}), range(6)))
    assert {answer.status_code for answer in answers} == {200}
    with engine.connect() as conn:
        assert len(q.verdicts_of(conn, lead_id="l1")) == 1
        assert len(q.deliveries_of(conn, lead_id="l1")) == 1


# --- unsubscription


def test_one_click_unsubscription(filled: Engine, nobody: TestClient) -> None:
    """RFC 8058: the mail program posts exactly this, without cookies, a referrer or a look at the page."""
    path = link_path("unsubscribe", "jane,team", days=365)
    for _ in range(2):
        answer = nobody.post(path, content="List-Unsubscribe=One-Click", headers={"content-type": "application/x-www-form-urlencoded"})
        assert (answer.status_code, answer.headers.get("location")) == (200, None)
    with filled.connect() as conn:
        assert q.unsubscriptions(conn) == {("jane", "jane@example.com"), ("team", "jane@example.com")}
    assert nobody.get("/").status_code == 403  # a link that works for a year signs nobody in


def test_an_unsubscription_can_be_taken_back(filled: Engine, nobody: TestClient) -> None:
    path = link_path("unsubscribe", "jane")
    assert "Stopped" in nobody.post(path, data={"action": "stop"}).text
    page = nobody.get(path).text
    assert "Send them again" in page
    assert "New chiefs" in page
    assert "again" in nobody.post(path, data={"action": "again"}).text
    with filled.connect() as conn:
        assert q.unsubscriptions(conn) == set()


def test_who_unsubscribed_gets_no_mail_and_others_do(filled: Engine, root: Path) -> None:
    """Mail alone stops, of that profile alone; the lead is made and its CRM hears of it."""
    workspace = load_workspace(root)
    with filled.connect() as conn:
        company = q.get_company(conn, "c1")
        stories = q.stories_of(conn, ["c1"])["c1"]
        leads = q.leads_of(conn, company_id="c1")
    assert company
    judged = Judged(briefs={"alert": [brief(workspace, lead.profile, lead, company, stories) for lead in leads]})
    expected: list[tuple[set[tuple[str, str]], list[str]]] = [
        # jane has a lead of her own; joe owns the team's, of which jane gets a mail too
        (set(), ["jane@example.com", "jane@example.com", "joe@example.com"]),
        ({("jane", "jane@example.com")}, ["jane@example.com", "joe@example.com"]),
        ({("team", "jane@example.com")}, ["jane@example.com", "joe@example.com"]),
        ({("team", "joe@example.com")}, ["jane@example.com", "jane@example.com"]),  # the owner stops, the team goes on
        ({("jane", "jane@example.com"), ("team", "jane@example.com"), ("team", "joe@example.com")}, []),
        ({("joe", "jane@example.com")}, ["jane@example.com", "jane@example.com", "joe@example.com"]),  # another profile
    ]
    for unsubscribed, mailed in expected:
        deliveries = owed(workspace, judged, NOW, unsubscribed)
        assert sorted(each.target for each in deliveries if "@" in each.target) == mailed, unsubscribed


# --- forms of the inbox


def test_a_verdict_from_the_inbox(filled: Engine, jane: TestClient) -> None:
    token = token_in(jane.get("/leads/l1").text)
    answer = jane.post("/leads/l1/verdict", data={"token": token, "action": "reject", "reason": "duplicate"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/leads/l1")
    assert lead_state(filled) == ("rejected", "duplicate")
    assert "duplicate" in jane.get("/leads/l1").text
    with filled.connect() as conn:
        assert [(said.by, said.via) for said in q.verdicts_of(conn)] == [("jane@example.com", "web")]


def test_a_mind_may_be_changed(filled: Engine, jane: TestClient) -> None:
    token = token_in(jane.get("/leads/l1").text)
    for action in ("accept", "reject", "accept"):
        jane.post("/leads/l1/verdict", data={"token": token, "action": action, "reason": "old news"})
    assert lead_state(filled) == ("accepted", None)
    with filled.connect() as conn:
        assert [said.verdict for said in q.verdicts_of(conn)] == ["accepted", "rejected", "accepted"]


def test_forms_from_elsewhere_are_not_taken(filled: Engine, jane: TestClient, root: Path) -> None:
    good = token_in(jane.get("/leads/l1").text)
    other = client_of(filled, root)
    other.get(link_path("accept", "l3", by="joe@example.com"))
    of_joe = token_in(other.get("/leads/l3").text)
    tries: list[tuple[dict[str, str], dict[str, str]]] = [
        ({}, {}),  # no token
        ({"token": good + "x"}, {}),
        ({"token": of_joe}, {}),  # another rep's
        ({"token": good}, {"origin": "https://evil.example"}),
        ({"token": good}, {"sec-fetch-site": "cross-site"}),
        ({"token": good}, {"sec-fetch-site": "same-site"}),  # a neighbour under the same domain
    ]
    for form, headers in tries:
        answer = jane.post("/leads/l1/verdict", data=form | {"action": "accept"}, headers=headers)
        assert answer.status_code == 403, (form, headers)
    assert lead_state(filled) == ("new", None)
    same = {"origin": BASE, "sec-fetch-site": "same-origin"}
    assert jane.post("/leads/l1/verdict", data={"token": good, "action": "accept"}, headers=same).status_code == 303


def test_a_lead_of_another_rep_cannot_be_decided(filled: Engine, jane: TestClient) -> None:
    token = token_in(jane.get("/leads/l1").text)
    assert jane.post("/leads/l2/verdict", data={"token": token, "action": "accept"}).status_code == 404
    assert lead_state(filled, "l2") == ("new", None)


def test_large_forms_and_files_are_refused(jane: TestClient) -> None:
    assert jane.post("/leads/l1/verdict", data={"words": "x" * 100_000}).status_code == 413
    assert jane.post("/leads/l1/verdict", files={"token": b"x"}).status_code == 400
    assert jane.get("/leads/l1/verdict").status_code == 405


# --- pages


def test_what_documents_say_stays_text(local: TestClient) -> None:
    for path in (
        "/",
        "/leads/l2",
        "/companies/c2",
        "/sources",
        f"/explain?profile=joe&company={HOSTILE}",
        "/explain?profile=joe&company=c2",
    ):
        page = local.get(path).text
        assert HOSTILE not in page, path
        assert "<script" not in page, path
        assert 'href="javascript' not in page, path
    assert "&lt;script&gt;" in local.get("/leads/l2").text


def test_every_answer_carries_its_headers(local: TestClient) -> None:
    for path in ("/", "/leads/l1", "/nowhere", "/do/x", "/health", "/metrics", "/static/style.css"):
        headers = local.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert ("no-store" in headers.get("cache-control", "")) is (path != "/static/style.css")


def test_pages_load_nothing_from_elsewhere_and_run_nothing(local: TestClient) -> None:
    for path in ("/", "/leads/l1", "/companies/c1", "/explain", "/sources", link_path("accept", "l1")):
        page = local.get(path).text
        assert re.findall(r'(?:src|srcset)="', page) == []
        assert re.findall(r"<link[^>]+href=\"(?!/static/)", page) == []
        assert re.findall(r"(?:\son\w+=|style=)", page) == []  # what the policy would block


def test_the_page_of_a_lead_says_why(jane: TestClient) -> None:
    page = jane.get("/leads/l1").text
    for words in (
        "Harbor Mills, Inc.",
        "Dover, DE",
        "52.5",
        "60 × 0.9 × 0.97",
        "named Ada Quill chief financial officer",
        "https://northwire.example/r1",
        "Northwire",
        "Talking points",
        "Questions to ask",
    ):
        assert words in page, words


def test_a_lead_whose_story_and_profile_are_gone_still_opens(filled: Engine, local: TestClient) -> None:
    with filled.begin() as conn:
        q.save_lead(conn, stored.lead("l9", profile="deleted", story_ids=("gone",), created=NOW))
    assert local.get("/leads/l9").status_code == 200
    assert "/leads/l9" in local.get("/").text


FILTERS = [
    ("/", ["l3", "l2", "l1"]),  # latest first
    ("/?state=all", ["l4", "l3", "l2", "l1"]),
    ("/?state=accepted", ["l4"]),
    ("/?profile=jane", ["l1"]),
    ("/?owner=joe@example.com", ["l3", "l2"]),
    ("/?owner=joe@example.com&profile=team", ["l3"]),
    ("/?state=snoozed", []),
    ("/?page=0", ["l3", "l2", "l1"]),  # not a page: the first
    ("/?page=²", ["l3", "l2", "l1"]),
    ("/?page=9", []),
]


@pytest.mark.parametrize(("path", "leads"), FILTERS)
def test_the_inbox_filters(filled: Engine, local: TestClient, path: str, leads: list[str]) -> None:
    with filled.begin() as conn:
        q.save_lead(conn, replace(stored.lead("l4", state="accepted"), created=NOW, profile="other"))
    answer = local.get(path)
    assert answer.status_code == 200
    assert re.findall(r'href="/leads/(\w+)"', answer.text) == leads


def test_an_unknown_state_is_said(local: TestClient) -> None:
    answer = local.get("/?state=gone")
    assert answer.status_code == 400
    assert "withdrawn" in answer.text


def test_many_leads_come_in_pages(filled: Engine, local: TestClient, jane: TestClient) -> None:
    with filled.begin() as conn:
        for number in range(120):
            created = NOW - timedelta(days=1, minutes=number)
            q.save_lead(conn, stored.lead(f"m{number:03}", owner="jane@example.com", profile="jane", created=created))
    for client in (local, jane):
        seen: list[str] = []
        path: str | None = "/?profile=jane"
        while path:
            page = client.get(path).text
            seen += re.findall(r'href="/leads/(\w+)"', page)
            found = re.search(r'href="(/\?[^"]+)" rel="next"', page)
            path = found[1].replace("&amp;", "&") if found else None
        assert seen == ["l1", *(f"m{number:03}" for number in range(120))]


def test_explain_says_why_and_finds_the_company(local: TestClient) -> None:
    page = local.get("/explain?profile=jane&company=harbor").text
    assert "Harbor Mills, Inc." in page
    assert "named Ada Quill chief financial officer" in page
    missing = local.get("/explain?profile=jane&company=nobody")
    assert missing.status_code == 404
    assert "no company is known as" in missing.text


def test_every_page_on_both_databases(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    client = client_of(engine, workspace_in(tmp_path / "local", exposed=False))
    paths = (
        "/",
        "/?state=all&owner=joe@example.com",
        "/leads/l1",
        "/companies/c1",
        "/explain?profile=jane&company=harbor",
        "/sources",
        "/health",
        "/metrics",
    )
    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)


# --- health


def test_sources_and_runs(local: TestClient) -> None:
    page = local.get("/sources").text
    for words in ("northwire", "failing", "503", "edgar", "quiet", "its lists were empty"):
        assert words in page, words


LATE = [
    (timedelta(0), 200, "ok"),
    (timedelta(hours=21), 200, "ok"),  # within a day and the grace
    (timedelta(hours=23), 503, "late"),
]


@pytest.mark.parametrize(("later", "status", "word"), LATE)
def test_health_says_when_no_run_ends(filled: Engine, root: Path, later: timedelta, status: int, word: str) -> None:
    answer = client_of(filled, root, now=NOW + later).get("/health")
    assert (answer.status_code, answer.json()["status"]) == (status, word)
    assert set(answer.json()) == {"status", "last_run_ended"}


def test_health_of_an_empty_store_is_not_late(sqlite_engine: Engine, root: Path) -> None:
    assert client_of(sqlite_engine, root).get("/health").json() == {"status": "ok", "last_run_ended": None}


def test_health_says_when_the_database_is_gone(sqlite_engine: Engine, root: Path, tmp_path: Path) -> None:
    client = client_of(sqlite_engine, root)
    sqlite_engine.dispose()
    for path in tmp_path.glob("prospect.sqlite*"):
        path.unlink()
    answer = client.get("/health")
    assert (answer.status_code, answer.json()) == (503, {"status": "no database"})


def test_metrics(nobody: TestClient) -> None:
    text = nobody.get("/metrics").text
    found = {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in text.splitlines() if not line.startswith("#")}
    expected = {
        'prospect_leads{state="new"}': 3,
        'prospect_source_failing{source="northwire"}': 1,
        'prospect_source_failing{source="edgar"}': 0,
        'prospect_source_listed{source="edgar"}': 0,
        'prospect_due{stage="read"}': 0,
        'prospect_rows{table="events"}': 2,
        "prospect_last_run_ended_seconds": (NOW - timedelta(hours=5)).timestamp(),
    }
    assert {name: found.get(name) for name in expected} == expected
    assert "jane" not in text  # no names of people in what a monitoring system keeps


def test_a_fault_of_ours_is_a_page_without_its_inside(filled: Engine, root: Path) -> None:
    client = client_of(filled, root)
    client.get(link_path("accept", "l1"))
    with filled.begin() as conn:
        conn.exec_driver_sql("ALTER TABLE leads RENAME TO elsewhere")
    answer = client.get("/leads/l1")
    assert answer.status_code == 500
    assert "elsewhere" not in answer.text
    assert "leads" not in answer.text.partition("<main")[2].partition("href")[0]
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_workspace_that_is_wrong_for_a_moment_keeps_the_site_up(filled: Engine, root: Path) -> None:
    read = workspace_reader(root, keep_s=0)
    (root / "profiles" / "jane.yml").write_text("name: [")
    assert set(read().profiles) == {"jane", "joe", "team"}
    workspace_in(root)
    (root / "profiles" / "joe.yml").unlink()
    assert set(read().profiles) == {"jane", "team"}


# --- results


def test_a_rep_sees_the_results_of_their_own_leads_and_a_manager_those_of_all(jane: TestClient, local: TestClient, filled: Engine) -> None:
    with filled.begin() as conn:
        q.save_verdict(conn, stored.verdict(lead_id="l1", verdict="accepted", by="jane@example.com", reason=None))
        q.save_verdict(conn, stored.verdict(lead_id="l2", verdict="rejected", by="joe@example.com", reason=f"old {HOSTILE}"))
        q.save_outcomes(conn, [stored.crm_outcome("l1", amount=12_500.0)])
    hers, all_of_them = jane.get("/results").text, local.get("/results").text
    assert "joe@example.com" in all_of_them
    assert "50%" in all_of_them  # one right of two
    assert "12,500" in all_of_them
    assert "old &lt;script&gt;" in all_of_them
    assert HOSTILE not in hers + all_of_them
    assert "100%" in hers
    assert "joe&#39;s" not in hers.lower()
    assert "old &lt;script&gt;" not in hers
    assert '<th scope="row">joe</th>' not in hers


# (what happens between two looks, whether the results are worked out again)
CHANGES: list[tuple[Callable[[Connection], object], bool]] = [
    (lambda conn: None, False),
    (lambda conn: q.save_verdict(conn, stored.verdict(lead_id="l1", verdict="accepted", by="jane@example.com", reason=None)), True),
    (lambda conn: q.save_outcomes(conn, [stored.crm_outcome("l1", amount=12_500.0)]), True),
    (lambda conn: q.reassign_leads(conn, "jane@example.com", "ann@example.com"), True),
    (lambda conn: q.withdraw_lead(conn, "l1", NOW + timedelta(days=1)), True),
    (lambda conn: q.save_stories(conn, "c1", [], NOW + timedelta(days=1)), True),
    # a company without a lead
    (lambda conn: q.save_companies(conn, [stored.company("c99")]), False),
]


@pytest.mark.parametrize("change, again", CHANGES)
def test_results_are_worked_out_again_when_something_changed(
    local: TestClient, filled: Engine, monkeypatch: pytest.MonkeyPatch, change: Callable[[Connection], object], again: bool
) -> None:
    first = local.get("/results").text
    asked: list[object] = []
    monkeypatch.setattr(results, "all_briefs", lambda *given: asked.append(given) or all_briefs(*given))
    with filled.begin() as conn:
        change(conn)
    assert bool(local.get("/results").text != first) <= again
    assert bool(asked) is again


def test_results_without_a_lead(sqlite_engine: Engine, tmp_path: Path) -> None:
    page = client_of(sqlite_engine, workspace_in(tmp_path / "ws", exposed=False)).get("/results")
    assert page.status_code == 200
    assert "No lead yet." in page.text
