"""A reader's language costs its words, its names of economies and its page: French by ten sentences.

Its code here is one that ISO 639 keeps for local use, so that French itself can be added.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from detente.cli.app import run
from detente.economies import in_text, lookup, name_of
from detente.edition import gather, make
from detente.edition.making import Order
from detente.errors import UnreadableFile, UsageError
from detente.language import LANGUAGES, Catalogue, Number, Text, phrase, said, translations
from detente.language.error_words import said_error
from detente.report import render_report
from detente.study import open_study

WORDS = """\
[language]
name = "Français"
joints = [['\\bde le ', 'du '], ['\\bà le ', 'au '], ['\\bde les ', 'des ']]
chart_locale = "fr-FR"

[number]
thousands = "\u202f"
decimal = ","
percent = "{value} %"
million = "{value} millions de dollars"

[dates]
day = "{day} {month} {year}"

[months]
02 = "févr."

[reason]
no_event = "Le registre, tel qu'il était ce jour-là, ne contient pas l'événement."
dated = "L'événement est daté du {date}, dans la période affirmée, {claimed}."

[answer]
no_total = "Aucun total du commerce entre {a} et {b} ne figure au registre."
and = "{first} et {last}"
"""
NAMES = "code,name,article\nGBR,Royaume-Uni,le\nDEU,Allemagne,l'\nUSA,États-Unis,les\nEU,Union européenne,l'\n"
ERRORS = "english,translation\nThere is no job {}.,Il n'y a pas de tâche {}.\nTry again.,Réessayez.\n"


@pytest.fixture
def french(tmp_path: Path) -> Iterator[Catalogue]:
    folder = tmp_path / "qfr"
    folder.mkdir()
    (folder / "words.toml").write_text(WORDS, encoding="utf-8")
    (folder / "economies.csv").write_text(NAMES, encoding="utf-8")
    (folder / "errors.csv").write_text(ERRORS, encoding="utf-8")
    LANGUAGES.add(folder)
    yield Catalogue("qfr")
    LANGUAGES.drop("qfr")


def test_its_sentences_carry_its_names_numbers_and_dates(french: Catalogue):
    ends = {"a": in_text("GBR", "qfr"), "b": in_text("DEU", "qfr")}
    assert french("answer.no_total", **ends) == (
        "Aucun total du commerce entre le Royaume-Uni et l'Allemagne ne figure au registre."
    )
    assert french.number(-1234567.8, 1) == "−1\u202f234\u202f567,8"
    assert french.percent(12.5) == "12,5 %"
    assert french.date("2019-02-23") == "23 févr. 2019"
    assert said(Number("-1,234.5"), french) == "−1\u202f234,5"


def test_a_value_joins_the_words_around_it(french: Catalogue, monkeypatch: pytest.MonkeyPatch):
    words = Catalogue("qfr", {"answer.of": "les exportations de {a}"})
    assert words("answer.of", a=in_text("GBR", "qfr")) == "les exportations du Royaume-Uni"
    assert words("answer.of", a=in_text("USA", "qfr")) == "les exportations des États-Unis"


def test_what_it_lacks_is_english_and_marked_as_such(french: Catalogue):
    assert french("reason.on_record") == "[en] The event is on record."
    assert french("number.billion", value="7,2") == "US$7,2 billion"
    assert french("screen.from_to", before="1", after="2") == "1 → 2"
    assert french("answer.between", low=french("number.about_zero"), high="2") == "[en] between about 0% and 2"
    assert french.known("verdict", "imprecise") == "[en] imprecise"
    assert french.known("unit", "usd_mn") == "US$ million"
    assert french.known("verdict", "nobody's word") == "nobody's word"
    assert name_of("FRA", "qfr") == "France"
    text = Text("reason.no_event")
    assert translations("qfr", [text]) == {str(text): french("reason.no_event")}


def test_its_names_are_understood(french: Catalogue):
    assert lookup("allemagne") == "DEU"
    assert lookup("Royaume Uni") == "GBR"


def test_its_names_of_blocs_stand_among_its_economies(french: Catalogue):
    assert in_text("EU", "qfr") == "l'Union européenne"
    assert phrase(french, "bloc.european_union", "out") == "[en] outside l'Union européenne"


def test_its_errors_are_said_from_its_own_folder(french: Catalogue):
    error = UsageError("There is no job 7.", fix="Try again.")
    assert said_error(error, "qfr") == ("Il n'y a pas de tâche 7. Réessayez.", "qfr")
    LANGUAGES.drop("qfr")
    assert said_error(error, "es")[1] == "es"


def test_a_command_and_a_report_answer_in_it(french: Catalogue, capsys: pytest.CaptureFixture[str]):
    assert run(["outlook", "GBR", "DEU", "--on", "2025-01-01", "--lang", "qfr"]) == 0
    assert "le Royaume-Uni" in capsys.readouterr().out
    found = open_study("qatar-saudi-arabia").run(quick=True)
    page = render_report(found, "qfr")
    assert '<html lang="qfr"' in page
    assert re.search(r'lang="qfr"[^>]*>Français<', page)
    assert "[en] English" not in page


def test_an_edition_is_made_in_it_with_figures_where_it_has_no_number_words(french: Catalogue, tmp_path: Path):
    subjects = gather(["qatar-saudi-arabia"], date(2026, 12, 1), out=tmp_path, quick=True)
    made = make(subjects, tmp_path, Order(date(2026, 12, 1), ("qfr",), "none"))
    assert made.fresh
    assert "2023" in (made.folder / "spoken.qfr.txt").read_text(encoding="utf-8")


def test_a_record_may_hold_it(french: Catalogue):
    from detente.record.schema import TABLES

    assert "title_qfr" in TABLES["events"].allowed
    assert {"claim_qfr", "why_not_qfr", "note_qfr"} <= set(TABLES["claims"].allowed)
    LANGUAGES.drop("qfr")
    assert "title_qfr" not in TABLES["events"].allowed


def test_a_record_with_its_column_reads_and_one_without_its_text_is_named(french: Catalogue, tmp_path: Path):
    from detente.record import Ledger
    from detente.study.study import open_study

    record = tmp_path / "record"
    record.mkdir()
    for file in open_study("colombia-venezuela").record.glob("*.csv"):
        frame = pl.read_csv(file, infer_schema=False)
        if file.name == "events.csv":
            frame = frame.with_columns(title_qfr=pl.concat_str(pl.lit("Fait "), "event_id"))
        frame.write_csv(record / file.name)
    assert Ledger.check(record) == []
    assert Ledger.read(record).events["title_qfr"][0] == "Fait E001"
    claims = pl.read_csv(record / "claims.csv", infer_schema=False)
    claims.with_columns(note_qfr=pl.when(pl.col("claim_id") == "S0-2").then(pl.lit("Une note"))).write_csv(
        record / "claims.csv"
    )
    assert [(p.file, p.column) for p in Ledger.check(record)] == [("claims.csv", "note_qfr")]


@pytest.mark.parametrize(
    ("name", "text", "error", "says"),
    [
        (
            "qfr",
            '[reason]\nno_evnt = "x"\n',
            UnreadableFile,
            "no string 'reason.no_evnt'. Did you mean 'reason.no_event'",
        ),
        ("qfr", '[reason]\ndated = "Le {jour}"\n', UnreadableFile, "the blank {jour}, which its English has not"),
        ("qfr", '[reason]\ndated = "Le {date"\n', UnreadableFile, "a brace too many or too few"),
        ("qfr", "[reason]\ndated = 3\n", UnreadableFile, "is not a string"),
        ("qfr", "[reason\n", UnreadableFile, "cannot be read"),
        ("qfr", "", UnreadableFile, "holds no words"),
        ("es", '[reason]\nno_event = "x"\n', UsageError, "already registered"),
        ("Français", '[reason]\nno_event = "x"\n', UsageError, "is not a language code"),
    ],
)
def test_a_wrong_file_is_a_named_error_and_leaves_nothing(tmp_path: Path, name: str, text: str, error, says: str):
    folder = tmp_path / name
    folder.mkdir()
    (folder / "words.toml").write_text(text, encoding="utf-8")
    known = list(LANGUAGES)
    with pytest.raises(error) as raised:
        LANGUAGES.add(folder)
    assert says in str(raised.value)
    assert list(LANGUAGES) == known


KIND = """\
[en.sourced]
found = "{n} sources"

[es.sourced]
found = "{n} fuentes"

[qfr.sourced]
found = "{n} sources publiées"
"""


def test_a_kinds_words_stand_in_one_file_for_every_language(french: Catalogue, tmp_path: Path):
    file = tmp_path / "sourced.toml"
    file.write_text(KIND, encoding="utf-8")
    LANGUAGES.add_words(file)
    try:
        assert [Catalogue(code)("sourced.found", n="3") for code in ("en", "es")] == ["3 sources", "3 fuentes"]
        assert french("sourced.found", n="3") == "3 sources publiées"
        with pytest.raises(UnreadableFile, match=r"'sourced\.found' appears twice"):
            LANGUAGES.add_words(file)
    finally:
        LANGUAGES.drop_words(file)
    assert not Catalogue("en").has("sourced.found")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[sourced]\nfound = "x"\n', "'sourced' is not a language"),
        ('en = "x"\n', "'en' is not a language"),
        ('[en.verdict]\nconfirmed = "true"\n', r"'verdict\.confirmed' appears twice"),
        ('[es.sourced]\nfound = "x"\n', r"no string 'sourced\.found'"),
        ('[en.sourced]\nfound = "x"\n[es.sourced]\nfound = "{n}"\n', "the blank {n}, which its English has not"),
        ("[en.sourced\n", "cannot be read"),
    ],
)
def test_a_wrong_file_of_words_is_a_named_error_and_leaves_nothing(tmp_path: Path, text: str, says: str):
    file = tmp_path / "sourced.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableFile, match=says):
        LANGUAGES.add_words(file)
    assert file not in LANGUAGES.kinds
    assert not Catalogue("en").has("sourced.found")
