"""Dated cases: every forecast made as of a day from what was known before it, beside what came and who says so.

    python benchmarks/outlook_cases.py            # print
    python benchmarks/outlook_cases.py --write    # and write the tables of docs/outlook-cases.md

Chosen by rule, not by hand. Breaks: of every decision (a wave counts once) that broke a relevant pair from 2005 to 2025 on a
day that is known, the first such pair, asked on the first day of the month before; and the same pair five years earlier,
where it was calm then and for a year after. Returns: every spell with a known day, asked two years after it began, if it was
open then and what came of it within a year was read. Trade: every case of the library of ruptures and reopenings with an
outcome in the world panel that ships, asked at the beginning of its year. No case was left out for its score.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import exp, log

import numpy as np
from score_files import ROOT, write_tables

import detente as dt
from detente.attribution.library.catalogue import cases
from detente.attribution.library.ruptures import break_sources, diplomatic_breaks
from detente.errors import DetenteError
from detente.outlook import hazard
from detente.outlook.spells import BreakSpell, first_day
from detente.outlook.states_at_risk import LISTED_UNTIL, known_spells, months_later, relevant_pairs
from detente.outlook.trade.trade_forecast import NO_EVENT, Ahead

FIRST, LAST = date(2005, 1, 1), date(2025, 12, 31)
CALM_BEFORE = 5


@dataclass(frozen=True, slots=True)
class DatedOdds:
    """One forecast of a break or a return, and what came within twelve months."""

    a: str
    b: str
    on: date
    chance: float
    low: float
    high: float
    base: float
    rank: str
    came: date | None
    source: str

    @property
    def gain(self) -> float:
        """Log score over the base's, natural logarithm."""
        return log(self.chance / self.base) if self.came else log((1 - self.chance) / (1 - self.base))


def asked(
    spell_a: str, spell_b: str, on: date, event: str, came: date | None, source: str, base: float | None = None
) -> DatedOdds | None:
    try:
        odds = hazard(spell_a, spell_b, event, on=on)
    except DetenteError:
        return None
    return DatedOdds(
        spell_a, spell_b, on, odds.probability, *odds.interval, odds.base_rate if base is None else base,
        f"{odds.rank} of {odds.n_ranked:,}" if event == "break" else "", came, source,
    )  # fmt: skip


def sources_by_day() -> dict[tuple[str, str, date], str]:
    """Title and publisher of the source of a break, by pair and first day."""
    known = break_sources()
    found = {}
    for row in diplomatic_breaks():
        a, b = sorted((row.a, row.b))
        ids = [i for i in row.start_source if i in known]
        if ids:
            found[a, b, first_day(row.start)] = f"{known[ids[0]]['publisher']}, {known[ids[0]]['date']}"
    return found


def exact(spell: BreakSpell, known: dict[tuple[str, str, date], str]) -> bool:
    """Whether the day is known, and the pair asked about."""
    days = {(*sorted((r.a, r.b)), r.start) for r in diplomatic_breaks()}
    return (
        spell.broke is not None
        and (spell.a, spell.b, spell.broke.isoformat()) in days
        and relevant_pairs().place(spell.a, spell.b) is not None
        and (spell.a, spell.b, spell.broke) in known
    )


def breaks() -> Iterator[DatedOdds]:
    known, decided = sources_by_day(), set()
    for spell in sorted(known_spells(), key=lambda s: (s.broke or date.max, s.a, s.b)):
        if spell.broke is None or not FIRST <= spell.broke <= LAST or not exact(spell, known):
            continue
        if spell.bloc and spell.bloc in decided:
            continue
        before = months_later(spell.broke.replace(day=1, year=spell.broke.year - 1), 11)
        one = asked(spell.a, spell.b, before, "break", spell.broke, known[spell.a, spell.b, spell.broke])
        if one is None:
            continue
        decided.add(spell.bloc)
        yield one
        earlier = before.replace(year=before.year - CALM_BEFORE)
        if not came_within(spell.a, spell.b, earlier):
            calm = asked(spell.a, spell.b, earlier, "break", None, "the list of breaks")
            if calm is not None:
                yield calm


def came_within(a: str, b: str, on: date) -> bool:
    return any({s.a, s.b} == {a, b} and s.broke and on <= s.broke < months_later(on, 12) for s in known_spells())


def returns() -> Iterator[DatedOdds]:
    known = sources_by_day()
    for spell in sorted(known_spells(), key=lambda s: (s.broke or date.max, s.a, s.b)):
        if spell.broke is None or not exact(spell, known):
            continue
        on = months_later(spell.broke, 24)
        end = months_later(on, 12)
        back = spell.ended if spell.ended is not None and on <= spell.ended < end else None
        read = back is not None or (spell.ended is not None and spell.ended >= end) or spell.read >= end
        if not FIRST <= on <= LISTED_UNTIL or not spell.is_open(on) or not read:
            continue
        one = asked(spell.a, spell.b, on, "return", back, known[spell.a, spell.b, spell.broke])
        if one is not None:
            yield one


def odds_table(rows: list[DatedOdds], what: str) -> str:
    lines = [
        f"| pair | on | {what} within 12 months, % | base, % | rank | came | source |",
        "|---|---|--:|--:|--:|---|---|",
    ]
    if what == "return":
        lines = [f"| pair | on | {what} within 12 months, % | came | source |", "|---|---|--:|---|---|"]
    for r in rows:
        head = f"| {r.a}-{r.b} | {r.on} | {100 * r.chance:.1f} [{100 * r.low:.1f}, {100 * r.high:.1f}] |"
        middle = f" {100 * r.base:.2f} | {r.rank} |" if what == "break" else ""
        lines.append(f"{head}{middle} {r.came or '-'} | {r.source} |")
    return "\n".join([*lines, "", verdict(rows, what)])


def verdict(rows: list[DatedOdds], what: str) -> str:
    came = np.array([r.came is not None for r in rows])
    chance = np.array([r.chance for r in rows])
    text = f"{len(rows)} forecasts, {int(came.sum())} of a {what} that came; mean chance {100 * chance[came].mean():.1f}% where it came "
    text += f"and {100 * chance[~came].mean():.1f}% where it did not."
    if what == "break":
        ranks = [int(r.rank.split(" of ")[0]) / int(r.rank.split(" of ")[1].replace(",", "")) for r in rows if r.came]
        text += f" The chance stood above the base in {int((chance[came] > np.array([r.base for r in rows])[came]).sum())} of "
        text += f"{int(came.sum())} that came; {sum(x <= 0.1 for x in ranks)} of these ranked in the first tenth. The cases are chosen "
        text += "because they broke, so that the share that came is no frequency."
    else:
        text += f" Expected {chance.sum():.1f}, came {int(came.sum())}."
    return text


@dataclass(frozen=True, slots=True)
class DatedTrade:
    """One forecast of a flow in the year after its event, and what came, US$ million."""

    flow: str
    event: str
    year: int
    ahead: Ahead
    came: float

    @property
    def inside(self) -> bool:
        low, *_, high = self.ahead.quantiles_usd_mn
        return low <= self.came <= high or (self.came == 0 and self.ahead.chance_of_zero >= 0.1)

    @property
    def row(self) -> str:
        low, _, middle, _, high = self.ahead.quantiles_usd_mn
        return (
            f"| {self.flow} | {self.event} | {self.year}-01-01 for {self.ahead.year} | {middle:,.3g} [{low:,.3g}, {high:,.3g}] "
            f"| {self.ahead.last_usd_mn:,.3g} | {self.came:,.3g} | {'yes' if self.inside else 'no'} |"
        )


def trade() -> Iterator[DatedTrade]:
    panel, done = dt.world(), set()
    for case in sorted(cases(), key=lambda c: (c.start_year, c.case_id)):
        events = [("rupture", case.start_year), ("reopening", case.reopened_year)]
        for event, year in events:
            key = (case.origin, case.destination, event, year)
            if year is None or key in done or year - 1 not in panel.years or year + 1 not in panel.years:
                continue
            done.add(key)
            try:
                found = dt.forecast(
                    panel,
                    case.origin,
                    case.destination,
                    as_of=year,
                    event=event,
                    instrument=case.instrument if event == "rupture" else None,
                )
            except DetenteError:
                continue
            came = float(panel.flow(case.origin, case.destination)[panel.years.index(year + 1)])
            for a in found.ahead:
                mine = (a.origin, a.destination, a.both_ways, a.year) == (
                    case.origin,
                    case.destination,
                    False,
                    year + 1,
                )
                if mine and a.method != NO_EVENT and np.isfinite(came):
                    yield DatedTrade(f"{case.origin} to {case.destination}", event, year, a, came)


def trade_table(rows: list[DatedTrade]) -> str:
    lines = [
        "| flow | event | as of | forecast, US$ million | last value | came | inside |",
        "|---|---|---|--:|--:|--:|---|",
    ]
    lines += [row.row for row in rows]
    for event in ("rupture", "reopening"):
        mine = [row for row in rows if row.event == event]
        off = [
            (abs(log(r.ahead.median_usd_mn / r.came)), abs(log(r.ahead.last_usd_mn / r.came)))
            for r in mine
            if r.came > 0
        ]
        ours, last = np.array(off).mean(0)
        lines += ["", f"After a {event}: {len(mine)} forecasts, {sum(r.inside for r in mine)} inside their 80% range; where "
                  f"something was traded off by a factor of {exp(ours):.2f} on average, the last value by {exp(last):.2f}."]  # fmt: skip
    return "\n".join(lines)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--write", action="store_true")
    given = ask.parse_args()
    found = {
        "breaks": odds_table(list(breaks()), "break"),
        "returns": odds_table(list(returns()), "return"),
        "trade": trade_table(list(trade())),
    }
    print("\n\n".join(found.values()))
    if given.write:
        write_tables(ROOT / "docs/outlook-cases.md", found)


if __name__ == "__main__":
    main()
