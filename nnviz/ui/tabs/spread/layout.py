"""Where violins stand: a row a quantity, a column a layer, and below them the gradients as bars."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nnviz.engine.numbers import MINUS, own_decimals, show
from nnviz.engine.spread import Axis
from nnviz.engine.typeset import SUPERSCRIPTS
from nnviz.ui.layout.geometry import Box

GUTTER, RIGHT, HEADER = 66.0, 8.0, 24.0
LEAST_COLUMN, SCROLLED_COLUMN = 46.0, 54.0
LEAST_ROW, MOST_ROW = 88.0, 170.0
ABOVE, FIGURES = 9.0, 25.0  # over a plot, and for the line of figures below it
BARS_HEADING, BAR, TICKS, BOTTOM = 34.0, 24.0, 22.0, 8.0
BAR_NAMES, BAR_FIGURES = 84.0, 62.0
APART = 15.0  # lines of figures at an axis

NUMBERED = re.compile(r"(\w)\w*\D*? (\d+)")


@dataclass(frozen=True, slots=True)
class Plan:
    """The places in a view of a size; x runs over all columns, of which a narrow view shows some."""

    width: float
    height: float
    rows: int
    columns: int
    bars: int

    @property
    def column_width(self) -> float:
        """Narrow rather than scrolled, but where they must be scrolled there is room for all figures."""
        fitting = (self.width - GUTTER - RIGHT) / max(self.columns, 1)
        return fitting if fitting >= LEAST_COLUMN else SCROLLED_COLUMN

    @property
    def row_height(self) -> float:
        """What the bars leave, so that all is seen at once where there is room for it."""
        left = (self.height - HEADER - self.bars_height) / max(self.rows, 1)
        return min(max(left, LEAST_ROW), MOST_ROW)

    @property
    def bars_height(self) -> float:
        return BARS_HEADING + self.bars * BAR + TICKS + BOTTOM if self.bars else 0.0

    @property
    def size(self) -> tuple[float, float]:
        """Of all that can be scrolled to."""
        wide = GUTTER + self.columns * self.column_width + RIGHT
        return wide, HEADER + self.rows * self.row_height + self.bars_height

    def title(self, column: int) -> Box:
        return Box(GUTTER + column * self.column_width, 0, self.column_width, HEADER)

    def row(self, row: int) -> Box:
        """A row over all columns, without the gutter."""
        top = HEADER + row * self.row_height
        return Box(GUTTER, top, self.columns * self.column_width, self.row_height)

    def plot(self, row: int, column: int) -> Box:
        """Where a violin stands, from the low end of its axis to the high one."""
        whole = self.row(row)
        x = whole.x + column * self.column_width
        return Box(x, whole.y + ABOVE, self.column_width, whole.height - ABOVE - FIGURES)

    def figures(self, row: int, column: int) -> Box:
        plot = self.plot(row, column)
        return Box(plot.x, plot.bottom + 6, plot.width, FIGURES - 8)

    def cell_at(self, x: float, y: float) -> tuple[int, int] | None:
        """Row and column at a place."""
        row, column = int((y - HEADER) // self.row_height), int((x - GUTTER) // self.column_width)
        return (row, column) if 0 <= row < self.rows and 0 <= column < self.columns else None

    # The bars, which are not scrolled sideways

    @property
    def bars_top(self) -> float:
        return HEADER + self.rows * self.row_height

    def bar(self, index: int) -> Box:
        """The room of a bar whose value is the highest of the axis."""
        wide = self.width - BAR_NAMES - BAR_FIGURES - RIGHT
        return Box(BAR_NAMES, self.bars_top + BARS_HEADING + index * BAR + 3, wide, BAR - 6)

    def bar_at(self, y: float) -> int | None:
        index = int((y - self.bars_top - BARS_HEADING) // BAR)
        return index if 0 <= index < self.bars else None


def labels_of(axis: Axis, length: float) -> list[tuple[float, str]]:
    """The ticks of an axis that have room for their figures, with their places from 0 to 1.

    Zero and the ends come first; of the others what is left between them.
    """
    ticks = axis.ticks()
    places = axis.place(np.array(ticks)).tolist()
    order = sorted(zip(places, ticks, strict=True), key=lambda one: (one[1] != 0, -abs(one[1])))
    kept: list[tuple[float, float]] = []
    for place, tick in order:
        if all(abs(place - other) * length >= APART for other, _ in kept):
            kept.append((place, tick))
    return [(place, tick_text(tick, axis.is_logarithmic)) for place, tick in sorted(kept)]


def tick_text(value: float, is_power: bool = False) -> str:
    """A tick as text: ``0.015``, and ``−10⁻³`` on a logarithmic axis."""
    if is_power and value:
        return f"{MINUS if value < 0 else ''}{power(round(math.log10(abs(value))))}"
    return show(value, 4, own_decimals([value]))


def power(exponent: int) -> str:
    """A power of ten."""
    return "10" + str(exponent).replace("-", "⁻").translate(SUPERSCRIPTS)


def range_text(axis: Axis) -> str:
    """The ends of an axis in a few figures."""
    if axis.low == -axis.high:
        return f"± {tick_text(axis.high)}"
    return f"{tick_text(axis.low)} … {tick_text(axis.high)}"


def powers_between(first: int, last: int, most: int) -> Sequence[int]:
    """The powers of an axis that are labeled, at most so many."""
    return range(first, last + 1, max(1, math.ceil((last - first) / max(most - 1, 1))))


def shortened(title: str) -> str:
    """The title of a layer where there is little room: ``Hidden 10`` becomes ``H 10``, ``Output`` ``Out``."""
    match = NUMBERED.fullmatch(title)
    return f"{match[1]} {match[2]}" if match else title[:3]
