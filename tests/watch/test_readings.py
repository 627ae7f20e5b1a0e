"""Every family of measures is read, the same each time, and a forecast is scored when its year has come."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import detente as dt
from detente.watch import open_state
from detente.watch.computing import Looked, Panels, look_at_pair
from detente.watch.readings import readings
from detente.watch.thresholds import Reading
from local_hook import PEM, receiver
from watched import CLOSED, HEAD

FULL = ("exports", "imports", "residual", "placebo_share", "strength", "break", "odds", "new_data", "forecast_scored")


def test_a_pair_has_every_measure_that_needs_no_record() -> None:
    needs = frozenset({"panel", "residual", "placebos", "breaks", "odds", "outlook", "record"})
    looked = look_at_pair(("India", "PAK"), needs, False, Panels())
    found = readings(looked, FULL)
    assert {name.partition(":")[0] for name in found} == {*FULL, "ahead"} - {"forecast_scored"}
    band = found["residual:PAK>IND"]
    assert band.value is not None
    assert band.low is not None
    assert band.value < band.low, "trade from Pakistan ended in 2019"
    assert "break:PAK>IND:2020" in found
    assert 0 < (found["odds:return"].value or 0) < 1
    assert readings(look_at_pair(("IND", "PAK"), needs, False, Panels()), FULL) == found, "nothing is drawn anew"
    quick = readings(look_at_pair(("IND", "PAK"), frozenset({"residual"}), True, Panels()), ["residual"])
    assert quick["residual:PAK>IND"].low is None


def test_the_residual_of_a_quick_look_is_the_page_of_the_pair() -> None:
    quick = readings(look_at_pair(("IND", "PAK"), frozenset({"residual"}), True, Panels()), ["residual"])
    rows = (
        dt.pair("IND", "PAK").to_frame().filter((pl.col("sold_usd_mn") > 0) & pl.col("expected_usd_mn").is_not_null())
    )
    last = (
        rows.filter(origin="IND").sort("year").with_columns(r=(pl.col("sold_usd_mn") / pl.col("expected_usd_mn")).log())
    )
    assert quick["residual:IND>PAK"].value == pytest.approx(last["r"][-1], rel=1e-12)
    assert quick["residual:IND>PAK"].note == str(last["year"][-1])


def test_a_forecast_of_trade_is_kept_and_scored_when_its_year_has_come() -> None:
    outlook = pl.DataFrame(
        [("trade", "IND", "PAK", False, 2024, 2023, 400.0, 500.0, 650.0), ("trade", None, None, True, 2024, 2023, 1.0, 2.0, 3.0)],
        schema=["event", "origin", "destination", "both_ways", "year", "last_year", "low_usd_mn", "median_usd_mn", "high_usd_mn"],
        orient="row",
    )  # fmt: skip
    outlook = outlook.with_columns(
        chance=pl.lit(None, pl.Float64), chance_low=pl.lit(None, pl.Float64), chance_high=pl.lit(None, pl.Float64)
    )

    def timeline(**values: float) -> pl.DataFrame:
        names = ["flow", "origin", "destination", "year", "value_usd_mn", "status", "preferred"]
        rows = [("exports", "IND", "PAK", int(year[1:]), value, "reported", True) for year, value in values.items()]
        return pl.DataFrame(rows, schema=names, orient="row")

    first = readings(
        Looked(("IND", "PAK"), {"outlook": outlook, "timeline": timeline(y2023=480.0)}, {}), ["forecast_scored"]
    )
    assert list(first) == ["ahead:IND>PAK:2024:2023"]
    later = Looked(("IND", "PAK"), {"timeline": timeline(y2023=480.0, y2024=700.0)}, {})
    second = readings(later, ["forecast_scored"], first)
    scored = second["forecast_scored:IND>PAK:2024"]
    assert scored == Reading("forecast_scored:IND>PAK:2024", 700.0, "outside", 400.0, 650.0, "2024")
    inside = Looked(("IND", "PAK"), {"timeline": timeline(y2024=640.0)}, {})
    assert readings(inside, ["forecast_scored"], first)["forecast_scored:IND>PAK:2024"].text == "inside"


def test_a_record_of_its_own_has_the_rest(mine: Any) -> None:
    rules = "".join(
        f'[[rule]]\nmeasure = "{name}"\n' for name in ("state:border.goods", "verdict:S4-*", "forecast_scored", "odds")
    )
    dt.look(mine.listed(rules))
    rows = open_state(mine.list.parent / "desk.watch.db").execute("SELECT measure, text, value FROM reading").fetchall()
    held = {row["measure"]: row for row in rows}
    ledger = dt.open_study(mine.folder).ledger()
    verdicts = dict(ledger.verdicts().select("claim_id", "verdict").iter_rows())
    watched = {name.removeprefix("verdict:"): row["text"] for name, row in held.items() if name.startswith("verdict:")}
    assert watched.keys() == {claim for claim in verdicts if claim.startswith("S4-")}
    board = dict(ledger.scoreboard().select("forecast_id", "result").iter_rows())
    told = {
        name.removeprefix("forecast_scored:"): row["text"]
        for name, row in held.items()
        if name.startswith("forecast_scored:F")
    }
    assert told == {name: result for name, result in board.items() if result and result != "pending"}
    assert any(name.startswith("state:border.goods@") for name in held)
    assert all("=" not in name for name in held)


def test_a_webhook_gets_signed_json_once(mine: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = b"0123456789abcdef0123456789abcdef"
    monkeypatch.setenv("WATCH_SECRET", "whsec_" + base64.b64encode(secret).decode())
    monkeypatch.setenv("SSL_CERT_FILE", str(PEM))
    with receiver() as (url, seen, _):
        to = f'[[to]]\nkind = "webhook"\nurl = "{url}"\nsecret_env = "WATCH_SECRET"\nallow_private = true\n'
        states = '[[rule]]\nmeasure = "state:*"\n'
        dt.look(mine.listed(states, to=to))
        mine.append("events", CLOSED.format(title="Goods stop"))
        assert dt.look(mine.listed(states, to=to)).delivered == {"sent": 1}
        dt.look(mine.listed(states, to=to))
        ((_, headers, body),) = seen
        head = {name.lower(): value for name, value in headers.items()}
        signed = hmac.new(secret, f"{head['webhook-id']}.{head['webhook-timestamp']}.".encode() + body, hashlib.sha256)
        assert head["webhook-signature"] == "v1," + base64.b64encode(signed.digest()).decode()
        data = json.loads(body)
        assert (data["type"], data["list"], len(data["alerts"])) == ("watch.alert", "desk", 1)
        private = to.replace("allow_private = true\n", "")
        mine.append("events", CLOSED.format(title="Again").replace("E900", "E901").replace("closed", "open"))
        assert dt.look(mine.listed(states, to=private, head=HEAD)).delivered == {"failed": 1}
        assert len(seen) == 1
