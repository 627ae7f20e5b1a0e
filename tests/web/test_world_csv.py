"""CSV of the world's spreadsheets is read as it was meant, and what was changed is said."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.errors import UnreadableFile
from detente.web.editor.world_csv import understood

EVENTS = "event_id,date,title,kind,direction,source_ids\n"


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_what_is_right_already_stays_byte_for_byte():
    text = EVENTS + 'E1,2020-01-01,"A, b",election,0,unsourced\r\n'
    assert understood(text.encode("utf-8-sig"), "x.csv") == (text, [])


@pytest.mark.parametrize(("mark", "note"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_separators_of_the_world(mark, note):
    text = EVENTS.replace(",", mark) + mark.join(["E1", "2020-01-01", "One, two", "election", "0", "S1;S2"]).replace(
        "S1;S2", '"S1;S2"'
    )
    found, notes = understood(text.encode(), "x.csv")
    assert notes == [note]
    assert rows(found)[1] == ["E1", "2020-01-01", "One, two", "election", "0", "S1;S2"]


def test_letters_of_windows():
    found, notes = understood((EVENTS + "E1,2020-01-01,Peñalosa – Táchira,election,0,x\n").encode("cp1252"), "x.csv")
    assert notes == ["latin1"]
    assert rows(found)[1][2] == "Peñalosa – Táchira"
    with pytest.raises(UnreadableFile, match="encoding"):
        understood(b"event_id\n\x81\x8d", "x.csv")


@pytest.mark.parametrize(
    ("cells", "said", "note"),
    [(["03/04/2022"], ["2022-04-03"], "day_first"), (["13/04/2022", "01/02/2022"], ["2022-04-13", "2022-02-01"], "day_first"),
     (["04/13/2022", "01/02/2022"], ["2022-04-13", "2022-01-02"], "month_first"), (["3.4.2022"], ["2022-04-03"], "day_first")],
)  # fmt: skip
def test_days_with_slashes(cells, said, note):
    text = EVENTS + "".join(f"E{k},{cell},t,election,0,x\n" for k, cell in enumerate(cells))
    found, notes = understood(text.encode(), "x.csv")
    assert notes == [note]
    assert [row[1] for row in rows(found)[1:]] == said


@pytest.mark.parametrize(("cell", "said"), [("12,5", "12.5"), ("1.234,5", "1234.5"), ("-0,25", "-0.25"), ("1 234,5", "1234.5"),
                                            ("1234", "1234"), ("1.5", "1.5"), ("n/a", "n/a")])  # fmt: skip
def test_decimal_commas_only_in_numbers_and_only_where_commas_part_no_cells(cell, said):
    text = f"figure_id;series;period;value;note\nF1;trade.total;2020;{cell};12,5 in words\n"
    found = rows(understood(text.encode(), "x.csv")[0])[1]
    assert found[3:] == [said, "12,5 in words"]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw):
    try:
        text, _ = understood(raw, "x.csv")
    except UnreadableFile:
        return
    assert isinstance(text, str)
