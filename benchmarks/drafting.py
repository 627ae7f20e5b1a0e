"""Score drafting on public news texts, which stay where they are: the labels are here, the texts are fetched by hand.

``drafting.toml`` lists the addresses of 41 texts about trade between two countries, four sets of them, each labelled
before the drafting of its day was run on it: value, unit, period and direction of every figure. Save the text of an
address as ``SET-N.txt`` (``B-3.txt``: the third of set B) and give the folder:

    python benchmarks/drafting.py FOLDER

A figure counts if value, unit, period and direction are those of the label. Pages change and may be cut where a stored
copy ended; texts that are missing are left out.
"""

from __future__ import annotations

import sys
import tomllib
from collections import defaultdict
from pathlib import Path

from detente.record.draft.clean import Article
from detente.record.draft.drafting import draft_claims

PEOPLE = ("people", "personas", "migrants")


def drafted(text: dict, words: str) -> list[tuple[str, str]]:
    """The figures of a text as ``value|unit|period|direction``, with their confidence."""
    found = []
    for row in draft_claims(Article("", words, text["published"], text["language"]), "N1").rows:
        cells = row.as_row()
        if cells["value"]:
            unit = "persons" if cells["unit"] in PEOPLE else cells["unit"].partition("/")[0]
            way = cells["state"] if cells["state"] in ("up", "down") else ""
            found.append((f"{float(cells['value']):g}|{unit}|{cells['date']}|{way}", cells["confidence"]))
    return found


def main(folder: Path) -> None:
    """One line a set: F1 over all rows, precision and recall of those marked high."""
    texts = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["text"]
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    place: dict[str, int] = defaultdict(int)
    for text in texts:
        name = text["set"]
        place[name] += 1
        path = folder / f"{name}-{place[name]}.txt"
        if not path.exists():
            continue
        gold, have, n = list(text["figures"]), drafted(text, path.read_text(encoding="utf-8")), sums[name]
        n[1], n[2] = n[1] + len(gold), n[2] + len(have)
        for said, mark in have:
            right = said in gold
            if right:
                gold.remove(said)
            n[0], n[3], n[4] = n[0] + right, n[3] + (mark == "high"), n[4] + (mark == "high" and right)
    for name, (right, labelled, found, high, high_right) in sums.items():
        print(
            f"{name}: {labelled} figures, F1 {2 * right / (labelled + found):.2f}, "
            f"high {high_right} of {high} right, {high_right / labelled:.2f} of all"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
