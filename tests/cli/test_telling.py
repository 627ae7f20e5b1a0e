"""In which language commands speak: all of them take ``--lang``, and what they say and refuse is said in it."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import click
import pytest

from detente.cli.app import COMMANDS, group, run
from detente.cli.output import ProgressLine
from detente.data.registry import sources
from detente.study import new_study


def _commands(command: click.Command, name: str):
    if isinstance(command, click.Group):
        for part, own in command.commands.items():
            yield from _commands(own, f"{name} {part}")
    else:
        yield name, command


def _every():
    for one in COMMANDS:
        command = group.get_command(click.Context(group), one)
        assert command is not None
        yield from _commands(command, one)


EVERY = dict(_every())


@pytest.mark.parametrize("name", EVERY)
def test_every_command_takes_a_language_once(name):
    given = [option for param in EVERY[name].params for option in param.opts if option == "--lang"]
    assert given == ["--lang"]


SHOCK = '[[shock]]\nfrom = "COL"\nto = "VEN"\neffect = "-50%"\n'
FLOWS = "Titles of somebody's\n\nexporter,importer,year,trade_usd_mn\n" + "".join(
    f"{a},{b},{year},{40 + k}\n"
    for year in range(2015, 2021)
    for k, (a, b) in enumerate(product(("COL", "VEN", "ECU"), repeat=2))
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    new_study("KEN", "TZA", folder=tmp_path / "kt")
    (tmp_path / "flows.csv").write_text(FLOWS, encoding="utf-8")
    (tmp_path / "shock.toml").write_text(SHOCK, encoding="utf-8")
    return tmp_path


SAYS = {
    "check kt": (0, "Kenia y Tanzania: no se encontró ningún problema"),
    "new KEN UGA --folder ku --data flows.csv": (3, "KEN"),
    "new COL VEN --folder cv --data flows.csv": (0, "filas leídas"),
    "new IND PAK --folder ip": (0, "Hecho: ip. Siga con:"),
    "batch CHL-PER --quick --out b.parquet": (0, "1 par, 2 filas: 2 calculadas.\nRápido:"),
    "solve flows.csv --year 2020 --shock shock.toml": (0, "de ingreso real"),
    "data show flows.csv": (0, "flows.csv: una tabla de ninguna fuente conocida"),
    "doctor": (0, "Necesario: "),
    "merge kt kt --out merged": (0, "Unidos en merged: "),
    "workbook kt kt.xlsx": (0, "Escrito: kt.xlsx. Edítelo"),
    "watch --new list.toml": (0, "list.toml: edítelo"),
    "library --score --filter QAT": (0, "Las puntuaciones juzgan"),
    "check": (
        2,
        "Uso: detente check [OPTIONS] STUDY\nLa ayuda está en 'detente check --help'.\n\nError: Falta el argumento",
    ),
    "chek": (2, "No hay ningún comando 'chek'. ¿Quería decir 'check'?"),
    "check kt --nope": (2, "No existe la opción '--nope'."),
    "check kt more": (2, "Sobra un argumento (more)"),
    "pair IND PAK --drawn": (2, "No existe la opción '--drawn'."),
    "fit flows.csv x --ssc y": (2, "Valor no válido de '--ssc': 'y' no es uno de 'stata', 'fixest', 'none'."),
    "batch CHL-PER --jobs 0": (2, "Valor no válido de '--jobs': 0 no está en el intervalo x>=1."),
    "new KEN UGA --as-of never": (2, "Valor no válido de '--as-of': 'never' no tiene la forma '%Y-%m-%d'."),
    "edition send nowhere --list x": (2, "Valor no válido de 'FOLDER': la carpeta 'nowhere' no existe."),
}


@pytest.mark.parametrize("line", SAYS)
@pytest.mark.parametrize("way", ["--lang es", "--lang=es", ""])
def test_a_command_speaks_the_language_that_it_is_asked_for(line, way, home, monkeypatch, capsys):
    if not way:
        monkeypatch.setenv("DETENTE_LANG", "es")
    first, *rest = line.split()
    assert run([first, *rest, *way.split()]) == SAYS[line][0]
    told = "".join(capsys.readouterr())
    assert SAYS[line][1] in told
    assert not re.search(
        r"\b(the|was|were|rows?|wrote|made)\b", re.sub(r"'[^']*'|detente \w+ .*|Panel\(.*|Cita: .*", "", told)
    )


def test_a_language_that_is_given_goes_before_that_of_the_environment(monkeypatch, capsys):
    monkeypatch.setenv("DETENTE_LANG", "es")
    assert run(["check", "nada", "--lang", "en"]) == 4
    assert "There is no study 'nada'." in capsys.readouterr().err
    monkeypatch.setenv("DETENTE_LANG", "xx")
    assert run(["check", "nada"]) == 2
    assert "Invalid value for '--lang'" in capsys.readouterr().err


def test_a_progress_line_speaks_it_too(monkeypatch, capsys):
    monkeypatch.setattr("detente.cli.output.language_here", lambda: "es")
    line = ProgressLine("Solving flows.csv", after=0.0)
    line.live = True
    line("working", 0.5)
    assert capsys.readouterr().err.endswith("Resolviendo flows.csv: en curso (50%)")


def test_every_source_is_told_in_spanish(capsys):
    """What it holds; names of publishers and the words of licences stay as they are."""
    assert run(["data", "list", "--lang", "es"]) == 0
    told = capsys.readouterr().out
    assert "CEPII: bienes entre economías, con los dos informes conciliados (flujos)." in told
    assert [source.name for source in sources().values() if source.what in told] == []


def test_a_fit_is_told_with_its_numbers_as_the_language_writes_them(home, capsys):
    """The same numbers in both languages, but for the decimal sign."""
    model = ["fit", "flows.csv", "trade_usd_mn ~ year | exporter + importer"]
    assert run([*model, "--lang", "es"]) == 0
    spanish = capsys.readouterr().out.split("\n")
    assert run(model) == 0
    english = capsys.readouterr().out.split("\n")
    assert spanish[1].startswith("54 de 54 filas usadas")
    assert spanish[2].startswith("Errores estándar robustos a la heterocedasticidad; motor: ")
    assert spanish[3].split() == ["estimac.", "error", "est.", "z", "p"]
    assert len(spanish[3]) == len(english[3])  # the columns stand under their heads
    assert spanish[4] == english[4].replace(".", ",")
    assert spanish[5].startswith("log-verosimilitud ")


def test_a_solve_has_one_decimal_sign(home, capsys):
    assert run(["solve", "flows.csv", "--year", "2020", "--shock", "shock.toml", "--lang", "es"]) == 0
    rows = [line for line in capsys.readouterr().out.split("\n") if re.match(r"  \w+ +[+-]", line)]
    assert len(rows) == 7
    assert not [line for line in rows if "." in line or "," not in line]
