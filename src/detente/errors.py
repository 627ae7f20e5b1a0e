"""Everything détente raises on purpose.

::

    DetenteError                       exit code
    ├── UsageError                     2   the call itself is off
    │   └── OutputError                2   the output folder is in use or cannot be written
    ├── WorkerLost (RuntimeError)      1   a process at work ended from outside
    ├── DataError (ValueError)         3
    │   ├── UnreadableFile (OSError)
    │   ├── UnknownColumn (KeyError)
    │   ├── AmbiguousColumn
    │   ├── UnknownEconomy (LookupError)
    │   ├── InvalidFlow
    │   ├── DuplicateRows
    │   ├── EmptySample
    │   ├── MissingInternalTrade
    │   ├── UnbalancedAccounts
    │   ├── TooFewDonors
    │   └── RecordError                    every problem of a record, by file, row and column
    ├── SpecificationError (ValueError) 4
    │   ├── FormulaError
    │   ├── NotIdentified
    │   ├── InvalidShock
    │   ├── StudyError
    │   │   └── UnknownStudy (LookupError)
    │   └── MissingExtra (ImportError)
    └── NotConverged (RuntimeError)    5   carries the state reached as ``.state``
        └── NoEquilibrium                  no prices clear the markets; says for whom

Every message says what is wrong, where, why it matters and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any


def first_five(items: Iterable[Any]) -> str:
    """The first five of ``items`` in words, with the count of the rest."""
    items = list(items)
    shown = ", ".join(str(item) for item in items[:5])
    return shown if len(items) <= 5 else f"{shown} and {len(items) - 5} more"


def how_many(n: int, one: str, several: str = "") -> str:
    """A count with its noun, or with all that agrees with it.

    >>> how_many(1, "row"), how_many(1204, "row"), how_many(0, "entry", "entries")
    ('1 row', '1,204 rows', '0 entries')
    """
    return f"{n:,} {one if n == 1 else several or one + 's'}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``" Did you mean 'x'?"``, or nothing when no known word is close."""
    by_folded = {str(k).casefold(): k for k in known}
    close = get_close_matches(str(word).casefold(), by_folded, n=2, cutoff=0.6)
    if not close:
        return ""
    return " Did you mean " + " or ".join(f"'{by_folded[c]}'" for c in close) + "?"


class DetenteError(Exception):
    """Base of all errors raised on purpose: what, where, why it matters, what to do."""

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", why: str = "", fix: str = "") -> None:
        self.what, self.where, self.why, self.fix = what, where, why, fix
        super().__init__(" ".join(part for part in (what, where, why, fix) if part))

    def __str__(self) -> str:  # KeyError would quote the message
        return str(self.args[0]) if self.args else ""


class UsageError(DetenteError):
    """The call itself is off: a wrong option or argument."""

    exit_code = 2


class OutputError(UsageError):
    """An output folder is already in use or cannot be written."""


class WorkerLost(DetenteError, RuntimeError):
    """A process that was at work has ended from outside: memory ran out, or somebody ended it."""


class DataError(DetenteError, ValueError):
    """The data given cannot be used as they are."""

    exit_code = 3


class UnreadableFile(DataError, OSError):
    """A file is missing, empty, of another format or not in the encoding promised."""


class UnknownColumn(DataError, KeyError):
    """A column that is needed or was named is not there."""

    @classmethod
    def named(cls, name: str, columns: Sequence[str], *, where: str = "") -> UnknownColumn:
        return cls(
            f"There is no column '{name}'{' in ' + where if where else ''}.{did_you_mean(name, columns)}",
            fix=f"The columns are: {', '.join(map(str, columns))}.",
        )


class AmbiguousColumn(DataError):
    """Two columns could play the same role."""


class UnknownEconomy(DataError, LookupError):
    """A code or name is not an economy, or was not one at that date."""


class InvalidFlow(DataError):
    """A flow is negative, infinite or not a number."""


class DuplicateRows(DataError):
    """The same origin, destination and period (and sector) appear twice."""


class EmptySample(DataError):
    """Nothing is left to work on."""


class MissingInternalTrade(DataError):
    """An equilibrium needs each economy's trade with itself."""


class UnbalancedAccounts(DataError):
    """Output, expenditure and flows do not add up."""


class TooFewDonors(DataError):
    """Too few comparable pairs for a placebo distribution or a synthetic control."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file a person wrote: where it stands, what it is, what to do."""

    file: str
    row: int | None
    column: str | None
    what: str
    fix: str = ""

    def __str__(self) -> str:
        place = self.file
        if self.row is not None:
            place += f", row {self.row}"
        if self.column:
            place += f", {'key' if self.file.endswith('.toml') else 'column'} '{self.column}'"
        return f"{place}: {self.what}" + (f" {self.fix}" if self.fix else "")


class RecordError(DataError):
    """A record has problems; all of them are in ``.problems``."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        shown = "\n  ".join(str(p) for p in self.problems[:5])
        more = len(self.problems) - 5
        super().__init__(
            f"{how_many(len(self.problems), 'problem')} in the record:\n  {shown}"
            + (f"\n  and {more} more." if more > 0 else "")
        )


class SpecificationError(DetenteError, ValueError):
    """What was asked of a model or a study makes no sense as written."""

    exit_code = 4


class FormulaError(SpecificationError):
    """A formula cannot be read; the message points at the place."""


class NotIdentified(SpecificationError):
    """The data cannot tell the effect asked for (collinear, constant, separated); ``.state`` is what was found out."""

    def __init__(self, what: str, *, state: Any = None, where: str = "", why: str = "", fix: str = "") -> None:
        self.state = state
        super().__init__(what, where=where, why=why, fix=fix)


class InvalidShock(SpecificationError):
    """A shock names an unknown economy, leaves trade in one direction only, or is out of domain."""


class StudyError(SpecificationError):
    """A study folder is incomplete or contradicts itself."""


class UnknownStudy(StudyError, LookupError):
    """There is no such study."""


class MissingExtra(SpecificationError, ImportError):
    """An optional library is not installed."""

    @classmethod
    def needed(cls, package: str, extra: str, purpose: str) -> MissingExtra:
        return cls(
            f"{purpose} needs the package '{package}', which is not installed.",
            fix=f'Install it with: python -m pip install "detente[{extra}]"',
        )


class NotConverged(DetenteError, RuntimeError):
    """An iteration stopped before its tolerance; ``.state`` is what it had reached."""

    exit_code = 5

    def __init__(self, what: str, *, state: Any = None, where: str = "", why: str = "", fix: str = "") -> None:
        self.state = state
        super().__init__(what, where=where, why=why, fix=fix)


class NoEquilibrium(NotConverged):
    """No prices clear the markets: somebody would have to spend less than nothing, or owe with nobody to owe to."""
