"""A built-in study is run once a session, in full or quickly, whichever worker asks for it first.

Kept are what a run was made of, its tables, notes, texts and manifest; the study is opened and the answer made anew.
For tests that only read a run: one about running makes its own.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path

from detente.run import Run
from detente.study import Study, open_study


def ran(folder: Path, name: str, *, quick: bool) -> Run:
    """The run of a built-in study."""
    study = open_study(f"builtin:{name}")
    return kept_run(folder, study, quick, lambda: study.run(quick=quick))


def kept_run(folder: Path, study: Study, quick: bool, make: Callable[[], Run]) -> Run:
    """The run of a built-in study that ``make`` makes, kept in a folder that all workers share."""
    at = folder / f"{study.id}-{'quick' if quick else 'full'}.run"
    if at.exists():
        return Run(study, **pickle.loads(at.read_bytes()))
    run = make()
    made_of = {
        "frames": dict(run.frames),
        "notes": run.notes,
        "manifest": dict(run.manifest),
        "texts": {language: dict(texts) for language, texts in run.texts.items()},
    }
    aside = at.with_suffix(f".{os.getpid()}")
    aside.write_bytes(pickle.dumps(made_of))
    aside.replace(at)
    return run
