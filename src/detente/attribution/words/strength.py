"""How strong the evidence of one test is, in words, and what it could have missed.

Every sentence and headline about a change asks here where it stands, so that none says more than another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import exp, isnan
from typing import Any, Literal, get_args

from detente.attribution.comparison.similar import PlaceboTest

STRONG = 0.02  #: p below which the evidence is called strong
SOME = 0.10  #: p up to which there is some

Strength = Literal["strong", "some", "none", "too few"]
Place = Literal[
    "strong_loss", "some_loss", "strong_gain", "some_gain", "mixed", "shared_loss", "shared_gain", "ordinary", "few"
]
PLACES: tuple[Place, ...] = get_args(Place)
LOST: tuple[Place, ...] = ("strong_loss", "some_loss")
GAINED: tuple[Place, ...] = ("strong_gain", "some_gain")
UNPROVED: tuple[Place, ...] = ("shared_loss", "shared_gain", "ordinary")
"""Places at which a further loss could have gone unseen."""


def tail_of(p: float, smallest: float, value: float) -> float:
    """p in the direction of the change: for a gain, the share of dyads that did as well or better.

    Parameters
    ----------
    p, smallest : rank from below, and the smallest that so many dyads can show.
    value : the change, log points.

    Examples
    --------
    >>> tail_of(0.25, 0.25, -0.5), tail_of(0.75, 0.25, 0.5)
    (0.25, 0.5)
    """
    return p if value < 0 else 1.0 - p + smallest


def counted_in(share: float, n: int) -> int:
    """How many of ``n`` dyads did as badly, from the plain rank (1 + count) / (1 + n).

    Examples
    --------
    >>> counted_in(22 / 401, 400)
    21
    """
    return round(share * (1 + n)) - 1


def as_bad_of(row: Mapping[str, Any]) -> int | None:
    """How many similar pairs did as badly, by a row of ``attribution``: as counted or, of an older version, by its share."""
    counted = row.get("n_as_bad")
    if counted is not None or row["placebo_share"] is None or not row["n_placebos"]:
        return counted
    return counted_in(row["placebo_share"], row["n_placebos"])


def alike(as_bad: int, n: int, value: float) -> int:
    """How many of ``n`` dyads did as badly or, beside a gain, better: the count that is said of a change.

    Examples
    --------
    >>> alike(379, 400, 1.73), alike(21, 400, -0.4)
    (21, 21)
    """
    return n - as_bad if value > 0 else as_bad


def place_of(p: float, smallest: float, value: float, similar: float | None = None) -> Place:
    """Where a change stands among others.

    Parameters
    ----------
    p, smallest, value : as of :func:`tail_of`.
    similar : the plain rank among similar pairs where ``p`` allows for what the two economies' other trade did: a change
        that is rare by the one and not by the other is shared with that trade.

    Examples
    --------
    >>> place_of(0.01, 0.0025, -0.4), place_of(0.3, 0.0025, -0.4, similar=0.01), place_of(0.3, 0.2, -0.4)
    ('strong_loss', 'shared_loss', 'few')
    """
    if smallest > SOME:
        return "few"
    side = "loss" if value < 0 else "gain"
    tail = tail_of(p, smallest, value)
    if tail <= SOME:
        return f"strong_{side}" if tail < STRONG else f"some_{side}"  # type: ignore[return-value]  # one of Place
    if similar is None or tail_of(similar, smallest, value) > SOME:
        return "ordinary"
    return "shared_loss" if value < 0 else "shared_gain"


def weakest(found: Iterable[Place]) -> Place:
    """One place for several base windows: the weaker of two strengths, ``mixed`` where one shows a loss and another none.

    Examples
    --------
    >>> weakest({"strong_loss", "some_loss"}), weakest({"some_loss", "ordinary"}), weakest({"shared_gain", "ordinary"})
    ('some_loss', 'mixed', 'ordinary')
    """
    places = set(found)
    if len(places) == 1:
        return places.pop()
    for side in (LOST, GAINED):
        if places == set(side):
            return side[1]
    return "mixed" if places & set(LOST) else "ordinary"


def tail(test: PlaceboTest) -> float:
    """:func:`tail_of` of a test."""
    return tail_of(test.p, test.smallest, test.value)


def strength(test: PlaceboTest) -> Strength:
    """``strong`` below 2%, ``some`` up to 10%, ``none`` above; ``too few`` where fewer than nine dyads could tell."""
    if isnan(test.p):
        return "none"
    word = place_of(test.p, test.smallest, test.value).partition("_")[0]
    return "too few" if word == "few" else "strong" if word == "strong" else "some" if word == "some" else "none"


def unseen_pct(test: PlaceboTest) -> float:
    """The extra loss, in percent, that the test would have found in half of the similar pairs; 100 where none."""
    return 100.0 * (1.0 - exp(test.unseen))
