"""Serve the app with uvicorn: on loopback unless told otherwise, and then with an access token."""

from __future__ import annotations

import os
import secrets
import socket
import threading
import webbrowser
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from detente.errors import MissingExtra, UsageError
from detente.panel import read_panel
from detente.study import builtin_studies, open_study
from detente.study.panel_fit import require_fit
from detente.web.background.helper_process import Helper
from detente.web.background.memory import keep_small
from detente.web.http.guard import LOOPBACK, Keys
from detente.web.http.workspace import Workspace

PORT = 8765


def serve(
    *, study: str | None = None, root: Path | None = None, data: Path | None = None, host: str = "127.0.0.1",
    port: int | None = None, browser: bool = True, say: Callable[[str], None] = lambda _: None,
    reading: Mapping[str, Any] = MappingProxyType({}),
) -> None:  # fmt: skip
    """Serve until interrupted.

    Parameters
    ----------
    study : name of a built-in study or a study folder to open first.
    root : the folder whose studies and runs are shown; the current one unless given.
    data : a panel that stands in for the studies' own, for the desks and for runs.
    host, port : where to listen; a port that is not given may move to the next free one.
    browser : open the address in the browser.
    say : told the address.
    reading : how ``data`` is to be read, as keywords of :func:`detente.read_panel`.

    Raises
    ------
    MissingExtra, UsageError, UnknownStudy
    UnreadableFile, DataError
        The panel cannot be read, or does not fit the study.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    keep_small()
    try:
        import uvicorn

        from detente.web.app import Site, create_app
        from detente.web.pages.files import vega
    except ModuleNotFoundError as absent:
        raise MissingExtra.needed(absent.name or "starlette", "web", "The app") from absent
    workspace, first = _workspace(study, (root or Path.cwd()).resolve())
    if data is not None:
        workspace = _with_panel(workspace, study, data, say, reading)
    local = host in LOOPBACK or host.startswith("127.")
    listener = _listen(host, port)
    keys = Keys(access="" if local else secrets.token_urlsafe(24), cookie=f"access{listener.getsockname()[1]}")
    ending = f":{listener.getsockname()[1]}{first}" + (f"?access={keys.access}" if keys.access else "")
    addresses = [f"http://{name}{ending}" for name in (["localhost"] if local else _names(host))]
    address = addresses[0]
    if keys.access:
        say(f"Listening on {host}, beyond this machine: whoever has an address below can read and change the studies.")
    say("\n".join([*(f"Open {one}" for one in addresses), "Stop with Ctrl+C."]))
    site = Site(workspace, keys, draws=Helper())
    site.clear()
    app = create_app(site, hosts=LOOPBACK | {host} if local else frozenset())
    threading.Thread(target=site.warm, daemon=True).start()
    threading.Thread(target=vega, daemon=True).start()  # takes two seconds; done before the first chart is asked for
    if browser:
        threading.Timer(0.6, webbrowser.open, (address,)).start()
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, timeout_graceful_shutdown=3, server_header=False
    )
    try:
        uvicorn.Server(config).run(sockets=[listener])
    finally:
        site.close()


def _names(host: str) -> list[str]:
    """What to call this machine in an address: its own addresses where it listens on all, else the host given."""
    if host not in ("0.0.0.0", "::"):
        return [f"[{host}]" if ":" in host else host]
    found = [socket.gethostname()]
    for family, probe in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        if family == socket.AF_INET6 and host != "::":
            continue
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as asked:
            asked.connect((probe, 9))  # sends nothing: only asks which of our addresses would be used
            own = asked.getsockname()[0]
            found.append(f"[{own}]" if ":" in own else own)
    return list(dict.fromkeys(found))


def _workspace(study: str | None, root: Path) -> tuple[Workspace, str]:
    if study is None:
        return Workspace(root), "/"
    opened = open_study(study)
    if study in builtin_studies():
        return Workspace(root), f"/s/{study}"
    folder = opened.folder.resolve()
    return Workspace(root, {folder.name: folder}), f"/s/{folder.name}"


def _with_panel(
    workspace: Workspace, study: str | None, data: Path, say: Callable[[str], None], reading: Mapping[str, Any]
) -> Workspace:
    """The workspace on a panel of its own, which must fit the study that was named."""
    spec = open_study(study).spec if study is not None else None
    say(f"Reading {data} ...")
    panel = read_panel(data, **reading)
    if spec is not None:
        require_fit(panel, spec)
    say(panel.summary())
    return replace(workspace, data=data.resolve() if data.exists() else data, panel=panel, reading=reading)


def _listen(host: str, port: int | None) -> socket.socket:
    """A listening socket on the port asked for, or on the first free one from 8765."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    number, reason = PORT if port is None else port, ""
    for number in [port] if port is not None else range(PORT, PORT + 20):
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, number))
            return listener
        except OSError as error:
            listener.close()
            reason = error.strerror or str(error)
    raise UsageError(f"Cannot listen on {host}:{number}: {reason}.", fix="Give another --port or --host.")
