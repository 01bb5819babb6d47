"""Weighted sums: ops whose outputs are sums of products."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.ops.base import Array, Cell, Cells, Contraction, Factor, Use
from nnviz.engine.ops.rows import ones

X, W, B = 0, 1, 2


class Affine(Contraction):
    """z(i) = w(i,0) + Σₖ w(i,k)·a(k): the weighted sum of a layer of units.

    Shapes: a is (N, K), the weights (I, K), the biases (I,) or (1,) where one bias is shared by the layer;
    z is (N, I). The bias is the weight of an input that is always 1 and has index 0, as in the notes.
    Without a third input the sum has no bias. `dot` costs half of what `@` does on arrays as small as these.
    Maps are read flattened, in the order channel, row, column: k counts through all of their cells.
    """

    arguments = ("x", "w", "b")
    symbol = "Σ"
    formula = "z(i) = w(i,0)·1 + Σ w(i,k)·a(k)"

    def forward(self, x: Array, w: Array, b: Array | None = None, *, out: Array | None = None) -> Array:
        z: Array = (x if x.ndim == 2 else _flat(x)).dot(w.T, out)
        if b is not None:
            z += b
        return z

    def d_x(
        self, dy: Array, y: Array, x: Array, w: Array, b: Array | None = None, *, out: Array | None = None
    ) -> Array:
        if x.ndim == 2:
            dx: Array = dy.dot(w, out)
        else:
            dx = w.T.dot(dy.T).T.reshape(x.shape)  # with the examples last in memory, as maps have them
        return dx

    def d_w(
        self, dy: Array, y: Array, x: Array, w: Array, b: Array | None = None, *, out: Array | None = None
    ) -> Array:
        dw: Array = dy.T.dot(x if x.ndim == 2 else _flat(x), out)
        return dw

    def d_b(self, dy: Array, y: Array, x: Array, w: Array, b: Array, *, out: Array | None = None) -> Array:
        each = ones(dy.shape[:1])  # a product with them costs half of what a sum over an axis does
        if len(b) == dy.shape[1]:
            total: Array = each.dot(dy, out)
        else:
            total = each.dot(dy).sum(keepdims=True, out=out)
        return total

    def output_shape(self, *shapes: Cell) -> Cell:
        return (shapes[W][0],)

    def terms(self, output: Cell, *shapes: Cell) -> Iterator[tuple[Factor, ...]]:
        (i,) = output
        if len(shapes) > B:
            yield (Factor(B, (min(i, shapes[B][0] - 1),)),)
        for k, cell in enumerate(np.ndindex(shapes[X])):
            yield (Factor(W, (i, k)), Factor(X, cell))

    def uses(self, factor: Factor, *shapes: Cell) -> Iterator[Use]:
        units, inputs = shapes[W]
        match factor.slot:
            case 0:
                k = int(np.ravel_multi_index(factor.cell, shapes[X]))
                yield from (Use((i,), (Factor(W, (i, k)),)) for i in range(units))
            case 1:
                i, k = factor.cell
                cell = tuple(int(j) for j in np.unravel_index(k, shapes[X]))
                yield Use((i,), (Factor(X, cell),))
            case 2:
                shared = shapes[B][0] < units
                yield from (Use((i,), ()) for i in range(units) if shared or (i,) == factor.cell)

    def terms_at(self, cells: Cells, *xs: Array) -> Array:
        examples, units = cells
        return products(_flat(xs[X])[examples], units, *xs[W:])

    def term_count(self, *shapes: Cell) -> int:
        return shapes[W][1] + (len(shapes) > B)

    def use_counts(self, slot: int, *shapes: Cell) -> NDArray[np.int64]:
        units = shapes[W][0]
        shared = slot == B and shapes[B][0] < units
        return np.full(shapes[slot], units if slot == X or shared else 1, dtype=np.int64)


def products(rows: Array, units: NDArray[np.intp], w: Array, b: Array | None = None) -> Array:
    """The terms of some weighted sums, the bias last: of each its inputs, and which unit it is."""
    terms: Array = rows * w[units]
    if b is None:
        return terms
    return np.column_stack([terms, b[np.minimum(units, len(b) - 1)]])


def _flat(x: Array) -> Array:
    """Maps in one row an example."""
    return x.reshape(len(x), -1)
