from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from detente.cli.app import run

FORMULA = "trade ~ rta | exporter^year + importer^year + exporter^importer"


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    rng = np.random.default_rng(7)
    codes = [f"E{k}" for k in range(12)]
    rows = [
        (i, j, year, float(rng.integers(0, 2)) if year > 2001 else 0.0)
        for i in codes for j in codes if i != j for year in range(2000, 2005)
    ]  # fmt: skip
    frame = pl.DataFrame(rows, schema=["exporter", "importer", "year", "rta"], orient="row")
    trade = rng.poisson(50 * np.exp(0.5 * frame["rta"].to_numpy()))
    path = tmp_path / "flows.parquet"
    frame.with_columns(trade=pl.Series(trade.astype(float))).write_parquet(path)
    return path


def test_fit_prints_the_same_numbers_as_the_library(flows: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import detente as dt

    assert run(["fit", str(flows), FORMULA, "--cluster", "exporter^importer", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    fit = dt.fit_ppml(flows, FORMULA, cluster="exporter^importer")
    assert data["terms"][0]["term"] == "rta"
    assert data["terms"][0]["estimate"] == pytest.approx(fit.coef["rta"], abs=1e-12)
    assert abs(data["terms"][0]["estimate"] - 0.5) < 4 * data["terms"][0]["std_error"]  # the truth is 0.5
    assert data["n_used"] == fit.n_used
    assert run(["fit", str(flows), FORMULA]) == 0
    assert "rta" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("formula", "code", "says"),
    [
        ("trade ~ rtaa | exporter^year", 3, "Did you mean 'rta'"),
        ("trade rta", 4, "~"),
        ("trade ~ sqroot(rta) | exporter", 4, "sqroot"),
        ("trade ~ rta | exporter^yaer", 3, "Did you mean 'year'"),
    ],
)
def test_a_wrong_formula_is_explained(
    flows: Path, formula: str, code: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["fit", str(flows), formula]) == code
    err = capsys.readouterr().err
    assert says in err
    assert "Traceback" not in err


@pytest.fixture
def gappy(flows: Path, tmp_path: Path) -> Path:
    """The same table as CSV, with a flow in ten that nobody reported, written n.a."""
    frame = pl.read_parquet(flows).with_row_index()
    gap = pl.col("index") % 10 == 3
    text = frame.with_columns(trade=pl.when(gap).then(pl.lit("n.a.")).otherwise(pl.col("trade").cast(pl.String)))
    path = tmp_path / "gappy.csv"
    text.drop("index").write_csv(path)
    return path


def test_na_is_missing_by_itself_and_a_missing_flow_still_stops_the_fit(gappy: Path, capsys) -> None:
    gappy.write_text(gappy.read_text().replace("n.a.", "NA"))
    assert run(["fit", str(gappy), FORMULA]) == 3
    assert "66 missing" in capsys.readouterr().err
    assert run(["fit", str(gappy), FORMULA, "--missing", "drop", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["n_rows"] == 594


def test_missing_flows_stop_a_fit_until_they_are_told_what_they_mean(gappy: Path, flows: Path, capsys) -> None:
    import detente as dt

    assert run(["fit", str(gappy), FORMULA]) == 3
    assert "words" in capsys.readouterr().err
    assert run(["fit", str(gappy), FORMULA, "--missing", "n.a."]) == 3, "a missing flow is no zero"
    assert "66 missing" in capsys.readouterr().err
    whole = pl.read_parquet(flows).with_row_index()
    gap = pl.col("index") % 10 == 3
    for word, frame, said in (
        ("drop", whole.filter(~gap), "66 rows without a flow in 'trade' are left out"),
        ("zero", whole.with_columns(trade=pl.when(gap).then(0.0).otherwise("trade")), "66 missing flows in 'trade'"),
    ):
        assert run(["fit", str(gappy), FORMULA, "--missing", "n.a.", "--missing", word, "--json"]) == 0
        out, err = capsys.readouterr()
        assert said in err
        assert "66 cells of 'trade' (n.a.) are missing" in err
        found = json.loads(out)["terms"][0]["estimate"]
        assert found == pytest.approx(dt.fit_ppml(frame, FORMULA).coef["rta"], abs=1e-10)
    assert run(["fit", str(gappy), FORMULA, "--missing", "drop", "--missing", "zero"]) == 2


def test_a_file_read_as_a_panel_is_fitted_with_its_roles_named(tmp_path: Path, capsys) -> None:
    """Columns, unit, former codes and aggregates are settled by the reader; the formula has the panel's names."""
    rng = np.random.default_rng(3)
    codes = ["COL", "VEN", "BRA", "ROM", "WLD"]
    rows = [(a, b, y, float(rng.integers(1, 90))) for a in codes for b in codes if a != b for y in (1999, 2000)]
    path = tmp_path / "own.csv"
    pl.DataFrame(rows, schema=["from", "into", "when", "worth"], orient="row").write_csv(path)
    told = ["--origin", "from", "--destination", "into", "--year", "when", "--value", "worth", "--unit", "usd_mn",
            "--codes-as-of", "1999", "--absent", "missing", "--kind", "goods"]  # fmt: skip
    assert run(["fit", str(path), "trade ~ 1 | exporter^year + importer^year", *told, "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["n_rows"] == 4 * 3 * 2, "the world is no economy"
    assert "ROM" in err
    assert "WLD" in err


def test_a_fit_for_each_level_of_a_column(tmp_path: Path, flows: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import detente as dt

    one = pl.read_parquet(flows)
    none = one.with_columns(trade=pl.lit(0.0))
    both = pl.concat([one.with_columns(good=pl.lit("wine")), none.with_columns(good=pl.lit("air"))])
    both.write_parquet(tmp_path / "both.parquet")
    assert run(["fit", str(tmp_path / "*h.parquet"), FORMULA, "--by", "good", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["fits"]["wine"]["terms"][0]["estimate"] == pytest.approx(
        dt.fit_ppml(one, FORMULA).coef["rta"], abs=1e-12
    )
    assert list(told["fits"]) == ["wine"]
    assert "Every flow" in told["failures"]["air"]
    assert run(["fit", str(tmp_path / "both.parquet"), FORMULA, "--by", "good"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[1].split()[:2] == ["wine", "rta"]
    assert out[2].startswith("air")
    assert run(["fit", str(tmp_path / "both.parquet"), FORMULA, "--by", "good", "--table", "x.md"]) == 2
    assert "for one fit" in capsys.readouterr().err


def test_the_scratch_folder_is_the_one_asked_for(
    tmp_path: Path, flows: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    formula = "trade ~ rta | exporter^year + importer^year"
    command = ["fit", str(flows), formula, "--blocks", "year", "--scratch"]
    assert run([*command, str(tmp_path)]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["flows.parquet"]
    assert run([*command, str(tmp_path / "nowhere")]) == 2
    assert "No scratch folder can be made" in capsys.readouterr().err
