"""Kill -9 of two hands on one study, again and again: what was acknowledged and lost, what was left half-written.

python benchmarks/app_kills.py [KILLS]

Two kills in five are of whole servers, two at a time on one folder, while rows are saved, changes undone, files
uploaded and runs started; three in five are of two processes that do nothing but save and undo. A hand is killed at a
moment of chance. At the end a server is started once more, which clears what the killed ones left.
"""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

import detente
from detente.study import Study, open_study
from detente.web.editor.editor import read_file, undo
from detente.web.editor.journal import JOURNAL, last_change
from detente.web.http.workspace import Workspace

WRITER = """
import sys, random
from detente.study import Study, open_study
from detente.web.editor.row_changes import RowChange
from detente.web.editor.editor import save, undo
study = open_study(sys.argv[1])
draw = random.Random(sys.argv[2])
for n in range(100_000):
    id_ = f"{sys.argv[2]}N{n}"
    source = {"source_id": f"S{id_}", "title": "T", "publisher": "P", "date": "2026-10-01", "kind": "press"}
    row = {"event_id": id_, "date": "2026-10-01", "title": f"Event {id_}", "kind": "election", "direction": "0",
           "source_ids": f"S{id_}"}
    save(study, [RowChange("sources", "", "", source), RowChange("events", "", "", row)])
    print("saved", id_, flush=True)
    if draw.random() < 0.3:
        print("undoing", flush=True)
        print("undone", undo(study), flush=True)
"""


@dataclass
class Tally:
    """What was counted over all kills."""

    kills: int = 0
    saved: set[str] = field(default_factory=set)
    undone: set[str] = field(default_factory=set)  # told to be undone, or found undone when the next one looked
    lost: int = 0
    half: int = 0
    stuck: int = 0
    open_undos: int = 0  # killed within an undo, which may have taken back one acknowledged save that it could not name
    uploads: int = 0
    runs: int = 0
    broken_runs: int = 0

    def count(self, study: Study, told: list[str], turn: str) -> None:
        """After a kill: what the hands of this turn were told must stand in the study, whole."""
        for line in "".join(told).splitlines():
            word, _, ids = line.partition(" ")
            if word == "saved":
                self.saved.add(ids)
            elif word == "undone":
                self.undone |= {part.strip() for part in ids.split(",")}
        events = {r.cells["event_id"] for r in read_file(study, "events").rows if r.cells["event_id"].startswith("T")}
        sources = {r.cells["source_id"] for r in read_file(study, "sources").rows}
        within = sum(text.splitlines()[-1:] == ["undoing"] for text in told)
        gone = {id_ for id_ in self.saved if id_.startswith(turn)} - events - self.undone
        self.lost += max(0, len(gone) - within)
        self.open_undos += within
        self.half += len({f"S{id_}" for id_ in events} ^ {s for s in sources if s.startswith("ST")})
        if last_change(study) is not None:
            try:
                undo(study)
            except detente.DetenteError:
                self.stuck += 1
        self.undone |= self.saved - {r.cells["event_id"] for r in read_file(study, "events").rows}


def writers(study: Study, tally: Tally, turn: int, draw: random.Random, env: dict[str, str]) -> None:
    """Two processes that save and undo, killed."""
    command = [sys.executable, "-c", WRITER, str(study.folder)]
    hands = [subprocess.Popen([*command, f"T{turn}H{k}"], stdout=subprocess.PIPE, text=True, env=env) for k in range(2)]
    assert hands[0].stdout is not None
    first = hands[0].stdout.readline()
    time.sleep(draw.uniform(0, 0.4))
    for hand in hands:
        hand.send_signal(signal.SIGKILL)
    told = [hand.stdout.read() for hand in hands if hand.stdout is not None]
    for hand in hands:
        hand.wait()
    tally.kills += 2
    tally.count(study, [first + told[0], told[1]], f"T{turn}H")


class Server:
    """A server on the folder, asked by threads that write down what they were told."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [sys.executable, "-m", "detente", "serve", "--port", str(self.port), "--no-browser"]
        self.process = subprocess.Popen(
            command, cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.token = ""

    def ready(self) -> None:
        for _ in range(600):
            with suppress(OSError, HTTPException):
                page = self.ask("/s/copy/record/events/row")[1]
                self.token = re.findall(r'name="token" value="([^"]+)"', page)[0]
                return
            time.sleep(0.1)
        raise SystemExit("a server did not come up")

    def ask(self, path: str, body: bytes | None = None) -> tuple[int, str, str]:
        """Status, text, and where it points to; redirects are not followed."""
        address = f"http://localhost:{self.port}"
        head = {"origin": address, **({"x-detente-token": self.token} if self.token else {})}
        try:
            with build_opener(_Stay).open(Request(address + path, body, head), timeout=60) as answer:
                return answer.status, answer.read().decode(), answer.headers.get("location", "")
        except HTTPError as other:
            return other.code, other.read().decode(), other.headers.get("location", "")


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def saving(server: Server, name: str, told: list[str]) -> None:
    """Save rows with a source each, and undo now and then, until the server is gone."""
    draw = random.Random(name)
    for n in range(10_000):
        id_ = f"{name}N{n}"
        row = {"event_id": id_, "date": "2026-10-01", "title": f"Event {id_}", "kind": "election", "direction": "0",
               "source_ids": f"S{id_}", "source:source_id": f"S{id_}", "source:title": "T", "source:publisher": "P",
               "source:date": "2026-10-01", "source:kind": "press"}  # fmt: skip
        if server.ask("/s/copy/record/events/row", urlencode(row).encode())[0] == 303:
            told.append(f"saved {id_}\n")
        if draw.random() < 0.2:
            told.append("undoing\n")
            status, _, place = server.ask("/s/copy/record/events/undo", b"x=1")
            told.append(
                f"undone {place.partition('undone=')[2].replace('%2C', ',').replace('%20', '')}\n"
                if status == 303
                else "refused\n"
            )


def uploading(server: Server, tally: Tally) -> None:
    """Upload a record again and again."""
    table = ("event_id,date,title,kind,direction,source_ids\n" + "".join(
        f"UP{k},2026-10-01,Uploaded {k},election,0,unsourced\n" for k in range(2000))).encode()  # fmt: skip
    for _ in range(10_000):
        if server.ask("/s/copy/data/record?name=events.csv", table)[0] == 303:
            tally.uploads += 1


def servers(study: Study, tally: Tally, turn: int, draw: random.Random, env: dict[str, str]) -> None:
    """Two servers on one folder, killed while they save, undo, take files in and run."""
    pair = [Server(study.folder.parent, env) for _ in range(2)]
    for one in pair:
        one.ready()
    told: list[list[str]] = [[], []]
    work: list[Callable[[], None]] = [
        lambda: saving(pair[0], f"T{turn}H0", told[0]),
        lambda: saving(pair[1], f"T{turn}H1", told[1]),
        lambda: uploading(pair[turn % 2], tally),
    ]
    hands = [threading.Thread(target=_until_gone, args=(one,)) for one in work]
    if pair[1].ask("/s/small/run", b"x=1")[0] == 303:
        tally.runs += 1
    for hand in hands:
        hand.start()
    time.sleep(draw.uniform(0, 3))
    for one in pair:
        one.process.send_signal(signal.SIGKILL)
        one.process.wait()
    for hand in hands:
        hand.join()
    tally.kills += 2
    tally.count(study, ["".join(lines) for lines in told], f"T{turn}H")
    for run in (study.folder.parent / "runs" / "small").glob("[0-9]*"):
        whole = (run / "results.json").is_file() and (run / "report.html").is_file()
        tally.broken_runs += not whole and any(run.iterdir())


def _until_gone(work: Callable[[], None]) -> None:
    with suppress(OSError, HTTPException):
        work()


def main(kills: int) -> None:
    draw, tally = random.Random(1), Tally()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as aside:
        env = {**os.environ, "PYTHONPATH": str(Path(detente.__file__).parents[1]), "TMPDIR": aside}
        space = Workspace(Path(folder))
        space.copy(open_study("colombia-venezuela"), "copy")
        space.copy(open_study("colombia-venezuela"), "small")
        small = Path(folder) / "small" / "study.toml"
        small.write_text(
            small.read_text(encoding="utf-8").replace('use = "world"', 'use = "embedded"'), encoding="utf-8"
        )
        study = space.study("copy")
        for turn in range(kills // 2):
            (servers if turn % 5 < 2 else writers)(study, tally, turn, draw, env)
            if turn % 25 == 24:
                print(
                    tally.kills, f"lost {tally.lost}, half-written {tally.half}, undo refused {tally.stuck}", flush=True
                )
        last = Server(Path(folder), env)  # clears up after the killed ones
        last.ready()
        last.process.terminate()
        last.process.wait(30)
        time.sleep(5)
        runs = Path(folder) / "runs"
        left = [p for p in study.folder.rglob(".*") if p.name != JOURNAL] + [p for p in runs.rglob(".*") if p.is_dir()]
        print(f"kills {tally.kills}, saves acknowledged {len(tally.saved)}, lost {tally.lost}, half-written {tally.half}, "
              f"undo refused {tally.stuck}, killed within an undo {tally.open_undos}, files taken in {tally.uploads}, "
              f"runs begun {tally.runs}, broken {tally.broken_runs}, left in the study {len(left)}, in temporary folders "
              f"{sorted(p.name for p in Path(aside).iterdir())}, problems of the record {len(study.check())}")  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
