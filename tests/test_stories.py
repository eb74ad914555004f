"""One event told by many documents is one story; two events stay two, whatever order they arrive in."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest

from enrichment.facts import same_amount, same_party, same_person, same_place
from enrichment.stories import tell_stories
from store.records import Sighting, TriggerEvent, fingerprint

DAY = datetime(2026, 3, 2, 12, tzinfo=UTC)


def sighting(
    kind: str = "executive_change",
    *,
    days: float = 0,
    seen_days: float | None = None,
    status: str = "announced",
    document: str | None = None,
    title: str | None = None,
    quote: str = "",
    confidence: float = 0.9,
    form: str | None = None,
    happened: date | None = None,
    **facts: str,
) -> Sighting:
    """Make a sighting that was published and seen `days` after a fixed day; each has a document of its own unless named."""
    seen = DAY + timedelta(days=days if seen_days is None else seen_days)
    document = document or fingerprint("document", kind, days, seen, status, title, quote, *sorted(facts.items()))
    event = TriggerEvent(
        id=fingerprint(document, kind, status, *sorted(facts.items())),
        document_id=document,
        kind=kind,
        status=status,
        company="Larkspur",
        facts=facts,
        quote=quote,
        start=0,
        end=len(quote),
        happened=happened,
        confidence=confidence,
    )
    published = DAY + timedelta(days=days)
    return Sighting(
        event=event,
        company_id="c",
        url=f"https://wire.example/{document}",
        title=title,
        source="wire",
        publisher=None,
        form=form,
        published=published,
        first_seen=seen,
    )


@pytest.mark.parametrize(
    "sightings, stories",
    [
        # one appointment in a filing, a release and a paper
        (
            [
                sighting(person="Jo Vane", title_="CFO"),
                sighting(days=1, person="Joanna M. Vane"),
                sighting(days=2, person="Vane", form="8-K"),
            ],
            1,
        ),
        # a quarter of two years, and the same told twice
        (
            [
                sighting(
                    "strong_results",
                    period="third quarter",
                    quote="Reno, May 2, 2026 - Larkspur told results for the third quarter of fiscal 2025.",
                ),
                sighting(
                    "strong_results", days=9, period="third quarter", quote="Larkspur told results for the third quarter of fiscal 2026."
                ),
            ],
            2,
        ),
        (
            [
                sighting("strong_results", period="third quarter", quote="Larkspur told results for the third quarter of fiscal 2026."),
                sighting(
                    "strong_results",
                    days=1,
                    period="third quarter",
                    quote="Third-quarter sales rose to $2 million in 2026, from $1 million in 2025.",
                ),
            ],
            1,
        ),
        # products that only their numbers tell apart
        (
            [
                sighting("product_launch", product="Larkspur", quote="Vane launched its Larkspur 21001:2025 course."),
                sighting("product_launch", days=5, product="Larkspur 20121 Course", quote="Vane unveils new Larkspur 20121 Course"),
            ],
            2,
        ),
        (
            [
                sighting("product_launch", product="Larkspur", quote="Vane launched its Larkspur 20121 course."),
                sighting("product_launch", days=5, product="Larkspur 20121 Course", quote="Vane unveils new Larkspur 20121 Course"),
            ],
            1,
        ),
        # two purchases by one company, whose targets were not read
        (
            [
                sighting("acquisition", acquirer="Larkspur", target="Company", quote="Larkspur will buy a yard in Reno for its boats."),
                sighting(
                    "acquisition",
                    days=3,
                    acquirer="Larkspur",
                    target="the Company",
                    quote="Larkspur signed for a mill near Dover, it said.",
                ),
            ],
            2,
        ),
        # two officers appointed the same day, in one document and in two
        ([sighting(person="Jo Vane", document="d"), sighting(person="Ann Ketch", document="d")], 2),
        ([sighting(person="Jo Vane"), sighting(person="Ann Ketch")], 2),
        # one joins as another leaves; the same person leaves years later
        ([sighting(person="Jo Vane", direction="joins"), sighting(person="Jo Vane", direction="leaves", days=30)], 2),
        ([sighting(person="Jo Vane", direction="joins"), sighting(person="Jo Vane", direction="changes", days=1)], 1),  # outlets differ
        ([sighting(person="Jo Vane"), sighting(person="Jo Vane", days=400)], 2),
        # brothers
        ([sighting(person="Jo Vane"), sighting(person="Karl Vane")], 2),
        # a purchase from rumour to completion, months apart
        (
            [
                sighting("acquisition", status=s, days=d, target="Ketch Corp")
                for s, d in (("rumored", 0), ("announced", 20), ("completed", 200))
            ],
            1,
        ),
        # two purchases in one week
        ([sighting("acquisition", target="Ketch Corp"), sighting("acquisition", days=2, target="Yawl Marine")], 2),
        # the amount is rounded by an outlet; another round is another story
        ([sighting("funding", amount="$50 million", round="Series B"), sighting("funding", days=1, amount="$50.3M", round="Series B")], 1),
        (
            [
                sighting("funding", amount="$50 million", round="Series B"),
                sighting("funding", days=90, amount="$5 million", round="Series A"),
            ],
            2,
        ),
        # copies without any fact: the same title, or nearly the same sentence
        ([sighting("layoffs", title="Larkspur cuts jobs"), sighting("layoffs", days=1, title="Larkspur cuts jobs")], 1),
        (
            [
                sighting("layoffs", quote="Larkspur said on Monday it would cut a fifth of its staff."),
                sighting("layoffs", days=1, quote="Larkspur said it would cut a fifth of its staff."),
            ],
            1,
        ),
        # templated titles of different things must not swallow one another
        (
            [
                sighting("contract_award", title="Larkspur wins contract", customer=c)
                for c in ("City of Reno", "Ketch Corp", "Port of Erie")
            ],
            3,
        ),
        # the same vague words half a year later are another event
        ([sighting("layoffs", title="Larkspur cuts jobs"), sighting("layoffs", days=180, title="Larkspur cuts jobs")], 2),
        # moves to two cities; one city with and without its state
        ([sighting("relocation", to="Austin, Texas"), sighting("relocation", days=1, to="Denver, Colorado")], 2),
        ([sighting("relocation", to="Austin, Texas"), sighting("relocation", days=1, to="Austin, TX", status="planned")], 1),
        # a headline without the name beside the release with it; but nothing in common is no story
        ([sighting(function="finance", direction="joins"), sighting(days=1, person="Jo Vane", function="finance", direction="joins")], 1),
        ([sighting("strong_results", metric="revenue"), sighting("strong_results", days=1, metric="profit")], 2),
        # results of two quarters, told in one mould
        ([sighting("strong_results", period="first quarter of 2026"), sighting("strong_results", days=3, period="second quarter")], 2),
        ([sighting("strong_results", period="first quarter of 2026"), sighting("strong_results", days=3, period="Q1 2026")], 1),
        (
            [
                sighting(
                    "strong_results",
                    quote="RENO, March 2, 2026 -- Larkspur today announced its operating results for the second quarter of fiscal 2025.",
                ),
                sighting(
                    "strong_results",
                    days=2,
                    quote="RENO, March 4, 2026 -- Larkspur today announced its operating results for the third quarter of fiscal 2026.",
                ),
            ],
            2,
        ),
        # one sentence under two publishers' datelines
        (
            [
                sighting(
                    "strong_results",
                    quote="RENO, March 2, 2026 -- Larkspur today announced record operating results for its second quarter.",
                ),
                sighting(
                    "strong_results",
                    days=2,
                    quote="RENO, Nev., March 4, 2026 (Northwire) -- Larkspur today announced record operating results for its second quarter.",
                ),
            ],
            1,
        ),
        # kinds are never one story
        ([sighting("relocation", to="Austin, Texas"), sighting("facility_opening", place="Austin, Texas")], 2),
        ([], 0),
    ],
)
def test_how_many_stories(sightings: list[Sighting], stories: int) -> None:
    told = tell_stories(sightings)
    assert len(told) == stories
    assert sorted(s.event.id for story in told for s in story.sightings) == sorted(s.event.id for s in sightings)


@pytest.mark.parametrize(
    "statuses, status",
    [
        ([("rumored", 0), ("announced", 5)], "announced"),
        ([("announced", 5), ("rumored", 6)], "announced"),  # a late rumour does not set it back
        ([("announced", 0), ("completed", 90), ("announced", 91)], "completed"),
        ([("announced", 0), ("terminated", 30)], "terminated"),
        ([("rumored", 0), ("denied", 1)], "denied"),
        ([("rumored", 0), ("denied", 1), ("rumored", 20)], "denied"),  # another rumour changes nothing
        ([("rumored", 0), ("denied", 1), ("announced", 20)], "announced"),  # it came about after all
        ([("announced", 0), ("terminated", 30), ("announced", 31)], "terminated"),  # a copy that comes late
    ],
)
def test_status(statuses: list[tuple[str, float]], status: str) -> None:
    (story,) = tell_stories([sighting("acquisition", status=s, days=d, target="Ketch Corp") for s, d in statuses])
    assert story.status == status
    assert story.sightings[0].event.status == status  # the best evidence says the story's status


RAISED = "Larkspur Software, Inc. today announced it has raised {} in Series B funding led by Ketch Capital."


def raised(amount: str, days: float = 0, *, mark: str = "", quote: str = RAISED, **given: str) -> Sighting:
    return sighting(
        "funding",
        days=days,
        title=f"{mark}Larkspur Software raises {amount} from Ketch Capital",
        quote=quote.format(amount),
        amount=amount,
        **given,
    )


@pytest.mark.parametrize(
    "sightings, facts",
    [
        # the figure was wrong: one story, with the figure that is right
        ([raised("$50 million"), raised("$15 million", 1, mark="CORRECTING and REPLACING ")], ["$15 million"]),
        ([raised("$50 million"), raised("$15 million", 1, mark="CORRECTION: ")], ["$15 million"]),
        ([raised("$50 million"), raised("$15 million", 1, mark="/C O R R E C T I O N -- ")], ["$15 million"]),
        # copies of either, that do not say which they are
        (
            [raised("$50 million"), raised("$15 million", 1, mark="Correction: "), raised("$15 million", 2), raised("$50 million", 2.5)],
            ["$15 million"],
        ),
        ([raised("$50 million", form="8-K"), raised("$15 million", 1, form="8-K/A")], ["$15 million"]),
        # near-misses: nothing says that it corrects, a headline about corrections, another thing, long after, before it
        ([raised("$50 million"), raised("$15 million", 1)], ["$15 million", "$50 million"]),
        ([raised("$50 million"), raised("$15 million", 1, mark="Corrections chief leaves: ")], ["$15 million", "$50 million"]),
        ([raised("$50 million"), raised("$15 million", 1, mark="Correcting Course ")], ["$15 million", "$50 million"]),
        (
            [
                raised("$50 million"),
                sighting("funding", days=1, title="CORRECTION: Vane Marine draws a loan", quote="A bank lent the yard its money.", amount="$15 million"),
            ],
            ["$15 million", "$50 million"],
        ),
        ([raised("$50 million"), raised("$15 million", 90, mark="CORRECTION: ")], ["$15 million", "$50 million"]),
        ([raised("$15 million", mark="CORRECTION: "), raised("$50 million", 3)], ["$50 million", "$15 million"]),
    ],
)  # fmt: skip
def test_a_correction_joins_what_it_corrects(sightings: list[Sighting], facts: list[str]) -> None:
    assert [story.facts["amount"] for story in tell_stories(sightings)] == facts


def test_a_corrected_name_is_no_second_officer() -> None:
    said = "Larkspur Software, Inc. today named {} chief financial officer of its two yards."
    wrong = sighting(person="Jo Vane", quote=said.format("Jo Vane"))
    right = sighting(person="Ann Ketch", days=1, quote=said.format("Ann Ketch"), title="CORRECTION -- Larkspur Software")
    (story,) = tell_stories([wrong, right])
    assert story.facts["person"] == "Ann Ketch"
    assert (story.id, story.first_seen) == (tell_stories([wrong])[0].id, wrong.first_seen)
    assert len(tell_stories([wrong, replace(right, title="Larkspur Software")])) == 2


def test_twelve_copies_are_one_story() -> None:
    """Syndication: whole, cut short, under other headlines and datelines, with and without the name, rewritten by a paper."""
    said = "Larkspur Software, Inc. today named Jo Vane chief financial officer, to follow Ann Ketch."
    copies = [
        sighting(days=number / 24, seen_days=number / 12, document=f"copy-{number}", title=title, quote=f"{dateline}{said}"[:length], person=person)
        for number, (title, dateline, length, person) in enumerate(
            (title, dateline, length, person)
            for title, person in (("Larkspur names Jo Vane CFO", "Jo Vane"), ("New finance chief at Larkspur", "Joanna M. Vane"), ("Larkspur names Jo Vane CFO", "Vane"))
            for dateline, length in (("", 200), ("BEDFORD, Mass., March 2, 2026 (Northwire) -- ", 200), ("", 60), ("BEDFORD -- ", 90))
        )
    ]  # fmt: skip
    assert len({copy.event.document_id for copy in copies}) == 12
    (story,) = tell_stories(copies)
    assert len(story.sightings) == 12
    assert story.first_seen == copies[0].first_seen
    # and two officers in each of the twelve are two stories
    pairs = [
        each
        for copy in copies
        for each in (copy, replace(copy, event=replace(copy.event, id=f"{copy.event.id}-2", facts={"person": "Karl Teal"})))
    ]
    assert sorted(len(story.sightings) for story in tell_stories(pairs)) == [12, 12]


def test_order_of_sightings_does_not_matter() -> None:
    sightings = [
        sighting(person="Jo Vane", days=0),
        sighting(person="Joanna Vane", days=1),
        sighting(person="Ann Ketch", days=0.5),
        sighting("relocation", to="Austin, Texas", days=2),
    ]
    wanted = tell_stories(sightings)
    assert all(tell_stories(order) == wanted for order in permutations(sightings))


def test_a_later_copy_changes_neither_id_nor_first_seen() -> None:
    first = sighting(person="Jo Vane", days=3)
    (before,) = tell_stories([first])
    # published before, but fetched later: the story is dated by the earlier publication, and keeps its id
    (after,) = tell_stories([first, sighting(person="Jo Vane", days=0, seen_days=5)])
    assert (after.id, after.first_seen) == (before.id, before.first_seen)
    assert after.published < before.published


def test_a_merge_of_companies_keeps_the_ids() -> None:
    seen = sighting(person="Jo Vane")
    (one,), (other,) = tell_stories([seen]), tell_stories([replace(seen, company_id="other")])
    assert one.id == other.id


def test_facts_are_joined_best_evidence_first() -> None:
    (story,) = tell_stories(
        [
            sighting(person="Vane", confidence=0.6, function="finance"),
            sighting(person="Jo Vane", days=1, confidence=0.9, effective="2026-04-01"),
        ]
    )
    assert story.facts == {"person": "Jo Vane", "effective": "2026-04-01", "function": "finance"}
    assert story.confidence == 0.9


@pytest.mark.parametrize(
    "one, other, same",
    [
        ("Jo Vane", "Joanna M. Vane", True),
        ("Bill Ketch", "William Ketch", True),
        ("J. Robert Ketch", "Robert Ketch", True),
        ("Vane, Jo", "Jo Vane", True),  # as filings sort it
        ("Dr. Ann Vane, Ph.D.", "Ann Vane", True),
        ("José Ketch", "Jose Ketch", True),
        ("Jo Vane", "Karl Vane", False),
        ("Jo Vane", "Jo Ketch", False),
    ],
)
def test_same_person(one: str, other: str, same: bool) -> None:
    assert same_person(one, other) is same


@pytest.mark.parametrize(
    "one, other, same", [("$1.2 billion", "$1,200 million", True), ("$50M", "$80M", False), ("some", "$5", None), ("200 jobs", "210", True)]
)
def test_same_amount(one: str, other: str, same: bool | None) -> None:
    assert same_amount(one, other) is same


def test_same_place_and_party() -> None:
    assert same_place("Austin, Texas", "Texas") is True
    assert same_place("Austin, Texas", "Reno, Nevada") is False
    # a bare town may be any of its name, two that say their state may not
    assert same_place("Lexington", "Lexington, MA") is True
    assert same_place("Lexington, Kentucky", "Lexington, MA") is False
    assert same_place("Reno", "Lexington, MA") is False
    assert same_party("Ketch Corp", "Ketch Corporation") is True
    assert same_party("Ketch", "Ketch Marine Inc") is True
    assert same_party("Ketch", "Yawl") is False
