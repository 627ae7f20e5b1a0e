"""Combinations of coefficients and joint tests, from the coefficients and their covariance alone."""

from __future__ import annotations

import ast
import math
import numbers
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, fdtrc, ndtri

from detente.errors import NotIdentified, UsageError, did_you_mean

STEP = 1e-5
"""Step of the central differences, in standard errors: the gradient errs by its square."""


@dataclass(frozen=True, slots=True)
class Combination:
    """A function of the coefficients, its standard error by the delta method, and an interval."""

    estimate: float
    std_error: float

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Normal confidence interval."""
        z = quantile(level)
        return self.estimate - z * self.std_error, self.estimate + z * self.std_error


@dataclass(frozen=True, slots=True)
class Wald:
    """A joint test that ``terms`` equal ``values``.

    statistic : chi squared with df degrees of freedom, and its p_value; f and f_p_value : the same divided by
    df against F with ``df_residual`` (clusters less one) degrees below, as fixest and pyfixest report
    """

    terms: tuple[str, ...]
    values: tuple[float, ...]
    statistic: float
    df: int
    p_value: float
    f: float
    df_residual: int
    f_p_value: float

    def summary(self) -> str:
        """The test in a line."""
        said = ", ".join(f"{name} = {value:g}" for name, value in zip(self.terms, self.values))
        return (
            f"Wald test of {said}: chi2({self.df}) = {self.statistic:.4g}, p = {self.p_value:.4g}; "
            f"F({self.df}, {self.df_residual}) = {self.f:.4g}, p = {self.f_p_value:.4g}"
        )

    def __repr__(self) -> str:
        return self.summary()


def quantile(level: float) -> float:
    """Normal quantile of a two-sided interval; UsageError unless 0 < level < 1."""
    if not 0 < level < 1:
        raise UsageError(f"A level lies between 0 and 1, as 0.95 does, and is not {level!r}.")
    return float(ndtri(0.5 + level / 2))


def places(names: Sequence[str], terms: Sequence[str]) -> list[int]:
    """Positions of ``terms`` among ``names``; UsageError for one that is not there."""
    for term in terms:
        if term not in names:
            raise UsageError(f"'{term}' is not a term of this fit.{did_you_mean(str(term), names)}")
    return [list(names).index(term) for term in terms]


def wald(
    names: Sequence[str], b: np.ndarray, cov: np.ndarray, terms: Sequence[str], values: Sequence[float], below: int
) -> Wald:
    """Test that the coefficients of ``terms`` [q] are ``values`` [q]."""
    at = places(names, terms)
    if not at or len(set(at)) < len(at):
        raise UsageError("A joint test names at least one term, each once.")
    gap, matrix = b[at] - np.asarray(values, float), cov[np.ix_(at, at)]
    scale = np.sqrt(np.maximum(np.diag(matrix), 1e-300))
    scaled = matrix / np.outer(scale, scale)
    if not np.isfinite(scaled).all() or np.linalg.eigvalsh(scaled)[0] < 1e-12:
        raise NotIdentified(
            f"The covariance of {', '.join(terms)} is singular.",
            why="There are fewer clusters than restrictions, or one term is a combination of the others.",
            fix="Test fewer terms at once, or cluster by something with more levels.",
        )
    statistic = float((gap / scale) @ np.linalg.solve(scaled, gap / scale))
    q = len(at)
    f = statistic / q
    p, f_p = float(chdtrc(q, statistic)), float(fdtrc(q, max(below, 1), f))
    return Wald(tuple(terms), tuple(float(v) for v in values), statistic, q, p, f, below, f_p)


def is_number(value: object) -> bool:
    """Whether ``value`` is a finite number."""
    return isinstance(value, numbers.Real) and not isinstance(value, bool) and math.isfinite(value)


def check_numbers(values: Mapping[str, object], what: str) -> None:
    """UsageError unless every value of a mapping by term is a finite number."""
    for name, value in values.items():
        if not is_number(value):
            raise UsageError(f"{what} of '{name}' is a number, not {value!r}.")


def linear(names: Sequence[str], b: np.ndarray, cov: np.ndarray, weights: Mapping[str, float]) -> Combination:
    """A weighted sum of coefficients."""
    check_numbers(weights, "The weight")
    w = np.zeros(len(names))
    w[places(names, list(weights))] = list(weights.values())
    return Combination(float(w @ b), float(np.sqrt(max(w @ cov @ w, 0.0))))


def nonlinear(
    names: Sequence[str], b: np.ndarray, cov: np.ndarray, function: str | Callable[[Mapping[str, float]], float]
) -> Combination:
    """A smooth function of the coefficients by the delta method, its gradient by central differences."""
    value = _reader(function, names) if isinstance(function, str) else function
    steps = STEP * np.sqrt(np.diag(cov))

    def at(point: np.ndarray) -> float:
        try:
            result = float(value(dict(zip(names, point.tolist()))))
        except (ArithmeticError, ValueError, TypeError) as error:
            raise UsageError(
                f"The function has no value at the coefficients: {error}.",
                fix="Is a logarithm or root of one below zero?",
            ) from None
        if not math.isfinite(result):
            raise UsageError(f"The function is {result} at the coefficients.", fix="Divide by nothing that is zero.")
        return result

    gradient = np.zeros(len(names))
    for k, step in enumerate(steps):
        if step > 0:
            move = np.zeros(len(names))
            move[k] = step
            gradient[k] = (at(b + move) - at(b - move)) / (2 * step)
    return Combination(at(b), float(np.sqrt(max(gradient @ cov @ gradient, 0.0))))


_FUNCTIONS: dict[str, Callable[[float], float]] = {
    "exp": math.exp, "log": math.log, "sqrt": math.sqrt, "abs": abs, "expm1": math.expm1, "log1p": math.log1p,
}  # fmt: skip
_SIGNS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b, ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b, ast.Pow: lambda a, b: a**b,
}  # fmt: skip


def _reader(text: str, names: Sequence[str]) -> Callable[[Mapping[str, float]], float]:
    """An expression such as ``"exp(rta) - 1"``; terms that are no plain names stand in backticks."""
    stand_in = {f"term_{k}": name for k, name in enumerate(names)}
    for key, name in stand_in.items():
        text = text.replace(f"`{name}`", key)
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError:
        raise UsageError(f"'{text}' cannot be read as a formula of coefficients.") from None

    def value(node: ast.expr, b: Mapping[str, float]) -> float:
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            return float(node.value)
        if isinstance(node, ast.Name):
            name = stand_in.get(node.id, node.id)
            places(names, [name])
            return b[name]
        if isinstance(node, ast.BinOp) and type(node.op) in _SIGNS:
            return _SIGNS[type(node.op)](value(node.left, b), value(node.right, b))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            inner = value(node.operand, b)
            return -inner if isinstance(node.op, ast.USub) else inner
        call = isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords and node.func
        if isinstance(node, ast.Call) and isinstance(call, ast.Name) and call.id in _FUNCTIONS:
            return _FUNCTIONS[call.id](value(node.args[0], b))
        raise UsageError(
            f"'{ast.unparse(node)}' has no meaning here.",
            fix=f"Use terms (in backticks where they are no plain names), + - * / ** and {', '.join(_FUNCTIONS)}.",
        )

    return lambda b: value(tree, b)
