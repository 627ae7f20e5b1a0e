"""Every endpoint under made-up requests: no crash, no undeclared answer, and the studies stay whole."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest

pytest.importorskip("schemathesis", reason="schemathesis is not installed")
import schemathesis
from hypothesis import HealthCheck, settings
from starlette.responses import JSONResponse

from detente.record import Ledger
from detente.study import open_study
from detente.web import Keys, Site, Workspace, create_app
from detente.web.http.openapi import description

pytestmark = pytest.mark.slow
ROOT = Path(tempfile.mkdtemp(prefix="detente-fuzz-"))
SPACE = Workspace(ROOT)
TOKEN = "f" * 32
KEYS = ["copy", "colombia-venezuela", "nobody"]


def _app():
    """The app, with a description that names studies at hand so that the fuzzing gets past the first door."""
    SPACE.copy(open_study("colombia-venezuela"), "copy")
    open_study(ROOT / "copy").run(quick=True).write(ROOT / "runs" / "copy" / "001")
    inner = create_app(Site(SPACE, Keys(token=TOKEN)), hosts=frozenset({"testserver", "localhost", "127.0.0.1"}))
    raw = description()
    for operations in raw["paths"].values():
        for operation in operations.values():
            for parameter in operation["parameters"]:
                if parameter["name"] == "study":
                    parameter["schema"] = {"enum": KEYS}

    async def app(scope, receive, send):
        if scope["type"] == "http" and scope["path"] == "/openapi.json":
            await JSONResponse(raw)(scope, receive, send)
        else:
            await inner(scope, receive, send)

    return app


schema = schemathesis.openapi.from_asgi("/openapi.json", _app()).exclude(path_regex="/run$")  # starts processes
CHECKS = [
    schemathesis.checks.not_a_server_error,
    schemathesis.specs.openapi.checks.status_code_conformance,
    schemathesis.specs.openapi.checks.content_type_conformance,
]


@schema.parametrize()
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_no_request_brings_the_server_down(case):
    case.headers = {**(case.headers or {}), "x-detente-token": TOKEN}
    response = case.call(allow_redirects=False)
    case.validate_response(response, checks=CHECKS)
    if "json" in response.headers.get("content-type", [""])[0]:
        json.loads(response.content, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))


def test_after_all_that_the_record_is_still_valid():
    assert Ledger.check(ROOT / "copy" / "record") == []
    assert {p.name for p in ROOT.iterdir()} >= {"copy", "runs"}
