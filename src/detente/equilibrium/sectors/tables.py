"""What a solution by sector says, as tables: by economy, by sector and economy, by flow, and who loses most.

Nominal figures are in money of constant world value added; real ones at the prices of the baseline. Employment by
sector is labour at the wage of its economy. Every table carries ``residual_pct``, the largest unbalanced market in
percent of its size: what is smaller than that is not known.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from detente.equilibrium.certificate import Certificate
from detente.equilibrium.sectors.economy import SectorEconomy


class SolvedSectors(Protocol):
    """What the tables read of a solution; shapes as in ``SectorCounterfactual``."""

    @property
    def baseline(self) -> SectorEconomy: ...
    @property
    def report(self) -> Certificate: ...
    @property
    def economies(self) -> tuple[str, ...]: ...
    @property
    def sectors(self) -> tuple[str, ...]: ...
    @property
    def welfare_pct(self) -> dict[str, float]: ...
    @property
    def real_wage_pct(self) -> dict[str, float]: ...
    @property
    def wage_hat(self) -> np.ndarray: ...
    @property
    def index_hat(self) -> np.ndarray: ...
    @property
    def income_hat(self) -> np.ndarray: ...
    @property
    def welfare_hat(self) -> np.ndarray: ...
    @property
    def cost_hat(self) -> np.ndarray: ...
    @property
    def price_hat(self) -> np.ndarray: ...
    @property
    def flows(self) -> np.ndarray: ...
    @property
    def tariff(self) -> np.ndarray: ...
    @property
    def revenue(self) -> np.ndarray: ...
    @property
    def revenue_by_sector(self) -> np.ndarray: ...
    @property
    def absorbed_usd_mn(self) -> np.ndarray: ...
    @property
    def labour_hat(self) -> np.ndarray | None: ...


Columns = dict[str, object]


def pct(after: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Percent change, any shape; not-a-number where there was nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(before > 0, 100 * (after / np.where(before > 0, before, 1.0) - 1), np.nan)


def abroad(flows: np.ndarray) -> np.ndarray:
    """Flows (..., n, n) without the diagonal."""
    return flows * (1 - np.eye(flows.shape[-1]))


def real_flows(out: SolvedSectors) -> np.ndarray:
    """Flows after the shock at the origin's prices before it: (S, n, n), US$ million."""
    return out.flows / out.cost_hat[:, :, None]


def by_economy(out: SolvedSectors) -> Columns:
    """One row per economy."""
    base, before, after = out.baseline, abroad(out.baseline.flows), abroad(out.flows)
    real = abroad(real_flows(out))
    labour = np.ones(len(base)) if out.labour_hat is None else out.labour_hat
    real_output = real_flows(out).sum(axis=(0, 2))
    return {
        "economy": list(out.economies),
        "welfare_pct": np.array(list(out.welfare_pct.values())),
        "real_wage_pct": np.array(list(out.real_wage_pct.values())),
        "wage_pct": 100 * (out.wage_hat - 1),
        "consumer_prices_pct": 100 * (out.index_hat - 1),
        "employment_pct": 100 * (labour - 1),
        "output_before_usd_mn": base.flows.sum(axis=(0, 2)),
        "output_after_usd_mn": out.flows.sum(axis=(0, 2)),
        "real_output_pct": pct(real_output, base.flows.sum(axis=(0, 2))),
        "exports_before_usd_mn": before.sum(axis=(0, 2)),
        "exports_after_usd_mn": after.sum(axis=(0, 2)),
        "real_exports_pct": pct(real.sum(axis=(0, 2)), before.sum(axis=(0, 2))),
        "imports_before_usd_mn": before.sum(axis=(0, 1)),
        "imports_after_usd_mn": after.sum(axis=(0, 1)),
        "real_imports_pct": pct(real.sum(axis=(0, 1)), before.sum(axis=(0, 1))),
        "revenue_before_usd_mn": base.revenue,
        "revenue_after_usd_mn": out.revenue,
        "absorbed_usd_mn": out.absorbed_usd_mn,
        "wage_hat": out.wage_hat,
        "index_hat": out.index_hat,
        "income_hat": out.income_hat,
        "welfare_hat": out.welfare_hat,
        "residual_pct": residual_pct(out),
    }


def by_sector(out: SolvedSectors) -> Columns:
    """One row per sector and economy."""
    base = out.baseline
    s, n = base.value_added.shape
    before, after, real = abroad(base.flows), abroad(out.flows), abroad(real_flows(out))
    jobs = base.value_added * out.flows.sum(axis=2) / out.wage_hat
    cells = {
        "output_before_usd_mn": base.output,
        "output_after_usd_mn": out.flows.sum(axis=2),
        "real_output_pct": pct(real_flows(out).sum(axis=2), base.output),
        "employment_pct": pct(jobs, base.value_added * base.output),
        "wages_before_usd_mn": base.value_added * base.output,
        "exports_before_usd_mn": before.sum(axis=2),
        "exports_after_usd_mn": after.sum(axis=2),
        "real_exports_pct": pct(real.sum(axis=2), before.sum(axis=2)),
        "imports_before_usd_mn": before.sum(axis=1),
        "imports_after_usd_mn": after.sum(axis=1),
        "real_imports_pct": pct(real.sum(axis=1), before.sum(axis=1)),
        "cost_pct": 100 * (out.cost_hat - 1),
        "price_pct": np.where(base.spending > 0, 100 * (out.price_hat - 1), np.nan),
        "revenue_before_usd_mn": (base.flows * base.tariff).sum(axis=1),
        "revenue_after_usd_mn": out.revenue_by_sector,
    }
    return {
        "sector": np.repeat(out.sectors, n),
        "economy": np.tile(out.economies, s),
        **{name: values.ravel() for name, values in cells.items()},
        "residual_pct": residual_pct(out),
    }


def by_flow(out: SolvedSectors) -> Columns:
    """One row per sector, origin and destination with a flow before or after."""
    base = out.baseline
    s, i, j = np.nonzero((base.flows > 0) | (out.flows > 0))
    names = np.array(out.economies)
    return {
        "sector": np.array(out.sectors)[s],
        "origin": names[i],
        "destination": names[j],
        "before_usd_mn": base.flows[s, i, j],
        "after_usd_mn": out.flows[s, i, j],
        "real_change_pct": pct(real_flows(out)[s, i, j], base.flows[s, i, j]),
        "tariff_before": base.tariff[s, i, j],
        "tariff_after": out.tariff[s, i, j],
        "residual_pct": residual_pct(out),
    }


def residual_pct(out: SolvedSectors) -> float:
    """The largest unbalanced market, percent of its size."""
    return 100 * (out.report.gap if out.report.gap is not None else float("nan"))


TABLES = {"economies": by_economy, "sectors": by_sector, "flows": by_flow}
"""The tables a solution by sector has."""
