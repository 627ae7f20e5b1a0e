"""Tests proposed for drafted rows, where the record has a series that a figure plainly speaks of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from detente.record.draft.language.entities import economies_in
from detente.record.draft.row import DraftRow
from detente.record.draft.suggest import KnownRecord
from detente.record.period import Period
from detente.record.verdicts.independence.organisations import country_in
from detente.record.verdicts.numbers import currency_of

_EXPORTS = re.compile(r"\b(?:exports?|exported|sales? to|exportaciones|ventas)\b", re.IGNORECASE)
_IMPORTS = re.compile(r"\b(?:imports?|imported|purchases? from|importaciones|compras)\b", re.IGNORECASE)
_TRADE = re.compile(r"\b(?:trade|commerce|comercio|intercambio)\b", re.IGNORECASE)
_TO = re.compile(r"\b(?:to|a)\s", re.IGNORECASE)
_FROM = re.compile(r"\b(?:from|desde|de)\s", re.IGNORECASE)
WINDOW = 40
"""Characters around a word of trade in which its economies are named."""


def propose_test(row: DraftRow, known: KnownRecord) -> DraftRow:
    """A row with the test and target it plainly calls for; otherwise as it was.

    An amount of money with a period of its own, in a sentence about the trade of the
    study's two economies and no third, is held against the series of that flow; a change
    in percent over a year against the year before. Exports and imports are those of the
    study's first economy.
    """
    cells = row.cells
    target = _flow(str(cells.get("claim", "")), known)
    if not target or target not in known.series or not cells.get("date") or not cells.get("value"):
        return row
    options = cells.get("options", "")
    if currency_of(cells["unit"]):
        proposed = {"test": "quantity", "target": target, "why_not": ""}
    elif cells["unit"] == "pct" and cells.get("state") and (before := _year_before(cells["date"])):
        change = f"from={before};to={cells['date']}"
        proposed = {
            "test": "change",
            "target": target,
            "why_not": "",
            "options": ";".join(filter(None, (options, change))),
        }
    else:
        return row
    hint = f"Proposed test: {proposed['test']} of {target}; see that the sentence speaks of it."
    return DraftRow({**cells, **proposed}, row.confidence, (*row.hints, hint))


def _year_before(period: str) -> str:
    try:
        found = Period.parse(period)
    except ValueError:
        return ""
    return str(found.first.year - 1) if found.precision == "year" else ""


def _flow(sentence: str, known: KnownRecord) -> str:
    """The series that a sentence about trade speaks of, seen from the study's first economy; empty where unclear."""
    if len(known.dyad) != 2:
        return ""
    named = {*economies_in(sentence), *filter(None, (country_in(word) for word in re.findall(r"[A-Z]\w+", sentence)))}
    if not named or not named <= set(known.dyad):
        return ""
    exports, imports = _EXPORTS.search(sentence), _IMPORTS.search(sentence)
    if exports and imports:
        return ""
    if exports or imports:
        seller = _seller(sentence, (exports or imports).span(), known.dyad, selling=bool(exports))  # pyright: ignore[reportOptionalMemberAccess]
        return {known.dyad[0]: "trade.exports", known.dyad[1]: "trade.imports"}.get(seller, "")
    return "trade.total" if _TRADE.search(sentence) and named == set(known.dyad) else ""


def _seller(sentence: str, span: tuple[int, int], dyad: Sequence[str], *, selling: bool) -> str:
    """Who sells: whose exports they are, or the other of the two for imports and for exports to somebody."""
    owner = _one(sentence[max(0, span[0] - WINDOW) : span[0]], dyad)
    after = sentence[span[1] : span[1] + WINDOW]
    to, from_ = _TO.search(after), _FROM.search(after)
    destination = _one(after[to.end() :][:25], dyad) if to else ""
    origin = _one(after[from_.end() :][:25], dyad) if from_ else ""
    if selling:
        seller = owner or origin or _other(destination, dyad)
        return "" if seller and seller == destination else seller
    return origin or _other(owner, dyad)


def _one(text: str, dyad: Sequence[str]) -> str:
    found = {code for code in (*economies_in(text), country_in(text)) if code in dyad}
    return found.pop() if len(found) == 1 else ""


def _other(code: str, dyad: Sequence[str]) -> str:
    return (dyad[1] if code == dyad[0] else dyad[0]) if code in dyad else ""
