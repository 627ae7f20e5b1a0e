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


def of_setting(study: Study, setting: Setting) -> str:
    """The central path of a setting of the scenario desk."""
    there, back = setting.totals()
    shock = ", ".join(
        f'("{a}", "{b}"): {"dt.CLOSED" if value == CLOSED else f"{value:.6g}"}'
        for (a, b), value in zip(study.spec.directions, (there, back))
        if value
    )
    return (
        "import detente as dt\nfrom detente.run.baseline import accounts\n\n"
        f'study = dt.open_study("{called(study)}")\n'
        "books = accounts(study.panel(), study.spec, study.folder)\n"
        f"economy = books.one({setting.year}, {setting.gdp_case!r}, {setting.ratio:.6g}).economy\n"
        f"out = dt.solve(economy, {{{shock}}}, theta={setting.theta:.6g}, "
        f"supply_elasticity={setting.psi:.6g}, deficits={setting.deficits!r})\nout.welfare_pct"
    )


def of_question(study: Study, asked: Question) -> str:
    """The answer of the attribution desk."""
    pairs = ", ".join(f'("{a}", "{b}")' for a, b in asked.donors)
    placebos = f"[{pairs}]" if asked.placebos == PICKED else f'"{asked.placebos}"'
    return (
        f'import detente as dt\n\npanel = dt.open_study("{called(study)}").panel()\n'
        f'why = dt.attribute(panel, "{asked.origin}", "{asked.destination}", [({asked.start}, {asked.end})], '
        f"[{asked.base}], placebos={placebos})\nwhy.to_frame()"
    )
