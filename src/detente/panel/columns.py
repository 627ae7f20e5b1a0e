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

ALSO: dict[str, tuple[str, ...]] = {
    "period": ("yr", "año", "anio", "date"),
    "value": (
        "exports", "imports", "trade_value", "valor", "value_usd_bn", "trade_usd_bn", "usd", "kusd", "usd_mn", "usd_bn",
    ),
}  # fmt: skip
"""Further names of a role, looked for where no column bears one of :data:`KNOWN`."""

ENDS = (
    ("from", "to"), ("source", "target"), ("orig", "dest"), ("sender", "receiver"),
    ("seller", "buyer"), ("iso_orig", "iso_dest"), ("from_iso3", "to_iso3"), ("from_country", "to_country"),
    ("source_country", "target_country"), ("country_o", "country_d"), ("origin_iso3", "destination_iso3"),
    ("origin_code", "destination_code"), ("origin_country", "destination_country"),
    ("country_of_origin", "country_of_destination"), ("orig_iso3", "dest_iso3"), ("exporter_iso", "importer_iso"),
    ("exporter_code", "importer_code"), ("exporter_name", "importer_name"), ("exporting_country", "importing_country"),
    ("exportador", "importador"), ("origen", "destino"), ("pais_origen", "pais_destino"), ("país_origen", "país_destino"),
    ("pais_de_origen", "pais_de_destino"), ("país_de_origen", "país_de_destino"),
    ("pais_exportador", "pais_importador"), ("país_exportador", "país_importador"),
)  # fmt: skip
"""Names of origin and destination, looked for as pairs where no column bears a known name of either, and one by one
where only the other end does; a space or a hyphen counts as ``_``."""

UNCLEAR = "source"
"""Beside an importer this is as likely who published the row; beside a destination it is the origin."""

PARTS_OF_YEARS = ("month", "quarter")
"""Names of the period where no column has one of its own: beside a year, a month is a part of it."""

REPORTER, PARTNER = ("reporter", "reporter_iso", "reporter_iso3"), ("partner", "partner_iso", "partner_iso3")
"""Whose report a row is, and about whom: the two ends of a column of exports, or of one of imports."""

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
    >>> roles = find_roles(["from", "to", "year", "trade"])
    >>> roles.origin, roles.destination
    ('from', 'to')
    """
    if "origin" in needed:
        given = given | _ends(columns, given, {role: called.get(role, role) for role in KNOWN})
    return Roles(
        **{role: _find(role, columns, given.get(role), role in needed, called.get(role, role)) for role in KNOWN}
    )


def _ends(columns: Sequence[str], given: Mapping[str, str | None], called: Mapping[str, str]) -> dict[str, str]:
    """Origin and destination by further names, of those that were neither given nor bear a known one."""
    by_name = {str(c).casefold().replace(" ", "_").replace("-", "_"): str(c) for c in columns}
    plain = {str(c).casefold() for c in columns}
    open_ = [role for role in ("origin", "destination") if not given.get(role) and not plain & set(KNOWN[role])]
    if len(open_) == 1:
        end = open_[0] == "destination"
        names = {pair[end]: pair[not end] for pair in ENDS if pair[end] != UNCLEAR or "destination" in plain}
        alone = [
            by_name[name]
            for name, mate in names.items()
            if name in by_name and by_name.get(mate) in (None, *given.values())
        ]
        return {open_[0]: alone[0]} if len(alone) == 1 and alone[0] not in given.values() else {}
    found = [(by_name[a], by_name[b]) for a, b in ENDS if a in by_name and b in by_name] if open_ else []
    if len(found) > 1:
        (a, b), *_ = found
        raise AmbiguousColumn(
            f"The columns {' and '.join(repr(f'{x}, {y}') for x, y in found)} could all be the origin and the destination.",
            fix=f"Say which with {called['origin']}='{a}', {called['destination']}='{b}'.",
        )
    if found:
        return dict(zip(open_, found[0]))
    return _reported(by_name, given.get("value")) if open_ else {}


def _reported(by_name: Mapping[str, str], value: str | None) -> dict[str, str]:
    """A reporter's exports go from it to its partner, its imports the other way; nothing where it is not said which."""
    reporter, partner = (next((by_name[n] for n in names if n in by_name), None) for names in (REPORTER, PARTNER))
    flows = [value.casefold()] if value else [name for name in by_name if name in (*KNOWN["value"], *ALSO["value"])]
    if reporter is None or partner is None or not any(flow.startswith(("export", "import")) for flow in flows):
        return {}
    if len(flows) > 1:
        raise AmbiguousColumn(
            f"The columns {' and '.join(repr(by_name[flow]) for flow in flows)} could both be the value.",
            why="A reporter is the origin of its exports and the destination of its imports.",
            fix=f"Choose one with value= (on the command line --value): {', '.join(by_name[flow] for flow in flows)}.",
        )
    ends = (reporter, partner) if flows[0].startswith("export") else (partner, reporter)
    return dict(zip(("origin", "destination"), ends))


def _find(role: str, columns: Sequence[str], given: str | None, needed: bool, called: str) -> str | None:
    if given is not None:
        if given not in columns:
            raise UnknownColumn.named(given, columns)
        return given
    for names in (KNOWN[role], ALSO.get(role, ()), PARTS_OF_YEARS if role == "period" else ()):
        if candidates := [c for c in columns if str(c).casefold() in names]:
            break
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
