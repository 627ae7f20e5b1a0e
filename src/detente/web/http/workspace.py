"""The studies and runs at hand: built in, or in the folder the server was started in, and nowhere else."""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from detente._atomic import folder_aside, settle
from detente._foreign import check_inside, read_text
from detente.errors import DetenteError, OutputError, StudyError, UnknownStudy, UnreadableFile, did_you_mean
from detente.panel import Panel
from detente.run import Run, read_run
from detente.study import Study, builtin_studies, open_study

LONGEST_PATH = 255
Stamp = tuple[int, int, int]
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder with studies (folders with a ``study.toml``) and their runs (``runs/STUDY/NNN``).

    Attributes
    ----------
    root : every path the app reads or writes lies inside, apart from the studies named here.
    extra : further study folders by key: the one given on the command line.
    data, panel : a panel that stands in for every study's own, by its path (or pin) and as it was read.
    reading : how it was said to be read, as keywords of :func:`detente.read_panel`.
    """

    root: Path
    extra: dict[str, Path] = field(default_factory=dict)
    data: Path | None = None
    panel: Panel | None = None
    reading: Mapping[str, Any] = field(default_factory=dict)

    def folders(self) -> dict[str, Path]:
        """Every study at hand: key to folder; a folder wins over a built-in study of the same name."""
        inside = {p.parent.name: p.parent for p in sorted(self.root.glob("*/study.toml")) if self.is_inside(p)}
        if (self.root / "study.toml").is_file():
            inside[self.root.name] = self.root
        return {key: path for key, path in {**builtin_studies(), **inside, **self.extra}.items() if _KEY.fullmatch(key)}

    def study(self, key: str) -> Study:
        """A study by its key."""
        return self._one(key, self.folders())

    def _one(self, key: str, folders: Mapping[str, Path]) -> Study:
        if key not in folders:
            raise UnknownStudy(
                f"There is no study '{key}' here.{did_you_mean(key, folders)}",
                fix=f"Available: {', '.join(folders)}." if folders else "Make a new one on the start page.",
            )
        study = _opened(folders[key])
        use = study.spec.panel.use
        if use not in ("world", "embedded") and self.panel is None and not self.is_inside(study.folder / use):
            check_inside(study.folder / use, study.folder)
        return replace(study, given=self.panel)

    def listed(self) -> Iterator[tuple[str, Study | DetenteError]]:
        """Key and study, or key and what is wrong with it, for the start page."""
        folders = self.folders()
        for key in folders:
            try:
                yield key, self._one(key, folders)
            except DetenteError as problem:
                yield key, problem

    def is_builtin(self, study: Study) -> bool:
        """Whether a study ships with the package, and is therefore not to be written to."""
        return study.folder in _shipped()

    def is_inside(self, path: Path) -> bool:
        """Whether a path, links followed, lies in the workspace."""
        return path.resolve().is_relative_to(self.root.resolve())

    def runs(self, study: Study) -> list[Path]:
        """The finished runs of a study, newest first."""
        home = self.root / "runs" / study.id
        done = [p for p in home.glob("[0-9]*") if p.name.isdigit() and (p / "results.json").is_file()]
        return sorted((p for p in done if self.is_inside(p)), key=lambda p: -int(p.name))

    def run_at(self, text: str) -> Path:
        """A run folder given as a path relative to the workspace."""
        text = text.strip()
        path = self.root / text
        if not text or not text.isprintable() or len(text) > LONGEST_PATH or not self.is_inside(path):
            raise UnreadableFile(
                f"'{text[:100]}' does not lie in the folder this server was started in.",
                why="The app reads nothing outside it.",
                fix=f"Give a path below {self.root}, such as runs/colombia-venezuela/001, or start the server there.",
            )
        if not path.is_dir():
            raise UnreadableFile(f"There is no folder '{text}' in {self.root}.", fix="Check its spelling.")
        return path

    def read(self, path: Path) -> Run:
        """A run as its files stand; read again only when they have changed."""
        try:
            stamp = [_stamp(path / part) for part in ("results.json", "manifest.json")]
        except OSError:
            return read_run(path)
        kept = _READ.get(path)
        if kept is None or kept[0] != stamp:
            kept = (stamp, read_run(path))
            with _OPENING:
                if len(_READ) >= MOST_READ:
                    _READ.clear()
                _READ[path] = kept
        return kept[1]

    def copy(self, study: Study, name: str) -> str:
        """Copy a study into the workspace under a new name; returns its key."""
        if not _KEY.fullmatch(name) or name != name.lower() or "." in name or "_" in name:
            raise StudyError(f"'{name}' is no name for a study.", fix="Use lowercase letters, digits and hyphens.")
        target = self.root / name
        if target.exists() or name in builtin_studies():
            raise OutputError(f"There is already a '{name}' here.", fix="Give the copy another name.")
        settle(study.folder) if not self.is_builtin(study) else None
        with folder_aside(target, fix="Check the folder's permissions and space.") as aside:
            shutil.copytree(study.folder, aside, dirs_exist_ok=True, ignore=_not_copied)
            toml = aside / "study.toml"
            text = read_text(toml)
            toml.write_text(
                re.sub(r'(?m)^id\s*=\s*"[^"]*"', f'id = "{name}"', text, count=1), encoding="utf-8", newline=""
            )
        return name


def _not_copied(folder: str, names: list[str]) -> list[str]:
    """What a copy leaves out: hidden files, links wherever they lead, pipes and devices."""

    def plain(path: Path) -> bool:
        return not path.is_symlink() and (path.is_file() or path.is_dir())

    return [n for n in names if n.startswith(".") or n == "__pycache__" or not plain(Path(folder) / n)]


def _opened(folder: Path) -> Study:
    """A study as its file stands; read again only when that has changed."""
    settle(folder) if os.access(folder, os.W_OK) else None
    try:
        stamp = _stamp(folder / "study.toml")
    except OSError:
        return open_study(folder)
    kept = _OPENED.get(folder)
    if kept is None or kept[0] != stamp:
        try:
            opened: Study | DetenteError = open_study(folder)
        except DetenteError as problem:
            opened = problem
        with _OPENING:
            if len(_OPENED) >= MOST_OPENED:
                _OPENED.clear()
            _OPENED[folder] = kept = (stamp, opened)
    if isinstance(kept[1], DetenteError):
        raise kept[1].with_traceback(None)
    return kept[1]


def _stamp(file: Path) -> Stamp:
    """What tells one state of a file from another; an OSError where there is none."""
    found = file.stat()
    return found.st_mtime_ns, found.st_size, found.st_ino


@cache
def _shipped() -> frozenset[Path]:
    """The folders of the studies that ship."""
    return frozenset(builtin_studies().values())


MOST_OPENED = 2000  # studies remembered as they were read
MOST_READ = 8  # runs remembered likewise; each takes some megabytes
_OPENED: dict[Path, tuple[Stamp, Study | DetenteError]] = {}
_READ: dict[Path, tuple[list[Stamp], Run]] = {}
_OPENING = threading.Lock()
