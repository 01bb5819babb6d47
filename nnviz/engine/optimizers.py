"""How a parameter follows its gradient."""

from __future__ import annotations

from typing import ClassVar

from nnviz.engine.formula import Difference, Expr, Product
from nnviz.engine.ops.base import Array


class GradientDescent:
    """w ← w − α·∂E/∂w, equation 36 of the notes."""

    name: ClassVar[str] = "gradient_descent"
    formula: ClassVar[str] = "w ← w − α·∂E/∂w"

    def step(self, w: Array, gradient: Array, learning_rate: float) -> Array:
        change = gradient * learning_rate
        return w - change

    def expression(self, w: Expr, gradient: Expr, learning_rate: Expr) -> Expr:
        return Difference(w, Product((learning_rate, gradient)))
