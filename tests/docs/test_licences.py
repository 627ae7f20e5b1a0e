"""docs/licences.md names every file of data that ships and every package that is needed; what a release refuses."""

from __future__ import annotations

import re
import tomllib
from fnmatch import fnmatch
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

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


@pytest.mark.parametrize(
    ("packages", "why"),
    [
        ([{"name": "a", "version": "1", "vulns": []}, {"name": "detente", "skip_reason": "not found"}], []),
        (
            [{"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1"}, {"id": "PYSEC-2"}]}],
            ["a 1: PYSEC-1", "a 1: PYSEC-2"],
        ),
        ([{"name": "a", "skip_reason": "not found"}], ["a: not found"]),
        ([], ["no package was looked up"]),
    ],
)
def test_a_release_stops_where_a_package_was_not_looked_up(packages: list, why: list[str]) -> None:
    """pip-audit says 'No known vulnerabilities' and ends with 0 where its service knew none of the packages."""
    spec = spec_from_file_location("release", ROOT / "scripts" / "release.py")
    assert spec is not None
    assert spec.loader is not None
    script = module_from_spec(spec)
    spec.loader.exec_module(script)
    assert script.not_clean({"dependencies": packages}) == why
