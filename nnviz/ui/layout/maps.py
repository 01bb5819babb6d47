"""Where the panels of a network of maps stand: source, kernel and target beside each other."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from nnviz.ui.layout.geometry import Box

MARGIN = 28.0
TOP = 12.0
HEAD = 46.0  # title and subtitle above the grids
LINE = 25.0  # a caption or note below them
GAP, LEAST_GAP = 84.0, 50.0
PLANE_GAP = 10.0
LABEL = 17.0  # above every one of several planes
SHEET = 9.0
LEAST_PANEL = 112.0
NAME = 7.4  # the width of a letter of a row's name
BARS = 96.0
WIDE_CELL = 84.0
TALL = 1.5  # of the only row of a sequence
CURVE = (150.0, 96.0)
OVERVIEWS = ((470.0, 104.0), (430.0, 68.0))  # from a height of the view on: a band of this height
SIZES = (
    64,
    60,
    56,
    52,
    48,
    44,
    40,
    38,
    36,
    34,
    32,
    30,
    28,
    26,
    24,
    22,
    20,
    18,
    16,
    15,
    14,
    13,
    12,
    11,
    10,
    9,
    8,
)
SMALL_SIZES = (7, 6, 5, 4.5, 4, 3.5, 3, 2.5, 2, 1.5, 1, 0.75, 0.5)
LADDER = tuple(float(size) for size in (*SIZES, *SMALL_SIZES))
KEEP = (48.0, 34.0, 24.0)  # cells down to these sizes give way before smaller ones
CAP, CURRENT_CAP = 60.0, 64.0  # the largest cells of a panel, and of the one that is filled


class GridShape(NamedTuple):
    """What the place of a grid depends on."""

    rows: int
    columns: int
    is_wide: bool = False
    has_label: bool = False
    name: int = 0  # letters in the longest name of a row
    has_bars: bool = False


class PanelShape(NamedTuple):
    """What the place of a panel depends on."""

    grids: tuple[GridShape, ...] = ()
    lines: int = 0  # of caption and notes below the grids
    sheets: int = 0
    has_curve: bool = False
    has_title: bool = False
    cap: float = CAP
    share: float = 1.0  # of the height, at most

    @property
    def is_empty(self) -> bool:
        return not self.grids and not self.has_curve


@dataclass(frozen=True, slots=True)
class GridPlace:
    """The room of a grid with its padding, and the size of a cell."""

    box: Box
    cell: tuple[float, float]


@dataclass(frozen=True, slots=True)
class PanelPlace:
    """The block of all grids of a panel, the grids in it, and the lines above and below."""

    block: Box
    grids: tuple[GridPlace, ...]
    title: Box
    subtitle: Box
    lines: tuple[Box, ...]


class _Size(NamedTuple):
    """A panel with cells of a size and so many planes beside each other."""

    width: float
    height: float
    cell: float
    across: int


def overview_height(height: float) -> float:
    """The room at the bottom of the scene for an overview of all layers; a lower band in a low view."""
    return next((band for least, band in OVERVIEWS if height >= least), 0.0)


def _cell(shape: GridShape, cell: float) -> tuple[float, float]:
    """Width and height of a cell; those of a column of units are wider than high, of a sequence higher."""
    if not shape.is_wide:
        return cell, max(cell, min(TALL * cell, CAP)) if shape.rows == 1 and shape.columns > 1 else cell
    return (WIDE_CELL if cell >= 20 else 2.4 * cell), cell


def _extent(shape: GridShape, cell: float) -> tuple[float, float]:
    """Width and height of a grid with its label, names and bars."""
    wide, high = _cell(shape, cell)
    beside = NAME * shape.name + 8 if shape.name else 0.0
    bars = BARS if shape.has_bars and shape.is_wide else 0.0
    return shape.columns * wide + beside + bars, shape.rows * high + (LABEL if shape.has_label else 0.0)


def _measured(panel: PanelShape, cell: float, across: int) -> _Size:
    if panel.has_curve:
        return _Size(*CURVE, 0.0, 1)
    if not panel.grids:
        return _Size(0.0, 0.0, 0.0, 1)
    extents = [_extent(grid, cell) for grid in panel.grids]
    down = math.ceil(len(extents) / across)
    wide, high = max(w for w, _ in extents), max(h for _, h in extents)
    gap = PLANE_GAP if cell >= 8 else 5.0
    behind = SHEET * min(panel.sheets, 2)
    return _Size(
        across * wide + (across - 1) * gap + behind, down * high + (down - 1) * gap + behind, cell, across
    )


@lru_cache(maxsize=4096)
def _largest(panel: PanelShape, width: float, height: float, prefer: int) -> _Size:
    """The largest cells with which a panel keeps inside a room; `prefer` planes across if it costs little."""
    if any(grid.is_wide for grid in panel.grids):
        return _fitting(panel, width, height, len(panel.grids))
    found = [_fitting(panel, width, height, across) for across in _counts(len(panel.grids) or 1)]
    largest = max(size.cell for size in found)
    preferred = next((size for size in found if size.across == prefer), None)
    if preferred is not None and preferred.cell >= 0.75 * largest:
        return preferred
    return min((size for size in found if size.cell >= 0.9 * largest), key=_oblong)


def _oblong(size: _Size) -> float:
    """How far a panel is from a square."""
    return abs(math.log(max(size.width, 1.0) / max(size.height, 1.0)))


def _counts(planes: int) -> list[int]:
    """How many planes may stand beside each other: all rows are full where that is possible."""
    divisors = [n for n in range(1, planes + 1) if planes % n == 0]
    return divisors if len(divisors) > 2 or planes <= 4 else list(range(1, planes + 1))


def _fitting(panel: PanelShape, width: float, height: float, across: int) -> _Size:
    for cell in LADDER:
        size = _measured(panel, cell, across)
        if cell <= panel.cap and size.width <= width and size.height <= panel.share * height:
            return size
    return _measured(panel, LADDER[-1], across)


def _column(panel: PanelShape, size: _Size) -> float:
    """How wide a panel is with its title."""
    if panel.is_empty and not panel.lines and not panel.has_title:
        return 0.0
    return max(size.width, LEAST_PANEL)


@lru_cache(maxsize=1024)
def arrange_panels(panels: tuple[PanelShape, ...], room: Box) -> tuple[PanelPlace, ...]:
    """The places of panels beside each other, the grids as large as the room lets them be."""
    lines = max(panel.lines for panel in panels)
    height = room.height - HEAD - lines * LINE
    sizes = _sizes(panels, room.width, height)
    tallest = max(size.height for size in sizes)
    sizes = [size if size.height else size._replace(height=tallest) for size in sizes]
    columns = [_column(panel, size) for panel, size in zip(panels, sizes, strict=True)]
    shown = sum(column > 0 for column in columns)
    free = room.width - sum(columns)
    gap = min(max(free / (shown + 1), min(GAP, free / max(shown - 1, 1))), 2.2 * GAP)
    x = room.x + (room.width - sum(columns) - gap * (shown - 1)) / 2
    middle = room.y + HEAD + height / 2
    places = []
    for panel, size, column in zip(panels, sizes, columns, strict=True):
        places.append(_placed(panel, size, x, column, middle, gap))
        x += column + gap if column else 0.0
    return tuple(places)


def _sizes(panels: tuple[PanelShape, ...], width: float, height: float) -> list[_Size]:
    """The widest panel gives way until all of them fit, one that keeps its numbers before others."""
    limits = [width] * len(panels)
    while True:
        sizes: list[_Size] = []
        for panel, limit in zip(panels, limits, strict=True):
            same = sizes[0].across if sizes and len(panels[0].grids) == len(panel.grids) else 0
            sizes.append(_largest(panel, limit, height, same))
        columns = [_column(panel, size) for panel, size in zip(panels, sizes, strict=True)]
        gaps = LEAST_GAP * (sum(column > 0 for column in columns) - 1)
        if sum(columns) + gaps <= width:
            return sizes
        wide = [i for i, size in enumerate(sizes) if size.width > LEAST_PANEL and size.cell > LADDER[-1]]
        if not wide:
            return sizes
        widest = max(wide, key=lambda i: (*(sizes[i].cell > keep for keep in KEEP), sizes[i].width))
        limits[widest] = sizes[widest].width - 4


def _placed(panel: PanelShape, size: _Size, x: float, column: float, middle: float, gap: float) -> PanelPlace:
    behind = SHEET * min(panel.sheets, 2)
    left, top = round(x + (column - size.width) / 2), round(middle - size.height / 2)
    block = Box(left, top + behind, size.width - behind, size.height - behind)
    grids = _grids(panel, size, block) if panel.grids else ()
    wide = Box(x - gap / 2 + 6, 0, column + gap - 12, 20)
    title = _at_height(wide, top - HEAD)
    below = block.bottom + 4 if not panel.is_empty else middle - panel.lines * LINE / 2
    lines = tuple(_at_height(wide, below + i * LINE) for i in range(panel.lines))
    return PanelPlace(block, grids, title, _at_height(wide, top - HEAD + 20), lines)


def _at_height(box: Box, y: float) -> Box:
    return box._replace(y=y)


def _grids(panel: PanelShape, size: _Size, block: Box) -> tuple[GridPlace, ...]:
    """The grids of a block in reading order; a last row that is not full stands at the left."""
    extents = [_extent(grid, size.cell) for grid in panel.grids]
    wide, high = max(w for w, _ in extents), max(h for _, h in extents)
    gap = PLANE_GAP if size.cell >= 8 else 5.0
    places = []
    for index, grid in enumerate(panel.grids):
        down, across = divmod(index, size.across)
        x, y = block.x + across * (wide + gap), block.y + down * (high + gap)
        cell = _cell(grid, size.cell)
        x += NAME * grid.name + 8 if grid.name else 0.0
        y += LABEL if grid.has_label else 0.0
        places.append(GridPlace(Box(x, y, grid.columns * cell[0], grid.rows * cell[1]), cell))
    return tuple(places)
