"""The loss of sequences: an error for every step, and their sum."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from nnviz.engine.formula import Expr
from nnviz.engine.ops.base import Array, Cell, Op
from nnviz.engine.ops.losses import Loss
from nnviz.engine.ops.stepwise import examples_first, rows_in, steps_first


class StepLosses(Op):
    """E(t), the error of every step of every example: (N, T). Steps behind the end of a sequence add nothing.

    Its inputs are those of the loss for one example, with the step as a further axis, and behind them whether
    the sequence goes on, if sequences differ in length.
    """

    hands_back_sums = True

    def __init__(self, loss: Loss, has_ends: bool = False) -> None:
        self.loss = copy.copy(loss)
        self.loss.mean = False  # the mean over the examples is taken of the total
        self.has_ends = has_ends
        self.has_kink = loss.has_kink
        self.arguments = (*loss.arguments, "going") if has_ends else loss.arguments  # type: ignore[misc]

    @property
    def symbol(self) -> str:  # type: ignore[override]
        return self.loss.symbol

    @property
    def formula(self) -> str:  # type: ignore[override]
        return f"{self.loss.formula}, at every step"

    def output_shape(self, *shapes: Cell) -> Cell:
        return shapes[0][:1]

    def is_on_target(self, *xs: Any) -> Any:
        return self.loss.is_on_target(*self._split(xs)[0])

    def forward(self, *xs: Any, out: Array | None = None) -> Array:
        arrays, going = self._split(xs)
        terms = self.loss.cell_terms(*map(steps_first, arrays)).sum(axis=1)
        each = terms.reshape(-1, len(arrays[0])).T
        return each if going is None else np.where(going > 0.0, each, 0.0)

    def derivative_of(self, slot: int) -> Any:
        """∂E/∂ of what the loss itself has a derivative of."""
        if self.loss.derivative_of(slot) is None if slot < len(self.loss.arguments) else True:
            return None
        derivative = self.loss.derivative_of(slot)
        assert derivative is not None

        def of_all_steps(dy: Array, y: Array, *xs: Any, out: Array | None = None) -> Array:
            arrays, going = self._split(xs)
            gradient = derivative(1.0, None, *map(steps_first, arrays), out=rows_in(out))
            weights = dy if going is None else dy * going
            gradient *= weights.T.reshape(-1, 1)
            return examples_first(gradient, len(dy))

        return of_all_steps

    def _split(self, xs: tuple[Any, ...]) -> tuple[tuple[Array, ...], Array | None]:
        return (xs[:-1], xs[-1]) if self.has_ends and len(xs) == len(self.arguments) else (xs, None)


class TotalLoss(Loss):
    """E = Σ E(t), over all steps and examples; `mean` divides by the number of examples, not by the steps."""

    arguments = ("steps",)

    def __init__(self, loss: Loss) -> None:
        super().__init__(loss.mean, loss.only_mistakes)
        self.loss = loss

    @property
    def symbol(self) -> str:  # type: ignore[override]
        return self.loss.symbol

    @property
    def formula(self) -> str:  # type: ignore[override]
        return f"E = {self._mean_sign}Σ E(t)"

    @property
    def what(self) -> str:  # type: ignore[override]
        return self.loss.what

    @property
    def through_slope(self) -> bool:  # type: ignore[override]
        return self.loss.through_slope

    def is_right(self, a: Array, t: Array) -> Any:
        return self.loss.is_right(a, t)

    def _all_terms(self, *xs: Array) -> Array:
        return xs[0]

    def cell_terms(self, *xs: Any) -> Array:
        return self._all_terms(*xs)

    def forward(self, *xs: Any, out: Any = None) -> float:
        return float(xs[0].sum()) * self._scale(len(xs[0]))

    def d_steps(self, dy: float, y: float, steps: Array, *, out: Array | None = None) -> Array:
        gradient = np.empty(steps.shape) if out is None else out
        gradient.fill(dy * self._scale(len(steps)))
        return gradient

    def term_expression(self, a: Expr, t: Expr) -> Expr:
        return self.loss.term_expression(a, t)

    def gradient_expression(self, a: Expr, t: Expr) -> Expr:
        return self.loss.gradient_expression(a, t)


class GivenErrors(Loss):
    """∂E/∂a = t: errors that are given, where the network they come from is not part of the lesson.

    The number E = Σ t·a has these slopes and means nothing else.
    """

    symbol = "given"
    what = "given errors"
    formula = "∂E/∂a given"

    def _all_terms(self, *xs: Array) -> Array:
        a, t = xs
        return a * t

    def d_a(self, dy: float, y: float, a: Array, t: Array, *, out: Array | None = None) -> Array:
        return np.multiply(t, dy, out=out)

    def gradient_expression(self, a: Expr, t: Expr) -> Expr:
        return t
