"""detente library: lists, filters, scores, draws, exports, computes again."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from detente.cli.library_ import command
from detente.errors import SpecificationError, UsageError


def call(*args: str):
    result = CliRunner().invoke(command, args, catch_exceptions=True)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_list_and_filter() -> None:
    lines = call("--filter", "QAT", "--filter", "ARE").stdout.splitlines()
    assert [line.split()[0] for line in lines[1:3]] == ["ARE-QAT-2017", "QAT-ARE-2017"]
    assert "unusual loss" in lines[1]
    with pytest.raises(SpecificationError, match="Did you mean"):
        call("--filter", "closur")


def test_json_carries_sources() -> None:
    data = json.loads(call("--filter", "NIC", "--json").stdout)
    assert data["schema_version"] == 1
    assert all(case["sources"] for case in data["cases"])
    assert {row["case_id"] for row in data["sources"]} == {case["case_id"] for case in data["cases"]}
    assert all(row["address"].startswith("http") and row["supports"] for row in data["sources"])


def test_score_says_what_was_beaten() -> None:
    text = call("--score").stdout
    assert "rupture: " in text
    assert "reopening: " in text
    assert "better than point forecasts with ordinary noise" in text


def test_draw_and_export(tmp_path) -> None:
    call("--filter", "NIC", "--chart", str(tmp_path / "nic.svg"), "--export", str(tmp_path / "out"))
    assert (tmp_path / "nic.svg").read_text(encoding="utf-8").startswith("<svg")
    assert pl.read_csv(tmp_path / "out/cases.csv").height == 2
    with pytest.raises(UsageError, match=r"\.svg"):
        call("--chart", str(tmp_path / "nic.doc"))


def test_computed_again_from_a_panel(tmp_path) -> None:
    rng = np.random.default_rng(0)
    codes = ["ARE", "QAT", "AUT", "BEL", "CHE", "DNK", "ESP", "FIN", "FRA", "GRC", "IRL", "ITA", "NLD", "PRT"]
    rows = [
        (a, b, year, 100 * rng.lognormal(sigma=0.05) * (0.05 if (a, b) == ("ARE", "QAT") and year > 2017 else 1))
        for year in range(2012, 2021) for a in codes for b in codes if a != b
    ]  # fmt: skip
    path = tmp_path / "panel.csv"
    pl.DataFrame(rows, schema=["exporter", "importer", "year", "value_usd_mn"], orient="row").write_csv(path)
    result = call("--filter", "ARE", "--data", str(path), "--json")
    data = json.loads(result.stdout)
    found = {c["case_id"]: c for c in data["cases"]}
    assert found["ARE-QAT-2017"]["residual"] == pytest.approx(np.log(0.05), abs=0.15)
    assert found["QAT-ARE-2017"]["finding"] == "no loss"
