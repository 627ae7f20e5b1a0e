"""Which column plays which role: exporter, importer, year, trade.

The field's files name the same four things in many ways. A role is taken from
the name given, else from the names known for it; two candidates for one role
are an error, never a guess.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from detente.errors import AmbiguousColumn, UnknownColumn, did_you_mean

KNOWN: dict[str, tuple[str, ...]] = {
    "origin": ("exporter", "origin", "iso_o", "iso3_o", "exporter_iso3", "isoexp", "exp", "exporter_cow", "i"),
    "destination": ("importer", "destination", "iso_d", "iso3_d", "importer_iso3", "isoimp", "imp", "importer_cow", "j"),
    "period": ("year", "period", "time", "refyear", "t"),
    "value": (
        "trade", "value_kusd", "value_usd_mn", "flow", "flow_usd_mn", "value", "v",
        "tradeflow_baci", "tradeflow", "export", "trade_usd_mn", "trade_kusd", "trade_usd", "value_usd", "persons", "gwh",
        "mn_m3", "flights", "value_musd", "primaryvalue",
    ),
    "sector": ("sector", "product", "industry", "industry_id", "k", "category"),
}  # fmt: skip
"""Names known for each role, compared without regard to case."""

PARTS_OF_YEARS = ("month", "quarter")
"""Names of the period where no column has one of its own: beside a year, a month is a part of it."""

REPORTS = (
    "reporteriso", "reportercode", "reporterdesc", "reporter", "reporter_iso", "reporter_iso3", "reporter name",
    "reportername", "partneriso", "partnercode", "partner", "partner_iso3", "partner name", "partnername",
    "ref_area", "counterpart_area", "counterpart_country", "country code", "counterpart country code",
    "importer1", "importer2",
)  # fmt: skip
"""Columns of files in which each side reports exports and imports, compared without regard to case."""

USD_MN_PER_UNIT: dict[str, float] = {
    "value_kusd": 1e-3,
    "v": 1e-3,
    "tradeflow_baci": 1e-3,
    "value_usd_mn": 1.0,
    "flow_usd_mn": 1.0,
    "value_musd": 1.0,
    "primaryvalue": 1e-6,
}
"""Million US dollars in one unit of a value column, where its name fixes the unit."""


NEEDED = ("origin", "destination", "period", "value")


@dataclass(frozen=True, slots=True)
class Roles:
    """Column names by role; a role that was not asked for and not found is None."""

    origin: str | None = None
    destination: str | None = None
    period: str | None = None
    value: str | None = None
    sector: str | None = None

    def found(self) -> tuple[str, str, str, str]:
        """The columns of origin, destination, period and value, all of which were needed."""
        return str(self.origin), str(self.destination), str(self.period), str(self.value)


def find_roles(
    columns: Sequence[str],
    *,
    needed: Sequence[str] = NEEDED,
    called: Mapping[str, str] = MappingProxyType({}),
    **given: str | None,
) -> Roles:
    """Find the column of each role among ``columns``.

    Parameters
    ----------
    columns : names as they stand in the file or frame.
    needed : roles that must be found; the others are filled where unambiguous.
    called : what the caller's parameter of a role is called, for the messages, where it is not the role's name.
    **given : ``origin="iso_o"`` and so on: a role's column, named by the caller.

    Raises
    ------
    UnknownColumn : a named column is absent, or a needed role has no candidate.
    AmbiguousColumn : a needed role has two candidates.

    Examples
    --------
    >>> find_roles(["iso_o", "iso_d", "year", "value_kusd"]).value
    'value_kusd'
    >>> find_roles(["iso_o", "iso_d", "month", "value_kusd"]).period
    'month'
    """
    return Roles(
        **{role: _find(role, columns, given.get(role), role in needed, called.get(role, role)) for role in KNOWN}
    )


def _find(role: str, columns: Sequence[str], given: str | None, needed: bool, called: str) -> str | None:
    if given is not None:
        if given not in columns:
            raise UnknownColumn.named(given, columns)
        return given
    candidates = [c for c in columns if str(c).casefold() in KNOWN[role]]
    if role == "period" and not candidates:
        candidates = [c for c in columns if str(c).casefold() in PARTS_OF_YEARS]
    if len(candidates) == 1:
        return candidates[0]
    if not needed:
        return None
    if candidates:
        raise AmbiguousColumn(
            f"The columns {' and '.join(map(repr, candidates))} could both be the {role}.",
            fix=f"Say which one with {called}={candidates[0]!r}.",
        )
    reports = [str(c) for c in columns if str(c).casefold() in REPORTS]
    if role in ("origin", "destination") and reports:
        raise UnknownColumn(
            f"No column is known as the {role}: there are {' and '.join(map(repr, reports[:2]))}.",
            why="A reporter is the origin of its exports and the destination of its imports.",
            fix=f"Read the file with dt.read_panel, which tells them apart (Comtrade, WITS, IMF, COW), or say {called}=... "
            "where all rows are exports, or all imports.",
        )
    raise UnknownColumn(
        f"No column is known as the {role}.{did_you_mean(KNOWN[role][0], columns)}",
        where=f"The columns are: {', '.join(map(str, columns))}.",
        fix=f"Name it with {called}=..., or rename it to one of: {', '.join(KNOWN[role])}.",
    )
