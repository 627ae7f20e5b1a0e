"""The shipped list of breaks is what its build script makes of the sourced rows, to the byte."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import polars as pl
import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
SHIPPED = Path(__file__).resolve().parents[2] / "src/detente/attribution/library"

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("build_breaks", SCRIPTS / "build_breaks.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_script_makes_the_shipped_files(script, shared_data) -> None:
    rows = script.breaks(shared_data / "breaks")
    assert rows.write_csv().encode() == (SHIPPED / "breaks.csv").read_bytes()
    assert (
        script.sources(shared_data / "breaks", rows).write_csv().encode()
        == (SHIPPED / "break_sources.csv").read_bytes()
    )


def test_a_mend_of_a_break_that_is_not_there_is_refused(script, shared_data) -> None:
    frame = pl.DataFrame({"a": ["PAN"], "b": ["USA"], "start": ["1989"], "kind": ["broken"]})
    with pytest.raises(SystemExit, match="no such break"):
        script.mended(frame)
