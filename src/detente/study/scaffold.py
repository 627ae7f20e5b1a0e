"""A new study of any two economies, complete enough to run as it is."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from detente._atomic import folder_aside, in_use
from detente.economies import ROW, lookup, name_of
from detente.errors import DataError, OutputError, StudyError
from detente.language import LANGUAGES, Own, Text, translations
from detente.study.panel_evidence import PanelEvidence, panel_evidence
from detente.study.spec import FORMAT

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from detente.panel import Panel

TEMPLATE = """\
format = {format}

[study]
id = "{id}"
title = "{title}"
origin = "{origin}"            # exports and imports are seen from here
destination = "{destination}"
summary = ""

[panel]
use = "{panel}"      # or the path of a CSV, Parquet or BACI file; with --data another one for one run
# gdp = "gdp.csv"       # economy, year, gdp_usd_mn: needed for scenarios on a panel without internal trade

[attribution]
# The years that fix what is normal between the two; the first window is the headline.
base_windows = [[{base_from}, {base_to}], [{base_from}, {middle}]]

# A change to be split into the two economies' trade with everybody and the pair's own part.
[[episodes]]
id = "whole"
title = "{period}"
from = {middle}
to = {last}

{scenarios}
{translations}"""

SCENARIOS = """\
[equilibrium]
years = [{scenario_year}]
theta = [2, 4, 5, 6]    # trade elasticities
central_theta = 5
deficits = ["multiplicative", "additive"]
internal_ratio = [1.0, 1.8]    # gross output over GDP

[[scenarios]]
id = "closed"
title = "{closed}"
closed = true

[[scenarios]]
id = "healed"
title = "{healed}"
healed = true
"""

NO_SCENARIOS = """\
# No scenarios: there is no GDP for both economies, so what each sells to itself is unknown. Give a CSV with
# columns economy, year, gdp_usd_mn as gdp under [panel], then add [equilibrium] and [[scenarios]] as in
# docs/study-format.md.
"""

HEADERS = {
    "sources.csv": "source_id,title,publisher,date,kind,cites,url,note",
    "events.csv": "event_id,date,end_date,announced,title,kind,subsystems,actors,direction,severity,sets,source_ids,"
    "confidence,note",
    "series.csv": "figure_id,series,period,value,low,high,unit,basis,kind,status,preferred,source_id,derivation,note",
    "claims.csv": "claim_id,source_id,paragraph,claim,type,actors,subsystem,attributed_to,date,value,unit,state,test,"
    "target,options,why_not,note",
}


def new_study(
    origin: str, destination: str, *, folder: str | Path | None = None, data: str | Path | None = None,
    panel: Panel | None = None,
) -> Path:  # fmt: skip
    """Make a study folder for two economies, given as codes or names; returns its path.

    Parameters
    ----------
    data : the panel to name in it; the embedded one if left out.
    panel : what ``data`` holds, where it was read already.

    Raises
    ------
    UnknownEconomy
        Not an economy, or not in the panel.
    DataError
        The panel records no trade between the two, or only in its last years.
    StudyError
        The two are one and the same.
    OutputError
        The folder is already there.
    """
    from detente.panel import embedded_panel, read_panel

    codes = lookup(origin), lookup(destination)
    if codes[0] == codes[1]:
        raise StudyError(f"A study needs two different economies; both are {codes[0]}.")
    if panel is None:
        panel = read_panel(data) if data is not None else embedded_panel()
    for code in codes:
        panel.index(code)
    names = [Own(name_of(c), **{language: name_of(c, language) for language in LANGUAGES}) for c in codes]
    id_ = "-".join(_slug(name_of(c)) for c in codes)
    target = Path(folder) if folder is not None else Path(id_)
    if in_use(target):
        raise OutputError(f"{target} is already there.", fix="Give another folder with --folder.")
    years = panel.years
    if len(years) < 3:
        raise StudyError(f"The panel has {len(years)} years; a study needs at least three.")
    years = _years_with_trade(panel, codes)
    base_to = years[min(4, len(years) // 3)]
    middle = years[min(8, 2 * len(years) // 3)]
    year = _last_year_with_gdp(panel, codes)
    title = Text("scaffold.title", a=names[0], b=names[1])
    written = {"period": Text("scaffold.period"), "closed": Text("scaffold.closed"),
               "healed": Text("scaffold.healed", start=years[0], end=base_to)}  # fmt: skip
    scenarios = NO_SCENARIOS if year is None else SCENARIOS.format(scenario_year=year, **written)
    said = written.values() if year is not None else [written["period"]]
    text = TEMPLATE.format(
        scenarios=scenarios, translations=_translations(title, *said), period=written["period"],
        format=FORMAT, id=id_, title=title, origin=codes[0], destination=codes[1],
        panel="embedded" if data is None else Path(data).resolve().as_posix(), base_from=years[0], base_to=base_to,
        middle=middle, last=years[-1],
    )  # fmt: skip
    _write(target, text, panel_evidence(panel, *codes, file=Path(data).name if data is not None else ""))
    return target


def _translations(*texts: Text) -> str:
    """The titles in the other languages, as tables of ``study.toml``."""
    tables = []
    for language in LANGUAGES.others:
        pairs = translations(language, texts).items()
        rows = "".join(f"{json.dumps(a, ensure_ascii=False)} = {json.dumps(b, ensure_ascii=False)}\n" for a, b in pairs)
        tables.append(f"[translations.{language}]\n{rows}")
    return "\n".join(tables)


def _years_with_trade(panel: Panel, codes: tuple[str, str]) -> tuple[int, ...]:
    """The panel's years, from the first with trade between the two where its first third has none.

    Raises
    ------
    DataError
        No trade between the two, or too late for base years and a change after them.
    """
    import numpy as np

    traded = np.flatnonzero(_trade(panel, codes) > 0)
    first = traded[0] if traded.size else len(panel.years)
    if first <= min(4, len(panel.years) // 3):
        return panel.years
    if len(panel.years) - first < 3:
        when = " before its last years" if traded.size else ""
        raise DataError(
            f"The panel '{panel.name}' records no trade between {codes[0]} and {codes[1]}{when}.",
            why="A change needs years before it that say what is normal.",
            fix="Give a panel that records their trade, with --data PATH, or choose another pair.",
        )
    return panel.years[first:]


def _trade(panel: Panel, codes: tuple[str, str]) -> NDArray[np.float64]:
    """Trade in both directions by year, million US$; zero where nothing is on record."""
    import numpy as np

    return np.nansum([panel.flow(*codes), panel.flow(*codes[::-1])], axis=0)


def _last_year_with_gdp(panel: Panel, codes: tuple[str, str]) -> int | None:
    """The newest year with trade in which both economies have GDP, in the panel or else in the embedded one."""
    import numpy as np

    from detente.panel import embedded_panel

    known = panel if panel.gdp is not None else embedded_panel()
    borrowed = set(embedded_panel().economies) - {ROW}
    if not set(codes) <= set(known.economies) or (panel.gdp is None and not borrowed <= set(panel.economies)):
        return None
    places = [known.economies.index(c) for c in codes]
    traded = {year for year, flow in zip(panel.years, _trade(panel, codes)) if flow > 0}
    for t in reversed(range(len(known.years))):
        if known.years[t] in traded and np.isfinite(known.gdp[t, places]).all():
            return known.years[t]
    return None


def _write(target: Path, text: str, evidence: PanelEvidence) -> None:
    rows = {"sources.csv": [evidence.source], "series.csv": evidence.figures}
    with folder_aside(target, fix="Give another folder with --folder.") as aside:
        (aside / "study.toml").write_text(text, encoding="utf-8", newline="\n")
        (aside / "record").mkdir()
        for name, header in HEADERS.items():
            with (aside / "record" / name).open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, header.split(","), lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows.get(name, ()))


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
