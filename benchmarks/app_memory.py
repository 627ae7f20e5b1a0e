"""Memory of the server of one user who opens every view: start, pairs, desks, record, a full run, report, files.

python benchmarks/app_memory.py [--no-run]
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import psutil

import detente

STUDY = "/s/colombia-venezuela"
BEFORE = (
    "/", "/pair/KEN-TZA", "/pair/IND-PAK", "/pair/QAT-SAU", "/pair/QAT-SAU/what-if", "/pair/IND-PAK/partners",
    "/pair/IND-PAK/picture.png", "/compare?pair=IND-PAK&pair=COL-VEN", f"{STUDY}/desk", f"{STUDY}/desk/solve?goods=-1",
    f"{STUDY}/desk/bands?goods=-1", f"{STUDY}/desk/bands?goods=-2&there=0.3", f"{STUDY}/attribution",
    f"{STUDY}/attribution?a=CHN&b=USA&format=json", f"{STUDY}/record/events", f"{STUDY}/record/claims", f"{STUDY}/data",
    f"{STUDY}/draft", "/api",
)  # fmt: skip
AFTER = (
    STUDY, f"{STUDY}?lang=es", f"{STUDY}/chart/first.png", f"{STUDY}/chart/trade.svg", f"{STUDY}/chart/maps",
    f"{STUDY}/one-page.pdf", f"{STUDY}/report.html", *(f"{STUDY}/download/{kind}" for kind in ("csv", "xlsx", "docx")),
    f"{STUDY}/desk/bands?goods=-1.5", f"{STUDY}/attribution?a=DEU&b=ITA&format=json",
)  # fmt: skip


class Tour:
    """A server in a folder of its own, and what it held at most."""

    def __init__(self, folder: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        env = {**os.environ, "PYTHONPATH": str(Path(detente.__file__).parents[1])}
        command = [sys.executable, "-m", "detente", "serve", "--port", str(self.port), "--no-browser"]
        self.process = subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.DEVNULL)
        self.asks = build_opener(HTTPCookieProcessor(CookieJar()))
        self.most = 0.0

    def get(self, path: str, form: dict[str, str] | None = None) -> bytes:
        address = f"http://localhost:{self.port}"
        body = None if form is None else urlencode(form).encode()
        try:
            with self.asks.open(Request(address + path, body, {"origin": address}), timeout=120) as answer:
                return answer.read()
        except HTTPError as refused:
            return refused.read()

    def held(self) -> str:
        """The server and its helper in MB: resident, and what is the server's alone."""
        server = psutil.Process(self.process.pid)
        found = server.memory_full_info()
        self.most = max(self.most, found.rss / 1e6)
        helpers = sum(child.memory_info().rss for child in server.children(recursive=True))
        return f"{found.rss / 1e6:5.0f} MB ({found.uss / 1e6:.0f} its own), other processes {helpers / 1e6:.0f} MB"

    def visit(self, paths: tuple[str, ...]) -> None:
        for path in paths:
            start = time.perf_counter()
            size = len(self.get(path))
            print(f"{path:62}{size / 1e3:7.0f} kB {time.perf_counter() - start:6.2f} s  {self.held()}", flush=True)

    def run(self) -> None:
        token = re.search(r'name="token" value="([^"]+)"', self.get(STUDY).decode())
        assert token is not None
        self.get(f"{STUDY}/run", {"token": token[1]})
        for _ in range(600):
            time.sleep(0.5)
            if all(job["state"] != "running" for job in json.loads(self.get("/jobs?format=json"))["jobs"]):
                break
        print(f"{'a full run':80}{self.held()}", flush=True)


def main(run: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        tour = Tour(folder)
        try:
            for _ in range(300):
                try:
                    tour.get("/static/app.css")
                    break
                except OSError:
                    time.sleep(0.2)
            time.sleep(3)
            print(f"{'start':80}{tour.held()}", flush=True)
            tour.visit(BEFORE)
            if run:
                tour.run()
                tour.visit(AFTER)
            print(f"at most {tour.most:.0f} MB")
        finally:
            tour.process.terminate()
            tour.process.wait(20)


if __name__ == "__main__":
    main("--no-run" not in sys.argv[1:])
