"""Words of the program's own that fill an error are said in the reader's language, whatever is typed beside them."""

from __future__ import annotations

import re

import numpy as np
import polars as pl
import pytest

import detente as dt
from detente.data.people.shipped import POPULATIONS
from detente.data.units import KINDS, UNITS
from detente.economies import in_text
from detente.errors import DetenteError
from detente.language.error_words import said_error, said_part
from detente.panel import read_panel
from detente.panel.columns import KNOWN, PARTS_OF_YEARS
from detente.panel.people_panel import people

ALIKE = {"sector", "series", "total"}  # the same in both languages
OURS = {
    *KNOWN, *PARTS_OF_YEARS, "year", *KINDS, *(unit.kind for unit in UNITS.values()), *POPULATIONS, "series", "surplus",
    "deficit", "tariff", "export tax", "rise of the tariff", "rows", "columns", "suppliers", "markets", "exports", "output",
    "expenditure", "flows", "GDP", "ratio", "A synthetic control", "Completing a path", "the frame", "the data",
}  # fmt: skip
"""What the sentences of errors are filled with: the vocabularies of the code, and what stands in its raises."""


@pytest.mark.parametrize("word", sorted(OURS))
def test_every_word_of_ours_is_said_in_spanish(word):
    told = said_part(f"{word} holds {word}, not flows.", "es")
    assert told is not None
    left = told.replace("contiene", "").replace("no flujos", "")
    assert word in ALIKE or not re.search(rf"\b{re.escape(word)}\b", left, re.IGNORECASE)


def flows(**columns):
    whole = {"exporter": ["COL", "VEN"], "importer": ["VEN", "COL"], "year": [2000, 2000], "trade_usd_mn": [1.0, 2.0]}
    return pl.DataFrame({**whole, **columns})


ENGLISH = re.compile(
    r"\b(the|and|or|of|world panel|origin|destination|value|month|quarter|goods|persons|surplus|tariff|rise|people)\b"
)
ASKED = {
    "no such economy": lambda: dt.world().index("ATL"),
    "no trade in the panel": lambda: dt.pair("PRK", "TUV"),
    "no column": lambda: read_panel(flows().rename({"exporter": "whence"})),
    "two columns": lambda: read_panel(flows(iso_o=["COL", "VEN"])),
    "two periods": lambda: read_panel(flows(month=[1, 2], quarter=[1, 1]).drop("year")),
    "dates": lambda: read_panel(flows(year=pl.Series(["2000-01-01"] * 2).str.to_date())),
    "years like months": lambda: read_panel(flows(year=[2001, 1901])),
    "what flows": lambda: read_panel(flows(), kind="persons", unit="usd_mn"),
    "a shock": lambda: solved({("COL", "VEN"): dt.CLOSED, ("VEN", "COL"): dt.CLOSED}),
    "a flow": lambda: dt.fit_ppml(flows(trade_usd_mn=["a", "b"]), "trade_usd_mn ~ 1 | exporter"),
    "stocks": lambda: dt.attribute(people("protected"), "VEN", "COL", [(2016, 2020)], [(2010, 2015)]),
}


def solved(shock):
    economy = dt.Economy.from_arrays(("COL", "VEN"), np.array([[5.0, 2.0], [1.0, 5.0]]))
    return dt.solve(economy, shock, theta=5.0, deficits="additive")


@pytest.mark.parametrize("case", sorted(ASKED))
def test_an_error_in_spanish_leaves_no_word_of_ours_in_english(case):
    with pytest.raises(DetenteError) as told:
        ASKED[case]()
    text, language = said_error(told.value, "es")
    if language == "es":
        plain = re.sub(r"'[^']*'|\w+(?:\.\w+)+|\S+=\S+|: [\w, ]+\.$", "", text)
        assert ENGLISH.search(plain) is None, text
        assert "world panel" not in text


def test_what_was_typed_stays_and_what_is_ours_does_not():
    assert said_part("Give a unit of persons: persons.", "es") == "Dé una unidad de personas: persons."
    assert said_part("The columns 'month' and 'quarter' could both be the period.", "es") == (
        "Las columnas 'month' y 'quarter' podrían ser ambas período."
    )
    assert said_part("Say which one with period='month'.", "es") == "Diga cuál con period='month'."
    assert str(said_part("The unit 'usd_mn' does not measure persons.", "es")).startswith(
        "La unidad 'usd_mn' no mide personas"
    )
    assert "'panel mundial'" in str(
        said_part("'XKX' (Kosovo) is not among the 214 economies of the panel 'world panel'.", "es")
    )
    assert "'mine.csv'" in str(
        said_part("'XKX' (Kosovo) is not among the 214 economies of the panel 'mine.csv'.", "es")
    )
    assert in_text("USA", "es") in str(
        said_part("The panel 'world panel' has no trade between United States and Kosovo.", "es")
    )
