"""How much of what the origin's people elsewhere did a missing stock should follow: the table of docs/people.md.

    python benchmarks/nowcast_weight.py            # print
    python benchmarks/nowcast_weight.py --write    # and write the table of docs/people.md

The same masked cells as in ``benchmarks/people.py`` (1,000 persons and more before; foreign_born 2010, 2015 and 2020; protected
every second year 2009 to 2023, changes of definition left out). The rule is the last value times that growth to a power, the
weight, alone or moved by the median of its errors on the other half of the year's cells, as it is given.
"""

from __future__ import annotations

import argparse

import numpy as np
from people import masked_cells
from score_files import ROOT, write_tables

from detente.outlook.people.displaced import TAU, percentile_crps
from detente.outlook.people.missing_cells import elsewhere_growth
from detente.panel import people

WEIGHTS = (0.0, 0.125, 0.25, 0.375, 0.5, 0.75, 1.0)


def errors_of(population: str, weight: float) -> np.ndarray:
    """A row a cell: absolute error alone, absolute error moved, CRPS moved."""
    panel, parts = people(population), []
    for year, t, cells, actual, last in masked_cells(population, panel):
        growth = np.log(elsewhere_growth(panel, t, cells))
        guess, known = last + weight * growth, np.isfinite(last + growth)
        error, actual, guess = (actual - guess)[known], actual[known], guess[known]
        half = np.random.default_rng(year).permutation(len(error)) % 2 == 0
        for here in (half, ~half):
            quantiles = guess[here, None] + np.quantile(error[~here], TAU)
            moved = np.abs(error[here] - np.median(error[~here]))
            parts.append(np.column_stack([np.abs(error[here]), moved, percentile_crps(quantiles, actual[here])]))
    return np.concatenate(parts)


def table() -> str:
    head = (
        "| weight | foreign_born: MAE alone | MAE moved | CRPS moved | protected: MAE alone | MAE moved | CRPS moved |"
    )
    lines = [head, "|--:|--:|--:|--:|--:|--:|--:|"]
    found = {w: [errors_of(p, w).mean(0) for p in ("foreign_born", "protected")] for w in WEIGHTS}
    best = np.min([np.concatenate(rows) for rows in found.values()], axis=0)
    for weight, rows in found.items():
        cells = [f"**{v:.3f}**" if v == least else f"{v:.3f}" for v, least in zip(np.concatenate(rows), best)]
        lines.append(f"| {weight:g} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    text = table()
    print(text)
    if parser.parse_args().write:
        write_tables(ROOT / "docs/people.md", {"weights": text})


if __name__ == "__main__":
    main()
