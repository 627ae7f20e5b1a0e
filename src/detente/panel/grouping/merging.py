"""Several economies as one: sums of their flows, missing where too much of a sum was not reported."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

TOLERATED = 0.02  # of a sum, in the years that are known: what may be missing in it before the sum is missing too


def merged_flows(
    flows: NDArray[np.float64], groups: Sequence[NDArray[np.intp]]
) -> tuple[NDArray[np.float64], int, int]:
    """Flows ``[t, I, J]`` between groups of economies.

    A sum is missing where parts of it are that made more than ``TOLERATED`` of it in the periods that are known whole;
    where less is missing the rest is summed. Flows within a group of several leave the array (its diagonal is NaN)
    unless every member's trade with itself is known.

    Parameters
    ----------
    flows : ``[t, i, j]``, NaN where missing.
    groups : positions of each group's members.

    Returns
    -------
    (flows, n_short, n_missing)
        How many sums lack a small part, and how many are missing for a large one.
    """
    n = len(groups)
    out = np.full((flows.shape[0], n, n), np.nan)
    short = missing = 0
    single = np.array([len(group) == 1 for group in groups])
    alone = np.array([group[0] for group in groups])
    one = np.ix_(np.arange(flows.shape[0]), single, single)
    out[one] = flows[np.ix_(np.arange(flows.shape[0]), alone[single], alone[single])]
    for a in range(n):
        for b in range(n):
            if single[a] and single[b]:
                continue
            block = flows[:, groups[a]][:, :, groups[b]]
            if a == b and not np.isfinite(np.diagonal(block, axis1=1, axis2=2)).all():
                continue
            out[:, a, b], few, lost = _sums(block.reshape(len(block), -1))
            short, missing = short + few, missing + lost
    return out, short, missing


def merged_stocks(values: NDArray[np.float64], groups: Sequence[NDArray[np.intp]]) -> NDArray[np.float64]:
    """Sums ``[t, I]`` over the members of each group, missing as those of :func:`merged_flows` are."""
    return np.column_stack([_sums(values[:, group])[0] for group in groups])


def _sums(parts: NDArray[np.float64]) -> tuple[NDArray[np.float64], int, int]:
    """Sums ``[t]`` of parts ``[t, k]``; how many lack a small part, and how many a large one."""
    known = np.isfinite(parts)
    with np.errstate(invalid="ignore"):
        total = np.where(known, parts, 0.0).sum(axis=1)
    gaps = ~known.all(axis=1) & known.any(axis=1)
    total[~known.any(axis=1)] = np.nan
    if not gaps.any():
        return total, 0, 0
    weight = _weights(parts, known)
    lacking = np.where(known, 0.0, weight).sum(axis=1)
    lost = gaps & (lacking > TOLERATED)
    total[lost] = np.nan
    return total, int((gaps & ~lost & (lacking > 0)).sum()), int(lost.sum())


def _weights(parts: NDArray[np.float64], known: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Each part's share [k] of the sum: its mean where known, over the sum of such means; zero where all are."""
    mean = np.where(known, parts, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return mean / mean.sum() if mean.sum() > 0 else np.zeros(parts.shape[1])
