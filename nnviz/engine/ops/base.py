"""What an op is: one line of the textbook, forward and backward, with one index map."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.choices import Setting
from nnviz.engine.formula import Expr

Array = NDArray[np.float64]
Cell = tuple[int, ...]
Cells = tuple[NDArray[np.intp], ...]  # many cells of an array, axis by axis


UNITS = 8  # in the last place of its largest term: a sum of no more is nothing but rounding
NOISE = UNITS * 2.0**-52
TINY = 2.0**-24  # rounding is smaller as long as terms are below 10⁷: what is larger need not be examined
PADDING = -1  # the slot of a factor that lies outside of the input: always zero


@lru_cache(maxsize=256)
def scalar(value: float) -> Array:
    """A number as numpy takes it at once: of a Python number it would make an array in every call."""
    array = np.array(value)
    array.flags.writeable = False
    return array


def placed(values: Array, out: Array | None) -> Array:
    """`values`, in `out` where it is given."""
    if out is None:
        return values
    out[...] = values
    return out


class Factor(NamedTuple):
    """One input cell of an op: the slot it comes in by and its index within one example."""

    slot: int
    cell: Cell


class Use(NamedTuple):
    """One place where an input cell is used: the output cell and the factors it is multiplied by there."""

    output: Cell
    others: tuple[Factor, ...]


class Op:
    """One line of the textbook. Small, without state: everything it needs comes in by its arguments.

    `arguments` names the slots. `forward(*xs)` computes the value; for every slot that has a derivative
    there is a method ``d_<argument>(dy, y, *xs)`` that turns ∂E/∂y into ∂E/∂x of that slot. They are one
    method a slot, and not one for all, because weight gradients come after all error gradients on the
    blackboard, and what nobody needs (∂E/∂ of the data) is never computed.

    Arrays have the example as their first axis, parameters have none.

    All of them take `out`, memory for the result: in training, that of the iteration before. It is an offer,
    which changes no number; an op that hands on one of its inputs must not take it. The gradient of a
    parameter must be written there, because it is a part of the gradient of all of them.

    `has_kink` says that a number beside 0, or beside another one, makes a jump there: in a slope, a decision
    or in which of them is taken. `hands_back_sums` says that the error of an input is a sum or a difference,
    of which nothing but rounding may be left.
    """

    arguments: ClassVar[tuple[str, ...]] = ()
    symbol: ClassVar[str] = ""
    formula: ClassVar[str] = ""
    title: ClassVar[str] = ""
    has_kink: bool = False
    hands_back_sums: ClassVar[bool] = False

    def forward(self, *xs: Any, **out: Any) -> Any:
        raise NotImplementedError

    def derivative_of(self, slot: int) -> Callable[..., Any] | None:
        """The method that computes ∂E/∂ of one slot, or None where the op has no such derivative."""
        return getattr(self, f"d_{self.arguments[slot]}", None)

    def is_on_target(self, *xs: Any) -> Any:
        """Which outputs differ from their targets by nothing but rounding, where the op compares them."""
        return False

    def output_shape(self, *shapes: Cell) -> Cell:
        """The shape of one example's output from the shapes of one example's inputs."""
        return shapes[0]


class SumOp(Op):
    """An op whose output cells are sums, of which nothing but rounding may be left."""

    hands_back_sums = True

    def terms_at(self, cells: Cells, *xs: Any) -> Array:
        """The terms of some output cells, (cell, term); `cells` are places as `np.nonzero` gives them."""
        raise NotImplementedError

    def settle(self, y: Array, *xs: Any) -> None:
        """Write 0 into the cells of `y` whose terms cancel to nothing but rounding."""
        tiny = np.abs(y) < TINY
        tiny &= y != 0.0
        if not tiny.any():
            return
        cells = np.nonzero(tiny)
        largest = np.abs(self.terms_at(cells, *xs)).max(axis=1)
        is_noise = np.abs(y[cells]) <= NOISE * largest
        y[tuple(places[is_noise] for places in cells)] = 0.0


class Contraction(SumOp):
    """An op whose output cells are sums of products of input cells.

    The index map says which: `terms` lists the products of one output cell, `uses` the places where one
    input cell occurs. The same map read backward gives the terms of ∂E/∂w and of ∂E/∂a:
    ∂E/∂x = Σ over uses of ∂E/∂output × the other factors.
    """

    def terms(self, output: Cell, *shapes: Cell) -> Iterable[tuple[Factor, ...]]:
        """The products that are summed to make `output`, in reading order."""
        raise NotImplementedError

    def uses(self, factor: Factor, *shapes: Cell) -> Iterable[Use]:
        """Every product in which `factor` occurs, with its other factors."""
        raise NotImplementedError

    def term_count(self, *shapes: Cell) -> int:
        """How many products make an output cell, the same for all of them."""
        output = (0,) * len(self.output_shape(*shapes))
        return sum(1 for _ in self.terms(output, *shapes))

    def use_counts(self, slot: int, *shapes: Cell) -> NDArray[np.int64]:
        """In how many products every cell of an input occurs."""
        counts = np.empty(shapes[slot], dtype=np.int64)
        for cell in np.ndindex(shapes[slot]):
            counts[cell] = sum(1 for _ in self.uses(Factor(slot, cell), *shapes))
        return counts


class Pooling(Op):
    """An op that keeps one number of every window of its input.

    Its index map: `window` lists the input cells of an output cell in row order, `windows_of` the output
    cells whose window holds an input cell.
    """

    arguments = ("x",)
    size: Cell
    stride: Cell

    def window(self, output: Cell, shape: Cell) -> list[Cell]:
        raise NotImplementedError

    def windows_of(self, cell: Cell, shape: Cell) -> list[Cell]:
        raise NotImplementedError

    def use_counts(self, shape: Cell) -> NDArray[np.int64]:
        """In how many windows every input cell lies, the same for all maps."""
        _, rows, columns = shape
        counts = [len(self.windows_of((0, r, c), shape)) for r in range(rows) for c in range(columns)]
        return np.broadcast_to(np.reshape(counts, (rows, columns)), shape).astype(np.int64)

    def slope(self, output: Cell, cell: Cell, x: Array) -> float:
        """∂p/∂x of an output cell with respect to a cell of its window; `x` is the input of one example."""
        raise NotImplementedError

    def expression(self, xs: tuple[Expr, ...]) -> Expr:
        """p written out over its window."""
        raise NotImplementedError


class Activation(Op):
    """φ of a layer. What a lesson calls it, its title, and what is said where one is chosen.

    `not_hidden` says why it does not belong into a hidden layer. `settings` are the numbers that it is given,
    by the fields of a layer in a lesson; `agreed` are arguments that a convention of the lesson decides.
    """

    name: ClassVar[str] = ""
    sentence: ClassVar[str] = ""
    not_hidden: ClassVar[str] = ""
    settings: ClassVar[Mapping[str, Setting]] = {}
    agreed: ClassVar[Mapping[str, str]] = {}


class Elementwise(Activation):
    """A function of one number, applied to every cell: y = φ(x).

    Its index map is the identity: an output cell depends on the same cell of the input and on no other.
    """

    arguments: ClassVar[tuple[str, ...]] = ("x",)

    def derivative(self, y: Array, x: Array, *, out: Array | None = None) -> Array:
        """φ′(x) as an array of its own; y = φ(x) is given too, for many slopes are cheaper from the value."""
        raise NotImplementedError

    def d_x(self, dy: Array, y: Array, x: Array, *, out: Array | None = None) -> Array:
        return np.multiply(self.derivative(y, x, out=out), dy, out=out)

    def expression(self, x: Expr) -> Expr:
        """φ(x) as the textbook writes it."""
        raise NotImplementedError

    def slope_expression(self, y: Expr, x: Expr) -> Expr:
        """φ′(x) as the textbook writes it, in terms of x or of y = φ(x)."""
        raise NotImplementedError


class Source(Op):
    """A node that computes nothing: its value is given."""

    def __init__(self, shape: Cell) -> None:
        self.shape = tuple(shape)

    def output_shape(self, *shapes: Cell) -> Cell:
        return self.shape


class Given(Source):
    """A column block of the data: inputs or targets, one row an example."""


class Parameter(Source):
    """Numbers that training may change. A frozen parameter takes part but keeps its value."""

    def __init__(self, shape: Cell, trainable: bool = True) -> None:
        super().__init__(shape)
        self.trainable = trainable
