"""The baseline with several sectors, input-output links and tariffs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from detente.equilibrium.baseline.checks import (
    UNUSABLE,
    as_floats,
    place_of,
    read_only,
    said_dropped,
    unit_factor,
    usable,
)
from detente.equilibrium.baseline.economy import Economy
from detente.equilibrium.baseline.table import read_flows, same_kind
from detente.equilibrium.sectors.checks import check_tables, cut_off, final_shares, shaped
from detente.errors import (
    SpecificationError,
    did_you_mean,
)


@dataclass(frozen=True, slots=True, eq=False)
class SectorEconomy:
    """A checked baseline by sector; a sector leads every index.

    Attributes
    ----------
    economies, sectors : tuples of str, lengths n and S
    flows : (S, n, n) array, US$ million, before tariffs
        ``flows[s, i, j]`` goes from origin i to destination j; the diagonal is internal.
    tariff : (S, n, n) array
        Ad valorem rates (0.25 is 25%) that j levies on i.
    value_added : (S, n) array
        Share of value added in gross output; the rest is spent on inputs.
    inputs : (S, S, n) array
        ``inputs[s, k, n]``: share of sector s in what sector k of economy n spends on inputs;
        rescaled to sum to one over s.
    theta : (S,) array
        Trade elasticities.
    final : (S, n) array
        Shares of sectors in final spending; columns sum to one.
    n_truncated : int
        Cells where the data leave negative final spending that was set to zero on request; the
        accounts then close only after a first solve, which ``solve`` makes under every deficit rule.
    year : int or None
    kind : table or None
        The kind of frame it was read from, which ``to_frame`` of a result gives back.
    n_filled, n_dropped : int
        Cells that had no row and stand as zero; rows left out on request.
    dropped : tuple of (economy, why)
        Economies left out because no equilibrium could use them.
    truncated : tuple of str
        What ``truncate`` changed, in words.

    Examples
    --------
    >>> import numpy as np
    >>> flows = np.array([[[90.0, 10.0], [12.0, 900.0]]])
    >>> eco = SectorEconomy.from_arrays(["COL", "ROW"], ["all"], flows, theta=5.0)
    >>> eco.income.tolist()
    [102.0, 910.0]
    """

    economies: tuple[str, ...]
    sectors: tuple[str, ...]
    flows: np.ndarray
    tariff: np.ndarray
    value_added: np.ndarray
    inputs: np.ndarray
    theta: np.ndarray
    final: np.ndarray
    n_truncated: int = 0
    year: int | None = None
    kind: Any = field(default=None, repr=False)
    n_filled: int = 0
    n_dropped: int = 0
    dropped: tuple[tuple[str, str], ...] = ()
    truncated: tuple[str, ...] = ()

    @classmethod
    def from_arrays(
        cls,
        economies: Sequence[str],
        sectors: Sequence[str],
        flows: Any,
        *,
        theta: ArrayLike,
        tariff: Any = 0.0,
        value_added: Any = 1.0,
        inputs: Any = None,
        truncate: bool = False,
        year: int | None = None,
        unit: str = "usd_mn",
        drop: str | Sequence[str] = (),
        keep_zero_internal: bool = False,
    ) -> SectorEconomy:
        """A sector economy from arrays; final spending is what inputs leave over.

        Without ``value_added`` nothing is used as input; ``inputs`` default to each sector using itself. Sectors
        that an economy does not have need neither. ``truncate`` does what published recipes do: negative flows
        (inventories), final spending and input shares become zero, value added at most nothing becomes 1% of
        output; what it changed is counted and said, and a first solve closes the accounts under every deficit rule.
        ``unit`` and ``drop`` are as for ``Economy``.
        """
        economies, sectors = tuple(map(str, economies)), tuple(map(str, sectors))
        factor, _ = unit_factor(unit)
        n, s = len(economies), len(sectors)
        flows = shaped("flows", flows, (s, n, n))
        tariff = shaped("tariff", tariff, (s, n, n))
        value_added = shaped("value_added", value_added, (s, n))
        if inputs is None:
            inputs = np.broadcast_to(np.eye(s)[:, :, None], (s, s, n))
        inputs = shaped("inputs", inputs, (s, s, n))
        elasticity = shaped("theta", theta, (s,))
        keep, dropped = usable(economies, flows.sum(axis=0), drop, keep_zero_internal)
        economies, flows = tuple(economies[k] for k in keep), factor * flows[:, keep][:, :, keep]
        tariff, value_added, inputs = tariff[:, keep][:, :, keep], value_added[:, keep], inputs[:, :, keep]
        said: tuple[str, ...] = ()
        if truncate:
            (flows, value_added, inputs), said = cut_off((flows, value_added, inputs))
        idle = flows.sum(axis=2) == 0
        value_added, inputs = np.where(idle, 1.0, value_added), np.where(idle, 0.0, inputs)
        check_tables(economies, sectors, flows, tariff, value_added, inputs, elasticity, keep_zero_internal)
        total = inputs.sum(axis=0)
        inputs = inputs / np.where(total > 0, total, 1.0)
        final, n_truncated = final_shares(economies, sectors, flows, tariff, value_added, inputs, truncate)
        if n_truncated:
            said = (*said, f"{n_truncated} cells of final spending, negative in the data, stand as zero")
        return cls(
            economies, sectors, read_only(flows), read_only(tariff), read_only(value_added), read_only(inputs), read_only(elasticity),
            read_only(final), n_truncated, year, dropped=dropped, truncated=said,
        )  # fmt: skip

    @classmethod
    def of(cls, economy: Economy, *, theta: float = 5.0, tariff: Any = 0.0) -> SectorEconomy:
        """A one-sector economy that can carry tariffs: the same flows, all of output value added.

        Parameters
        ----------
        economy : Economy
        theta : float
            Trade elasticity.
        tariff : number or (n, n) array
            Rates in force, ad valorem.

        Examples
        --------
        >>> from detente.equilibrium import Shock, solve
        >>> eco = SectorEconomy.of(Economy.from_arrays(["COL", "ROW"], [[90.0, 10.0], [12.0, 900.0]]))
        >>> solve(eco, Shock.tariffs("COL", rate=0.1), deficits="balanced").welfare_pct["COL"] > 0
        True
        """
        rates = np.broadcast_to(as_floats(tariff, "tariff"), economy.flows.shape)
        out = cls.from_arrays(
            economy.economies, ("all",), economy.flows[None], theta=theta, tariff=rates[None], year=economy.year
        )
        return replace(out, kind=economy.kind)

    @classmethod
    def from_flows(
        cls,
        frame: Any,
        *,
        sector: str | None = None,
        origin: str | None = None,
        destination: str | None = None,
        value: str | None = None,
        tariff: str | None = None,
        year: int | None = None,
        unit: str | None = None,
        drop: str | Sequence[str] = (),
        **parts: Any,
    ) -> SectorEconomy:
        """A sector economy from a frame with one row per flow and sector.

        ``tariff`` names a column of ad valorem rates; ``theta``, ``value_added``, ``inputs``, ``truncate`` and
        ``keep_zero_internal`` are as in ``from_arrays``, with economies and sectors in sorted order; ``unit`` and
        ``drop`` as in ``Economy.from_flows``.

        Raises
        ------
        SpecificationError
            An argument is not known.
        """
        known = ("theta", "value_added", "inputs", "truncate", "keep_zero_internal")
        if strange := sorted(set(parts) - set(known)):
            raise SpecificationError(
                f"SectorEconomy.from_flows has no argument '{strange[0]}'.{did_you_mean(strange[0], known)}"
            )
        unusable = UNUSABLE if drop == UNUSABLE else ()
        roles = {"sector": sector, "origin": origin, "destination": destination, "value": value}
        read = read_flows(frame, year=year, drop=() if unusable else drop, tariff=tariff, by_sector=True, **roles)
        codes = sorted({*read.labels("origin"), *read.labels("destination")})
        sectors = sorted(set(read.labels("sector")))
        axes = (("sector", sectors), ("origin", codes), ("destination", codes))
        flows, n_filled = read.spread("value", axes)
        if tariff is not None:
            parts["tariff"], _ = read.spread("tariff", axes)
        economy = cls.from_arrays(codes, sectors, flows, year=read.year, unit=unit or read.unit, drop=unusable, **parts)
        return replace(economy, kind=read.kind, n_filled=n_filled, n_dropped=read.n_dropped)

    @property
    def cautions(self) -> tuple[str, ...]:
        """What was set aside to make the accounts usable, in words."""
        out = [f"{said}; a first solve closes the accounts." for said in self.truncated]
        return (*out, *([f"Left out: {said_dropped(self.dropped)}."] if self.dropped else []))

    @property
    def output(self) -> np.ndarray:
        """Gross output by sector: (S, n), US$ million."""
        return self.flows.sum(axis=2)

    @property
    def spending(self) -> np.ndarray:
        """Spending by sector, tariffs included: (S, n), US$ million."""
        return (self.flows * (1 + self.tariff)).sum(axis=1)

    @property
    def wages(self) -> np.ndarray:
        """Value added: (n,), US$ million."""
        return (self.value_added * self.output).sum(axis=0)

    @property
    def revenue(self) -> np.ndarray:
        """Tariff revenue: (n,), US$ million."""
        return (self.flows * self.tariff).sum(axis=(0, 1))

    @property
    def deficit(self) -> np.ndarray:
        """Imports minus exports before tariffs: (n,), US$ million."""
        total = self.flows.sum(axis=0)
        return total.sum(axis=0) - total.sum(axis=1)

    @property
    def income(self) -> np.ndarray:
        """Final spending: value added, revenue and deficit, (n,), US$ million."""
        return self.wages + self.revenue + self.deficit

    def __len__(self) -> int:
        return len(self.economies)

    def index(self, code: str) -> int:
        """The place of an economy in the arrays."""
        return place_of(code, self.economies)

    def flow(self, origin: str, destination: str) -> float:
        """One flow over all sectors, US$ million before tariffs."""
        return float(self.flows[:, self.index(origin), self.index(destination)].sum())

    def to_frame(self) -> Any:
        """One row per sector and dyad with a flow: sector, origin, destination, flow, tariff."""
        s, i, j = np.nonzero(self.flows)
        names = np.array(self.economies)
        frame = pl.DataFrame(
            {
                "sector": np.array(self.sectors)[s],
                "origin": names[i],
                "destination": names[j],
                "flow_usd_mn": self.flows[s, i, j],
                "tariff": self.tariff[s, i, j],
            }
        )
        return same_kind(self.kind, frame)

    def __repr__(self) -> str:
        when = f", {self.year}" if self.year is not None else ""
        cut = f", {self.n_truncated} cells of final spending set to zero" if self.n_truncated else ""
        cut += f", without {said_dropped(self.dropped)}" if self.dropped else ""
        size = f"{len(self)} economies, {len(self.sectors)} sectors{when}"
        return f"SectorEconomy({size}, output {self.output.sum():,.0f}{cut})"
