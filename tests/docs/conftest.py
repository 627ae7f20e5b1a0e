"""What the examples of the docs share: built-in studies are run once, charts drawn where a page is about them."""

from __future__ import annotations

from pathlib import Path

import pytest

import detente
from detente.run import Run
from detente.study import Study, open_study
from ran_once import kept_run


@pytest.fixture
def run_before(monkeypatch: pytest.MonkeyPatch, session_folder: Path) -> None:
    """Whoever runs a built-in study quickly is given the session's run of it; any other is computed."""
    run_study = detente.run.run_study

    def given(study: Study, *, data: object, quick: bool, **how: object) -> Run:
        def make() -> Run:
            return run_study(study, data=data, quick=quick, **how)

        same = quick and data is None and study.ships and study == open_study(f"builtin:{study.id}")
        return kept_run(session_folder, study, quick, make) if same else make()

    monkeypatch.setattr(detente.run, "run_study", given)
