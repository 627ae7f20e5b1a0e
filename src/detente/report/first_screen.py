"""The first screen: what was sold and expected, what that means in three sentences, four numbers, and how sure each is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import expm1
from typing import Any

from detente.answer.facts import Facts, Fall, Flow, IncomeEffect, leading, two_of
from detente.charts.gap import Flag, GapChart, GapLabels, draw_gap
from detente.language import Catalogue
from detente.language.catalogue import short_of_all
from detente.language.when import per_year

FLAT = 0.03  # log points below which other trade called for no change
FIRM, FAIR, ROUGH = 3, 2, 1


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


EACH = {1: "", 4: "_quarter", 12: "_month"}


def first_sentences(facts: Facts, words: Catalogue, name: Any) -> dict[str, str]:
    """What the first screen says, without its pictures: the whole in a line, what happened, why, what if, the claims.

    ``words`` may be a catalogue that speaks; a question without an answer is left out.
    """
    if not any(flow.sold for flow in facts.flows):
        return {}
    told = _Told(facts, words, name)
    said = {"answer": told.answer(), "happened": told.happened(), "why": told.why(), "what_if": told.what_if(),
            "claims": told.claims()}  # fmt: skip
    return {key: text for key, text in said.items() if text}


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
            return f"{words.period(year)}: {', '.join(parts)}"

        labels = GapLabels(words("first.sold"), words("first.expected"), words("first.gap"), short, axis, tip)
        chart = GapChart(dict(flow.sold), dict(flow.expected), side, labels, self.facts.flags, dict(flow.ring))
        names = {"a": self.name(flow.origin), "b": self.name(flow.destination)}
        years = sorted({*flow.sold, *flow.expected})
        each = EACH[per_year(years[0])] if years else ""
        unit = words(f"first.unit_{'bn' if billions else 'mn'}{each}")
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
            odd, usual = sorted(falls, key=lambda f: not f.unusual)
            key = "first.two_falls" if odd is falls[0] else "first.two_falls_second"
            key += "" if usual.others <= usual.change / 2 else "_within"  # most of it in what other trade implies
            parts.append(self.w(key, first=self.years(falls[0]), second=self.years(falls[1])))
        elif falls:
            fall = leading(falls) or falls[0]
            place = "odd" if fall.unusual else "usual" if fall.unusual is False else "open"
            parts.append(self.w(f"first.falls_{place}", years=self.years(fall)))
        stands = self.stands()
        return " ".join([*parts, *([stands] if stands else [])])

    def stands(self) -> str:
        totals = self.facts.totals
        if len(totals) < 2:
            return ""
        peak, last = max(totals, key=totals.__getitem__), max(totals)
        if peak == last:
            return self.w("first.at_peak", last=self.w.year(last))
        if totals[last] == 0:
            return self.w("first.none_left", last=self.w.year(last))
        return self.w("first.of_peak", last=self.w.year(last), share=self.share(totals[last] / totals[peak]))

    def happened(self) -> str:
        totals, words = self.facts.totals, self.w
        if len(totals) < 2:
            return ""
        peak, last = max(totals, key=totals.__getitem__), max(totals)
        since = {y: v for y, v in totals.items() if y > peak}
        if not since:
            low = min(totals, key=totals.__getitem__)
            return words("first.rose", low=words.year(low), low_value=words.money(totals[low]), last=words.year(last),
                         last_value=words.money(totals[last]))  # fmt: skip
        if totals[last] == 0:
            traded = max(y for y, value in totals.items() if value > 0)
            if traded == peak:
                return words("first.ended", peak=words.year(peak), peak_value=words.money(totals[peak]))
            return words("first.ceased", peak=words.year(peak), peak_value=words.money(totals[peak]), traded=words.year(traded),
                         traded_value=words.money(totals[traded]))  # fmt: skip
        low = min(since, key=since.__getitem__)
        given = {"peak": words.year(peak), "peak_value": words.money(totals[peak]), "last": words.year(last),
                 "last_value": words.money(totals[last]), "share": self.share(totals[last] / totals[peak])}  # fmt: skip
        if low == last:
            return words("first.fell", **given)
        low_value = words.money(since[low]) if since[low] > 0 else words("first.nothing")
        return words("first.fell_and_rose", **given, low=words.year(low), low_value=low_value)

    def why(self) -> str:
        flow = self.main()
        told = [(flow, fall) for fall in two_of(flow.falls)]
        if len(told) < 2:  # one a direction: both are told
            told += [(other, fall) for other in self.facts.flows if other is not flow for fall in other.falls[:1]]
        return " ".join(self.fall(flow, fall) for flow, fall in told)

    def fall(self, flow: Flow, fall: Fall) -> str:
        """One episode: what happened to sales, what other trade would mean, and how many pairs did as badly."""
        words = self.w
        given = {
            "a": self.name(flow.origin), "b": self.name(flow.destination), "years": self.years(fall),
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
        return self.w("first.from_year", year=self.w.year(self.facts.baseline), economy=economy, effects=" ".join(said))

    def years(self, fall: Fall) -> str:
        return self.w.years(fall.start, fall.end, short=True)

    def claims(self) -> str:
        counts = self.facts.claims
        total = sum(counts.values())
        if not total:
            return ""
        tested = total - sum(counts.get(v, 0) for v in ("not checkable", "reported correctly"))
        hold = counts.get("confirmed", 0) + counts.get("confirmed within rounding", 0)
        wrong = counts.get("contradicted", 0)
        key = "none" if wrong == 0 else "one" if wrong == 1 else "some"
        return self.w(f"first.claims_{key}", n=total, tested=tested, hold=hold, wrong=wrong)

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
        fall = leading(self.telling().falls)
        if fall is None:
            return None
        value = self.w("first.k_of_n", k=self.w.number(fall.as_bad), n=self.w.number(fall.n))
        what = self.w("first.pairs_lost", years=self.years(fall))
        if self.facts.checks is None or self.telling() is not self.facts.flows[0]:  # they are checks of that direction
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
        """Two ends with two decimals, or as many as the smaller end needs not to read as nothing."""
        least = min((abs(end) for end in (effect.low, effect.high) if end), default=1.0)
        digits = 2 if least >= 0.005 else 3 if least >= 0.0005 else 4
        return self.w("number.percent", value=self.w.span(effect.low, effect.high, digits))

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
