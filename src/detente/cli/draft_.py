"""``detente draft``."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from detente.cli.output import ONE_LANGUAGE
from detente.errors import UsageError
from detente.language import Catalogue

if TYPE_CHECKING:
    from detente.study import Study


@click.command("draft", epilog="Example: detente draft article.html --study my-study --source S1")
@click.argument("article", required=False, type=click.Path(path_type=Path))
@click.option("--study", required=True, help="The study: a folder, or a built-in study's name.")
@click.option("--out", type=click.Path(path_type=Path), help="Draft file; NAME.draft.csv in this folder if left out.")
@click.option("--source", help="The article's id in sources.csv; made from the file's name if left out.")
@click.option("--date", "published", help="The article's own date, YYYY-MM-DD; else from sources.csv or the article.")
@click.option("--language", type=click.Choice(["en", "es"]), help="The article's language; guessed if left out.")
@click.option("--suggest", metavar="MODULE:FUNCTION", help="A step of your own that may add rows; none by default.")
@click.option(
    "--accept", "accepted", type=click.Path(path_type=Path), help="Take over the rows marked yes in this file."
)
@click.option("--keep-wording", is_flag=True, help="Accept claims still in the article's words, as quotations.")
@click.option("--lang", help="Language of the hints.", **ONE_LANGUAGE)
def command(
    article: Path | None, study: str, out: Path | None, source: str | None, published: str | None, language: str | None,
    suggest: str | None, accepted: Path | None, keep_wording: bool, lang: str,
) -> None:  # fmt: skip
    """Draft claims from ARTICLE (text, Markdown, HTML, PDF, Word, mail or web archive), or accept a draft.

    The draft is a CSV file beside the study. Write yes in its column 'accept', put the claim in your own
    words, and take the rows over with --accept FILE. Nothing enters the study before that.
    """
    from detente.study import open_study

    if article is not None and accepted is None:
        _draft(article, open_study(study), study, out, source, published, language, suggest, lang)
    elif accepted is not None and article is None:
        _accept(accepted, open_study(study), keep_wording, lang)
    else:
        raise UsageError(
            "Either an article is drafted from, or a draft is taken over.",
            fix="Give an ARTICLE to draft from, or --accept FILE to take over a draft.",
        )


def _draft(
    article: Path, study: Study, name: str, out: Path | None, source: str | None, published: str | None,
    language: str | None, suggest: str | None, lang: str,
) -> None:  # fmt: skip
    from detente.record.draft.clean import read_article
    from detente.record.draft.drafting import draft_claims
    from detente.record.draft.files import evidence_path, save_draft
    from detente.record.draft.row import told
    from detente.record.draft.suggest import KnownRecord, load

    ledger = study.ledger()
    source = source or re.sub(r"[^A-Za-z0-9._-]+", "-", article.stem).strip("-")
    sources = {row["source_id"]: row for row in ledger.sources.iter_rows(named=True)}
    published = _day(published) or _day_of(sources.get(source))
    found = read_article(article, published=published, language=language or "")
    known = KnownRecord.of(ledger, (study.origin, study.destination))
    draft = draft_claims(
        found, source, set(ledger.claims["claim_id"]), load(suggest) if suggest else None,
        known=known, on_record=ledger.claims.iter_rows(named=True),
    )  # fmt: skip
    path = save_draft(draft, out or Path(f"{article.stem}.draft.csv"), study.folder, lang)
    words = Catalogue(lang)
    click.echo(words("drafted.written", summary=draft.summary(lang), path=path))
    for table, rows in (("events", draft.events), ("series", draft.figures)):
        if rows:
            click.echo(words("drafted.proposed", n=len(rows), table=table, path=evidence_path(path, table)))
    if draft.n_others:
        click.echo(words("drafted.others", n=draft.n_others))
    for refused in draft.refused:
        click.echo(words("drafted.refused", what=told((refused,), lang)))
    if not draft.published:
        click.echo(words("drafted.no_own_date"))
    if source not in sources:
        click.echo(words("drafted.add_source", source=source, path=study.record / "sources.csv"))
    click.echo(words("drafted.next", command=f"detente draft --accept {path} --study {name}"))


def _accept(path: Path, study: Study, keep_wording: bool, lang: str) -> None:
    from detente.record.draft.accept import accept

    study.require_own()
    click.echo(accept(path, study.record, keep_wording=keep_wording).summary(lang))


def _day(text: str | None) -> str:
    """A full day, or nothing; anything else is an error of usage."""
    if not text:
        return ""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise UsageError(f"--date '{text}' is not a day.", fix="Write YYYY-MM-DD.") from None


def _day_of(source: dict | None) -> str:
    return source["date"] if source and re.fullmatch(r"\d{4}-\d\d-\d\d", source["date"] or "") else ""
