"""``detente outlook``: sentences for people, JSON for programs, refusals with their exit code."""

from __future__ import annotations

import csv
import json
import re
from importlib.resources import files

import pytest

import detente as dt
from detente.cli.app import run
from detente.language import Catalogue, said
from detente.language.error_words import said_part

ENGLISH = re.compile(r"\b(the|of|with|and|by|from|to|is|are|range|against|within)\b")


def test_sentences_and_json_say_the_same(capsys):
    assert run(["outlook", "Colombia", "Venezuela", "--on", "2019-01-01"]) == 0
    text = capsys.readouterr().out
    assert "times the base odds of land neighbours" in text
    assert run(["outlook", "COL", "VEN", "--on", "2019-01-01", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert f"{100 * found['probability']:.1f}%" in text
    assert found["card"]["target"] == "break"
    assert found["on"] == "2019-01-01"


def test_a_refusal_is_a_message_and_exit_code_four(capsys):
    assert run(["outlook", "ARM", "AZE", "--on", "2020-01-01"]) == 4
    assert "no diplomatic relations" in capsys.readouterr().err


@pytest.mark.parametrize(
    "asked",
    [
        ("COL", "VEN", "--on", "2019-01-01"),
        ("COL", "VEN", "--on", "2022-06-01", "--event", "return"),
        ("CHL", "PER", "--on", "2026-05-01"),
        ("COL", "VEN", "--on", "2021-06-01", "--event", "trade"),
        ("COL", "VEN", "--on", "2015-01-01", "--event", "nowcast"),
    ],
)
def test_every_answer_is_said_in_spanish_with_the_same_numbers(capsys, asked):
    assert run(["outlook", *asked]) == 0
    english = capsys.readouterr().out
    assert run(["outlook", *asked, "--lang", "es"]) == 0
    spanish = capsys.readouterr().out
    assert not ENGLISH.search(spanish), spanish
    assert len(spanish.splitlines()) == len(english.splitlines())
    digits = re.compile(r"\d[\d.,]*\d|\d")
    plain = [re.sub(r"[.,]", "", n) for n in digits.findall(english)]
    assert sorted(re.sub(r"[.,]", "", n) for n in digits.findall(spanish))[-3:] == sorted(plain)[-3:]


def test_what_every_score_card_says_has_its_spanish():
    for place in ("scores.csv", "people/scores.csv", "trade/season_scores.csv"):
        text = (files("detente.outlook") / place).read_text(encoding="utf-8")
        rows = list(csv.DictReader(text.splitlines()))
        spanish = Catalogue("es")
        for group, column in (("score_test", "test"), ("score_of", "score"), ("score_baseline", "baseline")):
            assert all(spanish.has(f"{group}.{row[column].replace(' ', '_')}") for row in rows)
        assert all(said_part(row["fails"], "es") for row in rows if row["fails"])


def test_the_list_of_breaks_says_how_far_back_it_reaches():
    apart = dt.hazard("USA", "CUB", on="2008-01-01")
    assert (
        "may have been apart on 2008-01-01, with nothing left to break: United States embargo on Cuba (1960-10)"
        in apart.summary()
    )
    assert "Embargo de Estados Unidos a Cuba (oct. 1960)" in said(apart.summary(), Catalogue("es"))
    calm = dt.hazard("CHL", "PER", on="2008-01-01")
    assert calm.caution.startswith("The list of breaks begins in 1990 and has no break of this pair")
    assert dt.hazard("COL", "VEN", on="2019-01-01").caution == ""
