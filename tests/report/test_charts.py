"""Every chart has a finding, axes with units, words for those who do not see it, and its numbers."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import pairwise
from math import exp, log
from xml.etree import ElementTree

import polars as pl
import pytest

from detente.answer.run_facts.flags import decimal_year
from detente.charts.chart import spread
from detente.charts.palette import SHADES
from detente.charts.svg import draw
from detente.errors import SpecificationError
from detente.language import Catalogue
from detente.report.figures import CHARTS, chart_kind
from detente.report.glossary import glossary
from detente.report.page import render_report
from detente.report.story import Story

SVG = "{http://www.w3.org/2000/svg}"
UNITS = {
    "trade": "US$ million",
    "verdicts": "claims",
    "residuals": "% of expected",
    "parts": "log points",
    "scenarios": "US$ million",
    "forecasts": "forecast ÷ outcome",
    "partners": "share of goods trade",
    "winners": "change in real income, %",
    "library": "% of expected",
    "attributions": "log points",
    "specifications": "log points",
    "strips": "Index, 0 to 100",
    "lines": "million cubic feet a day",
}


@pytest.fixture(scope="module")
def story():
    return Story.of(sys.modules["fake_run"].FakeRun() if "fake_run" in sys.modules else _load().FakeRun())


def _load():
    import importlib.util
    from pathlib import Path

    path = Path(__file__).parents[1] / "fixtures" / "report" / "fake_run.py"
    spec = importlib.util.spec_from_file_location("fake_run", path)
    module = sys.modules["fake_run"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def axes(spec):
    """Every title of an axis or a legend in a specification, wherever it stands."""
    if isinstance(spec, dict):
        for guide in ("axis", "legend"):
            if isinstance(spec.get(guide), dict) and spec[guide].get("title"):
                yield spec[guide]["title"]
        for part in spec.values():
            yield from axes(part)
    elif isinstance(spec, list):
        for part in spec:
            yield from axes(part)


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("shape", ["spec", "compact"])
def test_chart_is_complete(story, name, language, shape):
    chart = CHARTS[name].draw(story, Catalogue(language))
    titles = set(axes(getattr(chart, shape)))
    assert titles, "a chart without axis titles"
    if language == "en":
        assert any(UNITS.get(name, "") in title for title in titles)
    assert chart.title in chart.alt
    assert chart.source
    assert chart.subtitle
    assert chart.data.height > 0
    root = ElementTree.fromstring(draw(getattr(chart, shape), ident="x", language=language, narrow=shape == "compact"))
    hits = [node for node in root.iter() if "hit" in node.get("class", "").split()]
    assert len(hits) > 2
    assert all(bool(node.get("data-tip")) == (shape == "spec") for node in hits)  # the script copies them over
    assert not any(node.get("aria-label") or node.get("role") for node in root.iter())


@pytest.mark.parametrize("name", CHARTS)
def test_nothing_to_show_is_no_chart(story, name):
    bare = story.with_tables(**{name: frame.clear() for name, frame in story.tables.items()})
    assert CHARTS[name].draw(bare, Catalogue("en")) is None


@pytest.mark.parametrize("height", [0.05, 0.35, 0.7, 1.1])  # log ratio at which the path ends
def test_the_name_of_the_band_stands_clear_of_the_path(story, height):
    level = pl.when(pl.col("year") > 2014).then(height).otherwise(pl.col("log_ratio")).alias("log_ratio")
    banded = story.residuals.with_columns(level, band_low=pl.lit(-1.5), band_high=pl.lit(1.3), n_placebos=400)
    chart = CHARTS["residuals"].draw(story.with_tables(residuals=banded), Catalogue("en"))
    for panel in chart.spec["hconcat"]:
        (at,) = [layer["data"]["values"][0]["at"] for layer in panel["layer"] if layer["mark"].get("text")]
        assert -1.5 < log(at / 100) < 1.3
        assert min(abs(log(at / 100)), abs(log(at / 100) - height)) > 0.2  # of 2.8 log points, 300 pixels


def test_findings_follow_from_the_numbers(story):
    words = Catalogue("en")
    titles = {name: CHARTS[name].draw(story, words).title for name in CHARTS}
    # 6091.0 + 1109.0 = 7200.0 in 2008 and 1071.9 + 98.1 = 1170.0 in 2025: 16.25%
    assert (
        titles["trade"]
        == "Recorded trade peaked at US$7.2 billion in 2008; in 2025 it was US$1.17 billion, 16% of that"
    )
    # the lowest residual is -1.65 (2011), the last computed one -1.17 (2020)
    assert f"{100 * exp(-1.65):.0f}% of expected trade in 2011" in titles["residuals"]
    assert f"{100 * exp(-1.17):.0f}% in 2020" in titles["residuals"]
    assert "9 of 9 forecasts of an amount" in titles["forecasts"]
    assert titles["verdicts"].startswith("7 of 10 decided claims are independently confirmed; 14")
    assert "−1.81 log points" in titles["parts"]
    # 'closed' has no draws: its specifications run from -0.33 x 4/2 to -0.33 x 4/6 / 1.8 x 0.9 percent
    assert titles["scenarios"] == "Border closed: Venezuela's real income would change by −0.66 to −0.11%"
    assert (
        titles["attributions"]
        == "Freeze, 2008–2010: the pair-specific part ranges over −1.45 to −1.15 log points across 4 methods"
    )
    assert "−1.45 to −1.43 log points over 4 specifications; unusual at 5% in 2 of 4" in titles["specifications"]
    assert titles["partners"].endswith("United States with 28% of its goods trade; Venezuela had 0.3%")
    assert "+0.0006%, in Panama (Border closed)" in titles["winners"]


def test_colours_become_variables_that_fall_back(story):
    text = draw(CHARTS["trade"].draw(story, Catalogue("en")).spec, ident="t")
    assert f"var(--c-origin,{SHADES['origin'][0]})" in text
    bare = text
    for name, (light, _) in SHADES.items():
        bare = bare.replace(f"var(--c-{name},{light})", "")
    assert not any(light in bare for light, _ in SHADES.values())


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("side", [0, 1], ids=["light", "dark"])
def test_words_and_lines_stand_out_from_the_page(side):
    for surface in ("paper", "shade"):
        ground = SHADES[surface][side]
        for name in ("ink", "muted", "origin", "destination", "raises", "lowers", "mixed", "accent"):
            assert contrast(SHADES[name][side], ground) >= 4.5, (name, surface)  # WCAG AA for text
        assert contrast(SHADES["expected"][side], ground) >= 3  # WCAG AA for graphics


def test_labels_are_moved_apart_in_order():
    placed = spread([5.0, 1.0, 2.0, 2.1], gap=2.0)
    assert sorted(range(4), key=placed.__getitem__) == [1, 2, 3, 0]
    assert all(b - a >= 2.0 - 1e-12 for a, b in pairwise(sorted(placed)))


def test_dates_on_the_axis():
    assert decimal_year("2019") == 2019
    assert decimal_year("2019-07-02") == pytest.approx(2019.5, abs=0.01)
    assert decimal_year("2015-07/2026-03") == 2015.5
    assert decimal_year("n.d.") is None
    assert decimal_year("") is None


@pytest.mark.parametrize(("language", "said"), [("en", "to a recorded zero"), ("es", "hasta un cero registrado")])
def test_a_fall_to_zero_has_no_total_and_a_title_of_its_own(story, language, said):
    gone = story.attribution.with_columns(log_change=pl.lit(None, pl.Float64), flow_to_usd_mn=pl.lit(0.0))
    title = (
        CHARTS["parts"].draw(replace(story, tables={**story.tables, "attribution": gone}), Catalogue(language)).title
    )
    assert said in title
    assert "( " not in title


def test_a_fall_to_zero_is_told_with_the_pair_s_own_part_even_where_the_first_direction_has_none(story):
    """The other direction's trade with everyone else was given as what is specific to the pair."""
    mine = pl.col("origin") == story.study.origin
    table = story.attribution.with_columns(
        dyad_part=pl.when(mine).then(None).otherwise(-10.45), supply_demand_part=pl.lit(-0.41), log_change=pl.lit(None, pl.Float64)
    )  # fmt: skip
    drawn = CHARTS["parts"].draw(replace(story, tables={**story.tables, "attribution": table}), Catalogue("en"))
    assert "pair-specific component −10.45 log points or lower" in drawn.title


def test_a_made_up_chart_is_one_module_and_its_words(story, quick_pen):
    """Its section shows it, the page holds its numbers, and its name cannot be taken twice."""
    made = replace(CHARTS["parts"].draw(story, Catalogue("en")), slug="madeup", title="A made-up finding")
    kind = chart_kind("forecasts", 9, lambda story, words: made)
    with CHARTS.having("madeup", kind):
        html = render_report(sys.modules["fake_run"].FakeRun())
        with pytest.raises(SpecificationError, match="already a chart named 'madeup'"):
            CHARTS.add("madeup", kind)
    assert html.count("A made-up finding") > 2
    assert html.index('id="en-forecasts"') < html.index('id="en-chart-madeup"') < html.index('id="en-sources"')
    assert "madeup" not in CHARTS
    with pytest.raises(SpecificationError, match="no section 'weather'"):
        chart_kind("weather", 1, lambda story, words: None)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_middle_of_the_draws_stands_beside_the_dot(story, language):
    """The first screen shows the former, the chart the middle case: one page says which is which, with both numbers."""
    words = Catalogue(language)
    drawn = CHARTS["scenarios"].draw(story, words)
    middles = {words.number(value, 2, sign=True) for value in story.bands["welfare_pct_p50"].drop_nulls()}
    said = [middle for middle in middles if middle in drawn.subtitle]
    assert said if middles else "draws" not in drawn.subtitle
    bare = replace(story, tables={**story.tables, "bands": story.bands.clear()})
    assert len(CHARTS["scenarios"].draw(bare, words).subtitle) < len(drawn.subtitle)


def test_words_of_the_page_are_in_the_order_of_a_dictionary():
    names = [name for _, name, _ in glossary(Catalogue("es"))]
    assert names.index("álgebra exacta de variaciones") < names.index("años base") < names.index("trayectoria central")
