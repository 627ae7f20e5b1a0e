"""What commands share on their way out: a progress line for people, JSON for programs."""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Any

import click

from detente.cli.helping import HelpContext
from detente.cli.telling import LANGUAGE_VARIABLE, language_here, sentence_here
from detente.language import LANGUAGES

SCHEMA_VERSION = 1


class _Languages(click.Choice[str]):
    """The languages there are when a command is given: one may have been added since this was imported."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return click.Choice(LANGUAGES).convert(value, param, ctx)


ONE_LANGUAGE: dict[str, Any] = {
    "type": _Languages(LANGUAGES), "default": LANGUAGES[0], "show_default": True, "envvar": LANGUAGE_VARIABLE,
}  # fmt: skip
"""What every option has that names one language."""
language_option = click.option(
    "--lang", "language", help="Language of the answer, and the one in which the report opens.", **ONE_LANGUAGE
)
_LANGUAGE_OF_WORDS = click.Option(["--lang"], expose_value=False, help="Language of what is said.", **ONE_LANGUAGE)


def with_language(command: click.Command) -> click.Command:
    """The command, and what it is a group of, with ``--lang`` where it has none of its own, and help in a reader's language."""
    command.context_class = HelpContext
    if isinstance(command, click.Group):
        for part in command.commands.values():
            with_language(part)
            part.short_help = " ".join((part.help or "").partition("\n\n")[0].split())  # whole, as it is translated
    if not any("--lang" in param.opts for param in command.params):
        command.params.append(_LANGUAGE_OF_WORDS)
    return command


class ProgressLine:
    """One line on stderr, from two seconds on, and only when a person is watching."""

    def __init__(self, label: str, *, after: float = 2.0) -> None:
        self.language = language_here()  # a timer's thread has no command of its own to ask
        self.label, self.after = sentence_here(label, self.language), after
        self.start = time.monotonic()
        self.shown = False
        self.live = sys.stderr.isatty()

    def __call__(self, stage: str, share: float | None = None) -> None:
        """Show ``stage`` and, where it is known, the share done."""
        if not self.live:
            return
        if time.monotonic() - self.start >= self.after or self.shown:
            done = "" if share is None else f" ({share:.0%})"
            sys.stderr.write(f"\r\033[K{self.label}: {sentence_here(stage, self.language)}{done}")
            sys.stderr.flush()
            self.shown = True

    def done(self) -> None:
        """Wipe the line."""
        if self.shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()


@contextmanager
def waiting(label: str, *, after: float = 2.0) -> Iterator[None]:
    """One line on stderr while a step without stages lasts longer than ``after`` seconds; wiped at its end."""
    line = ProgressLine(label, after=after)
    timer = Timer(after, line, ("working",))
    timer.daemon = True
    if line.live:
        timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if line.live:
            timer.join()  # it may just be writing
        line.done()


def as_json(data: dict[str, Any]) -> str:
    """One JSON object with ``schema_version``; what is not a number becomes null."""
    return json.dumps({"schema_version": SCHEMA_VERSION, **_clean(data)}, ensure_ascii=False, indent=1, allow_nan=False)


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _clean(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(v) for v in value]
    if hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        value = value.item()
    if hasattr(value, "tolist"):
        return _clean(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
