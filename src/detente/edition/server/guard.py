"""What every request passes: the right host, a small body, and answers that keep tokens to themselves.

There is no cookie and no session, so a strange page can make a browser send nothing that a visitor could not send
by hand; what may change something is a token of 128 random bits in the address, and only by POST.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY = 16_384  # bytes of a form
HOOK = 262_144  # bytes of a payment provider's message


def digest(text: str) -> str:
    """A style or script as a Content-Security-Policy names it."""
    return "'sha256-" + b64encode(sha256(text.encode()).digest()).decode() + "'"


class ReadersGuard:
    """The middleware.

    Parameters
    ----------
    public_url : the address under which readers know the server.
    style : of its pages, allowed by hash.
    """

    def __init__(self, app: ASGIApp, public_url: str, style: str) -> None:
        self.app = app
        parts = urlsplit(public_url)
        self.hosts = {parts.netloc.lower(), (parts.hostname or "").lower()}
        self.origin = f"{parts.scheme}://{parts.netloc}".lower()
        self.headers = {
            "content-security-policy": f"default-src 'none'; style-src {digest(style)}; form-action 'self'; base-uri 'none';"
            " frame-ancestors 'none'",
            "referrer-policy": "no-referrer",
            "x-content-type-options": "nosniff",
            "x-robots-tag": "noindex",
            "cache-control": "no-store",
            "cross-origin-resource-policy": "same-site",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                head = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    head.setdefault(name, value)
            await send(message)

        if refusal is not None:
            await refusal(scope, receive, headed)
            return
        most = HOOK if scope["path"].startswith("/paid/") else BODY
        body = await _read(receive, most)
        if body is None:
            await PlainTextResponse("That is too much at once.\n", 413)(scope, receive, headed)
            return
        given = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def replay() -> Message:
            return next(given, {"type": "http.disconnect"})

        await self.app(scope, replay, headed)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        if headers.get("host", "").lower() not in self.hosts:
            return PlainTextResponse("This server does not go by that name.\n", 421)
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return PlainTextResponse("Only GET and POST are answered.\n", 405)
        origin = headers.get("origin", "").lower()
        one_click = scope["path"].startswith(("/leave/", "/paid/"))  # mail providers' and the payment provider's
        if scope["method"] == "POST" and not one_click and origin not in ("", self.origin, "null"):
            return PlainTextResponse("This form belongs to another page.\n", 403)
        return None


async def _read(receive: Receive, most: int) -> bytes | None:
    """The whole body, or None where it is longer than ``most``."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(parts)
        size += len(message.get("body", b""))
        if size > most:
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)
