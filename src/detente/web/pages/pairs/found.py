"""A pair as its pages find it: computed once for a panel, and said in the reader's words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from starlette.requests import Request

from detente._same import Same
from detente.answer.pairs.any_pair import pair
from detente.answer.pairs.found_pair import Pair
from detente.answer.pairs.lanes import Lane, lanes
from detente.economies import in_text
from detente.outlook.states_at_risk import FIRST, LISTED_UNTIL
from detente.panel import Panel
from detente.report.first_screen import FirstScreen, first_screen
from detente.report.relation_lanes import RelationPicture, flags_of, relation_picture
from detente.web.http.reply import WordedError, words_of
from detente.web.http.words import Words

CODES = re.compile(r"([A-Za-z0-9]{2,12})-([A-Za-z0-9]{2,12})")


def pair_asked(request: Request, panel: Panel, codes: str) -> Pair:
    """The pair of an address part such as ``IND-PAK``.

    Raises
    ------
    UsageError
        It is no pair of codes.
    """
    both = CODES.fullmatch(codes)
    if both is None:
        words = words_of(request)
        raise WordedError(words("search.unknown", text=codes[:40]), fix=words("search.how"))
    return kept_pair(Same(panel), both[1].upper(), both[2].upper())


def kept_pair(panel: Same[Panel], a: str, b: str) -> Pair:
    """A pair on a panel, computed once; a bloc or region stands for the sum of its members."""
    held = {a, b} <= set(panel.thing.economies)
    return (_kept if held else _kept_of_blocs)(panel, a, b)


def _computed(panel: Same[Panel], a: str, b: str) -> Pair:
    return pair(a, b, panel=panel.thing)


_kept = lru_cache(maxsize=128)(_computed)
_kept_of_blocs = lru_cache(maxsize=8)(_computed)  # each of these holds a panel of its own


def years_of(found: Pair) -> tuple[int, int]:
    """First and last year of the chart."""
    years = [year for flow in found.facts.flows for year in (*flow.sold, *flow.expected)]
    return min(years), max(years)


def lanes_of(found: Pair) -> tuple[Lane, ...]:
    """The state of the relation over the years of the chart."""
    return _kept_lanes(found.origin, found.destination, *years_of(found))


_kept_lanes = lru_cache(maxsize=256)(lanes)


def relation_of(found: Pair, words: Words, known: Sequence[Lane], ident: str = "") -> RelationPicture | None:
    """The strips below the chart; ``ident`` where several stand on a page."""

    def name(code: str) -> str:
        return in_text(code, words.language)

    present = _kept_lanes(found.origin, found.destination, FIRST, LISTED_UNTIL.year)
    return relation_picture(known, words, name, years_of(found), ident or f"{words.language}-relation", present)


def screen_of(found: Pair, words: Words, known: Sequence[Lane], ident: str = "") -> FirstScreen | None:
    """The first screen, with what the lists say as flags above the chart."""
    first, last = years_of(found)
    facts = replace(found.facts, flags=flags_of(known, words, (first, last + 1)))

    def name(code: str) -> str:
        return in_text(code, words.language)

    return first_screen(facts, words, name, ident or f"{words.language}-pair")
