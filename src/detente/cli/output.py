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

from detente.language import LANGUAGES

SCHEMA_VERSION = 1


def errors_too(ctx: click.Context, _param: click.Parameter, languages: str) -> str:
    """Callback of an option that names a language, or several: what goes wrong is said in the first one as well."""
    first = languages.split(",")[0].strip()
    if first in LANGUAGES:
        ctx.ensure_object(dict)["language"] = first
    return languages


language_option = click.option(
    "--lang", "language", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True,
    callback=errors_too, is_eager=True, help="Language of the answer, and the one in which the report opens.",
)  # fmt: skip


class ProgressLine:
    """One line on stderr, from two seconds on, and only when a person is watching."""

    def __init__(self, label: str, *, after: float = 2.0) -> None:
        self.label, self.after = label, after
        self.start = time.monotonic()
        self.shown = False
        self.live = sys.stderr.isatty()

    def __call__(self, stage: str, share: float | None = None) -> None:
        """Show ``stage`` and, where it is known, the share done."""
        if not self.live:
            return
        if time.monotonic() - self.start >= self.after or self.shown:
            done = "" if share is None else f" ({share:.0%})"
            sys.stderr.write(f"\r\033[K{self.label}: {stage}{done}")
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
