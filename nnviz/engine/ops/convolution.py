"""Convolution: one filter slid over all positions of an image, its weights shared by all of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.ops.base import PADDING, Array, Cell, Cells, Contraction, Factor, Use, placed
from nnviz.engine.ops.memory import examples_first, examples_last

X, W, B = 0, 1, 2


class Convolution(Contraction):
    """z(f,r,c) = b(f) + ΣΣΣ w(f,k,m,n)·x(k, r·s+m−p, c·s+n−p) over channels k and filter cells (m,n).

    Shapes: x is (examples, K, rows, columns), the filters (F, K, M, N), the biases (F,), and z is (examples,
    F, rows′, columns′) with rows′ = (rows + 2·padding − M) // stride + 1. `stride` and `padding` are (rows,
    columns). A sequence is an image of one row. What lies outside of the image is zero. As networks do, the
    filter is slid as it is; `flipped` is the convolution of mathematics, S(i,j) = ΣΣ I(m,n)·K(i−m, j−n),
    which turns it by 180°.

    Forward it is one matrix product: the filters, one a row, times the receptive fields, one a column.
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

    def forward(self, x: Array, w: Array, b: Array | None = None, *, out: Array | None = None) -> Array:
        fields = self._fields(x, w.shape)
        z: Array = self._laid(w).reshape(len(w), -1).dot(fields.reshape(len(fields), -1))
        if b is not None:
            z += b[:, None]
        return examples_first(z.reshape(len(w), *fields.shape[1:]))

    def d_x(
        self, dy: Array, y: Array, x: Array, w: Array, b: Array | None = None, *, out: Array | None = None
    ) -> Array:
        """Along a row every cell gathers the errors of the fields it lies in; then the rows add up."""
        examples, k, rows, columns = x.shape
        (_, f, height, width), (m, n), (sh, sw), (ph, pw) = dy.shape, w.shape[2:], self.stride, self.padding
        reach = sw * (width - 1) + n  # as many columns as the fields cover
        framed = np.zeros((f, height, reach + n - 1, examples))
        framed[:, :, n - 1 : reach : sw] = examples_last(dy)
        (to_f, *steps), shape = framed.strides, (n, f, height, reach, examples)
        errors = _view(framed, shape, (steps[1], to_f, *steps)).reshape(n * f, -1)
        turned = self._laid(w)[..., ::-1].transpose(1, 2, 3, 0).reshape(k * m, -1)
        parts = turned.dot(errors).reshape(k, m, height, reach, examples)
        dx = np.zeros((k, rows + 2 * ph, columns + 2 * pw, examples))
        for i in range(m):
            place = dx[:, i : i + sh * height : sh, :reach]
            place += parts[:, i]
        return examples_first(dx[:, ph : ph + rows, pw : pw + columns])

    def d_w(
        self, dy: Array, y: Array, x: Array, w: Array, b: Array | None = None, *, out: Array | None = None
    ) -> Array:
        fields = self._fields(x, w.shape)
        dw: Array = fields.reshape(len(fields), -1).dot(_maps(dy).T).T
        return placed(self._laid(dw.reshape(w.shape)), out)

    def d_b(self, dy: Array, y: Array, x: Array, w: Array, b: Array, *, out: Array | None = None) -> Array:
        total: Array = np.add.reduce(_maps(dy), axis=1, out=out)
        return total

    def _laid(self, w: Array) -> Array:
        """The filters as they lie on the image."""
        return w[:, :, ::-1, ::-1] if self.flipped else w

    def _fields(self, x: Array, w: Cell) -> Array:
        """What lies under each filter cell, at all positions: (K·M·N, rows′, columns′, examples)."""
        windows = self._windows(x, w)
        return windows.reshape(-1, *windows.shape[3:])

    def _windows(self, x: Array, w: Cell) -> Array:
        """The same as (K, M, N, rows′, columns′, examples), read where the images lie."""
        images, (_, k, m, n), (sh, sw) = self._padded(x), w, self.stride
        _, bottom, right, examples = images.shape
        to_k, to_row, to_column, to_example = images.strides
        rows, columns = (bottom - m) // sh + 1, (right - n) // sw + 1
        steps = (to_k, to_row, to_column, sh * to_row, sw * to_column, to_example)
        return _view(images, (k, m, n, rows, columns, examples), steps)

    def _padded(self, x: Array) -> Array:
        """The images in their frame of zeros: (K, rows, columns, examples)."""
        (ph, pw), (examples, k, rows, columns) = self.padding, x.shape
        if not ph and not pw:
            return np.ascontiguousarray(examples_last(x))
        padded = np.zeros((k, rows + 2 * ph, columns + 2 * pw, examples))
        padded[:, ph : ph + rows, pw : pw + columns] = examples_last(x)
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

    def terms_at(self, cells: Cells, *xs: Array) -> Array:
        examples, filters, rows, columns = cells
        x, w, *b = xs
        fields = self._windows(x, w.shape)[..., rows, columns, examples].reshape(-1, len(examples)).T
        terms: Array = fields * self._laid(w).reshape(len(w), -1)[filters]
        return np.column_stack([terms, b[0][filters]]) if b else terms

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


def _view(array: Array, shape: Cell, steps: Cell) -> Array:
    """`array`, which is contiguous, read with other steps (in bytes)."""
    return np.ndarray(shape, np.float64, array, strides=steps)


def _maps(z: Array) -> Array:
    """Each map of all examples as one row: (F, rows · columns · examples)."""
    return examples_last(z).reshape(z.shape[1], -1)
