"""A mail as bytes: headers that survive relays, plain text beside HTML, one-click unsubscribe.

The same arguments give the same bytes: message id, date and boundary come from what is given.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from types import MappingProxyType
from urllib.parse import urlsplit

from detente.delivery.address import Address
from detente.errors import DataError
from detente.language.controls import clean

SUBJECT = 60  # characters: a longer one is folded right after "Subject:", and cut by most readers' programs
LINE = 998  # RFC 5322 2.1.1
LARGEST = 100_000  # bytes of HTML: beyond about 102 kB a large provider cuts it off
_OURS = frozenset(
    {
        "from", "to", "cc", "bcc", "subject", "date", "message-id", "mime-version", "sender", "return-path",
        "list-unsubscribe", "list-unsubscribe-post",
    }
)  # fmt: skip
_UNFOLDED = EmailPolicy(linesep="\r\n", max_line_length=LINE, raise_on_defect=False)


class _Policy(EmailPolicy):
    """Folds at 78 as relays like it, but never inside what programs read (``List-*``, ids), which folding destroys."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower().startswith("list-") or name.lower() in ("message-id", "in-reply-to", "references"):
            return _UNFOLDED.fold_binary(name, value)
        return super().fold_binary(name, value)


_POLICY = _Policy(linesep="\r\n", max_line_length=78)


def new_message_id(domain: str) -> str:
    """A message id that nothing can be read from: ``<random@domain>``."""
    return f"<{secrets.token_urlsafe(16)}@{domain}>"


def short_subject(text: str, most: int = SUBJECT) -> str:
    """A subject on one line without steering characters, cut at a word where it is longer than ``most``.

    Examples
    --------
    >>> short_subject("Border closed\\r\\nBcc: everyone@example.org")
    'Border closed Bcc: everyone@example.org'
    >>> short_subject("one two three", most=10)
    'one two…'
    """
    line = _encodable(clean(text))
    if len(line) <= most:
        return line
    cut = line[: most - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[most // 2 :] else cut).rstrip(" ,;:") + "…"


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one reader.

    Attributes
    ----------
    sender : whose address it comes from.
    to : the reader.
    subject : short; cut to one line of at most 60 characters.
    text : the plain part.
    message_id : ``<id@domain>``, fixed before the first attempt and the same in every further one.
    date : with its zone.
    html : the HTML part, if any; at most 100,000 bytes.
    sender_name : beside the sender's address.
    unsubscribe : https address of the one-click unsubscribe (RFC 8058), if any.
    headers : further headers by name, such as ``List-Id``; none of those that stand above.
    """

    sender: Address
    to: Address
    subject: str
    text: str
    message_id: str
    date: datetime
    html: str = ""
    sender_name: str = ""
    unsubscribe: str = ""
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def to_bytes(self) -> bytes:
        """The message as it goes over the wire: CRLF, 7 bit, no line over 998 bytes.

        Raises
        ------
        DataError
            A header holds a line break or is one of ours, the date has no zone, the HTML is too large, or an
            address or id is not of its form.
        """
        message = EmailMessage(policy=_POLICY)
        name, _, domain = self.sender.text.rpartition("@")
        message["From"] = HeaderAddress(_encodable(clean(self.sender_name)), name, domain)
        message["To"] = HeaderAddress("", *self.to.text.rsplit("@", 1))
        message["Subject"] = short_subject(self.subject)
        message["Date"] = self._dated()
        message["Message-ID"] = _plain(self.message_id, "Message-ID", starts="<", ends=">")
        if self.unsubscribe:
            message["List-Unsubscribe"] = f"<{_https(self.unsubscribe)}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        for header, value in self.headers.items():
            message[_header(header)] = _plain(value, header)
        self._fill(message)
        return message.as_bytes(policy=_POLICY)

    def _dated(self) -> str:
        if self.date.tzinfo is None:
            raise DataError("The date of a mail needs its time zone.", fix="Give datetime(..., tzinfo=UTC).")
        return format_datetime(self.date)

    def _fill(self, message: EmailMessage) -> None:
        message.set_content(_body(self.text), charset="utf-8", cte="quoted-printable")
        if not self.html:
            return
        size = len(self.html.encode("utf-8", "replace"))
        if size > LARGEST:
            raise DataError(
                f"The HTML of the mail has {size:,} bytes; at most {LARGEST:,} are sent.",
                why="A longer one is cut off by the reader's program, with its unsubscribe line.",
                fix="Shorten it and link to the page.",
            )
        message.add_alternative(_encodable(self.html), subtype="html", charset="utf-8", cte="quoted-printable")
        digest = hashlib.sha256(self.message_id.encode()).hexdigest()[:24]
        message.set_boundary(f"=_{digest}")


def _body(text: str) -> str:
    """Plain text line by line, without steering characters and with the blanks that begin a line."""
    lines = []
    for line in _encodable(text).replace("\r\n", "\n").split("\n"):
        start = len(line) - len(line.lstrip(" "))
        lines.append(" " * start + clean(line))
    return "\n".join(lines).rstrip("\n") + "\n"


def _encodable(text: str) -> str:
    """Half of a pair of surrogates is no character: a question mark stands for it."""
    return text.encode("utf-8", "replace").decode()


def _plain(value: str, header: str, starts: str = "", ends: str = "") -> str:
    """A header value that is ASCII on one line."""
    good = value.isascii() and value.isprintable() and value.startswith(starts) and value.endswith(ends)
    if not good or len(value) > LINE - 80 or (starts and (" " in value or "@" not in value)):
        raise DataError(f"The header {header} cannot be {value[:80]!r}.", fix="Give printable ASCII on one line.")
    return value


def _header(name: str) -> str:
    if not name.isascii() or not name.replace("-", "").isalnum() or name.lower() in _OURS:
        raise DataError(f"{name[:80]!r} cannot be a further header.", fix="Give a name such as List-Id.")
    return name


def _https(url: str) -> str:
    """The address of a page, as it may stand in brackets."""
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname or set(url) & set('<>" ,\\'):
        raise DataError(f"{url[:80]!r} cannot be an unsubscribe address.", fix="Give an https address.")
    return _plain(url, "List-Unsubscribe")
