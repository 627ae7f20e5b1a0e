"""Events of the data room's sources in the words of a record: agreements, violence, sanctions and news."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from detente.data.codes import code_named
from detente.data.facts import Events
from detente.data.source import Facts

Row = dict[str, str]


def row_id(text: str) -> str:
    """An id of a record from whatever a source calls its row.

    Examples
    --------
    >>> row_id("UCDP IND 2019/1")
    'UCDP-IND-2019-1'
    """
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-")


def event(id_: str, date: str, title: str, kind: str, direction: str, **more: str) -> Row:
    """A dated event."""
    return {"event_id": row_id(id_), "date": date, "title": title, "kind": kind, "direction": direction, **more}


def _of_pair(facts: Facts, dyad: tuple[str, str]) -> Iterator[dict[str, str]]:
    """The events in which both economies have a part; empty cells are empty text."""
    assert isinstance(facts, Events)  # by the registry's word ``gives``
    for row in facts.frame.iter_rows(named=True):
        if set(dyad) <= set((row["actors"] or "").split(";")):
            yield {name: "" if cell is None else str(cell) for name, cell in row.items()}


TREATIES = {
    "base_treaty": ("agreement", "-", "signed"),
    "agreement": ("agreement", "-", "signed"),
    "accession": ("agreement", "-", "joined"),
    "protocol": ("agreement", "-", "amended"),
    "amendment": ("agreement", "-", "amended"),
    "withdrawal": ("bloc exit", "+", "left"),
}
"""DESTA's sorts of entry: kind and direction of the event, and the word for its title; consolidated texts are no event."""


def _desta(facts: Facts, dyad: tuple[str, str], name: str) -> Iterator[Row]:
    for row in _of_pair(facts, dyad):
        if row["kind"] not in TREATIES:
            continue
        kind, sign, verb = TREATIES[row["kind"]]
        if _third_party(row["title"], dyad):
            continue
        in_force = re.search(r"in force (\d{4})", row["note"])
        date = in_force[1] if in_force else row["date"]
        more = {"announced": row["date"]} if date != row["date"] else {}
        if value := {"agreement": "in_force" if in_force else "signed", "bloc exit": "none"}.get(
            kind if verb != "amended" else ""
        ):
            base = row["id"].partition("_")[0]  # 244_1 is a change of 244
            more["sets"] = f"agreement.desta{base}={value}"
        id_ = f"DESTA-{row['id']}-{row['kind']}-{row['date']}-{dyad[0]}-{dyad[1]}"
        yield event(id_, date, f"{row['title']} ({verb})", kind, sign, subsystems="trade", actors=";".join(dyad),
                    confidence="medium", **more)  # fmt: skip


def _third_party(title: str, dyad: tuple[str, str]) -> bool:
    """Whether an entry is of another economy's joining or leaving, which the file has beside every pair of members."""
    found = re.search(r"(?:withdrawal|accession)\s+(?:of\s+)?(.+)$", title)
    named = code_named(found[1]) if found else ""
    return bool(named) and named not in dyad


VIOLENCE = ("Battles", "Violence against civilians", "Explosions/Remote violence")


def _acled(facts: Facts, dyad: tuple[str, str], name: str) -> Iterator[Row]:
    for row in _of_pair(facts, dyad):
        if row["kind"] in VIOLENCE:
            yield event(f"ACLED-{row['id']}", row["date"], row["title"], "security incident", "+", subsystems="security",
                        actors=";".join(sorted(dyad)), confidence="medium", note=row["note"])  # fmt: skip


def _ucdp(facts: Facts, dyad: tuple[str, str], name: str) -> Iterator[Row]:
    for row in _of_pair(facts, dyad):
        states = row["title"].count("Government of") > 1
        more = {"end_date": row["end_date"]} if row["end_date"] and row["end_date"] != row["date"] else {}
        yield event(f"UCDP-{row['id']}-{row['date']}", row["date"], row["title"],
                    "militarised dispute" if states else "security incident", "+", subsystems="security",
                    actors=";".join(sorted(dyad)), confidence="medium", note=row["note"], **more)  # fmt: skip


NEWS = {
    **dict.fromkeys(("consultation", "diplomacy", "cooperation", "aid", "concession"), ("cooperation", "-")),
    **dict.fromkeys(("demand", "disapproval", "rejection", "threat"), ("diplomatic incident", "+")),
    **dict.fromkeys(("reduced relations", "coercion"), ("diplomatic incident", "+")),
    "show of force": ("militarised dispute", "+"),
    **dict.fromkeys(("assault", "fighting", "mass violence"), ("security incident", "+")),
}
"""GDELT's roots: kind and direction; statements, appeals, intentions, investigations and protests are no event here."""


def _gdelt(facts: Facts, dyad: tuple[str, str], name: str) -> Iterator[Row]:
    """One event a day, pair, direction and code, however often it was reported; read by machine, so of low confidence."""
    seen: set[str] = set()
    for row in _of_pair(facts, dyad):
        id_ = row_id(f"GDELT-{row['date']}-{row['title']}")
        if row["kind"] in NEWS and id_ not in seen:
            seen.add(id_)
            yield event(id_, row["date"], f"{row['title']} ({row['kind']})", *NEWS[row["kind"]], actors=row["actors"],
                        confidence="low", note=row["note"])  # fmt: skip


def _gsdb(facts: Facts, dyad: tuple[str, str], name: str) -> Iterator[Row]:
    for row in _of_pair(facts, dyad):
        common = {"subsystems": "sanctions", "actors": row["actors"], "confidence": "medium", "note": row["note"]}
        pair = row["actors"].replace(";", "-")
        state = f"sanctions.{row['actors'][:3].lower()}.gsdb{row['id']}"
        begun = common | {"sets": f"{state}=in_force"}
        yield event(f"GSDB-{row['id']}-{pair}-begin", row["date"], row["title"], "sanctions", "+", **begun)
        if row["end_date"]:
            ended = f"{row['title']}: ended"
            over = common | {"sets": f"{state}=none"}
            yield event(f"GSDB-{row['id']}-{pair}-end", row["end_date"], ended, "sanctions relief", "-", **over)


_COMMON = (("actors", "both economies must be named"), ("title, note", "title and note"))
EventRows = Callable[[Facts, tuple[str, str], str], Iterator[Row]]
EVENT_LAYOUTS: dict[str, tuple[tuple[tuple[str, str], ...], EventRows]] = {
    "desta": ((("entry_type", "kind and direction"), ("entry into force", "date; the year of signature is announced"),
               *_COMMON), _desta),
    "acled": ((("event_date", "date"), ("event_type", "kind: violence only"), *_COMMON), _acled),
    "ucdp": ((("date_start, date_end", "date and end_date"), ("side_a, side_b", "kind: between states, or other"),
              *_COMMON), _ucdp),
    "gdelt": ((("SQLDATE", "date"), ("EventCode", "kind and direction; one event a day and code"), *_COMMON), _gdelt),
    "gsdb": ((("begin, end", "dates of two events"), ("sanctioning_state, sanctioned_state", "actors"), *_COMMON), _gsdb),
}  # fmt: skip
