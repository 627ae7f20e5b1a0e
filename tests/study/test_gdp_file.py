"""A study's own GDP file: what it gives, and every way to get it wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from detente.errors import DetenteError, DuplicateRows, StudyError, UnknownColumn, UnknownEconomy, UnreadableFile
from detente.panel import Panel
from detente.study.gdp_file import read_gdp

HEADER = "economy,year,gdp_usd_mn\n"
PANEL = Panel(("COL", "ECU"), (2019, 2020), np.ones((2, 2, 2)))


def test_it_stands_where_the_panel_has_its_economy_and_year(tmp_path: Path) -> None:
    (tmp_path / "gdp.csv").write_text(HEADER + "ECU,2020,99.3\nCOL,2019,323\nPER,2020,200\nCOL,1990,5\nCOL,2020,\n")
    got = read_gdp(tmp_path / "gdp.csv", PANEL)
    np.testing.assert_array_equal(got, [[323.0, np.nan], [np.nan, 99.3]])


def test_economies_may_stand_by_name(tmp_path: Path) -> None:
    (tmp_path / "gdp.csv").write_text(HEADER + "Ecuador,2020,99.3\nCOL,2019,323\nPerú,2020,200\n", encoding="utf-8")
    np.testing.assert_array_equal(read_gdp(tmp_path / "gdp.csv", PANEL), [[323.0, np.nan], [np.nan, 99.3]])


@pytest.mark.parametrize(
    ("text", "kind", "says"),
    [
        (HEADER + "COL,2020,5\nECU,2020,lots\n", StudyError, "line 3, column 'gdp_usd_mn': 'lots' is not a number"),
        (HEADER + "COL,twenty,5\n", StudyError, "line 2, column 'year': 'twenty' is not a number"),
        (HEADER + "COL,2020,-5\n", StudyError, "line 2: the GDP of COL is -5"),
        (HEADER + "COL,2020,0\n", StudyError, "the GDP of COL is 0"),
        (HEADER + "COL,2020,inf\n", StudyError, "the GDP of COL is inf"),
        (HEADER + "COL,2020,nan\n", StudyError, "the GDP of COL is nan"),
        (HEADER + "COL,2020,5\nCOL,2020,6\n", DuplicateRows, r"more than one GDP for COL 2020 \(line 3\)"),
        (HEADER + "COX,2020,5\n", UnknownEconomy, "'COX' in column 'gdp.csv: economy'"),
        ("economy,year,gdp\nCOL,2020,5\n", UnknownColumn, "no column 'gdp_usd_mn'"),
        ("", UnreadableFile, "it is empty"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, kind: type[DetenteError], says: str, tmp_path: Path) -> None:
    (tmp_path / "gdp.csv").write_text(text)
    with pytest.raises(kind, match=says) as caught:
        read_gdp(tmp_path / "gdp.csv", PANEL)
    assert caught.value.fix
