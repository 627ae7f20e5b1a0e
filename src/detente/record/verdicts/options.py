"""Check that every claim's test can be run: its target exists and its options are known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from detente.errors import Problem, did_you_mean
from detente.record.check import split_list
from detente.record.period import Period
from detente.record.reading import FIRST_ROW
from detente.record.rows import Claim
from detente.record.verdicts.verdict import OPERATORS, WORD_RANGES
from detente.record.vocabulary import parse_sets

if TYPE_CHECKING:
    import polars as pl

_EPISODES = r"\d{4}-\d{4}(\|\d{4}-\d{4})*"
OPTIONS = {
    "quantity": ("op", "basis", "age"),
    "change": ("from", "to", "measure", "op"),
    "extreme": ("from", "to"),
    "event": ("actor",),
    "state": ("when",),
    "duration": ("op",),
    "count": ("op",),
    "prediction": (),
    "agreement": ("op",),
    "cause": ("episodes", "panel_source"),
}


def check_targets(tables: dict[str, pl.DataFrame]) -> list[Problem]:
    """Problems in the test, target and options columns of the claims."""
    known = {
        "series": set(tables["figures"]["series"].drop_nulls()),
        "event": set(tables["events"]["event_id"]),
        "claim": set(tables["claims"]["claim_id"]),
        "state": {c.name for cell in tables["events"]["sets"].drop_nulls() for c in parse_sets(cell)},
    }
    found = []
    for number, row in enumerate(tables["claims"].iter_rows(named=True), start=FIRST_ROW):
        claim = Claim.from_row(row)
        for column, what, fix in _problems(claim, known):
            found.append(Problem("claims.csv", number, column, what, fix))
    return found


def _problems(claim: Claim, known: dict[str, set[str]]) -> Iterator[tuple[str, str, str]]:
    if not claim.test:
        if claim.target or claim.options:
            yield "test", "There is a target or an option but no test.", "Name the test."
        if not claim.why_not:
            yield (
                "why_not",
                "There is neither a test nor a reason why none is possible.",
                "Fill one of the two.",
            )
        return
    yield from _target_problems(claim, known)
    yield from _option_problems(claim)
    for column, needed in _needs(claim):
        if needed:
            yield column, f"The test '{claim.test}' needs '{column}'.", "Fill it."
    for column, cell, words in _bound_words(claim):
        if cell not in words:
            what = f"'{cell}' cannot be used by the test '{claim.test}'.{did_you_mean(cell, words)}"
            yield column, what, f"Use one of: {', '.join(words)}."


def _needs(claim: Claim) -> Iterator[tuple[str, bool]]:
    vague = claim.option("op") in WORD_RANGES
    number = claim.option("measure", "pct") in ("pct", "ratio", "difference")
    yield "value", claim.test == "quantity" and not claim.value and not vague
    yield "value", claim.test == "change" and not claim.value and number
    yield "value", claim.test == "duration" and not claim.value
    yield "unit", claim.test in ("quantity", "duration") and not claim.unit
    yield "date", claim.test in ("quantity", "state", "extreme") and claim.date is None
    yield "state", claim.test in ("state", "extreme") and not claim.state


def _bound_words(claim: Claim) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Cells that a test reads as one of a few words."""
    if claim.test == "extreme" and claim.state:
        yield "state", claim.state, ("max", "min")
    if claim.test == "duration" and claim.unit:
        yield "unit", claim.unit, ("days", "weeks", "months", "years")
    if claim.test == "change":
        measure = claim.option("measure", "pct")
        yield "options", measure, ("pct", "ratio", "difference", "direction")
        if measure == "direction":
            yield "state", claim.state, ("up", "down", "flat")
    if claim.option("when"):
        yield "options", claim.option("when"), ("any",)


def _target_problems(claim: Claim, known: dict[str, set[str]]) -> Iterator[tuple[str, str, str]]:
    if not claim.target:
        yield "target", f"The test '{claim.test}' has no target.", "Say what to compare with."
        return
    if claim.test in ("quantity", "change", "extreme"):
        yield from _unknown("series", [claim.target], known)
    elif claim.test == "event":
        yield from _unknown("event", split_list(claim.target), known)
    elif claim.test == "duration":
        yield from _unknown("event", [part.strip() for part in claim.target.split("..")], known)
    elif claim.test == "state":
        yield from _unknown("state", [claim.target], known)
    elif claim.test == "prediction":
        name, equals, _ = claim.target.partition("=")
        yield from _unknown("state" if equals else "event", [name.strip()], known)
    elif claim.test == "agreement":
        yield from _unknown("claim", [claim.target], known)
    elif claim.test == "count":
        for part in split_list(claim.target):
            if part.partition("=")[0].strip() not in ("kind", "subsystem", "direction", "actor"):
                yield "target", f"'{part}' does not read as kind=, subsystem=, direction= or actor=.", ""
    elif claim.test == "cause" and not re.fullmatch(r"[A-Z]{3}>[A-Z]{3}", claim.target):
        yield "target", f"'{claim.target}' does not read as EXPORTER>IMPORTER.", "For example COL>VEN."


def _unknown(kind: str, names: list[str], known: dict[str, set[str]]) -> Iterator[tuple[str, str, str]]:
    for name in names:
        if name not in known[kind]:
            yield (
                "target",
                f"The record has no {kind} '{name}'.{did_you_mean(name, known[kind])}",
                "Mend the target.",
            )


def _option_problems(claim: Claim) -> Iterator[tuple[str, str, str]]:
    for name, value in claim.options_dict().items():
        if name not in OPTIONS[claim.test]:
            hint = did_you_mean(name, OPTIONS[claim.test])
            yield "options", f"'{name}' is no option of the test '{claim.test}'.{hint}", ""
        elif name == "op" and value not in OPERATORS:
            yield "options", f"'{value}' is no operator.{did_you_mean(value, OPERATORS)}", ""
        elif name == "age" and not value.isdigit():
            yield "options", f"'{value}' is no number of days.", ""
        elif name in ("from", "to"):
            try:
                Period.parse(value)
            except ValueError as error:
                yield "options", f"{error}.", ""
    if claim.test == "cause" and not re.fullmatch(_EPISODES, claim.option("episodes")):
        yield "options", f"'{claim.option('episodes')}' does not read as episodes.", "For example 2008-2010|2012-2020."
    if claim.test == "change" and not (claim.option("from") and claim.option("to")):
        yield "options", "The test 'change' needs the options from= and to=.", ""
