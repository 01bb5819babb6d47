"""What a grid shows apart from the marks of the step: colors, numbers, empty places, padding, names."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from nnviz.ui import style
from nnviz.ui.items.grid_colors import Colors, cell_colors, image_of, inks_on
from nnviz.ui.layout.maps import BARS, LABEL, GridPlace
from nnviz.ui.layout.maps_figures import Figures, text_for
from nnviz.ui.picture.maps_parts import Grid, Region, one_cell

LINES_FROM = 9.0  # cells smaller than this have no lines between them
MOST_EMPTY = 64  # so many empty places are drawn one by one
NAME_GAP, BAR_GAP = 8.0, 8.0
BAR_HEIGHT = 16.0
CENTER = Qt.AlignmentFlag.AlignCenter


class Cells:
    """Where the cells of a grid are on the scene."""

    def __init__(self, part: Grid, place: GridPlace) -> None:
        self.part, self.place = part, place
        self.wide, self.high = place.cell
        down, across = part.padding
        self._left, self._top = place.box.x + across * self.wide, place.box.y + down * self.high

    def rect(self, region: Region) -> QRectF:
        """A region of the grid; it may lie in the padding."""
        x, y = self._left + region.left * self.wide, self._top + region.top * self.high
        return QRectF(x, y, region.columns * self.wide, region.rows * self.high)

    def cell(self, row: int, column: int) -> QRectF:
        return self.rect(one_cell(row, column))

    @property
    def area(self) -> QRectF:
        """All cells without the padding."""
        return self.rect(Region(0, 0, self.part.rows, self.part.columns))

    @property
    def whole(self) -> QRectF:
        """All cells with the padding."""
        return QRectF(*self.place.box)

    def at(self, x: float, y: float) -> tuple[int, int] | None:
        """The cell at a point of the scene."""
        if not self.area.contains(x, y):
            return None
        row, column = int((y - self._top) / self.high), int((x - self._left) / self.wide)
        inside = row < self.part.rows and column < self.part.columns
        return (row, column) if inside and row * self.part.columns + column < self.part.cells else None

    def lattice(self, least: float, with_padding: bool = False) -> list[QLineF]:
        """The lines between all cells; only the border where cells are smaller than `least`."""
        area = self.whole if with_padding else self.area
        rows, columns = self.part.shape if with_padding else (self.part.rows, self.part.columns)
        every = (1, 1) if self.high >= least else (columns, rows)
        left, top, right, bottom = area.left(), area.top(), area.right(), area.bottom()
        xs = (left + i * self.wide for i in range(0, columns + 1, every[0]))
        ys = (top + i * self.high for i in range(0, rows + 1, every[1]))
        return [*(QLineF(x, top, x, bottom) for x in xs), *(QLineF(left, y, right, y) for y in ys)]


def face_rect(part: Grid, place: GridPlace) -> QRectF:
    """All that `paint_face` covers; it reaches into the gaps between planes, not further."""
    longest = max((len(name) for name in part.row_names), default=0)
    beside = 8.0 * longest + 2 * NAME_GAP if longest else 0.0
    label = LABEL if part.label else 0.0
    bars = BARS if part.has_bars else 0.0
    return QRectF(*place.box).adjusted(-beside - 2, -label - 2, bars + 2, 2)


def paint_face(painter: QPainter, part: Grid, place: GridPlace, figures: Figures | None) -> None:
    cells = Cells(part, place)
    _paint_label(painter, cells)
    _paint_row_names(painter, cells)
    if any(part.padding):
        _paint_padding(painter, cells, figures)
    if not np.isfinite(part.values.array).all():
        _paint_empty(painter, cells, figures)
    colors = cell_colors(part, figures is not None)
    painter.drawImage(cells.area, image_of(part, colors))
    _paint_lines(painter, cells)
    if figures is not None:
        _paint_numbers(painter, cells, figures, colors)
    if part.has_bars and part.columns == 1:
        _paint_bars(painter, cells)


def _paint_label(painter: QPainter, cells: Cells) -> None:
    """The name of the plane above it; its number alone where there is no room for more."""
    part, box = cells.part, cells.place.box
    if not part.label:
        return
    painter.setPen(QColor(style.colors().muted))
    painter.setFont(style.font(style.CAPTION, 500))
    room = QRectF(box.x - 2, box.y - LABEL, box.width + 4, LABEL - 2)
    fits = painter.fontMetrics().horizontalAdvance(part.label) <= box.width - 2
    text = part.label if fits else part.label.rpartition(" ")[2]
    painter.drawText(room, CENTER | Qt.TextFlag.TextDontClip, text)


def _paint_row_names(painter: QPainter, cells: Cells) -> None:
    painter.setPen(QColor(style.colors().muted))
    painter.setFont(style.font(style.CAPTION, 500))
    for row, name in enumerate(cells.part.row_names):
        cell = cells.cell(row, 0)
        room = QRectF(cell.left() - NAME_GAP - 200, cell.top(), 200, cell.height())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, name)


def _paint_padding(painter: QPainter, cells: Cells, figures: Figures | None) -> None:
    """The zeros around an image: dashed places that are no pixels."""
    c = style.colors()
    ring = QPainterPath()
    ring.addRect(cells.whole)
    ring.addRect(cells.area)
    painter.fillPath(ring, QColor(c.window))
    painter.setPen(_dashed(c.not_yet))
    painter.drawLines(cells.lattice(LINES_FROM, with_padding=True))
    if figures is not None:
        painter.setFont(style.font(style.CAPTION, 400))
        painter.setPen(QColor(c.muted))
        for row, column in _ring(cells.part):
            painter.drawText(cells.cell(row, column), CENTER, "0")
    painter.fillRect(cells.area, QColor(c.canvas))


def _ring(part: Grid) -> list[tuple[int, int]]:
    """The places of the padding."""
    down, across = part.padding
    rows, columns = range(-down, part.rows + down), range(-across, part.columns + across)
    inside = Region(0, 0, part.rows, part.columns)
    return [(row, column) for row in rows for column in columns if not inside.holds(row, column)]


def _paint_empty(painter: QPainter, cells: Cells, figures: Figures | None) -> None:
    """The empty places of what is not computed; one frame where they are many or small."""
    c, part = style.colors(), cells.part
    if figures is None or part.cells > MOST_EMPTY:
        painter.setPen(_dashed(c.control_border))
        painter.drawLines(cells.lattice(math.inf))
        return
    painter.setPen(_dashed(c.not_yet))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for row, column in np.argwhere(~np.isfinite(part.values.array)).tolist():
        if row * part.columns + column < part.cells:
            painter.drawRect(cells.cell(row, column).adjusted(2, 2, -2, -2))


def _dashed(color: str) -> QPen:
    pen = QPen(QColor(color), 1.1)
    pen.setDashPattern([4, 3.5])
    return pen


def _paint_lines(painter: QPainter, cells: Cells) -> None:
    """Lines between the cells that are computed: whole rows, and the beginning of one more."""
    part = cells.part
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(style.colors().line), 1))
    finite = np.isfinite(part.values.array)
    if finite.all():
        painter.drawLines(cells.lattice(LINES_FROM))
    elif cells.high >= LINES_FROM:
        for row, column in np.argwhere(finite).tolist() if part.cells <= MOST_EMPTY else ():
            painter.drawRect(cells.cell(row, column))


def _paint_numbers(painter: QPainter, cells: Cells, figures: Figures, colors: Colors) -> None:
    part, area = cells.part, cells.area
    room = QRectF(0, 0, cells.wide, cells.high)
    lines = zip(part.values.array.tolist(), inks_on(colors), strict=True)
    for row, (line, inks) in enumerate(lines):
        for column, (value, ink) in enumerate(zip(line, inks, strict=True)):
            if value != value:
                continue
            text, pixels = text_for(value, figures, cells.wide, part.digits)
            painter.setFont(style.font(pixels, 600))
            painter.setPen(ink)
            room.moveTo(area.left() + column * cells.wide, area.top() + row * cells.high)
            painter.drawText(room, CENTER, text)


def _paint_bars(painter: QPainter, cells: Cells) -> None:
    """Shares of one as bars beside a column."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(style.colors().forward))
    high = min(BAR_HEIGHT, 0.5 * cells.high)
    for row, value in enumerate(cells.part.values.array[:, 0].tolist()):
        if value == value:
            cell = cells.cell(row, 0)
            long = max(1.0, value * (BARS - BAR_GAP - 6))
            painter.drawRect(QRectF(cell.right() + BAR_GAP, cell.center().y() - high / 2, long, high))
