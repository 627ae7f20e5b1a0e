"""``detente cite``."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from detente.cli.completing import studies
from detente.errors import UsageError

KINDS = ("text", "bibtex", "csl", "claimreview", "prov")


@click.command("cite", epilog="Example: detente cite colombia-venezuela --as bibtex > sources.bib")
@click.argument("study", shell_complete=studies)
@click.option("--figure", help="One figure by its id: its value with source, basis and period.")
@click.option("--as", "kind", type=click.Choice(KINDS), default="text", show_default=True, help="Form of the citation.")
@click.option("--reviewer", help="With claimreview: who answers for the check, a person or an organisation.")
@click.option("--url", help="With claimreview: the address of the page on which the check stands.")
def command(study: str, figure: str | None, kind: str, reviewer: str | None, url: str | None) -> None:
    """Cite the sources, figures and checked claims of STUDY."""
    from detente.record.exchange import citation
    from detente.record.rows import Source
    from detente.study import open_study

    opened = open_study(study)
    ledger = opened.ledger()
    chosen = [ledger.figure(figure)] if figure else []
    sources = [Source.from_row(r) for r in ledger.sources.iter_rows(named=True)]
    if chosen:
        sources = [ledger.source(chosen[0].source_id)]
    if kind == "text":
        for one in chosen:
            click.echo(citation.cite(one, ledger.source(one.source_id)))
        for source in sources if not chosen else ():
            dated = f", {source.date}" if source.date else ""
            click.echo(f"{source.id}: {source.publisher}, {source.title}{dated}.")
    elif kind == "bibtex":
        click.echo(citation.bibtex(sources))
    elif kind == "csl":
        click.echo(json.dumps(citation.csl_json(sources), ensure_ascii=False, indent=1))
    elif kind == "prov":
        from detente.record.exchange.provenance import provenance

        click.echo(json.dumps(provenance(ledger, ledger.verdicts()), ensure_ascii=False, indent=1))
    else:
        from detente.record.exchange.claim_review import claim_reviews

        if not reviewer:
            raise UsageError(
                "A ClaimReview needs somebody who answers for it.", fix='Add --reviewer "Name of the desk".'
            )
        if not url:
            raise UsageError(
                "A ClaimReview needs the page on which the check stands.", fix="Add --url https://... of that page."
            )
        # claims about causes need a run's attribution and stay out here
        found = claim_reviews(ledger, ledger.verdicts(), reviewer=reviewer, reviewed=datetime.now(UTC).date(), url=url)
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
