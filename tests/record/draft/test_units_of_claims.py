"""No unit that drafting writes is taken for a usual one mistyped."""

from __future__ import annotations

import tomllib
from pathlib import Path

import polars as pl
import pytest

from detente.record.draft.clean import Article
from detente.record.draft.drafting import draft_claims
from detente.record.figure_sense import claim_units

FOLDER = Path(__file__).resolve().parents[2] / "fixtures/draft/whole"


def claims(*units: str) -> pl.DataFrame:
    return pl.DataFrame({"row": range(2, len(units) + 2), "unit": units})


@pytest.mark.parametrize("name", ["tuples", "cold", "blind"])
def test_every_drafted_unit_may_enter_a_record(name):
    texts = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))["text"]
    drafts = [draft_claims(Article("", t["article"], t["published"], t["language"]), "N") for t in texts]
    units = {row.cells["unit"] for draft in drafts for row in draft.rows if row.cells.get("unit")}
    assert len(units) > 3
    assert not claim_units(claims(*sorted(units)))


@pytest.mark.parametrize("unit", ["usdmn", "usd_m", "USD_MN", "Persons", "pct.", "person"])
def test_a_usual_unit_mistyped_is_named(unit):
    assert "Did you mean" in claim_units(claims(unit))[0].what


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("El comercio bilateral entre Perú y Chile fue de 5.400 miles de dólares en 2019.", "es", ("5.4", "usd_mn")),
        ("Las exportaciones de Perú a Chile, en miles de dólares, fueron 5.400 en 2019.", "es", ("5.4", "usd_mn")),
        (
            "Las exportaciones de Perú a Chile fueron de 3 miles de millones de dólares en 2019.",
            "es",
            ("3000", "usd_mn"),
        ),
        (
            "Las exportaciones de Perú a Chile, en miles de millones de dólares, fueron 5,4 en 2019.",
            "es",
            ("5400", "usd_mn"),
        ),
        ("Exports of Peru to Chile (US$ thousand) were 5,400 in 2019.", "en", ("5.4", "usd_mn")),
        ("Exports of Peru to Chile, in thousands of dollars, were 5,400 in 2019.", "en", ("5.4", "usd_mn")),
        ("En 2019 cruzaron 12 miles de camiones.", "es", ("12000", "camiones")),
        ("La ruta tiene 300 millas desde 2019.", "es", ("300", "mi")),
        ("The road has had 12 miles since 2019.", "en", ("12", "mi")),
    ],
)
def test_thousands_are_no_miles(text, language, said):
    rows = draft_claims(Article("", text, "2020-05-14", language), "S").rows
    assert [(row.cells.get("value"), row.cells.get("unit")) for row in rows] == [said]
