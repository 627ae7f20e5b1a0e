"""Blocs and regions as sides of a question: their members of one day become one economy of the panel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from detente.blocs import blocs
from detente.data.periods import year_of
from detente.economies import in_text
from detente.errors import SpecificationError, UnknownEconomy, first_five
from detente.panel.panel import Panel
from detente.panel.world_panel import world_gdp


def last_day(panel: Panel) -> date:
    """The last day of the panel's last year: whose members a bloc has where nobody says another day."""
    return date(year_of(panel.years[-1], panel.period), 12, 31)


def with_sides(panel: Panel, codes: Iterable[str], on: date | None = None) -> Panel:
    """The panel in which each of ``codes`` is an economy: a bloc or a region is the sum of its members.

    A panel that has an economy of that code already keeps it.

    Parameters
    ----------
    on : whose members count, throughout the panel, so that a change is never one of membership; the last day of the
        panel if left out.

    Raises
    ------
    UnknownEconomy
        The panel has none of a bloc's members.
    SpecificationError
        An economy is on both sides.

    Examples
    --------
    >>> from detente.panel import world
    >>> panel = with_sides(world(), ("EU", "GBR"), date(2019, 12, 31))
    Traceback (most recent call last):
        ...
    detente.errors.SpecificationError: The United Kingdom is a member of the European Union ...
    """
    asked = tuple(codes)
    day = on or last_day(panel)
    found = {code: blocs()[code].members(day) for code in asked if code in blocs() and code not in panel.economies}
    for code, members in found.items():
        _check(panel, code, members, [other for other in asked if other != code], found, day)
    for code, members in found.items():
        gdp = panel.gdp if panel.gdp is not None or panel.kind != "goods" else world_gdp(panel.economies, panel.years)
        panel = replace(panel, gdp=gdp).merge(code, [one for one in members if one in panel.economies])
    return panel


def _check(
    panel: Panel, code: str, members: tuple[str, ...], others: list[str], found: dict[str, tuple[str, ...]], day: date
) -> None:
    if not set(members) & set(panel.economies):
        what = f"has no member on {day.isoformat()}" if not members else f"has no member in the panel '{panel.name}'"
        raise UnknownEconomy(
            f"{_capital(in_text(code))} {what}.", fix="Give another day, with blocs_as_of (--as-of), or another panel."
        )
    both = sorted({one for other in others for one in found.get(other, (other,))} & set(members))
    if both:
        raise SpecificationError(
            f"{_capital(in_text(both[0]))} is a member of {in_text(code)} on {day.isoformat()}, and on the other side too.",
            where=f"Both have {first_five(both)}." if len(both) > 1 else "",
            fix="Name two sides without a common member, or another day with blocs_as_of (--as-of).",
        )


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
