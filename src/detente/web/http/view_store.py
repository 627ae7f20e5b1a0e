"""Drawn reports of runs, kept in the user's own cache: a run's pictures are drawn once, by whoever comes first.

The name of a kept view is made from the run's numbers, the language and the version, so it is never out of date; the
cache is this user's alone, so what lies in it was written here and not brought along with a run folder.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

from detente import __version__
from detente._atomic import write_file
from detente._foreign import TABLE, read_bytes, read_text
from detente.errors import DetenteError
from detente.report.page import render_view
from detente.run import read_run

MOST = 400  # views kept
DRAWING = ("answer", "charts", "language", "report")  # rooms whose files a view is made of


def view_of(run: Path, language: str) -> str:
    """The report of a run in one language as markup, drawn now or before.

    Raises
    ------
    UnreadableFile
    """
    kept = cache_home() / f"{_name(run, language)}.html"
    with suppress(DetenteError):
        return read_text(kept, TABLE)
    text = render_view(read_run(run), language)
    with suppress(DetenteError, OSError):  # no cache is no reason to show nothing
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_file(kept, text)
        _clear(kept.parent)
    return text


def _name(run: Path, language: str) -> str:
    """What tells one view from another: the run's numbers and manifest, the language, the program."""
    parts = [read_bytes(run / f"{part}.json", TABLE, inside=run) for part in ("results", "manifest")]
    return sha256(b"\0".join([*parts, language.encode(), _program()])).hexdigest()[:32]


@cache
def _program() -> bytes:
    """What tells one state of the program from another: its version, and its newest file that draws or words a view."""
    home = Path(__file__).parents[2]
    drawn = (path for room in DRAWING for path in (home / room).rglob("*") if path.suffix not in (".pyc", ""))
    return f"{__version__} {max(path.stat().st_mtime_ns for path in drawn)}".encode()


def cache_home() -> Path:
    """The user's own folder for what can be made again."""
    if "DETENTE_CACHE" in os.environ:
        return Path(os.environ["DETENTE_CACHE"])
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "detente" / "views"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "detente" / "views"


def _clear(home: Path) -> None:
    """Let the oldest go."""
    kept = sorted(home.glob("*.html"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in kept[MOST:]:
        path.unlink(missing_ok=True)
