"""Why trade changed: each direction's pair-specific component among comparable pairs, episode by episode.

The facts (:class:`Direction`, :class:`Change`) are read once from a run's tables; sentences and the small table
say them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from detente.answer.small_table import Row, SmallTable
from detente.answer.speaker import Speaker
from detente.attribution.comparison.power import NEARLY_ALL
from detente.attribution.result import BOUND, NO_BASE
from detente.attribution.words.strength import SOME, STRONG
from detente.study.spec import Spec

COLUMNS = ("recorded", "elsewhere", "own", "as_bad", "share", "unseen")
ALWAYS = 3  # of these columns; the others only where something stands in them

Window = tuple[int, int]
Place = Literal["strong_loss", "some_loss", "strong_gain", "some_gain", "ordinary", "few"]
PLACES = ("strong_loss", "some_loss", "strong_gain", "some_gain", "mixed", "ordinary", "few")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Where a pair-specific component stands among those of comparable pairs.

    Attributes
    ----------
    n, as_bad : similar pairs, and those that did as badly or worse.
    share, smallest : the p-value after what the two economies' other trade did, and the smallest that ``n`` allow.
    similar : the plain p-value among the similar pairs; None on runs of an earlier version.
    place : strong or some evidence of a loss or gain, none (``ordinary``), or too few dyads to tell.
    unseen_loss_pct : the extra loss that could more often than not have gone unseen; None unless ordinary.
    """

    n: int
    as_bad: int
    share: float
    smallest: float
    similar: float | None
    place: Place
    unseen_loss_pct: float | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Comparison | None:
        """From a row of the run's table ``attribution``; None where it was not compared."""
        if row["placebo_share"] is None or row["dyad_part"] is None:
            return None
        place = _place(row["placebo_share"], row["smallest_share"], row["dyad_part"])
        counted = round(row["placebo_share"] * (row["n_placebos"] + 1)) - 1  # what an earlier version's share says
        return cls(
            row["n_placebos"],
            counted if row["n_as_bad"] is None else row["n_as_bad"],
            row["placebo_share"],
            row["smallest_share"],
            row["p_similar"],
            place,
            row["unseen_loss_pct"] if place == "ordinary" else None,
        )

    def tail(self, own: float | None) -> float:
        """p in the direction of the change: for a gain, of as large a gain."""
        return 1 - self.share + self.smallest if own is not None and own > 0 else self.share

    @property
    def shared(self) -> bool:
        """Whether similar pairs seldom did as badly, but the two economies' other trade did."""
        return self.place == "ordinary" and self.similar is not None and self.similar <= SOME < self.share


def _place(share: float, smallest: float, own: float) -> Place:
    if smallest > SOME:
        return "few"
    if own < 0:
        return "strong_loss" if share < STRONG else "some_loss" if share <= SOME else "ordinary"
    gain = 1 - share + smallest
    return "strong_gain" if gain < STRONG else "some_gain" if gain <= SOME else "ordinary"


@dataclass(frozen=True, slots=True)
class Change:
    """One direction over one episode, on one base window.

    Attributes
    ----------
    title : of the episode, as the study has it.
    from_year, to_year, base : the episode's ends and the years that say what is normal.
    flow_from, flow_to : recorded at both ends, million US$; None where missing.
    whole, rest, own : the recorded change, that implied by the two economies' trade with everyone else, and the
        pair-specific component, log points; None where unknown.
    own_pct : the pair-specific component, percent of the change; None where that is too small to divide by.
    at_most : where the flow fell to a recorded zero, log points that the pair-specific component is below.
    compared : among similar pairs; None where it was not.
    asked : whether comparable pairs were looked for.
    """

    title: str
    from_year: int
    to_year: int
    base: Window
    flow_from: float | None
    flow_to: float | None
    whole: float | None
    rest: float | None
    own: float | None
    own_pct: float | None
    at_most: float | None
    compared: Comparison | None
    asked: bool

    @classmethod
    def of(cls, row: Mapping[str, Any], title: str) -> Change:
        """From a row of the run's table ``attribution``."""
        whole, own = row["log_change"], row["dyad_part"]
        return cls(
            title, row["from_year"], row["to_year"], (row["base_from"], row["base_to"]),
            row["flow_from_usd_mn"], row["flow_to_usd_mn"],
            whole, row["supply_demand_part"] if whole is None or own is None else whole - own,
            None if whole is None else own,
            row["dyad_pct"], own if row["status"] == BOUND else None, Comparison.of(row), row["n_placebos"] is not None,
        )  # fmt: skip

    @property
    def years(self) -> str:
        return f"{self.from_year}-{self.to_year}"


@dataclass(frozen=True, slots=True)
class Direction:
    """Why the flow of one direction changed.

    Attributes
    ----------
    origin, destination : codes.
    changes : every episode on every base window.
    windows : the study's base windows; the first that can be told is the headline.
    silent : those of them in which this direction has no trade.
    caution : what the study says a reader must know of this direction.
    """

    origin: str
    destination: str
    changes: tuple[Change, ...]
    windows: tuple[Window, ...]
    silent: tuple[Window, ...]
    caution: str

    @property
    def headline(self) -> tuple[Change, ...]:
        """The episodes on the first base window that is not silent; on the first of all where every one is."""
        base = next((w for w in self.windows if w not in self.silent), self.windows[0])
        return tuple(c for c in self.changes if c.base == base)

    @property
    def asked(self) -> bool:
        """Whether comparable pairs were looked for."""
        return any(c.asked for c in self.changes)

    def places(self) -> dict[str, list[str]]:
        """Years of the compared episodes by where they stand; ``mixed``: a loss on one base window, none on another."""
        by_years: dict[str, set[Place]] = {}
        for change in self.changes:
            if change.compared is not None:
                by_years.setdefault(change.years, set()).add(change.compared.place)
        groups: dict[str, list[str]] = {name: [] for name in PLACES}
        for years, found in by_years.items():
            groups[_weakest(found)].append(years)
        return {name: years for name, years in groups.items() if years}


def _weakest(found: set[Place]) -> str:
    """One place for several base windows: the weaker of two strengths, ``mixed`` where one shows nothing."""
    if len(found) == 1:
        return next(iter(found))
    for side in ("loss", "gain"):
        if found == {f"strong_{side}", f"some_{side}"}:
            return f"some_{side}"
    return "mixed" if found & {"strong_loss", "some_loss"} else "ordinary"


def directions_of(attribution: pl.DataFrame, residuals: pl.DataFrame, spec: Spec) -> tuple[Direction, ...]:
    """Both directions of a study's pair, those without a row left out."""
    without = residuals.filter(residuals["status"] == NO_BASE).select("origin", "destination", "base_from", "base_to")
    silent = set(without.iter_rows())
    titles = {e.id: e.title for e in spec.episodes}
    windows = tuple((a, b) for a, b in spec.attribution.base_windows)
    found = []
    for ends in spec.directions:
        rows = [r for r in attribution.iter_rows(named=True) if (r["origin"], r["destination"]) == ends]
        caution = next((c.text for c in spec.attribution.cautions if (c.origin, c.destination) == ends), "")
        if rows:
            changes = tuple(Change.of(r, titles.get(r["episode"]) or r["episode"]) for r in rows)
            unheard = tuple(w for w in windows if (*ends, *w) in silent)
            found.append(Direction(ends[0], ends[1], changes, windows, unheard, caution))
    return tuple(found)


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
    split = [c for d in directions for c in d.changes if c.own is not None]
    if not any(c.compared for c in split):
        return say.words("screen.why_untested")
    return say.words("screen.why")


def why_tables(directions: tuple[Direction, ...], say: Speaker) -> Iterator[SmallTable]:
    """A table a direction: a row an episode, columns only where something stands in them."""
    asked = any(d.asked for d in directions)
    for direction in directions:
        found = [
            (f"{say.own(change.title)}, {change.years}", *change_cells(change, say)) for change in direction.headline
        ]
        kept = [k for k in range(len(COLUMNS)) if k < ALWAYS or any(row[k + 1] for row in found)]
        notes = [say.begun(standing(direction, say, "screen.standing"))] if asked or direction.silent else []
        notes += [say.own(direction.caution)] if direction.caution else []
        yield SmallTable(
            say.begun(say.words("screen.direction", **_ends(direction, say))),
            tuple(COLUMNS[k] for k in kept),
            tuple(say.words(f"screen.{COLUMNS[k]}") for k in kept),
            tuple((row[0], *(row[k + 1] for k in kept)) for row in found),
            tuple(notes),
        )


def standing(direction: Direction, say: Speaker, key: str = "answer.standing") -> str:
    """In which episodes the pair-specific component stands out among comparable pairs, whatever the base window."""
    ends = _ends(direction, say)
    without = say.listed([f"{start}-{end}" for start, end in direction.silent]) if direction.silent else ""
    missing = " " + say("no_base_some", base=without, **ends) if direction.silent else ""
    places = direction.places()
    if places:
        parts = [say(f"standing_{place}", years=say.listed(years)) for place, years in places.items()]
        return say.words(key, parts="; ".join(parts), **ends) + missing
    if direction.silent and len(direction.silent) == len(direction.windows):
        return say("no_base", base=without, **ends)
    spans = say.listed(list(dict.fromkeys(c.years for c in direction.changes)))
    return (say("standing_zero", years=spans, **ends) if direction.asked else say("untested", **ends)) + missing


def _ends(direction: Direction, say: Speaker) -> dict[str, str]:
    return {"a": say.name(direction.origin), "b": say.name(direction.destination)}


def change_sentence(change: Change, say: Speaker) -> str:
    """One episode in a sentence or two."""
    head = {"title": say.own(change.title), "from": change.from_year, "to": change.to_year}
    if change.whole is None or change.own is None or change.rest is None:
        if change.flow_from is None or change.flow_to is None:
            return say("episode_silent", **head)
        head |= {"before": say.money(change.flow_from), "after": say.money(change.flow_to)}
        if change.at_most is not None and change.compared is not None:
            bound = say("episode_bound", own=say.change(change.at_most), **head)
            return f"{bound}; {_counted(change, change.compared, say)}. {_among(change, change.compared, say)}"
        return say("episode_zero" if 0 in (change.flow_from, change.flow_to) else "episode_untold", **head)
    split = say(
        "episode_split", rest=say.change(change.rest), own=say.change(change.own),
        **{name: say.words.number(value, 2, sign=True)
           for name, value in (("whole_log", change.whole), ("rest_log", change.rest), ("own_log", change.own))},
    )  # fmt: skip
    if change.compared is None:
        return f"{_recorded(change, head, say)}. {split} {say('episode_untested')}"
    return f"{_recorded(change, head, say)}; {_counted(change, change.compared, say)}. {_among(change, change.compared, say, split)}"


def _recorded(change: Change, head: Mapping[str, Any], say: Speaker) -> str:
    """What was recorded: dollars at both ends and percent."""
    way = "rose" if (change.whole or 0) > 0 else "fell"
    ends = {"before": say.money(change.flow_from or 0), "after": say.money(change.flow_to or 0)}
    return say(f"episode_{way}", change=say.change(change.whole or 0), **head, **ends)


def _counted(change: Change, compared: Comparison, say: Speaker) -> str:
    """How many similar pairs did as badly or, beside a gain of the pair's own, better."""
    better = change.own is not None and change.own > 0
    k = compared.n - compared.as_bad if better else compared.as_bad
    key = ("none_" if k == 0 else "") + ("as_well" if better else "as_bad")
    return say(key, k=say.words.number(k), n=say.words.number(compared.n))


def _among(change: Change, compared: Comparison, say: Speaker, split: str = "") -> str:
    """What the comparison shows, how the change splits, and what could have gone unseen."""
    tail = compared.tail(change.own)
    p = {"p": say.words.number(tail, 3 if tail < 0.1 else 2)}
    parts = [
        say("few")
        if compared.place == "few"
        else say("shared_loss" if compared.shared else f"evidence_{compared.place}", **p)
    ]
    parts += [split] if split else []
    loss = compared.unseen_loss_pct
    if loss is not None:
        parts.append(say("unseen_any") if loss >= NEARLY_ALL else say("unseen", loss=say.pct(loss)))
    return " ".join(parts)


def change_cells(change: Change, say: Speaker) -> Row:
    """One episode as the cells of :data:`COLUMNS`, as words; ``-`` where a number is unknown."""
    flows = "-"
    if change.flow_from is not None and change.flow_to is not None:
        flows = say.words("screen.from_to", before=say.money(change.flow_from), after=say.money(change.flow_to))
    recorded = flows if change.whole is None else say.change(change.whole)
    rest, own = ("-" if value is None else say.change(value) for value in (change.rest, change.own))
    if change.at_most is not None:
        own = say.words("screen.or_more", own=say.change(change.at_most))
    if change.compared is None:
        return (recorded, rest, own, "", "", "")
    compared = change.compared
    return (
        recorded,
        rest,
        own,
        say.words("screen.of", k=say.words.number(compared.as_bad), n=say.words.number(compared.n)),
        say.words.number(compared.share, 3 if compared.share < 0.1 else 2),
        unseen(compared, say),
    )


def unseen(compared: Comparison, say: Speaker) -> str:
    """The extra loss that could have gone unseen, in words; nothing where there is none."""
    loss = compared.unseen_loss_pct
    return "" if loss is None else say("any_loss") if loss >= NEARLY_ALL else say.pct(loss)
