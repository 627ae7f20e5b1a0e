"""Numbers on either side of zero: falls, deficits, bounds on them, and multiples downwards."""

from __future__ import annotations

import pytest

RATE = {"series": "gdp.growth", "unit": "pct", "kind": "rate"}


@pytest.mark.parametrize(
    ("value", "text", "options", "found", "verdict"),
    [
        ("3", "GDP shrank by more than 3%", "op=more than", "-3.4", "confirmed"),
        ("-3", "GDP fell more than 3%", "op=more than", "-3.4", "confirmed"),
        ("3", "GDP shrank by more than 3%", "op=more than", "-2.4", "contradicted"),
        ("5", "GDP shrank by less than 5%", "op=less than", "-3.4", "confirmed"),
        ("5", "GDP shrank by less than 5%", "op=less than", "-7", "contradicted"),
        ("5", "GDP shrank by less than 5%", "op=less than", "2", "contradicted"),  # it grew
        ("0.1", "GDP fell by at least 0.1%", "op=at least", "-9", "imprecise"),  # far off
        ("3.4", "GDP fell 3.4%", "", "3.4", "contradicted"),
        ("3.4", "El PIB cayó un 3,4%", "", "3.4", "contradicted"),
        ("3.4", "A 3.4% drop in GDP", "", "3.4", "contradicted"),
        ("3.4", "Unemployment fell from 5% to 3.4%", "", "3.4", "confirmed"),
        ("3.4", "El desempleo bajó al 3,4%", "", "3.4", "confirmed"),
        ("3.4", "Unemployment fell to a low of 3.4%", "", "3.4", "confirmed"),
        ("0.0", "GDP was flat", "", "0.04", "imprecise"),  # it would be written so
        ("0.0", "GDP was flat", "", "0.4", "contradicted"),
    ],
)
def test_a_rate_has_its_side_of_zero(small, value, text, options, found, verdict):
    claim = small.quantity(value, unit="pct", target="gdp.growth", claim=text, options=options)
    assert small.verdict(claim, figures=[RATE | {"value": found}]).verdict == verdict


def test_the_reason_says_what_the_fall_allows(small):
    claim = small.quantity("3.4", unit="pct", target="gdp.growth", claim="GDP fell 3.4%")
    assert "-3.45% to -3.35%" in small.verdict(claim, figures=[RATE | {"value": "3.4"}]).reason


@pytest.mark.parametrize(
    ("value", "text", "options", "verdict"),
    [
        ("50", "A deficit of US$50m", "", "confirmed"),
        ("50", "Un déficit de 50 millones", "", "confirmed"),
        ("-50", "A balance", "", "confirmed"),
        ("50", "A surplus of US$50m", "", "not checkable"),  # the other side's
        ("50", "A balance of US$50m", "", "not checkable"),
        ("+50", "A surplus of US$50m", "", "contradicted"),
        ("90", "A surplus of US$90m", "", "contradicted"),  # whoever's it is
        ("40", "A deficit of more than US$40m", "op=more than", "confirmed"),
        ("-60", "A deficit of more than US$60m", "op=more than", "contradicted"),
    ],
)
def test_a_deficit_is_below_zero_from_one_side(small, value, text, options, verdict):
    claim = small.quantity(value, target="trade.balance", claim=text, options=options)
    assert small.verdict(claim, figures=[{"series": "trade.balance", "value": "-50"}]).verdict == verdict


@pytest.mark.parametrize(
    ("text", "value", "after", "verdict"),
    [
        ("Exports fell threefold", "3", "100", "confirmed within rounding"),
        ("Exports fell threefold", "3", "200", "contradicted"),
        ("Exports rose threefold", "3", "100", "contradicted"),
        ("Las ventas cayeron a un tercio", "0.33", "100", "confirmed within rounding"),
    ],
)
def test_to_fall_threefold_is_to_fall_to_a_third(small, text, value, after, verdict):
    claim = {"claim": text, "value": value, "unit": "times", "test": "change", "target": "trade.total",
             "options": "from=2020;to=2021;measure=ratio"}  # fmt: skip
    figures = [{"period": "2020", "value": "300"}, {"period": "2021", "value": after}]
    assert small.verdict(claim, figures=figures).verdict == verdict


@pytest.mark.parametrize("measure", ["pct", "difference"])
def test_ends_in_two_units_of_one_thing_are_compared(small, measure):
    value, unit = {"pct": ("100", "pct"), "difference": ("1000", "usd_mn")}[measure]
    claim = {"claim": "It rose", "value": value, "unit": unit, "test": "change", "target": "trade.total",
             "options": f"from=2020;to=2021;measure={measure}"}  # fmt: skip
    figures = [{"period": "2020", "value": "1000"}, {"period": "2021", "value": "2", "unit": "usd_bn"}]
    assert small.verdict(claim, figures=figures).verdict == "confirmed within rounding"


@pytest.mark.parametrize(
    ("claim", "rows"),
    [
        ({"value": "1", "test": "quantity"}, {"figures": [{"value": "6000", "low": "6000", "status": "bound"}]}),
        ({"value": "1", "test": "quantity", "attributed_to": "Statistics Office"}, {"figures": [{"value": "6600"}]}),
        (
            {"value": "1", "unit": "pct", "claim": "It rose", "test": "change", "date": ""},
            {"figures": [{"period": "2020"}, {"period": "2021", "value": "140"}]},
        ),
        (
            {"value": "1", "unit": "days", "test": "duration", "target": "E1..E2", "date": ""},
            {"events": [{}, {"date": "2021-03-02"}]},
        ),
        (
            {"value": "1", "unit": "", "test": "count", "target": "kind=border closure", "date": "2020"},
            {"events": [{"date": f"2020-03-{day:02d}"} for day in range(1, 13)]},
        ),
    ],
)
def test_one_sided_wording_that_is_far_off_is_said_to_be_so_by_every_test(small, claim, rows):
    options = "op=more than" + (";from=2020;to=2021" if claim["test"] == "change" else "")
    given = small.verdict(small.quantity("", options=options) | claim, **rows)
    assert given.verdict == "imprecise"
    assert "far off" in given.reason
