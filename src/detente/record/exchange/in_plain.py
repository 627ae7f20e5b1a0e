"""Cells in plain form: how rows of a record are compared, whoever wrote them."""

from __future__ import annotations

from detente.record.period import Period
from detente.record.schema import CLAIMS, RecordTable


def in_plain_form(table: RecordTable, column: str, cell: str, *, exactly: bool) -> str:
    """A cell as it is compared with another.

    Numbers are alike in every writing, to 15 digits, but for those of claims, whose digits are part of what was said.
    ``exactly`` leaves all else as written; otherwise dates are read, and capitals and small letters are alike.

    >>> from detente.record.schema import FIGURES
    >>> in_plain_form(FIGURES, "value", "7200.0", exactly=True), in_plain_form(FIGURES, "basis", "BACI", exactly=False)
    ('7200', 'baci')
    """
    try:
        if column in table.numbers and table is not CLAIMS:
            return format(float(cell), ".15g")
        if column in table.dates and not exactly:
            return str(Period.parse(cell))
    except ValueError:
        pass
    return cell if exactly else cell.casefold()
