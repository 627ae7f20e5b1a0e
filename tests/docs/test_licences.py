"""docs/licences.md names every file of data that ships and every package that is needed."""

from __future__ import annotations

import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")


def files_named() -> list[str]:
    """Paths in the first column of the table of figures; a name without a folder stands in its neighbour's."""
    found = []
    for line in PAGE.splitlines():
        if line.startswith("| `"):
            folder = ""
            for name in re.findall(r"`([^`]+)`", line.split("|")[1]):
                folder = name.rpartition("/")[0] if "/" in name else folder
                found.append(name if "/" in name or not folder else f"{folder}/{name}")
    return found


def test_every_file_of_data_that_ships_has_its_licence() -> None:
    package = ROOT / "src" / "detente"
    named = files_named()
    ships = [
        path.relative_to(package).as_posix()
        for kind in ("csv", "parquet", "json")
        for path in package.rglob(f"*.{kind}")
    ]
    assert ships
    missing = [path for path in ships if not any(fnmatch(path, name) for name in named)]
    assert not missing, f"docs/licences.md does not name {missing}"
    gone = [name for name in named if not any(fnmatch(path, name) for path in ships)]
    assert not gone, f"docs/licences.md names {gone}, which do not ship"


def test_every_package_needed_has_its_licence() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    parts = {"every use": project["dependencies"]} | project["optional-dependencies"]
    rows = dict(re.findall(r"^\| ([\w.-]+) \| ([\w, ]+) \| (?!not stated)", PAGE, re.MULTILINE))
    for part, needs in parts.items():
        for need in () if part in {"dev", "docs"} else needs:
            name = re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", need)[0]).lower()
            if name == "detente":
                continue
            assert name in rows, f"{name}: run python scripts/build_licences.py"
            assert part in rows[name] or rows[name] == "every use", (name, part)
