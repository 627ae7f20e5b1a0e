"""Time a large record: 100,000 events and 1,000,000 figures read, checked and cut back to a day; 1,000 claims judged.

    PYTHONPATH=src python benchmarks/record.py

Prints the best, median and worst of five runs, and the peak memory of the process.
"""

from __future__ import annotations

import importlib.util
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType

import polars as pl

from detente.record import Ledger

ROOT = Path(__file__).resolve().parents[1]


def scale_tests() -> ModuleType:
    """The tests' module, whose functions write the records."""
    spec = importlib.util.spec_from_file_location("scale", ROOT / "tests/record/test_scale.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    print(f"Python {platform.python_version()}, polars {pl.__version__}, {platform.machine()}")
    with tempfile.TemporaryDirectory() as name:
        scale = scale_tests()
        scale.write_record(Path(name), 100_000, 1_000_000)
        times = []
        for _ in range(5):
            start = time.perf_counter()
            ledger = Ledger.read(name)
            ledger.as_of("2010-06-30")
            times.append(time.perf_counter() - start)
        judged = scale.judged(Path(name) / "judged", 1_000_000)
        began = time.process_time()
        judged.verdicts()
        print(f"1,000 claims beside 1,000,000 figures: {time.process_time() - began:.2f} s of processor time")
    print(
        f"read, check, as_of: best {min(times):.2f} s, median {statistics.median(times):.2f} s, worst {max(times):.2f} s"
    )
    if sys.platform != "win32":
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e9 if sys.platform == "darwin" else 1e6)
        print(f"peak memory {peak:.2f} GB (writing the record included)")


if __name__ == "__main__":
    main()
