"""The sentences of the first screen: the whole in a line, what happened, why, what if, and which claims hold."""

from __future__ import annotations

from math import expm1

from detente.answer.facts import Fall, Flow, two_of
from detente.report.first_screen.headline import change_sentence
from detente.report.first_screen.wording import ScreenWords

FLAT = 0.03  # log points below which other trade called for no change


def answer(of: ScreenWords) -> str:
    """The whole in one line: the leading change and where trade stands."""
    return " ".join(part for part in (change_sentence(of), _stands(of)) if part)


def _stands(of: ScreenWords) -> str:
    totals = of.facts.totals
    if len(totals) < 2:
        return ""
    peak, last = max(totals, key=totals.__getitem__), max(totals)
    if peak == last:
        return of.words("first.at_peak", last=of.words.year(last))
    if totals[last] == 0:
        return of.words("first.none_left", last=of.words.year(last))
    return of.words("first.of_peak", last=of.words.year(last), share=of.share(totals[last] / totals[peak]))


def happened(of: ScreenWords) -> str:
    totals, words = of.facts.totals, of.words
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
             "last_value": words.money(totals[last]), "share": of.share(totals[last] / totals[peak])}  # fmt: skip
    if low == last:
        return words("first.fell", **given)
    low_value = words.money(since[low]) if since[low] > 0 else words("number.zero")
    return words("first.fell_and_rose", **given, low=words.year(low), low_value=low_value)


def why(of: ScreenWords) -> str:
    flow = of.main()
    told = [(flow, fall) for fall in two_of(flow.falls)]
    if len(told) < 2:  # one a direction: both are told
        told += [(other, fall) for other in of.facts.flows if other is not flow for fall in other.falls[:1]]
    return " ".join(_fall(of, flow, fall) for flow, fall in told)


def _fall(of: ScreenWords, flow: Flow, fall: Fall) -> str:
    """One episode: what happened to sales, what other trade would mean, and how many pairs did as badly."""
    words = of.words
    given = {
        "a": of.name(flow.origin), "b": of.name(flow.destination), "years": of.years(fall),
        "change": of.change(100 * expm1(fall.change)),
        "others": of.words.log_percent(fall.others),
    }  # fmt: skip
    way = "fell" if fall.change < 0 else "rose"
    if fall.as_bad is None or not fall.n:
        return words(f"first.{way}_alone", **given)
    flat = "_flat" if abs(fall.others) < FLAT else ""
    if way == "rose" and flat:
        return words("first.rose_flat", **given)
    k = fall.n - fall.as_bad if fall.gained else fall.as_bad
    key = f"first.{way}{flat}{'_better' if fall.gained else ''}_{'none' if k == 0 else 'some'}"
    return words(key, **given, k=words.number(k), n=words.number(fall.n))


def what_if(of: ScreenWords) -> str:
    effects = of.facts.effects
    if not effects or of.facts.baseline is None:
        return ""
    said = [of.words("first.effect", title=e.title, middle=of.middle(e), span=of.range(e)) for e in effects]
    economy = of.name(effects[0].economy)
    return of.words("first.from_year", year=of.words.year(of.facts.baseline), economy=economy, effects=" ".join(said))


def claims(of: ScreenWords) -> str:
    """How many statements can be tested, hold and are wrong."""
    counts = of.facts.claims
    total = sum(counts.values())
    if not total:
        return ""
    tested = total - sum(counts.get(v, 0) for v in ("not checkable", "reported correctly"))
    hold = counts.get("confirmed", 0) + counts.get("confirmed within rounding", 0)
    wrong = counts.get("contradicted", 0)
    if total == 1:
        return of.words(
            f"first.claim_{'untested' if not tested else 'holds' if hold else 'wrong' if wrong else 'other'}"
        )
    if not tested:
        return of.words("first.claims_untested", n=total)
    parts = {name: of.words(f"first.{name}_{_many(n)}", n=n) for name, n in (("hold", hold), ("false", wrong))}
    return of.words("first.claims", n=total, tested=tested, **parts)


def _many(n: int) -> str:
    return "none" if n == 0 else "one" if n == 1 else "some"
