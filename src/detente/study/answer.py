"""The one-screen answer: sentences that say what the tables say, and no more, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import expm1
from typing import TYPE_CHECKING, Any

from detente.attribution.power import NEARLY_ALL
from detente.attribution.tables import NO_BASE
from detente.economies import in_text
from detente.language import Catalogue
from detente.language.catalogue import THREEFOLD, short_of_all
from detente.study.scenarios import NO_RESIDUAL
from detente.study.spec import Spec
from detente.study.timeline import PANEL_SOURCE

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


def unidentified(residuals: pl.DataFrame, say: Speaker) -> dict[tuple[str, str], list[tuple[int, int]]]:
    """The base windows in which a direction, of the study's two, has no trade; in the study's order."""
    rows = residuals.filter(residuals["status"] == NO_BASE)
    found = set(rows.select("exporter", "base_from", "base_to").iter_rows())
    windows = [tuple(w) for w in say.spec.attribution.base_windows]
    return {d: [w for w in windows if (d[0], *w) in found] for d in (say.spec.dyad, say.spec.dyad[::-1])}


def told_on(rows: list[dict], silent: list[tuple[int, int]], say: Speaker) -> list[dict]:
    """The rows of the first base window that is not silent; of the first of all where every one is."""
    windows = [tuple(w) for w in say.spec.attribution.base_windows]
    base = next((w for w in windows if w not in silent), windows[0])
    return [r for r in rows if (r["base_from"], r["base_to"]) == base]


def why(attribution: pl.DataFrame, residuals: pl.DataFrame, say: Speaker) -> tuple[str, ...]:
    """For each direction: where the pair's own part was unusual on every base window, then a line an episode.

    The lines are those of the first base window that can be told; the attribution's own, longer sentences are in
    its table.
    """
    silent = unidentified(residuals, say)
    cautions = {(c.origin, c.destination): c.text for c in say.spec.attribution.cautions}
    sentences = []
    for exporter, importer in (say.spec.dyad, say.spec.dyad[::-1]):
        rows = [r for r in attribution.iter_rows(named=True) if r["exporter"] == exporter]
        if not rows:
            continue
        sentences.append(standing(rows, silent[exporter, importer], say))
        if (exporter, importer) in cautions:
            sentences.append(say.own(cautions[exporter, importer]))
        sentences += [_in_short(r, say) for r in told_on(rows, silent[exporter, importer], say)]
    return tuple(sentences)


def standing(rows: list[dict], silent: list[tuple[int, int]], say: Speaker, key: str = "answer.standing") -> str:
    """In which episodes the pair's own part stands out among the placebos, whatever the base window."""
    ends = ends_of(rows[0], say)
    without = say.listed([f"{start}-{end}" for start, end in silent]) if silent else ""
    missing = " " + say("no_base_some", base=without, **ends) if silent else ""
    tested = [r for r in rows if r["placebo_share"] is not None and r["dyad_part"] is not None]
    if not tested:
        asked = any(r["n_placebos"] is not None for r in rows)
        spans = say.listed(list(dict.fromkeys(f"{r['from_year']}-{r['to_year']}" for r in rows)))
        if silent and len(silent) == len(say.spec.attribution.base_windows):
            return say("no_base", base=without, **ends)
        return (say("standing_zero", years=spans, **ends) if asked else say("untested", **ends)) + missing
    by_episode: dict[str, list[str]] = {}
    for r in tested:
        by_episode.setdefault(f"{r['from_year']}-{r['to_year']}", []).append(judged_as(r))
    groups: dict[str, list[str]] = {name: [] for name in ("lost", "gained", "ordinary", "mixed", "few")}
    for years, found in by_episode.items():
        groups[found[0] if len(set(found)) == 1 else "mixed" if "lost" in found else "ordinary"].append(years)
    parts = [say(f"standing_{group}", years=say.listed(years)) for group, years in groups.items() if years]
    weak = _loose([r for r in tested if r["placebo_share"] <= UNUSUAL], say)
    return say.words(key, parts="; ".join(parts), **ends) + weak + missing


def judged_as(r: dict) -> str:
    """A tested row as an unusual loss or gain, within the range of comparable dyads, or with too few of them."""
    if r["smallest_share"] > UNUSUAL:
        return "few"
    if r["placebo_share"] <= UNUSUAL and r["dyad_part"] < 0:
        return "lost"
    return "gained" if 1 - r["placebo_share"] < UNUSUAL and r["dyad_part"] > 0 else "ordinary"


def unseen(r: dict, say: Speaker) -> str:
    """The extra loss that could have gone unseen, where the row is within the ordinary range; else nothing."""
    if judged_as(r) != "ordinary":
        return ""
    loss = r["unseen_loss_pct"]
    return "" if loss is None else say("any_loss") if loss >= NEARLY_ALL else say.pct(loss)


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
    ends = r["flow_from_usd_mn"], r["flow_to_usd_mn"]
    if r["log_change"] is None or r["dyad_part"] is None:
        if None in ends:
            return say("episode_silent", **head)
        head |= dict(zip(("before", "after"), map(say.money, ends)))
        return say("episode_zero" if 0 in ends else "episode_untold", **head)
    own, whole = r["dyad_part"], r["log_change"]
    head |= {
        "change": say.change(whole),
        "rest": say.change(whole - own),
        "own": say.change(own),
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
    share = say.share(r["placebo_share"])
    key = "none_as_bad" if as_bad == 0 else "as_bad"
    text = say(key, k=say.words.number(as_bad), n=say.words.number(n), share=share,
               least=say.share(r["smallest_share"]))  # fmt: skip
    if r["full_panel_placebo_share"] is not None:
        full = say.share(r["full_panel_placebo_share"])
        text += " " + say("on_full_panel", share=full, panel=say.own(r["full_panel"]))
    if judged_as(r) == "few":
        text += " " + say("few")
    loss = unseen(r, say)
    if loss:
        text += " " + (say("unseen_any") if loss == say("any_loss") else say("unseen", loss=loss))
    return text


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
            sentences.append(say("unsolved", title=title) if scenario.id not in still else say("no_residual", title=title))
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
