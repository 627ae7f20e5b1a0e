"""What happened to comparable pairs: the only honest yardstick for one treated dyad (METHODS A6.1-2).

A dummy for a single dyad has no sampling variance to cluster: its clustered standard
error is a function of that dyad's own scores and far too small. The placebo
distribution takes its place: the same number computed on every comparable pair.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.attribution.sample import Sample
from detente.errors import SpecificationError, TooFewDonors, did_you_mean, first_five

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

KINDS = ("size", "contiguous", "destination", "origin")
ALIASES = {"importer": "destination", "exporter": "origin"}
FEWEST = 10  #: dyads picked one by one, below which a 5-95% range says nothing
FACTOR = 3.0  #: placebos lie within this factor of the dyad's mean flow in the base years


@dataclass(frozen=True, slots=True)
class Placebos:
    """Comparable dyads.

    Attributes
    ----------
    chosen : (N, N) bool
        True where the dyad i -> j is a placebo.
    kind : str
        ``size``, ``contiguous``, ``destination`` or ``origin``.
    """

    chosen: Bools
    kind: str

    @property
    def n(self) -> int:
        return int(self.chosen.sum())


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one number stands among its placebos.

    Attributes
    ----------
    share : float
        (1 + count of placebos at or below) / (1 + n); nan without a number.
    n : int
        Placebos that have the number.
    low, high : float
        5% and 95% points of the placebos.
    median, upper : float
        50% and 80% points of the placebos (for power statements).
    """

    share: float
    n: int
    low: float
    high: float
    median: float
    upper: float

    @property
    def smallest(self) -> float:
        """The smallest share that n placebos can show."""
        return 1.0 / (1.0 + self.n)


def choose(
    base_mean: Floats,
    i: int,
    j: int,
    *,
    kind: str = "size",
    factor: float = FACTOR,
    barred: Sequence[int] = (),
    excluded: Bools | None = None,
    contiguity: Bools | None = None,
) -> Placebos:
    """Dyads comparable with i -> j.

    Parameters
    ----------
    base_mean : (N, N) array, million US$
        Mean flow in the base years.
    i, j : int
        The treated dyad; it and its reverse are never placebos.
    kind : str
        ``size``: any dyad within ``factor`` of the treated one. The other kinds take those among
        them that share a land border, the destination (``importer``), or the origin (``exporter``).
    barred : sequence of int
        Economies that are no economy (the rest of the world).
    excluded : (N, N) bool, optional
        Dyads known to have had a rupture of their own.
    contiguity : (N, N) bool, optional
        Needed by ``contiguous``.

    Returns
    -------
    Placebos

    Raises
    ------
    SpecificationError
        An unknown kind, or ``contiguous`` without a contiguity matrix.

    Examples
    --------
    >>> mean = np.array([[0, 9.0, 2], [5, 0, 10], [4, 30, 0]])
    >>> choose(mean, 0, 1).chosen.astype(int).tolist()
    [[0, 0, 0], [0, 0, 1], [1, 0, 0]]
    """
    kind = check_kind(kind)
    size = base_mean[i, j]
    with np.errstate(invalid="ignore"):
        chosen = (base_mean >= size / factor) & (base_mean <= size * factor) & (base_mean > 0)
    if kind == "contiguous":
        if contiguity is None:
            raise SpecificationError(
                "Placebos among neighbours need to know who borders whom.",
                fix="Pass contiguity=, a matrix of economies by economies or a list of pairs.",
            )
        chosen &= contiguity
    if kind == "destination":
        chosen &= np.arange(len(base_mean))[None, :] == j
    if kind == "origin":
        chosen &= np.arange(len(base_mean))[:, None] == i
    if excluded is not None:
        chosen &= ~excluded
    for k in barred:
        chosen[k, :] = chosen[:, k] = False
    np.fill_diagonal(chosen, False)
    chosen[i, j] = chosen[j, i] = False
    return Placebos(chosen, kind)


def check_kind(kind: str) -> str:
    """The class under its own name; raises if there is none."""
    kind = ALIASES.get(kind, kind)
    if kind not in KINDS:
        raise SpecificationError(
            f"'{kind}' is no class of placebos.{did_you_mean(kind, (*KINDS, *ALIASES))}",
            fix=f"The classes are: {', '.join(KINDS)}.",
        )
    return kind


def picked(sample: Sample, dyads: Iterable[tuple[str, str]], i: int, j: int) -> Bools:
    """The dyads named, as an (N, N) bool array; for i -> j and its reverse.

    Raises
    ------
    UnknownEconomy
        A code that is not in the panel.
    SpecificationError
        The treated dyad or its reverse, an economy with itself, or one that is none (the rest of the world).

    Examples
    --------
    >>> sample = Sample(np.ones((2, 4, 4)), ("AAA", "BBB", "CCC", "DDD"), (2000, 2001), "toy")
    >>> np.argwhere(picked(sample, [("CCC", "DDD"), ("AAA", "CCC")], 0, 1)).tolist()
    [[0, 2], [2, 3]]
    """
    chosen = np.zeros((len(sample.economies),) * 2, dtype=bool)
    for dyad in dyads:
        a, b = (sample.economy(code) for code in dyad)
        name = f"{sample.economies[a]}-{sample.economies[b]}"
        if a == b:
            raise SpecificationError(
                f"'{name}' is not a pair: origin and destination are the same.", fix="Take it out."
            )
        if {a, b} == {i, j}:
            raise SpecificationError(
                f"'{name}' is the pair in question, or its reverse.",
                why="It cannot be its own yardstick.",
                fix="Take it out of the pairs picked.",
            )
        if {a, b} & set(sample.barred):
            raise SpecificationError(
                f"'{name}' is not a pair of economies: the rest of the world is many.", fix="Take it out."
            )
        chosen[a, b] = True
    return chosen


def usable(chosen: Bools, base_mean: Floats, sample: Sample) -> Bools:
    """Those among ``chosen`` that traded in the base years.

    Raises
    ------
    TooFewDonors
        Fewer than ten of them.
    """
    with np.errstate(invalid="ignore"):
        trading = chosen & (base_mean > 0)
    n = int(trading.sum())
    if n < FEWEST:
        silent = [f"{sample.economies[a]}-{sample.economies[b]}" for a, b in np.argwhere(chosen & ~trading)]
        without = f" No trade in the base years: {first_five(silent)}." if silent else ""
        raise TooFewDonors(
            f"{n} of the {int(chosen.sum())} pairs picked can be compared with; {FEWEST} are needed.{without}",
            why="A range of fewer says nothing about how unusual one pair's change is.",
            fix=f"Pick at least {FEWEST - n} more, or compare with a class of pairs.",
        )
    return trading


def stand(value: float, placebos: Floats) -> Standing:
    """The share of placebos at or below ``value``, one-sided, and their band.

    Parameters
    ----------
    value : float
        The treated dyad's number; minus infinity where its flow fell to zero.
    placebos : (n,) array
        The same number of each placebo; nan where there is none, minus infinity for a fall to zero.

    Raises
    ------
    TooFewDonors
        When no placebo has the number.

    Examples
    --------
    >>> stand(-1.0, np.array([-2.0, -0.5, 0.1, np.nan])).share
    0.5
    """
    placebos = placebos[~np.isnan(placebos)]
    if not placebos.size:
        raise TooFewDonors(
            "No comparable pair has flows in the years asked for.",
            why="Without placebos nothing says how unusual one pair's change is.",
            fix="Use a panel with more economies, a wider factor, or quick=True for the split alone.",
        )
    low, median, upper, high = np.quantile(placebos, (0.05, 0.5, 0.8, 0.95), method="inverted_cdf")
    share = float("nan")
    if not np.isnan(value):
        share = float((1 + np.count_nonzero(placebos <= value)) / (1 + placebos.size))
    return Standing(share, int(placebos.size), float(low), float(high), float(median), float(upper))


def mean_change(log_ratio: Floats, before: slice, after: slice) -> Floats:
    """Mean residual of some years less the mean of others, for every dyad.

    Means of several years wander less than single years, so a lasting loss is easier to see.

    Parameters
    ----------
    log_ratio : (T, ...) array
        Residuals, log points.
    before, after : slice
        Positions of the years.

    Examples
    --------
    >>> mean_change(np.array([0.0, 0.2, -1.0, -1.2]), slice(0, 2), slice(2, 4)).round(6).item()
    -1.2
    """
    with np.errstate(invalid="ignore"):  # zeros on both sides: unknown
        return np.asarray(log_ratio[after].mean(axis=0) - log_ratio[before].mean(axis=0))


def refuse_clustered_error() -> None:
    """Always raises: a one-dyad dummy has no usable clustered standard error.

    Raises
    ------
    SpecificationError
    """
    raise SpecificationError(
        "A clustered standard error for a dummy of one dyad is not computed.",
        why="With one treated cluster the estimate is fitted to that cluster's own scores, so the "
        "sandwich variance is close to zero whatever the truth is.",
        fix="Use the placebo share, or synthetic control, matrix completion or conformal intervals.",
    )
