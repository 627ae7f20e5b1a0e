"""Search and pairs: any two names lead to a page, quickly, in both languages, and every file of it stands alone."""

from __future__ import annotations

import csv
import html
import io
import re
from xml.etree import ElementTree

import pytest

pytest.importorskip("httpx2", reason="starlette's test client needs httpx2")
from starlette.testclient import TestClient

from detente.answer.pairs.any_pair import pair, shipped_panel
from detente.answer.pairs.lanes import lanes
from detente.answer.what_next import pair_next_sentences
from detente.attribution.library.ruptures import diplomatic_breaks
from detente.language import Catalogue
from detente.outlook.states_at_risk import without_relations
from detente.report.figures import CHARTS
from detente.report.relation_lanes import relation_picture
from detente.web import Keys, Site, Workspace, create_app
from detente.web.pages.pairs.search import found

TOKEN = "t" * 32


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    app = create_app(Site(Workspace(tmp_path_factory.mktemp("space")), Keys(token=TOKEN)))
    return TestClient(app, base_url="http://localhost", headers={"x-detente-token": TOKEN}, follow_redirects=False)


@pytest.mark.parametrize(
    ("text", "pair"),
    [("Russia – Ukraine", "RUS-UKR"), ("rusia ucrania", "RUS-UKR"), ("ind pak", "IND-PAK"), ("RUS UKR", "RUS-UKR"),
     ("côte d'ivoire, france", "CIV-FRA"), ("saudi arabia qatar", "SAU-QAT"), ("turkey and russia", "TUR-RUS"),
     ("Corea del Sur y Japón", "KOR-JPN"), ("united states vs china", "USA-CHN"), ("usa-mex", "USA-MEX"),
     ("united kingdom – united states", "GBR-USA"), ("papua new guinea australia", "PNG-AUS"), ("uk france", "GBR-FRA")],
)  # fmt: skip
def test_names_in_both_languages_codes_and_beginnings_are_understood(text, pair):
    best = found(shipped_panel(), text)[0]
    assert f"{best.origin}-{best.destination}" == pair


def test_one_name_offers_its_partners_and_nonsense_nothing():
    panel = shipped_panel()
    assert {o.origin for o in found(panel, "Colombia")} == {"COL"}
    assert found(panel, "Colombia")[0].destination == "USA"
    for text in ("", "   ", "xyzzy", "xyzzy plugh", "–", "a" * 500, "' OR 1=1", "\x00", "🙂 🙂"):
        assert all(o.origin in panel.economies for o in found(panel, text))
    assert found(panel, "xyzzy plugh") == []


def test_every_economy_is_found_by_its_names():
    from detente.economies import ROW, every_name

    panel = shipped_panel()
    lost = []
    for code in panel.economies:
        if code in (ROW, "FRA"):
            continue
        for name in every_name(code):
            offers = found(panel, f"{name} – France")
            if not any((o.origin, o.destination) == (code, "FRA") for o in offers):
                lost.append(name)
    assert lost == []


def test_the_search_goes_on_without_javascript(client):
    assert client.get("/pair", params={"q": "ind pak"}).headers["location"] == "/pair/IND-PAK"
    answer = client.get("/pair", params={"q": "narnia mordor"})
    assert answer.status_code == 422
    assert "narnia mordor" in answer.text


def test_a_pair_has_its_page_in_both_languages(client):
    client.get("/pair/COL-VEN")  # the first reads the panel
    page = client.get("/pair/IND-PAK")
    assert page.status_code == 200
    for part in ("India and Pakistan", "similar pairs", "Keep as a study", "dt.pair(", "detente pair IND PAK"):
        assert part in page.text
    assert "pares similares" in client.get("/pair/IND-PAK?lang=es").text
    data = client.get("/pair/ind-pak", params={"format": "json"}).json()
    assert data["flows"][0]["worst"]["from"] == 2018
    what_if = client.get("/pair/IND-PAK/what-if?format=json&lang=en").json()
    assert what_if["cards"][0]["title"] == "Ties of 2018 return"
    assert "From the economies of 2021" in what_if["note"], "the baseline year"
    last = data["flows"][0]["sold_usd_mn"]["2023"]
    assert f"In fact, in 2023 India sold {Catalogue('en').money(last)} to Pakistan" in what_if["note"], (
        "and what was sold since"
    )


def test_what_next_and_people_of_a_pair_are_those_of_the_command(client):
    for language, words in (("en", "80% ranges held"), ("es", "80 %")):
        found = client.get(f"/pair/IND-PAK/next?format=json&lang={language}").json()
        assert [part["id"] for part in found["parts"]] == ["part-next", "part-people"]
        assert words in found["parts"][0]["sentences"][0]
    assert found["parts"][0]["sentences"] == list(pair_next_sentences(pair("IND", "PAK").outlook(), Catalogue("es")))
    assert "/pair/IND-PAK/next" in client.get("/pair/IND-PAK?lang=en").text  # for those without JavaScript
    assert client.get("/pair/IND-PAK/next?lang=en").text.count("<li>") > 10


@pytest.mark.parametrize("codes", ["IND", "IND-IND", "IND-XYZ", "a-b", "IND-PAK-USA", "..-..", "%00-%00"])
def test_what_is_no_pair_is_said(client, codes):
    answer = client.get(f"/pair/{codes}")
    assert answer.status_code in (404, 422)
    assert "This is a bug" not in answer.text


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("EU - Russia", "EU-RUS"),
        ("UE y China", "EU-CHN"),
        ("latin america, china", "LATIN_AMERICA-CHN"),
        ("eu rus", "EU-RUS"),
    ],
)
def test_a_bloc_typed_leads_to_its_own_page_and_to_no_economy_of_like_name(client, asked, leads_to):
    assert client.get("/pair", params={"q": asked}).headers["location"] == f"/pair/{leads_to}"
    offered = client.get("/search", params={"q": asked, "lang": "en"}).json()["offered"]
    assert offered[0]["id"] == leads_to
    assert "sum of its members" in offered[0]["note"]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("World - Russia", "everybody else"), ("USSR - Poland", "was the Soviet Union until 1991"),
        ("Scotland - France", "part of the United Kingdom"), ("OECD - China", "a group of economies"),
        ("Narnia - France", "Did you mean"),
    ],
)  # fmt: skip
def test_who_types_what_is_no_side_is_told_what_it_is(client, asked, says):
    answer = client.get("/pair", params={"q": asked, "lang": "en"})
    assert answer.status_code == 422
    assert says in answer.text.replace("&#39;", "'")


def test_every_page_of_a_bloc_stands_and_its_numbers_are_those_of_the_command(client):
    for page in ("", "/what-if", "/next", "/partners", "/trade.csv", "/picture.svg"):
        assert client.get(f"/pair/EU-RUS{page}").status_code == 200, page
    rows = client.get("/pair/EU-RUS/trade.json").json()["rows"]
    assert rows == pair("EU", "RUS").to_frame().to_dicts()
    assert client.get("/compare?pair=EU-RUS&pair=IND-PAK").text.count("European Union") > 2


def test_files_of_a_pair_stand_alone(client):
    rows = list(csv.DictReader(io.StringIO(client.get("/pair/IND-PAK/trade.csv").text)))
    assert {row["origin"] for row in rows} == {"IND", "PAK"}
    assert len(client.get("/pair/IND-PAK/trade.json").json()["rows"]) == len(rows)
    svg = client.get("/pair/IND-PAK/picture.svg").text
    assert "BACI" in "".join(ElementTree.fromstring(svg).itertext())
    assert client.get("/pair/IND-PAK/picture.png").content.startswith(b"\x89PNG")
    assert client.get("/pair/IND-PAK/other").status_code == 422


def test_the_start_page_has_cards_and_a_map(client):
    text = client.get("/").text
    assert text.count('class="spark"') >= 4
    shapes = ElementTree.fromstring(client.get("/static/map.svg").text)
    codes = {shape.get("data-code") for shape in shapes}
    assert {"IND", "PAK", "USA"} <= codes
    assert len(codes) > 150


def test_a_pair_is_kept_as_a_study(client):
    made = client.post("/studies", data={"token": TOKEN, "origin": "COL", "destination": "ECU", "name": "mine"})
    assert made.headers["location"] == "/s/mine"
    assert client.get("/s/mine").status_code == 200


def test_every_chart_of_a_run_has_a_page_and_every_form(tmp_path, flagship_quick):
    flagship_quick.write(tmp_path / "runs" / "colombia-venezuela" / "001")
    app = create_app(Site(Workspace(tmp_path), Keys(token=TOKEN)))
    client = TestClient(app, base_url="http://localhost", headers={"accept-language": "en"}, follow_redirects=False)
    for slug in ("first", "trade", "partners"):
        at = f"/s/colombia-venezuela/chart/{slug}"
        told = client.get(f"{at}.json").json()
        page = client.get(at)
        assert page.status_code == 200
        assert f'content="http://localhost{at}.png"' in page.text
        assert told["title"] in html.unescape(page.text)
        assert told["title"] in html.unescape(client.get(f"{at}.html").text)
        rows = list(csv.DictReader(io.StringIO(client.get(f"{at}.csv").text)))
        assert len(rows) == len(told["rows"])
        assert "détente" in "".join(ElementTree.fromstring(client.get(f"{at}.svg").text).itertext())
    assert client.get("/s/colombia-venezuela/chart/trade.png").content.startswith(b"\x89PNG")
    for wrong in ("nothing", "trade.exe", "trade.svg.png", ".svg"):
        assert client.get(f"/s/colombia-venezuela/chart/{wrong}").status_code == 422
    absent = [slug for slug in CHARTS if client.get(f"/s/colombia-venezuela/chart/{slug}.json").status_code == 422]
    assert all("has no chart" in client.get(f"/s/colombia-venezuela/chart/{slug}").text for slug in absent)


def test_pairs_stand_side_by_side(client):
    found = client.get("/compare", params={"pair": ["IND-PAK", "COL-VEN", "XXX-YYY"], "format": "json"}).json()
    assert [one["problem"] == "" for one in found["pairs"]] == [True, True, False]
    assert all(len(row["cells"]) == 3 for row in found["rows"])
    alone = client.get("/pair/IND-PAK?format=json").json()
    assert found["pairs"][0]["answer"] == alone["answer"]
    page = client.get("/compare?pair=IND-PAK&pair=COL-VEN").text
    assert page.count('class="chart gap"') == 4
    more = client.get("/compare", params={"pair": ["IND-PAK"], "add": "rusia ucrania"})
    assert more.headers["location"] == "/compare?pair=IND-PAK&pair=RUS-UKR"
    assert client.get("/compare?add=narnia").status_code == 422
    many = client.get("/compare?" + "&".join(f"pair=COL-{code}" for code in ("ECU", "PER", "BRA", "CHL", "ARG")))
    assert many.text.count('<h2 id="c-COL-') == 4


def test_partners_of_every_year_add_up(client):
    found = client.get("/pair/COL-VEN/partners?format=json").json()
    panel = shipped_panel()
    for k, code in enumerate(("COL", "VEN")):
        i = panel.index(code)
        assert len(found["by_year"][k]) == len(panel.years)
        for year, rows in zip(panel.years, found["by_year"][k]):
            assert sum(share for share, _ in rows.values()) <= 1.005
            t = panel.years.index(year)
            for other, (_, usd_mn) in rows.items():
                assert usd_mn == pytest.approx(panel.flows[t, i, panel.index(other)], abs=0.006)
    old = client.get("/pair/COL-VEN/partners?year=2008&format=json").json()
    assert old["year"] == 2008
    assert client.get("/pair/COL-VEN/partners?year=1700&format=json").json()["year"] == panel.years[-1]


def test_the_state_of_the_relation_is_on_the_page(client):
    page = client.get("/pair/IND-PAK?lang=en").text
    assert "State of relations" in page
    assert "Article 370" in page
    assert "Estado de la relación" in client.get("/pair/IND-PAK?lang=es").text
    states = client.get("/pair/SAU-QAT?format=json&lang=en").json()["states"]
    assert {s["state"] for s in states if s["lane"] == "envoys"} >= {"calm", "hostile"}
    bare = client.get("/pair/DZA-NPL?format=json").json()
    assert {s["state"] for s in bare["states"]} == {"unknown"}


def test_what_is_said_of_the_relation_is_of_the_day_the_lists_were_read_as_the_command_says(client):
    """Rwanda and the Congo: a recall of 2022 lies within the chart, the break of 2025 after it."""
    page = client.get("/pair/RWA-COD?lang=en").text
    assert "relations cut in Jan 2025" in page
    assert "envoy recalled in Oct 2022" not in page
    assert 'lang="en"' not in client.get("/pair/RWA-COD?lang=es").text.split('class="numbers"')[-1].split("</table>")[0]


def test_partners_are_of_a_year_in_which_both_sold_something(client):
    """North Korea is not in the release of 2023: its map would be empty, and the sentence below it a bare colon."""
    found = client.get("/pair/PRK-USA?format=json").json()
    assert found["partners_year"] == 2021
    assert all(found["partners"])
    assert client.get("/pair/USA-CHN?format=json").json()["partners_year"] == 2023
    assert "North Korea sells" in client.get("/pair/PRK-USA?lang=en").text


def test_a_picture_to_embed_is_a_page_of_its_own(client):
    answer = client.get("/pair/IND-PAK/picture.html")
    assert "attachment" in answer.headers["content-disposition"]
    assert "<svg" in answer.text
    assert "<script" not in answer.text


def test_every_listed_pair_has_its_strips_in_words():
    """Broken, closed, recalled, never begun: whatever the lists hold of a pair can be said in both languages."""
    never = [tuple(sorted(one)) for one in without_relations()]
    listed = {tuple(sorted((row.a, row.b))): row.kind for row in diplomatic_breaks()}
    one_a_kind = list({kind: pair for pair, kind in listed.items()}.values())
    for language in ("en", "es"):
        words = Catalogue(language)
        for a, b in (*never, *one_a_kind):
            drawn = relation_picture(lanes(a, b, 2000, 2023), words, str, (2000, 2023), "x")
            assert drawn is None or (drawn.alt and "{" not in drawn.alt)
    strips = relation_picture(lanes(*never[0], 2000, 2023), Catalogue("en"), str, (2000, 2023), "x")
    assert strips is not None
    assert "no relations" in strips.alt


def test_a_pair_without_trade_says_what_to_do(client):
    page = client.get("/pair/KOR-PRK?lang=en")
    assert page.status_code == 422
    assert "Name another pair" in page.text
    assert 'lang="es"' in client.get("/pair/KOR-PRK?lang=es").text.split('role="alert"')[1][:12]


def test_a_name_with_an_article_begins_with_a_capital(client):
    page = client.get("/pair/USA-CUB?lang=en").text
    assert ">The United States sells<" in page
    assert not re.search(r"[.>] ?the United States sells", page)
