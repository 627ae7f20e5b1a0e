"""The whole package is clean for a type checker in standard mode, and tells users' checkers that it is typed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import detente

ROOT = Path(__file__).resolve().parents[1]


def test_the_package_says_that_it_is_typed() -> None:
    assert Path(detente.__file__).with_name("py.typed").exists()


@pytest.mark.slow
def test_no_error_of_types_in_the_package() -> None:
    """Not one unguarded ``None`` and no name that may be unbound, in any room."""
    room = os.environ | {"NODE_OPTIONS": "--max-semi-space-size=128"}  # short-lived values are not copied: a tenth less
    done = subprocess.run(
        [sys.executable, "-m", "basedpyright", "--outputjson"], cwd=ROOT, capture_output=True, text=True, env=room
    )
    told = json.loads(done.stdout)
    found = [
        f"{Path(d['file']).relative_to(ROOT)}:{d['range']['start']['line'] + 1} {d['message']}"
        for d in told["generalDiagnostics"]
        if d["severity"] == "error"
    ]
    assert told["summary"]["filesAnalyzed"] == len(list((ROOT / "src").rglob("*.py")))
    assert found == []
