"""Every sentence of thirty pairs on the world panel says what the tables say: sign, strength, counts."""

from __future__ import annotations

import re

import pytest

import detente as dt
from detente.attribution import DyadFits, attribute, robustness
from detente.attribution.words.sentences import log_points

pytestmark = [pytest.mark.slow]

PAIRS = (
    "COL-VEN", "ARE-QAT", "IND-PAK", "GEO-RUS", "RUS-UKR", "TUR-RUS", "NOR-CHN", "ISR-TUR", "SAU-IRN", "UGA-RWA",
    "BEN-NGA", "ETH-ERI", "SDN-SSD", "DEU-FRA", "USA-CHN", "USA-MEX", "JPN-KOR", "ARG-BRA", "CHL-PER", "KEN-TZA",
    "THA-KHM", "ARM-AZE", "GRC-TUR", "MAR-DZA", "EGY-LBY", "ZAF-ZWE", "AUS-CHN", "LTU-BLR", "CUB-USA", "FJI-TON",
)  # fmt: skip
SILENT = ("ETH-ERI", "SDN-SSD")  #: no trade in either direction in the base years
EPISODE, BASE = (2014, 2018), (2009, 2013)


@pytest.fixture(scope="module")
def world():
    return dt.world()


@pytest.mark.parametrize("pair", PAIRS)
def test_sentences_and_tables_agree(world, pair: str) -> None:
    origin, destination = pair.split("-")
    if pair in SILENT:
        with pytest.raises(dt.errors.NotIdentified, match=f"No flow {origin} -> {destination} is recorded in"):
            attribute(world, origin, destination, [EPISODE], [BASE])
        return
    found = attribute(DyadFits.of(world, origin, destination), origin, destination, [EPISODE], [BASE])
    for finding, row in zip(found.findings, found.to_frame().iter_rows(named=True)):
        text = row["sentence"]
        assert row["sentence"] == finding.sentence
        assert not re.search(r"\d% of [\d,]+ ", text)
        assert "inf" not in text.replace("info", "")
        assert "nan" not in text
        if row["placebo_share"] is None:
            continue
        counted = row["n_as_bad"] if finding.standing.value < 0 else row["n_placebos"] - row["n_as_bad"]
        assert (f"{counted} did" in text) if counted else (f"None of {row['n_placebos']}" in text)
        evidence = re.search(r"(strong|some) evidence of a (loss|gain)", text)
        assert (evidence[1] if evidence else "none") == row["strength"]
        if evidence:
            assert (row["dyad_part"] < 0) == (evidence[2] == "loss")
        if row["status"] == "computed" and abs(row["dyad_part"]) >= 0.05:
            assert log_points(row["dyad_part"]) in text
            assert log_points(row["supply_demand_part"]) in text
        if row["status"] == "bound":
            assert "A recorded zero is less than" in text
            assert row["dyad_part"] < 0


ZEROS = (
    ("SYR", "IRQ", 2008, 2018), ("IRQ", "SYR", 2008, 2018), ("QAT", "SAU", 2016, 2020), ("SAU", "QAT", 2016, 2020),
    ("QAT", "BHR", 2016, 2020), ("BHR", "QAT", 2016, 2019), ("SAU", "IRN", 2015, 2020), ("IRN", "SAU", 2015, 2020),
    ("SYR", "LBY", 2008, 2018), ("MMR", "USA", 2002, 2005),
)  # fmt: skip


@pytest.mark.parametrize(("origin", "destination", "first", "last"), ZEROS)
def test_a_stop_is_a_bound_in_findings_specifications_parts_and_impute(
    world, origin: str, destination: str, first: int, last: int
) -> None:
    fits, base = DyadFits.of(world, origin, destination), (max(first - 4, 2000), first)
    finding = attribute(fits, origin, destination, [(first, last)], [base], quick=True).findings[0]
    assert (finding.status, finding.flow_to) == ("bound", 0)
    assert finding.dyad_part_at_most < 0
    assert "A recorded zero is less than" in finding.sentence
    row = attribute(fits, origin, destination, [(first, last)], [base], quick=True).to_frame().row(0, named=True)
    assert row["dyad_part"] == finding.dyad_part_at_most
    curve = robustness(fits, origin, destination, (first, last), base_windows=[base], placebos=("size",))
    whole = next(s for s in curve.specifications if s.sample == "all")
    assert whole.dyad_part == pytest.approx(finding.dyad_part_at_most)
    assert whole.placebo_share is not None
    path = dt.impute(world, [(origin, destination, first + 1)], base=base).to_frame()
    same = next(r for r in path.iter_rows(named=True) if (r["origin"], r["year"]) == (origin, last))
    assert same["log_ratio"] is None
    assert "no flow is recorded" in same["reason"]
    assert same["placebo_share"] < 0.05
    assert same["counterfactual"] == pytest.approx(fits.on(base).counterfactual[fits.sample.year(last), *fits.dyad])
