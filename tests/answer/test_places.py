"""Where a change stands: evidence of this pair's own, a loss or gain that others shared, or nothing to speak of."""

from __future__ import annotations

from math import exp

import pytest

from detente.answer.changes import PLACES, AmongSimilar, EpisodeChange
from detente.answer.speaker import Speaker
from detente.answer.why import change_cells, change_sentence
from detente.language import Catalogue
from detente.study import open_study


@pytest.mark.parametrize(
    ("own", "share", "similar", "place"),
    [
        (-1.0, 0.01, 0.01, "strong_loss"), (-1.0, 0.01, 0.20, "strong_loss"), (-1.0, 0.27, 0.047, "shared_loss"),
        (-1.0, 0.27, 0.30, "ordinary"), (1.0, 0.99, 0.995, "strong_gain"), (1.0, 0.70, 0.97, "shared_gain"),
        (1.0, 0.70, 0.80, "ordinary"), (1.0, 0.97, 0.05, "some_gain"), (-1.0, 0.27, None, "ordinary"),
    ],
)  # fmt: skip
def test_few_alike_but_many_others_is_said_of_losses_and_gains_alike(own, share, similar, place) -> None:
    row = {"placebo_share": share, "dyad_part": own, "smallest_share": 1 / 401, "p_similar": similar, "n_placebos": 400,
           "n_as_bad": 20, "unseen_loss_pct": 30.0}  # fmt: skip
    found = AmongSimilar.of(row)
    assert found is not None
    assert found.place == place
    assert (found.unseen_loss_pct is None) == ("strong" in place or "some" in place)


def _change(whole: float, own: float, as_bad: int, share: float) -> EpisodeChange:
    row = {"from_year": 2006, "to_year": 2021, "base_from": 2000, "base_to": 2004, "flow_from_usd_mn": 10.0,
           "flow_to_usd_mn": 10.0 * exp(whole), "log_change": whole, "supply_demand_part": whole - own, "dyad_part": own,
           "dyad_pct": None, "status": "computed", "placebo_share": share, "smallest_share": 1 / 401, "p_similar": 0.5,
           "n_placebos": 400, "n_as_bad": as_bad, "unseen_loss_pct": 30.0}  # fmt: skip
    return EpisodeChange.of(row, "The change")


@pytest.mark.parametrize(("lang", "count"), [("en", "4/400"), ("es", "4/400")])
def test_a_gain_is_counted_and_tested_in_its_own_direction_as_its_sentence_is(lang: str, count: str) -> None:
    gain, say = _change(1.5, 1.8, 396, 0.985), Speaker(Catalogue(lang), open_study("colombia-venezuela").spec)
    cells = change_cells(gain, say)
    p = say.words.number(1 - 0.985 + 1 / 401, 3)
    assert cells[3:5] == (count, p)
    assert f"p = {p}" in change_sentence(gain, say)


def test_a_rise_that_is_less_than_expected_says_so_before_it_says_how_many_did_as_badly() -> None:
    say = Speaker(Catalogue("en"), open_study("colombia-venezuela").spec)
    told = change_sentence(_change(1.4, -1.7, 77, 0.18), say)
    assert "(×4.1), less than their other trade implied; 77 of 400 similar pairs did as badly or worse" in told
    assert "less than their other trade implied; 70 of 400 similar pairs did better" in change_sentence(
        _change(-0.4, 0.6, 330, 0.73), say
    )
    assert "implied" not in change_sentence(_change(-1.4, -1.7, 77, 0.18), say)


@pytest.mark.parametrize("lang", ["en", "es"])
def test_every_place_has_its_words(lang: str) -> None:
    words = Catalogue(lang)
    assert all(words(f"answer.standing_{place}", years="2010-2012") for place in PLACES)
    assert all(words(f"answer.{key}", p="0.2") for key in ("shared_loss", "shared_gain"))
