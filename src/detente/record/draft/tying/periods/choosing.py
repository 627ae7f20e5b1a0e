"""Which period belongs to a figure: every one it could have is weighed, and the heaviest of a sentence's are taken.

A figure's period is a date of its sentence, one that the text goes on about, the same months of another year, or none.
What speaks for each is a list of facts about the two and what stands between them (``facts.py``), each with a weight
learnt from labelled texts (``weights.toml``; ``benchmarks/drafting_fit.py`` makes it): the weights of a candidate's
facts are added up, and the share of ``exp`` of the sum is how likely it is. What a figure takes bears on those after it:
of a sentence the periods are taken that are likeliest together.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from heapq import nlargest
from importlib.resources import files

from detente.record.draft.language.dates import DateMention
from detente.record.draft.tying import places
from detente.record.draft.tying.around import Around
from detente.record.draft.tying.brackets import tied_in_brackets
from detente.record.draft.tying.facts import facts
from detente.record.draft.tying.periods.candidates import Candidate, Paired, candidates
from detente.record.draft.tying.periods.lists import heading_period

CLEAR = 0.6
"""How likely a period is from which on the others that it could be are not shown."""
LIKELY = 0.1
"""How likely a period must be to be shown as one it could be."""
BREADTH = 4
"""Ways of reading a sentence that are gone on with; more change nothing."""
LISTED = 0.95
"""How likely the period that a list's heading names is that of its items."""
NEVER = 1e-3
"""A period this much less likely than the likeliest is not gone on with."""


@cache
def weights() -> dict[str, float]:
    """The weight of every fact, from ``weights.toml``."""
    return tomllib.loads(
        files("detente.record.draft.tying.periods").joinpath("weights.toml").read_text(encoding="utf-8")
    )["weights"]


def shares(around: Around, n: int, found: Sequence[Candidate], chosen: Sequence[Paired]) -> list[float]:
    """How likely each candidate is: 1 over all."""
    table = weights()
    sums = [sum(table.get(name, 0.0) for name in facts(around, n, c, chosen)) for c in found]
    top = max(sums)
    parts = [math.exp(s - top) for s in sums]
    return [p / sum(parts) for p in parts]


_IN_ORDER = re.compile(r"\b(?:respectively|respectivamente)\b", re.IGNORECASE)


def _in_order(around: Around) -> list[Paired] | None:
    """*$4m and $5m in 2020 and 2021 respectively*: one period a figure, in their order; none where they do not fit."""
    if not around.figures or not _IN_ORDER.search(around.text, around.figures[0].start, around.sentence.end):
        return None
    after = [d for d in around.dates if d.start > around.figures[0].start] or list(around.dates)
    if len(after) < 2:
        return None
    if len(after) == len(around.figures):
        return [Paired(date, 1.0) for date in after]
    tail = [f for f in around.figures if f.start > after[-1].start]
    if len(tail) == len(after) < len(around.figures):  # $4m in 2020 and $5m in 2021, up 3% and 4% respectively
        head = around.figures[: -len(tail)]
        text = around.sentence.text[: tail[0].start - around.sentence.start]
        return [
            *choose(replace(around, figures=head, sentence=replace(around.sentence, text=text))),
            *(Paired(d, 1.0) for d in after),
        ]
    return [Paired(None, candidates=tuple(after)) for _ in around.figures]


def _known(around: Around, n: int, pick: Candidate, chosen: Sequence[Paired]) -> float:
    """How likely what a choice leans on was itself right: the periods that the text goes on about, the figure before."""
    if pick.kind == "here":
        return 1.0
    last = chosen[n - 1] if n else None
    if last is not None and last.date is not None and last.date.date == pick.period:
        return last.share
    likely = around.before.likely if around.before else {}
    return likely.get(pick.period, 1.0) if pick.kind == "back" else min(likely.values(), default=1.0)


def _could_be(around: Around, pick: Candidate, likely: Mapping[str, float]) -> tuple[DateMention, ...]:
    """The dates of the sentence that may be a figure's: all it has where none was taken, the likely ones where it is not clear."""
    if pick.date is None:
        return tuple(d for d, role in zip(around.dates, around.roles, strict=True) if d.date and role == "own")
    if likely[pick.period] >= CLEAR:
        return ()
    found = tuple(d for d in around.dates if d.date and likely.get(d.date, 0.0) > LIKELY)
    return found if pick.period in {d.date for d in found} else ()


def choose(around: Around) -> list[Paired]:
    """The periods of a sentence's figures: those that are likeliest together, found from left to right.

    An unlikely period of one figure may be made up for by those after it: a few ways of reading the sentence are kept.
    """
    if (ordered := _in_order(around)) is not None:
        return ordered
    if tied := tied_in_brackets(around):
        inside = set(map(id, tied.values()))
        outside = [figure for n, figure in enumerate(around.figures) if n not in tied]
        rest = choose(replace(around, figures=outside, dates=[d for d in around.dates if id(d) not in inside]))
        others = iter(rest)
        return [Paired(tied[n], 1.0) if n in tied else next(others) for n in range(len(around.figures))]
    if heading := heading_period(around):
        return [Paired(None, 1.0) if kind == "span" else Paired(heading, LISTED, True) for kind in around.kinds]
    kept: list[tuple[float, list[Paired]]] = [(0.0, [])]
    for n in range(len(around.figures)):
        grown = [
            (odds + math.log(share), [*chosen, pair])
            for odds, chosen in kept
            for share, pair in _pairs(around, n, chosen)
        ]
        kept = nlargest(BREADTH, grown, key=lambda reading: reading[0])
    return kept[0][1]


def _pairs(around: Around, n: int, chosen: Sequence[Paired]) -> list[tuple[float, Paired]]:
    """The periods that a figure could have after those before it, each with how likely it is."""
    if around.kinds[n] == "span":
        return [(1.0, Paired(None, 1.0))]
    if around.twins[n] and chosen[-1].date is not None:
        return [(1.0, chosen[-1])]
    label = next((d for d in around.dates if d.date and places.is_label(around.text, d, around.figures[n])), None)
    if label is not None:
        return [(1.0, Paired(label, 1.0))]
    found = candidates(around, n, chosen)
    likely: dict[str, float] = {}
    likeliest: dict[str, tuple[float, Candidate]] = {}
    for candidate, share in zip(found, shares(around, n, found, chosen), strict=True):
        likely[candidate.period] = likely.get(candidate.period, 0.0) + share
        likeliest[candidate.period] = max(
            likeliest.get(candidate.period, (0.0, candidate)), (share, candidate), key=lambda p: p[0]
        )
    pairs = []
    least = NEVER * max(likely.values())
    for period in nlargest(BREADTH, (p for p, share in likely.items() if share >= least), key=likely.__getitem__):
        pick = likeliest[period][1]
        share = likely[period] * _known(around, n, pick, chosen)
        carried, moved = pick.kind in ("back", "moved"), pick.kind == "moved"
        other = pick.date is not None and pick.kind == "here" and around.role_of(pick.date) != "own"
        pairs.append((likely[period], Paired(pick.date, share, carried, _could_be(around, pick, likely), moved, other)))
    return pairs
