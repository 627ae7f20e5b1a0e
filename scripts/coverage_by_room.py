"""How much of each room its tests reach: python scripts/coverage_by_room.py [ROOM ...] [--from coverage.json] [--write]

Without ``--from`` it runs the quick tests of each room (``tests/ROOM``, neither slow nor in a browser) and counts the
statements and branches of that room alone, so that what other rooms' tests reach does not count. ``--from`` reads the
report of a whole run (``python -m pytest --cov=detente --cov-branch --cov-report=json``) instead. ``--write`` puts the
table between the markers of CONTRIBUTING.md, rows of other rooms left as they are. Lines that only a worker process or a
browser reaches count as missed.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "CONTRIBUTING.md"
START, END = "<!-- coverage -->\n", "<!-- end of coverage -->"
OTHERS = "outside the rooms"

Row = tuple[str, int, float, str]
"""Room, statements, percent reached, the file with most missed lines."""


def rooms() -> list[str]:
    """Rooms that have tests of their own."""
    return sorted(
        p.name for p in (ROOT / "tests").iterdir() if (ROOT / "src" / "detente" / p.name / "__init__.py").exists()
    )


def measured(room: str) -> Mapping[str, Any]:
    """coverage.py's report of the room's own tests on the room's own files."""
    with tempfile.TemporaryDirectory() as made:
        report = Path(made) / "coverage.json"
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow and not browser",
             f"--cov=src/detente/{room}", "--cov-branch", f"--cov-report=json:{report}", f"tests/{room}"],
            cwd=ROOT, text=True, capture_output=True, env=environment(made),
        )  # fmt: skip
        if done.returncode:
            sys.exit(f"{done.stdout[-2000:]}\nThe tests of {room} must pass before their reach is counted.")
        return json.loads(report.read_text(encoding="utf-8"))


def environment(folder: str) -> dict[str, str]:
    """This process's, with coverage's data file out of the way."""
    return {**os.environ, "COVERAGE_FILE": str(Path(folder) / "data")}


def rows_of(report: Mapping[str, Any]) -> list[Row]:
    """A row a room of a report.

    Examples
    --------
    >>> file = lambda n, hit: {"summary": dict(num_statements=n, covered_lines=hit, num_branches=0, covered_branches=0,
    ...                                        missing_lines=n - hit)}
    >>> rows_of({"files": {"src/detente/run/a.py": file(8, 8), "src/detente/run/b/c.py": file(2, 1),
    ...                    "src/detente/errors.py": file(4, 4)}})
    [('outside the rooms', 4, 100.0, ''), ('run', 10, 90.0, 'b/c.py (1)')]
    """
    found: dict[str, list[tuple[str, Mapping[str, int]]]] = {}
    for path, file in report["files"].items():
        place = path.replace("\\", "/").rpartition("src/detente/")[2].split("/")
        room = place[0] if len(place) > 1 else OTHERS
        found.setdefault(room, []).append(("/".join(place[1:] or place), file["summary"]))
    return [_row(room, files) for room, files in sorted(found.items())]


def _row(room: str, files: Iterable[tuple[str, Mapping[str, int]]]) -> Row:
    files = list(files)
    total = {name: sum(s[name] for _, s in files) for name in files[0][1] if name.startswith(("num", "covered"))}
    wanted = total["num_statements"] + total["num_branches"]
    reached = total["covered_lines"] + total["covered_branches"]
    name, worst = max(files, key=lambda one: one[1]["missing_lines"])
    least = f"{name} ({worst['missing_lines']})" if worst["missing_lines"] else ""
    return room, total["num_statements"], round(100 * reached / wanted, 1) if wanted else 100.0, least


def table(rows: Iterable[Row]) -> str:
    """As Markdown."""
    lines = [f"| {room} | {n:,} | {reached:.1f} | {worst} |" for room, n, reached, worst in rows]
    return "\n".join(
        ["| room | statements | % reached by its tests | most missed lines in |", "|---|---|---|---|", *lines, ""]
    )


def written(rows: Iterable[Row]) -> None:
    """The table in the page, with the rows that this run did not make kept."""
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(START)
    old, after = rest.split(END)
    kept = {m[1]: m for m in re.finditer(r"^\| ([\w ]+) \| ([\d,]+) \| ([\d.]+) \| (.*) \|$", old, re.MULTILINE)}
    all_rows = {room: (room, int(m[2].replace(",", "")), float(m[3]), m[4]) for room, m in kept.items()}
    all_rows |= {row[0]: row for row in rows}
    PAGE.write_text(before + START + table(all_rows[room] for room in sorted(all_rows)) + END + after, encoding="utf-8")


def main() -> None:
    """Measure or read, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help=f"of {', '.join(rooms())}; all unless given")
    parser.add_argument("--from", dest="report", type=Path, help="a report of coverage.py in JSON")
    parser.add_argument("--write", action="store_true", help="put the table into CONTRIBUTING.md")
    given = parser.parse_args()
    if given.report:
        rows = rows_of(json.loads(given.report.read_text(encoding="utf-8")))
    else:
        rows = [row for room in given.rooms or rooms() for row in rows_of(measured(room)) if row[0] == room]
    print(table(rows), end="")
    if given.write:
        written(rows)


if __name__ == "__main__":
    main()
