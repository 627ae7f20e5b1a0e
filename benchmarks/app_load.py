"""Load on the scenario desk: how long a user waits, alone and with fifty at once.

Run from the project's root::

    python benchmarks/app_load.py [--panel PATH --gdp PATH] [--users 50] [--seconds 20]

Without a panel it takes the embedded one (21 economies). ``--synthetic 200`` makes a panel of 200 economies with
log-normal trade, Colombia and Venezuela among them. The server runs in a process of its own; the users are
coroutines that each change one lever a second and check that the answer is the one they asked for.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

SRC = Path(__file__).resolve().parents[1] / "src"


def workspace(folder: Path, synthetic: int, panel: Path | None, gdp: Path | None) -> str:
    """A study in ``folder``, on the embedded panel, a synthetic or a given one; returns its key."""
    sys.path.insert(0, str(SRC))
    from detente.study import new_study

    study = new_study("COL", "VEN", folder=folder / "bench")
    if synthetic:
        make_panel(study, synthetic)
    if panel:
        text = (study / "study.toml").read_text(encoding="utf-8")
        lines = f'use = "{panel.resolve()}"' + (f'\ngdp = "{gdp.resolve()}"' if gdp else "")
        (study / "study.toml").write_text(text.replace('use = "world"', lines), encoding="utf-8")
    return study.name


def make_panel(study: Path, n: int) -> None:
    """A panel of ``n`` economies over three years with GDP, log-normal trade and a fixed seed."""
    import numpy as np
    import polars as pl

    from detente.economies import table

    codes = ["COL", "VEN"]
    codes += [c for c, row in table().items() if row.valid_to is None and c not in codes and len(c) == 3 and c != "ROW"]
    codes = codes[:n]
    rng = np.random.default_rng(1)
    rows = [
        (a, b, year, float(v))
        for year in (2000, 2001, 2002)
        for a in codes
        for b, v in zip(codes, rng.lognormal(3, 2, len(codes)))
        if a != b
    ]
    columns = ["exporter", "importer", "year", "trade"]
    frame = pl.DataFrame(rows, schema=columns, orient="row")
    frame.write_parquet(study / "panel.parquet")
    exports = frame.group_by("exporter", "year").agg(pl.col("trade").sum())
    gdp = exports.select(economy="exporter", year="year", gdp_usd_mn=pl.col("trade") * 4)
    gdp.write_csv(study / "gdp.csv")
    text = (study / "study.toml").read_text(encoding="utf-8")
    text = text.replace('use = "world"', 'use = "panel.parquet"\ngdp = "gdp.csv"')
    head, _, rest = text.partition("[attribution]")
    tail = rest[rest.index("[equilibrium]") :]
    plan = "[attribution]\nbase_windows = [[2000, 2001]]\n\n"
    text = head + plan + "\n".join("years = [2002]" if x.startswith("years =") else x for x in tail.splitlines())
    (study / "study.toml").write_text(text, encoding="utf-8")


def serve(folder: Path, key: str) -> tuple[subprocess.Popen, int]:
    """A server in a process of its own, on a free port; ready when its desk answers."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {**os.environ, "PYTHONPATH": str(SRC), "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "detente", "serve", "--port", str(port), "--no-browser"]
    process = subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.DEVNULL)
    for _ in range(200):
        try:
            with urlopen(f"http://localhost:{port}/s/{key}/desk/solve", timeout=60):
                return process, port
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server did not come up")


async def get(port: int, path: str) -> dict:
    """One request, read to its end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    ask = f"GET {path} HTTP/1.1\r\nhost: localhost:{port}\r\naccept: application/json\r\nconnection: close\r\n\r\n"
    writer.write(ask.encode())
    await writer.drain()
    raw = await reader.read()
    writer.close()
    head, _, body = raw.partition(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    if status != 200:
        raise RuntimeError(f"{status}: {body[:200]!r}")
    return json.loads(body)


async def drag(port: int, key: str, moves: int) -> list[float]:
    """One user drags a slider: every move a new setting, each asked for when the last has come."""
    times = []
    for k in range(moves):
        goods = -3 + 6 * k / moves + random.random() / 1000
        start = time.perf_counter()
        await get(port, f"/s/{key}/desk/solve?goods={goods:.5f}&session=drag&seq={k + 1}")
        times.append(time.perf_counter() - start)
    return times


async def band(port: int, key: str, times: int) -> list[float]:
    """Bands of new settings, one after another."""
    out = []
    for k in range(times):
        start = time.perf_counter()
        found = await get(port, f"/s/{key}/desk/bands?goods={-1 - k / 100 - random.random() / 1000:.5f}")
        assert found["n"] == 200, found["n"]
        out.append(time.perf_counter() - start)
    return out


async def pairs(port: int, key: str) -> list[float]:
    """The attribution desk for dyads one after another: findings, placebo fan and specification curve."""
    out = []
    for a, b in (("COL", "VEN"), ("DEU", "ITA"), ("CHN", "USA"), ("BRA", "ARG"), ("PER", "CHL"), ("ESP", "MEX")):
        start = time.perf_counter()
        found = await get(port, f"/s/{key}/attribution?a={a}&b={b}&format=json")
        assert found["answer"]["curve"], (a, b)
        out.append(time.perf_counter() - start)
    return out


async def picked(port: int, key: str) -> list[float]:
    """The same with twenty pairs picked by hand: those the search offers first."""
    out = []
    for a, b in (("COL", "ECU"), ("DEU", "GBR"), ("CHN", "JPN"), ("BRA", "CHL"), ("PER", "MEX"), ("ESP", "ITA")):
        start = time.perf_counter()
        offered = (await get(port, f"/s/{key}/attribution/pairs?a={a}&b={b}"))["offered"]
        donors = ",".join(pair["id"] for pair in offered[:20])
        found = await get(port, f"/s/{key}/attribution?a={a}&b={b}&placebos=picked&donors={donors}&format=json")
        assert found["answer"]["findings"][0]["n_placebos"] == 20, (a, b)
        out.append(time.perf_counter() - start)
    return out


async def user(port: int, key: str, number: int, seconds: float, log: dict[str, list]) -> None:
    """One change a second; a new one overtakes an answer that has not come."""
    rng = random.Random(number)
    await asyncio.sleep(rng.random())
    stop, seq, waiting = time.perf_counter() + seconds, 0, []
    while time.perf_counter() < stop:
        seq += 1
        goods = round(rng.uniform(-3, 2), 4)
        waiting.append(asyncio.create_task(change(port, key, number, seq, goods, log)))
        await asyncio.sleep(1.0)
    await asyncio.gather(*waiting)


async def change(port: int, key: str, number: int, seq: int, goods: float, log: dict[str, list]) -> None:
    start = time.perf_counter()
    try:
        found = await get(port, f"/s/{key}/desk/solve?goods={goods}&session=user{number}&seq={seq}&label=user{number}")
    except Exception as error:
        log["errors"].append(repr(error))
        return
    if found.get("superseded"):
        log["dropped"].append(seq)
        return
    log["times"].append(time.perf_counter() - start)
    own = found["seq"] == seq and found["label"] == f"user{number}"
    if not own or abs(found["setting"]["effects"].get("goods", 0.0) - goods) > 1e-9:
        log["mixed"].append((number, seq))


def said(name: str, times: list[float]) -> str:
    cut = [1e3 * t for t in statistics.quantiles(times, n=20, method="inclusive")]
    return f"{name}: n {len(times)}, median {cut[9]:.0f} ms, p95 {cut[18]:.0f} ms, max {1e3 * max(times):.0f} ms"


async def main() -> None:
    parse = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parse.add_argument("--synthetic", type=int, default=0)
    parse.add_argument("--panel", type=Path, help="a CSV, Parquet or BACI panel")
    parse.add_argument("--gdp", type=Path, help="a CSV with economy, year, gdp_usd_mn")
    parse.add_argument("--users", type=int, default=50)
    parse.add_argument("--seconds", type=float, default=20)
    given = parse.parse_args()
    folder = Path(tempfile.mkdtemp())
    key = workspace(folder, given.synthetic, given.panel, given.gdp)
    process, port = serve(folder, key)
    try:
        desk = await get(port, f"/s/{key}/desk?format=json")
        print(f"{desk['n_economies']} economies, {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}")
        await drag(port, key, 10)
        print(said("dragging, central path", await drag(port, key, 150)))
        if not given.synthetic:
            print(said("attribution of a dyad not asked for before", await pairs(port, key)))
            print(said("the same with 20 pairs searched and picked", await picked(port, key)))
        print(said("bands from 200 exact draws", await band(port, key, 8)))
        log: dict[str, list] = {"times": [], "errors": [], "dropped": [], "mixed": []}
        await asyncio.gather(*(user(port, key, n, given.seconds, log) for n in range(given.users)))
        print(said(f"{given.users} users, one change a second", log["times"]))
        print(f"errors {len(log['errors'])}, mixed {len(log['mixed'])}, overtaken and dropped {len(log['dropped'])}")
        for line in log["errors"][:3]:
            print(line)
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    asyncio.run(main())
