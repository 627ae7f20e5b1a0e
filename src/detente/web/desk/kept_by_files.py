"""What is made of a study once for one state of its files."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from detente.study import Study
from detente.study.panel_files import file_named


def once(what: str, study: Study, make: Callable[[Study], Any]) -> Any:
    """What ``make`` gives for a study, kept until its ``study.toml`` or the panel it names changes."""
    stamp = _stamp(study)
    with _LOCK:
        kept = _KEPT.get((what, study.folder))
        if kept is None or kept[0] != stamp:
            while len(_KEPT) >= MOST_KEPT:
                _KEPT.pop(next(iter(_KEPT)))
            kept = _KEPT[what, study.folder] = (stamp, make(study))
        return kept[1]


def _stamp(study: Study) -> tuple[int, ...]:
    """When the files behind a study's desks were last written, and which panel stands in for its own."""
    plan = study.spec.equilibrium
    named = [None if study.spec.panel.ships else study.spec.panel.use, study.spec.panel.gdp]
    named += [plan.table.file, plan.table.final] if plan.table else []
    named += [plan.people.file] if plan.people else []
    files = [study.folder / "study.toml", *(file_named(study.folder, name) for name in named if name)]
    return (id(study.given), *(path.stat().st_mtime_ns if path.exists() else 0 for path in files))


MOST_KEPT = 16


_LOCK = threading.RLock()


_KEPT: dict[tuple[str, Path], tuple[tuple[int, ...], Any]] = {}
