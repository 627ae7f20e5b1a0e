"""``detente pair``: any two economies at once, without a study."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from detente._atomic import write_file
from detente.cli.completing import economies
from detente.cli.output import as_json, language_option, waiting
from detente.cli.reading import as_of_option, reading, reading_options, say_reading
from detente.cli.telling import tell
from detente.economies import in_text, lookup_side, name_of
from detente.errors import DetenteError, SpecificationError, UsageError
from detente.language import Catalogue
from detente.language.error_words import said_error

if TYPE_CHECKING:
    from detente.answer.pairs.found_pair import Pair
    from detente.panel import Panel


TOO_SMALL = 0.001  # percent of real income: below it a figure says no more than that


@click.command("pair", epilog="Example: detente pair Russia Ukraine")
@click.argument("origin", shell_complete=economies)
@click.argument("destination", shell_complete=economies)
@click.option("--data", type=click.Path(path_type=Path), help="Another panel than the one that ships.")
@as_of_option
@click.option("--chart", type=click.Path(path_type=Path), help="Draw what was sold and expected: a .svg or .png file.")
@click.option("--json", "json_", is_flag=True, help="Print one JSON object.")
@language_option
@reading_options
def command(
    origin: str,
    destination: str,
    data: Path | None,
    as_of: datetime | None,
    chart: Path | None,
    json_: bool,
    language: str,
    **how: Any,
) -> None:
    """What ORIGIN and DESTINATION sold each other, who moved, what to expect of both, and what similar pairs lost."""
    from detente.answer.pairs.any_pair import pair, shipped_panel
    from detente.panel import read_panel, with_sides

    with waiting("Computing"):
        read = panel = shipped_panel() if data is None else read_panel(data, **reading(how))
        day = as_of.date() if as_of else None
        panel = with_sides(panel, (lookup_side(origin), lookup_side(destination)), day)
        found = pair(origin, destination, panel=panel)
    if data is not None:
        say_reading(read)
    if chart is not None:
        draw(found, panel, chart, language)
        tell(f"Wrote {chart}.", err=json_)
    click.echo(as_json({"schema_version": 1, **found.to_dict()}) if json_ else pair_in_words(found, panel, language))


def pair_in_words(found: Pair, panel: Panel, language: str) -> str:
    """The first screen of a pair as text."""
    from detente.answer.pairs.scenarios import pair_scenarios
    from detente.answer.people import pair_people_sentences
    from detente.answer.what_next import pair_next_sentences
    from detente.report.first_screen import first_screen
    from detente.report.relation_lanes import relation_lines

    words = Catalogue(language)
    screen = first_screen(found.facts, words, lambda code: in_text(code, language), "pair")
    lines = [f"{name_of(found.origin, language)} – {name_of(found.destination, language)}", ""]
    if screen is not None:
        lines += [screen.answer, "", *(f"{title} {text}" for title, text in screen.sentences), ""]
        lines += [
            f"  {n.value}  {n.what} ({words.known('first', f'sure_{n.sure}')} {n.reason})" for n in screen.numbers
        ]
    try:
        scenarios = pair_scenarios(found, panel)
    except DetenteError as error:
        lines += ["", said_error(error, language)[0]]
    else:
        start = words("first.from_year_short", year=scenarios.year, n=scenarios.n_specifications)
        lines += ["", f"{words('first.what_if')} {start}"]
        for one in scenarios.outcomes:
            for code, (low, middle, high) in one.income.items():
                share = words("number.percent", value=words.significant(middle, 2, sign=True))
                span = words("number.percent", value=words.span(low, high))
                what = words("pair." + one.id, year=one.year)
                size = words("first.too_small") if max(abs(low), abs(high)) < TOO_SMALL else f"{share} ({span})"
                lines.append(f"  {what}: {name_of(code, language)} {size}")
    relation = relation_lines(found.relation(), words, lambda code: in_text(code, language))
    if relation:
        lines += ["", words("lane.title"), *(f"  {line}" for line in relation)]
    ahead = pair_next_sentences(found.outlook(), words)
    if ahead:
        lines += ["", words("page.what_next"), *(f"  {sentence}" for sentence in ahead)]
    people = pair_people_sentences(found.people(), words)
    if people:
        lines += ["", words("heading.people"), *(f"  {sentence}" for sentence in people)]
    lines += ["", words("first.caution"), words("chart.source", source=panel.source or panel.name)]
    return "\n".join(lines)


def draw(found: Pair, panel: Panel, path: Path, language: str) -> None:
    """The chart of the first direction as a file that stands alone."""
    from detente.charts.standalone import as_png, standalone
    from detente.report.first_screen import first_screen

    if path.suffix.lower() not in (".svg", ".png"):
        raise UsageError(f"'{path.name}' does not end in .svg or .png.", fix="Rename it.")
    words = Catalogue(language)
    screen = first_screen(found.facts, words, lambda code: in_text(code, language), "pair")
    if screen is None:
        raise SpecificationError(f"There is nothing to draw for {found.origin} and {found.destination}.")
    one = screen.pictures[0]
    notes = [words("chart.source", source=panel.source or panel.name)]
    svg = standalone(one.wide, one.title, f"{one.subtitle}. {words('first.expected_from')}", notes)
    write_file(path, svg if path.suffix.lower() == ".svg" else as_png(svg))
