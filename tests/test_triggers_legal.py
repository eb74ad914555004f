"""What lawyers write around a deal: clauses that tell of nothing, roles for names, one deal told as several."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from prospect.kinds import shipped_kinds
from store.records import Document, TriggerEvent
from triggers.extract import Extractor
from triggers.legal import is_bank, is_merger_sub, is_role


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor(list(shipped_kinds().values()))


def events_of(extractor: Extractor, text: str) -> list[TriggerEvent]:
    document = Document(
        id="filing", url="", title=None, text=text, published=datetime(2031, 5, 6, tzinfo=UTC), form="8-K", company="ORBEX TOOLS CORP"
    )
    return [event for event in extractor.extract(document) if event.confidence >= 0.5]


HEAD = "Item 1.01 Entry into a Material Definitive Agreement\n"
AGREED = (
    "On May 3, 2031, Orbex Tools Corporation (“Orbex”) entered into an Agreement and Plan of Merger (the “Merger Agreement”) by and among "
    "Orbex, Lamp Acquisition Corporation, a wholly owned subsidiary of Orbex (“Sub”), and Lumo Works, Inc. (“Lumo”)"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a covenant's list of what is forbidden
        ("The notes limit the ability of Orbex to:\n• sell assets;\n• create liens or engage in sale and leaseback transactions;\n", []),
        ("• consolidate or merge with, or sell substantially all of the Company’s assets to, another person;", []),
        # a covenant in running text
        (
            "The covenants limit the Company’s ability to merge, consolidate or sell its assets and to enter into sale and leaseback transactions.",
            [],
        ),
        # said of a document
        ("The foregoing description of the Merger Agreement is qualified in its entirety by reference to the agreement.", []),
        ("A copy of the Merger Agreement is attached hereto as Exhibit 2.1.", []),
        ("This report is not an offer to buy the Debentures of Orbex Tools Corporation.", []),
        # what may come
        ("The Company may use the proceeds to fund possible acquisitions of other companies.", []),
        ("Legal challenges and rulings of a court could materially impair the funding of Orbex Tools Corporation.", []),
        ("The obligation of the parties to consummate the merger is subject to customary conditions, among them the sale of a unit.", []),
        ("The Credit Agreement is secured by substantially all of the present and after-acquired assets of the Company.", []),
        # a past month is no possibility; "Limited" in a name is no limit
        (f"{AGREED} and Cellar Holding Limited Partnership, dated as of May 2, 2031, as amended.", [("merger", "Lumo Works")]),
        # an item of a list that tells what has been done
        ("In the first quarter Orbex\n• completed the acquisition of Lumo Works, Inc. for $4 million;\n", [("acquisition", "Lumo Works")]),
        # what is promised is breached, not a system
        ("The sellers will indemnify Orbex for claims arising out of any breach of the representations and warranties.", []),
        # accounts that are filed whole, and the release behind them
        (
            (
                "Orbex Tools Corporation reports.\nEX-99.1\nNOTES TO CONSOLIDATED FINANCIAL STATEMENTS\nThe Company borrowed $4 million from Tern Bank, N.A.\n"
                "EX-99.2\nOrbex Tools Corporation today announced that it has acquired Lumo Works, Inc."
            ),
            [("acquisition", "Lumo Works")],
        ),
        # an agreement that is filed whole
        ("See the exhibit.\nEX-99.1\nARTICLE I\nThe Buyer has acquired Lumo Works, Inc. on the Closing Date as agreed in this deed.", []),
        # notes of long ago that a buyer takes over
        (
            (
                "In connection with the completion of the merger, Orbex, Lumo Works, Inc. and Tern Trust Company, as trustee, entered into the "
                "First Supplemental Indenture to that certain indenture under which Lumo Works, Inc. issued its 2% Convertible Senior Notes due 2035."
            ),
            [("merger", "")],
        ),
    ],
)
def test_a_clause_tells_of_no_event(extractor: Extractor, text: str, expected: list[tuple[str, str]]) -> None:
    found = [(e.kind, e.facts.get("target") or e.facts.get("partner") or "") for e in events_of(extractor, HEAD + text)]
    assert len(found) == len(expected)
    for (kind, party), (wanted, name) in zip(found, expected, strict=True):
        assert kind == wanted
        assert party.startswith(name)


@pytest.mark.parametrize(
    ("text", "kind", "status", "facts"),
    [
        # signed: the vehicle is nobody, and the plan is the name of a document
        (f"{AGREED}. The Merger has been approved by both boards.", "merger", "announced", {}),
        # signed with the buyer, whose vehicle is not the partner
        (
            (
                "On May 3, 2031, Orbex Tools Corporation (the “Company”) entered into an Agreement and Plan of Merger (the “Merger Agreement”) with "
                "Cellar Holdings Corporation (“Parent”) and Big Lamp Merger Sub Inc. (“Merger Sub”), a wholly owned subsidiary of Parent. "
                "Upon termination of the Merger Agreement, the Company will pay Parent $50 million."
            ),
            "merger",
            "announced",
            {"partner": "Cellar Holdings Corporation"},
        ),
        # bought by way of a merger: told once, as a purchase that is done
        (
            (
                "On May 3, 2031, Orbex Tools Corporation (“Orbex”) acquired Lumo Works, Inc. (“Lumo”) pursuant to an Agreement and Plan of Merger "
                "(the “Merger Agreement”) by and among Orbex, Lamp Acquisition Corporation, a wholly owned subsidiary of Orbex (“Sub”), and Lumo. "
                "Pursuant to the Merger Agreement, Sub was merged with and into Lumo, with Lumo continuing as the surviving corporation."
            ),
            "acquisition",
            "completed",
            {"target": "Lumo Works, Inc", "acquirer": "Orbex Tools Corporation"},
        ),
        # headline of the exhibit, the item and its body tell of one purchase
        (
            (
                "On May 3, 2031, Orbex Tools Corporation completed its acquisition of Lumo Works, Inc. (“Lumo”).\nEX-99.1\n"
                "OrbexTools Completes Acquisition of Lumo\nOrbex Tools Corporation today announced it has closed its acquisition of Lumo Works, Inc."
            ),
            "acquisition",
            "completed",
            {"acquirer": "Orbex Tools Corporation"},
        ),
    ],
)
def test_one_deal_is_told_once(extractor: Extractor, text: str, kind: str, status: str, facts: dict[str, str]) -> None:
    deals = [e for e in events_of(extractor, HEAD + text) if e.kind in {"acquisition", "merger"}]
    assert [(e.kind, e.status, e.company) for e in deals] == [(kind, status, "Orbex Tools Corporation")]
    assert {name: (deals[0].facts.get(name) or "").rstrip(".") for name in facts} == facts


def test_two_deals_are_two(extractor: Extractor) -> None:
    text = "On May 3, 2031, Orbex Tools Corporation acquired Lumo Works, Inc.\nOn May 4, 2031, Orbex Tools Corporation agreed to merge with Tern Mills, LLC."
    found = [(e.kind, e.facts.get("target") or e.facts.get("partner")) for e in events_of(extractor, HEAD + text)]
    assert found == [("acquisition", "Lumo Works, Inc."), ("merger", "Tern Mills, LLC")]


def test_a_role_stands_for_whom_the_filing_gives_it_to(extractor: Extractor) -> None:
    text = (
        "On May 3, 2031, Orbex Tools Corporation entered into an agreement with Cellar Capital Holdings, L.P. (the “Purchaser”).\n"
        "The Purchaser will acquire all outstanding shares of Lumo Works, Inc. for $30 million."
    )
    assert [(e.kind, e.facts.get("acquirer")) for e in events_of(extractor, HEAD + text)] == [
        ("acquisition", "Cellar Capital Holdings, L.P.")
    ]


def test_who_lends_or_underwrites_does_not_borrow(extractor: Extractor) -> None:
    text = "On May 3, 2031, Tern Capital Markets LLC agreed to provide a $200 million term loan facility."
    assert [(e.kind, e.company) for e in events_of(extractor, HEAD + text)] == [("debt_financing", "ORBEX TOOLS CORP")]


@pytest.mark.parametrize(
    ("name", "role", "vehicle"),
    [
        ("Buyer", True, False),
        ("the Purchaser", True, False),
        ("Merger Sub II", True, True),
        ("Sub", True, True),
        ("Underwriters", True, False),
        ("Subway Lamps Inc.", False, False),  # begins alike
        ("Parent Lamp Co.", False, False),  # a name with a role in it
    ],
)
def test_roles_are_no_names(name: str, role: bool, vehicle: bool) -> None:
    assert (is_role(name), is_merger_sub(name)) == (role, vehicle)


@pytest.mark.parametrize(("name", "bank"), [("Tern Bank, N.A.", True), ("Tern Securities LLC", True), ("Bankside Lamps Inc.", False)])
def test_banks_are_known_by_their_names(name: str, bank: bool) -> None:
    assert is_bank(name) is bank
