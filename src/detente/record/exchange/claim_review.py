"""Checked claims as schema.org ClaimReview, in JSON-LD."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from detente.record.frames import Frames
from detente.record.verdicts.verdict import DECIDED, VERDICTS


def claim_reviews(
    ledger: Frames, verdicts: pl.DataFrame, *, reviewer: str, reviewed: date, url: str = ""
) -> list[dict[str, Any]]:
    """One ClaimReview (https://schema.org/ClaimReview) per decided claim.

    Parameters
    ----------
    verdicts : polars.DataFrame
        What :meth:`Ledger.verdicts` returned.
    reviewer : str
        Who answers for the check: a person or organisation, never this package.
    reviewed : date
        Day of the check.
    url : str
        Page on which the check stands; ``#claim_id`` is added.
    """
    found = verdicts.filter(verdicts["verdict"].is_in(DECIDED))
    return [_review(ledger, row, reviewer, reviewed, url) for row in found.iter_rows(named=True)]


def _review(ledger: Frames, row: dict[str, Any], reviewer: str, reviewed: date, url: str) -> dict[str, Any]:
    source = ledger.source(row["source_id"])
    work: dict[str, Any] = {"@type": "CreativeWork", "name": source.title, "publisher": _named(source.publisher)}
    claim: dict[str, Any] = {"@type": "Claim", "author": _named(row["attributed_to"] or source.publisher)}
    if source.date:
        work["datePublished"] = claim["datePublished"] = str(source.date)
    if source.url:
        work["url"] = source.url
    review = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "claimReviewed": row["claim"],
        "itemReviewed": claim | {"appearance": work},
        "author": _named(reviewer),
        "datePublished": reviewed.isoformat(),
        "reviewRating": {
            "@type": "Rating",
            "ratingValue": VERDICTS[row["verdict"]].rating,
            "worstRating": 1,
            "bestRating": 5,
            "alternateName": row["verdict"],
            "ratingExplanation": row["reason"],
        },
    }
    return review | ({"url": f"{url}#{row['claim_id']}"} if url else {})


def _named(name: str) -> dict[str, str]:
    return {"@type": "Organization", "name": name}
