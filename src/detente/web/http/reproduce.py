"""What stands on a page as code that gives the same: Python for the library, commands for the terminal."""

from __future__ import annotations

from detente.study import Study, builtin_studies
from detente.web.attribution.question import PICKED, Question
from detente.web.desk.levers import CLOSED
from detente.web.desk.settings import Setting


def called(study: Study) -> str:
    """How a study is named to be opened: by name if it ships, else by its folder below where the app was started."""
    own = (name for name, folder in builtin_studies().items() if folder == study.folder)
    return next(own, f"./{study.folder.name}")


def of_run(study: Study) -> tuple[str, str]:
    """A whole run."""
    python = (
        f'import detente as dt\n\nrun = dt.open_study("{called(study)}").run()\n'
        "run.claims.to_frame()\nrun.attribution.to_frame()\nrun.scenarios.to_frame()"
    )
    return python, f"detente run {called(study)}"


def of_folder(path: str) -> tuple[str, str]:
    """A run folder, opened again."""
    python = f"from detente.run.folder import read_run\n\nrun = read_run({path!r})\nrun.claims.to_frame()"
    return python, f"detente report {path}"


def of_record(study: Study, table: str, id_: str = "") -> tuple[str, str]:
    """The rows of a table of the record, or one of them; claims with their verdicts."""
    rows = "ledger.verdicts()" if table == "claims" else f"ledger.{table}"
    if id_:
        rows += f".filter({'claim' if table == 'claims' else table[:-1]}_id={id_!r})"
    python = f'import detente as dt\n\nledger = dt.open_study("{called(study)}").ledger()\n{rows}'
    return python, f"detente check {called(study)}"


def of_panel(study: Study) -> tuple[str, str]:
    """The panel that a study stands on."""
    python = f'import detente as dt\n\npanel = dt.open_study("{called(study)}").panel()\npanel.to_frame()'
    return python, "detente data list"


def of_draft(study: Study) -> tuple[str, str]:
    """The claims of an article, read out of its text."""
    python = (
        "from detente.record.draft.clean import article_of\nfrom detente.record.draft.drafting import draft_claims\n\n"
        'article = article_of("The two presidents met on 5 May 2021. Trade was US$3 billion in 2020.", "2022-11-03")\n'
        'draft_claims(article, "S1", [])'
    )
    return python, f"detente draft ARTICLE --study {called(study)}"


def of_watch(path: str) -> tuple[str, str]:
    """A look at a watch list that tells nobody and keeps nothing."""
    return f"import detente as dt\n\ndt.look({path!r}, dry_run=True)", f"detente watch {path} --dry-run"


def of_pair_ahead(a: str, b: str) -> tuple[str, str]:
    """What next for a pair, and its people."""
    python = f'import detente as dt\n\nfound = dt.pair("{a}", "{b}")\nfound.people()\nfound.outlook()'
    return python, f"detente pair {a} {b}"


def of_partners(a: str, b: str, year: int) -> tuple[str, str]:
    """Whom the two of a pair sell to in a year, on the panel that ships."""
    python = (
        f"import polars as pl\n\nimport detente as dt\n\nflows = dt.world().to_frame().filter(year={year})\n"
        f'sold = flows.filter(pl.col("exporter").is_in(["{a}", "{b}"]))\n'
        'sold.sort("exporter", "trade", descending=[False, True], nulls_last=True)'
    )
    return python, ""


def of_setting(study: Study, setting: Setting) -> str:
    """The central path of a setting of the scenario desk."""
    shock, levied = (_by_direction(study, values, setting.sector) for values in (setting.totals(), setting.tariffs))
    how = f"supply_elasticity={setting.psi:.6g}, deficits={setting.deficits!r}"
    through = f", pass_through={setting.pass_through:.6g}" if setting.pass_through != 1 else ""
    if setting.sector:
        return (
            "import detente as dt\nfrom detente.equilibrium import Shock\nfrom detente.run.what_if.further_effects import "
            f'table_of\n\nstudy = dt.open_study("{called(study)}")\n'
            f"out = dt.solve(table_of(study).economy, Shock({shock}, tariff={levied}), {how}{through})\nout.welfare_pct"
        )
    lines = [
        "import detente as dt", "from detente.run.what_if.baseline import accounts", "",
        f'study = dt.open_study("{called(study)}")', "books = accounts(study.panel(), study.spec, study.folder)",
        f"economy = books.one({setting.year}, {setting.gdp_case!r}, {setting.ratio:.6g}).economy",
    ]  # fmt: skip
    if any(setting.tariffs):  # a tariff needs a place for its revenue: one sector
        lines[1:1] = ["from detente.equilibrium import SectorEconomy, Shock"]
        shock = f"Shock({shock}, tariff={levied})"
        lines.append(f"out = dt.solve(SectorEconomy.of(economy, theta={setting.theta:.6g}), {shock}, {how}{through})")
    else:
        lines.append(f"out = dt.solve(economy, {shock}, theta={setting.theta:.6g}, {how})")
    lines.append("out.welfare_pct")
    for (a, b), growth in zip(study.spec.directions, setting.growths):
        if growth:
            lines.append(f'print(origin_recovers("{a}", "{b}", growth_pct={growth:.6g}).summary())')
    if any(setting.growths):
        lines[1:1] = ["from detente.outlook.people import origin_recovers"]
    return "\n".join(lines)


def _by_direction(study: Study, values: tuple[float, float], sector: str = "") -> str:
    """A dictionary from the pair's two directions, of one sector or all, without those that stand at nothing."""
    third = f", {sector!r}" if sector else ""
    pairs = (
        f'("{a}", "{b}"{third}): {"dt.CLOSED" if value == CLOSED else f"{value:.6g}"}'
        for (a, b), value in zip(study.spec.directions, values)
        if value
    )
    return f"{{{', '.join(pairs)}}}"


def of_question(study: Study, asked: Question) -> str:
    """The answer of the attribution desk."""
    pairs = ", ".join(f'("{a}", "{b}")' for a, b in asked.donors)
    placebos = f"[{pairs}]" if asked.placebos == PICKED else f'"{asked.placebos}"'
    return (
        f'import detente as dt\n\npanel = dt.open_study("{called(study)}").panel()\n'
        f'why = dt.attribute(panel, "{asked.origin}", "{asked.destination}", [({asked.start}, {asked.end})], '
        f"[{asked.base}], placebos={placebos})\nwhy.to_frame()"
    )
