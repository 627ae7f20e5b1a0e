"""A solved setting in words: the rows of the desk's table and its one sentence."""

from __future__ import annotations

from typing import Any

from detente.economies import name_of
from detente.web.bench import Bench
from detente.web.words import Words


def told(words: Words, bench: Bench, found: dict[str, Any], label: str) -> dict[str, Any]:
    """``rows`` (what, before, after, change) and ``sentence`` for one outcome of the desk."""
    rows = []
    for flow in found["flows"]:
        before, after = flow["before"], flow["after"]
        change = words.percent(100 * (after / before - 1), 0, sign=True) if before else ""
        what = words("desk.flow", a=name_of(flow["from"]), b=name_of(flow["to"]))
        rows.append({"what": what, "before": words.money(before), "after": words.money(after), "change": change})
    rows += [
        {"what": words("desk.income_of", a=row["name"]), "before": "", "after": "", "change": words.fine(row["pct"])}
        for row in found["income"]
    ]
    sentence = words(
        "desk.sentence", label=label, flow=rows[0]["what"], before=rows[0]["before"], after=rows[0]["after"],
        back=rows[1]["what"], back_before=rows[1]["before"], back_after=rows[1]["after"],
        a=found["income"][0]["name"], a_pct=rows[2]["change"], b=found["income"][1]["name"], b_pct=rows[3]["change"],
    )  # fmt: skip
    return {"rows": rows, "sentence": sentence}
