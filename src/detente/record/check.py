"""Validate a record column by column: every problem at once, by file, row and column."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from difflib import SequenceMatcher
from functools import lru_cache

import polars as pl

from detente.errors import Problem, did_you_mean, first_five
from detente.language.controls import STEERING, clean, steering
from detente.record.period import Period
from detente.record.reading import FIRST_ROW
from detente.record.schema import SOURCES, TABLES, RecordTable
from detente.record.states.vocabulary import Vocabulary, parse_sets

_STEERING = f"[{STEERING}]"
_ID = r"^[A-Za-z0-9._-]+$"
UNITS = ("usd_mn", "usd_bn", "usd", "persons", "pct", "pp", "mmcfd", "km", "kbd", "days", "years", "flights_per_week")
"""Usual units; another word is allowed unless it looks like one of these mistyped."""
MANY = 20  # problems of one kind in one column before the rest is only counted


def check_tables(tables: dict[str, pl.DataFrame], vocabulary: Vocabulary) -> list[Problem]:
    """All problems of a record's tables, in the order of the files.

    Parameters
    ----------
    tables : dict of str to polars.DataFrame
        The text frames of :func:`detente.record.reading.read_table`, by table name.
    vocabulary : Vocabulary
        States, values and kinds that events may use.
    """
    found: list[Problem] = []
    for name, table in TABLES.items():
        frame = tables[name]
        if frame.is_empty():
            continue
        found += _steering_cells(frame, table)
        found += _empty_cells(frame, table)
        found += _duplicate_ids(frame, table)
        found += _dates(frame, table)
        found += _numbers(frame, table)
        found += _words(frame, table)
        found += _translations(frame, table)
    found += _links(tables)
    found += _self_citing(tables["sources"])
    found += _ranges(tables)
    found += _figure_sense(tables["figures"])
    found += _event_words(tables["events"], vocabulary)
    return found


def problems_where(
    frame: pl.DataFrame,
    table: RecordTable,
    mask: pl.Series,
    column: str,
    what: str | Callable[[str], str],
    fix: str = "",
) -> list[Problem]:
    """One problem per row of ``mask``; ``what`` is a text or a function of the cell."""
    rows = mask.fill_null(False).arg_true().to_list()
    cells = frame[column]
    found = [
        Problem(table.file, row + FIRST_ROW, column, clean(what(cells[row]) if callable(what) else what), fix)
        for row in rows[:MANY]
    ]
    if len(rows) > MANY:
        more = first_five(row + FIRST_ROW for row in rows[MANY:])
        found.append(Problem(table.file, None, column, f"The same in {len(rows) - MANY} further rows ({more}).", fix))
    return found


def _steering_cells(frame: pl.DataFrame, table: RecordTable) -> list[Problem]:
    """Cells with characters that are not seen but steer terminals, mails and the order in which a text is read."""
    held = frame.select(pl.col(pl.String).str.contains(_STEERING).any()).row(0, named=True)
    found = []
    for column in (name for name, any_ in held.items() if any_):
        found += problems_where(
            frame, table, frame[column].str.contains(_STEERING), column,
            lambda cell: f"The cell holds the unseen character {steering(cell)}.",
            "It would change how the text is shown or sent: take it out, or type the cell anew.",
        )  # fmt: skip
    return found


def _empty_cells(frame: pl.DataFrame, table: RecordTable) -> list[Problem]:
    found = []
    for column in table.needed:
        if frame[column].null_count():
            what = f"'{column}' is empty."
            found += problems_where(frame, table, frame[column].is_null(), column, what, "It is needed in every row.")
    return found


def _duplicate_ids(frame: pl.DataFrame, table: RecordTable) -> list[Problem]:
    ids = frame[table.key]
    if ids.n_unique() == len(ids) and ids.str.contains(_ID).all():
        return []
    twice = ids.is_duplicated() & ids.is_not_null() & ~ids.is_first_distinct()
    found = problems_where(
        frame,
        table,
        twice,
        table.key,
        lambda cell: f"The id '{cell}' was used above.",
        "Ids are unique and stable.",
    )
    odd = ~ids.str.contains(_ID)
    return found + problems_where(
        frame,
        table,
        odd,
        table.key,
        lambda cell: f"'{cell}' is not an id.",
        "Use letters, digits, '-', '_' and '.'.",
    )


def _dates(frame: pl.DataFrame, table: RecordTable) -> list[Problem]:
    found = []
    for column in table.dates:
        bad = {}
        free = (table.undated or {}).get(column)
        fix = f"Write '{free}' where there is none." if free else ""
        for text in frame[column].drop_nulls().unique():
            if text == free:
                continue
            try:
                Period.parse(text)
            except ValueError as error:
                bad[text] = str(error)
        if bad:
            mask = frame[column].is_in(list(bad))
            found += problems_where(frame, table, mask, column, lambda cell, bad=bad: f"{bad[cell]}.", fix)
    return found


def _numbers(frame: pl.DataFrame, table: RecordTable) -> list[Problem]:
    found = []
    for column in table.numbers:
        number = frame[column].cast(pl.Float64, strict=False)
        bad = frame[column].is_not_null() & (number.is_null() | ~number.is_finite())
        what = "'{}' is not a number."
        fix = "Write digits and a point; units go in 'unit', words in 'note'."
        found += problems_where(frame, table, bad, column, what.format, fix)
    return found


def _words(frame: pl.DataFrame, table: RecordTable) -> list[Problem]:
    found = []
    for column, words in (table.words or {}).items():
        bad = frame[column].is_not_null() & ~frame[column].is_in(list(words))

        def what(cell: str, words: Collection[str] = words) -> str:
            return f"'{cell}' is not a word of this column.{did_you_mean(cell, words)}"

        found += problems_where(frame, table, bad, column, what, f"Use one of: {', '.join(words)}.")
    return found


def _translations(frame: pl.DataFrame, table: RecordTable) -> list[Problem]:
    """A translation stands beside a text, never alone."""
    found = []
    for column, other in table.translations:
        alone = frame[other].is_not_null() & frame[column].is_null()
        what = f"'{other}' is filled and '{column}' is empty."
        found += problems_where(frame, table, alone, other, what, f"Write '{column}', or empty '{other}'.")
    return found


def _links(tables: dict[str, pl.DataFrame]) -> list[Problem]:
    """Ids that point at no row."""
    sources = set(tables["sources"]["source_id"].drop_nulls())
    figures = set(tables["figures"]["figure_id"].drop_nulls()) if not tables["forecasts"].is_empty() else set()
    found = []
    for name, column, known, free in (
        ("sources", "cites", sources, ()),
        ("events", "source_ids", sources, ("unsourced",)),
        ("figures", "source_id", sources, ()),
        ("claims", "source_id", sources, ()),
        ("forecasts", "source_id", sources, ()),
        ("forecasts", "outcome_figure_ids", figures, ()),
    ):
        found += _unknown_ids(tables[name], TABLES[name], column, known | set(free))
    return found


def _unknown_ids(frame: pl.DataFrame, table: RecordTable, column: str, known: set[str]) -> list[Problem]:
    cells = frame[column]
    parts = cells.drop_nulls().unique().str.split(";").explode().str.strip_chars()
    if parts.is_in([*known, ""]).all():
        return []
    bad = {}
    for cell in cells.drop_nulls().unique():
        unknown = [part for part in split_list(cell) if part not in known]
        if unknown:
            bad[cell] = unknown
    if not bad:
        return []

    def what(cell: str) -> str:
        return f"There is no id '{bad[cell][0]}'.{did_you_mean(bad[cell][0], known)}"

    file = SOURCES.file if column != "outcome_figure_ids" else TABLES["figures"].file
    return problems_where(frame, table, cells.is_in(list(bad)), column, what, f"Add it to {file} or fix it here.")


def _ranges(tables: dict[str, pl.DataFrame]) -> list[Problem]:
    """Reversed ranges: an event that ends before it starts, a figure outside its own bounds."""
    found: list[Problem] = []
    events, figures = tables["events"], tables["figures"]
    for row in events.with_row_index("row").filter(pl.col("end_date").is_not_null()).iter_rows(named=True):
        try:
            if Period.parse(row["end_date"]).last < Period.parse(row["date"]).first:
                what = f"The event ends {row['end_date']}, before it starts {row['date']}."
                place = row["row"] + FIRST_ROW
                found.append(Problem("events.csv", place, "end_date", what, "Swap or fix the dates."))
        except ValueError:
            continue  # already reported as a bad date
    number = {c: figures[c].cast(pl.Float64, strict=False) for c in ("value", "low", "high")}
    outside = (number["low"] > number["value"]) | (number["high"] < number["value"])
    found += problems_where(
        figures, TABLES["figures"], outside, "value", lambda c: f"{c} lies outside its own low and high.", ""
    )
    return found


def _figure_sense(figures: pl.DataFrame) -> list[Problem]:
    """Figures that cannot be meant: negative amounts, a unit mistyped, two preferred ones for one thing."""
    table = TABLES["figures"]
    value = figures["value"].cast(pl.Float64, strict=False)
    amount = figures["kind"].is_in(["flow", "stock", "count"]) & ~figures["series"].str.contains(
        "balance|change|growth|gap"
    )
    fix = "Fix the sign; a balance belongs in a series with 'balance' in its name."
    found = problems_where(figures, table, (value < 0) & amount, "value", "{} is negative.".format, fix)
    typed = [u for u in figures["unit"].drop_nulls().unique() if _mistyped(u)]
    found += problems_where(
        figures, table, figures["unit"].is_in(typed), "unit",
        lambda u: f"'{u}' is close to a usual unit.{did_you_mean(u, UNITS)}", "Write the usual one, or a clearly different word.",
    )  # fmt: skip
    chosen = figures["preferred"].is_in(["1", "1.0"]).fill_null(False)
    keys = figures.select("series", "period", "unit").with_columns(pl.when(chosen).then(1).alias("chosen"))
    twice = keys.select(pl.struct("series", "period", "unit", "chosen").is_duplicated()).to_series() & chosen
    found += _series_slips(figures)
    what = "Two figures of one series and period are preferred."
    return found + problems_where(figures, table, twice, "preferred", what, "Leave 1 with one of them.")


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


@lru_cache(maxsize=1024)
def _mistyped(unit: str) -> bool:
    """Whether a unit is a usual one but for case, separators or a letter; ``usd_mn_2015`` is a unit of its own."""
    if unit in UNITS:
        return False
    bare = re.sub(r"[^a-z0-9]", "", unit.casefold())
    usual = [u.replace("_", "") for u in UNITS if not unit.startswith(f"{u}_")]
    return bare in usual or any(len(bare) > 3 and SequenceMatcher(None, bare, u).ratio() > 0.88 for u in usual)


def _self_citing(sources: pl.DataFrame) -> list[Problem]:
    own = [
        row["cites"] is not None and row["source_id"] in split_list(row["cites"])
        for row in sources.select("source_id", "cites").iter_rows(named=True)
    ]
    mask = pl.Series(own, dtype=pl.Boolean)
    return problems_where(sources, TABLES["sources"], mask, "cites", "The source cites itself.", "Take it out.")


def _event_words(events: pl.DataFrame, vocabulary: Vocabulary) -> list[Problem]:
    table = TABLES["events"]
    kinds = events["kind"]
    bad_kind = kinds.is_not_null() & ~kinds.is_in(list(vocabulary.kinds))
    found = problems_where(
        events,
        table,
        bad_kind,
        "kind",
        lambda cell: f"'{cell}' is not a kind of event.{did_you_mean(cell, vocabulary.kinds)}",
        "The kinds are listed in docs/vocabulary.md.",
    )
    bad = {}
    for cell in events["sets"].drop_nulls().unique():
        reason = next((r for r in _sets_problems(cell, vocabulary)), None)
        if reason:
            bad[cell] = reason
    for cell, name, other in _slips(events["sets"].drop_nulls(), vocabulary):
        bad.setdefault(cell, f"'{name}' is spelt nearly like '{other}'. Did you mean '{other}'?")
    if bad:
        found += problems_where(events, table, events["sets"].is_in(list(bad)), "sets", lambda cell: bad[cell], "")
    return found


def _slips(cells: Iterable[str], vocabulary: Vocabulary) -> Iterator[tuple[str, str, str]]:
    """Cells that set a state of an open family whose name is another one's but for a slip."""
    by_name: dict[str, str] = {}
    for cell in cells:
        try:
            by_name |= {change.state: cell for change in parse_sets(cell) if change.state not in by_name}
        except ValueError:  # named already
            continue
    for name, other in vocabulary.twins(by_name).items():
        yield by_name[name], name, other


def _sets_problems(cell: str, vocabulary: Vocabulary) -> Iterable[str]:
    try:
        for change in parse_sets(cell):
            reason = vocabulary.problem(change)
            if reason:
                yield reason
    except ValueError as error:
        yield f"{error}."


def split_list(cell: str | None) -> list[str]:
    """The parts of a ``;``-separated cell, without blanks."""
    return [part for part in (piece.strip() for piece in (cell or "").split(";")) if part]
