"""Data that come in batches: the same fit from every source, and nothing read that is not needed."""

import errno
import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from detente.cli.app import run
from detente.data.tables.streams import stream_of
from detente.errors import DataError, EmptySample, OutputError, UnknownColumn, UnreadableFile
from detente.gravity import fit_many, fit_ppml
from detente.panel import read_panel
from detente.panel.frames import read_table
from detente.panel.reading.scratch import Scratch
from detente.panel.reading.spilling import spill

EFFECTS = "exporter^year^sector + importer^year^sector + exporter^importer^sector"
FORMULA = f"trade ~ x | {EFFECTS}"


def flows():
    r = np.random.default_rng(3)
    s, t, i, j = (a.ravel() for a in np.meshgrid(range(3), range(3), range(7), range(7), indexing="ij"))
    s, t, i, j = (a[i != j] for a in (s, t, i, j))
    names = np.array([f"E{k}" for k in range(7)])
    data = pl.DataFrame(
        {"exporter": names[i], "importer": names[j], "year": 2000 + t, "sector": np.array(["food", "fuel", "cars"])[s],
         "x": r.normal(size=len(i)), "unused": r.normal(size=len(i))}
    )  # fmt: skip
    return data.with_columns(trade=pl.Series(r.gamma(2, 3, len(i))))


DATA = flows()
WHOLE = fit_ppml(DATA, FORMULA, cluster="exporter^importer")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("flows")
    for (sector,), part in DATA.partition_by("sector", as_dict=True).items():
        part.write_parquet(place / f"{sector}.parquet")
        part.write_csv(place / f"{sector}.csv")
        hive = place / "hive" / f"sector={sector}"
        hive.mkdir(parents=True)
        part.drop("sector").write_parquet(hive / "part-0.parquet")
        deep = place / "deep" / sector
        deep.mkdir(parents=True)
        part.write_parquet(deep / "a.parquet")
    return place


def batches(data=DATA, n=100):
    return data.iter_slices(n)


SOURCES = {
    "wildcards": lambda p: str(p / "*.parquet"),
    "deep wildcards": lambda p: p / "deep" / "**" / "*.parquet",
    "wildcards of CSV": lambda p: p / "*.csv",
    "Hive folder": lambda p: p / "hive",
    "one Parquet file": lambda p: p / "deep" / "food" / "a.parquet",
    "lazy frame": lambda p: pl.scan_parquet(p / "*.parquet"),
    "Arrow dataset": lambda p: ds.dataset([str(f) for f in sorted(p.glob("*.parquet"))]),
    "Arrow scanner": lambda p: ds.dataset([str(f) for f in sorted(p.glob("*.parquet"))]).scanner(batch_size=70),
    "record-batch reader": lambda p: pa.RecordBatchReader.from_batches(
        DATA.to_arrow().schema, DATA.to_arrow().to_batches(max_chunksize=90)
    ),
    "DuckDB relation": lambda p: duckdb.connect().sql(f"select * from '{p}/*.parquet'"),
    "DuckDB reader": lambda p: duckdb.connect().sql(f"select * from '{p}/*.parquet'").to_arrow_reader(90),
    "generator of polars frames": lambda p: batches(),
    "generator of pandas frames": lambda p: (b.to_pandas() for b in batches()),
    "generator of record batches": lambda p: iter(DATA.to_arrow().to_batches(max_chunksize=90)),
    "list of frames": lambda p: list(batches()),
}


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("blocks", ["auto", "sector"])
def test_every_source_gives_the_same_fit(folder, source, blocks):
    fit = fit_ppml(SOURCES[source](folder), FORMULA, cluster="exporter^importer", blocks=blocks)
    same = WHOLE
    if source == "one Parquet file":
        same = fit_ppml(DATA.filter(pl.col("sector") == "food"), FORMULA, cluster="exporter^importer")
    assert fit.coef["x"] == pytest.approx(same.coef["x"], rel=1e-9)
    assert fit.se["x"] == pytest.approx(same.se["x"], rel=1e-9)
    assert fit.n_rows == same.n_rows
    assert (fit.engine == "tensor") == (blocks == "auto")
    kind = {"generator of pandas frames": "DataFrame", "Arrow dataset": "Table", "Arrow scanner": "Table",
            "record-batch reader": "Table", "DuckDB relation": "Table", "DuckDB reader": "Table"}.get(source)  # fmt: skip
    frame = fit.to_frame()
    assert type(frame).__name__ == kind if kind else isinstance(frame, pl.DataFrame)


def test_only_the_columns_that_are_needed_are_read(folder):
    asked = []
    stream = stream_of(folder / "hive")
    kept = stream.read
    object.__setattr__(stream, "read", lambda columns: asked.append(tuple(columns)) or kept(columns))
    list(stream.batches(["trade", "sector"]))
    assert asked == [("trade", "sector")]
    assert stream.height == DATA.height
    batch = next(iter(stream_of(ds.dataset(str(folder / "food.parquet"))).batches(["x"])))
    assert batch.columns == ["x"]


@pytest.mark.parametrize(
    "source", ["wildcards", "Hive folder", "record-batch reader", "DuckDB relation", "generator of polars frames"]
)
def test_other_estimators_take_streams_too(folder, source):
    table = read_table(SOURCES[source](folder))
    assert len(table) == DATA.height
    assert set(table.columns) == set(DATA.columns)


def test_panels_are_read_by_wildcards_and_from_hive_folders(tmp_path):
    rows = pl.DataFrame({"origin": ["COL", "VEN"], "destination": ["VEN", "COL"], "value_kusd": [5000.0, 7000.0]})
    for year in (2001, 2002):
        rows.with_columns(year=pl.lit(year)).write_parquet(tmp_path / f"y{year}.parquet")
        (tmp_path / "hive" / f"year={year}").mkdir(parents=True)
        rows.write_parquet(tmp_path / "hive" / f"year={year}" / "0.parquet")
    for source in (tmp_path / "y*.parquet", tmp_path / "hive"):
        panel = read_panel(source)
        assert panel.years == (2001, 2002)
        np.testing.assert_allclose(panel.flow("COL", "VEN"), [5.0, 5.0])


def test_a_query_of_duckdb_reads_what_is_needed_and_keeps_odd_names_and_types(folder):
    connection = duckdb.connect()
    query = connection.sql(f"""
        select exporter, importer, x as "un""used, or so", sector::enum('cars', 'food', 'fuel') as sector, year,
               trade::decimal(18, 9) as trade, x, exporter::int as broken
        from '{folder}/*.parquet'
    """)
    fit = fit_ppml(query, FORMULA, cluster="exporter^importer", blocks="sector")
    assert fit.coef["x"] == pytest.approx(WHOLE.coef["x"], rel=1e-7)  # the flows have nine decimals there
    with pytest.raises(UnknownColumn, match="Did you mean 'x'"):
        fit_ppml(query, "trade ~ xx | importer")
    with pytest.raises(DataError, match=r"connection\.sql"):
        fit_ppml(connection, FORMULA)


def test_panels_are_read_from_a_query_of_duckdb():
    query = duckdb.connect().sql(
        "select 'COL' origin, 'VEN' destination, 2000 + k as year, 5e3 + k as value_kusd from range(3) t(k)"
    )
    panel = read_panel(query)
    assert panel.years == (2000, 2001, 2002)
    np.testing.assert_allclose(panel.flow("COL", "VEN"), [5.0, 5.001, 5.002])


@pytest.mark.parametrize("source", ["wildcards", "DuckDB relation", "lazy frame", "generator of pandas frames"])
def test_fits_by_group_read_what_they_need_of_a_stream(folder, source):
    formula = "trade ~ x | exporter^year + importer^year"
    many = fit_many(SOURCES[source](folder), formula, by="sector", cluster="exporter^importer", keep="coef")
    same = fit_many(DATA, formula, by="sector", cluster="exporter^importer", keep="coef")
    assert {k: fit.coef["x"] for k, fit in many.fits.items()} == pytest.approx(
        {k: fit.coef["x"] for k, fit in same.fits.items()}, rel=1e-9
    )
    with pytest.raises(UnknownColumn, match="Did you mean 'sector'"):
        fit_many(SOURCES[source](folder), formula, by="sectr")


def test_fits_by_group_read_no_other_column(folder):
    asked = pl.scan_parquet(folder / "*.parquet").with_columns(
        unused=pl.col("unused").map_elements(lambda _: 1 / 0, return_dtype=pl.Float64)
    )
    assert len(fit_many(asked, "trade ~ x | exporter^year", by="sector")) == 3


def test_what_is_wrong_with_a_stream_is_named(folder, tmp_path):
    with pytest.raises(UnreadableFile, match="No file matches"):
        fit_ppml(folder / "*.parq", FORMULA)
    with pytest.raises(UnknownColumn, match="Did you mean 'x'"):
        fit_ppml(folder / "hive", f"trade ~ xx | {EFFECTS}")
    with pytest.raises(EmptySample, match="no frame"):
        fit_ppml(iter([]), FORMULA)
    (tmp_path / "a.parquet").write_bytes(b"no parquet at all")
    with pytest.raises(UnreadableFile, match="cannot be read"):
        fit_ppml(tmp_path / "*.parquet", FORMULA)
    (tmp_path / "b.odd").write_text("x")
    with pytest.raises(UnreadableFile, match="of no known kind"):
        fit_ppml(tmp_path / "*.odd", FORMULA)
    with pytest.raises(UnknownColumn, match="a batch of the data"):
        fit_ppml(iter([DATA, DATA.drop("x")]), FORMULA)
    with pytest.raises(DataError, match=r"int, str in different batches|do not fit together"):
        fit_ppml(iter([DATA, DATA.with_columns(pl.col("year").cast(pl.String) + "a")]), FORMULA, blocks="sector")
    with pytest.raises(DataError, match="numbers are needed"):
        fit_ppml(iter([DATA.with_columns(x=pl.lit("a"))]), FORMULA, blocks="sector")


def test_a_stream_too_large_for_its_memory_goes_by_blocks_or_says_what_it_needs(monkeypatch):
    """The size of a generator shows only as it comes: what has been taken is not lost."""
    monkeypatch.setattr("detente.gravity.blocks.planning.SMALL", 150)
    fit = fit_ppml(batches(), FORMULA, cluster="exporter^importer", memory="160.07 MB")
    assert fit.engine == "3 blocks by sector"
    assert fit.coef["x"] == pytest.approx(WHOLE.coef["x"], rel=1e-9)


@pytest.mark.property
@settings(max_examples=30, deadline=None)
@given(
    cells=st.lists(
        st.tuples(st.sampled_from(["b", "a", "", "ñ", None]), st.sampled_from([3, 1, None]), st.floats(-5, 5)),
        min_size=1, max_size=40,
    ),
    size=st.integers(1, 9),
)  # fmt: skip
def test_rows_laid_down_by_block_are_the_rows_of_that_block(tmp_path_factory, cells, size):
    data = pl.DataFrame(cells, schema={"s": pl.String, "t": pl.Int64, "x": pl.Float64}, orient="row")
    place = tmp_path_factory.mktemp("spill")
    if data["s"].null_count() == data.height:
        with pytest.raises(EmptySample):
            spill(data.iter_slices(size), "x", "s", ["x"], ["s", "t"], place)
        return
    laid = spill(data.iter_slices(size), "x", "s", ["x"], ["s", "t"], place)
    assert laid.n_rows == data.height
    assert list(laid.blocks) == data["s"].drop_nulls().unique().sort().to_list()
    for k, level in enumerate(laid.blocks):
        part, same = laid.only(k).part(k), read_table(data.filter(pl.col("s") == level))
        assert len(part) == len(same) == laid.heights[k]
        np.testing.assert_array_equal(part.numbers("x"), same.numbers("x"))
        for one, other in zip(part.codes("t"), same.codes("t")):
            np.testing.assert_array_equal(one, other)
        assert part.series("s").to_list() == [level] * len(same)


def test_the_command_line_fits_by_blocks_too(folder, capsys):
    code = run(
        ["fit", str(folder / "*.parquet"), FORMULA, "--cluster", "exporter^importer", "--blocks", "sector", "--json"]
    )
    told = json.loads(capsys.readouterr().out)
    assert (code, told["engine"], told["separated"], told["n_separated"]) == (0, "3 blocks by sector", None, 0)
    assert told["terms"][0]["std_error"] == pytest.approx(WHOLE.se["x"], rel=1e-9)
    assert run(["fit", str(folder / "*.parquet"), "trade ~ x | exporter", "--memory", "1 MB"]) == 2
    assert "needs about" in capsys.readouterr().err


@pytest.mark.parametrize(
    "odd",
    [lambda d: iter([d[:0], d[:60], d[60:60], d[60:], d[:0]]), lambda d: iter([d[:60], d[60:].select(sorted(d.columns))]),
     lambda d: iter([d[:60], d[60:].with_columns(pl.col("sector").cast(pl.Categorical), pl.col("year") * 1.0)]),
     lambda d: (b.to_pandas().astype({"sector": "category"}).set_index(np.arange(len(b))[::-1]) for b in batches(d, 50)),
     lambda d: batches(d.with_columns(pl.date("year", 1, 1).alias("year")), 50)],
    ids=["empty", "other order", "other types", "pandas categories", "dates"],
)  # fmt: skip
@pytest.mark.parametrize("blocks", ["auto", "sector"])
def test_batches_of_every_sort(odd, blocks):
    mixed = DATA.sample(fraction=1, shuffle=True, seed=3)
    fit = fit_ppml(odd(mixed), FORMULA, cluster="exporter^importer", blocks=blocks)
    assert fit.n_rows == DATA.height
    assert fit.coef["x"] == pytest.approx(WHOLE.coef["x"], rel=1e-9)
    assert fit.se["x"] == pytest.approx(WHOLE.se["x"], rel=1e-9)


def test_what_can_be_no_label_is_named():
    with pytest.raises(DataError, match=r"'sector' holds .* single values"):
        fit_ppml(batches(DATA.with_columns(pl.struct("sector").alias("sector"))), FORMULA, blocks="sector")


@pytest.mark.property
@settings(max_examples=40, deadline=None)
@given(
    arrays=st.dictionaries(
        st.sampled_from(["y", "X", "axis0", "scales0.a", "ñ"]),
        hnp.arrays(
            st.sampled_from(["f8", "f4", "i4", "i8", "?"]), hnp.array_shapes(min_dims=0, max_dims=3, min_side=0)
        ),
    ),
    turned=st.booleans(),
)
def test_arrays_on_disk_are_the_arrays_laid_down(tmp_path_factory, arrays, turned):
    scratch = Scratch(tmp_path_factory.mktemp("scratch"))
    scratch.put("block1/rows", {"old": np.ones(9)})
    laid = {name: array.T if turned else array for name, array in arrays.items()}
    scratch.put("block1/rows", laid)
    found = scratch.get("block1/rows")
    assert list(found) == list(laid)
    for name, array in laid.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)
        np.testing.assert_array_equal(scratch.one("block1/rows", name), array)
    assert set(scratch.get("block1/rows", ("X", "none"))) == set(laid) & {"X"}
    assert len(list(scratch.folder.rglob("*.*"))) == 1  # nothing is left of how it got there
    scratch.drop("block1")
    assert not list(scratch.folder.iterdir())


def test_a_file_that_was_cut_off_is_named(tmp_path):
    scratch = Scratch(tmp_path)
    scratch.put("rows", {"y": np.ones(100)})
    path = tmp_path / "rows.arrays"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(OutputError, match="cut off"):
        scratch.get("rows")


@pytest.mark.parametrize("place", ["detente.panel.reading.spilling._by_block", "detente.panel.reading.scratch._write"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fills_up_in_the_midst_is_named_and_left_as_it_was(tmp_path, monkeypatch, place, number):
    def full(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(place, full)
    with pytest.raises(OutputError, match=r"can take no more.*larger disk"):
        fit_ppml(DATA, FORMULA, blocks="sector", scratch=tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_fault_of_the_callers_own_generator_is_not_taken_for_one_of_the_scratch_folder(tmp_path):
    def faulty():
        yield DATA
        raise FileNotFoundError("my own file")

    with pytest.raises(UnreadableFile, match="my own file") as told:
        fit_ppml(faulty(), FORMULA, blocks="sector", scratch=tmp_path)
    assert isinstance(told.value.__cause__, FileNotFoundError)  # with the line that it came from


def test_a_worker_that_does_not_see_the_scratch_folder_says_so(tmp_path):
    """As on another machine, where the same path is another place."""

    class Elsewhere(ThreadPoolExecutor):
        def submit(self, work, *task):
            for path in [*tmp_path.rglob("rows.bin"), *tmp_path.rglob("*.arrays")]:
                path.unlink()
            return super().submit(work, *task)

    with Elsewhere(1) as pool, pytest.raises(OutputError, match=r"not there.*a disk they share"):
        fit_ppml(DATA, FORMULA, blocks="sector", scratch=tmp_path, executor=pool)


def test_a_worker_that_ends_late_brings_no_scratch_folder_back(tmp_path, monkeypatch):
    """Of an executor of the caller's: nobody waits for what is under way when a fit has failed."""
    begun, over, put, numbers = threading.Event(), threading.Event(), Scratch.put, count()

    def late(*arguments):
        begun.set()
        over.wait(30)
        put(*arguments)

    class OneFails(ThreadPoolExecutor):
        def submit(self, work, *task):
            first = next(numbers) == 0
            return super().submit(lambda: begun.wait(30) and 1 / 0 if first else work(*task))

    monkeypatch.setattr(Scratch, "put", late)
    with OneFails(2) as pool:
        with pytest.raises(ZeroDivisionError):
            fit_ppml(DATA, FORMULA, blocks="sector", scratch=tmp_path, executor=pool)
        over.set()
    assert not list(tmp_path.iterdir())
