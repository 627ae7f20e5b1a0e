"""Why people moved: what goes with both countries' other migration, and what is the pair's own.

The pair is left out of a three-way fit of five-year flows in its last period and predicted from what its origin sent
everywhere else and what its destination received from everywhere else (METHODS B3; findings on Abel and Cohen's flows).
Calibrated on masked flows of other pairs: 3 to 7% of them lie in either tail of 5%, 80% in the middle 80%.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from math import isfinite, log
from typing import TYPE_CHECKING, Any

import polars as pl

from detente.economies import lookup, name_of
from detente.errors import NotIdentified, SpecificationError
from detente.gravity import impute
from detente.panel import Panel, people
from detente.panel.persons import refuse_stock, require_existed

if TYPE_CHECKING:
    import polars as pl

TAIL = 0.05
FEWEST = 39
"""Similar pairs below which no tail of 5% can be told on both sides."""


@dataclass(frozen=True, slots=True)
class MigrationChange:
    """How a migration flow changed from one period to the next, in its parts.

    Attributes
    ----------
    origin, destination : codes.
    from_period, to_period : first years of the two five-year periods.
    moved_before, moved : persons in each.
    expected : persons to be expected in the second from both countries' migration with everybody else; None where
        nothing says it.
    log_change, shared, own : log points; they add up (shared + own = log_change). None where a flow is zero.
    log_ratio : log of moved over expected; None where it has no value.
    placebo_share : rank of ``log_ratio`` among pairs of like size, ``(1 + #{placebo <= actual}) / (1 + n)``.
    n_placebos : how many such pairs.
    n_more : how many of them moved as many or more above what was to be expected.
    """

    origin: str
    destination: str
    from_period: int
    to_period: int
    moved_before: float
    moved: float
    expected: float | None
    log_change: float | None
    shared: float | None
    own: float | None
    log_ratio: float | None
    placebo_share: float | None
    n_placebos: int
    n_more: int

    @property
    def unusual(self) -> bool | None:
        """Whether the flow lies outside the middle 90% of pairs of like size; None with too few of them."""
        if self.placebo_share is None or self.n_placebos < FEWEST:
            return None
        return not TAIL < self.placebo_share < 1 - TAIL

    def to_frame(self) -> pl.DataFrame:
        """One row, the attributes as columns."""
        return pl.DataFrame([asdict(self)], infer_schema_length=None)

    def summary(self) -> str:
        """One sentence."""
        if self.log_change is None or self.own is None or self.shared is None:
            return f"{self.origin}→{self.destination}: {self.moved_before:,.0f} then {self.moved:,.0f} persons."
        share = "" if self.placebo_share is None else f" (share {self.placebo_share:.3f} of {self.n_placebos})"
        return (
            f"{self.origin}→{self.destination} {self.from_period}/{self.to_period}: {self.moved_before:,.0f} then "
            f"{self.moved:,.0f} persons, {self.expected or 0:,.0f} expected; of {self.log_change:+.2f} log points "
            f"{self.shared:+.2f} shared and {self.own:+.2f} the pair's own{share}."
        )

    def to_dict(self) -> dict[str, Any]:
        """The attributes and ``unusual`` in plain values."""
        return asdict(self) | {"unusual": self.unusual}

    def __repr__(self) -> str:
        return f"MigrationChange({self.summary()})"


def attribute_migration(
    origin: str, destination: str, *, period: int | None = None, panel: Panel | None = None
) -> MigrationChange:
    """Why more people, or fewer, moved from one country to another than in the five years before.

    Parameters
    ----------
    origin, destination : codes or names.
    period : first year of the five; the newest of the panel unless given.
    panel : of persons who move (flows); what ships unless given.

    Raises
    ------
    SpecificationError : a panel of stocks or of goods, a period that the panel lacks or that is its first, one country
        twice.
    UnknownEconomy : a country that the panel lacks, or that did not exist in the period.
    NotIdentified : nobody of the pair moved in any earlier period, so that nothing says what is usual.

    Examples
    --------
    >>> why = attribute_migration("VEN", "COL")
    >>> round(why.log_change, 2), round(why.shared, 2), round(why.own, 2)
    (2.55, 1.92, 0.63)
    """
    a, b = lookup(origin), lookup(destination)
    if a == b:
        raise SpecificationError(f"{a} was named twice.", fix="Name two different economies.")
    flows: Panel = people("movers") if panel is None else panel
    if flows.stock:
        refuse_stock(f"The panel '{flows.name}'", "attribute_migration")
    if flows.kind != "persons":
        raise SpecificationError(f"The panel '{flows.name}' holds {flows.kind}.", fix="Give one of persons who move.")
    when = flows.years[-1] if period is None else period
    t = flows.year_index(when)
    if t == 0:
        raise SpecificationError(
            f"{when} is the first period of the panel '{flows.name}'.",
            why="The periods before are what is usual between the two.",
            fix=f"Ask for {flows.years[1]} or later.",
        )
    for code in (a, b):
        require_existed(code, flows.years[t] - 1)  # somewhere in the period before
    flow = flows.flow(a, b)
    if not (flow[:t] > 0).any():
        raise NotIdentified(
            f"Nobody moved from {name_of(a)} to {name_of(b)} before {when} on record.",
            why="Nothing says what is usual between the two.",
        )
    return _change(flows, a, b, t)


def _change(panel: Panel, a: str, b: str, t: int) -> MigrationChange:
    before, when = panel.years[t - 1], panel.years[t]
    known = panel.only(panel.years[: t + 1])
    found = impute(known, [(a, b, when, when)], both_directions=False).paths[0]
    share, n = found.placebo_share()
    ratios = found.placebos[t]
    ratio, earlier = float(found.log_ratio[t]), float(found.log_ratio[t - 1])
    moved_before, moved = float(found.actual[t - 1]), float(found.actual[t])
    whole = log(moved / moved_before) if moved > 0 and moved_before > 0 else None
    own = ratio - earlier if whole is not None and isfinite(ratio) and isfinite(earlier) else None
    expected = float(found.counterfactual[t])
    return MigrationChange(
        a, b, before, when, moved_before, moved, expected if isfinite(expected) else None,
        whole, None if own is None or whole is None else whole - own, own,
        ratio if isfinite(ratio) else None, float(share[t]) if isfinite(share[t]) else None, int(n[t]),
        int((ratios >= ratio).sum()),
    )  # fmt: skip


@cache
def shipped_migration(origin: str, destination: str) -> MigrationChange | None:
    """:func:`attribute_migration` of the newest period on the panel that ships; None where it has no answer.

    Examples
    --------
    >>> shipped_migration("VEN", "COL").to_period, shipped_migration("NRU", "SMR")
    (2015, None)
    """
    try:
        return attribute_migration(origin, destination)
    except (NotIdentified, LookupError):
        return None
