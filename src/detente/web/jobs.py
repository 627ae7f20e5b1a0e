"""Long work: each job is a process of its own, so that it can be stopped and outlives a closed tab."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from detente.errors import UsageError

KEPT = 50  # finished jobs remembered
MOST_RUNNING = 2


@dataclass(slots=True)
class Job:
    """One run of a study in progress or finished.

    Attributes
    ----------
    id, study, key : the job's number, the study's id and its key in the workspace.
    out : the run folder it writes.
    state : running, done, failed or cancelled.
    stage, share : what it is doing, and the share done.
    message : why it failed.
    """

    id: str
    study: str
    key: str
    out: Path
    started: float = field(default_factory=time.time)
    ended: float | None = None
    state: str = "running"
    stage: str = "start"
    share: float = 0.0
    message: str = ""
    process: Any = None

    def to_dict(self) -> dict[str, Any]:
        seconds = (self.ended or time.time()) - self.started
        return {
            "id": self.id, "study": self.study, "key": self.key, "run": self.out.name, "state": self.state,
            "stage": self.stage, "share": self.share, "message": self.message, "seconds": round(seconds, 1),
        }  # fmt: skip


class Jobs:
    """The jobs of one server."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def start(self, key: str, study: str, folder: Path, out: Path) -> Job:
        """Start a run; a study that is already running keeps its job.

        Raises
        ------
        UsageError
            Too much is running already.
        """
        with self._lock:
            running = [j for j in self._jobs.values() if j.state == "running"]
            for job in running:
                if job.key == key:
                    return job
            if len(running) >= MOST_RUNNING:
                raise UsageError(f"{len(running)} runs are in progress.", fix="Wait for one to finish, or cancel it.")
            job = Job(str(len(self._jobs) + 1), study, key, out)
            self._jobs[job.id] = job
            for old in [j.id for j in self._jobs.values() if j.state != "running"][:-KEPT]:
                del self._jobs[old]
        home = Path(__file__).resolve().parents[2]
        path = os.pathsep.join(p for p in (str(home), os.environ.get("PYTHONPATH", "")) if p)
        job.process = subprocess.Popen(
            [sys.executable, "-m", "detente.web.worker", str(folder), str(out)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": path}, start_new_session=True,
        )  # fmt: skip
        threading.Thread(target=self._follow, args=(job,), daemon=True).start()
        return job

    def get(self, id_: str) -> Job | None:
        return self._jobs.get(id_)

    def of(self, study: str) -> dict[str, Any] | None:
        """The newest job of a study that is running or did not end well."""
        for job in reversed(self._jobs.values()):
            if job.study == study:
                return job.to_dict() if job.state in ("running", "failed") else None
        return None

    def all(self) -> list[Job]:
        """Newest first."""
        return list(reversed(self._jobs.values()))

    def cancel(self, job: Job) -> None:
        """Stop a job; what it had written aside is removed."""
        if job.state == "running" and job.process is not None:
            job.state = "cancelled"
            job.process.terminate()

    def close(self) -> None:
        """Stop everything and clear up: the server is going."""
        for job in self._jobs.values():
            if job.state == "running":
                self.cancel(job)
                job.process.wait(10)
                _clear(job.out)

    def _follow(self, job: Job) -> None:
        for line in job.process.stdout:
            try:
                said = json.loads(line)
            except ValueError:
                continue
            job.stage, job.share = said.get("stage", job.stage), said.get("share", job.share)
            job.message = said.get("error", job.message)
            if "done" in said:
                job.share = 1.0
        trace = job.process.stderr.read()
        code = job.process.wait()
        job.ended = time.time()
        if job.state == "cancelled":
            _clear(job.out)
        elif code == 0:
            job.state = "done"
        else:
            job.state = "failed"
            job.message = job.message or (trace.strip().splitlines() or [f"It ended with code {code}."])[-1]


def _clear(out: Path) -> None:
    """What a stopped run had written aside."""
    import shutil

    for left in out.parent.glob(f".{out.name}-*"):
        shutil.rmtree(left, ignore_errors=True)
