"""Weighted sums that read a sequence: the same at every time step, or at its last one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.ops.base import Array, Cell, Cells, Contraction, Factor, Use
from nnviz.engine.ops.contraction import products
from nnviz.engine.ops.rows import ones

X, W, B = 0, 1, 2


def steps_first(x: Array) -> Array:
    """(example, step, unit) as rows of units, step by step: no copy of what lies in memory that way."""
    return x.transpose(1, 0, 2).reshape(-1, x.shape[2])


def examples_first(rows: Array, examples: int) -> Array:
    """Rows of units, step by step, as (example, step, unit)."""
    return rows.reshape(-1, examples, rows.shape[1]).transpose(1, 0, 2)


def rows_in(out: Array | None) -> Array | None:
    """Memory for (example, step, unit) as memory for rows of units, step by step."""
    return None if out is None else steps_first(out)


class StepwiseAffine(Contraction):
    """z(t,i) = w(i,0) + Σₖ w(i,k)·h(t,k): a weighted sum at every step with the same weights.

    Shapes: h is (N, T, K), the weights (I, K), the biases (I,); z is (N, T, I).
    """

    arguments = ("x", "w", "b")
    symbol = "Σ"
    formula = "z(i) = w(i,0)·1 + Σ w(i,k)·h(t,k)"

    def forward(self, x: Array, w: Array, b: Array | None = None, *, out: Array | None = None) -> Array:
        z: Array = steps_first(x).dot(w.T, rows_in(out))
        if b is not None:
            z += b
        return examples_first(z, len(x))

    def d_x(
        self, dy: Array, y: Array, x: Array, w: Array, b: Array | None = None, *, out: Array | None = None
    ) -> Array:
        return examples_first(steps_first(dy).dot(w, rows_in(out)), len(dy))

    def d_w(
        self, dy: Array, y: Array, x: Array, w: Array, b: Array | None = None, *, out: Array | None = None
    ) -> Array:
        dw: Array = steps_first(dy).T.dot(steps_first(x), out)
        return dw

    def d_b(self, dy: Array, y: Array, x: Array, w: Array, b: Array, *, out: Array | None = None) -> Array:
        return _total(steps_first(dy), b, out)

    def output_shape(self, *shapes: Cell) -> Cell:
        return (shapes[X][0], shapes[W][0])

    def terms(self, output: Cell, *shapes: Cell) -> Iterator[tuple[Factor, ...]]:
        t, i = output
        if len(shapes) > B:
            yield (Factor(B, (min(i, shapes[B][0] - 1),)),)
        for k in range(shapes[X][1]):
            yield (Factor(W, (i, k)), Factor(X, (t, k)))

    def uses(self, factor: Factor, *shapes: Cell) -> Iterator[Use]:
        steps, units = shapes[X][0], shapes[W][0]
        match factor.slot:
            case 0:
                t, k = factor.cell
                yield from (Use((t, i), (Factor(W, (i, k)),)) for i in range(units))
            case 1:
                i, k = factor.cell
                yield from (Use((t, i), (Factor(X, (t, k)),)) for t in range(steps))
            case 2:
                shared = shapes[B][0] < units
                own = range(units) if shared else factor.cell
                yield from (Use((t, i), ()) for t in range(steps) for i in own)

    def terms_at(self, cells: Cells, *xs: Array) -> Array:
        examples, steps, units = cells
        return products(xs[X][examples, steps], units, *xs[W:])

    def term_count(self, *shapes: Cell) -> int:
        return shapes[W][1] + (len(shapes) > B)

    def use_counts(self, slot: int, *shapes: Cell) -> NDArray[np.int64]:
        steps, units = shapes[X][0], shapes[W][0]
        shared = slot == B and shapes[B][0] < units
        count = units if slot == X else steps * units if shared else steps
        return np.full(shapes[slot], count, dtype=np.int64)


class LastAffine(Contraction):
    """z(i) = w(i,0) + Σₖ w(i,k)·h(T,k): a weighted sum of the state at the end of a sequence.

    Shapes: h is (N, T, K), the weights (I, K), the biases (I,); z is (N, I). With `has_ends` the last input
    says at which steps (N, T) every sequence goes on, and T is the last of them: the index map takes the
    shapes of one example, whose sequence is as long as it is.
    """

    symbol = "Σ"
    formula = "z(i) = w(i,0)·1 + Σ w(i,k)·h(T,k)"

    def __init__(self, has_ends: bool = False, has_bias: bool = True) -> None:
        self.has_ends = has_ends
        bias, ends = ("b",) if has_bias else (), ("going",) if has_ends else ()
        self.arguments = ("x", "w", *bias, *ends)  # type: ignore[misc]

    def forward(self, x: Array, w: Array, *more: Array, out: Array | None = None) -> Array:
        z: Array = x[self._ends(x, more)].dot(w.T, out)
        if len(more) > self.has_ends:
            z += more[0]
        return z

    def d_x(self, dy: Array, y: Array, x: Array, w: Array, *more: Array, out: Array | None = None) -> Array:
        dx = np.empty((x.shape[1], len(x), x.shape[2])).transpose(1, 0, 2) if out is None else out
        dx[...] = 0.0
        dx[self._ends(x, more)] = dy.dot(w)
        return dx

    def d_w(self, dy: Array, y: Array, x: Array, w: Array, *more: Array, out: Array | None = None) -> Array:
        dw: Array = dy.T.dot(x[self._ends(x, more)], out)
        return dw

    def d_b(
        self, dy: Array, y: Array, x: Array, w: Array, b: Array, *more: Array, out: Array | None = None
    ) -> Array:
        return _total(dy, b, out)

    def _ends(self, x: Array, more: Sequence[Array]) -> Any:
        """The index of the last step of every example."""
        going = more[-1] if self.has_ends else None
        if going is None:
            return slice(None), -1
        return np.arange(len(x)), np.count_nonzero(going, axis=1) - 1

    def output_shape(self, *shapes: Cell) -> Cell:
        return (shapes[W][0],)

    def terms(self, output: Cell, *shapes: Cell) -> Iterator[tuple[Factor, ...]]:
        (i,) = output
        if len(shapes) - self.has_ends > B:
            yield (Factor(B, (min(i, shapes[B][0] - 1),)),)
        for k in range(shapes[X][1]):
            yield (Factor(W, (i, k)), Factor(X, (shapes[X][0] - 1, k)))

    def uses(self, factor: Factor, *shapes: Cell) -> Iterator[Use]:
        last, units = shapes[X][0] - 1, shapes[W][0]
        match factor.slot:
            case 0:
                t, k = factor.cell
                yield from (Use((i,), (Factor(W, (i, k)),)) for i in range(units) if t == last)
            case 1:
                i, k = factor.cell
                yield Use((i,), (Factor(X, (last, k)),))
            case 2:
                shared = shapes[B][0] < units
                yield from (Use((i,), ()) for i in range(units) if shared or (i,) == factor.cell)

    def terms_at(self, cells: Cells, *xs: Array) -> Array:
        examples, units = cells
        x, w, *more = xs
        bias = more[:-1] if self.has_ends else more
        return products(x[self._ends(x, more)][examples], units, w, *bias)

    def term_count(self, *shapes: Cell) -> int:
        return shapes[W][1] + (len(shapes) - self.has_ends > B)

    def use_counts(self, slot: int, *shapes: Cell) -> NDArray[np.int64]:
        """In how many products every cell of an input occurs, in any example: each step may be the last."""
        units = shapes[W][0]
        counts = np.full(shapes[slot], units if slot == X else 1, dtype=np.int64)
        if slot == X and not self.has_ends:
            counts[:-1] = 0
        if slot == B and shapes[B][0] < units:
            counts[:] = units
        return counts


def _total(rows: Array, b: Array, out: Array | None) -> Array:
    """∂E/∂b from the errors of all sums, where b is a number for each unit or one for all."""
    each = ones((len(rows),))
    if len(b) == rows.shape[1]:
        total: Array = each.dot(rows, out)
    else:
        total = each.dot(rows).sum(keepdims=True, out=out)
    return total
