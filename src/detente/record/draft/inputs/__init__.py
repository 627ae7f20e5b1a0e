"""Articles as people have them, as plain text: files of every sort, broken lines, and tables as sentences."""

from detente.record.draft.inputs.marked_up import from_html, from_markdown
from detente.record.draft.inputs.tables import html_tables, tables_told
from detente.record.draft.inputs.unpacking import Unpacked, reflow, unpack

__all__ = ["Unpacked", "from_html", "from_markdown", "html_tables", "reflow", "tables_told", "unpack"]
