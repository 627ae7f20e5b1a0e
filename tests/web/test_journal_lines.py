"""The journal line by line: what counts as done, what is the last change, and which lines are passed over."""

from __future__ import annotations

import json
import time
from types import SimpleNamespace

import pytest

from detente.errors import OutputError
from detente.web.editor import journal
from detente.web.editor.journal import JOURNAL, begin, last_change, named

ADDED = {"table": "events", "id": "E1", "before": None, "after": "E1,x", "at": None}


@pytest.fixture
def study(tmp_path):
    return SimpleNamespace(folder=tmp_path)


def write(study, *lines):
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    (study.folder / JOURNAL).write_text(text, encoding="utf-8")


def change(id_, row="E1", **more):
    return {"id": id_, "time": 1.0, "changes": [{**ADDED, "id": row, **more}]}


def last(study):
    found = last_change(study)
    return found and found["changes"][0]["id"]


def test_a_change_that_is_begun_is_written_as_it_was_given_and_says_how_it_ends(study, monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 5.5)
    path, line = begin(study, {"changes": [{**ADDED, "after": "É"}]})
    assert path == study.folder / JOURNAL
    text = path.read_text(encoding="utf-8")
    written = json.loads(text)
    assert "É" in text  # readable, not escaped
    assert written["time"] == 5.5
    assert written["changes"] == [{**ADDED, "after": "É"}]
    assert json.loads(line) == {"done": written["id"]}
    assert len(written["id"]) == 16
    assert begin(study, {"changes": []})[1] != line
    assert last_change(study) is None  # begun is not done


def test_a_journal_that_cannot_be_written_is_an_error_with_its_reason(study):
    (study.folder / JOURNAL).mkdir()
    with pytest.raises(OutputError, match=r"The journal cannot be written: .+\.") as failed:
        begin(study, {"changes": []})
    assert failed.value.fix == journal.FIX


def test_the_last_change_is_the_last_done_and_not_undone(study):
    assert last_change(study) is None  # no journal at all
    write(study, change("a", "A"), change("b", "B"), {"done": "b"}, {"done": "a"})
    assert last(study) == "A"  # by what was done last, not begun last
    assert last_change(study)["id"] == "a"
    write(study, change("a", "A"), {"done": "a"}, change("b", "B"), {"done": "b"}, change("c", "C"))
    assert last(study) == "B"  # c was begun only
    undo = {"id": "u", "time": 2.0, "undoes": "b"}
    write(study, change("a", "A"), {"done": "a"}, change("b", "B"), {"done": "b"}, undo)
    assert last(study) == "B"  # an undo that was not done
    write(study, change("a", "A"), {"done": "a"}, change("b", "B"), {"done": "b"}, undo, {"done": "u"})
    assert last(study) == "A"
    more = {"id": "v", "time": 3.0, "undoes": "a"}
    write(
        study,
        change("a", "A"),
        {"done": "a"},
        change("b", "B"),
        {"done": "b"},
        undo,
        {"done": "u"},
        more,
        {"done": "v"},
    )
    assert last_change(study) is None
    write(study, change("a", "A"), {"done": "a"}, {"done": "a"}, change("b", "B"), {"done": "b"}, {"done": "a"})
    assert last(study) == "B"  # said twice is done once, when it was said first
    write(study, {"done": "a"}, change("a", "A"))
    assert last(study) == "A"  # the order of the two does not matter, as long as both are there
    write(study, {"id": 7, **{k: v for k, v in change("x", "A").items() if k != "id"}}, {"done": 7})
    assert last(study) == "A"  # ids are compared as text


def test_lines_of_older_versions_count_as_done(study):
    old = {"time": 5.0, "changes": [{**ADDED, "id": "A"}]}
    newer = {"time": 6.0, "changes": [{**ADDED, "id": "B"}]}
    write(study, old, newer)
    assert last(study) == "B"
    assert last_change(study)["id"] == "at 6.0"
    write(study, old, newer, {"time": 7.0, "undoes": 6.0})
    assert last(study) == "A"
    write(study, old, change("c", "C"), {"done": "c"}, {"id": "u", "time": 9.0, "undoes": "at 5.0"}, {"done": "u"})
    assert last(study) == "C"
    write(study, old, {"id": "u", "time": 9.0, "undoes": "at 5.0"}, {"done": "u"})
    assert last_change(study) is None


@pytest.mark.parametrize(
    ("part", "good"),
    [
        ({"before": None, "after": "x", "at": None}, True),  # a new row
        ({"before": "x", "after": "y", "at": None}, True),
        ({"before": None, "after": "x", "at": 3}, True),
        ({"before": "x", "after": None, "at": 3}, True),  # a deletion says where the row stood
        ({"before": "x", "after": None, "at": None}, False),
        ({"before": "x", "after": None, "at": "3"}, False),
        ({"before": None, "after": None, "at": 3}, False),
        ({"before": 1, "after": "x", "at": 3}, False),
        ({"before": "x", "after": 1, "at": 3}, False),
        ({"before": 1, "after": 1, "at": 3}, False),
        ({"id": 5, "before": None, "after": "x"}, False),
        ({"table": "nothing", "before": None, "after": "x"}, False),
        ({"table": None, "before": None, "after": "x"}, False),
    ],
)
def test_only_what_can_be_taken_back_is_a_change(study, part, good):
    write(
        study,
        change("a", "A"),
        {"done": "a"},
        {**change("b"), "changes": [{**ADDED, "id": "B", **part}]},
        {"done": "b"},
    )
    assert last(study) == ("B" if good else "A")
    both = [{**ADDED, "id": "B"}, {**ADDED, "id": "C", **part}]
    write(study, change("a", "A"), {"done": "a"}, {**change("b"), "changes": both}, {"done": "b"})
    assert last(study) == ("B" if good else "A")  # one that cannot spoils the whole


@pytest.mark.parametrize("changes", [[], None, 1, "x", {}, [1], [None], ["x"], [[]]])
def test_what_is_no_list_of_changes_is_passed_over(study, changes):
    write(study, change("a", "A"), {"done": "a"}, {"id": "b", "time": 1, "changes": changes}, {"done": "b"})
    assert last(study) == "A"


@pytest.mark.parametrize("line", ["", "x", "[1]", '{"id"', "{" * 50_000, '"{}"', " " + json.dumps({"done": "b"})])
def test_lines_that_are_no_object_are_passed_over(study, line):
    write(study, change("a", "A"), {"done": "a"}, change("b", "B"), line, change("c", "C"), {"done": "c"})
    assert last(study) == "C"
    write(study, change("a", "A"), {"done": "a"}, change("b", "B"), line)
    assert last(study) == "A"


def test_bytes_of_no_text_spoil_their_own_line_only(study):
    write(study, change("a", "A"))
    with (study.folder / JOURNAL).open("ab") as out:
        out.write(b'\xff\xfe{"done": "b"}\n{"done": "a"}\n')
    assert last(study) == "A"


def test_a_line_may_be_as_long_as_the_limit_and_no_longer(study, monkeypatch):
    done = json.dumps({"done": "a"})
    monkeypatch.setattr(journal, "LONGEST", len(json.dumps(change("a", "A"))))
    write(study, change("a", "A"), done)
    assert last(study) == "A"
    monkeypatch.setattr(journal, "LONGEST", len(json.dumps(change("a", "A"))) - 1)
    assert last_change(study) is None


def test_the_limit_of_a_line_is_far_above_any_upload_s_share():
    assert journal.LONGEST == 64 * 1024 * 1024


def test_a_journal_that_leads_out_of_the_study_is_not_read(study, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "journal"
    elsewhere.write_text(json.dumps(change("a", "A")) + "\n" + json.dumps({"done": "a"}) + "\n")
    (study.folder / JOURNAL).symlink_to(elsewhere)
    assert last_change(study) is None


def test_rows_are_named_in_full_up_to_five():
    def entry(n):
        return {"changes": [{"id": f"E{k}"} for k in range(n)]}

    assert named(None) == ""
    assert named(entry(1)) == "E0"
    assert named(entry(5)) == "E0, E1, E2, E3, E4"
    assert named(entry(6)) == "E0, E1, E2 … (6)"
