from __future__ import annotations

import json
from pathlib import Path

import pytest

from detente.cli.app import run


def test_filter_lists_the_cases_that_carry_every_word(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["library", "--filter", "QAT", "--filter", "ARE", "--json"]) == 0
    cases = json.loads(capsys.readouterr().out)["cases"]
    assert {(c["exporter"], c["importer"]) for c in cases} == {("ARE", "QAT"), ("QAT", "ARE")}
    assert all(c["sources"] for c in cases)
    assert run(["library", "--filter", "QAT"]) == 0
    assert "unusual loss" in capsys.readouterr().out


def test_score_states_gain_and_coverage_with_intervals(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["library", "--score"]) == 0
    out = capsys.readouterr().out
    assert "each region left out" in out
    assert "80% intervals hold" in out


@pytest.mark.parametrize("kind", ["svg", "png", "json"])
def test_draw_and_export(kind: str, tmp_path: Path) -> None:
    target = tmp_path / f"library.{kind}"
    assert run(["library", "--filter", "QAT", "--draw", str(target)]) == 0
    assert target.stat().st_size > 5_000


def test_export_never_overwrites(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["library", "--export", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "cases.csv").is_file()
    assert run(["library", "--export", str(tmp_path / "out")]) == 2
    assert "not empty" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [(["--filter", "QTA"], 4, "'QAT'"), (["--draw", "x.gif"], 2, ".svg"), (["--data", "no.csv"], 3, "no file")],
)
def test_wrong_input_is_explained(
    arguments: list[str], code: int, says: str, capsys: pytest.CaptureFixture[str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert run(["library", *arguments]) == code
    assert says in capsys.readouterr().err


def test_paths_are_computed_again_on_another_panel(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from detente.panel import embedded_panel

    path = tmp_path / "small.parquet"
    embedded_panel().to_frame().rename({"trade": "value_usd_mn"}).write_parquet(path)
    assert run(["library", "--filter", "COL", "--data", str(path), "--json"]) == 0
    out = capsys.readouterr()
    cases = json.loads(out.out)["cases"]
    assert any(c["exporter"] == "COL" and c["importer"] == "VEN" and c["residual"] is not None for c in cases)
