"""Two articles on one subject side by side: where they agree, differ, complement or contradict."""

from __future__ import annotations

import polars as pl

from detente.language import Text
from detente.record.frames import Frames
from detente.record.reading import split_list
from detente.record.rows import Claim
from detente.record.verdicts.kinds.agreement import compare

COLUMNS = ("subsystem", "claim_a", "claim_b", "relation", "how")


def compare_articles(ledger: Frames, first: str, second: str) -> pl.DataFrame:
    """Claims of two sources, paired where they speak of the same thing.

    Two claims on one target (series, event or state, for the same time where both are
    numbers) are compared: ``agree``, ``agree within rounding``, ``differ in precision`` or
    ``contradict``. Claims on one part of the relation that name a common actor, without a
    common target, ``complement`` each other. The rest stand in one article only.

    Returns
    -------
    polars.DataFrame
        Columns subsystem, claim_a, claim_b, relation, how; one of the two ids is empty for
        a claim that stands in one article only.
    """
    return pl.DataFrame(article_rows(ledger, first, second), schema=dict.fromkeys(COLUMNS, pl.String), orient="row")


def article_rows(ledger: Frames, first: str, second: str) -> list[tuple[str, ...]]:
    """The rows of :func:`compare_articles`, what was compared as texts for any language."""
    claims = [Claim.from_row(row) for row in ledger.claims.iter_rows(named=True)]
    actors = {row["claim_id"]: set(split_list(row["actors"])) for row in ledger.claims.iter_rows(named=True)}
    ours = [c for c in claims if c.source_id == first and c.type != "form"]
    theirs = [c for c in claims if c.source_id == second and c.type != "form"]
    rows: list[tuple[str, ...]] = []
    paired: set[str] = set()
    for a in ours:
        for b in theirs:
            if _same_thing(a, b):
                relation, how = compare(a, b)
                rows.append((a.subsystem, a.id, b.id, relation, how))
                paired |= {a.id, b.id}
    for a in ours:
        partners = [
            b for b in theirs if a.subsystem == b.subsystem and actors[a.id] & actors[b.id] and a.id not in paired
        ]
        if partners:
            best = max(partners, key=lambda b: (len(actors[a.id] & actors[b.id]), b.id not in paired))
            common = ", ".join(sorted(actors[a.id] & actors[best.id]))
            rows.append((a.subsystem, a.id, best.id, "complement", Text("compared.both_on", names=common)))
            paired |= {a.id, best.id}
    rows += [(c.subsystem, c.id, "", "only the first", "") for c in ours if c.id not in paired]
    rows += [(c.subsystem, "", c.id, "only the second", "") for c in theirs if c.id not in paired]
    return rows


def _same_thing(a: Claim, b: Claim) -> bool:
    if not a.target or not b.target:
        return False
    shared = set(split_list(a.target)) & set(split_list(b.target))
    if not shared or a.test == "count" or not (a.test == b.test or {a.test, b.test} <= {"event", "prediction"}):
        return False
    if a.test == b.test == "change" and any(a.option(name) != b.option(name) for name in ("from", "to")):
        return False
    of_a_time = a.test == b.test and a.test in ("quantity", "state")
    return not (of_a_time and a.date and b.date and not a.date.overlaps(b.date))
