"""One change of a row, and the ways in which it is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from detente.errors import DetenteError, Problem, first_five, how_many
from detente.web.editor.csv_rows import Row


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row to be written, or to go.

    Attributes
    ----------
    table : events, claims, figures or sources.
    id : of the row as it stands now; empty for a new one.
    digest : of the row the editor was shown; empty for a new one.
    cells : column to text; None takes the row out.
    """

    table: str
    id: str
    digest: str
    cells: Mapping[str, str] | None


class Rejected(DetenteError):
    """The record would not be valid; ``problems`` are those the change brings."""

    exit_code = 3

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, problems)), fix="Nothing was written.")


class InUse(DetenteError):
    """The row is named elsewhere and cannot go; ``users`` says where."""

    exit_code = 3

    def __init__(self, id_: str, users: Sequence[str]) -> None:
        self.users = tuple(users)
        super().__init__(
            f"'{id_}' is named in {how_many(len(users), 'other place')}: {first_five(users)}.",
            why="Without it they would point at nothing.",
            fix="Change or delete those first.",
        )


class Conflict(DetenteError):
    """The row was changed since it was shown; ``now`` is what stands there (None: it is gone)."""

    exit_code = 3

    def __init__(self, id_: str, now: Row | None) -> None:
        self.now = now
        super().__init__(
            f"'{id_}' was changed after this page was loaded." if now else f"'{id_}' is no longer there.",
            why="Saving now would overwrite somebody's work.",
            fix="Compare the two below, then save again or leave it.",
        )
