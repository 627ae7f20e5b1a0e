"""Dyads picked by hand: the same numbers as the class they make up, and errors that name what is wrong."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest

from detente.attribution import attribute
from detente.attribution.comparison.placebos import choose
from detente.attribution.residuals import residuals
from detente.attribution.sample import Sample
from detente.errors import SpecificationError, TooFewDonors, UnknownEconomy
from small_world import small_world

EPISODE, BASE = [(2008, 2010)], [(2000, 2004)]


@pytest.fixture(scope="module")
def panel():
    return small_world()


@pytest.fixture(scope="module")
def fit(panel):
    sample = Sample.of(panel)
    i, j = sample.economy("COL"), sample.economy("VEN")
    return sample, residuals(sample.flows, sample.window(BASE[0]), [(i, j), (j, i)])


def test_picking_a_whole_class_gives_the_numbers_of_the_class(panel, fit):
    sample, fitted = fit
    i, j = sample.economy("COL"), sample.economy("VEN")
    chosen = choose(fitted.base_mean, i, j, barred=sample.barred).chosen
    dyads = [(sample.economies[a], sample.economies[b]) for a, b in np.argwhere(chosen)]
    of_class = attribute(panel, "COL", "VEN", EPISODE, BASE, "size").findings[0]
    by_hand = attribute(panel, "COL", "VEN", EPISODE, BASE, dyads).findings[0]
    assert astuple(by_hand.standing) == pytest.approx(astuple(of_class.standing), abs=0, nan_ok=True)
    assert by_hand.split == of_class.split


def test_share_and_range_are_those_of_the_pairs_picked(panel, fit):
    sample, fitted = fit
    dyads = [("DEU", "NLD"), ("NLD", "DEU"), ("BRA", "ARG"), ("ARG", "BRA"), ("PER", "CHL"), ("CHL", "PER"),
             ("MEX", "ESP"), ("ESP", "MEX"), ("ITA", "DEU"), ("USA", "MEX"), ("CHN", "USA")]  # fmt: skip
    start, end = sample.year(2008), sample.year(2010)
    change = fitted.log_ratio[end] - fitted.log_ratio[start]
    values = np.sort([change[sample.economy(a), sample.economy(b)] for a, b in dyads])
    for finding in attribute(panel, "COL", "VEN", EPISODE, BASE, dyads).findings:
        own = change[sample.economy(finding.origin), sample.economy(finding.destination)]
        assert finding.standing.n == 11
        assert finding.standing.share == pytest.approx((1 + np.count_nonzero(values <= own)) / 12)
        assert (finding.standing.low, finding.standing.high) == pytest.approx((values[0], values[-1]), rel=1e-9)


def test_the_result_says_that_they_were_picked(panel):
    dyads = [(a, b) for a in ("DEU", "NLD", "ITA", "ESP") for b in ("DEU", "NLD", "ITA", "ESP") if a != b]
    found = attribute(panel, "COL", "VEN", EPISODE, BASE, dyads)
    assert found.placebos == "picked"
    assert found.cautions[0].startswith("The 12 pairs called comparable were picked by hand.")


@pytest.mark.parametrize(
    ("dyads", "kind", "said"),
    [
        ([("DEU", "NLD")] * 20, TooFewDonors, "1 of the 1 pairs picked can be compared with; 10 are needed"),
        ([], TooFewDonors, "Pick at least 10 more"),
        ([("COL", "VEN")], SpecificationError, "'COL-VEN' is the pair in question"),
        ([("VEN", "COL")], SpecificationError, "its own yardstick"),
        ([("DEU", "DEU")], SpecificationError, "origin and destination are the same"),
        ([("DEU", "ROW")], SpecificationError, "rest of the world"),
        ([("DEU", "NLX")], UnknownEconomy, "Did you mean 'NLD'"),
    ],
)
def test_what_cannot_be_compared_with_is_named(panel, dyads, kind, said):
    with pytest.raises(kind, match=said):
        attribute(panel, "COL", "VEN", EPISODE, BASE, dyads)


def test_a_pair_without_trade_in_the_base_years_does_not_count_and_is_named():
    rng = np.random.default_rng(3)
    flows = rng.lognormal(sigma=0.2, size=(6, 8, 8)) * 100
    flows[:, 2, 3] = 0.0
    codes = tuple(f"E{k:02d}" for k in range(8))
    dyads = [(codes[2], codes[b]) for b in (3, 4, 5, 6, 7)] + [(codes[3], codes[b]) for b in (2, 4, 5, 6, 7)]
    with pytest.raises(TooFewDonors, match=r"9 of the 10 .* No trade in the base years: E02-E03"):
        attribute((flows, codes, range(2000, 2006)), "E00", "E01", [(2002, 2005)], [(2000, 2002)], dyads)
