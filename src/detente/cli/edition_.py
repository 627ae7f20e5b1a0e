"""``detente edition``: make an edition, send it, serve its readers' pages, say what is lacking."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from detente.cli.telling import here, tell
from detente.delivery import DeliveryOutcome
from detente.errors import MissingExtra, OutputError, UsageError, how_many

if TYPE_CHECKING:
    from detente.edition.settings import EditionSettings

VOICES = ("espeak", "hibari", "none")
list_option = click.option(
    "--list", "list_", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The readers: desk.db."
)
smtp_option = click.option(
    "--smtp", metavar="HOST[:PORT]", help="A mail server in place of the settings', without encryption: on this machine only."
)  # fmt: skip
config_option = click.option(
    "--config", type=click.Path(path_type=Path, dir_okay=False), help="edition.toml; that of the site last sent from if left out."
)  # fmt: skip


@click.group("edition", epilog="Example: detente edition make colombia-venezuela --out site")
def command() -> None:
    """A dated edition of what changed: page, mail, sound and feeds, and the readers it goes to."""


@command.command(
    "make", epilog="Example: detente edition make colombia-venezuela --date 2026-11-30 --out site --voice none"
)
@click.argument("sources", nargs=-1, required=True, metavar="LIST|RUN|STUDY...")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Of the edition; today if left out.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder of the site.")
@click.option(
    "--lang", "languages", default="en,es", show_default=True,
    help="Languages, the first for index.html.",
)  # fmt: skip
@click.option("--voice", type=click.Choice(VOICES), help="Who reads it aloud; the best that is installed if left out.")
@click.option("--url", help="Where the site is served from; kept in edition.toml.")
@click.option("--correct", default="", metavar="NOTE", help="Replace the edition of that day, saying what was wrong.")
@click.option("--quick", is_flag=True, help="Run studies without placebos and ensembles, and say so.")
def make(
    sources: tuple[str, ...], day: datetime | None, out: Path, languages: str, voice: str | None, url: str | None,
    correct: str, quick: bool,
) -> None:  # fmt: skip
    """Make the edition of a day from a watch list, finished runs or studies; the same again changes nothing."""
    from detente.cli.output import waiting
    from detente.edition import EditionSettings, gather
    from detente.edition import make as make_edition
    from detente.edition.making import Order

    today = (day or datetime.now(UTC)).date()
    settings = EditionSettings.read(out)
    if url is not None:
        settings = replace(settings, site=replace(settings.site, url=url.rstrip("/") + "/"))
    order = Order(today, tuple(code.strip() for code in languages.split(",") if code.strip()), voice, correct)
    order.checked()
    with waiting("Making the edition"):
        made = make_edition(gather(sources, today, out=out, quick=quick), out, order, settings)
    what = (
        "made"
        if made.fresh and not made.revision
        else f"corrected (revision {made.revision})"
        if made.fresh
        else "unchanged"
    )
    tell(f"Edition of {today}: {what}, in {made.folder}")
    for language, seconds in made.sounds.items():
        click.echo(f"  {language}.mp3: {int(seconds) // 60}:{int(seconds) % 60:02d}")
    for note in made.notes:
        tell(f"  {note}")


@command.command("send", epilog="Example: detente edition send site/2026-11-30 --list desk.db")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--list", "list_", type=click.Path(path_type=Path, dir_okay=False), help="The readers: desk.db.")
@click.option("--to", help="One copy to this address, at once and beside the list.")
@click.option("--lang", "language", default="", help="Language of that copy.")
@click.option("--now", "at_once", is_flag=True, help="To the list at once, and not in each reader's morning.")
@click.option("--dry-run", is_flag=True, help="Say what would be queued; send nothing.")
@smtp_option
def send(
    folder: Path, list_: Path | None, to: str | None, language: str, at_once: bool, dry_run: bool, smtp: str | None
) -> None:
    """Queue an edition for every reader's next weekday morning, and send what is due; safe to repeat."""
    from detente.edition.sending import due, queue
    from detente.edition.sending import send as send_one
    from detente.edition.settings import EditionSettings
    from detente.edition.subscribers import Desk

    settings = _with_smtp(EditionSettings.read(folder.resolve().parent), smtp)
    if to:
        reply = send_one(folder, to, settings, language=language)
        if reply.outcome is not DeliveryOutcome.SENT:
            raise OutputError(f"It did not go out: {reply.text}", fix="See [mail] in edition.toml, or give --smtp.")
        tell(f"Sent to {to}.")
        return
    if list_ is None:
        raise UsageError("Nobody is named to send it to.", fix="Give --list desk.db, or --to ADDRESS for one copy.")
    with Desk(list_, settings.desk) as desk:
        if dry_run:
            readers = [r for r in desk.readers() if r.entitled(datetime.now(UTC).timestamp(), free=settings.desk.free)]
            tell(f"{how_many(len(readers), 'reader')} would have it; nothing was queued.")
            return
        queued = queue(folder, desk, settings, datetime.now(UTC), at_once=at_once)
        tell(f"Queued for {queued.added}; {queued.known} had it already; {queued.unpaid} are past trial and payment.")
        _say(due(desk, settings))


@command.command("due", epilog="Example: detente edition due --list desk.db   (from a timer, every ten minutes)")
@list_option
@config_option
@smtp_option
def due_(list_: Path, config: Path | None, smtp: str | None) -> None:
    """Send what is due now, in each reader's morning; for cron or a timer."""
    from detente.edition.sending import due
    from detente.edition.subscribers import Desk

    settings = _with_smtp(_settings(list_, config)[0], smtp)
    with Desk(list_, settings.desk) as desk:
        _say(due(desk, settings))


@command.command(
    "serve", epilog="Example: detente edition serve --list desk.db --port 8770 --public-url https://desk.example.org"
)
@list_option
@config_option
@click.option("--port", type=click.IntRange(1, 65535), default=8770, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen; a web server stands before it.")
@click.option("--public-url", help="The https address by which readers reach it; nothing is served without.")
@smtp_option
def serve(list_: Path, config: Path | None, port: int, host: str, public_url: str | None, smtp: str | None) -> None:
    """Serve the readers' pages: ask, confirm, preferences, leave, payment."""
    if not public_url:
        raise UsageError(
            "The public address is not said.", why="The links in every mail begin with it.",
            fix="Give --public-url https://HOST, as readers reach it.",
        )  # fmt: skip
    try:
        from detente.edition.server import serve_readers
    except ImportError as absent:
        raise MissingExtra.needed(absent.name or "starlette", "edition", "The readers' pages") from None
    settings, folder = _settings(list_, config)
    serve_readers(list_, _with_smtp(settings, smtp), public_url, folder=folder, host=host, port=port, say=tell)


@command.command(
    "bounces", epilog="Example: detente edition bounces --list desk.db - < report.eml   (from the mail server's alias)"
)
@list_option
@click.argument("messages", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True, exists=True))
def bounces(list_: Path, messages: tuple[Path, ...]) -> None:
    """Take mails that came back (files, a Maildir's folder, or - for standard input)."""
    from detente.edition.subscribers import Desk, take_bounce

    with Desk(list_) as desk:
        for path in messages:
            found = sorted(p for p in path.iterdir() if p.is_file()) if path.is_dir() else [path]
            for one in found:
                raw = sys.stdin.buffer.read(6_000_000) if str(one) == "-" else one.read_bytes()
                result = take_bounce(desk, raw, time.time())
                click.echo(f"{one.name or '-'}: {result.kind}{' ' + result.status if result.status else ''}")


@command.command("doctor", epilog="Example: detente edition doctor --config site/edition.toml")
@config_option
@click.option("--selector", default="desk", show_default=True, help="Name under which the relay publishes its key.")
def doctor(config: Path | None, selector: str) -> None:
    """Say which voices and extras are missing, and which DNS records the mail needs."""
    from detente._foreign import read_toml
    from detente.edition.doctor import advice, dns_records, lacking
    from detente.edition.settings import EditionSettings

    settings = EditionSettings.of(read_toml(config)) if config else EditionSettings()
    missing = lacking()
    tell("Installed: everything." if not missing else "Missing:\n" + "\n".join(f"  {one}" for one in missing))
    for one in advice(settings):
        tell(f"To set: {one}")
    tell("DNS records:")
    for one in dns_records(settings, selector):
        click.echo(f"  {one.name} {one.kind} {one.value}\n    {here(one.why)}")


def _settings(list_: Path, config: Path | None) -> tuple[EditionSettings, Path | None]:
    """The settings, and the folder of the editions: as named, or those of the site last sent from."""
    from detente._foreign import read_toml
    from detente.edition.settings import EditionSettings
    from detente.edition.subscribers import Desk

    if config is not None:
        return EditionSettings.of(read_toml(config)), config.resolve().parent
    with Desk(list_) as desk:
        row = desk.connection.execute("SELECT folder FROM edition ORDER BY queued DESC LIMIT 1").fetchone()
    if row is None:
        return EditionSettings(), None
    home = Path(row["folder"]).parent
    return EditionSettings.read(home), home


def _with_smtp(settings: EditionSettings, smtp: str | None) -> EditionSettings:
    if not smtp:
        return settings
    host, _, port = smtp.partition(":")
    number = int(port or 25) if (port or "25").isascii() and (port or "25").isdigit() else 0
    if host not in ("localhost", "127.0.0.1") or not 0 < number < 65_536:
        raise UsageError(
            f"'{smtp}' is not a mail server on this machine.", fix="Set any other in [mail] of edition.toml."
        )
    return replace(settings, mail=replace(settings.mail, host=host, port=number, security="none", user=""))


def _say(done: Any) -> None:
    states = ", ".join(f"{n} {state}" for state, n in done.states.items()) or "nothing was due"
    tell(f"Sent: {states}." + (f" {done.stopped}" if done.stopped else ""))
