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
