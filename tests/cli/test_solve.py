from __future__ import annotations

import json
import re
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
        (CLOSED + '[[shock]]\nfrom = "VEN"\nto = "COL"\neffect = 1.0\n', "appears twice"),
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
    assert tomllib.loads(example)["shock"] == [{"from": "CAN", "to": "USA", "closed": True, "both": True}]


def test_missing_files_exit_with_three(
    tmp_path: Path, files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["solve", str(tmp_path / "no.csv"), "--shock", str(files[1])]) == 3
    assert run(["solve", str(files[0]), "--shock", str(tmp_path / "no.toml")]) == 3
    assert "Traceback" not in capsys.readouterr().err


def answer(files: tuple[Path, Path], text: str, *options: str, capsys: pytest.CaptureFixture[str]) -> dict:
    files[1].write_text(text)
    assert run(["solve", str(files[0]), "--shock", str(files[1]), "--json", *options]) == 0
    return json.loads(capsys.readouterr().out)


def welfare(out: dict) -> dict[str, float]:
    return {row["economy"]: row["welfare_pct"] for row in out["economies"]}


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ('from = "*"\nto = "VEN"\neffect = -0.5', 'from = ["COL", "ROW"]\nto = "VEN"\neffect = -0.5'),
        ('from = "COL"\nto = "VEN"\neffect = "-50%"', 'from = "COL"\nto = "VEN"\neffect = -0.6931471805599453'),
        ('from = "COL"\nto = "VEN"\ntariff = "25%"', 'from = "COL"\nto = "VEN"\ntariff = 0.25'),
        ('from = "COL"\nto = "VEN"\npoints = "10 points"', 'from = "COL"\nto = "VEN"\ntariff = 0.1'),
    ],
)
def test_ways_to_write_one_shock(files, short, long, capsys) -> None:
    one, other = (answer(files, f"[[shock]]\n{text}\n", capsys=capsys) for text in (short, long))
    assert welfare(one) == pytest.approx(welfare(other), abs=1e-9)
    assert any(abs(change) > 1e-4 for change in welfare(one).values())


def test_blocs_and_retaliation_and_economies(files, capsys) -> None:
    text = (
        '[blocs]\npartners = ["VEN", "ROW"]\n'
        '[[shock]]\nfrom = "partners"\nto = "COL"\ntariff = 0.2\nretaliation = true\n'
        '[[shock]]\neconomy = "VEN"\nproductivity = 0.9\nlabour = 1.1\n'
    )
    out = answer(files, text, "--deficits", "additive", "--flows", capsys=capsys)
    from detente.equilibrium import Economy, SectorEconomy, Shock, solve

    eco = SectorEconomy.of(Economy.from_flows(files[0]), theta=5.0)
    shock = Shock.tariffs("COL", on=("VEN", "ROW"), rate=0.2, retaliation=True)
    shock = shock + Shock(productivity_hat={"VEN": 0.9}, labour_hat={"VEN": 1.1})
    whole = solve(eco, shock, deficits="additive")
    assert welfare(out) == pytest.approx(whole.welfare_pct, abs=1e-9)
    revenue = {row["economy"]: row["revenue_after_usd_mn"] for row in out["economies"]}
    assert revenue == pytest.approx(dict(zip(whole.economies, whole.revenue)), abs=1e-6)
    assert {(f["origin"], f["destination"]) for f in out["flows"]} >= {("COL", "VEN"), ("VEN", "COL")}


def test_the_reader_sees_what_the_deficit_rule_does_and_gets_tables(files, tmp_path, capsys) -> None:
    files[1].write_text('[[shock]]\nfrom = "COL"\nto = "VEN"\ntariff = "30%"\n')
    folder = tmp_path / "tables"
    assert run(["solve", str(files[0]), "--shock", str(files[1]), "--out", str(folder)]) == 0
    said = capsys.readouterr().out
    assert all(rule in said for rule in ("multiplicative", "additive", "universal", "balanced"))
    assert "revenue" in said
    assert re.search(r"What happens to deficits moves the answer most for [A-Z]{3}: from [+-]\d", said)
    assert sorted(p.name for p in folder.iterdir() if not p.name.startswith(".")) == [
        "economies.csv", "flows.csv", "sectors.csv",
    ]  # fmt: skip


def test_tariffs_in_force_come_from_a_column(files, capsys) -> None:
    lines = files[0].read_text().splitlines()
    files[0].write_text(
        "\n".join([lines[0] + ",rate", *(f"{line},{0.1 * (line[:3] != line[4:7])}" for line in lines[1:])])
    )
    out = answer(
        files, '[[shock]]\nfrom = "COL"\nto = "VEN"\npoints = 0.1\n', "--tariffs", "rate", "--flows", capsys=capsys
    )
    after = {(f["origin"], f["destination"]): f["tariff_after"] for f in out["flows"]}
    assert after["COL", "VEN"] == pytest.approx(0.2)
    assert after["ROW", "VEN"] == pytest.approx(0.1)


def test_an_input_output_table_is_solved_with_its_sectors(tmp_path, files, capsys) -> None:
    names = [f"{c}_{s}" for c in ("COL", "ROW") for s in ("A", "B")]
    rows = ["V1," + ",".join([*names, "COL_HFCE", "ROW_HFCE"])]
    rows += [f"{name}," + ",".join(str(1 + (a * 7 + b * 3) % 5 + 20 * (a // 2 == b - 4)) for b in range(6))
             for a, name in enumerate(names)]  # fmt: skip
    (tmp_path / "icio.csv").write_text("\n".join(rows))
    files[1].write_text('[[shock]]\nfrom = "ROW"\nto = "COL"\nsector = "A"\ntariff = 0.2\n')
    assert run(["solve", str(tmp_path / "icio.csv"), "--input-output", "--shock", str(files[1]), "--json"]) == 0
    out = json.loads(capsys.readouterr().out)
    assert {row["sector"] for row in out["sectors"]} == {"A", "B"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('from = "COL"\nto = "VEN"\ntariff = 25', "Was 25% meant"),
        ('from = "COL"\nto = "VEN"\ntariff = 5', "Was 5% meant"),
        ('from = "COL"\nto = "VEN"\neffect = -50', "Was -50% meant"),
        ('from = "COL"\nto = "VEN"\ntariff = "a lot"', "not a number"),
        ('from = "COL"\nto = "VEN"\ntariff = 0.1\nclosed = true', "not both"),
        ('from = []\nto = "VEN"\ntariff = 0.1', "'from' must name"),
        ('economy = "VEN"\neffect = 0.1', "productivity, labour or deficit"),
        ('from = "COL"\nto = "VEN"\neffect = -0.5\n[[shock]]\nfrom = "*"\nto = "VEN"\neffect = -0.1', "twice"),
    ],
)
def test_traps_of_a_shock_file_are_asked_about(files, text, says, capsys) -> None:
    files[1].write_text(f"[[shock]]\n{text}\n")
    assert run(["solve", str(files[0]), "--shock", str(files[1])]) == 4
    assert says in capsys.readouterr().err


def test_a_world_that_falls_apart_is_solved_and_said(files, capsys) -> None:
    files[1].write_text('[[shock]]\nfrom = "VEN"\nto = "*"\nclosed = true\nboth = true\n')
    assert run(["solve", str(files[0]), "--shock", str(files[1])]) == 0
    assert "VEN trades with nobody else" in capsys.readouterr().out


def test_pass_through_and_scale_reach_the_solver(files, capsys) -> None:
    from detente.equilibrium import Economy, SectorEconomy, Shock, solve

    text = '[[shock]]\nfrom = "COL"\nto = "VEN"\ntariff = "30%"\n'
    how = ("--deficits", "additive", "--pass-through", "0.5", "--supply-elasticity", "0.4", "--scale", "0.2")
    out = answer(files, text, *how, capsys=capsys)
    eco = SectorEconomy.of(Economy.from_flows(files[0]), theta=5.0)
    shock = Shock(tariff={("COL", "VEN"): 0.3})
    whole = solve(eco, shock, deficits="additive", pass_through=0.5, supply_elasticity=0.4, scale=0.2)
    assert welfare(out) == pytest.approx(whole.welfare_pct, abs=1e-9)
    assert (out["pass_through"], out["scale"]) == (0.5, 0.2)
