"""Where the layers of a network stand in the band at the bottom of the canvas. No Qt."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from nnviz.engine.ops.base import Cell
from nnviz.ui.layout.geometry import Box
from nnviz.ui.picture.overview import Label

MARGIN, TOP = 18.0, 12.0
LABEL, LABEL_GAP = 18.0, 10.0
GAP = 2.0  # between maps
LEAST_ARROW, MOST_ARROW = 22.0, 72.0  # between layers
LARGEST_CELL, LARGEST_UNIT = 9.0, 12.0
SEQUENCE_HEIGHT = 14.0
WIDEST_VECTOR = 40.0
WINNER = 24.0  # right of the outputs, for the name of the largest


class Fit(NamedTuple):
    """How wide the maps of a layer may become, and whether its size stands under it."""

    widest: float
    is_full: bool


FITS = (Fit(130, True), Fit(130, False), Fit(90, False), Fit(60, False), Fit(36, False))


@dataclass(frozen=True, slots=True)
class Tiles:
    """Planes of cells of one size: each with its box, `columns` cells wide and `cells` in all."""

    width: float
    height: float
    cell: tuple[float, float]
    columns: int
    cells: int
    planes: tuple[tuple[float, float], ...]  # left top corners

    @property
    def plane(self) -> tuple[float, float]:
        """Width and height of a plane."""
        rows = math.ceil(self.cells / self.columns)
        return self.columns * self.cell[0], rows * self.cell[1]


@dataclass(frozen=True, slots=True)
class ThumbnailPlace:
    """A layer in the band: its planes, and its label below."""

    box: Box
    tiles: Tiles
    label: str
    label_box: Box

    def cell_box(self, plane: int, cell: int) -> Box:
        """A cell by its place in its plane, in reading order."""
        (x, y), (wide, high) = self.tiles.planes[plane], self.tiles.cell
        row, column = divmod(cell, self.tiles.columns)
        return Box(self.box.x + x + column * wide, self.box.y + y + row * high, wide, high)

    def plane_box(self, plane: int) -> Box:
        x, y = self.tiles.planes[plane]
        return Box(self.box.x + x, self.box.y + y, *self.tiles.plane)

    def cell_at(self, x: float, y: float) -> tuple[int, int] | None:
        """The plane and the cell in it under a point; the gaps between planes belong to none."""
        for plane in range(len(self.tiles.planes)):
            box = self.plane_box(plane)
            if box.x <= x < box.right and box.y <= y < box.bottom:
                row, column = int((y - box.y) / self.tiles.cell[1]), int((x - box.x) / self.tiles.cell[0])
                cell = row * self.tiles.columns + column
                return (plane, cell) if cell < self.tiles.cells else None
        return None


def arrange_overview(
    shapes: Sequence[Cell], labels: Sequence[Label], measure: Callable[[str], float], box: Box
) -> tuple[ThumbnailPlace, ...]:
    """All layers side by side, as roomy as fits into the width of the box."""
    height = box.height - TOP - LABEL - LABEL_GAP
    room = box.width - 2 * MARGIN - WINNER
    for fit in FITS:
        tiles = [tiles_of(shape, fit.widest, height) for shape in shapes]
        texts = [label.full if fit.is_full else label.short for label in labels]
        widths = [max(one.width, measure(text)) for one, text in zip(tiles, texts, strict=True)]
        if sum(widths) + LEAST_ARROW * (len(tiles) - 1) <= room:
            break
    else:
        widths = [max(one.width, LEAST_ARROW) for one in tiles]
    gaps = max(len(tiles) - 1, 1)
    gap = min(MOST_ARROW, max(4.0, (room - sum(widths)) / gaps))
    left = box.x + MARGIN + max(0.0, (room - sum(widths) - gap * (len(tiles) - 1)) / 2)
    places = []
    for one, text, width in zip(tiles, texts, widths, strict=True):
        x, y = left + (width - one.width) / 2, box.y + TOP + (height - one.height) / 2
        area = Box(round(x), round(y), one.width, one.height)  # whole pixels look sharp
        label = Box(left - gap / 2 + 2, box.bottom - LABEL - 3, width + gap - 4, LABEL)
        places.append(ThumbnailPlace(area, one, text, label))
        left += width + gap
    return tuple(places)


def tiles_of(shape: Cell, widest: float, height: float) -> Tiles:
    """How the numbers of a layer fill a height and a width."""
    return _vector(shape[0], widest, height) if len(shape) == 1 else _maps(shape, widest, height)


def _vector(units: int, widest: float, height: float) -> Tiles:
    """One column where it is readable, else as few as possible."""
    size = min(LARGEST_UNIT, height // units)
    columns = 1
    if size < 5:
        size, columns = _smaller(units, min(widest, WIDEST_VECTOR), height)
    rows = math.ceil(units / columns)
    return Tiles(columns * size, rows * size, (size, size), columns, units, ((0.0, 0.0),))


def _smaller(units: int, widest: float, height: float) -> tuple[float, int]:
    """The size of a cell and the number of columns for many units."""
    for size in (6.0, 5.0, 4.0, 3.0, 2.0, 1.0):
        columns = math.ceil(units / (height // size))
        if columns * size <= widest:
            return size, columns
    columns = math.ceil(math.sqrt(units * widest / height))
    return widest / columns, columns


def _maps(shape: Cell, widest: float, height: float) -> Tiles:
    """Maps in rows: square cells, whole pixels where they are larger than one."""
    maps, rows, columns = shape
    down = rows_of_maps(maps)
    across = math.ceil(maps / down)
    high = (height - (down - 1) * GAP) / down
    wide = (widest - (across - 1) * GAP) / across
    size = _whole(min(high / rows, wide / columns, LARGEST_CELL))
    cell = (size, size) if rows > 1 else (size, min(high, SEQUENCE_HEIGHT))
    pitch = (columns * cell[0] + GAP, rows * cell[1] + GAP)
    planes = tuple((k % across * pitch[0], k // across * pitch[1]) for k in range(maps))
    size_of_all = (across * pitch[0] - GAP, down * pitch[1] - GAP)
    return Tiles(*size_of_all, cell, columns, rows * columns, planes)


def _whole(size: float) -> float:
    if size < 1:
        return size
    return math.floor(size) if size >= 3 else math.floor(2 * size) / 2


def rows_of_maps(maps: int) -> int:
    """In how many rows maps stand: up to three in one, more in a block that is wider than high."""
    if maps <= 3:
        return 1
    exact = [n for n in range(2, math.isqrt(maps) + 1) if maps % n == 0 and maps / n <= 3 * n]
    return exact[-1] if exact else math.isqrt(maps)
