"""Fifty users who read and write one study at once: how long each waits, what fails, whether a saved edit is lost.

python benchmarks/app_users.py [--users 50] [--seconds 90]
python benchmarks/app_users.py --alone    # what an answer of each kind costs the server, one after another

A user picks one thing to do every two seconds or so: a row of the record added (one in six), a page of the record, the
start page, a pair, a solve, bands, an attribution. The server runs in a process of its own; its memory is read.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from urllib.parse import urlencode

import psutil

sys.path.insert(0, str(Path(__file__).parent))
from app_load import serve

from detente.study import open_study
from detente.web.editor.editor import read_file
from detente.web.http.workspace import Workspace

READS = ("record", "start", "pair", "solve", "bands", "attribution", "claims")
PAIRS = ("IND-PAK", "KEN-TZA", "COL-ECU", "CHN-USA", "DEU-POL", "BRA-ARG")
MOST = 120.0  # seconds a user waits at most


class Crowd:
    """What the users did and how long it took."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token
        self.times: dict[str, list[float]] = defaultdict(list)
        self.failed: list[str] = []
        self.saved: list[str] = []

    async def user(self, number: int, seconds: float) -> None:
        rng = random.Random(number)
        await asyncio.sleep(2 * rng.random())
        stop = time.perf_counter() + seconds
        while time.perf_counter() < stop:
            what = "edit" if rng.random() < 1 / 6 else rng.choice(READS)
            start = time.perf_counter()
            try:
                status = await asyncio.wait_for(self.ask(what, number, rng), MOST)
                if status >= 400:
                    self.failed.append(f"{what} {status}")
            except (OSError, TimeoutError) as error:
                self.failed.append(f"{what} {type(error).__name__}")
            self.times[what].append(time.perf_counter() - start)
            await asyncio.sleep(rng.uniform(1, 3))

    async def ask(self, what: str, number: int, rng: random.Random) -> int:
        study = "/s/copy"
        if what == "edit":
            id_ = f"U{number}N{len(self.times['edit'])}R{rng.randrange(10**6)}"
            row = {"event_id": id_, "date": "2026-10-01", "title": f"Event {id_}", "kind": "election", "direction": "0",
                   "source_ids": "unsourced", "token": self.token}  # fmt: skip
            status = await self.request(f"{study}/record/events/row", row)
            if status == 303:
                self.saved.append(id_)
            return status
        path = {
            "record": f"{study}/record/events?page={rng.randrange(1, 3)}", "claims": f"{study}/record/claims", "start": "/",
            "pair": f"/pair/{rng.choice(PAIRS)}", "solve": f"{study}/desk/solve?goods={rng.uniform(-3, 2):.4f}",
            "bands": f"{study}/desk/bands?goods={rng.choice((-1, -2, 0.5))}",
            "attribution": f"{study}/attribution?a={rng.choice(('COL', 'DEU'))}&b={rng.choice(('VEN', 'ITA'))}&format=json",
        }[what]  # fmt: skip
        return await self.request(path)

    async def request(self, path: str, form: dict[str, str] | None = None) -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        body = b"" if form is None else urlencode(form).encode()
        lines = [f"{'POST' if form else 'GET'} {path} HTTP/1.1", f"host: localhost:{self.port}", "connection: close",
                 f"origin: http://localhost:{self.port}", f"content-length: {len(body)}",
                 "content-type: application/x-www-form-urlencoded", "", ""]  # fmt: skip
        writer.write("\r\n".join(lines).encode() + body)
        await writer.drain()
        raw = await reader.read()
        writer.close()
        return int(raw.split(b" ", 2)[1])


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=90)
    parser.add_argument("--alone", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        space = Workspace(Path(folder))
        space.copy(open_study("colombia-venezuela"), "copy")
        process, port = serve(Path(folder), "copy")
        try:
            page = await _page(port, "/s/copy/record/events/row")
            crowd = Crowd(port, page.split('name="token" value="')[1].split('"')[0])
            most = asyncio.create_task(_memory(process.pid))
            server = psutil.Process(process.pid)
            if given.alone:
                await _alone(crowd, server)
                return
            before, started = sum(server.cpu_times()[:2]), time.perf_counter()
            await asyncio.gather(*(crowd.user(n, given.seconds) for n in range(given.users)))
            most.cancel()
            used = sum(server.cpu_times()[:2]) - before
            share = used / (time.perf_counter() - started)
            events = {row.cells["event_id"] for row in read_file(space.study("copy"), "events").rows}
            print(f"{given.users} users, {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}, "
                  f"the server had {share:.2f} of a processor, {used / max(1, sum(map(len, crowd.times.values()))):.3f} s "
                  "of it an answer")  # fmt: skip
            for what, times in sorted(crowd.times.items()):
                ranked = sorted(times)
                print(f"{what:12} n {len(times):5} median {statistics.median(times):6.3f} s, 95th percentile "
                      f"{ranked[int(0.95 * len(ranked))]:6.3f} s, slowest {ranked[-1]:6.3f} s")  # fmt: skip
            print(f"requests {sum(map(len, crowd.times.values()))}, failed {len(crowd.failed)} {crowd.failed[:5]}, "
                  f"saved {len(crowd.saved)}, lost {len(set(crowd.saved) - events)}, memory at most {MEMORY[0] / 1e6:.0f} MB")  # fmt: skip
        finally:
            process.terminate()
            process.wait(20)


async def _alone(crowd: Crowd, server: psutil.Process, times: int = 12) -> None:
    """Processor seconds of each kind of answer, one at a time: the first, and the middle of those after it."""
    rng = random.Random(1)

    async def spent(what: str) -> float:
        before = sum(server.cpu_times()[:2])
        await crowd.ask(what, 0, rng)
        crowd.times[what].append(0.0)
        return sum(server.cpu_times()[:2]) - before

    for what in (*READS, "edit"):  # the first pages also make what the app keeps ready beside them
        costs = [await spent(what) for _ in range(times)]
        print(
            f"{what:12} first {costs[0]:.2f} s of the processor, then {sum(costs[1:]) / (times - 1):.3f} s on average"
        )
    after = []
    for _ in range(times):
        await crowd.ask("edit", 0, rng)
        crowd.times["edit"].append(0.0)
        after.append(await spent("claims"))
    print(f"claims after an edit {sum(after) / times:.3f} s")


MEMORY = [0]


async def _memory(pid: int) -> None:
    server = psutil.Process(pid)
    while True:
        MEMORY[0] = max(MEMORY[0], server.memory_info().rss)
        await asyncio.sleep(0.5)


async def _page(port: int, path: str) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nhost: localhost:{port}\r\nconnection: close\r\n\r\n".encode())
    await writer.drain()
    text = (await reader.read()).decode()
    writer.close()
    return text


if __name__ == "__main__":
    asyncio.run(main())
