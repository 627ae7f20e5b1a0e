"""Which period belongs to a figure: each figure is paired with its own, or with none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from detente.record.draft.language.credits import Credit
from detente.record.draft.language.dates import DateMention
from detente.record.draft.language.figures import FigureMention
from detente.record.draft.language.units import MONEY
from detente.record.draft.language.words import LANGUAGES, either
from detente.record.draft.tying.apart import BESIDE, HELD_AGAINST, LEFT, NEAR, is_base, is_held, is_set_apart
from detente.record.draft.tying.direction import changes_by, direction_at
from detente.record.draft.tying.multiples import TIMES

MILLIONS = 1e6
_PART = re.compile(r"\d{4}-\d\d/\d{4}-\d\d")
LISTED = 2
"""Semicolons of a sentence that is a list."""


SPANS = frozenset({"years", "months", "weeks", "days", "hours", "minutes", "quarters", "decades", "centuries"})
"""Units of figures that say how long, and so have no period of their own."""


@dataclass(frozen=True, slots=True)
class Paired:
    """The period of a figure.

    Attributes
    ----------
    date : DateMention, optional
        The period; none where no date is the figure's, or more than one could be.
    sure : bool
        Whether the words tie the two together; otherwise it is the only date there is.
    carried : bool
        Whether it is the period that the sentences before go on about.
    candidates : tuple of DateMention
        The dates it could be, where there are several.
    """

    date: DateMention | None
    sure: bool = False
    carried: bool = False
    candidates: tuple[DateMention, ...] = ()


def pair_periods(
    text: str, figures: Sequence[FigureMention], dates: Sequence[DateMention], credits: Sequence[Credit]
) -> list[Paired]:
    """The period of each figure of one sentence.

    A period right after its figure, tied by a preposition, is its own ("$3m in 2019"); the
    figure before a *to* shares that of the one after it ("rose 4% to $3m in 2019"); else
    the last period before the figure in its own clause that is not another figure's; else
    the sentence's only one. Days of saying, points of departure (*since 2015*), bases of
    comparison and dates of subordinate clauses are nobody's, and a span of time has none.
    """
    if figures and _IN_ORDER.search(text[figures[0].start :]):
        after = [d for d in dates if d.start > figures[0].start]
        return _in_order(figures, after or dates)
    usable = [d for d in dates if not is_set_apart(text, d, credits, figures)]
    paired: list[Paired | None] = [_after(text, n, figures, usable) for n in range(len(figures))]
    paired = [p or _when(text, figure, dates) for p, figure in zip(paired, figures)]
    owned = {p.date for p in paired if p}
    for n, figure in enumerate(figures):
        after = paired[n + 1] if n + 1 < len(figures) else None
        between = text[figure.end : figures[n + 1].start] if after else ""
        if paired[n] is None and after is not None and _SHARE.fullmatch(between) and not BESIDE.search(between):
            left = LEFT.search(text[: figure.start]) and figure.unit == figures[n + 1].unit
            paired[n] = Paired(None) if left else after
    for n, figure in enumerate(figures):
        if paired[n] is None:
            paired[n] = _reached(text, n, figures, paired) or _before(text, figure, figures, usable, owned)
    for n in range(len(figures) - 2):  # fell 57% from $9.7m last July to $4.2m this one
        ends = figures[n + 1], figures[n + 2]
        if (
            paired[n] is None
            and direction_at(text, figures[n])
            and _FROM.fullmatch(text[figures[n].end : ends[0].start])
        ):
            paired[n] = paired[n + 2] if _LEADS.search(text[ends[0].end : ends[1].start]) else None
    for n in range(len(figures) - 1):  # an amount and, in brackets, the same in other money
        if _CONVERTED.fullmatch(text[figures[n].end : figures[n + 1].start]) and paired[n + 1] is not None:
            paired[n] = paired[n + 1]
    left = {p.date for p, f in zip(paired, figures) if p and LEFT.search(text[: f.start])}  # $3m in 2019 to $9m
    found = [p or _only(text, figure, figures, usable, left) for p, figure in zip(paired, figures)]
    found = [
        Paired(None) if is_left(text, n, figures) and not _own(text, n, figures, p) else p for n, p in enumerate(found)
    ]
    found = _ends_of_years(text, figures, found)
    return [Paired(None) if f.unit in SPANS or _EARLIER.match(text, f.end) else p for p, f in zip(found, figures)]


_FROM = re.compile(r",?\s(?:from|desde|de)\s(?:about\s|some\s|los\s|unos\s)?", re.IGNORECASE)
_LEADS = re.compile(r"\s(?:to|a|hasta)\s(?:about\s|some\s|los\s|unos\s)?$", re.IGNORECASE)
_CONVERTED = re.compile(
    r"\s\((?:about\s|some\s|unos\s)?|,?\s(?:which\sis|or)\s(?:about\s|some\s|around\s)|,\s(?:about|some)\s"
)


def _ends_of_years(text: str, figures: Sequence[FigureMention], pairs: list[Paired]) -> list[Paired]:
    """*From $3m to $9m between 2010 and 2014*: the first is of the first year, the second of the last."""
    for n, first in enumerate(figures):
        ends = next((p.date for p in pairs[n:] if p.date and re.fullmatch(r"\d{4}/\d{4}", p.date.date)), None)
        if ends is None or not LEFT.search(text[: first.start]):
            continue
        for m in range(n + 1, len(figures)):
            if figures[m].unit == first.unit and _LEADS.search(text[figures[m - 1].end : figures[m].start]):
                years = ends.date.split("/")
                for k in range(n, len(figures)):
                    day = replace(ends, date=years[k >= m])
                    if pairs[k].date is ends or k == n:
                        pairs[k] = replace(pairs[k], date=day, sure=False)
                break
    return pairs


def is_left(text: str, n: int, figures: Sequence[FigureMention]) -> bool:
    """Whether a figure is the level that something left: "raised on 1 May from $5 to $10" dates the second alone."""
    if n + 1 >= len(figures) or figures[n].unit != figures[n + 1].unit or not LEFT.search(text[: figures[n].start]):
        return False
    return bool(_TO.match(text[figures[n].end : figures[n + 1].start]))


def _own(text: str, n: int, figures: Sequence[FigureMention], pair: Paired) -> bool:
    """Whether a figure's period stands between it and the next."""
    return pair.date is not None and figures[n].end <= pair.date.start < figures[n + 1].start


_IN_ORDER = re.compile(r"\b(?:respectively|respectivamente)\b", re.IGNORECASE)


def _in_order(figures: Sequence[FigureMention], dates: Sequence[DateMention]) -> list[Paired]:
    """*$4m and $5m in 2020 and 2021 respectively*: one period a figure, in their order; else none is sure."""
    if len(figures) == len(dates):
        return [Paired(date, sure=True) for date in dates]
    if len(dates) == 1:
        return [Paired(dates[0]) for _ in figures]
    return [Paired(None, candidates=tuple(dates)) for _ in figures]


_EARLIER = re.compile(
    r"\s(?:(?:in\s)?(?:a|one|the|en el)\s(?:year|month|quarter|año|mes|trimestre)\s(?:earlier|before|ago|previously|prior|anterior)"
    r"|un\s(?:año|mes)\s(?:antes|atrás)|(?:in|en)\s(?:the|el)\s(?:previous|prior|anterior)\s(?:year|month|año|mes))\b",
    re.IGNORECASE,
)
"""After a figure that is of the period before the sentence's own, which nobody names."""


def _pattern(name: str) -> str:
    return either("pairing", name, *LANGUAGES)


_TIED = re.compile(
    rf"\)?[^,.;:()]{{0,{NEAR}}}?(?:^|\s){_pattern('tie')}\s(?:the\s|all\sof\s|el\s|la\s|los\s|año\s|year\s)*",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\s?\($|\s?\(en\s$")
_FOLLOWS = re.compile(r"\s")
_NO_STOP = re.compile(rf"[^,.;:()]{{0,{NEAR}}}")
_YEARLY = r"(?:\s(?:year[- ]on[- ]year|on[- ]year|y[-/]?o[-/]?y|interanual(?:es)?))"
_SHARE = re.compile(
    rf"{_YEARLY}?[^,.;:()]{{0,12}}\s{_pattern('share')}\s(?:a\s|an\s|the\s|about\s|some\s|unos\s)?",
    re.IGNORECASE,
)
_BREAK = re.compile(rf";|:|\b{_pattern('break')}\b", re.IGNORECASE)


_NEXT_CLAUSE = re.compile(
    rf"[^,.;:()]{{0,25}}\s(?:and|y|but|pero)\s(?:\w+\s){{0,2}}?"
    rf"(?:{either('direction', 'up', *LANGUAGES)}|{either('direction', 'down', *LANGUAGES)})\b"
    r"|[^,.;:()]*\s(?:and|y|while|whereas|but|pero|mientras(?:\sque)?)\s(?:in|en)\s(?:the\s|el\s|los\s)?$",
    re.IGNORECASE,
)


def _after(text: str, n: int, figures: Sequence[FigureMention], dates: Sequence[DateMention]) -> Paired | None:
    figure = figures[n]
    following = figures[n + 1].start if n + 1 < len(figures) else len(text)
    for date in dates:
        if figure.end <= date.start < following:
            between = text[figure.end : date.start]
            if re.search(r"\d", between):
                return None  # another number stands nearer, read or not
            if _NEXT_CLAUSE.match(between):
                return None  # and in 2020 fell to $5m: the date of what comes after it
            tied = _TIED.fullmatch(between) or _BRACKET.search(between) or _FOLLOWS.fullmatch(between)
            tied = tied or (date.relative and _NO_STOP.fullmatch(between))
            return Paired(date, sure=True) if tied and not is_base(text, figure, date) else None
    return None


_TO = re.compile(
    r"\s(?:to|al?|hasta|to\s(?:reach|hit|surpass|exceed|top|stand\sat)|hasta\salcanzar)\s(?:a\s|an\s|about\s|some\s|unos\s)?",
    re.IGNORECASE,
)


def _reached(text: str, n: int, figures: Sequence[FigureMention], paired: Sequence[Paired | None]) -> Paired | None:
    """*fell by 25% in 2020 to $848m*: what a change led to is of the change's own period."""
    before = paired[n - 1] if n else None
    if (
        before is None
        or before.date is None
        or not (direction_at(text, figures[n - 1]) or changes_by(text, figures[n - 1]))
    ):
        return None
    between = text[before.date.end : figures[n].start] if before.date.end <= figures[n].start else ""
    return Paired(before.date, sure=True) if _TO.fullmatch(between) else None


def _before(
    text: str,
    figure: FigureMention,
    figures: Sequence[FigureMention],
    dates: Sequence[DateMention],
    owned: set[DateMention | None],
) -> Paired | None:
    change = figure.unit in ("pct", TIMES) and direction_at(text, figure) != ""
    held_against = [d for d in dates if HELD_AGAINST.search(text[max(0, d.start - 30) : d.start])]
    for date in reversed([d for d in dates if d.end <= figure.start and d not in held_against]):
        if (
            figure.unit in MONEY
            and figure.value >= MILLIONS
            and date.date.count("-") >= 2
            and "/" in date.date
            and not _PART.fullmatch(date.date)
        ):
            continue  # of a week, beside so much money
        between = text[date.end : figure.start]
        if re.fullmatch(r"\s?:\s?", between):
            return Paired(date, sure=True)  # 2021: $397m; 2020: $294m
        if _BREAK.search(between) and not _in_list(text, date, between):
            return None
        if date in owned and not change:
            return None
        return Paired(date, sure=True)
    return None


def _in_list(text: str, date: DateMention, between: str) -> bool:
    """Whether only semicolons of a list stand between: *in 2019 it bought oil for $5m; tea for $3m; salt for $2m*."""
    rest = text[date.end :].split("\n")[0]
    return rest.count(";") >= LISTED and not _BREAK.search(re.sub("[;:]", ",", between))


def _only(
    text: str,
    figure: FigureMention,
    figures: Sequence[FigureMention],
    dates: Sequence[DateMention],
    left: set[DateMention | None],
) -> Paired:
    """The sentence's only period, though another figure stands nearer to it; what figures are held against is none."""
    open_ = [d for d in dates if d.date and not is_held(text, figures, d)]
    if figure.unit.partition("/")[0] in (*MONEY, "pct"):  # what is traded is not counted by weeks
        open_ = [d for d in open_ if "/" not in d.date or d.date.count("-") < 4]
    if len({d.date for d in open_}) == 1:
        between = text[min(open_[0].end, figure.end) : max(open_[0].start, figure.start)]
        between = between.replace(";", ",") if _in_list(text, open_[0], between) else between
        apart = (
            open_[0] in left
            or (figure.end <= open_[0].start and _NEXT_CLAUSE.match(between))
            or _ELSEWHEN.search(between)
            or _SO_FAR.match(text, figure.end)
        )
        return Paired(None) if apart else Paired(open_[0])
    return Paired(None, candidates=tuple(open_))


_ELSEWHEN = re.compile(rf";|\b{either('carrying', 'now', *LANGUAGES)}\b", re.IGNORECASE)
_SO_FAR = re.compile(rf"[^,.;:]{{0,40}}\b{either('carrying', 'so_far', *LANGUAGES)}\b", re.IGNORECASE)


_WHEN = re.compile(r",?\s(?:when|cuando|(?:un\s)?año\s(?:que|en\sque))\s[^,;.:]*", re.IGNORECASE)


def _when(text: str, figure: FigureMention, dates: Sequence[DateMention]) -> Paired | None:
    """*Compared with 2022, when it was $3m*."""
    last = next((d for d in reversed(dates) if d.end <= figure.start), None)
    if last is None or not last.date or not _WHEN.fullmatch(text[last.end : figure.start]):
        return None
    return Paired(last) if HELD_AGAINST.search(text[max(0, last.start - 30) : last.start]) else None
