"""Validate a record column by column: every problem at once, by file, row and column."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import polars as pl

from detente.errors import Problem, did_you_mean
from detente.language.controls import STEERING, steering
from detente.record.figure_sense import claim_units, figure_sense
from detente.record.period import Period
from detente.record.reading import FIRST_ROW, once, problems_where, split_list
from detente.record.schema import SOURCES, TABLES, RecordTable
from detente.record.states.vocabulary import Vocabulary, parse_sets

_STEERING = f"[{STEERING}]"
_ID = r"^[A-Za-z0-9._-]+$"


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
        found += once(_form, frame, table)
        found += _words(frame, table)
        found += once(_translations, frame, table)
    found += _links(tables)
    found += once(_self_citing, tables["sources"])
    found += once(_copied_too_soon, tables["sources"])
    found += _ranges(tables)
    found += once(figure_sense, tables["figures"])
    found += once(claim_units, tables["claims"])
    found += once(_event_words, tables["events"], vocabulary)
    return found


def _form(frame: pl.DataFrame, table: RecordTable) -> list[Problem]:
    """What can be told of a table's cells without its words, which may become more while a program runs."""
    return [
        *_steering_cells(frame, table),
        *_empty_cells(frame, table),
        *_duplicate_ids(frame, table),
        *_dates(frame, table),
        *_numbers(frame, table),
    ]


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
        if number.null_count() == frame[column].null_count() and number.is_finite().all():
            continue
        bad = frame[column].is_not_null() & (number.is_null() | ~number.is_finite())
        what = "'{}' is not a number."
        fix = "Write digits and a point; units go in 'unit', words in 'note'."
        found += problems_where(frame, table, bad, column, what.format, fix)
    return found


def _words(frame: pl.DataFrame, table: RecordTable) -> list[Problem]:
    found = []
    for column, words in (table.words or {}).items():
        odd = set(frame[column].unique()) - {None, *words}
        if not odd:
            continue
        bad = frame[column].is_in(list(odd))

        def what(cell: str, words: Collection[str] = words) -> str:
            return f"'{cell}' is not among the values of this column.{did_you_mean(cell, words)}"

        found += problems_where(frame, table, bad, column, what, f"Use one of: {', '.join(words)}.")
    return found


def _translations(frame: pl.DataFrame, table: RecordTable) -> list[Problem]:
    """A translation stands beside a text, never alone."""
    found = []
    for column, other in table.translations:
        if not frame[column].null_count() or frame[other].null_count() == len(frame):
            continue
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
    several = column in table.lists
    bad = {}
    for cell in cells.drop_nulls().unique():
        named = split_list(cell) or [cell]
        unknown = [part for part in named if part not in known]
        if not several and cell not in known:
            unknown.append(cell)
        if unknown:
            bad[cell] = unknown[0]
    if not bad:
        return []

    def what(cell: str) -> str:
        if not several and bad[cell] == cell and len(split_list(cell)) > 1:
            return f"'{cell}' is a list, and one id belongs here."
        return f"There is no id '{bad[cell]}'.{did_you_mean(bad[cell], known)}"

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
    if all(figures[c].null_count() == len(figures) for c in ("low", "high")):
        return found
    number = {c: figures[c].cast(pl.Float64, strict=False) for c in ("value", "low", "high")}
    outside = (number["low"] > number["value"]) | (number["high"] < number["value"])
    found += problems_where(
        figures, TABLES["figures"], outside, "value", lambda c: f"{c} lies outside its own low and high.", ""
    )
    return found


def _copied_too_soon(sources: pl.DataFrame) -> list[Problem]:
    """Sources of which the copy at hand is older than what first came out."""
    soon = []
    for date, first in sources.select("date", "first_published").iter_rows():
        try:
            soon.append(bool(date and first) and Period.parse(date).last < Period.parse(first).first)
        except ValueError:  # no date, or one that is no date, which is said elsewhere
            soon.append(False)
    if not any(soon):
        return []
    return problems_where(
        sources, TABLES["sources"], pl.Series(soon, dtype=pl.Boolean), "first_published",
        "It came out after the date of the copy: {}.".format, "'date' is the copy's, 'first_published' the first one's.",
    )  # fmt: skip


def _self_citing(sources: pl.DataFrame) -> list[Problem]:
    own = [
        row["cites"] is not None and row["source_id"] in split_list(row["cites"])
        for row in sources.select("source_id", "cites").iter_rows(named=True)
    ]
    if not any(own):
        return []
    mask = pl.Series(own, dtype=pl.Boolean)
    return problems_where(sources, TABLES["sources"], mask, "cites", "The source cites itself.", "Take it out.")


def _event_words(events: pl.DataFrame, vocabulary: Vocabulary) -> list[Problem]:
    table = TABLES["events"]
    kinds = events["kind"]
    found, odd = [], set(kinds.drop_nulls().unique()) - set(vocabulary.kinds)
    if odd:
        found = problems_where(
            events, table, kinds.is_in(list(odd)), "kind",
            lambda cell: f"'{cell}' is not a kind of event.{did_you_mean(cell, vocabulary.kinds)}",
            "The kinds are listed in docs/vocabulary.md.",
        )  # fmt: skip
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
