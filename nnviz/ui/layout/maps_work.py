"""Where the row of products stands: grids, signs and numbers in one line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from nnviz.ui.layout.geometry import Box
from nnviz.ui.layout.maps import GridPlace

NAME_LINE = 20.0
SIGN, ARROW, NUMBER = 30.0, 56.0, 84.0
LEAST_CELL = 9.0
WIDE_CELLS = (60.0, 52.0, 46.0)
CELLS = (38.0, 36.0, 34.0, 32.0, 30.0, 26.0, 22.0, 18.0, 15.0, 12.0, 10.0, 9.0)
NUMBER_HEIGHT = 40.0


class WorkShape(NamedTuple):
    """One part of the row: a grid of rows and columns, or a sign, an arrow or a number."""

    kind: str
    rows: int = 0
    columns: int = 0


@dataclass(frozen=True, slots=True)
class WorkPlace:
    """The boxes of the parts, and for grids the size of a cell."""

    boxes: tuple[GridPlace, ...]
    cell: float


WIDTHS = {"sign": SIGN, "arrow": ARROW, "number": NUMBER}


@lru_cache(maxsize=512)
def arrange_work(parts: tuple[WorkShape, ...], room: Box, least: float) -> WorkPlace | None:
    """The row in the middle of its room; None where its cells would be smaller than `least`."""
    rows = max((part.rows for part in parts), default=0)
    high = room.height - NAME_LINE
    candidates = (*WIDE_CELLS, *CELLS) if rows == 1 else CELLS
    cell = next((c for c in candidates if c * rows <= high and _width(parts, c) <= room.width), None)
    if cell is None or (rows and cell < least):
        return None
    x = float(round(room.x + (room.width - _width(parts, cell)) / 2))
    middle = round(room.y + high / 2)
    boxes = []
    for part in parts:
        wide = _part_width(part, cell)
        tall = part.rows * min(cell, 40.0) if part.kind == "grid" else NUMBER_HEIGHT
        size = (cell, min(cell, 40.0))
        boxes.append(GridPlace(Box(x, middle - tall / 2, wide, tall), size))
        x += wide + (4 if part.kind == "grid" else 0)
    return WorkPlace(tuple(boxes), cell)


def _part_width(part: WorkShape, cell: float) -> float:
    return part.columns * cell if part.kind == "grid" else WIDTHS[part.kind]


def _width(parts: tuple[WorkShape, ...], cell: float) -> float:
    return sum(_part_width(part, cell) + (4 if part.kind == "grid" else 0) for part in parts)
