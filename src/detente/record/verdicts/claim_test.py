"""A kind of claim test: what a claim must say to be tested so, what it may name, and the rule that judges it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from detente.errors import Problem, did_you_mean
from detente.record.period import Period
from detente.record.reading import FIRST_ROW, split_list
from detente.record.rows import Claim
from detente.record.schema import TESTS
from detente.record.states.vocabulary import parse_sets
from detente.record.verdicts.evidence import Evidence
from detente.record.verdicts.numbers import OPERATORS
from detente.record.verdicts.verdict import MARKS, Verdict

Issue = tuple[str, str, str]
"""Something wrong with a claim: the column, what it is, what to do."""
Option = Callable[[str], str]
"""Reads the value of an option; gives what is wrong with it in words, or nothing."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the targets of a record's claims may name.

    Attributes
    ----------
    series, event, claim, state : frozenset of str
    """

    series: frozenset[str]
    event: frozenset[str]
    claim: frozenset[str]
    state: frozenset[str]

    @classmethod
    def of(cls, tables: Mapping[str, pl.DataFrame]) -> Known:
        """From the text frames of a record."""
        sets = tables["events"]["sets"].drop_nulls()
        return cls(
            series=frozenset(tables["figures"]["series"].drop_nulls()),
            event=frozenset(tables["events"]["event_id"]),
            claim=frozenset(tables["claims"]["claim_id"]),
            state=frozenset(change.name for cell in sets for change in parse_sets(cell)),
        )


@dataclass(frozen=True, slots=True)
class ClaimTest:
    """One kind of claim test.

    Attributes
    ----------
    name : str
        As the column ``test`` has it.
    rule : callable (Claim, Evidence) -> Verdict
        A pure function: the claim says what to compare, the rule compares.
    target : callable (Claim, Known) -> iterable of Issue
        What is wrong with the claim's target, once there is one.
    needs : callable (Claim) -> iterable of str
        Columns the claim must fill; those that every claim of the kind needs.
    options : mapping of str to Option
        Options it takes besides those of :data:`COMMON`, each with what reads its value.
    words : mapping of str to callable (Claim) -> tuple of str
        Columns read as one of a few words.
    more : callable (Claim) -> iterable of Issue
        Any further problem.
    rows_named : mapping of str to callable (target) -> list of str
        Tables of the record whose rows the target names, and how to read their ids.
    """

    name: str
    rule: Callable[[Claim, Evidence], Verdict]
    target: Callable[[Claim, Known], Iterable[Issue]]
    needs: Callable[[Claim], Iterable[str]] = lambda claim: ()
    options: Mapping[str, Option] = field(default_factory=dict)
    words: Mapping[str, Callable[[Claim], tuple[str, ...]]] = field(default_factory=dict)
    more: Callable[[Claim], Iterable[Issue]] = lambda claim: ()
    rows_named: Mapping[str, Callable[[str], list[str]]] = field(default_factory=dict)


def register(test: ClaimTest) -> ClaimTest:
    """Add a kind of claim test.

    Raises
    ------
    SpecificationError
        Where there is already one of its name.
    """
    return TESTS.add(test.name, test)


def one_of(kind: str, words: Iterable[str]) -> Option:
    """An option that takes one of a few words."""
    known = tuple(words)

    def read(value: str) -> str:
        return "" if value in known else f"'{value}' cannot be used as {kind}.{did_you_mean(value, known)}"

    return read


def whole_number(what: str) -> Option:
    """An option that takes a number without sign or decimals."""
    return lambda value: "" if value.isdigit() else f"'{value}' is no number of {what}."


def number(value: str) -> str:
    """An option that takes a number above zero."""
    try:
        return "" if 0 < float(value) < math.inf else f"'{value}' is not above zero."
    except ValueError:
        return f"'{value}' is not a number."


def period(value: str) -> str:
    """An option that takes a period."""
    try:
        Period.parse(value)
    except ValueError as error:
        return f"{error}."
    return ""


def anything(value: str) -> str:
    """An option that takes any text."""
    return "" if value else "The option is empty."


operator = one_of("operator", OPERATORS)
COMMON: Mapping[str, Option] = {"mark": one_of("mark", MARKS)}
"""Options that every kind of test takes."""
NUMBER: Mapping[str, Option] = {"op": operator, "digits": whole_number("digits")}
"""Options of a test of a number: its operator, and significant digits that the cell has lost."""


def unknown(kind: str, names: Iterable[str], known: Known) -> Iterator[Issue]:
    """Names in a target that the record does not have."""
    held: frozenset[str] = getattr(known, kind)
    for name in names:
        if name not in held:
            yield "target", f"The record has no {kind} '{name}'.{did_you_mean(name, held)}", "Fix the target."


def check_claims(tables: Mapping[str, pl.DataFrame]) -> list[Problem]:
    """Problems in the test, target and options columns of the claims."""
    known = Known.of(tables)
    found = []
    for row_number, row in enumerate(tables["claims"].iter_rows(named=True), start=FIRST_ROW):
        for column, what, fix in _issues(Claim.from_row(row), known):
            found.append(Problem("claims.csv", row_number, column, what, fix))
    return found


def _issues(claim: Claim, known: Known) -> Iterator[Issue]:
    if not claim.test:
        if claim.target or set(claim.options) - {*COMMON, *NUMBER}:
            yield "test", "There is a target or an option but no test.", "Name the test."
        if not claim.why_not:
            yield "why_not", "There is neither a test nor a reason why none is possible.", "Fill one of the two."
        return
    test: ClaimTest = TESTS[claim.test]
    if claim.target:
        yield from test.target(claim, known)
    else:
        yield "target", f"The test '{claim.test}' has no target.", "Say what to compare with."
    yield from _option_issues(claim, test)
    for column in test.needs(claim):
        if not getattr(claim, column):
            yield column, f"The test '{claim.test}' needs '{column}'.", "Fill it."
    for column, words_of in test.words.items():
        cell, words = getattr(claim, column), words_of(claim)
        if cell and words and cell not in words:
            what = f"'{cell}' cannot be used by the test '{claim.test}'.{did_you_mean(cell, words)}"
            yield column, what, f"Use one of: {', '.join(words)}."
    yield from _sign_issues(claim)
    yield from test.more(claim)


def _option_issues(claim: Claim, test: ClaimTest) -> Iterator[Issue]:
    for name, value in claim.options.items():
        read = test.options.get(name) or COMMON.get(name)
        if read is None:
            hint = did_you_mean(name, [*test.options, *COMMON])
            yield "options", f"'{name}' is no option of the test '{claim.test}'.{hint}", ""
        elif what := read(value):
            yield "options", what, ""


def _sign_issues(claim: Claim) -> Iterator[Issue]:
    """A rise below zero, or a fall above it with a sign."""
    value = claim.value.strip()
    if (claim.state == "up" and value.startswith("-")) or (claim.state == "down" and value.startswith("+")):
        yield "value", f"'{value}' and '{claim.state}' contradict each other.", "Fix the sign or the state."


def ids_in(target: str) -> list[str]:
    """Ids of a target that is a list, or the part before an equals sign."""
    return [part.partition("=")[0].strip() for part in split_list(target)]
