"""Dyads of the same size as one left out, each predicted in the same way, and where it stands among them."""

from __future__ import annotations

import numpy as np

SIZE_FACTOR = 3.0
"""Placebos trade between 1/3 and 3 times what the dyad traded in the base years."""


REST_OF_WORLD = "ROW"
"""An aggregate, never a placebo."""


def share_at_or_below(actual: np.ndarray, placebos: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``(1 + #{placebo <= actual}) / (1 + n)`` and n, for ``actual`` [t] among ``placebos`` [t, n].

    Placebos that are nan do not count; the share is nan without placebos or without an actual value.
    """
    n = (~np.isnan(placebos)).sum(1)
    with np.errstate(invalid="ignore"):
        below = (placebos <= actual[:, None]).sum(1)
    return np.where((n > 0) & ~np.isnan(actual), (1 + below) / (1 + n), np.nan), n


def placebo_log_ratios(
    flows: np.ndarray, season: np.ndarray, used: np.ndarray, base: np.ndarray, dyads: np.ndarray
) -> np.ndarray:
    """Log ratios [t, n] of ``dyads`` [n, 2], each with its pair effect from the ``base`` years [t].

    ``season`` [t, i, j] is the product of exporter-year and importer-year effects, held fixed;
    ``used`` [t, i, j] marks recorded cells. -inf is a zero flow, nan a cell without counterfactual.
    """
    i, j = dyads.T
    flow, level = np.where(used, flows, np.nan)[:, i, j], season[:, i, j]
    in_base = base[:, None] & used[:, i, j] & np.isfinite(level)
    pair = np.where(in_base, flow, 0).sum(0) / np.where(in_base, level, 0).sum(0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(level * pair > 0, np.log(flow / (level * pair)), np.nan)


def similar_dyads(
    flows: np.ndarray, used: np.ndarray, base: np.ndarray, dyad: tuple[int, int], barred: np.ndarray
) -> np.ndarray:
    """Dyads [n, 2] whose mean trade over the ``base`` years is within a factor of three of ``dyad``'s.

    ``barred`` [i, j] bool marks those that may not serve (treated dyads, the rest of the world).
    """
    with np.errstate(invalid="ignore"):
        mean = np.where(used, flows, 0)[base].sum(0) / used[base].sum(0)
    size = mean[dyad]
    with np.errstate(invalid="ignore"):
        near = (mean >= size / SIZE_FACTOR) & (mean <= size * SIZE_FACTOR) & (mean > 0)
    return np.argwhere(near & ~barred)
