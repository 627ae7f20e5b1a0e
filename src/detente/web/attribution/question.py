"""What the attribution desk is asked, as an address writes it, and the answer as plain values for the page."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import numpy as np
from numpy.typing import NDArray

from detente._same import Same
from detente.attribution import attribute
from detente.attribution.comparison.fan import PICKED, QUANTILES, CurvePoint, Fan, curve, fan, other_windows
from detente.attribution.comparison.placebos import ALIASES
from detente.attribution.comparison.similar import SIMILAR
from detente.attribution.fits import DyadFits
from detente.attribution.words.strength import alike
from detente.errors import SpecificationError
from detente.language.when import place
from detente.panel import Panel
from detente.web.attribution.donors import Dyad, candidates, read_donors, write_donors

KINDS = (SIMILAR, "size", "destination", "origin", PICKED)
MOST_PAIRS = 1  # pairs whose fits are kept; they hold up to half a gigabyte on a panel of 229 economies
MOST_ANSWERS = 48  # of some hundred kilobytes each


@dataclass(frozen=True, slots=True)
class Question:
    """What the desk is asked: dyad, episode, base years, and the class of placebos or those picked one by one."""

    origin: str
    destination: str
    start: int
    end: int
    base: tuple[int, int]
    placebos: str = SIMILAR
    donors: tuple[Dyad, ...] = ()

    def query(self) -> str:
        """As an address writes it."""
        pairs = {
            "a": self.origin, "b": self.destination, "from": self.start, "to": self.end, "base_from": self.base[0],
            "base_to": self.base[1], "placebos": self.placebos,
        }  # fmt: skip
        return urlencode(pairs | ({"donors": write_donors(self.donors)} if self.donors else {}), safe=",")


def read_question(query: Mapping[str, str], default: Question) -> Question:
    """The question in an address; what is absent stands at ``default``.

    Raises
    ------
    SpecificationError
    """

    def year(name: str, otherwise: int) -> int:
        text = query.get(name, "").strip()
        if not text:
            return otherwise
        if not (text.isdecimal() and len(text) == 4):
            raise SpecificationError(f"{name}={text[:20]!r} is not a year.", fix="Give four digits, such as 2008.")
        return int(text)

    kind = query.get("placebos", default.placebos)
    kind = ALIASES.get(kind, kind)
    if kind not in KINDS:
        raise SpecificationError(f"'{kind[:20]}' is no class of placebos here.", fix=f"Use one of {', '.join(KINDS)}.")
    return Question(
        query.get("a", default.origin)[:20], query.get("b", default.destination)[:20],
        year("from", default.start), year("to", default.end),
        (year("base_from", default.base[0]), year("base_to", default.base[1])), kind,
        read_donors(query["donors"]) if "donors" in query else default.donors,
    )  # fmt: skip


def answer(panel: Panel, asked: Question) -> dict[str, Any]:
    """The answer to a question on a panel; the latest ones are kept, and none is to be changed. See :func:`answered`."""
    return _answered(Same(panel), asked)


@lru_cache(maxsize=MOST_ANSWERS)
def _answered(panel: Same[Panel], asked: Question) -> dict[str, Any]:
    return answered(panel.thing, asked)


def answered(panel: Panel, asked: Question) -> dict[str, Any]:
    """Findings in both directions, the fan of placebo paths, and the specification curve.

    A direction without trade in the base years has no fan; ``refused`` says why. ``place`` is a fan's finding.
    Sentences read as English and can be said in another language.
    """
    fits = fits_of(panel, asked)
    placebos = asked.donors if asked.placebos == PICKED else asked.placebos
    change = (asked.start, asked.end)
    found = attribute(fits, asked.origin, asked.destination, [change], [asked.base], placebos)
    sentences = [{"sentence": finding.sentence} for finding in found.findings]  # texts, for any language
    rows = [row | said for row, said in zip(found.to_frame().to_dicts(), sentences)]
    refused = {(f.origin, f.destination): f.refusal for f in found.refused}
    ways = ((asked.origin, asked.destination), (asked.destination, asked.origin))
    windows = other_windows(panel.years, asked.base, asked.start)
    kinds = KINDS if asked.donors else KINDS[:-1]
    return {
        "findings": rows,
        "refused": [{"from": a, "to": b, "reason": refused[a, b]} for a, b in ways if (a, b) in refused],
        "cautions": list(found.cautions),
        "fans": [
            {"place": k, **plain_fan(fan(fits, a, b, asked.base, asked.placebos, asked.donors))}
            for k, (a, b) in enumerate(ways)
            if (a, b) not in refused
        ],
        "curve": [
            plain_point(point, k, a, b, asked)
            for a, b in ways
            for k, point in enumerate(curve(fits, a, b, change, windows, kinds, asked.donors))
        ],
        "panel": found.panel,
    }


def found_dyads(panel: Panel, asked: Question, text: str, called: Callable[[str], str]) -> list[dict[str, Any]]:
    """Dyads that a search offers for picking."""
    fits = fits_of(panel, asked)
    return candidates(fits.sample, fits.on(asked.base), fits.dyad, text, called)


_KEPT: OrderedDict[tuple[int, frozenset[str]], tuple[Panel, DyadFits]] = OrderedDict()
_LOCK = threading.Lock()


def fits_of(panel: Panel, asked: Question) -> DyadFits:
    """The fits of a pair on a panel; those of the latest pairs are kept, with the panel that their key names."""
    key = (id(panel), frozenset((asked.origin, asked.destination)))
    with _LOCK:
        if key not in _KEPT:
            _KEPT[key] = (panel, DyadFits.of(panel, asked.origin, asked.destination))
        _KEPT.move_to_end(key)
        while len(_KEPT) > MOST_PAIRS:
            _KEPT.popitem(last=False)
        kept = _KEPT[key][1]
    return DyadFits.of(kept, asked.origin, asked.destination)


def plain_fan(found: Fan) -> dict[str, Any]:
    """A fan as the page draws it, ``x`` on an axis of years: the path, the bands, and single placebos as far as they are worth drawing."""
    low, high = _worth_drawing(found)
    return {
        "from": found.origin, "to": found.destination, "n": found.n,
        "path": [{"year": y, "x": place(y), "value": v} for y, v in zip(found.years, found.path.tolist())],
        "band": [
            {"year": y, "x": place(y), **{f"q{100 * q:g}": _finite(v) for q, v in zip(QUANTILES, row)}}
            for y, row in zip(found.years, found.bands.tolist())
        ],
        "placebos": [
            {"year": y, "x": place(y), "value": round(v, 4) if low <= v <= high else None, "pair": k}
            for k, path in enumerate(found.placebos.T.tolist())
            for y, v in zip(found.years, path)
        ],
    }  # fmt: skip


def plain_point(point: CurvePoint, order: int, a: str, b: str, asked: Question) -> dict[str, Any]:
    """A point of the curve as the page draws it."""
    return {
        "from": a, "to": b, "base": f"{point.base[0]}–{point.base[1]}", "base_from": point.base[0],
        "base_to": point.base[1], "placebos": point.placebos,
        "value": point.value, "low": point.test.low, "high": point.test.high, "share": point.test.p,
        "n": point.test.n, "as_bad": point.test.n_as_bad,
        "alike": alike(point.test.n_as_bad, point.test.n, point.value), "order": order,
        "asked": point.base == asked.base and point.placebos == asked.placebos,
    }  # fmt: skip


def _worth_drawing(found: Fan) -> tuple[float, float]:
    """This pair's path and the outer band, with some air; stray placebos may leave it."""
    values: NDArray[np.float64] = np.column_stack([found.path, found.bands[:, [0, -1]]])
    values = values[np.isfinite(values)]
    return (float(values.min()) - 0.5, float(values.max()) + 0.5) if values.size else (-1.0, 1.0)


def _finite(value: float) -> float | None:
    """Minus infinity (a fall to zero) is no number for an axis."""
    return value if math.isfinite(value) else None
