"""``detente watch``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from detente.cli.telling import tell


@click.command("watch", epilog="Example: detente watch --new desk.toml, then detente watch desk.toml from cron.")
@click.argument("path", metavar="LIST.toml", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--new", "new", is_flag=True, help="Write a list to start from at LIST.toml, and look at nothing.")
@click.option("--dry-run", is_flag=True, help="Write nothing down and tell nobody; print what would be told.")
@click.option("--digest", is_flag=True, help="One message for everything, and the digests that are waited for.")
@click.option("--since", type=click.IntRange(min=0), metavar="LOOK", help="Print what changed after that look, too.")
@click.option("--json", "json_", is_flag=True, help="Print one JSON object.")
def command(path: Path, new: bool, dry_run: bool, digest: bool, since: int | None, json_: bool) -> int:
    """Look at the studies and pairs of a list again and tell what changed.

    Exit codes: 0 nothing changed, 10 something did, 2 to 5 a dyad or the list could not be looked at.
    """
    from detente.language import Catalogue
    from detente.watch import look, read_watchlist
    from detente.watch.earlier_looks import alerts_since
    from detente.watch.example import write_sample
    from detente.watch.look_in_words import look_text, past_alert_text

    if new:
        tell(f"{write_sample(path)}: edit it, then run: detente watch {path}")
        return 0
    listed = read_watchlist(path)
    words = Catalogue(listed.watch.lang)
    found = look(path, dry_run=dry_run, digest=digest)
    earlier = [] if since is None else alerts_since(listed, since, before=found.number or None)
    if json_:
        data = found.to_dict() | ({} if since is None else {"since": [dict(one.body) for one in earlier]})
        click.echo(json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False))
    else:
        click.echo(look_text(found, listed.title, words, dry_run=dry_run))
        for one in earlier:
            click.echo(f"\n{words.moment(one.at)}\n{past_alert_text(one.heading, one.body, words)}")
    return 10 if earlier else found.exit_code
