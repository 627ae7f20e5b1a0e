"""Tables as people write them: semicolons, decimal commas, titles above the header, a sheet that comes second."""

from __future__ import annotations

import gzip
import re

import numpy as np
import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.data.tables.any_file import read_file
from detente.data.tables.as_written import begins, header_row
from detente.errors import DetenteError, InvalidFlow, UnreadableFile
from detente.panel import read_panel

HEADER = ("exporter", "importer", "year", "trade_usd_mn")
ROWS = [
    ("COL", "VEN", 2000, 1234.5),
    ("VEN", "COL", 2000, 6.25),
    ("COL", "VEN", 2001, 0.125),
    ("VEN", "COL", 2001, 7.0),
]


def written(number: float, grouped: bool) -> str:
    """A number as it is written with a decimal comma."""
    plain = f"{number:,}" if grouped else str(number)
    return plain.translate(str.maketrans(",.", ".,"))


def text(mark: str = ";", above: str = "", grouped: bool = False) -> str:
    lines = [HEADER, *((a, b, str(year), written(value, grouped)) for a, b, year, value in ROWS)]
    return above + "".join(mark.join(line) + "\n" for line in lines)


@pytest.mark.parametrize("mark", [";", "\t", "|"])
@pytest.mark.parametrize("grouped", [False, True])
@pytest.mark.parametrize("name", ["f.csv", "f.txt", "f.csv.gz"])
def test_decimal_commas_are_read_where_they_are_shown_and_said(tmp_path, mark, grouped, name):
    raw = text(mark, grouped=grouped).encode()
    (tmp_path / name).write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    read = read_file(tmp_path / name)
    assert read.frame["trade_usd_mn"].to_list() == [row[3] for row in ROWS]
    assert [str(note) for note in read.notes] == [f"Commas in the numbers of {name} are decimal marks."]
    assert "are decimal marks" in " ".join(map(str, read_panel(tmp_path / name).report.notes))


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (["1,234", "5,678"], "'1,234' in column 'x' of f.csv could be 1234 or 1.234"),
        (["12,345", "7"], "'12,345' in column 'x' of f.csv could be 12345 or 12.345"),
        (["5,5", "6.25"], None),  # no number in either way of writing: words
    ],
)
def test_what_could_be_two_numbers_is_an_error_or_stays_text(tmp_path, cells, says):
    (tmp_path / "f.csv").write_text("a;x\n" + "".join(f"A;{cell}\n" for cell in cells))
    if says is None:
        assert read_file(tmp_path / "f.csv").frame["x"].to_list() == cells
        return
    with pytest.raises(InvalidFlow) as error:
        read_file(tmp_path / "f.csv")
    assert says in str(error.value)
    (tmp_path / "f.csv").write_text("a;x\n" + "".join(f"A;{cell.replace(',', '')}\n" for cell in cells))  # the advice
    assert read_file(tmp_path / "f.csv").frame["x"].dtype == pl.Int64


def test_a_point_beside_decimal_commas_is_an_error(tmp_path):
    (tmp_path / "f.csv").write_text("a;x;y\nA;5,5;1.234\nB;6,25;2.345\n")
    with pytest.raises(InvalidFlow, match=r"'1\.234' in column 'y' of f\.csv could be 1234 or 1\.234"):
        read_file(tmp_path / "f.csv")
    (tmp_path / "f.csv").write_text("a;x;y\nA;5,5;1.25\nB;6,25;2.5\n")
    with pytest.raises(UnreadableFile, match=r"decimal commas \('5,5'\) and decimal points \('1\.25'\)"):
        read_file(tmp_path / "f.csv")
    (tmp_path / "f.csv").write_text("a;x;y\nA;5,5;1.234.567\nB;6,25;2.345\n")
    assert read_file(tmp_path / "f.csv").frame["y"].to_list() == [1234567, 2345]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.decimals(-(10**9), 10**9, places=4, allow_nan=False), min_size=1, max_size=8),
    st.booleans(),
    st.sampled_from([0, 1, 2, 3, 4]),
)
def test_a_number_is_read_as_written_or_refused(tmp_path_factory, values, grouped, places):
    path = tmp_path_factory.mktemp("commas") / "f.csv"
    cells = [written(0, False) if v == 0 else f"{v:,.{places}f}" if grouped else f"{v:.{places}f}" for v in values]
    commas = [cell.translate(str.maketrans(",.", ".,")) for cell in cells]
    path.write_text("a;x\n" + "".join(f"A;{cell}\n" for cell in commas))
    true = [float(cell.replace(",", "")) for cell in cells]
    try:
        found = read_file(path).frame["x"].to_list()
    except DetenteError:
        assert places == 3 or (grouped and places == 0)
        return
    if not (grouped and places == 0):  # then points are decimal ones, as anywhere
        assert found == pytest.approx(true)


@pytest.mark.parametrize("above", ["Trade of two\n\n", "Trade, by year\nSource: us, 2024\n", "Trade,,,\n,,,\n"])
def test_titles_above_the_header_are_left_out_and_said(tmp_path, above):
    path = tmp_path / "f.csv"
    path.write_text(
        above
        + text(",").replace("1234,5", "1234.5").replace("6,25", "6.25").replace("0,125", "0.125").replace("7,0", "7.0")
    )
    read = read_file(path)
    assert read.frame.columns == list(HEADER)
    assert read.frame["trade_usd_mn"].to_list() == [row[3] for row in ROWS]
    assert [str(n) for n in read.notes] == ["The table of f.csv begins at line 3; what stands above it is left out."][
        : len(read.notes)
    ]
    assert len(read.notes) == 1


@pytest.mark.parametrize("plain", ["x\n1\n2\n", "a,b\n1,2\n", ",b\nr,2\n", "2000,2001\n1,2\n", "a,b\n"])
def test_tables_that_were_read_before_are_read_as_before(tmp_path, plain):
    (tmp_path / "f.csv").write_text(plain)
    frame = read_file(tmp_path / "f.csv").frame
    assert frame.equals(pl.read_csv(tmp_path / "f.csv"))


def book(path, **sheets):
    made = openpyxl.Workbook()
    for k, (title, rows) in enumerate(sheets.items()):
        sheet = made.worksheets[0] if k == 0 else made.create_sheet()
        sheet.title = title
        for row in rows:
            sheet.append(list(row))
    made.save(path)
    return path


ABOUT, TABLE = [("Read me",), ("by us",)], [HEADER, *ROWS]


@pytest.mark.parametrize(
    ("sheets", "notes"),
    [
        ({"Data": TABLE}, []),
        ({"Data": TABLE, "Notes": ABOUT}, []),
        ({"Data": TABLE, "More": TABLE}, []),  # the first, as ever
        (
            {"Data": [("Trade",), (), *TABLE]},
            ["The table of b.xlsx begins at line 3; what stands above it is left out."],
        ),
        ({"About": ABOUT, "Data": TABLE}, ["The table of b.xlsx is on its sheet Data; the first sheet holds none."]),
        (
            {"About": ABOUT, "Data": [("Trade",), *TABLE]},
            [
                "The table of b.xlsx begins at line 2; what stands above it is left out.",
                "The table of b.xlsx is on its sheet Data; the first sheet holds none.",
            ],
        ),
    ],
)
def test_the_table_of_a_workbook_is_found_and_what_was_passed_over_is_said(tmp_path, sheets, notes):
    read = read_file(book(tmp_path / "b.xlsx", **sheets))
    assert read.frame["trade_usd_mn"].to_list() == [row[3] for row in ROWS]
    assert [str(note) for note in read.notes] == notes


def test_a_workbook_with_two_tables_behind_a_page_of_words_is_an_error_whose_advice_works(tmp_path):
    with pytest.raises(UnreadableFile, match="Sheets that do: 'A', 'B'") as error:
        read_file(book(tmp_path / "b.xlsx", About=ABOUT, A=TABLE, B=TABLE))
    assert "Put the sheet with the table first" in error.value.fix
    assert read_file(book(tmp_path / "b.xlsx", A=TABLE, About=ABOUT, B=TABLE)).frame.height == 4


@pytest.mark.parametrize(
    ("rows", "at"),
    [
        ([["a", "b"], ["1", "2"]], 0),
        ([["a title"], ["a", "b"], ["1", "2"]], 1),
        ([["a", "b", "c"], ["1", "2"], ["3", "4"]], None),  # wider than its rows
        ([["a", "b", "c"], ["1", "2"]], None),
        ([["x", "y"], ["a", "b"], ["1", "2"], ["3", "4"]], 0),  # as full as what stands above: no title
        ([["a", "a"], ["1", "2"]], None),
        ([["2000", "2001"], ["1", "2"]], None),
        ([["t"]] * 29 + [["a", "b"], ["1", "2"]], None),  # nothing below within reach
        ([["t"]] * 28 + [["a", "b"], ["1", "2"]], 28),
    ],
)
def test_which_row_names_the_columns(rows, at):
    assert header_row(rows) == at


def test_the_last_line_of_a_head_that_is_cut_off_is_left_out():
    assert begins("a;b\n1;2\n3;4;5", True) == (";", 0)
    assert begins("a;b\n1;2;3;4", False) is None  # the one line below may be cut
    assert begins("a;b\n1;2\n3;4;5;6", False) == (";", 0)


@pytest.mark.parametrize("word", ["n.d.", "s/d", "-", "no disponible"])
@pytest.mark.parametrize(
    "ends", ["País de origen;País de destino", "País exportador;País importador", "Origen;Destino"]
)
def test_a_word_for_missing_among_decimal_commas_is_asked_back_and_the_advice_works(tmp_path, word, ends):
    path = tmp_path / "own.csv"
    rows = [
        "Camerún;Gabón;2019;12.345,6",
        f"Gabón;Camerún;2019;{word}",
        "Camerún;Gabón;2020;1.234,5",
        "Gabón;Camerún;2020;900,1",
    ]
    path.write_text("\n".join([f"{ends};Año;value_kusd", *rows]), encoding="utf-8")
    with pytest.raises(InvalidFlow, match=re.escape(f"'{word}'")) as caught:
        read_panel(path)
    assert "1 such row" in str(caught.value)
    assert "--missing" in str(caught.value)
    panel = read_panel(path, missing=(word,))
    np.testing.assert_allclose(panel.flow("CMR", "GAB"), [12.3456, 1.2345])
    assert np.isnan(panel.flow("GAB", "CMR")[0])


@pytest.mark.parametrize("above", ["", "A title;;;\n", "A title;;;\nand more;;;\n"])
@pytest.mark.parametrize("cells", [("5,5", "x"), ("5,5", "-1,5"), ("5", "inf")])
def test_the_line_that_an_error_names_is_the_file_s(tmp_path, above, cells):
    rows = [f"{a};{year};{cell}" for a, year, cell in zip(("COL;VEN", "VEN;COL"), (2000, 2000), cells, strict=True)]
    (tmp_path / "f.csv").write_text(above + "\n".join(["origin;destination;year;trade_usd_mn", *rows]))
    with pytest.raises(InvalidFlow, match=rf"line {3 + above.count(chr(10))}\b"):
        read_panel(tmp_path / "f.csv")


def test_the_line_of_a_cell_of_a_year_is_the_line_of_its_row(tmp_path):
    (tmp_path / "f.csv").write_text("origin,destination,2000,2001\nCOL,VEN,1,2\nVEN,COL,3,-4\n")
    with pytest.raises(InvalidFlow, match="in 2001 \\(line 3\\)"):
        read_panel(tmp_path / "f.csv", unit="usd_mn")
