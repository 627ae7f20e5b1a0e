"""Remedies on the command line speak of files, rows and options, never of keyword arguments."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from detente.cli.app import run
from detente.cli.hints import hint, in_words
from detente.errors import DataError, UsageError

SOURCE = Path(__file__).resolve().parents[2] / "src" / "detente"
OF_THE_LIBRARY = re.compile(r"\b[a-z_]+=[\['\"\w.]|\bdetente\.\w|\bCLOSED\b|\bmax_\w+|'auto'")
NO_COMMAND = {  # modules that no command calls, or whose remedy no command can bring about
    "attribution/attributing/all_pairs.py": "batch asks for similar pairs itself",
    "attribution/episodes.py": "a study's episodes are checked when study.toml is read",
    "attribution/comparison/methods.py": "a run never sets errors",
    "attribution/comparison/placebos.py:contiguity": "a run asks for placebos of size",
    "equilibrium/around/sensitivity.py": "library only",
    "equilibrium/around/decomposition.py": "library only",
    "equilibrium/baseline/economy.py:Economy.from": "solve makes an Economy itself",
    "equilibrium/baseline/economy.py:balance": "no command takes totals",
    "equilibrium/around/priors.py": "a run makes its own priors",
    "equilibrium/sectors/economy.py": "no command takes sectors",
    "equilibrium/sectors/solving.py": "no command takes sectors",
    "equilibrium/shocks/shock.py:dictionary": "a shock comes from a TOML file, checked before",
    "equilibrium/shocks/shock.py:rate=": "a file writes tariff or points itself",
    "equilibrium/solving.py:SectorEconomy": "solve gives an economy tariffs itself",
    "equilibrium/options.py:additive": "a shock from a file sets no deficit",
    "equilibrium/around/ensemble.py:LogNormal": "library only",
    "equilibrium/sectors/behaviour.py": "a file of shocks says pass_through itself, and the revenue follows",
    "equilibrium/solving.py:pass_through": "a file of shocks says pass_through itself, and the revenue follows",
    "panel/columns.py:dt.read_panel": "every command reads a file with read_panel",
    "equilibrium/solving.py:mode": "solve has no mode",
    "equilibrium/options.py:SectorEconomy": "solve gives an economy tariffs itself",
    "equilibrium/options.py:mode": "solve has no mode",
    "gravity/blocks/fitting.py:engine": "fit has no engine",
    "gravity/blocks/without_rows.py": "fit prints the errors it was asked for",
    "gravity/fit.py:engine": "fit has no engine",
    "gravity/formulas/lags.py": "the formula itself takes unit= and time=",
    "gravity/ppml.py:fit_many": "fit has no by",
    "gravity/postestimation/many_fits.py": "library only",
    "gravity/result.py:cluster": "fit prints the errors it was asked for",
    "equilibrium/extensions/trade_policy.py": "library only",
    "gravity/postestimation/imputation/imputing.py": "library only",
    "gravity/postestimation/imputation/left_out_years.py": "library only",
    "delivery/calendar.py": "the commands give every moment its zone themselves",
    "delivery/feed.py": "the commands give every moment its zone themselves",
    "delivery/message.py": "the commands give every moment its zone themselves",
    "panel/completion.py": "library only",
    "panel/persons.py": "library only",
    "panel/reading/panel_reader.py:absent": "no command sets it",
    "replications/published_data.py": "library only",
}


def written(node: ast.expr) -> str:
    """The text of a string in the source, with an x where a value stands."""
    if isinstance(node, ast.JoinedStr):
        return "".join(written(part) for part in node.values)
    if isinstance(node, ast.BinOp):
        return written(node.left) + written(node.right)
    return str(node.value) if isinstance(node, ast.Constant) else "x"


def remedies() -> list[tuple[str, str]]:
    rooms = [p for p in SOURCE.rglob("*.py") if "web" not in p.relative_to(SOURCE).parts]
    return [
        (path.relative_to(SOURCE).as_posix(), written(keyword.value))
        for path in sorted(rooms)
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg == "fix"
    ]


def excused(module: str, text: str) -> bool:
    return any(
        module == name.partition(":")[0] and (":" not in name or name.partition(":")[2] in text) for name in NO_COMMAND
    )


def test_no_remedy_that_a_command_can_show_names_a_keyword_argument() -> None:
    found = remedies()
    assert len(found) > 150
    assert sum(bool(OF_THE_LIBRARY.search(text)) for _, text in found) > 10  # there is something to translate
    left = [(m, hint(t)) for m, t in found if OF_THE_LIBRARY.search(hint(t)) and not excused(m, t)]
    assert left == []


SHOCK = '[[shock]]\nfrom = "COL"\nto = "VEN"\neffect = -1\n'
FULL = "exporter,importer,year,trade\nCOL,COL,2000,90\nCOL,VEN,2000,2\nVEN,COL,2000,1\nVEN,VEN,2000,50\n"


@pytest.mark.parametrize(
    ("flows", "shock", "says", "code"),
    [
        (FULL + FULL.partition("\n")[2].replace("2000", "2001"), SHOCK, "--year 2001", 3),
        (FULL.replace("COL,COL,2000,90\n", ""), SHOCK, "Add a row from each economy to itself", 3),
        (FULL.replace("VEN,COL,2000,1", "VEN,COL,2000,0"), SHOCK, "leave it out of the table", 3),
        (FULL.replace("exporter,", "exporter,iso_o,").replace("\nCOL", "\nCOL,COL").replace("\nVEN", "\nVEN,VEN"),
         SHOCK, "Rename or remove the other one.", 3),
        (FULL.replace("exporter", "whence"), SHOCK, "Rename it to one of: exporter", 3),
        (FULL, SHOCK.replace("-1", "nan"), "or closed = true for a closed border", 4),
        (FULL, SHOCK.replace("-1", "1e6"), "or closed = true for a closed border", 4),
    ],
)  # fmt: skip
def test_solve_says_what_can_be_done_here(flows, shock, says, code, tmp_path, capsys) -> None:
    (tmp_path / "flows.csv").write_text(flows)
    (tmp_path / "shock.toml").write_text(shock)
    assert run(["solve", str(tmp_path / "flows.csv"), "--shock", str(tmp_path / "shock.toml")]) == code
    err = capsys.readouterr().err
    assert says in err
    assert not OF_THE_LIBRARY.search(err.replace(str(tmp_path), ""))


def test_only_the_remedy_is_reworded() -> None:
    error = DataError("The formula year=2020 cannot be read.", where="In year=1.", fix="Choose one: year=2020.")
    assert in_words(error) == "The formula year=2020 cannot be read. In year=1. Choose one: --year 2020."
    assert in_words(UsageError("No remedy, year=2020.")) == "No remedy, year=2020."


IN_SPANISH = [
    (["run", "nada", "--lang", "es"], "No hay ningún estudio 'nada'."),
    (["report", "nada", "--lang", "es"], "nada no es la carpeta de una ejecución"),
    (["pair", "Narnia", "COL", "--lang", "es"], "'Narnia' no es una economía conocida."),
    (["pair", "COL", "COL", "--lang", "es"], "Nombre dos economías distintas."),
    (["pair", "IND", "PAK", "--data", "nada.csv", "--lang", "es"], "No hay ningún archivo 'nada.csv'."),
    (
        ["pair", "IND", "PAK", "--data", "rom.csv", "--lang", "es"],
        "(1 fila, 2000-2000) no es hoy un código ISO alfa-3.",
    ),
    (["outlook", "COL", "VEN", "--event", "incidents", "--lang", "es"], "Dé su exportación con --counts ARCHIVO."),
    (["outlook", "COL", "FIN", "--on", "2019-13-01", "--lang", "es"], "no es un día"),
    (["draft", "--study", "nada", "--lang", "es"], "Dé un ARTÍCULO del que redactar"),
    (["draft", "nada.txt", "--study", "colombia-venezuela", "--lang", "es"], "No hay ningún archivo nada.txt."),
    (["edition", "make", "nada", "--out", "site", "--lang", "es"], "nada"),
]


@pytest.mark.parametrize(
    ("argv", "says"), IN_SPANISH, ids=lambda value: " ".join(value) if isinstance(value, list) else ""
)
def test_a_command_that_takes_a_language_says_what_is_wrong_in_it(argv, says, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    Path("rom.csv").write_text("exporter,importer,year,trade_usd\nROM,FRA,2000,1\nFRA,BEL,2000,1\n", encoding="utf-8")
    assert run(argv) in (2, 3, 4)
    told = capsys.readouterr().err
    assert says in told
    assert not re.search(r"\b(the|is|are|not|there|with|give|write)\b|Error:", told, re.IGNORECASE), told


def test_a_broken_record_is_told_in_the_language_of_the_command(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["new", "CHL", "PER"]) == 0
    with open("chile-peru/record/events.csv", "a", encoding="utf-8") as events:
        events.write("E1,2020-13-01" + "," * 40 + "\n")
    capsys.readouterr()
    assert run(["run", "chile-peru", "--quick", "--lang", "es"]) == 3
    told = capsys.readouterr().err
    assert "fila 2" in told
    assert not re.search(r"\b(the|is|are|not|row|column)\b", told), told


def test_a_language_of_one_command_does_not_stay_for_the_next(capsys) -> None:
    run(["run", "nada", "--lang", "es"])
    capsys.readouterr()
    run(["check", "nada"])
    assert capsys.readouterr().err.startswith("UnknownStudy: There is no study 'nada'.")
