"""What keeps weights small while they learn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnviz.engine.formula import Call, Expr, Name, Product, Quantity, Sum
from nnviz.engine.ops.base import Array
from nnviz.engine.optimizers import written_decimals


@dataclass(frozen=True)
class Penalty:
    """What keeps weights small: it is added to the gradient of every weight, and of no bias.

    L2 (weight decay) adds λ₂·w, the derivative of ½·λ₂·Σ w²; L1 adds λ₁·sign(w), that of λ₁·Σ |w|. The error
    E on the screen is without it.
    """

    l2: float = 0.0
    l1: float = 0.0

    def __bool__(self) -> bool:
        return self.l1 != 0 or self.l2 != 0

    def pull(self, w: Array) -> Array:
        """What it adds to ∂E/∂w."""
        if not self.l1:
            return self.l2 * w
        if not self.l2:
            return self.l1 * np.sign(w)
        return self.l2 * w + self.l1 * np.sign(w)

    def amount(self, w: Array) -> float:
        """½·λ₂·Σ w² + λ₁·Σ |w| over the weights given."""
        return float(0.5 * self.l2 * np.sum(w * w) + self.l1 * np.sum(np.abs(w)))

    def line(self, gradient: Expr, w: Expr) -> Expr:
        """∂E/∂w + λ₂·w + λ₁·sign(w)."""
        terms: list[Expr] = [gradient]
        if self.l2:
            terms.append(Product((self._setting("λ", self.l2), w)))
        if self.l1:
            letter = "λ₁" if self.l2 else "λ"
            terms.append(Product((self._setting(letter, self.l1), Call("sign", (w,)))))
        return Sum(tuple(terms))

    @property
    def formula(self) -> str:
        parts = ["λ·w"] if self.l2 else []
        parts += ["λ₁·sign(w)" if self.l2 else "λ·sign(w)"] if self.l1 else []
        return " + ".join(["∂E/∂w", *parts])

    def _setting(self, letter: str, value: float) -> Quantity:
        return Quantity(Name(letter), value, None, "update", "weight of the penalty", written_decimals(value))


NO_PENALTY = Penalty()
