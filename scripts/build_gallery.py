"""Draw the small picture of every built-in study: what each side sold the other by year, and when the way was blocked.

    python scripts/build_gallery.py            # into the studies' folders and docs/images
    python scripts/build_gallery.py --check    # write nothing; say which would differ

One SVG a study, from the shipped panel and the study's own record: two lines of recorded exports, broken where no
figure is known, and below them two strips by day, relations and the border for goods: full where broken or closed,
half where kept low or limited. The app shows it on the start page, the docs and the README beside the study's name.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from built_or_checked import build_or_check

from detente.charts.palette import shade
from detente.panel import Panel, world
from detente.record.states import States
from detente.study import Study, builtin_studies, open_study

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BASE = 360, 132, 8, 352, 12, 84
STRIPS = {"relations": 92, "border.goods": 104}
TALL = 8
FULL = {"broken", "frozen", "closed"}
HALF = {"charge", "consular", "limited"}
ORIGIN, DESTINATION, RAISES, MUTED, GRID = (
    f"var(--c-{name}, {shade(name)})" for name in ("origin", "destination", "raises", "muted", "grid")
)


def picture(study: Study) -> str:
    """The SVG of one study."""
    panel, (a, b) = world(), study.spec.dyad
    years = list(panel.years)
    sold = {way: flows(panel, years, *way) for way in ((a, b), (b, a))}
    most = max(value for flow in sold.values() for value in flow.values())
    first, last = years[0], years[-1] + 1

    def x(year: float) -> float:
        return LEFT + (RIGHT - LEFT) * (year - first) / (last - first)

    def y(value: float) -> float:
        return BASE - (BASE - TOP) * value / most

    parts = [f'<line x1="{LEFT}" x2="{RIGHT}" y1="{BASE}" y2="{BASE}" stroke="{GRID}"/>']
    for colour, flow in zip((ORIGIN, DESTINATION), sold.values()):
        runs = list(unbroken(flow))
        parts += [
            f'<polyline points="{" ".join(f"{x(t + 0.5):.1f},{y(v):.1f}" for t, v in run)}" fill="none" stroke="{colour}" '
            f'stroke-width="2" stroke-linejoin="round" stroke-linecap="round"/>'
            for run in runs
            if len(run) > 1
        ]
        parts += [
            f'<circle cx="{x(t + 0.5):.1f}" cy="{y(v):.1f}" r="2.5" fill="{colour}"/>'
            for (t, v), *more in runs
            if not more
        ]
    for name, top in STRIPS.items():
        parts.append(f'<rect x="{LEFT}" y="{top}" width="{RIGHT - LEFT}" height="{TALL}" fill="{GRID}"/>')
        for start, end, share in blocked(study.ledger().states(), name, first, last):
            parts.append(
                f'<rect x="{x(start):.1f}" y="{top}" width="{max(x(end) - x(start), 0.6):.1f}" height="{TALL}" '
                f'fill="{RAISES}" opacity="{share}"/>'
            )
    label = 'font-family="sans-serif" font-size="10"'
    parts += [
        f'<text x="{LEFT}" y="{HEIGHT - 6}" {label} fill="{MUTED}">{first}</text>',
        f'<text x="{RIGHT}" y="{HEIGHT - 6}" {label} fill="{MUTED}" text-anchor="end">{last - 1}</text>',
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def flows(panel: Panel, years: list[int], origin: str, destination: str) -> dict[int, float]:
    """Recorded exports by year, without the years that are not known."""
    values = panel.flow(origin, destination)
    return {t: float(v) for t, v in zip(years, values) if v == v}


def unbroken(flow: dict[int, float]) -> Iterator[list[tuple[int, float]]]:
    """Runs of years that follow on each other."""
    run: list[tuple[int, float]] = []
    for t, v in flow.items():
        if run and t != run[-1][0] + 1:
            yield run
            run = []
        run.append((t, v))
    if run:
        yield run


def blocked(states: States, family: str, first: int, last: int) -> list[tuple[float, float, float]]:
    """Years from and to, and how strongly to draw it, for each spell of a state of the family at any place."""
    found = []
    for name, spells in states.spells.items():
        if name.partition("@")[0] != family:
            continue
        for spell in spells:
            share = 1 if spell.value in FULL else 0.4 if spell.value in HALF else 0
            start, end = decimal(spell.first), decimal(spell.last)
            if share and end > first and start < last:
                found.append((max(start, first), min(end, last), share))
    return sorted(found, key=lambda one: one[2])


def decimal(day: date) -> float:
    """A day as a year and its fraction."""
    return day.year + (day.timetuple().tm_yday - 1) / 366


def build(given: argparse.Namespace, out: Path) -> None:
    """Write every picture into ``out``, and into the studies where the pictures ship."""
    for name, folder in builtin_studies().items():
        drawn = picture(open_study(name))
        (out / f"gallery-{name}.svg").write_text(drawn, encoding="utf-8")
        if out == IMAGES:
            (folder / "picture.svg").write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    build_or_check(parser, build, IMAGES, [f"gallery-{name}.svg" for name in builtin_studies()])
