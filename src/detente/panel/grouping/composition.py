"""What a flow is made of: its sections of the Harmonised System, or the sectors that a source names."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from detente.data.sections import DIGITS, ORDER, UNSPECIFIED, sections
from detente.errors import UnknownColumn
from detente.panel.levels import KEYS, kind_of_product

TINY = 0.005  # of a flow: what its sections may lack, or have too much, without a row that says so


@dataclass(frozen=True, slots=True, repr=False)
class Composition:
    """Flows by section.

    Attributes
    ----------
    frame : ``origin, destination, period`` (as in the panel's ``years``), ``section``, ``value`` in the panel's unit;
        no row where a section's flow is zero or missing.
    level : ``sections`` (of the Harmonised System) or ``sectors`` (as the source names them).
    """

    frame: pl.DataFrame
    level: str

    def of(self, origin: str, destination: str) -> pl.DataFrame:
        """One direction: ``period, section, value, share`` (of the sum in that period), in the sections' order."""
        rows = self.frame.filter(origin=origin, destination=destination)
        rows = rows.with_columns(share=pl.col("value") / pl.col("value").sum().over("period"))
        return rows.select("period", "section", "value", "share").sort("period", _place(self.level), "section")

    def merged(self, code: str, members: Collection[str]) -> Composition:
        """With ``members`` as one economy; what they trade among themselves leaves."""
        names = dict.fromkeys(members, code)
        frame = self.frame.with_columns(pl.col("origin", "destination").replace(names))
        frame = frame.filter(pl.col("origin") != pl.col("destination"))
        return Composition(_summed(frame), self.level)

    def only(self, periods: Collection[int]) -> Composition:
        """Of those periods."""
        return Composition(self.frame.filter(pl.col("period").is_in(list(periods))), self.level)

    def __repr__(self) -> str:
        return f"Composition({self.frame['section'].n_unique()} {self.level})"


def composition_of(frame: pl.DataFrame, label: str) -> Composition:
    """From rows by product, at the coarsest level below the total.

    Parameters
    ----------
    frame : ``origin, destination, period, product, value``.

    Raises
    ------
    UnknownColumn
        The rows have no product, or totals only.
    """
    products = frame["product"].fill_null("").str.strip_chars() if "product" in frame.columns else None
    kinds = {} if products is None else {word: kind_of_product(word) for word in products.unique().to_list()}
    digits = [kind for kind in DIGITS if kind in kinds.values()]
    chosen = digits[0] if digits else "words" if "words" in kinds.values() else ""
    if products is None or not chosen:
        raise UnknownColumn(
            f"{label} has no products or sectors, only totals.",
            fix="Give a file with a column of HS codes or sectors, or leave sections out.",
        )
    kept = frame.with_columns(products.alias("product")).filter(products.replace_strict(kinds) == chosen)
    level = "sections" if digits else "sectors"
    section = sections(kept["product"]) if digits else kept["product"]
    return Composition(_summed(kept.with_columns(section.alias("section"))), level)


def _summed(frame: pl.DataFrame) -> pl.DataFrame:
    keys = [*KEYS, "section"]
    return frame.group_by(keys).agg(pl.col("value").sum()).filter(pl.col("value") > 0).sort(keys)


def _place(level: str) -> pl.Expr:
    order = {section: k for k, section in enumerate(ORDER)} if level == "sections" else {UNSPECIFIED: 999}
    return pl.col("section").replace_strict(order, default=998, return_dtype=pl.Int64)
