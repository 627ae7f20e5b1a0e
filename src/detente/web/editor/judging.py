"""A record with its verdicts, kept for as long as its files stay as they are."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import polars as pl

from detente.record import Ledger
from detente.study import Study
from detente.web.editor.record_checks import stamp_of

_KEPT: dict[Path, tuple[tuple[Any, ...], Ledger, pl.DataFrame]] = {}
_ONE_AT_A_TIME = (
    threading.Lock()
)  # after a save many ask for the same verdicts: one makes them, the others wait for these
_MOST = 4  # records; a large one with its verdicts is tens of megabytes


def record_with_verdicts(study: Study) -> tuple[Ledger, pl.DataFrame]:
    """The study's record and the verdicts on its claims, without findings from a run.

    Raises
    ------
    RecordError
        The record has problems.
    """
    with _ONE_AT_A_TIME:
        stamp = stamp_of(study.record)
        kept = _KEPT.get(study.record)
        if kept is not None and kept[0] == stamp:
            return kept[1], kept[2]
        ledger = study.ledger()
        verdicts = ledger.verdicts()
        while len(_KEPT) >= _MOST:
            _KEPT.pop(next(iter(_KEPT)))
        _KEPT[study.record] = (stamp, ledger, verdicts)
        return ledger, verdicts
