from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from detente import errors
from detente.cli.app import COMMANDS, run

ROOT = Path(__file__).resolve().parents[2]


def test_every_command_is_listed_and_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    overview = capsys.readouterr().out
    for name in COMMANDS:
        assert name in overview
        assert run([name, "--help"]) == 0, name
        assert "Example:" in capsys.readouterr().out, name


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom detente.cli.app import run\nrun(['--help'])\n"
        "heavy = {'numpy', 'scipy', 'polars', 'pydantic', 'jinja2', 'vl_convert', 'rich'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip


def test_run_writes_the_folder_and_prints_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["run", "colombia-venezuela", "--quick"]) == 0
    out = capsys.readouterr()
    for words in ("What happened", "Why", "What if", "What was claimed", "report.html", "No placebo test"):
        assert words in " ".join(out.out.split())
    assert out.err == ""  # no progress line when nobody watches
    made = tmp_path / "runs" / "colombia-venezuela" / "001"
    assert {p.name for p in made.iterdir()} >= {"results.json", "manifest.json", "report.html", "claims.csv"}
    assert run(["run", "colombia-venezuela", "--quick"]) == 0
    assert "Since run 001\n  - Nothing changed." in capsys.readouterr().out
    (made / "report.html").unlink()
    assert run(["report", str(made)]) == 0
    assert (made / "report.html").is_file()


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["run", "columbia"], 4, "There is no study"),
        (["run", "colombia-venezuela", "--data", "absent.csv"], 3, "no file"),
        (["run", "colombia-venezuela", "--out", "taken"], 2, "already in use"),
        (["new", "COL", "Equador"], 3, "Did you mean 'Ecuador'"),
        (["new", "COL", "COL"], 4, "two different"),
        (["report", "nowhere"], 3, "not a run folder"),
        (["rnu"], 2, "Did you mean 'run'"),
        (["run"], 2, "Missing argument"),
        (["run", "colombia-venezuela", "--seed", "-1"], 2, "--seed"),
        (["run", "colombia-venezuela", "--data", "small.csv"], 3, "not among the"),
    ],
)
def test_wrong_input_gives_one_message_and_its_exit_code(
    arguments: list[str], code: int, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine").write_text("x")
    (tmp_path / "small.csv").write_text("exporter,importer,year,trade_usd_mn\nUSA,MEX,2010,5\n")
    before = sorted(p.name for p in tmp_path.iterdir())
    assert run(arguments) == code
    err = capsys.readouterr().err
    assert says in err
    assert "Traceback" not in err
    assert sorted(p.name for p in tmp_path.iterdir()) == before


@pytest.mark.parametrize("out", [[], ["--out", "deep/er/run"]])
@pytest.mark.parametrize(
    "when", ["detente.report.picture_and_sheet.render_report", "detente.run.running.solve_scenarios"]
)
def test_stopping_a_run_leaves_nothing_behind(
    when: str, out: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(when, stopped)
    assert run(["run", "colombia-venezuela", "--quick", *out]) == 130
    assert capsys.readouterr().err.strip() == "Stopped."
    assert list(tmp_path.iterdir()) == []


def test_a_stopped_run_leaves_earlier_ones_alone(tmp_path: Path) -> None:
    from detente._atomic import folder_aside

    def half() -> None:
        with folder_aside(tmp_path / "runs" / "s" / "002", fix="") as aside:
            (aside / "half.csv").write_text("x")
            raise KeyboardInterrupt

    (tmp_path / "runs" / "s" / "001").mkdir(parents=True)
    with pytest.raises(KeyboardInterrupt):
        half()
    assert [p.name for p in (tmp_path / "runs" / "s").iterdir()] == ["001"]


def test_check_points_at_file_row_and_column(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["new", "COL", "ECU", "--folder", str(tmp_path / "s")]) == 0
    assert run(["check", str(tmp_path / "s")]) == 0
    series = tmp_path / "s" / "record" / "series.csv"
    series.write_text(series.read_text() + "X1,trade.total,2020,many,,,usd_mn,fob,flow,reported,,nowhere,,\n")
    capsys.readouterr()
    assert run(["check", str(tmp_path / "s")]) == 3
    err = capsys.readouterr().err
    row = len(series.read_text().splitlines())  # below the panel's own figures
    assert f"series.csv, row {row}, column 'value'" in err
    assert run(["check", str(tmp_path / "s"), "--json"]) == 3
    data = json.loads(capsys.readouterr().out)
    assert data["ok"] is False
    assert {p["column"] for p in data["problems"]} >= {"value", "source_id"}


def test_a_bug_is_called_a_bug(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(_: str) -> None:
        raise ZeroDivisionError("a slip")

    monkeypatch.delenv("DETENTE_DEBUG", raising=False)
    monkeypatch.setattr("detente.study.study.open_study", broken)
    monkeypatch.setattr("detente.study.open_study", broken, raising=False)
    assert run(["check", "colombia-venezuela"]) == 1
    assert "This is a bug in detente" in capsys.readouterr().err


def kinds(of: type[errors.DetenteError]) -> list[type[errors.DetenteError]]:
    return [of, *(kind for below in of.__subclasses__() for kind in kinds(below))]


DOCUMENTED = {errors.UsageError: 2, errors.DataError: 3, errors.SpecificationError: 4, errors.NotConverged: 5}


@pytest.mark.parametrize("json_", [[], ["--json"]])
def test_every_error_leaves_with_the_documented_code(
    json_: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for family, code in DOCUMENTED.items():
        for kind in kinds(family):

            def failing(_: str, kind: type[errors.DetenteError] = kind) -> None:
                raise kind([]) if kind is errors.RecordError else kind("What is wrong.", fix="What to do.")

            monkeypatch.setattr("detente.study.open_study", failing, raising=False)
            assert run(["check", "colombia-venezuela", *json_]) == code, kind
            told = capsys.readouterr()
            assert told.err.startswith(f"{kind.__name__}: ")
            assert told.out == ""


def test_doctor_says_what_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert "colombia-venezuela" in data["studies"]
    assert data["core"]["numpy"]


def test_python_dash_m_works() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "detente", "--version"], check=True, capture_output=True, text=True,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert done.stdout.startswith("detente 0.")


def test_the_answer_and_the_report_in_spanish(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = tmp_path / "run"
    assert run(["run", "colombia-venezuela", "--quick", "--lang", "es", "--out", str(made)]) == 0
    out = capsys.readouterr().out
    for words in ("Qué pasó", "Por qué", "Qué se afirmó", "Informe:", "ninguna prueba de placebo"):
        assert words in " ".join(out.split())
    assert '<html lang="es">' in (made / "report.html").read_text(encoding="utf-8")
    assert run(["report", str(made), "--lang", "en"]) == 0
    assert capsys.readouterr().out.startswith("Report: ")
    assert '<html lang="en">' in (made / "report.html").read_text(encoding="utf-8")
    assert run(["report", str(made), "--lang", "pt"]) == 2


def test_a_new_study_beside_one_that_ships_is_named_so_that_it_is_the_one_that_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for pair, called in ((("IND", "PAK"), "india-pakistan-2"), (("CHL", "PER"), "chile-peru")):
        assert run(["new", *pair]) == 0
        told = capsys.readouterr().out
        assert f"detente run {called}\n" in told
        assert f"detente check {called}\n" in told


@pytest.mark.parametrize(
    ("command", "language"),
    [
        (["pair", "CHL", "PER", "--json"], "en"),
        (["pair", "CHL", "PER", "--lang", "es"], "es"),
        (["outlook", "CHL", "PER", "--event", "trade", "--on", "2013-01-01", "--lang", "es"], "es"),
        (["batch", "CHL-PER", "--quick", "--out", "out.parquet"], "en"),
    ],
)
def test_what_became_of_the_rows_of_an_own_file_is_said(
    command: list[str],
    language: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    names = ["Chile", "Perú", "Brasil", "Argentina", "USA"]
    rows = [f"{a},{b},{y},{100 + 10 * y % 37}" for a in names for b in names if a != b for y in range(2000, 2013)]
    world = [f"{a},World,{y},900" for a in names for y in range(2000, 2013)]
    lines = ["origin,destination,year,value_usd_mn", *rows, *world]
    (tmp_path / "flows.csv").write_text("\n".join(lines), encoding="utf-8")
    assert run([*command, "--data", "flows.csv"]) == 0
    said = capsys.readouterr()
    if language == "en":
        assert "325 rows read, 260 used. 65 rows of aggregates" in said.err
        assert "Chile to CHL" in said.err
    else:
        assert "325 filas leídas, 260 usadas" in said.err
        assert "Chile a CHL" in said.err
    assert "rows read" not in said.out
