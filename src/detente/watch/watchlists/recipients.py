"""Whom a watch list tells: a mailbox, a webhook, a feed in a file, standard output."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from detente.delivery import Address, MailServer, Webhook
from detente.errors import DetenteError
from detente.study.spec.part import SpecPart

_WEB = re.compile(r"https?://[^\s<>\"\\]+", re.ASCII)


class ToMail(SpecPart):
    """``[[to]] kind = "mail"``: readers, and the server that takes it to them."""

    kind: Literal["mail"]
    to: list[str] = Field(min_length=1, max_length=50)
    sender: str
    host: str
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "ssl", "none"] = "starttls"
    user: str = ""
    password_env: str = ""
    digest: bool = False

    @model_validator(mode="after")
    def _addresses(self) -> ToMail:
        for written in (*self.to, self.sender):
            try:
                Address.of(written)
            except DetenteError as error:
                raise ValueError(str(error).rstrip(".")) from None
        return self

    @property
    def server(self) -> MailServer:
        return MailServer(self.host, self.port, self.security, self.user, self.password_env)


class ToWebhook(SpecPart):
    """``[[to]] kind = "webhook"``: an https address that gets signed JSON."""

    kind: Literal["webhook"]
    url: str
    secret_env: str
    allow_private: bool = False
    digest: bool = False

    @model_validator(mode="after")
    def _good(self) -> ToWebhook:
        try:
            self.hook  # noqa: B018 - reading it is the check
        except DetenteError as error:
            raise ValueError(str(error).rstrip(".")) from None
        return self

    @property
    def hook(self) -> Webhook:
        return Webhook(self.url, self.secret_env, self.allow_private)


class ToAtom(SpecPart):
    """``[[to]] kind = "atom"``: a feed written beside the list, for a web server to give out."""

    kind: Literal["atom"]
    path: str
    url: str
    digest: Literal[False] = False

    @model_validator(mode="after")
    def _nameable(self) -> ToAtom:
        parts = urlsplit(self.url)
        if (
            parts.scheme not in ("https", "http")
            or not re.fullmatch(r"[a-z0-9.-]+", self.host)
            or not _WEB.fullmatch(self.url)
        ):
            raise ValueError(f"'{self.url[:80]}' cannot be a feed's address; give https://name/path")
        return self

    @property
    def host(self) -> str:
        """Whose the entries' names are."""
        return urlsplit(self.url).hostname or ""


class ToStdout(SpecPart):
    """``[[to]] kind = "stdout"``: what the command prints, which it always does."""

    kind: Literal["stdout"]
    digest: Literal[False] = False


Recipient = Annotated[ToMail | ToWebhook | ToAtom | ToStdout, Field(discriminator="kind")]
