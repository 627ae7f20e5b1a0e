"""Memory: a fit by blocks does not grow with its rows, and what cannot fit is refused before it begins."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from detente.gravity.blocks import choosing
from detente.gravity.blocks.choosing import needed_in_one

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="the system does not tell a process's peak"
)

BLOCK = 50_000
"""Rows of a block, about."""
START = """
import json, resource, sys
from pathlib import Path
import numpy as np, polars as pl
from detente.errors import UsageError
from detente.gravity import fit_ppml

N, T = 72, 10
FORMULA = "trade ~ x | o^t^s + d^t^s + o^d^s"


def block(k):
    r = np.random.default_rng(k)
    t, o, d = (a.ravel().astype(np.int16) for a in np.meshgrid(range(T), range(N), range(N), indexing="ij"))
    x = r.normal(size=len(o)).astype(np.float32)
    flow = np.exp(0.3 * x) * r.gamma(2, 0.5, len(o)).astype(np.float32)
    return pl.DataFrame({"o": o, "d": d, "t": t, "x": x, "trade": flow}).with_columns(s=pl.lit(k))


def now(what):
    return 1024 * int(Path("/proc/self/status").read_text().partition(what)[2].split()[0])
"""


def told(code: str, *arguments: str) -> dict:
    """What a process of its own prints last, as JSON."""
    few = os.environ | {"POLARS_MAX_THREADS": "2"}  # a thread takes address space of its own
    command = [sys.executable, "-c", START + code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, env=few)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


PEAKS = """
peaks = []
for blocks in (4, 16):
    fit = fit_ppml((block(k) for k in range(blocks)), FORMULA, cluster="o^d", blocks="s")
    peaks.append((fit.n_rows, now("VmHWM:")))
    assert fit.engine == f"{blocks} blocks by s"
whole = fit_ppml(pl.concat([block(k) for k in range(8)]), FORMULA, cluster="o^d", blocks=None)
peaks.append((whole.n_rows, now("VmHWM:")))
print(json.dumps(peaks))
"""


def test_memory_of_a_fit_by_blocks_does_not_grow_with_its_rows_and_that_in_one_piece_as_it_is_foretold():
    (few, first), (many, second), (whole, third) = told(PEAKS)
    assert many - few > 600_000
    assert second - first < 60 * (many - few)  # bytes; in one piece it is some 300 a row
    assert needed_in_one(whole, 1) / 3 < third < 1.3 * needed_in_one(whole, 1)  # of the whole process


REFUSED = """
folder, said = Path(sys.argv[1]), {}
block(0).write_parquet(folder / "warm.parquet")
fit_ppml(folder / "warm.parquet", "trade ~ x | o + d")  # every library and thread is there
for name, used in (("RLIMIT_AS", "VmSize:"), ("RLIMIT_DATA", "VmData:")):
    limit = getattr(resource, name)
    resource.setrlimit(limit, (now(used) + 550_000_000, resource.RLIM_INFINITY))
    before = now("VmHWM:")
    try:
        fit_ppml(folder / "rows" / "*.parquet", "trade ~ x | o + d")
    except UsageError as error:
        said[name] = str(error), now("VmHWM:") - before
    resource.setrlimit(limit, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
resource.setrlimit(resource.RLIMIT_DATA, (now("VmData:") + 350_000_000, resource.RLIM_INFINITY))
fit = fit_ppml(folder / "rows" / "*.parquet", FORMULA)
print(json.dumps([said, fit.engine, fit.n_rows]))
"""


def test_under_a_limit_of_the_shell_too_large_a_fit_says_what_it_needs_and_one_by_blocks_ends(tmp_path):
    """24 blocks of 51,840 rows, a file each: 0.5 GB in one piece."""
    (tmp_path / "rows").mkdir()
    scope: dict = {}
    exec(START, scope)
    for k in range(24):
        scope["block"](k).write_parquet(tmp_path / "rows" / f"{k:02d}.parquet")
    refused, engine, n_rows = told(REFUSED, str(tmp_path))
    assert set(refused) == {"RLIMIT_AS", "RLIMIT_DATA"}
    for said, grown in refused.values():
        assert "A fit of 1,244,160 rows in one piece needs about 0.5 GB of memory, and 0." in said
        assert "Interact every set of effects with one column" in said
        assert grown < 60e6  # nothing was read: the rows alone have 25 MB, and decoding them takes more
    assert (engine, n_rows) == ("24 blocks by s", 1_244_160)


def test_the_narrowest_group_counts(tmp_path, monkeypatch):
    """A job's group may be wider than that of the container it runs in, or the other way round."""
    own = tmp_path / "jobs" / "one"
    own.mkdir(parents=True)
    (tmp_path / "jobs" / "memory.max").write_text("3000000000\n")
    (tmp_path / "jobs" / "memory.current").write_text("1000000000\n")
    (own / "memory.max").write_text("max\n")
    (own / "memory.current").write_text("5\n")
    kept = choosing._read
    monkeypatch.setattr(
        choosing, "_read", lambda path: "0::/jobs/one\n" if str(path) == "/proc/self/cgroup" else kept(path)
    )
    assert choosing._of_groups(tmp_path) == [2e9]
    (own / "memory.max").write_text("1500000000\n")
    assert choosing._of_groups(tmp_path) == [1.5e9 - 5, 2e9]
    assert np.isfinite(choosing.bytes_of(None))
