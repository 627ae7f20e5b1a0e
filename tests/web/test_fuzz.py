"""Every endpoint under made-up requests: no crash, no undeclared answer, and the studies stay whole.

The studies stand on a panel of twenty economies: what is asked of an endpoint is the same, and thousands of answers
come sooner.
"""

from __future__ import annotations

import json
import tempfile
from functools import cache
from pathlib import Path

import pytest

pytest.importorskip("schemathesis", reason="schemathesis is not installed")
import schemathesis
from hypothesis import HealthCheck, settings

from detente.panel import read_panel
from detente.record import Ledger
from detente.study import open_study
from detente.web import Keys, Site, Workspace, create_app
from detente.web.http.openapi import description
from small_world import small_world

pytestmark = pytest.mark.slow
TOKEN = "f" * 32
KEYS = ["copy", "colombia-venezuela", "nobody"]


@cache
def root():
    return Path(tempfile.mkdtemp(prefix="detente-fuzz-"))


@cache
def asked_app():
    """Made when the first request comes: to collect the tests, its description is enough."""
    path = root() / "small.parquet"
    small_world().to_frame().rename({"trade": "value_usd_mn"}).write_parquet(path)
    space = Workspace(root(), data=path, panel=read_panel(path))
    space.copy(open_study("colombia-venezuela"), "copy")
    open_study(root() / "copy").run(data=small_world(), quick=True).write(root() / "runs" / "copy" / "001")
    return create_app(Site(space, Keys(token=TOKEN)), hosts=frozenset({"testserver", "localhost", "127.0.0.1"}))


def described():
    """A description that names studies at hand, so that the fuzzing gets past the first door."""
    raw = description()
    for operations in raw["paths"].values():
        for operation in operations.values():
            for parameter in operation["parameters"]:
                if parameter["name"] == "study":
                    parameter["schema"] = {"enum": KEYS}
    return raw


async def app(scope, receive, send):
    await asked_app()(scope, receive, send)


schema = schemathesis.openapi.from_dict(described()).exclude(path_regex="/run$")  # starts processes
schema.app = app
CHECKS = [
    schemathesis.checks.not_a_server_error,
    schemathesis.specs.openapi.checks.status_code_conformance,
    schemathesis.specs.openapi.checks.content_type_conformance,
]


@schema.parametrize()
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_no_request_brings_the_server_down(case):
    asked_app()
    case.headers = {**(case.headers or {}), "x-detente-token": TOKEN}
    response = case.call(allow_redirects=False, timeout=120)  # a bound, not a wait: the machine may be busy
    case.validate_response(response, checks=CHECKS)
    if "json" in response.headers.get("content-type", [""])[0]:
        json.loads(response.content, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))


def test_after_all_that_the_record_is_still_valid():
    asked_app()
    assert Ledger.check(root() / "copy" / "record") == []
    assert {p.name for p in root().iterdir()} >= {"copy", "runs"}
