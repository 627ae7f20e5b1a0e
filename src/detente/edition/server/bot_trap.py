"""What tells a program that fills forms from a person: a field nobody sees, and a form that came back at once."""

from __future__ import annotations

from collections.abc import Callable
from hmac import compare_digest

SOONEST, LATEST = 2.0, 86_400.0  # seconds from the form to its answer


class Trap:
    """The stamp of a form: when it was given out, with a mark that only this desk can make.

    Parameters
    ----------
    keyed : a keyed hash.
    """

    def __init__(self, keyed: Callable[[str], str]) -> None:
        self.keyed = keyed

    def stamp(self, now: float) -> str:
        return f"{int(now)}.{self.keyed(f'form:{int(now)}')[:20]}"

    def passed(self, stamp: str, now: float) -> bool:
        """Whether a person may have filled the form in."""
        given, _, mark = stamp.partition(".")
        if not (given.isascii() and given.isdigit() and len(given) < 12):
            return False
        known = compare_digest(mark.encode(), self.keyed(f"form:{int(given)}")[:20].encode())
        return known and SOONEST <= now - int(given) <= LATEST
