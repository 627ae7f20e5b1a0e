"""Small tables in the exact form in which each source publishes its own: all give the same economy.

OECD ICIO (editions of 2018 to 2025), WIOD 2016 (spreadsheet saved as CSV, and Stata), EXIOBASE 3 (Z.txt and Y.txt),
Eora26 (numbers and labels in files of their own), ITPD-E, a wide matrix.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from detente.equilibrium import Economy, SectorEconomy, Shock, input_output, solve
from detente.errors import InvalidFlow, UnreadableFile

CODES, SECTORS = ("AUS", "CHN", "ROW"), ("A01_02", "C10T12")
KINDS = ("HFCE", "INVNT")
RNG = np.random.default_rng(5)
Z = (np.round((1 + 6 * np.kron(np.eye(3), np.ones((2, 2)))) * RNG.uniform(0.5, 1.5, (6, 6)), 3))  # fmt: skip
Y = np.round(np.kron(2 + 30 * np.eye(3), np.ones((2, 2))) * RNG.uniform(0.5, 1.5, (6, 6)) * np.tile([1.0, 0.05], 3), 3)
CELLS = [(code, sector) for code in CODES for sector in SECTORS]
FINAL = [(code, kind) for code in CODES for kind in KINDS]


def plain() -> SectorEconomy:
    rows, columns = pd.MultiIndex.from_tuples(CELLS), pd.MultiIndex.from_tuples([*CELLS, *FINAL])
    return input_output(pd.DataFrame(np.hstack([Z, Y]), index=rows, columns=columns), theta=4.0)


def same(read: SectorEconomy, sectors: tuple[str, ...] = SECTORS, economies: tuple[str, ...] = CODES) -> None:
    wanted = plain()
    assert (read.economies, read.sectors) == (economies, sectors)
    np.testing.assert_allclose(read.flows, wanted.flows, rtol=1e-12)
    np.testing.assert_allclose(read.inputs, wanted.inputs, rtol=1e-12)
    np.testing.assert_allclose(read.value_added, wanted.value_added, rtol=1e-12)
    assert solve(read, Shock.tariffs(read.economies[0], rate=0.1), deficits="additive").report.ok


def lines(rows) -> str:
    return "\n".join(",".join(map(str, row)) for row in rows) + "\n"


def test_oecd(tmp_path):
    """Joined labels with an underscore in the sector's code, rows of taxes and value added, totals."""
    header = ["V1", *("_".join(c) for c in [*CELLS, *FINAL]), "OUT"]
    body = [["_".join(c), *z, *y, round(z.sum() + y.sum(), 3)] for c, z, y in zip(CELLS, Z, Y)]
    tail = [[name, *[1.0] * 12, ""] for name in ("TLS", "VA", "OUT")]
    (tmp_path / "2023_SML.csv").write_text(lines([header, *body, *tail]), encoding="utf-8")
    same(input_output(tmp_path / "2023_SML.csv", theta=4.0))


def test_oecd_with_an_economy_in_parts(tmp_path):
    """The edition of 2018: CN1 and CN2 sell and use inputs, CHN has final demand alone; taxes are rows by economy."""
    share = np.array([0.7, 0.3])
    parts = (
        [("AUS", s) for s in SECTORS] + [(f"CN{k}", s) for k in (1, 2) for s in SECTORS] + [("ROW", s) for s in SECTORS]
    )

    def split(values: np.ndarray) -> np.ndarray:
        return np.vstack([values[:2], share[0] * values[2:4], share[1] * values[2:4], values[4:]])

    z, y = split(split(Z).T).T, split(Y)
    header = ["", *("_".join(c) for c in [*parts, *FINAL]), "TOTAL"]
    body = [["_".join(c), *map(float, (*a, *b)), 1.0] for c, a, b in zip(parts, z, y)]
    tail = [[f"{code}_TAXSUB", *[0.5] * 14, 7.0] for code in ("AUS", "CHN", "ROW")] + [["VALU", *[1.0] * 14, 9.0]]
    (tmp_path / "ICIO2018_2015.CSV").write_text(lines([header, *body, *tail]), encoding="utf-8")
    same(input_output(tmp_path / "ICIO2018_2015.CSV", theta=4.0))


WIOD = [("A01", "Crop and animal production", "c1"), ("C10-C12", "Food products, beverages", "c2")]
WIOD_FINAL = [("CONS_h", "Final consumption by households", "c57"), ("INVEN", "Changes in inventories", "c61")]


def test_wiod_as_its_spreadsheet_is_saved(tmp_path):
    """Titles above, four rows and four columns of labels: code, name, economy, number; totals below and beside."""
    top = [[*WIOD[k], c] for c in CODES for k in range(2)] + [[*WIOD_FINAL[k], c] for c in CODES for k in range(2)]
    top.append(["GO", "Total output", "c62", "TOT"])
    rows = [["Intercountry Input-Output Table", *[""] * 16], ["(millions of US$)", *[""] * 16]]
    rows += [["", "", "", "", *(cell[k] for cell in top)] for k in (0, 1, 3, 2)]
    for k, (code, _) in enumerate(CELLS):
        sector = WIOD[k % 2]
        rows.append([sector[0], sector[1], code, f"r{k % 2 + 1}", *Z[k], *Y[k], round(Z[k].sum() + Y[k].sum(), 3)])
    rows += [[name, f"{name} of all", "TOT", f"r{k}", *[1.0] * 13] for k, name in enumerate(("II_fob", "VA", "GO"), 65)]
    text = "\n".join(
        ",".join(f'"{cell}"' if isinstance(cell, str) and "," in cell else str(cell) for cell in row) for row in rows
    )
    (tmp_path / "WIOT2014.csv").write_text(text, encoding="utf-8")
    same(input_output(tmp_path / "WIOT2014.csv", theta=4.0), sectors=("A01", "C10-C12"))


def test_wiod_in_stata(tmp_path):
    """Variables vAUS1, vAUS2 for sectors and vAUS57, vAUS61 for final demand; rows have Country, IndustryCode, RNr."""
    names = [f"v{c}{k}" for c in CODES for k in (1, 2)] + [f"v{c}{k}" for c in CODES for k in (57, 61)]
    frame = pd.DataFrame(np.hstack([Z, Y]), columns=names)
    frame.insert(0, "IndustryCode", [WIOD[k % 2][0] for k in range(6)])
    frame.insert(1, "IndustryDescription", [WIOD[k % 2][1] for k in range(6)])
    frame.insert(2, "Country", [code for code, _ in CELLS])
    frame.insert(3, "RNr", [k % 2 + 1 for k in range(6)])
    frame.insert(4, "Year", 2014)
    frame["TOT"] = 1.0
    frame.loc[6] = ["VA", "Value added", "TOT", 70, 2014, *[1.0] * 13]
    frame.to_stata(tmp_path / "WIOT2014_October16_ROW.dta", write_index=False)
    same(input_output(tmp_path / "WIOT2014_October16_ROW.dta", theta=4.0), sectors=("A01", "C10-C12"))


def test_exiobase(tmp_path):
    """Z.txt and Y.txt: tabs, economies of two letters, names of the levels below the headers, sectors in words."""
    two = {"AUS": "AU", "CHN": "CN", "ROW": "WA"}
    words = dict(zip(SECTORS, ("Cultivation of wheat, grains", "Processing of Food products nec")))
    rows = pd.MultiIndex.from_tuples([(two[c], words[s]) for c, s in CELLS], names=["region", "sector"])
    final = pd.MultiIndex.from_tuples([(two[c], k) for c, k in FINAL], names=["region", "category"])
    pd.DataFrame(Z, index=rows, columns=rows).to_csv(tmp_path / "Z.txt", sep="\t")
    pd.DataFrame(Y, index=rows, columns=final).to_csv(tmp_path / "Y.txt", sep="\t")
    read = input_output(tmp_path / "Z.txt", tmp_path / "Y.txt", theta=4.0)
    same(read, sectors=tuple(words.values()), economies=("AU", "CN", "WA"))


def test_eora(tmp_path):
    """Eora26: bare numbers, and a line of name, code, kind and sector for each row or column."""
    np.savetxt(tmp_path / "T.txt", Z, delimiter="\t", fmt="%.3f")
    np.savetxt(tmp_path / "FD.txt", Y, delimiter="\t", fmt="%.3f")
    names = {"AUS": "Australia", "CHN": "China", "ROW": "Rest of World"}
    label = "{}\t{}\tIndustries\t{}\t\n"
    (tmp_path / "labels_T.txt").write_text("".join(label.format(names[c], c, s) for c, s in CELLS), encoding="utf-8")
    text = "".join(f"{names[c]}\t{c}\tFinal Demand\t{k}\t\n" for c, k in FINAL)
    (tmp_path / "labels_FD.txt").write_text(text, encoding="utf-8")
    there = {"labels": tmp_path / "labels_T.txt", "final_labels": tmp_path / "labels_FD.txt"}
    same(input_output(tmp_path / "T.txt", tmp_path / "FD.txt", theta=4.0, **there))
    with pytest.raises(InvalidFlow, match="6 x 6 numbers"):
        input_output(tmp_path / "T.txt", tmp_path / "FD.txt", theta=4.0, **(there | {"final_labels": _short(tmp_path)}))
    with pytest.raises(UnreadableFile, match="no labels"):
        input_output(tmp_path / "T.txt", tmp_path / "FD.txt", theta=4.0)
    with pytest.raises(UnreadableFile, match="final_labels"):
        input_output(tmp_path / "T.txt", tmp_path / "FD.txt", theta=4.0, labels=tmp_path / "labels_T.txt")


def _short(folder):
    (folder / "short.txt").write_text("Australia\tAUS\tFinal Demand\tHFCE\n", encoding="utf-8")
    return folder / "short.txt"


def test_sectors_that_are_numbers(tmp_path):
    """A second column of labels that holds numbers is no column of flows."""
    rows = pd.MultiIndex.from_tuples([(c, 1 + SECTORS.index(s)) for c, s in CELLS], names=["region", "sector"])
    final = pd.MultiIndex.from_tuples([(c, 90 + KINDS.index(k)) for c, k in FINAL], names=["region", "sector"])
    pd.DataFrame(np.hstack([Z, Y]), index=rows, columns=rows.append(final)).to_csv(tmp_path / "n.csv")
    same(input_output(tmp_path / "n.csv", theta=4.0), sectors=("1", "2"))


def test_itpd(tmp_path):
    """ITPD-E: names and codes of both sides, an industry's number and name, flags; internal trade is there."""
    flows = np.round(RNG.uniform(1, 9, (2, 3, 3)) + 50 * np.eye(3), 3)
    rows = [
        {
            "exporter_iso3": a, "exporter_name": a.title(), "importer_iso3": b, "importer_name": b.title(), "year": 2019,
            "industry_id": 1 + k, "industry_descr": name, "broad_sector": "Agriculture", "trade": flows[k, i, j],
            "flag_mirror": 0, "flag_zero": "p",
        }
        for k, name in enumerate(("Wheat", "Rice (raw)"))
        for i, a in enumerate(CODES)
        for j, b in enumerate(CODES)
    ]  # fmt: skip
    pl.DataFrame(rows).write_csv(tmp_path / "ITPD_E_R02.csv")
    many = SectorEconomy.from_flows(tmp_path / "ITPD_E_R02.csv", theta=4.0)
    assert (many.economies, len(many.sectors), many.year) == (CODES, 2, 2019)
    np.testing.assert_allclose(many.flows, flows)
    pl.DataFrame(rows[:9]).write_csv(tmp_path / "one.csv")
    np.testing.assert_allclose(Economy.from_flows(tmp_path / "one.csv").flows, flows[0])


def test_a_wide_matrix_and_a_long_one_are_one_economy(tmp_path):
    flows = plain().flows.sum(axis=0)
    pl.DataFrame({"": CODES, **{c: flows[:, j] for j, c in enumerate(CODES)}}).write_csv(tmp_path / "wide.csv")
    long = pd.DataFrame({"iso_o": np.repeat(CODES, 3), "iso_d": np.tile(CODES, 3), "flow": flows.ravel()})
    long.to_stata(tmp_path / "long.dta", write_index=False)
    wide = Economy.from_flows(tmp_path / "wide.csv")
    np.testing.assert_allclose(wide.flows, flows)
    np.testing.assert_allclose(Economy.from_flows(tmp_path / "long.dta").flows, flows)
