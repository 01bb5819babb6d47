"""How a parameter follows its gradient."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from nnviz.engine.formula import Difference, Expr, Product
from nnviz.engine.ops.base import Array


class GradientDescent:
    """w ← w − α·∂E/∂w, equation 36 of the notes."""

    name: ClassVar[str] = "gradient_descent"
    formula: ClassVar[str] = "w ← w − α·∂E/∂w"

    def step(self, w: Array, gradient: Array, learning_rate: float, out: Array | None = None) -> Array:
        """The new w, in `out` where it is given; that may be the memory of the gradient."""
        change = np.multiply(gradient, learning_rate, out=out)
        return np.subtract(w, change, out=change)

    def expression(self, w: Expr, gradient: Expr, learning_rate: Expr) -> Expr:
        return Difference(w, Product((learning_rate, gradient)))
