"""Figures that cannot be meant: a negative amount, a unit or a series mistyped, two preferred for one thing; units of claims."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache

import polars as pl

from detente.errors import Problem, did_you_mean
from detente.record.reading import problems_where
from detente.record.schema import PREFERRED, TABLES, RecordTable

UNITS = ("usd_mn", "usd_bn", "usd", "persons", "pct", "pp", "mmcfd", "km", "kbd", "days", "years", "flights_per_week")
"""Usual units; another word is allowed unless it looks like one of these mistyped."""


def figure_sense(figures: pl.DataFrame) -> list[Problem]:
    """Figures that cannot be meant: negative amounts, a unit mistyped, two preferred ones for one thing."""
    table = TABLES["figures"]
    below = figures["value"].cast(pl.Float64, strict=False) < 0
    found = []
    if below.any():
        amount = figures["kind"].is_in(["flow", "stock", "count"]) & ~figures["series"].str.contains(
            "balance|change|growth|gap"
        )
        fix = "Fix the sign; a balance belongs in a series with 'balance' in its name."
        found = problems_where(figures, table, below & amount, "value", "{} is negative.".format, fix)
    return [
        *found,
        *_units_mistyped(figures, table),
        *_series_slips(figures),
        *_marked_otherwise(figures, table),
        *_twice_preferred(figures, table),
    ]


def _marked_otherwise(figures: pl.DataFrame, table: RecordTable) -> list[Problem]:
    other = ~figures["preferred"].cast(pl.Float64, strict=False).is_in([0.0, 1.0])
    fix = "Write 1 where the figure is the one to use, else nothing."
    return problems_where(figures, table, other, "preferred", "'{}' is no mark.".format, fix)


def _twice_preferred(figures: pl.DataFrame, table: RecordTable) -> list[Problem]:
    chosen = figures.select(PREFERRED).to_series()
    if chosen.sum() < 2:
        return []
    keys = figures.select("series", "period", "unit").with_columns(pl.when(chosen).then(1).alias("chosen"))
    twice = keys.select(pl.struct("series", "period", "unit", "chosen").is_duplicated()).to_series() & chosen
    what = "Two figures of one series and period are preferred."
    return problems_where(figures, table, twice, "preferred", what, "Leave 1 with one of them.")


def claim_units(claims: pl.DataFrame) -> list[Problem]:
    """Claims whose unit is a usual one mistyped: nothing on record would ever be held against them."""
    return _units_mistyped(claims, TABLES["claims"])


def _units_mistyped(rows: pl.DataFrame, table: RecordTable) -> list[Problem]:
    typed = [u for u in rows["unit"].drop_nulls().unique() if _mistyped(u)]
    if not typed:
        return []
    return problems_where(
        rows, table, rows["unit"].is_in(typed), "unit",
        lambda u: f"'{u}' is close to a usual unit.{_meant(u)}",
        "Write the usual one, or a clearly different word.",
    )  # fmt: skip


OFTEN = 3
"""Figures of a series from which a lone one whose name differs by a letter looks mistyped."""


def _series_slips(figures: pl.DataFrame) -> list[Problem]:
    """A single figure whose series is another, well-filled one but for one letter (``trade.totals``)."""
    counts: dict[str, int] = {
        str(name): int(n) for name, n in figures.drop_nulls("series").group_by("series").len().iter_rows()
    }
    near: dict[str, str] = {}
    for name, n in counts.items():
        if n >= OFTEN:
            near |= dict.fromkeys((name, *_one_less(name)), name)
    slips = {}
    for name, n in counts.items():
        other = next((near[s] for s in (name, *_one_less(name)) if s in near and near[s] != name), None)
        if (
            n == 1
            and other
            and _letters(name) != _letters(other)
            and re.sub(r"\D", "", name) == re.sub(r"\D", "", other)
        ):
            slips[name] = other
    if not slips:
        return []
    mask = figures["series"].is_in(list(slips))
    what = "'{}' has one figure and is '{}' but for a letter."
    return problems_where(
        figures, TABLES["figures"], mask, "series", lambda cell: what.format(cell, slips[cell]),
        f"Write the other, or give the series more figures (from {OFTEN}) if it is one of its own.",
    )  # fmt: skip


def _one_less(name: str) -> list[str]:
    return [name[:n] + name[n + 1 :] for n in range(len(name))]


def _letters(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.casefold())


def _meant(unit: str) -> str:
    own = _of_money(unit)
    return did_you_mean(own or unit, (own, *UNITS) if own else UNITS)


_SIZED = re.compile(r"([a-z]{3})[ _-](m|mln|mio|millions?|b|bln|billions?)", re.IGNORECASE)


def _of_money(unit: str) -> str:
    """The unit of an amount of money whose size is written in another way (``eur_millions``), or nothing."""
    found = _SIZED.fullmatch(unit)
    return f"{found[1]}_{found[2][0]}n".casefold() if found else ""


@lru_cache(maxsize=1024)
def _mistyped(unit: str) -> bool:
    """Whether a unit is a usual one but for case, separators or a letter; ``usd_mn_2015`` is a unit of its own."""
    if unit in UNITS:
        return False
    if _of_money(unit):
        return True
    bare = re.sub(r"[^a-z0-9]", "", unit.casefold())
    usual = [u.replace("_", "") for u in UNITS if not unit.startswith(f"{u}_")]
    return bare in usual or any(len(bare) > 3 and SequenceMatcher(None, bare, u).ratio() > 0.88 for u in usual)
