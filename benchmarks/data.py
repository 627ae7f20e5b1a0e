"""Data: the world panel opened, a pair answered, thirty dyads attributed, a large Gravity file and a year of BACI read.

    python benchmarks/data.py [--rows 891000] [--products 5000000]

Each step runs in a process of its own; prints the median of three CPU times and the peak memory.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np

STEPS = {
    "world panel opened": "from detente.panel import world; import polars; start(); world()",
    "a pair at once": "import detente as dt; start(); dt.pair('IND', 'PAK')",
    "thirty dyads attributed": (
        "import detente as dt; w = dt.world(); start(); "
        "codes = ['ARG', 'BRA', 'CHL', 'PER', 'MEX', 'ECU'];"
        "[dt.attribute(w, a, b, [(2015, 2019)], [(2000, 2004)], quick=True) for a in codes for b in codes if a != b]"
    ),
    "Gravity-like CSV, four of 85 columns": "import detente as dt; start(); dt.read_panel(r'{gravity}')",
    "a year of BACI in its zip": "import detente as dt; start(); dt.read_panel(r'{baci}')",
}
MEASURE = (
    "import time, resource, json\nt = [0.0]\n"
    "def start(): t[0] = time.process_time()\n{code}\n"
    "print(json.dumps([time.process_time() - t[0], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3]))"
)


def gravity(path: Path, rows: int) -> None:
    """A file laid out as CEPII's Gravity: 85 columns, most of them noise."""
    codes = (
        "ARG",
        "BRA",
        "CHL",
        "PER",
        "MEX",
        "ECU",
        "COL",
        "BOL",
        "PRY",
        "URY",
        "DEU",
        "FRA",
        "ITA",
        "ESP",
        "NLD",
        "USA",
    )
    others = ",".join(f"x{k}" for k in range(79))
    noise = ",".join(["1234.5678"] * 79)
    with path.open("w") as file:
        file.write(f"year,iso3_o,iso3_d,country_exists_o,country_exists_d,tradeflow_baci,{others}\n")
        written = 0
        for year in range(1948, 1948 + rows // (len(codes) ** 2) + 1):
            for a in codes:
                for b in codes:
                    if a != b and written < rows and year < 2100:
                        file.write(f"{year},{a},{b},1,1,{1000 + written % 977},{noise}\n")
                        written += 1


def baci(path: Path, rows: int) -> None:
    """One year of BACI of that many product rows, in a zip."""
    rng = np.random.default_rng(1)
    numbers = np.array([32, 76, 152, 604, 484, 218, 170, 862, 276, 251])
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("BACI_HS92_Y2020_V202601.csv", "w", force_zip64=True) as file,
    ):
        file.write(b"t,i,j,k,v,q\n")
        for start in range(0, rows, 200_000):
            n = min(200_000, rows - start)
            i, j = rng.choice(numbers, (2, n))
            k, v = rng.integers(10_000, 999_999, n), rng.lognormal(2, 2, n)
            file.write(
                "".join(
                    f"2020,{a},{b},{c:06d},{d:.3f},{d / 2:.3f}\n" for a, b, c, d in zip(i, j, k, v) if a != b
                ).encode()
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=891_000)
    parser.add_argument("--products", type=int, default=5_000_000)
    parser.add_argument("--times", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = {"gravity": Path(folder) / "Gravity.csv", "baci": Path(folder) / "BACI_HS92_V202601.zip"}
        gravity(files["gravity"], arguments.rows)
        baci(files["baci"], arguments.products)
        for name, code in STEPS.items():
            asked = MEASURE.replace("{code}", code.format(**files))
            found = [json.loads(subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True).stdout)
                     for _ in range(arguments.times)]  # fmt: skip
            print(f"{name}: {statistics.median(f[0] for f in found):.2f} s CPU, {max(f[1] for f in found):.0f} MB")


if __name__ == "__main__":
    main()
