"""Opening a study for the desk: its solver and its panel."""

from __future__ import annotations

from detente.attribution import attribute
from detente.errors import DetenteError, MissingInternalTrade, UnbalancedAccounts
from detente.panel import Panel
from detente.run.attributed import RESIDUALS, residual_lookup
from detente.run.schema import directed
from detente.run.what_if.baseline import accounts
from detente.run.what_if.shocks import ResidualAt
from detente.study import Study
from detente.web.desk.desk_solver import DeskSolver
from detente.web.desk.kept_by_files import once


def open_solver(study: Study) -> DeskSolver:
    """The solver of a study, made once for one state of its files."""
    return once("solver", study, _make)


def open_panel(study: Study) -> Panel:
    """The panel of a study, read once for one state of its files."""
    return once("panel", study, Study.panel)


def _make(study: Study) -> DeskSolver:
    panel = open_panel(study)
    books = accounts(panel, study.spec, study.folder)
    ratio = max(study.spec.equilibrium.internal_ratio, default=1.0)
    cases: list[tuple[int, str]] = []
    reasons: dict[str, None] = {}
    for year in books.panel.years:
        try:
            cases += [(year, case) for case in books.cases(year) if books.one(year, case, ratio) is not None]
        except (MissingInternalTrade, UnbalancedAccounts) as missing:
            reasons[str(missing)] = None
    if not cases:
        raise MissingInternalTrade(
            f"No year of the panel '{panel.name}' has what a scenario needs. {next(reversed(reasons), '')}"
        )
    residual, spread = _residuals(study, panel)
    return DeskSolver(study, panel, books, residual, spread, tuple(cases))


def _residuals(study: Study, panel: Panel) -> tuple[ResidualAt, ResidualAt]:
    """Residuals and their spread; none known where the panel has no trade to compute them from."""
    windows = study.spec.attribution.base_windows
    origin, destination = study.spec.dyad
    try:
        found = attribute(panel, origin, destination, [(panel.years[0], panel.years[-1])], windows).residuals()
    except DetenteError:
        found = RESIDUALS.empty()  # the desk still takes stated effects
    return residual_lookup(RESIDUALS.fitted(directed(found)), windows[0])
