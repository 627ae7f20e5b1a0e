"""The four numbers of the first screen: trade, similar pairs, income and people, each with how sure it is and why."""

from __future__ import annotations

from dataclasses import dataclass

from detente.answer.facts import leading
from detente.attribution.words.strength import GAINED, LOST
from detente.report.first_screen.wording import ScreenWords

FIRM, FAIR, ROUGH = 3, 2, 1


@dataclass(frozen=True, slots=True)
class KeyNumber:
    """One of the four numbers: what it is, how sure, and why."""

    value: str
    what: str
    sure: int
    reason: str


def trade(of: ScreenWords) -> KeyNumber | None:
    totals = of.facts.totals
    if not totals:
        return None
    peak, last = max(totals, key=totals.__getitem__), max(totals)
    key = "first.traded_peak" if peak == last else "first.traded"
    what = of.words(key, last=last, peak=peak, value=of.words.money(totals[peak]))
    if of.facts.spread is None:
        return KeyNumber(of.words.money(totals[last]), what, FAIR, of.words("first.one_source"))
    firm = of.facts.spread <= 0.02
    reason = of.words("first.sources_differ", share=of.words.whole_percent(100 * of.facts.spread))
    return KeyNumber(of.words.money(totals[last]), what, FIRM if firm else FAIR, reason)


def similar(of: ScreenWords) -> KeyNumber | None:
    flow = of.telling()
    fall = leading(flow.falls)
    if fall is None:
        return None
    k = (fall.n or 0) - (fall.as_bad or 0) if fall.gained else fall.as_bad
    value = of.words("attribution.of_pairs", k=of.words.number(k), n=of.words.number(fall.n))
    key = "first.pairs_better" if fall.gained else "first.pairs_lost" if fall.change < 0 else "first.pairs_behind"
    what = of.words(key, a=of.name(flow.origin), b=of.name(flow.destination), years=of.years(fall))
    checks = of.checks(fall)
    if checks is None:
        return KeyNumber(value, what, ROUGH, of.words("first.one_check"))
    unusual, able = checks
    agree = unusual if fall.place in (GAINED if fall.gained else LOST) else able - unusual
    sure = FIRM if able >= 4 and agree == able else FAIR if 2 * agree > able else ROUGH
    return KeyNumber(
        value, what, sure, of.words("first.checks_unusual", k=of.words.number(unusual), n=of.words.number(able))
    )


def income(of: ScreenWords) -> KeyNumber | None:
    if not of.facts.effects or of.facts.baseline is None:
        return None
    most = max(of.facts.effects, key=lambda e: abs(e.middle))
    what = of.words("first.income", economy=of.name(most.economy), title=most.title)
    reason = of.words("first.model_of", span=of.range(most), year=of.facts.baseline)
    return KeyNumber(of.middle(most), what, ROUGH, reason)


def people(of: ScreenWords) -> KeyNumber | None:
    if of.facts.people is None:
        return None
    count, year, home, host = of.facts.people
    what = of.words("first.people", home=of.name(home), host=of.name(host), year=year)
    return KeyNumber(of.persons(count), what, FAIR, of.words("first.people_why"))
