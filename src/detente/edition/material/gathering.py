"""From a watch list, run folders or studies to an edition's subjects, with what changed since the edition before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from detente._foreign import read_json
from detente.answer.pairs.any_pair import pair
from detente.edition.material.changes import between, of_list, snapshot
from detente.edition.material.subjects import PairSubject, Subject, SubjectLike, ahead
from detente.errors import UnknownStudy, UsageError
from detente.run import read_run
from detente.run.result import Run
from detente.study import open_study
from detente.watch import look, read_watchlist
from detente.watch.earlier_looks import history


def gather(
    sources: Sequence[str], day: date, *, out: Path | None = None, quick: bool = False
) -> tuple[SubjectLike, ...]:
    """The subjects of an edition.

    Parameters
    ----------
    sources : folders of finished runs, studies by name or folder, or one watch list, which is looked at.
    day : of the edition: what is dated after it is ahead, and the newest edition before it is what is compared with.
    out : the site's folder, where editions before it are.
    quick : studies are run without placebos and ensembles, and say so.

    Raises
    ------
    DetenteError
        One of them cannot be read or run.
    """
    if not sources:
        raise UsageError("An edition is made of something.", fix="Give a watch list, run folders or studies.")
    last = _last(out, day)
    if len(sources) == 1 and sources[0].endswith(".toml"):
        return _of_list(Path(sources[0]), day, last, quick)
    return tuple(
        _since(Subject(run, ahead=ahead(run, day)), last) for run in (_run(source, quick) for source in sources)
    )


def _last(out: Path | None, day: date) -> Mapping[str, Any]:
    """The manifest of the newest edition before ``day``; empty where there is none."""
    found = [] if out is None else sorted(out.glob("[0-9]*-[0-9]*-[0-9]*/manifest.json"), reverse=True)
    return next((read_json(path) for path in found if path.parent.name < day.isoformat()), {})


def _since(subject: Subject, last: Mapping[str, Any]) -> Subject:
    """The subject with what its measures say otherwise than in the last edition that had it."""
    before = last.get("readings", {}).get(subject.id)
    if before is None:
        return subject
    return replace(subject, changes=between(before, snapshot(subject.run), last["day"]), since=last["day"])


def _of_list(path: Path, day: date, last: Mapping[str, Any], quick: bool) -> tuple[SubjectLike, ...]:
    """Every dyad of a watch list that can be told, after one look at it; its messages wait for the next watch."""
    listed = read_watchlist(path)
    failed = {one.dyad for one in look(path, deliver=False).failures}
    past = history(listed)
    newest = max((number for number, _ in past.looks), default=0)
    since = last.get("day")
    alerts = [one for one in past.alerts if _after(one.at, one.look, since, newest)]
    found: list[SubjectLike] = []
    for dyad in listed.dyad:
        if dyad.key in failed:
            continue
        changes = of_list(alerts, dyad.key, listed.watch.lang)
        if dyad.pair is not None:
            found.append(PairSubject(pair(*dyad.pair), changes, since))
            continue
        home = path.parent / dyad.study
        run = _run(str(home) if home.is_dir() else dyad.study, quick or listed.quick)
        found.append(Subject(run, changes, since, ahead(run, day)))
    if not found:
        raise UsageError(f"No dyad of {path.name} can be told.", fix=f"See: detente watch {path}")
    return tuple(found)


def _after(at: str, number: int, since: str | None, newest: int) -> bool:
    """Whether an alert is of the days since the last edition; for a first one, of the newest look."""
    return number == newest if since is None else at[:10] >= since


def _run(source: str, quick: bool) -> Run:
    path = Path(source)
    if (path / "results.json").is_file():
        return read_run(path)
    try:
        study = open_study(source)
    except UnknownStudy as error:
        if path.exists():
            raise
        fix = "Give a watch list (.toml), the folder of a finished run, or a study."
        raise UnknownStudy(error.what, fix=fix) from None
    return study.run(quick=quick)
