"""How a result shows itself in a notebook: its sentences, and its table below them."""

from __future__ import annotations

from html import escape
from typing import Any

ROWS = 12  #: rows of a table that are shown; the rest is said to be there


def as_html(text: str, frame: Any = None) -> str:
    """``text`` as it stands, then the first rows of ``frame`` (polars, pandas or pyarrow) as a table.

    Examples
    --------
    >>> import polars as pl
    >>> html = as_html("Two rows < three", pl.DataFrame({"a": [1, 2]}))
    >>> "Two rows &lt; three" in html, html.count("<tr>")
    (True, 3)
    """
    parts = [f'<pre style="white-space: pre-wrap">{escape(text)}</pre>']
    if frame is not None and len(frame):
        first = frame.slice(0, ROWS).to_pydict() if hasattr(frame, "to_pydict") else frame.head(ROWS)
        names = list(first if isinstance(first, dict) else first.columns)
        head = "".join(f"<th>{escape(str(name))}</th>" for name in names)
        columns = [[_cell(value) for value in list(first[name])] for name in names]
        body = "".join(f"<tr>{''.join(row)}</tr>" for row in zip(*columns, strict=True))
        more = (
            f"<p>{ROWS} of {len(frame):,} rows; <code>to_frame()</code> has them all.</p>" if len(frame) > ROWS else ""
        )
        parts.append(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}")
    return "".join(parts)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f'<td style="text-align: right">{value:,.6g}</td>'
    return f"<td>{'' if value is None else escape(str(value))}</td>"
