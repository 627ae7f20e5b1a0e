"""The first screen: the run's own figures, in sentences that hold, and how sure each number is."""

from __future__ import annotations

import importlib.util
import math
import re
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.answer.facts import Facts, Fall, Flow, IncomeEffect
from detente.answer.run_facts import reading
from detente.answer.run_facts.run_tables import RunTables
from detente.charts.gap import Flag, GapChart, GapLabels
from detente.charts.gap_drawing import draw_gap, spark_svg
from detente.charts.palette import SHADES
from detente.charts.standalone import standalone
from detente.economies import in_text
from detente.language import Catalogue
from detente.report.first_screen import FAIR, FIRM, ROUGH, first_screen
from detente.report.page import render_view
from detente.report.story import Story

NAMES = {"AAA": "Aland", "BBB": "Beland"}
FALL = Fall(2008, 2010, -1.386, 0.001, -1.387, 0, 120)
LATER = Fall(2012, 2020, -2.65, -2.9, 0.25, 97, 120)


def facts(**changed) -> Facts:
    sold = {2008: 6200.0, 2009: 4000.0, 2010: 1460.0, 2012: 2775.0, 2020: 195.0}
    flows = (
        Flow("AAA", "BBB", sold, dict.fromkeys(sold, 5500.0), falls=(FALL, LATER)),
        Flow("BBB", "AAA", {2008: 1000.0, 2020: 27.0}, {2008: 900.0, 2020: 30.0}),
    )
    given = {"totals": {2008: 7200.0, 2020: 222.0, 2025: 1170.0}, "checks": (8, 8), "spread": 0.005, "baseline": 2020,
             "effects": (IncomeEffect("Healed", "BBB", 0.016, 0.088, 0.4),)}  # fmt: skip
    return Facts(flows, **(given | changed))


def screen(of: Facts, language: str = "en"):
    return first_screen(of, Catalogue(language), NAMES.get, "x")


def test_the_sentences_say_the_figures():
    found = screen(facts())
    assert found.answer.startswith("Two falls in Aland's sales to Beland. The first, in 2008–10,")
    assert found.answer.endswith("In 2025 two-way trade was a sixth of its peak.")
    told = dict(found.sentences)
    assert (
        "US$7.2 billion in 2008, US$222 million in 2020 and US$1.17 billion in 2025: a sixth" in told["What happened."]
    )
    assert "fell by 75%, though nothing" in told["Why."]
    assert "none of 120 similar pairs lost as much" in told["Why."]
    assert "97 of 120 similar pairs did as badly" in told["Why."]
    assert "+0.09% (+0.02 to +0.40%)" in told["What if."]


CEASED = Fall(2016, 2019, -math.inf, 0.15, -12.8, 0, 400)
SMALL = Fall(2013, 2014, -0.11, -0.02, -0.09, 129, 400)


def test_the_screen_leads_with_the_fall_that_few_pairs_share():
    sold = {2013: 625.0, 2014: 561.0, 2016: 320.0, 2019: 0.0, 2023: 359.0}
    flows = (Flow("AAA", "BBB", sold, dict.fromkeys(sold, 500.0), falls=(SMALL, CEASED)), facts().flows[1])
    found = screen(replace(facts(), flows=flows))
    assert found.answer.startswith(
        "Two falls in Aland's sales to Beland. The first, in 2013–14, is within what similar pairs saw; the second, in 2016–19, "
    )
    assert "fell to zero; their trade with everyone else alone would have meant +16%" in dict(found.sentences)["Why."]
    assert [n.value for n in found.numbers if "2016–19" in n.what] == ["0 of 400"]
    rise = Fall(2010, 2012, 0.4, 0.1, 0.3, 200, 400)
    flows = (replace(flows[0], falls=(rise, SMALL, CEASED)), flows[1])  # the third of three
    assert "In 2016–19" in dict(screen(replace(facts(), flows=flows)).sentences)["Why."]


def test_a_fall_that_other_trade_implies_is_told_from_one_that_is_merely_common():
    assert "is what their other trade leads one to expect" in screen(facts()).answer
    common = replace(LATER, others=-0.3, own=-2.35)
    flows = (replace(facts().flows[0], falls=(FALL, common)), facts().flows[1])
    assert "the second, in 2012–20, is within what similar pairs saw" in screen(replace(facts(), flows=flows)).answer


def test_how_sure_each_number_is_follows_from_the_facts():
    def sure(of: Facts) -> list[int]:
        return [number.sure for number in screen(of).numbers]

    assert sure(facts()) == [FIRM, FIRM, ROUGH]
    assert sure(facts(spread=0.1, checks=(5, 8))) == [FAIR, FAIR, ROUGH]
    assert sure(facts(spread=None, checks=(1, 8))) == [FAIR, ROUGH, ROUGH]
    assert sure(facts(checks=None))[1] == ROUGH


def test_few_pairs_cannot_tell_that_a_fall_is_unusual():
    assert replace(FALL, n=8).place == "few"
    assert replace(FALL, n=9).place == "some_loss"
    assert replace(FALL, n=120, as_bad=1).place == "strong_loss"  # 2/121 = 0.0165
    assert replace(FALL, n=120, as_bad=2).place == "some_loss"  # 3/121 = 0.0248
    assert replace(FALL, n=119, as_bad=11).place == "some_loss"  # 12/120 = 0.10
    assert replace(FALL, n=120, as_bad=12).place == "ordinary"


def test_a_gain_is_rare_where_few_did_better_and_its_checks_are_of_gains():
    gain = replace(FALL, change=1.5, own=1.8, n=400, as_bad=396)
    assert (gain.lost, gain.place) == (False, "strong_gain")
    assert replace(gain, as_bad=330).place == "ordinary"
    flows = (replace(facts().flows[0], falls=(gain,)), facts().flows[1])
    number = screen(replace(facts(checks=(8, 8)), flows=flows)).numbers[1]
    assert (number.value, number.sure) == ("4 of 400", FIRM)


@pytest.mark.parametrize("top", [0.0004, 0.27, 0.6, 1.7, 6.5, 24.0, 480.0, 1900.0, 48_000.0])
@pytest.mark.parametrize("language", ["en", "es"])
def test_no_two_marks_of_an_axis_read_alike(top, language):
    sold = {2000: top / 3, 2001: top}
    flows = (replace(facts().flows[0], sold=sold, expected={2000: top / 2, 2001: top / 2}), facts().flows[1])
    drawn = screen(replace(facts(), flows=flows), language).pictures[0].wide
    marks = re.findall(r'text-anchor="end" font-size="13"[^>]*>([\d.,]+)<', drawn)
    assert len(marks) == len(set(marks)) >= 3, marks


@pytest.mark.parametrize(("ratio", "said"), [(0.5, "half"), (0.1625, "a sixth"), (0.9, "90%"), (0.00002, "0.002%")])
def test_shares_are_words_where_a_word_is_near(ratio, said):
    assert screen(facts(totals={2000: 1000.0, 2020: 1000.0 * ratio})).answer.endswith(f"trade was {said} of its peak.")


def test_no_trade_is_no_screen():
    empty = Flow("AAA", "BBB", {}, {})
    assert screen(Facts((empty, empty), {})) is None


def test_the_screen_shows_the_figures_of_the_run():
    story = Story.of(_fake_run(), "en")
    found = story.facts
    row = story.attribution.filter(story.attribution["origin"] == story.study.origin).row(0, named=True)
    fall = found.flows[0].falls[0]
    assert (fall.start, fall.end, fall.change) == (row["from_year"], row["to_year"], row["log_change"])
    assert fall.n == row["n_placebos"]
    if row.get("n_as_bad") is not None:
        assert fall.as_bad == row["n_as_bad"]


def _fake_run():
    path = Path(__file__).parents[1] / "fixtures" / "report" / "fake_run.py"
    spec = importlib.util.spec_from_file_location("fake_run_of_first_screen", path)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.FakeRun()


# The picture.

LABELS = GapLabels(
    lambda v: f"{v:.0f} sold", lambda v: f"{v:.0f} expected", "Gap in", lambda v: [f"{v:.0f}"], lambda v: f"{v:g}",
    lambda y, s, d: f"{y} {s} {d}",
)  # fmt: skip
amounts = st.dictionaries(st.integers(1990, 2025), st.floats(0, 1e7), min_size=2, max_size=30)


@settings(max_examples=60, deadline=None)
@given(amounts, amounts, st.booleans(), st.lists(st.floats(1985, 2030), max_size=4))
def test_any_two_series_draw_a_picture_that_stays_in_its_frame(sold, expected, compact, flags):
    chart = GapChart(sold, expected, "origin", LABELS, [Flag(x, "Jan", "border <shut> & more") for x in flags])
    svg = draw_gap(chart, "t", compact=compact)
    root = ElementTree.fromstring(svg)
    width, height = map(float, root.get("viewBox").split()[2:])
    for node in root.iter():
        for name, most in (("x", width), ("cx", width), ("y", height), ("cy", height)):
            if node.get(name) is not None:
                assert -1 <= float(node.get(name)) <= most + 1
    assert "nan" not in svg
    assert "<shut>" not in svg
    tips = [node.get("data-tip") for node in root.iter() if node.get("data-tip")]
    assert len(tips) == len({*sold, *expected})


def test_labels_touch_no_other_label():
    chart = GapChart(dict.fromkeys(range(2000, 2021), 100.0), dict.fromkeys(range(2000, 2021), 101.0), "origin", LABELS)
    texts = re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*font-weight="700"', draw_gap(chart, "t"))
    places = [(float(x), float(y)) for x, y in texts]
    assert all(abs(y1 - y2) > 10 or abs(x1 - x2) > 20 for k, (x1, y1) in enumerate(places) for x2, y2 in places[:k])


FLAGS = [Flag(year, when, what) for year, when, what in (
    (2009.6, "Jul 2009", "relations frozen"), (2015.6, "Aug 2015", "border shut"), (2022.7, "Sep 2022", "border reopens"))]  # fmt: skip


@pytest.mark.parametrize("compact", [False, True])
@pytest.mark.parametrize(("language", "units"), [("en", ("bn", "m")), ("es", ("millones", "mill."))])
def test_an_amount_at_a_line_names_its_unit_and_covers_no_flag(language, units, compact):
    sold = dict(
        zip(range(2000, 2022), [*range(1300, 6500, 650), 4400, 1550, 1850, 2970, *range(2400, 400, -200)], strict=True)
    )
    due = dict(
        zip(
            range(2000, 2022),
            [*range(1400, 5800, 550), 5100, 5400, 9200, 11_000, *range(8000, 1000, -700)],
            strict=True,
        )
    )
    words = Catalogue(language)
    labels = GapLabels(
        lambda v: words("first.sold_amount", value=words.money(v, at="label")),
        lambda v: words("first.expected_amount", value=words.money(v, at="label")), words("first.gap"),
        lambda v: [words.money(v, at="label"), words.money(v, at="narrow")], lambda v: f"{v:g}", lambda y, s, d: "",
    )  # fmt: skip
    svg = draw_gap(GapChart(sold, due, "origin", labels, FLAGS), "t", compact=compact)
    found = re.findall(r'<text x="[\d.]+" y="([\d.]+)"[^>]*font-weight="700"[^>]*>([^<]*)', svg)
    amounts = [(float(y), text) for y, text in found if "US$" in text]
    assert len(amounts) >= 3, "the peak, the end, and what was expected at the widest gap"
    for y, text in amounts:
        assert any(re.search(rf"US\$[\d.,]+ ?{re.escape(unit)}", text) for unit in units), text
        assert y > (26 if compact else 64), f"{text} stands among the words of the flags"


def test_the_gap_is_shaded_only_where_less_was_sold_than_expected():
    above = GapChart({2000: 5.0, 2001: 6.0}, {2000: 1.0, 2001: 2.0}, "origin", LABELS)
    below = GapChart({2000: 1.0, 2001: 6.0}, {2000: 5.0, 2001: 2.0}, "origin", LABELS)
    shade = SHADES["gap"][0]
    assert shade not in draw_gap(above, "t")
    assert draw_gap(below, "t").count(shade) == 1


def test_a_picture_that_stands_alone_has_title_source_and_no_variables():
    chart = GapChart({2000: 5.0, 2001: 6.0}, {2000: 1.0, 2001: 2.0}, "origin", LABELS)
    svg = standalone(draw_gap(chart, "t"), "A <title>", "what is drawn", ["Source: X & Y", "1 Jan 2026"])
    root = ElementTree.fromstring(svg)
    text = "".join(root.itertext())
    assert all(part in text for part in ("A <title>", "what is drawn", "Source: X & Y", "1 Jan 2026"))
    assert "var(" not in svg
    assert "data-tip" not in svg


def test_a_card_draws_both_lines():
    root = ElementTree.fromstring(spark_svg({2000: 1.0, 2001: 2.0}, {2000: 1.5, 2001: 1.0}, "origin"))
    assert len([node for node in root if node.tag.endswith("path")]) == 2


class _Order(HTMLParser):
    """What a screen reader meets: headings, text, buttons and labels in the order of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.met: list[str] = []
        self.silent = 0
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag in ("meta", "link", "input", "br", "path", "circle", "rect", "hr", "use", "line", "image"):
            return
        hidden = "hidden" in given or given.get("aria-hidden") == "true" or tag in ("svg", "script", "style")
        self.open.append("silent" if hidden else tag)
        self.silent += hidden
        if not self.silent and tag in ("h1", "h2", "h3", "button", "blockquote", "strong"):
            self.met.append(f"<{tag}>")

    def handle_endtag(self, tag):
        if self.open and tag not in ("path", "circle", "rect"):
            self.silent -= self.open.pop() == "silent"

    def handle_data(self, data):
        if not self.silent and data.strip():
            self.met.append(" ".join(data.split()))


def test_the_first_screen_reads_from_the_top_what_happened_first(quick_pen):
    """Title, the answer, whose sales, the chart in words, what happened, why, then the numbers with how sure they are."""
    order = _Order()
    order.feed(render_view(_fake_run(), "en"))
    text = "\n".join(order.met)
    steps = ["<h1>", "sells", "<h2>\nWhat Colombia sold to Venezuela", "A line of what Colombia sold",
             "What happened.", "It need not be politics", "<strong>", "How it is computed, and every number"]  # fmt: skip
    places = [text.find(step) for step in steps]
    assert -1 not in places, list(zip(steps, places))
    assert places == sorted(places)


def test_checks_are_those_of_the_fall_that_is_told():
    """Each episode has checks of its own; those of another change say nothing about this one."""
    rows = [("short", 0.01, 200), ("short", 0.02, 200), ("short", 0.5, 5), ("whole", 0.6, 200), ("whole", 0.7, 200)]
    specs = pl.DataFrame(rows, schema=["episode", "placebo_share", "n_placebos"], orient="row")
    episodes = (
        SimpleNamespace(id="whole", from_year=2005, to_year=2023),
        SimpleNamespace(id="short", from_year=2014, to_year=2015),
    )
    tables = RunTables({"specifications": specs}, (("AAA", "BBB"), ("BBB", "AAA")), episodes, Catalogue("en"), str)

    def checks(start, end):
        return reading._checks(tables, Flow("AAA", "BBB", {}, {}, falls=(replace(FALL, start=start, end=end),)))

    assert checks(2014, 2015) == (2, 2)
    assert checks(2005, 2023) == (0, 2)
    assert checks(2008, 2010) is None


def test_checks_of_one_direction_are_not_said_of_the_other():
    usual = replace(FALL, as_bad=60)
    flows = (Flow("AAA", "BBB", {2008: 2.0, 2010: 1.0}, {}, falls=(usual,)),
             Flow("BBB", "AAA", {2008: 2.0, 2010: 1.0}, {}, falls=(FALL,)))  # fmt: skip
    number = screen(replace(facts(checks=(8, 8)), flows=flows)).numbers[1]
    assert (number.sure, number.reason) == (ROUGH, Catalogue("en")("first.one_check"))


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(-0.08, -0.03, "−0.08 to −0.03%"), (0.0046, 0.033, "+0.005 to +0.033%"), (0.0003, 0.02, "+0.0003 to +0.0200%")],
)
def test_a_range_never_ends_in_nothing_that_is_something(low, high, said):
    of = facts(effects=(IncomeEffect("Healed", "BBB", low, (low + high) / 2, high),))
    assert said in screen(of).numbers[2].reason


@pytest.mark.parametrize(("wrong", "said"), [(0, "none is wrong"), (1, "one is wrong"), (3, "3 are wrong")])
def test_claims_that_are_wrong_are_counted_in_grammar(wrong, said):
    assert said in screen(facts(claims={"confirmed": 5, "contradicted": wrong})).claims


def test_the_chart_that_is_open_is_of_the_direction_that_the_headline_speaks_of():
    usual, odd = Fall(2005, 2007, 0.3, 0.6, -0.3, 80, 120), Fall(2016, 2018, -2.0, 0.1, -2.1, 0, 120)
    first, second = facts().flows
    found = screen(replace(facts(), flows=(replace(first, falls=(usual,)), replace(second, falls=(odd,)))))
    assert found.answer.startswith("The fall in Beland's sales to Aland in 2016–18 hit")
    assert [picture.ident for picture in found.pictures] == ["x-destination", "x-origin"]
    assert [picture.ident for picture in screen(facts()).pictures] == ["x-origin", "x-destination"]


def test_a_pair_without_a_loss_says_so_and_its_number_is_of_what_was_expected():
    rise = Fall(2005, 2007, 0.3, 0.6, -0.3, 80, 120)
    first, second = facts().flows
    calm = replace(facts(checks=None), flows=(replace(first, falls=(rise,)), second))
    assert screen(calm).answer.startswith("No loss in Aland's sales to Beland stands out from what similar pairs saw. ")
    assert screen(calm, "es").answer.startswith("Ninguna pérdida en las ventas de Aland a Beland se aparta")
    both = replace(calm, flows=(calm.flows[0], replace(second, falls=(rise,))))
    assert screen(both).answer.startswith("No loss stands out from what similar pairs saw, in either direction. ")
    assert screen(calm).numbers[1].what == (
        "similar pairs fell as far behind what was expected as Aland's sales to Beland in 2005–07"
    )
    alone = replace(calm, flows=(replace(first, falls=(replace(rise, as_bad=None, n=None),)), second))
    assert "stands out" not in screen(alone).answer  # nothing was compared


GAIN = Fall(2002, 2003, 1.07, -0.05, 1.13, 399, 400)


def test_beside_a_gain_stands_who_did_better_and_at_its_peak_trade_has_no_other_peak():
    sold = {2002: 141.0, 2003: 413.0, 2023: 1430.0}
    flows = (Flow("AAA", "BBB", sold, sold, falls=(GAIN,)), Flow("BBB", "AAA", {}, {}))
    given = {"totals": sold, "flows": flows, "effects": (IncomeEffect("Closed", "BBB", -0.31, -0.13, -0.09),)}
    found = screen(replace(facts(), **given))
    assert "and 1 of 400 similar pairs did better" in dict(found.sentences)["Why."]
    trade, similar, income = found.numbers[:3]
    assert trade.what == "traded in 2023, the most on record"
    assert (similar.value, similar.what) == (
        "1 of 400",
        "similar pairs did better than Aland's sales to Beland in 2002–03",
    )
    assert income.value == "−0.13%"  # one digit, −0.1%, would be near the range's end


@pytest.mark.parametrize(("language", "said"), [("en", "What the European Union sold to the United Kingdom"),
                                                ("es", "Lo que la Unión Europea vendió al Reino Unido")])  # fmt: skip
def test_names_stand_with_their_articles(language: str, said: str):
    sold = {2008: 10.0, 2010: 5.0}
    flows = (Flow("EU", "GBR", sold, sold), Flow("GBR", "EU", sold, sold))
    found = first_screen(replace(facts(), flows=flows), Catalogue(language), lambda c: in_text(c, language), "x")
    assert found is not None
    assert found.pictures[0].title.startswith(said)
    assert found.pictures[0].seller[0].isupper()
