"""The first screen: what was sold and expected, what that means in three sentences, four numbers, and how sure each is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, expm1, isfinite
from typing import Any

import polars as pl

from detente.answer.facts import FEWEST, UNUSUAL, Facts, Fall, Flagged, Flow, IncomeEffect, span, spread_flags
from detente.charts.gap import Flag, GapChart, GapLabels, draw_gap
from detente.language import Catalogue
from detente.language.catalogue import short_of_all
from detente.report.story import Story, decimal_year

FLAT = 0.03  # log points below which other trade called for no change
FIRM, FAIR, ROUGH = 3, 2, 1
FLAG_KINDS = (
    "diplomatic break", "trade restriction", "border closure", "border opening", "reconciliation", "bloc exit",
    "bloc entry", "agreement", "war", "sanctions", "sanctions relief",
)  # fmt: skip
FROM_OUTSIDE = ("agreement", "sanctions", "sanctions relief")  # often between others: only where there is room


@dataclass(frozen=True, slots=True)
class KeyNumber:
    """One of the four numbers: what it is, how sure, and why."""

    value: str
    what: str
    sure: int
    reason: str


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


@dataclass(frozen=True, slots=True)
class FirstScreen:
    """Everything the template of the first screen needs, in one language."""

    answer: str
    pictures: Sequence[Picture]
    sentences: Sequence[tuple[str, str]]
    numbers: Sequence[KeyNumber]
    claims: str
    wrong: Sequence[Mapping[str, Any]]
    source: str


def first_screen(facts: Facts, words: Catalogue, name: Any, ident: str) -> FirstScreen | None:
    """The first screen in the words of a language; None without trade by direction.

    Parameters
    ----------
    name : economy code to its name within a sentence.
    ident : what the page calls the charts.
    """
    if not any(flow.sold for flow in facts.flows):
        return None
    told = _Told(facts, words, name)
    pictures = [
        told.picture(flow, side, ident) for flow, side in zip(facts.flows, ("origin", "destination")) if flow.sold
    ]
    sentences = [("happened", told.happened()), ("why", told.why()), ("what_if", told.what_if())]
    return FirstScreen(
        told.answer(), pictures, [(words(f"first.{key}"), text) for key, text in sentences if text],
        [n for n in (told.trade(), told.similar(), told.income(), told.people()) if n is not None],
        told.claims(), facts.wrong, facts.source,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Told:
    facts: Facts
    w: Catalogue
    name: Any

    # The chart.

    def picture(self, flow: Flow, side: str, ident: str) -> Picture:
        words = self.w
        top = max([*flow.sold.values(), *flow.expected.values(), 0.0])
        billions = top >= 1000 and float(words("number.billion_scale")) == 1000

        def short(usd_mn: float) -> str:
            return words.number(usd_mn / 1000, 1) if billions else words.significant(usd_mn)

        def axis(usd_mn: float) -> str:
            return words.significant(usd_mn / 1000 if billions else usd_mn, 1) if usd_mn else "0"

        def tip(year: int, sold: float | None, due: float | None) -> str:
            parts = [words("first.tip_sold", value=words.money(sold))] if sold is not None else []
            parts += [words("first.tip_expected", value=words.money(due))] if due is not None else []
            return f"{year}: {', '.join(parts)}"

        labels = GapLabels(words("first.sold"), words("first.expected"), words("first.gap"), short, axis, tip)
        chart = GapChart(dict(flow.sold), dict(flow.expected), side, labels, self.facts.flags, dict(flow.ring))
        names = {"a": self.name(flow.origin), "b": self.name(flow.destination)}
        unit = words("first.unit_bn" if billions else "first.unit_mn")
        years = sorted({*flow.sold, *flow.expected})
        ident = f"{ident}-{side}"
        return Picture(
            ident, words("first.seller", **names), words("first.chart", **names), unit, self.described(flow, names),
            draw_gap(chart, f"{ident}-w"), draw_gap(chart, f"{ident}-n", compact=True),
            sorted(self.facts.flags, key=lambda f: f.x),
            [(y, flow.sold.get(y), flow.expected.get(y)) for y in years],
        )  # fmt: skip

    def described(self, flow: Flow, names: dict[str, str]) -> str:
        """What the picture shows, for a reader who does not see it."""
        first, last = min(flow.sold), max(flow.sold)
        parts = [
            self.w(
                "first.alt", **names, first=first, last=last, start=self.w.money(flow.sold[first]),
                end=self.w.money(flow.sold[last]),
            )
        ]  # fmt: skip
        both = [y for y in flow.expected if y in flow.sold and flow.expected[y] > flow.sold[y]]
        if both:
            widest = max(both, key=lambda y: flow.expected[y] - flow.sold[y])
            parts.append(
                self.w(
                    "first.alt_gap", year=widest, gap=self.w.money(flow.expected[widest] - flow.sold[widest]),
                    sold=self.w.money(flow.sold[widest]), expected=self.w.money(flow.expected[widest]),
                )
            )  # fmt: skip
        parts += [f"{flag.when}: {flag.what}." for flag in self.facts.flags]
        return " ".join(parts)

    # The sentences.

    def answer(self) -> str:
        """The whole in one line: the falls and where trade stands."""
        falls = [f for f in self.telling().falls if f.change < 0]
        parts = []
        if len(falls) == 2 and {f.unusual for f in falls} == {True, False}:
            odd = next(f for f in falls if f.unusual)
            key = "first.two_falls" if odd is falls[0] else "first.two_falls_second"
            parts.append(self.w(key, first=span(falls[0]), second=span(falls[1])))
        elif falls:
            parts.append(
                self.w(f"first.falls_{'odd' if falls[0].unusual else 'usual' if falls[0].unusual is False else 'open'}",
                       years=span(falls[0]))
            )  # fmt: skip
        stands = self.stands()
        return " ".join([*parts, *([stands] if stands else [])])

    def stands(self) -> str:
        totals = self.facts.totals
        if len(totals) < 2:
            return ""
        peak, last = max(totals, key=totals.__getitem__), max(totals)
        if peak == last:
            return self.w("first.at_peak", last=last)
        if totals[last] == 0:
            return self.w("first.none_left", last=last)
        return self.w("first.of_peak", last=last, share=self.share(totals[last] / totals[peak]))

    def happened(self) -> str:
        totals, words = self.facts.totals, self.w
        if len(totals) < 2:
            return ""
        peak, last = max(totals, key=totals.__getitem__), max(totals)
        since = {y: v for y, v in totals.items() if y > peak}
        if not since:
            low = min(totals, key=totals.__getitem__)
            return words("first.rose", low=low, low_value=words.money(totals[low]), last=last,
                         last_value=words.money(totals[last]))  # fmt: skip
        if totals[last] == 0:
            traded = max(y for y, value in totals.items() if value > 0)
            if traded == peak:
                return words("first.ended", peak=peak, peak_value=words.money(totals[peak]))
            return words("first.ceased", peak=peak, peak_value=words.money(totals[peak]), traded=traded,
                         traded_value=words.money(totals[traded]))  # fmt: skip
        low = min(since, key=since.__getitem__)
        given = {"peak": peak, "peak_value": words.money(totals[peak]), "last": last,
                 "last_value": words.money(totals[last]), "share": self.share(totals[last] / totals[peak])}  # fmt: skip
        if low == last:
            return words("first.fell", **given)
        low_value = words.money(since[low]) if since[low] > 0 else words("first.nothing")
        return words("first.fell_and_rose", **given, low=low, low_value=low_value)

    def why(self) -> str:
        flow = self.main()
        told = [(flow, fall) for fall in flow.falls[:2]]
        if len(told) < 2:  # one a direction: both are told
            told += [(other, fall) for other in self.facts.flows if other is not flow for fall in other.falls[:1]]
        return " ".join(self.fall(flow, fall) for flow, fall in told)

    def fall(self, flow: Flow, fall: Fall) -> str:
        """One episode: what happened to sales, what other trade would mean, and how many pairs did as badly."""
        words = self.w
        given = {
            "a": self.name(flow.origin), "b": self.name(flow.destination), "years": span(fall),
            "change": self.change(100 * expm1(fall.change)),
            "others": self.w.log_percent(fall.others),
        }  # fmt: skip
        way = "fell" if fall.change < 0 else "rose"
        if fall.as_bad is None or not fall.n:
            return words(f"first.{way}_alone", **given)
        flat = "_flat" if abs(fall.others) < FLAT else ""
        count = "none" if fall.as_bad == 0 else "some"
        return words(
            f"first.{way}{flat}_{count}", **given, k=words.number(fall.as_bad), n=words.number(fall.n)
        )  # fmt: skip

    def change(self, percent: float) -> str:
        """The size of a change; one that rounds to nothing is less than 1%."""
        if abs(percent) < 0.5:
            return self.w("first.under_one")
        return self.w.percent(abs(percent), short_of_all(percent, 0))

    def what_if(self) -> str:
        effects = self.facts.effects
        if not effects or self.facts.baseline is None:
            return ""
        said = [self.w("first.effect", title=e.title, middle=self.pct(e.middle), span=self.range(e)) for e in effects]
        economy = self.name(effects[0].economy)
        return self.w("first.from_year", year=self.facts.baseline, economy=economy, effects=" ".join(said))

    def claims(self) -> str:
        counts = self.facts.claims
        total = sum(counts.values())
        if not total:
            return ""
        tested = total - sum(counts.get(v, 0) for v in ("not checkable", "reported correctly"))
        hold = counts.get("confirmed", 0) + counts.get("confirmed within rounding", 0)
        return self.w("first.claims", n=total, tested=tested, hold=hold, wrong=counts.get("contradicted", 0))

    # The numbers.

    def trade(self) -> KeyNumber | None:
        totals = self.facts.totals
        if not totals:
            return None
        peak, last = max(totals, key=totals.__getitem__), max(totals)
        what = self.w("first.traded", last=last, peak=peak, value=self.w.money(totals[peak]))
        if self.facts.spread is None:
            return KeyNumber(self.w.money(totals[last]), what, FAIR, self.w("first.one_source"))
        firm = self.facts.spread <= 0.02
        reason = self.w("first.sources_differ", share=self.w.whole_percent(100 * self.facts.spread))
        return KeyNumber(self.w.money(totals[last]), what, FIRM if firm else FAIR, reason)

    def similar(self) -> KeyNumber | None:
        fall = next((f for f in self.telling().falls if f.as_bad is not None and f.n), None)
        if fall is None:
            return None
        value = self.w("first.k_of_n", k=self.w.number(fall.as_bad), n=self.w.number(fall.n))
        what = self.w("first.pairs_lost", years=span(fall))
        if self.facts.checks is None:
            return KeyNumber(value, what, ROUGH, self.w("first.one_check"))
        agree, able = self.facts.checks
        agree = agree if fall.unusual else able - agree
        sure = FIRM if able >= 4 and agree == able else FAIR if 2 * agree > able else ROUGH
        return KeyNumber(value, what, sure, self.w("first.checks_agree", k=agree, n=able))

    def income(self) -> KeyNumber | None:
        if not self.facts.effects or self.facts.baseline is None:
            return None
        most = max(self.facts.effects, key=lambda e: abs(e.middle))
        what = self.w("first.income", economy=self.name(most.economy), title=most.title)
        reason = self.w("first.model_of", span=self.range(most), year=self.facts.baseline)
        return KeyNumber(self.pct(most.middle), what, ROUGH, reason)

    def people(self) -> KeyNumber | None:
        if self.facts.people is None:
            return None
        count, year, home, host = self.facts.people
        what = self.w("first.people", home=self.name(home), host=self.name(host), year=year)
        return KeyNumber(self.persons(count), what, FAIR, self.w("first.people_why"))

    # Small words.

    def telling(self) -> Flow:
        """The direction whose falls the headline speaks of: the first, unless only the other's stand out."""
        first, other = self.main(), self.facts.flows[1]
        if len(first.falls) < 2 and other.falls and other.falls[0].unusual and not any(f.unusual for f in first.falls):
            return other
        return first

    def main(self) -> Flow:
        return self.facts.flows[0] if self.facts.flows[0].sold else self.facts.flows[1]

    def pct(self, value: float) -> str:
        if abs(value) < 0.005:
            return self.w("first.about_zero")
        return self.w("number.percent", value=self.w.significant(value, 1, sign=True))

    def range(self, effect: IncomeEffect) -> str:
        """Two ends with two decimals, as the record of an income bears no more."""
        return self.w("number.percent", value=self.w.span(effect.low, effect.high, 2))

    def persons(self, count: float) -> str:
        if count >= 1e6:
            return self.w("first.million", value=self.w.number(count / 1e6, 1))
        return self.w.number(float(f"{count:.2g}"))

    def share(self, ratio: float) -> str:
        """A share in words where one is near, else in percent."""
        for parts in (2, 3, 4, 5, 6, 8, 10, 20):
            if abs(ratio * parts - 1) <= 0.06:
                return self.w(f"fraction.one_{parts}")
        return self.w.whole_percent(100 * ratio)


def facts_of(story: Story, words: Catalogue) -> Facts:
    """The facts of a run, from its tables."""
    there, back = story.directions
    flows = (_flow(story, *there), _flow(story, *back))
    totals = _totals(story, flows)
    years = [y for flow in flows for y in (*flow.sold, *flow.expected)]
    reach = (min(years), max(years) + 1) if years else (0, 0)
    return Facts(
        flows, totals, _flags(story, words, reach), _effects(story), _baseline(story), _checks(story, flows[0]),
        _people(story), _spread(story, totals), _base(story), _source(story, words),
        _verdicts(story), _wrong(story),
    )  # fmt: skip


def _directed(frame: pl.DataFrame, a: str, b: str) -> pl.DataFrame:
    """Rows of one direction, whatever the two columns are called."""
    for pair in (("origin", "destination"), ("exporter", "importer")):
        if set(pair) <= set(frame.columns):
            return frame.filter(pl.col(pair[0]) == a, pl.col(pair[1]) == b)
    return frame.head(0)


def _flow(story: Story, a: str, b: str) -> Flow:
    base = _base(story)
    rows = _directed(story.residuals, a, b)
    if base is not None and not rows.is_empty():
        cited = rows.filter(pl.col("status") == "cited")
        rows = rows.filter(pl.col("base_from") == base[0], pl.col("base_to") == base[1], pl.col("status") != "cited")
    else:
        cited = rows.head(0)
    expected, sold = _by_year(rows, "counterfactual_usd_mn"), _by_year(rows, "actual_usd_mn")
    timeline = _directed(story.timeline, a, b)
    if not timeline.is_empty():  # the record goes on where the panel ends
        preferred = timeline.filter(pl.col("preferred").cast(pl.Boolean), pl.col("flow").is_in(["exports", "imports"]))
        later = {y: v for y, v in _by_year(preferred, "value_usd_mn").items() if not sold or y > max(sold)}
        sold = sold | later
    ring = {
        y: sold[y] / exp(r) for y, r in _by_year(cited, "log_ratio").items() if y in sold and y not in expected
    }  # fmt: skip
    falls = (
        [] if story.attribution.is_empty() else [_fall(r) for r in _episodes(_directed(story.attribution, a, b), base)]
    )
    return Flow(a, b, sold, expected, ring, tuple(f for f in falls if f is not None))


def _by_year(frame: pl.DataFrame, column: str) -> dict[int, float]:
    if frame.is_empty() or column not in frame.columns:
        return {}
    rows = frame.select(pl.col("year").cast(pl.Int64), pl.col(column).cast(pl.Float64)).drop_nulls().sort("year")
    return {year: value for year, value in rows.iter_rows() if isfinite(value)}


def _episodes(rows: pl.DataFrame, base: tuple[int, int] | None) -> list[dict[str, Any]]:
    """The episodes on the first base years, in order, without those that hold others within them."""
    if base is not None:
        rows = rows.filter(pl.col("base_from") == base[0], pl.col("base_to") == base[1])
    found = sorted(rows.to_dicts(), key=lambda r: r["from_year"])

    def holds(row: dict[str, Any]) -> bool:
        inside = [o for o in found if o is not row]
        return any(row["from_year"] <= o["from_year"] and o["to_year"] <= row["to_year"] for o in inside)

    alone = [row for row in found if not holds(row)]
    return alone or found


def _fall(row: Mapping[str, Any]) -> Fall | None:
    if row["log_change"] is None or row["dyad_part"] is None:
        return None
    n, share = row["n_placebos"], row["placebo_share"]
    as_bad = row.get("n_as_bad")
    if as_bad is None and share is not None and n:
        as_bad = round(share * (n + 1)) - 1
    return Fall(
        row["from_year"], row["to_year"], row["log_change"], row["supply_demand_part"] or 0.0, row["dyad_part"],
        as_bad, n,
    )  # fmt: skip


def _base(story: Story) -> tuple[int, int] | None:
    if story.residuals.is_empty():
        return None
    row = story.residuals.row(0, named=True)
    return row["base_from"], row["base_to"]


def _totals(story: Story, flows: Sequence[Flow]) -> dict[int, float]:
    """The record's own totals, or both directions added where both are known."""
    if not story.timeline.is_empty() and "flow" in story.timeline.columns:
        own = story.timeline.filter(pl.col("flow") == "total", pl.col("preferred").cast(pl.Boolean))
        if not own.is_empty():
            return _by_year(own, "value_usd_mn")
    there, back = (flow.sold for flow in flows)
    return {y: there[y] + back[y] for y in sorted(there) if y in back}


def _spread(story: Story, totals: Mapping[int, float]) -> float | None:
    """How far the published totals of the last year lie apart, as a share of the preferred one."""
    if not totals or story.timeline.is_empty():
        return None
    last = max(totals)
    rows = story.timeline.filter(
        pl.col("flow") == "total",
        pl.col("year").cast(pl.Int64) == last,
        pl.col("status").is_in(["reported", "derived"]),
    )
    values = rows["value_usd_mn"].cast(pl.Float64).drop_nulls().to_list()
    if len(values) < 2 or not totals[last]:
        return None
    return (max(values) - min(values)) / totals[last]


def _flags(story: Story, words: Catalogue, reach: tuple[float, float]) -> list[Flag]:
    """The gravest events between the two, far enough apart for their words."""
    if story.events.is_empty():
        return []
    rows = []
    for row in story.events.iter_rows(named=True):
        x = decimal_year(row["date"])
        if x is not None and row["kind"] in FLAG_KINDS and reach[0] <= x <= reach[1]:
            when = words.date("-".join(str(row["date"]).split("/")[0].split("-")[:2]))
            rank = row["kind"] in FROM_OUTSIDE, -int(row["severity"] or 1), not row.get("sets"), x
            rows.append(Flagged(rank, Flag(x, when, words.known("event_kind", row["kind"]))))
    return spread_flags(rows)


def _effects(story: Story) -> list[IncomeEffect]:
    """The first and the last scenario on the economy that they change most."""
    if story.bands.is_empty():
        return []
    rows = story.bands.drop_nulls("welfare_pct_p50")
    if rows.is_empty():
        return []
    most = rows.sort(pl.col("welfare_pct_p50").abs(), descending=True)["economy"][0]
    told = [
        IncomeEffect(story.own(r["title"]), most, r["welfare_pct_p05"], r["welfare_pct_p50"], r["welfare_pct_p95"])
        for r in rows.filter(pl.col("economy") == most).iter_rows(named=True)
    ]
    return told if len(told) <= 2 else [told[0], told[-1]]


def _baseline(story: Story) -> int | None:
    return None if story.bands.is_empty() else int(story.bands["year"].max())  # type: ignore[arg-type]


def _checks(story: Story, flow: Flow) -> tuple[int, int] | None:
    """Of the specifications of the first episode that can tell, how many call it unusual."""
    frame = story.specifications
    if frame.is_empty() or not story.study.episodes:
        return None
    first = min(story.study.episodes, key=lambda e: (e.from_year, e.to_year))
    able = frame.filter(pl.col("episode") == first.id, pl.col("n_placebos") >= FEWEST).drop_nulls("placebo_share")
    return (able.filter(pl.col("placebo_share") <= UNUSUAL).height, able.height) if able.height else None


def _people(story: Story) -> tuple[float, int, str, str] | None:
    """The latest preferred count of one economy's people in the other, the larger of the two directions."""
    if story.figures.is_empty():
        return None
    found = []
    for home, host in story.directions:
        series = f"migration.{home.lower()}_in_{host.lower()}"
        rows = story.figures.filter(pl.col("series") == series, pl.col("preferred") == 1) if (
            story.figures["preferred"].dtype.is_numeric()
        ) else story.figures.filter(pl.col("series") == series, pl.col("preferred").cast(pl.String).is_in(["1", "true"]))  # fmt: skip
        if not rows.is_empty():
            row = rows.sort("period").row(-1, named=True)
            found.append((float(row["value"]), int(str(row["period"])[:4]), home, host))
    return max(found, default=None)


def _source(story: Story, words: Catalogue) -> str:
    """The panel, and who published the figures of the years after it."""
    names, last = [], 0
    if not story.residuals.is_empty():
        computed = story.residuals.filter(pl.col("status") != "cited")
        last = int(computed["year"].max() or 0)  # type: ignore[arg-type]
        names.append(words("trade.panel") + f" ({computed['year'].min()}–{last})")
    if not story.timeline.is_empty():
        late = story.timeline.filter(pl.col("preferred").cast(pl.Boolean), pl.col("year").cast(pl.Int64) > last)
        for row in late.filter(pl.col("flow") == "exports").sort("year", descending=True).iter_rows(named=True):
            names += story.source_names(row["source_id"])
    return "; ".join(list(dict.fromkeys(names))[:3])


def _verdicts(story: Story) -> dict[str, int]:
    if story.claims.is_empty():
        return {}
    return dict(story.claims.group_by("verdict").len().iter_rows())


def _wrong(story: Story) -> list[dict[str, Any]]:
    if story.claims.is_empty():
        return []
    rows = story.claims.filter(pl.col("verdict") == "contradicted").to_dicts()
    return [
        {"claim": story.own(r["claim"]), "claim_id": r["claim_id"], "evidence": story.own(r["evidence"] or ""),
         "source": next(iter(story.source_names(r["source_id"])), "")}
        for r in rows
    ]  # fmt: skip
