"""Wrong without a word: every kind of table that once became a wrong number is refused, or read right and said."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import detente as dt
from detente.data import DataSource, Flows, add_source
from detente.data.tables.rows import numbers
from detente.economies import name_of
from detente.economies import table as table_of_codes
from detente.errors import (
    AmbiguousColumn,
    DataError,
    DetenteError,
    DuplicateRows,
    EmptySample,
    InvalidFlow,
    UnknownColumn,
    UnknownEconomy,
)
from detente.panel import read_panel

PAIRS = [("COL", "VEN"), ("VEN", "COL"), ("USA", "COL"), ("COL", "USA"), ("BRA", "USA"), ("USA", "BRA"), ("DEU", "USA")]


def table(rows: list[tuple], names: str = "exporter importer year trade_usd_mn") -> pl.DataFrame:
    return pl.DataFrame(rows, schema=names.split(), orient="row")


def real(year: int = 2015, factor: float = 1.0, column: str = "trade_usd_mn") -> pl.DataFrame:
    """Figures of the world panel, times a factor."""
    world = dt.world()
    t = world.year_index(year)
    return table([(a, b, year, world.flow(a, b)[t] * factor) for a, b in PAIRS], f"exporter importer year {column}")


@pytest.mark.parametrize("column", ["trade", "flow", "value"])
def test_an_unknown_unit_is_an_error_that_says_how_to_give_it(column):
    with pytest.raises(AmbiguousColumn, match=r"unit.*not stated.*--unit"):
        read_panel(real(column=column))
    assert read_panel(real(column=column), unit="usd_mn").flow("COL", "VEN")[0] == pytest.approx(1060.0)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (
            (-5.0, 1.0, 2.0),
            r"negative flow in column 'trade_usd_mn' of [^:]+: 1, the first -5 for AUT->DEU in 2015 \(line 2\)\.",
        ),
        (
            (1.0, -2.0, -3.5),
            r"negative flow in .*: 2, the first -2 for AUT->DEU in 2016 \(line 3\)\. A flow is zero or more",
        ),
        ((1.0, 2.0, -3.5), r"negative flow in .*: 1, the first -3\.5 for DEU->AUT in 2015 \(line 4\)\."),
        ((float("inf"), 1.0, -2.0), r"infinite flow in .*: 1, the first for AUT->DEU in 2015 \(line 2\)\."),
        ((1.0, float("-inf"), float("inf")), r"infinite flow in .*: 2, the first for AUT->DEU in 2016 \(line 3\)\."),
    ],
)
def test_a_cell_that_no_flow_can_be_is_named_by_its_line(values, says):
    keys = [("AUT", "DEU", 2015), ("AUT", "DEU", 2016), ("DEU", "AUT", 2015)]
    with pytest.raises(InvalidFlow, match=says):
        read_panel(table([(*key, value) for key, value in zip(keys, values)]))


@pytest.mark.parametrize("line", [0, 1, 2])
@pytest.mark.parametrize("column", ["exporter", "importer", "year"])
def test_a_row_without_a_key_is_named_by_its_line(line, column):
    rows = table([("AUT", "DEU", 2015, 1.0), ("AUT", "DEU", 2016, 1.0), ("DEU", "AUT", 2015, 1.0)])
    rows = rows.with_columns(pl.when(pl.int_range(3) != line).then(column).alias(column))
    with pytest.raises(
        DataError, match=rf"1 row of .* lacks an origin, destination or year \(first at line {line + 2}\)"
    ):
        read_panel(rows)


def test_a_table_without_rows_says_so():
    with pytest.raises(EmptySample, match="has no rows"):
        read_panel(table([], "exporter importer year trade_usd_mn"))


def test_marks_of_what_is_missing_are_looked_for_in_text_alone():
    rows = table([("AUT", "DEU", 2015, 1.0), ("DEU", "AUT", 2015, 2.0)])
    assert read_panel(rows, missing=["."]).flow("AUT", "DEU")[0] == 1.0


@pytest.mark.parametrize(
    ("value", "who", "stock"),
    [
        ("migrant_stock", None, True),
        ("persons", None, False),
        ("persons", "migrant_stock", True),
        ("persons", "movers", False),
    ],
)
def test_a_stock_is_one_by_its_column_or_by_its_population(value, who, stock):
    rows = table([("VEN", "COL", 2015, 48_000.0), ("COL", "VEN", 2015, 30_000.0)], f"origin destination year {value}")
    if who is not None:
        rows = rows.with_columns(population=pl.lit(who))
    assert read_panel(rows, value=value, unit="persons", kind="persons").stock == stock


@pytest.mark.property
@pytest.mark.parametrize("power", [3, 6])
def test_figures_in_another_unit_than_said_are_refused(power):
    with pytest.raises(InvalidFlow, match=r"times those of the world panel|largest between any two"):
        read_panel(real(factor=10.0**power), unit="usd_mn")
    with pytest.raises(InvalidFlow, match=r"1/1,"):
        read_panel(real(factor=10.0**-power), unit="usd_mn")


@pytest.mark.parametrize(("unit", "factor"), [("usd", 1e6), ("kusd", 1e3), ("usd_bn", 1e-3), ("usd_mn", 1.0)])
def test_the_right_unit_is_believed(unit, factor):
    bare = real(factor=factor, column="trade")
    assert read_panel(bare, unit=unit).flow("COL", "VEN")[0] == pytest.approx(1060.0)


def test_plain_dollars_of_one_pair_are_refused_as_millions():
    with pytest.raises(InvalidFlow, match="would be US"):
        read_panel(table([("COL", "VEN", 2010, 1.54e9)], "exporter importer year trade"), unit="usd_mn")


def test_persons_are_persons_and_no_unit_of_money_measures_them():
    rows = table([("VEN", "COL", 2023, 2_906_516.0)], "exporter importer year persons")
    panel = read_panel(rows)
    assert (panel.kind, panel.unit) == ("persons", "persons")
    with pytest.raises(DataError, match="does not measure persons"):
        read_panel(rows.rename({"persons": "trade"}), unit="usd_mn", kind="persons")
    with pytest.raises(AmbiguousColumn, match="not stated"):
        read_panel(rows.rename({"persons": "trade"}), kind="persons")


LEVELS = [("COL", "VEN", 2010, "TOTAL", 7.0), ("COL", "VEN", 2010, "01", 3.0), ("COL", "VEN", 2010, "0101", 3.0),
          ("COL", "VEN", 2010, "27", 4.0)]  # fmt: skip
NAMES = "exporter importer year product trade_usd_mn"


@pytest.mark.parametrize(
    ("rows", "right"),
    [
        (LEVELS, 7.0),
        (LEVELS[1:], 7.0),  # two digits and four: the chapters
        ([r for r in LEVELS if r[3] != "0101"], 7.0),
        ([("COL", "VEN", 2010, "X", 6.0), ("COL", "VEN", 2010, "RX", 1.0), ("COL", "VEN", 2010, "TOTAL", 7.0)], 6.0),
        ([("COL", "VEN", 2010, "M", 6.0), ("COL", "VEN", 2010, "RM", 1.0)], 6.0),
        ([("COL", "VEN", 2010, "cars", 6.0), ("COL", "VEN", 2010, "gas", 1.0)], 7.0),
    ],
)
def test_levels_and_flows_are_never_added_to_their_parts(rows, right):
    assert read_panel(table(rows, NAMES)).flow("COL", "VEN")[0] == right


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (LEVELS, ["3 rows at other levels (2 digits, 4 digits) were not added: TOTAL is used."]),
        (
            LEVELS[1:],
            [
                "1 row at other levels (4 digits) was not added: 2 digits is used.",
                "2 rows by sector or product were summed to 1 flow.",
            ],
        ),
        ([LEVELS[1], LEVELS[3]], ["2 rows by sector or product were summed to 1 flow."]),
        (LEVELS[:1], []),
        (LEVELS[1:2], []),  # one product and nothing else: there is nothing to add and nothing to say
    ],
)
def test_rows_that_are_not_added_are_counted(rows, says):
    notes = read_panel(table(rows, NAMES)).report.notes
    told = [note for note in map(str, notes) if "level" in note or "summed" in note]
    assert len(told) == len(says)
    assert all(said in note for said, note in zip(says, told)), told


def test_a_flow_without_the_coarser_level_is_not_made_up_from_the_finer_one():
    rows = [*LEVELS, ("VEN", "COL", 2010, "27", 2.0)]
    with pytest.raises(DuplicateRows, match=r"several levels.*VEN->COL 2010"):
        read_panel(table(rows, NAMES))
    with pytest.raises(AmbiguousColumn, match="exports and imports"):
        read_panel(table([("COL", "VEN", 2010, "X", 6.0), ("COL", "VEN", 2010, "M", 5.0)], NAMES))


@pytest.mark.parametrize("years", [[1901, 1912, 2001, 2012], [1901, 1902, 1903], [1811, 1912, 2012]])
def test_months_written_yymm_are_no_years(years):
    with pytest.raises(DataError, match="YYMM"):
        read_panel(table([("COL", "VEN", y, 1.0) for y in years]))


@pytest.mark.parametrize("years", [[2001, 2002, 2012], [1995, 2000, 2012], [1899, 1900, 1901]])
def test_years_are_years(years):
    assert read_panel(table([("COL", "VEN", y, 1.0) for y in years])).years == tuple(years)


@pytest.mark.parametrize(
    ("cells", "kind", "labels"),
    [
        (["2019-01", "2019-02"], "month", ("2019-01", "2019-02")), (["201901", "201902"], "month", ("2019-01", "2019-02")),
        (["2019M01", "2019M12"], "month", ("2019-01", "2019-12")), (["2019-Q1", "2019Q2"], "quarter", ("2019-Q1", "2019-Q2")),
    ],
)  # fmt: skip
def test_months_and_quarters_are_periods(cells, kind, labels):
    panel = read_panel(table([("COL", "VEN", c, 10.0) for c in cells]))
    assert (panel.period, panel.labels) == (kind, labels)


def test_months_beside_years_and_fiscal_years_are_refused():
    with pytest.raises(DataError, match="months and years in one column"):
        read_panel(table([("COL", "VEN", "2019", 120.0), ("COL", "VEN", "2019-01", 10.0)]))
    with pytest.raises(DataError, match="fiscal year"):
        read_panel(table([("COL", "VEN", "2018-19", 120.0)]))


def test_who_never_reports_has_missing_flows_not_zeros():
    panel = read_panel(table([("COL", "VEN", 2010, 1.0), ("COL", "USA", 2010, 2.0), ("COL", "USA", 2011, 2.0)]))
    assert np.isnan(panel.flow("VEN", "COL")).all()
    assert np.isnan(panel.flow("USA", "VEN")).all()
    assert np.isnan(panel.flow("COL", "VEN")[1])  # in 2011 Venezuela bought nothing from anybody here
    full = read_panel(table([("COL", "VEN", 2010, 1.0), ("VEN", "USA", 2010, 2.0), ("USA", "COL", 2010, 2.0)]))
    assert full.flow("VEN", "COL")[0] == 0.0  # both are there in that year
    assert "missing" in str(panel.report)


@pytest.mark.parametrize(("code", "year"), [("SSD", 2008), ("MNE", 2004), ("TLS", 2000)])
def test_a_zero_of_a_state_that_was_not_there_is_missing(code, year):
    rows = [(code, "DEU", year, 0.0), ("DEU", "USA", year, 5.0), (code, "DEU", 2015, 3.0), ("DEU", code, 2015, 3.0)]
    panel = read_panel(table(rows), absent="zero")
    assert np.isnan(panel.flow(code, "DEU")[0])
    assert panel.flow(code, "DEU")[1] == 3.0
    assert not panel.existed()[0, panel.index(code)]


@pytest.mark.parametrize("code", ["WLD", "XWD", "W00", "AFE", "EUU", "EU27_2020", "G001", "OED", "LCN", "_X", "E19"])
def test_aggregates_are_left_out_and_counted(code):
    panel = read_panel(table([("COL", code, 2010, 40_000.0), ("COL", "VEN", 2010, 1.0), (code, "VEN", 2010, 9.0)]))
    assert panel.economies == ("COL", "VEN")
    assert "2 rows of aggregates" in str(panel.report)


def test_a_table_of_nothing_but_aggregates_is_empty():
    with pytest.raises(EmptySample, match="no flow between two economies"):
        read_panel(table([("COL", "WLD", 2010, 40_000.0)]))


def test_one_row_of_re_imports_leaves_and_is_told():
    panel = read_panel(
        table(
            [
                ("CHN", "CHN", 2010, 90.0),
                ("CHN", "USA", 2010, 5.0),
                ("USA", "CHN", 2010, 5.0),
                ("COL", "USA", 2010, 1.0),
            ]
        )
    )
    assert np.isnan(panel.flow("CHN", "CHN")[0])
    assert "re-imports" in str(panel.report)
    whole = read_panel(
        table(
            [
                ("CHN", "CHN", 2010, 90.0),
                ("USA", "USA", 2010, 90.0),
                ("CHN", "USA", 2010, 5.0),
                ("USA", "CHN", 2010, 5.0),
            ]
        )
    )
    assert whole.flow("CHN", "CHN")[0] == 90.0  # internal trade of all stays


def test_what_means_missing_is_missing_when_told_so_and_said():
    rows = table([("COL", "VEN", 2010, "."), ("VEN", "COL", 2010, "5")])
    with pytest.raises(InvalidFlow, match=r"'\.' in column.*--missing"):
        read_panel(rows)
    panel = read_panel(rows, missing=["."])
    assert np.isnan(panel.flow("COL", "VEN")[0])
    assert "'.'" in str(panel.report)


def test_hints_name_parameters_that_exist():
    with pytest.raises(AmbiguousColumn, match="value='trade'") as caught:
        read_panel(real(column="trade").with_columns(flow=pl.lit(1.0)))
    assert "value=" in caught.value.fix
    with pytest.raises(UnknownColumn, match=r"year=\.\.\."):
        read_panel(table([("COL", "VEN", 2010, 1.0)], "exporter importer jahr trade_usd_mn"))


def named_by(name):
    """The real panel with its economies named by ``name`` from their codes."""
    return real().with_columns(pl.col("exporter", "importer").map_elements(name, return_dtype=pl.String))


@pytest.mark.parametrize(
    "name", [name_of, lambda code: name_of(code, "es").upper(), str.lower, lambda c: table_of_codes()[c].alpha2]
)
def test_names_of_economies_are_read_as_their_codes_and_said(name):
    panel = read_panel(named_by(name))
    assert panel.economies == read_panel(real()).economies
    assert panel.flow("COL", "VEN")[0] == pytest.approx(1060.0)
    assert f"{name('COL')} to COL" in str(panel.report)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Korea", r"'KOR' \(South Korea\) or 'PRK'"),
        ("Soviet Union", "not an ISO alpha-3 code"),
        ("Atlantis", "not an ISO alpha-3 code"),
    ],
)
def test_a_name_that_is_not_of_one_economy_is_refused(name, says):
    with pytest.raises(UnknownEconomy, match=says):
        read_panel(named_by(lambda code: name if code == "VEN" else code))


@pytest.mark.parametrize("head", ["{}", "X{}", "{} [YR{}]"])
def test_years_side_by_side_are_read_as_rows(head):
    long = pl.concat([real(year) for year in (2013, 2014, 2015)])
    wide = long.pivot("year", index=["exporter", "importer"], values="trade_usd_mn")
    wide = wide.rename({str(year): head.format(year, year) for year in (2013, 2014, 2015)})
    with pytest.raises(AmbiguousColumn, match="unit of the columns of years"):
        read_panel(wide)
    panel, right = read_panel(wide, unit="usd_mn"), read_panel(long)
    assert panel.years == right.years
    np.testing.assert_array_equal(panel.flows, right.flows)
    assert "3 columns of years" in str(panel.report)


def test_a_year_beside_a_column_of_years_is_no_wide_table():
    odd = real().with_columns(pl.lit(1.0).alias("2013"), pl.lit(1.0).alias("2014"))
    np.testing.assert_array_equal(read_panel(odd).flows, read_panel(real()).flows)


def test_two_spellings_of_an_economy_are_one(tmp_path):
    rows = [("Perú", "Chile", 2010, 40.0), ("PER", "Chile", 2010, 41.0), ("Chile", "Peru", 2010, 1.0)]
    with pytest.raises(DuplicateRows, match="PER->CHL 2010"):
        read_panel(table(rows))


def test_a_right_code_gets_no_other_countrys_name():
    panel = read_panel(real())
    with pytest.raises(DetenteError) as caught:
        panel.index("IND")
    assert "Did you mean" not in str(caught.value)


def test_a_source_is_one_module_and_the_rest_follows(tmp_path):
    """A made-up source of lorries: registered, recognised, read, and refused where its columns change."""

    def read(frame: pl.DataFrame) -> Flows:
        rows = frame.select(pl.col("von").alias("origin"), pl.col("nach").alias("destination"), pl.col("jahr").alias("period"),
                            pl.col("wert").cast(pl.Float64).alias("value"))  # fmt: skip
        return Flows(rows, "kusd", "goods", absent="missing", rows=frame.height)

    made_up = DataSource(
        name="lorries", title="Lorries", publisher="The tunnel", what="goods by road", gives="flows", periods=("year",),
        licence="free", may_share=True, cite="The tunnel (2026)", home="https://example.org", kind="goods", unit="kusd",
        columns=(frozenset({"von", "nach", "jahr", "wert"}),), read=read,
    )  # fmt: skip
    path = tmp_path / "lorries.csv"
    path.write_text("von;nach;jahr;wert\nCHE;ITA;2020;1500\n")
    with add_source(made_up):
        panel = read_panel(path)
        assert panel.flow("CHE", "ITA")[0] == 1.5
        assert panel.provenance.source == "lorries"
        assert panel.source == "The tunnel (2026)"
        assert "lorries" in dt.data.list()["source"]
    with pytest.raises(DetenteError):
        read_panel(path)


@pytest.mark.parametrize("name", ["pipe.csv", "pipe.parquet", "pipe.zip", "pipe.json"])
def test_a_pipe_is_refused_and_never_waited_for(tmp_path, name):
    import os

    if not hasattr(os, "mkfifo"):
        return
    os.mkfifo(tmp_path / name)
    with pytest.raises(DetenteError, match="no regular file"):
        read_panel(tmp_path / name, unit="usd_mn")
    with pytest.raises(DetenteError, match=r"no regular file|known kind"):
        dt.complete(tmp_path / name)


def test_a_bomb_and_a_nest_are_refused(tmp_path):
    import zipfile

    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("flows.csv", b"0" * 30_000_000)
    with pytest.raises(DetenteError, match="unpacks to more than 250 times"):
        read_panel(tmp_path / "bomb.zip")
    nest = '{"reporterCode": 1, "partnerCode": 2, "data": ' + "[" * 100_000 + "]" * 100_000 + "}"
    (tmp_path / "nest.json").write_text(nest)
    with pytest.raises(DetenteError, match="nested more than"):
        read_panel(tmp_path / "nest.json", source="comtrade")


@pytest.mark.parametrize(
    ("rows", "right"),
    [
        ([("27", 700.0), ("270900", 650.0), ("87", 400.0)], 1100.0),
        ([("27", 700.0), ("870323", 400.0)], None),
        ([("2709", 700.0), ("8703", 400.0), ("870323", 390.0), ("010121", 1.0)], None),
        ([("TOTAL", 1100.0), ("870323", 400.0)], 1100.0),
    ],
)
def test_a_finer_product_outside_every_coarser_one_is_neither_added_nor_lost(rows, right):
    frame = table([("COL", "VEN", 2010, code, value) for code, value in rows], NAMES)
    if right is None:
        with pytest.raises(DuplicateRows, match="lie in none of the coarsest"):
            read_panel(frame)
    else:
        assert read_panel(frame).flow("COL", "VEN")[0] == right


@pytest.mark.parametrize(
    ("cells", "right"),
    [
        (["1,234.5", "7"], [1234.5, 7.0]),
        (["1,234,567", "1,234"], [1234567.0, 1234.0]),
        (["1,234", "2.5"], [1234.0, 2.5]),
        (["1\u00a0234", "12\u202f345.5"], [1234.0, 12345.5]),
        (["1e3", "0.5"], [1000.0, 0.5]),
    ],
)
def test_marks_between_thousands_are_no_decimals(cells, right):
    frame = pl.DataFrame(
        {"origin": ["COL", "VEN"], "destination": ["VEN", "COL"], "year": [2008] * 2, "trade_kusd": cells}
    )
    panel = read_panel(frame)
    assert [panel.flow("COL", "VEN")[0], panel.flow("VEN", "COL")[0]] == pytest.approx([x / 1e3 for x in right])


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["1,234", "7"], "could be 1234 or 1.234"),
        (["12,5", "7"], "'12,5'.*not a number"),
        (["1.234,5", "7"], "not a number"),
        (["12 5", "7"], "'12 5'.*not a number"),
        (["1,23,456", "7"], "not a number"),
        (["NA", "7"], "missing="),
    ],
)
def test_a_number_that_could_be_two_is_asked_back(cells, said):
    frame = pl.DataFrame(
        {"origin": ["COL", "VEN"], "destination": ["VEN", "COL"], "year": [2008] * 2, "trade_kusd": cells}
    )
    with pytest.raises(InvalidFlow, match=said):
        read_panel(frame)


@pytest.mark.property
@given(
    st.lists(st.floats(0, 1e9).map(lambda x: round(x, 2)), min_size=1, max_size=8),
    st.sampled_from([(",", "."), (" ", "."), ("\u202f", "."), (".", ","), (" ", ",")]),
)
def test_any_number_written_with_thousands_is_read_back(values, marks):
    group, point = marks
    cells = [f"{v:,.2f}".replace(",", "g").replace(".", point).replace("g", group) for v in values]
    assert numbers(pl.Series(cells), "x", decimal=point).to_list() == values
