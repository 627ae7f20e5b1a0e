"""The one-screen answer: sentences that say what the tables say, and no more, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import expm1
from typing import TYPE_CHECKING, Any

from detente.economies import name_of
from detente.language import Catalogue
from detente.study.spec import Spec

if TYPE_CHECKING:
    import polars as pl

UNUSUAL = 0.05  # placebo share up to which a loss is called unusual
LOOSE = 0.10  # share of an economy's other dyads called unusual, above which the finding is weak

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
        return name_of(code, self.words.language)

    def listed(self, items: list[str]) -> str:
        return self("and", first=", ".join(items[:-1]), last=items[-1]) if len(items) > 1 else items[0]

    def money(self, usd_mn: float) -> str:
        return self("nothing") if usd_mn == 0 else self.words.money(usd_mn)

    def pct(self, value: float, sign: bool = False) -> str:
        """Two significant digits; below a hundredth of a percent only "about 0%"."""
        size = abs(value)
        if size < 0.005:
            return self("about_zero")
        return self.words.percent(value, 0 if size >= 9.95 else 1 if size >= 0.995 else 2, sign)

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
    newest = say("peak_low_last", share=say.pct(100 * last["value_usd_mn"] / peak), **facts)
    return newest, _provenance([top, low, last], timeline, say)


def _provenance(rows: list[dict], timeline: pl.DataFrame, say: Speaker) -> str:
    """Whose figures the headline uses, on what basis, and what the panel has for the same years."""
    import polars as pl

    parts = []
    for row in rows:
        known = (("basis", row["basis"]), ("figure_status", row["status"]))
        said = [say.words.known(group, word) for group, word in known if word and word != "-"]
        words = say.source(row["source_id"]) + (f" ({', '.join(said)})" if said else "")
        panel = timeline.filter(
            (pl.col("flow") == "total") & (pl.col("year") == row["year"]) & (pl.col("source_id") == "panel")
        )
        beside = "" if panel.is_empty() else "; " + say("panel_has", value=say.money(panel["value_usd_mn"][0]))
        parts.append(f"{row['year']}: {words}{beside}")
    return say("provenance", parts=" · ".join(parts))


def why(attribution: pl.DataFrame, say: Speaker) -> tuple[str, ...]:
    """For each direction: where the pair's own part was unusual on every base window, then a line an episode.

    The lines are those of the first base window; the attribution's own, longer sentences are in its table.
    """
    base = say.spec.attribution.base_windows[0]
    cautions = {(c.origin, c.destination): c.text for c in say.spec.attribution.cautions}
    sentences = []
    for exporter, importer in (say.spec.dyad, say.spec.dyad[::-1]):
        rows = [r for r in attribution.iter_rows(named=True) if r["exporter"] == exporter]
        if not rows:
            continue
        sentences.append(standing(rows, say))
        if (exporter, importer) in cautions:
            sentences.append(say.own(cautions[exporter, importer]))
        sentences += [_in_short(r, say) for r in rows if (r["base_from"], r["base_to"]) == tuple(base)]
    return tuple(sentences)


def standing(rows: list[dict], say: Speaker, key: str = "answer.standing") -> str:
    """In which episodes the pair's own part stands out among the placebos, whatever the base window."""
    ends = ends_of(rows[0], say)
    tested = [r for r in rows if r["placebo_share"] is not None and r["dyad_part"] is not None]
    if not tested:
        return say("untested", **ends)
    by_episode: dict[str, list[dict]] = {}
    for r in tested:
        by_episode.setdefault(f"{r['from_year']}-{r['to_year']}", []).append(r)
    groups: dict[str, list[str]] = {"lost": [], "ordinary": [], "mixed": []}
    for years, found in by_episode.items():
        unusual = [r["placebo_share"] <= UNUSUAL and r["dyad_part"] < 0 for r in found]
        groups["lost" if all(unusual) else "mixed" if any(unusual) else "ordinary"].append(years)
    parts = [say(f"standing_{group}", years=say.listed(years)) for group, years in groups.items() if years]
    weak = _loose([r for r in tested if r["placebo_share"] <= UNUSUAL], say)
    return say.words(key, parts="; ".join(parts), **ends) + weak


def ends_of(row: dict, say: Speaker) -> dict[str, str]:
    """The names of a flow's exporter ``a`` and importer ``b``."""
    return {"a": say.name(row["exporter"]), "b": say.name(row["importer"])}


def _loose(rows: list[dict], say: Speaker) -> str:
    """A warning where the same test calls too many of the exporter's or importer's other dyads unusual."""
    found = [
        (r[side] or 0.0, key, r[who], f"{r['from_year']}-{r['to_year']}")
        for r in rows
        for side, key, who in (
            ("exporter_others", "loose_exporter", "exporter"), ("importer_others", "loose_importer", "importer")
        )
    ]  # fmt: skip
    share, key, code, years = max(found, default=(0.0, "", "", ""))
    if share <= LOOSE:
        return ""
    return " " + say(key, name=say.name(code), share=say.pct(100 * share), years=years)


def _in_short(r: dict, say: Speaker) -> str:
    titles = {e.id: e.title for e in say.spec.episodes}
    head = {"title": say.own(titles.get(r["episode"], r["episode"])), "from": r["from_year"], "to": r["to_year"]}
    if r["log_change"] is None or r["dyad_part"] is None:
        return say("episode_silent", **head)
    own, whole = r["dyad_part"], r["log_change"]
    head |= {
        "change": say.pct(100 * expm1(whole), sign=True),
        "rest": say.pct(100 * expm1(whole - own), sign=True),
        "own": say.pct(100 * expm1(own), sign=True),
        "part": say.words.number(own, 2, sign=True),
        "whole": say.words.number(whole, 2, sign=True),
    }
    if r["dyad_pct"] is not None and 0 < r["dyad_pct"] < 99.5:
        head["part"] += " " + say("of_the_change", pct=say.pct(r["dyad_pct"]))
    if r["placebo_share"] is None:
        return say("episode_untested", **head)
    return say("episode", **head) + " " + _among(r, say)


def _among(r: dict, say: Speaker) -> str:
    """How many comparable dyads did as badly, the smallest share attainable, and what could have gone unseen."""
    n = r["n_placebos"]
    as_bad = round(r["placebo_share"] * (n + 1)) - 1
    share = say.words.number(r["placebo_share"], 3)
    key = "none_as_bad" if as_bad == 0 else "as_bad"
    text = say(key, k=say.words.number(as_bad), n=say.words.number(n), share=share,
               least=say.words.number(r["smallest_share"], 3))  # fmt: skip
    if r["full_panel_placebo_share"] is not None:
        full = say.words.number(r["full_panel_placebo_share"], 3)
        text += " " + say("on_full_panel", share=full, panel=say.own(r["full_panel"]))
    if r["placebo_share"] > UNUSUAL and r["unseen_loss_pct"] is not None:
        text += " " + say("unseen", loss=say.pct(r["unseen_loss_pct"]))
    return text


def what_if(scenarios: pl.DataFrame, bands: pl.DataFrame, say: Speaker, *, quick: bool = False) -> tuple[str, ...]:
    """One sentence a scenario on the newest baseline year: the band of the draws, in a quick run the plain range."""
    import polars as pl

    spec, sentences = say.spec, []
    solved = scenarios.filter(pl.col("status") == "converged")
    for scenario in spec.scenarios:
        rows, title = solved.filter(pl.col("scenario") == scenario.id), say.own(scenario.title)
        if rows.is_empty():
            sentences.append(say("unsolved", title=title))
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
        failed = scenarios.height - solved.height
        left_out = " " + say("failed", n=failed, all=scenarios.height) if failed else ""
        how = (
            say("ranges")
            if bands.is_empty()
            else say("bands", draws=bands["draws"].max(), failed=bands["failed"].sum())
        )
        sentences.append(how + left_out + (" " + say("quick") if quick else ""))
    return tuple(sentences)


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
