"""The odds that two states break relations, or restore them, beside what pairs like them have done."""

from __future__ import annotations

from datetime import date
from functools import cache
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from detente.attribution.words.sentences import named
from detente.economies import lookup, name_of
from detente.errors import NotIdentified, SpecificationError
from detente.language import Day, Number, Text, Word
from detente.language import own as in_languages
from detente.outlook.break_model import (
    LAND,
    LAST,
    RELEVANT,
    BreakModel,
    Group,
    Groups,
    Rows,
    columns_of,
    fit_breaks,
    probability,
    rows_before,
)
from detente.outlook.odds import Odds, PastBreak
from detente.outlook.returns import return_rates
from detente.outlook.score_card import card_of
from detente.outlook.spells import BreakSpell
from detente.outlook.states_at_risk import (
    beyond_the_list,
    known_spells,
    relevant_pairs,
    snapshot,
    without_relations,
)

EARLIEST = date(1995, 1, 1)
"""Before this day there is too little to learn from."""


HORIZONS = (12, 24)


DRAWS = 200


NEAREST = 3


def hazard(a: str, b: str, event: str = "break", *, on: str | date, months: int = 12) -> Odds:
    """The odds of a break or a return between two states within 12 or 24 months of a day.

    A break is relations broken, a border closed by one of the two, or a recall or downgrade that lasted more than 90
    days. Learnt on the sourced list of breaks from 1990 up to ``on`` (docs/outlook.md); half of the log odds come
    from the frequency of the pair's stratum (land border, subregion, rivalry), half from a ridge logit.

    Parameters
    ----------
    a, b : str
        Codes or names of two states, in any order.
    event : {"break", "return"}
    on : str or date
        From 1995 on.
    months : {12, 24}

    Raises
    ------
    NotIdentified
        The pair is not among those asked about, has no relations to break, is broken already (ask for the return), or
        is not broken (of a return).
    SpecificationError
        Another event, horizon or day.

    Examples
    --------
    >>> odds = hazard("COL", "VEN", "break", on="2019-01-01")
    >>> 0.03 < odds.probability < 0.09, odds.rank <= 10, odds.group
    (True, True, 'land')
    """
    a, b = lookup(a), lookup(b)
    day = _day(on)
    if months not in HORIZONS:
        raise SpecificationError(f"The horizon is {months} months.", fix="Ask for 12 or 24: only these were scored.")
    if event not in ("break", "return"):
        raise SpecificationError(f"event={event!r} is not known.", fix="Ask for a break or for a return.")
    place = _place_of(a, b)
    held = [s for s in known_spells() if {s.a, s.b} == {a, b} and s.is_open(day)]
    if event == "return":
        return _return(a, b, day, months, held)
    if held:
        raise NotIdentified(
            Text(
                "no_odds.apart",
                a=named(a),
                b=named(b),
                day=Day(day.isoformat()),
                since=Day(str(held[-1].broke)),
                what=Word(held[-1].kinds[0], group="act"),
            ),
            why="What is broken cannot break.",
            fix="Ask for the odds of a return.",
        )
    return _break(a, b, place, day, months)


def _day(on: str | date) -> date:
    try:
        day = on if isinstance(on, date) else date.fromisoformat(on)
    except ValueError:
        raise SpecificationError(f"on={on!r} is not a day.", fix="Write it as 2019-01-01.") from None
    if day < EARLIEST:
        raise SpecificationError(
            f"{day.isoformat()} is before {EARLIEST.isoformat()}.",
            why="The list of breaks begins in 1990: there is too little to learn from.",
            fix=f"Ask for {EARLIEST.isoformat()} or later.",
        )
    return day


NO_RELATIONS = "no relations"


NO_STATE = "not in the list of states"


NOT_RELEVANT = "not a relevant pair"


def why_no_odds(a: str, b: str) -> str:
    """Why no odds of a break are given for two economies by their codes, in a word; empty where they may be.

    >>> why_no_odds("ARM", "AZE"), why_no_odds("CHN", "TWN"), why_no_odds("COL", "VEN")
    ('no relations', 'not in the list of states', '')
    """
    pairs = relevant_pairs()
    if pairs.place(a, b) is None:
        return NO_STATE if {a, b} - set(pairs.states) else NOT_RELEVANT
    return NO_RELATIONS if (min(a, b), max(a, b)) in without_relations() else ""


def _place_of(a: str, b: str) -> int:
    pairs = relevant_pairs()
    if a == b:
        raise NotIdentified(f"{name_of(a)} twice: a state has no relations with itself.", fix="Give two states.")
    place = pairs.place(a, b)
    if place is None:
        outside = sum(pairs.place(s.a, s.b) is None for s in known_spells() if s.broke)
        broke = sum(s.broke is not None for s in known_spells())
        unknown = [named(code) for code in (a, b) if code not in pairs.states]
        reason = (
            Text(f"no_odds.unlisted_{len(unknown)}", **dict(zip("xy", unknown)))
            if unknown
            else Text("no_odds.not_relevant")
        )
        raise NotIdentified(
            Text("no_odds.none", a=named(a), b=named(b), reason=reason),
            why=f"Odds were scored for land neighbours, pairs of one subregion, strategic rivals and pairs with a "
            f"permanent member of the Security Council; {outside} of {broke} breaks since 1990 lie outside, most of "
            "them decisions of a bloc.",
            fix="See `detente library --breaks` for what is recorded of the pair.",
        )
    stranger = without_relations().get((min(a, b), max(a, b)))
    if stranger:
        raise NotIdentified(
            Text("no_odds.no_relations", a=named(a), b=named(b), note=in_languages(stranger, "note")),
            why="A pair without relations is no yardstick and has no odds of a break.",
            fix=Text("no_odds.source", title=stranger["title"], url=stranger["url"]),
        )
    return place


def _break(a: str, b: str, place: int, day: date, months: int) -> Odds:
    pairs, now = relevant_pairs(), snapshot(day)
    group = LAND if pairs.land[place] else RELEVANT
    keep = pairs.land if group is LAND else np.ones(len(pairs.codes), bool)
    here = np.flatnonzero((now.at_risk & keep) | (np.arange(len(pairs.codes)) == place))
    features = now.features[here][:, columns_of(group)]
    model, draws, rows = _learnt(day, months, group)
    log_odds = model.log_odds(features, now.stratum[here])
    mine = int(np.flatnonzero(here == place)[0])
    own, stratum = features[mine : mine + 1], now.stratum[place : place + 1]
    spread = [float(probability(m.log_odds(own, stratum))[0]) for m in draws]
    late = rows.year > rows.year.max() - LAST
    return Odds(
        a, b, "break", day, months, float(probability(log_odds)[mine]),
        (float(np.quantile(spread, 0.05)), float(np.quantile(spread, 0.95))),
        float(rows.event[late].mean()), group.name, int((log_odds > log_odds[mine]).sum()) + 1, len(here),
        _nearest(rows, own[0], model.scale), None, card_of("break", group.name, months), beyond_the_list(a, b, day),
    )  # fmt: skip


@cache
def _learnt(day: date, months: int, group: Group) -> tuple[BreakModel, tuple[BreakModel, ...], Rows]:
    """The model of a day, its resamples, and what it was learnt from."""
    rows = rows_before(day, months, group)
    groups = Groups.of(rows)
    names, cluster = np.unique(rows.cluster, return_inverse=True)
    weights = np.random.default_rng(20190223).poisson(1.0, (DRAWS, len(names))).astype(float)
    return fit_breaks(groups, group), tuple(fit_breaks(groups, group, w[cluster]) for w in weights), rows


def _nearest(rows: Rows, own: NDArray[np.float64], scale: NDArray[np.float64]) -> tuple[PastBreak, ...]:
    """The past breaks from the most similar standing, one a pair."""
    pairs = relevant_pairs()
    events = np.flatnonzero(rows.event)
    far = (((rows.features[events] - own) / scale) ** 2).sum(1)
    found: dict[tuple[str, str], PastBreak] = {}
    for k in events[np.lexsort((-rows.year[events], far))]:
        pair = pairs.codes[int(rows.pair[k])]
        spell = _spell_of(pair, int(rows.year[k]))
        if spell and spell.broke and pair not in found:
            found[pair] = PastBreak(*pair, spell.broke, spell.kinds[0])
        if len(found) == NEAREST:
            break
    return tuple(found.values())


def _spell_of(pair: tuple[str, str], year: int) -> BreakSpell | None:
    return next((s for s in known_spells() if (s.a, s.b) == pair and s.broke and s.broke.year >= year), None)


def _return(a: str, b: str, day: date, months: int, held: list[BreakSpell]) -> Odds:
    if not held:
        raise NotIdentified(
            Text("no_odds.not_apart", a=named(a), b=named(b), day=Day(day.isoformat())),
            why="There is nothing to return from.",
            fix="Ask for the odds of a break, or for another day.",
        )
    rates = return_rates(day)
    chance = tuple(1 - exp(-rate * months / 12) for rate in (rates.read, *rates.interval, rates.open))
    return Odds(
        a, b, "return", day, months, chance[0], (chance[1], chance[2]), chance[0], "open spells", 1, 1, (), chance[3],
        card_of("return", "open spells", months),
        Text("outlook.return_rate", returns=rates.returns, years=Number(f"{rates.years:,.0f}"),
             half=Number(f"{log(2) / rates.read:.1f}")),
    )  # fmt: skip
