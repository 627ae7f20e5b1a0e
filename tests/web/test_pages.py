"""The pages: every one has its JSON, bad input is an answer and not an end, nothing outside is read."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import polars as pl
import pytest

pytest.importorskip("httpx2", reason="starlette's test client needs httpx2")
from starlette.testclient import TestClient

from detente.errors import UnreadableFile
from detente.panel import world
from detente.study import new_study, open_study
from detente.web import Keys, Site, Workspace, create_app
from detente.web.http.openapi import ENDPOINTS
from small_world import small_world

TOKEN = "t" * 32
STUDY = "/s/colombia-venezuela"


@pytest.fixture
def space(tmp_path):
    return Workspace(tmp_path)


@pytest.fixture
def client(space):
    app = create_app(Site(space, Keys(token=TOKEN)))
    return TestClient(app, base_url="http://localhost", headers={"x-detente-token": TOKEN}, follow_redirects=False)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        STUDY,
        f"{STUDY}/desk",
        f"{STUDY}/attribution",
        f"{STUDY}/record/events",
        f"{STUDY}/record/claims/row",
        "/jobs",
        "/no",
    ],
)
def test_every_page_has_its_json(client, path):
    page = client.get(path)
    assert page.headers["content-type"].startswith("text/html")
    data = client.get(path, params={"format": "json"}).json()
    assert data["schema_version"] == 1
    text = json.dumps(data)
    assert "NaN" not in text
    assert "Infinity" not in text


def test_the_description_names_every_route():
    from detente.web.app import ROUTES

    routed = {
        (method.lower(), route.path) for route in ROUTES for method in route.methods - {"HEAD"}
        if not route.path.startswith(("/static", "/openapi"))
    }  # fmt: skip
    assert {(method, path) for method, path, *_ in ENDPOINTS} == routed


def test_a_broken_study_is_listed_with_what_is_wrong_and_the_rest_works(client, space):
    (space.root / "broken").mkdir()
    (space.root / "broken" / "study.toml").write_text("format = 1\n[study\n", encoding="utf-8")
    page = client.get("/")
    assert page.status_code == 200
    assert "not valid TOML" in page.text
    assert client.get("/s/broken").status_code == 422
    assert client.get(STUDY).status_code == 200


def test_a_run_of_a_newer_version_is_refused_with_the_way_out(client, space):
    folder = space.root / "runs" / "x" / "001"
    folder.mkdir(parents=True)
    (folder / "results.json").write_text('{"schema_version": 99}', encoding="utf-8")
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    answer = client.get("/open", params={"path": "runs/x/001"})
    assert answer.status_code == 422
    assert "Update" in answer.text
    assert 'value="runs/x/001"' in answer.text


@pytest.mark.parametrize("path", ["..", "/etc", "../other", "", "a\x00b", "~", "runs/../.."])
def test_no_path_leads_out_of_the_workspace(client, path):
    answer = client.get("/run", params={"path": path})
    assert answer.status_code == 422


def test_a_link_that_leads_out_of_the_workspace_is_not_followed(client, space, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    Workspace(outside).copy(open_study("colombia-venezuela"), "secret")
    (space.root / "inside").symlink_to(outside / "secret", target_is_directory=True)
    assert client.get("/s/inside").status_code == 404
    assert client.get("/run", params={"path": "inside"}).status_code == 422


def test_a_builtin_study_is_not_written_to(client):
    before = (open_study("colombia-venezuela").record / "events.csv").read_bytes()
    row = {
        "event_id": "X",
        "date": "2026",
        "title": "t",
        "kind": "election",
        "direction": "0",
        "source_ids": "unsourced",
    }
    assert client.post(f"{STUDY}/record/events/row", data=row).status_code == 422
    assert client.post(f"{STUDY}/record/events/undo").status_code == 422
    assert client.post(f"{STUDY}/desk/save", data={"title": "T", "goods": "-1"}).status_code == 422
    assert (open_study("colombia-venezuela").record / "events.csv").read_bytes() == before


def test_the_record_keeps_the_language_that_was_asked_for(client):
    assert client.get(f"{STUDY}/record?lang=es").headers["location"] == f"{STUDY}/record/events?lang=es"
    assert client.get(f"{STUDY}/record").headers["location"] == f"{STUDY}/record/events"


def test_text_of_a_study_is_escaped(client, space):
    space.copy(open_study("colombia-venezuela"), "copy")
    toml = space.root / "copy" / "study.toml"
    evil = "<script>alert(1)</script>"
    toml.write_text(
        toml.read_text(encoding="utf-8").replace("Colombia and Venezuela: the", f"{evil} the"), encoding="utf-8"
    )
    for path in ("/", "/s/copy", "/s/copy/desk", "/s/copy/attribution", "/s/copy/record/events"):
        assert evil not in client.get(path).text
        assert "&lt;script&gt;" in client.get(path).text


def test_a_setting_outside_the_domain_is_answered_in_words(client):
    answer = client.get(f"{STUDY}/desk/solve", params={"theta": "-1"})
    assert answer.status_code == 422
    assert "Trade elasticity θ" in answer.json()["problem"]
    page = client.get(f"{STUDY}/desk", params={"year": "1917"})
    assert page.status_code == 422
    assert "1917" in page.text


def test_an_overtaken_request_of_a_session_is_dropped_and_others_are_not(client):
    ask = {"goods": "-1", "session": "a"}
    assert client.get(f"{STUDY}/desk/solve", params={**ask, "seq": "5"}).json()["seq"] == 5
    assert client.get(f"{STUDY}/desk/solve", params={**ask, "seq": "4"}).json() == {
        "schema_version": 1,
        "seq": 4,
        "superseded": True,
    }
    assert "flows" in client.get(f"{STUDY}/desk/solve", params={**ask, "seq": "1", "session": "b"}).json()


def test_a_dyad_without_comparable_pairs_says_so_and_keeps_the_form(client):
    answer = client.get(f"{STUDY}/attribution", params={"a": "COL", "b": "COL"})
    assert answer.status_code == 422
    assert "origin and destination are the same" in answer.text
    answer = client.get(f"{STUDY}/attribution", params={"a": "COL", "b": "Atlantis"})
    assert answer.status_code == 422


def test_a_pair_of_which_one_direction_can_be_told(client, space, tmp_path):
    """Of a pair and its neighbour some trade is taken away: a refusal in the JSON, no fan, and words for it."""
    panel = small_world()
    ecu, pan, tto = map(panel.index, ("ECU", "PAN", "TTO"))
    rows = [
        (
            a,
            b,
            year,
            0.0
            if ((i, j) == (ecu, pan) and year < 2005) or ({i, j} == {tto, pan} and year > 2017)
            else float(panel.flows[t, i, j]),
        )
        for t, year in enumerate(panel.years)
        for i, a in enumerate(panel.economies)
        for j, b in enumerate(panel.economies)
        if i != j
    ]
    frame = pl.DataFrame(rows, schema=["exporter", "importer", "year", "value_usd_mn"], orient="row")
    frame.write_csv(tmp_path / "flows.csv")
    new_study("ECU", "PAN", folder=space.root / "ecu-pan", data=tmp_path / "flows.csv")
    ask = {"from": "2008", "to": "2010", "base_from": "2000", "base_to": "2004"}
    data = client.get("/s/ecu-pan/attribution", params={**ask, "format": "json"})
    assert data.status_code == 200
    answer = data.json()["answer"]
    assert [(r["from"], r["to"]) for r in answer["refused"]] == [("ECU", "PAN")]
    assert (
        "No exports from Ecuador to Panama are recorded in the base years 2000–2004" in answer["refused"][0]["reason"]
    )
    assert [(fan["from"], fan["place"]) for fan in answer["fans"]] == [("PAN", 1)]
    silent, told = answer["findings"]
    assert silent["dyad_part"] is silent["placebo_share"] is None
    assert told["dyad_part"] is not None
    silent_windows = {row["base"] for row in answer["curve"] if row["from"] == "ECU"}
    assert silent_windows, "other base years of the curve reach years with trade"
    assert "2000–2004" not in silent_windows
    page = client.get("/s/ecu-pan/attribution", params={**ask, "lang": "es"}).text
    assert "No hay exportaciones registradas de Ecuador a Panamá en los años base 2000–2004" in page
    assert 'id="fan-1"' in page
    assert 'id="fan-0"' not in page
    for kind in ("csv", "xlsx"):
        assert client.get(f"/s/ecu-pan/attribution/download/{kind}", params=ask).status_code == 200
    neither = client.get(
        "/s/ecu-pan/attribution", params={"a": "TTO", "b": "PAN", **ask, "base_from": "2018", "base_to": "2020"}
    )
    assert neither.status_code == 422
    assert "nor one back" in neither.text


PICKS = "DEU-NLD,NLD-DEU,BRA-ARG,ARG-BRA,PER-CHL,CHL-PER,MEX-ESP,ESP-MEX,ITA-DEU,USA-MEX,CHN-USA"


def test_pairs_picked_by_hand_stand_in_the_address_and_in_the_json(client):
    ask = {"from": "2008", "to": "2010", "placebos": "picked", "donors": PICKS, "format": "json"}
    data = client.get(f"{STUDY}/attribution", params=ask).json()
    assert data["asked"]["donors"] == PICKS
    assert f"donors={PICKS}" in data["query"]
    assert [d["id"] for d in data["donors"]] == PICKS.split(",")
    assert {row["n_placebos"] for row in data["answer"]["findings"]} == {11}
    assert {fan["n"] for fan in data["answer"]["fans"]} == {11}
    own = [row for row in data["answer"]["curve"] if row["asked"]]
    assert {row["placebos"] for row in own} == {"picked"}
    assert "picked by hand" in data["answer"]["cautions"][0]
    of_class = client.get(f"{STUDY}/attribution", params={**ask, "placebos": "size"}).json()
    assert of_class["asked"]["donors"] == PICKS, "a class is looked at without losing the pairs picked"
    assert "picked" in {row["placebos"] for row in of_class["answer"]["curve"]}


def test_findings_and_cautions_are_told_in_the_readers_language(client):
    ask = {"from": "2008", "to": "2010", "placebos": "picked", "donors": PICKS, "lang": "es"}
    page = client.get(f"{STUDY}/attribution", params=ask).text
    assert "pares similares" in page
    assert "se eligieron a mano. Una elección" in page
    assert "Recorded exports" not in page
    assert "were picked by hand" not in page


@pytest.mark.parametrize(
    ("donors", "error", "said"),
    [
        ("DEU-NLD,NLD-DEU", "TooFewDonors", "10 are needed"),
        ("", "TooFewDonors", "10 are needed"),
        ("DEUNLD", "SpecificationError", "DEUNLD"),
        (PICKS + ",COL-VEN", "SpecificationError", "pair in question"),
        (PICKS + ",DEU-XXQ", "UnknownEconomy", "XXQ"),
        (",".join(f"{chr(65 + k // 26)}{chr(65 + k % 26)}A-DEU" for k in range(401)), "SpecificationError", "401"),
    ],
)
def test_pairs_that_cannot_be_compared_with_are_answered_by_name(client, donors, error, said):
    ask = {"placebos": "picked", "donors": donors}
    data = client.get(f"{STUDY}/attribution", params={**ask, "format": "json"})
    assert data.status_code == 422
    assert data.json()["error"] == error
    assert said in data.json()["problem"]
    assert client.get(f"{STUDY}/attribution", params=ask).status_code == 422


def test_a_search_offers_pairs_nearest_in_size_without_the_pair_in_question(client):
    def offered(find, **more):
        return client.get(f"{STUDY}/attribution/pairs", params={"find": find, **more}).json()["offered"]

    rows = offered("")
    panel = world()
    mean = {  # by hand, from the panel: the base years of the study's first window
        f"{a}-{b}": panel.flow(a, b)[:5].mean() for a in panel.economies for b in panel.economies
        if a != b and "ROW" not in (a, b) and {a, b} != {"COL", "VEN"}
    }  # fmt: skip
    own = panel.flow("COL", "VEN")[:5].mean()
    nearest = sorted(mean, key=lambda d: abs(np.log(mean[d] / own)) if mean[d] > 0 else np.inf)[:25]
    assert [row["id"] for row in rows] == nearest
    assert all("DEU" in row["id"] for row in offered("germany"))
    found = {row["id"] for row in offered("Germ Nether")}  # the Antilles too
    assert found == {"DEU-NLD", "NLD-DEU", "DEU-ANT", "ANT-DEU"}
    found = {row["id"] for row in offered("espana bra", lang="es")}  # Gibraltar too
    assert found == {"BRA-ESP", "ESP-BRA", "ESP-GIB", "GIB-ESP"}
    assert offered("atlantis") == []


def test_catalogues_hold_the_same_keys_and_places():
    import re

    from detente.web.http.words import Words

    english, spanish = Words("en").strings(), Words("es").strings()
    assert english.keys() == spanish.keys()
    for key, text in english.items():
        assert set(re.findall(r"{(\w+)", text)) == set(re.findall(r"{(\w+)", spanish[key])), key


def test_downloads_name_their_file_and_kind(client):
    for kind, start in (("csv", b"scenario,what,unit"), ("parquet", b"PAR1"), ("xlsx", b"PK"), ("docx", b"PK")):
        answer = client.get(f"{STUDY}/desk/download/{kind}", params={"goods": "-1"})
        assert answer.status_code == 200
        assert f"scenario.{kind}" in answer.headers["content-disposition"]
        assert answer.content.startswith(start)
    assert client.get(f"{STUDY}/desk/download/exe").status_code == 422


def test_a_solve_that_does_not_converge_is_told_and_the_server_stays_up(client, monkeypatch):
    from detente.errors import NotConverged
    from detente.web.desk import desk_solver as solver

    def fails(*_, **__):
        raise NotConverged("The equilibrium was not found.", fix="Move back.")

    monkeypatch.setattr(solver, "solve", fails)
    answer = client.get(f"{STUDY}/desk/solve", params={"goods": "-0.12345"})
    assert answer.status_code == 422
    assert "Move back" in answer.json()["problem"]
    assert client.get(f"{STUDY}/desk", params={"goods": "-0.54321"}).status_code == 422
    monkeypatch.undo()
    assert client.get(f"{STUDY}/desk", params={"goods": "-0.54321"}).status_code == 200


def test_a_damaged_run_does_not_keep_the_study_from_being_run_again(client, space):
    space.copy(open_study("colombia-venezuela"), "copy")
    folder = space.root / "runs" / "copy" / "001"
    folder.mkdir(parents=True)
    (folder / "results.json").write_text("{", encoding="utf-8")
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    answer = client.get("/s/copy")
    assert answer.status_code == 200
    assert "cannot be read" in answer.text
    assert 'action="/s/copy/run"' in answer.text


def test_a_run_is_read_once_and_anew_when_its_files_have_changed(space, flagship_quick):
    folder = flagship_quick.write(space.root / "runs" / "x" / "001")
    first = space.read(folder)
    assert space.read(folder) is first
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    (folder / "results.json").write_text(json.dumps({**results, "notes": ["changed"]}), encoding="utf-8")
    assert space.read(folder).notes == ("changed",)
    (folder / "manifest.json").unlink()
    with pytest.raises(UnreadableFile, match="not a run folder"):
        space.read(folder)


def test_the_desk_and_attribution_of_a_study_on_a_panel_that_does_not_fit(client, space):
    from detente.study import new_study

    folder = new_study("COL", "VEN", folder=space.root / "own")
    (folder / "panel.csv").write_text(
        "exporter,importer,year,trade_usd_mn\nDEU,FRA,2010,5\nFRA,DEU,2010,6\n", encoding="utf-8"
    )
    toml = folder / "study.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace('use = "world"', 'use = "panel.csv"'), encoding="utf-8")
    for page in ("desk", "attribution"):
        answer = client.get(f"/s/own/{page}")
        assert answer.status_code == 422
        assert "COL" in answer.text


def test_a_file_of_the_desk_holds_what_is_pinned(client):
    given = {"goods": "-1", "pin": f"Half|{'goods=-0.5'}"}
    text = client.get(f"{STUDY}/desk/download/csv", params=given).text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(dict.fromkeys(row["scenario"] for row in rows)) == ["This scenario", "Half"]
    after = {row["scenario"]: float(row["after"]) for row in rows if row["what"] == "exports COL to VEN"}
    before = {float(row["before"]) for row in rows if row["what"] == "exports COL to VEN"}
    assert len(before) == 1
    assert after["This scenario"] < after["Half"] < before.pop()
