"""Fits by blocks are fits in one piece: coefficients, errors, counts and statistics, whatever is in a block."""

import os
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np
import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from detente.errors import DataError, EmptySample, InvalidFlow, NotIdentified, OutputError, UsageError, WorkerLost
from detente.gravity import fit_ppml
from detente.gravity.blocks.choosing import bytes_of, needed_by_block, needed_in_one

EFFECTS = "exporter^year^sector + importer^year^sector + exporter^importer^sector"
STATISTICS = ("n_rows", "n_missing", "n_separated", "n_singletons", "n_used", "n_clusters", "n_levels", "n_parameters",
              "loglik", "null_loglik", "deviance", "pseudo_r2", "r2", "aic", "bic")  # fmt: skip
EQUAL = 1e-9
"""Both stop when coefficients stand still by 1e-9 of a standard deviation of their regressor."""


def panel(seed=0, n=9, years=4, sectors=3, zeros=0.2, share=1.0):
    r = np.random.default_rng(seed)
    s, t, i, j = (a.ravel() for a in np.meshgrid(range(sectors), range(years), range(n), range(n), indexing="ij"))
    kept = (i != j) & (r.random(len(i)) < share)
    s, t, i, j = s[kept], t[kept], i[kept], j[kept]
    x, z = r.normal(size=len(i)), (r.random(len(i)) < 0.4) * 1.0
    index = r.normal(size=(sectors, n, years))[s, i, t] + r.normal(size=(n, n))[i, j] + 0.5 * x - 0.3 * z
    flow = np.exp(index) * r.gamma(2, 0.5, len(i)) * (r.random(len(i)) >= zeros)
    names = np.array([f"E{k}" for k in range(n)])
    return pl.DataFrame(
        {"exporter": names[i], "importer": names[j], "year": 2000 + 2 * t, "sector": np.array(list("abcdefgh"))[s],
         "x": x, "z": z, "w": r.integers(1, 4, len(i)) * 1.0, "o": 0.1 * r.normal(size=len(i)), "trade": flow}
    )  # fmt: skip


NEARLY_SEPARATED = 1e-6
"""The Hessian is that before the last step, in one piece and by blocks. Where a hundred rows tell a coefficient badly
that step changes it by up to this much: fits on a tensor, on rows and by IRLS in one piece differ as far."""


PERFECT = 1e-9
"""A standard error below this is the rounding of a fit without any residual."""


def assert_same(one, other, equal=EQUAL, errors=EQUAL):
    assert other.names == one.names
    assert set(other.dropped) == set(one.dropped)
    for k in one.names:
        assert other.coef[k] == pytest.approx(one.coef[k], rel=equal, abs=equal)
        assert other.se[k] == pytest.approx(one.se[k], rel=errors, abs=PERFECT)
    for name in STATISTICS:
        assert getattr(other, name) == pytest.approx(getattr(one, name), rel=equal), name
    assert one.converged
    assert other.converged


def both(data, formula, blocks="sector", **options):
    one = fit_ppml(data, formula, blocks=None, **options)
    other = fit_ppml(data, formula, blocks=blocks, **options)
    assert_same(one, other)
    return other


@pytest.mark.parametrize("ssc", ["stata", "fixest"])
@pytest.mark.parametrize(
    "cluster",
    [None, "iid", "exporter^importer^sector", "exporter^importer", "exporter^sector + importer^sector + year^sector",
     "exporter + importer + year", "dyadic", "driscoll-kraay(year, 2)", "conley(x, z, 9000)"],
)  # fmt: skip
def test_errors_of_every_kind(cluster, ssc):
    both(panel(), f"trade ~ x + z | {EFFECTS}", cluster=cluster, ssc=ssc)


@pytest.mark.parametrize("engine", ["auto", "tensor", "rows"])
def test_weights_offsets_gaps_and_codes_of_levels(engine):
    data = panel(1).with_columns(x=pl.when(pl.col("o") > 0.2).then(None).otherwise("x"))
    data = data.with_columns(sector=pl.when(pl.col("o") < -0.25).then(None).otherwise("sector"))
    fit = both(
        data, f"trade ~ x + log(w) + i(year, z) + z:x | {EFFECTS}", cluster="exporter^importer", weights="w", offset="o",
        engine=engine,
    )  # fmt: skip
    assert fit.n_missing > 20
    assert "year::2002:z" in fit.names


@pytest.mark.parametrize(
    ("effects", "blocks"),
    [("exporter^sector + importer^sector", "sector"), ("exporter^year + importer^year", "year"), ("sector", "sector"),
     ("exporter^sector", "sector"), ("exporter^importer^sector + year^sector + exporter^sector^z", "sector")],
)  # fmt: skip
def test_other_sets_of_effects(effects, blocks):
    both(panel(2), f"trade ~ x | {effects}", blocks, cluster="exporter^importer")


def test_lags_within_a_block():
    both(panel(3), f"trade ~ x + l(x, 2) | {EFFECTS}", cluster="exporter^importer")


def test_a_regressor_that_varies_little_around_a_large_mean():
    both(panel(4).with_columns(x=2e6 + 10 * pl.col("x")), f"trade ~ x + z | {EFFECTS}")


def test_no_regressor_at_all():
    assert both(panel(5), f"trade ~ 1 | {EFFECTS}").names == ()


@pytest.mark.property
@settings(max_examples=12, phases=[Phase.explicit, Phase.generate], deadline=None)
@given(
    seed=st.integers(0, 10**6),
    sectors=st.integers(1, 6),
    share=st.sampled_from([1.0, 0.8, 0.3]),
    zeros=st.sampled_from([0.0, 0.3, 0.7]),
    odd=st.sampled_from(["none", "empty", "all zero", "collinear", "one row", "missing", "separated"]),
)
def test_blocks_of_every_sort(seed, sectors, share, zeros, odd):
    data = panel(seed, n=6, years=3, sectors=sectors, zeros=zeros, share=share)
    here = pl.col("sector") == "a"
    if odd == "all zero" and sectors > 1:
        data = data.with_columns(trade=pl.when(here).then(0.0).otherwise("trade"))
    if odd == "collinear":
        data = data.with_columns(z=pl.when(here).then(2 * pl.col("x")).otherwise("z"))
    if odd == "one row":
        data = pl.concat([data.filter(~here), data.filter(here).head(1)])
    if odd == "missing":
        data = data.with_columns(x=pl.when(here).then(None).otherwise("x"))
    if odd == "separated":  # in one block z tells a zero by itself, in others it does not
        data = data.with_columns(trade=pl.when(here & (pl.col("z") == 1)).then(0.0).otherwise("trade"))
    data = data.sample(fraction=1, shuffle=True, seed=seed)
    options = {"cluster": "exporter^importer"}
    try:
        one = fit_ppml(data, f"trade ~ x + z | {EFFECTS}", blocks=None, **options)
    except (EmptySample, NotIdentified, UsageError) as error:
        with pytest.raises(type(error)):
            fit_ppml(data, f"trade ~ x + z | {EFFECTS}", blocks="sector", **options)
        return
    other = fit_ppml(data, f"trade ~ x + z | {EFFECTS}", blocks="sector", **options)
    assert_same(one, other, 1e-8, NEARLY_SEPARATED)


def test_a_zero_told_in_one_block_and_not_in_another_is_not_separated():
    """z is one only beside zero flows in block a, which alone would separate these; block b tells its coefficient."""
    data = panel(6, zeros=0.1)
    data = data.with_columns(trade=pl.when((pl.col("sector") == "a") & (pl.col("z") == 1)).then(0.0).otherwise("trade"))
    fit = both(data, f"trade ~ x + z | {EFFECTS}", cluster="exporter^importer")
    assert fit.n_separated < data.filter((pl.col("sector") == "a") & (pl.col("z") == 1)).height / 4


@pytest.mark.parametrize("method", ["auto", "exact", "rectifier"])
def test_a_regressor_that_zeros_alone_tell_is_searched_over_all_blocks(method):
    data = panel(7, zeros=0.1).with_columns(c=((pl.col("z") == 1) & (pl.col("x") > 0.5)).cast(pl.Float64))
    data = data.with_columns(trade=pl.when(pl.col("c") == 1).then(0.0).otherwise("trade"))
    one = fit_ppml(data, f"trade ~ x + c | {EFFECTS}", blocks=None, separation=method)
    other = fit_ppml(data, f"trade ~ x + c | {EFFECTS}", blocks="sector", separation=method)
    assert_same(one, other)
    assert other.n_separated >= int(data["c"].sum())
    assert "c" in other.dropped


class Scrambled(ThreadPoolExecutor):
    """Ends its work in another order than it was given."""

    def submit(self, fn, /, *args, **kwargs):
        return super().submit(_late, np.random.default_rng(len(self._threads)).random() / 200, fn, *args, **kwargs)


def _late(seconds, fn, *args, **kwargs):
    import time

    time.sleep(seconds)
    return fn(*args, **kwargs)


def test_the_digits_do_not_depend_on_who_ends_first():
    data, formula = panel(8, sectors=8), f"trade ~ x + z | {EFFECTS}"
    alone = fit_ppml(data, formula, blocks="sector", cluster="exporter^importer")
    with Scrambled(4) as pool:
        shared = fit_ppml(data, formula, blocks="sector", cluster="exporter^importer", executor=pool)
    with ProcessPoolExecutor(1, mp_context=get_context("fork" if hasattr(os, "fork") else "spawn")) as pool:
        forked = fit_ppml(data, formula, blocks="sector", cluster="exporter^importer", executor=pool)
    for other in (shared, forked):
        assert dict(other.coef) == dict(alone.coef)
        np.testing.assert_array_equal(other.cov, alone.cov)
        assert dict(other.kept) == dict(alone.kept)


def test_the_order_of_rows_does_not_matter():
    data, formula = panel(9), f"trade ~ x + z | {EFFECTS}"
    one = fit_ppml(data, formula, blocks="sector")
    other = fit_ppml(data.sample(fraction=1, shuffle=True, seed=1), formula, blocks="sector")
    for k in one.coef:
        assert other.coef[k] == pytest.approx(one.coef[k], rel=1e-12)


def test_a_worker_that_is_gone_is_named_and_nobody_waits():
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(os._exit, 1)
        with pytest.raises(WorkerLost, match="worker process has ended"):
            fit_ppml(panel(), f"trade ~ x | {EFFECTS}", blocks="sector", executor=pool)


def test_what_cannot_go_by_blocks_says_why():
    data = panel()
    with pytest.raises(UsageError, match="every set of effects"):
        fit_ppml(data, "trade ~ x | exporter^year + importer^sector", blocks="sector")
    with pytest.raises(UsageError, match="These columns do: year, sector"):
        fit_ppml(data, "trade ~ x | exporter^year^sector + importer^year^sector", blocks="importer")
    with pytest.raises(UsageError, match="varying slopes"):
        fit_ppml(data, "trade ~ x | exporter^sector[year] + importer^sector", blocks="sector")
    with pytest.raises(UsageError, match="takes the whole column"):
        fit_ppml(data, "trade ~ poly(x, 2) | exporter^sector", blocks="sector")
    with pytest.raises(UsageError, match="fits in one piece"):
        fit_ppml(data, f"trade ~ x | {EFFECTS}", blocks="sector", engine="irls")
    with pytest.raises(UsageError, match="no rows"):
        fit_ppml(data, f"trade ~ x | {EFFECTS}", blocks="sector").predict()


def test_too_little_memory_is_said_before_the_work_starts():
    data, formula = panel(), f"trade ~ x | {EFFECTS}"
    with pytest.raises(UsageError, match=r"needs about 0\.2 GB of memory, and 0\.0 GB may be used"):
        fit_ppml(data, "trade ~ x | exporter + importer", memory="1 MB")
    with pytest.raises(UsageError, match=r"largest block of 'sector' has 288 rows and needs"):
        fit_ppml(data, formula, memory="1 MB")
    assert fit_ppml(data, formula, memory="160.2 MB").engine == "3 blocks by sector"  # in one piece it takes more
    assert fit_ppml(data, formula, memory="4 GB").engine == "tensor"
    with pytest.raises(OutputError, match="scratch"):
        fit_ppml(data, formula, blocks="sector", scratch="/nowhere/at/all")
    assert needed_by_block(10**6, 2) < needed_in_one(10**6, 2)


def test_many_regressors_and_one_piece_by_wish_are_asked_about_too(monkeypatch):
    data = panel()
    monkeypatch.setattr("detente.gravity.blocks.choosing._free", lambda: 1e6)
    fit_ppml(data, "trade ~ x + z | exporter + importer")  # nobody asks about so few rows
    monkeypatch.setattr("detente.gravity.blocks.planning.SMALL", 1_000)
    fit_ppml(data, "trade ~ x + z | exporter + importer")
    for blocks in ("auto", None):
        for terms in ("x + z + w + o + x:z", "i(exporter, x)"):
            with pytest.raises(UsageError, match=r"A fit of 864 rows in one piece needs about 0\.2 GB"):
                fit_ppml(data, f"trade ~ {terms} | year + importer", blocks=blocks)


def test_a_file_that_is_read_at_once_and_larger_than_memory_is_refused_unread(tmp_path):
    path = tmp_path / "flows.csv"
    with path.open("wb") as file:
        file.truncate(2_000_000_000)  # a hole: takes no room
    with pytest.raises(UsageError, match=r"has 2\.0 GB and is read at once, which needs about 4\.0 GB.*sink_parquet"):
        fit_ppml(path, "trade ~ x | exporter", memory="3 GB")


@pytest.mark.parametrize("memory", ["much", "", "-1 GB", 0, True, "1 2 GB", "1.2.3 GB"])
def test_memory_is_a_size(memory):
    with pytest.raises(UsageError, match="memory is a size"):
        bytes_of(memory)


def test_wrong_rows_are_named_by_their_place_in_the_data():
    data = panel()
    wrong = data.with_columns(trade=pl.when(pl.int_range(pl.len()) == 400).then(-1.0).otherwise("trade"))
    with pytest.raises(InvalidFlow, match=r"1 negative .*row 400"):
        fit_ppml(wrong, f"trade ~ x | {EFFECTS}", blocks="sector")
    with pytest.raises(DataError, match="Rows are those of block 'b'"):
        fit_ppml(
            data.with_columns(w=pl.when(pl.col("sector") == "b").then(-1.0).otherwise("w")),
            f"trade ~ x | {EFFECTS}", blocks="sector", weights="w",
        )  # fmt: skip
    with pytest.raises(EmptySample, match="is zero"):
        fit_ppml(data.with_columns(trade=0.0), f"trade ~ x | {EFFECTS}", blocks="sector")
    with pytest.raises(EmptySample, match="No row is left"):
        fit_ppml(data.with_columns(x=pl.lit(None, pl.Float64)), f"trade ~ x | {EFFECTS}", blocks="sector")
