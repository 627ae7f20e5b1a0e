"""The run folder: written aside and renamed, read back, and compared with an earlier one."""

from __future__ import annotations

import json
import math
import os
import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from math import exp
from pathlib import Path
from types import MappingProxyType
from typing import Any

import polars as pl

from detente._atomic import folder_aside, held, in_use
from detente._foreign import read_json
from detente._leaving import csv_text
from detente.errors import DataError, OutputError, UnreadableFile
from detente.language import Number, Text, Word
from detente.run.manifest import SCHEMA_VERSION
from detente.run.result import Run
from detente.run.schema import RunTable, directed
from detente.run.tables import tables
from detente.run.what_next import scored_outlook
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
    if not isinstance(found, int) or found > SCHEMA_VERSION:
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


def changes(before: Run, after: Run) -> list[Text]:
    """What differs between two runs of a study, in sentences for any language: verdicts, parts, scenarios, inputs; and
    what became of the forecasts of the first.

    Numbers count as changed beyond 0.005 log points or percent.
    """
    out = [*_changed_inputs(before, after), *_changed_verdicts(before, after), *_scored(before, after)]
    keys = ["origin", "destination", "episode", "base_from", "base_to"]
    out += _changed_numbers(before.attribution, after.attribution, keys, "dyad_part")
    keys = ["scenario", "year", "gdp_case", "internal_ratio", "theta", "deficits", "economy"]
    out += _changed_numbers(before.scenarios, after.scenarios, keys, "welfare_pct")
    return out


def _scored(before: Run, after: Run) -> list[Text]:
    """How the forecasts of the earlier run did whose outcome was not on record then and is now."""
    was = scored_outlook(before.frames["outlook"], before.frames["timeline"])
    now = scored_outlook(before.frames["outlook"], after.frames["timeline"])
    keys = ["origin", "destination", "both_ways", "year"]
    new = now.join(was, on=keys, how="anti").filter(~pl.col("both_ways"))
    if new.is_empty():
        return []
    factor = Number(f"{exp(float(new['log_error'].abs().to_numpy().mean())):.2f}")
    return [Text("since.scored", n=new.height, inside=int(new["inside"].sum()), factor=factor)]


def _changed_inputs(before: Run, after: Run) -> list[Text]:
    out = []
    for part in ("study", "panel"):
        a, b = before.manifest[part]["files"], after.manifest[part]["files"]
        changed = sorted(k for k in a.keys() | b.keys() if a.get(k) != b.get(k))
        if changed:
            out.append(Text(f"since.{part}_files", files=", ".join(changed)))
    if before.manifest["detente"] != after.manifest["detente"]:
        out.append(Text("since.version", then=before.manifest["detente"], now=after.manifest["detente"]))
    return out


def _changed_verdicts(before: Run, after: Run) -> list[Text]:
    a = dict(before.claims.to_frame().select("claim_id", "verdict").iter_rows())
    b = dict(after.claims.to_frame().select("claim_id", "verdict").iter_rows())
    changed = [c for c in b if c in a and a[c] != b[c]]
    out = [
        Text("since.verdict", claim=c, then=Word(a[c], group="verdict"), now=Word(b[c], group="verdict"))
        for c in changed
    ]
    new, gone = [c for c in b if c not in a], [c for c in a if c not in b]
    if new:
        out.append(Text("since.new", claims=", ".join(new)))
    if gone:
        out.append(Text("since.gone", claims=", ".join(gone)))
    return out


def _changed_numbers(before: RunTable, after: RunTable, keys: list[str], column: str) -> list[Text]:
    a, b = before.to_frame().select(*keys, column), after.to_frame().select(*keys, column)
    same = a.cast(dict.fromkeys(keys, pl.String)).join(
        b.cast(dict.fromkeys(keys, pl.String)), on=keys, suffix="_now", nulls_equal=True
    )
    moved = same.filter((pl.col(column) - pl.col(f"{column}_now")).abs() > 0.005)
    if moved.is_empty():
        return []
    first = moved.row(0, named=True)
    where = ", ".join(str(first[k]) for k in keys if first[k] is not None)
    ends = {"then": Number(f"{first[column]:+.3f}"), "now": Number(f"{first[column + '_now']:+.3f}")}
    key = f"since.{column}" + ("_and_more" if moved.height > 1 else "")
    return [Text(key, where=where, **ends, **({"more": moved.height - 1} if moved.height > 1 else {}))]


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
