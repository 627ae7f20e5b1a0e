"""Why trade changed, in sentences: each direction's own part among comparable dyads, then a line an episode."""

from __future__ import annotations

import polars as pl

from detente.answer.speaker import Speaker
from detente.attribution.comparison.power import NEARLY_ALL
from detente.attribution.result import NO_BASE

UNUSUAL = 0.05  # placebo share up to which a loss is called unusual
LOOSE = 0.10  # share of an economy's other dyads called unusual, above which the finding is weak


def unidentified(residuals: pl.DataFrame, say: Speaker) -> dict[tuple[str, str], list[tuple[int, int]]]:
    """The base windows in which a direction, of the study's two, has no trade; in the study's order."""
    rows = residuals.filter(residuals["status"] == NO_BASE)
    found = set(rows.select("origin", "base_from", "base_to").iter_rows())
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
    for origin, destination in (say.spec.dyad, say.spec.dyad[::-1]):
        rows = [r for r in attribution.iter_rows(named=True) if r["origin"] == origin]
        if not rows:
            continue
        sentences.append(standing(rows, silent[origin, destination], say))
        if (origin, destination) in cautions:
            sentences.append(say.own(cautions[origin, destination]))
        sentences += [_in_short(r, say) for r in told_on(rows, silent[origin, destination], say)]
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
    """:func:`_unseen_loss` in words; nothing where there is none."""
    loss = _unseen_loss(r)
    return "" if loss is None else say("any_loss") if loss >= NEARLY_ALL else say.pct(loss)


def _unseen_loss(r: dict) -> float | None:
    """The extra loss, percent, that could have gone unseen, where the row is within the ordinary range."""
    return r["unseen_loss_pct"] if judged_as(r) == "ordinary" else None


def ends_of(row: dict, say: Speaker) -> dict[str, str]:
    """The names of a flow's origin ``a`` and destination ``b``."""
    return {"a": say.name(row["origin"]), "b": say.name(row["destination"])}


def _loose(rows: list[dict], say: Speaker) -> str:
    """A warning where the same test calls too many of the origin's or destination's other dyads unusual."""
    found = [
        (r[side] or 0.0, key, r[who], f"{r['from_year']}-{r['to_year']}")
        for r in rows
        for side, key, who in (
            ("origin_others", "loose_exporter", "origin"), ("destination_others", "loose_importer", "destination")
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
    loss = _unseen_loss(r)
    if loss is not None:
        text += " " + (say("unseen_any") if loss >= NEARLY_ALL else say("unseen", loss=say.pct(loss)))
    return text
