"""Which figures of a series speak of what a claim speaks of: period, unit, basis, currencies."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from detente.language import Number, Text
from detente.record.period import Period
from detente.record.rows import Claim, Figure
from detente.record.verdicts.amounts import convert, currency_of, measure_of
from detente.record.verdicts.evidence import STRONG, Evidence
from detente.record.verdicts.parts import AVERAGED, made_of, observed, of_period
from detente.record.verdicts.reconciling.explanation import FIT
from detente.record.verdicts.reconciling.valuation import CIF_OVER_FOB

STOCK_AGE = 366
"""Days for which the newest earlier figure of a stock may stand for a later day."""
COUNTED = ("stock", "count")
"""Kinds of figures that stand for a moment, not for a span."""
RATES = "exchange.{to}_per_{of}"
"""Series of an exchange rate: how many units of one currency one unit of another was worth."""


def value_of(figure: Figure, claim: Claim) -> float:
    """A figure's value in the claim's unit; not a number where the two measure different things."""
    return convert(figure.value, figure.unit, claim.unit or figure.unit)


def comparable(figures: Sequence[Figure], claim: Claim, said: Period | None = None) -> list[Figure]:
    """Figures of the claim's period, unit and basis.

    For a stock or count, the newest not after it; where the claim was ``said`` before its
    period, or predicts, one of that very period that came later. Where the record has no
    flow or rate of the whole period, its months or quarters make one
    (:mod:`detente.record.verdicts.parts`); rates observed now and then, such as polls, are each held
    against it.
    """
    basis = claim.option("basis")
    fitting = [
        f
        for f in figures
        if f.status != "forecast" and (not basis or f.basis == basis) and not math.isnan(value_of(f, claim))
    ]
    if not fitting or claim.date is None:
        return fitting
    if fitting[0].kind == "flow":
        return of_period(fitting, claim.date)
    if fitting[0].kind in AVERAGED:
        return of_period(fitting, claim.date) or [f for f in observed(fitting) if claim.date.holds(f.period)]
    age = int(claim.option("age", str(STOCK_AGE)))
    earliest = claim.date.first - timedelta(days=age)
    if said and (claim.date.first > said.last or (claim.type == "prediction" and claim.date.last > said.last)):
        earliest = max(claim.date.first, said.last + timedelta(days=1))
    past = [f for f in fitting if f.period.first <= claim.date.last and f.period.last >= earliest]
    strong = [f for f in past if f.status in STRONG] or past
    if not strong:
        return []
    newest = max(f.period.first for f in strong)
    return [f for f in strong if f.period.first == newest]


def latest_comparable(figures: Sequence[Figure], claim: Claim, evidence: Evidence) -> list[Figure]:
    """The comparable figures; flows published before their period had ended only where there are no others."""
    said = evidence.said_on(claim)
    found = comparable(figures, claim, said)
    if not any(map(evidence.early, found)):
        return found
    later = comparable([f for f in figures if not evidence.early(f)], claim, said)
    return later if any(f.status in STRONG for f in later) else found


def in_unit(figure: Figure, unit: str) -> Figure:
    """A figure in another unit of what it measures; its value is not a number where there is none."""
    if figure.unit == unit:
        return figure
    value, low, high = (convert(n, figure.unit, unit) for n in (figure.value, figure.low, figure.high))
    return replace(figure, value=value, low=low, high=high, text=format(value, ".12g"), unit=unit)


def counted_in(figures: Iterable[Figure], period: Period) -> list[Figure]:
    """Stocks and counts of a moment within a period."""
    return [f for f in figures if f.kind in COUNTED and period.holds(f.period) and f.period != period]


def in_claims_currency(figures: Sequence[Figure], claim: Claim, evidence: Evidence) -> list[Figure]:
    """Figures in another currency than the claim, converted at its ``rate`` or at a rate on record.

    ``rate`` is how many units of the figure's currency one unit of the claim's is worth; on
    record it is a series ``exchange.usd_per_eur`` of the same period, or of its months. The
    figure's id says which rate was used.
    """
    wanted = currency_of(claim.unit)
    found = []
    if claim.date is not None:
        figures = [*figures, *made_of(figures, claim.date)]  # the year's amount at the year's rate
    for figure in figures if wanted else ():
        of = currency_of(figure.unit)
        if not of or of == wanted:
            continue
        rate = _rate(of, wanted, figure.period, claim, evidence)
        if rate is None:
            continue
        size = measure_of(figure.unit)[1]
        unit = next((u for u in (f"{wanted}_mn", f"{wanted}_bn", wanted) if measure_of(u)[1] == size), wanted)
        factor = size / measure_of(unit)[1] / rate[0]
        low, high = figure.low * factor, figure.high * factor
        found.append(
            replace(
                figure, value=figure.value * factor, text=format(figure.value * factor, ".12g"), low=low, high=high,
                unit=unit, status="approximate" if figure.status in STRONG else figure.status,
                id=_at_rate(figure.id, of, wanted, *rate),
            )
        )  # fmt: skip
    return found


def _rate(of: str, wanted: str, period: Period, claim: Claim, evidence: Evidence) -> tuple[float, str] | None:
    if claim.option("rate"):
        return float(claim.option("rate")), ""
    for name, power in ((RATES.format(to=of, of=wanted), 1), (RATES.format(to=wanted, of=of), -1)):
        known = [f for f in evidence.independent(name, claim) if f.value > 0 and f.status in (*STRONG, "approximate")]
        rates = sorted(of_period(known, period), key=lambda f: (not f.preferred, evidence.standing(f.source_id)))
        if rates:
            return rates[0].value ** power, rates[0].id
    return None


def _at_rate(id_: str, of: str, to: str, rate: float, known: str) -> Text:
    facts = {"id": id_, "rate": Number(f"{rate:g}"), "of": of.upper(), "to": to.upper()}
    return Text("evidence.at_known_rate", rate_id=known, **facts) if known else Text("evidence.at_rate", **facts)


def composed(claim: Claim, evidence: Evidence) -> list[Figure] | None:
    """Exports and imports on FOB valuation whose sum (or difference) the claim allows."""
    family, _, flow = claim.target.partition("@")[0].rpartition(".")
    place = claim.target.partition("@")[2]
    if flow not in ("total", "balance"):
        return None
    parts = {}
    for name in ("exports", "imports"):
        free = evidence.independent(f"{family}.{name}" + (f"@{place}" if place else ""), claim)
        parts[name] = [f for f in comparable(free, claim) if f.status in STRONG and f.basis in ("fob", "baci")]
    exports = [f for f in parts["exports"] if f.basis == "fob"] or parts["exports"]
    imports = [f for f in parts["imports"] if f.basis == "fob"] or parts["imports"]
    if not exports or not imports:
        return None
    x, m = (min(side, key=lambda f: (not f.preferred, f.status != "reported", f.id)) for side in (exports, imports))
    return [x, m] if claim.wording.allows(together(claim, (x, m))) else None


def together(claim: Claim, parts: Sequence[Figure]) -> float:
    """Exports and imports added up, or, for a balance, taken off, in the claim's unit."""
    sign = 1 if claim.target.partition("@")[0].endswith("total") else -1
    return value_of(parts[0], claim) + sign * value_of(parts[1], claim)


def other_valuation(odd: Figure, parts: Sequence[Figure], claim: Claim) -> bool:
    """Whether a figure on another basis is near enough to FOB parts taken together to differ by valuation or compiler."""
    total = convert(together(claim, parts), claim.unit or parts[0].unit, odd.unit)
    span = FIT if odd.basis in ("fob", "fob+fob") else CIF_OVER_FOB[1] - 1
    return total > 0 and 1 / (1 + span) <= odd.value / total <= 1 + span
