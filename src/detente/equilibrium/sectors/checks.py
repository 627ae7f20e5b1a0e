"""What an economy with sectors must be: shapes, signs, shares that add up; and what is cut off on request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from detente.equilibrium.baseline.checks import as_floats, check_labels, check_margins
from detente.errors import InvalidFlow, SpecificationError, UnbalancedAccounts, first_five, how_many


def shaped(name: str, value: Any, shape: tuple[int, ...]) -> np.ndarray:
    """``value`` as floats of ``shape``; a number is spread over it."""
    value = as_floats(value, name)
    if value.ndim and value.shape != shape:
        raise SpecificationError(
            f"{name} has shape {value.shape}, but the sectors and economies named need {shape}.",
            fix="A sector leads, then origin, then destination.",
        )
    return np.broadcast_to(value, shape)


def check_tables(
    economies: tuple[str, ...],
    sectors: tuple[str, ...],
    flows: np.ndarray,
    tariff: np.ndarray,
    value_added: np.ndarray,
    inputs: np.ndarray,
    theta: np.ndarray,
    keep_zero_internal: bool,
) -> None:
    """Raise, with the first offenders, on anything the model cannot take."""
    check_labels("economies", economies)
    check_labels("sectors", sectors)

    def cells(bad: np.ndarray, labels: Sequence[Sequence[str]]) -> str:
        return first_five(" ".join(axis[k] for axis, k in zip(labels, row)) for row in np.argwhere(bad).tolist())

    dyads = (sectors, economies, economies)
    if (bad := ~np.isfinite(flows) | (flows < 0)).any():
        raise InvalidFlow(
            f"Flows are negative, infinite or missing: {cells(bad, dyads)}.",
            fix="Fill them in, or pass truncate=True to set negative ones (inventories) to zero.",
        )
    if (bad := ~np.isfinite(tariff) | (tariff <= -1)).any():
        raise InvalidFlow(f"Tariffs are missing or -100% or less: {cells(bad, dyads)}.", fix="0.25 is 25%.")
    if (bad := ~(value_added > 0) | (value_added > 1)).any():
        raise UnbalancedAccounts(
            f"Value-added shares are not above 0 and at most 1: {cells(bad, (sectors, economies))}.",
            fix="Correct the table, or pass truncate=True to set those at most 0 to 1%.",
        )
    if (bad := ~(theta > 0)).any():
        raise SpecificationError(f"theta is not above zero: {cells(bad, (sectors,))}.")
    using = (sectors, economies)
    if (bad := (value_added < 1) & (flows.sum(axis=2) > 0) & ~(np.abs(inputs.sum(axis=0) - 1) < 1e-3)).any():
        raise UnbalancedAccounts(
            f"Input shares do not sum to one: {cells(bad, using)}.",
            fix="inputs[s, k, n] is the share of sector s in the inputs of sector k of economy n.",
        )
    if (bad := ~(inputs >= 0)).any():
        raise UnbalancedAccounts(
            f"Input shares are negative or missing: {cells(bad, (sectors, *using))}.",
            fix="Correct the table, or pass truncate=True to set negative ones to zero.",
        )
    check_margins(economies, flows.sum(axis=0), keep_zero_internal)


LEAST_VALUE_ADDED = 0.01
"""Share of value added that a sector is given whose recorded value added is zero or less."""


def cut_off(arrays: tuple[np.ndarray, np.ndarray, np.ndarray]) -> tuple[tuple[np.ndarray, ...], tuple[str, ...]]:
    """Flows (S, n, n), value-added shares (S, n) and input shares (S, S, n) without the negative, and what changed."""
    flows, value_added, inputs = arrays
    low = (value_added <= 0) & (flows.sum(axis=2) > 0)
    counts = {
        "{} negative flows stand as zero": int((flows < 0).sum()),
        "{} shares of value added, zero or less in the data, stand as 1%": int(low.sum()),
        "{} negative input shares stand as zero": int((inputs < 0).sum()),
    }
    arrays = np.maximum(flows, 0.0), np.where(low, LEAST_VALUE_ADDED, value_added), np.maximum(inputs, 0.0)
    arrays = (*arrays[:2], arrays[2] / np.where(arrays[2].sum(axis=0) > 0, arrays[2].sum(axis=0), 1.0))
    return arrays, tuple(text.format(count) for text, count in counts.items() if count)


def final_shares(
    economies: tuple[str, ...],
    sectors: tuple[str, ...],
    flows: np.ndarray,
    tariff: np.ndarray,
    value_added: np.ndarray,
    inputs: np.ndarray,
    truncate: bool,
) -> tuple[np.ndarray, int]:
    """Shares of sectors in final spending, (S, n), and the number of cells set to zero."""
    spending = (flows * (1 + tariff)).sum(axis=1)
    left = spending - np.einsum("skn,kn->sn", inputs, (1 - value_added) * flows.sum(axis=2))
    bad = left < -1e-9 * spending.sum(axis=0)
    if bad.any() and not truncate:
        shown = first_five(f"{sectors[s]} in {economies[j]} by {-left[s, j]:,.4g}" for s, j in np.argwhere(bad))
        raise UnbalancedAccounts(
            f"{how_many(int(bad.sum()), 'sector sells', 'sectors sell')} more as inputs than is spent on them: {shown}.",
            why="Nothing is left for final spending.",
            fix="Correct the table, or pass truncate=True to set these cells to zero.",
        )
    left = np.maximum(left, 0.0)
    if (empty := left.sum(axis=0) <= 0).any():
        raise UnbalancedAccounts(f"No final spending is left in {first_five(np.asarray(economies)[empty])}.")
    return left / left.sum(axis=0), int(bad.sum())
