"""The sums of recurrent layers, over what comes in now and what is remembered.

A sequence has the time step as its first axis after the example: (example, step, unit).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.ops.base import Array, Cell, Cells, Contraction, Factor, Use

X, H, W_X, W_H, B = 0, 1, 2, 3, 4  # the slots of a sum


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

    def _placed(self, w: Array, own: Array, out: Array | None) -> Array:
        """The gradient of all weights: that of the own rows, and 0 for the other gates."""
        dw = np.empty_like(w) if out is None else out
        dw.fill(0.0)
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

    def forward(
        self, x: Array, h: Array, w_x: Array, w_h: Array, b: Array | None = None, *, out: Array | None = None
    ) -> Array:
        z: Array = h @ w_h[self.rows].T + x @ w_x[self.rows].T
        return z if b is None else z + b[self.rows]

    def d_x(self, dy: Array, y: Array, *xs: Array, out: Array | None = None) -> Array:
        dx: Array = dy @ xs[W_X][self.rows]
        return dx

    def d_h(self, dy: Array, y: Array, *xs: Array, out: Array | None = None) -> Array:
        dh: Array = dy @ xs[W_H][self.rows]
        return dh

    def d_w_x(self, dy: Array, y: Array, *xs: Array, out: Array | None = None) -> Array:
        return self._placed(xs[W_X], np.einsum("ntg,ntk->gk", dy, xs[X]), out)

    def d_w_h(self, dy: Array, y: Array, *xs: Array, out: Array | None = None) -> Array:
        return self._placed(xs[W_H], np.einsum("ntg,ntk->gk", dy, xs[H]), out)

    def d_b(self, dy: Array, y: Array, *xs: Array, out: Array | None = None) -> Array:
        return self._placed(xs[B], dy.sum(axis=(0, 1)), out)

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

    def terms_at(self, cells: Cells, *xs: Array) -> Array:
        examples, steps, units = cells
        rows = self.first + units
        terms = [xs[source][examples, steps] * xs[w][rows] for source, w in ((H, W_H), (X, W_X))]
        return np.column_stack([*terms, *(b[rows] for b in xs[B:])])

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

    def forward(self, *xs: Array, out: Array | None = None) -> Array:
        h, w_h, *b = xs
        m: Array = h @ w_h[self.rows].T
        return m + b[0] if b else m

    def d_h(self, dy: Array, y: Array, *xs: Array, out: Array | None = None) -> Array:
        dh: Array = dy @ xs[1][self.rows]
        return dh

    def d_w_h(self, dy: Array, y: Array, *xs: Array, out: Array | None = None) -> Array:
        return self._placed(xs[1], np.einsum("ntg,ntk->gk", dy, xs[0]), out)

    def d_b(self, dy: Array, y: Array, *xs: Array, out: Array | None = None) -> Array:
        return np.asarray(dy.sum(axis=(0, 1), out=out))

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

    def terms_at(self, cells: Cells, *xs: Array) -> Array:
        examples, steps, units = cells
        h, w_h, *b = xs
        return np.column_stack([h[examples, steps] * w_h[self.first + units], *(one[units] for one in b)])

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

    def forward(self, *xs: Array, out: Array | None = None) -> Array:
        x, w_x, more, *b = xs
        z: Array = x @ w_x[self.rows].T + more
        return z + b[0][self.rows] if b else z

    def d_x(self, dy: Array, y: Array, *xs: Array, out: Array | None = None) -> Array:
        dx: Array = dy @ xs[1][self.rows]
        return dx

    def d_w_x(self, dy: Array, y: Array, *xs: Array, out: Array | None = None) -> Array:
        return self._placed(xs[1], np.einsum("ntg,ntk->gk", dy, xs[0]), out)

    def d_more(self, dy: Array, y: Array, *xs: Array, out: Array | None = None) -> Array:
        return dy

    def d_b(self, dy: Array, y: Array, *xs: Array, out: Array | None = None) -> Array:
        return self._placed(xs[3], dy.sum(axis=(0, 1)), out)

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

    def terms_at(self, cells: Cells, *xs: Array) -> Array:
        examples, steps, units = cells
        x, w_x, more, *b = xs
        rows = self.first + units
        return np.column_stack([x[examples, steps] * w_x[rows], more[cells], *(one[rows] for one in b)])

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
