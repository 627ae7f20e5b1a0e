"""Write the table of packages in docs/licences.md from what is installed: python scripts/build_licences.py

Run it in an environment with every part a user may install. Versions are left out: the bill of materials of a release
(``scripts/release.py``) has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

PAGE = Path(__file__).resolve().parents[1] / "docs" / "licences.md"
START, END = "<!-- packages -->\n", "<!-- end of packages -->"
OWN = {"dev", "docs"}  # parts for those who work on the package
NAMES = {
    "MIT License": "MIT", "BSD License": "BSD", "Apache Software License": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0", "The Unlicense (Unlicense)": "Unlicense",
    "Python Software Foundation License": "PSF-2.0", "ISC License (ISCL)": "ISC",
    "GNU General Public License (GPL)": "GPL",
}  # fmt: skip


def licence(name: str) -> str:
    """The licence as the package states it: its expression, its classifiers, or the first words of its own text."""
    meta = distribution(name).metadata
    if said := meta.get("License-Expression"):
        return said
    classes = [c.split(" :: ")[-1] for c in meta.get_all("Classifier") or () if c.startswith("License ::")]
    named = [NAMES.get(c, c) for c in classes if c != "OSI Approved"]
    return ", ".join(named) or (meta.get("License") or "not stated").splitlines()[0][:60]


def asked(name: str, extra: str = "") -> Iterator[str]:
    """Names of the packages that ``name`` needs here (with ``extra``, those that the extra adds)."""
    for line in distribution(name).requires or ():
        need = Requirement(line)
        without = need.marker is None or need.marker.evaluate({"extra": ""})
        if (need.marker is not None and need.marker.evaluate({"extra": extra}) and not without) if extra else without:
            yield plain(need.name)


def plain(name: str) -> str:
    """One spelling of a package's name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def closure(first: list[str]) -> set[str]:
    """``first`` and all that they need, of what is installed."""
    found: set[str] = set()
    waiting = list(first)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            needs = list(asked(name))
        except PackageNotFoundError:
            continue
        found.add(name)
        waiting += needs
    return found


def table() -> str:
    """The packages that détente needs, those of every use first, each with the parts that need it and its licence."""
    extras = [e for e in distribution("detente").metadata.get_all("Provides-Extra") or () if e not in OWN]
    groups = {"": closure(list(asked("detente")))}
    groups |= {extra: closure(list(asked("detente", extra))) for extra in extras}
    lines = ["| package | needed by | licence |", "|---|---|---|"]
    for name in sorted(set().union(*groups.values()), key=lambda n: (n not in groups[""], n)):
        parts = "every use" if name in groups[""] else ", ".join(e for e in extras if name in groups[e])
        lines.append(f"| {name} | {parts} | {licence(name)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    head, _, rest = page.partition(START)
    PAGE.write_text(head + START + table() + END + rest.partition(END)[2], encoding="utf-8", newline="\n")
