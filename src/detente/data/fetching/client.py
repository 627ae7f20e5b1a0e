"""One HTTP client: resumes what broke off, waits where it is asked to, says plainly what went wrong."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from detente._atomic import into_place
from detente.errors import DataError, MissingExtra, OutputError, UsageError

if TYPE_CHECKING:
    import httpx2

AGENT = "detente (research software)"
TRIES = 5
LONGEST_WAIT = 60.0  # seconds, whatever a server asks for
LATER = (429, 500, 502, 503, 504)


@dataclass(slots=True)
class Client:
    """Requests to one source.

    Attributes
    ----------
    pause : seconds between two requests, as the source asks.
    headers : sent with each request; a key goes here or into the address, is read from the environment, never stored.
    sleep : for tests.
    """

    pause: float = 0.0
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    sleep: Callable[[float], None] = time.sleep
    _last: float = field(default=-1e9, init=False)

    def json(self, url: str, params: Mapping[str, Any] = MappingProxyType({})) -> Any:
        """An answer as JSON.

        Raises
        ------
        DataError : the server refuses, is not reached, or answers with something else.
        """
        answer = self._get(url, params)
        try:
            return answer.json()
        except ValueError:
            raise DataError(
                f"{_bare(url)} did not answer with JSON.", fix="Try later; the source may have changed."
            ) from None

    def text(self, url: str, params: Mapping[str, Any] = MappingProxyType({})) -> str:
        """An answer as text."""
        return self._get(url, params).text

    def download(self, url: str, target: Path, progress: Callable[[float], None] | None = None) -> None:
        """A file, resumed where a part of it is there (``target`` with ``.part``), whole or not at all.

        Raises
        ------
        DataError : it could not be fetched whole.
        OutputError : it cannot be written, or not put into place.
        """
        part = target.with_name(target.name + ".part")
        for attempt in range(TRIES):
            if self._part(url, part, progress):
                into_place(part, target)
                return
            self.sleep(min(2.0**attempt, LONGEST_WAIT))
        raise DataError(
            f"{_bare(url)} broke off {TRIES} times.", where=f"{part.stat().st_size if part.exists() else 0:,} bytes are kept.",
            fix="Try again: it goes on where it stopped.",
        )  # fmt: skip

    def _part(self, url: str, part: Path, progress: Callable[[float], None] | None) -> bool:
        """One attempt; True where the whole file is there."""
        http = _library()
        have = part.stat().st_size if part.exists() else 0
        headers = dict(self.headers) | ({"Range": f"bytes={have}-"} if have else {})
        self._wait()
        try:
            with http.stream("GET", url, headers=_with_agent(headers), follow_redirects=True, timeout=60) as answer:
                if answer.status_code == 416:  # nothing is left to send
                    return True
                if answer.status_code in LATER:
                    return False
                _check(answer, url)
                resumed = answer.status_code == 206
                left = int(answer.headers.get("Content-Length", 0))
                whole = left + (have if resumed else 0)
                written = have if resumed else 0
                with part.open("ab" if resumed else "wb") as file:
                    for block in answer.iter_bytes():
                        file.write(block)
                        written += len(block)
                        if progress and whole:
                            progress(written / whole)
                return not whole or written == whole
        except (http.TransportError, http.StreamError):
            return False
        except OSError as error:
            raise OutputError(
                f"{part} cannot be written: {error.strerror or error}.", fix="Make room, or name another folder."
            ) from None

    def _get(self, url: str, params: Mapping[str, Any]) -> httpx2.Response:
        http = _library()
        for attempt in range(TRIES):
            self._wait()
            try:
                answer = http.get(
                    url,
                    params=dict(params) or None,
                    headers=_with_agent(self.headers),
                    timeout=60,
                    follow_redirects=True,
                )
            except http.TransportError as error:
                if attempt == TRIES - 1:
                    raise DataError(
                        f"{_bare(url)} cannot be reached: {type(error).__name__}.",
                        fix="Check the connection, or add a file got by hand: detente data add FILE --as SOURCE",
                    ) from None
                self.sleep(2.0**attempt)
                continue
            if answer.status_code in LATER and attempt < TRIES - 1:
                asked = answer.headers.get("Retry-After", "")
                self.sleep(min(float(asked) if asked.isdecimal() else 2.0**attempt, LONGEST_WAIT))
                continue
            _check(answer, url)
            return answer
        raise AssertionError("the last attempt returns or raises")

    def _wait(self) -> None:
        left = self._last + self.pause - time.monotonic()
        if left > 0:
            self.sleep(left)
        self._last = time.monotonic()


def key_of(variable: str, source: str) -> str:
    """A key from the environment.

    Raises
    ------
    UsageError : it is not there.
    """
    key = os.environ.get(variable, "")
    if not key:
        raise UsageError(
            f"{source} asks for a key, and the environment has no {variable}.",
            fix=f"Set {variable} to the key that the source gave you; it is read from there and never stored.",
        )
    return key


def _library() -> Any:
    try:
        import httpx2
    except ImportError:
        raise MissingExtra.needed("httpx2", "data", "Fetching") from None
    return httpx2


def _with_agent(headers: Mapping[str, str]) -> dict[str, str]:
    return {"User-Agent": AGENT} | dict(headers)


def _check(answer: Any, url: str) -> None:
    status = answer.status_code
    if status < 400:
        return
    reasons = {401: "it asks for a key, or does not know the one given", 403: "it refuses (a key, a quota or the terms of use)",
               404: "it has nothing at this address", 413: "it finds the request too large", 429: "it was asked too often"}  # fmt: skip
    raise DataError(
        f"{_bare(url)} answers with status {status}: {reasons.get(status, 'it answers with an error')}.",
        fix="Ask for fewer years or economies, wait, or get the file by hand: detente data add FILE --as SOURCE",
    )


def _bare(url: str) -> str:
    """An address without what may hold a key."""
    return url.partition("?")[0]
