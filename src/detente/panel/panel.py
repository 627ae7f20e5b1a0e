"""Panel: flows of goods by year, origin and destination, as one dense array with labels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente import economies as names
from detente._notebook import as_html
from detente.data.periods import label_of, year_of
from detente.errors import DataError, UnknownEconomy
from detente.language import Joined, Number, Text, When
from detente.panel.filling import not_there
from detente.panel.grouping.composition import Composition
from detente.panel.grouping.merging import merged_flows, merged_stocks


@dataclass(frozen=True, slots=True)
class ReadReport:
    """What became of the rows on the way in.

    Attributes
    ----------
    rows_read, rows_used : rows in the source, and rows that carry a flow of the panel.
    notes : one sentence for everything dropped, filled, aggregated or assumed.
    """

    rows_read: int = 0
    rows_used: int = 0
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return str(self.text())

    def text(self) -> str:
        """The counts and notes, as a text for any language."""
        counts = {"read": Number(f"{self.rows_read:,}"), "used": Number(f"{self.rows_used:,}")}
        return Joined(" ", parts=(Text("rows.counts", **counts), *self.notes))


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the figures of a panel come from, and what they are.

    Attributes
    ----------
    source : the source's name in the registry (``"baci"``, ``"comtrade"``); empty for a table of no known source.
    release : of the source (``"HS92 V202601"``); ``other_releases`` has the years that are of another one.
    valuation : ``"fob"``, ``"cif"`` or empty where unknown.
    side : whose report: ``"reconciled"``, ``"origin"``, ``"destination"``, or empty where unknown.
    level : of products that were added up: ``"2 digits"``, ``"4 digits"``, ``"6 digits"``, or ``"total"``.
    gdp : the source of the GDP and its vintage; ``other_gdp`` has the years that are of another one.
    population : of persons, which of them are counted: ``"movers"``, ``"foreign_born"``, ``"protected"``, a register's
        name, or empty where unknown.
    """

    source: str = ""
    release: str = ""
    other_releases: tuple[tuple[int, str], ...] = ()
    valuation: str = ""
    side: str = ""
    level: str = ""
    gdp: str = ""
    other_gdp: tuple[tuple[int, str], ...] = ()
    population: str = ""

    def release_of(self, year: int) -> str:
        """The release that the flows of ``year`` are of."""
        return dict(self.other_releases).get(year, self.release)

    def gdp_of(self, year: int) -> str:
        """The source and vintage that the GDP of ``year`` is of."""
        return dict(self.other_gdp).get(year, self.gdp)


@dataclass(frozen=True, slots=True, repr=False)
class Panel:
    """Flows between economies over periods.

    Attributes
    ----------
    economies : ISO alpha-3 codes, sorted as given; ``ROW`` is the rest of the world.
    years : periods as whole numbers, ascending: 2019 a year, 20191 its first quarter, 201901 its first month;
        ``labels`` says them in words.
    flows : float64 ``[t, i, j]``, in ``unit`` (goods: million current US$), from origin i to destination j.
        Absent rows are zeros where the source says so, NaN where missing; the
        diagonal is NaN unless the source has internal trade.
    gdp : float64 ``[t, i]``, million current US$, or None; NaN where unknown.
    name, source : what to call it, and the citation.
    report : counts of what was read, dropped, filled and aggregated.
    kind : what flows: ``goods``, ``persons``, ``energy``, ``flights`` or ``other``.
    unit : of the flows: ``usd_mn``, ``persons``, ``gwh``, ``mn_m3``, ``flights``, or what ``other`` was given.
    period : ``year``, ``quarter``, ``month`` or ``five years``.
    provenance : source, releases, valuation, reporting side and level of products.
    reported : bool ``[t, i]``, whether the economy has any flow in the period; None where not told.
    stock : the values are stocks at a date (persons living somewhere), not flows in a period.
    composition : the flows by section, where they were asked for; see :class:`detente.panel.Composition`.
    """

    economies: tuple[str, ...]
    years: tuple[int, ...]
    flows: NDArray[np.float64]
    gdp: NDArray[np.float64] | None = None
    name: str = "panel"
    source: str = ""
    report: ReadReport = field(default_factory=ReadReport)
    kind: str = "goods"
    unit: str = "usd_mn"
    period: str = "year"
    provenance: Provenance = Provenance()
    reported: NDArray[np.bool_] | None = None
    stock: bool = False
    composition: Composition | None = None

    def __post_init__(self) -> None:
        t, n = len(self.years), len(self.economies)
        if self.flows.shape != (t, n, n):
            raise DataError(f"The flows have shape {self.flows.shape}; {t} years and {n} economies need {(t, n, n)}.")
        if self.gdp is not None and self.gdp.shape != (t, n):
            raise DataError(f"The GDP has shape {self.gdp.shape}; {t} years and {n} economies need {(t, n)}.")
        object.__setattr__(self, "years", tuple(map(When, self.years)))
        self.flows.flags.writeable = False
        if self.gdp is not None:
            self.gdp.flags.writeable = False

    @property
    def labels(self) -> tuple[str, ...]:
        """The periods in words: ``2019``, ``2019-Q1``, ``2019-01``."""
        return tuple(label_of(period, self.period) for period in self.years)

    def existed(self) -> NDArray[np.bool_]:
        """Whether each economy was a state (or territory) in each period, bool ``[t, i]``."""
        return ~not_there(self.economies, [year_of(period, self.period) for period in self.years])

    def index(self, economy: str) -> int:
        """Position of ``economy`` on both flow axes."""
        try:
            return self.economies.index(economy)
        except ValueError:
            said, fix = names.not_held(economy, self.economies)
            raise UnknownEconomy(
                f"'{economy}' ({names.name_of(economy)}) is not among the {len(self.economies)} economies of the panel "
                f"'{self.name}'.{said}",
                fix=fix or "Give another panel with --data PATH, or another economy.",
            ) from None

    def year_index(self, year: int) -> int:
        """Position of ``year`` on the time axis."""
        if year not in self.years:
            raise DataError(
                f"The panel '{self.name}' has no year {year}; it runs from {self.years[0]} to {self.years[-1]}.",
                fix="Choose one of its years, or give a panel that reaches further.",
            )
        return self.years.index(year)

    def flow(self, origin: str, destination: str) -> NDArray[np.float64]:
        """Flow by year ``[t]``, million US$."""
        return self.flows[:, self.index(origin), self.index(destination)]

    def only(self, years: Iterable[int]) -> Panel:
        """The panel of those years."""
        where = [self.year_index(y) for y in sorted(set(years))]
        return replace(
            self,
            years=tuple(self.years[t] for t in where),
            flows=self.flows[where],
            gdp=None if self.gdp is None else self.gdp[where],
            reported=None if self.reported is None else self.reported[where],
            composition=None if self.composition is None else self.composition.only([self.years[t] for t in where]),
        )

    def aggregate(self, keep: Sequence[str], rest: str = names.ROW) -> Panel:
        """Merge every economy outside ``keep`` into ``rest``; see :meth:`merge`."""
        others = [code for code in self.economies if code not in set(keep) or code == rest]
        if not others:
            return self
        for code in keep:
            self.index(code)
        found = self.merge(rest, others)
        return replace(found, name=f"{self.name}, {len(found.economies) - 1} economies and the rest of the world")

    def merge(self, code: str, members: Iterable[str]) -> Panel:
        """The panel with ``members`` as one economy ``code``, the last.

        Its flows and its GDP are sums; a sum of which more than 2% was not reported is missing, and what is short of
        less is counted in the report. A member that was no state in a year has no part in it. Trade among the
        members leaves the panel, unless it has internal trade of all.

        Raises
        ------
        UnknownEconomy
            A member is not in the panel.
        DataError
            There is no member, or another economy has that code.
        """
        members = tuple(dict.fromkeys(members))
        inside = [self.index(one) for one in members]
        outside = [k for k in range(len(self.economies)) if k not in set(inside)]
        if not inside or code in {self.economies[k] for k in outside}:
            raise DataError(f"Nothing can be merged into '{code}'.", fix="Name its members, and a code that is free.")
        groups = [np.array([k]) for k in outside] + [np.array(inside)]
        there = self.existed()
        both = there[:, :, None] & there[:, None, :]
        flows, short, missing = merged_flows(np.where(np.isnan(self.flows) & ~both, 0.0, self.flows), groups)
        alone = np.array(outside, dtype=int)
        flows[:, : len(alone), : len(alone)] = self.flows[:, alone][:, :, alone]
        gone = ~(there[:, outside] & np.any(there[:, inside], axis=1, keepdims=True))
        for side in (flows[:, -1, :-1], flows[:, :-1, -1]):  # views: no flow of what did not exist
            side[gone & (side == 0)] = np.nan
        told = self.reported
        said = Text(
            "rows.merged_side", code=code, n=Number(str(len(inside))), short=Number(f"{short:,}"),
            missing=Number(f"{missing:,}"),
        )  # fmt: skip
        return replace(
            self,
            economies=(*(self.economies[k] for k in outside), code),
            flows=flows,
            gdp=None
            if self.gdp is None
            else merged_stocks(np.where(np.isnan(self.gdp) & ~there, 0.0, self.gdp), groups),
            reported=None if told is None else np.column_stack([told[:, outside], told[:, inside].any(1)]),
            report=replace(self.report, notes=(*self.report.notes, said)),
            composition=None if self.composition is None else self.composition.merged(code, tuple(members)),
        )

    def with_gdp(self, gdp: NDArray[np.float64]) -> Panel:
        """The same flows with GDP ``[t, i]``, million US$."""
        return replace(self, gdp=np.asarray(gdp, dtype=float))

    def to_frame(self) -> pl.DataFrame:
        """Long table ``exporter, importer, year, trade`` in the panel's unit, a row a dyad and period.

        A missing flow has its row, with a null: an absent row could be read as a zero. Years are whole numbers; quarters
        and months are text (``2019-Q1``, ``2019-01``). The diagonal has rows where the panel has internal trade.
        """
        n = len(self.economies)
        own = np.isfinite(np.diagonal(self.flows, axis1=1, axis2=2)).any()
        t, i, j = np.nonzero(np.broadcast_to(~np.eye(n, dtype=bool) | own, self.flows.shape))
        codes = np.array(self.economies)
        periods = self.labels if self.period in ("quarter", "month") else self.years
        return pl.DataFrame(
            {"exporter": codes[i], "importer": codes[j], "year": np.array(periods)[t], "trade": self.flows[t, i, j]},
        ).with_columns(pl.col("trade").fill_nan(None))

    def summary(self) -> str:
        """One paragraph: size, span, total, source and what was done on reading."""
        total = np.nansum(self.flows[-1]) / 1e6
        return (
            f"{self.name}: {len(self.economies)} economies, {self.years[0]}-{self.years[-1]}, "
            f"US${total:,.1f} trillion in {self.years[-1]}. {self.report} Source: {self.source or 'not stated'}."
        )

    def _repr_html_(self) -> str:
        """In a notebook: what the panel holds."""
        return as_html(self.summary())

    def __repr__(self) -> str:
        return f"Panel({self.name!r}, {len(self.economies)} economies, {self.years[0]}-{self.years[-1]})"
