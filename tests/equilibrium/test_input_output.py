"""Input-output tables as offices publish them: layouts, negative cells, empty sectors, every deficit rule."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from detente.equilibrium import Economy, SectorEconomy, Shock, input_output, solve
from detente.errors import (
    DuplicateRows,
    InvalidFlow,
    MissingInternalTrade,
    SpecificationError,
    UnbalancedAccounts,
    UnreadableFile,
)
from detente.replications.nafta_by_sector import caliendo_parro_setup

ECONOMIES, SECTORS, FINAL = ("AUS", "COL", "ROW"), ("C10", "C20"), ("HFCE", "INVNT")
RULES = ("multiplicative", "additive", "universal", "balanced")


def table(*, inventories: float = 0.0, idle: bool = False) -> pd.DataFrame:
    """Rows and columns by economy and sector, final demand beside; the second kind of it may be negative."""
    rng = np.random.default_rng(2)
    rows = pd.MultiIndex.from_product([ECONOMIES, SECTORS], names=["region", "sector"])
    final = pd.MultiIndex.from_product([ECONOMIES, FINAL], names=["region", "category"])
    home = np.repeat(np.eye(3), 2, axis=0)
    z = (1 + 6 * np.repeat(home, 2, axis=1)) * rng.uniform(0.5, 1.5, (6, 6))
    y = np.repeat(2 + 30 * home, 2, axis=1) * rng.uniform(0.5, 1.5, (6, 6)) * np.tile([1.0, 0.05], 3)
    y[0, 1] = -inventories
    if idle:  # the first sector of the second economy does not exist
        z[2], z[:, 2], y[2] = 0.0, 0.0, 0.0
    return pd.DataFrame(np.hstack([z, y]), index=rows, columns=rows.append(final))


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("kind", ["plain", "inventories", "idle", "both"])
def test_every_table_solves_under_every_rule(kind, rule):
    frame = table(inventories=80.0 * (kind in ("inventories", "both")), idle=kind in ("idle", "both"))
    eco = input_output(frame, theta=4.0)
    assert bool(eco.cautions) == (kind in ("inventories", "both"))
    out = solve(eco, Shock.tariffs("COL", on="AUS", rate=0.2, retaliation=True), deficits=rule)
    assert out.report.gap < 1e-10
    still = solve(eco, {}, deficits=rule)
    np.testing.assert_allclose(still.welfare_hat, 1.0, atol=1e-10)
    assert still.report.gap < 1e-10


def test_accounts_are_those_of_the_table():
    frame = table()
    eco = input_output(frame, theta=4.0)
    z, whole = frame.iloc[:, :6].to_numpy(), frame.to_numpy()
    np.testing.assert_allclose(eco.output.T.ravel(), whole.sum(axis=1))
    # what is spent on inputs and what final demand takes are the columns of the table
    used = (1 - eco.value_added) * eco.output
    np.testing.assert_allclose(used.T.ravel(), z.sum(axis=0))
    final = whole[:, 6:].reshape(3, 2, 3, 2).sum(axis=(0, 3))  # by sector and buyer
    np.testing.assert_allclose(eco.final * eco.income, final)


@pytest.mark.parametrize("layout", ["two rows of labels", "joined labels", "two files"])
def test_layouts_of_files_give_the_same_economy(tmp_path, layout):
    frame, path = table(), tmp_path / "table.txt"
    more = None
    if layout == "two rows of labels":  # as EORA, EXIOBASE and pymrio write them
        frame.to_csv(path, sep="\t")
    elif layout == "two files":
        frame.iloc[:, :6].to_csv(path, sep="\t")
        more = tmp_path / "final.txt"
        frame.iloc[:, 6:].to_csv(more, sep="\t")
    else:  # as OECD's inter-country tables, with rows and a column of totals
        flat = frame.copy()
        flat.index = ["_".join(label) for label in frame.index]
        flat.columns = ["_".join(label) for label in frame.columns]
        flat["OUT"] = flat.sum(axis=1)
        flat.loc["VA"] = 1.0
        flat.loc["OUT"] = 2.0
        path = tmp_path / "icio.csv"
        flat.to_csv(path, index_label="V1")
    read, plain = input_output(path, more, theta=4.0), input_output(frame, theta=4.0)
    assert (read.economies, read.sectors) == (plain.economies, plain.sectors)
    np.testing.assert_allclose(read.flows, plain.flows)
    np.testing.assert_allclose(read.inputs, plain.inputs)


def test_what_is_no_table_is_named(tmp_path):
    frame = table()
    with pytest.raises(UnreadableFile, match="economy and a sector"):
        input_output(frame.reset_index(drop=True), theta=4.0)
    with pytest.raises(InvalidFlow, match="final demand for AUS"):
        input_output(frame.iloc[:, :6], theta=4.0)
    with pytest.raises(InvalidFlow, match="rows of final demand"):
        input_output(frame.iloc[:, :6], frame.iloc[::-1, 6:], theta=4.0)
    (tmp_path / "bare.csv").write_text("1,2\n3,4\n")
    with pytest.raises(UnreadableFile, match="no labels"):
        input_output(tmp_path / "bare.csv", theta=4.0)
    (tmp_path / "words.csv").write_text("V1,AUS_C10,AUS_HFCE\nAUS_C10,1,x\nAUS_C20,1,2\n")
    with pytest.raises(InvalidFlow, match="'x', not a number"):
        input_output(tmp_path / "words.csv", theta=4.0)
    (tmp_path / "twice.csv").write_text("V1,AUS_a,ROW_a,AUS_F,ROW_F\nAUS_a,1,1,5,1\nROW_a,1,9,1,50\nROW_a,1,9,1,50\n")
    with pytest.raises(DuplicateRows, match="ROW a"):
        input_output(tmp_path / "twice.csv", theta=4.0)
    with pytest.raises(InvalidFlow, match="truncate=True"):
        input_output(table(inventories=80.0), theta=4.0, truncate=False)


@pytest.mark.shared
@pytest.mark.oracle
def test_nafta_with_deficits_to_the_printed_digit(shared_data):
    """Caliendo and Parro's tables with deficits (terms of trade, volume of trade, welfare, real wage)."""
    printed = {"CAN": (-0.08, 0.04, -0.04, 0.33), "MEX": (-0.41, 1.59, 1.17, 1.64), "USA": (0.05, 0.04, 0.08, 0.12)}
    economy, shock = caliendo_parro_setup(shared_data)
    assert economy.n_truncated == 185
    out = solve(economy, shock, deficits="additive", mode="published")
    terms, volume = out.first_order_pct()
    for code, numbers in printed.items():
        k = economy.index(code)
        found = (terms[k], volume[k], out.welfare_pct[code], out.real_wage_pct[code])
        assert [round(float(x), 2) for x in found] == list(numbers)


@pytest.mark.shared
def test_every_rule_takes_the_table_of_nafta(shared_data):
    economy, shock = caliendo_parro_setup(shared_data)
    for rule in RULES:
        assert solve(economy, shock, deficits=rule).report.gap < 1e-10


def test_unusable_economies_are_left_out_aloud():
    flows = np.array([[9.0, 1, 1, 0, 1], [1, 9, 1, 0, 0], [1, 1, 9, 0, 0], [0, 0, 0, 5, 0], [1, 1, 1, 0, 0]])
    eco = Economy.from_arrays([*"ABCDE"], flows, drop="unusable")
    assert eco.economies == ("A", "B", "C")
    assert dict(eco.dropped) == {"D": "no imports", "E": "no internal trade"}
    assert "without E (no internal trade), D (no imports)" in repr(eco)
    many = SectorEconomy.from_arrays([*"ABCDE"], ["all"], flows[None], theta=4.0, drop="unusable")
    assert many.economies == eco.economies
    assert "Left out: E" in " ".join(many.cautions)


def test_zero_internal_trade_is_refused_or_kept_on_request():
    flows = [[0.0, 2, 3], [1, 50, 2], [3, 2, 80.0]]
    with pytest.raises(MissingInternalTrade, match="keep_zero_internal"):
        Economy.from_arrays([*"ABC"], flows)
    eco = Economy.from_arrays([*"ABC"], flows, keep_zero_internal=True)
    assert "1 without internal trade" in repr(eco)
    out = solve(eco, {("A", "B"): -1.0})
    assert out.report.gap < 1e-12
    nearly = np.array(flows) + np.diag([1e-9, 0, 0])  # the limit of ever less internal trade
    near = solve(Economy.from_arrays([*"ABC"], nearly), {("A", "B"): -1.0})
    np.testing.assert_allclose(out.welfare_hat, near.welfare_hat, rtol=1e-8)
    with pytest.raises(UnbalancedAccounts):
        Economy.from_arrays([*"ABC"], [[0.0, 0, 0], [1, 50, 2], [3, 2, 80.0]], keep_zero_internal=True)


def test_sectors_from_a_frame_take_units_and_drops_and_go_back():
    frame = input_output(table(), theta=4.0).to_frame()
    one = SectorEconomy.from_flows(frame, value="flow_usd_mn", theta=4.0)
    other = SectorEconomy.from_flows(frame, value="flow_usd_mn", theta=4.0, unit="usd_bn", drop=["AUS"])
    np.testing.assert_allclose(other.flows, 1000 * one.flows[:, 1:, 1:])
    assert other.n_dropped > 0
    with pytest.raises(SpecificationError, match="no argument 'truncat'"):
        SectorEconomy.from_flows(frame, value="flow_usd_mn", theta=4.0, truncat=True)


def test_tables_add_up():
    eco = input_output(table(), theta=4.0, tariff=0.05 * (1 - np.eye(3))[None] * np.ones((2, 1, 1)))
    out = solve(eco, Shock.tariffs("COL", on="*", points=0.2), deficits="additive", supply_elasticity=0.5)
    whole, cells, flows = (out.to_frame(what) for what in ("economies", "sectors", "flows"))
    for name in ("output", "exports", "imports"):
        for when in ("before", "after"):
            column = f"{name}_{when}_usd_mn"
            both = dict(cells.group_by("economy").agg(pl.col(column).sum()).iter_rows())
            np.testing.assert_allclose([both[c] for c in whole["economy"]], whole[column])
    np.testing.assert_allclose(flows["after_usd_mn"].sum(), whole["output_after_usd_mn"].sum())
    np.testing.assert_allclose(whole["revenue_after_usd_mn"], out.economy.revenue)
    assert (whole["residual_pct"] < 1e-8).all()
    # employment by sector is the economy's, weighted by what it pays at baseline
    jobs = cells.with_columns(weight=pl.col("wages_before_usd_mn") * (1 + pl.col("employment_pct") / 100))
    jobs = dict(jobs.group_by("economy").agg(pl.col("weight").sum() / pl.col("wages_before_usd_mn").sum()).iter_rows())
    np.testing.assert_allclose([100 * (jobs[c] - 1) for c in whole["economy"]], whole["employment_pct"], atol=1e-9)
    losers = out.losers(3)
    assert losers["lost_wages_usd_mn"].is_sorted()
    assert (losers["employment_pct"] < 0).all()
