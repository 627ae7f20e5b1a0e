"""The one place where another step, such as a language model, may add to a draft.

It is off unless a caller passes a function, needs no key or network for
anything else, and has no authority: what it returns goes through the checks
below, is marked ``low``, and waits for a person like every other row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from detente.errors import Problem, RecordError, UsageError, did_you_mean
from detente.record.draft.row import UNTESTED, DraftRow
from detente.record.schema import CLAIMS

if TYPE_CHECKING:
    from detente.record.draft.extract import Extraction

MAY_FILL = ("claim", "type", "actors", "subsystem", "attributed_to", "date", "value", "unit", "state", "note")
LONGEST = 1000  # characters of one cell


class Suggester(Protocol):
    """A function that reads an article and offers rows."""

    def __call__(self, text: str, drafted: Sequence[Mapping[str, str]]) -> Iterable[Mapping[str, str]]:
        """Rows with columns of :data:`MAY_FILL`.

        ``claim`` must be a sentence of the article, letter by letter, so that the person sees what was said;
        ``drafted`` holds the rows found without it.
        """
        ...


def checked(offered: Iterable[Mapping[str, str]], found: Extraction) -> list[DraftRow]:
    """Offered rows as draft rows.

    Raises
    ------
    RecordError
        A row has an unknown column, an unknown type, a date or number that is none, or a claim that is not
        in the article. Nothing is taken over silently.
    """
    rows, problems = [], []
    for number, row in enumerate(offered, 1):
        wrong = list(_problems(row, number, found.article.text))
        problems += wrong
        if not wrong:
            sentence = next(s for s in found.sentences if s.text == row["claim"].strip())
            cells = {"paragraph": str(sentence.paragraph), "why_not": UNTESTED}
            cells |= {k: str(v).strip() for k, v in row.items()}
            rows.append(DraftRow(cells, "low", ("Suggested by the optional step, not read from the text by rule.",)))
    if problems:
        raise RecordError(problems)
    return rows


def _problems(row: Mapping[str, str], number: int, text: str) -> Iterable[Problem]:
    from detente.record.draft.language.sentences import split_sentences
    from detente.record.period import Period

    def problem(column: str | None, what: str, fix: str = "") -> Problem:
        return Problem("suggested rows", number, column, what, fix)

    if not isinstance(row, Mapping):
        yield problem(None, "This is not a mapping of columns to text.")
        return
    for name, cell in row.items():
        if name not in MAY_FILL:
            yield problem(str(name), f"A suggestion may not fill '{name}'.{did_you_mean(str(name), MAY_FILL)}")
        elif not isinstance(cell, str) or len(cell) > LONGEST:
            yield problem(name, f"A cell is text of at most {LONGEST} characters.")
    if row.get("type") not in (CLAIMS.words or {})["type"]:
        yield problem("type", f"'{row.get('type')}' is not a type of claim.")
    if str(row.get("claim", "")).strip() not in {s.text for s in split_sentences(text)}:
        yield problem("claim", "The claim is not a sentence of the article.", "Copy the sentence letter by letter.")
    if row.get("date"):
        try:
            Period.parse(row["date"])
        except ValueError as error:
            yield problem("date", f"{error}.")
    if row.get("value"):
        try:
            float(row["value"])
        except (TypeError, ValueError):
            yield problem("value", f"'{row['value']}' is not a number.")


def load(name: str) -> Suggester:
    """A suggester by ``module:function``, as the command line names it.

    Raises
    ------
    UsageError
        There is no such module or function.
    """
    module, colon, function = name.partition(":")
    if not colon or not module or not function:
        raise UsageError(f"'{name}' does not name a function.", fix="Write it as module:function.")
    try:
        found = getattr(import_module(module), function, None)
    except ImportError as error:
        raise UsageError(f"The module '{module}' cannot be loaded: {error}.") from None
    if not callable(found):
        raise UsageError(f"The module '{module}' has no function '{function}'.")
    return found
