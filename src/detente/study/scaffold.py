"""A new study of any two economies, complete enough to run as it is."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from detente._atomic import folder_aside, in_use
from detente.blocs import blocs
from detente.data.periods import label_of
from detente.data.store import PIN
from detente.economies import ROW, is_current, lookup_side, name_of
from detente.errors import OutputError, StudyError, how_many
from detente.language import LANGUAGES, Own, Text, translations
from detente.language.catalogue import MARK
from detente.panel import Panel, read_panel, with_sides, world
from detente.panel.accounts import newest_with_accounts
from detente.panel.grouping.sides import last_day
from detente.study.defaults import default_years
from detente.study.panel_evidence import PanelEvidence, panel_evidence
from detente.study.shipped import builtin_studies
from detente.study.spec import FORMAT

RATIOS = (1.0, 1.8)  # of gross output to GDP

TEMPLATE = """\
format = {format}

[study]
id = "{id}"
title = "{title}"
origin = "{origin}"            # exports and imports are seen from here
destination = "{destination}"
{members}summary = ""

[panel]
use = "{panel}"      # "world" ships with détente; or the path of a file in any layout of: detente data list
{reading}# gdp = "gdp.csv"       # economy, year, gdp_usd_mn, or a file of WDI or WEO; else the World Bank's that ships

[attribution]
# The years that fix what is normal between the two; the first window is the headline.
base_windows = [{windows}]

# Changes to be split into the two economies' trade with everybody and the pair-specific component. The first is the
# sharpest break found in the panel: put the years of your own question here. A title may be added.
{episodes}
{scenarios}
{translations}"""

SCENARIOS = """\
[equilibrium]
years = [{scenario_year}]
theta = [2, 4, 5, 6]    # trade elasticities
central_theta = 5
deficits = ["multiplicative", "additive"]
internal_ratio = {ratios}    # gross output over GDP

[[scenarios]]
id = "closed"
closed = true

[[scenarios]]
id = "healed"
healed = true
"""

WITHOUT_PANEL = """\
format = {format}

[study]
id = "{id}"
title = "{title}"
origin = "{origin}"            # exports and imports are seen from here
destination = "{destination}"
summary = ""

# No flows: the panel that ships does not have {missing}. The record, its claims and states are told without one. Name a
# panel that has it here (the path of a file in any layout of: detente data list), then add [attribution] and
# [[episodes]] as in docs/study-format.md.
[panel]
use = "none"

{translations}"""

EPISODE = """\
[[episodes]]
id = "{id}"
from = {first}
to = {last}
"""

NO_SCENARIOS = """\
# No scenarios: in no year of their trade do both economies have usable accounts (GDP, and exports below output), so
# what each sells to itself is unknown. Give the GDP, or its range with its source, under [[equilibrium.gdp]]; then add
# [equilibrium] and [[scenarios]] as in docs/study-format.md.
"""

NOT_BY_YEAR = """\
# No scenarios: they start from the economies of a year, and this panel counts by {period}. A study of the same two on
# the panel that ships has them.
"""

HEADERS = {
    "sources.csv": "source_id,title,publisher,date,kind,cites,url,note",
    "events.csv": "event_id,date,end_date,announced,title,kind,subsystems,actors,direction,severity,sets,source_ids,"
    "confidence,note",
    "series.csv": "figure_id,series,period,value,low,high,unit,basis,kind,status,preferred,source_id,derivation,note",
    "claims.csv": "claim_id,source_id,paragraph,claim,type,actors,subsystem,attributed_to,date,value,unit,state,test,"
    "target,options,why_not,note",
}


def _own_name(name: str) -> Path:
    """A folder named after the two economies; beside a built-in study of theirs, whose name opens that one, ``-2``."""
    return Path(f"{name}-2" if name in builtin_studies() else name)


def new_study(
    origin: str, destination: str, *, folder: str | Path | None = None, data: str | Path | None = None,
    panel: Panel | None = None, reading: Mapping[str, Any] = MappingProxyType({}), as_of: date | None = None,
) -> Path:  # fmt: skip
    """Make a study folder for two economies, blocs or regions, given as codes or names; returns its path.

    Parameters
    ----------
    folder : where; named after the two if left out, with ``-2`` where a built-in study has that name.
    data : the panel to name in it; the one that ships if left out.
    panel : what ``data`` holds, where it was read already.
    reading : how ``data`` is to be read (``{"unit": "kusd"}``), see :func:`detente.read_panel`; written into the study.
    as_of : whose members a bloc or region has; the last day of the panel if left out.

    Raises
    ------
    UnknownEconomy
        Not an economy, or not in the panel.
    DataError
        The panel records no trade between the two, or only in its last years.
    StudyError
        The two are one and the same, or one is the rest of the world.
    OutputError
        The folder is already there.
    """
    _require_two_economies((origin, destination))
    codes = lookup_side(origin), lookup_side(destination)
    _require_two_economies(codes)
    flows: Panel = panel if panel is not None else world() if data is None else read_panel(data, **reading)
    missing = [code for code in codes if code not in flows.economies]
    ships = data is None and (panel is None or panel is world())
    day = (as_of or last_day(flows)) if any(code in blocs() for code in codes) else None
    if day is not None:
        flows = with_sides(flows, codes, day)
        missing = [code for code in codes if code not in flows.economies]
    if missing and not (ships and all(map(is_current, codes))):
        flows.index(missing[0])
    target = Path(folder) if folder is not None else _own_name("-".join(_slug(name_of(c)) for c in codes))
    if in_use(target):
        raise OutputError(f"{target} is already there.", fix="Give another folder with --folder.")
    if missing:
        _write(target, _without_panel(codes), None)
        return target
    evidence = panel_evidence(flows, *codes, file=Path(data).name if data is not None else "")
    _write(target, study_text(flows, codes, data, reading, day), evidence)
    return target


def study_text(
    panel: Panel, codes: tuple[str, str], data: str | Path | None = None,
    reading: Mapping[str, Any] = MappingProxyType({}), as_of: date | None = None,
) -> str:  # fmt: skip
    """``study.toml`` of a new study: years, windows and scenarios that the panel allows for the two.

    Raises
    ------
    DataError
    """
    if len(panel.years) < 3:
        raise StudyError(f"The panel has {how_many(len(panel.years), 'year')}; a study needs at least three.")
    names = [Own(name_of(c), **{language: name_of(c, language) for language in LANGUAGES}) for c in codes]
    years = default_years(panel, *codes)
    goods = panel.kind == "goods" and not panel.stock and panel.period == "year"
    scenario_year = _scenario_year(panel, codes) if goods else None
    title = Text("pair.title", a=names[0], b=names[1])
    return TEMPLATE.format(
        format=FORMAT, id="-".join(_slug(name_of(c)) for c in codes), title=title, origin=codes[0], destination=codes[1],
        members="" if as_of is None else f"blocs_as_of = {as_of.isoformat()}    # whose members a bloc has, in every year\n",
        panel="world" if data is None else _as_named(data),
        reading="".join(f"{key} = {_as_toml(key, value)}\n" for key, value in reading.items()),
        windows=", ".join(f"[{_moment(a, panel)}, {_moment(b, panel)}]" for a, b in years.base_windows),
        episodes="\n".join(EPISODE.format(id=i, first=_moment(a, panel), last=_moment(b, panel)) for i, (a, b) in years.episodes),
        scenarios=NOT_BY_YEAR.format(period=panel.period) if panel.period != "year"
        else NO_SCENARIOS if scenario_year is None
        else SCENARIOS.format(scenario_year=scenario_year, ratios=list(RATIOS)),
        translations=_translations(title),
    )  # fmt: skip


def _moment(period: int, panel: Panel) -> str:
    """A period of the panel as ``study.toml`` writes it: a year as a number, a quarter or month as text."""
    return json.dumps(label_of(period, panel.period) if panel.period in ("quarter", "month") else int(period))


def _as_named(file: str | Path) -> str:
    """A file as ``study.toml`` names it, wherever that stands: a stored file by its pin, any other by its whole path."""
    stored = PIN.fullmatch(str(file)) and not Path(file).exists()
    return str(file) if stored else Path(file).resolve().as_posix()


def _as_toml(key: str, value: Any) -> str:
    return json.dumps(_as_named(value) if key == "rates" else value, ensure_ascii=False)


def _without_panel(codes: tuple[str, str]) -> str:
    """``study.toml`` of two economies of which the panel that ships has none or one."""
    names = [Own(name_of(c), **{language: name_of(c, language) for language in LANGUAGES}) for c in codes]
    title = Text("pair.title", a=names[0], b=names[1])
    missing = " and ".join(name_of(c) for c in codes if c not in world().economies)
    return WITHOUT_PANEL.format(
        format=FORMAT, id="-".join(_slug(name_of(c)) for c in codes), title=title, origin=codes[0], destination=codes[1],
        missing=missing, translations=_translations(title),
    )  # fmt: skip


def _require_two_economies(codes: tuple[str, str]) -> None:
    if codes[0] == codes[1]:
        raise StudyError(f"A study needs two different economies; both are {codes[0]}.")
    if ROW in codes:
        raise StudyError(
            "The rest of the world is no economy.",
            why="Its trade is everybody else's, so that nobody is left to compare with.",
            fix="Name a second economy.",
        )


def _translations(*texts: Text) -> str:
    """The titles in the other languages, as tables of ``study.toml``."""
    tables = []
    for language in LANGUAGES.others:
        pairs = [(a, b) for a, b in translations(language, texts).items() if not b.startswith(MARK)]
        rows = "".join(f"{json.dumps(a, ensure_ascii=False)} = {json.dumps(b, ensure_ascii=False)}\n" for a, b in pairs)
        tables += [f"[translations.{language}]\n{rows}"] if rows else []
    return "\n".join(tables)


def _scenario_year(panel: Panel, codes: tuple[str, str]) -> int | None:
    """The newest year with trade between the two and accounts for both, the flows of the others being on record."""
    i, j = (panel.index(code) for code in codes)
    traded = [y for t, y in enumerate(panel.years) if np.nansum(panel.flows[t, [i, j], [j, i]]) > 0]
    if not traded:
        return None
    kept = panel.only(traded)
    t = newest_with_accounts(kept, codes, RATIOS)
    return None if t is None else kept.years[t]


def _write(target: Path, text: str, evidence: PanelEvidence | None) -> None:
    rows = {} if evidence is None else {"sources.csv": [evidence.source], "series.csv": evidence.figures}
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
