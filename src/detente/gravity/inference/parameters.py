"""How many parameters a fit has, as fixest counts them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detente.gravity.design import Design
from detente.gravity.inference.clustering import Clustering


def n_parameters(design: Design) -> int:
    """Coefficients and effect levels, a constant that sets of effects share counted once."""
    return parameters_within(design, Clustering("robust"))


def parameters_within(design: Design, clustering: Clustering) -> int:
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
