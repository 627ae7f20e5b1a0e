"""The mark of the figure to use of a period: read alike wherever it is read, and refused where it is no mark."""

from __future__ import annotations

import polars as pl
import pytest

from detente.errors import RecordError
from detente.record.rows import Figure
from detente.record.schema import PREFERRED


@pytest.mark.parametrize(("cell", "marked"), [("1", True), ("1.0", True), ("1.00", True), ("0", False), ("", False)])
def test_a_mark_is_one_however_a_spreadsheet_writes_it(small, cell, marked):
    ledger = small.ledger(figures=[{"preferred": cell}])
    assert ledger.figure("T1").preferred is marked
    assert ledger.figures.select(PREFERRED).item() is marked


@pytest.mark.parametrize("cells", [pl.Series([1, 0, None]), pl.Series([1.0, 0.0, None]), pl.Series(["1.0", "0", ""])])
def test_marks_are_read_from_files_and_from_runs(cells):
    assert pl.DataFrame({"preferred": cells}).select(PREFERRED).to_series().to_list() == [True, False, False]


@pytest.mark.parametrize("cell", ["2", "-1", "0.5", "10"])
def test_another_number_is_no_mark(small, cell):
    with pytest.raises(RecordError, match=rf"column 'preferred': '{cell}' is no mark\. Write 1"):
        small.ledger(figures=[{"preferred": cell}])


@pytest.mark.parametrize("other", ["1", "1.0"])
def test_two_marks_for_one_period_are_refused(small, other):
    with pytest.raises(RecordError, match="Two figures of one series and period are preferred"):
        small.ledger(figures=[{"preferred": "1"}, {"preferred": other, "value": "90"}])


def test_the_marked_figure_is_cited_before_the_first(small):
    figures = [{"value": "101"}, {"value": "99", "preferred": "1.0"}]
    assert "99" in str(small.verdict(small.quantity("100", options="op=about"), figures=figures).evidence)


def test_a_row_that_has_not_been_read_from_a_file_has_no_mark():
    row = {"figure_id": "T1", "series": "trade.total", "period": "2021", "value": "1", "unit": "usd_mn", "basis": "-"}
    rest = dict.fromkeys(("low", "high", "preferred", "derivation", "note"))
    more = {"kind": "flow", "status": "reported", "source_id": "office"}
    assert not Figure.from_row(rest | row | more).preferred
