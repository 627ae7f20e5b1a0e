"""A solved setting in words: the rows of the desk's table and its one sentence."""

from __future__ import annotations

from typing import Any

from detente.web.desk.wider_effects import rows_in_words
from detente.web.http.words import Words


def outcome_in_words(words: Words, found: dict[str, Any], label: str) -> dict[str, Any]:
    """``rows`` (what, before, after, change), ``sentence``, the named ``elsewhere`` and how it was ``solved``."""
    names = [words.economy(row["economy"]) for row in found["income"]]
    rows = []
    for flow in found["flows"]:
        before, after = flow["before"], flow["after"]
        change = words.percent(100 * (after / before - 1), 0, sign=True) if before else ""
        what = words("desk.flow", a=words.economy(flow["from"]), b=words.economy(flow["to"]))
        rows.append({"what": what, "before": words.usd(before), "after": words.usd(after), "change": change})
    rows += [
        {"what": words("desk.income_of", a=name), "before": "", "after": "", "change": words.fine(row["pct"])}
        for name, row in zip(names, found["income"])
    ]
    rows += [
        {"what": words("desk.revenue_of", a=words.economy(row["economy"])), "before": words.usd(0.0),
         "after": words.usd(row["usd_mn"]), "change": ""}
        for row in found["revenue"] if row["usd_mn"]
    ]  # fmt: skip
    rows += rows_in_words(words, found)
    sentence = words(
        "desk.sentence", label=label, flow=rows[0]["what"], before=rows[0]["before"], after=rows[0]["after"],
        back=rows[1]["what"], back_before=rows[1]["before"], back_after=rows[1]["after"],
        a=names[0], a_pct=rows[2]["change"], b=names[1], b_pct=rows[3]["change"],
    )  # fmt: skip
    elsewhere = [
        {**row, "name": words.economy(row["economy"]), "pct_said": words.tiny(row["pct"]),
         "sales_said": words.significant(row["sales_usd_mn"], sign=True)}
        for row in found["elsewhere"]
    ]  # fmt: skip
    report = found["certificate"]
    gap = words.number(1e6 * report["residual_usd_mn"])
    solved = words("desk.certificate", n=report["iterations"], gap=gap)
    return {"rows": rows, "sentence": sentence, "elsewhere": elsewhere, "solved": solved}
