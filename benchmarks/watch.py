"""What a look costs: 30 and 200 dyads in one process, quick, and a look at which nothing moved.

    nice python benchmarks/watch.py [--full]

The pairs are the largest flows of the shipped panel; every tenth dyad is a copy of the built-in study.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np

import detente as dt
from detente.study import builtin_studies

QUICK = ("exports", "imports", "new_data", "residual", "state:*", "verdict:*", "figure_corrected")
FULL = ("placebo_share",)


def dyads(folder: Path, n: int) -> str:
    panel = dt.world()
    both = np.nan_to_num(panel.flows[-4] + panel.flows[-4].T)
    order = np.dstack(np.unravel_index(np.argsort(-np.triu(both, 1), axis=None), both.shape))[0]
    text = []
    for k, (i, j) in enumerate(order[:n]):
        if k % 10 == 0:
            shutil.copytree(builtin_studies()["colombia-venezuela"], folder / f"study-{k}")
            text.append(f'[[dyad]]\nstudy = "study-{k}"\n')
        else:
            text.append(f'[[dyad]]\npair = ["{panel.economies[i]}", "{panel.economies[j]}"]\n')
    return "".join(text)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--full", action="store_true", help="placebos too, for 30 dyads")
    parser.add_argument("--short", action="store_true", help="30 dyads only")
    args = parser.parse_args()
    full = args.full
    for n in (30,) if args.short else (30, 200):
        with tempfile.TemporaryDirectory() as home:
            folder = Path(home)
            names = QUICK + (FULL if full else ())
            rules = "".join(
                f'[[rule]]\nmeasure = "{name}"\n' + ('fire = "<= -0.5"\n' if name == "residual" else "")
                for name in names
            )
            listed = folder / "w.toml"
            listed.write_text('[watch]\nname = "bench"\n' + dyads(folder, n) + rules)
            for what in ("first look", "nothing moved"):
                cpu, wall = time.process_time(), time.perf_counter()
                found = dt.look(listed)
                spent, passed = time.process_time() - cpu, time.perf_counter() - wall
                print(f"{n:4} dyads, {what:13}: {spent:6.2f} CPU s, {passed:6.2f} s; looked at {found.looked}, "
                      f"skipped {found.skipped}, failed {len(found.failures)}")  # fmt: skip
            if full:
                return


if __name__ == "__main__":
    main()
