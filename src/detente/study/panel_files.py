"""The files a study computes from: what ships, a pin of the store or a path; their hashes, and ``data.lock`` that holds them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from detente._foreign import read_json
from detente.data import world_files
from detente.data.store import PIN, located, sha256_of
from detente.errors import DataError, StudyError, first_five
from detente.study.spec import PanelChoice

LOCK = "data.lock"
SHIPPED = "world"


def file_named(folder: Path, named: str) -> Path:
    """The file behind a name in ``study.toml``: one of the study's folder, a path, or a stored file by its pin.

    Raises
    ------
    DataError
        A pin that the store does not hold, or whose file is not the one that was stored.
    """
    beside = folder / named
    return located(named) if PIN.fullmatch(named) and not beside.exists() else beside


def reading_of(folder: Path, panel: PanelChoice) -> dict[str, Any]:
    """How the panel's file is to be read, as keywords of :func:`detente.read_panel`; rates stand beside the study."""
    how = panel.reading
    return how | {"rates": file_named(folder, how["rates"])} if isinstance(how.get("rates"), str) else how


def hashes_of(path: Path) -> dict[str, str]:
    """SHA-256 of a file, or of the files of a folder, by name.

    Raises
    ------
    DataError
        Nothing is there.
    """
    if not path.exists():
        raise DataError(f"There is no file {path}.", fix="Check the path, or get the file again.")
    files = [path] if path.is_file() else sorted(p for p in path.iterdir() if p.is_file())
    return {p.name: sha256_of(p) for p in files}


def panel_hashes(folder: Path, panel: PanelChoice) -> dict[str, str]:
    """SHA-256 by name of every file that a study's panel, its exchange rates and its GDP are read from.

    Raises
    ------
    DataError
    """
    if panel.use == "none":
        return {}
    if panel.ships:
        found = {name: hashlib.sha256(raw).hexdigest() for name, raw in world_files().items()}
    else:
        found = hashes_of(file_named(folder, panel.use))
    for named in (panel.rates, panel.gdp):
        found |= hashes_of(file_named(folder, named)) if named else {}
    return found


def lock_text(folder: Path, panel: PanelChoice) -> str:
    """What ``detente data lock`` writes: the panel's name and the hashes of its files, as JSON."""
    return json.dumps({"panel": _name(panel), "files": panel_hashes(folder, panel)}, indent=1) + "\n"


def check_lock(folder: Path, panel: PanelChoice) -> None:
    """Raise unless the files are those that ``data.lock`` holds; a study without one is not checked.

    Nothing is fetched: what is compared lies in the package, the store or the folder.

    Raises
    ------
    DataError
        A file changed, went or came, or ``study.toml`` names another panel.
    StudyError
        ``data.lock`` is not as ``detente data lock`` writes it.
    """
    path = folder / LOCK
    if not path.is_file():
        return
    name, files = _locked(path)
    again = "Bring the locked files back, or, if the new ones are meant, write it anew: detente data lock STUDY"
    if name != _name(panel):
        raise DataError(
            f"study.toml names the panel '{_name(panel)}', and {LOCK} holds '{name}'.",
            why="Other data give other numbers.",
            fix=again,
        )
    now = panel_hashes(folder, panel)
    changed = [k for k in files if k in now and now[k] != files[k]]
    moved = [f"{k} (gone)" for k in files if k not in now] + [f"{k} (not locked)" for k in now if k not in files]
    if changed or moved:
        shown = [f"{k} (sha256 {files[k][:12]}… locked, {now[k][:12]}… found)" for k in changed]
        raise DataError(
            f"The data of this study are not those that {LOCK} holds: {first_five([*shown, *moved])}.",
            why="The study was locked so that everybody computes from the same figures.",
            fix=again,
        )


def _name(panel: PanelChoice) -> str:
    return SHIPPED if panel.ships else panel.use


def _locked(path: Path) -> tuple[str, Mapping[str, str]]:
    found = read_json(path, inside=path.parent)
    files = found.get("files") if isinstance(found, dict) else None
    name = found.get("panel") if isinstance(found, dict) else None
    if not (isinstance(name, str) and isinstance(files, dict) and all(isinstance(v, str) for v in files.values())):
        raise StudyError(f"{path.name} is not as détente writes it.", fix="Write it anew: detente data lock STUDY")
    return SHIPPED if name == "embedded" else name, files
