"""Kill -9 of two writers on one study, again and again: what was acknowledged and lost, what was left half-written.

python benchmarks/app_kills.py [KILLS]
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import detente
from detente.study import open_study
from detente.web.editor.editor import read_file, undo
from detente.web.editor.journal import JOURNAL, last_change
from detente.web.http.workspace import Workspace

WRITER = """
import sys, random
from detente.study import open_study
from detente.web.editor.editor import RowChange, save, undo
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


def main(kills: int) -> None:
    """Two writers at a time, killed at a moment of chance; the study is opened and counted after each pair."""
    draw = random.Random(1)
    env = {**os.environ, "PYTHONPATH": str(Path(detente.__file__).parents[1])}
    lost = half = stuck = open_undos = 0
    saved: set[str] = set()
    maybe_undone: set[str] = set()
    with tempfile.TemporaryDirectory() as folder:
        space = Workspace(Path(folder))
        space.copy(open_study("colombia-venezuela"), "copy")
        study = space.study("copy")
        for turn in range(kills // 2):
            command = [sys.executable, "-c", WRITER, str(study.folder)]
            hands = [
                subprocess.Popen([*command, f"T{turn}H{k}"], stdout=subprocess.PIPE, text=True, env=env)
                for k in range(2)
            ]
            assert hands[0].stdout is not None
            first = hands[0].stdout.readline()
            time.sleep(draw.uniform(0, 0.4))
            for hand in hands:
                hand.send_signal(signal.SIGKILL)
            told = [hand.stdout.read() for hand in hands if hand.stdout is not None]
            told[0] = first + told[0]
            for hand in hands:
                hand.wait()
            for line in "".join(told).splitlines():
                word, _, ids = line.partition(" ")
                if word == "saved":
                    saved.add(ids)
                elif word == "undone":
                    maybe_undone |= {part.strip() for part in ids.split(",")}
            events = {
                r.cells["event_id"] for r in read_file(study, "events").rows if r.cells["event_id"].startswith("T")
            }
            sources = {r.cells["source_id"] for r in read_file(study, "sources").rows}
            own = {id_ for id_ in saved if id_.startswith(f"T{turn}H")}
            # a hand killed within an undo may have taken back one acknowledged save that it could not name any more
            within = sum(text.splitlines()[-1:] == ["undoing"] for text in told)
            gone = own - events - maybe_undone
            lost += max(0, len(gone) - within)
            open_undos += within
            half += len({f"S{id_}" for id_ in events} ^ {s for s in sources if s.startswith("ST")})
            if last_change(study) is not None:
                try:
                    undo(study)
                except detente.DetenteError:
                    stuck += 1
            events = {r.cells["event_id"] for r in read_file(study, "events").rows}
            maybe_undone |= saved - events
        left = [p.name for p in study.folder.rglob(".*") if p.name != JOURNAL]
        print(f"kills {2 * (kills // 2)}, saves acknowledged {len(saved)}, lost {lost}, half-written {half}, "
              f"undo refused {stuck}, killed within an undo {open_undos}, left behind {len(left)}, "
              f"problems of the record {len(study.check())}")  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
