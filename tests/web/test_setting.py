"""Settings of the scenario desk: the address is the state, and a value outside the model says so."""

from __future__ import annotations

import math
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.errors import SpecificationError
from detente.web.desk.levers import levers
from detente.web.desk.settings import MOST, Setting, read_pins, read_setting
from detente.web.http.words import Words

DEFAULT = Setting(2014, ratio=1.8)
sizes = st.integers(-160, 160).map(lambda k: k / 100)


@given(
    st.builds(
        Setting,
        year=st.integers(2000, 2020),
        gdp_case=st.sampled_from(["published", "low", "high"]),
        ratio=st.sampled_from([1.0, 1.8]),
        theta=st.integers(5, 120).map(lambda k: k / 10),
        psi=st.integers(0, 30).map(lambda k: k / 10),
        deficits=st.sampled_from(["multiplicative", "additive"]),
        there=sizes,
        back=sizes,
        tariff_there_pct=st.integers(0, 300).map(float),
        tariff_back_pct=st.integers(0, 300).map(float),
        effects=st.dictionaries(st.sampled_from([v.id for v in levers()]), sizes.filter(bool), max_size=5),
    )
)
def test_an_address_brings_back_the_setting_it_was_made_from(setting):
    again = read_setting(dict(parse_qsl(setting.query())), DEFAULT)
    assert again == setting
    assert again.query() == setting.query()


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"theta": "0"}, "theta"),
        ({"theta": "nan"}, "theta"),
        ({"psi": "-1"}, "psi"),
        ({"goods": "inf"}, "goods"),
        ({"relations": "closed"}, "relations"),
        ({"deficits": "none"}, "deficits"),
        ({"year": "next"}, "year"),
        ({"goods": "-9", "there": "-9"}, "effects"),
    ],
)
def test_a_value_outside_the_domain_is_named(query, named):
    with pytest.raises(SpecificationError, match=named):
        read_setting(query, DEFAULT)


def test_closing_the_border_overrides_every_other_effect():
    setting = read_setting({"goods": "closed", "there": "2", "bloc": "0.475"}, DEFAULT)
    assert setting.totals() == (-math.inf, -math.inf)


def test_levers_of_both_directions_add_up():
    setting = Setting(2014, there=0.5, effects={"bloc": 0.475, "sanctions": -0.85})
    assert setting.totals() == pytest.approx((0.125, -0.375))


def test_presets_lie_on_their_sliders_and_sliders_in_the_domain():
    for lever in levers():
        assert -MOST <= lever.low < 0 < lever.high <= MOST
        for value in lever.presets.values():
            assert lever.low <= value <= lever.high


def test_no_more_than_three_scenarios_are_kept_beside_the_one_moved():
    pins = read_pins([("pin", f"{k}|goods=-{k}") for k in range(1, 9)], DEFAULT)
    assert [title for title, _ in pins] == ["1", "2", "3"]
    assert pins[1][1].effects == {"goods": -2.0}


def test_sizes_and_spreads_are_those_of_the_shipped_library():
    """Computed anew from the library's paths: median and middle 80% over cases, first full year of a rupture."""
    import numpy as np

    from detente.attribution.library.expected_paths import outcomes

    found = [o for o in outcomes() if o.kind == "rupture" and o.horizon == 1]
    by_lever = {
        "goods": "closure",
        "relations": "diplomatic quarrel",
        "sanctions": "product ban",
        "payments": "payment freeze",
    }
    for lever in levers():
        if lever.id not in by_lever:
            continue
        values = [o.value for o in found if o.instrument == by_lever[lever.id]]
        assert lever.cases["n"] == len(values)
        assert lever.size == round(float(np.median(values)), 3)
        assert lever.cases["low"] <= lever.size <= lever.cases["high"]


def test_a_tariff_is_in_the_address_and_in_percent():
    setting = read_setting({"tariff_there_pct": "25"}, DEFAULT)
    assert setting.tariffs == (0.25, 0.0)
    assert "tariff_there_pct=25" in setting.query()
    for wrong in ("-5", "501", "much"):
        with pytest.raises(SpecificationError, match="tariff_back_pct"):
            read_setting({"tariff_back_pct": wrong}, DEFAULT)


@pytest.mark.parametrize(
    ("language", "below", "above"), [("en", "93% of", "3.6 times"), ("es", "el 93\xa0% de", "3,6 veces")]
)
def test_a_residual_is_so_much_of_what_was_expected_or_so_many_times_that(language, below, above):
    words = Words(language)
    told = [words.share_of(math.log(ratio)) for ratio in (0.93, 3.6)]
    assert [text.replace(" %", "\xa0%") for text in told] == [below, above]
