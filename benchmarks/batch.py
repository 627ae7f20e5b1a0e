"""What a batch costs: 200 pairs quick, and every pair of the shipped panel, by the command as a user gives it.

    nice python benchmarks/batch.py [--jobs 2] [--write]

Prints wall and processor seconds (children included), the largest process, and the load of the machine when it began;
``--write`` puts the table into docs/batch.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

import detente as dt

PAGE = Path(__file__).resolve().parents[1] / "docs" / "batch.md"
BEGIN, END = "<!-- figures by benchmarks/batch.py -->", "<!-- end of figures -->"
ONE = 40  #: pairs asked one by one, for the cost without sharing between calls


def timed(home: Path, *words: str) -> tuple[float, float, float]:
    """Wall seconds, processor seconds and the largest process in MB of one command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-m", "detente", *words], cwd=home, check=True, stdout=subprocess.DEVNULL)
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, after.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def drawn(n: int) -> list[tuple[str, str]]:
    """Pairs that trade, drawn at random."""
    panel, rng = dt.world(), random.Random(2)
    both = np.argwhere(np.triu(np.nansum(panel.flows[:5], axis=0) > 0, 1))
    return [(panel.economies[i], panel.economies[j]) for i, j in both[rng.sample(range(len(both)), n)]]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--short", action="store_true", help="200 pairs only")
    args = parser.parse_args()
    load, rows = os.getloadavg()[0], []
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        pl.DataFrame(drawn(200), schema=["origin", "destination"], orient="row").write_csv(home / "pairs.csv")
        jobs = ("--jobs", str(args.jobs))
        rows.append(
            ("200 pairs that trade, `--quick`", timed(home, "batch", "pairs.csv", "--quick", "--out", "q.parquet"))
        )
        rows.append(("200 pairs that trade", timed(home, "batch", "pairs.csv", "--out", "f.parquet")))
        if not args.short:
            rows.append((f"all 26,106 pairs, 52,212 directions, `--jobs {args.jobs}`",
                         timed(home, "batch", "all", *jobs, "--out", "a.parquet")))  # fmt: skip
    panel, pairs = dt.world(), drawn(ONE)
    dt.attribute(panel, *pairs[0], [(2018, 2023)], [(2000, 2004)])
    begun = time.process_time()
    for pair in pairs:
        dt.attribute(panel, *pair, [(2018, 2023)], [(2000, 2004)])
    rows.append((f"`dt.attribute` one by one, a pair (levels of every year too; mean of {ONE})",
                 (float("nan"), (time.process_time() - begun) / ONE, float("nan"))))  # fmt: skip
    lines = ["| what | wall | processor | largest process |", "|---|---|---|---|"]
    for what, (wall, cpu, memory) in rows:
        cells = (f"{wall:.0f} s" if wall == wall else "", f"{cpu:.{0 if cpu > 3 else 3}f} s",
                 f"{memory:.0f} MB" if memory == memory else "")  # fmt: skip
        lines.append(f"| {what} | {' | '.join(cells)} |")
    lines += ["", f"Measured with `python benchmarks/batch.py --jobs {args.jobs}` on {os.cpu_count()} processors "
              f"({platform.machine()}, Python {platform.python_version()}); load when it began: {load:.1f}."]  # fmt: skip
    print("\n".join(lines))
    if args.write:
        text = PAGE.read_text(encoding="utf-8")
        head, _, rest = text.partition(BEGIN)
        PAGE.write_text(head + BEGIN + "\n" + "\n".join(lines) + "\n" + END + rest.partition(END)[2], encoding="utf-8")


if __name__ == "__main__":
    main()
