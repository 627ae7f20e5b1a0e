"""What was asked of a forecast of trade: flows known by then, the event, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from detente.attribution.library.catalogue import INSTRUMENTS, SCOPES
from detente.attribution.sample import Sample
from detente.errors import SpecificationError, did_you_mean
from detente.language import Text, Word
from detente.outlook.trade.walk import FlowHistory, PastChanges

HORIZONS = (1, 2, 3)
BASE_YEARS = 5
EVENTS = ("reopening", "rupture")
Latest = Mapping[tuple[str, str], tuple[int, float]]


@dataclass(frozen=True, slots=True)
class AskedTrade:
    sample: Sample
    as_of: int
    event: str
    happened: int
    instrument: str | None
    base: tuple[int, int] | None
    latest: Mapping[tuple[str, str], tuple[int, float]]
    scope: str | None = None
    _past: dict[int, PastChanges] = field(default_factory=dict)
    _history: list[FlowHistory] = field(default_factory=list)

    def check_latest(self) -> None:
        for (a, b), (year, value) in self.latest.items():
            if not (0 < value < np.inf) or year >= self.as_of:
                raise SpecificationError(
                    f"latest: {value:g} million US$ from {a} to {b} in {year} is no earlier flow than {self.as_of}.",
                    fix="Give positive flows of full years before as_of.",
                )

    def history(self) -> FlowHistory:
        """Size and unrest of all flows, made once for both directions."""
        if not self._history:
            self._history.append(FlowHistory.of(self.sample.flows, self.sample.years))
        return self._history[0]

    def past(self, horizon: int) -> PastChanges:
        """What became of all flows, made once for both directions."""
        if horizon not in self._past:
            self._past[horizon] = PastChanges.of(self.history(), horizon)
        return self._past[horizon]


def year_of(as_of: int | str | date) -> int:
    if isinstance(as_of, date):
        return as_of.year
    try:
        return int(as_of) if isinstance(as_of, int) or as_of.isdigit() else date.fromisoformat(as_of).year
    except (ValueError, AttributeError):
        raise SpecificationError(f"as_of={as_of!r} is no year and no day.", fix="Write 2022 or 2022-09-15.") from None


def check_asked(
    sample: Sample, year: int, a: str, b: str, event: str | None, instrument: str | None, scope: str | None,
    latest: Mapping[tuple[str, str], tuple[int, float]],
) -> None:  # fmt: skip
    if sample.period != "year":
        raise SpecificationError(
            Text("no_forecast.other_period", period=Word(sample.period, group="period")),
            why="Only yearly forecasts were scored.",
            fix="Sum it to years.",
        )
    if a == b:
        raise SpecificationError(f"{a} was named twice.", fix="Name two different economies.")
    if event is not None and event not in EVENTS:
        raise SpecificationError(
            f"event={event!r} is not known.{did_you_mean(event, EVENTS)}", fix="Ask for 'reopening', 'rupture' or none."
        )
    if instrument is not None and (event != "rupture" or instrument not in INSTRUMENTS):
        raise SpecificationError(
            f"instrument={instrument!r} is not known of a rupture.{did_you_mean(instrument, INSTRUMENTS)}",
            fix=f"With event='rupture', the instruments are: {', '.join(INSTRUMENTS)}.",
        )
    if scope is not None and scope not in SCOPES.get(instrument or "", ()):
        known = "; ".join(f"{name}: {', '.join(of)}" for name, of in SCOPES.items())
        raise SpecificationError(
            f"scope={scope!r} is not known of instrument={instrument!r}."
            f"{did_you_mean(scope, [name for of in SCOPES.values() for name in of])}",
            fix=f"What a rupture stops, by instrument: {known}.",
        )
    inside = [y for y in sample.years if y < year]
    if inside and max([inside[-1], *(y for y, _ in latest.values())]) + max(HORIZONS) < year:
        raise SpecificationError(
            f"The panel ends in {inside[-1]}: as of {year} its forecasts are all of the past.",
            why=f"They reach {max(HORIZONS)} years.",
            fix=f"Ask as of {inside[-1] + max(HORIZONS)} or earlier, or give a newer panel.",
        )
    if len(inside) < BASE_YEARS:
        raise SpecificationError(
            f"The panel has {len(inside)} years before {year}.",
            why="A range is learnt from the years before.",
            fix=f"Ask as of {sample.years[0] + 2 * BASE_YEARS} or later, or give a longer panel.",
        )
    for code in (a, b):
        sample.economy(code)
