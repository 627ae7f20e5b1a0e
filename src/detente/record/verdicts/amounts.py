"""Amounts with their units: how they are said, what a unit measures, and one unit in another."""

from __future__ import annotations

import math

from detente.language import Number, Text, Word

IN_BILLIONS = 10_000  # US$ million from which an amount is said in billions


def say(number: float, unit: str) -> str:
    """A number with its unit, for a reader; no more digits than it has, and billions from ten on.

    Examples
    --------
    >>> say(7200.0, "usd_mn"), say(117250.0, "usd_mn"), say(-12.5, "pct")
    ('US$7,200 million', 'US$117.25 billion', '-12.5%')
    """
    if unit == "usd_mn" and abs(number) >= IN_BILLIONS:
        number, unit = number / 1000, "usd_bn"
    text = Number(f"{number:,.12g}" if abs(number) < 1e15 else f"{number:g}")
    if unit in ("usd_mn", "usd_bn", "code", "rank", "pp", "pct"):
        return Text(f"amount.{unit}", n=text)
    return Text("amount.other", n=text, unit=Word(unit.replace("_", " "), group="unit")) if unit else text


def gap(number: float, unit: str) -> str:
    """A difference between two numbers of a unit; percent differ by points.

    Examples
    --------
    >>> gap(-12.0, "pct"), gap(-90.0, "usd_mn")
    ('-12 points', '-US$90 million')
    """
    number = float(f"{number:.6g}")
    if unit == "pct":
        return say(number, "pp")
    if unit in ("code", "rank"):
        return Number(f"{number:g}")
    amount = say(abs(number), unit)
    return Text("amount.minus", amount=amount) if number < 0 else amount


_SCALES = {"": 1.0, "k": 1e3, "mn": 1e6, "bn": 1e9, "trn": 1e12}


_MEASURES = {  # unit -> (what it measures, how many of the base unit)
    "km": ("length", 1.0), "mi": ("length", 1.609344), "persons": ("persons", 1.0), "people": ("persons", 1.0),
    "million_persons": ("persons", 1e6), "thousand_persons": ("persons", 1e3), "pct": ("share", 1.0),
    "percent": ("share", 1.0), "days": ("time", 1.0), "weeks": ("time", 7.0), "t": ("mass", 1.0), "kt": ("mass", 1e3),
    "mt": ("mass", 1e6), "states": ("states", 1.0), "countries": ("states", 1.0),
}  # fmt: skip


def measure_of(unit: str) -> tuple[str, float]:
    """What a unit measures and how many of the base unit it is: ``usd_bn`` is ``usd``, 1e9.

    Examples
    --------
    >>> measure_of("eur_bn"), measure_of("kusd"), measure_of("km"), measure_of("bananas")
    (('eur', 1000000000.0), ('usd', 1000.0), ('length', 1.0), ('bananas', 1.0))
    """
    if unit in _MEASURES:
        return _MEASURES[unit]
    name, _, scale = unit.partition("_")
    if len(name) == 3 and name.isalpha() and scale in _SCALES:
        return name, _SCALES[scale]
    if len(unit) == 4 and unit[0] == "k" and unit[1:] in ("usd", "eur"):
        return unit[1:], 1e3
    return unit, 1.0


def currency_of(unit: str) -> str:
    """The currency of an amount of money (``usd`` of ``usd_mn``); empty for other units."""
    measure, _ = measure_of(unit)
    return measure if measure in CURRENCIES else ""


_CODES = """
usd eur gbp jpy cny inr aud cad nzd chf sek nok dkk rub try brl mxn cop ves ars clp pen uyu pyg bob krw idr
myr thb php vnd sgd hkd twd zar ngn kes ugx tzs rwf ghs etb xof xaf egp mad dzd tnd lyd ils jod lbp syp iqd
irr sar aed qar kwd omr bhd pkr bdt lkr npr mmk khr lak amd azn gel kzt uzs kgs tjs tmt uah byn mdl pln czk
huf ron bgn rsd bam all mkd isk crc pab gtq hnl nio dop jmd ttd htg cup"""


CURRENCIES = frozenset(_CODES.split())
"""Currencies whose amounts are told from other units."""


def convert(number: float, unit: str, to: str) -> float:
    """A number in another unit; not a number where the two measure different things.

    Examples
    --------
    >>> convert(7.2, "usd_bn", "usd_mn"), convert(1400, "mi", "km"), convert(1, "usd", "eur")
    (7200.0, 2253.0816, nan)
    """
    if unit == to:
        return number
    (measure, size), (other, wanted) = measure_of(unit), measure_of(to)
    if measure != other:
        return math.nan
    return number * (size / wanted) if size >= wanted else number / (wanted / size)
