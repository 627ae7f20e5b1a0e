"""A further kind of claim test, or verdict word, is one entry in its register; a clash is a named error."""

from __future__ import annotations

from dataclasses import replace

import pytest

from detente.errors import RecordError, SpecificationError
from detente.record.references import references
from detente.record.schema import TESTS
from detente.record.verdicts.claim_test import ClaimTest, ids_in, number, register, unknown
from detente.record.verdicts.judge import standing, tally, verdict_frame
from detente.record.verdicts.verdict import VERDICTS, Verdict, VerdictWord


def twice(claim, evidence):
    """A made-up rule: the claim holds where the event it names has two sources."""
    n = len(evidence.events[claim.target].source_ids)
    return Verdict("confirmed" if n >= float(claim.option("least", "2")) else "contradicted", f"{n} sources")


TWICE = ClaimTest(
    "sourced twice", twice, target=lambda claim, known: unknown("event", [claim.target], known),
    needs=lambda claim: ("date",), options={"least": number}, rows_named={"events": ids_in},
)  # fmt: skip
CLAIM = {"test": "sourced twice", "target": "E1", "date": "2020-03", "type": "event"}


def test_a_made_up_kind_of_test_is_checked_judged_and_referred_to(small):
    with TESTS.having(TWICE.name, TWICE):
        assert small.verdict(CLAIM, events=[{"source_ids": "office;story"}]).verdict == "confirmed"
        assert small.verdict(CLAIM | {"options": "least=3"}, events=[{}]).verdict == "contradicted"
        for wrong, says in (({"target": "E9"}, "has no event"), ({"date": ""}, "needs 'date'"),
                            ({"options": "least=0"}, "not above zero"), ({"options": "most=3"}, "no option")):  # fmt: skip
            with pytest.raises(RecordError, match=says):
                small.ledger(claims=[CLAIM | wrong], events=[{}])
        assert [r.column for r in references({"claims": [CLAIM | {"claim_id": "C1"}]}, "events", "E1")] == ["target"]
    with pytest.raises(RecordError, match="not among the values of this column"):
        small.ledger(claims=[CLAIM], events=[{}])


def test_a_kind_of_test_that_clashes_is_a_named_error():
    with pytest.raises(SpecificationError, match="already a kind of claim test named 'quantity'"):
        register(replace(TWICE, name="quantity"))
    assert TESTS["quantity"].rule is not twice


def test_a_made_up_verdict_word_counts_where_it_says(small):
    word = VerdictWord("half true", decided=True, holds=True, rating=3)
    with VERDICTS.having(word.name, word), TESTS.having("never sure", replace(TWICE, name="never sure", rule=half)):
        claim = CLAIM | {"test": "never sure"}
        ledger = small.ledger(claims=[claim, claim | {"type": "form"}], events=[{}])
        assert tally(ledger.verdicts()) == {"independently confirmed": 1}
    with pytest.raises(SpecificationError, match="already a verdict named 'imprecise'"):
        VERDICTS.add("imprecise", word)


def half(claim, evidence):
    return Verdict("half true")


def test_claims_are_counted_by_what_their_check_is_worth():
    row = dict.fromkeys(("claim_id", "type"), "quantity")
    rows = [("confirmed", ""), ("confirmed within rounding", ""), ("confirmed", "hindsight"), ("imprecise", "proxy"),
            ("reported correctly", ""), ("not checkable", "")]  # fmt: skip
    table = verdict_frame([row | {"verdict": verdict, "marks": marks} for verdict, marks in rows])
    assert tally(table) == {
        "independently confirmed": 2, "confirmed, not independently": 1, "imprecise": 1, "reported correctly": 1,
        "not checkable": 1,
    }  # fmt: skip
    assert tally(table.drop("marks"))["independently confirmed"] == 3
    assert standing("reported correctly", "") == "reported correctly"
