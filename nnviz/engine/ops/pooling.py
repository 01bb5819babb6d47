"""Pooling: every window of a map keeps one number, its largest or its mean."""

from __future__ import annotations

import math
from functools import lru_cache, reduce
from itertools import product

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.formula import Call, Expr, Quotient, Sum, constant
from nnviz.engine.ops.base import NOISE, Array, Cell, Cells, Pooling, SumOp
from nnviz.engine.ops.memory import examples_first, examples_last
from nnviz.engine.ops.rounding import place_of_largest


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

    def _places(self, maps: Array) -> list[Array]:
        """For every place of the window, in row order, what lies there in all windows: views of `maps`."""
        return [maps[place] for place in _places(maps.shape[1:3], self.size, self.stride)]


class MaxPool(_Windows):
    """p = the largest number of its window; of equals the first in row order.

    Going back the whole error goes to that winner, since ∂p/∂a is 1 for it and 0 for all others. Numbers that
    differ by rounding alone are equal. NaN anywhere in a window makes its maximum NaN, and its first cell
    counts as winner.
    """

    symbol = "max"
    has_kink = True
    formula = "p(r,c) = max of its window"

    def forward(self, x: Array, *, out: Array | None = None) -> Array:
        return examples_first(reduce(np.maximum, self._places(examples_last(x))))

    def d_x(self, dy: Array, y: Array, x: Array, *, out: Array | None = None) -> Array:
        x, y, dy = examples_last(x), examples_last(y), examples_last(dy)
        starts, steps = _addresses(x.shape, self.size, self.stride)
        cells = steps.take(self._winners(y, self._places(x)))
        cells += starts
        dx = np.bincount(cells.ravel(), dy.ravel(), x.size)  # the sum of all dy that arrive at each cell
        return examples_first(dx.astype(np.float64, copy=False).reshape(x.shape))

    def _winners(self, y: Array, places: list[Array]) -> NDArray[np.int32]:
        """For every window, which of its places has the maximum; of several the first."""
        if len(places) == 1:
            return np.zeros(y.shape, dtype=np.int32)
        least = np.abs(y)
        least *= -NOISE
        least += y  # what is as large as the maximum, but for rounding
        beaten = places[0] < least
        winners: NDArray[np.int32] = beaten.astype(np.int32)
        for place in places[1:-1]:
            beaten &= place < least
            winners += beaten
        return winners

    def slope(self, output: Cell, cell: Cell, x: Array) -> float:
        window = self.window(output, x.shape)
        return float(cell == window[place_of_largest(np.array([x[one] for one in window]))])

    def expression(self, xs: tuple[Expr, ...]) -> Expr:
        return Call("max", xs)


class AveragePool(_Windows, SumOp):
    """p = the mean of its window. Going back every cell of it gets the same part of the error."""

    symbol = "mean"
    formula = "p(r,c) = mean of its window"

    def forward(self, x: Array, *, out: Array | None = None) -> Array:
        mean: Array = reduce(np.add, self._places(examples_last(x))) / self._cells
        return examples_first(mean)

    def d_x(self, dy: Array, y: Array, x: Array, *, out: Array | None = None) -> Array:
        dx = np.zeros(examples_last(x).shape)
        part = examples_last(dy) / self._cells
        for place in self._places(dx):
            place += part
        return examples_first(dx)

    def terms_at(self, cells: Cells, *xs: Array) -> Array:
        (x,) = xs
        examples, maps, rows, columns = cells
        down, across = rows * self.stride[0], columns * self.stride[1]
        window = product(*map(range, self.size))
        return np.column_stack([x[examples, maps, down + m, across + n] for m, n in window]) / self._cells

    @property
    def _cells(self) -> int:
        return self.size[0] * self.size[1]

    def slope(self, output: Cell, cell: Cell, x: Array) -> float:
        return 1.0 / self._cells

    def expression(self, xs: tuple[Expr, ...]) -> Expr:
        return Quotient(Sum(xs), constant(float(len(xs))))


@lru_cache(maxsize=64)
def _places(image: Cell, size: Cell, stride: Cell) -> tuple[tuple[slice, ...], ...]:
    """For every place of a window, in row order, where it lies in an image for all windows at once."""
    down, across = (
        [slice(i, i + cells - length + 1, step) for i in range(length)]
        for cells, length, step in zip(image, size, stride, strict=True)
    )
    return tuple((slice(None), rows, columns) for rows, columns in product(down, across))


@lru_cache(maxsize=16)
def _addresses(shape: Cell, size: Cell, stride: Cell) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """In memory of (map, row, column, example): where windows begin, and how far on their places are."""
    cells = np.arange(math.prod(shape)).reshape(shape)
    starts = cells[_places(shape[1:3], size, stride)[0]].copy()
    steps = cells[0, : size[0], : size[1], 0].ravel()
    for array in (starts, steps):
        array.flags.writeable = False
    return starts, steps
