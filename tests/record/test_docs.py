"""The pages list what the code knows: every word, test, option, operator and verdict."""

from __future__ import annotations

import re
from pathlib import Path

from detente.language import LANGUAGES
from detente.record import VERDICTS
from detente.record.schema import FORECASTS, TABLES, TESTS
from detente.record.states.vocabulary import default_vocabulary
from detente.record.verdicts.claim_test import COMMON
from detente.record.verdicts.numbers import FAR, NEAR, OPERATORS, ROUNDING
from detente.record.verdicts.verdict import MARKS

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_vocabulary_page_lists_every_word():
    page = (DOCS / "vocabulary.md").read_text(encoding="utf-8")
    vocabulary = default_vocabulary()
    for state in vocabulary.states.values():
        assert f"| `{state.name}` | {', '.join(state.values)} | {state.meaning} | {state.after} |" in page
    for kind, meaning in vocabulary.kinds.items():
        assert f"| {kind} | {meaning} |" in page


def test_the_format_page_lists_every_column_test_option_operator_and_verdict():
    page = (DOCS / "study-format.md").read_text(encoding="utf-8")
    for table in TABLES.values():
        section = page.split(f"## {table.file}")[1].split("\n## ")[0]
        further = {f"{column}_{code}" for column in table.translated for code in LANGUAGES.others if code != "es"}
        for column in set(table.allowed) - further:
            assert re.search(rf"(?<![\w_]){column}(?![\w_])", section), (table.file, column)
    tests = page.split("### Tests")[1].split("### Verdicts")[0]
    for test in TESTS:
        row = re.search(rf"^\| {test} \|.*$", tests, re.MULTILINE)
        assert row, test
        assert all(f"`{option}" in row.group() for option in TESTS[test].options), test
    assert all(f"`{option}`" in tests for option in COMMON)
    for word in (*filter(None, OPERATORS), *VERDICTS, *FORECASTS.words["outcome_op"]):
        assert word in page
    assert f"within {NEAR:.0%}" in page
    assert f"never more than {ROUNDING:.0%}" in page
    assert FAR == 10
    assert "more than ten times" in page
    assert all(f"| {mark} |" in page for mark in MARKS)
