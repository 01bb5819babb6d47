"""The parts of a picture of a network of maps: frozen, so that an item sees at once what must change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

import numpy as np

from nnviz.engine.graph import Layer
from nnviz.engine.ops.base import Array, Cell
from nnviz.engine.outline import Pass
from nnviz.engine.ref import Part, Ref
from nnviz.ui.layout.sketch import Sketch
from nnviz.ui.picture.parts import Number


class Region(NamedTuple):
    """Rows and columns from `top`, `left` to before `bottom`, `right`; it may reach into the padding."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def rows(self) -> int:
        return self.bottom - self.top

    @property
    def columns(self) -> int:
        return self.right - self.left

    def holds(self, row: int, column: int) -> bool:
        return self.top <= row < self.bottom and self.left <= column < self.right


def one_cell(row: int, column: int) -> Region:
    return Region(row, column, row + 1, column + 1)


def around(places: Iterable[tuple[int, int]]) -> Region | None:
    """The smallest region that holds all places."""
    found = list(places)
    if not found:
        return None
    rows, columns = zip(*found, strict=True)
    return Region(min(rows), min(columns), max(rows) + 1, max(columns) + 1)


@dataclass(frozen=True, slots=True)
class Address:
    """Which numbers stand in a grid: a place (r,c) of it holds the cell `base`, moved along `axes`.

    With two axes rows count along the first and columns along the second; with one axis the places are
    counted through in reading order. A `turned` grid is read from its end: a filter turned by 180°.
    """

    scope: str
    part: Part
    base: Cell
    axes: tuple[int, ...]
    rows: int
    columns: int
    turned: bool = False

    def ref(self, row: int, column: int) -> Ref:
        if self.turned:
            row, column = self.rows - 1 - row, self.columns - 1 - column
        cell = list(self.base)
        steps = (row, column) if len(self.axes) > 1 else (row * self.columns + column,)
        for axis, step in zip(self.axes, steps, strict=True):
            cell[axis] += step
        return Ref(self.scope, self.part, tuple(cell))

    def place(self, ref: Ref | None) -> tuple[int, int] | None:
        """Where a number stands, if it does."""
        if ref is None or (ref.scope, ref.part) != (self.scope, self.part) or ref.example is not None:
            return None
        if ref.iteration is not None or len(ref.cell) != len(self.base):
            return None
        moved = [i - start for i, start in zip(ref.cell, self.base, strict=True)]
        if any(step for axis, step in enumerate(moved) if axis not in self.axes):
            return None
        steps = [moved[axis] for axis in self.axes]
        row, column = steps if len(steps) > 1 else divmod(steps[0], self.columns)
        if not (0 <= row < self.rows and 0 <= column < self.columns):
            return None
        return (self.rows - 1 - row, self.columns - 1 - column) if self.turned else (row, column)


class Values:
    """Numbers in rows and columns, NaN where one is not computed; equal where all of their bytes are."""

    __slots__ = ("_bytes", "array")

    def __init__(self, array: Array) -> None:
        self.array = np.ascontiguousarray(array, dtype=np.float64)
        self._bytes = self.array.tobytes()

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Values)
            and self.array.shape == other.array.shape
            and self._bytes == other._bytes
        )

    def __hash__(self) -> int:
        return hash((self.array.shape, self._bytes))


class Tone(Enum):
    """What the color of a cell says."""

    GRAY = "gray"  # how dark a pixel is, from 0 to the largest
    SIGNED = "signed"  # the diverging map about zero


class Look(Enum):
    """What a frame says about the cells in it."""

    FIELD = "field"  # what the current number is made from, and the number itself
    WINDOW = "window"  # what a pooling layer looks at
    WINNER = "winner"  # the largest cell of a window
    WON = "won"  # the largest cell of a window that the step is not about
    TERM = "term"  # the factors of the current term
    RELATED = "related"  # belongs to the number under the pointer


class Frame(NamedTuple):
    region: Region
    look: Look = Look.FIELD


@dataclass(frozen=True, slots=True)
class Grid:
    """One plane of numbers in rows and columns.

    `count` leaves away what is too much in the last row. `padding` rows and columns of zeros lie around it.
    Where something is `lit`, the rest is dimmed. `anchor` is where rays begin or end.
    """

    address: Address
    values: Values
    tone: Tone = Tone.SIGNED
    largest: float = 1.0
    decimals: int | None = None
    digits: int = 4
    role: str = "forward"
    padding: tuple[int, int] = (0, 0)
    label: str = ""
    frames: tuple[Frame, ...] = ()
    lit: Region | None = None
    anchor: Region | None = None
    into: Pass | None = None
    is_echo: bool = False  # it repeats numbers that stand elsewhere
    echo_of: Ref | None = None  # what its numbers are a step on the way to
    is_wide: bool = False  # a column of cells for a vector, wider than high
    has_bars: bool = False  # shares of one
    row_names: tuple[str, ...] = ()
    count: int = 0
    tags: tuple[tuple[tuple[int, int], int], ...] = ()
    selected: tuple[int, int] | None = None
    pointed: tuple[int, int] | None = None

    @property
    def rows(self) -> int:
        return self.values.array.shape[0]

    @property
    def columns(self) -> int:
        return self.values.array.shape[1]

    @property
    def cells(self) -> int:
        return self.count or self.rows * self.columns

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns with the padding."""
        return self.rows + 2 * self.padding[0], self.columns + 2 * self.padding[1]


class Note(NamedTuple):
    """A number that stands below a panel, after a word or a letter."""

    word: str
    number: Number
    is_letter: bool = False
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """An activation function, and where on it the current cell is."""

    sketch: Sketch
    at: tuple[float, float] | None
    name: str


@dataclass(frozen=True, slots=True)
class Panel:
    """Grids that belong together, with their title. `sheets` more of their kind lie behind them."""

    title: str
    subtitle: str = ""
    grids: tuple[Grid, ...] = ()
    caption: str = ""
    notes: tuple[Note, ...] = ()
    sheets: int = 0
    curve: Curve | None = None
    is_current: bool = False  # the one that is filled by the step

    @property
    def is_bare(self) -> bool:
        """Whether it has nothing but words and notes."""
        return not (self.grids or self.curve)


class Sign(NamedTuple):
    """What stands between two grids of a row of products."""

    text: str
    is_arrow: bool = False


@dataclass(frozen=True, slots=True)
class Product:
    """A grid in the row of products, what it is called, and the number its cells add up to."""

    grid: Grid
    name: str
    total: Number | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """The products of a sum in one row: `parts` are written out where there is room, else `short`."""

    parts: tuple[Product | Sign | Note, ...]
    short: tuple[Product | Sign | Note, ...] = ()


@dataclass(frozen=True, slots=True)
class MapPicture:
    """What is read, what it is weighed with, and what is made of it, from left to right.

    `is_backward`: the error comes from the right.
    """

    left: Panel
    middle: Panel
    right: Panel
    into: Pass | None
    is_backward: bool = False
    has_rays: bool = False
    work: Work | None = None
    room_for: Work | None = None  # what will stand in the row of products, so that nothing jumps
    joins: Layer | None = None  # the layer that reads the left panel and makes the right one
    is_cellwise: bool = False  # every cell of the right panel is made from the same cell of the left one

    @property
    def panels(self) -> tuple[Panel, Panel, Panel]:
        return self.left, self.middle, self.right

    def shows(self, ref: Ref | None) -> bool:
        """Whether a number has a place in the picture."""
        if ref is None:
            return False
        return any(
            any(grid.address.place(ref) is not None for grid in panel.grids)
            or any(note.number.ref == ref for note in panel.notes)
            for panel in self.panels
        )
