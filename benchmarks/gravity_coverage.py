"""Coverage of 95% intervals in simulated three-way panels, plain and Weidner-Zylkin corrected.

    PYTHONPATH=src python benchmarks/gravity_coverage.py [--draws 1000] [--write]

The designs were fixed before the first run: N economies, 5 years, true coefficient 1 on a binary
regressor that depends on every effect. "constant" has log-normal errors of the variance of the mean
squared; "poisson-like" of the variance of the mean; "serial" the first with correlation over time
within a pair. Seeds are 0 to draws - 1.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import polars as pl

FORMULA = "trade ~ x | exporter^year + importer^year + exporter^importer"
YEARS = 5
DESIGNS = ("constant", "poisson-like", "serial")


def simulated(n: int, design: str, seed: int) -> pl.DataFrame:
    """One panel of n economies."""
    r = np.random.default_rng(seed)
    i, j, t = (a.ravel() for a in np.meshgrid(range(n), range(n), range(YEARS), indexing="ij"))
    index = r.normal(0, 0.25, (n, YEARS))[i, t] + r.normal(0, 0.25, (n, YEARS))[j, t]
    index += r.normal(0, 0.25, (n, n))[i, j]
    x = (index + r.normal(size=len(i)) > 0) * 1.0
    mean = np.exp(x + index)
    shock = r.normal(size=(n, n, YEARS))
    if design == "serial":
        for year in range(1, YEARS):
            shock[..., year] = 0.5 * shock[..., year - 1] + np.sqrt(0.75) * shock[..., year]
    spread = np.sqrt(np.log1p(1 / mean if design == "poisson-like" else 1.0))
    flow = mean * np.exp(spread * shock[i, j, t] - spread**2 / 2)
    data = pl.DataFrame({"exporter": i, "importer": j, "year": t, "x": x, "trade": flow})
    return data.filter(pl.col("exporter") != pl.col("importer"))


def coverage(n: int, design: str, draws: int) -> str:
    """One row of the table."""
    from detente.gravity import bias_correct, fit_ppml

    found = np.empty((draws, 4))
    for seed in range(draws):
        fit = fit_ppml(simulated(n, design, seed), FORMULA, cluster="exporter^importer")
        better = bias_correct(fit)
        found[seed] = fit.coef["x"], fit.se["x"], better.coef["x"], better.se["x"]
    b, se, corrected, corrected_se = found.T
    plain_in = (np.abs(b - 1) < 1.959964 * se).mean()
    corrected_in = (np.abs(corrected - 1) < 1.959964 * corrected_se).mean()
    return (
        f"| {n} | {design} | {draws} | {b.mean() - 1:+.4f} | {corrected.mean() - 1:+.4f} | {b.std():.4f} | "
        f"{se.mean():.4f} | {corrected_se.mean():.4f} | {plain_in:.1%} | {corrected_in:.1%} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--sizes", default="20,50,100")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/gravity.md")
    options = parser.parse_args()
    lines = ["| N | errors | draws | bias | bias, corrected | sd | mean se | mean se, corrected | in | in, corrected |"]
    lines.append("|---|---|---|---|---|---|---|---|---|---|")
    begun = time.process_time()
    for n in map(int, options.sizes.split(",")):
        for design in DESIGNS:
            lines.append(coverage(n, design, options.draws))
            print(lines[-1], flush=True)
    text = "\n".join(lines) + f"\n\n{time.process_time() - begun:.0f} CPU seconds.\n"
    if options.write:
        page = Path(__file__).with_name("gravity.md")
        head, _, tail = page.read_text(encoding="utf-8").partition("<!-- coverage -->")
        page.write_text(
            f"{head}<!-- coverage -->\n{text}<!-- end coverage -->{tail.partition('<!-- end coverage -->')[2]}"
        )


if __name__ == "__main__":
    main()
