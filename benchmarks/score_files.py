"""Where the benchmarks of the outlook write: the score cards that ship, and the tables of a page of the docs."""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from detente.outlook.score_card import ScoreCard

ROOT = Path(__file__).resolve().parents[1]
CARDS = ROOT / "src/detente/outlook/scores.csv"


def write_cards(cards: Sequence[ScoreCard], targets: Collection[str], path: Path = CARDS) -> None:
    """Put ``cards`` in the place of those of ``targets``; the cards of other targets stay."""
    with path.open(encoding="utf-8", newline="") as file:
        kept = [row for row in csv.DictReader(file) if row["target"] not in targets]
    rows = [{k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(c).items()} for c in cards]
    both = [*rows, *kept] if "break" in targets else [*kept, *rows]
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(ScoreCard.__dataclass_fields__), lineterminator="\n")
        out.writeheader()
        out.writerows(both)


def write_tables(page: Path, tables: Mapping[str, str]) -> None:
    """Put each table between ``<!-- name -->`` and ``<!-- /name -->`` of the page."""
    text = page.read_text(encoding="utf-8")
    for name, table in tables.items():
        head, tail = f"<!-- {name} -->", f"<!-- /{name} -->"
        before, _, rest = text.partition(head)
        text = f"{before}{head}\n{table}\n{tail}{rest.partition(tail)[2]}"
    page.write_text(text, encoding="utf-8", newline="\n")
