"""Where a number came from, as W3C PROV in its JSON serialization."""

from __future__ import annotations

import re
from typing import Any

import polars as pl

from detente.record.frames import Frames

PREFIX = {"dt": "urn:detente:", "prov": "http://www.w3.org/ns/prov#"}


def provenance(ledger: Frames, verdicts: pl.DataFrame | None = None) -> dict[str, Any]:
    """A PROV-JSON document (W3C member submission 2013) of a record.

    Sources, figures, claims and verdicts are entities; publishers are agents. A figure has
    its source as primary source and is derived from the figures its derivation names; a
    source that cites another is derived from it; a claim is quoted from its source; a
    verdict is derived from the claim and from the sources of its evidence.
    """
    doc: dict[str, Any] = {"prefix": PREFIX, "entity": {}, "agent": {}, "wasDerivedFrom": {}, "wasAttributedTo": {}}
    _sources(ledger, doc)
    _figures(ledger, doc)
    for row in ledger.claims.iter_rows(named=True):
        doc["entity"][f"dt:claim/{row['claim_id']}"] = {"prov:label": row["claim"]}
        _derived(doc, f"claim/{row['claim_id']}", f"source/{row['source_id']}", "prov:Quotation")
    for row in verdicts.iter_rows(named=True) if verdicts is not None else ():
        key = f"verdict/{row['claim_id']}"
        doc["entity"][f"dt:{key}"] = {"prov:value": row["verdict"], "prov:label": row["reason"]}
        _derived(doc, key, f"claim/{row['claim_id']}")
        for source in filter(None, row["evidence_source_ids"].split(";")):
            _derived(doc, key, f"source/{source}")
    return doc


def _sources(ledger: Frames, doc: dict[str, Any]) -> None:
    for row in ledger.sources.iter_rows(named=True):
        key = f"source/{row['source_id']}"
        doc["entity"][f"dt:{key}"] = {"prov:label": row["title"], "dt:date": row["date"], "dt:kind": row["kind"]}
        agent = "dt:agent/" + re.sub(r"\W+", "-", row["publisher"]).strip("-").casefold()
        doc["agent"][agent] = {"prov:label": row["publisher"]}
        doc["wasAttributedTo"][f"_:a{len(doc['wasAttributedTo'])}"] = {"prov:entity": f"dt:{key}", "prov:agent": agent}
        for cited in filter(None, (part.strip() for part in (row["cites"] or "").split(";"))):
            _derived(doc, key, f"source/{cited}")


def _figures(ledger: Frames, doc: dict[str, Any]) -> None:
    known = set(ledger.figures["figure_id"])
    for row in ledger.figures.iter_rows(named=True):
        key = f"figure/{row['figure_id']}"
        doc["entity"][f"dt:{key}"] = {
            "prov:label": f"{row['series']} {row['period']}",
            "prov:value": row["value"],
            "dt:unit": row["unit"],
            "dt:basis": row["basis"],
        }
        _derived(doc, key, f"source/{row['source_id']}", "prov:PrimarySource")
        for part in re.findall(r"[A-Za-z0-9_-]+", row["derivation"] or ""):
            if part in known and part != row["figure_id"]:
                _derived(doc, key, f"figure/{part}")


def _derived(doc: dict[str, Any], generated: str, used: str, kind: str = "") -> None:
    relation: dict[str, Any] = {"prov:generatedEntity": f"dt:{generated}", "prov:usedEntity": f"dt:{used}"}
    if kind:
        relation["prov:type"] = {"$": kind, "type": "prov:QUALIFIED_NAME"}
    doc["wasDerivedFrom"][f"_:d{len(doc['wasDerivedFrom'])}"] = relation
