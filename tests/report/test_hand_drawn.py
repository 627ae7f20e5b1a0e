"""Strips and ratio lines drawn by hand: valid, within their picture, true to their numbers, and readable."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from detente.charts.gap_drawing import spark_svg
from detente.charts.lanes import STATE, Strip, StripLane, draw_lanes
from detente.charts.palette import SHADES
from detente.charts.ratio import RatioLine, draw_ratios
from detente.charts.standalone import as_page, standalone
from detente.language import When
from detente.report.figures.trade import _stretches


def _rects(svg):
    return [e for e in ElementTree.fromstring(svg).iter() if e.tag.endswith("rect") and "hit" in (e.get("class") or "")]


def _contrast(one, other):
    """WCAG 2.2's ratio of two colours."""

    def light(colour):
        parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("compact", [False, True])
def test_strips_lie_on_the_years_of_the_axis(compact):
    strips = [Strip(2000, 2010, "calm", "calm", "a < b"), Strip(2010, 2020.5, "hostile", "cut", 'the "end"')]
    svg = draw_lanes([StripLane("Envoys & more", "now", strips)], 2000, 2020, "x", compact=compact)
    one, other = _rects(svg)
    assert float(one.get("x")) + float(one.get("width")) == pytest.approx(float(other.get("x")), abs=0.11)
    assert float(one.get("width")) == pytest.approx(float(other.get("width")), abs=0.11)  # what is past the axis is cut
    assert other.get("data-tip") == 'the "end"'


def test_a_day_is_still_seen_and_words_only_where_they_fit():
    svg = draw_lanes([StripLane("A", "", [Strip(2005.0, 2005.001, "strained", "a long word", "tip")])], 2000, 2020, "x")
    (rect,) = _rects(svg)
    assert float(rect.get("width")) >= 3
    assert "a long word" not in "".join(ElementTree.fromstring(svg).itertext())


def test_words_on_states_can_be_read():
    for shade in STATE.values():
        assert _contrast(SHADES["ink"][0], shade) >= 4.5


@pytest.mark.parametrize("compact", [False, True])
def test_as_expected_lies_on_its_line_and_equal_factors_are_equal_steps(compact):
    lines = [RatioLine("A", {2000: 1.0, 2001: 0.5, 2002: 0.25, 2003: 0.0}, "origin")]
    root = ElementTree.fromstring(draw_ratios(lines, str, compact=compact))
    places = [float(e.get("cy")) for e in root.iter() if e.tag.endswith("circle")]
    assert places[1] - places[0] == pytest.approx(places[2] - places[1], abs=0.11)
    levels = [re.match(r"M[\d.]+ ([\d.]+)H", e.get("d") or "") for e in root.iter()]
    assert any(float(m[1]) == pytest.approx(places[0], abs=0.11) for m in levels if m)
    height = float(root.get("viewBox").split()[3])
    assert all(0 <= place <= height for place in places)


def test_names_at_the_ends_never_touch():
    lines = [RatioLine(f"Pair {k}", {2000: 1.0, 2001: 0.5}, "origin") for k in range(4)]
    texts = [e for e in ElementTree.fromstring(draw_ratios(lines, str)).iter() if (e.text or "").startswith("Pair")]
    assert min(b - a for a, b in pairwise(sorted(float(e.get("y")) for e in texts))) >= 17


def test_a_page_to_embed_needs_nothing_and_escapes():
    svg = standalone('<svg viewBox="0 0 10 10"></svg>', "A <b> & c", "", [])
    page = as_page(svg, 'A <b> & "c"', "es")
    assert page.startswith('<!doctype html>\n<html lang="es">')
    assert "<b>" not in page
    assert not re.search(r"(src|href)=", page)
    assert "default-src 'none'" in page


def test_a_year_without_a_figure_is_a_dotted_hint_and_no_line():
    known = {2019: 4.0, 2020: 3.0, 2021: 2.0, 2023: 3.0}
    drawn = ElementTree.fromstring(spark_svg(known, {}, "origin"))
    paths = [(path.get("stroke-dasharray"), path.get("d")) for path in drawn if path.tag == "path"]
    solid = [d for dash, d in paths if dash is None]
    assert [d.count("L") for d in solid] == [2, 0]
    assert [d.count("L") for dash, d in paths if dash] == [1]


def test_the_lines_of_the_trade_chart_break_where_a_year_is_missing():
    rows = [
        {"flow": flow, "when": When(year), "year": year, "usd_mn": 1.0, "origin": flow == "a"}
        for flow, years in (("a", (2019, 2020, 2021, 2023)), ("b", (2020, 2021, 2022)))
        for year in years
    ]
    points, alone = _stretches(rows)
    solid = {run: [p["year"] for p in points if p["run"] == run] for run in {p["run"] for p in points if p["known"]}}
    assert sorted(solid.values()) == [[2019, 2020, 2021], [2020, 2021, 2022], [2023]]
    assert [p["year"] for p in points if not p["known"]] == [2021, 2023]
    assert [row["year"] for row in alone] == [2023]
    quarters = [
        {"flow": "a", "when": When(q), "year": q, "usd_mn": 1.0, "origin": True} for q in (20213, 20214, 20221, 20223)
    ]
    assert len({p["run"] for p in _stretches(quarters)[0] if p["known"]}) == 2
