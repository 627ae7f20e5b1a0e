"""The one-screen answer: sentences that say what the tables say, and no more."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from detente.economies import name_of
from detente.study.spec import Spec
from detente.study.words import count, listed, money, percent, span

if TYPE_CHECKING:
    import polars as pl

UNUSUAL = 0.05  # placebo share up to which a loss is called unusual

VERDICTS = (
    "confirmed", "confirmed within rounding", "imprecise", "contradicted", "unresolved conflict",
    "outcome pending", "not checkable",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """Sentences by question, ready to be read aloud."""

    happened: tuple[str, ...]
    why: tuple[str, ...]
    what_if: tuple[str, ...]
    claims: tuple[str, ...]


def peak_and_trough(timeline: pl.DataFrame, names: tuple[str, str]) -> tuple[str, ...]:
    """The highest year, the lowest year after it, and the newest year of total trade."""
    import polars as pl

    drawn = timeline.filter((pl.col("flow") == "total") & pl.col("preferred") & pl.col("value_usd_mn").is_not_null())
    if drawn.is_empty():
        return (f"No total of trade between {names[0]} and {names[1]} is on record.",)
    drawn = drawn.sort("year")
    top = drawn.row(drawn["value_usd_mn"].arg_max(), named=True)
    after = drawn.filter(pl.col("year") > top["year"])
    sentence = f"Recorded trade in goods peaked at {money(top['value_usd_mn'])} in {top['year']}"
    if after.is_empty():
        return (sentence + ", the newest year on record.",)
    low = after.row(after["value_usd_mn"].arg_min(), named=True)
    last = after.row(-1, named=True)
    fall = percent(100 * (1 - low["value_usd_mn"] / top["value_usd_mn"]))
    sentence += f" and fell to {money(low['value_usd_mn'])} in {low['year']}, {fall} less"
    if last["year"] == low["year"]:
        return (sentence + ", the newest year on record.",)
    share = percent(100 * last["value_usd_mn"] / top["value_usd_mn"])
    return (f"{sentence}; in {last['year']} it was {money(last['value_usd_mn'])}, {share} of the peak (current US$).",)


def why(attribution: pl.DataFrame, spec: Spec) -> tuple[str, ...]:
    """For the first base window and each direction: where the pair's own part was unusual, then a line an episode.

    The attribution's own, longer sentences are in its table.
    """
    import polars as pl

    base = spec.attribution.base_windows[0]
    rows = attribution.filter((pl.col("base_from") == base[0]) & (pl.col("base_to") == base[1]))
    titles = {e.id: e.title for e in spec.episodes}
    sentences = []
    for exporter in spec.dyad:
        own = list(rows.filter(pl.col("exporter") == exporter).iter_rows(named=True))
        sentences += [_standing(own)] if own else []
        sentences += [_in_short(r, titles.get(r["episode"], r["episode"])) for r in own]
    return tuple(sentences)


def _standing(rows: list[dict]) -> str:
    """In which episodes the pair's own part stands out among the placebos."""
    head = f"{name_of(rows[0]['exporter'])} to {name_of(rows[0]['importer'])}: "
    tested = [r for r in rows if r["placebo_share"] is not None and r["dyad_part"] is not None]
    if not tested:
        return head + "placebos were skipped or impossible, so nothing is said about what is unusual."
    span_of = "{from_year}-{to_year}".format_map
    lost = [span_of(r) for r in tested if r["placebo_share"] <= UNUSUAL and r["dyad_part"] < 0]
    ordinary = [span_of(r) for r in tested if span_of(r) not in lost]
    parts = []
    if lost:
        parts.append(f"the pair's own part was an unusual loss in {listed(lost)}")
    if ordinary:
        pronoun = "it" if lost else "the pair's own part"
        parts.append(f"{pronoun} lay within the range of comparable dyads in {listed(ordinary)}")
    return head + ", and ".join(parts) + ". That part is a residual, not yet politics."


def _in_short(r: dict, title: str) -> str:
    head = f"{title}, {r['from_year']}-{r['to_year']}: "
    if r["log_change"] is None or r["dyad_part"] is None:
        return head + "nothing can be said; there is no recorded trade or no counterfactual."
    text = f"{percent(100 * math.expm1(r['log_change']), signed=True)} recorded, of which the pair's own part "
    text += f"{r['dyad_part']:+.2f} of {r['log_change']:+.2f} log points"
    if r["placebo_share"] is None:
        return head + text + " (placebos skipped)."
    share = f"{percent(100 * r['placebo_share'])} of {r['n_placebos']:,} comparable dyads did as badly"
    if r["full_panel_placebo_share"] is not None:
        share += f"; {percent(100 * r['full_panel_placebo_share'])} on {r['full_panel']}"
    return f"{head}{text} ({share})."


def what_if(scenarios: pl.DataFrame, spec: Spec, names: dict[str, str], *, quick: bool = False) -> tuple[str, ...]:
    """One sentence a scenario: the range over baselines, elasticities and deficit rules, newest baseline year."""
    import polars as pl

    sentences = []
    solved = scenarios.filter(pl.col("status") == "converged")
    for scenario in spec.scenarios:
        rows = solved.filter(pl.col("scenario") == scenario.id)
        if rows.is_empty():
            sentences.append(f"{scenario.title}: no equilibrium was found; see the table for the reason.")
            continue
        year = rows["year"].max()
        rows = rows.filter(pl.col("year") == year)
        parts = []
        for code, partner in (spec.dyad, spec.dyad[::-1]):
            own = rows.filter(pl.col("economy") == code)
            after, welfare = own["exports_after_usd_mn"], own["welfare_pct"]
            flow = span(after.min(), after.max(), lambda v: money(v, 2))
            before = money(own["exports_before_usd_mn"][0], 2)
            gain = span(welfare.min(), welfare.max(), lambda v: percent(v, signed=True))
            parts.append(f"{names[code]}'s exports to {names[partner]} {flow} instead of {before}, its real income {gain}")
        sentences.append(f"{scenario.title} (against {year}): {'; '.join(parts)}.")
    if sentences:
        failed = scenarios.height - solved.height
        sentences.append(
            "The ranges run over the elasticities, deficit rules, ratios of output to GDP and GDP figures of the "
            "study; they do not include sampling error of the residuals."
            + (f" {failed} of {scenarios.height} rows did not solve and are left out." if failed else "")
            + (" Quick run: the central elasticity only." if quick else "")
        )
    return tuple(sentences)


def claims_by_verdict(claims: pl.DataFrame) -> tuple[str, ...]:
    """How many claims met which verdict, and how many were decided by computation."""
    import polars as pl

    if claims.is_empty():
        return ("The record holds no claims yet.",)
    tally = dict(claims.group_by("verdict").agg(pl.len()).iter_rows())
    parts = [f"{tally[v]} {v}" for v in VERDICTS if v in tally]
    whole = claims["claim_id"].str.replace(r"\.\d+$", "").n_unique()
    split = f", {claims.height} with their parts" if claims.height > whole else ""
    sources = count(claims["source_id"].n_unique(), "source")
    return (f"{count(whole, 'claim')} in {sources}{split}: {listed(parts)}.",)
