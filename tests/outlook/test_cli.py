"""``detente outlook``: sentences for people, JSON for programs, refusals with their exit code."""

from __future__ import annotations

import json

from detente.cli.app import run


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
