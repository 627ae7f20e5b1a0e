"""The comparison with the judgement made by hand: complete, explained, and as printed."""

from __future__ import annotations

import csv
import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("compare_verdicts", ROOT / "scripts/compare_verdicts.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_script_writes(script):
    assert script.PAGE.read_text(encoding="utf-8") == script.page()


def test_every_difference_is_explained_and_nothing_else_is(script):
    for row in script.compared():
        assert bool(row["differ"]) == bool(row["why"]), row


@pytest.mark.shared
def test_the_hand_judgements_are_those_of_the_notes(script, shared_case):
    with (shared_case / "claims.csv").open(encoding="utf-8") as file:
        notes = {row["claim_id"]: row["verdict"] for row in csv.DictReader(file)}
    with script.HAND.open(encoding="utf-8") as file:
        assert {row["claim_id"]: row["hand"] for row in csv.DictReader(file)} == notes
