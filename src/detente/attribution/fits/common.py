"""What all dyads of one panel share: the fit of every cell, and the windows compared; made when first asked for and kept.

The windows come from the fit of all dyads, each dyad then left out of the totals of its origin and destination. So one
window answers for every dyad, exactly as the size and the power of the test were measured.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

import numpy as np

from detente.attribution.comparison.similar import Window, compare_window
from detente.attribution.library.ruptures import ruptured
from detente.attribution.residuals import Effects, effects_of, observed
from detente.attribution.sample import Sample
from detente.attribution.words.cautions import collapse_years
from detente.gravity.left_out import WholeTensor

MOST_WINDOWS = 16  #: about 6 MB each on a panel of 229 economies

Turn = tuple[str, str, int]


@dataclass(frozen=True, slots=True, eq=False)
class CommonFits:
    """A sample, the fit of all its dyads, and the windows compared on it.

    Attributes
    ----------
    sample : Sample

    Examples
    --------
    >>> flows = np.random.default_rng(0).lognormal(size=(4, 5, 5))
    >>> common = CommonFits.of((flows, ("AAA", "BBB", "CCC", "DDD", "EEE"), range(2000, 2004)))
    >>> common.without([(0, 1), (1, 0)], slice(0, 2)).used[:, 0, 1].tolist()
    [True, True, False, False]
    """

    sample: Sample
    _whole: list[tuple[WholeTensor, Effects]] = field(default_factory=list, repr=False, compare=False)
    _windows: OrderedDict[tuple[int, int, frozenset[Turn]], Window] = field(
        default_factory=OrderedDict, repr=False, compare=False
    )
    _collapsed: dict[tuple[int, bool], tuple[int, ...]] = field(default_factory=dict, repr=False, compare=False)
    _lock: Any = field(default_factory=RLock, repr=False, compare=False)

    @classmethod
    def of(cls, panel: Any) -> CommonFits:
        """Of a panel, or a sample. What was made of the last panels is kept where nobody can write to their flows."""
        if isinstance(panel, cls):
            return panel
        sample = Sample.of(panel)
        if isinstance(panel, Sample) or _writeable(sample.flows):
            return cls(sample)
        with _GUARD:
            kept = next((one for one in _KEPT if _same(one.sample, sample)), None) or cls(sample)
            _KEPT[:] = [one for one in _KEPT if one is not kept]
            _KEPT.append(kept)
            del _KEPT[:-MOST_PANELS]
            return kept

    @classmethod
    def held(cls, sample: Sample, mark: str) -> CommonFits:
        """In a worker: of the sample with this fingerprint, kept until one of another comes."""
        held = _HELD.get(mark)
        if held is None:
            _HELD.clear()
            held = _HELD[mark] = cls.of(sample)
        return held

    @property
    def tensor(self) -> WholeTensor:
        """The cells of the sample that are observed."""
        return self._fit()[0]

    @property
    def effects(self) -> Effects:
        """Of the fit of all dyads in all years."""
        return self._fit()[1]

    def _fit(self) -> tuple[WholeTensor, Effects]:
        with self._lock:
            if not self._whole:
                tensor = WholeTensor.of(self.sample.flows, observed(self.sample.flows))
                self._whole.append((tensor, effects_of(*tensor.fit())))
        return self._whole[0]

    def without(self, dyads: Iterable[tuple[int, int]], base: slice) -> Effects:
        """Of the fit without ``dyads`` except in the years ``base``."""
        return effects_of(*self.tensor.fit(list(dyads), base))

    def window(self, start: int, end: int, events: Iterable[Turn] = ()) -> Window:
        """Every dyad's change between the years at positions ``start`` and ``end``; its base years do not enter.

        ``events`` are ruptures and reopenings known besides those of the library.
        """
        sample, key = self.sample, (start, end, frozenset(events))
        with self._lock:
            if key not in self._windows:
                years = sample.calendar_year(start), sample.calendar_year(end)
                known = ruptured(sample.economies, *years, key[2])
                self._windows[key] = compare_window(
                    sample.flows, self.effects, sample.years, start, end, known, sample.barred, season=sample.season
                )
            return recent(self._windows, key, MOST_WINDOWS)

    def collapsed(self, k: int, exports: bool) -> tuple[int, ...]:
        """Positions of the years in which nearly all of an economy's exports, or imports, collapse."""
        if (k, exports) not in self._collapsed:
            self._collapsed[k, exports] = collapse_years(self.sample.flows, k, exports=exports)
        return self._collapsed[k, exports]


MOST_PANELS = 2
_HELD: dict[str, CommonFits] = {}
"""In a worker: what its tasks on one panel share, by the panel's fingerprint."""
_KEPT: list[CommonFits] = []
_GUARD = RLock()


def _same(a: Sample, b: Sample) -> bool:
    return a.flows is b.flows and (a.economies, a.years, a.name, a.period) == (b.economies, b.years, b.name, b.period)


def _writeable(flows: np.ndarray) -> bool:
    """Whether anybody can write to the array, or to the one it looks at."""
    held: Any = flows
    while isinstance(held, np.ndarray):
        if held.flags.writeable:
            return True
        held = held.base
    return False


def recent(store: OrderedDict[Any, Any], key: Any, most: int) -> Any:
    """The value, moved to the end; the oldest of more than ``most`` is dropped."""
    store.move_to_end(key)
    while len(store) > most:
        store.popitem(last=False)
    return store[key]
