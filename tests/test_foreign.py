"""The one safe read: every file that anybody may hand us is read, or refused in words, in bearable time."""

from __future__ import annotations

import gzip
import os
import time
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from detente._foreign import parse_json, parse_rows, parse_toml, read_bytes, read_json, read_text, read_toml
from detente.equilibrium.sectors.table_layouts import labelled
from detente.errors import DetenteError, StudyError, UnreadableFile
from detente.gravity.postestimation.saved import load_fit
from detente.language.error_words import said_error
from detente.panel import read_panel

HOSTILE = {
    "deep arrays": "a = " + "[" * 100_000,
    "deep tables": "a = " + "{a=" * 20_000,
    "long number": "format = " + "9" * 5_000,
    "long number with lines between": "format = " + "9_" * 5_000 + "9",
    "dotted key": ".".join("a" * 50_000) + " = 1",
    "dotted header": "[" + ".".join("a" * 50_000) + "]",
    "dotted inline": "x = {" + " . ".join("a" * 20_000) + " = 1}",
    "quoted dotted key": ".".join(['"a"'] * 20_000) + " = 1",
    "dotted behind a comment": "# it's\n" + ".".join("a" * 20_000) + " = 1",
    "unclosed": 'a = """' + "x" * 100_000,
    "quotes": "'" * 100_001,
    "backslashes": 'a = "' + "\\" * 99_999,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_toml_is_refused_in_words_and_at_once(text):
    began = time.process_time()
    with pytest.raises(StudyError, match=r"x\.toml"):
        parse_toml(text, "x.toml", StudyError)
    assert time.process_time() - began < 2  # 60 s before


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 50_000, "1" * 5_000, '{"a": ' + "9" * 4_500 + "}", "{", "",
                                  '"\\', "[1,]", "\ud800"])  # fmt: skip
def test_hostile_json_is_refused_in_words(text):
    with pytest.raises(UnreadableFile, match=r"x\.json"):
        parse_json(text, "x.json")


def test_what_people_write_is_read():
    long = "https://example.org/" + ".".join("words" for _ in range(200))
    text = f'a.b.c = 1 # it\'s {"a." * 80}\nurl = "{long}"\nlist = [[1, 2], [3]]\nt = """[[[[{"[" * 200}"""\n'
    found = parse_toml(text, "x.toml")
    assert found["url"] == long
    assert found["a"]["b"]["c"] == 1
    assert parse_json('{"a": "' + "[" * 500 + '"}', "x")["a"] == "[" * 500


@given(st.text(max_size=80))
@example("a = 1e400")
@example("a = 0x" + "f" * 60)
@settings(max_examples=300, deadline=None)
def test_any_text_is_toml_or_refused(text):
    with suppress(UnreadableFile):
        assert isinstance(parse_toml(text, "x.toml"), dict)


@given(st.binary(max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_text_or_refused(tmp_path_factory, raw):
    path = tmp_path_factory.mktemp("x") / "x.json"
    path.write_bytes(raw)
    with suppress(UnreadableFile):  # and nothing else
        read_json(path)


def test_a_pipe_a_folder_and_an_absent_file_are_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name, said in (("pipe", "no regular file"), (".", "folder"), ("absent", "no file")):
        with pytest.raises(UnreadableFile, match=said):
            read_bytes(tmp_path / name)
    with pytest.raises(UnreadableFile):
        read_bytes(tmp_path / "a\0b")


def test_a_link_may_not_lead_out_of_its_folder(tmp_path):
    home = tmp_path / "study"
    (home / "record").mkdir(parents=True)
    (tmp_path / "secret").write_text("secret")
    (home / "in").write_text("mine")
    (home / "out").symlink_to(tmp_path / "secret")
    (home / "within").symlink_to(home / "in")
    (home / "circle").symlink_to(home / "circle")
    assert read_text(home / "within", inside=home) == "mine"
    for name in ("out", "../secret", "circle"):
        with pytest.raises(UnreadableFile) as refused:
            read_text(home / name, inside=home)
        assert "secret" not in str(refused.value).replace("../secret", "").replace(str(home / "../secret"), "").replace(
            "secret leads", ""
        )


def test_size_and_encoding_are_said_with_their_place(tmp_path):
    (tmp_path / "x.toml").write_bytes(b"a = 1\nb = '\xe9'\n")
    with pytest.raises(UnreadableFile, match=r"line 2.*0xe9"):
        read_toml(tmp_path / "x.toml")
    (tmp_path / "big").write_bytes(b" " * 2_000_000)
    with pytest.raises(UnreadableFile, match=r"2\.0 MB"):
        read_text(tmp_path / "big")


def test_rows_of_a_csv_come_with_their_lines():
    assert list(parse_rows('a,b\n"x\ny",2\n3,4\n', "x.csv")) == [(1, ["a", "b"]), (2, ["x\ny", "2"]), (4, ["3", "4"])]
    with pytest.raises(DetenteError, match="line 2"):
        list(parse_rows('a\n"open', "x.csv"))


NO_TABLES = {
    "binary.csv": b"a,b\x00,c\n1,2,3\n",
    "utf16.csv": "origin,destination\n".encode("utf-16"),
    "header.csv": "origin,señal\nCOL,1\n".encode("latin-1"),
    "one_line.csv": b"[" * 2_000_000,
    "one_line.txt": b"[" * 2_000_000,
    "binary.tsv": bytes(range(256)) * 64,
    "packed.csv.gz": gzip.compress(b"\0" * 100_000),
    "empty.dta": b"",
    "empty.xlsx": b"",
    "empty.parquet": b"",
    "empty.csv": b"",
}


@pytest.mark.parametrize("name", NO_TABLES)
def test_a_file_that_is_no_table_is_refused_in_words_of_the_reader(tmp_path, name):
    (tmp_path / name).write_bytes(NO_TABLES[name])
    for read in (read_panel, labelled) if name.endswith(("csv", "tsv", "txt")) else (read_panel,):
        with pytest.raises(UnreadableFile, match=name) as refused:
            read(tmp_path / name)
        if name.endswith(("csv", "tsv", "txt")):
            assert said_error(refused.value, "es")[1] == "es", "no half of it in English"
            assert " is " not in said_error(refused.value, "es")[0]


def test_a_large_file_without_lines_is_refused_before_it_is_held(tmp_path):
    for name in ("hole.csv", "hole.txt", "hole.tsv", "hole.xlsx"):
        with (tmp_path / name).open("wb") as hole:
            hole.truncate(2 << 30)
        began = time.process_time()
        with pytest.raises(UnreadableFile, match=name):
            read_panel(tmp_path / name)
        assert time.process_time() - began < 2  # 20 s and 2 GB before


def test_an_empty_folder_is_no_panel(tmp_path):
    with pytest.raises(UnreadableFile, match="holds no files"):
        read_panel(tmp_path)


@pytest.mark.parametrize("open_it", [read_panel, labelled, load_fit])
def test_a_pipe_is_refused_by_whoever_reads_tables_and_fits(tmp_path, open_it):
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(UnreadableFile, match="no regular file"):
        open_it(tmp_path / "pipe.csv")
