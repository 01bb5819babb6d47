"""Where the units of a feed-forward network stand on a canvas of a given size.

Column 0 holds the inputs, column c the units of layer c. A network that fits is drawn at full size, with
more room where there is more; one that nearly fits gets smaller neurons in which the numbers stay as large;
any other is scaled down as a whole.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from nnviz.ui.layout.geometry import Box, Disc, Line, Point, centered, leaves_box, leaves_disc

MARGIN = 26
TITLE_Y = 29
TOP = 48  # the titles end here
NAME = 26  # the name above an input
LEGEND = 34  # below the inputs
RADIUS, LEAST_RADIUS = 60.0, 34.0
PITCH, MOST_PITCH = 168.0, 184.0
MOST_UPRIGHT_DIGITS = 5  # with more decimals neither
UPRIGHT_RADIUS = 52.0  # below it, z and a have no room side by side
GAP, MOST_GAP, COMPACT_GAP = 128.0, 240.0, 78.0
INPUT_PITCH = 84.0
TARGET_ROOM = 112.0  # beside the outputs, where there is more than one
ABOVE_OUTPUT = 96.0  # above a single output: loss, target and error
STRIP_UNITS = 16  # a layer of more units is drawn as cells
BESIDE_STRIP_UNITS = 5  # and beside such a layer one of more than these
STRIP_ROWS = 32
MOST_CELL = 40.0
LARGEST_SCALE = 2.0


@dataclass(frozen=True, slots=True)
class Shape:
    """What a layout depends on: how many inputs and units there are, and whether there is a target."""

    inputs: int
    layers: tuple[int, ...]
    has_target: bool = False

    @property
    def columns(self) -> tuple[int, ...]:
        return (self.inputs, *self.layers)

    @property
    def targets_beside(self) -> bool:
        return self.has_target and self.layers[-1] > 1 and not self.is_strip(len(self.layers))

    def is_strip(self, column: int) -> bool:
        """Whether a column is drawn as cells, without numbers."""
        large = max(self.columns) > STRIP_UNITS
        return self.columns[column] > (BESIDE_STRIP_UNITS if large else STRIP_UNITS)

    @property
    def strips(self) -> tuple[int, ...]:
        return tuple(column for column in range(len(self.columns)) if self.is_strip(column))

    @property
    def rows(self) -> int:
        """The most neurons that stand in one column."""
        return max((n for c, n in enumerate(self.layers, 1) if not self.is_strip(c)), default=3)


@dataclass(frozen=True, slots=True)
class Sizes:
    """The measures of the glyphs. In a compact neuron z stands above a, so that both find room."""

    radius: float = RADIUS
    compact: bool = False
    value: float = 13.0
    label: float = 13.0
    small: float = 12.0
    bead: float = 12.5
    badge_height: float = 25.0
    badge_width: float = 84.0
    badge_gap: float = 5.0
    input_width: float = 68.0
    input_height: float = 46.0


FULL = Sizes()
# Where the full measures do not fit: smaller glyphs, and the least radius that still holds their numbers.
COMPACT = (
    (Sizes(RADIUS, True, 12.5, 12.0, 11.5, 10.5, 21.0, 74.0, 3.0, 62.0, 38.0), LEAST_RADIUS),
    (Sizes(RADIUS, True, 11.0, 11.0, 10.5, 9.0, 17.0, 64.0, 1.0, 56.0, 30.0), 24.0),
)
ERROR_CHARACTERS = 9  # of “t − a −0.3418” beside its digits


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its center, the width of its widest glyph, the centers of its units."""

    x: float
    half_width: float
    units: tuple[Point, ...]
    grid: tuple[int, int] | None = None  # rows and columns of cells, where the units are drawn as a strip
    cell: float = 0.0


@dataclass(frozen=True, slots=True)
class NetworkLayout:
    """Positions in design pixels; a view shows them enlarged by `scale`."""

    shape: Shape
    width: float
    height: float
    scale: float
    sizes: Sizes
    columns: tuple[Column, ...]

    def glyph(self, column: int, unit: int) -> Disc | Box:
        """The outline of a unit."""
        place = self.columns[column]
        center = place.units[unit]
        if place.grid is not None:
            return centered(center, place.cell, place.cell)
        if column == 0:
            return centered(center, self.sizes.input_width, self.sizes.input_height)
        return Disc(center, self.sizes.radius)

    def edge(self, layer: int, unit: int, source: int) -> Line:
        """From the border of unit `source` in column `layer` to the border of a unit of the next column."""
        start, end = self.glyph(layer, source), self.glyph(layer + 1, unit)
        return Line(_leaves(start, end.center), _leaves(end, start.center))

    def tint(self, column: int) -> Box:
        """The field behind a column while the class is there."""
        place = self.columns[column]
        half = place.half_width + 15
        return Box(place.x - half, 8, 2 * half, self.height - 16)

    def badge(self, column: int, unit: int, width: float = 0.0) -> Box:
        """The place of δ below a neuron."""
        sizes, center = self.sizes, self.columns[column].units[unit]
        y = center.y + sizes.radius + sizes.badge_gap
        wide = max(width, sizes.badge_width)
        return Box(center.x - wide / 2, y, wide, sizes.badge_height)


def arrange(shape: Shape, width: float, height: float, digits: int = 4) -> NetworkLayout:
    """The layout of a network on a canvas of `width` × `height`, for numbers of so many decimals."""
    natural = _natural_size(shape)
    scale = min(width / natural[0], height / natural[1], LARGEST_SCALE)
    if scale < 0.92:
        compact = _compact(shape, width, height)
        if compact is not None:
            return _place(shape, width, height, 1.0, compact, digits)
    sizes = replace(FULL, compact=digits > MOST_UPRIGHT_DIGITS)
    return _place(shape, width / scale, height / scale, scale, sizes, digits)


def _natural_size(shape: Shape) -> tuple[float, float]:
    height = _natural_height(shape)
    widths = sum(2 * _half_width(shape, c, height, FULL) for c in range(len(shape.columns)))
    width = 2 * MARGIN + widths + len(shape.layers) * GAP + (TARGET_ROOM if shape.targets_beside else 0)
    return width, height


def _natural_height(shape: Shape) -> float:
    height = TOP + FULL.bead + 2 * RADIUS + (shape.rows - 1) * PITCH + FULL.badge_height + 31 - FULL.bead
    inputs = 0 if shape.is_strip(0) else TOP + shape.inputs * INPUT_PITCH + 30
    needed = 2 * (_crown(FULL) + RADIUS - _middle(0, FULL)) if _target_above(shape) else 0
    strips = 420 if shape.strips else 0
    return max(height, inputs, needed, strips)


def _target_above(shape: Shape) -> bool:
    return shape.has_target and shape.layers[-1] == 1


def _compact(shape: Shape, width: float, height: float) -> Sizes | None:
    """Smaller neurons around numbers that stay readable; None where even the smallest do not fit."""
    if shape.strips:
        return None
    fitted = (_fitted(shape, width, height, sizes, least) for sizes, least in COMPACT)
    return next((sizes for sizes in fitted if sizes is not None), None)


def _fitted(shape: Shape, width: float, height: float, sizes: Sizes, least: float) -> Sizes | None:
    """These sizes with neurons as large as there is room for; None where they would be too small."""
    rows, layers = max(shape.layers), len(shape.layers)
    around = sizes.bead + sizes.badge_gap + sizes.badge_height + 5
    high = ((height - TOP + 4) / rows - around) / 2
    if _target_above(shape):
        high = min(high, _middle(height, sizes) - _crown(sizes) + 12)
    beside = 2 * MARGIN + sizes.input_width + (TARGET_ROOM if shape.targets_beside else 0)
    wide = (width - beside - layers * COMPACT_GAP) / (2 * layers)
    radius = min(high, wide, RADIUS)
    inputs_fit = shape.inputs * (sizes.input_height + 24) <= height - TOP
    if radius < least or not inputs_fit:
        return None
    return replace(sizes, radius=radius, compact=radius < UPRIGHT_RADIUS)


def _half_width(shape: Shape, column: int, height: float, sizes: Sizes) -> float:
    units = shape.columns[column]
    if shape.is_strip(column):
        rows, columns = grid_of(units, column == 0)
        return columns * _cell_size(rows, height) / 2
    return sizes.input_width / 2 if column == 0 else sizes.radius


def grid_of(units: int, square: bool) -> tuple[int, int]:
    """Rows and columns of the cells of a large layer; inputs that may be an image stand in a square."""
    side = math.isqrt(units)
    if square and side * side == units:
        return side, side
    columns = -(-units // STRIP_ROWS)
    return -(-units // columns), columns


def _cell_size(rows: int, height: float) -> float:
    return min(MOST_CELL, (height - TOP - 60) / rows)


def _place(
    shape: Shape, width: float, height: float, scale: float, sizes: Sizes, digits: int
) -> NetworkLayout:
    halves = [_half_width(shape, c, height, sizes) for c in range(len(shape.columns))]
    room = TARGET_ROOM if shape.targets_beside else _overhang(sizes, digits)
    free = width - 2 * MARGIN - room - 2 * sum(halves)
    gap = min(free / len(shape.layers), MOST_GAP / min(1.0, scale))
    x = (width - room - 2 * sum(halves) - gap * len(shape.layers)) / 2
    columns = []
    for index, half in enumerate(halves):
        columns.append(_column(shape, index, x + half, half, height, sizes))
        x += 2 * half + gap
    return NetworkLayout(shape, width, height, scale, sizes, tuple(columns))


def _overhang(sizes: Sizes, digits: int) -> float:
    """How far the error above an output and the badge below it reach beyond the neuron and its margin."""
    widest = 0.62 * sizes.value * (digits + ERROR_CHARACTERS)
    return max(0.0, widest / 2 - sizes.radius - MARGIN / 2)


def _column(shape: Shape, index: int, x: float, half: float, height: float, sizes: Sizes) -> Column:
    units = shape.columns[index]
    middle = _middle(height, sizes)
    if shape.is_strip(index):
        return _strip(units, index, x, half, height)
    pitch = _pitch(shape, index, height, sizes)
    top = middle - (units - 1) * pitch / 2
    if index == 0:
        top = max(top, TOP + NAME + sizes.input_height / 2)
    return Column(x, half, tuple(Point(x, top + i * pitch) for i in range(units)))


def _crown(sizes: Sizes) -> float:
    """Where a single output may begin at the earliest, below its title, loss, target and error."""
    return TOP + ABOVE_OUTPUT + sizes.bead


def _middle(height: float, sizes: Sizes) -> float:
    """The height at which a column is centered, with the crown above and the badge below a neuron."""
    above, below = (
        TOP + sizes.bead,
        sizes.badge_gap + sizes.badge_height + (4 if sizes.radius < RADIUS else 26),
    )
    return (above + height - below) / 2


def _pitch(shape: Shape, index: int, height: float, sizes: Sizes) -> float:
    around = 2 * sizes.radius + sizes.bead + sizes.badge_gap + sizes.badge_height
    room = height - TOP - (0 if sizes.radius < RADIUS else 26) - around
    pitch = room / (shape.rows - 1) if shape.rows > 1 else MOST_PITCH
    pitch = min(max(pitch, around), MOST_PITCH)
    units = shape.columns[index]
    if index == 0 and units > 1:
        return min(pitch, (height - TOP - NAME - LEGEND - sizes.input_height) / (units - 1))
    return pitch


def _strip(units: int, index: int, x: float, half: float, height: float) -> Column:
    rows, columns = grid_of(units, index == 0)
    cell = _cell_size(rows, height)
    top = (TOP + height) / 2 - (rows - 1) * cell / 2
    left = x - (columns - 1) * cell / 2
    places = tuple(Point(left + (i % columns) * cell, top + (i // columns) * cell) for i in range(units))
    return Column(x, half, places, (rows, columns), cell)


def _leaves(glyph: Disc | Box, toward: Point) -> Point:
    return leaves_disc(glyph, toward) if isinstance(glyph, Disc) else leaves_box(glyph, toward)
