"""Precision from verdicts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.evaluate import evaluate, verdict_of, wilson
from alerts.push import LeadOutcome
from store.records import LeadBrief, Verdict
from tests.alert_records import NOW, make_brief, make_company, new_cfo, planned_move


@pytest.mark.parametrize(
    "right, of, low, high",
    [
        # the plain normal interval would leave 0 to 1 at the ends
        (8, 10, 0.4902, 0.9433),
        (0, 10, 0.0, 0.2775),  # nothing right is not surely nothing
        (10, 10, 0.7225, 1.0),  # all right is not surely all
        (1, 1, 0.2065, 1.0),
        (50, 100, 0.4038, 0.5962),
        (950, 1000, 0.9347, 0.9619),
    ],
)
def test_wilson_intervals(right: int, of: int, low: float, high: float) -> None:
    assert wilson(right, of) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@pytest.mark.parametrize("right, of", [(0, 0), (2, 1), (-1, 3)])
def test_a_share_of_nothing_has_no_interval(right: int, of: int) -> None:
    with pytest.raises(ValueError, match="is no share"):
        wilson(right, of)


def said(brief: LeadBrief, verdict: str, reason: str | None = None, hours: int = 0) -> Verdict:
    return Verdict(lead_id=brief.lead.id, verdict=verdict, reason=reason, said=NOW + timedelta(hours=hours), by="j", via="cli")


def test_precision_per_profile_kind_source_and_rep() -> None:
    briefs = [make_brief(company=make_company(f"c{i}")) for i in range(4)]
    briefs.append(make_brief(new_cfo("c9"), company=make_company("c9"), profile="cfo", owner="Joe@example.com"))
    verdicts = [
        said(briefs[0], "rejected", "old news"),
        said(briefs[0], "accepted", hours=1),  # a changed mind: the last verdict counts
        said(briefs[1], "rejected", "wrong company"),
        said(briefs[2], "snoozed"),  # judges nothing
        said(briefs[4], "accepted"),
        said(briefs[4], "snoozed", hours=2),  # a snooze after the yes takes nothing back
    ]
    table = {(row.group, row.name): row for row in evaluate(briefs, verdicts)}
    everything = table["all", "all"]
    assert (everything.leads, everything.accepted, everything.rejected, everything.judged) == (5, 2, 1, 3)
    assert everything.precision == pytest.approx(2 / 3)
    assert everything.reasons == {"wrong company": 1}
    assert table["profile", "hq-moves"].leads == 4
    assert table["profile", "cfo"].precision == 1.0
    assert table["kind", "executive_change"].leads == 5
    assert table["kind", "relocation"].leads == 4
    assert table["rep", "joe@example.com"].accepted == 1
    assert table["source", "newswire"].leads == 5


def test_a_deal_lost_later_does_not_make_an_accepted_alert_wrong() -> None:
    taken, unseen = make_brief(), make_brief(company=make_company("c2"))
    lost = [replace(said(brief, "rejected", "no budget", hours=5), via="crm") for brief in (taken, unseen)]
    everything = evaluate([taken, unseen], [said(taken, "accepted"), *lost])[0]
    assert (everything.accepted, everything.rejected) == (1, 1)  # nobody but the CRM said anything of the second


def test_without_verdicts_there_is_no_precision() -> None:
    (row, *_) = evaluate([make_brief(planned_move())], [])
    assert (row.leads, row.precision, row.low, row.high) == (1, None, None, None)
    assert evaluate([], []) == []


@pytest.mark.parametrize(
    "outcome, verdict, reason",
    [
        ("open", None, None),
        ("working", None, None),  # being called is no verdict yet
        ("converted", "accepted", None),
        ("won", "accepted", None),
        ("lost", "rejected", "lost in the CRM (Closed)"),
        ("deleted", None, None),  # merged, tidied up or thrown away: nobody can tell
    ],
)
def test_what_a_crm_says_of_a_lead(outcome: str, verdict: str | None, reason: str | None) -> None:
    found = verdict_of(LeadOutcome(external_id="prospect-00ff", outcome=outcome, said="Closed"), owner="jane@example.com", now=NOW)
    assert (found and (found.lead_id, found.verdict, found.reason, found.via)) == (verdict and ("00ff", verdict, reason, "crm"))
