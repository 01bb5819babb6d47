"""The ops of recurrent layers: sums over what comes in now and what is remembered, products, and copies.

A sequence has the time step as its first axis after the example: (example, step, unit).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.formula import ONE, Difference, Expr, Group, Product, Quotient, Sum, constant, evaluate
from nnviz.engine.ops.base import Array, Cell, Contraction, Factor, Op, Use

ZERO = constant(0.0)
X, H, W_X, W_H, B = 0, 1, 2, 3, 4  # the slots of a sum


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

    def forward(self, start: Array, later: Array | None = None) -> Array:
        """The memory of all steps, where `later` is what the layer gave at each of them."""
        rest = np.zeros((len(start), self.steps - 1, start.shape[1])) if later is None else later[:, :-1]
        return np.concatenate([start[:, None], rest], axis=1)

    def output_shape(self, *shapes: Cell) -> Cell:
        return (self.steps, *shapes[0])


class RowSum(Contraction):
    """A weighted sum at every step with some rows of the weights of a cell.

    The units of all gates stand below each other in the weights; `first` is the row of the first unit of this
    one, and `units` how many it has.
    """

    symbol = "Σ"

    def __init__(self, first: int, units: int) -> None:
        self.first = first
        self.units = units

    @property
    def rows(self) -> slice:
        """The rows of the weights that belong to these units."""
        return slice(self.first, self.first + self.units)

    def _placed(self, w: Array, own: Array) -> Array:
        """The gradient of all weights: that of the own rows, and 0 for the other gates."""
        dw = np.zeros_like(w)
        dw[self.rows] = own
        return dw

    def output_shape(self, *shapes: Cell) -> Cell:
        return (shapes[0][0], self.units)


class GateSum(RowSum):
    """z(t,i) = w(i,0) + Σ w(i,k)·h(t−1,k) + Σ w(i,k)·x(t,k), equations 110 and 112 of the notes.

    Shapes: x is (N, T, D), the memory h (N, T, H), the weights (G·H, D) and (G·H, H), the biases (G·H,).
    Without a fifth input it has no bias.
    """

    arguments = ("x", "h", "w_x", "w_h", "b")
    formula = "z(i) = w(i,0)·1 + Σ w(i,k)·h(t−1,k) + Σ w(i,k)·x(t,k)"

    def forward(self, x: Array, h: Array, w_x: Array, w_h: Array, b: Array | None = None) -> Array:
        z: Array = h @ w_h[self.rows].T + x @ w_x[self.rows].T
        return z if b is None else z + b[self.rows]

    def d_x(
        self, dy: Array, y: Array, x: Array, h: Array, w_x: Array, w_h: Array, b: Array | None = None
    ) -> Array:
        dx: Array = dy @ w_x[self.rows]
        return dx

    def d_h(
        self, dy: Array, y: Array, x: Array, h: Array, w_x: Array, w_h: Array, b: Array | None = None
    ) -> Array:
        dh: Array = dy @ w_h[self.rows]
        return dh

    def d_w_x(
        self, dy: Array, y: Array, x: Array, h: Array, w_x: Array, w_h: Array, b: Array | None = None
    ) -> Array:
        return self._placed(w_x, np.einsum("ntg,ntk->gk", dy, x))

    def d_w_h(
        self, dy: Array, y: Array, x: Array, h: Array, w_x: Array, w_h: Array, b: Array | None = None
    ) -> Array:
        return self._placed(w_h, np.einsum("ntg,ntk->gk", dy, h))

    def d_b(self, dy: Array, y: Array, x: Array, h: Array, w_x: Array, w_h: Array, b: Array) -> Array:
        return self._placed(b, dy.sum(axis=(0, 1)))

    def terms(self, output: Cell, *shapes: Cell) -> Iterator[tuple[Factor, ...]]:
        t, i = output
        row = self.first + i
        if len(shapes) > B:
            yield (Factor(B, (row,)),)
        for k in range(shapes[H][1]):
            yield (Factor(W_H, (row, k)), Factor(H, (t, k)))
        for k in range(shapes[X][1]):
            yield (Factor(W_X, (row, k)), Factor(X, (t, k)))

    def uses(self, factor: Factor, *shapes: Cell) -> Iterator[Use]:
        units, steps = range(self.units), range(shapes[X][0])
        if factor.slot in (X, H):
            weights = W_X if factor.slot == X else W_H
            t, k = factor.cell
            yield from (Use((t, i), (Factor(weights, (self.first + i, k)),)) for i in units)
            return
        i = factor.cell[0] - self.first
        if i not in units:
            return
        if factor.slot == B:
            yield from (Use((t, i), ()) for t in steps)
            return
        source = X if factor.slot == W_X else H
        yield from (Use((t, i), (Factor(source, (t, factor.cell[1])),)) for t in steps)

    def term_count(self, *shapes: Cell) -> int:
        return shapes[H][1] + shapes[X][1] + (len(shapes) > B)

    def use_counts(self, slot: int, *shapes: Cell) -> NDArray[np.int64]:
        if slot in (X, H):
            return np.full(shapes[slot], self.units, dtype=np.int64)
        counts = np.zeros(shapes[slot], dtype=np.int64)
        counts[self.rows] = shapes[X][0]
        return counts


class MemorySum(RowSum):
    """m(t,i) = w(i,0) + Σ w(i,k)·h(t−1,k): the part of a sum that is remembered, with a bias of its own.

    Shapes as in `GateSum`, without what comes in; the bias is (H,), for these units alone.
    """

    arguments = ("h", "w_h", "b")
    formula = "m(i) = w(i,0)·1 + Σ w(i,k)·h(t−1,k)"

    def forward(self, *xs: Array) -> Array:
        h, w_h, *b = xs
        m: Array = h @ w_h[self.rows].T
        return m + b[0] if b else m

    def d_h(self, dy: Array, y: Array, *xs: Array) -> Array:
        dh: Array = dy @ xs[1][self.rows]
        return dh

    def d_w_h(self, dy: Array, y: Array, *xs: Array) -> Array:
        return self._placed(xs[1], np.einsum("ntg,ntk->gk", dy, xs[0]))

    def d_b(self, dy: Array, y: Array, *xs: Array) -> Array:
        return np.asarray(dy.sum(axis=(0, 1)))

    def terms(self, output: Cell, *shapes: Cell) -> Iterator[tuple[Factor, ...]]:
        t, i = output
        if len(shapes) > 2:
            yield (Factor(2, (i,)),)
        for k in range(shapes[0][1]):
            yield (Factor(1, (self.first + i, k)), Factor(0, (t, k)))

    def uses(self, factor: Factor, *shapes: Cell) -> Iterator[Use]:
        steps = range(shapes[0][0])
        if factor.slot == 0:
            t, k = factor.cell
            yield from (Use((t, i), (Factor(1, (self.first + i, k)),)) for i in range(self.units))
            return
        if factor.slot == 2:
            yield from (Use((t, factor.cell[0]), ()) for t in steps)
            return
        i = factor.cell[0] - self.first
        if i in range(self.units):
            yield from (Use((t, i), (Factor(0, (t, factor.cell[1])),)) for t in steps)

    def term_count(self, *shapes: Cell) -> int:
        return shapes[0][1] + (len(shapes) > 2)

    def use_counts(self, slot: int, *shapes: Cell) -> NDArray[np.int64]:
        if slot == 0:
            return np.full(shapes[0], self.units, dtype=np.int64)
        counts = np.full(shapes[slot], shapes[0][0], dtype=np.int64)
        if slot == 1:
            counts[: self.first] = counts[self.first + self.units :] = 0
        return counts


class InputSum(RowSum):
    """z(t,i) = w(i,0) + Σ w(i,k)·x(t,k) + r(t,i): what comes in, and what the reset gate lets through.

    Shapes as in `GateSum`; the last argument is (N, T, H).
    """

    arguments = ("x", "w_x", "more", "b")
    formula = "z(i) = w(i,0)·1 + Σ w(i,k)·x(t,k) + rm(t,i)"

    def forward(self, *xs: Array) -> Array:
        x, w_x, more, *b = xs
        z: Array = x @ w_x[self.rows].T + more
        return z + b[0][self.rows] if b else z

    def d_x(self, dy: Array, y: Array, *xs: Array) -> Array:
        dx: Array = dy @ xs[1][self.rows]
        return dx

    def d_w_x(self, dy: Array, y: Array, *xs: Array) -> Array:
        return self._placed(xs[1], np.einsum("ntg,ntk->gk", dy, xs[0]))

    def d_more(self, dy: Array, y: Array, *xs: Array) -> Array:
        return dy

    def d_b(self, dy: Array, y: Array, *xs: Array) -> Array:
        return self._placed(xs[3], dy.sum(axis=(0, 1)))

    def terms(self, output: Cell, *shapes: Cell) -> Iterator[tuple[Factor, ...]]:
        t, i = output
        row = self.first + i
        if len(shapes) > 3:
            yield (Factor(3, (row,)),)
        for k in range(shapes[0][1]):
            yield (Factor(1, (row, k)), Factor(0, (t, k)))
        yield (Factor(2, (t, i)),)

    def uses(self, factor: Factor, *shapes: Cell) -> Iterator[Use]:
        steps = range(shapes[0][0])
        if factor.slot == 0:
            t, k = factor.cell
            yield from (Use((t, i), (Factor(1, (self.first + i, k)),)) for i in range(self.units))
            return
        if factor.slot == 2:
            yield Use(factor.cell, ())
            return
        i = factor.cell[0] - self.first
        if i in range(self.units):
            others = (lambda t: (Factor(0, (t, factor.cell[1])),)) if factor.slot == 1 else (lambda t: ())
            yield from (Use((t, i), others(t)) for t in steps)

    def term_count(self, *shapes: Cell) -> int:
        return shapes[0][1] + 1 + (len(shapes) > 3)

    def use_counts(self, slot: int, *shapes: Cell) -> NDArray[np.int64]:
        if slot == 0:
            return np.full(shapes[0], self.units, dtype=np.int64)
        if slot == 2:
            return np.ones(shapes[2], dtype=np.int64)
        counts = np.zeros(shapes[slot], dtype=np.int64)
        counts[self.rows] = shapes[0][0]
        return counts


class Mixed(Op):
    """y = (1 − u) ⊙ n + u ⊙ h: between the new and the old, as far as the update gate u says."""

    arguments = ("u", "n", "h")
    symbol = "mix"
    formula = "y = (1 − u) ⊙ n + u ⊙ h(t−1)"

    def forward(self, u: Array, n: Array, h: Array) -> Array:
        y: Array = (1.0 - u) * n + u * h
        return y

    def d_u(self, dy: Array, y: Array, u: Array, n: Array, h: Array) -> Array:
        return dy * (h - n)

    def d_n(self, dy: Array, y: Array, u: Array, n: Array, h: Array) -> Array:
        return dy * (1.0 - u)

    def d_h(self, dy: Array, y: Array, u: Array, n: Array, h: Array) -> Array:
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

    def forward(self, a: Array, b: Array) -> Array:
        return a * b

    def d_a(self, dy: Array, y: Array, a: Array, b: Array) -> Array:
        return dy * b

    def d_b(self, dy: Array, y: Array, a: Array, b: Array) -> Array:
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

    def forward(self, a: Array, b: Array) -> Array:
        return a + b

    def d_a(self, dy: Array, y: Array, a: Array, b: Array) -> Array:
        return dy

    def d_b(self, dy: Array, y: Array, a: Array, b: Array) -> Array:
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

    def forward(self, x: Array, mask: Array | None = None) -> Array:
        return x if mask is None else x * (mask / self.keep)[:, None]

    def d_x(self, dy: Array, y: Array, x: Array, mask: Array | None = None) -> Array:
        return self.forward(dy, mask)

    def expression(self, x: Expr, mask: Expr) -> Expr:
        return Product((Quotient(mask, constant(self.keep)), x))

    def error_expression(self, slot: int, error: Expr, x: Expr, mask: Expr) -> Expr:
        return Product((Quotient(mask, constant(self.keep)), error))


class Held(Op):
    """The new state while a sequence goes on, and the state before where it has ended."""

    arguments = ("new", "before", "going")
    symbol = "hold"
    formula = "y = new while the sequence goes on, else before"

    def forward(self, new: Array, before: Array, going: Array) -> Array:
        return np.where(going[:, :, None] > 0.0, new, before)

    def d_new(self, dy: Array, y: Array, new: Array, before: Array, going: Array) -> Array:
        return dy * going[:, :, None]

    def d_before(self, dy: Array, y: Array, new: Array, before: Array, going: Array) -> Array:
        return dy * (1.0 - going[:, :, None])

    def expression(self, new: Expr, before: Expr, going: Expr) -> Expr:
        return new if evaluate(going) > 0 else before

    def error_expression(self, slot: int, error: Expr, new: Expr, before: Expr, going: Expr) -> Expr:
        """All of the error goes where the state has come from."""
        is_new = evaluate(going) > 0
        return error if is_new == (slot == 0) else ZERO
