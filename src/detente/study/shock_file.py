"""SHOCK.toml: what changes, as a person writes it, turned into a shock.

::

    [blocs]
    nordic = ["DNK", "NOR", "SWE"]

    [[shock]]                   # a border: log points, or percent as text, or closed
    from = "nordic"             # an economy, a list, a bloc, or "*" for everyone else
    to = "DEU"
    effect = "-50%"
    both = true

    [[shock]]                   # trade policy: a new rate, or points on the rate in force
    from = "CHN"
    to = "USA"                  # who levies it
    tariff = "25%"
    retaliation = true

    [[shock]]                   # an economy itself, new over old
    economy = "DEU"
    productivity = 0.9
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from detente._foreign import read_toml
from detente.equilibrium import CLOSED, Shock
from detente.errors import InvalidShock, did_you_mean, first_five

DYAD = ("effect", "closed", "tariff", "points", "export_tax")
"""Exactly one of these says what happens to trade from one side to the other."""
FLAGS = ("both", "retaliation", "certain")
OWN = {"productivity": "productivity_hat", "labour": "labour_hat", "deficit": "deficit"}
KEYS = {"from", "to", "sector", "economy", *DYAD, *FLAGS, *OWN}
ASK_ABOVE = {"effect": 50.0, "tariff": 2.0, "points": 2.0, "export_tax": 2.0}
"""Numbers that look like percent: asked about unless ``certain = true``."""
FIELDS = {"effect": "partial", "closed": "partial", "tariff": "tariff", "points": "tariff_points"}
EXAMPLE = 'For example:\n[[shock]]\nfrom = "CAN"\nto = "USA"\nclosed = true\nboth = true'


def read_shock(path: Path) -> Shock:
    """A shock from a TOML file; every entry is checked, with its number in the message.

    Raises
    ------
    UnreadableFile, InvalidShock
    """
    raw = read_toml(path, error=InvalidShock)
    entries, blocs = raw.get("shock"), raw.get("blocs", {})
    if not isinstance(entries, list) or not entries or set(raw) - {"shock", "blocs"}:
        raise InvalidShock(f"{path} needs [[shock]] entries and nothing else but [blocs].", fix=EXAMPLE)
    if not isinstance(blocs, dict) or not all(_is_list(members) for members in blocs.values()):
        raise InvalidShock(f"{path}: [blocs] gives lists of economies.", fix='nordic = ["DNK", "NOR", "SWE"]')
    parts: dict[str, dict] = {}
    certain = False
    for number, entry in enumerate(entries, 1):
        where = f"{path}, shock {number}"
        check_keys(entry, where)
        certain = certain or bool(entry.get("certain", False))
        for name, key, value in changes(entry, blocs, where):
            given = parts.setdefault(name, {})
            if key in given:
                raise InvalidShock(f"{where}: {_said(key)} appears twice.", fix="Keep one entry.")
            given[key] = value
    return Shock(**parts, certain=certain)


def check_keys(entry: Any, where: str) -> None:
    """Raise on an entry that is no table, or has an unknown key or a flag that is not true or false."""
    if not isinstance(entry, dict):
        raise InvalidShock(f"{where} is not a table.")
    if unknown := sorted(set(entry) - KEYS):
        raise InvalidShock(f"{where}: unknown key '{unknown[0]}'.{did_you_mean(unknown[0], KEYS)}")
    for flag in (*FLAGS, "closed"):
        if not isinstance(entry.get(flag, False), bool):
            raise InvalidShock(f"{where}: '{flag}' is true or false.")


def changes(entry: Mapping[str, Any], blocs: Mapping[str, list], where: str) -> list[tuple[str, Any, float]]:
    """What an entry sets: (field of the shock, key, value)."""
    if "economy" in entry:
        return _of_economy(entry, blocs, where)
    sides = [side(entry.get(key), key, blocs, where) for key in ("from", "to")]
    given = [name for name in DYAD if entry.get(name, False) is not False]
    if len(given) != 1:
        raise InvalidShock(
            f"{where} needs either effect, closed = true, tariff, points or export_tax, and not both of two.",
            fix='effect is in log points or "-50%", a tariff 0.25 or "25%", points 0.1 or "10%".',
        )
    name = given[0]
    value = CLOSED if name == "closed" else number(entry[name], name, bool(entry.get("certain")), where)
    more = ()
    if "sector" in entry:
        if not isinstance(entry["sector"], str):
            raise InvalidShock(f"{where}: 'sector' is one name.")
        more = (entry["sector"],)
    back = entry.get("both", False) or entry.get("retaliation", False)
    keys = [(*sides, *more), (*sides[::-1], *more)][: 2 if back and sides[0] != sides[1] else 1]
    return [(FIELDS.get(name, name), key, value) for key in keys]


def side(value: Any, key: str, blocs: Mapping[str, list], where: str) -> str | tuple[str, ...]:
    """One side of a dyad: an economy, ``"*"``, or the members of a list or bloc."""
    if isinstance(value, str) and value:
        return tuple(map(str, blocs[value])) if value in blocs else value
    if _is_list(value):
        members: list[str] = []
        for item in value:
            members += map(str, blocs[item]) if item in blocs else [item]
        return tuple(dict.fromkeys(members))
    raise InvalidShock(
        f"{where}: '{key}' must name an economy, such as \"CAN\".",
        fix=f'Or a list of economies, a bloc{" (" + first_five(blocs) + ")" if blocs else ""}, or "*".',
    )


def number(value: Any, name: str, certain: bool, where: str) -> float:
    """A number, or percent written as text: an effect becomes log points, a rate its share."""
    if isinstance(value, str):
        text = value.strip().removesuffix("points").strip().removesuffix("%").strip()
        try:
            share = float(text) / 100
        except ValueError:
            share = math.nan
        if not value.strip().endswith(("%", "points")) or not math.isfinite(share) or share <= -1:
            raise InvalidShock(f"{where}: {name} = {value!r} is not a number.", fix='Write 0.25 or "25%".')
        return math.log1p(share) if name == "effect" else share
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidShock(f"{where}: {name} = {value!r} is not a number.", fix='Write 0.25 or "25%".')
    if not certain and ASK_ABOVE[name] <= abs(value) <= 100:
        meant = "log points" if name == "effect" else f"{100 * value:g}%"
        raise InvalidShock(
            f"{where}: {name} = {value:g} means {meant}. Was {value:g}% meant?",
            fix=f'Write {name} = "{value:g}%", or add certain = true.',
        )
    return float(value)


def _of_economy(entry: Mapping[str, Any], blocs: Mapping[str, list], where: str) -> list[tuple[str, Any, float]]:
    strange = set(entry) - {"economy", *OWN}
    own = [name for name in OWN if name in entry]
    if strange or not own:
        raise InvalidShock(f"{where}: an economy takes productivity, labour or deficit, and nothing else.")
    who = side(entry["economy"], "economy", blocs, where)
    out: list[tuple[str, Any, float]] = []
    for name in own:
        value = entry[name]
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InvalidShock(f"{where}: {name} = {value!r} is not a number.", fix="Give new over old: 0.9 is -10%.")
        out += [(OWN[name], code, float(value)) for code in ((who,) if isinstance(who, str) else who)]
    return out


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, str) and item for item in value)


def _said(key: Any) -> str:
    if not isinstance(key, tuple):
        return str(key)
    return " -> ".join(one if isinstance(one, str) else first_five(one) for one in key[:2])
