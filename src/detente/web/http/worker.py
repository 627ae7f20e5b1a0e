"""One full run of a study in a process of its own: ``python -m detente.web.http.worker STUDY OUT [PANEL [READING]]``.

It says how far it is in lines of JSON on standard output. The run folder is written aside and renamed, so
a process that is stopped leaves nothing half-written behind.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from detente._atomic import held
from detente.errors import DetenteError
from detente.language import LANGUAGES
from detente.report import report_files
from detente.run.folder import mark_of
from detente.study import builtin_studies, open_study
from detente.web.http.progress import say
from detente.web.http.view_store import view_of


def main(study: str, out: str, data: str | None = None, reading: str = "{}") -> int:
    """Run ``study`` into the folder ``out``, on the panel ``data`` if given, read as the JSON says; the exit code."""
    target = Path(out)
    target.parent.mkdir(parents=True, exist_ok=True)
    with held(mark_of(target)):  # says that somebody is at work on this number
        return _run(study, target, data, json.loads(reading))


def _run(study: str, out: Path, data: str | None, reading: dict[str, Any]) -> int:
    try:
        opened = open_study(study).reading(**reading)
        name = opened.id if opened.folder.resolve() in builtin_studies().values() else Path(study).name
        command = f"detente run {name}" + (f" --data {Path(data).name}" if data else "")
        run = opened.run(data=data, command=command, progress=lambda stage, share: say(stage=stage, share=share))
        say(stage="report", share=0.9)
        run.write(out, report_files())
        for language in LANGUAGES:  # drawn here, so that the first visit only reads
            view_of(out, language)
    except DetenteError as error:
        say(error=f"{type(error).__name__}: {error}")
        return error.exit_code
    say(done=str(out))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:5]))
