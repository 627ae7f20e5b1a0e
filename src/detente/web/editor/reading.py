"""Read one uploaded file in a process of its own: ``python -m detente.web.editor.reading KIND FILE STUDY OUT``.

The process may take no more memory than its kind allows and is stopped after its time. What it finds goes to
``found.json`` in OUT: nothing reaches the study before somebody has seen it.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from detente._atomic import write_file
from detente._foreign import TABLE, read_bytes
from detente.errors import DetenteError, RecordError
from detente.panel import Panel, read_panel
from detente.record import Ledger
from detente.record.exchange.returning import read_workbook
from detente.record.exchange.trial import copy_record
from detente.record.schema import TABLES
from detente.record.states.vocabulary import vocabulary_of
from detente.study import open_study
from detente.study.panel_fit import misfits
from detente.web.editor import uploads
from detente.web.editor.merging import completed, merged, table_of
from detente.web.editor.world_csv import understood
from detente.web.http.progress import say

FOUND = "found.json"
PANEL = "panel.parquet"
RECORD = "record"


def main(kind: str, file: str, study: str, out: str) -> int:
    """Check and read ``file`` for ``study``; returns the exit code."""
    _limit_memory(uploads.KINDS[kind].memory)
    try:
        say(stage="check", share=0.02)
        uploads.check_file(Path(file), kind)
        found = {"panel": read_panel_file, "record": read_record_file}[kind](Path(file), Path(study), Path(out))
    except DetenteError as error:
        say(error=f"{type(error).__name__}: {error}")
        return error.exit_code
    except MemoryError:
        say(error="The file needs more memory than it is given. Nothing was written.")
        return 3
    except Exception as error:  # a reader met something that nobody thought of: the file's fault or ours, said in words
        say(error=f"The file could not be read ({type(error).__name__}: {str(error)[:200]}). Nothing was written.")
        return 3
    write_file(Path(out) / FOUND, json.dumps(found, ensure_ascii=False))
    Path(file).unlink()  # what was found is kept, the file itself is not needed any more
    shutil.rmtree(Path(out) / RECORD, ignore_errors=True)
    say(done=out)
    return 0


def read_panel_file(file: Path, folder: Path, out: Path) -> dict[str, Any]:
    """What the panel holds and whether it fits the study; the flows as Parquet beside it."""
    panel = read_panel(file, progress=lambda share: say(stage="read", share=0.05 + 0.8 * share))
    say(stage="write", share=0.9)
    panel_frame(panel).write_parquet(out / PANEL)
    return {
        "n_economies": len(panel.economies), "years": list(panel.years), "rows": panel.report.rows_read,
        "last_usd_mn": float(np.nansum(panel.flows[-1])), "notes": list(panel.report.notes),
        "misfits": list(misfits(panel, open_study(folder).spec)),
    }  # fmt: skip


def panel_frame(panel: Panel) -> pl.DataFrame:
    """Every flow of a panel, missing ones as nulls, so that none turns into a zero on the way back."""
    codes, years = np.array(panel.economies), np.array(panel.years)
    t, i, j = np.indices(panel.flows.shape).reshape(3, -1)
    kept = (i != j) | np.isfinite(panel.flows.ravel())  # an economy's trade with itself only where the panel has it
    t, i, j = t[kept], i[kept], j[kept]
    value = pl.Series(panel.flows[t, i, j]).fill_nan(None)
    return pl.DataFrame({"exporter": codes[i], "importer": codes[j], "year": years[t], "value_usd_mn": value})


def read_record_file(file: Path, folder: Path, out: Path) -> dict[str, Any]:
    """The record in the file merged with the study's: rows to add, cells to fill, and cells the two differ in."""
    study, theirs, brought = open_study(folder), out / RECORD, None
    notes: list[str] = []
    say(stage="read", share=0.1)
    try:
        if file.suffix == ".xlsx":
            read_workbook(file, theirs, vocabulary=vocabulary_of(study.record)[0])
        else:
            theirs.mkdir()
            copy_record(study.record, theirs)
            text, notes = understood(read_bytes(file, TABLE), file.name)
            file.write_text(text, encoding="utf-8", newline="")
            table = table_of(file)
            name = next(name for name, known in TABLES.items() if known is table)
            brought = {name: completed(file, theirs / table.file, table)}
            before = set(Ledger.check(study.record))
            problems = [p for p in Ledger.check(theirs) if p not in before]
            if problems:
                raise RecordError(problems)
        say(stage="merge", share=0.6)
        return {**merged(study, theirs, brought), "understood": notes}
    except RecordError as wrong:
        problems = [str(p) for p in wrong.problems]
        return {"problems": problems, "rows": [], "conflicts": [], "same": 0, "understood": notes}


def _limit_memory(most: int) -> None:
    """Bound this process's address space, where the system has such a bound."""
    try:
        import resource
    except ImportError:  # Windows
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:5]))
