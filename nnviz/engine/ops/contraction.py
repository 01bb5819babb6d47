"""Weighted sums: ops whose outputs are sums of products."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nnviz.engine.ops.base import Array, Cell, Contraction, Factor, Use

X, W, B = 0, 1, 2


class Affine(Contraction):
    """z(i) = w(i,0) + Σₖ w(i,k)·a(k): the weighted sum of a layer of units.

    Shapes: a is (N, K), the weights (I, K), the biases (I,) or (1,) where one bias is shared by the layer;
    z is (N, I). The bias is the weight of an input that is always 1 and has index 0, as in the notes.
    Without a third input the sum has no bias. `dot` costs half of what `@` does on arrays as small as these.
    """

    arguments = ("x", "w", "b")
    symbol = "Σ"
    formula = "z(i) = w(i,0)·1 + Σ w(i,k)·a(k)"

    def forward(self, x: Array, w: Array, b: Array | None = None) -> Array:
        z: Array = x.dot(w.T)
        if b is not None:
            z += b
        return z

    def d_x(self, dy: Array, y: Array, x: Array, w: Array, b: Array | None = None) -> Array:
        dx: Array = dy.dot(w)
        return dx

    def d_w(self, dy: Array, y: Array, x: Array, w: Array, b: Array | None = None) -> Array:
        dw: Array = dy.T.dot(x)
        return dw

    def d_b(self, dy: Array, y: Array, x: Array, w: Array, b: Array) -> Array:
        total: Array = np.add.reduce(dy)
        return total if len(b) == len(total) else total.sum(keepdims=True)

    def output_shape(self, *shapes: Cell) -> Cell:
        return (shapes[W][0],)

    def terms(self, output: Cell, *shapes: Cell) -> Iterator[tuple[Factor, ...]]:
        (i,) = output
        if len(shapes) > B:
            yield (Factor(B, (min(i, shapes[B][0] - 1),)),)
        for k in range(shapes[W][1]):
            yield (Factor(W, (i, k)), Factor(X, (k,)))

    def uses(self, factor: Factor, *shapes: Cell) -> Iterator[Use]:
        units, inputs = shapes[W]
        match factor.slot:
            case 0:
                (k,) = factor.cell
                yield from (Use((i,), (Factor(W, (i, k)),)) for i in range(units))
            case 1:
                i, k = factor.cell
                yield Use((i,), (Factor(X, (k,)),))
            case 2:
                shared = shapes[B][0] < units
                yield from (Use((i,), ()) for i in range(units) if shared or (i,) == factor.cell)
