"""Pooling: every window of a map keeps one number, its largest or its mean."""

from __future__ import annotations

import math
from functools import lru_cache, reduce
from itertools import product
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.formula import Call, Expr, Quotient, Sum, constant
from nnviz.engine.ops.base import Array, Cell, Pooling

AnyArray = TypeVar("AnyArray", bound=NDArray[Any])


class _Windows(Pooling):
    """Windows of `size` that begin every `stride` cells; what is left at the edges is not looked at.

    x is (N, K, rows, columns), y (N, K, rows′, columns′) with rows′ = (rows − size) // stride + 1. Windows
    overlap where the stride is smaller than the size.
    """

    def __init__(self, size: Cell = (2, 2), stride: Cell | None = None) -> None:
        self.size = size
        self.stride = stride or size

    def output_shape(self, *shapes: Cell) -> Cell:
        k, *cells = shapes[0]
        rows, columns = ((n - m) // s + 1 for n, m, s in zip(cells, self.size, self.stride, strict=True))
        return (k, rows, columns)

    def window(self, output: Cell, shape: Cell) -> list[Cell]:
        k, r, c = output
        top, left = r * self.stride[0], c * self.stride[1]
        return [(k, top + m, left + n) for m, n in product(*map(range, self.size))]

    def windows_of(self, cell: Cell, shape: Cell) -> list[Cell]:
        k, *place = cell
        _, *outputs = self.output_shape(shape)
        rows, columns = (
            [i for i in range(count) if 0 <= at - i * stride < size]
            for count, at, stride, size in zip(outputs, place, self.stride, self.size, strict=True)
        )
        return [(k, r, c) for r, c in product(rows, columns)]

    def _places(self, x: Array) -> list[Array]:
        """For every place of the window, in row order, what lies there in all windows: views of `x`."""
        (bottom, right), (down, across) = x.shape[2:], self.stride
        rest_down, rest_across = bottom - self.size[0] + 1, right - self.size[1] + 1
        return [
            x[:, :, m : m + rest_down : down, n : n + rest_across : across]
            for m, n in product(*map(range, self.size))
        ]


class MaxPool(_Windows):
    """p = the largest number of its window; of equals the first in row order.

    Going back the whole error goes to that winner, since ∂p/∂a is 1 for it and 0 for all others. NaN
    anywhere in a window makes its maximum NaN; nothing equals that, and the last cell counts as winner.
    """

    symbol = "max"
    formula = "p(r,c) = max of its window"

    def forward(self, x: Array) -> Array:
        largest: Array = reduce(np.maximum, self._places(x))
        return largest

    def winners(self, y: Array, x: Array) -> NDArray[np.int32]:
        """For every window the place of its winner, counted in row order: (N, K, rows′, columns′)."""
        *earlier, _ = self._places(x)
        winners = np.zeros_like(y, dtype=np.int32)
        beaten: Any = True
        for place in earlier:
            beaten = (place != y) & beaten
            winners += beaten
        return winners

    def d_x(self, dy: Array, y: Array, x: Array) -> Array:
        *_, columns, examples = shape = _examples_last(x).shape
        places = [(m * columns + n) * examples for m, n in product(*map(range, self.size))]
        cells = np.array(places).take(_examples_last(self.winners(y, x)))
        cells += _corners(shape, self.size, self.stride)
        dx = np.bincount(cells.ravel(), _examples_last(dy).ravel(), math.prod(shape))
        return dx.astype(np.float64, copy=False).reshape(shape).transpose(3, 0, 1, 2)

    def slope(self, output: Cell, cell: Cell, x: Array) -> float:
        window = self.window(output, x.shape)
        return float(cell == max(window, key=lambda one: x[one]))

    def expression(self, xs: tuple[Expr, ...]) -> Expr:
        return Call("max", xs)


class AveragePool(_Windows):
    """p = the mean of its window. Going back every cell of it gets the same part of the error."""

    symbol = "mean"
    formula = "p(r,c) = mean of its window"

    def forward(self, x: Array) -> Array:
        mean: Array = reduce(np.add, self._places(x)) / self._cells
        return mean

    def d_x(self, dy: Array, y: Array, x: Array) -> Array:
        dx, part = np.zeros_like(x), dy / self._cells
        for place in self._places(dx):
            place += part
        return dx

    @property
    def _cells(self) -> int:
        return self.size[0] * self.size[1]

    def slope(self, output: Cell, cell: Cell, x: Array) -> float:
        return 1.0 / self._cells

    def expression(self, xs: tuple[Expr, ...]) -> Expr:
        return Quotient(Sum(xs), constant(float(len(xs))))


def _examples_last(x: AnyArray) -> AnyArray:
    """(example, map, row, column) in the order that it has in memory."""
    return x.transpose(1, 2, 3, 0)


@lru_cache(maxsize=16)
def _corners(shape: Cell, size: Cell, stride: Cell) -> NDArray[np.intp]:
    """Where every window begins in the flat memory of maps (map, row, column, example)."""
    cells = np.arange(math.prod(shape)).reshape(shape)
    down, across = (n - m + 1 for n, m in zip(shape[1:3], size, strict=True))
    corners = cells[:, : down : stride[0], : across : stride[1]].copy()
    corners.flags.writeable = False
    return corners
