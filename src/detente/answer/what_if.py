"""What if: a sentence a scenario on the newest baseline year, and how its ranges came about."""

from __future__ import annotations

import polars as pl

from detente.answer.speaker import Speaker, two_digits
from detente.run.scenarios import NO_RESIDUAL


def what_if(scenarios: pl.DataFrame, bands: pl.DataFrame, say: Speaker, *, quick: bool = False) -> tuple[str, ...]:
    """One sentence a scenario on the newest baseline year: the band of the draws, in a quick run the plain range."""
    spec, sentences = say.spec, []
    if not spec.scenarios:
        return (say("no_scenarios"),)
    solved = scenarios.filter(pl.col("status") == "converged")
    still = nothing_to_move(scenarios)
    for scenario in spec.scenarios:
        rows, title = solved.filter(pl.col("scenario") == scenario.id), say.own(scenario.title)
        if rows.is_empty():
            sentences.append(
                say("unsolved", title=title) if scenario.id not in still else say("no_residual", title=title)
            )
            continue
        year = rows["year"].max()
        rows = rows.filter(pl.col("year") == year)
        drawn = bands.filter(pl.col("scenario") == scenario.id)
        parts = [
            _outcome(rows.filter(pl.col("economy") == a), drawn.filter(pl.col("economy") == a), a, b, say)
            for a, b in (spec.dyad, spec.dyad[::-1])
        ]
        sentences.append(say("scenario", title=title, year=year, first=parts[0], second=parts[1]))
    if sentences:
        tried = scenarios.filter(pl.col("status") != NO_RESIDUAL).height
        failed = tried - solved.height
        left_out = " " + say("failed", n=failed, all=tried) if failed else ""
        how = (
            say("ranges")
            if bands.is_empty()
            else say("bands", draws=bands["draws"].max(), failed=bands["failed"].sum())
        )
        sentences += [*unmoved(scenarios, say), *unbanded(solved, bands, say)]
        sentences.append(how + left_out + (" " + say("quick") if quick else ""))
    return tuple(sentences)


def nothing_to_move(scenarios: pl.DataFrame) -> set[str]:
    """Ids of scenarios that would heal a pair of which no residual is known."""
    return set(scenarios.filter(scenarios["status"] == NO_RESIDUAL)["scenario"])


def unmoved(scenarios: pl.DataFrame, say: Speaker) -> list[str]:
    """Where a scenario that heals both directions leaves one as it is, because its residual is unknown."""
    newest = scenarios.filter((pl.col("status") == "converged") & (pl.col("year") == pl.col("year").max()))
    names = dict(zip(say.spec.dyad, say.spec.dyad[::-1]))
    return [
        say("unmoved", title=say.own(scenario.title), a=say.name(code), b=say.name(partner))
        for scenario in say.spec.scenarios
        if scenario.healed
        for code, partner in names.items()
        for rows in [newest.filter((pl.col("scenario") == scenario.id) & (pl.col("economy") == code))]
        if not rows.is_empty() and rows["effect"].null_count()
    ]


def unbanded(solved: pl.DataFrame, bands: pl.DataFrame, say: Speaker) -> list[str]:
    """Which scenarios have the plain range of their specifications, because their draws have no width."""
    plain = set(solved["scenario"]) - set(bands["scenario"]) if not bands.is_empty() else set()
    return [say("unbanded", title=say.own(s.title)) for s in say.spec.scenarios if s.id in plain]


def _outcome(rows: pl.DataFrame, drawn: pl.DataFrame, code: str, partner: str, say: Speaker) -> str:
    after, welfare = rows["exports_after_usd_mn"], rows["welfare_pct"]
    flow, income = (after.min(), after.max()), (welfare.min(), welfare.max())
    if not drawn.is_empty():
        flow = (drawn["exports_usd_mn_p05"][0], drawn["exports_usd_mn_p95"][0])
        income = (drawn["welfare_pct_p05"][0], drawn["welfare_pct_p95"][0])
    return say(
        "outcome",
        a=say.name(code),
        b=say.name(partner),
        flow=say.span(*flow, lambda v: say.money(two_digits(v))),
        before=say.money(two_digits(rows["exports_before_usd_mn"][0])),
        income=say.span(*income, lambda v: say.pct(v, sign=True)),
    )
