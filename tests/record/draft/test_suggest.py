from __future__ import annotations

import sys
from types import ModuleType

import pytest

from detente.errors import RecordError, UsageError
from detente.record.draft.clean import Article
from detente.record.draft.drafting import draft_claims
from detente.record.draft.suggest import load

ARTICLE = Article("", "The thaw is real. Trade rose 4% in 2030.", "2031-05-14", "en")
GOOD = {"claim": "The thaw is real.", "type": "assessment", "actors": "COL;VEN"}


def test_by_default_nothing_is_asked() -> None:
    assert [r.cells["claim"] for r in draft_claims(ARTICLE, "S").rows] == ["Trade rose 4% in 2030."]


def test_a_suggested_row_joins_the_draft_unaccepted_and_low() -> None:
    seen = []

    def suggest(text: str, drafted: tuple) -> list[dict]:
        seen.append((text, len(drafted)))
        return [GOOD]

    row = draft_claims(ARTICLE, "S", suggest=suggest).rows[-1].as_row()
    assert seen == [(ARTICLE.text, 1)]
    assert (row["claim_id"], row["type"], row["confidence"], row["accept"], row["paragraph"]) == (
        "S-d2",
        "assessment",
        "low",
        "",
        "1",
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"accept": "yes"}, "may not fill 'accept'"),
        ({"claim_id": "S-d1"}, "may not fill 'claim_id'"),
        ({"claim": "The thaw is a lie."}, "not a sentence of the article"),
        ({"type": "gossip"}, "not a type of claim"),
        ({"date": "2031-02-31"}, "does not exist"),
        ({"value": "many"}, "not a number"),
        ({"unit": 3}, "A cell is text"),
    ],
)
def test_what_a_suggestion_gets_wrong_is_refused(change: dict, says: str) -> None:
    with pytest.raises(RecordError, match="suggested rows, row 1") as caught:
        draft_claims(ARTICLE, "S", suggest=lambda text, drafted: [GOOD | change])
    assert says in str(caught.value)


def test_a_suggester_is_loaded_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("my_step")
    module.rows = lambda text, drafted: [GOOD]
    monkeypatch.setitem(sys.modules, "my_step", module)
    assert load("my_step:rows") is module.rows


@pytest.mark.parametrize("name", ["my_step", "no_such_module:x", "json:no_such_function"])
def test_a_suggester_that_is_not_there_is_an_error_of_usage(name: str) -> None:
    with pytest.raises(UsageError):
        load(name)
