"""Learn the weights by which drafting chooses the period of a figure, from labelled texts.

    python benchmarks/drafting_fit.py FOLDER [--near] [--hold-out] [--write]

``FOLDER`` holds the texts of ``drafting.toml`` as ``drafting.py`` wants them. The texts of ``tests/fixtures/draft/whole``,
the sentences of ``drafting_lessons.toml`` and those made from ``tests/fixtures/draft/made`` are learnt from too. Each
labelled figure is a choice among the periods it could have; the weights are those of a conditional logit with a quadratic
penalty. ``--hold-out`` leaves one set of texts out at a time and says how many periods of it are right; ``--write`` writes
``weights.toml``; ``--near`` keeps what was learnt from texts that are not in the folder: weights move away from those of
``weights.toml`` only for a reason.
"""

from __future__ import annotations

import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from drafting import PEOPLE, labelled
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from detente.record.draft import drafting
from detente.record.draft.clean import Article
from detente.record.draft.tying.around import Around
from detente.record.draft.tying.facts import facts as facts_of
from detente.record.draft.tying.periods import choosing
from detente.record.draft.tying.periods.candidates import Paired, candidates
from detente.record.draft.tying.quantities import study_unit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests/fixtures/draft/made"))
from made import LANGUAGES, PARTS, Made, made

HERE = Path(__file__).resolve().parent
WEIGHTS = Path(choosing.__file__).with_name("weights.toml")
PENALTY = 4
FIRM = 3
"""The penalty on what differs from weights that were learnt from texts that are not at hand."""
COUNTS = {"lessons": 3.0, "made": 0.2}
"""How much a made-up lesson or sentence counts beside a figure of a text."""
RARE = 2
"""A fact seen in fewer choices has no weight."""


@dataclass(frozen=True)
class Lesson:
    """One figure: the facts of each candidate, which candidates are right, and the set it comes from."""

    facts: list[list[str]]
    right: list[bool]
    source: str
    said: str


def texts(folder: Path) -> list[dict]:
    """Every labelled text, with its words and its labels as ``value|unit|period|...``."""
    found = [text | {"words": words} for _, text, words in labelled(folder)]
    for path in sorted((HERE.parent / "tests/fixtures/draft/whole").glob("*.toml")):
        whole = tomllib.loads(path.read_text("utf-8")).get("text", ())
        found += [t | {"set": path.stem, "words": t["article"], "figures": t["tuples"]} for t in whole if "tuples" in t]
    lessons = tomllib.loads((HERE / "drafting_lessons.toml").read_text("utf-8"))["text"]
    found += [text | {"set": "lessons", "words": text["said"]} for text in lessons]
    return [*found, *(_as_text(sentence) for language in LANGUAGES for sentence in made(language))]


def _as_text(sentence: Made) -> dict:
    """A made sentence as a labelled text."""
    figures = [f"{value:g}|*|{period}" for value, period in sentence.periods]
    about = {"set": "made", "language": sentence.language, "published": PARTS["published"]}
    return about | {"words": sentence.text, "figures": figures}


def lessons_of(text: dict, weights: dict[str, float] | None = None) -> list[Lesson]:
    """The choices of a text, each with what is right; a figure without a label teaches nothing.

    What a text goes on about is what its labels say, or, with ``weights``, what these choose: then what is learnt is
    how to go on after a fault, too.
    """
    labels = [label.removeprefix("?").split("|") for label in text["figures"]]
    used: set[int] = set()
    found: list[Lesson] = []

    def gold(around: Around, n: int) -> tuple[str, ...] | None:
        value, unit = study_unit(around.figures[n])
        if not value:
            return None
        unit, number = unit.partition("/")[0], abs(float(value))
        if unit == "m3" and number >= 1e6:
            unit, number = "bcm", number / 1e9
        same = [
            i
            for i, label in enumerate(labels)
            if any(abs(abs(float(v)) - number) < 1e-9 * number for v in label[0].split("~"))
            and (label[1] in ("*", unit) or (label[1] == "persons" and unit in PEOPLE) or unit.split()[-1] in label[1])
        ]
        free = [i for i in same if i not in used] or same
        if not free:
            return None
        used.add(free[0])
        return tuple(labels[free[0]][2].split("~"))

    def choose(around: Around) -> list[Paired]:
        chosen: list[Paired] = []
        for n in range(len(around.figures)):
            if around.kinds[n] == "span":
                gold(around, n)
                chosen.append(Paired(None, 1.0))
                continue
            options = candidates(around, n, chosen)
            wanted = gold(around, n)
            right = [wanted is not None and c.period in wanted for c in options]
            if weights is None:
                pick = next((c for c, good in zip(options, right) if good), options[0])
            else:
                pick = max(options, key=lambda c: sum(weights.get(f, 0.0) for f in facts_of(around, n, c, chosen)))
            if wanted is not None:
                facts = [facts_of(around, n, c, chosen) for c in options]
                said = f"{around.figures[n].text} is {wanted}: {around.sentence.text[:300]}"
                found.append(Lesson(facts, right, text["set"], said))
            chosen.append(Paired(pick.date, 1.0, pick.kind in ("back", "moved")))
        return chosen

    drafting.choose, kept = choose, drafting.choose
    try:
        drafting.draft_claims(Article("", text["words"], text["published"], text["language"]), "N1")
    finally:
        drafting.choose = kept
    return found


def fit(lessons: Sequence[Lesson], before: Mapping[str, float] | None = None) -> dict[str, float]:
    """The weights under which the right periods of all lessons are likeliest; with ``before``, near those."""
    lessons = [le for le in lessons if any(le.right)]
    seen = Counter(name for le in lessons for name in {f for facts in le.facts for f in facts})
    index = {name: i for i, name in enumerate(sorted(n for n, k in seen.items() if k >= RARE))}
    rows, columns, starts, right, size = [], [], [], [], 0
    for le in lessons:
        starts.append(size)
        for facts, good in zip(le.facts, le.right):
            names = [index[f] for f in set(facts) if f in index]
            rows += [size] * len(names)
            columns += names
            right.append(good)
            size += 1
    design = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(size, len(index)))
    begin, good = np.array(starts), np.array(right)
    counts = np.array([COUNTS.get(le.source, 1.0) for le in lessons])
    start = np.array([(before or {}).get(name, 0.0) for name in index])
    penalty = PENALTY if before is None else FIRM
    group = np.repeat(np.arange(len(begin)), np.diff([*begin, size]))

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        score = design @ weights
        score = np.exp(score - np.maximum.reduceat(score, begin)[group])
        share = score / np.add.reduceat(score, begin)[group]
        held = np.add.reduceat(np.where(good, share, 0.0), begin)
        slope = design.T @ (counts[group] * (share - np.where(good, share, 0.0) / held[group]))
        away = weights - start
        return -counts @ np.log(held) + penalty * away @ away / 2, slope + penalty * away

    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300})
    return dict(before or {}) | {name: float(found.x[i]) for name, i in index.items()}


def judge(weights: dict[str, float], lessons: Sequence[Lesson], *, show: bool = False) -> tuple[int, int]:
    """How many periods are right, of how many."""
    n = 0
    for le in lessons:
        sums = [sum(weights.get(f, 0.0) for f in set(facts)) for facts in le.facts]
        good = le.right[int(np.argmax(sums))]
        n += good
        if show and not good:
            print("   ", "reachable" if any(le.right) else "NO CANDIDATE", le.said)
    return n, len(lessons)


def main(folder: Path, hold_out: bool, write: bool, before: dict[str, float] | None) -> None:
    """Fit on everything; with ``hold_out`` judge each set by what the others teach."""
    labelled = texts(folder)
    lessons = [le for text in labelled for le in lessons_of(text)]
    by_set: dict[str, list[Lesson]] = defaultdict(list)
    for le in lessons:
        by_set[le.source].append(le)
    print(len(lessons), "figures;", sum(not any(le.right) for le in lessons), "whose period is no candidate")
    if hold_out:
        for name in by_set:
            taught = fit([le for le in lessons if le.source != name], before)
            right, of = judge(taught, by_set[name], show=name in sys.argv)
            print(f"{name}: {right} of {of} periods right, {right / of:.2f}, learnt from the others")
    weights = fit(lessons, before)
    labelled = [text for text in labelled if text["set"] != "made"]
    own = [le for text in labelled for le in lessons_of(text, weights)]
    print("{} of {} periods right, each after the choices before it".format(*judge(weights, own)))
    weights = fit([*lessons, *own], before)
    own = [le for text in labelled for le in lessons_of(text, weights)]
    print("{} of {} periods right, learnt from these too".format(*judge(weights, own)))
    right, of = judge(weights, lessons)
    print(f"all: {right} of {of} periods right where it was learnt")
    if write:
        lines = [f'"{name}" = {weight:.2f}' for name, weight in sorted(weights.items()) if abs(weight) >= 0.02]
        head = "# The weight of each fact in the choice of a figure's period: learnt by benchmarks/drafting_fit.py.\n\n[weights]\n"
        WEIGHTS.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(
        Path(sys.argv[1]),
        "--hold-out" in sys.argv,
        "--write" in sys.argv,
        choosing.weights() if "--near" in sys.argv else None,
    )
