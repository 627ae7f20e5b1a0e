"""Why trade changed: each direction's pair-specific component among comparable pairs, episode by episode.

The facts stand in :mod:`.changes`; sentences and the small tables here say them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import expm1, log
from typing import Any

from detente.answer.changes import AmongSimilar, Direction, EpisodeChange
from detente.answer.small_table import Row, SmallTable
from detente.answer.speaker import Speaker
from detente.attribution.comparison.power import NEARLY_ALL
from detente.attribution.words.strength import alike
from detente.language.digits import p_decimals

COLUMNS = ("recorded", "elsewhere", "own", "as_bad", "share", "unseen")
PARTS = {"elsewhere": "parts.economies", "own": "part_name.the_pair's_own"}
LEAST = log(0.001)
FLAT = 0.02  # log points of a pair-specific component below which a change is as expected
ALWAYS = 3  # of these columns; the others only where something stands in them


def why_sentences(directions: tuple[Direction, ...], say: Speaker) -> Iterator[str]:
    """For each direction: where it was unusual on every base window, then a line an episode."""
    for direction in directions:
        yield standing(direction, say)
        if direction.caution:
            yield say.own(direction.caution)
        yield from (change_sentence(change, say) for change in direction.headline)


def why_means(directions: tuple[Direction, ...], say: Speaker) -> str:
    """What the numbers of the small tables are; nothing where there is no table."""
    if not directions:
        return ""
    if not any(c.compared for d in directions for c in d.changes):
        return say.words("screen.why_untested")
    return say.words("screen.why")


def why_tables(directions: tuple[Direction, ...], say: Speaker) -> Iterator[SmallTable]:
    """A table a direction: a row an episode, columns only where something stands in them."""
    asked = any(d.asked for d in directions)
    for direction in directions:
        found = [
            (
                f"{say.own(change.title)}, {say.words.years(change.from_year, change.to_year)}",
                *change_cells(change, say),
            )
            for change in direction.headline
        ]
        kept = [k for k in range(len(COLUMNS)) if k < ALWAYS or any(row[k + 1] for row in found)]
        notes = [say.begun(standing(direction, say, "screen.standing"))] if asked or direction.silent else []
        notes += [say.own(direction.caution)] if direction.caution else []
        yield SmallTable(
            say.begun(say.words("screen.direction", **_ends(direction, say))),
            tuple(COLUMNS[k] for k in kept),
            tuple(say.words(PARTS.get(COLUMNS[k], f"screen.{COLUMNS[k]}")) for k in kept),
            tuple((row[0], *(row[k + 1] for k in kept)) for row in found),
            tuple(notes),
        )


def standing(direction: Direction, say: Speaker, key: str = "answer.standing") -> str:
    """In which episodes the pair-specific component stands out among comparable pairs, whatever the base window."""
    ends = _ends(direction, say)
    without = say.listed([say.words.years(start, end) for start, end in direction.silent]) if direction.silent else ""
    missing = " " + say("no_base_some", base=without, **ends) if direction.silent else ""
    places = direction.places()
    if places:
        parts = [
            say(f"standing_{place}", years=say.listed([_years(text, say) for text in years]))
            for place, years in places.items()
        ]
        return say.words(key, parts="; ".join(parts), **ends) + missing
    if direction.silent and len(direction.silent) == len(direction.windows):
        return say("no_base", base=without, **ends)
    spans = say.listed(list(dict.fromkeys(say.words.years(c.from_year, c.to_year) for c in direction.changes)))
    return (say("standing_zero", years=spans, **ends) if direction.asked else say("untested", **ends)) + missing


def _years(text: str, say: Speaker) -> str:
    """Years as the facts hold them, ``2008-2010``, in the catalogue's way."""
    first, last = text.split("-")
    return say.words.years(int(first), int(last))


def _ends(direction: Direction, say: Speaker) -> dict[str, str]:
    return {"a": say.name(direction.origin), "b": say.name(direction.destination)}


def change_sentence(change: EpisodeChange, say: Speaker) -> str:
    """One episode in a sentence or two."""
    head = {
        "title": say.own(change.title),
        "from": say.words.year(change.from_year),
        "to": say.words.year(change.to_year),
    }
    if change.whole is None or change.own is None or change.rest is None:
        if change.flow_from is None or change.flow_to is None:
            return say("episode_silent", **head)
        head |= {"before": say.money(change.flow_from), "after": say.money(change.flow_to)}
        if change.at_most is not None and change.compared is not None:
            bound = say("episode_bound", own=say.pct(-100 * expm1(max(change.at_most, LEAST))), **head)
            return f"{bound}; {_counted(change, change.compared, say)}. {_among(change, change.compared, say)}"
        return say("episode_zero" if 0 in (change.flow_from, change.flow_to) else "episode_untold", **head)
    split = say.words(
        "found.parts", rest=say.change(change.rest), own=say.change(change.own),
        **{name: say.words.number(value, 2, sign=True)
           for name, value in (("whole_log", change.whole), ("rest_log", change.rest), ("own_log", change.own))},
    )  # fmt: skip
    if change.compared is None:
        return f"{_recorded(change, head, say)}. {split} {say.words('standing.skipped')}"
    return f"{_recorded(change, head, say)}; {_counted(change, change.compared, say)}. {_among(change, change.compared, say, split)}"


def _recorded(change: EpisodeChange, head: Mapping[str, Any], say: Speaker) -> str:
    """What was recorded: dollars at both ends and percent."""
    way = "rose" if (change.whole or 0) > 0 else "fell"
    ends = {"before": say.money(change.flow_from or 0), "after": say.money(change.flow_to or 0)}
    told = say(f"episode_{way}", change=say.change(change.whole or 0), **head, **ends)
    crossed = change.own is not None and (change.own > 0) != (way == "rose") and abs(change.own) >= FLAT
    return told + (say("less_than_implied") if crossed else "")


def _bound(at_most: float, say: Speaker) -> str:
    """What the pair-specific component is below; beyond a thousandth more digits say nothing."""
    return say.change(max(at_most, LEAST))


def _counted(change: EpisodeChange, compared: AmongSimilar, say: Speaker) -> str:
    """How many similar pairs did as badly or, beside a gain of the pair's own, better."""
    better = (change.own or 0) > 0
    k = alike(compared.as_bad, compared.n, change.own or -1)
    key = ("none_" if k == 0 else "") + ("as_well" if better else "as_bad")
    return say(key, k=say.words.number(k), n=say.words.number(compared.n))


def _among(change: EpisodeChange, compared: AmongSimilar, say: Speaker, split: str = "") -> str:
    """What the comparison shows, how the change splits, and what could have gone unseen."""
    tail = compared.tail(change.own)
    p = {"p": say.words.number(tail, p_decimals(tail))}
    if compared.place == "ordinary":
        parts = [say.words("standing.no_evidence", **p)]
    else:
        bare = compared.place == "few" or compared.place.startswith("shared")
        parts = [say(compared.place if bare else f"evidence_{compared.place}", **p)]
    parts += [split] if split else []
    loss = compared.unseen_loss_pct
    if loss is not None:
        parts.append(say("unseen_any") if loss >= NEARLY_ALL else say("unseen", loss=say.pct(loss)))
    return " ".join(parts)


def change_cells(change: EpisodeChange, say: Speaker) -> Row:
    """One episode as the cells of :data:`COLUMNS`, as words; ``-`` where a number is unknown."""
    flows = "-"
    if change.flow_from is not None and change.flow_to is not None:
        flows = say.words("screen.from_to", before=say.money(change.flow_from), after=say.money(change.flow_to))
    recorded = flows if change.whole is None else say.change(change.whole)
    rest, own = ("-" if value is None else say.change(value) for value in (change.rest, change.own))
    if change.at_most is not None:
        own = say.words("screen.or_more", own=_bound(change.at_most, say))
    if change.compared is None:
        return (recorded, rest, own, "", "", "")
    compared = change.compared
    k = alike(compared.as_bad, compared.n, change.own or -1)
    count = say.words("screen.of", k=say.words.number(k), n=say.words.number(compared.n))
    tail = compared.tail(change.own)
    return recorded, rest, own, count, say.words.number(tail, p_decimals(tail)), unseen(compared, say)


def unseen(compared: AmongSimilar, say: Speaker) -> str:
    """The extra loss that could have gone unseen, in words; nothing where there is none."""
    loss = compared.unseen_loss_pct
    return "" if loss is None else say("any_loss") if loss >= NEARLY_ALL else say.pct(loss)
