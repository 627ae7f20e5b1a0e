"""One text in every form in which people have articles comes back as the same text."""

from __future__ import annotations

import email.message
import io
import time
from pathlib import Path

import pytest

from detente.errors import EmptySample, UnreadableFile
from detente.record.draft.clean import read_article
from detente.record.draft.drafting import draft_claims
from detente.record.draft.inputs import from_markdown, reflow

TEXT = (
    "Exports of the country fell to $3 million in 2021, the ministry of trade said in a statement that was released. "
    "Imports from its neighbour rose to $11 billion in 2020, and officials say that they will rise again by the summer."
)
FOUND = [("3", "2021"), ("11000", "2020")]


def drafted(path: Path) -> list[tuple[str, str]]:
    rows = draft_claims(read_article(path), "N1").rows
    return [(r.as_row()["value"], r.as_row()["date"]) for r in rows if r.as_row()["value"]]


def broken(text: str, width: int = 60) -> str:
    lines, line = [], ""
    for word in text.split():
        if len(line) + len(word) > width:
            lines.append(line.strip())
            line = ""
        line += f" {word}"
    return "\n".join([*lines, line.strip()])


def test_text_with_broken_and_hyphenated_lines(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(broken(TEXT).replace("million", "mil-\nlion"), encoding="utf-8")
    assert drafted(path) == FOUND


def mail(subtype: str, *, both: bool = False) -> bytes:
    message = email.message.EmailMessage()
    message["Subject"] = "Fwd: Trade news"
    message["Date"] = "Mon, 14 Feb 2022 09:00:00 +0000"
    page = f"<html><head><title>Trade news</title></head><body><article><p>{TEXT}</p></article></body></html>"
    if both:
        message.set_content(TEXT, cte="quoted-printable")
        message.add_alternative(page, subtype="html", cte="quoted-printable")
    else:
        message.set_content(TEXT if subtype == "plain" else page, subtype=subtype, cte="quoted-printable")
    return message.as_bytes()


@pytest.mark.parametrize(("name", "raw"), [("a.eml", mail("plain")), ("b.eml", mail("plain", both=True)),
                                           ("c.eml", mail("html")), ("d.mht", mail("html"))])  # fmt: skip
def test_a_mail_and_a_web_archive_are_read_once_and_without_their_headers(tmp_path, name, raw):
    path = tmp_path / name
    path.write_bytes(raw)
    article = read_article(path)
    assert article.published == "2022-02-14"
    assert "Subject" not in article.text
    assert "=\n" not in article.text
    assert drafted(path) == FOUND


def test_a_word_file_with_its_tables(tmp_path):
    docx = pytest.importorskip("docx", reason="python-docx is in the extra 'draft'")
    document = docx.Document()
    document.add_paragraph(TEXT)
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Timber, 2019", "$5 million"
    document.save(tmp_path / "a.docx")
    assert drafted(tmp_path / "a.docx")[:2] == FOUND
    assert "Timber, 2019; $5 million" in read_article(tmp_path / "a.docx").text


def test_a_pdf(tmp_path):
    pytest.importorskip("pypdf", reason="pypdf is in the extra 'draft'")
    path = tmp_path / "a.pdf"
    path.write_bytes(small_pdf(broken(TEXT, 70).split("\n")))
    assert drafted(path) == FOUND
    path.write_bytes(small_pdf([]))
    with pytest.raises(EmptySample, match="scan"):
        read_article(path)


def small_pdf(lines: list[str]) -> bytes:
    """A PDF of one page by hand, so that no writer is needed."""
    shown = "BT /F1 11 Tf 14 TL 40 780 Td " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(shown)} >>\nstream\n{shown}\nendstream", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]  # fmt: skip
    out, places = io.BytesIO(b""), []
    out.write(b"%PDF-1.4\n")
    for n, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(f"{n} 0 obj\n{body}\nendobj\n".encode())
    start = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    out.write("".join(f"{place:010d} 00000 n \n" for place in places).encode())
    out.write(f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "raw"), [("a.docx", b"PK\x03\x04 not a zip"), ("a.eml", b"no headers here"), ("a.pdf", b"%PDF-1.7 cut")]
)
def test_damaged_files_are_named_errors(tmp_path, name, raw):
    path = tmp_path / name
    path.write_bytes(raw)
    with pytest.raises((UnreadableFile, EmptySample), match=name):
        read_article(path)


def test_another_language_is_said_to_be_unreadable(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(
        "Les exportations ont atteint 3,2 milliards d'euros en 2021, selon le ministère du Commerce. " * 3,
        encoding="utf-8",
    )
    with pytest.raises(UnreadableFile, match="language"):
        read_article(path)
    assert read_article(path, language="en").text.startswith("Les")


def test_lines_that_are_paragraphs_stay_apart():
    assert reflow("A first line.\nA second line.") == "A first line.\n\nA second line."
    assert reflow("Headline\n\nText") == "Headline\n\nText"


HOSTILE = ["[" * 60_000 + "]" * 60_000, "![" * 60_000, "[a](" * 60_000, "\n" * 60_000 + "x", " \n" * 60_000 + "x", "<!--" * 60_000,
           "```a\n" * 60_000, "<script>" * 60_000, "-\n" * 60_000, "# " + " " * 60_000 + "x", "> " * 60_000]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=[repr(text[:6]) for text in HOSTILE])
def test_markdown_takes_time_in_proportion_to_its_length(text):
    began = time.process_time()
    from_markdown(text)
    assert time.process_time() - began < 3  # minutes before


def test_markdown_loses_its_marks_and_no_text():
    text = (
        "# Trade\n\nFirst.\n\n> Quoted.\n\n```\ncode\n```\nSee [the law](https://a.org/x_(y)) and ![map](m.png)this.\n"
        "<!-- note --><script>x()</script>\n\n- one\n\n---\n```\nnever closed\n"
    )
    title, day, body = from_markdown(text)
    assert (title, day) == ("Trade", "")
    lines = [line for line in body.splitlines() if line.strip()]
    assert lines == ["Trade", "First.", "Quoted.", "See the law and this.", "one", "never closed"]
