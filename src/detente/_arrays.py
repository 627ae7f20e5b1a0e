"""Arrays of other libraries, CuPy's and torch's among them: worked on where they lie, given back as what came in.

What is written with :func:`namespace` uses the operations of the array API standard alone (data-apis.org), which
numpy's own namespace has as well, so that numpy's results and speed are those of plain numpy.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from detente.errors import MissingExtra, SpecificationError

Array = Any
"""An array of numpy, torch, CuPy or another library that follows the standard and lets its arrays be written to."""


_NUMPY = SimpleNamespace(
    abs=np.abs, concat=np.concatenate, exp=np.exp, linalg=np.linalg, log=np.log, matrix_transpose=np.matrix_transpose,
    where=np.where,
    # as methods these take half the time on small arrays
    stack=np.array,
    all=lambda x, axis=None: x.all(axis=axis),
    any=lambda x, axis=None: x.any(axis=axis),
    max=lambda x, axis=None: x.max(axis=axis),
    sum=lambda x, axis=None, keepdims=False: x.sum(axis=axis, keepdims=keepdims),
)  # fmt: skip
"""numpy's functions under the standard's names, those in use."""


@dataclass(frozen=True, slots=True)
class ArrayKind:
    """A library and a device; ``empty`` is an array of theirs without elements."""

    empty: Array

    @classmethod
    def of(cls, value: Any) -> ArrayKind | None:
        """What ``value`` is an array of; None for numpy's and for what is none, or cannot be written to as JAX's.

        Raises
        ------
        MissingExtra
            It is an array of another library, and array-api-compat is not installed.
        SpecificationError
            Its device knows no double precision.
        """
        if isinstance(value, np.ndarray) or not hasattr(value, "__dlpack__") or np.isscalar(value):
            return None
        compat = _compat()
        if not compat.is_array_api_obj(value) or not compat.is_writeable_array(value):
            return None
        xp, device = compat.array_namespace(value), compat.device(value)
        try:
            return cls(xp.empty((0,), dtype=xp.float64, device=device))
        except (TypeError, ValueError, AttributeError) as error:
            raise SpecificationError(
                f"The device {device} knows no double precision ({error}).",
                why="The certificate of a solution is finer than single precision.",
                fix="Give the array from another device, or as numpy's.",
            ) from None

    @property
    def on_processor(self) -> bool:
        """Whether this is the processor and its memory, and no accelerator."""
        return "cpu" in str(_compat().device(self.empty)).casefold()

    def here(self, values: np.ndarray) -> Array:
        """``values`` in this library, on this device; numbers are float64."""
        return like(self.empty, values)


def namespace(array: Array) -> Any:
    """The functions that work on ``array``, by the standard's names."""
    return _NUMPY if isinstance(array, np.ndarray) else _compat().array_namespace(array)


def like(array: Array, values: np.ndarray) -> Array:
    """``values`` as what ``array`` is, on its device."""
    if isinstance(array, np.ndarray):
        return values
    # a copy, since nobody may write into the caller's array through the other library
    return namespace(array).asarray(np.array(values), device=_compat().device(array))


def host(values: Array) -> np.ndarray:
    """``values`` as numpy's array in this machine's memory; what tracks gradients is cut from them."""
    if isinstance(values, np.ndarray) or not hasattr(values, "__dlpack__") or np.isscalar(values):
        return np.asarray(values)
    compat = _compat()
    if not compat.is_array_api_obj(values):
        return np.asarray(values)
    if compat.is_torch_array(values):
        return np.asarray(values.detach().cpu().numpy())
    if compat.is_cupy_array(values):
        return np.asarray(values.get())
    info = compat.array_namespace(values)
    return np.asarray(compat.to_device(values, info.__array_namespace_info__().default_device()))


def rows_of(array: Array, rows: np.ndarray) -> Array:
    """The rows (leading axis) at the places, or under the mask, ``rows``."""
    if isinstance(array, np.ndarray):
        return array[rows]
    places = np.flatnonzero(rows) if rows.dtype == bool else rows
    return namespace(array).take(array, like(array, places), axis=0)


def chosen(mask: np.ndarray, one: Array, other: Array) -> Array:
    """Row by row ``one`` where ``mask`` (rows,) holds, else ``other``; a number counts for all."""
    array = other if np.isscalar(one) else one
    shape = (-1, *(1,) * (array.ndim - 1))
    return namespace(array).where(like(array, mask.reshape(shape)), one, other)


def gathered(parts: list[tuple[np.ndarray, Array]]) -> Array:
    """One array of the rows of ``parts``, each with the places where they belong; together all places, once each."""
    places = np.concatenate([at for at, _ in parts])
    return rows_of(namespace(parts[0][1]).concat([rows for _, rows in parts]), np.argsort(places))


def eye(array: Array, n: int) -> Array:
    """The identity (n, n) as what ``array`` is."""
    return like(array, np.eye(n))


def copied(array: Array) -> Array:
    """A copy that may be written to."""
    return np.array(array) if isinstance(array, np.ndarray) else namespace(array).asarray(array, copy=True)


def less_on_diagonal(matrix: Array, number: float) -> Array:
    """``matrix`` (n, n) less ``number`` times the identity; in place where that is quicker."""
    n = matrix.shape[0]
    if not isinstance(matrix, np.ndarray):
        return matrix - number * eye(matrix, n)
    matrix.ravel()[:: n + 1] -= number
    return matrix


def at_least(array: Array, number: float) -> Array:
    """The larger of each and ``number``; not-a-number stays."""
    return np.maximum(array, number) if isinstance(array, np.ndarray) else namespace(array).clip(array, min=number)


def solved(matrix: Array, target: Array) -> Array:
    """``x`` with ``matrix @ x = target``, (..., n, n) and (..., n, k).

    Raises
    ------
    numpy.linalg.LinAlgError
        The matrix is singular, whatever the library calls it.
    """
    try:
        return namespace(matrix).linalg.solve(matrix, target)
    except RuntimeError as error:  # torch's is a RuntimeError, as is much else
        if "LinAlgError" not in type(error).__name__:
            raise
        raise np.linalg.LinAlgError(str(error)) from None


def _compat() -> ModuleType:
    """array-api-compat, or an error that says how to get it."""
    try:
        import array_api_compat
    except ImportError:
        raise MissingExtra.needed("array-api-compat", "arrays", "Arrays of other libraries") from None
    return array_api_compat
