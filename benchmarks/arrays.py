"""Solves and draws on arrays of numpy, torch and CuPy, on every device at hand.

    python benchmarks/arrays.py [--economies 200] [--draws 640] [--write]

``--write`` replaces the table between the markers of docs/scale.md. Seconds are by the clock, the least of three runs
after one that warms up, since an accelerator's work is not the processor's; the answers are compared with numpy's.
"""

from __future__ import annotations

import argparse
import platform
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from detente._arrays import host
from detente.equilibrium import CLOSED, Economy, LogNormal, ensemble, solve

# as a script, this folder is on the path
from equilibrium import one_sector_world

PAGE = Path(__file__).parents[1] / "docs" / "scale.md"


def kinds() -> Iterator[tuple[str, Callable[[np.ndarray], Any]]]:
    """Each library and device that is here, with what makes an array of it."""
    yield f"numpy {np.__version__}", np.asarray
    try:
        import torch
    except ImportError:
        pass
    else:
        torch.set_num_threads(1)  # as numpy's linear algebra here
        name = f"torch {version('torch')}"
        yield f"{name}, processor", lambda a: torch.tensor(a)
        if torch.cuda.is_available():
            yield f"{name}, {torch.cuda.get_device_name()}", lambda a: torch.tensor(a, device="cuda")
    try:
        import cupy
    except ImportError:
        return
    device = cupy.cuda.runtime.getDeviceProperties(0)["name"].decode()
    yield f"CuPy {version('cupy')}, {device}", cupy.asarray


def least(work: Callable[[], Any]) -> tuple[float, Any]:
    """The least seconds of three runs after one, and what the work gives."""
    out, seconds = work(), []
    for _ in range(3):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return min(seconds), out


def table(n: int, draws: int) -> str:
    """The table and what it was measured with."""
    flows = one_sector_world(n).flows
    codes = [f"E{k:03d}" for k in range(n)]
    shock = {(codes[0], codes[1]): CLOSED, (codes[1], codes[0]): CLOSED}
    rows = [
        f"| {n} economies | one solve, ms | {draws} draws of the elasticity, s | with errors in the flows, s "
        "| largest difference from numpy, points |",
        "|---|---|---|---|---|",
    ]
    plain = None
    for name, make in kinds():
        economy = Economy.from_arrays(codes, make(flows))
        one, out = least(lambda economy=economy: solve(economy, shock, theta=5.0))
        drawn = {"draws": draws, "theta": LogNormal(5, 0.3)}
        many, band = least(lambda economy=economy, drawn=drawn: ensemble(economy, shock, **drawn))
        noisy, _ = least(lambda economy=economy, drawn=drawn: ensemble(economy, shock, flow_error=0.1, **drawn))
        found = np.vstack([100 * (host(out.welfare_hat) - 1), host(band.draws_pct)])
        plain = found if plain is None else plain
        apart = np.abs(found - plain).max()
        rows.append(f"| {name} | {1e3 * one:.1f} | {many:.2f} | {noisy:.2f} | {apart:.1g} |")
    where = f"Python {platform.python_version()}, {platform.machine()}, linear algebra on one thread."
    return "\n".join([*rows, "", where])


def main() -> None:
    """Print, or write into the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--economies", type=int, default=200)
    parser.add_argument("--draws", type=int, default=640)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    text = table(options.economies, options.draws)
    print(text)
    if options.write:
        page = PAGE.read_text(encoding="utf-8")
        before, rest = page.split("<!-- arrays -->")
        PAGE.write_text(
            f"{before}<!-- arrays -->\n{text}\n<!-- end arrays -->{rest.split('<!-- end arrays -->')[1]}", "utf-8"
        )


if __name__ == "__main__":
    main()
