"""What size costs: rows, memory and time of fits in one piece and by blocks, of many fits at once, draws and pairs.

    PYTHONPATH=src python benchmarks/scale.py [--rows 1e6,4e6,16e6] [--only one,blocks,many,costs,ensemble,pairs] [--folder /tmp] [--write]
    PYTHONPATH=src python benchmarks/scale.py --only auto --rows 1e8 --write      # 100 million rows: half an hour, 10 GB of disk

The rows are made up: three-way effects by sector, two regressors, a third of the flows zero. Every measurement is a
process of its own. Processor seconds are of that process and of its workers; memory is the peak of each of them.
``--write`` keeps what was measured in benchmarks/scale.json, in place of earlier measurements of the same thing alone,
and makes the tables of docs/scale.md from all that is there: what was not measured again stays, with its date.
``--only none --write`` measures nothing and makes the tables.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

HERE = Path(__file__).resolve().parent
PAGE, FOUND = HERE.parent / "docs" / "scale.md", HERE / "scale.json"
EFFECTS = "exporter^year^sector + importer^year^sector + exporter^importer^sector"
FORMULA = f"trade ~ rta + x | {EFFECTS}"
SECTOR, YEARS = 160_000, 10
"""Rows of a sector, about, and its years."""
FITS = {
    "one": "in one piece",
    "blocks": "by blocks of the sector",
    "auto": '`blocks="auto"`, keys as integers',
}
"""Kinds of fits and what the page calls them."""


def sector(k: int, n: int, keys: str = "text") -> pl.DataFrame:
    """One sector of ``n`` economies over ten years; ``keys`` as "text", or all columns as small as they can be."""
    r = np.random.default_rng(k)
    t, i, j = (a.ravel() for a in np.meshgrid(range(YEARS), range(n), range(n), indexing="ij"))
    t, i, j = (a[i != j] for a in (t, i, j))
    index = r.normal(size=(n, YEARS))[i, t] + r.normal(size=(n, YEARS))[j, t] + r.normal(size=(n, n))[i, j]
    rta = (t >= r.integers(0, 3 * YEARS, (n, n))[i, j]) * 1.0
    x = r.normal(size=len(i))
    flow = np.exp(index + 0.3 * rta + 0.1 * x) * r.gamma(2, 0.5, len(i)) * (r.random(len(i)) > 1 / 3)
    if keys == "text":
        names, kinds = np.array([f"C{e:03d}" for e in range(n)]), pl.Float64
        frame = pl.DataFrame({"exporter": names[i], "importer": names[j], "year": 2000 + t})
    else:
        kinds = pl.Float32
        frame = pl.DataFrame({"exporter": i, "importer": j, "year": 2000 + t}).cast(pl.Int16)
    columns = {"rta": rta, "x": x, "trade": flow}
    return frame.with_columns(
        pl.lit(f"S{k:04d}" if keys == "text" else k).alias("sector"),
        *(pl.Series(name, values).cast(kinds) for name, values in columns.items()),
    )


def make(rows: int, folder: Path, keys: str = "text") -> Path:
    """A folder of Parquet files, a sector each, with about so many rows."""
    sectors = max(1, round(rows / SECTOR))
    n = round((rows / sectors / YEARS) ** 0.5) + 1
    place = folder / f"{keys}{rows}"
    place.mkdir(exist_ok=True)
    for k in range(sectors):
        sector(k, n, keys).write_parquet(place / f"{k:04d}.parquet")
    return place


class Watch:
    """Peak memory of this process and of its largest child, in MB, and processor seconds of all, while the work runs."""

    def __init__(self) -> None:
        self.begun, self.ended = self.now(), threading.Event()
        self.spent: dict[str, float] = {}
        self.peaks: dict[str, float] = {}
        self.thread = threading.Thread(target=self._look, daemon=True)

    @property
    def child(self) -> float:
        return max(self.peaks.values(), default=0.0)

    @staticmethod
    def now(pid: str = "self", what: str = "VmHWM:") -> float:
        try:
            return int(Path(f"/proc/{pid}/status").read_text().partition(what)[2].split()[0]) / 1024
        except (OSError, IndexError):
            return 0.0

    def _look(self) -> None:
        while not self.ended.wait(0.1):
            for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
                self.peaks[pid] = self.now(pid) or self.peaks.get(
                    pid, 0.0
                )  # the last one: before exec it is the parent's
                self.spent[pid] = max(self.spent.get(pid, 0.0), self._seconds(pid))

    @staticmethod
    def _seconds(pid: str) -> float:
        """Of a child that has not ended, which the system does not add to its parent's."""
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        except (OSError, IndexError):
            return 0.0

    def __enter__(self) -> Watch:
        self.thread.start()
        self.clock, self.cpu, self.others = time.perf_counter(), sum(os.times()[:2]), sum(os.times()[2:4])
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.thread.join()
        self.clock, self.cpu = time.perf_counter() - self.clock, sum(os.times()[:2]) - self.cpu
        self.cpu += max(sum(os.times()[2:4]) - self.others, sum(self.spent.values()))


def measured(what: str, argument: str) -> dict:
    """One measurement, in this process."""
    import detente as dt
    from detente.gravity import fit_many, fit_ppml
    from detente.gravity.blocks import fitting  # noqa: F401  (imported before the clock starts)

    if what in FITS:
        choice = {"one": {"blocks": None, "memory": "1 TB"}, "blocks": {"blocks": "sector"}, "auto": {"blocks": "auto"}}
        with Watch() as watch:
            fit = fit_ppml(f"{argument}/*.parquet", FORMULA, cluster="exporter^importer", **choice[what])
        facts = {"rows": fit.n_rows, "engine": fit.engine, "coef": dict(fit.coef), "se": dict(fit.se)}
    elif what.startswith("many"):
        frame = pl.read_parquet(f"{argument}/*.parquet")
        formula = "trade ~ rta + x | exporter^year + importer^year + exporter^importer"
        with Watch() as watch:
            fits = fit_many(frame, formula, by="sector", keep="coef", workers=int(what[-1]))
        facts = {"rows": frame.height, "coef": {"rta": sum(f.coef["rta"] for f in fits.fits.values())}}
    elif what.startswith("pairs"):
        panel, n = dt.world(), int(argument)
        total = panel.flows[-10:].min(0)
        traded = np.argwhere(np.triu(np.minimum(total, total.T) > 0, 1))
        chosen = traded[np.random.default_rng(0).permutation(len(traded))[:n]]
        pairs = [(panel.economies[i], panel.economies[j]) for i, j in chosen.tolist()]
        years = panel.years[-6], panel.years[-1]
        with Watch() as watch:
            found = dt.attribute_all(panel, [years], pairs, [panel.years[:5:4]], quick=what == "pairs-quick")
        facts = {"rows": len(pairs), "answers": int((found["status"] == "computed").sum())}
    elif what == "costs":
        with Watch() as watch:
            facts = {"rows": 35_400, **costs()}
    else:
        from detente.equilibrium import Economy, LogNormal, ensemble

        n = int(argument)
        flows = np.random.default_rng(0).lognormal(0, 2, (n, n)) + np.diag(np.full(n, 500.0 * n))
        eco = Economy.from_arrays([f"E{k}" for k in range(n)], flows)
        with Watch() as watch:
            ensemble(eco, {("E0", "E1"): -0.5}, draws=1000, theta=LogNormal(5, 0.2), flow_error=0.1)
        facts = {"rows": n}
    peak = watch.now()
    if what in FITS:
        facts["bytes_a_row"] = round(1048576 * (peak - watch.begun) / facts["rows"], 1)
    return facts | {
        "clock": round(watch.clock, 2), "cpu": round(watch.cpu, 2), "driver": round(peak), "worker": round(watch.child),
        "load": round(os.getloadavg()[0], 1), "date": date.today().isoformat(), "version": dt.__version__,
        "machine": machine(),
    }  # fmt: skip


def costs() -> dict:
    """What work elsewhere costs: to start a process, to send a sector and its answer, to hand out a task."""
    from distributed import Client, LocalCluster

    from detente._workers import fresh_processes
    from detente.gravity import fit_ppml
    from detente.panel.frames import read_table
    from detente.panel.reading.coded import coded

    frame, formula = sector(0, 60), "trade ~ rta + x | exporter^year + importer^year + exporter^importer"
    sent = coded(read_table(frame), ["trade", "rta", "x"], ["exporter", "importer", "year"])
    whole, lean = (fit_ppml(frame, formula, keep=keep) for keep in ("design", "coef"))
    facts = {
        "sent": len(pickle.dumps(sent)) / len(sent),
        "whole": len(pickle.dumps(whole)),
        "lean": len(pickle.dumps(lean)),
    }
    began = time.process_time()
    for _ in range(20):
        fit_ppml(sent, formula, keep="coef")
    facts["fit"] = (time.process_time() - began) / 20
    began = time.process_time()
    for _ in range(20):
        pickle.loads(pickle.dumps(sent))
    facts["sending"] = (time.process_time() - began) / 20
    before = sum(os.times()[2:4])
    with fresh_processes(1) as pool:
        pool.submit(fit_ppml, sent, formula, keep="coef").result()
    facts["start"] = sum(os.times()[2:4]) - before - facts["fit"]
    began, before = time.perf_counter(), sum(os.times()[:4])
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        client.submit(abs, 1).result()
        facts["dask_seconds"] = time.perf_counter() - began
        pool, began = client.get_executor(), time.perf_counter()
        list(pool.map(abs, range(500)))
        facts["dask_task"] = (time.perf_counter() - began) / 500
    facts["dask_start"] = sum(os.times()[:4]) - before
    return {name: round(value, 5) for name, value in facts.items()}


def machine() -> str:
    return (
        f"Python {platform.python_version()}, numpy {np.__version__}, polars {pl.__version__}, {platform.machine()}, "
        f"{os.cpu_count()} processors"
    )


def apart(what: str, argument: str) -> dict:
    """One measurement in a process of its own."""
    command = [sys.executable, str(HERE / "scale.py"), "--one", what, argument]
    done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ))
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1][:200] if done.stderr else f"it ended with {done.returncode}"
        raise SystemExit(f"{what} {argument}: {said}")
    found = json.loads(done.stdout.strip().splitlines()[-1])
    print(what, found, flush=True)
    return found


def measure(wanted: list[str], sizes: list[int], folder: Path) -> Iterator[tuple[str, dict]]:
    """What is ``wanted``, by name and size, as it is found."""
    for size in sizes:
        for keys, kinds in (("text", ("one", "blocks")), ("small", ("auto",))):
            kinds = [kind for kind in kinds if kind in wanted]
            place = make(size, folder, keys) if kinds else folder
            for kind in kinds:
                yield f"{kind} {size}", apart(kind, str(place))
            for path in place.glob("*.parquet"):
                path.unlink()
    if "many" in wanted:
        place = folder / "many"
        place.mkdir()
        for k in range(100):
            sector(k, 60).write_parquet(place / f"{k:04d}.parquet")
        for what in ("many1", "many2"):
            yield what, min((apart(what, str(place)) for _ in range(3)), key=lambda run: run["clock"])
    if "costs" in wanted:
        yield "costs", apart("costs", "")
    if "ensemble" in wanted:
        yield "ensemble 200", apart("ensemble", "200")
    if "pairs" in wanted:
        for what in ("pairs-quick", "pairs-full"):
            for n in (200, 2000):
                yield f"{what} {n}", apart(what, str(n))


def exponent(runs: list[dict], what: str) -> str:
    """How ``what`` grows with the rows: the slope between the least and the most, both in logs."""
    if len(runs) < 2:
        return ""
    first, last = runs[0], runs[-1]
    return f"{np.log(last[what] / first[what]) / np.log(last['rows'] / first['rows']):.2f}"


def table(names: str, runs: list[tuple[str, dict]], columns: list[str]) -> str:
    """A row a measurement, with when and on what it was made."""
    shown = {
        "rows": "{:,.0f}", "cpu": "{:.1f}", "clock": "{:.1f}", "driver": "{:,.0f}", "worker": "{:,.0f}",
        "bytes_a_row": "{:,.0f}",
    }  # fmt: skip
    lines = [f"| {names} | measured (load) |", "|---" * (names.count("|") + 2) + "|"]
    for name, run in runs:
        cells = " | ".join(shown[column].format(run[column]) for column in columns)
        lines.append(f"| {name} | {cells} | {run['date']} ({run['load']:.0f}) |")
    return "\n".join(lines)


def parts(found: dict[str, dict]) -> dict[str, str]:
    """The page's tables by name, from all that was measured."""
    kinds = {
        kind: sorted((run for name, run in found.items() if name.split()[0] == kind), key=lambda run: run["rows"])
        for kind in (*FITS, "costs", "ensemble", "pairs-quick", "pairs-full", "many1", "many2")
    }
    fits = sorted(((FITS[kind], run) for kind in FITS for run in kinds[kind]), key=lambda one: one[1]["rows"])
    by_kind = {kind: list(kinds[kind]) for kind in ("one", "blocks")}
    made = {
        "fits": table(
            "fit | rows | processor s | seconds | driver MB | largest worker MB | driver's growth, bytes a row", fits,
            ["rows", "cpu", "clock", "driver", "worker", "bytes_a_row"],
        )
    }  # fmt: skip
    for kind, runs in by_kind.items():
        if len(runs) > 1:
            slopes = " | ".join(exponent(runs, what) for what in ("cpu", "clock", "driver"))
            made["fits"] += f"\n| growth exponent, {FITS[kind]} | | {slopes} | | | |"
    made["many"] = table(
        '100 sectors × 35,400 rows, `keep="coef"` | seconds | processor s | peak MB | largest worker MB',
        [(name, run) for what, name in (("many1", "one process"), ("many2", "two at once")) for run in kinds[what]],
        ["clock", "cpu", "driver", "worker"],
    )
    made["told"] = told(kinds)
    if kinds["costs"]:
        made["costs"] = costs_table(kinds["costs"][0])
    made["ensemble"] = table(
        "1,000 draws, errors in the flows: economies | processor s | MB",
        [(str(run["rows"]), run) for run in kinds["ensemble"]], ["cpu", "driver"],
    )  # fmt: skip
    pairs = [(what, run) for n in range(9) for what in ("pairs-quick", "pairs-full") for run in kinds[what][n : n + 1]]
    made["pairs"] = table(
        "pairs that trade, on one core | pairs | processor s | seconds | MB",
        [({"pairs-quick": "without similar pairs", "pairs-full": "in full"}[what], run) for what, run in pairs],
        ["rows", "cpu", "clock", "driver"],
    )
    for what in ("pairs-quick", "pairs-full"):
        if len(kinds[what]) > 1:
            slopes = " | ".join(exponent(kinds[what], column) for column in ("cpu", "clock", "driver"))
            made["pairs"] += f"\n| growth exponent, {'quick' if what == 'pairs-quick' else 'in full'} | | {slopes} | |"
    bare = ("told",)
    return {name: text if name in bare else f"{text}\n\n{_machines(found, name)}" for name, text in made.items()}


def told(kinds: dict[str, list[dict]]) -> str:
    """The figures that the page's sentences have, in sentences."""
    one, blocks, large = ([run for run in kinds[kind] if run["rows"] > 3e6] for kind in ("one", "blocks", "auto"))
    said = []
    if one:
        a, b = (edge(run["bytes_a_row"] for run in one) for edge in (min, max))
        said.append(f"In one piece, memory grows by some {a:.0f} to {b:.0f} bytes a row.")
    if blocks and one:
        same = [(run, other) for run in blocks for other in one if run["rows"] == other["rows"]]
        times = [run["cpu"] / other["cpu"] for run, other in same]
        said.append(f"By blocks costs {min(times):.1f} to {max(times):.1f} times the processor time of one piece, because "
                    "every step reads the rows again; it is for what does not fit.")  # fmt: skip
    if large:
        run = large[-1]
        said.append(
            f"{run['rows'] / 1e6:,.0f} million rows took {run['driver'] / 1000:.2f} GB in the driver, which is "
            f'{run["bytes_a_row"]:.0f} bytes a row, and {run["worker"]:,} MB in the larger of two workers: `blocks="auto"` '
            f"chose blocks by itself, as in one piece {run['rows'] * 300 / 1e9:.0f} GB would have been needed."
        )
    return " ".join(said)


def costs_table(run: dict) -> str:
    """What work elsewhere costs, a row each."""
    there = f"{run['dask_start']:.1f} processor s, {run['dask_seconds']:.0f} s until the first answer"
    packing = f"{1000 * run['sending']:.1f} ms, {run['sent']:.0f} bytes a row"
    rows = [
        ("a fit of a sector of 35,400 rows", f"{1000 * run['fit']:.0f} ms"),
        ("to pack and unpack its rows, three labels and three numbers", packing),
        ('its answer with `keep="coef"`; with its rows', f"{run['lean']:,} bytes; {run['whole'] / 1e6:.1f} MB"),
        ("to start a process of our own", f"{run['start']:.1f} processor s"),
        ("to start and end a dask cluster of two processes", there),
        ("to hand a task to dask", f"{1000 * run['dask_task']:.1f} ms"),
    ]
    lines = ["| what | costs |", "|---|---|", *(f"| {what} | {cost} |" for what, cost in rows)]
    return "\n".join(lines) + f"\n\nMeasured on {run['date']} at a load of {run['load']:.0f}."


def _machines(found: dict[str, dict], name: str) -> str:
    kinds = FITS if name == "fits" else [name]
    used = {run["machine"] for key, run in found.items() if any(key.startswith(kind) for kind in kinds)}
    versions = {run["version"] for key, run in found.items() if any(key.startswith(kind) for kind in kinds)}
    return f"détente {', '.join(sorted(versions))}; {'; '.join(sorted(used))}."


def page(text: str, found: dict[str, dict]) -> str:
    """The page with its tables made anew."""
    for name, part in parts(found).items():
        head, begun, rest = text.partition(f"<!-- {name} -->")
        _, ended, tail = rest.partition(f"<!-- end {name} -->")
        if not (begun and ended):
            raise SystemExit(f"{PAGE.name} has no place for '{name}'.")
        text = f"{head}<!-- {name} -->\n{part}\n<!-- end {name} -->{tail}"
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", default="1e6,4e6,16e6")
    parser.add_argument("--only", default="one,blocks,many,costs,ensemble,pairs")
    parser.add_argument("--folder", type=Path, help="where the rows are made; they are taken away again")
    parser.add_argument("--write", action="store_true", help="keep what is found, and make the tables of docs/scale.md")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measured(*options.one)))
        return
    found = json.loads(FOUND.read_text(encoding="utf-8")) if FOUND.exists() else {}
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        sizes = [int(float(size)) for size in options.rows.split(",")]
        for name, run in measure(options.only.split(","), sizes, Path(folder)):
            found[name] = run
            if options.write:
                FOUND.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    if options.write:
        PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), found), encoding="utf-8")
    else:
        print("\n\n".join(parts(found).values()))


if __name__ == "__main__":
    main()
