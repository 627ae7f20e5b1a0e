"""GDELT 2 events: the 15-minute files (61 columns without header, tabs) and tables with their column names."""

from __future__ import annotations

import polars as pl

from detente.data.facts import Count, Events
from detente.data.source import DataSource, Facts, Progress
from detente.data.tables.files import Files, decoded
from detente.errors import UnreadableFile

WIDTH = 61
PLACE = {"GLOBALEVENTID": 0, "SQLDATE": 1, "Actor1Name": 6, "Actor1CountryCode": 7, "Actor2Name": 16, "Actor2CountryCode": 17,
         "EventCode": 26, "GoldsteinScale": 30, "NumMentions": 31, "SOURCEURL": 60}  # fmt: skip
COLUMNS = frozenset(name.casefold() for name in ("SQLDATE", "Actor1CountryCode", "Actor2CountryCode", "EventCode"))
ROOTS = {"01": "statement", "02": "appeal", "03": "intent to cooperate", "04": "consultation", "05": "diplomacy",
         "06": "cooperation", "07": "aid", "08": "concession", "09": "investigation", "10": "demand",
         "11": "disapproval", "12": "rejection", "13": "threat", "14": "protest", "15": "show of force",
         "16": "reduced relations", "17": "coercion", "18": "assault", "19": "fighting", "20": "mass violence"}  # fmt: skip


def read_files(files: Files, progress: Progress | None) -> Facts | None:
    """The 15-minute files, which have no header."""
    if not recognises(files):
        return None
    parts = []
    for name in files.names:
        with files.open(name) as handle:
            lines = [line.split("\t") for line in decoded(handle.read())[0].splitlines() if line.strip()]
        odd = next((k for k, cells in enumerate(lines, 1) if len(cells) != WIDTH), None)
        if odd is not None:
            raise UnreadableFile(f"{files.label(name)}, line {odd}, has not {WIDTH} cells.", fix="Download it again.")
        parts.append(pl.DataFrame({c: [cells[k] or None for cells in lines] for c, k in PLACE.items()},
                                  schema=dict.fromkeys(PLACE, pl.String)))  # fmt: skip
    return read(pl.concat(parts))


def read(table: pl.DataFrame) -> Events:
    """Events between actors of two different countries, with CAMEO's root as their kind."""
    frame = table.with_columns(pl.all().cast(pl.String)).rename({c: c.casefold() for c in table.columns})
    count = Count()
    two = pl.col("actor1countrycode").is_not_null() & pl.col("actor2countrycode").is_not_null()
    frame = count.drop(frame, two & (pl.col("actor1countrycode") != pl.col("actor2countrycode")), "one_country")
    day = frame["sqldate"]
    link = frame["sourceurl"] if "sourceurl" in frame.columns else pl.Series([""] * frame.height, dtype=pl.String)
    own = "globaleventid"
    found = pl.DataFrame({
        "id": frame[own] if own in frame.columns else pl.Series([None] * frame.height, dtype=pl.String),
        "date": [f"{d[:4]}-{d[4:6]}-{d[6:8]}" if d and len(d) == 8 else d for d in day],
        "end_date": pl.Series([None] * frame.height, dtype=pl.String),
        "actors": [f"{a};{b}" for a, b in zip(frame["actor1countrycode"], frame["actor2countrycode"])],
        "kind": [ROOTS.get(_root(c or ""), "other") for c in _with_zeros(frame["eventcode"])],
        "title": [f"{a} to {b}: CAMEO {c}" for a, b, c in
                  zip(frame["actor1countrycode"], frame["actor2countrycode"], frame["eventcode"])],
        "note": link,
    })  # fmt: skip
    return Events(found, tuple(count.notes), table.height)


def _with_zeros(codes: pl.Series) -> pl.Series:
    """CAMEO codes with the leading zeros that a spreadsheet took off, where one of two digits is no root (57 is 057)."""
    short = codes.drop_nulls().filter(codes.drop_nulls().str.len_chars() == 2)
    taken = not codes.drop_nulls().str.starts_with("0").any() and not short.is_in(list(ROOTS)).all()
    return codes.str.zfill(3) if taken else codes


def _root(code: str) -> str:
    """The root of a CAMEO code, also of one that a spreadsheet has taken the leading zero of (43 is 043)."""
    return code[:2] if code[:2] in ROOTS else f"0{code[:1]}"


def recognises(files: Files) -> int:
    name = files.names[0].lower()
    if not name.endswith((".csv", ".tsv")) or ".export." not in name:
        return 0
    return WIDTH if files.head(files.names[0]).partition("\n")[0].count("\t") == WIDTH - 1 else 0


SOURCE = DataSource(
    name="gdelt", title="GDELT events", publisher="The GDELT Project", what="events between countries in the news",
    gives="events", periods=("year",), licence="free with citation", may_share=True,
    cite="Leetaru & Schrodt (2013), GDELT", home="https://www.gdeltproject.org", columns=(COLUMNS,),
    read=read, read_files=read_files, recognises=recognises,
)  # fmt: skip
