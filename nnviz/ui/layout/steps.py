"""Where the columns of an unrolled network stand, and which steps have room beside each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from nnviz.ui.layout.geometry import Box

SIDE, TOP, COMPACT_TOP = 40.0, 10.0, 6.0
NUMBER = 62.0  # the width of a number with four digits
LETTER = 26.0  # room for a letter at its left
PITCH, LEAST_PITCH = 200.0, 124.0
COLOR_PITCH = 84.0  # where no row is written out
ARROW = 15.0  # between two rows
TITLE = 19.0
COLOR = 36.0  # a vector of colors is so wide and at most so high
COMPACT = 14.0  # with numbers of this height a vector of colors is only as high as they are
STRIP = 26.0  # the strip of all steps
LINE, COMPACT_LINE = 17.0, 15.0  # a symbol with its number
MOST_COMPACT = 2  # lines in a small view


class RowShape(NamedTuple):
    """What the place of a row depends on: rows and columns of its numbers, or the lines of its symbols."""

    rows: int
    columns: int
    is_written: bool
    lines: int = 0

    @property
    def is_wide(self) -> bool:
        """Whether something is to be read in it."""
        return self.is_written or self.lines > 0


@dataclass(frozen=True, slots=True)
class ColumnsPlace:
    """The boxes of all vectors by column and row, the card of each column, and the strip of all steps.

    `cell` is the size of a cell of each row. `across` says how many columns have room.
    """

    boxes: tuple[tuple[Box, ...], ...]
    cards: tuple[Box, ...]
    cells: tuple[tuple[float, float], ...]
    pitch: float
    bottom: float
    strip: Box | None


def columns_across(rows: Sequence[RowShape], width: float) -> int:
    """So many columns have room beside each other."""
    return max(1, int((width - 2 * SIDE) // _least_pitch(rows)))


def window_around(step: int, steps: int, across: int) -> range:
    """The steps that are shown: pages that stay while the lesson goes along them, with neighbors."""
    if steps <= across:
        return range(steps)
    neighbor = int(across > 2)
    turned = step // (across - 2 * neighbor) * (across - 2 * neighbor)
    start = min(max(turned - neighbor, 0), steps - across)
    return range(start, start + across)


def columns_height(rows: Sequence[RowShape], size: float, has_strip: bool) -> float:
    """The height of columns whose numbers are so high."""
    high = sum(_height(row, size) for row in rows) + _arrow(size) * (len(rows) - 1)
    return high + TITLE + 2 * _edge(size) + (STRIP if has_strip else 0.0)


@lru_cache(maxsize=256)
def arrange_columns(
    rows: tuple[RowShape, ...], count: int, width: float, top: float, size: float, has_strip: bool
) -> ColumnsPlace:
    """Columns from left to right, in each the rows from below to above."""
    least = _least_pitch(rows)
    pitch = min(PITCH, max(least, (width - 2 * SIDE) / max(count, 1)))
    left = (width - pitch * count) / 2
    strip = Box(SIDE, top + 6, width - 2 * SIDE, STRIP - 12) if has_strip else None
    head = top + _edge(size) + TITLE + (STRIP if has_strip else 0.0)
    high = [_height(row, size) for row in rows]
    bottom = head + sum(high) + _arrow(size) * (len(rows) - 1)
    boxes, cards = [], []
    for k in range(count):
        middle = left + (k + 0.5) * pitch
        boxes.append(_column(rows, high, middle, bottom, size))
        half = min(pitch / 2 - 16, NUMBER / 2 + LETTER + 6)
        cards.append(Box(middle - half, head - TITLE - 2, 2 * half, bottom - head + TITLE + 8))
    cells = tuple(_cell(row, size) for row in rows)
    return ColumnsPlace(tuple(boxes), tuple(cards), cells, pitch, bottom + _edge(size), strip)


def _column(
    rows: Sequence[RowShape], high: Sequence[float], middle: float, bottom: float, size: float
) -> tuple[Box, ...]:
    boxes, y = [], bottom
    for row, height in zip(rows, high, strict=True):
        wide = row.columns * _cell(row, size)[0]
        boxes.append(Box(round(middle + (LETTER - wide) / 2), round(y - height), wide, height))
        y -= height + _arrow(size)
    return tuple(boxes)


def _least_pitch(rows: Sequence[RowShape]) -> float:
    return LEAST_PITCH if any(row.is_wide for row in rows) else COLOR_PITCH


def lines_of(box: Box, high: float) -> tuple[Box, ...]:
    """The lines of symbols in the box of a row, from above to below."""
    return tuple(box._replace(y=box.y + i * high, height=high) for i in range(round(box.height / high)))


def _height(row: RowShape, size: float) -> float:
    if row.lines:
        return (row.lines if size > COMPACT else min(row.lines, MOST_COMPACT)) * _cell(row, size)[1]
    return row.rows * _cell(row, size)[1]


def _cell(row: RowShape, size: float) -> tuple[float, float]:
    """Width and height of a cell, or of a line of symbols."""
    if row.lines:
        return NUMBER, LINE if size > COMPACT else COMPACT_LINE
    if row.is_written:
        return NUMBER, size
    most = COLOR if size > COMPACT else size
    high = max(1.0, math.floor(2 * most / max(row.rows, row.columns)) / 2)
    return (high if row.columns > 1 else COLOR), min(high, 9.0 if row.columns == 1 else high)


def _arrow(size: float) -> float:
    """The height of an arrow between two rows."""
    return ARROW if size > COMPACT else 8.0


def _edge(size: float) -> float:
    """Above and below all rows."""
    return TOP if size > COMPACT else COMPACT_TOP
