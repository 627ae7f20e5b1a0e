"""Articles as people have them: PDF, Word, saved mails and web archives, and text with broken lines, as plain text."""

from __future__ import annotations

import email
import email.policy
import io
import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from detente.data.tables.archives import Limits, check_archive
from detente.errors import EmptySample, MissingExtra, UnreadableFile
from detente.record.draft.inputs.tables import table_told, tables_told

PAGES = 200
"""Pages of a PDF that are read."""
PARAGRAPHS = 5000
"""Paragraphs and table rows of a Word file that are read."""
UNPACKED = 50_000_000
WIDTH = (45, 110)
"""Characters of a full line in a text whose lines were broken to a width."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What a file holds.

    Attributes
    ----------
    title, published : str
        As the file states them; empty where it does not. ``published`` is ``YYYY-MM-DD``.
    text : str
    html : bool
        Whether ``text`` is a web page.
    """

    title: str
    published: str
    text: str
    html: bool = False


def unpack(path: Path, raw: bytes) -> Unpacked | None:
    """The text of a PDF, a Word file, a mail or a web archive; None for other files.

    Raises
    ------
    UnreadableFile
        Damaged, protected, or larger than is read.
    EmptySample
        No text: a scan, for example.
    MissingExtra
        A PDF without pypdf, a Word file without python-docx.
    """
    suffix = path.suffix.casefold()
    if raw.startswith(b"%PDF"):
        return _pdf(path, raw)
    if raw.startswith(b"PK\x03\x04") and suffix == ".docx":
        return _word(path, raw)
    if suffix in (".eml", ".mht", ".mhtml"):
        return _mail(path, raw)
    return None


def _pdf(path: Path, raw: bytes) -> Unpacked:
    try:
        import pypdf
    except ImportError:
        raise MissingExtra.needed("pypdf", "draft", f"Reading the PDF {path}") from None
    try:
        reader = pypdf.PdfReader(io.BytesIO(raw))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableFile(f"{path} is protected by a password.", fix="Save a copy without it.")
        if len(reader.pages) > PAGES:
            raise UnreadableFile(f"{path} has {len(reader.pages)} pages; at most {PAGES} are read.", fix="Split it.")
        pages = [page.extract_text() or "" for page in reader.pages]
        title = str((reader.metadata or {}).get("/Title") or "")
    except UnreadableFile:
        raise
    except Exception as error:  # pypdf lets many kinds of error through
        raise UnreadableFile(
            f"{path} cannot be read as a PDF: {error}.", fix="Save its text and draft from that."
        ) from None
    text = reflow(tables_told("\n".join(pages)))
    if not text.strip():
        raise EmptySample(f"{path} holds no text: it may be a scan.", fix="Give a PDF with text, or its text.")
    return Unpacked(title, "", text)


def _word(path: Path, raw: bytes) -> Unpacked:
    try:
        import docx
    except ImportError:
        raise MissingExtra.needed("python-docx", "export", f"Reading the Word file {path}") from None
    check_archive(path, Limits(2000, UNPACKED, UNPACKED))
    try:
        document = docx.Document(io.BytesIO(raw))
        parts = [paragraph.text for paragraph in document.paragraphs[:PARAGRAPHS]]
        for table in document.tables:
            rows = [[cell.text.strip() for cell in row.cells] for row in table.rows[:PARAGRAPHS]]
            caption = parts[-1] if parts else ""
            parts += [*table_told(rows, caption)] or ["; ".join(row) for row in rows]
        title = document.core_properties.title or ""
    except Exception as error:  # python-docx lets zip, XML and key errors through
        raise UnreadableFile(
            f"{path} cannot be read as a Word file: {error}.", fix="Save it as .docx or text."
        ) from None
    return Unpacked(title, "", "\n\n".join(part for part in parts if part.strip()))


def _mail(path: Path, raw: bytes) -> Unpacked:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    if not isinstance(message, EmailMessage) or not message.keys():
        raise UnreadableFile(f"{path} is no mail or web archive.", fix="Save the article's text and draft from that.")
    body = message.get_body(preferencelist=("plain", "html"))
    archive = path.suffix.casefold() != ".eml"
    page = message.get_body(preferencelist=("html",))
    if archive and page is not None:
        body = page
    if body is None:
        raise EmptySample(f"{path} holds no text.", fix="Save the article's text and draft from that.")
    try:
        text = str(body.get_content())
    except (LookupError, UnicodeError):
        raise UnreadableFile(f"{path} is in an unknown encoding.", fix="Save the article's text as UTF-8.") from None
    html = body.get_content_type() == "text/html"
    title = re.sub(r"^(?:(?:re|fwd?|rv)\s*:\s*)+", "", str(message["subject"] or "").strip(), flags=re.IGNORECASE)
    lines = [line for line in text.splitlines() if not line.startswith(">")]
    return Unpacked("" if archive else title, _sent(message), text if html else reflow("\n".join(lines)), html)


def _sent(message: EmailMessage) -> str:
    try:
        return parsedate_to_datetime(str(message["date"])).date().isoformat() if message["date"] else ""
    except (ValueError, TypeError):
        return ""


def reflow(text: str) -> str:
    """A text whose lines were broken to a width, as paragraphs; words hyphenated at a line's end are whole again.

    Examples
    --------
    >>> print(reflow("Exports fell to $3 mil-\\nlion in 2021, the ministry said in a\\nstatement on Monday."))
    Exports fell to $3 million in 2021, the ministry said in a statement on Monday.
    >>> reflow("A headline\\n\\nA paragraph.")
    'A headline\\n\\nA paragraph.'
    """
    text = re.sub(r"(?<=[a-záéíóúñü])-\n(?=[a-záéíóúñü])", "", text.replace("\r\n", "\n"))
    blocks = re.split(r"\n\s*\n", text)
    return "\n\n".join(_reflowed(block) for block in blocks)


def _reflowed(block: str) -> str:
    lines = [line.strip() for line in block.split("\n") if line.strip()]
    paragraphs: list[str] = []
    for n, line in enumerate(lines):
        before = lines[n - 1] if n else ""
        runs_on = (
            bool(before) and not re.search(r"[.!?:»”\"]$", before) and (len(before) >= WIDTH[0] or line[:1].islower())
        )
        full = len(before) >= WIDTH[0] and _usual_width(lines)
        if paragraphs and (runs_on or full):
            paragraphs[-1] += f" {line}"
        else:
            paragraphs.append(line)
    return "\n\n".join(paragraphs)


def _usual_width(lines: list[str]) -> bool:
    """Whether most lines are about as long as each other: broken to a width, not paragraphs of their own."""
    lengths = sorted(len(line) for line in lines[:-1])
    if len(lengths) < 2:
        return False
    middle = lengths[len(lengths) // 2]
    near = sum(abs(length - middle) <= 0.2 * middle for length in lengths)
    return WIDTH[0] <= middle <= WIDTH[1] and near >= 0.7 * len(lengths)
