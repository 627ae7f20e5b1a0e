"""In which region of the library of ruptures a pair lies: its cases there say how sure a forecast may be."""

from __future__ import annotations

from functools import cache

from detente.attribution.library.catalogue import cases
from detente.outlook.states_at_risk import subregions

EUROPE, AMERICA, OCEANIA = "Europe and Caucasus", "Northern America", "Oceania"
OF_SUBREGION = {
    "Sub-Saharan Africa": "Africa", "Northern Africa": "Africa", "Latin America and the Caribbean": "Latin America",
    "Western Asia": "Middle East", "Southern Asia": "South Asia", "Eastern Asia": "East Asia",
    "South-eastern Asia": "East Asia", "Northern Europe": EUROPE, "Western Europe": EUROPE, "Southern Europe": EUROPE,
    "Eastern Europe": EUROPE, "Northern America": AMERICA, "Australia and New Zealand": OCEANIA, "Melanesia": OCEANIA,
}  # fmt: skip
ELSEWHERE = {
    "IRN": "Middle East", "EGY": "Middle East",
    **dict.fromkeys(("ARM", "AZE", "GEO", "CYP"), EUROPE),
}  # fmt: skip
FAR = (EUROPE, AMERICA, OCEANIA)  #: a quarrel of theirs with an economy elsewhere lies there


def library_region(a: str, b: str) -> str | None:
    """The region of the pair's own case, else the one that both lie in, or that the one outside Europe, Northern America
    and Oceania lies in; None where that decides nothing.

    Examples
    --------
    >>> library_region("SAU", "QAT"), library_region("DEU", "IRN"), library_region("USA", "FRA"), library_region("IND", "CHN")
    ('Middle East', 'Middle East', 'North Atlantic', None)
    """
    known = _of_cases().get(frozenset((a, b)))
    if known is not None:
        return known
    of = [ELSEWHERE.get(code) or OF_SUBREGION.get(subregions().get(code, "")) for code in (a, b)]
    if None in of:
        return None
    near = {region for region in of if region is not None and region not in FAR}
    if len(near) == 1 and (of[0] == of[1] or set(of) & set(FAR)):
        return near.pop()
    if near:
        return None
    return EUROPE if of == [EUROPE, EUROPE] else "North Atlantic" if set(of) == {EUROPE, AMERICA} else None


@cache
def _of_cases() -> dict[frozenset[str], str]:
    return {frozenset((case.origin, case.destination)): case.region for case in cases()}
