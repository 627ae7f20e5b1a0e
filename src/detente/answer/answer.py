"""The one-screen answer: sentences that say what the tables say, and no more, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import expm1
from typing import TYPE_CHECKING, Any

from detente.economies import in_text
from detente.language import Catalogue
from detente.language.catalogue import THREEFOLD, short_of_all
from detente.run.scenarios import NO_RESIDUAL
from detente.run.timeline import PANEL_SOURCE
from detente.study.spec import Spec

if TYPE_CHECKING:
    import polars as pl


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

    @classmethod
    def of(cls, *groups: tuple[str, ...]) -> Answer:
        """From sentences that may begin with a name as it stands within one ("the United States ...")."""
        return cls(*(tuple(text[:1].upper() + text[1:] for text in group) for group in groups))


@dataclass(frozen=True, slots=True)
class Speaker:
    """A study's sentences in one language: the catalogue's words, the study's own translations, names."""

    words: Catalogue
    spec: Spec
    publishers: Mapping[str, str] = field(default_factory=dict)  # by source id

    def __call__(self, key: str, **values: Any) -> str:
        return self.words(f"answer.{key}", **values)

    def own(self, text: str) -> str:
        """A text of the study in this language, or as it was written."""
        return self.spec.translations.get(self.words.language, {}).get(text, text)

    def source(self, ident: str) -> str:
        """Who published a figure."""
        return self.own(self.publishers.get(ident, ident))

    def name(self, code: str) -> str:
        return in_text(code, self.words.language)

    def listed(self, items: list[str]) -> str:
        return self("and", first=", ".join(items[:-1]), last=items[-1]) if len(items) > 1 else items[0]

    def money(self, usd_mn: float) -> str:
        return self("nothing") if usd_mn == 0 else self.words.money(usd_mn)

    def brief(self, usd_mn: float) -> str:
        """Million US$ to two digits, as a bare number."""
        return self.words.significant(two_digits(usd_mn))

    def pct(self, value: float, sign: bool = False) -> str:
        """Two significant digits; below a hundredth of a percent only "about 0%", and 100% only where it is all."""
        size = abs(value)
        if size < 0.005:
            return self("about_zero")
        digits = 0 if size >= 9.95 else 1 if size >= 0.995 else 2
        return self.words.percent(value, short_of_all(value, digits), sign)

    def change(self, log_change: float) -> str:
        """A log change as a signed percent, or as a factor where that is more than threefold."""
        if log_change > THREEFOLD:
            return self.words.log_percent(log_change)
        return self.pct(100 * expm1(log_change), sign=True)

    def share(self, value: float) -> str:
        """A share between 0 and 1 with three digits, or one that is not zero."""
        return self.words.number(value, 3) if value >= 0.0005 else self.words.significant(value, 1)

    def span(self, low: float, high: float, show) -> str:
        """A range, or one number where both ends read alike."""
        a, b = show(min(low, high)), show(max(low, high))
        return a if a == b else self("range", low=a, high=b)


def peak_and_trough(timeline: pl.DataFrame, say: Speaker) -> tuple[str, ...]:
    """The highest year, the lowest year after it, and the newest year of total trade."""
    import polars as pl

    drawn = timeline.filter((pl.col("flow") == "total") & pl.col("preferred") & pl.col("value_usd_mn").is_not_null())
    if drawn.is_empty():
        return (say("no_total", a=say.name(say.spec.dyad[0]), b=say.name(say.spec.dyad[1])),)
    drawn = drawn.sort("year")
    top = drawn.row(drawn["value_usd_mn"].arg_max(), named=True)
    peak, after = top["value_usd_mn"], drawn.filter(pl.col("year") > top["year"])
    facts = {"peak": say.money(peak), "peak_year": top["year"]}
    if after.is_empty():
        return (say("peak_now", **facts),)
    low, last = after.row(after["value_usd_mn"].arg_min(), named=True), after.row(-1, named=True)
    facts |= {"low": say.money(low["value_usd_mn"]), "low_year": low["year"]}
    facts["fall"] = say.pct(100 * (1 - low["value_usd_mn"] / peak))
    if last["year"] == low["year"]:
        return (say("peak_and_low", **facts),)
    facts |= {"last": say.money(last["value_usd_mn"]), "last_year": last["year"]}
    if last["value_usd_mn"] == low["value_usd_mn"]:
        return say("peak_low_still", **facts), _provenance([top, low, last], timeline, say)
    newest = say("peak_low_last", share=say.pct(100 * last["value_usd_mn"] / peak), **facts)
    return newest, _provenance([top, low, last], timeline, say)


def _provenance(rows: list[dict], timeline: pl.DataFrame, say: Speaker) -> str:
    """Whose figures the headline uses, on what basis, and what the panel has for the same years."""
    import polars as pl

    if all(row["source_id"] == PANEL_SOURCE for row in rows):
        return say("provenance_panel")
    parts = []
    for row in rows:
        known = (("basis", row["basis"]), ("figure_status", row["status"]))
        said = [say.words.known(group, word) for group, word in known if word and word != "-"]
        words = say.source(row["source_id"]) + (f" ({', '.join(said)})" if said else "")
        panel = timeline.filter(
            (pl.col("flow") == "total") & (pl.col("year") == row["year"]) & (pl.col("source_id") == PANEL_SOURCE)
        )
        beside = "" if panel.is_empty() else "; " + say("panel_has", value=say.money(panel["value_usd_mn"][0]))
        parts.append(f"{row['year']}: {words}{beside}")
    return say("provenance", parts=" · ".join(parts))


def what_if(scenarios: pl.DataFrame, bands: pl.DataFrame, say: Speaker, *, quick: bool = False) -> tuple[str, ...]:
    """One sentence a scenario on the newest baseline year: the band of the draws, in a quick run the plain range."""
    import polars as pl

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
    import polars as pl

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


def two_digits(value: float) -> float:
    """``value`` to two significant digits: more than the ranges carry would be noise."""
    return float(f"{value:.2g}")


def claims_by_verdict(claims: pl.DataFrame, say: Speaker) -> tuple[str, ...]:
    """How many claims met which verdict."""
    import polars as pl

    if claims.is_empty():
        return (say("no_claims"),)
    tally = dict(claims.group_by("verdict").agg(pl.len()).iter_rows())
    parts = [f"{say.words.known('verdict', v)} {tally[v]}" for v in VERDICTS if v in tally]
    whole = claims["claim_id"].str.replace(r"\.\d+$", "").n_unique()
    facts = {"n": whole, "sources": claims["source_id"].n_unique(), "tally": say.listed(parts)}
    return (say("claims_split", parts=claims.height, **facts) if claims.height > whole else say("claims", **facts),)
