"""A grid of numbers that is one item: pixels, feature maps, filters, columns of units."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPaintEngine, QPainter, QPainterPath, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem

from nnviz.engine.numbers import show
from nnviz.engine.ref import Ref
from nnviz.ui import style
from nnviz.ui.items.grid_face import Cells, face_rect, paint_face
from nnviz.ui.items.number import TAG_RADIUS, NumberItem
from nnviz.ui.layout.maps import GridPlace
from nnviz.ui.layout.maps_figures import Figures
from nnviz.ui.picture.maps_parts import Frame, Grid, Look
from nnviz.ui.picture.parts import Number

DIMMED = 0.58  # what is left of the color of cells that the step does not look at
CORNERS_FROM = 15.0  # smaller cells do not show that they won a window
THICK_FROM = 12.0
MARGIN = 12.0
SMALL_TAG_BELOW = 44.0
WIDTHS = {Look.FIELD: 4.0, Look.WINDOW: 1.8, Look.WINNER: 2.4, Look.TERM: 3.0, Look.RELATED: 2.0}


class GridItem(NumberItem):
    """Paints one grid where it is placed, and knows which number is where.

    All but the marks of the step is kept as a picture, so that a frame that moves on costs next to nothing.
    """

    def __init__(self) -> None:
        super().__init__()
        self.part: Grid | None = None
        self._cells: Cells | None = None
        self._figures: Figures | None = None
        self._plain: Grid | None = None
        self._face: tuple[tuple[float, float, style.Colors], QPixmap] | None = None
        self.setZValue(2)

    def show_part(self, part: Grid, place: GridPlace, figures: Figures | None) -> None:
        """Show a grid where it is placed, its numbers as its panel writes them; None leaves them away."""
        before = (self._cells.place, self._figures) if self._cells is not None else None
        if (part, (place, figures)) == (self.part, before):
            return
        plain = _without_marks(part)
        if (plain, (place, figures)) != (self._plain, before):
            self._face = None
        self.part, self._plain, self._cells, self._figures = part, plain, Cells(part, place), figures
        self.set_bounds(face_rect(part, place).adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN))
        self.update()

    @property
    def has_numbers(self) -> bool:
        """Whether the cells are large enough for their numbers."""
        return self._figures is not None

    # Numbers

    def number_at(self, point: QPointF) -> Number | None:
        place = self._cells.at(point.x(), point.y()) if self._cells is not None else None
        return None if place is None else self._number(*place)

    def box_at(self, point: QPointF) -> QRectF | None:
        place = self._cells.at(point.x(), point.y()) if self._cells is not None else None
        return None if place is None or self._cells is None else self._cells.cell(*place)

    def box_of(self, ref: Ref) -> QRectF | None:
        if self.part is None or self._cells is None or self.part.is_echo:
            return None
        place = self.part.address.place(ref)
        return None if place is None else self._cells.cell(*place)

    def numbers(self) -> list[Number]:
        if self.part is None or self.part.is_echo:
            return []
        places = np.argwhere(np.isfinite(self.part.values.array)).tolist()
        return [self._number(row, column) for row, column in places]

    def _number(self, row: int, column: int) -> Number:
        part = self.part
        assert part is not None
        ref = part.echo_of or part.address.ref(row, column)
        value = float(part.values.array[row, column])
        if math.isnan(value):
            return Number(ref, "", None, is_echo=part.is_echo)
        role = part.role if part.role != "weight" else "negative" if value < 0 else "positive"
        text = show(value, part.digits, part.decimals)
        marks = ((row, column) == part.selected, (row, column) == part.pointed)
        return Number(ref, text, value, role, 0, *marks, is_echo=part.is_echo)

    # Painting

    def paint_behind(self, painter: QPainter) -> None:
        part, cells = self.part, self._cells
        if part is None or cells is None:
            return
        painter.save()
        self._paint_face(painter, cells)
        if part.lit is not None:
            _paint_dimness(painter, cells)
        for frame in part.frames:
            _paint_frame(painter, cells, frame)
        _paint_marks(painter, cells)
        for place, tag in part.tags if self.has_numbers else ():
            _paint_tag(painter, self._number(*place).role, cells.cell(*place), tag)
        painter.restore()

    def _paint_face(self, painter: QPainter, cells: Cells) -> None:
        """The kept picture, on whole pixels of the screen; in a file of vectors the cells themselves."""
        if painter.paintEngine().type() is not QPaintEngine.Type.Raster:
            paint_face(painter, cells.part, cells.place, self._figures)
            return
        rect = face_rect(cells.part, cells.place)
        scale, on_screen = (
            QStyleOptionGraphicsItem.levelOfDetailFromTransform(transform)
            for transform in (painter.worldTransform(), painter.deviceTransform())
        )
        ratio = on_screen / scale
        key = (scale, ratio, style.colors())
        if self._face is None or self._face[0] != key:
            self._face = (key, self._painted(cells, rect, scale, ratio))
        at = painter.worldTransform().map(rect.topLeft())
        painter.save()
        painter.resetTransform()
        painter.drawPixmap(
            QPointF(round(at.x() * ratio) / ratio, round(at.y() * ratio) / ratio), self._face[1]
        )
        painter.restore()

    def _painted(self, cells: Cells, rect: QRectF, scale: float, ratio: float) -> QPixmap:
        size = rect.size() * scale * ratio
        picture = QPixmap(QSize(math.ceil(size.width()), math.ceil(size.height())))
        picture.setDevicePixelRatio(ratio)
        picture.fill(QColor(style.colors().canvas))  # opaque: copied three times as fast as blended
        with QPainter(picture) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.scale(scale, scale)
            painter.translate(-rect.topLeft())
            paint_face(painter, cells.part, cells.place, self._figures)
        return picture


def _without_marks(part: Grid) -> Grid:
    return replace(
        part, frames=(), lit=None, anchor=None, into=None, tags=(), selected=None, pointed=None, echo_of=None
    )


def _paint_dimness(painter: QPainter, cells: Cells) -> None:
    """A veil over everything that is not lit."""
    assert cells.part.lit is not None
    outside, inside = QPainterPath(), QPainterPath()
    outside.addRect(cells.whole)
    inside.addRect(cells.rect(cells.part.lit))
    painter.fillPath(outside.subtracted(inside), style.with_alpha(style.colors().canvas, 1 - DIMMED))


def _paint_frame(painter: QPainter, cells: Cells, frame: Frame) -> None:
    c, rect = style.colors(), cells.rect(frame.region)
    color = QColor(c.text if frame.look is Look.RELATED else c.phase(cells.part.into)[0])
    if frame.look is Look.WON:
        if cells.high >= CORNERS_FROM:
            _paint_corner(painter, rect, color)
        return
    width = min(WIDTHS[frame.look], 3.0) if cells.high < THICK_FROM else WIDTHS[frame.look]
    is_tight = min(rect.width(), rect.height()) < 2.5 * width
    grown = width / 2 + 1 if is_tight else float(frame.look is Look.FIELD)
    pen = QPen(color, width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(rect.adjusted(-grown, -grown, grown, grown))
    if frame.look is Look.WINNER:
        _paint_corner(painter, rect, color)


def _paint_corner(painter: QPainter, rect: QRectF, color: QColor) -> None:
    """The filled corner of a winner."""
    side = min(12.0, 0.38 * rect.height())
    corner = rect.topRight()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawPolygon(QPolygonF([corner, corner - QPointF(side, 0), corner + QPointF(0, side)]))


def _paint_marks(painter: QPainter, cells: Cells) -> None:
    """Frames for the number under the pointer and for the selected one."""
    c, part = style.colors(), cells.part
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if part.pointed is not None:
        painter.setPen(QPen(QColor(c.text), 2))
        painter.drawRect(cells.cell(*part.pointed))
    if part.selected is not None:
        painter.setPen(QPen(QColor(c.selection), 2))
        painter.drawRect(cells.cell(*part.selected).adjusted(-4, -4, 4, 4))


def _paint_tag(painter: QPainter, role: str, cell: QRectF, tag: int) -> None:
    """①②③ at the corner of a factor; smaller and further out where it would cover the number."""
    c = style.colors()
    is_small = cell.height() < SMALL_TAG_BELOW
    radius, out = (TAG_RADIUS - 1.5, 3.0) if is_small else (TAG_RADIUS, -1.0)
    at = cell.topLeft() - QPointF(out, out)
    painter.setPen(QPen(QColor(c.canvas), 1.2))
    painter.setBrush(QColor(c.outline if role == "data" else c.role(role)[0]))
    painter.drawEllipse(at, radius, radius)
    painter.setPen(QColor(c.on_fill))
    painter.setFont(style.font(10 if is_small else 11, 700))
    room = QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius)
    painter.drawText(room, Qt.AlignmentFlag.AlignCenter, str(tag))
