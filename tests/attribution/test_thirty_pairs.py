"""Every sentence of thirty pairs on the world panel says what the tables say: sign, strength, counts."""

from __future__ import annotations

import re

import pytest

import detente as dt
from detente.attribution import DyadFits, attribute

pytestmark = [pytest.mark.slow]

PAIRS = (
    "COL-VEN", "ARE-QAT", "IND-PAK", "GEO-RUS", "RUS-UKR", "TUR-RUS", "NOR-CHN", "ISR-TUR", "SAU-IRN", "UGA-RWA",
    "BEN-NGA", "ETH-ERI", "SDN-SSD", "DEU-FRA", "USA-CHN", "USA-MEX", "JPN-KOR", "ARG-BRA", "CHL-PER", "KEN-TZA",
    "THA-KHM", "ARM-AZE", "GRC-TUR", "MAR-DZA", "EGY-LBY", "ZAF-ZWE", "AUS-CHN", "LTU-BLR", "CUB-USA", "FJI-TON",
)  # fmt: skip
EPISODE, BASE = (2014, 2018), (2009, 2013)


@pytest.fixture(scope="module")
def world():
    return dt.world()


@pytest.mark.parametrize("pair", PAIRS)
def test_sentences_and_tables_agree(world, pair: str) -> None:
    origin, destination = pair.split("-")
    try:
        found = attribute(DyadFits.of(world, origin, destination), origin, destination, [EPISODE], [BASE])
    except dt.errors.NotIdentified:
        pytest.skip("no trade in either direction in the base years: refused, with the reason")
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
            assert re.search(r"a (fall|rise) [^;]*is special to this pair", text)
            assert ("fall" in re.search(r"; (a [^;]*) is special", text)[1]) == (row["dyad_part"] < 0)
        if row["status"] == "bound":
            assert "A recorded zero is less than" in text
            assert row["dyad_part"] < 0
