"""What stands before every page: host, origin, token, access, size of the body, and the headers of the answer.

A page of another site may make a browser send requests to a server on this machine. Three things stop it:
the Host header must be one of ours (against DNS rebinding), the browser's own account of where a request
comes from (``Sec-Fetch-Site``, ``Origin``) must be this site, and every change carries a token that only our
pages know.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from hmac import compare_digest
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
BODY_LIMIT = 1 << 20  # bytes: a form or a few rows, never a data set


@dataclass(frozen=True, slots=True)
class RefusedRequest(Exception):
    """A request that is not let through: HTTP status and the catalogue key of the reason."""

    status: int
    reason: str


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets of one server: what changes must carry, and what opens a server beyond loopback.

    Attributes
    ----------
    token : sent back by every form and script of our own pages.
    access : asked of every visitor where the server is not on loopback; empty there.
    cookie : what keeps ``access`` in a browser: cookies are a host's, so two servers of one host need two names.
    """

    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    access: str = ""
    cookie: str = "access"


class Guard:
    """ASGI middleware; see the module's text.

    Parameters
    ----------
    app : the application behind it.
    keys : the server's secrets.
    hosts : host names a request may name; empty allows any (only with ``keys.access``).
    refuse : ``(scope, refusal) -> ASGI app`` that answers a refused request.
    limit : bytes of a body.
    streams : paths whose bodies are files: the token stands in the header, and the page behind counts the bytes.
    """

    def __init__(
        self, app: Any, *, keys: Keys, hosts: frozenset[str], refuse: Any, limit: int = BODY_LIMIT,
        streams: re.Pattern[str] | None = None,
    ) -> None:  # fmt: skip
        self.app, self.keys, self.hosts, self.refuse, self.limit = app, keys, hosts, refuse, limit
        self.streams = streams

    async def __call__(self, scope: dict, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        send = _with_headers(send)
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            self.check_host(headers)
            if self.admits(scope):
                await self.admit(scope, send)
                return
            self.check_access(scope, headers)
            self.check_origin(scope, headers)
            if scope["method"] in CHANGES and self.streams and self.streams.fullmatch(scope["path"]):
                self.check_token(headers, b"")
            elif scope["method"] in CHANGES:
                body = await self.read(headers, receive)
                self.check_token(headers, body)
                receive = _replay(body, receive)
        except RefusedRequest as refusal:
            await self.refuse(scope, refusal)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def check_host(self, headers: dict[str, str]) -> None:
        """The Host header names this server."""
        host = _host("//" + headers.get("host", ""))
        if self.hosts and host not in self.hosts:
            raise RefusedRequest(421, "refused.host")

    def check_access(self, scope: dict, headers: dict[str, str]) -> None:
        """Beyond loopback: the access token, kept in a cookie since the first visit."""
        if self.keys.access and not compare_digest(
            self.keys.access.encode(), _cookie(headers, self.keys.cookie).encode()
        ):
            raise RefusedRequest(401, "refused.access")

    def admits(self, scope: dict) -> bool:
        """Whether this is a first visit with the access token in the address."""
        given = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("access", [""])[-1]
        return (
            bool(self.keys.access)
            and scope["method"] == "GET"
            and compare_digest(self.keys.access.encode(), given.encode())
        )

    async def admit(self, scope: dict, send: Any) -> None:
        """Move the access token from the address into a cookie, so that links and history do not carry it."""
        pairs = [p for p in scope["query_string"].split(b"&") if not p.startswith(b"access=")]
        place = scope.get("raw_path", scope["path"].encode()) + (b"?" + b"&".join(pairs) if pairs else b"")
        cookie = f"{self.keys.cookie}={self.keys.access}; HttpOnly; SameSite=Strict; Path=/".encode()
        headers = [(b"location", b"/" + place.lstrip(b"/")), (b"set-cookie", cookie)]
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    def check_origin(self, scope: dict, headers: dict[str, str]) -> None:
        """The request comes from our own pages, or from the address bar if it changes nothing."""
        site = headers.get("sec-fetch-site", "")
        change = scope["method"] in CHANGES
        visit = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
        if site in ("cross-site", "same-site") and (change or not visit):
            raise RefusedRequest(403, "refused.origin")
        origin = headers.get("origin")
        if origin is not None and change and origin.partition("://")[2] != headers.get("host", ""):
            raise RefusedRequest(403, "refused.origin")

    async def read(self, headers: dict[str, str], receive: Any) -> bytes:
        """The body of a change, up to the limit."""
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > self.limit:
            raise RefusedRequest(413, "refused.size")
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise RefusedRequest(400, "refused.size")
            body += message.get("body", b"")
            if len(body) > self.limit:
                raise RefusedRequest(413, "refused.size")
            if not message.get("more_body"):
                return bytes(body)

    def check_token(self, headers: dict[str, str], body: bytes) -> None:
        """The token stands in the header ``x-detente-token`` or in the form's field ``token``."""
        given = headers.get("x-detente-token", "")
        if not given and headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            given = parse_qs(body.decode("utf-8", "replace")).get("token", [""])[-1]
        if not compare_digest(self.keys.token.encode(), given.encode()):
            raise RefusedRequest(403, "refused.token")


def _host(address: str) -> str:
    """The host of an address, and nothing where it is none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _cookie(headers: dict[str, str], name: str) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return found.value if found else ""


def _with_headers(send: Any) -> Any:
    async def sending(message: dict) -> None:
        if message["type"] == "http.response.start":
            present = {name.lower() for name, _ in message.get("headers", ())}
            extra = [pair for pair in HEADERS if pair[0] not in present]
            if b"cache-control" not in present:
                extra.append((b"cache-control", b"no-store"))
            message = {**message, "headers": [*message.get("headers", ()), *extra]}
        await send(message)

    return sending


def _replay(body: bytes, receive: Any) -> Any:
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receiving() -> dict:
        return waiting.pop() if waiting else await receive()

    return receiving
