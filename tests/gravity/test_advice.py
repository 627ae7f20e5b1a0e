"""What an error advises works when it is followed: every message of the list, the mistake and then the remedy."""

import numpy as np
import polars as pl
import pytest

import detente as dt
from detente.errors import (
    DataError,
    FormulaError,
    InvalidFlow,
    NotConverged,
    SpecificationError,
    UsageError,
)

N, YEARS = 8, 5
THREE_WAY = "exporter^year + importer^year + exporter^importer"
BY_SECTOR = "exporter^year^sector + importer^year^sector + exporter^importer^sector"


def panel(sectors: int = 1) -> pl.DataFrame:
    r = np.random.default_rng(0)
    o, d, t, k = (a.ravel() for a in np.meshgrid(range(N), range(N), range(YEARS), range(sectors), indexing="ij"))
    names = np.array([f"C{k}" for k in range(N)])
    index = r.normal(size=(N, YEARS))[o, t] + r.normal(size=(N, YEARS))[d, t] + r.normal(size=(N, N))[o, d]
    x = r.normal(size=len(o))
    data = {
        "exporter": names[o],
        "importer": names[d],
        "year": 2000 + t,
        "sector": k,
        "x": x,
        "pop": r.uniform(1e4, 1e9, len(o)),
    }
    data["trade"] = np.exp(index + 0.4 * x) * r.gamma(1, 1, len(o)) * (r.random(len(o)) > 0.1)
    frame = pl.DataFrame(data).filter(pl.col("exporter") != pl.col("importer"))
    return frame.with_columns(pl.col("exporter").alias("Reporter Name"), pl.col("importer").alias("Partner Name"))


def ppml(data: pl.DataFrame | None = None, formula: str = f"trade ~ x | {THREE_WAY}", **options):
    return dt.fit_ppml(panel() if data is None else data, formula, **options)


def test_a_call_on_a_column_with_holes_needs_no_advice():
    holes = panel().with_columns(x=pl.when(pl.int_range(pl.len()) % 4 == 0).then(None).otherwise("x"))
    assert ppml(holes, f"trade ~ scale(x) | {THREE_WAY}").n_missing == holes["x"].null_count()


def test_a_completed_table_says_what_its_new_rows_lack_and_joined_they_are_used():
    data = panel().filter(pl.col("trade") > 0).select("exporter", "importer", "year", "trade", "x")
    done = dt.complete(data)
    assert done.empty == ("x",)
    assert "Their x are missing: join them afterwards" in done.summary()
    assert ppml(done).n_missing == done.n_added
    known = panel().select("exporter", "importer", "year", "x")
    joined = done.to_frame().drop("x").join(known, on=["exporter", "importer", "year"], how="left")
    assert ppml(joined).n_missing == 0


def test_semicolons_and_decimal_commas_are_read(tmp_path):
    data = panel().select("exporter", "importer", "year", "x", "trade")
    (tmp_path / "flows.csv").write_text(data.write_csv(separator=";").replace(".", ","))
    assert ppml(tmp_path / "flows.csv").coef == ppml(data).coef


def test_an_offset_in_levels():
    with pytest.raises(NotConverged, match=r"did you mean its logarithm, as in offset='log\(pop\)'\?"):
        ppml(offset="pop")
    assert ppml(offset="log(pop)").converged


def test_the_log_of_a_flow():
    with pytest.raises(InvalidFlow, match=r"Write 'trade ~ \.\.\.', or fit logs with fit_ols"):
        ppml(formula=f"log(trade) ~ x | {THREE_WAY}")
    assert ppml().converged
    assert dt.fit_ols(panel(), f"log(trade) ~ x | {THREE_WAY}").converged


def test_names_with_spaces():
    with pytest.raises(UsageError, match="`Reporter Name`"):
        ppml(cluster="Reporter Name^Partner Name")
    spaced = ppml(cluster="`Reporter Name`^`Partner Name`")
    assert spaced.se == ppml(cluster="exporter^importer").se
    assert ppml(formula="trade ~ x | `Reporter Name`^year").coef == ppml(formula="trade ~ x | exporter^year").coef


@pytest.mark.parametrize("cluster", ["hetero", "HC1", "white", "", " + "])
def test_errors_without_clusters(cluster):
    with pytest.raises(UsageError, match=r"None"):
        ppml(cluster=cluster)
    assert ppml(cluster=None).clustering.text == "heteroskedastic-robust"


@pytest.mark.parametrize("cluster", ["twoway", "cluster", "NW", "dk", "CRV1"])
def test_errors_that_do_not_say_by_what(cluster):
    with pytest.raises(UsageError, match="driscoll-kraay"):
        ppml(cluster=cluster)


def test_pooled_sectors_are_corrected_with_all_effects_by_sector():
    data = panel(sectors=2)
    mixed = "exporter^year^sector + importer^year^sector + exporter^importer"
    with pytest.raises(SpecificationError, match=r"or all three '\^sector'"):
        dt.bias_correct(ppml(data, f"trade ~ x | {mixed} + sector"))
    assert dt.bias_correct(ppml(data, f"trade ~ x | {BY_SECTOR}")).n_pairs == 2 * N * (N - 1)


def test_small_numbers_are_shown():
    data = panel().with_columns(gdp=pl.col("x") * 1e9, tiny=pl.col("trade") * 1e-9)
    fit = ppml(data, f"trade ~ gdp | {THREE_WAY}", cluster="exporter^importer")
    for text in (fit.summary(), dt.compare(fit).summary(), dt.bias_correct(fit).summary(), fit._repr_html_()):
        assert "0.0000" not in text
        assert "0.000 " not in text


def test_dyads_of_columns_that_nothing_names():
    data = panel().rename({"exporter": "a", "importer": "b"}).drop("Reporter Name", "Partner Name")
    with pytest.raises(dt.DetenteError, match=r"cluster='dyadic\(iso3_o, iso3_d\)'"):
        ppml(data, "trade ~ x | year", cluster="dyadic")
    assert ppml(data, "trade ~ x | year", cluster="dyadic(a, b)").n_clusters == (N,)


@pytest.mark.parametrize(
    ("wrong", "right", "words"),
    [
        ("factor(sector)", "i(sector)", "Write i"),
        ("log(1 + x", "log(1 + x**2)", "not closed"),
        ("x^2", "I(x**2)", r"I\(x\*\*2\)"),
        ("te*", "x*", "No column begins with"),
        ("l(x, 1:2):x", "l(x, 1:2)", "by themselves"),
    ],
)
def test_formulas(wrong, right, words):
    data = panel(sectors=3)
    with pytest.raises(FormulaError, match=words):
        ppml(data, f"trade ~ {wrong} | {BY_SECTOR}")
    assert ppml(data, f"trade ~ {right} | exporter + importer + year").n_used


@pytest.mark.parametrize("wrong", [-1.0, None])
def test_flows_that_are_none(wrong):
    data = panel().with_columns(trade=pl.when(pl.int_range(pl.len()) == 3).then(wrong).otherwise("trade"))
    with pytest.raises(InvalidFlow, match="Drop these rows"):
        ppml(data)
    assert ppml(data.filter(pl.col("trade") >= 0)).n_rows == data.height - 1


def test_regressors_without_a_logarithm():
    with pytest.raises(DataError, match="Drop these rows or transform otherwise"):
        ppml(formula=f"trade ~ log(x) | {THREE_WAY}")
    assert ppml(panel().filter(pl.col("x") > 0), f"trade ~ log(x) | {THREE_WAY}").n_used
