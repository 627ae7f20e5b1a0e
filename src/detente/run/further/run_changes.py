"""What differs between two runs of a study, in sentences, and what became of the forecasts of the first."""

from __future__ import annotations

from math import exp

import polars as pl

from detente.language import Number, Text, Word
from detente.run.further.scored import OWN, on_scoreboard, scored_odds, scored_people
from detente.run.result import Run
from detente.run.schema import RunTable
from detente.run.what_next import newest_day, scored_outlook


def changes(before: Run, after: Run) -> list[Text]:
    """What differs between two runs of a study, in sentences for any language: verdicts, parts, scenarios, inputs; and
    what became of the forecasts of the first.

    Numbers count as changed beyond 0.005 log points or percent.
    """
    out = [*_changed_inputs(before, after), *_changed_verdicts(before, after), *_scored(before, after)]
    keys = ["origin", "destination", "episode", "base_from", "base_to"]
    out += _changed_numbers(before.attribution, after.attribution, keys, "dyad_part")
    keys = ["scenario", "year", "gdp_case", "internal_ratio", "theta", "deficits", "economy"]
    out += _changed_numbers(before.scenarios, after.scenarios, keys, "welfare_pct")
    return out


def _scored(before: Run, after: Run) -> list[Text]:
    """How the forecasts of the earlier run did whose outcome was not on record then and is now."""
    return [*_scored_trade(before, after), *_scored_people(before, after), *_scored_odds(before, after)]


def _scored_people(before: Run, after: Run) -> list[Text]:
    now = scored_people(before.frames["people_next"], after.frames["people_counts"])
    if now.is_empty():
        return []
    off = (now["middle"].clip(1) / now["persons"].clip(1)).log().abs().to_numpy().mean()
    factor = Number(f"{exp(float(off)):.2f}")
    return [Text("since.scored_people", n=now.height, inside=int(now["inside"].sum()), factor=factor)]


def _scored_odds(before: Run, after: Run) -> list[Text]:
    then, now = (newest_day(run.frames["events"]) if run.frames["events"].height else None for run in (before, after))
    if then == now:
        return []
    found = scored_odds(before.frames["outlook"], after.frames["events"], now)
    return [
        Text(
            "since.odds_came" if row["came"] else "since.odds_passed", day=row["on"], months=row["months"],
            came=row["came"] or "", chance=Number(f"{100 * row['chance']:.1f}"), base=Number(f"{100 * row['base_rate']:.1f}"),
        )
        for row in found.iter_rows(named=True)
    ]  # fmt: skip


def _scored_trade(before: Run, after: Run) -> list[Text]:
    was = scored_outlook(before.frames["outlook"], before.frames["timeline"])
    now = scored_outlook(before.frames["outlook"], after.frames["timeline"])
    keys = ["origin", "destination", "both_ways", "year"]
    new = now.join(was, on=keys, how="anti").filter(~pl.col("both_ways"))
    if new.is_empty():
        return []
    factor = Number(f"{exp(float(new['log_error'].abs().to_numpy().mean())):.2f}")
    told = [Text("since.scored", n=new.height, inside=int(new["inside"].sum()), factor=factor)]
    board = on_scoreboard(now.join(was, on=keys, how="anti"), after.frames["forecasts"])
    others = board.filter(pl.col("forecaster") != OWN)
    if others.height:
        mine = board.filter(pl.col("forecaster") == OWN)
        hits = {name: int((frame["result"] == "hit").sum()) for name, frame in (("own", mine), ("hits", others))}
        told.append(Text("since.scoreboard", m=mine.height, n=others.height, **hits))
    return told


def _changed_inputs(before: Run, after: Run) -> list[Text]:
    out = []
    for part in ("study", "panel"):
        a, b = before.manifest[part]["files"], after.manifest[part]["files"]
        changed = sorted(k for k in a.keys() | b.keys() if a.get(k) != b.get(k))
        if changed:
            out.append(Text(f"since.{part}_files", files=", ".join(changed)))
    if before.manifest["detente"] != after.manifest["detente"]:
        out.append(Text("since.version", then=before.manifest["detente"], now=after.manifest["detente"]))
    return out


def _changed_verdicts(before: Run, after: Run) -> list[Text]:
    a = dict(before.claims.to_frame().select("claim_id", "verdict").iter_rows())
    b = dict(after.claims.to_frame().select("claim_id", "verdict").iter_rows())
    changed = [c for c in b if c in a and a[c] != b[c]]
    out = [
        Text("since.verdict", claim=c, then=Word(a[c], group="verdict"), now=Word(b[c], group="verdict"))
        for c in changed
    ]
    new, gone = [c for c in b if c not in a], [c for c in a if c not in b]
    if new:
        out.append(Text("since.new", claims=", ".join(new)))
    if gone:
        out.append(Text("since.gone", claims=", ".join(gone)))
    return out


def _changed_numbers(before: RunTable, after: RunTable, keys: list[str], column: str) -> list[Text]:
    a, b = before.to_frame().select(*keys, column), after.to_frame().select(*keys, column)
    same = a.cast(dict.fromkeys(keys, pl.String)).join(
        b.cast(dict.fromkeys(keys, pl.String)), on=keys, suffix="_now", nulls_equal=True
    )
    moved = same.filter((pl.col(column) - pl.col(f"{column}_now")).abs() > 0.005)
    if moved.is_empty():
        return []
    first = moved.row(0, named=True)
    where = ", ".join(str(first[k]) for k in keys if first[k] is not None)
    ends = {"then": Number(f"{first[column]:+.3f}"), "now": Number(f"{first[column + '_now']:+.3f}")}
    key = f"since.{column}" + ("_and_more" if moved.height > 1 else "")
    return [Text(key, where=where, **ends, **({"more": moved.height - 1} if moved.height > 1 else {}))]
