"""The pages: ask, confirm, leave, undo, preferences, the private podcast, and the payment provider's messages."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from zoneinfo import available_timezones

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from detente.edition.server.bot_trap import Trap
from detente.edition.server.guard import ReadersGuard
from detente.edition.server.pages import STYLE, page
from detente.edition.server.place import ReadersSite
from detente.edition.server.podcast import private_podcast, private_sound
from detente.edition.server.rate_limits import take_down
from detente.edition.subscribers.desk import Desk
from detente.edition.subscribers.readers import Reader, Wish
from detente.errors import DataError
from detente.language import LANGUAGES, Catalogue


def create_readers_app(site: ReadersSite) -> Starlette:
    """The app of the subscribers' server."""
    pages = _Pages(site)
    routes = [
        Route("/", pages.form),
        Route("/ask", pages.ask, methods=["POST"]),
        Route("/confirm/{token}", pages.confirm, methods=["GET", "POST"]),
        Route("/leave/{token}", pages.leave, methods=["GET", "POST"]),
        Route("/undo/{token}", pages.undo, methods=["POST"]),
        Route("/me/{token}", pages.me, methods=["GET", "POST"]),
        Route("/pay/{token}", pages.pay, methods=["POST"]),
        Route("/paid/stripe", pages.paid, methods=["POST"]),
        Route("/listen/{token}/podcast.xml", pages.podcast),
        Route("/listen/{token}/{day}/{name}", pages.sound),
        Route("/robots.txt", lambda _: PlainTextResponse("User-agent: *\nDisallow: /\n")),
    ]
    return Starlette(routes=routes, middleware=[Middleware(ReadersGuard, public_url=site.public_url, style=STYLE)])


class _Pages:
    """One method a page; each works in a thread of its own with its own connection."""

    def __init__(self, site: ReadersSite) -> None:
        self.site = site
        with site.desk() as desk:
            self.trap = Trap(desk.keyed)

    async def form(self, request: Request) -> Response:
        words = self._words(request)
        return self._page("form", words, zones=sorted(available_timezones()), wish=self._usual(words.language),
                          stamp=self.trap.stamp(self.site.clock()), languages=_names())  # fmt: skip

    async def ask(self, request: Request) -> Response:
        given = await request.form()
        words = Catalogue(_language(str(given.get("language", ""))))
        return await run_in_threadpool(self._asked, {k: str(v) for k, v in given.items()}, words, _client(request))

    def _asked(self, given: dict[str, str], words: Catalogue, client: str) -> Response:
        """The same answer for every address, after the same work."""
        now = self.site.clock()
        good = not given.get("website") and self.trap.passed(given.get("stamp", ""), now)
        try:
            wish = _wish(given, self._usual(words.language))
        except DataError:
            wish, good = self._usual(words.language), False
        with self.site.desk() as desk:
            allowed = take_down(desk, given.get("email", ""), wish, client, now, self.site.caps, good=good)
        if not allowed:
            return self._page("said", words, 429, title=words("readers.title"), text=words("readers.busy"))
        return self._page("said", words, title=words("readers.title"), text=words("readers.asked"))

    async def confirm(self, request: Request) -> Response:
        token = request.path_params["token"]
        if request.method != "POST":
            reader = await self._with(lambda desk: desk.find("confirm", token))
            words = self._words(request, reader)
            return self._page("button", words, title=words("readers.confirm_title"), text=words("readers.confirm_lead"),
                              action=f"/confirm/{token}", button=words("readers.confirm"))  # fmt: skip
        reader = await self._with(lambda desk: desk.confirm(token, self.site.clock()))
        words = self._words(request, reader)
        if reader is None:
            return self._unknown(words)
        link = (f"/me/{reader.wish_token}", words("readers.preferences"))
        return self._page("said", words, title=words("readers.title"), text=words("readers.confirmed"), link=link)

    async def leave(self, request: Request) -> Response:
        """One click (RFC 8058): a POST without cookie, token of a form or page before it is enough."""
        token = request.path_params["token"]
        if request.method != "POST":
            reader = await self._with(lambda desk: desk.find("leave", token))
            words = self._words(request, reader)
            if reader is None:
                return self._unknown(words)
            return self._page("button", words, title=words("readers.leave_title"),
                              text=words("readers.leave_lead", email=reader.email), action=f"/leave/{token}",
                              button=words("readers.leave"))  # fmt: skip
        reader = await self._with(lambda desk: desk.leave(token, self.site.clock()))
        words = self._words(request, reader)
        if reader is None:
            return self._unknown(words)
        return self._page("button", words, title=words("readers.leave_title"), text=words("readers.left"),
                          action=f"/undo/{token}", button=words("readers.undo"))  # fmt: skip

    async def undo(self, request: Request) -> Response:
        token = request.path_params["token"]
        reader = await self._with(lambda desk: desk.undo(token, self.site.clock()))
        words = self._words(request, reader)
        return self._unknown(words) if reader is None else self._page(
            "said", words, title=words("readers.title"), text=words("readers.undone"))  # fmt: skip

    async def me(self, request: Request) -> Response:
        token, said = request.path_params["token"], ""
        reader = await self._with(lambda desk: desk.find("wish", token))
        if reader is not None and request.method == "POST":
            given = {k: str(v) for k, v in (await request.form()).items()}
            reader, said = await self._with(lambda desk: self._changed(desk, token, given, reader))
        words = self._words(request, reader)
        if reader is None:
            return self._unknown(words)
        listen = f"{self.site.public_url}listen/{reader.listen_token}/podcast.xml" if self.site.folder else ""
        return self._page("me", words, reader=reader, said=said and words(f"readers.{said}"), zones=sorted(available_timezones()),
                          languages=_names(), token=token, listen=listen, price=self._price(words),
                          paid=_until(reader, words))  # fmt: skip

    def _changed(self, desk: Desk, token: str, given: dict[str, str], reader: Reader) -> tuple[Reader | None, str]:
        now, what = self.site.clock(), given.get("what", "")
        if what == "pause":
            return desk.pause(token, now), "paused"
        if what == "resume":
            return desk.resume(token, now), "undone"
        if what == "listen":
            return desk.new_listen_token(token), "saved"
        with suppress(DataError):
            return desk.change(token, _wish(given, reader.wish)), "saved"
        return reader, ""

    async def pay(self, request: Request) -> Response:
        token = request.path_params["token"]
        reader = await self._with(lambda desk: desk.find("wish", token))
        words = self._words(request, reader)
        if reader is None or self.site.payments is None:
            return self._unknown(words)
        back = f"{self.site.public_url}me/{token}"
        link = await run_in_threadpool(self.site.payments.checkout, reader, back)
        return self._page("said", words, title=words("readers.pay_title"), text=self._price(words),
                          link=(link, words("readers.pay")))  # fmt: skip

    async def paid(self, request: Request) -> Response:
        payments = self.site.payments
        if payments is None:
            return PlainTextResponse("Nobody pays here.\n", 404)
        raw, signature = await request.body(), request.headers.get("stripe-signature", "")
        code, text = await self._with(lambda desk: payments.take(desk, raw, signature, self.site.clock()))
        return PlainTextResponse(text + "\n", code)

    async def podcast(self, request: Request) -> Response:
        token = request.path_params["token"]
        made = await self._with(lambda desk: private_podcast(desk, self.site, token))
        if made is None:
            return PlainTextResponse("There is no such feed.\n", 404)
        return Response(made, media_type="application/rss+xml")

    async def sound(self, request: Request) -> Response:
        given = request.path_params
        made = await self._with(
            lambda desk: private_sound(desk, self.site, given["token"], given["day"], given["name"])
        )
        if made is None:
            return PlainTextResponse("There is no such sound.\n", 404)
        return Response(made, media_type="audio/mpeg")

    # What they share.

    async def _with(self, work: Callable[[Desk], Any]) -> Any:
        def done() -> Any:
            with self.site.desk() as desk:
                return work(desk)

        return await run_in_threadpool(done)

    def _words(self, request: Request, reader: Reader | None = None) -> Catalogue:
        if reader is not None:
            return Catalogue(_language(reader.wish.language))
        asked = request.query_params.get("lang") or request.headers.get("accept-language", "")[:2]
        return Catalogue(_language(asked or self.site.settings.desk.language))

    def _usual(self, language: str) -> Wish:
        desk = self.site.settings.desk
        return Wish(language, desk.zone, desk.hour)

    def _price(self, words: Catalogue) -> str:
        pay = self.site.settings.pay
        if self.site.payments is None:
            return ""
        price = f"{pay.currency.upper()} {words.number(pay.smallest_units() / 10**pay.decimals, pay.decimals)}"
        return words("readers.pay_lead", price=price, interval=words.known("word", pay.interval))

    def _unknown(self, words: Catalogue) -> Response:
        return self._page("said", words, title=words("readers.title"), text=words("readers.unknown"))

    @staticmethod
    def _page(name: str, words: Catalogue, status: int = 200, **values: Any) -> Response:
        return HTMLResponse(page(name, words, **values), status)


def _wish(given: dict[str, str], usual: Wish) -> Wish:
    hour = given.get("hour", "")
    return Wish(
        given.get("language") or usual.language,
        given.get("zone") or usual.zone,
        int(hour) if hour.isascii() and hour.isdigit() and len(hour) < 3 else usual.hour,
    ).checked()


def _language(code: str) -> str:
    return code if code in LANGUAGES else LANGUAGES[0]


def _names() -> list[tuple[str, str]]:
    return [(code, Catalogue(code)("page.language")) for code in LANGUAGES]


def _client(request: Request) -> str:
    return request.client.host if request.client else ""


def _until(reader: Reader, words: Catalogue) -> str:
    if not reader.paid_until:
        return ""
    return words("readers.paid_until", day=words.date(time.strftime("%Y-%m-%d", time.gmtime(reader.paid_until))))
