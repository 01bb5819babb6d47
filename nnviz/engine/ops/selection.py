"""Ops in which the cells of one example compete with each other."""

from __future__ import annotations

import numpy as np

from nnviz.engine.formula import EULER, ONE, Difference, Expr, Group, Negative, Power, Product, Quotient
from nnviz.engine.ops.base import Activation, Array
from nnviz.engine.ops.rows import row_maxima, row_sums
from nnviz.engine.ops.stepwise import examples_first, rows_in, steps_first


class Softmax(Activation):
    """a(i) = e^z(i) / Σⱼ e^z(j): the activations of a layer as a probability distribution.

    The largest z of all examples is subtracted before the exponential, which changes nothing but keeps it
    finite; where an example lies so far below that it would come to nothing, the largest of each example is.
    Slopes: ∂a(j)/∂z(i) = a(j)·(1 − a(j)) where i = j, and −a(j)·a(i) elsewhere.
    """

    arguments = ("x",)
    symbol = "softmax"
    name = "softmax"
    title = "softmax"
    sentence = "Turns the sums of a layer into shares that add up to 1."
    not_hidden = "It belongs to the output layer, where its numbers are the shares of the classes."
    formula = "a(i) = e^z(i) / Σ e^z(j)"
    LEAST = 1e-50  # of a sum

    def forward(self, x: Array, *, out: Array | None = None) -> Array:
        if x.ndim == 3:
            rows = self.forward(steps_first(x), out=rows_in(out))
            return examples_first(rows, len(x))
        y = np.subtract(x, x.item(x.argmax()), out=out)
        sums = row_sums(np.exp(y, out=y))
        if not sums.item(sums.argmin()) > self.LEAST:
            np.subtract(x, row_maxima(x), out=y)
            sums = row_sums(np.exp(y, out=y))
        return np.divide(y, sums, out=y)

    def d_x(self, dy: Array, y: Array, x: Array, *, out: Array | None = None) -> Array:
        weighted = dy * y
        dx: Array = weighted - y * weighted.sum(axis=-1, keepdims=True)
        return dx

    def share(self, x: Expr) -> Expr:
        """What one cell adds to the sum that all of them are divided by."""
        return Power(EULER, x)

    def expression(self, x: Expr, total: Expr) -> Expr:
        """a(i) as the share of its own cell in the sum of all of them."""
        return Quotient(self.share(x), total)

    def slope_expression(self, j: int, i: int, ys: list[Expr]) -> Expr:
        """∂a(j)/∂z(i) in terms of the activations."""
        if i == j:
            return Product((ys[j], Group(Difference(ONE, ys[j]))))
        return Negative(Product((ys[j], ys[i])))
