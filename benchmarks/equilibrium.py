"""Speed and memory of the equilibrium room, peers timed in the same run.

    python benchmarks/equilibrium.py [--data FOLDER] [--no-peers] [--write] [--ge-gravity ge_gravity.R]

``--write`` replaces the tables between the markers of equilibrium.md and draws equilibrium_growth.svg.
Peers: gegravity 0.3 (if installed), the R function of GEGravity (``--ge-gravity``: its source file; Rscript is
needed; alternating runs in processor seconds, and nothing else is measured then) and a plain version of the
published Caliendo-Parro algorithm, which solves expenditure as one dense system in every wage pass, as the authors'
code and its ports do.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from detente.equilibrium import CLOSED, Coefficients, Economy, LogNormal, SectorEconomy, Shock, ensemble, solve

HERE = Path(__file__).parent


def timed(work: Callable[[], Any], repeats: int = 5) -> float:
    """Median CPU seconds (one thread) over ``repeats`` runs after one that warms up."""
    work()
    seconds = []
    for _ in range(repeats):
        began = time.process_time()
        work()
        seconds.append(time.process_time() - began)
    return float(np.median(seconds))


def gravity_world(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Trade-cost factors (n, n), output and expenditure (n,) of a synthetic world."""
    rng = np.random.default_rng(seed)
    place = rng.uniform(0, 1, (n, 2))
    distance = np.sqrt(((place[:, None] - place[None]) ** 2).sum(axis=-1)) + 0.02
    costs = np.exp(-1.0 * np.log(distance) - 3.0 * (1 - np.eye(n)))
    output = np.exp(rng.normal(10, 1.5, n))
    spending = output * np.exp(rng.normal(0, 0.05, n))
    return costs, output, spending * output.sum() / spending.sum()


def one_sector_world(n: int, seed: int = 0) -> Economy:
    """A synthetic one-sector baseline."""
    from detente.equilibrium.extensions.published_recipe import proportional_fit

    costs, output, spending = gravity_world(n, seed)
    a, g = proportional_fit(costs, output, spending, tolerance=1e-12)
    return Economy.from_arrays([f"E{k:03d}" for k in range(n)], a[:, None] * costs * g)


def sector_world(n: int, sectors: int, seed: int = 0) -> SectorEconomy:
    """A synthetic baseline with inputs and tariffs; value added is high enough for final spending."""
    rng = np.random.default_rng(seed)
    flows = np.stack([one_sector_world(n, seed + s).flows for s in range(sectors)])
    inputs = rng.uniform(0, 1, (sectors, sectors, n)) + 2 * np.eye(sectors)[:, :, None]
    return SectorEconomy.from_arrays(
        [f"E{k:03d}" for k in range(n)],
        [f"S{k:02d}" for k in range(sectors)],
        flows,
        theta=rng.uniform(2, 9, sectors),
        tariff=rng.uniform(0, 0.15, flows.shape) * (1 - np.eye(n)),
        value_added=rng.uniform(0.4, 0.6, (sectors, n)),
        inputs=inputs / inputs.sum(axis=0),
        truncate=True,
    )


def gegravity_seconds(n: int) -> tuple[float, float, float]:
    """Seconds of gegravity for one counterfactual of n economies, its residual, and ours for the same."""
    import warnings

    import gegravity as ge
    import pandas as pd

    warnings.simplefilter("ignore")
    costs, output, spending = gravity_world(n)
    names = [f"E{k:03d}" for k in range(n)]
    economy = one_sector_world(n)
    frame = pd.DataFrame(
        {
            "exporter": np.repeat(names, n),
            "importer": np.tile(names, n),
            "year": 2006,
            "trade": economy.flows.ravel(),
            "Y": np.repeat(output, n),
            "E": np.tile(spending, n),
            "lncost": np.log(costs).ravel(),
            "pta": 0.0,
        }
    )
    roles = {"imp_var_name": "importer", "exp_var_name": "exporter", "year_var_name": "year"}
    base = ge.BaselineData(frame, trade_var_name="trade", expend_var_name="E", output_var_name="Y", **roles)
    table = pd.DataFrame({"var": ["lncost", "pta"], "beta": [1.0, 0.5], "stderr": [0.1, 0.1]})
    coefficients = ge.CostCoeffs(estimates=table, identifier_col="var", coeff_col="beta", stderr_col="stderr")
    began = time.process_time()
    model = ge.OneSectorGE(
        baseline=base,
        cost_coeff_values=coefficients,
        cost_variables=["lncost", "pta"],
        year="2006",
        reference_importer=names[0],
        sigma=5,
        quiet=True,
    )
    model.build_baseline(omr_rescale=1)
    new = model.baseline_data.copy()
    both = {(names[1], names[2]), (names[2], names[1])}
    new.loc[[pair in both for pair in zip(new["exporter"], new["importer"])], "pta"] = 1.0
    model.define_experiment(new)
    model.simulate()
    theirs = time.process_time() - began
    shock = Shock.between(names[1], names[2], effect=0.5)
    out = solve(economy, shock, theta=4.0)
    peer = 100 * (1 / model.country_results.loc[names, "welfare statistic"].to_numpy() - 1)
    gap = float(np.abs(peer - np.array(list(out.welfare_pct.values()))).max())
    return theirs, gap, timed(lambda: solve(economy, shock, theta=4.0), 21)


GE_GRAVITY = """
a <- commandArgs(TRUE); source(a[1]); d <- read.csv(a[2])
f <- function() ge_gravity(d$o, d$d, d$trade, d$beta, 4, FALSE)
for (k in 1:5) r <- f()
took <- system.time(for (k in 1:40) r <- f())
cat((took[["user.self"]] + took[["sys.self"]]) / 40, max(abs(r$welfare[d$o == d$d] - as.numeric(a[-(1:2)]))))
"""
"""R's processor seconds a call and its largest welfare difference, after five calls that compile it."""


def ge_gravity_rows(source: Path, sizes: Sequence[int] = (44, 70, 150), runs: int = 3) -> list[tuple[str, str]]:
    """The published R function against ``solve`` on one world a size: 132 dyads shocked by 0.4, additive deficits."""
    rows = []
    for n in sizes:
        economy = one_sector_world(n)
        beta = np.zeros((n, n))
        beta[:12, :12] = 0.4 * (1 - np.eye(12))
        names = economy.economies
        shock = {(names[i], names[j]): 0.4 for i, j in np.argwhere(beta > 0)}
        work = partial(solve, economy, shock, theta=4.0, deficits="additive")
        welfare = [f"{hat:.10f}" for hat in work().welfare_hat]
        ratios, theirs, ours, gaps = [], [], [], []
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "world.csv"
            cells = zip(np.repeat(range(n), n), np.tile(range(n), n), economy.flows.ravel(), beta.ravel())
            path.write_text("o,d,trade,beta\n" + "\n".join(",".join(map(repr, map(float, c))) for c in cells))
            for _ in range(runs):
                ours.append(timed(work, 101))
                command = ["Rscript", "-e", GE_GRAVITY, str(source), str(path), *welfare]
                told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
                theirs.append(float(told[0]))
                gaps.append(float(told[1]))
                ratios.append(theirs[-1] / ours[-1])
        rows.append((f"ge_gravity in R, {n} economies", f"{1e3 * np.median(theirs):.1f} ms"))
        rows.append(("détente, the same", f"{1e3 * np.median(ours):.2f} ms"))
        rows.append(("ratio in each run; largest welfare difference",
                     f"{', '.join(f'{r:.0f}' for r in ratios)} times; {max(gaps):.0e}"))  # fmt: skip
    return rows


def plain_caliendo_parro(economy: SectorEconomy, tariff: np.ndarray, tolerance: float = 1e-7) -> tuple[np.ndarray, int]:
    """The published algorithm, plainly: prices inside, a dense system for expenditure, wages outside.

    Deficits are zero. Returns wages (n,), new over old, and the number of wage passes.
    """
    s, n = economy.output.shape
    shares = economy.flows * (1 + economy.tariff) / economy.spending[:, None, :]
    factor = ((1 + tariff) / (1 + economy.tariff)) ** -economy.theta[:, None, None]
    beta, gamma, theta = economy.value_added, economy.inputs, economy.theta[:, None]
    wages, w, p = economy.wages, np.ones(n), np.ones((s, n))
    for passes in range(1, 2000):  # noqa: B007
        for _ in range(500):
            cost = w**beta * np.exp((1 - beta) * np.einsum("skn,sn->kn", gamma, np.log(p)))
            new = np.einsum("si,sij->sj", cost**-theta, shares * factor) ** (-1 / theta)
            gap, p = np.abs(new - p).max(), new
            if gap < tolerance:
                break
        now = shares * factor * (cost**-theta)[:, :, None] * (p**theta)[:, None, :]
        net = now / (1 + tariff)
        system = np.eye(s * n).reshape(s, n, s, n)
        use = np.einsum("ski,ki,kij->sikj", gamma, 1 - beta, net)
        duty = (now - net).sum(axis=1)
        system -= use
        for j in range(n):
            system[:, j, :, j] -= np.outer(economy.final[:, j], duty[:, j])
        spending = np.linalg.solve(system.reshape(s * n, s * n), (economy.final * w * wages).ravel()).reshape(s, n)
        trade = net * spending[:, None, :]
        excess = (trade.sum(axis=(0, 2)) - trade.sum(axis=(0, 1))) / (w * wages)
        if np.abs(excess).max() < tolerance:
            break
        w = w * (1 + 0.2 * excess)
        w = w * wages.sum() / (w * wages).sum()
    return w, passes


def caliendo_parro_rows(data: str | None, peers: bool) -> list[tuple[str, str]]:
    """NAFTA on the published data: balanced first, then the shock."""
    from detente.replications.nafta_by_sector import caliendo_parro_setup

    economy, shock = caliendo_parro_setup(data)
    ours = timed(lambda: solve(economy, shock, deficits="balanced"), 9)
    out = solve(economy, shock, deficits="balanced")
    rows = [("Caliendo-Parro NAFTA, 31 x 40, two solves", f"{1e3 * ours:.0f} ms")]
    rows.append(("its largest unbalanced market", f"{out.report.residual:.1g} US$ million"))
    if peers:
        began = time.process_time()
        plain_caliendo_parro(economy, np.array(economy.tariff))
        wages, passes = plain_caliendo_parro(out.baseline, np.array(out.tariff))
        plain = time.process_time() - began
        gap = float(np.abs(wages / wages[0] / (out.wage_hat / out.wage_hat[0]) - 1).max())
        rows.append(("published algorithm, plainly (tolerance 1e-7), two solves", f"{plain:.1f} s"))
        rows.append(
            ("ratio; largest difference of wages", f"{plain / ours:.0f} times; {gap:.1g} ({passes} wage passes)")
        )
    return rows


def one_sector_rows(peers: bool) -> tuple[list[tuple[str, str]], list[dict[str, float]]]:
    """One counterfactual by number of economies, and gegravity's time."""
    rows, growth = [], []
    for n in (25, 50, 100, 200, 400, 800):
        economy = one_sector_world(n)
        shock = {("E001", "E002"): CLOSED, ("E002", "E001"): CLOSED}
        seconds = timed(lambda e=economy, s=shock: solve(e, s), 9)
        out = solve(economy, shock)
        rows.append((f"one counterfactual, {n} economies", f"{1e3 * seconds:.1f} ms ({out.report.iterations} passes)"))
        growth.append({"model": "one sector", "size": n, "ms": 1e3 * seconds})
    if peers:
        theirs, gap, ours = gegravity_seconds(150)
        rows.append(("gegravity 0.3, 150 economies", f"{theirs:.1f} s"))
        rows.append(("détente, the same counterfactual", f"{1e3 * ours:.2f} ms"))
        rows.append(("ratio; largest welfare difference", f"{theirs / ours:,.0f} times; {gap:.1g} percentage points"))
    return rows, growth


def recorded_rows(data: str | None) -> list[tuple[str, str]]:
    """A closed border on recorded trade of 2008, where the panel of internal trade is at hand."""
    path = Path(data or ".") / "ge_baseline" / "baci_wdi_with_internal_2000_2014.parquet"
    if not path.is_file():
        return []
    economy = Economy.from_flows(path, year=2008, drop=["FRO", "LIE", "MCO", "PRI", "SSD"])
    shock = {("COL", "VEN"): CLOSED, ("VEN", "COL"): CLOSED}
    seconds = timed(lambda: solve(economy, shock), 21)
    out = solve(economy, shock)
    text = (
        f"{1e3 * seconds:.1f} ms ({out.report.iterations} passes, worst market {out.report.residual:.0e} US$ million)"
    )
    return [(f"recorded trade of 2008, {len(economy)} economies, a border closed", text)]


def ensemble_rows() -> list[tuple[str, str]]:
    """1,000 draws for 200 economies, alone and on two processes."""
    economy = one_sector_world(200)
    estimate = Coefficients({"closed": {("E001", "E002"): 1.0}}, {"closed": -1.2}, [[0.09]])
    options = {"draws": 1000, "coefficients": estimate, "theta": LogNormal(5, 0.25), "flow_error": 0.1}
    rows = []
    began = time.perf_counter()
    alone = ensemble(economy, deficits=("multiplicative", "additive"), **options)
    rows.append(("1,000 draws, 200 economies, one process", f"{time.perf_counter() - began:.1f} s"))
    began = time.perf_counter()
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        shared = ensemble(economy, deficits=("multiplicative", "additive"), executor=pool, **options)
    rows.append(("the same on two processes, their start included", f"{time.perf_counter() - began:.1f} s"))
    same = bool((alone.draws_pct == shared.draws_pct).all())
    rows.append(("bands identical; draws without a solution", f"{same}; {alone.n_failed}"))
    return rows


def sector_rows() -> tuple[list[tuple[str, str]], list[dict[str, float]]]:
    """One multi-sector counterfactual by size."""
    rows, growth = [], []
    for n, s in ((20, 20), (40, 20), (80, 20), (40, 5), (40, 10), (40, 40), (160, 45)):
        economy = sector_world(n, s)
        shock = Shock(tariff={("E001", "E002"): 0.5})
        began = time.process_time()
        out = solve(economy, shock, deficits="balanced")
        seconds = time.process_time() - began
        rows.append((f"{n} economies x {s} sectors, two solves", f"{1e3 * seconds:,.0f} ms"))
        if s == 20:
            growth.append({"model": "20 sectors, by economies", "size": n, "ms": 1e3 * seconds})
        if n == 40:
            growth.append({"model": "40 economies, by sectors", "size": s, "ms": 1e3 * seconds})
    relative = out.report.residual / out.baseline.output.max()
    rows.append(("largest unbalanced market of the last, relative to output", f"{relative:.1g}"))
    return rows, growth


def plot(growth: list[dict[str, float]], path: Path) -> None:
    """Cost against size on logarithmic axes, as SVG."""
    import vl_convert as vlc

    axis = {"type": "quantitative", "scale": {"type": "log"}}
    chart = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": 420,
        "height": 260,
        "data": {"values": growth},
        "mark": {"type": "line", "point": True},
        "encoding": {
            "x": {"field": "size", "title": "economies (or sectors)", **axis},
            "y": {"field": "ms", "title": "milliseconds", **axis},
            "color": {"field": "model", "type": "nominal", "title": None},
        },
    }
    path.write_text(vlc.vegalite_to_svg(json.dumps(chart)))


def main() -> None:
    """Run everything and print or write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", help="folder with caliendo_parro_2015 and ge_baseline")
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--ge-gravity", type=Path, help="the source file of GEGravity's R function")
    args = parser.parse_args()
    if args.ge_gravity is not None:
        if shutil.which("Rscript") is None:
            sys.exit("Rscript is not installed, so ge_gravity cannot be measured.")
        sys.stdout.write("\n".join(f"| {a} | {b} |" for a, b in ge_gravity_rows(args.ge_gravity)) + "\n")
        return
    peers = not args.no_peers
    one, growth = one_sector_rows(peers)
    tables = {"One sector": one + recorded_rows(args.data), "Ensemble": ensemble_rows()}
    many, more = sector_rows()
    tables["Several sectors"] = caliendo_parro_rows(args.data, peers) + many
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    lines = [
        f"Python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}, one BLAS thread. "
        "Times are CPU time of one thread except those of the ensemble, which are by the clock."
    ]
    for title, rows in tables.items():
        lines += ["", f"### {title}", "", "| what | measured |", "|---|---|", *(f"| {a} | {b} |" for a, b in rows)]
    lines += ["", f"Peak memory of the whole run: {peak:,.0f} MB."]
    text = "\n".join(lines)
    sys.stdout.write(text + "\n")
    if args.write:
        page = HERE / "equilibrium.md"
        head, rest = page.read_text().split("<!-- measured -->")
        tail = rest.split("<!-- end -->")[1]
        page.write_text(f"{head}<!-- measured -->\n{text}\n<!-- end -->{tail}")
        plot(growth + more, HERE / "equilibrium_growth.svg")


if __name__ == "__main__":
    main()
