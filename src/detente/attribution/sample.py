"""The panel as this room sees it: an array, its labels, and the economies that are none."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.data.periods import year_of
from detente.economies import not_held
from detente.errors import EmptySample, InvalidFlow, SpecificationError, UnknownEconomy, how_many
from detente.language import Text, When, Word
from detente.panel.persons import refuse_stock

REST_OF_WORLD = "ROW"
UNNAMED = "given panel"
FINEST = 0.001  #: million US$; customs records name smaller amounts, but hardly all of them


@dataclass(frozen=True, slots=True)
class Sample:
    """Flows with labels.

    Attributes
    ----------
    flows : (T, N, N) array, million US$
        Year, origin, destination; nan where missing.
    economies : tuple of str
    years : tuple of int
    name : str
        Of the panel, for labels.
    period : str
        ``year``, ``quarter``, ``month`` or ``five years``.
    """

    flows: NDArray[np.float64]
    economies: tuple[str, ...]
    years: tuple[int, ...]
    name: str
    period: str = "year"

    @classmethod
    def of(cls, panel: Any) -> Sample:
        """From a :class:`detente.panel.Panel` or a tuple (flows, economies, years).

        Raises
        ------
        SpecificationError
            Neither of the two, or labels that do not fit the array.
        InvalidFlow
            A negative or infinite flow.
        """
        if isinstance(panel, Sample):
            return panel
        if getattr(panel, "stock", False):
            refuse_stock(f"The panel '{getattr(panel, 'name', '')}'", "attribute")
        if isinstance(panel, tuple) and len(panel) == 3:
            flows, economies, years = panel
            name = UNNAMED
        elif not isinstance(panel, tuple) and all(hasattr(panel, a) for a in ("flows", "economies", "years")):
            flows, economies, years = panel.flows, panel.economies, panel.years
            name = getattr(panel, "name", "") or UNNAMED
        else:
            raise SpecificationError(
                f"{type(panel).__name__} is no panel.", fix="Give a Panel or (flows, economies, years)."
            )
        flows = np.asarray(flows, dtype=float)
        period = str(getattr(panel, "period", "year"))
        sample = cls(flows, tuple(map(str, economies)), tuple(map(When, years)), name, period)
        sample._check()
        return sample

    def _check(self) -> None:
        wanted = (len(self.years), len(self.economies), len(self.economies))
        if self.flows.shape != wanted:
            raise SpecificationError(
                f"The flows have shape {self.flows.shape}; the labels ask for {wanted}.",
                why="Index order is year, origin, destination.",
            )
        if not self.flows.size:
            raise EmptySample("The panel has no year or no economy.")
        twice = [c for k, c in enumerate(self.economies) if c in self.economies[:k]]
        if twice:
            raise SpecificationError(f"The panel has '{twice[0]}' twice.", fix="Give every economy one row and column.")
        if list(self.years) != sorted(set(self.years)):
            raise SpecificationError("The panel's years must rise without repetition.")
        off = np.argwhere((self.flows < 0) | np.isinf(self.flows))
        if len(off):
            t, i, j = off[0]
            raise InvalidFlow(
                f"{how_many(len(off), 'flow is', 'flows are')} negative or infinite, first {self.economies[i]} -> "
                f"{self.economies[j]} in {self.years[t]}.",
                why="A flow is a value of goods.",
                fix="Correct them, or leave them missing (nan).",
            )

    def economy(self, code: str) -> int:
        """Position of an economy."""
        if code not in self.economies:
            said, fix = not_held(code, self.economies)
            raise UnknownEconomy(
                f"'{code}' is not in the panel '{self.name}'.{said}",
                fix=fix or "Use ISO alpha-3 codes, or a panel that has this economy.",
            )
        return self.economies.index(code)

    def year(self, year: int, *, what: str = "The year") -> int:
        """Position of a year."""
        if year not in self.years:
            steps = "" if self.consecutive else f" in {len(self.years)} steps"
            called = "" if self.name == UNNAMED else f" ({self.name})"
            raise SpecificationError(
                f"{what} {year}: outside the panel, which has {self.years[0]} to {self.years[-1]}{steps}{called}.",
                why="No flow stands on that side of the change.",
                fix="Choose years of the panel, or a panel that reaches further.",
            )
        return self.years.index(year)

    @property
    def consecutive(self) -> bool:
        return self.years[-1] - self.years[0] + 1 == len(self.years)

    def window(self, years: Iterable[int]) -> slice:
        """Positions of the base years ``(from, to)``, both included."""
        first, last = years
        inside = [k for k, y in enumerate(self.years) if first <= y <= last]
        if first > last or not inside:
            raise SpecificationError(
                f"No year of the panel ({self.years[0]}-{self.years[-1]}) lies in the base window {first}-{last}.",
                why="The pair effect is what the dyad traded in its base years.",
                fix="Choose base years inside the panel.",
            )
        return slice(inside[0], inside[-1] + 1)

    @property
    def season(self) -> int:
        """Periods in a year."""
        return {"quarter": 4, "month": 12}.get(self.period, 1)

    def calendar_year(self, t: int) -> int:
        """The year of the period at position ``t``."""
        return year_of(self.years[t], self.period)

    @property
    def smallest(self) -> float:
        """The smallest flow that the panel is taken to record, million US$: a zero is less than this."""
        positive = self.flows[self.flows > 0]
        return max(float(positive.min()), FINEST) if positive.size else FINEST

    @property
    def barred(self) -> tuple[int, ...]:
        """Positions that are never a placebo or a donor."""
        return tuple(k for k, code in enumerate(self.economies) if code == REST_OF_WORLD)

    @property
    def fingerprint(self) -> str:
        """The same for the same flows of the same economies and periods, in any process."""
        labels = repr((self.economies, tuple(map(str, self.years)), self.name, self.period)).encode()
        return hashlib.blake2b(self.flows.tobytes() + labels, digest_size=16).hexdigest()

    @property
    def label(self) -> str:
        n, name = len(self.economies) - len(self.barred), Word(self.name, group="panel_name")
        return Text("economies.listed_rest" if self.barred else "economies.listed", name=name, n=n)
