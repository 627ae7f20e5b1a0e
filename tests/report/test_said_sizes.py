"""How large something is: shares of a change are shares or said in words, multiples carry what a reader can use."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import detente
from detente.language import Catalogue
from detente.language.digits import times
from detente.report.figures.why.parts import parts_chart
from detente.report.numbers import head
from detente.report.story import Story
from detente.report.tables.attribution import part_of_change


@pytest.mark.parametrize(
    ("change", "own", "says"),
    [
        (-0.47, -0.38, "81% of the change"),
        (-0.47, 0.40, "against the change: by itself it would have meant +49%"),
        (-0.47, -1.20, "more than the change: by itself it would have meant −70%"),
        (0.10, 1.50, "more than the change: by itself it would have meant ×4.5"),
        (0.01, 0.30, ""),
    ],
)
def test_a_part_that_is_no_share_of_the_whole_is_said_in_words(change, own, says):
    pct = 100 * own / change if abs(change) >= 0.05 else None
    assert part_of_change(pct, own, Catalogue("en")) == says
    spanish = part_of_change(pct, own, Catalogue("es"))
    assert ("por sí solo" in spanish) == ("by itself" in says)


def test_no_page_prints_a_share_that_is_none(flagship):
    chart = parts_chart(Story.of(flagship, "en"), Catalogue("en"))
    assert chart is not None
    assert "dyad_pct" in chart.data.columns  # the download has it
    assert not any("share of the change" in name for name in head(chart, Catalogue("en")))


@given(st.floats(0.001, 1e7))
def test_a_multiple_has_two_digits_or_says_more_from_less(ratio):
    told = times(ratio)
    value = float(told.replace(",", ""))
    assert value == pytest.approx(ratio, rel=0.06)
    digits = told.replace(",", "").replace(".", "").strip("0")
    assert len(digits) <= (3 if ratio < 2 else 2)
    assert "e" not in told
    signs = str.maketrans(".,", ",.")
    assert Catalogue("en").times(ratio) == told
    assert Catalogue("es").times(ratio).translate(signs) == told


def test_multiples_are_written_in_one_place():
    """Nobody else formats an exponential: a module that writes times as much asks the catalogue or ``digits.times``."""
    home = Path(detente.__file__).parent
    rooms = ("answer", "report", "web", "edition", "watch", "attribution/words", "cli", "outlook")
    wrong = []
    for path in (path for room in rooms for path in (home / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("significant", "number") and node.args:
                inner = node.args[0]
                if isinstance(inner, ast.Call) and getattr(inner.func, "id", getattr(inner.func, "attr", "")) == "exp":
                    wrong.append(f"{path.relative_to(home)}:{node.lineno}")
    assert wrong == []
