"""How much one instrument's own cases should count against the whole library.

Bühlmann's credibility: of n cases the group's own mean deserves the weight n / (n + k), the
mean of all cases the rest, where k is the variance within groups over the variance between
their true means. Both are estimated from the cases at hand by the usual moments of one-way
analysis of variance; nothing is set by hand.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np


def credibility_constant(groups: Collection[Sequence[float]]) -> float:
    """Cases of one group that weigh as much as the whole library.

    Parameters
    ----------
    groups : collection of sequences of float
        One number a case, by group.

    Returns
    -------
    float
        Variance within over variance between; infinity where the groups do not differ by more than
        chance, or where no group has two cases.

    Examples
    --------
    >>> round(credibility_constant([(0.0, 2.0), (10.0, 12.0)]), 4)     # within 2, between 49
    0.0408
    >>> credibility_constant([(0.0, 2.0), (0.0, 2.0)])
    inf
    """
    found = [np.asarray(group, dtype=float) for group in groups if len(group)]
    sizes = np.array([len(group) for group in found])
    n = int(sizes.sum())
    if len(found) < 2 or n <= len(found):
        return float("inf")
    means = np.array([group.mean() for group in found])
    within = sum(float(((group - group.mean()) ** 2).sum()) for group in found) / (n - len(found))
    spread = float((sizes * (means - (sizes * means).sum() / n) ** 2).sum())
    between = (spread - (len(found) - 1) * within) / (n - float((sizes**2).sum()) / n)
    return within / between if between > 0 else float("inf")


def own_weight(n_own: int, constant: float) -> float:
    """Weight of a group's own ``n_own`` cases, n / (n + k)."""
    return 0.0 if np.isinf(constant) else n_own / (n_own + constant)
