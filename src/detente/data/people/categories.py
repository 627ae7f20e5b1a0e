"""Steps at which most persons of a corridor change UNHCR's category: in part, or wholly, no movement of people."""

from __future__ import annotations

import polars as pl

CATEGORIES = ("refugees", "asylum_seekers", "oip", "ooc")
"""UNHCR's: refugees, asylum-seekers, others in need of international protection, others of concern."""
OTHERS = (CATEGORIES.index("oip"), CATEGORIES.index("ooc"))
"""The two that were defined anew."""
STEP, LARGE = 2.0, 10_000
"""Such a step at least doubles or halves a count of at least so many persons."""


def category_steps(frame: pl.DataFrame) -> list[tuple[str, str, int, str, str]]:
    """Origin, destination, first year of the new category, and the two categories, of every such step, in order.

    Parameters
    ----------
    frame : ``origin, destination, year, value`` (persons counted) and the four categories (persons); one row a corridor and
        year.

    Examples
    --------
    >>> rows = [("VEN", "COL", 2017, 69e3, 0.0, 1e3, 0.0, 68e3), ("VEN", "COL", 2018, 1.2e6, 0.0, 1e4, 1.2e6, 0.0)]
    >>> category_steps(pl.DataFrame(rows, ("origin", "destination", "year", "value", *CATEGORIES), orient="row"))
    [('VEN', 'COL', 2018, 'ooc', 'oip')]
    """
    frame = frame.with_columns(most=pl.concat_list(pl.col(CATEGORIES).fill_null(0.0)).list.arg_max())
    before = frame.select(
        "origin", "destination", pl.col("year") + 1, pl.col("value").alias("had"), pl.col("most").alias("was")
    )
    steps = frame.join(before, on=["origin", "destination", "year"]).filter(
        pl.col("most") != pl.col("was"), pl.col("most").is_in(OTHERS) | pl.col("was").is_in(OTHERS),
        pl.max_horizontal("value", "had") >= LARGE,
        (pl.col("value") >= STEP * pl.col("had")) | (pl.col("had") >= STEP * pl.col("value")),
    )  # fmt: skip
    rows = (
        steps.sort("origin", "destination", "year").select("origin", "destination", "year", "was", "most").iter_rows()
    )
    return [(o, d, y, CATEGORIES[was], CATEGORIES[now]) for o, d, y, was, now in rows]
