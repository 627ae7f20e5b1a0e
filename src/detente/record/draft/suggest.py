"""The one place where another step, such as a language model, may add to a draft.

It is off unless a caller passes a function, needs no key or network for
anything else, and has no authority: what it returns goes through the checks
below row by row, is marked ``low``, and waits for a person like every other
row. Where it fails, the draft made by rule stays as it is.
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

from detente.errors import UsageError, did_you_mean
from detente.language import Text
from detente.language.error_words import ErrorSentence
from detente.record.draft.extract import Extraction
from detente.record.draft.row import UNTESTED, DraftRow
from detente.record.frames import Frames
from detente.record.period import Period
from detente.record.schema import CLAIMS, EVENTS, FIGURES, TESTS, RecordTable
from detente.record.states.vocabulary import default_vocabulary

MAY_FILL = (
    *("claim", "type", "actors", "subsystem", "attributed_to", "date", "value", "unit", "state", "note"),
    *("test", "target", "options", "corrects"),
)
"""Columns that a suggested claim may fill; ``corrects`` is the number of a drafted row that it reads otherwise."""
EVIDENCE_MAY_FILL = {
    "events": ("claim", "date", "end_date", "title", "kind", "subsystems", "actors", "direction", "sets", "note"),
    "series": ("claim", "series", "period", "value", "low", "high", "unit", "basis", "kind", "status", "note"),
}
"""Columns that a suggested event or figure may fill, beside ``for``; ``claim`` is the sentence that says so."""
LONGEST = 1000  # characters of one cell
MOST = 200  # rows of one offer


@dataclass(frozen=True, slots=True)
class DraftContext:
    """What the optional step is given.

    Attributes
    ----------
    text : str
        The article.
    sentences : tuple of (int, int, str)
        Start, end and words of each sentence; a claim is one of these.
    drafted : tuple of mappings
        The rows found by rule.
    published, language : str
        The article's own date and language.
    dyad : tuple of str
        The study's two economies; empty where no study is known.
    series, states, kinds, claims : tuple of str
        What the record has: series, states, kinds of event, and the claims already in it.
    events : tuple of (id, date, kind)
        The events already in it.
    """

    text: str
    sentences: tuple[tuple[int, int, str], ...]
    drafted: tuple[Mapping[str, str], ...]
    published: str = ""
    language: str = "en"
    dyad: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    events: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class KnownRecord:
    """What a study brings to drafting; see :class:`DraftContext` for its parts.

    ``events`` has the id, date and kind of each event on record.
    """

    dyad: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    events: tuple[tuple[str, str, str], ...] = ()

    @classmethod
    def of(cls, ledger: Frames, dyad: Iterable[str]) -> KnownRecord:
        """What a record of a pair brings."""
        return cls(
            tuple(dyad), tuple(ledger.figures["series"].unique(maintain_order=True)), tuple(ledger.states().spells),
            tuple(default_vocabulary().kinds), tuple(ledger.claims["claim"]),
            tuple(ledger.events.select("event_id", "date", "kind").iter_rows()),
        )  # fmt: skip


Suggester = Callable[..., Iterable[Mapping[str, Any]]]
"""A function of a :class:`DraftContext`, or of the text and the drafted rows, that offers rows."""


@dataclass(frozen=True, slots=True)
class DraftOffer:
    """What came of the optional step.

    Attributes
    ----------
    rows : tuple of DraftRow
        The claims that passed.
    refused : tuple of str
        Why each of the others did not, or why the step gave nothing.
    events, figures : tuple of DraftRow
        The evidence that passed, without ids.
    """

    rows: tuple[DraftRow, ...] = ()
    refused: tuple[str, ...] = ()
    events: tuple[DraftRow, ...] = ()
    figures: tuple[DraftRow, ...] = ()


def ask(suggest: Suggester, found: Extraction, drafted: Sequence[DraftRow], known: KnownRecord) -> DraftOffer:
    """Call the optional step and check what it offers; whatever it does, the rule-based draft is not touched."""
    cells = tuple(row.cells for row in drafted)
    name = getattr(suggest, "__module__", "") + ":" + getattr(suggest, "__name__", type(suggest).__name__)
    try:
        if _takes_context(suggest):
            spoken = tuple((s.start, s.end, s.text) for s in found.sentences)
            article = found.article
            context = DraftContext(
                article.text, spoken, cells, article.published, article.language, known.dyad, known.series, known.states,
                known.kinds, known.claims, known.events,
            )  # fmt: skip
            offered = suggest(context)
        else:
            offered = suggest(found.article.text, cells)
        rows = list(offered)
    except Exception as error:  # another's code: whatever it raises, the draft made by rule is kept
        return DraftOffer(
            refused=(Text("refused.all", name=name, kind=type(error).__name__, why=ErrorSentence(str(error))),)
        )
    return checked(rows[:MOST], found, name, len(drafted))


def _takes_context(suggest: Suggester) -> bool:
    try:
        return len(inspect.signature(suggest).parameters) == 1
    except (TypeError, ValueError):
        return False


def checked(offered: Sequence[Any], found: Extraction, name: str = "", n_drafted: int = 0) -> DraftOffer:
    """Offered rows as draft rows, each refused by itself where something is wrong with it."""
    sentences = {_folded(s.text): s for s in found.sentences}
    rows: list[DraftRow] = []
    refused: list[str] = []
    evidence: dict[str, list[DraftRow]] = {name: [] for name in EVIDENCE_MAY_FILL}
    for number, row in enumerate(offered, 1):
        wrong = list(_problems(row, sentences, n_drafted))
        if wrong:
            refused += [Text("refused.row", n=number, what=ErrorSentence(what)) for what in wrong]
            continue
        sentence = sentences[_folded(str(row["claim"]))]
        if row.get("for") in evidence:
            cells = {k: str(v).strip() for k, v in row.items() if k not in ("claim", "for")}
            hints = (Text("hint.suggested_from", name=name), Text("hint.read_from", text=sentence.text))
            evidence[row["for"]].append(DraftRow(cells, "low", hints))
            continue
        cells = {k: str(v).strip() for k, v in row.items() if k not in ("corrects", "for")}
        cells |= {"claim": sentence.text, "paragraph": str(sentence.paragraph)}
        if not cells.get("test"):
            cells["why_not"] = UNTESTED
        hints = [Text("hint.suggested", name=name)]
        if row.get("corrects"):
            hints.append(Text("hint.corrects", row=row["corrects"]))
        rows.append(DraftRow(cells, "low", tuple(hints)))
    return DraftOffer(tuple(rows), tuple(refused), tuple(evidence["events"]), tuple(evidence["series"]))


def _problems(row: Any, sentences: Mapping[str, Any], n_drafted: int) -> Iterable[str]:
    if not isinstance(row, Mapping):
        yield "This is not a mapping of columns to text."
        return
    what = row.get("for") or "claims"
    if what not in ("claims", *EVIDENCE_MAY_FILL):
        yield f"'{what}' is no table: a row is for one of {', '.join(('claims', *EVIDENCE_MAY_FILL))}."
        return
    may_fill = ("for", *EVIDENCE_MAY_FILL.get(what, MAY_FILL))
    for column, cell in row.items():
        if column not in may_fill:
            yield f"A suggestion may not fill '{column}'.{did_you_mean(str(column), may_fill)}"
        elif isinstance(cell, bool) or not isinstance(cell, str | int | float):
            yield f"The cell '{column}' is text or a number."
        elif len(str(cell)) > LONGEST:
            yield f"The cell '{column}' is longer than {LONGEST} characters."
    yield from _claim_problems(row) if what == "claims" else _evidence_problems(row, EVIDENCE_TABLES[what])
    if _folded(str(row.get("claim", ""))) not in sentences:
        yield "The claim is not a sentence of the article: copy the sentence."
    for column in ("date", "end_date", "period"):
        if row.get(column):
            try:
                Period.parse(str(row[column]))
            except ValueError as error:
                yield f"{error}."
    for column in ("value", "low", "high"):
        if row.get(column) not in (None, "") and not _is_number(row[column]):
            yield f"'{row[column]}' is not a number."
    if row.get("corrects") and not (str(row["corrects"]).isdigit() and 1 <= int(row["corrects"]) <= n_drafted):
        yield f"There is no drafted row '{row['corrects']}'."


def _claim_problems(row: Mapping[str, Any]) -> Iterable[str]:
    kinds = (CLAIMS.words or {})["type"]
    if row.get("type") not in kinds:
        yield f"'{row.get('type')}' is not a type of claim (there are {', '.join(kinds)})."
    if row.get("test") and row["test"] not in TESTS:
        yield f"'{row['test']}' is not a kind of test.{did_you_mean(str(row['test']), TESTS)}"


EVIDENCE_TABLES = {"events": EVENTS, "series": FIGURES}


def _evidence_problems(row: Mapping[str, Any], table: RecordTable) -> Iterable[str]:
    for column in table.needed:
        if column != table.key and not column.startswith("source_id") and not row.get(column):
            yield f"The column '{column}' of {table.file} is empty."
    for column, words in (table.words or {}).items():
        if row.get(column) and row[column] not in words:
            yield f"'{row[column]}' is not a word of '{column}' ({', '.join(words)})."


def _is_number(cell: Any) -> bool:
    try:
        return math.isfinite(float(cell))
    except (TypeError, ValueError):
        return False


def _folded(text: str) -> str:
    """A sentence without the differences that copying makes: quotes, dashes and spaces."""
    text = re.sub(r"[‘’ʼ`´]", "'", re.sub(r"[“”«»]", '"', text))
    return re.sub(r"\s+", " ", re.sub(r"[‐‑‒–—−]", "-", text)).strip()


def offer_schema() -> dict[str, Any]:
    """A JSON Schema (2020-12) of what the step may return: an object with ``rows``.

    Examples
    --------
    >>> offer_schema()["properties"]["rows"]["items"]["required"]
    ['claim']
    """
    text = {"type": "string", "maxLength": LONGEST}
    every = dict.fromkeys(("for", *MAY_FILL, *(c for may in EVIDENCE_MAY_FILL.values() for c in may)))
    columns: dict[str, Any] = dict.fromkeys(every, text)
    columns |= {
        "for": {"enum": ["claims", *EVIDENCE_MAY_FILL]},
        "type": {"enum": list((CLAIMS.words or {})["type"])},
        "test": {"enum": ["", *TESTS]},
        "direction": {"enum": ["", *(EVENTS.words or {})["direction"]]},
        "status": {"enum": ["", *(FIGURES.words or {})["status"]]},
        "corrects": {"type": ["string", "integer"]},
    } | {key: {"type": ["string", "number"]} for key in ("value", "low", "high")}
    row = {"type": "object", "properties": columns, "required": ["claim"], "additionalProperties": False}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {"rows": {"type": "array", "items": row, "maxItems": MOST}},
        "required": ["rows"],
        "additionalProperties": False,
    }


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
    return cast(Suggester, found)
