"""The arrays of a gravity fit by pair, and the one-sided bias that they give (Weidner & Zylkin 2021)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class PairArrays:
    """Arrays over pairs: lam, S [i, j, t]; x [k, i, j, t]; live [i, j] bool, pairs with a used row.

    ``total`` [i, j] is the sum of lam over years when pair effects are profiled out, else None.
    """

    lam: np.ndarray
    S: np.ndarray
    x: np.ndarray
    live: np.ndarray
    total: np.ndarray | None

    def swapped(self) -> PairArrays:
        """The same with origins and destinations exchanged."""
        total = None if self.total is None else self.total.T
        return PairArrays(
            self.lam.transpose(1, 0, 2),
            self.S.transpose(1, 0, 2),
            self.x.transpose(0, 2, 1, 3),
            self.live.T,
            total,
        )

    def hessians(self) -> np.ndarray:
        """H of every pair: [i, j, t, t]."""
        H = np.einsum("ijt,ts->ijts", self.lam, np.eye(self.lam.shape[2]))
        if self.total is not None:
            H -= np.einsum("ijt,ijs->ijts", self.lam * self.inverse_total()[..., None], self.lam)
        return H

    def summed_hessians(self) -> np.ndarray:
        """Sum of H over destinations: [i, t, t]."""
        total = np.einsum("it,ts->its", self.lam.sum(1), np.eye(self.lam.shape[2]))
        if self.total is not None:
            scaled = self.lam * self.inverse_total()[..., None]
            total -= scaled.transpose(0, 2, 1) @ self.lam
        return total

    def inverse_total(self) -> np.ndarray:
        """One over ``total`` [i, j], zero where that is; zeros without pair effects."""
        if self.total is None:
            return np.zeros(self.lam.shape[:2])
        return np.divide(1.0, self.total, out=np.zeros_like(self.total), where=self.total > 0)


def one_sided_bias(p: PairArrays) -> np.ndarray:
    """B [k] (D with the sides exchanged): mean over i of the two traces."""
    hessian = p.summed_hessians()
    inverse = np.linalg.pinv(hessian, rcond=1e-10, hermitian=True)
    outer = p.S.transpose(0, 2, 1) @ p.S
    weighted_outer = inverse @ outer @ inverse
    share = p.lam * p.inverse_total()[..., None]
    result = []
    for x in p.x:
        lx = p.lam * x
        cross = lx.transpose(0, 2, 1) @ p.S
        third = 2 * np.einsum("it,ts->its", lx.sum(1), np.eye(lx.shape[2]))
        mixed = lx.transpose(0, 2, 1) @ share
        third -= mixed + mixed.transpose(0, 2, 1)
        first = np.einsum("its,ist->", cross, inverse)
        second = np.einsum("its,ist->", weighted_outer, -third)
        result.append((-first + second / 2) / p.live.any(1).sum())
    return np.array(result)
