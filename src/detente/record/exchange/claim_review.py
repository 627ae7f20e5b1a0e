"""Checked claims as schema.org ClaimReview, in JSON-LD."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import polars as pl

from detente.errors import UsageError
from detente.record.frames import Frames
from detente.record.reading import split_list
from detente.record.verdicts.independence.names import words_of
from detente.record.verdicts.independence.organisations import default_register
from detente.record.verdicts.verdict import DECIDED, VERDICTS

APART = ("quotation", "own label")
"""Marks of checks that are no rating of a claim's truth: a review would say more than was tested."""


def claim_reviews(
    ledger: Frames, verdicts: pl.DataFrame, *, reviewer: str, reviewed: date, url: str
) -> list[dict[str, Any]]:
    """One ClaimReview (https://schema.org/ClaimReview) per claim that independent evidence decides.

    Claims of which only was tested that they were made, and those reported correctly by the
    source they name, get none: a rating would say that they are true.

    Parameters
    ----------
    verdicts : polars.DataFrame
        What :meth:`Ledger.verdicts` returned.
    reviewer : str
        Who answers for the check: a person or organisation, never this package.
    reviewed : date
        Day of the check.
    url : str
        Page on which the check stands, which search engines require; ``#claim_id`` is added.

    Raises
    ------
    UsageError
        An address that is not http or https.
    """
    if not re.fullmatch(r"https?://[^\s/?#]+\S*", url):
        raise UsageError(
            f"'{url}' is not the address of a page.",
            why="A ClaimReview is only read with the page on which the check stands.",
            fix="Give it as https://...",
        )
    found = verdicts.filter(verdicts["verdict"].is_in(DECIDED))
    rows = [row for row in found.iter_rows(named=True) if not set(APART) & set((row.get("marks") or "").split(";"))]
    return [_review(ledger, row, reviewer, reviewed, url) for row in rows]


def _review(ledger: Frames, row: dict[str, Any], reviewer: str, reviewed: date, url: str) -> dict[str, Any]:
    source = ledger.source(row["source_id"])
    work: dict[str, Any] = {"@type": "CreativeWork", "name": source.title, "publisher": _agent(source.publisher)}
    authors = [_agent(name) for name in split_list(row["attributed_to"]) if words_of(name)]
    claim: dict[str, Any] = {"@type": "Claim", "author": _one_or_all(authors) or _agent(source.publisher)}
    if source.published:
        work["datePublished"] = claim["datePublished"] = str(source.published).partition("/")[0]
    if source.url:
        work["url"] = source.url
    return {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": f"{url.partition('#')[0]}#{row['claim_id']}",
        "claimReviewed": row["claim"],
        "itemReviewed": claim | {"appearance": work},
        "author": _agent(reviewer),
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


def _one_or_all(agents: list[dict[str, str]]) -> dict[str, str] | list[dict[str, str]] | None:
    return agents[0] if len(agents) == 1 else agents or None


_OFFICE = re.compile(
    r"\b(?:ministry|ministerio|department|office|agency|bank|banco|press|news|times|post|group|groups|council|chamber|"
    r"cámara|university|universidad|institute|instituto|association|desk|paper|committee|organi[sz]ation|platform|"
    r"government|gobierno|authorities|court|police|party|union|federation|community|network|radio|tv|daily|economist)\b",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"(?:(?:former |president |minister |ambassador |dr\.? |prof\.? )\s*)*[A-ZÁÉÍÓÚÑ][\w'’-]+(?:\s(?:de|del|la|van|von|bin|al)?\s?"
    r"[A-ZÁÉÍÓÚÑ][\w'’-]+){1,3}(?:,.*)?",
    re.IGNORECASE,
)


def _agent(name: str) -> dict[str, str]:
    """A person or an organisation, by what the name looks like."""
    name = name.strip()
    known = any(not house.startswith("~") for house in default_register().houses(name))
    bare = re.sub(r"^(?:the|el|la)\s", "", name, flags=re.IGNORECASE)
    capitals = all(word[:1].isupper() for word in re.findall(r"[^\W\d_]{4,}", bare.partition(",")[0]))
    person = not known and not _OFFICE.search(name) and capitals and bare == name and _PERSON.fullmatch(bare)
    return {"@type": "Person" if person else "Organization", "name": name}
