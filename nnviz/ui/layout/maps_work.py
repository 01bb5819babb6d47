"""Where the row of products stands: grids, signs and numbers in one line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from nnviz.ui.layout.geometry import Box
from nnviz.ui.layout.maps import GridPlace

NAME_LINE = 20.0
SIGN, ARROW, NUMBER = 30.0, 56.0, 84.0
LEAST_CELL = 9.0
WIDTHS_OF_CELLS = (60.0, 58.0, 52.0, 46.0, 42.0, 38.0, 35.0)  # with decimals, or in one row
CELLS = (40.0, 38.0, 36.0, 34.0, 32.0, 30.0, 28.0, 26.0, 24.0, 22.0, 20.0, 18.0, 15.0, 12.0, 10.0, 9.0)
LEAST_LINE = 18.0  # the lowest cell that still has a number
NUMBER_HEIGHT = 40.0


class WorkShape(NamedTuple):
    """One part of the row: a grid of rows and columns, or a sign, an arrow or a number."""

    kind: str
    rows: int = 0
    columns: int = 0
    wanted: float = 0.0  # the width of a cell in which its numbers stand in full


@dataclass(frozen=True, slots=True)
class WorkPlace:
    """The boxes of the parts, and for grids the size of a cell."""

    boxes: tuple[GridPlace, ...]
    cell: float


WIDTHS = {"sign": SIGN, "arrow": ARROW, "number": NUMBER}


@lru_cache(maxsize=512)
def arrange_work(parts: tuple[WorkShape, ...], room: Box, least: float) -> WorkPlace | None:
    """The row in the middle of its room; None where its cells would be narrower than `least`."""
    rows = max((part.rows for part in parts), default=0)
    high = room.height - NAME_LINE
    size = next((cell for cell in _cells(parts, rows, high) if _width(parts, cell[0]) <= room.width), None)
    if size is None or (rows and (size[0] < least or size[1] < min(least, LEAST_LINE))):
        return None
    x = float(round(room.x + (room.width - _width(parts, size[0])) / 2))
    middle = round(room.y + high / 2)
    boxes = []
    for part in parts:
        wide = _part_width(part, size[0])
        tall = part.rows * size[1] if part.kind == "grid" else NUMBER_HEIGHT
        boxes.append(GridPlace(Box(x, middle - tall / 2, wide, tall), size))
        x += wide + (4 if part.kind == "grid" else 0)
    return WorkPlace(tuple(boxes), size[0])


def _cells(parts: tuple[WorkShape, ...], rows: int, high: float) -> Iterator[tuple[float, float]]:
    """Sizes of cells that are not too high, the best one first: squares, and wider ones for long numbers."""
    wanted = WIDTHS_OF_CELLS[0] if rows == 1 else max((part.wanted for part in parts), default=0.0)
    for cell in CELLS:
        if cell * rows <= high:
            yield from ((wide, cell) for wide in WIDTHS_OF_CELLS if cell < wide <= wanted)
            yield cell, cell


def _part_width(part: WorkShape, cell: float) -> float:
    return part.columns * cell if part.kind == "grid" else WIDTHS[part.kind]


def _width(parts: tuple[WorkShape, ...], cell: float) -> float:
    return sum(_part_width(part, cell) + (4 if part.kind == "grid" else 0) for part in parts)
