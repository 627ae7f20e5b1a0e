"""Which claims hold: how many met which verdict."""

from __future__ import annotations

import polars as pl

from detente.answer.speaker import Speaker
from detente.record.verdicts.judge import tally


def claims_by_verdict(claims: pl.DataFrame, say: Speaker) -> tuple[str, ...]:
    """How many claims count as what; remarks on an article's form are not counted."""
    if claims.is_empty():
        return (say("no_claims"),)
    parts = [f"{say.words.known('verdict', standing)} {n}" for standing, n in tally(claims).items()]
    claims = claims.filter(pl.col("type") != "form")
    whole = claims["claim_id"].str.replace(r"\.\d+$", "").n_unique()
    facts = {"n": whole, "sources": claims["source_id"].n_unique(), "tally": say.listed(parts)}
    return (say("claims_split", parts=claims.height, **facts) if claims.height > whole else say("claims", **facts),)
