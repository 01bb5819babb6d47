"""The parts of a picture of a recurrent network: frozen, so that an item sees at once what must change."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from nnviz.engine.outline import Pass
from nnviz.engine.ref import Ref
from nnviz.ui.picture.maps_parts import Grid
from nnviz.ui.picture.parts import Number

MOST_WRITTEN = 6  # a longer vector is a column of colors


@dataclass(frozen=True, slots=True)
class Vector:
    """The numbers of one quantity at one step: written out where they are few, else as colors in `grid`.

    `letter` and `sub` name it; `new` holds the places that the current step has filled. It knows whether all
    of it is computed, and whether some of it is: both are asked for again and again.
    """

    letter: str
    sub: str
    grid: Grid
    numbers: tuple[Number, ...] = ()
    new: tuple[int, ...] = ()
    is_known: bool = field(init=False)
    is_begun: bool = field(init=False)

    def __post_init__(self) -> None:
        missing = np.isnan(self.grid.values.array)
        object.__setattr__(self, "is_known", not missing.ravel()[: self.units].any())
        object.__setattr__(self, "is_begun", not missing.all())

    @property
    def units(self) -> int:
        return self.grid.cells

    @property
    def is_marked(self) -> bool:
        """Whether a factor of the formula or the selected number is in it."""
        if self.grid.tags or self.grid.selected is not None:
            return True
        return any(number.tag or number.is_selected for number in self.numbers)

    def shows(self, ref: Ref) -> bool:
        return self.grid.address.place(ref) is not None


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol, and the number that stands for it: an input, a target, a probability."""

    text: str
    number: Number
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The symbol that a step is to say, and the most probable ones that it says, the likeliest first.

    `said` is empty until all probabilities are computed; `right` is the place of the target in it. A target
    that is not among the most probable symbols stands behind them: `is_beyond`.
    """

    target: Symbol | None
    said: tuple[Symbol, ...]
    right: int | None
    is_beyond: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """What stands at one height in all columns: input, layer, error; `lines` of symbols of a text."""

    key: str
    units: int
    is_written: bool
    lines: int = 0


@dataclass(frozen=True, slots=True)
class Column:
    """One step of time; `vectors` go from below to above, None where a step has no such number.

    `back` are the rows that an error has come into from above. `is_over`: the sequence has ended before.
    Of a text `read` and `answer` stand in the rows of the input and of the output.
    """

    step: int
    vectors: tuple[Vector | None, ...]
    back: frozenset[int] = frozenset()
    is_current: bool = False
    is_open: bool = False
    is_over: bool = False
    read: Symbol | None = None
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Handed:
    """What a layer hands from one step to the next: a state forward, its error back.

    `row` is that of the layer, `step` the one that it comes from, −1 for the start. An error that is cut
    does not go on into the piece of the sequence before this one.
    """

    letter: str
    sub: str
    row: int
    step: int
    is_done: bool
    is_back: bool = False
    is_new: bool = False
    is_lit: bool = False
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class StepsPicture:
    """The columns, from below to above their `rows`, what is handed on between them, and the open step.

    Where the pointer is on a weight, `lit_rows` are read with it and `framed_rows` add it as their bias: in
    all columns, or in that of `lit_step` alone.
    """

    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    handed: tuple[Handed, ...]
    into: Pass | None
    done: tuple[bool, ...]  # of all steps, whether they are computed
    lit_rows: frozenset[int] = frozenset()
    framed_rows: frozenset[int] = frozenset()
    lit_step: int | None = None

    def is_lit(self, column: Column) -> bool:
        """Whether uses of a weight light up in a column."""
        return self.lit_step is None or column.step == self.lit_step
