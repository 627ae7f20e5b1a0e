"""What was told at earlier looks, read from a list's state without writing to it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass

from detente.errors import UnreadableFile
from detente.watch.state import PastAlert, WatchState
from detente.watch.watchlists.watchlist import WatchList


@dataclass(frozen=True, slots=True)
class WatchHistory:
    """What a list's state holds for a reader.

    Attributes
    ----------
    looks : number and time of every look, oldest first.
    dyads : key, title and what kept it from being looked at, if anything.
    standing : dyad, measure and time since which, of whatever has fired and not cleared.
    alerts : newest first.
    """

    looks: tuple[tuple[int, str], ...]
    dyads: tuple[tuple[str, str, str], ...]
    standing: tuple[tuple[str, str, str], ...]
    alerts: tuple[PastAlert, ...]


def alerts_since(listed: WatchList, look: int, *, before: int | None = None) -> list[PastAlert]:
    """The alerts of the looks after ``look`` (and before ``before``), newest first."""
    found = history(listed, since=look)
    return [one for one in found.alerts if before is None or one.look < before]


def history(listed: WatchList, *, since: int = -1, most: int = 500) -> WatchHistory:
    """What is remembered of a list; nothing where nobody has looked yet.

    Raises
    ------
    UnreadableFile
        The state is no database of this kind.
    """
    path = listed.state_path
    if not path.exists():
        return WatchHistory((), (), (), ())
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30.0)) as connection:
            connection.row_factory = sqlite3.Row
            state = WatchState(connection)
            times = state.times()
            dyads = connection.execute("SELECT key, title, failure FROM dyad ORDER BY key").fetchall()
            standing = tuple((dyad, measure, times.get(n, "")) for dyad, measure, n in state.standing())
            alerts = tuple(state.alerts(since=since, most=most))
    except sqlite3.Error as error:
        raise UnreadableFile(
            f"The state {path.name} cannot be read: {error}.", fix="Look again, or move it away."
        ) from None
    return WatchHistory(tuple(sorted(times.items())), tuple(tuple(row) for row in dyads), standing, alerts)
