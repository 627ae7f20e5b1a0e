"""What flows, and in which unit: a unit is known or it is an error, never a guess."""

from __future__ import annotations

from dataclasses import dataclass

from detente.errors import DataError, did_you_mean

KINDS = ("goods", "persons", "energy", "flights", "other")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as it may be named, the kind of flow it measures, and how many of the panel's units it is.

    The panel's unit is ``usd_mn`` for goods, ``persons``, ``gwh`` or ``mn_m3`` for energy, ``flights``.
    """

    name: str
    kind: str
    panel_unit: str
    factor: float


UNITS: dict[str, Unit] = {
    u.name: u
    for u in (
        Unit("usd", "goods", "usd_mn", 1e-6),
        Unit("kusd", "goods", "usd_mn", 1e-3),
        Unit("usd_mn", "goods", "usd_mn", 1.0),
        Unit("usd_bn", "goods", "usd_mn", 1e3),
        Unit("persons", "persons", "persons", 1.0),
        Unit("gwh", "energy", "gwh", 1.0),
        Unit("mn_m3", "energy", "mn_m3", 1.0),
        Unit("flights", "flights", "flights", 1.0),
    )
}


def unit_named(name: str) -> Unit:
    """The unit of that name.

    Raises
    ------
    DataError : there is no such unit.

    Examples
    --------
    >>> unit_named("kusd").factor
    0.001
    """
    if name not in UNITS:
        raise DataError(
            f"The unit '{name}' is not known.{did_you_mean(name, UNITS)}",
            fix=f"Use one of {', '.join(UNITS)}; other money has to be turned into US dollars first.",
        )
    return UNITS[name]


def unit_in(column: str) -> Unit | None:
    """The unit that a column's name ends in (``value_kusd``, ``trade_usd_mn``), or None.

    Examples
    --------
    >>> unit_in("trade_usd_mn").name, unit_in("trade")
    ('usd_mn', None)
    """
    folded = column.casefold()
    for name in sorted(UNITS, key=len, reverse=True):
        if folded == name or folded.endswith(f"_{name}"):
            return UNITS[name]
    return None


def kind_of(unit: Unit, kind: str | None) -> str:
    """The kind of flow, after a check that the unit measures it.

    Raises
    ------
    DataError : the kind is unknown, or the unit measures something else.
    """
    if kind is None:
        return unit.kind
    if kind not in KINDS:
        raise DataError(f"The kind of flow '{kind}' is not known.", fix=f"Use one of {', '.join(KINDS)}.")
    if kind not in (unit.kind, "other"):
        raise DataError(
            f"The unit '{unit.name}' does not measure {kind}.",
            why=f"It measures {unit.kind}.",
            fix=f"Give a unit of {kind}: {', '.join(u.name for u in UNITS.values() if u.kind == kind) or 'none is known'}.",
        )
    return kind
