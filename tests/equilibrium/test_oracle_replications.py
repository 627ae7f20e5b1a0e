"""The published recipes, against the numbers in print."""

from __future__ import annotations

import pytest

from detente.errors import UnknownStudy, UnreadableFile
from detente.replications.published import replicate

pytestmark = [pytest.mark.oracle, pytest.mark.oracle]


@pytest.fixture(scope="module")
def agtpa(shared_data):
    return replicate("agtpa-nafta", data=shared_data)


@pytest.fixture(scope="module")
def nafta(shared_data):
    return replicate("caliendo-parro", data=shared_data)


@pytest.mark.shared
def test_agtpa_nafta_published_and_exact(agtpa):
    out = agtpa
    got = {(t.mode, t.quantity[:3]): t.computed for t in out.targets}
    assert got["gravity", "RTA"] == pytest.approx(0.5571853, abs=5e-8)
    assert got["gravity", "its"] == pytest.approx(0.1022, abs=5e-5)
    published = {"CAN": 3.40342, "MEX": 3.81007, "USA": 0.33463, "COL": -0.03104}
    exact = {"CAN": 3.4401, "MEX": 3.8292, "USA": 0.3340, "COL": -0.0318}
    for code in published:  # half a unit of the last digit given
        assert got["published", code] == pytest.approx(published[code], abs=5.1e-6)
        assert got["exact", code] == pytest.approx(exact[code], abs=5.1e-5)
    assert out.results["exact"].report.residual < 1e-5
    assert out.results["published"].report.residual > 100  # it does not clear markets, and says so
    assert "published 3.40342" in out.summary()
    assert out.to_frame().height == 10


@pytest.mark.shared
def test_the_reference_economy_of_the_recipe_hardly_matters(agtpa):
    from detente.equilibrium import solve

    base = agtpa.results["published"]
    other = solve(base.baseline, base.shock, theta=6.0, mode="published", reference="COL")
    assert other.welfare_pct["MEX"] == pytest.approx(base.welfare_pct["MEX"], abs=1e-6)


@pytest.mark.shared
def test_caliendo_parro_published_and_exact(nafta):
    out = nafta
    got = {(t.mode, t.quantity): t.computed for t in out.targets}
    for code, number in {"MEX": 1.31, "CAN": -0.06, "USA": 0.08}.items():  # as printed, two decimals
        assert round(got["published", f"{code} welfare, NAFTA tariffs"], 2) == number
    for code, number in {"MEX": 118, "CAN": 11, "USA": 41}.items():
        assert round(got["exact", f"{code} imports from NAFTA"]) == number
    assert round(got["exact", "MEX welfare, NAFTA tariffs"], 3) == 0.007
    exact = out.results["exact"]
    assert exact.report.residual < 1e-5  # US$ million, of 4.8e7 of world output
    assert exact.baseline.n_truncated == 0


@pytest.mark.shared
def test_caliendo_parro_as_in_the_abstract(nafta):
    """Every number marked published stands in the paper's abstract; its parts add up to its welfare."""
    printed = [t for t in nafta.targets if t.published is not None]
    assert len(printed) == 6
    for t in printed:
        assert round(t.computed, 0 if "imports" in t.quantity else 2) == t.published, t.quantity
    got = {(t.mode, t.quantity): t.computed for t in nafta.targets}
    for code in ("MEX", "CAN", "USA"):
        parts = got["published", f"{code} terms of trade"] + got["published", f"{code} volume of trade"]
        assert parts == pytest.approx(got["published", f"{code} welfare, NAFTA tariffs"], abs=1e-9)
    assert "volume of trade" in repr(nafta)


def test_unknown_name_and_missing_data(tmp_path):
    with pytest.raises(UnknownStudy, match="Did you mean 'agtpa-nafta'"):
        replicate("agtpa-nafa")
    with pytest.raises(UnreadableFile, match="DETENTE_DATA"):
        replicate("agtpa-nafta", data=tmp_path)
