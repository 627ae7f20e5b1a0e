"""No sentence claims more than its interval, whatever the numbers."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from detente.attribution.decomposition import Split
from detente.attribution.episodes import Episode
from detente.attribution.placebos import Standing
from detente.attribution.sentences import finding_sentence, unseen_loss_pct

parts = st.floats(-8, 3)
CAUSES = re.compile(r"politic|because|caused by|due to|killed", re.IGNORECASE)


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
        assert f"above about {unseen_loss_pct(standing):.0f}%" in text
    if dyad < -0.02:
        assert "more than one possible cause" in text


@given(parts, parts)
def test_without_placebos_nothing_is_called_unusual(dyad: float, rest: float) -> None:
    split = Split(dyad + rest, dyad, rest, rest, 0.0, 0.0, dyad)
    text = finding_sentence("AAA", "BBB", Episode(2001, 2003), 10, 5, split, None, {})
    assert "skipped" in text
    assert "unusual loss" not in text
