"""The first built-in study is run once a session, in full and quickly, whichever worker asks for it first.

Kept are what a run was made of, its tables, notes, texts and manifest; the study is opened and the answer made anew.
For tests that only read a run: one about running makes its own.
"""

from __future__ import annotations

import os
import pickle
from pathlib import Path

from detente.run import Run
from detente.study import open_study

STUDY = "colombia-venezuela"


def ran(folder: Path, *, quick: bool) -> Run:
    """The run, kept in a folder that all workers share."""
    at, study = folder / f"quick-{quick}.run", open_study(STUDY)
    if at.exists():
        return Run(study, **pickle.loads(at.read_bytes()))
    run = study.run(quick=quick)
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
