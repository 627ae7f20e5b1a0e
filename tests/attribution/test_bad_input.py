"""What a user can hand in wrongly, or what the record cannot say: a named error or a plain sentence, never a number."""

from __future__ import annotations

import numpy as np
import pytest

from detente.attribution import attribute, infer, nested, robustness
from detente.attribution.comparison.power import Power
from detente.attribution.library import cases, choose_cases, compute_paths, library_tables, scores_of
from detente.errors import EmptySample, SpecificationError, TooFewDonors, UnknownEconomy

CODES = ("ARE", "QAT", *(f"X{k:02d}" for k in range(28)))
YEARS = tuple(range(2010, 2021))
BASE = (2010, 2015)


def world(seed: int = 0) -> np.ndarray:
    return np.exp(np.random.default_rng(seed).normal(scale=0.1, size=(len(YEARS), 30, 30))) * 100


@pytest.fixture
def emptied() -> tuple[np.ndarray, tuple[str, ...], tuple[int, ...]]:
    """ARE -> QAT falls to a recorded zero in the last year."""
    flows = world()
    flows[-1, 0, 1] = 0.0
    return flows, CODES, YEARS


def test_means_with_a_recorded_zero_are_a_sentence(emptied) -> None:
    found = infer(emptied, "ARE", "QAT", (2016, 2020), BASE)
    assert "recorded zero" in found.sentences[0]
    assert not any("inf" in s or "nan" in s for s in found.sentences)
    numbers = found.to_frame().select("log_points", "low", "high", "share")
    assert all(c.drop_nulls().is_finite().all() for c in numbers.iter_columns())
    assert set(found.refused) == {"synthetic control", "matrix completion", "conformal"}


def test_both_powers_are_said_with_what_they_compare() -> None:
    found = infer((world(), CODES, YEARS), "ARE", "QAT", (2016, 2020), BASE)
    single, means = found.sentences[-2:]
    assert single.startswith("With single years compared, an extra loss of up to ")
    assert means.startswith("With means of up to three years compared, an extra loss of up to ")
    assert f"up to {found.power.half_pct:.0f}%" in single
    assert f"up to {found.means_power.half_pct:.0f}%" in means


def test_a_test_without_power_says_so() -> None:
    assert "No extra loss short of the whole flow" in str(Power(0.05, -np.inf, -np.inf, -np.inf, 400))
    assert "none short of the whole flow" in str(Power(0.05, -2.0, -2.0, -6.0, 400))
    assert "one of 70% is found" in str(Power(0.05, -1.0, -0.9, np.log(0.3), 400))


def test_nested_says_why_a_zero_is_not_split(emptied) -> None:
    found = nested(emptied, "ARE", "QAT", {"the ban": (2016, 2020)}, [BASE])
    assert any("ARE" in s or "Emirates" in s for s in found.sentences if "recorded zero" in s)
    frame = found.to_frame().filter(origin="ARE", attribution="three-way", part="the pair's own")
    assert frame["log_points"].item() is None
    assert "recorded zero" in frame["note"].item()
    assert found.to_frame()["low"].drop_nulls().is_finite().all()


def test_robustness_of_a_fall_to_zero_ranks_and_gives_bounds(emptied) -> None:
    flows, codes, years = emptied
    fine = flows.copy()
    fine[0, 5, 6] = 0.001  # the panel records a thousand dollars
    found = robustness((fine, codes, years), "ARE", "QAT", (2016, 2020), base_windows=[BASE])
    assert len(found.specifications) == 16
    ran = [s for s in found.specifications if s.dyad_part is not None]
    assert all("recorded zero" in s.reason for s in ran if s.placebo_share is not None)
    assert all(s.dyad_part < -8 for s in ran if s.sample == "all")
    assert all(s.placebo_share < 0.05 for s in ran if s.placebos == "similar")


def test_robustness_without_a_result_says_why() -> None:
    flows = world()
    flows[YEARS.index(2016), 0, 1] = 0.0
    found = robustness(
        (flows, CODES, YEARS), "ARE", "QAT", (2016, 2020), base_windows=[BASE], unrecorded=(0.0, 0.1, 0.3)
    )
    assert found.estimates.size == 0
    assert found.unrecorded is None
    assert all("recorded zero" in s.reason for s in found.specifications)
    assert found.summary().startswith("ARE to QAT, 2016→2020: none of 16 specifications could be run.")
    assert found.curve()["data"]["values"] == []


def test_robustness_refuses_what_is_no_specification() -> None:
    panel = (world(), CODES, YEARS)
    with pytest.raises(SpecificationError, match="Did you mean 'size'"):
        robustness(panel, "ARE", "QAT", (2016, 2020), base_windows=[BASE], placebos=("sizes",))
    for nothing in ({"base_windows": []}, {"placebos": ()}):
        with pytest.raises(SpecificationError, match="at least one panel"):
            robustness(panel, "ARE", "QAT", (2016, 2020), **({"base_windows": [BASE]} | nothing))
    with pytest.raises(SpecificationError, match="at least one panel"):
        robustness({}, "ARE", "QAT", (2016, 2020))
    for prior in ((0.5, 0.3, 0.7), (0.1, 0.2), (0.0, 0.5, 1.0)):
        with pytest.raises(SpecificationError, match="no prior of a share"):
            robustness(panel, "ARE", "QAT", (2016, 2020), base_windows=[BASE], unrecorded=prior)
    with pytest.raises(UnknownEconomy):
        robustness(panel, "ARE", "QAX", (2016, 2020), base_windows=[BASE])


def test_a_certain_unrecorded_share_moves_the_result_by_its_log() -> None:
    found = robustness(
        (world(), CODES, YEARS), "ARE", "QAT", (2016, 2020), base_windows=[BASE], unrecorded=(0.3, 0.3, 0.3)
    )
    main = found.specifications[0].dyad_part
    assert found.unrecorded == pytest.approx([main - np.log(0.7)] * 3)


def test_an_amount_that_is_none_is_refused() -> None:
    for smallest in (0.0, -1.0, np.inf):
        with pytest.raises(SpecificationError, match="smallest amount recorded"):
            compute_paths((world(), CODES, YEARS), choose_cases(["ARE-QAT-2017"]), smallest_usd_mn=smallest)


def test_tables_of_another_panel_are_made_of_its_paths_only() -> None:
    flows = world()
    flows[8:, 0, 1] *= np.exp(-3)
    points = compute_paths((flows, CODES, YEARS), choose_cases(["ARE", "QAT"])).points
    tables = library_tables(["ARE", "QAT"], points)
    assert set(tables["paths"]["case_id"]) == {"ARE-QAT-2017", "QAT-ARE-2017"} == set(tables["outcomes"]["case_id"])
    assert tables["cases"].filter(case_id="ARE-QAT-2017")["residual"].item() == pytest.approx(-3, abs=0.3)
    assert "scores" not in tables  # one region says nothing about forecasts
    assert tables["recoveries"].is_empty()
    assert "scores" in library_tables(["QAT"])
    with pytest.raises(TooFewDonors, match="two regions"):
        scores_of(())


def test_a_filter_does_not_change_a_path() -> None:
    """Other ruptures of the panel are left out of the fit also when they are not asked for."""
    flows = world(3)
    flows[7:, 1, 0] *= np.exp(-4)  # QAT -> ARE is a case too
    alone = compute_paths((flows, CODES, YEARS), choose_cases(["ARE-QAT-2017"])).points
    together = compute_paths((flows, CODES, YEARS), cases()).points
    assert alone == tuple(p for p in together if p.case_id == "ARE-QAT-2017")


def collapsing() -> np.ndarray:
    """All exports of ARE fall to a twentieth at once in 2018, as when an office stops reporting."""
    flows = world(5)
    flows[8:, 0, :] *= 0.05
    return flows


def test_a_mirror_artefact_is_named_by_every_test() -> None:
    artefact, sound = (collapsing(), CODES, YEARS), (world(5), CODES, YEARS)
    assert any("mirror artefact" in s for s in infer(artefact, "ARE", "QAT", (2016, 2020), BASE).sentences)
    assert not any("mirror artefact" in c for c in infer(sound, "ARE", "QAT", (2016, 2020), BASE).cautions)
    both = robustness({"partners": sound, "own reports": artefact}, "ARE", "QAT", (2016, 2020), base_windows=[BASE])
    assert len([c for c in both.cautions if "mirror artefact" in c]) == 1
    assert any(c.startswith("own reports: Exports of the United Arab Emirates collapse") for c in both.cautions)
    assert "mirror artefact" in both.summary()


def test_the_panel_that_lacks_the_years_is_named() -> None:
    short = (world()[:8], CODES, YEARS[:8])
    with pytest.raises(SpecificationError, match=r"which has 2010 to 2017 \(own reports\)"):
        robustness({"totals": (world(), CODES, YEARS), "own reports": short}, "ARE", "QAT", (2016, 2020))


def test_an_economy_given_twice_is_refused() -> None:
    with pytest.raises(SpecificationError, match="'QAT' twice"):
        infer((world(), ("QAT", *CODES[1:]), YEARS), "QAT", "X01", (2016, 2020), BASE)


def test_every_case_without_a_path_has_its_reason() -> None:
    """A panel to 2018 knows the rupture of 2017, not that of 2019; one to 2016 knows neither."""
    codes = ("ARE", "QAT", "UGA", "RWA", *CODES[4:])
    asked = choose_cases(["ARE-QAT-2017"]) + choose_cases(["UGA-RWA-2019"]) + choose_cases(["CUB-USA-1960"])
    done = compute_paths((world()[:9], codes, YEARS[:9]), asked)
    assert {p.case_id for p in done.points} == {"ARE-QAT-2017"}
    assert done.missing == {
        "UGA-RWA-2019": "the rupture of 2019 lies outside the panel, which ends in 2018",
        "CUB-USA-1960": "one of the economies is not in the panel",
    }
    with pytest.raises(EmptySample, match="the rupture of 2017 lies outside the panel, which ends in 2016"):
        compute_paths((world()[:7], codes, YEARS[:7]), asked)


def test_a_rise_from_a_recorded_zero_is_no_gain() -> None:
    flows = world()
    flows[5, 0, 1] = 0.0
    found = attribute((flows, CODES, YEARS), "ARE", "QAT", [(2015, 2018)], [(2010, 2014)])
    finding = next(f for f in found.findings if (f.origin, f.destination) == ("ARE", "QAT"))
    assert "nothing can be said about their change" in finding.sentence
    assert finding.standing is None
    assert np.isnan(finding.split.dyad_part)
    assert not any("inf" in f.sentence or "nan" in f.sentence for f in found.findings)
