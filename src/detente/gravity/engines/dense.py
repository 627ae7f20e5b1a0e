"""From a long table of flows to the tensor [t, i, j] and its labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.errors import DuplicateRows, EmptySample, InvalidFlow, UnknownEconomy, did_you_mean, first_five, how_many
from detente.panel.columns import find_roles
from detente.panel.frames import read_table


@dataclass(frozen=True, slots=True)
class Dense:
    """Flows on all pairs of N economies in T years.

    flows : [t, i, j] in the unit of the data; nan where missing, 0 where absent means zero
    economies : N labels, sorted; years : T labels, sorted
    kind : how to hand frames back (the table that came in), or None
    n_absent : off-diagonal cells that had no row
    value : the column the flows stood in; empty of a panel
    """

    flows: np.ndarray
    economies: tuple[str, ...]
    years: tuple[Any, ...]
    kind: Any
    n_absent: int
    value: str = ""

    def economy(self, name: str) -> int:
        """Position of an economy, or UnknownEconomy."""
        if name not in self.economies:
            raise UnknownEconomy(
                f"'{name}' is not among the {len(self.economies)} economies of the data."
                f"{did_you_mean(str(name), map(str, self.economies))}",
                fix=f"They are: {first_five(self.economies)}.",
            )
        return self.economies.index(name)


def to_dense(data: Any, *, absent: str = "zero", **given: str | None) -> Dense:
    """Read flows by origin, destination and year into a tensor.

    ``data`` is a frame, a path, or a panel that already has ``flows``, ``economies`` and ``years``.
    ``absent`` says what a missing row means: "zero" or "missing". Rows with a null flow are missing.

    Raises
    ------
    DuplicateRows, InvalidFlow, EmptySample, UnknownColumn, AmbiguousColumn
    """
    if all(hasattr(data, name) for name in ("flows", "economies", "years")):
        flows = np.array(data.flows, float)
        if absent == "missing":
            raise_if_negative(flows)
        return Dense(flows, tuple(data.economies), tuple(data.years), None, 0)
    table = read_table(data)
    roles = find_roles(
        table.columns, origin=given.get("origin"), destination=given.get("destination"),
        period=given.get("period"), value=given.get("value"), sector=given.get("sector"),
    )  # fmt: skip
    value = table.numbers(str(roles.value))
    origin, origins = table.codes(str(roles.origin))
    destination, destinations = table.codes(str(roles.destination))
    period, years = table.codes(str(roles.period))
    if not len(value):
        raise EmptySample("The data have no rows.")
    raise_if_negative(value)
    economies = np.union1d(origins, destinations)
    i = np.searchsorted(economies, origins)[origin]
    j = np.searchsorted(economies, destinations)[destination]
    complete = (origin >= 0) & (destination >= 0) & (period >= 0)
    if not complete.all():
        raise EmptySample(
            f"{how_many(int((~complete).sum()), 'row names', 'rows name')} no origin, destination or year.",
            fix="Drop or complete them first.",
        )
    shape = (len(years), len(economies), len(economies))
    cell = np.ravel_multi_index((period, i, j), shape)
    times = np.bincount(cell, minlength=int(np.prod(shape)))
    if (times > 1).any():
        raise_duplicates(np.flatnonzero(times > 1), shape, economies, years)
    flows = np.full(shape, 0.0 if absent == "zero" else np.nan)
    flows.flat[cell] = value
    off_diagonal = ~np.eye(len(economies), dtype=bool)
    n_absent = int((times.reshape(shape) == 0)[:, off_diagonal].sum())
    return Dense(flows, tuple(economies.tolist()), tuple(years.tolist()), table, n_absent, str(roles.value))


def raise_if_negative(value: np.ndarray) -> None:
    """InvalidFlow if a flow is negative or infinite (nan means missing)."""
    wrong = (value < 0) | np.isinf(value)
    if wrong.any():
        raise InvalidFlow(
            f"{how_many(int(wrong.sum()), 'flow is', 'flows are')} negative or infinite, the first {value[wrong][0]:g}.",
            why="A flow of trade is zero or more.",
            fix="Correct them or drop these rows.",
        )


def raise_duplicates(cells: np.ndarray, shape: tuple[int, ...], economies, years) -> None:
    """DuplicateRows naming the first five of the doubled ``cells``."""
    t, i, j = np.unravel_index(cells, shape)
    named = [f"{economies[a]}→{economies[b]} {years[c]}" for a, b, c in zip(i, j, t)]
    raise DuplicateRows(
        f"{how_many(len(cells), 'pair and period appears', 'pairs and periods appear')} more than once: {first_five(named)}.",
        why="Which of the rows is the flow is not known.",
        fix="Sum them if they are sectors or products, or drop one of each.",
    )
