"""What size costs: rows, memory and time of fits in one piece and by blocks, and of many fits at once.

    PYTHONPATH=src python benchmarks/scale.py [--rows 1e6,4e6,16e6] [--only blocks,one,many,ensemble] [--folder /tmp] [--write]

The rows are made up: three-way effects by sector, keys as text, two regressors, a third of the flows zero. Every
measurement is a process of its own. Processor seconds are of that process and of its workers; memory is the peak of
each of them. ``--write`` puts the tables into docs/scale.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import polars as pl

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "scale.md"
EFFECTS = "exporter^year^sector + importer^year^sector + exporter^importer^sector"
FORMULA = f"trade ~ rta + x | {EFFECTS}"
SECTOR, YEARS = 160_000, 10
"""Rows of a sector, about, and its years."""


def sector(k: int, n: int) -> pl.DataFrame:
    """One sector of ``n`` economies over ten years."""
    r = np.random.default_rng(k)
    t, i, j = (a.ravel() for a in np.meshgrid(range(YEARS), range(n), range(n), indexing="ij"))
    t, i, j = (a[i != j] for a in (t, i, j))
    index = r.normal(size=(n, YEARS))[i, t] + r.normal(size=(n, YEARS))[j, t] + r.normal(size=(n, n))[i, j]
    rta = (t >= r.integers(0, 3 * YEARS, (n, n))[i, j]) * 1.0
    x = r.normal(size=len(i))
    flow = np.exp(index + 0.3 * rta + 0.1 * x) * r.gamma(2, 0.5, len(i)) * (r.random(len(i)) > 1 / 3)
    names = np.array([f"C{e:03d}" for e in range(n)])
    keys = {"exporter": names[i], "importer": names[j], "year": 2000 + t}
    return pl.DataFrame(keys).with_columns(
        sector=pl.lit(f"S{k:04d}"), rta=pl.Series(rta), x=pl.Series(x), trade=pl.Series(flow)
    )


def make(rows: int, folder: Path) -> Path:
    """A folder of Parquet files, a sector each, with about so many rows."""
    sectors = max(1, round(rows / SECTOR))
    n = round((rows / sectors / YEARS) ** 0.5) + 1
    place = folder / f"rows{rows}"
    place.mkdir(exist_ok=True)
    for k in range(sectors):
        sector(k, n).write_parquet(place / f"{k:04d}.parquet")
    return place


class Watch:
    """Peak memory of this process and of its largest child, in MB, looked at while the work runs."""

    def __init__(self) -> None:
        self.child, self.begun, self.ended = 0.0, self.now(), threading.Event()
        self.thread = threading.Thread(target=self._look, daemon=True)

    @staticmethod
    def now(pid: str = "self", what: str = "VmHWM:") -> float:
        try:
            return int(Path(f"/proc/{pid}/status").read_text().partition(what)[2].split()[0]) / 1024
        except (OSError, IndexError):
            return 0.0

    def _look(self) -> None:
        while not self.ended.wait(0.1):
            children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
            self.child = max([self.child, *(self.now(pid) for pid in children)])

    def __enter__(self) -> Watch:
        self.thread.start()
        self.clock, self.cpu = time.perf_counter(), sum(os.times()[:4])
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.thread.join()
        self.clock, self.cpu = time.perf_counter() - self.clock, sum(os.times()[:4]) - self.cpu


def measured(what: str, argument: str) -> dict:
    """One measurement, in this process."""
    import detente as dt
    from detente.gravity import fit_many, fit_ppml

    if what in ("blocks", "one"):
        load = fit_ppml  # imported before the clock starts
        with Watch() as watch:
            fit = load(argument, FORMULA, cluster="exporter^importer", blocks="sector" if what == "blocks" else None,
                       memory=None if what == "blocks" else "1 TB")  # fmt: skip
        facts = {"rows": fit.n_rows, "coef": list(fit.coef.values()), "se": list(fit.se.values())}
    elif what.startswith("many"):
        frame = pl.read_parquet(f"{argument}/*.parquet")
        formula = "trade ~ rta + x | exporter^year + importer^year + exporter^importer"
        with Watch() as watch:
            fits = fit_many(frame, formula, by="sector", keep="coef", workers=int(what[-1]))
        facts = {"rows": frame.height, "coef": [sum(f.coef["rta"] for f in fits.fits.values())], "se": []}
    else:
        from detente.equilibrium import Economy, LogNormal, ensemble

        n = int(argument)
        flows = np.random.default_rng(0).lognormal(0, 2, (n, n)) + np.diag(np.full(n, 500.0 * n))
        eco = Economy.from_arrays([f"E{k}" for k in range(n)], flows)
        with Watch() as watch:
            ensemble(eco, {("E0", "E1"): -0.5}, draws=1000, theta=LogNormal(5, 0.2), flow_error=0.1)
        facts = {"rows": n, "coef": [], "se": []}
    peak = watch.now()
    return facts | {
        "clock": watch.clock, "cpu": watch.cpu, "driver": peak, "grown": peak - watch.begun, "worker": watch.child,
        "load": os.getloadavg()[0], "version": dt.__version__,
    }  # fmt: skip


def apart(what: str, argument: str) -> dict:
    """One measurement in a process of its own."""
    command = [sys.executable, str(HERE / "scale.py"), "--one", what, argument]
    done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ))
    if done.returncode:
        return {"error": done.stderr.strip().splitlines()[-1][:200] if done.stderr else f"ended with {done.returncode}"}
    return json.loads(done.stdout.strip().splitlines()[-1])


def exponent(rows: list[dict], what: str) -> str:
    """How ``what`` grows with the rows: the slope between the first and the last, both in logs."""
    good = [one for one in rows if "error" not in one]
    if len(good) < 2:
        return ""
    first, last = good[0], good[-1]
    return f"{np.log(last[what] / first[what]) / np.log(last['rows'] / first['rows']):.2f}"


def fits(sizes: list[int], folder: Path, kinds: list[str]) -> str:
    """Fits in one piece and by blocks."""
    lines = [
        "| fit | rows | processor s | seconds | driver MB | largest worker MB | driver's growth, bytes a row |",
        "|---|---|---|---|---|---|---|",
    ]
    found: dict[str, list[dict]] = {kind: [] for kind in kinds}
    for size in sizes:
        place = make(size, folder)
        for kind in kinds:
            one = apart(kind, str(place))
            found[kind].append(one)
            name = {"one": "in one piece", "blocks": "by blocks of the sector"}[kind]
            if "error" in one:
                lines.append(f"| {name} | {size:,} | {one['error']} | | | | |")
                continue
            lines.append(
                f"| {name} | {one['rows']:,} | {one['cpu']:.1f} | {one['clock']:.1f} | {one['driver']:,.0f} | {one['worker']:,.0f} "
                f"| {1048576 * one['grown'] / one['rows']:,.1f} |"
            )
            print(lines[-1], f"load {one['load']:.1f}", one["coef"], one["se"], flush=True)
        for path in place.glob("*.parquet"):
            path.unlink()
    for kind, ones in found.items():
        if exponent(ones, "cpu"):
            lines.append(
                f"| growth exponent, {'by blocks' if kind == 'blocks' else 'in one piece'} | | {exponent(ones, 'cpu')} | "
                f"{exponent(ones, 'clock')} | {exponent(ones, 'driver')} | | |"
            )
    return "\n".join(lines)


def many(folder: Path) -> str:
    """A hundred sectors of 35,000 rows each, fitted one by one and by two at once."""
    place = folder / "many"
    place.mkdir(exist_ok=True)
    for k in range(100):
        sector(k, 60).write_parquet(place / f"{k:04d}.parquet")
    lines = [
        '| 100 sectors × 35,400 rows, `keep="coef"` | seconds | processor s | peak MB | largest worker MB |',
        "|---|---|---|---|---|",
    ]
    for what, name in (("many1", "one process"), ("many2", "two at once")):
        runs = [apart(what, str(place)) for _ in range(3)]
        one = min(runs, key=lambda run: run["clock"])
        lines.append(
            f"| {name} | {one['clock']:.2f} | {one['cpu']:.2f} | {one['driver']:,.0f} | {one['worker']:,.0f} |"
        )
        print(lines[-1], f"load {one['load']:.1f}", flush=True)
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", default="1e6,4e6,16e6")
    parser.add_argument("--only", default="one,blocks,many,ensemble")
    parser.add_argument("--folder", type=Path, help="where the rows are made; they are taken away again")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/scale.md")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measured(*options.one)))
        return
    wanted, parts = options.only.split(","), {}
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        kinds = [kind for kind in ("one", "blocks") if kind in wanted]
        if kinds:
            parts["fits"] = fits([int(float(size)) for size in options.rows.split(",")], Path(folder), kinds)
        if "many" in wanted:
            parts["many"] = many(Path(folder))
        if "ensemble" in wanted:
            one = apart("ensemble", "200")
            cost = f"{one['cpu']:.1f} processor seconds, {one['driver']:,.0f} MB"
            parts["ensemble"] = f"1,000 draws of a world of 200 economies with errors in the flows: {cost}."
            print(parts["ensemble"])
    machine = (
        f"Python {platform.python_version()}, numpy {np.__version__}, polars {pl.__version__}, {platform.machine()}, "
        f"{os.cpu_count()} processors, load average {os.getloadavg()[0]:.1f} at the end."
    )
    for name, text in parts.items():
        print(f"\n{text}\n\n{machine}")
        if options.write:
            page = PAGE.read_text(encoding="utf-8")
            head, _, rest = page.partition(f"<!-- {name} -->")
            tail = rest.partition(f"<!-- end {name} -->")[2]
            PAGE.write_text(f"{head}<!-- {name} -->\n{text}\n\n{machine}\n<!-- end {name} -->{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
