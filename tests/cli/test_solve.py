from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from detente.cli.app import run

FLOWS = """exporter,importer,trade
COL,COL,90
COL,VEN,2
COL,ROW,8
VEN,COL,1
VEN,VEN,50
VEN,ROW,4
ROW,COL,9
ROW,VEN,3
ROW,ROW,900
"""
CLOSED = '[[shock]]\nfrom = "COL"\nto = "VEN"\nclosed = true\nboth = true\n'


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    flows, shock = tmp_path / "flows.csv", tmp_path / "shock.toml"
    flows.write_text(FLOWS)
    shock.write_text(CLOSED)
    return flows, shock


def test_closing_a_border_costs_both(files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["solve", str(files[0]), "--shock", str(files[1]), "--json"]) == 0
    out = json.loads(capsys.readouterr().out)
    assert out["schema_version"] == 1
    assert out["status"] == "converged"
    welfare = {e["economy"]: e["welfare_pct"] for e in out["economies"]}
    assert welfare["COL"] < 0
    assert welfare["VEN"] < 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[shock]]\nfrom = 1\n", "'from' must name an economy"),
        ('[[shock]]\nfrom = "COL"\nto = "VEN"\n', "either effect"),
        ('[[shock]]\nfrom = "COL"\nto = "VEN"\neffect = 1.0\nclosed = true\n', "not both"),
        ('[[shock]]\nfrom = "COL"\nto = "VEN"\nefect = 1.0\n', "Did you mean 'effect'"),
        ('[[shock]]\nfrom = "COL"\nto = "XYZ1"\neffect = 1.0\n', "XYZ1"),
        (CLOSED + '[[shock]]\nfrom = "VEN"\nto = "COL"\neffect = 1.0\n', "stands twice"),
        ("[[shock", "not valid TOML"),
        ("", "needs [[shock]] entries"),
    ],
)
def test_a_bad_shock_file_is_explained(
    files: tuple[Path, Path], text: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    files[1].write_text(text)
    assert run(["solve", str(files[0]), "--shock", str(files[1])]) == 4
    assert says in capsys.readouterr().err


def test_the_example_of_a_shock_file_is_one(
    tmp_path: Path, files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    files[1].write_text("")
    assert run(["solve", str(files[0]), "--shock", str(files[1])]) == 4
    example = capsys.readouterr().err.partition("For example:\n")[2]
    assert tomllib.loads(example)["shock"] == [{"from": "COL", "to": "VEN", "closed": True, "both": True}]


def test_missing_files_exit_with_three(
    tmp_path: Path, files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["solve", str(tmp_path / "no.csv"), "--shock", str(files[1])]) == 3
    assert run(["solve", str(files[0]), "--shock", str(tmp_path / "no.toml")]) == 3
    assert "Traceback" not in capsys.readouterr().err
