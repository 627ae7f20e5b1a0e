"""What a shell offers after TAB, and what is said about this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from detente.cli import doctor_
from detente.cli.app import GROUPS, run

ROOT = Path(__file__).resolve().parents[2]


def offered(*words: str) -> list[str]:
    """What bash is told to offer for the last of ``words``, by the protocol of click's script."""
    given = {
        "_DETENTE_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(("detente", *words)),
        "COMP_CWORD": str(len(words)),
    }
    code = "from detente.cli import main; main()"
    env = os.environ | given | {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=False)
    return [line.split(",", 1)[1] for line in done.stdout.splitlines()]


def test_commands_studies_economies_and_options_are_offered() -> None:
    assert "run" in offered("r")
    assert offered("run", "colombia-v")[0] == "colombia-venezuela"
    assert offered("pair", "venez") == ["VEN"]
    assert "--quick" in offered("run", "colombia-venezuela", "--q")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", shell]) == 0
    assert "_DETENTE_COMPLETE" in capsys.readouterr().out


def test_a_shell_unknown_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", "tcsh"]) == 2
    assert "bash" in capsys.readouterr().err


def test_help_shows_commands_by_what_a_reader_wants(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    text = capsys.readouterr().out
    places = [text.index(f"{title}:") for title in GROUPS]
    assert places == sorted(places)
    assert "detente pair India Pakistan" in text


def test_doctor_names_what_is_missing_and_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    there = doctor_._version
    monkeypatch.setattr(doctor_, "_version", lambda name: None if name == "starlette" else there(name))
    assert run(["doctor"]) == 0
    text = capsys.readouterr().out
    assert (
        'Extra web (detente serve, the app on this machine): missing starlette: python -m pip install "detente[web]"'
        in text
    )
    assert run(["doctor", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["extras"]["web"]["starlette"] is None


def test_doctor_knows_every_extra_that_a_user_may_ask_for() -> None:
    own = {"dev", "docs"}  # for those who work on the package
    assert set(doctor_.needed()) - {""} - own == set(doctor_.EXTRAS)
