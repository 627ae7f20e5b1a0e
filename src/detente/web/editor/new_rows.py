"""A new row as people fill it in: an id made for it, a link that becomes a source, and what is usual where nothing is said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from detente.record.schema import TABLES
from detente.web.editor.study_edits import slug

FIRST = {
    "events": ("date", "title", "kind", "source_ids"),
    "claims": ("source_id", "claim", "type", "test"),
    "figures": ("series", "period", "value", "unit", "source_id"),
    "sources": ("title", "publisher", "date", "url"),
}
"""What the form asks first, by table; everything else stands under "more"."""
USUAL = {
    "events": {"direction": "0"},
    "claims": {},
    "figures": {"basis": "unspecified", "kind": "flow", "status": "reported"},
    "sources": {"kind": "press", "date": "n.d."},
}
LETTERS = {"events": "E", "claims": "C", "figures": "F", "sources": "S"}
_NUMBERED = re.compile(r"([A-Za-z]+)(\d+)")


def made_id(table: str, taken: Iterable[str]) -> str:
    """The next id: after the highest of the letters that most ids of the table have, in as many digits.

    >>> made_id("events", ["E001", "E009", "extra"]), made_id("claims", [])
    ('E010', 'C001')
    """
    taken = set(taken)
    found = [m for m in map(_NUMBERED.fullmatch, taken) if m]
    letters = [m[1] for m in found]
    letter = max(set(letters), key=letters.count) if letters else LETTERS[table]
    own = [m for m in found if m[1] == letter]
    number = max((int(m[2]) for m in own), default=0) + 1
    digits = max((len(m[2]) for m in own), default=3)
    while f"{letter}{number:0{digits}d}" in taken:
        number += 1
    return f"{letter}{number:0{digits}d}"


def completed(table: str, cells: Mapping[str, str], taken: Iterable[str]) -> dict[str, str]:
    """The cells of a new row with its id made and what is usual where nothing was said."""
    schema = TABLES[table]
    out = {name: value.strip() for name, value in cells.items()}
    for name, value in USUAL[table].items():
        out[name] = out.get(name) or value
    out[schema.key] = out.get(schema.key) or made_id(table, taken)
    return out


def source_of(link: str, taken: Iterable[str]) -> dict[str, str] | None:
    """A source made from a link: its host as publisher, its id from the host; None where the text is no web address."""
    try:
        parts = urlsplit(link.strip())
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or any(c.isspace() for c in link.strip()):
        return None
    taken = set(taken)
    base = slug(host.rpartition(".")[0] or host) or "source"
    id_, number = base, 2
    while id_ in taken:
        id_, number = f"{base}-{number}", number + 1
    last = parts.path.rstrip("/").rpartition("/")[2]
    title = " ".join(re.sub(r"[^\w]+|_", " ", last.partition(".")[0]).split()).capitalize() or host
    return {"source_id": id_, "title": f"[{title}]", "publisher": host, "date": "n.d.", "kind": "press",
            "url": link.strip()}  # fmt: skip
