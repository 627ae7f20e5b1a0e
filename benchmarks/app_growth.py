"""What grows: the start page with 300 studies, and pages of a record of 100,000 rows.

python benchmarks/app_growth.py [--studies 300] [--rows 100000]
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import Request, urlopen

import psutil

sys.path.insert(0, str(Path(__file__).parent))
from app_load import serve

from detente.study import new_study, open_study
from detente.web.http.workspace import Workspace


def timed(process: subprocess.Popen, port: int, path: str, times: int = 7) -> str:
    """First, median and slowest of the later answers, the processor's time for each, and the size as it is sent and unpacked."""
    took, size, sent = [], 0, 0
    server, spent = psutil.Process(process.pid), []
    for k in range(times):
        head = {"accept-encoding": "gzip"} if k == times - 1 else {}
        before, start = server.cpu_times(), time.perf_counter()
        with urlopen(Request(f"http://localhost:{port}{path}", headers=head), timeout=300) as answer:
            body = answer.read()
        took.append(time.perf_counter() - start)
        after = server.cpu_times()
        spent.append(after.user + after.system - before.user - before.system)
        size, sent = (size, len(body)) if head else (len(body), sent)
    later = took[1:]
    return (f"{path:46} first {took[0]:6.3f} s, then median {statistics.median(later):6.3f} s, slowest {max(later):6.3f} s; "
            f"processor first {spent[0]:.2f} s, then {statistics.median(spent[1:]):.2f} s; "
            f"{size / 1e3:.0f} kB ({sent / 1e3:.0f} kB packed)")  # fmt: skip


def long_record(study: Path, rows: int) -> None:
    """Append made-up events until the record has that many."""
    path = study / "record" / "events.csv"
    text = path.read_text(encoding="utf-8")
    header = text.splitlines()[0].split(",")
    made = {"title": "A made-up event, with a comma", "kind": "election", "direction": "0", "source_ids": "unsourced"}
    lines = []
    for k in range(rows):
        cells = {**made, "event_id": f"M{k}", "date": f"{1900 + k % 120}-{1 + k % 12:02}-{1 + k % 28:02}"}
        lines.append(",".join(f'"{cells[c]}"' if c in cells else "" for c in header))
    path.write_text(text.rstrip("\n") + "\n" + "\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=300)
    parser.add_argument("--rows", type=int, default=100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        Workspace(folder).copy(open_study("colombia-venezuela"), "long")
        long_record(folder / "long", given.rows)
        made = new_study("KEN", "TZA", folder=folder / "s0")
        for k in range(1, given.studies - 1):
            shutil.copytree(made, folder / f"s{k}")
        process, port = serve(folder, "s0")
        try:
            print(timed(process, port, "/"))
            for path in ("record/events", "record/events?page=200", "record/events?find=made-up+1950", "record/claims",
                         "record/events/row?id=M50000", "record/events/row"):  # fmt: skip
                print(timed(process, port, f"/s/long/{path}"))
        finally:
            process.terminate()
            process.wait(20)


if __name__ == "__main__":
    main()
