"""Inverted dropout: units that are left out of an iteration, and the others made larger for it."""

from __future__ import annotations

import numpy as np

from nnviz.engine.formula import Expr, Group, Product, Quotient, constant
from nnviz.engine.ops.base import Array, Cell, Elementwise, Source


class Mask(Source):
    """1 for a unit that is kept, with probability `keep`, and 0 for one that is dropped, for every example.

    Raises ValueError for a probability outside of 0 < keep ≤ 1.
    """

    def __init__(self, shape: Cell, keep: float) -> None:
        if not 0 < keep <= 1:
            raise ValueError(f"found a probability of {keep:g} to keep a unit, wanted more than 0, at most 1")
        super().__init__(shape)
        self.keep = keep

    def drawn(self, seed: tuple[int, ...], examples: int) -> Array:
        """1 with the probability that a unit is kept, else 0 (inverted dropout, algorithm 2 of the notes)."""
        random = np.random.default_rng(seed).random((examples, *self.shape))
        return (random < self.keep).astype(np.float64)


class Dropped(Elementwise):
    """a = m/ρ · φ(z): dropped units give 0, and their error comes to nothing (algorithm 2 of the notes).

    Without a mask nothing is dropped: that is how a trained network is used.
    """

    arguments = ("x", "mask")

    def __init__(self, function: Elementwise, keep: float) -> None:
        self.function = function
        self.keep = keep

    @property
    def symbol(self) -> str:  # type: ignore[override]
        return self.function.symbol

    @property
    def title(self) -> str:  # type: ignore[override]
        return self.function.title

    @property
    def has_kink(self) -> bool:  # type: ignore[override]
        return self.function.has_kink

    @property
    def formula(self) -> str:  # type: ignore[override]
        return f"{self.function.formula}, a = m/ρ · φ(z)"

    def forward(self, x: Array, mask: Array | None = None, *, out: Array | None = None) -> Array:
        y: Array = self.function.forward(x)
        return y if mask is None else np.multiply(y, mask / self.keep, out=out)

    def derivative(self, y: Array, x: Array, mask: Array | None = None, *, out: Array | None = None) -> Array:
        """φ′(z)·m/ρ; φ is computed again, for where it is dropped it cannot be read from a."""
        slope = self.function.derivative(self.function.forward(x), x)
        return slope if mask is None else np.multiply(slope, mask / self.keep, out=out)

    def d_x(
        self, dy: Array, y: Array, x: Array, mask: Array | None = None, *, out: Array | None = None
    ) -> Array:
        return np.multiply(dy, self.derivative(y, x, mask), out=out)

    def expression(self, x: Expr, *others: Expr) -> Expr:
        return Product((Quotient(others[0], constant(self.keep)), self._grouped(self.function.expression(x))))

    def slope_expression(self, y: Expr, x: Expr, *others: Expr) -> Expr:
        """φ′ where it is a function of z is written out; where it is one of φ(z), φ(z) is written out too."""
        slope = self.function.slope_expression(self._grouped(self.function.expression(x)), x)
        return Product((Quotient(others[0], constant(self.keep)), self._grouped(slope)))

    def _grouped(self, expr: Expr) -> Expr:
        return Group(expr) if isinstance(expr, Product) else expr
