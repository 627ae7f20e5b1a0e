"""The built-in study with a table by sector, a file of people and scenarios that ask for them, on the small world."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import polars as pl

from detente.study import open_study

CODES, SECTORS = ("COL", "VEN", "ROW"), ("food", "other")
KINDS = [
    {"id": "closed", "title": "Closed", "closed": True},
    {"id": "duty", "title": "A duty on food", "tariff": 0.25, "levied_by": ["VEN"], "sector": "food"},
    {"id": "answer", "title": "Duty and answer", "tariff": 0.2, "levied_by": ["COL"], "retaliation": True},
    {"id": "slow", "title": "Closed, in the end", "closed": True, "long_run": True},
    {"id": "move", "title": "Closed, and people move", "closed": True, "migration": True},
]


def write_table(path: Path) -> None:
    rng = np.random.default_rng(3)
    cells = [f"{e}_{s}" for e in CODES for s in SECTORS]
    buyers = cells + [f"{e}_HFCE" for e in CODES]
    home = np.array([[a[:3] == b[:3] for b in buyers] for a in cells])
    values = (
        np.where(home, 100.0, 4.0) * rng.uniform(0.5, 1.5, home.shape) * (1 + 3 * home * ["HFCE" in b for b in buyers])
    )
    lines = [",".join(["V1", *buyers])] + [",".join([c, *map(str, row)]) for c, row in zip(cells, values.round(2))]
    path.write_text("\n".join(lines), encoding="utf-8")


def asked_study(folder: Path) -> Path:
    """Write the study into a folder that is not there yet."""
    shutil.copytree(open_study("colombia-venezuela").folder, folder)
    write_table(folder / "icio.csv")
    people = [
        ("COL", "COL", 47e6),
        ("VEN", "VEN", 28e6),
        ("VEN", "COL", 1e6),
        ("COL", "VEN", 0.7e6),
        ("VEN", "USA", 0.3e6),
    ]
    pl.DataFrame(people, schema=["origin", "residence", "persons"], orient="row").write_csv(folder / "people.csv")
    text = (folder / "study.toml").read_text(encoding="utf-8")
    head = text[: text.index("[[scenarios]]")]
    extra = '[equilibrium.table]\nfile = "icio.csv"\ntheta = [3.0, 6.0]\n[equilibrium.people]\nfile = "people.csv"\n'
    scenarios = "".join("[[scenarios]]\n" + "".join(f"{k} = {_toml(v)}\n" for k, v in s.items()) for s in KINDS)
    (folder / "study.toml").write_text(head + extra + scenarios, encoding="utf-8")
    return folder


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'["{value[0]}"]' if isinstance(value, list) else f'"{value}"' if isinstance(value, str) else str(value)
