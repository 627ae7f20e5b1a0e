"""What a baseline must be: labels once, every economy with output, internal trade, imports and exports; units and places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from detente._arrays import host
from detente.errors import (
    DuplicateRows,
    InvalidFlow,
    MissingExtra,
    MissingInternalTrade,
    SpecificationError,
    UnbalancedAccounts,
    UnknownEconomy,
    did_you_mean,
    first_five,
    how_many,
)

_TO_MILLIONS = {"usd": 1e-6, "usd_k": 1e-3, "kusd": 1e-3, "usd_mn": 1.0, "usd_bn": 1e3}


def read_only(array: Any) -> np.ndarray:
    """A read-only float array of its own."""
    array = np.array(host(array), dtype=float)
    array.flags.writeable = False
    return array


def as_floats(value: Any, what: str) -> np.ndarray:
    """``value`` as an array of floats, or an error that says which argument is not one."""
    try:
        return np.asarray(host(value), dtype=float)
    except MissingExtra:
        raise
    except (TypeError, ValueError):
        raise InvalidFlow(
            f"{what} cannot be read as numbers.", fix="Give a rectangular array of numbers without text."
        ) from None


def unit_factor(unit: str) -> tuple[float, str]:
    """What a unit is in US$ million, and its label."""
    factor = _TO_MILLIONS.get(unit)
    if factor is not None:
        return factor, "usd_mn"
    if "usd" in unit.casefold():
        raise SpecificationError(
            f"Unit '{unit}' is not known.{did_you_mean(unit, _TO_MILLIONS)}",
            fix=f"Use one of {', '.join(_TO_MILLIONS)}, or another currency's name as a label.",
        )
    return 1.0, unit


def place_of(code: str, economies: tuple[str, ...]) -> int:
    """Where a label stands, or an error with the labels that are close."""
    try:
        return economies.index(code)
    except ValueError:
        raise UnknownEconomy(
            f"'{code}' is not in this economy.{did_you_mean(code, economies)}",
            fix=f"It has {len(economies)}: {first_five(economies)}.",
        ) from None


UNUSABLE = "unusable"


def said_dropped(dropped: Sequence[tuple[str, str]]) -> str:
    """Economies left out, with the reason, in words."""
    return first_five(f"{code} ({why})" for code, why in dropped)


def usable(
    economies: Sequence[str], flows: np.ndarray, drop: str | Sequence[str], keep_zero_internal: bool
) -> tuple[np.ndarray, tuple[tuple[str, str], ...]]:
    """Places of the economies to keep, and those left out with the reason; flows (n, n) over all sectors.

    Leaving one out can take away another's only partner, so it is done until nothing changes.
    """
    keep, gone = np.ones(len(economies), dtype=bool), {}
    if drop != UNUSABLE:
        named = {drop} if isinstance(drop, str) else set(drop)
        keep = np.array([code not in named for code in economies])
        return np.flatnonzero(keep), ()
    clean = np.where(np.isfinite(flows), flows, 0.0)
    while True:
        inside = np.where(keep[:, None] & keep, clean, 0.0)
        own, sold, bought = np.diag(inside), inside.sum(axis=1), inside.sum(axis=0)
        reasons = {
            "no output": sold <= 0,
            "no internal trade": (own <= 0) & (not keep_zero_internal),
            "no imports": bought <= own,
            "no exports": sold <= own,
        }
        before = len(gone)
        for why, bad in reasons.items():
            for k in np.flatnonzero(bad & keep).tolist():
                gone[economies[k]], keep[k] = why, False
        if len(gone) == before:
            return np.flatnonzero(keep), tuple(gone.items())


def check_flows(economies: Sequence[str], flows: np.ndarray, keep_zero_internal: bool = False) -> None:
    """Raise unless the flows are square, finite, with internal trade, imports and exports."""
    n = len(economies)
    check_labels("economies", economies)
    if flows.shape != (n, n) or n < 2:
        raise UnbalancedAccounts(
            f"{n} economies need a {n} x {n} array of flows (at least 2 x 2); this one is {flows.shape}.",
            fix="Rows are origins, columns destinations, in the same order.",
        )
    wrong = np.argwhere(~np.isfinite(flows) | (flows < 0))
    if len(wrong):
        shown = first_five(f"{economies[i]} -> {economies[j]}: {flows[i, j]}" for i, j in wrong)
        raise InvalidFlow(
            f"{how_many(len(wrong), 'flow is', 'flows are')} negative, infinite or missing: {shown}.",
            fix="Fill them in, or drop the economies concerned.",
        )

    check_margins(economies, flows, keep_zero_internal)


def check_labels(what: str, labels: Sequence[str]) -> None:
    """Raise where a label appears twice."""
    if len(set(labels)) != len(labels):
        again = sorted({label for label in labels if list(labels).count(label) > 1})
        raise DuplicateRows(f"These {what} appear twice: {first_five(again)}.")


def check_margins(economies: Sequence[str], flows: np.ndarray, keep_zero_internal: bool = False) -> None:
    """Raise unless every economy sells, sells to itself, imports and exports; ``flows`` (n, n) over all sectors."""

    def named(bad: np.ndarray) -> str:
        return first_five(np.asarray(economies)[bad])

    output, expenditure, own = flows.sum(axis=1), flows.sum(axis=0), np.diag(flows)
    if np.any(output <= 0):
        raise UnbalancedAccounts(
            f"Output is zero for {named(output <= 0)}.",
            fix="Add their flows, or leave them out with drop=[...].",
        )
    if np.any(own <= 0) and not keep_zero_internal:
        raise MissingInternalTrade(
            f"There is no internal trade for {named(own <= 0)}.",
            why="An equilibrium needs what each economy sells to itself.",
            fix="Build it with detente.equilibrium.internal_trade, or leave them out with drop=[...]; "
            "keep_zero_internal=True keeps them as economies that buy everything abroad.",
        )
    if np.any(expenditure <= own):
        raise UnbalancedAccounts(
            f"There are no imports for {named(expenditure <= own)}.",
            why="An economy that buys nothing abroad has no defined price relative to the others.",
            fix="Add its imports, or leave it out with drop=[...].",
        )
    if np.any(output <= own):
        raise UnbalancedAccounts(
            f"There are no exports for {named(output <= own)}.",
            why="Nothing would pay for the imports.",
            fix="Add its exports, or leave it out with drop=[...].",
        )
