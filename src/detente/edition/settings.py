"""``edition.toml``: what a desk says once about its site, its mail and its price; secrets by environment name only."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from detente._atomic import write_file
from detente._foreign import read_toml
from detente.errors import Problem, RecordError, did_you_mean

FILE = "edition.toml"


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """The static site.

    Attributes
    ----------
    url : where the folder is served from, with a slash at its end.
    title, author : of the feeds; empty for the catalogue's name.
    subscribe : address of the subscribers' page, if there is one.
    """

    url: str = "http://localhost:8000/"
    title: str = ""
    author: str = "détente"
    subscribe: str = ""


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The mail server, and in whose name.

    Attributes
    ----------
    sender : the address that mail comes from; its domain is that of message ids and bounces.
    name : beside it.
    host, port, security, user, password_env : of the server.
    bounce : the part before the + of the address that bounces go to.
    turn, hour_cap, day_cap : mails at most in one turn, an hour, a day; 0 for no limit.
    doubtful : ``resend`` or ``hold``.
    """

    sender: str = "edition@localhost.localdomain"
    name: str = "Détente"
    host: str = "localhost"
    port: int = 25
    security: str = "none"
    user: str = ""
    password_env: str = ""
    bounce: str = "bounce"
    turn: int = 0
    hour_cap: int = 0
    day_cap: int = 0
    doubtful: str = "resend"


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """What readers get.

    Attributes
    ----------
    trial_days : free of charge from the confirmation on.
    free : whether the edition goes on without payment.
    language, zone, hour : of a reader who says nothing.
    """

    trial_days: int = 14
    free: bool = False
    language: str = "en"
    zone: str = "UTC"
    hour: int = 7


# Stripe, "Supported currencies": those charged without decimals, and with three
_NO_DECIMALS = frozenset(
    ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"]
)
_THREE_DECIMALS = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])


@dataclass(frozen=True, slots=True)
class PaySettings:
    """The subscription; off unless ``provider`` is set.

    Attributes
    ----------
    provider : ``stripe`` or empty.
    price : in the currency, as text with its decimals.
    currency, interval : ISO 4217 in lower case; ``year`` or ``month``.
    key_env, webhook_env : names of the environment variables with the secret key and the webhook's secret.
    """

    provider: str = ""
    price: str = "32.95"
    currency: str = "usd"
    interval: str = "year"
    key_env: str = "STRIPE_SECRET_KEY"
    webhook_env: str = "STRIPE_WEBHOOK_SECRET"

    @property
    def decimals(self) -> int:
        """How many decimals a price in the currency has, and so how its smallest unit is counted."""
        return 0 if self.currency in _NO_DECIMALS else 3 if self.currency in _THREE_DECIMALS else 2

    def smallest_units(self) -> int:
        """The price in the currency's smallest unit, as a provider counts it: 3295 cents, 4800 yen.

        >>> PaySettings().smallest_units(), PaySettings(price="4800", currency="jpy").smallest_units()
        (3295, 4800)
        """
        whole, _, part = self.price.partition(".")
        return int(whole + part.ljust(self.decimals, "0"))


@dataclass(frozen=True, slots=True)
class EditionSettings:
    """All of ``edition.toml``."""

    site: SiteSettings = field(default_factory=SiteSettings)
    mail: MailSettings = field(default_factory=MailSettings)
    desk: DeskSettings = field(default_factory=DeskSettings)
    pay: PaySettings = field(default_factory=PaySettings)

    @property
    def authority(self) -> str:
        """The host and date by which ids are made: they never change once published."""
        host = (urlsplit(self.site.url).hostname or "localhost").lower()
        return host

    @classmethod
    def read(cls, folder: Path) -> EditionSettings:
        """The settings of a site's folder; those of a new one where it has none.

        Raises
        ------
        RecordError
            The file says something that is not a setting, or not of its kind.
        """
        path = folder / FILE
        return cls.of(read_toml(path)) if path.is_file() else cls()

    @classmethod
    def of(cls, raw: dict[str, Any]) -> EditionSettings:
        """EditionSettings from tables by name."""
        parts: dict[str, type[Any]] = {
            "site": SiteSettings,
            "mail": MailSettings,
            "desk": DeskSettings,
            "pay": PaySettings,
        }
        problems = [
            _problem(name, f"There is no table '{name}'.{did_you_mean(name, parts)}")
            for name in raw.keys() - parts.keys()
        ]
        found = {}
        for name, kind in parts.items():
            given = raw.get(name, {})
            if not isinstance(given, dict):
                problems.append(_problem(name, f"'{name}' is not a table."))
                continue
            made = kind()
            known = {part.name: type(getattr(made, part.name)) for part in fields(made)}
            for key, value in given.items():
                if key not in known:
                    problems.append(
                        _problem(f"{name}.{key}", f"There is no setting '{key}'.{did_you_mean(key, known)}")
                    )
                elif type(value) is not known[key]:
                    problems.append(_problem(f"{name}.{key}", f"It is not {_KINDS[known[key]]}."))
            found[name] = made if problems else replace(made, **given)
        problems += [] if problems else list(_wrong(cls(**found)))
        if problems:
            raise RecordError(problems)
        return cls(**found)


_KINDS = {str: "a text in quotes", int: "a whole number", bool: "true or false"}


def _problem(where: str, what: str) -> Problem:
    return Problem(FILE, None, where, what, "See docs/edition.md.")


def _wrong(found: EditionSettings) -> list[Problem]:
    wrong = []
    url = urlsplit(found.site.url)
    if url.scheme not in ("http", "https") or not url.hostname or not found.site.url.endswith("/"):
        wrong.append(_problem("site.url", f"'{found.site.url}' is not an http address that ends in a slash."))
    if found.mail.security not in ("starttls", "ssl", "none"):
        wrong.append(_problem("mail.security", "Say starttls, ssl or none."))
    if found.mail.doubtful not in ("resend", "hold"):
        wrong.append(_problem("mail.doubtful", "Say resend or hold."))
    if not 0 <= found.desk.hour <= 23:
        wrong.append(_problem("desk.hour", "An hour is 0 to 23."))
    if not 0 <= found.desk.trial_days <= 3650:
        wrong.append(_problem("desk.trial_days", "Say how many days, 0 to 3650."))
    if found.pay.provider not in ("", "stripe"):
        wrong.append(_problem("pay.provider", "Only stripe is known."))
    pay = found.pay
    if not re.fullmatch(r"[a-z]{3}", pay.currency):
        wrong.append(_problem("pay.currency", f"'{pay.currency}' is not a currency's code in lower case, such as usd."))
    whole, point, part = pay.price.partition(".")
    if not re.fullmatch(r"[0-9]{1,9}", whole) or (point and not re.fullmatch(r"[0-9]+", part)):
        wrong.append(_problem("pay.price", f"'{pay.price}' is not a sum such as 32.95."))
    elif len(part) > pay.decimals:
        wrong.append(
            _problem("pay.price", f"'{pay.price}' has more decimals than {pay.currency}, which has {pay.decimals}.")
        )
    elif not pay.smallest_units():
        wrong.append(_problem("pay.price", "A price of nothing: leave provider empty instead."))
    if found.pay.interval not in ("year", "month"):
        wrong.append(_problem("pay.interval", "Say year or month."))
    return wrong


def begin(folder: Path, settings: EditionSettings) -> None:
    """Write the file of a new site, with what can be set in it, unless there is one."""
    path = folder / FILE
    if not path.exists():
        lines = ["# What this desk says of itself once; passwords stand in environment variables. See docs/edition.md."]
        for part in fields(settings):
            lines += ["", f"[{part.name}]"]
            table = getattr(settings, part.name)
            lines += [f"{key.name} = {_toml(getattr(table, key.name))}" for key in fields(table)]
        write_file(path, "\n".join(lines) + "\n")


def _toml(value: str | int | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else str(value)
