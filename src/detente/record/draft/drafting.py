"""From what was found in an article to rows of a draft claims file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from detente.record.draft.clean import Article
from detente.record.draft.extract import Extraction, extract
from detente.record.draft.language.credits import Attribution
from detente.record.draft.language.dates import DateMention
from detente.record.draft.language.entities import actors_in
from detente.record.draft.language.figures import Figure
from detente.record.draft.language.sentences import Sentence
from detente.record.draft.language.tense import is_future
from detente.record.draft.language.units import CLOSED, MONEY
from detente.record.draft.row import COLUMNS, UNTESTED, DraftRow, write_rows
from detente.record.draft.suggest import Suggester, checked

MILLIONS_FROM = 1e5  # money at least this large is written in millions, the study format's unit
PEOPLE = {
    "people",
    "persons",
    "personas",
    "migrants",
    "migrantes",
    "refugees",
    "refugiados",
    "inhabitants",
    "habitantes",
}
SAID_ON = 25  # characters between a crediting word and the day on which it was said


@dataclass(frozen=True, slots=True)
class Draft:
    """A drafted claims file: its rows, and the article's own facts that were used."""

    rows: tuple[DraftRow, ...]
    source_id: str
    published: str
    language: str

    def to_csv(self) -> str:
        """The draft file's text: UTF-8 CSV with a header."""
        return write_rows((row.as_row() for row in self.rows), COLUMNS)

    def summary(self) -> str:
        """One line: how many rows of which type."""
        kinds = [row.cells["type"] for row in self.rows]
        counts = ", ".join(f"{kinds.count(k)} {k}" for k in dict.fromkeys(kinds))
        return f"{len(self.rows)} drafted claims" + (f" ({counts})" if counts else "")


def draft_claims(
    article: Article, source_id: str, taken: Iterable[str] = (), suggest: Suggester | None = None
) -> Draft:
    """Draft the claims of an article; every row waits for a person.

    Parameters
    ----------
    article : Article
        From :func:`detente.record.draft.clean.read_article`.
    source_id : str
        The id of the article's row in ``sources.csv``.
    taken : iterable of str
        Claim ids already in use.
    suggest : callable, optional
        A step that may add rows, such as a language model; see :mod:`detente.record.draft.suggest`.

    Examples
    --------
    >>> article = Article("", "Trade was worth US$7.2bn in 2008, the chamber said.", "2022-11-03", "en")
    >>> row = draft_claims(article, "S9").rows[0].as_row()
    >>> row["value"], row["unit"], row["date"], row["attributed_to"], row["type"]
    ('7200', 'usd_mn', '2008', 'the chamber', 'quantity')
    """
    found = extract(article)
    bare: list[DraftRow] = []
    for sentence in found.sentences:
        bare += _of_sentence(sentence, found)
    if suggest is not None:
        bare += checked(suggest(found.article.text, tuple(row.cells for row in bare)), found)
    return Draft(
        tuple(_with_ids(bare, source_id, set(taken))), source_id, found.article.published, found.article.language
    )


def _of_sentence(sentence: Sentence, found: Extraction) -> list[DraftRow]:
    figures = [f for f in found.figures if sentence.start <= f.start < sentence.end]
    dates = [d for d in found.dates if sentence.start <= d.start < sentence.end]
    credits = [a for a in found.attributions if sentence.start <= a.start < sentence.end]
    if figures:
        return [_quantity(figure, sentence, dates, credits, found) for figure in figures]
    if dates or credits:
        return [_event(sentence, dates, credits, found)]
    return []


def _quantity(
    figure: Figure, sentence: Sentence, dates: list[DateMention], credits: list[Attribution], found: Extraction
) -> DraftRow:
    value, unit = study_unit(figure)
    dated = _nearest_date(figure.start, figure.end, dates, credits)
    ahead = is_future(found.article.text, figure.start, figure.end, found.article.language)
    hints = list(_figure_hints(figure, found))
    cells = _cells(sentence, dated, _nearest(figure.start, credits))
    cells |= {"type": "prediction" if ahead else "quantity", "value": value, "unit": unit}
    if figure.bound:
        cells["note"] = "the article names no number" if figure.bound == "vague" else f"the article says {figure.bound}"
    if dated is None:
        hints.append("No date was found in the sentence.")
    sure = figure.unit.split("/")[0] in CLOSED and figure.bound != "vague" and dated is not None and bool(dated.date)
    return DraftRow(cells, "low" if figure.bound == "vague" else "high" if sure else "medium", tuple(hints))


def _figure_hints(figure: Figure, found: Extraction) -> Iterable[str]:
    yield f'The figure was read from "{figure.text}".'
    if found.article.language == "es" and figure.text.startswith("$"):
        yield "'$' was read as US dollars; in a Spanish text it may be pesos."
    if "/" in figure.unit:
        yield f"It is a rate: {figure.unit.replace('/', ' per ')}."


def _event(sentence: Sentence, dates: list[DateMention], credits: list[Attribution], found: Extraction) -> DraftRow:
    dated = _nearest_date(sentence.start, sentence.end, dates, credits) or (dates[0] if dates else None)
    ahead = any(is_future(found.article.text, d.start, d.end, found.article.language) for d in dates)
    kind = "prediction" if ahead else "event" if dates else "attribution"
    credit = credits[0] if credits else None
    unresolved = ("The date leans on the article's own date, which is not known.",) if dated and not dated.date else ()
    return DraftRow(
        _cells(sentence, dated, credit) | {"type": kind}, "low" if unresolved or not dates else "medium", unresolved
    )


def _cells(sentence: Sentence, dated: DateMention | None, credit: Attribution | None) -> dict[str, str]:
    return {
        "paragraph": str(sentence.paragraph),
        "claim": sentence.text,
        "actors": ";".join(a.replace(";", ",") for a in actors_in(sentence.text)),
        "attributed_to": credit.source if credit else "",
        "date": dated.date if dated else "",
        "why_not": UNTESTED,
    }


def study_unit(figure: Figure) -> tuple[str, str]:
    """Value and unit as the study format writes them: money in millions, people as ``persons``.

    >>> study_unit(Figure(0, 8, "US$7.2bn", 7.2e9, "usd"))
    ('7200', 'usd_mn')
    """
    unit, _, rate = figure.unit.partition("/")
    value = figure.value
    if unit in MONEY and value >= MILLIONS_FROM:
        value, unit = value / 1e6, f"{unit}_mn"
    elif unit == "miles":
        unit = "mi"
    elif unit.split()[-1].casefold() in PEOPLE:
        unit = "persons"
    written = "" if figure.bound == "vague" else format(round(value, 9), ".15g")
    return written, f"{unit}/{rate}" if rate else unit


def _nearest(place: int, items: list[Attribution]) -> Attribution | None:
    return min(items, key=lambda item: min(abs(item.start - place), abs(item.end - place)), default=None)


def _nearest_date(start: int, end: int, dates: list[DateMention], credits: list[Attribution]) -> DateMention | None:
    """The date closest to a stretch; the day on which something was merely said comes last."""

    def rank(date: DateMention) -> tuple[bool, int]:
        of_saying = any(0 <= date.start - credit.end <= SAID_ON for credit in credits)
        gap = date.start - end if date.start >= end else start - date.end
        return of_saying, abs(gap)

    return min(dates, key=rank, default=None)


def _with_ids(rows: list[DraftRow], source_id: str, taken: set[str]) -> Iterable[DraftRow]:
    number = 0
    for row in rows:
        number += 1
        while f"{source_id}-d{number}" in taken:
            number += 1
        cells = {"claim_id": f"{source_id}-d{number}", "source_id": source_id, **row.cells}
        yield DraftRow(cells, row.confidence, row.hints)
