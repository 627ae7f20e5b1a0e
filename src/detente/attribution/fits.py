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

from detente.attribution.comparison.similar import PlaceboTest, Window, among, compare_window
from detente.attribution.library.ruptures import ruptured
from detente.attribution.residuals import Effects, Residuals, fit_effects, left_out, on_base
from detente.attribution.sample import Sample
from detente.errors import SpecificationError

MOST_FITS = 8  #: about 30 MB each on a panel of 229 economies
MOST_WINDOWS = 32  #: about 5 MB each


@dataclass(frozen=True, slots=True)
class DyadFits:
    """A sample with one dyad, both directions of which are left out of every fit after the base years.

    Attributes
    ----------
    sample : Sample
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

    sample: Sample
    dyad: tuple[int, int]
    events: tuple[tuple[str, str, int], ...] = ()
    parts: dict[str, DyadFits] = field(default_factory=dict, repr=False, compare=False)
    _fits: OrderedDict[tuple[int, int], Residuals] = field(default_factory=OrderedDict, repr=False, compare=False)
    _windows: OrderedDict[tuple[int, int], Window] = field(default_factory=OrderedDict, repr=False, compare=False)

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
        sample = Sample.of(panel.sample if isinstance(panel, cls) else panel)
        i, j = sample.economy(origin), sample.economy(destination)
        if i == j:
            raise SpecificationError(f"'{origin}': origin and destination are the same.", fix="Name two economies.")
        if isinstance(panel, cls) and {i, j} == set(panel.dyad):
            same = (i, j) == panel.dyad  # the parts belong to one direction
            return cls(sample, (i, j), panel.events or tuple(events), panel.parts if same else {}, panel._fits,
                       panel._windows)  # fmt: skip
        return cls(sample, (i, j), tuple(events))

    def on(self, base: tuple[int, int]) -> Residuals:
        """Residuals of all dyads, this one left out except in the base years (first, last)."""
        key = (int(base[0]), int(base[1]))
        if key not in self._fits:
            inside = self.sample.window(key)
            self._fits[key] = on_base(self.sample.flows, self._effects(inside), inside)
        return _kept(self._fits, key, MOST_FITS)

    def _effects(self, base: slice) -> Effects:
        """Of the fit without this dyad except in the base years."""
        (i, j), flows = self.dyad, self.sample.flows
        return fit_effects(flows, ~left_out(flows.shape, [(i, j), (j, i)], base))

    def window(self, start: int, end: int) -> Window:
        """Every dyad's change between the years at positions ``start`` and ``end``, this one left out after ``start``.

        The base years do not enter: a pair's effect cancels from its change.
        """
        key = start, end
        if key not in self._windows:
            sample, (i, j) = self.sample, self.dyad
            known = ruptured(sample.economies, sample.calendar_year(start), sample.calendar_year(end), self.events)
            self._windows[key] = compare_window(
                sample.flows, self._effects(slice(0, start + 1)), sample.years, start, end, known, sample.barred,
                [(i, j), (j, i)], season=sample.season,
            )  # fmt: skip
        return _kept(self._windows, key, MOST_WINDOWS)

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
        fit, window = self.on(base), self.window(start, end)
        if fit.effects.used[start + 1 : end + 1, i, j].any():
            return window.test(i, j)
        with np.errstate(invalid="ignore"):
            return window.test(i, j, float(fit.log_ratio[end, i, j] - fit.log_ratio[start, i, j]))


def _kept(store: OrderedDict[Any, Any], key: Any, most: int) -> Any:
    """The value, moved to the end; the oldest of more than ``most`` is dropped."""
    store.move_to_end(key)
    while len(store) > most:
        store.popitem(last=False)
    return store[key]
