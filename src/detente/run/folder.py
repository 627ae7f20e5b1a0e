"""The run folder: written aside and renamed, and read back."""

from __future__ import annotations

import json
import math
import os
import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any

import polars as pl

from detente._atomic import folder_aside, held, in_use
from detente._foreign import read_json
from detente._leaving import csv_text
from detente.errors import DataError, OutputError, UnreadableFile
from detente.run.manifest import SCHEMA_VERSION
from detente.run.result import Run
from detente.run.schema import directed
from detente.run.tables import tables
from detente.study.spec import Spec
from detente.study.study import Study

QUESTIONS = ("happened", "why", "what_if", "what_next", "people", "claims")
RUNS = Path("runs")
CLAIM = 60.0  # seconds from a number being claimed to somebody at work on it


def next_folder(study: Study, home: Path = RUNS) -> Path:
    """The next free folder ``runs/STUDY/NNN``."""
    taken = [int(p.name) for p in (home / study.id).glob("[0-9][0-9][0-9]*") if p.name.isdigit()]
    return home / study.id / f"{max(taken, default=0) + 1:03d}"


def claimed_folder(study: Study, home: Path = RUNS) -> Path:
    """The next free folder, made at once and empty, so that no other run takes its number.

    Raises
    ------
    OutputError
    """
    while True:
        folder = next_folder(study, home)
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir()
            return folder
        except FileExistsError:
            continue
        except OSError as error:
            raise OutputError(f"{folder} cannot be made: {error.strerror}.", fix="Check the permissions.") from None


def mark_of(folder: Path) -> Path:
    """The lock file that is held by whoever writes the run ``folder``."""
    return folder.with_name(f".{folder.name}.lock")


def clear_abandoned(home: Path = RUNS) -> None:
    """Remove what runs left below ``home`` that were ended before they could: claimed numbers and what stood aside."""
    for mark in home.glob("*/.*.lock"):
        folder = mark.with_name(mark.name[1 : -len(".lock")])
        with suppress(OSError), held(mark) as had:
            if had:
                _clear(folder)
    for folder in home.glob("*/[0-9]*"):
        with suppress(OSError):
            if not mark_of(folder).exists() and time.time() - folder.stat().st_mtime > CLAIM:
                folder.rmdir()


def _clear(folder: Path) -> None:
    for left in folder.parent.glob(f".{folder.name}-*"):
        shutil.rmtree(left, ignore_errors=True)
    with suppress(OSError):
        folder.rmdir()  # a finished run is not empty and stays


def previous_folder(folder: Path) -> Path | None:
    """The newest finished run beside ``folder`` with a lower number, if any."""
    if not folder.name.isdigit() or not folder.parent.is_dir():
        return None
    older = [p for p in folder.parent.iterdir() if p.name.isdigit() and int(p.name) < int(folder.name)]
    done = [p for p in sorted(older, key=lambda p: int(p.name)) if (p / "results.json").is_file()]
    return done[-1] if done else None


def check_free(folder: Path) -> None:
    """Raise :class:`OutputError` if ``folder`` is in use or cannot be made; nothing is left behind."""
    if in_use(folder):
        raise OutputError(
            f"The output folder {folder} is already in use.",
            why="A run never overwrites another one.",
            fix="Give another --out, or leave it out: a new numbered folder is made.",
        )
    above = next(p for p in (folder, *folder.absolute().parents) if p.exists())
    if not above.is_dir() or not os.access(above, os.W_OK):
        cause = f"no permission in {above}" if above.is_dir() else f"{above} is a file"
        raise OutputError(f"The output folder {folder} cannot be written: {cause}.", fix="Give another --out.")


def write_run(run: Run, folder: Path, pages: Mapping[str, Callable[[Run], str | bytes | None]]) -> Path:
    """Write ``run`` to ``folder``: everything into a folder beside it first, then one rename."""
    check_free(folder)
    with folder_aside(folder, fix="Give another --out.") as aside:
        for name, table in run.tables().items():
            (aside / f"{name}.csv").write_text(csv_text(table.to_frame()), encoding="utf-8", newline="")
        _write(aside / "results.json", as_json(run))
        _write(aside / "manifest.json", dict(run.manifest))
        for name, render in pages.items():
            made = render(run)
            if made is not None:
                (aside / name).write_bytes(made if isinstance(made, bytes) else made.encode())
    return folder


def as_json(run: Run) -> dict[str, Any]:
    """The object of ``results.json``; keys are documented in ``docs/results.md``."""
    return {
        "schema_version": SCHEMA_VERSION,
        "study": run.study.spec.model_dump(mode="json", by_alias=True),
        "answers": {
            language: {k: list(getattr(answer, k)) for k in QUESTIONS} for language, answer in run.answers.items()
        },
        "notes": list(run.notes),
        "texts": {language: dict(pairs) for language, pairs in run.texts.items()},
        "tables": {name: _rows(table.to_frame()) for name, table in run.tables().items()},
    }


def read_run(folder: str | Path) -> Run:
    """A finished run, read back from its folder; one of an earlier schema as if written today.

    Raises
    ------
    UnreadableFile
        Not a run folder, damaged, or from a newer version.
    """
    folder = Path(folder)
    try:
        raw, manifest = (read_json(folder / f"{part}.json", inside=folder) for part in ("results", "manifest"))
    except UnreadableFile as error:
        if isinstance(error.__cause__, FileNotFoundError):
            raise UnreadableFile(
                f"{folder} is not a run folder: {Path(error.__cause__.filename).name} is not in it.",
                fix="Give the folder that 'detente run' wrote.",
            ) from None
        raise UnreadableFile(f"The run in {folder} cannot be read: {error.what}", fix="Run the study again.") from None
    found = raw.get("schema_version") if isinstance(raw, dict) else None
    if type(found) is not int or not 1 <= found <= SCHEMA_VERSION:
        raise UnreadableFile(
            f"The run in {folder} has schema_version {found}; this version of détente reads up to {SCHEMA_VERSION}.",
            fix="Update détente, or run the study again.",
        )
    try:
        study = Study(folder, Spec.model_validate(raw["study"]))
        return Run(
            study, _tables(raw["tables"], found), notes=tuple(raw["notes"]), manifest=MappingProxyType(manifest),
            texts=MappingProxyType(raw.get("texts", {})),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError, DataError, pl.exceptions.PolarsError) as error:
        raise UnreadableFile(f"The run in {folder} is damaged: {error}.", fix="Run the study again.") from None


def _tables(raw: dict[str, Any], version: int) -> dict[str, pl.DataFrame]:
    """The tables of a run of any schema up to the present one; a table of the present schema has all its columns."""
    found = {}
    for schema in tables():
        if schema.name in raw:
            frame = _frame(raw[schema.name])
            found[schema.name] = schema.fitted(directed(frame) if version < 2 else frame, fill=version < SCHEMA_VERSION)
        elif schema.make is None and version == SCHEMA_VERSION:  # one that a run's own stages make is always there
            raise KeyError(schema.name)
    return found


def _rows(frame: pl.DataFrame) -> dict[str, Any]:
    """Columns and rows; NaN and infinity become null (they are "not available")."""
    columns = frame.columns
    rows = [[_plain(v) for v in row] for row in frame.iter_rows()]
    return {"columns": columns, "types": [str(t) for t in frame.dtypes], "rows": rows}


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _frame(raw: dict[str, Any]) -> pl.DataFrame:
    types = {"String": pl.String, "Int64": pl.Int64, "Int32": pl.Int32, "Float64": pl.Float64, "Boolean": pl.Boolean}
    schema = {c: types.get(t, pl.String) for c, t in zip(raw["columns"], raw["types"], strict=True)}
    return pl.DataFrame(raw["rows"], schema=schema, orient="row")


def _write(path: Path, data: dict[str, Any]) -> None:
    try:
        text = json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False)
    except ValueError as error:  # a number that is none must never leave a run
        raise DataError(f"{path.name} would hold a number that is not one: {error}.") from None
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
