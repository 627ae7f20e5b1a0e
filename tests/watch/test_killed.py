"""kill -9 at every point of a look: each change is told once, and no message is lost."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import detente as dt
from detente.watch import open_state
from detente.watch.state import WatchState
from local_mail import mail_server
from watched import CLOSED, HEAD, mail_to

SCRIPT = Path(__file__).with_name("killed_look.py")
POINTS = ("computed", "before commit", "after commit", "feeds written", "claimed", "after 250")


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_any_point_an_alert_fires_once(mine: Any, tmp_path: Path, point: str) -> None:
    policy = "hold" if point in ("claimed", "after 250") else "resend"
    with mail_server(tmp_path / "kept") as (kept, server):
        to = (
            mail_to(server, '"ana@example.com"')
            + '[[to]]\nkind = "atom"\npath = "a.atom"\nurl = "https://d.example.org/a"\n'
        )
        path = mine.listed('[[rule]]\nmeasure = "state:*"\n', to=to, head=f'{HEAD}doubtful = "{policy}"\n')
        dt.look(path)
        mine.append("events", CLOSED.format(title="Goods stop"))
        done = subprocess.run([sys.executable, str(SCRIPT), str(path), point], timeout=300)
        assert done.returncode == -signal.SIGKILL
        for days in (1, 2):
            found = dt.look(path, clock=lambda days=days: time.time() + days * 86_400)
            assert found.exit_code == (10 if days == 1 and point in ("computed", "before commit") else 0)
        assert kept.taken() == {"ana@example.com": 1}
    state = WatchState(open_state(tmp_path / "desk.watch.db"))
    (alert,) = state.alerts()
    assert "Goods stop" in alert.heading
    assert (tmp_path / "a.atom").read_text(encoding="utf-8").count("<entry") == 1


def test_a_hundred_looks_at_a_noisy_figure_tell_once(mine: Any, tmp_path: Path) -> None:
    """The newest figure goes to and fro over one threshold and never over the other."""
    rules = '[[rule]]\nmeasure = "exports"\nfire = ">= 1100"\nclear = "< 1000"\n'
    path, value, told = mine.listed(rules), "1071.9", 0
    dt.look(path)
    for n in range(100):
        new = f"{1100 + (-1) ** n * (10 + n % 85)}"
        mine.replace("series", f"T424,trade.exports,2025,{value},", f"T424,trade.exports,2025,{new},")
        told, value = told + len(dt.look(path).alerts), new
    assert told == 1
