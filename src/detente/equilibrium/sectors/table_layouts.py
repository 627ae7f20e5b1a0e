"""Where the labels stand in the input-output tables that statistical offices publish.

The only place that sees such layouts. An economy and a second label (a sector, or a kind of final demand) come

- joined in one label, ``AUS_C10`` (OECD's inter-country tables);
- in two label columns and header rows (EXIOBASE, ``pymrio``), or in more of which one holds codes of economies, with
  titles above (WIOD: code, name, economy, number);
- in a file of their own, one line a row (EORA: name, code, "Industries", sector);
- in the names of Stata's variables, ``vAUS1``, numbered as the rows are (WIOD).
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from detente.data.tables.any_file import start_of_text
from detente.equilibrium.baseline.checks import as_floats
from detente.errors import DuplicateRows, InvalidFlow, UnreadableFile, first_five
from detente.panel.frames import read_table

Label = tuple[str, str]
NOWHERE: Label = ("", "")
TOTALS = {"OUT", "TOTAL", "TOT", "OUTPUT", "GO", "X"}
"""First labels that name no economy."""
NO_SECTOR = {"TAXSUB", "TLS", "VALU", "VA"}
"""Second labels of rows that are paid to nobody: taxes less subsidies, value added."""
PARTS = {"CN1": "CHN", "CN2": "CHN", "CN3": "CHN", "CN4": "CHN", "MX1": "MEX", "MX2": "MEX", "MX3": "MEX"}
"""OECD's tables split two economies by kind of firm; their final demand is not split."""
CODE = re.compile(r"[A-Z]{2,3}\d?|R[oO]W")
VARIABLE = re.compile(r"v([A-Z]{3})_?(\d+)")
MOST_LABELS = 8


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """A matrix with an economy and a second label on every row and column."""

    rows: list[Label]
    columns: list[Label]
    values: np.ndarray


def labelled(table: Any, *, rows: Any = None, columns: Any = None) -> Labelled:
    """A table with its labels: a frame with two levels of them, or a file.

    Parameters
    ----------
    rows, columns : path, optional
        Files of labels, one a line, of a table that carries none.

    Raises
    ------
    UnreadableFile, InvalidFlow
    """
    if isinstance(table, str | Path):
        path = Path(table)
        if rows is not None:
            if columns is None:
                raise UnreadableFile(f"The labels of the columns of {path} are missing.", fix="Give final_labels.")
            return _with_labels(path, labels_of(Path(rows)), labels_of(Path(columns)))
        return _from_stata(path) if path.suffix.lower() == ".dta" else _from_text(path)
    index, names = getattr(table, "index", None), getattr(table, "columns", None)
    if index is None or names is None or getattr(index, "nlevels", 1) < 2 or getattr(names, "nlevels", 1) < 2:
        raise UnreadableFile(
            "An input-output table carries an economy and a sector on every row and column.",
            fix="Give a pandas frame with two levels of labels on both, or the path of a text file that has them.",
        )
    sold, bought = ([list(map(str, label)) for label in axis] for axis in (index, names))
    return _kept(pair_up(sold), pair_up(bought), as_floats(table.to_numpy(), "the table"))


def pair_up(cells: list[list[str]], like: tuple[int, int] | None = None) -> list[Label]:
    """An economy and a second label of each row of label cells; nowhere where a row has none.

    ``like`` says which cells they are, where another axis of the table has told.
    """
    at = like or places(cells)
    return [_label(row) if at is None else (row[at[0]].strip(), row[at[1]].strip()) for row in cells]


def places(cells: list[list[str]]) -> tuple[int, int] | None:
    """Which of three or more label cells are the economy and the second label; None for one or two, which are these.

    The economy is the first that holds codes which come again, the second label the first that tells its rows apart.
    """
    if not cells or len(cells[0]) < 3:
        return None
    columns = [[row[k].strip() for row in cells] for k in range(len(cells[0]))]
    codes = [sum(bool(CODE.fullmatch(cell)) for cell in column) / len(column) for column in columns]
    again = [len(set(column)) < len(column) for column in columns]
    economy = next((k for k, share in enumerate(codes) if share > 0.9 and again[k]), None)
    if economy is None:
        return None
    for k, column in enumerate(columns):
        pairs = [pair for pair in zip(columns[economy], column) if pair[0].upper() not in TOTALS]
        if k != economy and len(set(pairs)) == len(pairs):
            return economy, k
    return None


def labels_of(path: Path) -> list[Label]:
    """The labels in a file of their own, one a line, cells separated by tabs, semicolons or commas."""
    cells = [[cell for cell in row if cell] for row in _frame(path).fill_null("").iter_rows()]
    width = max(map(len, cells), default=0)
    if width < 2:
        raise UnreadableFile(f"{path} has no economy and sector on its lines.", fix="Write both, separated by a tab.")
    return pair_up([line + [""] * (width - len(line)) for line in cells if line])


def _with_labels(path: Path, rows: list[Label], columns: list[Label]) -> Labelled:
    frame = _frame(path)
    frame = frame.select(name for name in frame.columns if frame[name].null_count() < frame.height)
    if frame.shape != (len(rows), len(columns)):
        raise InvalidFlow(
            f"{path} has {frame.height} x {frame.width} numbers, and the labels are for {len(rows)} rows and "
            f"{len(columns)} columns.",
            fix="Give the labels that were published with the table.",
        )
    return _kept(rows, columns, _numbers(frame, path, (0, 0)))


def _from_stata(path: Path) -> Labelled:
    frame = read_table(path).frame.to_polars()
    named = {name.casefold(): name for name in frame.columns}
    found = [(name, hit) for name in frame.columns if (hit := VARIABLE.fullmatch(name))]
    if not found or not {"country", "rnr", "industrycode"} <= set(named):
        raise UnreadableFile(
            f"{path} has no variables such as vAUS1 beside Country, IndustryCode and RNr.",
            fix="Give a table as WIOD publishes it, or a text file with labels on rows and columns.",
        )
    country, code, number = (frame[named[key]].cast(pl.String) for key in ("country", "industrycode", "rnr"))
    by_number = {int(float(n)): c.strip() for n, c, e in zip(number, code, country) if e.upper() not in TOTALS}
    rows = [(e.strip(), c.strip()) for e, c in zip(country, code)]
    columns = [(hit[1], by_number.get(int(hit[2]), f"final {hit[2]}")) for _, hit in found]
    return _kept(rows, columns, frame.select(name for name, _ in found).to_numpy().astype(float))


def _from_text(path: Path) -> Labelled:
    frame = _frame(path)
    above = [["" if cell is None else cell for cell in row] for row in frame.head(MOST_LABELS).iter_rows()]
    corner = _corner(above, frame.tail(1).row(0) if frame.height else ())
    if corner is None:
        raise UnreadableFile(
            f"{path} has no labels on its rows and columns.",
            fix="Rows and columns carry an economy and a sector, in two columns and header rows or joined as AUS_C10; or "
            "give the labels in files of their own: labels, final_labels.",
        )
    top, left = corner
    side = [column for column in (frame[top:, c].fill_null("") for c in range(left)) if _mostly(list(column))]
    beside = [list(map(str, row)) for row in zip(*side)]
    head = [list(column) for column in zip(*(row[left:] for row in above[:top] if _mostly(row[left:])))]
    at = places(beside)
    rows, columns = pair_up(beside, at), pair_up(head, at if head and len(head[0]) == len(side) else None)
    wanted = [k for k, label in enumerate(columns) if label[0]]  # an empty column of a spreadsheet carries nothing
    kept = [k for k, label in enumerate(rows) if _is_sector(label)]
    body = frame[top:].select(frame.columns[left + k] for k in wanted)[kept]
    values = _numbers(body, path, (top, left), kept, wanted)
    return _kept([rows[k] for k in kept], [columns[k] for k in wanted], values)


def _mostly(cells: list[str]) -> bool:
    """Whether more than half of the cells hold something."""
    return sum(bool(cell.strip()) for cell in cells) > len(cells) / 2


def _numbers(
    frame: pl.DataFrame,
    path: Path,
    corner: tuple[int, int],
    rows: list[int] | None = None,
    columns: list[int] | None = None,
) -> np.ndarray:
    """The cells as numbers; the first that is none is named by its place in the file."""
    numbers = frame.select(pl.all().str.strip_chars().cast(pl.Float64, strict=False)).to_numpy()
    wrong = np.argwhere(~np.isfinite(numbers))
    if len(wrong):
        r, c = wrong[0].tolist()
        at = corner[0] + (r if rows is None else rows[r]) + 1, corner[1] + (c if columns is None else columns[c]) + 1
        raise InvalidFlow(
            f"{path}, row {at[0]}, column {at[1]} holds {frame[r, c]!r}, not a number.",
            fix="Write 0 where nothing is sold.",
        )
    return numbers


def _corner(above: list[list[str]], last: tuple[Any, ...]) -> tuple[int, int] | None:
    """The first row and column of the numbers: below a row of labels, right of a column of them.

    Labels can be numbers themselves: a row of flows has as many labels before them as the last row of the table.
    """
    for left in range(1, min(MOST_LABELS, len(last))):
        labels = sum(bool(cell) for cell in last[:left])
        flows = (
            r
            for r in range(1, len(above))
            if _is_number(above[r][left]) and sum(bool(cell.strip()) for cell in above[r][:left]) >= labels
        )
        top = next(flows, None)
        if top is None or not _is_number(last[left]):
            continue
        heads = [row[left:] for row in above[:top] if _mostly(row[left:])]
        if any(row[0].strip() for row in heads) and not all(_is_number(cell) for row in heads for cell in row if cell):
            return top, left
    return None


def _kept(rows: list[Label], columns: list[Label], values: np.ndarray) -> Labelled:
    """The rows that are sectors of economies, parts of an economy under its name."""
    keep = [k for k, label in enumerate(rows) if _is_sector(label)]
    for what, labels in (
        ("rows", [rows[k] for k in keep]),
        ("columns", [label for label in columns if _is_sector(label)]),
    ):
        if twice := [" ".join(label) for label in dict.fromkeys(labels) if labels.count(label) > 1]:
            raise DuplicateRows(
                f"The table has {what} that appear twice: {first_five(twice)}.", fix="Keep one, or name them apart."
            )
    return Labelled([_whole(rows[k]) for k in keep], [_whole(label) for label in columns], values[keep])


def _is_sector(label: Label) -> bool:
    return bool(label[0] and label[1]) and label[0].upper() not in TOTALS and label[1].upper() not in NO_SECTOR


def _whole(label: Label) -> Label:
    return PARTS.get(label[0], label[0]), label[1]


def _frame(path: Path) -> pl.DataFrame:
    """A text file as cells of text, separated by what stands most often in its first lines; titles above left out."""
    start_of_text(path)
    try:
        with path.open(encoding="utf-8-sig") as file:
            lines = [line for line, _ in zip(file, range(MOST_LABELS))]
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{path} cannot be read: {error}.", fix="Give a text file in UTF-8.") from None
    separator = max("\t;,", key="".join(lines).count)
    try:
        wide = [len(row) for row in csv.reader(lines, delimiter=separator)]
    except csv.Error as error:
        raise UnreadableFile(
            f"{path} is no table: {error}.", fix="Separate its cells by commas, semicolons or tabs."
        ) from None
    if max(wide, default=0) < 2:
        raise UnreadableFile(f"{path} is no table.", fix="Separate its cells by commas, semicolons or tabs.")
    try:
        return pl.read_csv(
            path, has_header=False, separator=separator, infer_schema=False, skip_rows=wide.index(max(wide)),
            quote_char='"',
        )  # fmt: skip
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        raise UnreadableFile(
            f"{path} cannot be read: {error}.", fix="Give a text file in UTF-8, as long in every line."
        ) from None


def _is_number(cell: Any) -> bool:
    try:
        return bool(np.isfinite(float(cell)))
    except (TypeError, ValueError):
        return False


def _label(cells: list[str]) -> Label:
    """An economy and a second label, from two cells or from one that joins them; nowhere for a row of totals."""
    words = [cell.strip() for cell in cells if cell.strip()]
    if len(words) >= 2:
        return words[0], words[1]
    for mark in ("_", " ", ".", "-") if words else ():
        region, _, rest = words[0].partition(mark)
        if rest:
            return region, rest
    return NOWHERE
