"""From labels to arrays for an economy with sectors: tariffs and effects after the shock, the system of equations."""

from __future__ import annotations

import numpy as np

from detente.equilibrium.assembly import check_connected
from detente.equilibrium.sectors.behaviour import PLAIN, Behaviour, absorbed, joint_levy
from detente.equilibrium.sectors.economy import SectorEconomy
from detente.equilibrium.sectors.model import Sectors
from detente.equilibrium.shocks.arrays import Seen, cells, deficit_array, hat_array
from detente.equilibrium.shocks.shock import Shock
from detente.equilibrium.shocks.values import check_effect, check_rate
from detente.errors import InvalidShock, UnbalancedAccounts, first_five


def new_tariffs(economy: SectorEconomy, shock: Shock) -> np.ndarray:
    """Rates after the shock, (S, n, n): those set, else those in force, and any points on top."""
    tariff = np.array(economy.tariff)
    named = np.zeros(tariff.shape, dtype=bool)
    for s, i, j, value, key in cells(shock.tariff, economy, economy.sectors):
        _check_rate(shock, value, key, "tariff", i == j)
        if (named[s, i, j] & (tariff[s, i, j] != value)).any():
            raise InvalidShock(f"{key} contradicts another tariff on the same trade.", fix="Keep one of them.")
        tariff[s, i, j], named[s, i, j] = value, True
    for s, i, j, value, key in cells(shock.tariff_points, economy, economy.sectors):
        _check_rate(shock, value, key, "rise of the tariff", i == j)
        tariff[s, i, j] += value
        if (np.asarray(tariff[s, i, j]) <= -1).any():
            raise InvalidShock(f"{key} would take a tariff below -100%.", fix="0.1 is ten points.")
    return tariff


def export_taxes(economy: SectorEconomy, shock: Shock) -> np.ndarray | None:
    """Export taxes after the shock, (S, n, n) by [sector, origin, destination], or none."""
    if not shock.export_tax:
        return None
    out = np.zeros(economy.flows.shape)
    named = np.zeros(out.shape, dtype=bool)
    for s, i, j, value, key in cells(shock.export_tax, economy, economy.sectors):
        _check_rate(shock, value, key, "export tax", i == j)
        if (named[s, i, j] & (out[s, i, j] != value)).any():
            raise InvalidShock(f"{key} contradicts another export tax on the same trade.", fix="Keep one of them.")
        out[s, i, j], named[s, i, j] = value, True
    return out


def _check_rate(shock: Shock, value: float, key: tuple, what: str, internal: bool) -> None:
    check_rate(value, key, what, shock.certain)
    if internal:
        raise InvalidShock(f"{key} would put a {what} on internal trade.")


def sector_effects(economy: SectorEconomy, shock: Shock) -> np.ndarray:
    """Partial effects, (S, n, n) log points, minus infinity where closed."""
    effects, seen = np.zeros(economy.flows.shape), Seen(shock)
    for s, i, j, value, key in cells(shock.partial, economy, economy.sectors):
        check_effect(value, key, i == j)
        for sector in range(len(economy.sectors)) if isinstance(s, slice) else (s,):
            seen.check((sector, i, j), key)
        effects[s, i, j] += value
    return effects


def sector_model(
    economy: SectorEconomy,
    shock: Shock,
    tariff: np.ndarray,
    deficits: str,
    behaviour: Behaviour = PLAIN,
    *,
    apart: bool = False,
) -> Sectors:
    """Labels to arrays: the sector system; ``apart`` lets the shock cut the world into parts.

    Raises
    ------
    InvalidShock, UnbalancedAccounts
    """
    effects = sector_effects(economy, shock)
    spending = economy.spending
    used = spending > 0
    _check_sources(economy, (economy.flows > 0) & np.isfinite(effects), used, apart)
    gross = economy.flows * (1 + economy.tariff)
    shares = np.divide(gross, spending[:, None, :], out=np.zeros_like(gross), where=used[:, None, :])
    change = np.exp(effects) * ((1 + tariff) / (1 + economy.tariff)) ** -economy.theta[:, None, None]
    n = len(economy)
    own = economy.wages + economy.revenue
    scaled = deficits in ("multiplicative", "universal")
    if deficits != "balanced" and (bad := economy.income <= 0).any():
        raise UnbalancedAccounts(
            f"Final spending is not positive in {first_five(np.asarray(economy.economies)[bad])}.",
            why="Their surplus is larger than their income.",
            fix='Use deficits="balanced".',
        )
    levy = joint_levy(export_taxes(economy, shock), absorbed(economy, tariff, behaviour.pass_through))
    back = behaviour.revenue == "income-tax" and behaviour.supply
    if levy is not None:
        change = change * (1 + levy) ** -economy.theta[:, None, None]
    return Sectors(
        kernel=shares * change,
        net=shares * change / (1 + tariff) / (1.0 if levy is None else 1 + levy),
        wages=economy.wages,
        value_added=economy.value_added,
        final=economy.final,
        used=used,
        inputs=np.ascontiguousarray(np.moveaxis(economy.inputs, 2, 0)),
        theta=economy.theta[:, None],
        ratio=economy.income / own if scaled else np.ones(n),
        deficit=deficit_array(shock, economy) if deficits == "additive" else np.zeros(n),
        productivity=-np.log(hat_array(shock.productivity_hat, economy, "productivity"))[None, :]
        * np.ones_like(economy.value_added),
        labour=hat_array(shock.labour_hat, economy, "labour") ** (1 + behaviour.scale),
        supply=behaviour.response,
        returned=1 + economy.revenue / economy.wages if back else None,
        levy=levy,
    )


def _check_sources(economy: SectorEconomy, left: np.ndarray, used: np.ndarray, apart: bool) -> None:
    """Raise where a sector that is bought has no source ``left`` (S, n, n), or the world falls apart and may not."""
    if not apart:
        check_connected(np.asarray(left.any(axis=0)), economy.economies)
    if (bare := used & ~left.any(axis=1)).any():
        where = (f"{economy.sectors[s]} in {economy.economies[j]}" for s, j in np.argwhere(bare))
        raise InvalidShock(
            f"The shock leaves no source at all for {first_five(where)}.",
            why="Its price would be infinite.",
            fix="Leave one border open, if only slightly: a large finite effect such as -10.",
        )
