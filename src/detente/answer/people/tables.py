"""People between two economies as small tables: the newest counts, forecasts, specifications, visas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from detente.answer.people.wording import PeopleWords
from detente.answer.small_table import SmallTable
from detente.economies import in_text, name_of
from detente.language import Catalogue


def people_tables(
    frames: Mapping[str, pl.DataFrame], words: Catalogue, name: Callable[[str], str], source: Callable[[str], str] = str
) -> tuple[SmallTable, ...]:
    """The newest counts, the forecasts and the specifications as small tables; none where nothing is known."""
    if not {"people_counts", "people_next", "people_if"} <= frames.keys() or frames["people_counts"].is_empty():
        return ()
    told = PeopleWords(frames, words, name, source)
    tables = (_counts_table(told), _next_table(told), _if_table(told), _visa_table(told))
    return tuple(table for table in tables if table.rows)


def _arrow(told: PeopleWords, row: Mapping[str, Any]) -> str:
    """Whence and where: names as a table has them, without the article that a sentence needs."""
    named, language = [], told.words.language
    for code in (row["origin"], row["destination"]):
        name = told.name(code)
        named.append(name_of(code, language) if name == in_text(code, language) else name)
    return " → ".join(named)


def _counts_table(told: PeopleWords) -> SmallTable:
    words, frame = told.words, told.frames["people_counts"]
    rows = []
    newest = frame.sort("date").group_by("origin", "destination", "population", maintain_order=True).last()
    for row in newest.filter(pl.col("persons") > 0).sort("origin", "destination", "population").iter_rows(named=True):
        when = str(row["date"]).replace("/", "–") if "/" in str(row["date"]) else words.date(str(row["date"]))
        whose = words.known("people_source", told.source(row["source"]).partition(",")[0])
        rows.append((_arrow(told, row),
                     words.known("population", row["population"]), when, told.bare(row["persons"]), whose))  # fmt: skip
    columns = ("population", "date", "persons", "source")
    return SmallTable(
        told.say("counts_table"), columns, tuple(words.heading("people", c) for c in columns), tuple(rows)
    )


def _next_table(told: PeopleWords) -> SmallTable:
    words, rows = told.words, []
    for row in told.frames["people_next"].iter_rows(named=True):
        surge = row["target"] == "surge"
        p, base = ("" if row[k] is None else words.percent(100 * row[k], 1) for k in ("probability", "base_rate"))
        scores = [words.number(row[k], 3) for k in ("score", "baseline_score")]
        rows.append((
            _arrow(told, row), words.known("people_target", row["target"]),
            f"{row['year']}–{row['year'] + 4}" if row["target"] == "moved" else str(row["year"]),
            f"{p} ({base})" if surge else told.bare(row["middle"]),
            "" if surge else told.span(row["low"], row["high"]), "" if surge else f"{scores[0]} ({scores[1]})",
        ))  # fmt: skip
    columns = ("what", "date", "forecast", "interval", "score")
    return SmallTable(told.say("next_table"), columns, tuple(words.heading("people", c) for c in columns), tuple(rows))


def _if_table(told: PeopleWords) -> SmallTable:
    words, rows = told.words, []
    frame = told.frames["people_if"]
    for row in frame.iter_rows(named=True):
        middle = words.percent(row["middle_pct"], 0, sign=True)
        span = words("number.percent", value=words.span(row["low_pct"], row["high_pct"], 0))
        what = f"{words.known('people_outcome', row['outcome'])}, {words.known('people_variant', row['variant'])}"
        rows.append((_arrow(told, row), what, f"{middle} ({span})"))
    growth = words.percent(abs(frame["growth_pct"][0]), 0) if rows else ""
    columns = ("specification", "change")
    return SmallTable(
        told.say("if_table", growth=growth), columns, tuple(words.heading("people", c) for c in columns), tuple(rows)
    )


def _visa_table(told: PeopleWords) -> SmallTable:
    frame, words = told.frames.get("visas"), told.words
    rows = [
        (_arrow(told, row), told.rule(row["rule"]),
         words.date(row["first_read"]), words.date(row["last_read"]))
        for row in ([] if frame is None else frame.iter_rows(named=True))
    ]  # fmt: skip
    columns = ("rule", "first_read", "last_read")
    return SmallTable(told.say("visa_table"), columns, tuple(words.heading("people", c) for c in columns), tuple(rows))
