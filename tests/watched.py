"""A study of one's own and a list that watches it."""

from __future__ import annotations

import shutil
from pathlib import Path

from detente.delivery import MailServer
from detente.study import builtin_studies

HEAD = '[watch]\nname = "desk"\n'
RULES = "".join(
    f'[[rule]]\nmeasure = "{name}"\n' for name in ("state:*", "verdict:*", "figure_corrected", "new_data", "exports")
)

CLOSED = (
    "E900,2026-05-01,,,{title},border closure,border,COL,-,4,border.goods@cucuta=closed,press-2026-03-summit,high,,"
)


def mail_to(server: MailServer, readers: str, *, digest: bool = False) -> str:
    at = f'host = "{server.host}"\nport = {server.port}\nsecurity = "none"\ndigest = {str(digest).lower()}\n'
    return f'[[to]]\nkind = "mail"\nto = [{readers}]\nsender = "desk@example.org"\n{at}'


class WatchedStudy:
    """The built-in study copied, with ways to change one thing in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "mine"
        shutil.copytree(builtin_studies()["colombia-venezuela"], self.folder)
        self.list = folder / "desk.toml"

    def listed(
        self, rules: str = RULES, dyads: str = '[[dyad]]\nstudy = "mine"\n', to: str = "", head: str = HEAD
    ) -> Path:
        self.list.write_text(head + dyads + rules + to, encoding="utf-8")
        return self.list

    def replace(self, table: str, old: str, new: str) -> None:
        path = self.folder / "record" / f"{table}.csv"
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        path.write_text(text.replace(old, new), encoding="utf-8", newline="")

    def append(self, table: str, line: str) -> None:
        with (self.folder / "record" / f"{table}.csv").open("a", encoding="utf-8", newline="") as file:
            file.write(line + "\n")
