"""What a page offers as code gives, when run, what the page shows; and no page names an id twice."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape

import pytest

pytest.importorskip("httpx2", reason="starlette's test client needs httpx2")
from starlette.testclient import TestClient

from detente.web import Keys, Site, Workspace, create_app

TOKEN = "t" * 32


@pytest.fixture(scope="module")
def client(tmp_path_factory, flagship_quick):
    root = tmp_path_factory.mktemp("space")
    flagship_quick.write(root / "runs" / "colombia-venezuela" / "001")
    app = create_app(Site(Workspace(root), Keys(token=TOKEN)))
    return TestClient(app, base_url="http://localhost", headers={"accept-language": "en"})


def _code(text):
    return unescape(re.search(r'<pre id="py">(.*?)</pre>', text, re.DOTALL)[1])


def _last(code):
    """Run code and give the value of its last line, as a reader at a prompt would see it."""
    names: dict = {}
    body, _, last = code.rpartition("\n")
    exec(body, names)
    return eval(last, names)


@pytest.mark.parametrize(
    "query",
    ["", "goods=closed", "goods=-1.5&theta=4&deficits=balanced", "there=0.5&back=-0.25&psi=0.5",
     "tariff_there_pct=25&there=-0.5"],
)  # fmt: skip
def test_the_desk_s_code_gives_the_desk_s_numbers(client, query):
    welfare = _last(_code(client.get(f"/s/colombia-venezuela/desk?{query}").text))
    data = client.get(f"/s/colombia-venezuela/desk?{query}&format=json").json()
    for row in data["results"][0]["income"]:
        assert welfare[row["economy"]] == pytest.approx(row["pct"], rel=1e-4, abs=1e-9)  # six digits in the address


def test_the_attribution_s_code_gives_its_numbers(client):
    page = client.get("/s/colombia-venezuela/attribution")
    data = client.get("/s/colombia-venezuela/attribution?format=json").json()
    frame = _last(_code(page.text))
    for row, found in zip(frame.to_dicts(), data["answer"]["findings"]):
        for name in ("origin", "destination", "dyad_part", "placebo_share", "n_placebos"):
            assert row[name] == found[name]


def test_a_pair_s_code_gives_its_numbers(client):
    data = client.get("/pair/IND-PAK?format=json").json()
    falls = _last(_code(client.get("/pair/IND-PAK").text))
    assert (falls[0].start, falls[0].as_bad, falls[0].own) == tuple(
        data["flows"][0]["worst"][name] for name in ("from", "as_bad", "own")
    )


@pytest.mark.parametrize(
    "path",
    ["/", "/s/colombia-venezuela", "/s/colombia-venezuela/desk", "/s/colombia-venezuela/attribution",
     "/s/colombia-venezuela/record/events", "/s/colombia-venezuela/record/claims/row?id=S0-1",
     "/s/colombia-venezuela/data", "/pair/COL-VEN", "/pair/DZA-NPL", "/compare?pair=IND-PAK&pair=COL-VEN&pair=SAU-QAT",
     "/pair/COL-VEN/partners", "/pair/COL-VEN/what-if", "/api", "/jobs", "/s/none"],
)  # fmt: skip
@pytest.mark.parametrize("language", ["en", "es"])
def test_no_page_names_an_id_twice_and_every_reference_is_met(client, path, language):
    text = client.get(path + ("&" if "?" in path else "?") + f"lang={language}").text
    ids = Counter(re.findall(r'\sid="([^"]+)"', text))
    assert [name for name, n in ids.items() if n > 1] == []
    named = re.findall(r'\s(?:aria-labelledby|aria-describedby|aria-controls|for)="([^"]+)"', text)
    assert {one for names in named for one in names.split()} - set(ids) == set()
    inside = set(re.findall(r'href="#([^"]+)"', text)) - {""}
    assert inside - set(ids) == set()


@pytest.mark.parametrize(
    "path",
    ["/s/colombia-venezuela/record/events", "/s/colombia-venezuela/record/claims", "/s/colombia-venezuela/record/events/row?id=E040",
     "/s/colombia-venezuela/data", "/s/colombia-venezuela/draft", "/pair/COL-VEN/next", "/pair/COL-VEN/partners?year=2019",
     "/s/colombia-venezuela/chart/trade.json"],
)  # fmt: skip
def test_every_view_offers_code_that_runs(client, path):
    path = path.removesuffix(".json") if "/chart/" in path else path
    found = _last(_code(client.get(path).text)) if "/chart/" not in path else client.get(path).text
    if "/chart/" in path:
        assert "run.claims.to_frame()" in found
    elif "events/row" in path:
        assert found["event_id"].to_list() == ["E040"]
    elif "partners" in path:
        assert set(found["exporter"]) == {"COL", "VEN"}
        shown = client.get(f"{path}&format=json").json()["sides"][0][0]
        assert found["importer"][0] == shown["code"]
        assert found["trade"][0] == pytest.approx(shown["usd_mn"])
    else:
        assert found is not None
