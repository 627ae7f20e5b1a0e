"""Any SMTP server, one connection for many mails; what it says is classified, and what it may have kept is said."""

from __future__ import annotations

import os
import re
import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, Self

from detente.delivery.address import Address
from detente.delivery.replies import DeliveryOutcome, Reply
from detente.errors import SpecificationError

Security = Literal["starttls", "ssl", "none"]
LOCAL = ("localhost", "127.0.0.1", "::1")
_DOT = re.compile(rb"(?m)^\.")
_TROUBLE = (OSError, smtplib.SMTPException, ssl.SSLError)


@dataclass(frozen=True, slots=True)
class MailServer:
    """An SMTP server as its owner describes it.

    Attributes
    ----------
    host, port : where it listens; port 587 for ``starttls``, 465 for ``ssl``, 25 or another for ``none``.
    security : how the line is encrypted.
    user : for sign-in; empty for none.
    password_env : name of the environment variable that holds the password; it is never written down.
    seconds : how long one reply is waited for.
    context : for the certificates; the system's own if None.
    """

    host: str
    port: int = 587
    security: Security = "starttls"
    user: str = ""
    password_env: str = ""
    seconds: float = 30.0
    context: ssl.SSLContext | None = None

    def password(self) -> str:
        """The password from the environment.

        Raises
        ------
        SpecificationError
            The variable is not set, or the password would cross the network in clear.
        """
        if self.security == "none" and self.host not in LOCAL:
            raise SpecificationError(
                f"The password for {self.host} would be sent unencrypted.",
                fix='Set security = "starttls" or "ssl".',
            )
        found = os.environ.get(self.password_env, "")
        if not found:
            raise SpecificationError(
                f"The environment variable '{self.password_env}' with the password of {self.user} is not set.",
                why=f"{self.host} asks for it.",
                fix="Set it where the command runs; a password never stands in a file here.",
            )
        return found

    def connect(self) -> MailConnection:
        """A connection that opens with the first mail; a context manager."""
        return MailConnection(self)


class MailConnection:
    """One line to a server: opened with the first mail, opened again after it broke, closed at the end."""

    def __init__(self, server: MailServer) -> None:
        self.server = server
        self._line: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, sender: Address, to: Address, message: bytes) -> Reply:
        """Hand ``message`` over to the server.

        Parameters
        ----------
        sender : of the envelope, where bounces go.
        to : the one reader.
        message : as :meth:`Mail.to_bytes` gives it.

        Returns
        -------
        Reply
            ``DOUBTFUL`` where the line broke after the whole message had gone out and before the server answered.
        """
        try:
            line = self._opened()
        except _TROUBLE as error:
            self._drop()
            return Reply(DeliveryOutcome.LATER, _words(error), of_server=True)
        try:
            begun = self._begin(line, sender, to)
        except _TROUBLE as error:
            self._drop()
            return Reply(DeliveryOutcome.LATER, _words(error), of_server=True)
        return begun if begun is not None else self._hand_over(line, message)

    def close(self) -> None:
        """Say goodbye, if there is a line."""
        if self._line is not None:
            with suppress(*_TROUBLE):
                self._line.quit()
        self._drop()

    def _opened(self) -> smtplib.SMTP:
        if self._line is not None:
            return self._line
        server = self.server
        password = server.password() if server.user else ""  # before there is a line that could be used without it
        context = server.context or ssl.create_default_context()
        if server.security == "ssl":
            line = smtplib.SMTP_SSL(server.host, server.port, timeout=server.seconds, context=context)
        else:
            line = smtplib.SMTP(server.host, server.port, timeout=server.seconds)
        self._line = line
        if line.sock is not None:  # the message and its end go out apart: Nagle would hold the end back 40 ms
            line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            line.starttls(context=context)
            line.ehlo()
        if server.user:
            line.login(server.user, password)
        return line

    def _begin(self, line: smtplib.SMTP, sender: Address, to: Address) -> Reply | None:
        """Envelope and permission to send; None when the server waits for the message."""
        for command, whose in (
            (f"MAIL FROM:<{sender.text}>", "server"),
            (f"RCPT TO:<{to.text}>", "reader"),
            ("DATA", "reader"),
        ):
            code, text = line.docmd(command)
            if code == 421:
                self._drop()
                return Reply(DeliveryOutcome.LATER, _said(code, text), of_server=True)
            if code not in (250, 251, 354):
                line.docmd("RSET")
                final = 500 <= code < 600 and whose == "reader"
                outcome = DeliveryOutcome.REFUSED if final else DeliveryOutcome.LATER
                return Reply(outcome, _said(code, text), of_server=whose == "server")
        return None

    def _hand_over(self, line: smtplib.SMTP, message: bytes) -> Reply:
        """The message, then its end: only from its end on can the server have kept it."""
        try:
            line.send(_DOT.sub(b"..", message) + (b"" if message.endswith(b"\r\n") else b"\r\n"))
        except _TROUBLE as error:
            self._drop()
            return Reply(DeliveryOutcome.LATER, _words(error), of_server=True)
        try:
            line.send(b".\r\n")
            code, text = line.getreply()
        except _TROUBLE as error:
            self._drop()
            return Reply(DeliveryOutcome.DOUBTFUL, _words(error))
        if code == 421:
            self._drop()
        outcome = {2: DeliveryOutcome.SENT, 4: DeliveryOutcome.LATER, 5: DeliveryOutcome.REFUSED}.get(
            code // 100, DeliveryOutcome.DOUBTFUL
        )
        return Reply(outcome, _said(code, text), of_server=code == 421)

    def _drop(self) -> None:
        if self._line is not None:
            with suppress(*_TROUBLE):
                self._line.close()
        self._line = None


def _said(code: int, text: bytes) -> str:
    return f"{code} {text.decode('utf-8', 'replace')}"[:300]


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        return _said(error.smtp_code, text if isinstance(text, bytes) else str(text).encode())
    if isinstance(error, socket.timeout):
        return "The server did not answer in time."
    return f"{type(error).__name__}: {error}"[:300]
