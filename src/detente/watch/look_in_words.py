"""A look in words, in the list's language: lines, headings, the whole as text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from detente.economies import name_of
from detente.language import Catalogue, spelt
from detente.language.controls import clean
from detente.watch.inputs import Cause
from detente.watch.result import Alert, Look
from detente.watch.thresholds import Reading, Transition

MOST_LINES = 20  # of one alert in a message; the rest is counted


def heading(cause: Cause | None, dyad: str, words: Catalogue) -> str:
    """What caused an alert, in one line."""
    if cause is None:
        return words("watch_cause.none", dyad=dyad)
    row = cause.row
    label = row.label
    if row.kind == "figures":
        series, _, period = row.label.rpartition(" ")
        label = f"{spelt(words, 'series_name', series)}, {words.date(period)}"
    shown = words.date(row.shown) if row.kind == "events" else row.shown
    was = cause.before.shown if cause.before else ""
    key = f"watch_cause.{row.kind}_{cause.what}"
    return clean(words(key, dyad=dyad, id=row.key, label=label, shown=shown, was=was))


def line(measure: str, change: Transition, since: str, words: Catalogue) -> str:
    """One change in one sentence."""
    before, after = (reading_in_words(one, words) for one in (change.before, change.after))
    what = measure_in_words(measure, words)
    return clean(words(f"watch_line.{change.what}", what=what, before=before, after=after, since=_day(since, words)))


def measure_in_words(measure: str, words: Catalogue) -> str:
    """A measure's full name for a reader."""
    family, _, rest = measure.partition(":")
    if family == "state":
        state, _, place = rest.partition("@")
        name = spelt(words, "state_name", state) + (f" ({spelt(words, 'place', place)})" if place else "")
        return words("watch_measure.state", name=name)
    if family == "new_data":
        return words("watch_measure.new_data_panel") if rest == "panel" else words(
            "watch_measure.new_data", name=words.known("watch_table", rest)
        )  # fmt: skip
    if family == "odds":
        return words(f"watch_measure.odds_{rest}")
    parts = rest.split(":")
    if family in ("placebo_share", "strength"):  # of an episode
        parts[0] = words("watch_measure.episode", id=parts[0])
    return words(f"watch_measure.{family}", name=", ".join(_ends(part, words) for part in parts))


def reading_in_words(reading: Reading | None, words: Catalogue) -> str:
    """What a reading says: a word, or a number in its unit with its band."""
    if reading is None:
        return words("watch_line.nothing")
    family, _, rest = reading.measure.partition(":")
    if family == "state":
        return spelt(words, "state_value", reading.text)
    if family == "verdict":
        return words.known("verdict", reading.text)
    if family == "strength":
        return words.known("watch_strength", reading.text)
    if family == "new_data":
        key = ("until", "year") if rest == "panel" else ("rows", "n")
        return "" if reading.value is None else words(f"watch_line.{key[0]}", **{key[1]: f"{reading.value:.0f}"})
    if family == "forecast_scored":
        return _scored(reading, words)
    return _number(family, reading, words)


def _number(family: str, reading: Reading, words: Catalogue) -> str:
    if family in ("exports", "imports"):
        return words("watch_line.year", value=words.money(reading.value), year=reading.note)
    if family == "break":
        return words("watch_line.year", value=words.log_percent(reading.value), year=reading.note)
    if family == "figure_corrected":
        return words.significant(reading.value, 6)
    if family == "placebo_share":
        return words.number(reading.value, 3)
    how = words.log_percent if family == "residual" else _share(words)
    value = how(reading.value)
    if family == "residual":
        value = words("watch_line.year", value=value, year=reading.note)
    if reading.low is None or reading.high is None:
        return value
    ends = words("number.range", low=how(reading.low), high=how(reading.high))
    return words("watch_line.banded", value=value, range=ends)


def _scored(reading: Reading, words: Catalogue) -> str:
    if reading.text not in ("inside", "outside"):
        return words.known("watch_result", reading.text)
    ends = words("number.range", low=words.money(reading.low, rough=True), high=words.money(reading.high, rough=True))
    key = "in_range" if reading.text == "inside" else "out_of_range"
    return words(f"watch_line.{key}", value=words.money(reading.value), range=ends)


def _share(words: Catalogue) -> Callable[[float | None], str]:
    return lambda value: words.percent(None if value is None else 100 * value)


def _ends(part: str, words: Catalogue) -> str:
    """``IND>PAK`` as names; anything else as it is."""
    origin, arrow, destination = part.partition(">")
    return f"{name_of(origin, words.language)} → {name_of(destination, words.language)}" if arrow else part


def _day(at: str, words: Catalogue) -> str:
    return words.date(at[:10]) if at else ""


def alert_text(alert: Alert, words: Catalogue) -> str:
    """An alert as plain text: its cause, what it changed, where there is more."""
    return "\n".join(_alert_lines(alert.heading, [one.line for one in alert.changes], alert.permalink, words))


def _alert_lines(head: str, lines: Sequence[str], link: str, words: Catalogue) -> list[str]:
    kept = [f"  - {clean(one)}" for one in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        kept.append("  - " + words("watch.and_more", n=len(lines) - MOST_LINES))
    return [clean(head), *kept, *([f"  {words('watch.more', link=link)}"] if link.startswith("http") else [])]


def past_alert_text(head: str, body: object, words: Catalogue) -> str:
    """An alert of an earlier look, from its plain values."""
    found = body if isinstance(body, dict) else {}
    lines = [str(one.get("line", "")) for one in found.get("changes", [])]
    return "\n".join(_alert_lines(head, lines, str(found.get("permalink", "")), words))


def look_text(look: Look, title: str, words: Catalogue, *, dry_run: bool = False) -> str:
    """A whole look as the command prints it."""
    parts = [words("watch.title", title=title, n=look.number) + f" ({words.moment(look.at)})"]
    if look.number == 1 and not look.alerts:
        parts.append(words("watch.summary_first", n=look.looked))
    elif not look.alerts and not look.failures:
        parts.append(words("since.nothing"))
    elif not look.alerts and look.looked + look.skipped:
        parts.append(words("watch.nothing_else"))
    parts.append(words("watch.counts", looked=look.looked, skipped=look.skipped, failed=len(look.failures)))
    if look.quick:
        parts.append(words("watch.quick"))
    if dry_run:
        parts.append(words("watch.dry_run"))
    parts += [words("watch.unread", measure=measure) for measure in look.unread]
    parts += ["", *(alert_text(alert, words) for alert in look.alerts)] if look.alerts else []
    called = look.titles
    fired = [
        words("watch.failed", dyad=called.get(one.dyad, one.dyad), error=clean(one.words)) for one in look.failures
    ]
    parts += ["", *fired] if fired else []
    standing = [
        words(
            "watch.standing",
            what=f"{called.get(dyad, dyad)}, {measure_in_words(measure, words)}",
            when=_day(since, words),
        )
        for dyad, measure, since in look.standing
    ]
    parts += ["", *standing] if standing else []
    if look.delivered:
        counts = ", ".join(f"{state} {n}" for state, n in look.delivered.items() if n)
        parts += ["", words("watch.delivered", counts=counts)] if counts else []
    if look.trouble:
        parts.append(words("watch.trouble", why=clean(look.trouble)))
    return "\n".join(parts)
