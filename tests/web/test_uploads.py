"""Uploads: hostile files are refused in words, honest ones are read, shown and used only when somebody agrees."""

from __future__ import annotations

import gzip
import io
import os
import re
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest

pytest.importorskip("httpx2", reason="starlette's test client needs httpx2")
pytest.importorskip("openpyxl")
from starlette.testclient import TestClient

from detente.attribution import attribute
from detente.data.tables.archives import Limits, check_archive
from detente.errors import OutputError, StudyError, UnreadableFile, UsageError
from detente.panel import read_panel
from detente.record import Ledger
from detente.record.exchange.returning import read_workbook
from detente.record.exchange.spreadsheet import write_workbook
from detente.study import open_study
from detente.web import Keys, Site, Workspace, create_app
from detente.web.editor import uploads
from detente.web.editor.reading import panel_frame
from detente.web.editor.study_edits import choose_panel, keep_panel
from detente.web.editor.uploads import KINDS, Uploads, check_file
from small_world import small_world

TOKEN = "t" * 32
SRC = Path(__file__).resolve().parents[2] / "src"
LIMITS = Limits(20, 40_000_000, 80_000_000)


@pytest.fixture
def site(tmp_path):
    space = Workspace(tmp_path)
    space.copy(open_study("colombia-venezuela"), "copy")
    site = Site(space, Keys(token=TOKEN))
    yield site
    site.close()


@pytest.fixture
def client(site):
    headers = {"x-detente-token": TOKEN, "accept": "application/json"}
    return TestClient(create_app(site), base_url="http://localhost", headers=headers, follow_redirects=False)


def _sent(client, kind, name, body):
    return client.post(f"/s/copy/data/{kind}", params={"name": name}, content=body)


def _finished(client, answer):
    """The job of an upload, once it has ended."""
    assert answer.status_code == 200, answer.text
    end = time.monotonic() + 180  # a bound, not a wait: the machine may be busy
    while time.monotonic() < end:
        job = client.get(answer.json()["location"]).json()["job"]
        if job["state"] != "running":
            return job
        time.sleep(0.05)
    raise AssertionError("the reading did not end")


def _zip(*files, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, body in files:
            archive.writestr(name, body)
    return out.getvalue()


# Archives.


def _link():
    entry = zipfile.ZipInfo("country_codes_V1.csv")
    entry.external_attr = (0o120777) << 16
    return entry


def _twice():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.csv", "1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.csv", "2")
    return out.getvalue()


def _overlapping():
    """Two entries of the directory that point at one and the same packed bytes."""
    raw = bytearray(_zip(("a.csv", b"x" * 5000), ("b.csv", b"y" * 5000), compression=zipfile.ZIP_STORED))
    second = raw.rindex(b"PK\x01\x02")
    raw[second + 42 : second + 46] = (0).to_bytes(4, "little")
    return bytes(raw)


def _encrypted():
    raw = bytearray(_zip(("a.csv", b"x")))
    place = raw.index(b"PK\x01\x02") + 8
    raw[place] |= 1
    return bytes(raw)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (lambda: _zip(("BACI_HS92_Y2010_V1.csv", b"0" * 30_000_000)), "more than 250 times"),
        (lambda: _zip(("a.csv", os.urandom(1000) * 45_000)), "0.0 GB; 0.04 GB are allowed for one file"),
        (lambda: _zip(*((f"{k}.csv", os.urandom(1000) * 30_000) for k in range(3))), "unpacks to 0.1 GB"),
        (lambda: _zip(*((f"{k}.csv", "x") for k in range(21))), "holds 21 files"),
        (lambda: _zip(("inner.zip", b"PK")), "an archive itself"),
        (lambda: _zip(("BACI.csv.gz", b"x")), "an archive itself"),
        (lambda: _zip(("../../etc/cron.d/x", b"x")), "points out of the archive"),
        (lambda: _zip(("/etc/passwd", b"x")), "points out of the archive"),
        (lambda: _zip(("..\\..\\x.csv", b"x")), "points out of the archive"),
        (lambda: _zip(("C:\\x.csv", b"x")), "points out of the archive"),
        (lambda: _zip((_link(), b"/etc/passwd")), "is a link"),
        (lambda: _zip(("a.csv", b"x" * 99), compression=zipfile.ZIP_LZMA), "packed in an unusual way"),
        (_twice, "names a file twice"),
        (_overlapping, "lie over one another"),
        (_encrypted, "is encrypted"),
        (lambda: b"PK\x03\x04 and nothing else", "not a zip archive"),
        (lambda: _zip(("a.csv", b"x" * 999))[:-30], "not a zip archive"),
    ],
)
def test_an_archive_that_could_do_harm_is_refused_before_it_is_unpacked(tmp_path, body, said):
    (tmp_path / "x.zip").write_bytes(body())
    with pytest.raises(UnreadableFile, match=re.escape(said)):
        check_archive(tmp_path / "x.zip", LIMITS)


def test_an_ordinary_archive_passes(tmp_path):
    rows = "\n".join(f"2010,{i},{j},{i * j},{i / j:.3f},1" for i in range(1, 400) for j in range(1, 400))
    (tmp_path / "x.zip").write_bytes(_zip(("BACI_HS92_Y2010_V1.csv", rows), ("Readme.txt", "x")))
    check_archive(tmp_path / "x.zip", LIMITS)


def test_an_archive_that_lies_about_its_sizes_is_called_damaged(tmp_path):
    body = b"t,i,j,k,v,q\n" + b"2010,170,862,1,5,1\n" * 1000
    raw = bytearray(_zip(("BACI_HS92_Y2010_V202501.csv", body)))
    place = raw.index(b"PK\x01\x02") + 24
    raw[place : place + 4] = (100).to_bytes(4, "little")
    (tmp_path / "x.zip").write_bytes(raw)
    check_archive(tmp_path / "x.zip", LIMITS)  # what it declares is harmless
    with pytest.raises(UnreadableFile, match="damaged"):
        read_panel(tmp_path / "x.zip")


# Workbooks.


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return write_workbook(open_study("colombia-venezuela").ledger(), tmp_path_factory.mktemp("book") / "record.xlsx")


def _with_part(book, target, change):
    """The workbook with one part replaced by what ``change`` makes of it."""
    out = io.BytesIO()
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            raw = old.read(item.filename)
            new.writestr(item.filename, change(raw) if item.filename == target else raw)
    return out.getvalue()


LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
SHEET = "xl/worksheets/sheet3.xml"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda raw: raw.replace(b"<worksheet", LAUGHS + b"<worksheet", 1), "declares a document type"),
        (lambda raw: raw.decode().encode("utf-16"), "not UTF-8"),
        (
            lambda raw: raw.replace(
                b"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
            ),
            "merges more than",
        ),
        (
            lambda raw: raw.replace(
                b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" t="s"><v>0</v></c></row></sheetData>'
            ),
            "reaches to row 1,048,576",
        ),
    ],
    ids=["entities", "another encoding", "merged", "far cell"],
)
def test_a_workbook_that_would_expand_is_refused_and_the_record_stays(book, tmp_path, change, said):
    (tmp_path / "x.xlsx").write_bytes(_with_part(book, SHEET, change))
    with pytest.raises(Exception, match=said) as refused:
        read_workbook(tmp_path / "x.xlsx", tmp_path / "record")
    assert type(refused.value).__name__ in ("UnreadableFile", "RecordError")
    assert not (tmp_path / "record").exists() or not list((tmp_path / "record").iterdir())


# Single files.


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("panel.csv", gzip.compress(b"exporter,importer,year,trade_usd_mn\n" * 10, mtime=0), "not plain text"),
        ("panel.csv", b"exporter,importer\x00,year", "not plain text"),
        ("panel.csv", b"", "empty"),
        ("panel.csv", _zip(("a", b"x")), "not plain text"),
        ("panel.parquet", b"exporter,importer,year,trade_usd_mn\n", "not what its name says"),
        ("panel.parquet", b"PAR1" + b"\xff" * 4000 + b"PAR1", "no Parquet"),
        ("panel.zip", b"GIF89a", "not what its name says"),
    ],
    ids=["packed", "null", "empty", "zip", "text", "damaged", "picture"],
)
def test_a_file_that_is_not_what_it_says_is_refused(tmp_path, name, body, said):
    (tmp_path / name).write_bytes(body)
    with pytest.raises(UnreadableFile, match=said):
        check_file(tmp_path / name, "panel")


def test_rows_are_counted_before_they_are_read(tmp_path, monkeypatch):
    kind = KINDS["panel"]
    monkeypatch.setitem(uploads.KINDS, "panel", uploads.Kind(kind.endings, 100, 1000, 1, 1, kind.archive))
    (tmp_path / "x.csv").write_text("a,b\n" + "1,2\n" * 1002)
    pl.DataFrame({"a": np.zeros(1002)}).write_parquet(tmp_path / "x.parquet")
    for name in ("x.csv", "x.parquet"):
        with pytest.raises(UnreadableFile, match=r"1,000 (rows|are allowed)"):
            check_file(tmp_path / name, "panel")


@pytest.mark.parametrize("name", ["x.exe", "x", "x.xlsm", "../../x", ".csv", "x.csv.gz", "x.html"])
def test_a_name_of_no_known_kind_is_refused(name):
    waiting = Uploads()
    with pytest.raises(UnreadableFile, match=r"\.parquet"):
        waiting.place("panel", name)
    waiting.close()


def test_a_name_never_becomes_a_path():
    waiting = Uploads()
    place = waiting.place("panel", "../../../etc/x.csv")
    assert place.name == "upload.csv"
    assert place.parent.parent == waiting._root
    for _ in range(uploads.MOST_WAITING):
        waiting.place("panel", "x.csv")
    assert not place.parent.exists(), "the oldest makes room"
    waiting.close()
    assert not waiting._root.exists()


# Over HTTP.


def test_a_file_larger_than_allowed_is_refused_with_and_without_its_length(client, monkeypatch, site):
    kind = KINDS["record"]
    small = uploads.Kind(kind.endings, 1000, kind.most_rows, kind.seconds, kind.memory, kind.archive)
    monkeypatch.setitem(uploads.KINDS, "record", small)
    for body in (b"x" * 1001, iter([b"x" * 600, b"x" * 600])):
        answer = _sent(client, "record", "events.csv", body)
        assert answer.status_code == 422
        assert "larger than" in answer.json()["what"]
    assert site.jobs.all() == []
    assert site.uploads._root is None or not list(site.uploads._root.iterdir())


def test_an_upload_needs_the_token_our_own_pages_and_a_study_of_ones_own(client):
    bare = {"x-detente-token": ""}
    assert client.post("/s/copy/data/record?name=events.csv", content=b"x", headers=bare).status_code == 403
    cross = {"sec-fetch-site": "cross-site"}
    assert client.post("/s/copy/data/record?name=events.csv", content=b"x", headers=cross).status_code == 403
    answer = client.post("/s/colombia-venezuela/data/record?name=events.csv", content=b"x")
    assert answer.status_code == 422
    assert "ships with the package" in answer.json()["what"]
    assert client.post("/s/copy/data/other?name=events.csv", content=b"x").status_code == 404


@pytest.mark.parametrize(
    ("kind", "name", "body", "said"),
    [
        ("panel", "x.zip", _zip(("BACI_HS92_Y2010_V1.csv", b"0" * 30_000_000)), "more than 250 times"),
        ("panel", "x.csv", b"a,b\n1,2\n", "exporter"),
        ("panel", "x.csv", b"exporter,importer,year,trade_usd_mn\nCOL,VEN,2010,-5\n", "negative"),
        ("panel", "x.csv", b"exporter,importer,year,trade_usd_mn\n" + b"\xff\xfe\xfd" * 99, "cannot be read"),
        ("record", "x.csv", b'"' + b"x" * 200_000, "not UTF-8 CSV"),
        ("record", "x.csv", b"a,b\n1,2\n", "none of a record's tables"),
        ("record", "x.xlsx", _zip(("[Content_Types].xml", b"<!DOCTYPE x>")), "declares a document type"),
        ("record", "x.xlsx", _zip(("x.txt", b"x")), "not an .xlsx workbook"),
    ],
)
def test_what_cannot_be_read_ends_in_words_and_leaves_nothing(client, site, kind, name, body, said):
    before = _files(site)
    job = _finished(client, _sent(client, kind, name, body))
    assert job["state"] == "failed"
    assert said in job["message"]
    assert "Traceback" not in job["message"]
    assert _files(site) == before
    assert list(site.uploads._root.iterdir()) == []
    assert client.get(f"/s/copy/data/{job['id']}").status_code == 422


def _files(site):
    folder = site.workspace.root / "copy"
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_reading_is_stopped_after_its_time_and_by_the_user(client, site, monkeypatch):
    body = b"exporter,importer,year,trade_usd_mn\n" + b"COL,VEN,2010,1\n" * 3_000_000
    stopped = _sent(client, "panel", "x.csv", body).json()["location"]
    client.post(f"{stopped}/cancel")
    job = _finished(client, _answer(stopped))
    assert job["state"] == "cancelled"
    kind = KINDS["panel"]
    hurried = uploads.Kind(kind.endings, kind.most_bytes, kind.most_rows, 0.2, kind.memory, kind.archive)
    monkeypatch.setitem(uploads.KINDS, "panel", hurried)
    job = _finished(client, _sent(client, "panel", "x.csv", body))
    assert job["state"] == "failed"
    assert "longer than 0.2 seconds" in job["message"]
    end = time.monotonic() + 180
    while list(site.uploads._root.iterdir()) and time.monotonic() < end:
        time.sleep(0.05)
    assert list(site.uploads._root.iterdir()) == []


def _answer(location):
    class Answer:
        status_code = 200

        def json(self):
            return {"location": location}

    return Answer()


@pytest.mark.skipif(sys.platform == "win32", reason="the system has no limit of memory")
def test_a_reader_that_wants_too_much_memory_says_so(tmp_path):
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    n = 1_000_000
    part = pa.table({"exporter": ["COL"] * n, "importer": ["VEN"] * n, "year": np.full(n, 2010), "trade": np.ones(n)})
    with pq.ParquetWriter(tmp_path / "upload.parquet", part.schema) as out:
        for _ in range(50):
            out.write_table(part)
    assert (tmp_path / "upload.parquet").stat().st_size < 1_000_000, "a small file of many rows"
    code = (
        "import sys; from dataclasses import replace; from detente.web.editor import reading, uploads; "
        "uploads.KINDS['panel'] = replace(uploads.KINDS['panel'], memory=1_500_000_000); "
        "sys.exit(reading.main(*sys.argv[1:]))"
    )
    study = open_study("colombia-venezuela").folder
    done = subprocess.run(
        [sys.executable, "-c", code, "panel", str(tmp_path / "upload.parquet"), str(study), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(SRC), "POLARS_MAX_THREADS": "1"}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode != 0
    assert not (tmp_path / "found.json").exists()
    from detente.web.http.jobs import last_words

    said = last_words(done.stderr, done.returncode) if '"error"' not in done.stdout else done.stdout
    assert "memory" in said


# A panel from the file to the desks, and back.


def test_a_panel_is_read_shown_used_and_left_again(client, site):
    panel = small_world()
    body = panel.to_frame().rename({"trade": "value_usd_mn"}).write_csv().encode()
    job = _finished(client, _sent(client, "panel", "My Panel (new).csv", body))
    assert job["state"] == "done", job
    before = _files(site)
    found = client.get(f"/s/copy/data/{job['id']}").json()["found"]
    assert (found["n_economies"], found["years"][0], found["misfits"]) == (21, 2000, [])
    assert _files(site) == before, "looking changes nothing"
    assert client.post(f"/s/copy/data/{job['id']}/use").json()["location"].startswith("/s/copy/data?chosen=")
    after = _files(site)
    assert set(after) - set(before) == {"panels/my-panel-new.parquet"}
    old, new = before["study.toml"].decode().splitlines(), after["study.toml"].decode().splitlines()
    assert [b.split("#")[0].strip() for a, b in zip(old, new, strict=True) if a != b] == [
        'use = "panels/my-panel-new.parquet"'
    ]
    shown = client.get("/s/copy/attribution").json()
    again = read_panel(panel.to_frame().rename({"trade": "value_usd_mn"}))
    assert shown["panel"] == "my-panel-new.parquet"
    assert shown["answer"]["findings"][0]["dyad_part"] == pytest.approx(
        attribute(again, "COL", "VEN", [(2008, 2010)], [(2000, 2004)], quick=True).findings[0].split.dyad_part, abs=1e-9
    )
    assert client.post(f"/s/copy/data/{job['id']}/use").status_code == 422, "an upload is used once"
    client.post("/s/copy/panel", data={"use": "world"})
    assert client.get("/s/copy/attribution").json()["panel"] == "world panel"
    assert client.post("/s/copy/panel", data={"use": "../../secret.parquet"}).status_code == 422


def test_baci_as_published_is_read_from_its_zip_with_its_notes(client):
    countries = "country_code,country_name,country_iso2,country_iso3\n170,Colombia,CO,COL\n862,Venezuela,VE,VEN\n"
    flows = "t,i,j,k,v,q\n{y},170,862,10121,100.5,1\n{y},170,862,10190,20,NA\n{y},862,170,10121,7,1\n"
    body = _zip(
        ("country_codes_V202501.csv", countries),
        *((f"BACI_HS92_Y{y}_V202501.csv", flows.replace("{y}", str(y))) for y in range(2000, 2003)),
    )
    job = _finished(client, _sent(client, "panel", "BACI_HS92_V202501.zip", body))
    assert job["state"] == "done", job
    found = client.get(f"/s/copy/data/{job['id']}").json()["found"]
    assert (found["n_economies"], found["years"]) == (2, [2000, 2001, 2002])
    assert found["last_usd_mn"] == pytest.approx(0.1275)  # 100.5 + 20 + 7 thousand US$
    assert "9 product rows summed" in found["notes"][0]
    assert any("'freeze'" in text for text in found["misfits"])


def test_a_panel_that_does_not_fit_is_shown_and_cannot_be_used(client, site):
    body = b"exporter,importer,year,trade_usd_mn\nCOL,VEN,2008,5\nVEN,COL,2010,6\n"
    job = _finished(client, _sent(client, "panel", "small.csv", body))
    found = client.get(f"/s/copy/data/{job['id']}").json()["found"]
    assert any("2000-2004" in text for text in found["misfits"])
    spanish = client.get(f"/s/copy/data/{job['id']}?lang=es", headers={"accept": "text/html"}).text
    assert '<li lang="es">Los años base 2000-2004 no tienen ninguno de los años del panel.</li>' in spanish
    before = _files(site)
    for language, said in (("en", "does not fit"), ("es", "no sirve para el estudio")):
        answer = client.post(f"/s/copy/data/{job['id']}/use", params={"lang": language})
        assert answer.status_code == 422
        assert said in answer.json()["error"]
    assert _files(site) == before


def test_missing_flows_stay_missing_and_zeros_zero_on_the_way(tmp_path):
    frame = pl.DataFrame(
        {"exporter": ["COL", "VEN", "COL", "PER"], "importer": ["VEN", "COL", "PER", "PER"], "year": [2010] * 4,
         "trade_usd_mn": [5.0, None, 0.0, 9.0]}
    )  # fmt: skip
    panel = read_panel(frame)
    panel_frame(panel).write_parquet(tmp_path / "p.parquet")
    again = read_panel(tmp_path / "p.parquet")
    assert again.economies == panel.economies
    assert np.array_equal(again.flows, panel.flows, equal_nan=True)


def test_a_link_out_of_the_study_and_an_odd_study_toml_are_refused_and_nothing_is_half_done(site, tmp_path_factory):
    study = site.workspace.study("copy")
    outside = tmp_path_factory.mktemp("outside")
    (study.folder / "panels").symlink_to(outside, target_is_directory=True)
    (outside / "x.parquet").write_bytes(b"PAR1")
    with pytest.raises(OutputError, match="leads out"):
        keep_panel(study, outside / "x.parquet", "y.csv")
    assert [p.name for p in outside.iterdir()] == ["x.parquet"]
    text = (study.folder / "study.toml").read_text(encoding="utf-8")
    odd = re.sub(r"(?ms)^\[panel\]\n.*?(?=^\[)", "", text).replace(
        "format = 1", 'format = 1\npanel = {use = "embedded"}'
    )
    (study.folder / "study.toml").write_text(odd, encoding="utf-8")
    with pytest.raises(StudyError):
        choose_panel(site.workspace.study("copy"), "panels/x.parquet")
    assert (study.folder / "study.toml").read_text(encoding="utf-8") == odd


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('[panel]\r\nuse = "embedded"   # ours\r\n\r\n', '[panel]\r\nuse = "panels/x.parquet"   # ours\r\n\r\n'),
        ("[panel] # flows\nuse='embedded'\n\n", '[panel] # flows\nuse = "panels/x.parquet"\n\n'),
        ('[panel]\n# use = "other.csv"\n\n', '[panel]\nuse = "panels/x.parquet"\n# use = "other.csv"\n\n'),
        ("", None),
    ],
    ids=["line ends and comments", "another quote", "not named yet", "no panel at all"],
)
def test_naming_a_panel_changes_that_line_alone(site, before, after):
    study = site.workspace.study("copy")
    path = study.folder / "study.toml"
    text = path.read_bytes().decode()
    rest = re.sub(r"(?ms)^\[panel\]\n.*?(?=^\[)", "", text)
    head, tail = rest.split("[attribution]", 1)
    path.write_bytes(f"{head}{before}[attribution]{tail}".encode())
    choose_panel(site.workspace.study("copy"), "panels/x.parquet")
    now = path.read_bytes().decode()
    if after is None:
        assert now == f'{rest.rstrip()}\n\n[panel]\nuse = "panels/x.parquet"\n'
    else:
        assert now == f"{head}{after}[attribution]{tail}"


# A record from the file into the study, and back.


def _events(*rows):
    head = "event_id,date,title,kind,direction,source_ids,note"
    return "\n".join([head, *rows, ""]).encode()


def test_a_record_is_merged_shown_decided_and_undone(client, site):
    study = site.workspace.study("copy")
    before = _files(site)
    stands = next(r for r in study.ledger().events.to_dicts() if r["event_id"] == "E040")
    sources = ";".join(stands["source_ids"].split(";"))
    body = _events(
        f'E040,{stands["date"]},"Another title",{stands["kind"]},{stands["direction"]},{sources},',
        "N001,2026-10-01,A new event,election,0,unsourced,from a file",
    )
    job = _finished(client, _sent(client, "record", "events.csv", body))
    found = client.get(f"/s/copy/data/{job['id']}").json()["found"]
    assert [(c["id"], c["column"], c["theirs"]) for c in found["conflicts"]] == [("E040", "title", "Another title")]
    assert [row["id"] for row in found["rows"] if not row["digest"]] == ["N001"]
    assert found["same"] == 0
    assert _files(site) == before
    where = client.post(f"/s/copy/data/{job['id']}/use", data={"take-0": "theirs"}).json()["location"]
    assert where.startswith("/s/copy/record/events?saved=")
    ledger = site.workspace.study("copy").ledger()
    assert ledger.event("E040").title == "Another title"
    assert ledger.event("N001").title == "A new event"
    client.post("/s/copy/record/events/undo")
    now = _files(site)
    now.pop(".detente-journal.jsonl")
    assert now == before


def test_what_the_study_has_stays_where_nothing_else_is_chosen(client, site):
    stands = next(r for r in site.workspace.study("copy").ledger().events.to_dicts() if r["event_id"] == "E040")
    row = f"E040,{stands['date']},Another,{stands['kind']},{stands['direction']},{stands['source_ids']},"
    job = _finished(client, _sent(client, "record", "events.csv", _events(row)))
    before = _files(site)
    client.post(f"/s/copy/data/{job['id']}/use", data={"all": "ours"})
    assert _files(site) == before


def test_a_whole_workbook_comes_back_as_it_went(client, site, book):
    job = _finished(client, _sent(client, "record", "record.xlsx", client.get("/s/copy/workbook").content))
    found = client.get(f"/s/copy/data/{job['id']}").json()["found"]
    ledger = site.workspace.study("copy").ledger()
    assert (found["problems"], found["rows"], found["conflicts"]) == ([], [], [])
    assert found["same"] == sum(
        getattr(ledger, name).height for name in ("sources", "events", "figures", "claims", "forecasts")
    )


def test_problems_of_a_file_are_shown_by_row_and_column_and_nothing_is_written(client, site):
    before = _files(site)
    body = _events("N001,2026-13-01,Wrong month,election,0,unsourced,", "N002,2026-01-01,Wrong kind,party,0,nobody,")
    job = _finished(client, _sent(client, "record", "events.csv", body))
    found = client.get(f"/s/copy/data/{job['id']}").json()["found"]
    text = "\n".join(found["problems"])
    assert "row 2, column 'date'" in text
    assert "row 3, column 'kind'" in text
    assert "row 3, column 'source_ids'" in text
    assert client.post(f"/s/copy/data/{job['id']}/use").status_code == 422
    assert _files(site) == before


def test_a_row_changed_after_the_file_was_read_is_not_overwritten(client, site):
    study = site.workspace.study("copy")
    stands = next(r for r in study.ledger().events.to_dicts() if r["event_id"] == "E040")
    row = f"E040,{stands['date']},Another,{stands['kind']},{stands['direction']},{stands['source_ids']},"
    job = _finished(client, _sent(client, "record", "events.csv", _events(row)))
    path = study.record / "events.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(stands["title"], "By hand"), encoding="utf-8", newline="")
    before = path.read_bytes()
    answer = client.post(f"/s/copy/data/{job['id']}/use", data={"all": "theirs"})
    assert answer.status_code == 422
    assert "was changed after" in answer.json()["error"]
    assert path.read_bytes() == before
    assert Ledger.check(study.record) == []


def test_an_upload_of_another_study_is_not_found(client, site):
    site.workspace.copy(open_study("colombia-venezuela"), "other")
    job = _finished(client, _sent(client, "record", "events.csv", _events()))
    assert client.get(f"/s/copy/data/{job['id']}").status_code == 200
    assert client.get(f"/s/other/data/{job['id']}").status_code == 422


def test_size_is_said_in_words():
    with pytest.raises(UsageError, match=r"larger than 1,024 MB.*--data"):
        uploads.check_size(2 << 30, "panel")
