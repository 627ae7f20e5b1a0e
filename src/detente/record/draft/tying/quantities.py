"""A figure of an article as a drafted row: its value and unit as the study writes them, its period, bound and doubts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from detente.language import Joined, Text
from detente.record.draft.extract import Extraction
from detente.record.draft.language.credits import Credit
from detente.record.draft.language.dates import DateMention
from detente.record.draft.language.entities import actors_in
from detente.record.draft.language.figures import FigureMention
from detente.record.draft.language.numbers.numerals import LETTERS, SCALES, rounding_of, significant_digits
from detente.record.draft.language.people import is_of_people
from detente.record.draft.language.sentences import Sentence
from detente.record.draft.language.tense import is_future
from detente.record.draft.language.units import AMBIGUOUS, CLOSED, MONEY
from detente.record.draft.row import UNTESTED, DraftRow
from detente.record.draft.tying.certainty import Surroundings, is_certain
from detente.record.draft.tying.changes.direction import changes_by, direction_at, operator_at
from detente.record.draft.tying.changes.multiples import TIMES
from detente.record.draft.tying.money import is_open_dollar
from detente.record.draft.tying.periods.candidates import Paired
from detente.record.draft.tying.speakers import speaker_of
from detente.record.draft.tying.untold import is_untold
from detente.record.period import Period
from detente.record.verdicts.numbers import AS_WRITTEN, half_digit

MILLIONS_FROM = 1e5  # money at least this large is written in millions, the study format's unit
GAS_FROM = 1e8  # cubic metres from which a volume is written in billions


def quantity_row(
    n: int, around: Surroundings, found: Extraction, series: str, *, known_money: bool = True, clear: bool = True
) -> DraftRow:
    """The row of a sentence's ``n``-th figure with its own period.

    Parameters
    ----------
    series : the flow of the pair that it speaks of, where there is one.
    known_money : whether a bare dollar sign can only be the US dollar's.
    clear : whether what was measured is as plain as the number.
    """
    figure, pair, sentence, credits = around.figures[n], around.pairs[n], around.sentence, around.credits
    text, language = found.article.text, found.article.language
    value, unit = study_unit(figure)
    way, operator = direction_at(text, figure) or changes_by(text, figure), operator_at(text, figure)
    guess = _guessed(figure, found, known_money)
    hints = [*_figure_hints(figure, guess), *_period_hints(pair)]
    ahead = is_future(text, figure.start, figure.end, language, dated=False)
    ahead = ahead or (pair.date is not None and _lies_ahead(pair.date, found.article.published))
    if way == "down" and unit != TIMES and value and not value.startswith("-"):
        value = f"-{value}"
    cells = cells_of(sentence, pair.date, speaker_of(figure.start, credits, text, sentence))
    cells |= {"type": "prediction" if ahead else "quantity", "value": value, "unit": unit, "state": way}
    cells["options"] = ";".join(_options(figure, value, operator))
    if figure.bound == "vague":
        cells["note"] = "the article names no number"
    unclear = len({d.date for d in pair.candidates}) > 1
    low = figure.bound == "vague" or pair.date is None or not pair.date.date or guess or unclear
    sure = not low and not ahead and clear and not is_open_dollar(figure, text)
    sure = sure and not is_untold(around, language) and is_certain(n, around)
    return DraftRow(cells, "high" if sure else "low" if low else "medium", tuple(hints), series)


def _options(figure: FigureMention, value: str, operator: str) -> Iterable[str]:
    if operator:
        yield f"op={operator}"
    written = significant_digits(figure.text)
    as_read = half_digit(value, as_written=figure.unit in AS_WRITTEN) if value else 0.0
    if value and written and float(value) and as_read > 1.01 * rounding_of(abs(float(value)), written):
        yield f"digits={written}"


def _lies_ahead(date: DateMention, published: str) -> bool:
    """Whether a period begins after the article's own day."""
    return bool(published) and Period.parse(date.date).first > Period.parse(published).last if date.date else False


def _period_hints(pair: Paired) -> Iterable[str]:
    if len({d.date for d in pair.candidates}) > 1:
        yield Text("hint.periods", periods=either_of(dict.fromkeys(d.date for d in pair.candidates)))
    elif pair.carried and pair.date is not None:
        yield Text("hint.carried", period=pair.date.date)
    elif pair.date is None:
        yield Text("hint.no_date")
    elif not pair.date.date:
        yield Text("hint.unresolved", text=pair.date.text)


def _guessed(figure: FigureMention, found: Extraction, known_money: bool) -> bool:
    """Whether the currency is a guess: a bare dollar sign where another dollar or peso may be meant."""
    if figure.unit.partition("/")[0] in AMBIGUOUS:
        return True
    bare = figure.text.startswith("$") and figure.unit.partition("/")[0] == "usd"
    if figure.text.startswith("$") and not bare and figure.unit in MONEY and "$" not in figure.text[1:]:
        return bool(re.fullmatch(r"\$[\d\s.,]+(?:\w+)?", figure.text))  # its economy's own dollar, by its offices
    return bare and (not known_money or found.article.language == "es" or _another_dollar(found.article.text))


def is_labelled(figure: FigureMention) -> bool:
    """Whether an amount is a number without its money, which stands elsewhere: *in US$ million ... 125,660*."""
    return figure.unit in MONEY and bool(_NO_MONEY.fullmatch(figure.text))


_SCALE = "|".join(
    sorted({name for language in SCALES for name in (*SCALES[language], *LETTERS[language])}, key=len)[::-1]
)
_NO_MONEY = re.compile(rf"[\d.,]+(?:\s?(?:{_SCALE}))*", re.IGNORECASE)
_OTHER_DOLLAR = re.compile(r"\b(?:A|C|CA|NZ|HK|S|R|AU)\$|\b(?:Australian|Canadian|New Zealand|Singapore|Hong Kong)\b")


@lru_cache(maxsize=8)
def _another_dollar(text: str) -> bool:
    return bool(_OTHER_DOLLAR.search(text))


def _figure_hints(figure: FigureMention, guess: bool) -> Iterable[str]:
    yield Text("hint.figure_from", text=figure.text)
    if is_labelled(figure):
        yield Text("hint.labelled", unit=figure.unit.upper())
    if figure.unit.partition("/")[0] in AMBIGUOUS:
        yield Text("hint.whose", unit=figure.unit.partition("/")[0])
    elif guess:
        yield Text("hint.dollars")
    plain = figure.unit.partition("/")[0]
    if plain not in (*CLOSED, TIMES) and not is_of_people(plain):
        yield Text("hint.no_unit", unit=plain)
    if "/" in figure.unit:
        yield Text("hint.rate", unit=Joined(Text("hint.per_"), parts=figure.unit.split("/")))


def either_of(periods: Iterable[str]) -> Joined:
    """Periods of which one is meant: *2020 or 2021*."""
    return Joined(Text("reason.or"), parts=periods)


def cells_of(sentence: Sentence, dated: DateMention | None, credit: Credit | None) -> dict[str, str]:
    """The columns that every row of a sentence has: its place and words, actors, speaker and date."""
    return {
        "paragraph": str(sentence.paragraph),
        "claim": sentence.text,
        "actors": ";".join(a.replace(";", ",") for a in actors_in(sentence.text)),
        "attributed_to": credit.source if credit else "",
        "date": dated.date if dated else "",
        "why_not": UNTESTED,
    }


def study_unit(figure: FigureMention) -> tuple[str, str]:
    """Value and unit as the study format writes them: money in millions, people as ``persons``.

    >>> study_unit(FigureMention(0, 8, "US$7.2bn", 7.2e9, "usd"))
    ('7200', 'usd_mn')
    """
    unit, _, rate = figure.unit.partition("/")
    value = figure.value
    if unit in MONEY | AMBIGUOUS and value >= MILLIONS_FROM:
        value, unit = value / 1e6, f"{unit}_mn"
    elif unit == "m3" and value >= GAS_FROM:
        value, unit = value / 1e9, "bcm"
    elif unit == "miles":
        unit = "mi"
    elif is_of_people(unit):
        unit = "persons"
    written = "" if figure.bound == "vague" else format(round(value, 9), ".15g")
    return written, f"{unit}/{rate}" if rate else unit
