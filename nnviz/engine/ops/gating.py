"""What happens to states between the sums of a recurrent layer: they are copied, multiplied, added, held."""

from __future__ import annotations

import numpy as np

from nnviz.engine.formula import ONE, Difference, Expr, Group, Product, Quotient, Sum, constant, evaluate
from nnviz.engine.ops.base import Array, Cell, Op

ZERO = constant(0.0)


class Memory(Op):
    """h(t−1): a copy of what a layer gave at the step before, and of its start state at the first step.

    The memory buffer of the notes. Which node it copies is known to its layer, since a node reads only
    earlier ones; `start` is (N, H).
    """

    arguments = ("start",)
    symbol = "copy"
    formula = "h(t−1)"

    def __init__(self, steps: int) -> None:
        self.steps = steps

    def forward(self, start: Array, later: Array | None = None, *, out: Array | None = None) -> Array:
        """The memory of all steps, where `later` is what the layer gave at each of them."""
        rest = np.zeros((len(start), self.steps - 1, start.shape[1])) if later is None else later[:, :-1]
        return np.concatenate([start[:, None], rest], axis=1)

    def output_shape(self, *shapes: Cell) -> Cell:
        return (self.steps, *shapes[0])


class Mixed(Op):
    """y = (1 − u) ⊙ n + u ⊙ h: between the new and the old, as far as the update gate u says."""

    arguments = ("u", "n", "h")
    symbol = "mix"
    formula = "y = (1 − u) ⊙ n + u ⊙ h(t−1)"

    def forward(self, u: Array, n: Array, h: Array, *, out: Array | None = None) -> Array:
        y: Array = (1.0 - u) * n + u * h
        return y

    def d_u(self, dy: Array, y: Array, u: Array, n: Array, h: Array, *, out: Array | None = None) -> Array:
        return dy * (h - n)

    def d_n(self, dy: Array, y: Array, u: Array, n: Array, h: Array, *, out: Array | None = None) -> Array:
        return dy * (1.0 - u)

    def d_h(self, dy: Array, y: Array, u: Array, n: Array, h: Array, *, out: Array | None = None) -> Array:
        return dy * u

    def expression(self, u: Expr, n: Expr, h: Expr) -> Expr:
        return Sum((Product((Group(Difference(ONE, u)), n)), Product((u, h))))

    def error_expression(self, slot: int, error: Expr, u: Expr, n: Expr, h: Expr) -> Expr:
        slope = (Group(Difference(h, n)), Group(Difference(ONE, u)), u)[slot]
        return Product((error, slope))


class Hadamard(Op):
    """y = a ⊙ b, cell by cell. Each factor gets the error times the other (equations 125 and 126)."""

    arguments = ("a", "b")
    symbol = "⊙"
    formula = "y = a ⊙ b"

    def forward(self, a: Array, b: Array, *, out: Array | None = None) -> Array:
        return a * b

    def d_a(self, dy: Array, y: Array, a: Array, b: Array, *, out: Array | None = None) -> Array:
        return dy * b

    def d_b(self, dy: Array, y: Array, a: Array, b: Array, *, out: Array | None = None) -> Array:
        return dy * a

    def expression(self, a: Expr, b: Expr) -> Expr:
        return Product((a, b))

    def error_expression(self, slot: int, error: Expr, a: Expr, b: Expr) -> Expr:
        """∂E/∂ of one factor: the error times the other."""
        return Product((error, (b, a)[slot]))


class Added(Op):
    """y = a + b, cell by cell. The error goes on to both of them unchanged."""

    arguments = ("a", "b")
    symbol = "+"
    formula = "y = a + b"

    def forward(self, a: Array, b: Array, *, out: Array | None = None) -> Array:
        return a + b

    def d_a(self, dy: Array, y: Array, a: Array, b: Array, *, out: Array | None = None) -> Array:
        return dy

    def d_b(self, dy: Array, y: Array, a: Array, b: Array, *, out: Array | None = None) -> Array:
        return dy

    def expression(self, a: Expr, b: Expr) -> Expr:
        return Sum((a, b))

    def error_expression(self, slot: int, error: Expr, a: Expr, b: Expr) -> Expr:
        return error


class Thinned(Op):
    """y = m/ρ·x with one mask for all steps of a sequence: the same units are dropped at each of them.

    Inverted dropout as in variational recurrent networks; without a mask nothing is dropped.
    """

    arguments = ("x", "mask")
    symbol = "m/ρ"
    formula = "y = m/ρ · x"

    def __init__(self, keep: float) -> None:
        self.keep = keep

    def forward(self, x: Array, mask: Array | None = None, *, out: Array | None = None) -> Array:
        return x if mask is None else x * (mask / self.keep)[:, None]

    def d_x(
        self, dy: Array, y: Array, x: Array, mask: Array | None = None, *, out: Array | None = None
    ) -> Array:
        return self.forward(dy, mask)

    def expression(self, x: Expr, mask: Expr) -> Expr:
        return Product((Quotient(mask, constant(self.keep)), x))

    def error_expression(self, slot: int, error: Expr, x: Expr, mask: Expr) -> Expr:
        return Product((Quotient(mask, constant(self.keep)), error))


HELD = 1  # the slot of the state before


class Held(Op):
    """The new state while a sequence goes on, and the state before where it has ended."""

    arguments = ("new", "before", "going")
    symbol = "hold"
    formula = "y = new while the sequence goes on, else before"

    def forward(self, new: Array, before: Array, going: Array, *, out: Array | None = None) -> Array:
        return np.where(going[:, :, None] > 0.0, new, before)

    def d_new(
        self, dy: Array, y: Array, new: Array, before: Array, going: Array, *, out: Array | None = None
    ) -> Array:
        return dy * going[:, :, None]

    def d_before(
        self, dy: Array, y: Array, new: Array, before: Array, going: Array, *, out: Array | None = None
    ) -> Array:
        return dy * (1.0 - going[:, :, None])

    def expression(self, new: Expr, before: Expr, going: Expr) -> Expr:
        return new if evaluate(going) > 0 else before

    def error_expression(self, slot: int, error: Expr, new: Expr, before: Expr, going: Expr) -> Expr:
        """All of the error goes where the state has come from."""
        is_new = evaluate(going) > 0
        return error if is_new == (slot == 0) else ZERO
