"""The setting of the scenario desk: everything that fixes its numbers, as it stands in the address bar."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urlencode

from detente.errors import Problem, SpecificationError
from detente.web.desk.levers import CLOSED, levers

DEFICITS = ("multiplicative", "additive", "universal", "balanced")
LIMITS = {"theta": (0.5, 20.0), "psi": (0.0, 5.0), "ratio": (0.5, 4.0)}
TARIFFS = ("tariff_there_pct", "tariff_back_pct")
HIGHEST_TARIFF = 500.0  # percent
GROWTH = ("growth_first_pct", "growth_second_pct")
GROWTH_LIMITS = (-50.0, 100.0)  # percent; beyond them elasticities of ordinary decades say nothing
MOST = 10.0  # log points: a factor of 22,000; beyond it a border is better closed outright
MOST_PINS = 3
LONGEST_SECTOR = 120  # characters of a sector's name


@dataclass(frozen=True, slots=True)
class Setting:
    """One scenario of the desk.

    Attributes
    ----------
    year, gdp_case, ratio : the baseline: its year, end of the GDP range, gross output over GDP.
    theta, psi : trade and supply elasticity.
    deficits : rule.
    there, back : change of the pair's own residual from the first economy to the second and back, log points.
    tariff_there_pct, tariff_back_pct : ad valorem rates on what the first economy sells to the second, and back, percent;
        levied by who buys, on top of none.
    pass_through_pct : the share of a tariff that buyers see; the sellers bear the rest.
    sector : of the study's input-output table, to which everything moved is kept; empty for the whole trade.
    migration : whether people follow real wages, where the study has a file of people.
    growth_first_pct, growth_second_pct : rise of income per head in either economy, percent: how many leave it for the
        other. It moves no trade.
    effects : log points by lever; minus infinity on ``goods`` closes the border. Levers not named stand at zero.
    """

    year: int
    gdp_case: str = "published"
    ratio: float = 1.0
    theta: float = 5.0
    psi: float = 0.0
    deficits: str = "multiplicative"
    there: float = 0.0
    back: float = 0.0
    tariff_there_pct: float = 0.0
    tariff_back_pct: float = 0.0
    pass_through_pct: float = 100.0
    sector: str = ""
    migration: bool = False
    growth_first_pct: float = 0.0
    growth_second_pct: float = 0.0
    effects: Mapping[str, float] = field(default_factory=dict)

    @property
    def closed(self) -> bool:
        return CLOSED in self.effects.values()

    @property
    def tariffs(self) -> tuple[float, float]:
        """Ad valorem rates from the first economy to the second, and back: 0.25 is 25%."""
        return self.tariff_there_pct / 100, self.tariff_back_pct / 100

    @property
    def pass_through(self) -> float:
        """The share of a tariff that buyers see."""
        return self.pass_through_pct / 100

    @property
    def growths(self) -> tuple[float, float]:
        """Rise of income per head in the first economy and in the second, percent."""
        return self.growth_first_pct, self.growth_second_pct

    def totals(self) -> tuple[float, float]:
        """Log points from the first economy to the second, and back."""
        common = CLOSED if self.closed else sum(self.effects.values())
        return self.there + common, self.back + common

    def query(self) -> str:
        """The setting as an address writes it: baseline and elasticities in full, levers that are moved.

        >>> Setting(2014, theta=4.0, effects={"bloc": 0.475}).query()
        'year=2014&gdp_case=published&ratio=1&theta=4&psi=0&deficits=multiplicative&bloc=0.475'
        """
        pairs = [("year", str(self.year)), ("gdp_case", self.gdp_case)]
        pairs += [(name, f"{getattr(self, name):g}") for name in ("ratio", "theta", "psi")]
        pairs.append(("deficits", self.deficits))
        pairs += [
            (name, f"{value:g}") for name in ("there", "back", *TARIFFS, *GROWTH) if (value := getattr(self, name))
        ]
        pairs += [("pass_through_pct", f"{self.pass_through_pct:g}")] if self.pass_through_pct != 100 else []
        pairs += [("sector", self.sector)] if self.sector else []
        pairs += [("migration", "1")] if self.migration else []
        moved = ((lever.id, self.effects.get(lever.id, 0.0)) for lever in levers())
        pairs += [(name, "closed" if value == CLOSED else f"{value:g}") for name, value in moved if value]
        return urlencode(pairs)


def as_written(value: float) -> float:
    """A number as an address keeps it: to six significant digits."""
    return float(f"{value:g}")


def read_setting(query: Mapping[str, str], default: Setting) -> Setting:
    """A setting from an address; what is absent stands at ``default``.

    Raises
    ------
    SpecificationError
        A value that is no number, or outside the model's domain; the message names all of them.
    """
    wrong: list[Problem] = []

    def number(name: str, low: float, high: float, otherwise: float) -> float:
        return _number(query, name, (low, high), otherwise, wrong)

    deficits = query.get("deficits", default.deficits)
    if deficits not in DEFICITS:
        wrong.append(Problem("address", None, "deficits", f"{deficits[:40]!r} is none of {', '.join(DEFICITS)}."))
        deficits = default.deficits
    setting = replace(
        default,
        year=int(number("year", 1800, 2100, default.year)),
        gdp_case=query.get("gdp_case", default.gdp_case),
        ratio=number("ratio", *LIMITS["ratio"], default.ratio),
        theta=number("theta", *LIMITS["theta"], default.theta),
        psi=number("psi", *LIMITS["psi"], default.psi),
        deficits=deficits,
        there=number("there", -MOST, MOST, default.there),
        back=number("back", -MOST, MOST, default.back),
        tariff_there_pct=number(TARIFFS[0], 0.0, HIGHEST_TARIFF, default.tariff_there_pct),
        tariff_back_pct=number(TARIFFS[1], 0.0, HIGHEST_TARIFF, default.tariff_back_pct),
        pass_through_pct=number("pass_through_pct", 0.0, 100.0, default.pass_through_pct),
        sector=query.get("sector", default.sector)[:LONGEST_SECTOR],
        migration=query.get("migration", "1" if default.migration else "") == "1",
        growth_first_pct=number(GROWTH[0], *GROWTH_LIMITS, default.growth_first_pct),
        growth_second_pct=number(GROWTH[1], *GROWTH_LIMITS, default.growth_second_pct),
        effects={v.id: x for v in levers() if (x := number(v.id, -MOST, MOST, default.effects.get(v.id, 0.0)))},
    )
    if not wrong and not setting.closed and max(map(abs, setting.totals())) > MOST:
        what = f"The effects add up to more than {MOST:g} log points."
        wrong.append(Problem("address", None, "effects", what, "Close the border."))
    if setting.migration and (setting.sector or any(setting.tariffs)):
        what = "People who move go with neither tariffs nor one sector."
        wrong.append(Problem("address", None, "migration", what, "Set these back, or keep people where they are."))
    if wrong:
        raise SpecificationError(
            "This setting is outside the model's domain.",
            why=" ".join(f"{p.column}: {p.what} {p.fix}".strip() for p in wrong),
            fix="Move the values back into their ranges; the rest of the setting was kept.",
        )
    return setting


def _number(
    query: Mapping[str, str], name: str, span: tuple[float, float], otherwise: float, wrong: list[Problem]
) -> float:
    """A number of the address within its span; what is none is added to the problems."""
    text = query.get(name, "").strip()
    if not text:
        return otherwise
    if text == "closed" and name == "goods":
        return CLOSED
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not span[0] <= value <= span[1]:
        wrong.append(Problem("address", None, name, f"{text[:40]!r} is not a number from {span[0]:g} to {span[1]:g}."))
        return otherwise
    return value


def _unmoved(default: Setting) -> Setting:
    """The same baseline with nothing moved."""
    return replace(
        default, effects={}, there=0.0, back=0.0, tariff_there_pct=0.0, tariff_back_pct=0.0, pass_through_pct=100.0,
        sector="", migration=False, growth_first_pct=0.0, growth_second_pct=0.0,
    )  # fmt: skip


def read_pins(query: Sequence[tuple[str, str]], default: Setting) -> list[tuple[str, Setting]]:
    """The scenarios kept for comparison: each ``pin`` is a title, a bar and a setting's query."""
    pins = []
    for name, text in query:
        if name == "pin" and len(pins) < MOST_PINS:
            title, _, rest = text.partition("|")
            pins.append(
                (
                    title[:80],
                    read_setting(dict(parse_qsl(rest)), _unmoved(default)),
                )
            )
    return pins
