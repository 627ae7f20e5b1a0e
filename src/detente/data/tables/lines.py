"""On which line of its file a row of a table stands."""

from __future__ import annotations

from dataclasses import dataclass

HEADER = 1


@dataclass(frozen=True, slots=True)
class Lines:
    """What it takes to tell the line of a row.

    Attributes
    ----------
    above : int
        Lines of the file above its header.
    height : int
        Rows of the file, where each became one for each of several columns (years side by side); 0 where none did.

    Examples
    --------
    >>> Lines().of(0), Lines(above=1).of(0), Lines(height=3).of(4)
    (2, 3, 3)
    """

    above: int = 0
    height: int = 0

    def of(self, row: int) -> int:
        """The line, from 1, of the row that is ``row``-th from 0."""
        return (row % self.height if self.height else row) + 1 + HEADER + self.above


PLAIN = Lines()
"""A header on the first line, and a row on each of the others."""
