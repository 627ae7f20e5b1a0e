"""Write docs/api.md: one entry a public name, whose text is the docstring in the code.

python scripts/build_api_page.py
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "api.md"
HEAD = (
    "# Public API\n\n"
    "Each entry is a name of the package itself (`import detente as dt`, then `dt.NAME`). Other names may change without "
    "notice, except those that a page of these docs imports. This page is written by `scripts/build_api_page.py`; "
    "its texts are the docstrings.\n"
)


def page() -> str:
    """The page for the names of ``detente.__all__``, by the room they come from."""
    import detente

    rooms: dict[str, list[str]] = {}
    for name in sorted(detente.__all__, key=str.lower):
        thing = getattr(detente, name)
        home = getattr(thing, "__module__", None)
        if isinstance(thing, type) or callable(thing):
            rooms.setdefault(_room(str(home)), []).append(f"::: {home}.{thing.__qualname__}\n")
    rooms = {room: sorted(entries) for room, entries in sorted(rooms.items())}
    parts = [HEAD, *(f"## {room}\n\n" + "\n".join(entries) for room, entries in rooms.items())]
    return "\n".join(parts)


def _room(home: str) -> str:
    return home.split(".")[1] if "." in home else "detente"


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "src"))
    TARGET.write_text(page(), encoding="utf-8", newline="\n")
