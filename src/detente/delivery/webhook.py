"""A signed POST to an address that somebody wrote into a file: https, to the public internet, without detours.

Signed as Standard Webhooks describe (https://www.standardwebhooks.com): ``webhook-id``, ``webhook-timestamp`` and
``webhook-signature``, the HMAC-SHA256 of ``id.timestamp.body``.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import http.client
import ipaddress
import os
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from detente.delivery.replies import DeliveryOutcome, Reply
from detente.errors import SpecificationError

PREFIX = "whsec_"
SHORTEST = 24  # bytes of a secret, as the specification asks
ANSWER = 64 << 10  # bytes of a reply that are read
_V6_IN_DISGUISE = tuple(
    ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")
)


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where a message is posted.

    Attributes
    ----------
    url : https, without a name and password in it.
    secret_env : environment variable with the secret, ``whsec_`` and base64 of at least 24 bytes; never written down.
    allow_private : whether addresses that are not on the public internet may be called.
    seconds : how long one step is waited for.
    context : for the certificates; the system's own if None.
    """

    url: str
    secret_env: str
    allow_private: bool = False
    seconds: float = 15.0
    context: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        _parts(self.url)

    def post(self, message_id: str, body: bytes, moment: int) -> Reply:
        """Post ``body``; anything but a 2xx is no success, and nothing is followed.

        Parameters
        ----------
        message_id : the same in every attempt, so that the receiver can tell a repetition.
        body : JSON, as it is signed.
        moment : seconds since 1970, which the receiver compares with its clock.

        Raises
        ------
        SpecificationError
            The secret is not there or not of its form.
        """
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "detente",
            "webhook-id": message_id,
            "webhook-timestamp": str(moment),
            "webhook-signature": signature(self.secret(), message_id, moment, body),
        }
        parts = _parts(self.url)
        try:
            address = self._checked(parts)
        except OSError as error:
            return Reply(DeliveryOutcome.LATER, f"{parts.hostname} is not found: {error}"[:300])
        if isinstance(address, Reply):
            return address
        line = _Straight(address, parts, self.seconds, self.context or ssl.create_default_context())
        try:
            line.connect()
        except (OSError, ssl.SSLError) as error:
            return Reply(DeliveryOutcome.LATER, f"{parts.hostname}: {error}"[:300])
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            line.request("POST", path, body, headers)
            answer = line.getresponse()
            answer.read(ANSWER)
        except (OSError, http.client.HTTPException) as error:
            return Reply(DeliveryOutcome.DOUBTFUL, f"{parts.hostname}: {type(error).__name__}"[:300])
        finally:
            with suppress(OSError):
                line.close()
        return _classified(answer.status, answer.reason)

    def secret(self) -> bytes:
        """The secret's bytes from the environment.

        Raises
        ------
        SpecificationError
        """
        written = os.environ.get(self.secret_env, "")
        try:
            found = base64.b64decode(written.removeprefix(PREFIX), validate=True)
        except (binascii.Error, ValueError):
            found = b""
        if len(found) < SHORTEST:
            raise SpecificationError(
                f"The environment variable '{self.secret_env}' holds no webhook secret.",
                why="The receiver checks with it that a message comes from here.",
                fix=f"Set it to '{PREFIX}' and the base64 of at least {SHORTEST} random bytes; "
                'one is made by: python -c "import base64, secrets; '
                "print('whsec_' + base64.b64encode(secrets.token_bytes(32)).decode())\"",
            )
        return found

    def _checked(self, parts: SplitResult) -> tuple[str, int] | Reply:
        """The one address that is then connected to, so that a name cannot mean another in between."""
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
        for *_, address in found:
            if not self.allow_private and not is_public(str(address[0])):
                return Reply(
                    DeliveryOutcome.REFUSED,
                    f"{parts.hostname} is {address[0]}, which is not on the public internet; "
                    "allow_private = true permits it.",
                )
        host, port = found[0][4][:2]
        return str(host), int(port)


def signature(secret: bytes, message_id: str, moment: int, body: bytes) -> str:
    """``v1,`` and the base64 of the HMAC-SHA256 of id, timestamp and body.

    Examples
    --------
    >>> secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    >>> signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    signed = b".".join([message_id.encode(), str(moment).encode(), body])
    return "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, read through what wraps an older one.

    Examples
    --------
    >>> [is_public(a) for a in ("93.184.215.14", "127.0.0.1", "169.254.169.254", "::ffff:10.0.0.1", "100.64.0.1")]
    [True, False, False, False, False]
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        elif any(found in net for net in _V6_IN_DISGUISE) or found.is_site_local:
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


class _Straight(http.client.HTTPSConnection):
    """A connection to the very address that was checked, under the name that was asked for; no proxy."""

    def __init__(self, address: tuple[str, int], parts: SplitResult, seconds: float, context: ssl.SSLContext) -> None:
        super().__init__(str(parts.hostname), parts.port or 443, timeout=seconds, context=context)
        self._address, self._wrap = address, context

    def connect(self) -> None:
        line = socket.create_connection(self._address, self.timeout)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self.sock = self._wrap.wrap_socket(line, server_hostname=self.host)
        except BaseException:
            line.close()
            raise


def _classified(status: int, reason: str) -> Reply:
    said = f"{status} {reason}"[:300]
    if 200 <= status < 300:
        return Reply(DeliveryOutcome.SENT, said)
    if status in (408, 425, 429) or status >= 500:
        return Reply(DeliveryOutcome.LATER, said)
    why = " (it points elsewhere, and nothing is followed)" if 300 <= status < 400 else ""
    return Reply(DeliveryOutcome.REFUSED, said + why)


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        good = parts.scheme == "https" and bool(parts.hostname) and (parts.port or 443) > 0
    except ValueError:
        good, parts = False, urlsplit("")
    if not good or not url.isascii() or not url.isprintable() or " " in url or "@" in parts.netloc or parts.fragment:
        raise SpecificationError(
            f"{url[:80]!r} cannot be a webhook's address.",
            why="What is sent there must be encrypted and go to one place.",
            fix="Give https://name/path, without a user, a password or a '#'.",
        )
    return parts
