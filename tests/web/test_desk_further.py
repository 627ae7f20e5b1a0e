"""Sectors, shares of a tariff and people on the desk: the figures of a run of the same study, or of the room's own call."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest

pytest.importorskip("httpx2", reason="starlette's test client needs httpx2")
from starlette.testclient import TestClient

from asked_study import asked_study
from detente.errors import SpecificationError, StudyError
from detente.outlook.people import origin_recovers
from detente.run.attributed import residual_lookup
from detente.run.what_if.further_effects import table_of
from detente.run.what_if.scenario_bands import scenario_bands
from detente.study import open_study
from detente.web import Keys, Site, Workspace, create_app
from detente.web.desk.bands import bands
from detente.web.desk.controls import pair_controls
from detente.web.desk.opening import open_solver
from detente.web.desk.settings import read_setting
from detente.web.desk.wider_effects import beside
from detente.web.editor.study_edits import add_scenario

TOKEN = "t" * 32


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("space")
    asked_study(root / "asked")
    return root


@pytest.fixture(scope="module")
def run(root):
    return open_study(root / "asked").run(quick=True)


@pytest.fixture(scope="module")
def solver(run):
    return open_solver(run.study)


@pytest.fixture(scope="module")
def client(root, run):
    app = create_app(Site(Workspace(root), Keys(token=TOKEN)))
    return TestClient(app, base_url="http://localhost", headers={"accept-language": "en", "x-detente-token": TOKEN})


def test_every_scenario_of_the_study_is_on_the_desk_with_the_figures_of_its_run(run, solver):
    start = solver.default()
    frames = {name: getattr(run, name).to_frame() for name in ("scenarios", "sectors", "people")}
    for scenario in run.study.scenarios:
        setting = solver.of_scenario(scenario, start)
        assert (setting.sector, setting.migration) == (scenario.sector, scenario.migration)
        out = solver.solve(setting)
        found = beside(solver, setting, out)
        rows = frames["scenarios"].filter(scenario=scenario.id, middle=True)
        for code, other in (("COL", "VEN"), ("VEN", "COL")):
            row = rows.filter(economy=code).sort("year").row(-1, named=True)
            assert out.flow(code, other) == pytest.approx(row["exports_after_usd_mn"], rel=1e-5, abs=1e-6)
            assert out.welfare_pct[code] == pytest.approx(row["welfare_pct"], rel=2e-5, abs=1e-6)
        for one in found["sector"]:
            row = frames["sectors"].filter(scenario=scenario.id, economy=one["from"], sector=one["sector"])
            assert one["employment_pct"] == pytest.approx(row["employment_pct"][0], rel=1e-9, abs=1e-9)
        for one in found["persons"]:
            row = frames["people"].filter(scenario=scenario.id, origin=one["origin"], residence=one["residence"])
            assert one["before"] == row["persons_before"][0]
            assert one["after"] == pytest.approx(row["persons_after"][0], rel=1e-9)
        assert bool(found["sector"]) == bool(scenario.sector)
        assert bool(found["persons"]) == scenario.migration


def test_the_ranges_of_a_sector_are_those_of_the_report(run, solver):
    duty = next(s for s in run.study.scenarios if s.id == "duty")
    spec = run.study.spec.model_copy(update={"scenarios": [duty]})
    residual = residual_lookup(run.residuals.to_frame(), spec.attribution.base_windows[0])
    pool = [b for b in solver.accounts.baselines() if b.year == max(spec.equilibrium.years)][:1]
    told = scenario_bands(spec, pool, *residual, table=table_of(run.study))
    own = bands(solver, solver.of_scenario(duty, solver.default()))
    for row in told.iter_rows(named=True):
        assert own.income[row["economy"]] == pytest.approx((row["welfare_pct_p05"], row["welfare_pct_p95"]), rel=1e-9)


@pytest.mark.parametrize("query", ["sector=food&tariff_there_pct=25&pass_through_pct=60", "sector=other&goods=-1&there=0.2",
                                   "sector=food&goods=closed", "tariff_there_pct=30&pass_through_pct=50"])  # fmt: skip
def test_the_code_of_a_sector_gives_the_page_s_numbers(client, query, monkeypatch, root):
    monkeypatch.chdir(root)
    page = client.get(f"/s/asked/desk?{query}&lang=en")
    code = unescape(re.search(r'<pre id="py">(.*?)</pre>', page.text, re.DOTALL)[1])
    names: dict = {}
    body, _, last = code.rpartition("\n")
    exec(body, names)
    welfare = eval(last, names)
    found = client.get(f"/s/asked/desk?{query}&format=json").json()["results"][0]
    for row in found["income"]:
        assert welfare[row["economy"]] == pytest.approx(row["pct"], rel=1e-4, abs=1e-9)  # six digits in the address
    assert bool(found["sector"]) == ("sector" in query)


def test_a_share_of_a_tariff_that_sellers_bear_costs_the_buyers_less(solver):
    levied = replace(solver.default(), tariff_there_pct=25.0)
    whole, half = (solver.solve(replace(levied, pass_through_pct=share)) for share in (100.0, 50.0))
    a, b = solver.dyad
    assert half.flow(a, b) != pytest.approx(whole.flow(a, b), rel=1e-3)
    assert half.welfare_pct[b] > whole.welfare_pct[b]
    assert half.welfare_pct[a] < whole.welfare_pct[a]


def test_income_per_head_says_who_leaves(client):
    found = client.get("/s/asked/desk?growth_second_pct=20&format=json&lang=en").json()["results"][0]
    own = origin_recovers("VEN", "COL", growth_pct=20)
    assert found["recoveries"][0]["middle"] == own.middle
    assert len(found["recoveries"]) == 1
    assert f"{abs(own.middle):.0f}% fewer people would move to Colombia" in found["people"][0]
    assert all(row["before"] == pytest.approx(row["after"]) for row in found["flows"])  # it moves no trade
    lower = client.get("/s/asked/desk/solve?growth_second_pct=-20&lang=es").json()
    assert "se trasladaría a Colombia un" in lower["people"][0]
    assert "un 20\xa0% más bajo" in lower["people"][1]


def test_an_address_holds_what_was_set_and_the_page_shows_it(client, solver):
    query = "sector=food&tariff_there_pct=25&pass_through_pct=60&growth_first_pct=-10"
    setting = read_setting(dict(p.split("=") for p in query.split("&")), solver.default())
    assert read_setting(dict(p.split("=") for p in setting.query().split("&")), solver.default()) == setting
    text = client.get(f"/s/asked/desk?{query}&lang=en").text
    assert "<option selected>food</option>" in text
    assert 'name="growth_first_pct"' in text
    assert "exports of food to" in text
    assert "Employment in food" in text
    moved = client.get("/s/asked/desk?goods=closed&migration=1&lang=en").text
    assert re.search(r'name="migration" value="1" data-plain="" checked', moved)
    assert "People from Venezuela in Colombia" in moved
    plain = client.get("/s/colombia-venezuela/desk?lang=en").text
    assert 'name="sector"' not in plain
    assert 'name="migration"' not in plain
    assert 'name="growth_first_pct"' in plain


@pytest.mark.parametrize(
    ("query", "said"),
    [("sector=fodd", "no sector &#39;fodd&#39;"), ("migration=1&tariff_there_pct=5", "neither tariffs nor one sector"),
     ("growth_first_pct=150", "not a number from -50 to 100"), ("pass_through_pct=-1", "not a number from 0 to 100")],
)  # fmt: skip
def test_what_cannot_be_set_is_said(client, query, said):
    page = client.get(f"/s/asked/desk?{query}&lang=en")
    assert page.status_code == 422
    assert said in page.text.replace("&#34;", '"')
    spanish = client.get(f"/s/asked/desk?{query}&lang=es").text
    alert = re.search(r'<p class="alert" role="alert" lang="(..)">(.*?)</p>', spanish)
    assert alert is not None
    assert alert[1] == "es", alert[2]


def test_what_is_saved_is_read_back_as_it_was_set(root, solver):
    study, start = solver.study, solver.default()
    wanted = {
        "Food duty": replace(start, sector="food", tariff_back_pct=15.0, pass_through_pct=80.0),
        "Food falls": replace(start, sector="food", there=-0.5, back=-0.5),
        "All shut, and people go": replace(start, effects={"goods": float("-inf")}, migration=True),
    }
    before = (study.folder / "study.toml").read_text(encoding="utf-8")
    try:
        ids = {title: add_scenario(study, title, setting, solver.residual) for title, setting in wanted.items()}
        saved = {s.id: s for s in open_study(study.folder).scenarios}
        for title, setting in wanted.items():
            assert solver.of_scenario(saved[ids[title]], start) == setting
        for wrong in (replace(start, growth_first_pct=10.0), replace(start, sector="food", there=1.0)):
            with pytest.raises(StudyError):
                add_scenario(study, "No", wrong, solver.residual)
    finally:
        (study.folder / "study.toml").write_text(before, encoding="utf-8")


def test_saving_keeps_what_is_pinned_and_nothing_moved_is_exactly_nothing(client, solver):
    study, start = solver.study, solver.default()
    before = (study.folder / "study.toml").read_text(encoding="utf-8")
    pin = f"Shut|{replace(start, there=-3.0).query()}"
    try:
        answer = client.post(
            "/s/asked/desk/save",
            data={"title": "Kept", "pin": pin, **dict(parse_qsl(start.query()))},
            headers={"origin": "http://localhost"},
            follow_redirects=False,
        )
        assert answer.status_code == 303, answer.text
        assert ("pin", pin) in parse_qsl(urlsplit(answer.headers["location"]).query)
    finally:
        (study.folder / "study.toml").write_text(before, encoding="utf-8")
    found = client.get(f"/s/asked/desk/solve?{start.query()}").json()
    assert [row["pct"] for row in found["income"]] == [0.0, 0.0]
    assert found["elsewhere"] == [], "what the arithmetic leaves of nothing wins and loses nothing"


def test_baselines_at_hand_are_listed_as_spans(client):
    refused = client.get("/s/asked/desk?year=1900&lang=en").text
    assert re.search(r"Available: \d{4}(-\d{4})? \(\w+\)", refused), refused[:2000]


def test_a_table_that_cannot_be_read_is_said_and_the_desk_opens(tmp_path):
    asked_study(tmp_path / "asked")
    (tmp_path / "asked" / "icio.csv").write_text("V1,COL_food\nCOL_food,1\n", encoding="utf-8")
    app = create_app(Site(Workspace(tmp_path), Keys(token=TOKEN)))
    page = TestClient(app, base_url="http://localhost", headers={"accept-language": "en"}).get("/s/asked/desk?goods=-1")
    assert page.status_code == 200
    assert "final demand for COL" in page.text
    assert 'name="sector"' not in page.text


def test_a_download_has_the_sector_and_the_people(client):
    text = client.get("/s/asked/desk/download/csv?sector=food&tariff_there_pct=25&growth_second_pct=20").text
    assert "exports of food COL to VEN" in text
    assert "employment in food VEN" in text
    assert "moves VEN to COL" in text


def test_a_sector_of_no_table_is_refused(solver):
    with pytest.raises(SpecificationError, match="no sector"):
        solver.solve(replace(solver.default(), sector="steel"))


@pytest.mark.parametrize(("residual", "english", "spanish"), [(-0.7, "restore fully +101%", "restablecer del todo"),
                                                              (0.3, "back to 2000–2004 −26%", "volver a 2000–2004"),
                                                              (0.001, "", "")])  # fmt: skip
def test_a_button_restores_only_what_is_missing(client, monkeypatch, residual, english, spanish):
    monkeypatch.setattr("detente.web.pages.desk.pair_controls", lambda *asked: [
        row | {"residual": residual} for row in pair_controls(*asked)])  # fmt: skip
    for lang, told in (("en", english), ("es", spanish)):
        page = client.get(f"/s/asked/desk?lang={lang}").text
        buttons = re.findall(r'data-set="there"\s+data-value="([^"]*)">(.*?)</button>', page)
        assert [float(value) for value, _ in buttons] == [0.0, *([-residual] if told else [])]
        assert all(text.startswith(told) for _, text in buttons[1:])
