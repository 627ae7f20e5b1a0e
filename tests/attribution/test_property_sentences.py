"""No sentence claims more than its interval, whatever the numbers."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.attribution.comparison.placebos import Standing
from detente.attribution.comparison.power import NEARLY_ALL
from detente.attribution.comparison.similar import PlaceboTest
from detente.attribution.decomposition import Split
from detente.attribution.episodes import Episode
from detente.attribution.library.catalogue import INSTRUMENTS
from detente.attribution.library.prediction import predict
from detente.attribution.result import Before, Finding
from detente.attribution.words.findings import finding_sentence
from detente.attribution.words.sentences import level_sentence
from detente.attribution.words.strength import tail, unseen_pct
from detente.language import Catalogue, said

pytestmark = pytest.mark.property

parts = st.floats(-8, 3)
CAUSES = re.compile(r"politic|because|caused by|due to|killed", re.IGNORECASE)
CAUSAS = re.compile(r"polític|porque|causad[oa] por|debido|culpa|mató", re.IGNORECASE)
SPANISH = Catalogue("es")


@st.composite
def standings(draw) -> Standing:
    n = draw(st.integers(1, 5000))
    worse = draw(st.integers(0, n))
    low, median, upper, high = sorted(draw(st.lists(parts, min_size=4, max_size=4)))
    return Standing((1 + worse) / (1 + n), n, low, high, median, upper)


def rank(draw, n: int) -> float:
    return (1 + draw(st.integers(0, n))) / (1 + n)


@st.composite
def drawn_test(draw, value: float) -> PlaceboTest:
    n = draw(st.integers(1, 400))
    bad = draw(st.integers(0, n))
    low, median, high = sorted(draw(st.lists(parts, min_size=3, max_size=3)))
    similar = draw(st.booleans())
    p_similar = (1 + bad) / (1 + n)
    own = rank(draw, n) if similar else p_similar
    factor = 2.0 if similar else float("nan")
    unseen = draw(st.floats(-9, 0))
    return PlaceboTest(
        value, own, p_similar, own, own, n, bad, low, median, high, unseen, 0, factor, factor, False
    )  # fmt: skip


@st.composite
def findings(draw) -> Finding:
    dyad, rest = draw(parts), draw(parts)
    split = Split(dyad + rest, dyad, rest, rest, 0.0, 0.0, dyad)
    test = draw(drawn_test(dyad))
    before = draw(st.none() | drawn_test(draw(parts)).map(lambda earlier: Before(1999, 2001, earlier)))
    return Finding("AAA", "BBB", Episode(2001, 2003), (1999, 2001), 10, 5, split, dyad, np.nan, test, before, "")


@given(findings())
@settings(deadline=None)
def test_sentence(found: Finding) -> None:
    test, text = found.standing, finding_sentence(found, {}, tested=True)
    assert not CAUSES.search(text)
    p = tail(test)
    evidence = re.search(r"(strong|some) evidence of a (loss|gain)", text)
    if evidence:
        assert p < 0.02 if evidence[1] == "strong" else 0.02 <= p <= 0.10
        assert (test.value < 0) == (evidence[2] == "loss")
    else:
        assert p > 0.10 or test.n < 9
    if test.n < 9:
        assert "nothing can be called unusual" in text
    elif not evidence:
        loss = unseen_pct(test)
        said_so = f"loss of less than about {loss:.1f}%" if loss > 99 else f"loss of less than about {loss:.0f}%"
        assert ("further loss" in text) == (test.value < 0)
        assert (said_so if loss < NEARLY_ALL else "even a complete halt") in text
        assert "about 100%" not in text
    counted = test.n_as_bad if test.value < 0 else test.n - test.n_as_bad
    assert (f"Of {test.n} similar pairs {counted} " if counted else f"None of {test.n} similar pairs") in text
    assert "% of" not in text.replace("% of the pair", "")  # a rank is never printed as a share of the pairs
    if found.split.dyad_part < -0.02:
        assert "more than one possible cause" in text
    if "had begun before" in text:
        assert found.before.standing.p <= 0.10
        assert found.before.standing.value < 0


@given(findings())
@settings(deadline=None)
def test_spanish_sentence_claims_no_more(found: Finding) -> None:
    english = finding_sentence(found, {}, tested=True)
    text = said(english, SPANISH)
    assert not CAUSAS.search(text)
    for theirs, ours in (
        ("strong evidence of a loss", "indicios fuertes de una pérdida"),
        ("some evidence of a loss", "algún indicio de una pérdida"),
        ("strong evidence of a gain", "indicios fuertes de una ganancia"),
        ("some evidence of a gain", "algún indicio de una ganancia"),
        ("nothing can be called unusual", "nada puede llamarse inusual"),
        ("within the ordinary range", "dentro de lo corriente"),
        ("not specific to this pair", "no es solo de este par"),
        ("had begun before", "había empezado antes"),
        ("more than one possible cause", "más de una causa posible"),
    ):
        assert (theirs in english) == (ours in text)
    numbers = [re.findall(r"\d+", part) for part in (english, text)]
    assert sorted(numbers[0]) == sorted(numbers[1])


@given(findings())
@settings(deadline=None)
def test_without_placebos_nothing_is_called_unusual(found: Finding) -> None:
    text = finding_sentence(replace(found, standing=None, before=None), {}, tested=False)
    assert "No placebo test was run" in text
    assert "evidence" not in text
    assert "No se hizo ninguna prueba de placebo" in said(text, SPANISH)
    assert "indicio" not in said(text, SPANISH)


@given(st.floats(1e-2, 1e5), st.floats(-3, 3), st.integers(9, 400))
@settings(deadline=None)
def test_a_fall_to_zero_is_stated_as_a_bound(flow: float, rest: float, n: int) -> None:
    split = Split(-np.inf, -np.inf, rest, rest, 0.0, 0.0, -np.inf)
    bound = float(np.log(1e-4 / flow) - rest)
    test = PlaceboTest(
        -np.inf, 1 / (1 + n), 1 / (1 + n), np.nan, np.nan, n, 0, -1.0, 0.0, 1.0, -0.5, 0, 2.0, 2.0, False
    )  # fmt: skip
    found = Finding("AAA", "BBB", Episode(2001, 2003), (1999, 2001), flow, 0.0, split, -np.inf, bound, test, None, "")
    text = finding_sentence(found, {}, tested=True)
    assert found.status == "bound"
    assert re.search(r"less than US\$100,", text)
    assert "100%" not in text
    assert f"None of {n} similar pairs did as badly" in text


@given(st.floats(-8, 3), standings())
def test_level_sentence(value: float, standing: Standing) -> None:
    text = level_sentence("Aland", "Bland", 2015, (2000, 2004), value, standing)
    assert not CAUSES.search(text)
    worse = round(standing.share * (1 + standing.n)) - 1
    assert (f"{worse:,} were as low" if worse else f"None of {standing.n:,} pairs") in text
    assert "zero" in level_sentence("Aland", "Bland", 2015, (2000, 2004), float("-inf"), standing)
    assert "no counterfactual" in level_sentence("Aland", "Bland", 2015, (2000, 2004), float("nan"), standing)


@given(st.sampled_from(INSTRUMENTS), st.sampled_from(("rupture", "reopening")), st.integers(1, 5), st.floats(-6, 1))
@settings(max_examples=40, deadline=None)
def test_forecast_sentence_names_its_range_and_its_cases(instrument: str, kind: str, horizon: int, gap: float) -> None:
    forecast = predict(instrument, kind, horizon, before=gap)
    low, middle, high = np.exp(forecast.quantile((0.1, 0.5, 0.9))) * 100
    numbers = [float(n) for n in re.findall(r"([\d.]+)%", forecast.sentence)]
    shown = numbers[:1] + numbers[2:4]  # between them stands the 80% chance
    assert shown == pytest.approx([max(1, round(v)) for v in (middle, low, high)], abs=1)
    assert ("none is recorded" in forecast.sentence) == (forecast.zero >= 0.005)
    assert f"{forecast.n_same} cases" in forecast.sentence
    assert not CAUSES.search(forecast.sentence)
