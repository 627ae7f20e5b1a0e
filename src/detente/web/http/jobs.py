"""Long work: each job is a process of its own, so that it can be stopped, limited, and outlives a closed tab."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from detente.errors import UsageError, how_many

KEPT = 50  # finished jobs remembered
MOST_RUNNING = 2


@dataclass(slots=True)
class Job:
    """One piece of long work in progress or finished.

    Attributes
    ----------
    id, study, key : the job's number, the study's id and its key in the workspace.
    out : the folder it writes: a run's, or that of an upload.
    kind : ``run``, or what an upload is to be: ``panel`` or ``record``.
    name : of the file that was uploaded.
    limit : seconds after which it is stopped; None for a run, which may take as long as it needs.
    state : running, done, failed or cancelled.
    stage, share : what it is doing, and the share done.
    message : why it failed.
    """

    id: str
    study: str
    key: str
    out: Path
    kind: str = "run"
    name: str = ""
    limit: float | None = None
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
            "id": self.id, "kind": self.kind, "name": self.name, "study": self.study, "key": self.key,
            "run": self.out.name if self.kind == "run" else "", "state": self.state,
            "stage": self.stage, "share": self.share, "message": self.message, "seconds": round(seconds, 1),
        }  # fmt: skip


class Jobs:
    """The jobs of one server."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._count = 0
        self._lock = threading.Lock()

    def start(
        self, key: str, study: str, folder: Path, out: Path, data: Path | None = None,
        reading: Mapping[str, Any] = MappingProxyType({}),
    ) -> Job:  # fmt: skip
        """Start a run, on the panel ``data`` where one is given, read as told; a study that is already running keeps its job.

        Raises
        ------
        UsageError
            Too much is running already.
        """
        job = Job("", study, key, out)
        words = [
            "detente.web.http.worker",
            str(folder),
            str(out),
            *([str(data), json.dumps(dict(reading))] if data else []),
        ]
        return self._begin(job, words, same=lambda other: other.kind == "run" and other.key == key)

    def read(self, kind: str, key: str, study: str, folder: Path, file: Path, name: str, limit: float) -> Job:
        """Start reading an uploaded file; what is found is written beside it.

        Raises
        ------
        UsageError
            Too much is running already.
        """
        job = Job("", study, key, file.parent, kind=kind, name=name, limit=limit)
        return self._begin(job, ["detente.web.editor.reading", kind, str(file), str(folder), str(file.parent)])

    def _begin(self, job: Job, words: list[str], same: Callable[[Job], bool] = lambda _: False) -> Job:
        with self._lock:
            running = [j for j in self._jobs.values() if j.state == "running"]
            for other in filter(same, running):
                return other
            if len(running) >= MOST_RUNNING:
                raise UsageError(
                    f"{how_many(len(running), 'job is', 'jobs are')} in progress.",
                    fix="Wait for one to finish, or cancel it.",
                )
            self._count += 1
            job.id = str(self._count)
            self._jobs[job.id] = job
            for old in [j.id for j in self._jobs.values() if j.state != "running"][:-KEPT]:
                del self._jobs[old]
        home = Path(__file__).resolve().parents[3]
        path = os.pathsep.join(p for p in (str(home), os.environ.get("PYTHONPATH", "")) if p)
        job.process = subprocess.Popen(
            [sys.executable, "-m", *words],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={"OPENBLAS_NUM_THREADS": "1", **os.environ, "PYTHONPATH": path}, start_new_session=True,
        )  # fmt: skip
        threading.Thread(target=self._follow, args=(job,), daemon=True).start()
        if job.limit is not None:
            clock = threading.Timer(job.limit, self._overdue, (job,))
            clock.daemon = True
            clock.start()
        return job

    def get(self, id_: str) -> Job | None:
        return self._jobs.get(id_)

    def of(self, study: str) -> dict[str, Any] | None:
        """The newest job of a study that is running or did not end well."""
        for job in reversed(self._jobs.values()):
            if job.study == study and job.kind == "run":
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

    def _overdue(self, job: Job) -> None:
        if job.state == "running":
            job.message = f"It took longer than {job.limit:g} seconds and was stopped; nothing was written."
            job.process.kill()

    def close(self) -> None:
        """Stop everything and clear up: the server is going."""
        for job in self._jobs.values():
            if job.state == "running":
                self.cancel(job)
                job.process.wait(10)
                _clear(job)

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
        if job.state != "cancelled" and code != 0:
            job.message = job.message or last_words(trace, code)
        if job.state == "cancelled" or code != 0:
            _clear(job)
        job.ended = time.time()
        if job.state != "cancelled":  # said last: whoever reads it finds the rest done
            job.state = "done" if code == 0 else "failed"


def last_words(trace: str, code: int) -> str:
    """Why a process ended that did not say so itself."""
    if code < 0 or "MemoryError" in trace or "memory allocation" in trace:
        return "It was stopped: it needed more memory than it is given, or was ended from outside. Nothing was written."
    return (trace.strip().splitlines() or [f"It ended with code {code}."])[-1]


def _clear(job: Job) -> None:
    """What a stopped run had written aside, or the whole of an upload."""
    for left in job.out.parent.glob(f".{job.out.name}-*") if job.kind == "run" else [job.out]:
        shutil.rmtree(left, ignore_errors=True)
    if job.kind == "run":
        with suppress(OSError):  # the number that was claimed, if nothing came of it
            job.out.rmdir()
