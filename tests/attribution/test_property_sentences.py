"""No sentence claims more than its interval, whatever the numbers."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.attribution.comparison.placebos import Standing
from detente.attribution.comparison.power import NEARLY_ALL
from detente.attribution.decomposition import Split
from detente.attribution.episodes import Episode
from detente.attribution.library.catalogue import INSTRUMENTS
from detente.attribution.library.prediction import predict
from detente.attribution.words.sentences import finding_sentence, level_sentence, unseen_loss_pct
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


@given(parts, parts, standings())
def test_sentence(dyad: float, rest: float, standing: Standing) -> None:
    split = Split(dyad + rest, dyad, rest, rest, 0.0, 0.0, dyad)
    text = finding_sentence("AAA", "BBB", Episode(2001, 2003), 10, 5, split, standing, {})
    assert not CAUSES.search(text)
    if "an unusual loss" in text:
        assert standing.share <= 0.05
        assert dyad < 0
    if "an unusual gain" in text:
        assert standing.share >= 0.95
        assert dyad > 0
    if standing.n < 19:
        assert "unusual loss" not in text
        assert "unusual gain" not in text
        assert "nothing can be called unusual" in text
    if "ordinary range" in text:
        loss = unseen_loss_pct(standing)
        said_so = (
            f"above about {loss:.0f}%" if loss < NEARLY_ALL else "Any extra loss, even a full stop, could have gone"
        )
        assert said_so in text
        assert "about 100%" not in text
    if dyad < -0.02:
        assert "more than one possible cause" in text


@given(parts, parts, standings())
def test_spanish_sentence_claims_no_more(dyad: float, rest: float, standing: Standing) -> None:
    split = Split(dyad + rest, dyad, rest, rest, 0.0, 0.0, dyad)
    english = finding_sentence("AAA", "BBB", Episode(2001, 2003), 10, 5, split, standing, {})
    text = said(english, SPANISH)
    assert not CAUSAS.search(text)
    for theirs, ours in (
        ("an unusual loss", "una pérdida inusual"),
        ("an unusual gain", "una ganancia inusual"),
        ("nothing can be called unusual", "nada puede llamarse inusual"),
        ("within the ordinary range", "dentro de lo ordinario"),
        ("more than one possible cause", "más de una causa posible"),
    ):
        assert (theirs in english) == (ours in text)
    if "dentro de lo ordinario" in text:
        loss = unseen_loss_pct(standing)
        blind = "Cualquier pérdida adicional, incluso un cese total"
        assert (f"más de un {loss:.0f}\u00a0%, aproximadamente" if loss < NEARLY_ALL else blind) in text
    numbers = [re.findall(r"\d+", part) for part in (english, text)]
    assert sorted(numbers[0]) == sorted(numbers[1])


@given(parts, parts)
def test_without_placebos_nothing_is_called_unusual(dyad: float, rest: float) -> None:
    split = Split(dyad + rest, dyad, rest, rest, 0.0, 0.0, dyad)
    text = finding_sentence("AAA", "BBB", Episode(2001, 2003), 10, 5, split, None, {})
    assert "skipped" in text
    assert "unusual loss" not in text
    assert "Se omitieron los placebos" in said(text, SPANISH)
    assert "pérdida inusual" not in said(text, SPANISH)


@given(st.floats(-8, 3), standings())
def test_level_sentence(value: float, standing: Standing) -> None:
    text = level_sentence("Aland", "Bland", 2015, (2000, 2004), value, standing)
    assert not CAUSES.search(text)
    if "unusual loss" in text:
        assert standing.share <= 0.05
        assert value < 0
    assert "zero" in level_sentence("Aland", "Bland", 2015, (2000, 2004), float("-inf"), standing)
    assert "no counterfactual" in level_sentence("Aland", "Bland", 2015, (2000, 2004), float("nan"), standing)


@given(st.sampled_from(INSTRUMENTS), st.sampled_from(("rupture", "reopening")), st.integers(1, 5), st.floats(-6, 1))
@settings(max_examples=40, deadline=None)
def test_forecast_sentence_names_its_range_and_its_cases(instrument: str, kind: str, horizon: int, gap: float) -> None:
    forecast = predict(instrument, kind, horizon, before=gap)
    low, middle, high = np.exp(forecast.quantile((0.1, 0.5, 0.9))) * 100
    numbers = [float(n) for n in re.findall(r"([\d.]+)%", forecast.sentence)]
    assert numbers == pytest.approx([max(1, round(v)) for v in (middle, low, high)], abs=1)
    assert f"{forecast.n_same} cases" in forecast.sentence
    assert not CAUSES.search(forecast.sentence)
