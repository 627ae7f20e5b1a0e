"""Covariance of the coefficients: robust, one- to four-way clusters, dyadic.

With scores ``s_n = x~_n w_n (y_n - mu_n)``, bread ``H^-1`` and meat ``M`` the sum of outer products of
scores within whatever may be correlated, ``V = H^-1 M H^-1``. Several clusters add and subtract
(Cameron, Gelbach & Miller 2011); dyadic lets all dyads that share an economy be correlated
(Aronow, Samii & Assenova 2015; Cameron & Miller 2014).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from detente.errors import AmbiguousColumn, DataError, NotIdentified, UnknownColumn, UsageError, first_five
from detente.gravity.design import Design, compress
from detente.gravity.engines.engine import EngineFit
from detente.gravity.engines.layout import economies_of
from detente.gravity.estimators.family import POISSON, Family
from detente.gravity.formulas.grammar import Effect, parse_effect
from detente.panel.columns import find_roles

SMALL_SAMPLE = ("stata", "fixest", "none")
"""Factors: G/(G-1) as ppmlhdfe; times (n-1)/(n-K) as fixest, K without effects nested in a cluster; 1."""

ROBUST = ("hetero", "heteroskedastic", "hc", "hc0", "hc1", "hc2", "hc3", "white", "none")
"""What other tools call errors without clusters."""

EARTH = 6371.0
"""Radius in kilometres."""
FAR_APART = 1e4
"""Ratio of the regressors' units from which on a covariance is repaired in a common unit."""


@dataclass(frozen=True, slots=True)
class Clustering:
    """Which scores may be correlated.

    kind : "robust", "iid", "cluster", "dyadic", "driscoll-kraay" or "conley"; ways : sets of columns, one a way
    options : lags of Driscoll-Kraay, kilometres of Conley
    """

    kind: str
    ways: tuple[tuple[str, ...], ...] = ()
    options: tuple[float, ...] = ()

    @property
    def text(self) -> str:
        if self.kind == "cluster":
            return "clustered by " + " and ".join("^".join(way) for way in self.ways)
        if self.kind == "driscoll-kraay":
            return f"Driscoll-Kraay by {self.ways[0][0]}, {self.options[0]:g} lags"
        if self.kind == "conley":
            return f"Conley within {self.options[0]:g} km"
        return {"robust": "heteroskedastic-robust", "iid": "classical (iid)"}.get(self.kind, "dyadic-robust")


@dataclass(frozen=True, slots=True)
class Covariance:
    """``matrix`` [k, k]; ``n_clusters`` of each way; whether a negative eigenvalue was set to zero."""

    matrix: np.ndarray
    n_clusters: tuple[int, ...]
    repaired: bool


def read_clustering(
    cluster: str | Sequence[str] | None, columns: Sequence[str], effects: Sequence[Effect] = ()
) -> Clustering:
    """What ``cluster=`` means.

    None or "robust", "iid", "dyadic", "dyadic(a, b)", "driscoll-kraay(year, 2)", "conley(lat, lon, 500)", "a^b",
    "a + b" or a list of these sets.
    The two economies of "dyadic" are those of the ``effects``; where these do not tell, those of known names.
    """
    if cluster is None or cluster == "robust":
        return Clustering("robust")
    if isinstance(cluster, str) and cluster == "iid" and "iid" not in columns:
        return Clustering("iid")
    if isinstance(cluster, str) and cluster.strip().startswith("dyadic"):
        return _read_dyadic(cluster.strip(), columns, effects)
    if isinstance(cluster, str) and cluster.strip().startswith(("driscoll-kraay", "conley")):
        return _read_kernel(cluster.strip())
    if not isinstance(cluster, str | list | tuple) or not all(isinstance(part, str) for part in cluster):
        raise UsageError(
            f"cluster names columns, as in 'exporter^importer' or 'exporter + importer', and is not {cluster!r}."
        )
    parts = cluster.strip().removeprefix("~").split("+") if isinstance(cluster, str) else list(cluster)
    parts = [part.strip() for part in parts]
    if not all(parts):
        raise UsageError(
            f"cluster={cluster!r} names no column.", fix="Leave cluster out, or give None, for robust errors."
        )
    if len(parts) == 1 and parts[0] not in columns and parts[0].casefold() in ROBUST:
        raise UsageError(
            f"cluster={cluster!r} is no set of columns.",
            fix="Errors robust to heteroskedasticity are those of cluster=None.",
        )
    for part in parts:
        if part not in columns and " " in part and "`" not in part:
            raise UsageError(
                f"cluster={cluster!r} holds a space.",
                fix="Put names with spaces in backticks, as in '`Reporter Name`^`Partner Name`'.",
            )
    if not 1 <= len(parts) <= 4:
        raise UsageError(f"Clusters go in one to four ways, not {len(parts)}.")
    return Clustering("cluster", tuple(parse_effect(part) for part in parts))


def _read_kernel(cluster: str) -> Clustering:
    """ "driscoll-kraay(year, 2)" or "conley(lat, lon, 500)"."""
    kind, _, inside = cluster.partition("(")
    parts = [part.strip().strip("`") for part in inside.removesuffix(")").split(",")]
    number = parts[-1]
    if len(parts) != (2 if kind == "driscoll-kraay" else 3) or not re.fullmatch(r"\d+(\.\d+)?", number):
        raise UsageError(
            f"cluster={cluster!r} cannot be read.",
            fix="Write 'driscoll-kraay(year, 2)' with the number of lags, or 'conley(lat, lon, 500)' with kilometres.",
        )
    return Clustering(kind, tuple((name,) for name in parts[:-1]), (float(number),))


def _read_dyadic(cluster: str, columns: Sequence[str], effects: Sequence[Effect]) -> Clustering:
    fix = "Name the two columns, as in cluster='dyadic(iso3_o, iso3_d)'."
    given = re.fullmatch(r"dyadic\(([^,]+),([^,]+)\)", cluster)
    if given:
        return Clustering("dyadic", tuple((name.strip().strip("`"),) for name in given.groups()))
    if cluster != "dyadic":
        raise UsageError(f"cluster={cluster!r} cannot be read.", fix=fix)
    found = economies_of(effects)
    if found is None:
        try:
            roles = find_roles(columns, needed=("origin", "destination"))
        except (AmbiguousColumn, UnknownColumn) as error:
            raise type(error)(error.what, where=error.where, fix=fix) from None
        found = str(roles.origin), str(roles.destination)
    return Clustering("dyadic", ((found[0],), (found[1],)))


def covariance(
    design: Design, fit: EngineFit, clustering: Clustering, small_sample: str = "stata", family: Family = POISSON
) -> Covariance:
    """Covariance [k, k] of the coefficients.

    Raises
    ------
    NotIdentified : a way has a single cluster.
    """
    gap = family.gap(design.y, fit.mu)
    scores = fit.tilde * (gap if design.weights is None else design.weights * gap)
    n = len(design.y)
    if clustering.kind == "iid":
        return classical(fit.hessian, n, _dispersion(design, fit, family))
    parameters = _parameters(design, clustering) if small_sample == "fixest" else 0
    if clustering.kind == "robust":
        return sandwich(fit.hessian, scores @ scores.T, Meat(n, parameters, (n,), robust=True), small_sample)
    meat, counts = meat_of(design, scores, clustering, small_sample)
    return sandwich(fit.hessian, meat, Meat(n, parameters, counts), small_sample)


@dataclass(frozen=True, slots=True)
class Meat:
    """What the small-sample factors of a meat count: rows, parameters (as fixest counts them), clusters of each way."""

    n: int
    parameters: int
    n_clusters: tuple[int, ...]
    robust: bool = False


def classical(hessian: np.ndarray, n: int, dispersion: float = 1.0) -> Covariance:
    """Covariance where every row's variance is as the family has it."""
    bread, scale = _bread(hessian)
    return Covariance(bread * dispersion / np.outer(scale, scale), (n,), False)


def sandwich(hessian: np.ndarray, meat: np.ndarray, counts: Meat, small_sample: str) -> Covariance:
    """Bread, meat [k, k], bread."""
    bread, scale = _bread(hessian)
    meat = meat / np.outer(scale, scale)
    if counts.robust and small_sample != "none":
        meat = meat * (counts.n / (counts.n - 1))
    if small_sample == "fixest":
        meat = meat * (counts.n - 1) / (counts.n - counts.parameters)
    matrix = bread @ meat @ bread
    matrix, repaired = _nearest_psd((matrix + matrix.T) / 2, scale)
    return Covariance(matrix, counts.n_clusters, repaired)


def _bread(hessian: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Inverse of the Hessian in one unit for all regressors, and these units [k].

    The pseudo-inverse would take small ones for nothing.
    """
    scale = np.sqrt(np.maximum(np.diag(hessian), 1e-300))
    return np.linalg.pinv(hessian / np.outer(scale, scale), hermitian=True), scale


def meat_of(
    design: Design, scores: np.ndarray, clustering: Clustering, small_sample: str
) -> tuple[np.ndarray, tuple[int, ...]]:
    """Sum of outer products of ``scores`` [k, n] within what may be correlated [k, k], and the clusters of each way.

    Rows that share all of the clusters' columns may be summed beforehand.
    """
    if clustering.kind == "dyadic":
        return _dyadic_meat(design, scores, clustering)
    if clustering.kind == "driscoll-kraay":
        return _serial_meat(design, scores, clustering, small_sample)
    if clustering.kind == "conley":
        return _spatial_meat(design, scores, clustering)
    sums = within_clusters(design, scores, clustering.ways)
    return clustered_meat(sums, clustering, small_sample)


def cluster_sums(scores: np.ndarray, codes: np.ndarray, n: int) -> np.ndarray:
    """Scores [k, n] summed by cluster: [k, clusters]."""
    return np.array([np.bincount(codes, s, n) for s in scores]).reshape(len(scores), n)


def within_clusters(
    design: Design, scores: np.ndarray, ways: Sequence[tuple[str, ...]]
) -> list[tuple[int, np.ndarray]]:
    """Clusters, and the sum of outer products within them [k, k], of each combination of ways, the ways alone first."""
    coded, found = [design.codes(way) for way in ways], []
    for size in range(1, len(coded) + 1):
        for chosen in combinations(coded, size):
            codes, n = chosen[0]
            for more, m in chosen[1:]:
                codes, n = compress(codes * m + more, n * m)
            sums = cluster_sums(scores, codes, n)
            found.append((n, sums @ sums.T))
    return found


def clustered_meat(
    sums: Sequence[tuple[int, np.ndarray]], clustering: Clustering, small_sample: str
) -> tuple[np.ndarray, tuple[int, ...]]:
    """The meat of :func:`within_clusters`, combinations of even size taken off.

    Raises
    ------
    NotIdentified : a way has a single cluster.
    """
    ways = clustering.ways
    counts = tuple(n for n, _ in sums[: len(ways)])
    for way, n in zip(ways, counts):
        if n < 2:
            raise NotIdentified(
                f"There is a single cluster in '{'^'.join(way)}'.",
                why="Nothing can be said about the variation between clusters.",
                fix="Cluster by something that varies, or leave cluster out for robust errors.",
            )
    sizes = [size for size in range(1, len(ways) + 1) for _ in combinations(ways, size)]
    meat = np.zeros_like(sums[0][1])
    for size, (n, product) in zip(sizes, sums):
        groups = min(counts) if small_sample == "fixest" else n
        factor = 1.0 if small_sample == "none" else groups / (groups - 1)
        meat += (-1) ** (size + 1) * factor * product
    return meat, counts


def _dyadic_meat(design, scores, clustering):
    names = [way[0] for way in clustering.ways]
    origin, destination = (design.axes[name] for name in names)
    if not np.isin(origin.levels, destination.levels).any():
        raise DataError(
            f"'{names[0]}' and '{names[1]}' have no economy in common: {first_five(origin.levels[:2].tolist())} there, "
            f"{first_five(destination.levels[:2].tolist())} here.",
            why="Dyadic errors let flows that share an economy, on either side, be correlated.",
            fix="Write both sides alike, or cluster by 'origin + destination' columns.",
        )
    economies = np.union1d(origin.levels, destination.levels)
    i = np.searchsorted(economies, origin.levels)[origin.codes]
    j = np.searchsorted(economies, destination.levels)[destination.codes]
    n, abroad = len(economies), i != j
    member = cluster_sums(scores, i, n) + cluster_sums(scores[:, abroad], j[abroad], n)
    pairs = np.minimum(i, j)[abroad] * n + np.maximum(i, j)[abroad]
    codes, count = compress(pairs, n * n)
    both = cluster_sums(scores[:, abroad], codes, count)
    return member @ member.T - both @ both.T, (n,)


def _dispersion(design: Design, fit: EngineFit, family: Family) -> float:
    """Variance of an observation where it is not known from the mean: OLS and gamma; 1 otherwise."""
    if family.name not in ("ols", "gamma"):
        return 1.0
    prior = np.ones_like(fit.mu) if design.weights is None else design.weights
    squares = (design.y - fit.mu) ** 2 / family.variance(fit.mu)
    return float(prior @ squares) / (len(design.y) - n_parameters(design))


def _serial_meat(design, scores, clustering, small_sample):
    """Driscoll & Kraay (1998): sums by period, correlated over some lags with Bartlett's weights."""
    codes, n = design.codes(clustering.ways[0])
    axis, lags = design.axes[clustering.ways[0][0]], int(clustering.options[0])
    if axis.levels.dtype.kind not in "iuf":
        raise DataError(f"Periods of '{clustering.ways[0][0]}' are no numbers.", fix="Give a column of years.")
    first = np.zeros(n, int)
    first[codes] = axis.codes
    time = axis.levels[first]
    sums = cluster_sums(scores, codes, n)
    distance = np.abs(time[:, None] - time[None, :])
    weight = np.maximum(0.0, 1 - distance / (lags + 1))
    factor = 1.0 if small_sample == "none" else n / (n - 1)
    return factor * (sums @ weight @ sums.T), (n,)


def _spatial_meat(design, scores, clustering):
    """Conley (1999): places within a distance are correlated, all with weight one, as in fixest."""
    lat, lon = (design.axes[way[0]] for way in clustering.ways)
    for axis, way in zip((lat, lon), clustering.ways):
        if axis.levels.dtype.kind not in "iuf":
            raise DataError(f"'{way[0]}' holds no numbers.", fix="Give degrees of latitude and longitude.")
    codes, n = design.codes((clustering.ways[0][0], clustering.ways[1][0]))
    if n > 20_000:
        raise UsageError(f"There are {n:,} different places: too many for Conley's errors.", fix="Round the degrees.")
    first = np.zeros(n, int)
    first[codes] = np.arange(len(codes))
    phi, lam = (np.radians(axis.levels[axis.codes[first]]) for axis in (lat, lon))
    haversine = np.sin((phi[:, None] - phi) / 2) ** 2
    haversine += np.cos(phi[:, None]) * np.cos(phi) * np.sin((lam[:, None] - lam) / 2) ** 2
    near = 2 * EARTH * np.arcsin(np.sqrt(np.clip(haversine, 0, 1))) <= clustering.options[0]
    sums = cluster_sums(scores, codes, n)
    return sums @ near @ sums.T, (n,)


def n_parameters(design: Design) -> int:
    """Coefficients and effect levels, a constant that sets of effects share counted once."""
    return _parameters(design, Clustering("robust"))


def _parameters(design: Design, clustering: Clustering) -> int:
    """Coefficients, effect levels and slopes, as fixest counts them: an effect nested in a cluster is one parameter."""
    return parameters_of(len(design.names), [level_counts(design, clustering)])


def level_counts(design: Design, clustering: Clustering) -> list[tuple[int, int, tuple[bool, ...]]]:
    """Of each effect its levels (0 without an intercept), its slopes and whether it is nested in each way."""
    ways = clustering.ways if clustering.kind in ("cluster", "driscoll-kraay") else ()
    if clustering.kind == "conley":  # a place is both of its degrees
        ways = (tuple(name for way in clustering.ways for name in way),)
    found = []
    for effect in design.effects:
        codes, n = design.codes(effect.columns)
        nested = tuple(_nested(codes, n, *design.codes(way)) for way in ways) if effect.intercept else ()
        found.append((n if effect.intercept else 0, n * len(effect.slopes), nested))
    return found


def parameters_of(n_terms: int, parts: Sequence[list[tuple[int, int, tuple[bool, ...]]]]) -> int:
    """Parameters of a fit whose rows lie in parts that share no effect's level; see :func:`level_counts`."""
    effects = list(zip(*parts))
    sets = sum(any(levels for levels, _, _ in effect) for effect in effects)
    count = n_terms + (1 - sets if sets else 0)
    for effect in effects:
        levels = sum(n for n, _, _ in effect)
        nested = any(all(way) for way in zip(*(inside for _, _, inside in effect)))
        count += (1 if nested and levels else levels) + sum(slopes for _, slopes, _ in effect)
    return count


def _nested(codes: np.ndarray, n: int, cluster: np.ndarray, n_clusters: int) -> bool:
    """Whether every level lies within one cluster."""
    first = np.zeros(n, int)
    first[codes] = cluster
    return bool((first[codes] == cluster).all())


def _nearest_psd(matrix: np.ndarray, scale: np.ndarray) -> tuple[np.ndarray, bool]:
    """``matrix`` [k, k] / (scale scale'), negative eigenvalues set to zero; whether there were any.

    fixest and ppmlhdfe do so for several ways, in the regressors' own units. Where these are too far apart,
    rounding of the largest would swamp the smallest: then it is done in the common unit.
    """
    outer = np.outer(scale, scale)
    if not len(matrix):
        return matrix, False
    values = np.linalg.eigvalsh(matrix)
    if values[0] >= -1e-12 * max(values[-1], 0.0):
        return matrix / outer, False
    own_units = scale.max() < FAR_APART * scale.min()
    values, vectors = np.linalg.eigh(matrix / outer if own_units else matrix)
    repaired = (vectors * np.maximum(values, 0)) @ vectors.T
    return repaired if own_units else repaired / outer, True
