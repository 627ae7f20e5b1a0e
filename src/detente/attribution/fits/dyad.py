"""One panel, one dyad: the fits without it and the windows compared, made when first asked for and kept.

A run asks for the same fit many times (the findings, the side-by-side attributions, the methods, the breaks, the
specifications); whoever takes a panel also takes this in its place.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.attribution.comparison.similar import PlaceboTest, Window, among
from detente.attribution.fits.common import CommonFits, recent
from detente.attribution.library.ruptures import ruptured
from detente.attribution.residuals import Effects, Residuals, between, on_base
from detente.attribution.sample import Sample
from detente.errors import SpecificationError

MOST_FITS = 8  #: about 30 MB each on a panel of 229 economies, where the residuals of all dyads are asked for
MOST_EFFECTS = 32  #: about 2 MB each


@dataclass(frozen=True, slots=True)
class DyadFits:
    """A sample with one dyad, both directions of which are left out of every fit after the base years.

    Attributes
    ----------
    common : CommonFits
        The sample, and what its other dyads share with this one.
    dyad : (int, int)
        Positions of the origin and the destination asked for.
    events : tuple of (origin, destination, year)
        Ruptures and reopenings known to a study, beside those of the library.
    parts : dict of str to DyadFits
        The same dyad on other samples of economies, for whoever asks again.

    Examples
    --------
    >>> import numpy as np
    >>> flows = np.random.default_rng(0).lognormal(size=(4, 5, 5))
    >>> fits = DyadFits.of((flows, ("AAA", "BBB", "CCC", "DDD", "EEE"), range(2000, 2004)), "AAA", "BBB")
    >>> fits.on((2000, 2002)) is fits.on((2000, 2002))
    True
    """

    common: CommonFits
    dyad: tuple[int, int]
    events: tuple[tuple[str, str, int], ...] = ()
    parts: dict[str, DyadFits] = field(default_factory=dict, repr=False, compare=False)
    _fits: OrderedDict[tuple[int, int], Residuals] = field(default_factory=OrderedDict, repr=False, compare=False)
    _effects: OrderedDict[tuple[int, int], Effects] = field(default_factory=OrderedDict, repr=False, compare=False)

    @property
    def sample(self) -> Sample:
        """The panel."""
        return self.common.sample

    @classmethod
    def of(
        cls, panel: Any, origin: str, destination: str, events: Iterable[tuple[str, str, int]] = ()
    ) -> DyadFits:  # fmt: skip
        """From a panel, a sample, or the fits of the same dyad (either direction), which are handed on.

        Raises
        ------
        UnknownEconomy, SpecificationError
            An economy that the panel lacks, one economy twice, or something that is no panel.
        """
        common = panel.common if isinstance(panel, cls) else CommonFits.of(panel)
        i, j = common.sample.economy(origin), common.sample.economy(destination)
        if i == j:
            raise SpecificationError(f"'{origin}': origin and destination are the same.", fix="Name two economies.")
        if isinstance(panel, cls) and {i, j} == set(panel.dyad):
            same = (i, j) == panel.dyad  # the parts belong to one direction
            return cls(common, (i, j), panel.events or tuple(events), panel.parts if same else {}, panel._fits,
                       panel._effects)  # fmt: skip
        return cls(common, (i, j), tuple(events))

    def on(self, base: tuple[int, int]) -> Residuals:
        """Residuals of all dyads, this one left out except in the base years (first, last)."""
        key = (int(base[0]), int(base[1]))
        if key not in self._fits:
            inside = self.sample.window(key)
            self._fits[key] = on_base(self.sample.flows, self.effects(inside), inside)
        return recent(self._fits, key, MOST_FITS)

    def own(self, base: slice) -> Residuals:
        """Residuals of this dyad's two directions alone, the origin asked for at position 0: the numbers of ``on``."""
        return between(self.sample.flows, self.effects(base), base, *self.dyad)

    def effects(self, base: slice) -> Effects:
        """Of the fit without this dyad except in the base years."""
        key = base.start, base.stop
        if key not in self._effects:
            i, j = self.dyad
            self._effects[key] = self.common.without([(i, j), (j, i)], base)
        return recent(self._effects, key, MOST_EFFECTS)

    def window(self, start: int, end: int) -> Window:
        """Every dyad's change between the years at positions ``start`` and ``end``, each left out of its totals.

        The base years do not enter: a pair's effect cancels from its change.
        """
        ours = {self.sample.economies[k] for k in self.dyad}  # never among its own similar pairs
        return self.common.window(start, end, (e for e in self.events if set(e[:2]) != ours))

    def change(self, start: int, end: int, i: int, j: int, base: slice | None = None) -> float:
        """Of i -> j, log points: this dyad left out except in the base years, or up to ``start`` where none are given."""
        inside = slice(0, start + 1) if base is None else base
        at = (0, 1) if (i, j) == self.dyad else (1, 0)
        path = self.own(inside).log_ratio[:, at[0], at[1]]
        with np.errstate(invalid="ignore"):
            return float(path[end] - path[start])

    def ruptured(self) -> NDArray[np.bool_]:
        """(N, N) bool: dyads with a known rupture or reopening in any year of the panel, this one apart."""
        sample, (i, j) = self.sample, self.dyad
        known = ruptured(sample.economies, sample.calendar_year(0), sample.calendar_year(-1), self.events)
        known[i, j] = known[j, i] = False
        return known

    def test(
        self, base: tuple[int, int], start: int, end: int, i: int, j: int, chosen: NDArray[np.bool_] | None = None
    ) -> PlaceboTest:
        """The change of i -> j, as the fit on ``base`` has it, among similar pairs, or plainly among those ``chosen``.

        Where the base years reach beyond ``start``, similar pairs are compared with the change of the dyad left out
        after ``start``.

        Raises
        ------
        TooFewDonors
            None to compare with.
        """
        if chosen is not None:
            with np.errstate(invalid="ignore"):
                change = self.on(base).log_ratio[end] - self.on(base).log_ratio[start]
            return among(float(change[i, j]), change[chosen])
        window, inside = self.window(start, end), self.sample.window(base)
        reaches = self.effects(inside).used[start + 1 : end + 1, i, j].any()
        return window.test(i, j, self.change(start, end, i, j, None if reaches else inside))
