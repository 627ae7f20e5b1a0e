"""Which claims hold: how many met which verdict."""

from __future__ import annotations

import polars as pl

from detente.answer.speaker import Speaker
from detente.record import VERDICTS


def claims_by_verdict(claims: pl.DataFrame, say: Speaker) -> tuple[str, ...]:
    """How many claims met which verdict."""
    if claims.is_empty():
        return (say("no_claims"),)
    tally = dict(claims.group_by("verdict").agg(pl.len()).iter_rows())
    parts = [f"{say.words.known('verdict', v)} {tally[v]}" for v in VERDICTS if v in tally]
    whole = claims["claim_id"].str.replace(r"\.\d+$", "").n_unique()
    facts = {"n": whole, "sources": claims["source_id"].n_unique(), "tally": say.listed(parts)}
    return (say("claims_split", parts=claims.height, **facts) if claims.height > whole else say("claims", **facts),)
