"""Gravity fits against pyfixest (and fixest, where R has it): ratios from one run, data frame in.

    PYTHONPATH=src python benchmarks/gravity.py [--data ../shared/data] [--repeat 5] [--pause 0] [--write]

Every tool runs in a process of its own on the same rows and gives its coefficients, the first call, the
median of the warm calls (by the clock and in CPU seconds) and the peak memory of the process.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

EFFECTS = "exporter^year + importer^year + exporter^importer"
HERE = Path(__file__).resolve().parent


def balanced(n: int = 150, years: int = 25, zeros: float = 0.3, seed: int = 1) -> tuple[pl.DataFrame, str]:
    """n x n x years rows, a share of zeros, two regressors."""
    r = np.random.default_rng(seed)
    i, j, t = (a.ravel() for a in np.meshgrid(range(n), range(n), range(years), indexing="ij"))
    index = r.normal(size=(years, n))[t, i] + r.normal(size=(years, n))[t, j]
    index += r.normal(0, 1.5, (n, n))[i, j]
    rta = (t >= r.integers(0, 3 * years, (n, n))[i, j]) * 1.0
    x = r.normal(0, 0.5, len(i)) + 0.1 * index
    flow = np.exp(index + 0.4 * rta - 0.3 * x) * r.gamma(1, 1, len(i)) * (r.random(len(i)) > zeros)
    names = np.array([f"C{k:03d}" for k in range(n)])
    data = {"exporter": names[i], "importer": names[j], "year": 1990 + t, "rta": rta, "x": x, "trade": flow}
    return pl.DataFrame(data), f"trade ~ rta + x | {EFFECTS}"


def log_linear() -> tuple[pl.DataFrame, str]:
    """The balanced panel in logs: flows are positive, so that both tools see the same rows."""
    data, formula = balanced(zeros=0.0)
    return data.with_columns(ln_trade=pl.col("trade").log()), formula.replace("trade ~", "ln_trade ~")


def provisions(folder: Path) -> tuple[pl.DataFrame, str]:
    """The penppml panel with its 16 provisions."""
    data = pl.read_parquet(folder / "peer_examples" / "penppml_1964_2016.parquet")
    data = data.rename({"exp": "exporter", "imp": "importer", "time": "year", "export": "trade"})
    terms = [c for c in data.columns if "_prov_" in c]
    data = data.filter(pl.col("trade").is_finite()).drop_nulls()
    return data.select("exporter", "importer", "year", "trade", *terms), f"trade ~ {' + '.join(terms)} | {EFFECTS}"


def baci(folder: Path, filled: bool) -> tuple[pl.DataFrame, str]:
    """BACI totals as given, or with zeros filled in; one made-up regressor that switches on by dyad."""
    data = pl.read_parquet(folder / "baci" / "bilateral_2000_2020.parquet").rename({"value_kusd": "trade"})
    if filled:
        from detente.panel.completion import complete

        data = complete(data).to_frame()
    dyads = data.select("exporter", "importer").unique().sort("exporter", "importer")
    start = np.random.default_rng(0).integers(2000, 2060, dyads.height)
    data = data.join(dyads.with_columns(start=pl.Series(start)), on=["exporter", "importer"], maintain_order="left")
    data = data.with_columns(rta=(pl.col("year") >= pl.col("start")).cast(pl.Float64)).drop("start")
    return data, f"trade ~ rta | {EFFECTS}"


def sparse(n: int = 1000, years: int = 20, share: float = 0.01, seed: int = 3) -> tuple[pl.DataFrame, str]:
    """Rows for one in a hundred cells: a random hundredth of the dyads, observed every year."""
    r = np.random.default_rng(seed)
    dyads = r.choice(n * n, int(share * n * n), replace=False)
    i, j = (np.repeat(k, years) for k in (dyads // n, dyads % n))
    t = np.tile(np.arange(years), len(dyads))
    index = r.normal(size=(years, n))[t, i] + r.normal(size=(years, n))[t, j] + r.normal(size=n * n)[i * n + j]
    x = r.normal(size=len(i))
    flow = np.exp(index + 0.3 * x) * r.gamma(1, 1, len(i))
    return pl.DataFrame({"exporter": i, "importer": j, "year": t, "x": x, "trade": flow}), f"trade ~ x | {EFFECTS}"


CASES = {
    "balanced 150 x 150 x 25, 2 regressors": lambda folder: balanced(),
    "OLS, balanced 150 x 150 x 25, 2 regressors": lambda folder: log_linear(),
    "penppml, 16 provisions": provisions,
    "BACI as given": lambda folder: baci(folder, False),
    "BACI, zeros filled": lambda folder: baci(folder, True),
    "1% dense, 1,000 economies x 20 years": lambda folder: sparse(),
}


GROWTH = {"562,500 cells": (150, 25), "4,500,000 cells": (300, 50), "19,971,200 cells": (632, 50)}
"""Balanced panels of growing size, détente alone, one call."""


def detente_call(data: pl.DataFrame, formula: str):
    from detente.gravity import fit_ols, fit_ppml

    fit = fit_ols if formula.startswith("ln_") else fit_ppml
    return lambda: list(fit(data, formula, cluster="exporter^importer").coef.values())


def pyfixest_call(data: pl.DataFrame, formula: str):
    import warnings

    import pyfixest

    warnings.simplefilter("ignore")
    frame = data.with_columns(pair=pl.col("exporter").cast(pl.String) + pl.col("importer").cast(pl.String)).to_pandas()
    fit = pyfixest.feols if formula.startswith("ln_") else pyfixest.fepois
    return lambda: fit(formula, frame, vcov={"CRV1": "pair"}).coef().tolist()


def peak_mb() -> float:
    """Peak memory of this process; ru_maxrss would count what the parent held when it started us."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)


def measure(call, repeat: int, pause: float = 0.0) -> dict:
    """First and median warm call, by the clock and in CPU seconds; peak memory in MB.

    ``pause`` seconds lie between the calls, for the others on a machine where this has precedence.
    """
    times = []
    for _ in range(repeat + 1):
        clock, cpu = time.perf_counter(), time.process_time()
        coef = call()
        times.append((time.perf_counter() - clock, time.process_time() - cpu))
        time.sleep(pause)
    warm = np.median(times[1:] or times, axis=0)
    peak = peak_mb()
    return {"first": times[0][0], "warm": warm[0], "cpu": warm[1], "peak_mb": peak, "coef": list(coef)}


FIXEST = """
suppressMessages(library(fixest)); a <- commandArgs(TRUE)
d <- read.csv(a[1]); f <- as.formula(a[2]); best <- NULL
fit <- if (startsWith(a[2], "ln_")) feols else fepois
for (threads in unique(c(1, parallel::detectCores()))) {
  setFixest_nthreads(threads); clock <- c(); cpu <- c()
  for (k in 0:as.integer(a[3])) {
    took <- system.time(m <- fit(f, d, vcov = ~exporter^importer)); Sys.sleep(as.numeric(a[4]))
    clock <- c(clock, took[["elapsed"]]); cpu <- c(cpu, took[["user.self"]] + took[["sys.self"]])
  }
  if (is.null(best) || median(clock[-1]) < best[2]) best <- c(clock[1], median(clock[-1]), median(cpu[-1]), threads)
}
held <- if (file.exists("/proc/self/status")) grep("VmHWM", readLines("/proc/self/status"), value = TRUE) else "0"
cat(sprintf('{"first": %f, "warm": %f, "cpu": %f, "threads": %d, "peak_mb": %f, "coef": [%s]}', best[1], best[2], best[3],
    as.integer(best[4]), as.numeric(gsub("[^0-9]", "", held)) / 1024, paste(coef(m), collapse = ",")))
"""
"""Calls with one thread and with all; those with the better clock count."""


def in_own_process(tool: str, path: Path, formula: str, repeat: int, pause: float = 0.0) -> dict | None:
    """One tool on one case; None where it is not installed or fails."""
    if tool == "fixest":
        if shutil.which("Rscript") is None:
            return None
        pl.read_parquet(path).write_csv(path.with_suffix(".csv"))
        command = ["Rscript", "-e", FIXEST, str(path.with_suffix(".csv")), formula, str(repeat), str(pause)]
    else:
        command = [sys.executable, __file__, "--one", tool, str(path), formula]
        command += ["--repeat", str(repeat), "--pause", str(pause)]
    done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ))
    if done.returncode:
        print(done.stderr[-600:], file=sys.stderr)
        return None
    return json.loads(done.stdout.strip().splitlines()[-1])


def table(results: dict[str, dict]) -> str:
    """The results as a Markdown table with ratios to détente's warm call, by the clock and in CPU seconds."""
    columns = ("case", "tool", "rows", "first call s", "warm s", "CPU s", "peak MB")
    lines = [
        "| " + " | ".join((*columns, "ratio, clock", "ratio, CPU", "largest difference")) + " |",
        "|---" * 10 + "|",
    ]
    for case, found in results.items():
        ours = found["detente"]
        for tool in ("detente", "pyfixest", "fixest"):
            one = found.get(tool)
            if one is None:
                lines.append(f"| {case} | {tool} | {found['rows']:,} | not measured | | | | | | |")
                continue
            cells = [f"{one[k]:.3g}" if one[k] is not None else "" for k in ("first", "warm", "cpu", "peak_mb")]
            cells += [f"{one[k] / ours[k]:.1f}" if one[k] is not None else "" for k in ("warm", "cpu")]
            same = len(one["coef"]) == len(ours["coef"])
            gap = np.abs(np.array(one["coef"]) - ours["coef"]).max() if same else np.nan
            name = f"{tool} ({one['threads']} threads)" if "threads" in one else tool
            lines.append(f"| {case} | {name} | {found['rows']:,} | {' | '.join(cells)} | {gap:.0e} |")
    return "\n".join(lines)


def growth() -> str:
    """CPU seconds and memory of balanced panels up to 20 million cells."""
    lines = ["| panel | CPU s of a warm call | peak MB of the process | CPU microseconds a cell |", "|---|---|---|---|"]
    for name, (n, years) in GROWTH.items():
        with tempfile.TemporaryDirectory() as folder:
            data, formula = balanced(n, years)
            path, rows = Path(folder) / "data.parquet", data.height
            data.write_parquet(path)
            del data
            one = in_own_process("detente", path, formula, 1)
        if one is not None:
            per_cell = 1e6 * one["cpu"] / rows
            lines.append(f"| {name} | {one['cpu']:.3g} | {one['peak_mb']:.0f} | {per_cell:.2f} |")
    return "\n".join(lines)


def repeated(pyfixest: float | None) -> str:
    """Seconds of a bootstrap draw on the balanced panel, beside a whole call of pyfixest where it was measured."""
    from detente.gravity import bootstrap, fit_ppml

    data, formula = balanced()
    fit = fit_ppml(data, formula, cluster="exporter^importer")
    lines = ["| a draw of the pairs-cluster bootstrap | seconds | pyfixest's whole call / this |", "|---|---|---|"]
    for method, n in (("refit", 40), ("score", 400)):
        start = time.perf_counter()
        bootstrap(fit, n=n, method=method)
        each = (time.perf_counter() - start) / n
        lines.append(
            f"| {method} | {each:.4f} | {pyfixest / each:,.0f} |" if pyfixest else f"| {method} | {each:.4f} | |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=HERE.parents[1] / "shared" / "data")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--pause", type=float, default=0.0, help="seconds between calls, where others need the machine")
    parser.add_argument("--only", default="", help="cases whose name contains this")
    parser.add_argument("--tools", default="detente,pyfixest,fixest")
    parser.add_argument("--growth", action="store_true", help="balanced panels up to 20 million cells too (5 GB)")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/gravity.md")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        tool, path, formula = options.one
        call = {"detente": detente_call, "pyfixest": pyfixest_call}[tool](pl.read_parquet(path), formula)
        print(json.dumps(measure(call, options.repeat, options.pause)))
        return
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for case, make in CASES.items():
            if options.only not in case:
                continue
            data, formula = make(options.data)
            path = Path(folder) / "data.parquet"
            data.write_parquet(path)
            found = {
                t: in_own_process(t, path, formula, options.repeat, options.pause) for t in options.tools.split(",")
            }
            results[case] = {"rows": data.height, **found}
            print(table({case: results[case]}), flush=True)
    text = f"{versions()}\n\n{table(results)}\n"
    peer = results.get(next(iter(CASES)), {}).get("pyfixest")
    text += f"\n{repeated(peer and peer['warm'])}\n"
    if options.growth:
        text += f"\nGrowth, détente alone:\n\n{growth()}\n"
    if options.write:
        page = HERE / "gravity.md"
        head, _, tail = page.read_text(encoding="utf-8").partition("<!-- measured -->")
        rest = tail.partition("<!-- end -->")[2]
        page.write_text(f"{head}<!-- measured -->\n{text}<!-- end -->{rest}", encoding="utf-8")
    print(text)


def versions() -> str:
    """What was measured, and on what."""
    from importlib.metadata import PackageNotFoundError, version

    def of(name: str) -> str:
        try:
            return version(name)
        except PackageNotFoundError:
            return "not installed"

    load = os.getloadavg()[0]
    return (
        f"Python {platform.python_version()}, numpy {np.__version__}, polars {pl.__version__}, pyfixest "
        f"{of('pyfixest')}, {platform.machine()}, {os.cpu_count()} cores, load average {load:.1f} at the end."
    )


if __name__ == "__main__":
    main()
