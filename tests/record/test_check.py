"""Bad input: every problem at once, by file, row and column, and no file changed."""

from __future__ import annotations

import csv
import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from detente.errors import RecordError
from detente.record import Ledger

STUDY = Path(str(files("detente").joinpath("studies/colombia_venezuela/record")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    target = tmp_path / "record"
    target.mkdir()
    for name in ("sources.csv", "events.csv", "series.csv", "claims.csv", "forecasts.csv"):
        shutil.copy(STUDY / name, target / name)
    return target


def change(path: Path, key: str, column: str, value: str) -> int:
    """Set one cell; returns the row as a spreadsheet counts."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    number = next(i for i, row in enumerate(rows) if next(iter(row.values())) == key)
    rows[number][column] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return number + 2


def only_problem(folder: Path):
    problems = Ledger.check(folder)
    assert len(problems) == 1, [str(p) for p in problems]
    return problems[0]


def test_the_built_in_record_has_no_problem():
    assert Ledger.check(STUDY) == []


@pytest.mark.parametrize(
    ("file", "key", "column", "value", "says"),
    [
        ("events.csv", "E058", "date", "2019-02-31", "28 days"),
        ("events.csv", "E045", "end_date", "2015-08-01", "before it starts"),
        ("events.csv", "E058", "kind", "diplomatic brake", "Did you mean 'diplomatic break'"),
        ("events.csv", "E058", "sets", "relation=broken", "Did you mean 'relations'"),
        ("events.csv", "E058", "sets", "relations=brokn", "Did you mean 'broken'"),
        ("events.csv", "E058", "sets", "relations", "does not read as state=value"),
        ("events.csv", "E058", "direction", "up", "is not among the values of this column"),
        ("events.csv", "E058", "source_ids", "mercopress-2019", "Did you mean 'mercopress-2019-02'"),
        ("events.csv", "E058", "severity", "high", "is not a number"),
        ("series.csv", "T200", "unit", "", "'unit' is empty"),
        ("series.csv", "T200", "basis", "", "'basis' is empty"),
        ("series.csv", "T200", "value", "6,091", "is not a number"),
        ("series.csv", "T200", "value", "inf", "is not a number"),
        ("series.csv", "O071", "value", "20", "outside its own low and high"),
        ("sources.csv", "cow-trade-v4", "date", "", "'date' is empty"),
        ("sources.csv", "cow-trade-v4", "date", "unknown", "n.d."),
        ("claims.csv", "S4-3", "target", "trade.export", "Did you mean 'trade.exports'"),
        ("claims.csv", "S4-3", "test", "quantities", "Did you mean 'quantity'"),
        ("claims.csv", "S4-3", "options", "op=abot", "Did you mean 'about'"),
        ("claims.csv", "S4-3", "value", "", "needs 'value'"),
        ("claims.csv", "S4-9", "target", "E720", "has no event"),
        ("claims.csv", "S4-3", "date", "", "needs 'date'"),
        ("claims.csv", "S4-2.2", "state", "peak", "Use one of: max, min"),
        ("claims.csv", "S4-12", "unit", "decades", "Use one of: days"),
        ("claims.csv", "S4-6", "options", "episodes=2008 to 2010", "does not read as episodes"),
        ("claims.csv", "S4-1.1", "options", "age=long", "no number of days"),
        ("claims.csv", "S4-2.1", "note_es", "Según el censo.", "'note_es' is filled and 'note' is empty"),
        ("claims.csv", "S0-2", "why_not_es", "Una intención.", "'why_not_es' is filled and 'why_not' is empty"),
        ("forecasts.csv", "F01", "outcome_op", "mean", "is not among the values of this column"),
        ("forecasts.csv", "F01", "outcome_figure_ids", "T0073", "Did you mean 'T073'"),
    ],
)
def test_one_bad_cell_is_named_by_file_row_and_column(folder, file, key, column, value, says):
    row = change(folder / file, key, column, value)
    problem = only_problem(folder)
    assert (problem.file, problem.row, problem.column) == (file, row, column)
    assert says in str(problem)


def test_a_claim_without_test_and_reason_is_named(folder):
    change(folder / "claims.csv", "S0-3", "why_not_es", "")
    row = change(folder / "claims.csv", "S0-3", "why_not", "")
    problem = only_problem(folder)
    assert (problem.row, problem.column) == (row, "why_not")
    assert "neither a test nor a reason" in problem.what


def test_a_translated_reason_does_not_stand_alone(folder):
    change(folder / "claims.csv", "S0-3", "why_not", "")
    assert only_problem(folder).column == "why_not_es"


def test_an_option_that_the_test_does_not_know_is_named(folder):
    cells = {"test": "change", "target": "trade.total", "state": "up", "why_not": "", "why_not_es": ""}
    for column, value in cells.items():
        change(folder / "claims.csv", "S0-3", column, value)
    row = change(folder / "claims.csv", "S0-3", "options", "from=2022;to=2023;measure=direction")
    assert Ledger.check(folder) == []
    change(folder / "claims.csv", "S0-3", "options", "from=2022;to=2023;measure=pc")
    problem = only_problem(folder)
    assert (problem.file, problem.row, problem.column) == ("claims.csv", row, "options")
    assert "cannot be used" in str(problem)


@pytest.mark.parametrize(
    ("file", "key", "column", "value", "says"),
    [
        ("series.csv", "T191", "value", "-7290", "negative"),
        ("series.csv", "T191", "unit", "usdmn", "Did you mean 'usd_mn'"),
        ("series.csv", "T191", "unit", "usd_m", "Did you mean 'usd_mn'"),
        ("series.csv", "T191", "preferred", "1", "preferred"),
        ("claims.csv", "S0-20", "unit", "usdmn", "Did you mean 'usd_mn'"),
        ("sources.csv", "cepii-baci", "cites", "cepii-baci", "cites itself"),
    ],
)
def test_figures_and_sources_that_cannot_be_meant(folder, file, key, column, value, says):
    change(folder / file, key, column, value)
    problems = Ledger.check(folder)
    assert problems
    assert all((p.file, p.column) == (file, column) for p in problems)
    assert says in str(problems[0])


def test_semicolons_between_the_cells_are_one_problem(folder):
    path = folder / "sources.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",", ";"), encoding="utf-8")
    about = [p for p in Ledger.check(folder) if p.file == "sources.csv"]
    assert len(about) == 1
    assert "semicolons" in about[0].what


def test_an_open_quote_is_named_by_its_row(folder):
    path = folder / "sources.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + 'new,"A title,A publisher\n', encoding="utf-8")
    problem = next(p for p in Ledger.check(folder) if p.file == "sources.csv")
    with path.open(encoding="utf-8", newline="") as handle:
        rows = sum(1 for _ in csv.reader(handle))
    assert problem.row == rows
    assert "not well-formed" in problem.what


def test_blank_rows_at_the_end_are_no_rows(folder):
    path = folder / "events.csv"
    width = path.read_text(encoding="utf-8").splitlines()[0].count(",")
    path.write_text(path.read_text(encoding="utf-8") + ("," * width + "\n") * 3, encoding="utf-8")
    assert Ledger.check(folder) == []


def test_a_verdict_does_not_depend_on_the_unit_a_figure_is_written_in(folder):
    before = Ledger.read(folder).verdict("S4-2.1")
    change(folder / "series.csv", "T200", "value", "6.091")
    change(folder / "series.csv", "T200", "unit", "usd_bn")
    after = Ledger.read(folder).verdict("S4-2.1")
    assert (after.verdict, after.difference) == (before.verdict, before.difference)


def test_all_problems_of_all_files_are_reported_at_once(folder):
    change(folder / "events.csv", "E058", "date", "2019-02-31")
    change(folder / "series.csv", "T200", "value", "many")
    change(folder / "sources.csv", "cow-trade-v4", "kind", "data")
    with pytest.raises(RecordError) as caught:
        Ledger.read(folder)
    assert {p.file for p in caught.value.problems} == {"events.csv", "series.csv", "sources.csv"}


def test_checking_changes_no_file(folder):
    change(folder / "events.csv", "E058", "date", "2019-02-31")
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    Ledger.check(folder)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before


def test_a_doubled_id_points_at_the_second(folder):
    path = folder / "events.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    problem = only_problem(folder)
    assert (problem.row, problem.column) == (len(lines) + 1, "event_id")


def test_mixed_encodings_are_refused_with_the_row(folder):
    path = folder / "sources.csv"
    path.write_bytes(path.read_bytes() + "X1,Cúcuta,Press,2020,press,,,\n".encode("latin-1"))
    problems = Ledger.check(folder)
    assert [p.file for p in problems] == ["sources.csv"]
    assert "not UTF-8" in problems[0].what
    assert problems[0].row == path.read_bytes().count(b"\n")


def test_a_row_with_a_cell_too_many_is_named(folder):
    path = folder / "events.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[3] += ",one,more"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    problems = [p for p in Ledger.check(folder) if p.file == "events.csv"]
    assert problems[0].row == 4
    assert "cells" in problems[0].what


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("publisher", "publishr", "Did you mean 'publishr'"),
        ("publisher", "title", "appears twice"),
        ("note", "notes", "Did you mean 'note'"),
    ],
)
def test_a_wrong_header_is_named(folder, old, new, says):
    path = folder / "sources.csv"
    head, _, rest = path.read_text(encoding="utf-8").partition("\n")
    path.write_text(head.replace(old, new) + "\n" + rest, encoding="utf-8")
    problems = [p for p in Ledger.check(folder) if p.file == "sources.csv"]
    assert any(says in str(p) for p in problems)
    assert problems[0].row == 1


def test_an_empty_a_binary_and_a_missing_file_each_say_so(folder):
    (folder / "events.csv").write_bytes(b"")
    (folder / "series.csv").write_bytes(b"PK\x03\x04\x00\x00")
    (folder / "sources.csv").unlink()
    said = {p.file: p.what for p in Ledger.check(folder) if p.file in ("events.csv", "series.csv", "sources.csv")}
    assert "empty" in said["events.csv"]
    assert "binary" in said["series.csv"]
    assert "missing" in said["sources.csv"]


def test_a_folder_that_is_not_there(tmp_path):
    assert "no such folder" in Ledger.check(tmp_path / "nowhere")[0].what


def test_an_unknown_row_has_a_hint():
    with pytest.raises(KeyError, match="Did you mean"):
        Ledger.read(STUDY).claim("S4-2.0")


def test_a_record_may_bring_words_of_its_own(folder):
    change(folder / "events.csv", "E058", "sets", "river.navigation=shut")
    assert "not a state" in only_problem(folder).what
    (folder / "vocabulary.toml").write_text('[state."river.*"]\nvalues = ["free", "shut"]\n', encoding="utf-8")
    assert Ledger.check(folder) == []


def test_a_family_takes_any_name_and_a_slip_in_one_is_named(folder):
    change(folder / "events.csv", "E058", "sets", "bloc.mercosur=out;talks.farc=open;president.col=pastrana")
    assert Ledger.check(folder) == []
    change(folder / "events.csv", "E058", "sets", "bloc.mercosur=outside")
    assert "Did you mean 'out'" in only_problem(folder).what
    row = change(folder / "events.csv", "E058", "sets", "bloc.andean_comunity=out")
    problem = only_problem(folder)
    assert (problem.row, problem.column) == (row, "sets")
    assert "Did you mean 'bloc.andean_community'?" in problem.what


@pytest.mark.parametrize("text", ['[state."x"]\nvalues = "open"\n', "[state\n", "[state]\nx = 3\n"])
def test_a_vocabulary_that_cannot_be_read_is_one_problem(folder, text):
    (folder / "vocabulary.toml").write_text(text, encoding="utf-8")
    assert only_problem(folder).file == "vocabulary.toml"


@pytest.mark.parametrize(
    ("name", "slip"),
    [
        ("trade.totals", True),
        ("trade.totl", True),
        ("trade.tota1", False),
        ("trade.other", False),
        ("trade.totla", True),
    ],
)
def test_a_series_mistyped_by_a_letter_is_named(small, name, slip):
    rows = [{"period": str(year)} for year in (2018, 2019, 2020)]
    small.write(figures=[*rows, {"series": name}])
    problems = Ledger.check(small.folder)
    assert [p.column for p in problems] == (["series"] if slip else [])
    assert not slip or "'trade.total' but for a letter" in problems[0].what


def test_products_and_pairs_that_differ_by_a_digit_or_have_figures_of_their_own_pass(small):
    rows = [{"series": f"trade.hs0{n}", "period": str(year)} for n in (1, 2) for year in range(2018, 2021)]
    assert Ledger.check(small.write(figures=[*rows, {"series": "trade.hs03"}])) == []


@pytest.mark.parametrize(
    ("mark", "file", "key", "column"),
    [("\x1b[31m", "events.csv", "E058", "title"), ("\u202e", "sources.csv", "cow-trade-v4", "publisher"),
     ("\u2066", "claims.csv", "S0-2", "note"), ("\x85x", "claims.csv", "S0-2", "claim_es"),
     ("\u2028", "series.csv", "T200", "note"), ("\u200b", "forecasts.csv", "F02", "forecaster")],
)  # fmt: skip
def test_an_unseen_character_is_refused_with_its_number_and_its_place(folder, mark, file, key, column):
    row = change(folder / file, key, column, f"Words{mark} and more")
    found = [p for p in Ledger.check(folder) if "unseen character" in p.what]
    assert [(p.file, p.row, p.column) for p in found] == [(file, row, column)]
    assert f"U+{ord(mark[0]):04X}" in found[0].what
    assert found[0].fix.startswith("It would change how the text is shown or sent: take it out")


def test_a_problem_that_quotes_a_cell_does_not_steer_the_terminal(folder):
    change(folder / "events.csv", "E058", "direction", "\x1b]0;title\x07up\u202e")
    shown = "\n".join(str(p) for p in Ledger.check(folder))
    assert not set(shown) & set("\x1b\x07\u202e")


def test_several_paragraphs_tabs_and_joiners_are_ordinary_text(folder):
    change(folder / "claims.csv", "S0-2", "note", "First.\n\nSecond,\tthird: می\u200cخواهم.")
    assert Ledger.check(folder) == []


@pytest.mark.parametrize("file", ["vocabulary.toml", "organisations.toml"])
def test_a_records_own_words_hold_no_unseen_character(folder, file):
    (folder / file).write_text("# a note \u202e here\n", encoding="utf-8")
    problem = only_problem(folder)
    assert (problem.file, problem.what) == (file, "It holds the unseen character U+202E (right-to-left override).")
