"""Where dates and figures stand in a sentence: what leads in to them, what they are held against, what lies between."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from detente.record.draft.language.credits import Credit
from detente.record.draft.language.credits.speech import ACCORDING, STRONG, WEAK
from detente.record.draft.language.dates import DateMention
from detente.record.draft.language.figures import FigureMention
from detente.record.draft.language.units import MONEY
from detente.record.draft.language.words import LANGUAGES, either
from detente.record.draft.tying.changes.direction import changes_by, direction_at, is_comparison
from detente.record.draft.tying.changes.multiples import TIMES

SAID_ON = 25
"""Characters between a crediting word and the day on which it was said."""
OF_A_FIGURE = 20
"""Characters between a figure and a clause about it: *the 427 tourists that had come in 2020*."""
SPANS = frozenset({"years", "months", "weeks", "days", "hours", "minutes", "quarters", "decades", "centuries"})
"""Units of figures that say how long, and so have no period of their own."""
AMOUNTS = frozenset({"t", "mt", "kg", "bbl", "m3", "bcm", "teu", "kwh", "mwh", "gwh", "l", "ha"})
"""Units of what is traded beside money."""


def _words(name: str) -> str:
    return either("pairing", name, *LANGUAGES)


_ARTICLE = r"(?:(?:the|el|la|los|las|all of|whole of|año|year|late|early|mid-?|full|entire|todo)\s)*"
_BEFORE_DATE = {
    name: re.compile(rf"(?:^|[\s(,]){words}\s{_ARTICLE}$", re.IGNORECASE)
    for name, words in {
        "record": either("carrying", "held_in", *LANGUAGES),
        "same": rf"{_words('same')}(?:,?\s(?:of|in|del?|en))?",
        "against": rf"(?:{_words('against')}|{_words('comparative')}\s(?:than|que))",
        "since": _words("point"),
        "from": r"(?:from|desde|a\spartir\sdel?)",
        "over": r"(?:over|on|sobre)",
        "until": r"(?:to|until|till|by|hasta|al?|for)",
        "in": _words("tie"),
        "of": r"(?:of|del?)",
    }.items()
}
_FROM = re.compile(r"\bdesde\s(?:el\s)?$", re.IGNORECASE)
"""Before a stretch of months it does not say since when."""
_THING = re.compile(rf"\b{_words('thing')}\s(?:of|del?)\s{_ARTICLE}$", re.IGNORECASE)
_HELD = re.compile(rf"\b{_words('against')}\b[^.;:,()\d$€£]{{0,45}}$", re.IGNORECASE)
GOES_ON = re.compile(
    r"(?:\b(?:and|y)\s(?:\w+(?:ed|ó|aron|ieron)|came|stood|hit|was|were|fue|fueron)|,\s(?:\w+ing|(?!cuando\b)\w+[ai]ndo))\b",
    re.IGNORECASE,
)
"""After what something was held against, its own verb: *than a year earlier and totalled $4m*."""
_HELD_PERIOD = re.compile(rf"\b{_words('against')}\b(?:[^.;:,()$€£]|(?<=\d)[.,](?=\d)){{0,45}}$", re.IGNORECASE)
_LEFT = re.compile(
    rf"\b(?:from|desde|(?P<of>del?))\s{_words('hedge')}?(?:(?:an?|the|un|una|los|el|la)\s(?:\w+\s){{0,2}}?(?:of\s|de\s)?)?$",
    re.IGNORECASE,
)
_ON_TO = re.compile(r"[^.;:\d]{0,40}\b(?:a|hasta)\s[^.;:\d]{0,25}\d")
"""After a level that *de* says was left: *de 5 a 10 millones*, and not *un gasto de 5 millones*."""
_LED = re.compile(
    rf"\b(?:to|a|al|hasta|reaching|hitting|totalling|totaling|totalizando)\s{_words('hedge')}?(?:los\s|un\s)?$", re.I
)
_ASIDE = re.compile(
    rf",\s{_words('aside')}\b[^,;\n]*(?:,|$)|\b(?:that|which|que)\s(?:had|has|have|was|were|había|habían|fue|fueron)\b[^,;.]*",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"(?:(?:in|on|en|el|during|for|durante|as of|at|al|over)\s)?(?:the\s|el\s|los\s|la\s)?(?:[-•–*]\s?)?", re.I
)
_CLAUSE = re.compile(
    r"(?:[,;:—–]|\b(?:and|y|while|whereas|but|mientras(?:\sque)?|pero))\s(?:(?:in|on|en|during|for|durante)\s)?(?:the\s|el\s|los\s|la\s)?$",
    re.IGNORECASE,
)
_TOLD = re.compile(
    rf"(?:{'|'.join(verbs.pattern for verbs in (*STRONG.values(), *WEAK.values()))})\s(?:that|que),?\s(?:solo\s|sólo\s|only\s)?"
    r"(?:(?:in|on|during|for|en|durante)\s)?(?:the\s|el\s|los\s|la\s)?$",
    re.IGNORECASE,
)
_CONTRAST = re.compile(rf"\b{_words('break')}\b", re.IGNORECASE)
_AND = re.compile(r"\b(?:and|y|e)\b", re.IGNORECASE)
_AGAINST = re.compile(rf"\b{_words('against')}\b", re.IGNORECASE)
_MOVED = re.compile(
    rf"\b(?:{either('direction', 'up', *LANGUAGES)}|{either('direction', 'down', *LANGUAGES)})\b", re.IGNORECASE
)
_ACCORDING = re.compile("|".join(pattern.pattern for pattern in ACCORDING.values()), re.IGNORECASE)


_EXCHANGE, _EXCHANGED = re.compile(r"\s?="), re.compile(r"=\s?$")
"""Beside two amounts of money of which one buys the other: *$1 = 1.66 dollars*."""


_MOVERS = re.compile(rf"\b{_words('movers')}$", re.IGNORECASE)
"""People who are counted as they come and go, month by month as goods are."""


def kind_of(text: str, figure: FigureMention) -> str:
    """What a figure is: a ``change``, a ``share``, ``money``, an ``amount``, a ``count``, a ``rate`` or a ``span``."""
    unit, _, rate = figure.unit.partition("/")
    if unit in SPANS:
        return "span"
    if rate or _EXCHANGED.search(text[max(0, figure.start - 3) : figure.start]) or _EXCHANGE.match(text, figure.end):
        return "rate"
    if direction_at(text, figure) or changes_by(text, figure) or unit == TIMES or is_comparison(text, figure):
        return "change"
    if unit in ("pct", "pp"):
        return "share"
    return "money" if unit in MONEY else "amount" if unit in AMOUNTS or _MOVERS.search(unit) else "count"


def size_of(date: str) -> str:
    """How long a period is: a day, week, month, part of a year, year, or years; empty where it is not resolved."""
    if re.fullmatch(r"\d{4}", date):
        return "year"
    if re.fullmatch(r"\d{4}-\d\d", date):
        return "month"
    if re.fullmatch(r"\d{4}-\d\d/\d{4}-\d\d", date):
        return "part"
    if re.fullmatch(r"\d{4}/\d{4}", date):
        return "years"
    return "" if not date else "days" if "/" in date else "day"


def lead_of(text: str, date: DateMention) -> str:
    """The kind of word that leads in to a date: ``in``, ``since``, ``against``, ...; empty where none does."""
    before = text[max(0, date.start - 60) : date.start]
    if re.search(r"\(\s?$", before):
        return "bracket"
    for name, pattern in _BEFORE_DATE.items():
        if pattern.search(before):
            if name == "over" and size_of(date.date) == "day":
                return "in"
            if "/" in date.date and (name == "from" or (name == "since" and _FROM.search(before))):
                return "in"
            return "thing" if name == "of" and _THING.search(before) else name
    return ""


def is_against(text: str, figure_end: int, date: DateMention) -> bool:
    """Whether a date is only what something is compared with."""
    return bool(_HELD_PERIOD.search(text[max(0, date.start - 70, figure_end) : date.start]))


def is_held(text: str, figure: FigureMention) -> bool:
    """Whether a figure is only what another is held against: *against $4m in May*."""
    held = _HELD.search(text[max(0, figure.start - 70) : figure.start])
    return bool(held) and not GOES_ON.search(held.group())


def is_left(text: str, figure: FigureMention) -> bool:
    """Whether a figure is the level that something left: *from $5m to $10m*."""
    left = _LEFT.search(text[max(0, figure.start - 40) : figure.start])
    return bool(left) and (left["of"] is None or bool(_ON_TO.match(text, figure.end)))


_COLON = re.compile(r"\s?:\s?(?:[\d.,]+(?:\s[^\W\d]+){0,2}\s\([+-]?)?")


def is_led(text: str, figure: FigureMention) -> bool:
    """Whether a figure is where something went to: *to $10m*."""
    return bool(_LED.search(text[max(0, figure.start - 40) : figure.start]))


def is_label(text: str, date: DateMention, figure: FigureMention) -> bool:
    """Whether a date and a colon stand right before a figure: *2020: $6m*, *2020: 6,300 (4%)*."""
    told = date.end <= figure.start and _COLON.fullmatch(text[date.end : figure.start])
    return bool(told) and lead_of(text, date) != "same"


def opens_sentence(text: str, start: int, date: DateMention) -> bool:
    """Whether a date opens its sentence."""
    return bool(_OPENING.fullmatch(text[start : date.start].lstrip("“\"'«( ")))


def opens_clause(text: str, date: DateMention) -> bool:
    """Whether a date opens a part of its sentence: *, in 2019 it fell*."""
    return bool(_CLAUSE.search(text[max(0, date.start - 24) : date.start]))


_THAT = re.compile(r"\b(?:that|que)\s")
"""After it a day is of what was said, and not of the saying."""
_MADE_KNOWN = re.compile(rf"\b{_words('made_known')}\b[^,.;:\d]{{0,60}}$", re.IGNORECASE)


_AS_OF = re.compile(r"\b(?:as\s(?:of|at)|at\sthe\send\sof|a\sfecha\sdel?|a\sfinales\sde)\s(?:the\s)?$", re.IGNORECASE)


def is_of_saying(
    text: str, date: DateMention, credits: Sequence[Credit], figures: Sequence[FigureMention], start: int
) -> bool:
    """Whether a date is the day on which something was said, or made known: *data released on Monday*."""
    if size_of(date.date) in ("day", "days") and (
        known := _MADE_KNOWN.search(text, max(0, date.start - 80), date.start)
    ):
        return not any(known.start() <= figure.start < date.start for figure in figures)
    if _AS_OF.search(text, max(0, date.start - 24), date.start):
        return False
    for credit in credits:
        bare_month = size_of(date.date) == "month" and not re.search(r"\b(?:in|en|on)\s$", text[: date.start][-5:])
        according = _ACCORDING.match(credit.text) and size_of(date.date) in ("year", "month", "part", "years")
        if bare_month or according or size_of(date.date) in ("part", "years"):
            continue
        if _THAT.search(text, credit.start, date.start):
            continue
        between = any(credit.end <= figure.start < date.start for figure in figures)
        if 0 <= date.start - credit.end <= SAID_ON and not between:
            return True
        if size_of(date.date) == "day" and 0 <= credit.start - date.end <= 3:
            return True
    first = credits[0].start if credits else -1
    return bool(
        credits
        and opens_sentence(text, start, date)
        and figures
        and date.end <= first < figures[0].start
        and size_of(date.date) in ("day", "days", "year")
        and date.relative is not False
    )


def is_aside(text: str, date: DateMention, figures: Sequence[FigureMention]) -> bool:
    """Whether a date stands in an aside without a figure: *the ministry, which took office in 2019, said*."""
    start = max(0, date.start - 200)
    found = [
        m
        for m in _ASIDE.finditer(text[start : date.end + 60])
        if start + m.start() < date.start < start + m.end()
        and not any(0 <= start + m.start() - f.end < OF_A_FIGURE and m.group()[0] != "," for f in figures)
    ]
    return bool(found) and not any(start + m.start() < f.start < start + m.end() for m in found for f in figures)


@lru_cache(maxsize=4096)
def marks_between(between: str) -> tuple[str, ...]:
    """What stands between a figure and a date, or between two figures: commas, breaks, words of contrast and change."""
    found = []
    if re.search(r"[;:]|[.!?]\s", between):
        found.append("stop")
    elif "," in between:
        found.append("comma")
    if _CONTRAST.search(between):
        found.append("contrast")
    if _AND.search(between):
        found.append("and")
    if _AGAINST.search(between):
        found.append("against")
    if _MOVED.search(between):
        found.append("moved")
    if "(" in between or ")" in between:
        found.append("bracket")
    return tuple(found)


_LINKS = (
    (
        "to",
        re.compile(
            rf"[^,.;:]{{0,25}}\s(?:to|a|hasta|reaching|until)\s(?:reach\s|hit\s|alcanzar\s)?{_words('hedge')}?(?:a\s|un\s|los\s)?",
            re.I,
        ),
    ),
    (
        "bracket",
        re.compile(
            r"[^,.;:()]{0,40}\((?:about\s|some\s|unos\s|[+-])?|,?\s(?:which\sis|or)\s(?:about\s|some\s|around\s)?", re.I
        ),
    ),
    ("from", re.compile(rf"[^.;:]{{0,30}}\s(?:from|desde)\s{_words('hedge')}?(?:los\s|a\s)?", re.I)),
    ("against", re.compile(rf"[^.;:]*\b{_words('against')}\b[^.;:]*", re.I)),
    ("contrast", re.compile(rf"[^.;:]*\b{_words('break')}\b[^.;:]*", re.I)),
    ("stop", re.compile(r"[^.]*[;:].*|.*[.!?]\s.*", re.S)),
    ("and", re.compile(r".*\b(?:and|y|e)\b.*", re.I | re.S)),
    ("comma", re.compile(r".*,.*", re.S)),
)


def link_between(between: str) -> str:
    """How one figure leads on to the next: ``to``, ``from``, ``against``, ``and``, ``comma``, ... or nothing special."""
    return next(
        (name for name, pattern in _LINKS if pattern.fullmatch(between)), "near" if len(between) < 30 else "far"
    )
