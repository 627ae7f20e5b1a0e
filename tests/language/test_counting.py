"""A count agrees with its noun: one row, two rows, in every text of every language."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from detente.errors import how_many
from detente.language import Catalogue
from detente.language.counting import filled
from detente.language.registry import language_of
from detente.language.speaking import Said, tongue_of

COUNTS = re.compile(
    r"n|m|k|n_\w+|rows|read|used|flows|days|cases|events|closures|reopenings|failed|draws|specs|outside|among|middle|"
    r"tested|decided|total|short|missing|left|off|hold|above|inside|parts"
)
"""Blanks that hold how many there are of something."""
ONE = {"en": "1|one", "es": "1|una?|uno"}
PLURAL = {
    language: re.compile(rf"(?<![\w.,$–-])(?:{one}) ((?:[^\W\d]+ )?[^\W\d]{{2,}}s)\b") for language, one in ONE.items()
}
SINGULAR = {
    "en": {"is", "was", "as", "has", "its", "this", "less", "holds", "times"},
    "es": {"es", "más", "menos", "después", "antes", "dentro", "de", "veces", "país", "contando"},
}
"""Words that may follow one, though they end as a plural does, or are of a ratio."""
MANY = {
    "en": "pairs|draws|specifications|solutions|placebos|checks|methods|outcomes|economies|sectors|scenarios|ruptures|"
    "closures|quarrels|bans|freezes|counts",
    "es": "pares|muestras|extracciones|especificaciones|soluciones|placebos|pruebas|métodos|resultados|economías|sectores|"
    "escenarios|rupturas|cierres|disputas|prohibiciones|congelaciones|recuentos",
}
"""Of these nothing is said where there are not several: fewer are refused, or they ship with the package."""
FIXED = {
    "data.limits": "a limit", "readers.confirm_text": "a limit", "rows.people": "two or three digits",
    "people.next": "cases that ship", "answer.next_return": "cases that ship",
    "answer.next_trade_reopened": "cases that ship", "answer.next_trade_ruptured": "cases that ship",
    "why.picks_lead": "one by one", "note.left_out": "one by one", "lever.payments_source": "one is a case",
    "flows.bad": "rows of a table that is fitted", "no_forecast.too_old": "years", "since.scoreboard": "of these n",
    "chart.first_rows": "more than are shown",
}  # fmt: skip


def counts(template):
    return sorted({name for _, name, _, _ in Formatter().parse(template) if name and COUNTS.fullmatch(name)})


def said_with(template, blank, n, tongue=None):
    """A template with a count, and with X in its other blanks; read aloud where a tongue is given."""
    number = str(n) if tongue is None else Said.of(str(n), tongue)
    names = {name for _, name, _, _ in Formatter().parse(template) if name}
    return filled(template, {name: number if name == blank else Said("X") for name in names})


@pytest.mark.parametrize("language", ["en", "es"])
def test_one_of_anything_is_not_said_in_the_plural(language):
    wrong, n_said, many = [], 0, re.compile(rf"\b({MANY[language]})\b")
    for key, template in language_of(language).strings.items():
        tongue = tongue_of(language) if key.startswith("spoken.") else None
        for blank in counts(template) if key not in FIXED else ():
            text, n_said = said_with(template, blank, 1, tongue), n_said + 1
            for found in PLURAL[language].finditer(text):
                words = found[1].split()
                if not {words[0], words[-1]} & SINGULAR[language] and not many.search(found[1]):
                    wrong.append((key, text))
    assert wrong == []
    assert n_said > 250


def test_a_count_stands_before_the_noun_that_agrees_with_it():
    assert filled("{n:|row|rows} {n:-|was|were} read", {"n": 1}) == "1 row was read"
    assert filled("{n:|row|rows} {n:-|was|were} read", {"n": "2,100"}) == "2,100 rows were read"
    assert filled("{n:|row|rows}", {"n": 0}) == "0 rows"
    assert filled("{n:-|The one row|All {n} rows}", {"n": 3}) == "All 3 rows"
    assert filled("{n:f} {n:-|es falsa|son falsas}, {x:.1f}", {"n": 1, "x": 2.0}) == "1 es falsa, 2.0"
    assert how_many(1, "entry", "entries") == "1 entry"
    assert how_many(1200, "entry", "entries") == "1,200 entries"


@pytest.mark.parametrize(
    ("key", "n", "en", "es"),
    [
        ("record.problems", 1, "1 problem in this record", "1 problema en este registro"),
        ("record.problems", 2, "2 problems in this record", "2 problemas en este registro"),
        ("rows.no_value", 1, "1 row without a value was left out.", "Se dejó fuera 1 fila sin valor."),
        ("rows.no_value", 2, "2 rows without a value were left out.", "Se dejaron fuera 2 filas sin valor."),
        (
            "first.claims_untested",
            1,
            "The one statement cannot be tested.",
            "La única afirmación no se puede comprobar.",
        ),
    ],
)
def test_counts_as_readers_meet_them(key, n, en, es):
    assert (Catalogue("en")(key, n=n), Catalogue("es")(key, n=n)) == (en, es)


def test_a_spoken_count_takes_its_gender():
    assert Catalogue("es", spoken=True)("reason.more", reason="", n=21).strip().startswith("Hay veintiuna cifras")
    assert (
        Catalogue("es", spoken=True)("rows.summed", n=1, flows=1)
        == "una fila por sector o producto se sumó en un flujo."
    )
    assert (
        Catalogue("es", spoken=True)("first.claims_untested", n=21)
        == "Ninguna de veintiuna afirmaciones se puede comprobar."
    )
