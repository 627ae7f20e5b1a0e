"""An uploaded table beside the study's: what is new, what the two differ in, and what is saved of it; rows deleted by form."""

from __future__ import annotations

import csv

import pytest

from detente.errors import RecordError, UnreadableFile
from detente.record.exchange.trial import copy_record
from detente.record.schema import TABLES
from detente.study import open_study
from detente.web.editor.editor import read_file, save
from detente.web.editor.merging import THEIRS, changes, completed, merged, table_of
from detente.web.editor.row_changes import RowChange
from detente.web.http.workspace import Workspace

FIGURES = TABLES["figures"]


@pytest.fixture
def study(tmp_path):
    space = Workspace(tmp_path)
    space.copy(open_study("colombia-venezuela"), "copy")
    return space.study("copy")


@pytest.fixture
def client(study):
    pytest.importorskip("httpx2", reason="starlette's test client needs httpx2")
    from starlette.testclient import TestClient

    from detente.web import Keys, Site, create_app

    app = create_app(Site(Workspace(study.folder.parent), Keys(token="t" * 32)))
    return TestClient(app, base_url="http://localhost", headers={"x-detente-token": "t" * 32}, follow_redirects=False)


def figures(study):
    return {row.cells["figure_id"]: dict(row.cells) for row in read_file(study, "figures").rows}


def uploaded(study, tmp_path, rows):
    """The plan for a file with these rows of figures."""
    file, theirs = tmp_path / "upload.csv", tmp_path / "theirs"
    with file.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, FIGURES.allowed, restval="")
        writer.writeheader()
        writer.writerows(rows)
    assert table_of(file) is FIGURES
    theirs.mkdir()
    copy_record(study.record, theirs)
    ids = completed(file, theirs / FIGURES.file, FIGURES)
    assert ids == {row["figure_id"] for row in rows}
    return merged(study, theirs, {"figures": ids})


def test_what_is_new_filled_alike_and_in_dispute_is_told_apart_and_saved_as_decided(study, tmp_path):
    held = figures(study)
    whole = [f for f in held.values() if f["value"] and float(f["value"]) % 1]
    alike, other, written = whole[0], whole[1], next(f for f in held.values() if f["value"].isdigit())
    bare = next(f for f in held.values() if not f["note"] and f not in (alike, other, written))
    new = {**alike, "figure_id": "NEW-1", "period": "1931", "note": ""}
    rows = [
        alike,
        {**other, "value": "123.5"},
        {**written, "value": f"{written['value']}.0"},
        {**bare, "note": "seen"},
        new,
    ]
    plan = uploaded(study, tmp_path, rows)
    dispute = [(c["id"], c["column"], c["ours"], c["theirs"]) for c in plan["conflicts"]]
    assert dispute == [(other["figure_id"], "value", other["value"], "123.5")]
    assert {row["id"]: row["changed"] for row in plan["rows"]} == {
        other["figure_id"]: False, bare["figure_id"]: True, "NEW-1": True,
    }  # fmt: skip
    assert plan["same"] == 2, "one alike, one that writes its number otherwise"

    kept = changes(plan, {})
    assert {(change.id, change.cells["figure_id"]) for change in kept} == {
        (bare["figure_id"], bare["figure_id"]), ("", "NEW-1"),
    }  # fmt: skip
    save(study, changes(plan, {0: THEIRS}))
    after = figures(study)
    assert after.keys() - held.keys() == {"NEW-1"}
    assert after[other["figure_id"]] == {**other, "value": "123.5"}
    assert after[bare["figure_id"]] == {**bare, "note": "seen"}
    untouched = held.keys() - {other["figure_id"], bare["figure_id"]}
    assert {k: after[k] for k in untouched} == {k: held[k] for k in untouched}


@pytest.mark.parametrize("name", TABLES)
def test_every_file_of_a_record_is_known_by_its_header(study, name):
    assert table_of(study.record / TABLES[name].file) is TABLES[name]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"a,b\n1,2\n", "none of a record's tables"),
        (b"figure_id,source_id,event_id\n", "none of a record's tables"),
        (b"", "none of a record's tables"),
        ("figure_id,título\n".encode("latin-1"), "not UTF-8"),
    ],
)
def test_a_file_that_is_no_table_of_a_record_is_named(tmp_path, body, said):
    file = tmp_path / "x.csv"
    file.write_bytes(body)
    with pytest.raises(UnreadableFile, match=said):
        table_of(file)


def test_a_table_that_lacks_a_column_is_refused_and_nothing_is_put_in_place(study, tmp_path):
    file = tmp_path / "x.csv"
    file.write_text("figure_id,series\nF1,trade.total\n", encoding="utf-8")
    before = (study.record / FIGURES.file).read_bytes()
    with pytest.raises(RecordError, match="no column 'period'"):
        completed(file, study.record / FIGURES.file, FIGURES)
    assert (study.record / FIGURES.file).read_bytes() == before


def deleted(client, table, id_, digest):
    return client.post(f"/s/copy/record/{table}/delete", data={"id": id_, "digest": digest})


def test_a_row_is_deleted_by_its_form_once(client, study):
    save(study, [RowChange("figures", "", "", {**next(iter(figures(study).values())), "figure_id": "NEW-1",
                                               "period": "1931", "preferred": ""})])  # fmt: skip
    row = read_file(study, "figures").find("figure_id", "NEW-1")
    answer = deleted(client, "figures", "NEW-1", row.digest)
    assert answer.status_code == 303
    assert answer.headers["location"].endswith("?deleted=NEW-1")
    assert "NEW-1" not in figures(study)
    assert deleted(client, "figures", "NEW-1", row.digest).status_code == 422


def test_what_is_in_use_or_was_changed_meanwhile_is_not_deleted_by_its_form(client, study):
    source = read_file(study, "sources").find("source_id", "cepii-baci")
    refused = deleted(client, "sources", "cepii-baci", source.digest)
    assert refused.status_code == 409
    assert "used elsewhere and cannot be deleted" in refused.text
    assert "<li>series.csv, T104, source_id</li>" in refused.text
    shown = read_file(study, "events").find("event_id", "E040")
    save(study, [RowChange("events", "E040", shown.digest, {**shown.cells, "note": "meanwhile"})])
    refused = deleted(client, "events", "E040", shown.digest)
    assert refused.status_code == 409
    assert "meanwhile" in refused.text
    assert read_file(study, "events").find("event_id", "E040").cells["note"] == "meanwhile"
