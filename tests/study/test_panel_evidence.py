"""A new study's record holds the panel's own figures of the pair, under the name of where they come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.panel import read_panel, world
from detente.record import Ledger
from detente.study.panel_evidence import panel_evidence
from detente.study.scaffold import new_study

PAIRS = (("TUR", "ISR"), ("ISR", "TUR"), ("TUR", "USA"), ("USA", "TUR"), ("ISR", "USA"), ("USA", "ISR"))


@pytest.fixture
def own(tmp_path: Path) -> Path:
    rows = [
        f"{a},{b},{year},{200 + year - 2000 + place}"
        for place, (a, b) in enumerate(PAIRS)
        for year in range(2000, 2021)
    ]
    path = tmp_path / "own.csv"
    path.write_text("exporter,importer,year,trade_usd_mn\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def claimed(folder: Path, value: str, unit: str = "usd_mn") -> str:
    """The verdict on trade of that size in 2020, in an article that names nobody."""
    record = folder / "record"
    with (record / "sources.csv").open("a", encoding="utf-8") as file:
        file.write("N1,News,The Daily Post,2022,article,,,\n")
    with (record / "claims.csv").open("a", encoding="utf-8") as file:
        file.write(f"C1,N1,,A claim,quantity,,trade,,2020,{value},{unit},,quantity,trade.total,,,\n")
    return Ledger.read(record).verdict("C1").verdict


def test_the_years_trade_is_decided_at_once(tmp_path):
    panel = world()
    t = panel.year_index(2020)
    total = panel.flow("COL", "PER")[t] + panel.flow("PER", "COL")[t]
    folder = new_study("COL", "PER", folder=tmp_path / "a")
    assert claimed(folder, f"{total:.3g}") == "confirmed within rounding"
    assert claimed(new_study("COL", "PER", folder=tmp_path / "b"), f"{1.5 * total:.3g}") == "contradicted"


def test_numbers_of_ones_own_are_not_said_to_be_cepiis(tmp_path, own):
    folder = new_study("TUR", "ISR", folder=tmp_path / "a", data=own, panel=read_panel(own, unit="usd_mn"))
    ledger = Ledger.read(folder / "record")
    source = ledger.source(ledger.sources["source_id"][0])
    assert "CEPII" not in source.publisher + source.title
    assert "own.csv" in source.title
    assert ledger.figure("P-exports-2020").value == 220
    assert ledger.figure("P-total-2020").value == 220 + 221
    assert claimed(folder, "441") == "confirmed"


def test_every_recorded_figure_is_the_panels(tmp_path):
    panel = world()
    evidence = panel_evidence(panel, "COL", "BRA")
    assert evidence.source["publisher"] == "CEPII"
    for row in evidence.figures:
        year = panel.years.index(int(row["period"]))
        there, back = panel.flow("COL", "BRA")[year], panel.flow("BRA", "COL")[year]
        expected = {"trade.exports": there, "trade.imports": back, "trade.total": there + back}[row["series"]]
        assert float(row["value"]) == pytest.approx(expected, rel=1e-9)
    assert len(evidence.figures) == 3 * len(panel.years)  # the two reported in every year
