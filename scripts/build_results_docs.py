"""Write the tables' sections of docs/results.md from their schemas: python scripts/build_results_docs.py"""

from __future__ import annotations

from pathlib import Path

from detente.run.tables import as_markdown

PAGE = Path(__file__).resolve().parents[1] / "docs" / "results.md"
START, END = "<!-- tables -->\n", "<!-- end of tables -->"

if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    head, _, rest = page.partition(START)
    PAGE.write_text(head + START + as_markdown() + END + rest.partition(END)[2], encoding="utf-8", newline="\n")
