"""A citation for every figure and source: BibTeX and CSL-JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from detente.record.rows import Figure, Source
from detente.record.verdicts.amounts import say

_BIBTEX = {"dataset": "misc", "academic": "article", "official": "techreport", "legal": "misc"}
_CSL = {"dataset": "dataset", "academic": "article-journal", "official": "report", "legal": "legislation"}
_SPECIAL = str.maketrans(
    {c: rf"\{c}" for c in "&%$#_{}"}
    | {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}"}
)


def bibtex(sources: Iterable[Source]) -> str:
    """BibTeX entries, one per source, keyed by its id.

    Titles in square brackets are descriptions, not titles; they keep their brackets.
    """
    return "\n\n".join(_entry(source) for source in sources) + "\n"


def csl_json(sources: Iterable[Source]) -> list[dict[str, Any]]:
    """The sources as CSL-JSON items (https://citeproc-js.readthedocs.io/en/latest/csl-json)."""
    return [_item(source) for source in sources]


def cite(figure: Figure, source: Source) -> str:
    """One figure with its source, in a line for a footnote.

    Examples
    --------
    >>> from detente.record.period import Period
    >>> source = Source("S", "A report", "An office", Period.parse("2020-05"), "official", (), "")
    >>> row = dict(figure_id="T1", series="trade.total", period="2019", value=240.0, low=None, high=None,
    ...     unit="usd_mn", basis="fob", kind="flow", status="reported", preferred=None, source_id="S",
    ...     derivation=None, note=None)
    >>> cite(Figure.from_row(row), source)
    'trade.total, 2019: US$240 million (fob, reported). An office, "A report", 2020-05. [T1]'
    """
    basis = f"{figure.basis}, " if figure.basis not in ("-", "") else ""
    derived = f" Derived: {figure.derivation}." if figure.derivation else ""
    where = f" {source.url}" if source.url else ""
    return (
        f"{figure.series}, {figure.period}: {say(figure.value, figure.unit)} ({basis}{figure.status})."
        f'{derived} {source.publisher}, "{source.title}", {_dated(source)}.{where} [{figure.id}]'
    )


def _dated(source: Source) -> str:
    return str(source.date) if source.date else "n.d."


def _entry(source: Source) -> str:
    fields = {"title": f"{{{_tex(source.title)}}}", "author": f"{{{_tex(source.publisher)}}}"}
    if source.date:
        fields["year"] = str(source.date.first.year)
        if source.date.precision in ("month", "day"):
            fields["month"] = str(source.date.first.month)
    if source.url:
        fields["howpublished"] = rf"\url{{{source.url.replace('%', chr(92) + '%')}}}"
    kind = _BIBTEX.get(source.kind, "misc")
    if kind == "article":
        fields["journal"] = fields["author"]
    if kind == "techreport":
        fields["institution"] = fields["author"]
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    return f"@{kind}{{{re.sub(r'[^A-Za-z0-9._-]', '-', source.id)},\n{body}\n}}"


def _tex(text: str) -> str:
    return text.translate(_SPECIAL)


def _item(source: Source) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": source.id,
        "type": _CSL.get(source.kind, "article-newspaper" if source.kind in ("press", "article") else "document"),
        "title": source.title,
        "publisher": source.publisher,
        "author": [{"literal": source.publisher}],
    }
    if source.date:
        parts = [source.date.first.year, source.date.first.month, source.date.first.day]
        item["issued"] = {"date-parts": [parts[: {"year": 1, "month": 2, "day": 3}.get(source.date.precision, 1)]]}
    if source.url:
        item["URL"] = source.url
    return item
