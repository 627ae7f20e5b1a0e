"""Totals beside chapters beside products, exports beside re-exports: one level is used, nothing is added twice."""

from __future__ import annotations

import polars as pl

from detente.data.tables.rows import summed
from detente.errors import AmbiguousColumn, DuplicateRows, first_five, how_many
from detente.language import Number, Text

TOTALS = frozenset({"TOTAL", "ALL", "_T", "TOT", "ALL COMMODITIES", "ALL PRODUCTS", "AGGREGATE"})
EXPORTS, IMPORTS = frozenset({"X", "EXPORT", "EXPORTS"}), frozenset({"M", "IMPORT", "IMPORTS"})
PARTS_OF_FLOWS = frozenset({"RX", "RM", "DX", "FM", "RE-EXPORT", "RE-EXPORTS", "RE-IMPORT", "RE-IMPORTS",
                            "DOMESTIC EXPORT", "DOMESTIC EXPORTS"})  # fmt: skip
KEYS = ["origin", "destination", "period"]


def one_level(frame: pl.DataFrame, label: str) -> tuple[pl.DataFrame, str, tuple[str, ...]]:
    """One flow a dyad and period from rows by product: the total where it is given, else the sum of one level.

    Parameters
    ----------
    frame : ``origin, destination, period, product, value``.
    label : the file, for messages.

    Returns
    -------
    The frame without ``product``, the level that was used, and notes.

    Raises
    ------
    DuplicateRows : some dyads have the coarser level and others only the finer one, or a product appears twice.
    AmbiguousColumn : exports and imports stand in the column.
    """
    words = frame["product"].fill_null("").str.strip_chars()
    kinds = {word: kind_of_product(word) for word in words.unique().to_list()}
    have = set(kinds.values())
    if "exports" in have or "imports" in have:
        if {"exports", "imports"} <= have:
            raise AmbiguousColumn(
                f"{label} has exports and imports in one column.",
                why="Each dyad would be there twice, as either side reports it.",
                fix="Keep one of the two, or read it with the layout of its source, with source= (on the command line --as).",
            )
        chosen = "exports" if "exports" in have else "imports"
    else:
        order = ("total", "2 digits", "4 digits", "6 digits", "8 digits", "10 digits")
        nested = [kind for kind in order if kind in have]
        chosen = nested[0] if nested else "words"
        if "total" not in have and "words" in have and nested:
            chosen = "words"  # names and numbers of one list: nothing says that they are nested
            kinds = dict.fromkeys(kinds, "words")
            have = {"words"}
    frame = frame.with_columns(
        words.alias("product"), words.replace_strict(kinds, return_dtype=pl.String).alias("_kind")
    )
    kept = frame.filter(pl.col("_kind") == chosen)
    notes: list[str] = []
    if len(have) > 1:
        _every_dyad_has(frame, kept, chosen, label)
        _every_chapter_has(frame, kept, chosen, label)
        left = Number(f"{frame.height - kept.height:,}")
        notes.append(
            Text("rows.one_level", n=left, used=_level_word(chosen), others=", ".join(sorted(have - {chosen})))
        )
    twice = kept.filter(pl.struct(*KEYS, "product").is_duplicated())
    if twice.height:
        shown = first_five(
            f"{o}->{d} {t} {p}" for o, d, t, p in twice.select(*KEYS, "product").unique(maintain_order=True).rows()
        )
        raise DuplicateRows(
            f"{twice.height:,} rows of {label} repeat an origin, destination, period and product: {shown}.",
            why="Summing or choosing among them would be a guess.",
            fix="Sum or drop them first.",
        )
    if kept["product"].n_unique() == 1:
        return kept.drop("product", "_kind"), chosen, tuple(notes)
    flows = kept.group_by(KEYS, maintain_order=True).agg(summed("value"))
    notes.append(Text("rows.summed", n=Number(f"{kept.height:,}"), flows=Number(f"{flows.height:,}")))
    return flows, chosen, tuple(notes)


def kind_of_product(word: str) -> str:
    """What a cell of a product column is: ``total``, ``exports``, ``2 digits`` and so on, or ``words``."""
    folded = word.upper()
    if folded in TOTALS:
        return "total"
    if folded in EXPORTS:
        return "exports"
    if folded in IMPORTS:
        return "imports"
    if folded in PARTS_OF_FLOWS:
        return "parts of flows"
    digits = folded.replace(".", "")
    return f"{len(digits)} digits" if digits.isdecimal() and len(digits) in (2, 4, 6, 8, 10) else "words"


def _level_word(kind: str) -> str:
    return {"total": "TOTAL"}.get(kind, kind)


def _every_dyad_has(frame: pl.DataFrame, kept: pl.DataFrame, chosen: str, label: str) -> None:
    without = frame.select(KEYS).unique(maintain_order=True).join(kept.select(KEYS).unique(), on=KEYS, how="anti")
    if without.height:
        shown = first_five(f"{o}->{d} {t}" for o, d, t in without.rows())
        lacking = how_many(without.height, "flow has", "flows have")
        raise DuplicateRows(
            f"{label} has rows at several levels, and {lacking} none at the coarsest ({chosen}): {shown}.",
            why="Totals, chapters and products of one flow are the same trade counted several times; they are never added.",
            fix="Keep the rows of one level.",
        )


def _every_chapter_has(frame: pl.DataFrame, kept: pl.DataFrame, chosen: str, label: str) -> None:
    """Each finer product lies within one of the level that is used; else dropping it would lose its trade."""
    length = chosen.partition(" ")[0]
    if not length.isdecimal():
        return
    code = pl.col("product").str.replace_all(".", "", literal=True)
    finer = frame.filter(pl.col("_kind").str.ends_with(" digits"), pl.col("_kind") != chosen)
    finer = finer.with_columns(code.str.head(int(length)).alias("_within"))
    known = kept.select(*KEYS, code.alias("_within")).unique()
    alone = finer.join(known, on=[*KEYS, "_within"], how="anti")
    if alone.height:
        shown = first_five(
            f"{o}->{d} {t} {p}" for o, d, t, p in alone.select(*KEYS, "product").unique(maintain_order=True).rows()
        )
        raise DuplicateRows(
            f"{label} has rows at several levels, and {alone.height:,} of the finer ones lie in none of the coarsest "
            f"({chosen}): {shown}.",
            why="Adding them could count trade twice, and leaving them out would lose it.",
            fix="Keep the rows of one level.",
        )
