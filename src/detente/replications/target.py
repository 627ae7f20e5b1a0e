"""A published exercise recomputed: its targets, and the result that holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

NAFTA = ("CAN", "MEX", "USA")


@dataclass(frozen=True, slots=True)
class Target:
    """One number: what was computed and, where one is printed, the published figure."""

    quantity: str
    mode: str
    unit: str
    computed: float
    published: float | None = None

    @property
    def difference(self) -> float | None:
        """Computed minus published."""
        return None if self.published is None else self.computed - self.published


@dataclass(frozen=True, slots=True, repr=False)
class Replication:
    """A published exercise recomputed: ``targets``, and the solved counterfactuals by mode.

    Examples
    --------
    >>> Replication("one", "nobody", (Target("a gain", "exact", "%", 1.5, 1.4),), {}).to_frame()["difference"].round(6).item()
    0.1
    """

    name: str
    source: str
    targets: tuple[Target, ...]
    results: Mapping[str, Any]

    def to_frame(self) -> pl.DataFrame:
        """A polars frame: quantity, mode, unit, computed, published, difference."""
        names = ("quantity", "mode", "unit", "computed", "published", "difference")
        return pl.DataFrame(
            {name: [getattr(t, name) for t in self.targets] for name in names},
            schema_overrides={"published": pl.Float64, "difference": pl.Float64},
        )

    def __repr__(self) -> str:
        return self.summary()

    def summary(self) -> str:
        """The targets as lines of text."""
        lines = [f"{self.name}: {self.source}"]
        for t in self.targets:
            printed = "" if t.published is None else f"  (published {t.published:g})"
            lines.append(f"  {t.mode:<10}{t.quantity:<42}{t.computed:>12.5f} {t.unit}{printed}")
        return "\n".join(lines)


def set_beside(
    name: str, source: str, targets: list[Target], results: dict[str, Any], *, economies: int, published: int
) -> Replication:
    """The result; on other economies than the published ones no printed figure is set beside it."""
    if economies != published:
        source += f"; on {economies} economies, not the {published} published, so no printed figure applies"
        targets = [replace(t, published=None) for t in targets]
    return Replication(name, source, tuple(targets), results)
