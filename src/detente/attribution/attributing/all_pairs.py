"""Why did flows change: every pair of a panel, or many, in one table.

What all pairs share (the fit of all dyads, the windows compared and the scores of the dyads in them) is made once; a
pair then costs the fit without it. The numbers are those of :func:`.one_pair.attribute`, whose functions these are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from functools import partial
from typing import Any

import polars as pl

from detente._workers import fresh_processes, share_out
from detente.attribution.attributing.asked import BASE_WINDOWS, AskedPair, PairQuestion
from detente.attribution.comparison.similar import SIMILAR
from detente.attribution.fits import CommonFits, DyadFits
from detente.attribution.result import ATTRIBUTION, NO_BASE, finding_row
from detente.attribution.sample import Sample
from detente.errors import DetenteError, NotIdentified, SpecificationError, UsageError
from detente.language import Joined

NOT_TOLD = "not told"  #: status of a pair that could not be asked about; ``reason`` says why
CHANGES = ATTRIBUTION | {"cautions": pl.String, "reason": pl.String}
PART = 250  #: pairs that go to a worker at once: some seconds of work
AHEAD = 8  #: parts under way at once on an executor of the caller's

Pair = tuple[str, str]


def attribute_all(
    panel: Any,
    episodes: Iterable[Any] | Mapping[str, Any],
    pairs: Iterable[Pair] | None = None,
    base_windows: Sequence[tuple[int, int]] = BASE_WINDOWS,
    placebos: str = SIMILAR,
    quick: bool = False,
    *,
    contiguity: Any = None,
    events: Iterable[tuple[str, str, int]] = (),
    executor: Executor | None = None,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> pl.DataFrame:
    """Split the change of every flow by episode, both directions of many pairs, in one table.

    Parameters
    ----------
    panel : Panel or (flows, economies, years)
        Flows [t, i, j] in million US$; nan where missing.
    episodes, base_windows, quick, contiguity, events :
        As of :func:`detente.attribute`; an episode that the panel lacks is an error, since no pair has it.
    pairs : iterable of (origin, destination), optional
        All pairs of the panel unless given. A pair named twice, or once each way, is done once.
    placebos : {"similar", "size", "contiguous", "destination", "origin"}
    executor : concurrent.futures.Executor, optional
        Where the pairs are done, instead of here; a dask client's (``client.get_executor()``) too.
    workers : int
        Processes, started afresh; one does all of it here.
    progress : callable, optional
        Called with (pairs done, pairs in all) after each part.

    Returns
    -------
    polars.DataFrame
        The rows of ``attribute(...).to_frame()`` of each pair in the order given, and ``cautions`` and ``reason``: where
        a pair has no answer there is one row a direction, episode and base window with the reason and no numbers.

    Raises
    ------
    SpecificationError
        An episode, a base window or a class of placebos that no pair can be asked about.
    WorkerLost
        A process was ended from outside.

    Examples
    --------
    >>> import numpy as np
    >>> flows = np.random.default_rng(1).lognormal(sigma=0.1, size=(6, 12, 12)) * 100
    >>> codes = tuple(f"E{k:02d}" for k in range(12))
    >>> found = attribute_all((flows, codes, range(2000, 2006)), [(2003, 2005)], [("E00", "E01"), ("E00", "XXX")],
    ...                       [(2000, 2003)], quick=True)
    >>> found["status"].to_list(), found["reason"][2][:22]
    (['computed', 'computed', 'not told', 'not told'], "'XXX' is not in the pa")
    """
    sample = Sample.of(panel)
    wanted = pair_list(sample, pairs)
    parts = parts_of(wanted)
    done, found = 0, {}
    for k, table in tables_by_part(
        panel, episodes, parts, base_windows, placebos, quick, contiguity=contiguity, events=events, executor=executor,
        workers=workers,
    ):  # fmt: skip
        found[k] = table
        done += len(parts[k])
        if progress is not None:
            progress(done, len(wanted))
    return pl.concat([pl.DataFrame(schema=CHANGES), *(found[k] for k in range(len(parts)))])


def tables_by_part(
    panel: Any, episodes: Iterable[Any] | Mapping[str, Any], parts: Sequence[Sequence[Pair]],
    base_windows: Sequence[tuple[int, int]] = BASE_WINDOWS, placebos: str = SIMILAR, quick: bool = False, *,
    contiguity: Any = None, events: Iterable[tuple[str, str, int]] = (), executor: Executor | None = None,
    workers: int = 1,
) -> Iterator[tuple[int, pl.DataFrame]]:  # fmt: skip
    """The table of each part of the pairs with the part's place, as they end; otherwise as :func:`attribute_all`."""
    if isinstance(workers, bool) or not isinstance(workers, int) or workers < 1:
        raise UsageError(f"workers is a count of one or more, not {workers!r}.")
    if not isinstance(placebos, str):
        raise SpecificationError(
            "Many pairs are compared with similar ones or with a class, not with pairs picked by hand.",
            fix='Use placebos="similar", or attribute() for the one pair that you picked them for.',
        )
    common, known = CommonFits.of(panel), tuple(events)
    question = PairQuestion.of(common.sample, episodes, base_windows, "" if quick else placebos, contiguity)
    if executor is None and (workers == 1 or len(parts) < 2):
        for k, part in enumerate(parts):
            yield k, table_of(common, question, part, known)
    else:
        yield from _elsewhere(common, question, parts, known, executor, workers)


def pair_list(sample: Sample, pairs: Iterable[Pair] | None) -> list[Pair]:
    """The pairs, each once whichever way it is named; all of the panel for None.

    Examples
    --------
    >>> pair_list(None, [("IND", "PAK"), ("CHL", "PER"), ("PAK", "IND")])
    [('IND', 'PAK'), ('CHL', 'PER')]
    """
    if pairs is None:
        return _every(sample)
    found: dict[frozenset[str], Pair] = {}
    for pair in map(_two, pairs):
        found.setdefault(frozenset(pair), pair)
    return list(found.values())


def parts_of(pairs: Sequence[Pair]) -> list[Sequence[Pair]]:
    """The pairs in pieces that go to a worker at once."""
    return [pairs[a : a + PART] for a in range(0, len(pairs), PART)]


def _two(pair: Any) -> Pair:
    if isinstance(pair, str) or len(pair) != 2:
        raise SpecificationError(f"{pair!r} is no pair.", fix='Give (origin, destination), as in ("IND", "PAK").')
    a, b = pair
    return str(a), str(b)


def _every(sample: Sample) -> list[Pair]:
    codes = [code for k, code in enumerate(sample.economies) if k not in sample.barred]
    return [(a, b) for n, a in enumerate(codes) for b in codes[n + 1 :]]


def _elsewhere(
    common: CommonFits, question: PairQuestion, parts: Sequence[Sequence[Pair]], events: tuple[Any, ...],
    executor: Executor | None, workers: int,
) -> Iterator[tuple[int, pl.DataFrame]]:  # fmt: skip
    sample = common.sample
    mark = sample.fingerprint
    tasks = [partial(tuple, (sample, mark, question, part, events)) for part in parts]
    with nullcontext(executor) if executor is not None else fresh_processes(workers) as pool:
        yield from share_out(_part, tasks, pool, ahead=AHEAD if executor is not None else workers + 1)


def _part(
    sample: Sample, mark: str, question: PairQuestion, pairs: Sequence[Pair], events: tuple[Any, ...]
) -> pl.DataFrame:
    return table_of(CommonFits.held(sample, mark), question, pairs, events)


def table_of(
    common: CommonFits, question: PairQuestion, pairs: Iterable[Pair], events: Iterable[tuple[str, str, int]] = ()
) -> pl.DataFrame:
    """The rows of many pairs, one after the other."""
    rows = [row for pair in pairs for row in _rows(common, question, pair, tuple(events))]
    return pl.DataFrame(rows, schema=CHANGES, orient="row")


def _rows(common: CommonFits, question: PairQuestion, pair: Pair, events: tuple[Any, ...]) -> list[dict[str, Any]]:
    try:
        asked = AskedPair(DyadFits.of(common, *pair, events), question)
        told = list(asked.directions())
    except DetenteError as error:
        return _reasoned(common.sample, question, pair, error)
    said = str(Joined(" ", parts=asked.cautions(told, common.collapsed)))
    return [
        finding_row(finding, common.sample.label) | {"cautions": said or None, "reason": finding.refusal or None}
        for one in told
        for finding in one.findings
    ]


def _reasoned(sample: Sample, question: PairQuestion, pair: Pair, error: DetenteError) -> list[dict[str, Any]]:
    """Why a pair has no answer, in the place of each row that it would have had."""
    status = NO_BASE if isinstance(error, NotIdentified) else NOT_TOLD
    return [
        dict.fromkeys(CHANGES)
        | {
            "origin": a, "destination": b, "episode": str(episode), "from_year": episode.from_year,
            "to_year": episode.to_year, "base_from": base[0], "base_to": base[1], "panel": sample.label,
            "status": status, "reason": str(error),
        }
        for base in question.windows
        for a, b in (pair, pair[::-1])
        for episode in question.episodes
    ]  # fmt: skip
