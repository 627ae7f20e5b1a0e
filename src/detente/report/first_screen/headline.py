"""The first half of the headline: what may be said of the leading change, given all that is known of it.

The strength of the evidence (which the sentences and tables below say too), the base years and the other checks meet
here and nowhere else, so that the headline says no more than they do together.
"""

from __future__ import annotations

from typing import Literal

from detente.answer.facts import Fall, Flow, leading
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
    """What stands out or does not, and whose sales it is of, in a sentence; nothing where there is nothing to say."""
    flow = of.telling()
    first = leading(flow.falls)
    falls = [fall for fall in flow.falls if fall.change < 0]
    if first is None:
        deepest = min(falls, key=lambda fall: fall.change, default=None)
        return _said(of, flow, "falls_open", years=of.years(deepest)) if deepest is not None else ""
    if len(falls) == 2 and (both := _two(of, flow, falls)):
        return both
    finding = finding_of(first, of.checks(first))
    side = "falls" if first.change < 0 else "gains" if first.gained else "lags"
    if side == "falls" or finding in ("odd", "strong", "some", "depends"):
        return _one(of, flow, first, side, finding)
    return _no_fall(of, flow)


def _said(of: ScreenWords, flow: Flow, key: str, **values: str) -> str:
    """A sentence on one direction, which it names."""
    return of.words(f"first.{key}", a=of.name(flow.origin), b=of.name(flow.destination), **values)


def _one(of: ScreenWords, flow: Flow, fall: Fall, side: str, finding: Finding) -> str:
    """What is said of one change; checks that all say otherwise are told beside what they contradict."""
    checks, years = of.checks(fall), of.years(fall)
    if finding != "depends":
        return _said(of, flow, f"{side}_{finding}", years=years)
    plain = finding_of(fall)
    unusual, able = checks or (0, 0)
    if checks is not None and 0 < unusual < able:
        return _said(of, flow, f"{side}_depends", years=years, k=of.words.number(unusual), n=of.words.number(able))
    if checks is None or plain == "depends":
        return _said(of, flow, "depends_on_base", years=years)
    keys = {"odd": f"{side}_strong"}
    if side != "falls":
        keys |= {"shared": "rises_usual", "usual": "rises_usual"}
    told = _said(of, flow, keys.get(plain, f"{side}_{plain}"), years=years)
    key = f"first.{'all' if unusual else 'none'}_other{'_one' if able == 1 else ''}"
    return of.words(key, finding=told.removesuffix("."), n=of.words.number(able))


def _two(of: ScreenWords, flow: Flow, falls: list[Fall]) -> str:
    """Two falls of which one stands out and the other does not; else nothing."""
    found = [finding_of(fall, of.checks(fall)) for fall in falls]
    if set(found) != {"odd", "usual"}:
        return ""
    usual = falls[found.index("usual")]
    key = "two_falls" if found[0] == "odd" else "two_falls_second"
    key += "" if usual.others <= usual.change / 2 else "_within"  # most of it in what other trade implies
    return _said(of, flow, key, first=of.years(falls[0]), second=of.years(falls[1]))


def _no_fall(of: ScreenWords, flow: Flow) -> str:
    """That no loss stands out, in both directions or in the one that can be compared; nothing where one does."""
    compared = [[place for fall in one.falls if (place := fall.place) is not None] for one in of.facts.flows]
    if not all(place in ("ordinary", "shared_gain", *GAINED) for places in compared for place in places):
        return ""
    return of.words("first.no_fall") if all(compared) else _said(of, flow, "no_fall_of")
