"""The pictures of the first screen: what was sold and what was expected, one chart a direction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from detente.answer.facts import Flow
from detente.answer.speaker import Speaker
from detente.charts.gap import Flag, GapChart, GapLabels
from detente.charts.gap_drawing import draw_gap
from detente.language.when import per_year
from detente.report.first_screen.wording import ScreenWords

EACH = {1: "", 4: "_quarter", 12: "_month"}


@dataclass(frozen=True, slots=True)
class Picture:
    """A direction's chart: who sells, its title, and the picture for a desk and for a phone."""

    ident: str
    seller: str
    title: str
    subtitle: str
    alt: str
    wide: str
    narrow: str
    flags: Sequence[Flag]
    rows: Sequence[tuple[int, float | None, float | None]]


def picture(of: ScreenWords, flow: Flow, side: str, ident: str) -> Picture:
    words = of.words
    top = max([*flow.sold.values(), *flow.expected.values(), 0.0])
    billions = top >= 1000 and float(words("number.billion_scale")) == 1000

    def said(line: str, usd_mn: float) -> str:
        return words(f"first.{line}_amount", value=words.money(usd_mn, at="label"))

    def amounts(usd_mn: float) -> list[str]:
        return [words.money(usd_mn, at="label"), words.money(usd_mn, at="narrow")]

    def axis(usd_mn: float) -> str:
        value = round(usd_mn / 1000 if billions else usd_mn, 12)
        return words.number(value, max(0, -int(Decimal(str(value)).normalize().as_tuple().exponent)))

    def tip(year: int, sold: float | None, due: float | None) -> str:
        parts = [words("first.tip_sold", value=words.money(sold))] if sold is not None else []
        parts += [words("first.tip_expected", value=words.money(due))] if due is not None else []
        return f"{words.period(year)}: {', '.join(parts)}"

    labels = GapLabels(partial(said, "sold"), partial(said, "expected"), words("first.gap"), amounts, axis, tip)
    chart = GapChart(dict(flow.sold), dict(flow.expected), side, labels, of.facts.flags, dict(flow.ring))
    names = {"a": of.name(flow.origin), "b": of.name(flow.destination)}
    years = sorted({*flow.sold, *flow.expected})
    each = EACH[per_year(years[0])] if years else ""
    unit = words(f"first.unit_bn{each}" if billions else f"trade.axis{each}")
    ident = f"{ident}-{side}"
    return Picture(
        ident, Speaker.begun(words("first.seller", **names)), words("first.chart", **names), unit, _described(of, flow, names),
        draw_gap(chart, f"{ident}-w"), draw_gap(chart, f"{ident}-n", compact=True),
        sorted(of.facts.flags, key=lambda f: f.x),
        [(y, flow.sold.get(y), flow.expected.get(y)) for y in years],
    )  # fmt: skip


def _described(of: ScreenWords, flow: Flow, names: dict[str, str]) -> str:
    """What the picture shows, for a reader who does not see it."""
    first, last = min(flow.sold), max(flow.sold)
    parts = [
        of.words(
            "first.alt", **names, first=first, last=last, start=of.words.money(flow.sold[first]),
            end=of.words.money(flow.sold[last]),
        )
    ]  # fmt: skip
    both = [y for y in flow.expected if y in flow.sold]
    if both:
        widest = max(both, key=lambda y: abs(flow.expected[y] - flow.sold[y]))
        parts.append(
            of.words(
                "first.alt_gap", year=widest, gap=of.words.money(abs(flow.expected[widest] - flow.sold[widest])),
                sold=of.words.money(flow.sold[widest]), expected=of.words.money(flow.expected[widest]),
            )
        )  # fmt: skip
    parts += [f"{flag.when}: {flag.what}." for flag in of.facts.flags]
    return " ".join(parts)
