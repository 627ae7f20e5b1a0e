"""A study on months in the app: the attribution desk and the charts say months, the scenario desk says what it needs."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

pytest.importorskip("httpx2", reason="starlette's test client needs httpx2")
from starlette.testclient import TestClient

from detente.study import new_study
from detente.web import Keys, Site, Workspace, create_app

CODES = ("COL", "VEN", "ECU", "PER", "BRA", "CHL", "MEX", "USA", "ESP", "DEU", "ARG", "PAN")
MONTHS = [f"{year}-{month:02d}" for year in range(2014, 2017) for month in range(1, 13)]


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    root = tmp_path_factory.mktemp("space")
    rng = np.random.default_rng(1)
    size = rng.lognormal(3, 1, len(CODES))
    rows = [
        (a, b, month, float(size[i] * size[j] * np.exp(0.1 * rng.normal()) * (0.3 if {a, b} == {"COL", "VEN"} and t >= 20 else 1)))
        for t, month in enumerate(MONTHS) for i, a in enumerate(CODES) for j, b in enumerate(CODES) if i != j
    ]  # fmt: skip
    frame = pl.DataFrame(rows, schema=["exporter", "importer", "period", "value_usd_mn"], orient="row")
    frame.write_csv(root / "monthly.csv")
    new_study("COL", "VEN", folder=root / "months", data=root / "monthly.csv")
    app = create_app(Site(Workspace(root), Keys(token="t" * 32)))
    return TestClient(app, base_url="http://localhost", headers={"accept-language": "en"})


def test_the_attribution_desk_lays_months_on_an_axis_of_years_and_says_them(client):
    page = client.get("/s/months/attribution")
    assert page.status_code == 200
    found = client.get("/s/months/attribution?format=json").json()["answer"]
    path = found["fans"][0]["path"]
    assert [row["x"] for row in path] == pytest.approx([2014 + k / 12 for k in range(len(MONTHS))])
    assert path[0]["year"] == 201401
    assert "Jan 2014" in page.text
    assert "Apr 2015–Aug 2015" in {point["base_said"] for point in found["curve"]}
    assert "fell" in page.text
    assert "Aug 2015" in page.text
    assert '<th scope="row">201401' not in page.text
    links = [
        part.split("</a>")[0] for part in page.text.split("/attribution?")[1:] if "The change" in part.split("</a>")[0]
    ]
    assert len({text.split(">")[1] for text in links}) == len(links)  # two episodes of one title are told apart
    csv = client.get("/s/months/attribution/download/xlsx")
    assert csv.status_code == 200


def test_the_scenario_desk_says_that_it_needs_years_within_the_study(client):
    page = client.get("/s/months/desk")
    assert page.status_code == 422
    assert "counts by month" in page.text
    assert "on a panel by year for scenarios" in page.text
    assert 'href="/s/months/attribution"' in page.text  # the study's other pages are a click away
    assert 'lang="es"' in client.get("/s/months/desk?lang=es").text.split('role="alert"')[1][:20]
    assert 'class="places"' not in client.get("/s/none?lang=en").text
