"""A text reads as English and can be said in another language, with all that stands inside it."""

from __future__ import annotations

import pickle
from copy import deepcopy
from dataclasses import dataclass

import polars as pl
import pytest

from detente.language import Catalogue, Day, Joined, Number, Own, Refusal, Text, Word, own, said, translations

ES = Catalogue("es")


def test_values_inside_a_text_follow_the_language():
    text = Text("evidence.event", title=Own("The freeze", es="El congelamiento"), id="E1", date=Day("2009-07-28"))
    assert text == "The freeze (E1, 2009-07-28)"
    assert said(text, ES) == "El congelamiento (E1, 28 jul. 2009)"
    assert said(Number("-1,234.5"), ES) == "−1.234,5"
    assert said(Word("persons", group="unit"), ES) == "personas"
    assert said(Word("furlongs", group="unit"), ES) == "furlongs"
    assert said(Joined(Text("reason.or"), parts=[Number("1.5"), "x"]), ES) == "1,5 o x"
    assert said("plain", ES) == "plain"


def test_a_text_without_its_translation_stays_as_it_was_written():
    assert said(Own("The freeze", es=None), ES) == "The freeze"
    assert own({"title": "The freeze", "title_es": None}, "title") == "The freeze"
    assert not isinstance(own({"claim": "X", "claim_id": "S1"}, "claim"), Text)
    assert said(own({"title": "The freeze", "title_es": "El congelamiento"}, "title"), ES) == "El congelamiento"
    assert own({"title": None, "title_es": "El congelamiento"}, "title") == ""


def test_an_error_is_said_by_its_kind():
    why = Refusal.of(ValueError("No luck."))
    assert why == "No luck."
    assert said(why, ES) == "no pudo calcularse"


def test_a_wrong_key_or_value_raises_at_once():
    with pytest.raises(KeyError):
        Text("evidence.nothing_like_it")
    with pytest.raises(KeyError):
        Text("evidence.event", title="X")


@pytest.mark.parametrize("copy", [deepcopy, lambda text: pickle.loads(pickle.dumps(text))])
def test_copies_can_still_be_said(copy):
    text = Text("amount.days", n=Number("1,282"))
    assert said(copy(text), ES) == said(text, ES) == "1.282 días"


def test_frames_hold_the_english_and_results_give_the_others():
    @dataclass(frozen=True)
    class Result:
        rows: tuple[dict[str, str], ...]
        n: int = 3

    text = Text("amount.days", n=Number("1,282"))
    found = Result(({"difference": text, "id": "S1"},))
    assert pl.DataFrame(list(found.rows))["difference"].to_list() == ["1,282 days"]
    assert translations("es", found, [text]) == {"1,282 days": "1.282 días"}
