from __future__ import annotations

import sys
from pathlib import Path

import pytest

from detente.errors import DataError, EmptySample, MissingExtra, UnreadableFile
from detente.record.draft.clean import LIMIT, article_of, guess_language, is_boilerplate, read_article
from detente.record.draft.extract import extract
from detente.record.draft.language.sentences import split_sentences

PAGE = (
    "<!doctype html><html><head><title>Trade</title>{head}</head>"
    "<body><article><h1>Trade</h1>{body}</article></body></html>"
)
TEXT = (
    "<p>Exports fell by 4% in 2030, the ministry of trade said in a long statement about the state of things.</p>" * 3
)


def write(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


@pytest.mark.parametrize(
    ("name", "data", "error", "says"),
    [
        ("a.txt", b"", EmptySample, "is empty"),
        ("a.txt", b" \n\t\n", EmptySample, "is empty"),
        ("a.txt", b"--- *** ---\n\n12 34", EmptySample, "holds no text"),
        ("a.txt", b"\x7fELF\x00\x01\x02", UnreadableFile, "binary"),
        ("a.pdf", b"%PDF-1.7\n1 0 obj", UnreadableFile, "cannot be read as a PDF"),
        ("a.txt", "Línea uno\nniño".encode("latin-1"), UnreadableFile, "line 1: byte 0xed is not UTF-8"),
        ("a.txt", b"x" * (LIMIT + 1), UnreadableFile, "2 MB at most"),
        ("a.html", "<div>" * 5000 + "deep", UnreadableFile, "nests its tags 5000 deep"),
        ("a.html", "<html>" + "<p>x" * 20_001, UnreadableFile, "has 20002 tags"),
        ("a.html", "<html><body></body></html>", EmptySample, "holds no text"),
        ("a.html", "<html><body><script>alert('US$5bn')</script></body></html>", EmptySample, "holds no text"),
    ],
)
def test_bad_articles_are_named_errors(tmp_path: Path, name: str, data: bytes | str, error: type, says: str) -> None:
    with pytest.raises(error, match="a\\.") as caught:
        read_article(write(tmp_path, name, data))
    assert says in str(caught.value)
    assert isinstance(caught.value, DataError)


def test_a_missing_article_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="There is no file"):
        read_article(tmp_path / "no.txt")


def test_scripts_and_attributes_of_a_page_are_not_read(tmp_path: Path) -> None:
    body = (
        '<p onclick="pay(999)">It cost US$5bn.</p><script>document.write("US$7bn")</script><style>a{width:12km}</style>'
    )
    found = extract(read_article(write(tmp_path, "a.html", PAGE.format(head="", body=TEXT + body))))
    assert "script" not in found.article.text
    assert {f.text for f in found.figures} == {"4%", "US$5bn"}


def test_markup_inside_the_text_stays_text(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "a.html",
        PAGE.format(
            head="", body=TEXT + "<p>He wrote &lt;img src=x onerror=alert(1)&gt; on the wall of the office.</p>"
        ),
    )
    assert "<img src=x onerror=alert(1)>" in read_article(path).text


def test_a_page_states_its_own_date(tmp_path: Path) -> None:
    meta = '<meta property="article:published_time" content="2031-05-14T06:00:00Z">'
    assert read_article(write(tmp_path, "a.html", PAGE.format(head=meta, body=TEXT))).published == "2031-05-14"
    assert read_article(write(tmp_path, "b.html", PAGE.format(head="", body=TEXT))).published == ""


def test_without_trafilatura_text_and_markdown_work_and_pages_say_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    assert read_article(write(tmp_path, "a.md", "# Trade\n\nIt *fell* by 4%.")).text == "Trade\n\nIt fell by 4%."
    with pytest.raises(MissingExtra, match=r"detente\[draft\]"):
        read_article(write(tmp_path, "a.html", PAGE.format(head="", body=TEXT)))


def test_markdown_loses_its_marks_and_keeps_its_words(tmp_path: Path) -> None:
    front = "---\ntitle: T\ndate: 2031-05-14\n---\n"
    text = front + "## Head\n\n- **62%** of [voters](http://x.y/1000km)\n\n```\nUS$5bn\n```\n\n![9 km](a.png)\n"
    article = read_article(write(tmp_path, "a.md", text))
    assert (article.title, article.published) == ("T", "2031-05-14")
    assert article.text == "Head\n\n62% of voters"


@pytest.mark.parametrize(
    "line",
    [
        "Subscribe today for US$32.95 a year.",
        "Listen to this story 0:00 / 4:12",
        "Sign up for our newsletter",
        "© 2031 The Post",
        "5 min read",
        "Suscríbase por 4 dólares al mes",
        "Lea también: El peaje",
        "Todos los derechos reservados",
        "We use cookies.",
    ],
)
def test_boilerplate_is_recognised(line: str) -> None:
    assert is_boilerplate(line)


@pytest.mark.parametrize(
    "line",
    [
        "The ministry said subscribers of the state telephone company would pay 4% more.",
        "Exports fell to US$32.95m in a year.",
        "El ministerio compartió las cifras con la prensa.",
        "Relations between the two were frozen.",
        "Topical: trade rose 3%.",
        "(c) the inspection fee is set at $45.",
    ],
)
def test_text_is_not_taken_for_boilerplate(line: str) -> None:
    assert not is_boilerplate(line)


def test_the_language_is_guessed() -> None:
    assert guess_language("The ministry said that trade with its neighbour fell.") == "en"
    assert guess_language("El ministerio dijo que el comercio con su vecino cayó.") == "es"


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("Mr. Paz met the U.S. envoy. It cost $2.5m. Why?", 3),
        ("A. B. Ruiz spoke at 10 a.m. on Feb. 3. He left.", 2),
        ("El Sr. Paz llegó. ¿Por qué? No se sabe.", 3),
        ("“Never!” he said. They left.", 2),
        ("One line\n\nAnother", 2),
    ],
)
def test_sentences(text: str, n: int) -> None:
    assert len(split_sentences(text)) == n


def test_sentences_know_their_paragraph_and_place() -> None:
    text = "One. Two.\n\nThree."
    found = split_sentences(text)
    assert [s.paragraph for s in found] == [1, 1, 2]
    assert [text[s.start : s.end] for s in found] == ["One.", "Two.", "Three."]


def test_a_full_stop_without_its_space_still_ends_a_sentence(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("Prices rose by 100 percent.Ministry officials said exports fell, and U.S. sales of 3.5m did not.")
    assert "percent. Ministry" in read_article(path).text
    assert "U.S. sales of 3.5m" in read_article(path).text


def test_unseen_characters_of_a_pasted_article_are_taken_out():
    article = article_of(
        "Ex\u00adports were \u202e$3m\u202c in\u200b 2019.\x0cThe port\u2028closed on 3 May\x07 2019.\ufeff"
    )
    assert "Exports were $3m in 2019." in article.text
    assert not set(article.text) & set("\u00ad\u202e\u202c\u200b\x0c\u2028\x07\ufeff")


@pytest.mark.parametrize(
    "line",
    [
        "Photo: Trucks wait at Namanga in May 2019. (An Agency)",
        "Lorries queue at the border on 3 May 2019. Photo: Jane Doe/An Agency",
        "(Picture: 12 trucks at the port, 2018)",
        "FILE PHOTO: 400 traders wait on 5 June 2018.",
        "Traders at the gate on 5 June 2018. REUTERS/Jane Doe",
        "Table 1: Trade between Kenya and Tanzania, US$ million, 2018",
        "Source: a statistics office, 2020",
        "Foto: Camiones en la frontera el 3 de mayo de 2019 (EFE)",
        "Camiones en la frontera el 3 de mayo de 2019. EFE/Ana Paz",
        "Fuente: una oficina de estadística, 2020",
    ],
)
def test_a_caption_of_a_picture_or_table_tells_nothing(line):
    article = article_of(f"Exports were $3m in 2019, the office said.\n\n{line}\n\nThey fell to $2m in 2020.", "", "en")
    assert line not in article.text
    assert len(article.text.split("\n\n")) == 2
