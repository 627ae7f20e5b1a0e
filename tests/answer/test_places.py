"""Where a change stands: evidence of this pair's own, a loss or gain that others shared, or nothing to speak of."""

from __future__ import annotations

import pytest

from detente.answer.changes import PLACES, AmongSimilar
from detente.language import Catalogue


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


@pytest.mark.parametrize("lang", ["en", "es"])
def test_every_place_has_its_words(lang: str) -> None:
    words = Catalogue(lang)
    assert all(words(f"answer.standing_{place}", years="2010-2012") for place in PLACES)
    assert all(words(f"answer.{key}", p="0.2") for key in ("shared_loss", "shared_gain"))
