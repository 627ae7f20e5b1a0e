"""Score drafting on public texts about flows between two countries, which stay where they are: the labels are here.

``drafting.toml`` lists the addresses of the texts, in sets: each set was found by search and labelled before the drafting
of its day was run on it, then scored once, and only then read for its faults. Save the text of an address as
``SET-N.txt`` (``B-3.txt``: the third of set B) and give the folder:

    python benchmarks/drafting.py FOLDER [--set E] [--faults]

A drafted figure counts if value, unit, period, direction and speaker are all those of a label that no other has taken.
How a label is written is said at the top of ``drafting.toml``. Pages change and may be cut where a stored copy ended;
texts that are missing are left out.
"""

from __future__ import annotations

import re
import sys
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from detente.record.draft.clean import article_of
from detente.record.draft.drafting import draft_claims
from detente.record.draft.language.units import CLOSED

FIELDS = ("value", "unit", "period", "direction", "speaker")
PEOPLE = {"people", "personas", "migrants", "persons"}
CUBIC_METRES = 1e9
"""In one bcm."""


@dataclass(frozen=True)
class Said:
    """A drafted figure."""

    value: float
    unit: str
    period: str
    direction: str
    speaker: str
    high: bool


@dataclass
class Tally:
    """What a set of texts gave."""

    right: int = 0
    labelled: int = 0
    drafted: int = 0
    high: int = 0
    high_right: int = 0
    wrong: Counter[str] = field(default_factory=Counter)

    @property
    def f1(self) -> float:
        """Twice what is right over what is labelled and what is drafted."""
        return 2 * self.right / max(self.labelled + self.drafted, 1)


def drafted(text: dict, words: str) -> list[Said]:
    """The figures that drafting finds in a text."""
    found = []
    for row in draft_claims(article_of(words, text["published"], text["language"]), "N1").rows:
        cells = row.as_row()
        if not cells["value"]:
            continue
        value, unit = float(cells["value"]), cells["unit"].partition("/")[0]
        if unit == "m3" and abs(value) >= CUBIC_METRES / 1e3:
            value, unit = value / CUBIC_METRES, "bcm"
        way = cells["state"] if cells["state"] in ("up", "down") else ""
        unit = "persons" if unit in PEOPLE else unit
        found.append(Said(value, unit, cells["date"], way, cells["attributed_to"], cells["confidence"] == "high"))
    return found


def fits(said: Said, label: str) -> list[str]:
    """The fields of a drafted figure that are not those of a label; alternatives stand between ``~``."""
    wrong = []
    for name, cell in zip(FIELDS, label.removeprefix("?").split("|"), strict=False):
        have = getattr(said, name)
        if not any(_same(name, have, wanted) for wanted in cell.split("~")):
            wrong.append(name)
    return wrong


def _same(name: str, have: float | str, wanted: str) -> bool:
    if isinstance(have, float):
        return abs(have - float(wanted)) <= 1e-9 * abs(have)
    if name == "unit" and have not in CLOSED:
        return bool(_words(have) & _words(wanted))
    if name == "speaker" and wanted:
        return _folded(wanted) in _folded(have)
    return have == wanted


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.replace("’", "'")).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"\s+", " ", plain)


def _words(text: str) -> set[str]:
    return {re.sub(r"(?:es|s)$", "", word) for word in re.findall(r"[\w.]+", _folded(text))}


def score(text: dict, words: str, tally: Tally) -> list[str]:
    """Add a text to a tally; what was missed and what was drafted beside it, in words."""
    labels, have = list(text["figures"]), drafted(text, words)
    left = []
    for said in have:
        label = next((la for la in labels if not fits(said, la)), None)
        if label is None:
            left.append(said)
            continue
        labels.remove(label)
        if not label.startswith("?"):
            tally.right, tally.labelled, tally.drafted = tally.right + 1, tally.labelled + 1, tally.drafted + 1
            tally.high, tally.high_right = tally.high + said.high, tally.high_right + said.high
    faults = []
    for said in left:
        near = min(labels, key=lambda la: _weight(fits(said, la)), default="")
        wrong = fits(said, near) if near else list(FIELDS)
        if (near and not {"value", "unit"} & set(wrong)) or (near and len(wrong) == 1):
            labels.remove(near)
            if near.startswith("?"):
                continue
            tally.labelled += 1
            tally.wrong.update(wrong)
            faults.append(f"{'/'.join(wrong)}: {_line(said)} is {near}")
        else:
            tally.wrong["drafted without a label"] += 1
            faults.append(f"not labelled: {_line(said)}")
        tally.drafted, tally.high = tally.drafted + 1, tally.high + said.high
    missed = [label for label in labels if not label.startswith("?")]
    tally.labelled += len(missed)
    tally.wrong["not drafted"] += len(missed)
    return [*faults, *(f"not drafted: {label}" for label in missed)]


def _weight(wrong: list[str]) -> int:
    return sum(10 if name in ("value", "unit") else 1 for name in wrong)


def _line(said: Said) -> str:
    return f"{said.value:g}|{said.unit}|{said.period}|{said.direction}|{said.speaker}" + (" HIGH" if said.high else "")


def labelled(folder: Path, what: str = "figures", only: str = "") -> Iterator[tuple[str, Mapping, str]]:
    """Each text at hand with labels of ``what``: its place as ``B-3``, its labels, its words; of the sets ``only``, if any."""
    pages = tomllib.loads(Path(__file__).with_name("drafting.toml").read_text(encoding="utf-8"))
    place: Counter[str] = Counter()
    for text in [*pages["text"], *pages["told"]]:
        place[text["set"]] += 1
        path = folder / f"{text['set']}-{place[text['set']]}.txt"
        if what in text and path.exists() and (not only or text["set"] in only):
            yield path.stem, text, path.read_text(encoding="utf-8")


def asked(arguments: list[str]) -> tuple[Path, str, bool]:
    """The folder, the sets and whether faults are shown, of a command line."""
    sets = arguments[arguments.index("--set") + 1] if "--set" in arguments else ""
    return Path(arguments[0]), sets, "--faults" in arguments


def main(folder: Path, only: str, show: bool) -> None:
    """One line a set: F1 over all rows, precision and recall of those marked high, and which fields are wrong."""
    tallies: dict[str, Tally] = {}
    for place, text, words in labelled(folder, only=only):
        faults = score(text, words, tallies.setdefault(text["set"], Tally()))
        if show:
            print(f"{place}  {text['address']}", *faults, sep="\n    ")
    for name, t in tallies.items():
        print(
            f"{name}: {t.labelled} figures, {t.drafted} drafted, F1 {t.f1:.2f}, high {t.high_right} of {t.high} right, "
            f"{t.high_right / t.labelled:.2f} of all; wrong: {', '.join(f'{k} {n}' for k, n in t.wrong.most_common())}"
        )


if __name__ == "__main__":
    main(*asked(sys.argv[1:]))
