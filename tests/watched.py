"""A study of one's own and a list that watches it."""

from __future__ import annotations

import shutil
from pathlib import Path

from detente.study import builtin_studies

HEAD = '[watch]\nname = "desk"\n'
RULES = "".join(
    f'[[rule]]\nmeasure = "{name}"\n' for name in ("state:*", "verdict:*", "figure_corrected", "new_data", "exports")
)


class WatchedStudy:
    """The built-in study copied, with ways to change one thing in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "mine"
        shutil.copytree(next(iter(builtin_studies().values())), self.folder)
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
