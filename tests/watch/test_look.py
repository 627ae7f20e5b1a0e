"""Looks at a study of one's own: what changed is told once, under what caused it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import feedparser
import pytest

import detente as dt
from detente.attribution import attribute
from detente.cli.app import run as detente
from detente.errors import SpecificationError
from detente.run.attributed import attribution_table
from detente.run.schema import directed
from detente.run.trade import timeline
from detente.watch import Look, open_state, read_watchlist
from detente.watch.earlier_looks import history
from local_mail import mail_server
from watched import CLOSED, HEAD, mail_to

Clock = Callable[[], float]


def edit_twice(mine: Any) -> None:
    mine.append("events", CLOSED.format(title="Goods stop at the bridge"))
    mine.replace("series", "T189,trade.total,2008,7200,", "T189,trade.total,2008,6900,")


def test_two_edits_are_two_alerts_and_are_told_once(mine: Any, clock: Clock) -> None:
    path = mine.listed()
    first = dt.look(path, clock=clock)
    assert (first.number, first.looked, first.exit_code, first.alerts) == (1, 1, 0, ())
    still = dt.look(path, clock=clock)
    assert (still.looked, still.skipped, still.exit_code) == (0, 1, 0)
    edit_twice(mine)
    found = dt.look(path, clock=clock)
    assert [alert.cause_id for alert in found.alerts] == ["figures T189", "events E900"]
    assert found.exit_code == 10
    figure, event = ({one.measure for one in alert.changes} for alert in found.alerts)
    assert "figure_corrected:T189" in figure
    assert {"state:border.goods@cucuta", "new_data:events"} <= event
    rows = found.changes.to_frame()
    assert rows.columns == ["look", "dyad", "measure", "before", "after", "what", "cause", "since", "permalink"]
    row = rows.filter(rows["measure"] == "figure_corrected:T189").row(0, named=True)
    assert (row["before"], row["after"], row["what"]) == ("7200.0", "6900.0", "fired")
    assert "7,200" in found.alerts[0].changes[0].line
    assert "US" in found.alerts[0].title or "Colombia" in found.alerts[0].title
    again = dt.look(path, clock=clock)
    assert (again.exit_code, again.skipped) == (0, 1)


def test_a_withdrawn_row_and_a_reversed_verdict_are_seen(mine: Any, clock: Clock) -> None:
    path = mine.listed()
    dt.look(path, clock=clock)
    before = {row[0]: row[1] for row in mine_claims(mine)}
    text = (mine.folder / "record" / "series.csv").read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("T424,")]
    (mine.folder / "record" / "series.csv").write_text("".join(kept), encoding="utf-8", newline="")
    after = {row[0]: row[1] for row in mine_claims(mine)}
    found = dt.look(path, clock=clock)
    (alert,) = found.alerts
    assert alert.cause is not None
    assert (alert.cause_id, alert.cause.what) == ("figures T424", "withdrawn")
    told = {one.measure: one.transition.what for one in alert.changes}
    assert told["figure_corrected:T424"] == "gone"
    reversed_ = {f"verdict:{claim}" for claim in before if before[claim] != after.get(claim)}
    assert {name for name in told if name.startswith("verdict:")} == reversed_


def mine_claims(mine: Any) -> list[Any]:
    return dt.open_study(mine.folder).ledger().verdicts().select("claim_id", "verdict").rows()


def test_the_same_numbers_as_a_run(mine: Any, clock: Clock) -> None:
    """What is watched is what the run shows: trade, residual and p of the first base window."""
    rules = '[[rule]]\nmeasure = "residual"\n[[rule]]\nmeasure = "placebo_share:whole"\n[[rule]]\nmeasure = "exports"\n'
    dt.look(mine.listed(rules), clock=clock)
    state = open_state(mine.list.parent / "desk.watch.db")
    held = {row["measure"]: row for row in state.execute("SELECT * FROM reading")}
    study = dt.open_study(mine.folder)
    first, *_ = study.spec.attribution.base_windows
    asked = [(e.id, e.from_year, e.to_year) for e in study.episodes]
    found = attribute(study.panel(), "COL", "VEN", asked, [first])
    row = attribution_table(found).filter(episode="whole", origin="COL").row(0, named=True)
    assert held["placebo_share:whole:COL>VEN"]["value"] == row["placebo_share"]
    levels = directed(found.residuals()).filter(origin="COL")
    newest = levels.filter(levels["log_ratio"].is_finite()).sort("year").row(-1, named=True)
    kept = held["residual:COL>VEN"]
    assert (kept["value"], kept["low"], kept["high"]) == (newest["log_ratio"], newest["band_low"], newest["band_high"])
    told = timeline(study.ledger().figures, study.panel(), "COL", "VEN").filter(flow="exports", preferred=True)
    assert held["exports"]["value"] == told.sort("year")["value_usd_mn"][-1]


def test_one_failing_dyad_hides_nothing(mine: Any, clock: Clock) -> None:
    path = mine.listed(dyads='[[dyad]]\nstudy = "broken"\n[[dyad]]\nstudy = "mine"\n[[dyad]]\npair = ["COL", "ECU"]\n')
    shutil.copytree(mine.folder, mine.folder.parent / "broken")
    assert dt.look(path, clock=clock).exit_code == 0
    (mine.folder.parent / "broken" / "record" / "events.csv").write_text("no,such,columns\n1,2,3\n")
    mine.append("events", CLOSED.format(title="Goods stop"))
    found = dt.look(path, clock=clock)
    assert [one.dyad for one in found.failures] == ["broken"]
    assert found.failures[0].new
    assert (found.exit_code, [alert.dyad for alert in found.alerts]) == (10, ["mine"])
    later = dt.look(path, clock=clock)
    assert (later.exit_code, later.failures[0].new) == (3, False), "looked at again, and told as new once"
    shutil.rmtree(mine.folder.parent / "broken")
    shutil.copytree(mine.folder, mine.folder.parent / "broken")
    mended = dt.look(path, clock=clock)
    assert (mended.failures, {alert.dyad for alert in mended.alerts}) == ((), {"broken"})


def test_a_new_rule_and_a_new_dyad_begin_as_they_stand(mine: Any, clock: Clock) -> None:
    dt.look(mine.listed('[[rule]]\nmeasure = "exports"\n'), clock=clock)
    path = mine.listed(dyads='[[dyad]]\nstudy = "mine"\n[[dyad]]\npair = ["IND", "PAK"]\n')
    found = dt.look(path, clock=clock)
    assert (found.looked, found.alerts) == (2, ())


def test_a_state_is_one_list_s_and_forgets_what_left_it(mine: Any, clock: Clock) -> None:
    states = '[[rule]]\nmeasure = "state:*"\n'
    two = '[[dyad]]\nstudy = "mine"\n[[dyad]]\nstudy = "mine"\nname = "again"\n'
    path = mine.listed(states, dyads=two, head=HEAD + 'state = "s.db"\n')
    dt.look(path, clock=clock)
    mine.append("events", CLOSED.format(title="Goods stop"))
    assert {alert.dyad for alert in dt.look(path, clock=clock).alerts} == {"mine", "again"}
    listed = mine.listed(states, head=HEAD + 'state = "s.db"\n')
    dt.look(listed, clock=clock)
    assert [dyad for dyad, *_ in history(read_watchlist(listed)).dyads] == ["mine"]
    other = mine.listed(states, head='[watch]\nname = "other"\nstate = "s.db"\n')
    with pytest.raises(SpecificationError, match="belongs to the watch list 'desk'"):
        dt.look(other, clock=clock)


def test_a_rule_that_reads_nothing_is_said(mine: Any, clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    names = ("state:bordr.*", "state:border.goods", "verdict:none", "forecast_scored:none")
    path = mine.listed("".join(f'[[rule]]\nmeasure = "{name}"\n' for name in names))
    assert detente(["watch", str(path)]) == 0
    out = capsys.readouterr().out
    assert "'state:bordr.*'" in out
    assert "'verdict:none'" in out
    assert "border.goods'" not in out
    assert "forecast_scored" not in out, "there may well be none"
    assert dt.look(path, clock=clock).unread == (), "not looked at again, not said again"


def test_a_dry_run_tells_and_leaves_nothing(mine: Any, clock: Clock, tmp_path: Path) -> None:
    path = mine.listed()
    assert dt.look(path, dry_run=True, clock=clock).exit_code == 0
    assert not (tmp_path / "desk.watch.db").exists()
    dt.look(path, clock=clock)
    edit_twice(mine)
    before = (tmp_path / "desk.watch.db").read_bytes()
    for _ in range(2):
        found = dt.look(path, dry_run=True, clock=clock)
        assert (found.number, len(found.alerts)) == (0, 2)
    assert (tmp_path / "desk.watch.db").read_bytes() == before
    assert len(dt.look(path, clock=clock).alerts) == 2


def test_the_command_says_it_in_text_json_and_exit_codes(
    mine: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = str(mine.listed(head=HEAD + 'lang = "es"\n'))
    assert detente(["watch", path]) == 0
    assert "1 par queda anotado" in capsys.readouterr().out
    edit_twice(mine)
    assert detente(["watch", path, "--dry-run", "--json"]) == 10
    data = json.loads(capsys.readouterr().out)
    assert (data["schema_version"], len(data["alerts"]), data["look"]) == (1, 2, 0)
    assert detente(["watch", path]) == 10
    out = capsys.readouterr().out
    assert "cifra T189 corregida" in out
    assert "Goods stop at the bridge" in out
    assert detente(["watch", path]) == 0
    assert detente(["watch", path, "--since", "1"]) == 10
    assert "T189" in capsys.readouterr().out
    assert detente(["watch", path, "--since", "4", "--json"]) == 0
    assert json.loads(capsys.readouterr().out.replace("\n", ""))["since"] == []
    assert detente(["watch", str(tmp_path / "none.toml")]) == 3
    monkeypatch.chdir(tmp_path)
    assert detente(["watch", "--new", "fresh.toml"]) == 0
    assert detente(["watch", "--new", "fresh.toml"]) == 2
    assert "Traceback" not in capsys.readouterr().err


HOSTILE = "Closed <script>alert(1)</script> & more"


def test_mail_and_feed_reach_a_reader(mine: Any, clock: Clock, tmp_path: Path) -> None:
    with mail_server(tmp_path / "kept") as (kept, server):
        to = mail_to(server, '"ana@example.com", "ben@example.com"')
        to += '[[to]]\nkind = "atom"\npath = "no such folder/a.atom"\nurl = "https://desk.example.org/a"\n'
        to += '[[to]]\nkind = "atom"\npath = "desk.atom"\nurl = "https://desk.example.org/desk.atom"\n'
        path = mine.listed(to=to)
        assert dt.look(path, clock=clock).delivered == {}
        mine.append("events", CLOSED.format(title=HOSTILE))
        found = dt.look(path, clock=clock)
        assert found.delivered == {"sent": 2}
        assert kept.taken() == {"ana@example.com": 1, "ben@example.com": 1}
        dt.look(path, clock=clock)
        assert sum(kept.taken().values()) == 2
    read = feedparser.parse((tmp_path / "desk.atom").read_bytes())
    assert "cannot be written" in found.trouble, "what one lacks keeps nothing from the others"
    assert not read.bozo
    (entry,) = read.entries
    assert entry.id.startswith("tag:desk.example.org,")
    assert HOSTILE in entry.title
    mine.replace("series", "T189,trade.total,2008,7200,", "T189,trade.total,2008,6900,")
    dt.look(path, clock=clock, deliver=False)
    later = feedparser.parse((tmp_path / "desk.atom").read_bytes())
    assert [one.id for one in later.entries][1:] == [entry.id]


def test_a_digest_gathers_what_was_not_told(mine: Any, clock: Clock, tmp_path: Path) -> None:
    with mail_server(tmp_path / "kept") as (kept, server):
        to = mail_to(server, '"ana@example.com"', digest=True)
        path = mine.listed(to=to)
        dt.look(path, clock=clock)
        edit_twice(mine)
        assert dt.look(path, clock=clock).exit_code == 10
        assert not kept.taken()
        dt.look(path, digest=True, clock=clock)
        dt.look(path, digest=True, clock=clock)
        assert kept.taken() == {"ana@example.com": 1}


def test_history_is_what_was_told(mine: Any, clock: Clock) -> None:
    path = mine.listed()
    assert history(read_watchlist(path)).looks == ()
    dt.look(path, clock=clock)
    edit_twice(mine)
    found: Look = dt.look(path, clock=clock)
    held = history(read_watchlist(path))
    assert [n for n, _ in held.looks] == [1, 2]
    assert [one.heading for one in held.alerts] == [alert.heading for alert in found.alerts]
    assert held.dyads[0][0] == "mine"
