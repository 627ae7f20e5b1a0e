"""Behind the attribution desk: one dyad's path among its placebos, and the same change under other choices."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import numpy as np

from detente.attribution import attribute
from detente.attribution.comparison.hand_picked import FEWEST, picked, usable
from detente.attribution.comparison.placebos import choose, stand
from detente.attribution.residuals import Residuals, residuals
from detente.attribution.sample import Sample
from detente.attribution.words.cautions import traded
from detente.errors import SpecificationError, TooFewDonors
from detente.web.attribution.donors import Dyad, candidates, read_donors, write_donors

if TYPE_CHECKING:
    from detente.panel import Panel

PICKED = "picked"
KINDS = ("size", "importer", "exporter", PICKED)
MOST_PATHS = 40  # placebo paths drawn one by one; the rest is in the fan
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
MOST_WINDOWS = 4
MOST_FITS = 12  # on a panel of 206 economies one holds about 30 MB


@dataclass(frozen=True, slots=True)
class Question:
    """What the desk is asked: dyad, episode, base years, and the class of placebos or those picked one by one."""

    origin: str
    destination: str
    start: int
    end: int
    base: tuple[int, int]
    placebos: str = "size"
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
    if kind not in KINDS:
        raise SpecificationError(f"'{kind[:20]}' is no class of placebos here.", fix=f"Use one of {', '.join(KINDS)}.")
    return Question(
        query.get("a", default.origin)[:20], query.get("b", default.destination)[:20],
        year("from", default.start), year("to", default.end),
        (year("base_from", default.base[0]), year("base_to", default.base[1])), kind,
        read_donors(query["donors"]) if "donors" in query else default.donors,
    )  # fmt: skip


def answer(panel: Panel, asked: Question) -> dict[str, Any]:
    """Findings in both directions, the fan of placebo paths, and the specification curve.

    A direction without trade in the base years has no fan; ``refused`` says why. ``place`` is a fan's finding.
    Sentences read as English and can be said in another language.
    """
    sample = Sample.of(panel)
    found = attribute(
        panel,
        asked.origin,
        asked.destination,
        [(asked.start, asked.end)],
        [asked.base],
        asked.donors if asked.placebos == PICKED else asked.placebos,
    )
    sentences = [{"sentence": finding.sentence} for finding in found.findings]  # texts, for any language
    rows = [row | said for row, said in zip(found.to_frame().to_dicts(), sentences)]
    refused = {(f.origin, f.destination): f.refusal for f in found.refused}
    return {
        "findings": rows,
        "refused": [{"from": a, "to": b, "reason": refused[a, b]} for a, b in _ways(asked) if (a, b) in refused],
        "cautions": list(found.cautions),
        "fans": [
            {"place": k, **_fan(panel, sample, asked, a, b)}
            for k, (a, b) in enumerate(_ways(asked))
            if (a, b) not in refused
        ],
        "curve": [row for a, b in _ways(asked) for row in _curve(panel, sample, asked, a, b)],
        "panel": found.panel,
    }


def found_dyads(panel: Panel, asked: Question, text: str, called: Callable[[str], str]) -> list[dict[str, Any]]:
    """Dyads that a search offers for picking."""
    sample = Sample.of(panel)
    dyad = sample.economy(asked.origin), sample.economy(asked.destination)
    return candidates(sample, _fit(panel, asked, asked.base), dyad, text, called)


def windows(panel: Panel, asked: Question) -> list[tuple[int, int]]:
    """The base windows of the specification curve: the one asked for, and others that end before the episode does."""
    first = panel.years[0]
    wanted = [
        asked.base,
        (first, asked.base[1] - 2),
        (first, asked.start),
        (asked.start - 4, asked.start),
        (first, asked.start - 1),
    ]
    fitting = [
        (max(a, first), b)
        for a, b in wanted
        if max(a, first) + 1 < b <= max(asked.start, asked.base[1]) and b <= panel.years[-1]
    ]
    return list(dict.fromkeys([asked.base, *fitting]))[:MOST_WINDOWS]


def _ways(asked: Question) -> tuple[tuple[str, str], tuple[str, str]]:
    return (asked.origin, asked.destination), (asked.destination, asked.origin)


_FITS: OrderedDict[tuple[int, str, str, tuple[int, int]], tuple[Panel, Residuals]] = OrderedDict()


def _fit(panel: Panel, asked: Question, base: tuple[int, int]) -> Residuals:
    """The fit without the pair after ``base``; the latest ones are kept, with the panel that their key names."""
    first, second = sorted((asked.origin, asked.destination))
    key = (id(panel), first, second, base)
    if key in _FITS:
        _FITS.move_to_end(key)
        return _FITS[key][1]
    sample = Sample.of(panel)
    i, j = sample.economy(first), sample.economy(second)
    found = residuals(sample.flows, sample.window(base), [(i, j), (j, i)])
    _FITS[key] = (panel, found)
    while len(_FITS) > MOST_FITS:
        _FITS.popitem(last=False)
    return found


def _fan(panel: Panel, sample: Sample, asked: Question, a: str, b: str) -> dict[str, Any]:
    """The dyad's residual path, quantiles of the placebos' by year, and some of their paths."""
    fit = _fit(panel, asked, asked.base)
    i, j = sample.economy(a), sample.economy(b)
    chosen = _compared(sample, fit, asked, asked.placebos, i, j)
    paths = fit.log_ratio[:, chosen]
    own = fit.log_ratio[:, i, j]
    low, high = _span(np.column_stack([own, np.nanquantile(paths, QUANTILES[::4], axis=1, method="inverted_cdf").T]))
    alive = np.isfinite(paths).all(axis=0)
    order = np.argsort(paths[-1, alive], kind="stable")
    picked = order[np.unique(np.linspace(0, len(order) - 1, MOST_PATHS).astype(int))] if len(order) else order
    return {
        "from": a, "to": b, "n": int(chosen.sum()),
        "path": [{"year": y, "value": v} for y, v in zip(sample.years, own.tolist())],
        "band": [{"year": y, **_quantiles(row)} for y, row in zip(sample.years, paths)],
        "placebos": [
            {"year": y, "value": round(float(v), 4) if low <= v <= high else None, "pair": int(k)}
            for k in picked
            for y, v in zip(sample.years, paths[:, alive][:, k])
        ],
    }  # fmt: skip


def _compared(sample: Sample, fit: Residuals, asked: Question, kind: str, i: int, j: int) -> np.ndarray:
    """The dyads i -> j is compared with, as an (N, N) bool array."""
    if kind == PICKED:
        return usable(picked(sample, asked.donors, i, j), fit.base_mean, sample)
    return choose(fit.base_mean, i, j, kind=kind, barred=sample.barred).chosen


def _span(values: np.ndarray) -> tuple[float, float]:
    """The range worth drawing: this pair's path and the outer band, with some air; stray placebos may leave it."""
    values = values[np.isfinite(values)]
    return (float(values.min()) - 0.5, float(values.max()) + 0.5) if values.size else (-1.0, 1.0)


def _quantiles(row: np.ndarray) -> dict[str, float | None]:
    """Quantiles of one year; minus infinity (a fall to zero) is no number for an axis."""
    row = row[~np.isnan(row)]
    if not row.size:
        return {f"q{100 * q:g}": None for q in QUANTILES}
    found = np.quantile(row, QUANTILES, method="inverted_cdf")
    return {f"q{100 * q:g}": float(v) if math.isfinite(v) else None for q, v in zip(QUANTILES, found)}


def _curve(panel: Panel, sample: Sample, asked: Question, a: str, b: str) -> Iterator[dict[str, Any]]:
    """The dyad's own part of the change for each base window and class of placebos, smallest first."""
    i, j = sample.economy(a), sample.economy(b)
    start, end = sample.year(asked.start), sample.year(asked.end)
    rows = []
    for base in windows(panel, asked):
        fit = _fit(panel, asked, base)
        if not traded(sample, i, j, fit.base):
            continue
        with np.errstate(invalid="ignore"):
            change = fit.log_ratio[end] - fit.log_ratio[start]
        if not np.isfinite(change[i, j]):
            continue
        for kind in KINDS if asked.donors else KINDS[:-1]:
            try:
                place = stand(float(change[i, j]), change[_compared(sample, fit, asked, kind, i, j)])
            except TooFewDonors:
                continue
            if place.n < FEWEST:
                continue
            rows.append(
                {"from": a, "to": b, "base": f"{base[0]}–{base[1]}", "placebos": kind, "value": float(change[i, j]),
                 "low": place.low, "high": place.high, "share": place.share, "n": place.n,
                 "asked": base == asked.base and kind == asked.placebos}
            )  # fmt: skip
    rows.sort(key=lambda row: (row["value"], row["base"], row["placebos"]))
    yield from ({**row, "order": k} for k, row in enumerate(rows))
