"""`impute`: rows, nulls with reasons, placebo shares, errors."""

from itertools import product

import numpy as np
import pandas as pd
import polars as pl
import pytest

from detente.errors import DuplicateRows, SpecificationError, UnknownEconomy, UsageError
from detente.gravity import impute
from detente.gravity.postestimation.imputation.placebo_dyads import share_at_or_below

NAMES = [f"{a}{b}" for a in "ABC" for b in "XYZ"]


def flows(shock=0.0, seed=0):
    """Multiplicative flows of nine economies in six years, with one dyad shocked from 2003."""
    rng = np.random.default_rng(seed)
    a, g, p = (
        rng.lognormal(0, 0.5, (6, 9)),
        rng.lognormal(0, 0.5, (6, 9)),
        rng.lognormal(0, 1, (9, 9)),
    )
    rows = [
        (
            NAMES[i],
            NAMES[j],
            2000 + t,
            a[t, i] * g[t, j] * p[i, j] * np.exp(shock * ((i, j) == (0, 1) and t >= 3)),
        )
        for i, j, t in product(range(9), range(9), range(6))
        if i != j
    ]
    return pl.DataFrame(rows, schema=["exporter", "importer", "year", "trade"], orient="row")


def test_the_shock_of_a_left_out_dyad_is_its_log_ratio():
    frame = impute(flows(-1.5), [("AX", "AY", 2003)]).to_frame()
    assert frame.columns[:5] == ["origin", "destination", "year", "actual", "counterfactual"]
    assert frame.columns[5:8] == ["log_ratio", "placebo_share", "n_placebos"]
    assert frame.height == 12  # both directions, six years
    path = frame.filter(pl.col("origin") == "AX")["log_ratio"].to_numpy()
    np.testing.assert_allclose(path, [0, 0, 0, -1.5, -1.5, -1.5], atol=1e-7)


def test_one_direction_and_the_same_kind_of_frame():
    frame = impute(flows(-1.5).to_pandas(), [("AX", "AY", 2003)], both_directions=False).to_frame()
    assert isinstance(frame, pd.DataFrame)
    assert len(frame) == 6


def test_placebo_share_counts_the_dyad_itself():
    share, n = share_at_or_below(np.array([-1.0, 5.0]), np.array([[-2.0, -1.0, 0.0], [np.nan, 1.0, 2.0]]))
    np.testing.assert_allclose(share, [3 / 4, 3 / 3])
    assert n.tolist() == [3, 2]


def test_the_worst_dyad_has_the_smallest_share_and_placebos_are_of_its_size():
    result = impute(flows(-1.5), [("AX", "AY", 2003)])
    path = result.paths[0]
    share, n = path.placebo_share()
    assert share[3] == pytest.approx(1 / (1 + n[3]))
    base = flows(-1.5).filter(pl.col("year") < 2003).group_by("exporter", "importer").mean()
    own = base.filter((pl.col("exporter") == "AX") & (pl.col("importer") == "AY"))["trade"].item()
    treated = (pl.col("exporter").is_in(["AX", "AY"])) & (pl.col("importer").is_in(["AX", "AY"]))
    assert n[3] == base.filter(pl.col("trade").is_between(own / 3, own * 3) & ~treated).height


def test_change_between_two_years_is_its_own_call():
    frame = impute(flows(-1.5), [("AX", "AY", 2003)]).change(2001, 2004)
    assert frame["change"][0] == pytest.approx(-1.5, abs=1e-7)


def test_a_later_base_forgets_the_earlier_years():
    data = flows().with_columns(
        trade=pl.when((pl.col("exporter") == "AX") & (pl.col("importer") == "AY") & (pl.col("year") < 2002))
        .then(pl.col("trade") * 10)
        .otherwise("trade")
    )
    frame = impute(data, [("AX", "AY", 2004)], base=(2002, 2003)).to_frame()
    np.testing.assert_allclose(frame["log_ratio"].head(6).to_numpy(), [np.log(10)] * 2 + [0] * 4, atol=1e-7)


def test_a_zero_flow_and_a_missing_exporter_year_are_null_with_the_reason():
    data = flows().filter(~((pl.col("exporter") == "AX") & (pl.col("year") == 2004)))
    data = data.with_columns(
        trade=pl.when((pl.col("exporter") == "AX") & (pl.col("importer") == "AY") & (pl.col("year") == 2005))
        .then(0.0)
        .otherwise("trade")
    )
    frame = impute(data, [("AX", "AY", 2003)], absent="missing", both_directions=False).to_frame()
    last = frame.tail(2)
    assert last["log_ratio"].to_list() == [None, None]
    assert "exporter has no other recorded flow" in last["reason"][0]
    assert "minus infinity" in last["reason"][1]
    assert last["placebo_share"][0] is None
    assert last["placebo_share"][1] > 0


def test_a_pair_that_never_traded_before_has_no_log_ratio():
    dyad = (pl.col("exporter") == "AX") & (pl.col("importer") == "AY")
    data = flows().filter(~(dyad & (pl.col("year") < 2003)))
    frame = impute(data, [("AX", "AY", 2003)], both_directions=False).to_frame()
    assert frame["log_ratio"].null_count() == 6
    assert "did not trade in the base years" in frame["reason"][4]


def test_misuse_is_named():
    data = flows()
    with pytest.raises(UnknownEconomy, match="Did you mean 'AX'"):
        impute(data, [("AXX", "AY", 2003)])
    with pytest.raises(SpecificationError, match="no base year"):
        impute(data, [("AX", "AY", 2000)])
    with pytest.raises(SpecificationError, match="runs into the masked years"):
        impute(data, [("AX", "AY", 2003)], base=(2001, 2003))
    with pytest.raises(SpecificationError, match="No year of the data"):
        impute(data, [("AX", "AY", 2013)])
    with pytest.raises(DuplicateRows, match="AX→AY 2000"):
        impute(pl.concat([data, data]), [("AX", "AY", 2003)])
    with pytest.raises(UsageError):
        impute(data, [("AX", "AY", 2003)], absent="maybe")
    with pytest.raises(UsageError, match="such as 2000, with which 'soon' and"):
        impute(data, [("AX", "AY", "soon")])
    with pytest.raises(UsageError, match=r"as in base=\(2000, 2004\), not 2002"):
        impute(data, [("AX", "AY", 2003)], base=2002)


def test_economies_may_be_numbers():
    data = flows(-1.5).with_columns(pl.col(c).rank("dense").cast(pl.Int64) for c in ("exporter", "importer"))
    frame = impute(data, [(1, 2, 2003)]).to_frame()
    assert frame["log_ratio"][3] == pytest.approx(-1.5, abs=1e-7)
    with pytest.raises(UnknownEconomy, match="'77'"):
        impute(data, [(77, 2, 2003)])
