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
