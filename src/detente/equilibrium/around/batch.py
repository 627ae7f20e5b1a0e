"""Several shocks, elasticities and deficit rules at once, with the same tables as a single solve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import polars as pl

from detente._notebook import as_html
from detente.equilibrium.baseline.economy import Economy
from detente.equilibrium.counterfactual import Counterfactual
from detente.equilibrium.options import DEFICITS
from detente.equilibrium.sectors.economy import SectorEconomy
from detente.equilibrium.sectors.result import SectorCounterfactual
from detente.equilibrium.shocks.shock import Shock
from detente.equilibrium.solving import solve
from detente.errors import NoEquilibrium, NotConverged, SpecificationError, first_five


class BatchCase(NamedTuple):
    """One cell of a batch: the scenario's name, the elasticity (none with sectors), the deficit rule."""

    scenario: str
    theta: float | None
    deficits: str


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Solutions of several cases.

    Attributes
    ----------
    results : mapping BatchCase -> Counterfactual or SectorCounterfactual
    refused : mapping BatchCase -> why there is no solution
    """

    results: Mapping[BatchCase, Counterfactual | SectorCounterfactual]
    refused: Mapping[BatchCase, str]

    def to_frame(self, what: str = "economies") -> Any:
        """The tables of all solutions, one below the other, with columns scenario, theta and deficits in front.

        A polars frame; ``what`` as for a single solution. Cases without one are in ``refused`` and in ``summary``.
        """
        frames = []
        for case, out in self.results.items():
            table = pl.DataFrame(_plain(out.to_frame(what)))
            keys = [pl.lit(value).alias(name) for name, value in case._asdict().items()]
            frames.append(table.select(*keys, pl.all()))
        return pl.concat(frames, how="diagonal_relaxed") if frames else pl.DataFrame()

    def winners(self) -> Any:
        """Real income by scenario and economy over the elasticities and rules: low, middle, high, and their number.

        A polars frame, the largest middle loss first.
        """
        table = self.to_frame()
        by = table.group_by("scenario", "economy", maintain_order=True).agg(
            pl.col("welfare_pct").min().alias("welfare_pct_low"),
            pl.col("welfare_pct").median().alias("welfare_pct_mid"),
            pl.col("welfare_pct").max().alias("welfare_pct_high"),
            pl.len().cast(pl.Int64).alias("n_specifications"),
        )
        return by.sort("scenario", "welfare_pct_mid")

    def summary(self) -> str:
        """How many cases are solved, and which are not and why."""
        lines = [f"{len(self.results)} cases solved, {len(self.refused)} without a solution"]
        lines += [f"  {' '.join(map(str, case))}: {why}" for case, why in self.refused.items()]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """In a notebook: what was solved and what was not, and the table of all solutions."""
        return as_html(self.summary(), self.to_frame())

    def __repr__(self) -> str:
        names = dict.fromkeys(case.scenario for case in (*self.results, *self.refused))
        return f"Batch({first_five(names)}; {len(self.results)} solved, {len(self.refused)} without a solution)"


def solve_each(
    economy: Economy | SectorEconomy,
    shocks: Mapping[str, Shock | Mapping[tuple, float]],
    *,
    theta: float | Sequence[float] = 5.0,
    deficits: str | Sequence[str] = "multiplicative",
    **options: Any,
) -> Batch:
    """Solve every shock at every elasticity and under every deficit rule.

    Parameters
    ----------
    economy
    shocks : mapping name -> shock
    theta : number or several
        Ignored for a sector economy, which carries its own.
    deficits : rule or several; ``"all"`` for the four
    **options
        As in ``solve``.

    Examples
    --------
    >>> eco = Economy.from_arrays(["COL", "VEN", "ROW"],
    ...                           [[90.0, 2.0, 8.0], [1.0, 50.0, 4.0], [9.0, 3.0, 900.0]])
    >>> solve_each(eco, {"freer": {("COL", "VEN"): 0.5}, "harder": {("COL", "VEN"): -0.5}}, theta=[2.0, 5.0])
    Batch(freer, harder; 4 solved, 0 without a solution)
    """
    if not isinstance(shocks, Mapping) or not shocks:
        raise SpecificationError("Give the shocks by name.", fix='solve_each(economy, {"closed": {...}})')
    rules = DEFICITS if deficits == "all" else (deficits,) if isinstance(deficits, str) else tuple(deficits)
    one = isinstance(economy, Economy)
    thetas: tuple[float | None, ...] = (None,)
    if one:
        thetas = tuple(theta) if isinstance(theta, Sequence) else (theta,)
    results, refused = {}, {}
    for name, shock in shocks.items():
        for elasticity in thetas:
            for rule in rules:
                case = BatchCase(name, elasticity, rule)
                try:
                    results[case] = solve(economy, shock, theta=elasticity, deficits=rule, **options)
                except (NoEquilibrium, NotConverged) as error:
                    refused[case] = str(error)
    return Batch(results, refused)


def _plain(frame: Any) -> Any:
    """A frame of any kind as columns."""
    return frame.to_dict(as_series=False) if hasattr(frame, "to_dicts") else {c: list(frame[c]) for c in frame.columns}
