"""The first half of the headline: what may be said of the leading change, given all that is known of it.

The strength of the evidence (which the sentences and tables below say too), the base years and the other checks meet
here and nowhere else, so that the headline says no more than they do together.
"""

from __future__ import annotations

from typing import Literal

from detente.answer.facts import Fall, leading
from detente.attribution.words.strength import GAINED, LOST
from detente.report.first_screen.wording import ScreenWords

FEW = 0.05  # of the similar pairs

Finding = Literal["odd", "strong", "some", "depends", "shared", "opposed", "usual", "open"]


def finding_of(fall: Fall, checks: tuple[int, int] | None = None) -> Finding:
    """What the evidence on a change allows to say.

    ``odd``, ``strong`` and ``some``: evidence in the direction of the change or, of a rise, of a loss beside it, ``odd``
    where it is strong and few similar pairs did the same;
    ``depends``: base years or most checks say otherwise; ``opposed``: evidence against the direction of a fall;
    ``shared``: the two economies' other trade did the same; ``usual``: nothing to speak of; ``open``: nothing to compare.
    """
    place = fall.place
    if place is None or place == "few":
        return "open"
    if place == "mixed":
        return "depends"
    found = place in (GAINED if fall.gained else LOST)
    if checks is not None and (2 * checks[0] > checks[1]) != found:
        return "depends"
    if not found:
        return "shared" if place == "shared_loss" else "opposed" if place in GAINED else "usual"
    return "some" if place.startswith("some") else "odd" if _few(fall) else "strong"


def _few(fall: Fall) -> bool:
    """Whether few similar pairs did the same: the count that stands beside the headline."""
    n, as_bad = fall.n or 0, fall.as_bad or 0
    return (n - as_bad if fall.gained else as_bad) <= FEW * n


def change_sentence(of: ScreenWords) -> str:
    """What stands out or does not, in a sentence; nothing where there is nothing to say."""
    flow = of.telling()
    first = leading(flow.falls)
    falls = [fall for fall in flow.falls if fall.change < 0]
    if first is None:
        return of.words("first.falls_open", years=of.years(falls[0])) if falls else ""
    if len(falls) == 2 and (both := _two(of, falls)):
        return both
    finding = finding_of(first, of.checks(first))
    if first.change < 0:
        return _said(of, first, f"falls_{finding}")
    side = "gains" if first.gained else "lags"
    if finding in ("odd", "strong", "some", "depends"):
        return _said(of, first, f"{side}_{finding}")
    compared = [place for one in of.facts.flows for fall in one.falls if (place := fall.place) is not None]
    calm = all(place in ("ordinary", "shared_gain", *GAINED) for place in compared)
    return of.words("first.no_fall") if calm else ""


def _said(of: ScreenWords, fall: Fall, key: str) -> str:
    checks = of.checks(fall)
    if key.endswith("_depends"):
        if checks is None:
            return of.words("first.depends_on_base", years=of.years(fall))
        return of.words(
            f"first.{key}", years=of.years(fall), k=of.words.number(checks[0]), n=of.words.number(checks[1])
        )
    return of.words(f"first.{key}", years=of.years(fall))


def _two(of: ScreenWords, falls: list[Fall]) -> str:
    """Two falls of which one stands out and the other does not; else nothing."""
    found = [finding_of(fall, of.checks(fall)) for fall in falls]
    if set(found) != {"odd", "usual"}:
        return ""
    usual = falls[found.index("usual")]
    key = "first.two_falls" if found[0] == "odd" else "first.two_falls_second"
    key += "" if usual.others <= usual.change / 2 else "_within"  # most of it in what other trade implies
    return of.words(key, first=of.years(falls[0]), second=of.years(falls[1]))
