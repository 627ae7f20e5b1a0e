"""What a desk still lacks: voices and extras on this machine, and the DNS records that its mail needs."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from urllib.parse import urlsplit

from detente.edition.settings import EditionSettings
from detente.edition.voice.speakers import PROGRAM

PARTS = (
    ("css_inline", "css-inline", "edition", "mail"),
    ("email_validator", "email-validator", "edition", "addresses"),
    ("starlette", "starlette", "edition", "the subscribers' pages"),
    ("lameenc", "lameenc", "voice", "sound as MP3"),
    ("hibari", "hibari-tts", "voice", "the English voice"),
    ("stripe", "stripe", "pay", "payment"),
)


@dataclass(frozen=True, slots=True)
class Record:
    """One DNS record to set.

    Attributes
    ----------
    name, kind, value : as a zone file has them.
    why : what it is for.
    """

    name: str
    kind: str
    value: str
    why: str


def dns_records(settings: EditionSettings, selector: str = "desk") -> tuple[Record, ...]:
    """The records of the sender's domain and of the machine that sends; some parts only the relay knows.

    Parameters
    ----------
    selector : the name under which the relay publishes its key.
    """
    mail = settings.mail
    domain = mail.sender.rpartition("@")[2]
    local = mail.host in ("localhost", "127.0.0.1", "::1")
    source = "mx" if local else f"include:{mail.host.partition('.')[2] or mail.host}"
    desk = urlsplit(settings.site.subscribe).hostname or f"desk.{domain}"
    return (
        Record(domain, "TXT", f'"v=spf1 {source} -all"', "SPF: who may send for this domain; the relay says its own include"),
        Record(f"{selector}._domainkey.{domain}", "TXT", '"v=DKIM1; k=rsa; p=KEY-FROM-THE-RELAY"',
               "DKIM: the key by which the relay signs; it gives you the value"),
        Record(f"_dmarc.{domain}", "TXT", f'"v=DMARC1; p=quarantine; rua=mailto:postmaster@{domain}"',
               "DMARC: what to do with mail that neither fits, and where reports go"),
        Record(domain, "MX", f"10 {'mail.' + domain if local else mail.host}.",
               f"where {mail.bounce}+...@{domain} comes back; pipe it into detente edition bounces"),
        Record(desk, "A", "ADDRESS-OF-THE-SERVER", "the subscribers' pages"),
        Record("ADDRESS-OF-THE-SERVER", "PTR", f"mail.{domain}.", "reverse name, if this machine sends by itself"),
    )  # fmt: skip


def lacking() -> tuple[str, ...]:
    """What is not installed, each with how to get it."""
    found = [
        f'{package} ({what}): python -m pip install "detente[{extra}]"'
        for module, package, extra, what in PARTS
        if find_spec(module) is None
    ]
    if shutil.which(PROGRAM) is None:
        found.append(f"{PROGRAM} (the Spanish voice, and English without hibari-tts): apt-get install {PROGRAM}")
    return tuple(found)


def advice(settings: EditionSettings) -> tuple[str, ...]:
    """What in the settings keeps an edition from its readers."""
    found = []
    if not settings.site.url.startswith("https://"):
        found.append(f"[site] url is {settings.site.url}: feeds and mails link to it; set the public https address.")
    if not settings.site.subscribe:
        found.append("[site] subscribe is not set: without it nothing is sent to a list, because nobody could stop it.")
    if settings.mail.sender.endswith("localdomain"):
        found.append(f"[mail] sender is {settings.mail.sender}: set an address of your domain.")
    if settings.mail.security == "none" and settings.mail.host not in ("localhost", "127.0.0.1", "::1"):
        found.append(f"[mail] security is none for {settings.mail.host}: set starttls or ssl.")
    return tuple(found)
