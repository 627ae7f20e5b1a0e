"""Both reports of each flow side by side: what the origin says it sold and the destination says it bought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from detente.errors import EmptySample, how_many
from detente.panel.panel import Panel
from detente.panel.reading.panel_reader import read_panel

COLUMNS = ("origin", "destination", "period", "by_origin", "by_destination", "gap", "log_gap")


@dataclass(frozen=True, slots=True, repr=False)
class Mirror:
    """Flows as either side reports them.

    Attributes
    ----------
    frame : ``origin, destination, period`` (in words), ``by_origin`` and ``by_destination`` in ``unit`` (null where that
        side did not report), ``gap`` (the destination's less the origin's, in ``unit``) and ``log_gap`` (log points; null
        where a report is missing or zero). Freight and insurance alone make a gap of some 0.05 to 0.10 where the origin
        values FOB and the destination CIF.
    unit : of the flows.
    """

    frame: pl.DataFrame
    unit: str

    def to_frame(self) -> pl.DataFrame:
        """The table."""
        return self.frame

    def of(self, origin: str, destination: str) -> pl.DataFrame:
        """The rows of one direction."""
        return self.frame.filter(origin=origin, destination=destination)

    def summary(self) -> str:
        """How many flows both report, and how far apart their reports lie in the middle."""
        gaps = self.frame["log_gap"].drop_nulls().to_numpy()
        one = self.frame.height - len(self.frame.drop_nulls(["by_origin", "by_destination"]))
        if not gaps.size:
            return f"No flow has two positive reports; {how_many(one, 'has', 'have')} one report only."
        low, middle, high = np.expm1(np.percentile(gaps, [25, 50, 75])) * 100
        return (
            f"{how_many(gaps.size, 'flow')} with two positive reports: the destination's is {middle:+.0f}% beside the origin's in the "
            f"middle, {low:+.0f}% to {high:+.0f}% in the middle half; {how_many(one, 'has', 'have')} one report only."
        )

    def __repr__(self) -> str:
        return f"Mirror({how_many(self.frame.height, 'flow')})"


def mirror(data: Any, source: str | None = None, **reading: Any) -> Mirror:
    """Both sides' reports from a file that has them (UN Comtrade, IMF IMTS, Eurostat Comext, WITS).

    Parameters
    ----------
    data, source : as for :func:`detente.read_panel`; ``reading`` takes its other keywords but ``side``.

    Raises
    ------
    EmptySample
        Only one side's reports are there.
    """
    sides = {}
    for side, plural in (("origin", "origins"), ("destination", "destinations")):
        try:
            sides[side] = read_panel(data, source, side=side, **reading)
        except EmptySample as error:
            raise EmptySample(
                f"There is no report of the {plural} to compare with. {error.what}",
                fix="Give a file with exports and imports, as reporters and partners.",
            ) from None
    return mirrored(sides["origin"], sides["destination"])


def mirrored(by_origin: Panel, by_destination: Panel) -> Mirror:
    """Two panels of one kind, unit and period, the first as origins report and the second as destinations do.

    Raises
    ------
    EmptySample
        They differ in these, or are known to be the reports of one side, or of the two the other way round.
    """
    what = [(p.kind, p.unit, p.period) for p in (by_origin, by_destination)]
    first, second = (p.provenance.side for p in (by_origin, by_destination))
    if what[0] != what[1] or first == "destination" or second == "origin" or first == second == "reconciled":
        raise EmptySample(
            "The two panels are not two reports of the same flows.",
            why=f"One has {' '.join(what[0])}, the other {' '.join(what[1])}, reported by the {first or 'unknown'} "
            f"and by the {second or 'unknown'} side.",
            fix="Give first the origins' and then the destinations' reports, of the same kind, unit and period.",
        )
    tables = [
        p.to_frame().rename({"exporter": "origin", "importer": "destination", "year": "period", "trade": name})
        for p, name in ((by_origin, "by_origin"), (by_destination, "by_destination"))
    ]
    both = tables[0].join(tables[1], on=["origin", "destination", "period"], how="full", coalesce=True)
    both = both.filter(pl.col("by_origin").is_not_null() | pl.col("by_destination").is_not_null())
    positive = (pl.col("by_origin") > 0) & (pl.col("by_destination") > 0)
    frame = both.with_columns(
        pl.col("period").cast(pl.String),
        gap=pl.col("by_destination") - pl.col("by_origin"),
        log_gap=pl.when(positive).then((pl.col("by_destination") / pl.col("by_origin")).log()),
    )
    return Mirror(frame.select(COLUMNS).sort("origin", "destination", "period"), by_origin.unit)
