"""Convolution: one filter slid over all positions of an image, its weights shared by all of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.ops.base import PADDING, Array, Cell, Contraction, Factor, Use

X, W, B = 0, 1, 2


class Convolution(Contraction):
    """z(f,r,c) = b(f) + ΣΣΣ w(f,k,m,n)·x(k, r·s+m−p, c·s+n−p) over channels k and filter cells (m,n).

    Shapes: x is (examples, K, rows, columns), the filters (F, K, M, N), the biases (F,), and z is (examples,
    F, rows′, columns′) with rows′ = (rows + 2·padding − M) // stride + 1. `stride` and `padding` are (rows,
    columns). A sequence is an image of one row. What lies outside of the image is zero. As networks do, the
    filter is slid as it is; `flipped` is the convolution of mathematics, S(i,j) = ΣΣ I(m,n)·K(i−m, j−n),
    which turns it by 180°.

    In memory the examples come last, so that one matrix product does all of them and every copy is long.
    """

    arguments = ("x", "w", "b")
    symbol = "∗"
    formula = "z(r,c) = b + ΣΣ w(m,n)·x(r+m, c+n)"

    def __init__(self, stride: Cell = (1, 1), padding: Cell = (0, 0), flipped: bool = False) -> None:
        self.stride = stride
        self.padding = padding
        self.flipped = flipped

    def output_shape(self, *shapes: Cell) -> Cell:
        (_, *size), (filters, _, *window) = shapes[X], shapes[W]
        rows, columns = (
            (n + 2 * p - m) // s + 1
            for n, m, s, p in zip(size, window, self.stride, self.padding, strict=True)
        )
        return (filters, rows, columns)

    def forward(self, x: Array, w: Array, b: Array | None = None) -> Array:
        fields = self._fields(x, w.shape)
        z: Array = self._rows(w).dot(fields.reshape(len(fields), -1))
        if b is not None:
            z += b[:, None]
        return z.reshape(len(w), *fields.shape[1:]).transpose(3, 0, 1, 2)

    def d_x(self, dy: Array, y: Array, x: Array, w: Array, b: Array | None = None) -> Array:
        """Every field gets its part of the error. Where fields overlap the parts add up: down, then across."""
        examples, k, rows, columns = x.shape
        (ph, pw), (sh, sw), (height, width) = self.padding, self.stride, dy.shape[2:]
        parts = self._rows(w).T.dot(_maps(dy)).reshape(*w.shape[1:], height, width, examples)
        down = np.zeros((k, w.shape[3], rows + 2 * ph, width, examples))
        for m in range(w.shape[2]):
            place = down[:, :, m : m + sh * height : sh]
            place += parts[:, m]
        dx = np.zeros((k, rows + 2 * ph, columns + 2 * pw, examples))
        for n in range(w.shape[3]):
            place = dx[:, :, n : n + sw * width : sw]
            place += down[:, n]
        return dx[:, ph : ph + rows, pw : pw + columns].transpose(3, 0, 1, 2)

    def d_w(self, dy: Array, y: Array, x: Array, w: Array, b: Array | None = None) -> Array:
        fields = self._fields(x, w.shape)
        dw: Array = fields.reshape(len(fields), -1).dot(_maps(dy).T).T
        return self._laid(dw.reshape(w.shape))

    def d_b(self, dy: Array, y: Array, x: Array, w: Array, b: Array) -> Array:
        total: Array = np.add.reduce(_maps(dy), axis=1)
        return total

    def _laid(self, w: Array) -> Array:
        """The filters as they lie on the image."""
        return w[:, :, ::-1, ::-1] if self.flipped else w

    def _rows(self, w: Array) -> Array:
        """The filters as they lie on the image, each one row: (F, K·M·N)."""
        return self._laid(w).reshape(len(w), -1)

    def _fields(self, x: Array, w: Cell) -> Array:
        """What lies under each filter cell, at all positions: (K·M·N, rows′, columns′, examples)."""
        _, rows, columns = self.output_shape(x.shape[1:], w)
        images = self._padded(x)
        (to_k, to_row, to_column, to_example), (sh, sw) = images.strides, self.stride
        shape = (*w[1:], rows, columns, len(x))
        strides = (to_k, to_row, to_column, sh * to_row, sw * to_column, to_example)
        fields = np.ndarray(shape, images.dtype, images, strides=strides)  # a view
        return fields.reshape(-1, rows, columns, len(x))

    def _padded(self, x: Array) -> Array:
        """The images in their frame of zeros: (K, rows, columns, examples)."""
        (ph, pw), (examples, k, rows, columns) = self.padding, x.shape
        images = x.transpose(1, 2, 3, 0)
        if not ph and not pw:
            return np.ascontiguousarray(images)
        padded = np.zeros((k, rows + 2 * ph, columns + 2 * pw, examples))
        padded[:, ph : ph + rows, pw : pw + columns] = images
        return padded

    # The index map

    def terms(self, output: Cell, *shapes: Cell) -> Iterator[tuple[Factor, ...]]:
        f, r, c = output
        if len(shapes) > B:
            yield (Factor(B, (f,)),)
        for k, m, n in product(*map(range, shapes[W][1:])):
            yield (Factor(W, (f, k, m, n)), self._under((k, r, c), (m, n), shapes))

    def uses(self, factor: Factor, *shapes: Cell) -> Iterator[Use]:
        filters, rows, columns = self.output_shape(*shapes)
        match factor.slot:
            case 0:
                yield from self._uses_of_input(factor.cell, filters, rows, columns, shapes)
            case 1:
                f, k, m, n = factor.cell
                for r, c in product(range(rows), range(columns)):
                    yield Use((f, r, c), (self._under((k, r, c), (m, n), shapes),))
            case 2:
                yield from (Use((*factor.cell, r, c), ()) for r, c in product(range(rows), range(columns)))

    def _uses_of_input(
        self, cell: Cell, filters: int, rows: int, columns: int, shapes: tuple[Cell, ...]
    ) -> Iterator[Use]:
        k, row, column = cell
        downs = list(self._covering(0, row, rows, shapes))
        acrosses = list(self._covering(1, column, columns, shapes))
        for f, (r, m), (c, n) in product(range(filters), downs, acrosses):
            yield Use((f, r, c), (Factor(W, (f, k, m, n)),))

    def _covering(
        self, axis: int, place: int, outputs: int, shapes: tuple[Cell, ...]
    ) -> Iterator[tuple[int, int]]:
        """Along one axis, (position, filter index) of every field that covers a place of the input."""
        length = shapes[W][2 + axis]
        for position in range(outputs):
            offset = place + self.padding[axis] - position * self.stride[axis]
            if 0 <= offset < length:
                yield position, length - 1 - offset if self.flipped else offset

    def _under(self, position: Cell, tap: Cell, shapes: tuple[Cell, ...]) -> Factor:
        """What lies under a cell of the filter at an output position: a cell of the input, or padding."""
        k, *place = position
        at = []
        for axis in (0, 1):
            offset = shapes[W][2 + axis] - 1 - tap[axis] if self.flipped else tap[axis]
            at.append(place[axis] * self.stride[axis] + offset - self.padding[axis])
        inside = all(0 <= i < n for i, n in zip(at, shapes[X][1:], strict=True))
        return Factor(X if inside else PADDING, (k, *at))

    def term_count(self, *shapes: Cell) -> int:
        _, k, m, n = shapes[W]
        return k * m * n + (len(shapes) > B)

    def use_counts(self, slot: int, *shapes: Cell) -> NDArray[np.int64]:
        filters, rows, columns = self.output_shape(*shapes)
        if slot != X:
            return np.full(shapes[slot], rows * columns, dtype=np.int64)
        down, across = (
            np.array([sum(1 for _ in self._covering(axis, i, outputs, shapes)) for i in range(size)])
            for axis, (size, outputs) in enumerate(zip(shapes[X][1:], (rows, columns), strict=True))
        )
        return np.broadcast_to(filters * np.outer(down, across), shapes[X]).astype(np.int64)


def _maps(z: Array) -> Array:
    """Each map of all examples as one row: (F, rows · columns · examples)."""
    return z.transpose(1, 2, 3, 0).reshape(z.shape[1], -1)
