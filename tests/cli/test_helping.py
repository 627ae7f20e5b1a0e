"""The help of every command in the reader's language: each text has its translation, and each translation its text."""

from __future__ import annotations

import inspect
import re

import click
import pytest

from detente.cli import helping
from detente.cli.app import COMMANDS, GROUPS, group, run
from detente.language import LANGUAGES
from detente.language.registry import language_of

CLICK = {
    "Usage: ",
    "Options",
    "Commands",
    "Arguments",
    "Example: ",
    "default: ",
    "required",
    "Show this message and exit.",
}
"""What click says itself, and what stands before an example."""
COMPLETE = [code for code in LANGUAGES.others if language_of(code).complete]


def _paragraphs(text: str):
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(text)):
        lines = paragraph.split("\n")[1:] if paragraph.startswith("\b") else [" ".join(paragraph.split())]
        yield from (line for line in lines if line and not re.match(r"(Example: |\s*)detente ", line))


def _texts(command: click.Command):
    for text in (command.help, command.epilog, *(getattr(param, "help", None) for param in command.params)):
        yield from _paragraphs(text or "")
    if isinstance(command, click.Group) and command is not group:
        for part in command.commands.values():
            yield from _texts(part)


def _all_texts() -> set[str]:
    found = {*GROUPS, *COMMANDS.values(), *_texts(group)}
    for name in COMMANDS:
        command = group.get_command(click.Context(group), name)
        assert command is not None
        found |= {*_texts(command)}
    return found


@pytest.mark.parametrize("language", COMPLETE)
def test_every_text_of_the_help_has_its_translation_and_no_other_stands_there(language):
    assert {*helping.words_of(language)} - CLICK == _all_texts()
    assert {*helping.words_of(language)} >= CLICK


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_the_help_of_a_command_is_in_the_language_asked_for(name, capsys):
    assert run([*name.split(), "--help", "--lang", "es"]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"Uso: detente {name}".strip())
    assert "Muestra este mensaje y termina." in told
    prose = re.sub(
        r"Ejemplos?:.*|detente [\w|-]+.*|'[^']*'|\[\[?[\w| ]+\]?\]", "", told, flags=re.DOTALL if not name else 0
    )
    assert not re.search(r"\b(the|which|Options|default|required|Show|Exit)\b", prose)
    assert run([*name.split(), "--help"]) == 0
    assert capsys.readouterr().out.startswith("Usage: ")


def test_an_option_s_facts_are_said_beside_its_help(monkeypatch, capsys):
    monkeypatch.setenv("DETENTE_LANG", "es")
    assert run(["solve", "--help"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "sector. [obligatorio]" in told
    assert "Elasticidad del comercio. [por defecto: 5.0]" in told


def test_a_language_before_the_command_is_that_of_the_command(capsys):
    assert run(["--lang", "es", "check", "nada"]) == 4
    assert capsys.readouterr().err.startswith("No hay ningún estudio 'nada'.")
    assert run(["--lang", "es", "outlook", "GBR", "DEU", "--on", "2025-01-01"]) == 0
    assert capsys.readouterr().out.startswith("Una ruptura entre el Reino Unido y Alemania")
    assert run(["--lang", "es", "outlook", "GBR", "DEU", "--on", "2025-01-01", "--lang", "en"]) == 0
    assert capsys.readouterr().out.startswith("A break between the United Kingdom and Germany")
