"""A batch: one Parquet file of many pairs, made part by part, each of which is kept as soon as it is done.

The parts stand beside the file in ``NAME.parts`` with what was asked (``asked.json``). Whoever asks the same again with
``resume`` begins where the last one stopped; the parts go when the file stands.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl

from detente import __version__
from detente._atomic import LOCK, lock, write_file
from detente.attribution.attributing.all_pairs import CHANGES, pair_list, parts_of, tables_by_part
from detente.attribution.attributing.asked import PairQuestion
from detente.attribution.sample import Sample
from detente.errors import OutputError, how_many

ASKED = "asked.json"
BASE_YEARS = EPISODE_YEARS = 5
Pair = tuple[str, str]
Years = tuple[int, int]


@dataclass(frozen=True, slots=True)
class BatchOfPairs:
    """A finished batch.

    Attributes
    ----------
    path : Path
        The Parquet file.
    table : polars.DataFrame
        Its rows: those of :func:`detente.attribute_all`.
    n_pairs : int
    n_before : int
        Pairs that an earlier, unfinished batch had done.
    """

    path: Path
    table: pl.DataFrame
    n_pairs: int
    n_before: int

    def to_frame(self) -> pl.DataFrame:
        """The table (polars)."""
        return self.table

    def counts(self) -> dict[str, int]:
        """Rows by status, the most frequent first."""
        rows = self.table["status"].value_counts(sort=True)
        return dict(rows.iter_rows())

    def __repr__(self) -> str:
        return f"<Batch of {how_many(self.n_pairs, 'pair')}, {how_many(self.table.height, 'row')}: {self.path}>"


def batch(
    panel: Any, out: Path, pairs: Iterable[Pair] | None = None, *, episodes: Sequence[Any] = (),
    base_windows: Sequence[Years] = (), quick: bool = False, resume: bool = False, executor: Executor | None = None,
    workers: int = 1, progress: Callable[[int, int], None] | None = None,
) -> BatchOfPairs:  # fmt: skip
    """Attribute the changes of many pairs and keep them in one Parquet file.

    Parameters
    ----------
    panel : Panel or (flows, economies, years)
    out : the file to write.
    pairs : (origin, destination) by code; all of the panel unless given.
    episodes : as of :func:`detente.attribute`; the last five years of the panel unless given.
    base_windows : (first, last); the first five years of the panel unless given.
    quick : no placebos.
    resume : go on with a batch of the same pairs and question that was stopped.
    executor, workers, progress : as of :func:`detente.attribute_all`.

    Raises
    ------
    OutputError
        ``out`` is there already, or the parts beside it are of another question.
    SpecificationError
        The panel cannot be asked this.

    Examples
    --------
    >>> import numpy as np, tempfile
    >>> flows = np.random.default_rng(1).lognormal(size=(8, 12, 12)) * 100
    >>> panel = (flows, tuple(f"E{k:02d}" for k in range(12)), range(2000, 2008))
    >>> out = Path(tempfile.mkdtemp()) / "changes.parquet"
    >>> batch(panel, out, [("E00", "E01"), ("E02", "E07")], quick=True).counts()
    {'computed': 4}
    """
    sample, wanted = Sample.of(panel), None if pairs is None else list(pairs)
    asked, windows = list(episodes) or [_last(sample)], list(base_windows) or [_first(sample)]
    PairQuestion.of(sample, asked, windows, "")  # that the panel cannot answer is said before anything is made
    every = pair_list(sample, wanted)
    parts = parts_of(every)
    mark = _mark(sample, every, asked, windows, quick)
    home = out.with_name(out.name + ".parts")
    if out.exists():
        raise OutputError(f"{out} is there already.", fix="Name another file with --out, or move it away.")
    _make(home)
    with lock(home):
        _begin(home, mark, resume)
        left = [k for k in range(len(parts)) if not _part(home, k).exists()]
        before = len(every) - sum(len(parts[k]) for k in left)
        done = before
        for k, table in tables_by_part(
            panel, asked, [parts[k] for k in left], windows, quick=quick, executor=executor, workers=workers
        ):
            write_file(_part(home, left[k]), _parquet(table))
            done += len(parts[left[k]])
            if progress is not None:
                progress(done, len(every))
        table = pl.concat([pl.DataFrame(schema=CHANGES), *(pl.read_parquet(_part(home, k)) for k in range(len(parts)))])
        write_file(out, _parquet(table))
        for k in range(len(parts)):
            _part(home, k).unlink()
        (home / ASKED).unlink()
    _gone(home)
    return BatchOfPairs(out, table, len(every), before)


def _last(sample: Sample) -> Years:
    """The last five years, from the same season; a year that the panel lacks counts as one."""
    last = len(sample.years) - 1
    if sample.season == 1:
        wanted = sample.calendar_year(last) - EPISODE_YEARS
        return next(y for t, y in enumerate(sample.years) if sample.calendar_year(t) >= wanted), sample.years[last]
    return sample.years[max(last - EPISODE_YEARS * sample.season, 0)], sample.years[last]


def _first(sample: Sample) -> Years:
    return sample.years[0], sample.years[min(BASE_YEARS * sample.season, len(sample.years)) - 1]


def _mark(sample: Sample, pairs: Sequence[Pair], *question: Any) -> dict[str, Any]:
    """What two batches must share for the parts of one to serve the other."""
    said = json.dumps([pairs, question], default=str)
    return {
        "detente": __version__,
        "panel": sample.fingerprint,
        "question": hashlib.blake2b(said.encode(), digest_size=16).hexdigest(),
    }


def _make(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{home} cannot be made: {error.strerror or error}.", fix="Name another --out.") from None


def _begin(home: Path, mark: dict[str, Any], resume: bool) -> None:
    """The folder of parts, ready for this question: with those of before where it is the same and they are wanted."""
    note = home / ASKED
    same = note.exists() and json.loads(note.read_text(encoding="utf-8")) == mark
    if note.exists() and resume and not same:
        raise OutputError(
            f"{home} holds the parts of another batch.",
            why="Its pairs, panel, question or version of détente differ, so its numbers are not of this one.",
            fix=f"Ask as before, name another --out, or leave out --resume to begin afresh in {home.name}.",
        )
    if not (same and resume):
        for old in home.glob("part-*.parquet"):
            old.unlink()
        write_file(note, json.dumps(mark, indent=1))


def _part(home: Path, k: int) -> Path:
    return home / f"part-{k:05d}.parquet"


def _parquet(table: pl.DataFrame) -> bytes:
    with BytesIO() as out:
        table.write_parquet(out)
        return out.getvalue()


def _gone(home: Path) -> None:
    """The folder of parts away, unless something else stands in it."""
    rest = list(home.iterdir())
    if all(one.name == LOCK for one in rest):
        for one in rest:
            one.unlink()
        home.rmdir()
