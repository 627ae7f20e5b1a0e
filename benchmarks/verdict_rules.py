"""How often the rules of a verdict are right: claims planted in a made-up record whose truth is known.

    python benchmarks/verdict_rules.py [--write]

A record of official figures; an article whose claims are the truth rounded to so many digits, or the truth off by so
much; and figures of a second source that agree, differ by a known valuation, or contradict. ``--write`` puts the table
into docs/method.md.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl

from detente.record import Ledger

PAGE = Path(__file__).resolve().parents[1] / "docs" / "method.md"
BEGIN, END = "<!-- figures by benchmarks/verdict_rules.py -->", "<!-- end of figures -->"
N, SEED = 1000, 20220926
WORDS = ("confirmed", "confirmed within rounding", "imprecise", "contradicted", "unresolved conflict")
CASES = (
    ("the truth, 4 digits", 4, 0.0, None), ("the truth, 3 digits", 3, 0.0, None), ("the truth, 2 digits", 2, 0.0, None),
    ("the truth, 1 digit", 1, 0.0, None), ("3% off", 4, 0.03, None), ("8% off", 4, 0.08, None),
    ("12% off", 4, 0.12, None), ("25% off", 4, 0.25, None), ("twice", 4, 1.0, None), ("ten times", 4, 9.0, None),
    ("the truth, 3 digits; a second office agrees", 3, 0.0, 1.0),
    ("the truth, 3 digits; a second office says 30% more", 3, 0.0, 1.3),
    ("15% off a compiler's figure, the only one on record", 4, 0.15, "compiler"),
)  # fmt: skip


def rounded(number: float, digits: int) -> str:
    return format(float(f"{number:.{digits - 1}e}"), "f").rstrip("0").rstrip(".")


def world(folder: Path, digits: int, off: float, second: float | str | None, rng: np.random.Generator) -> list[str]:
    """A record of N official figures and N claims; their verdicts."""
    truth = np.round(np.exp(rng.uniform(3, 9, N)), 1)
    sign = rng.choice([-1.0, 1.0], N) if off < 1 else np.ones(N)
    said = [rounded(value * (1 + s * off), digits) for value, s in zip(truth, sign)]
    (folder / "sources.csv").write_text(
        "source_id,title,publisher,date,kind\nstory,A story,A Paper,2020,article\n"
        "office,A bulletin,An Office,2021,official\nother,A yearbook,Another Office,2021,official\n"
    )
    (folder / "events.csv").write_text("event_id,date,title,kind,direction,source_ids\n")
    rows = [_figure(f"T{i}", i, value, "-", "office") for i, value in enumerate(truth)]
    if second == "compiler":
        rows = [_figure(f"T{i}", i, value, "baci", "office") for i, value in enumerate(truth)]
    elif second is not None:
        rows += [_figure(f"U{i}", i, round(value * float(second), 1), "-", "other") for i, value in enumerate(truth)]
    pl.DataFrame(rows).write_csv(folder / "series.csv")
    pl.DataFrame(
        {
            "claim_id": [f"C{i}" for i in range(N)], "source_id": "story", "claim": "A claim", "type": "quantity",
            "date": "2019", "value": said, "unit": "usd_mn", "test": "quantity", "target": [f"x.s{i}" for i in range(N)],
        }
    ).write_csv(folder / "claims.csv")  # fmt: skip
    return Ledger.read(folder).verdicts()["verdict"].to_list()


def _figure(name: str, i: int, value: float, basis: str, source: str) -> dict[str, object]:
    return {"figure_id": name, "series": f"x.s{i}", "period": "2019", "value": value, "unit": "usd_mn", "basis": basis,
            "kind": "flow", "status": "reported", "source_id": source}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    lines = [f"| what the article says | {' | '.join(WORDS)} |", "|---" * (len(WORDS) + 1) + "|"]
    for k, (name, digits, off, second) in enumerate(CASES):
        with tempfile.TemporaryDirectory() as folder:
            found = Counter(world(Path(folder), digits, off, second, np.random.default_rng([SEED, k])))
        assert set(found) <= set(WORDS), found
        lines.append(f"| {name} | {' | '.join(f'{100 * found[w] / N:.1f}' if found[w] else '' for w in WORDS)} |")
    lines += ["", f"Percent of {N:,} claims each; `python benchmarks/verdict_rules.py`, seed {SEED}."]
    print("\n".join(lines))
    if args.write:
        head, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        PAGE.write_text(head + BEGIN + "\n" + "\n".join(lines) + "\n" + END + rest.partition(END)[2], encoding="utf-8")


if __name__ == "__main__":
    main()
