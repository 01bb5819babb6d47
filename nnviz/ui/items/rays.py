"""Rays that join what is read, what it is weighed with, and what is made of it."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nnviz.engine.outline import Pass
from nnviz.ui import style
from nnviz.ui.layout.geometry import Box

VEIL = 0.07
DOT = 1.6
OVER_CELLS = 0.5  # fainter where they run over numbers
ARROW = 3.0
HEAD = 9.0


class Ray(NamedTuple):
    """From the right border of one box to the left border of another; the veil only lies between panels."""

    start: Box
    end: Box
    veil_from: float
    veil_to: float
    is_arrow: bool = False  # nothing but the arrow, where no cell is looked at


class RaysItem(QGraphicsItem):
    """All rays of a picture, with an arrow that says which way the numbers go."""

    def __init__(self) -> None:
        super().__init__()
        self._rays: tuple[Ray, ...] = ()
        self._into: Pass | None = None
        self._is_backward = False
        self._bounds = QRectF()
        self.setZValue(3)

    def show_rays(self, rays: tuple[Ray, ...], into: Pass | None, is_backward: bool) -> None:
        if (rays, into, is_backward) == (self._rays, self._into, self._is_backward):
            return
        self.prepareGeometryChange()
        self._rays, self._into, self._is_backward = rays, into, is_backward
        bounds = QRectF()
        for ray in rays:
            bounds = bounds.united(QRectF(*ray.start)).united(QRectF(*ray.end))
        self._bounds = bounds.adjusted(-10, -10, 10, 10)
        self.update()

    def _paint_ray(self, painter: QPainter, ray: Ray) -> None:
        color = style.colors().phase(self._into)[0]
        top = (QPointF(ray.start.right, ray.start.y), QPointF(ray.end.x, ray.end.y))
        low = (QPointF(ray.start.right, ray.start.bottom), QPointF(ray.end.x, ray.end.bottom))
        if not ray.is_arrow:
            self._paint_beam(painter, ray, top, low, color)
        self._paint_arrow(
            painter,
            _middle(_at(top, ray.veil_from), _at(low, ray.veil_from)),
            _middle(_at(top, ray.veil_to), _at(low, ray.veil_to)),
            color,
        )

    def _paint_beam(
        self,
        painter: QPainter,
        ray: Ray,
        top: tuple[QPointF, QPointF],
        low: tuple[QPointF, QPointF],
        color: str,
    ) -> None:
        veil = QPolygonF(
            [_at(top, ray.veil_from), _at(top, ray.veil_to), _at(low, ray.veil_to), _at(low, ray.veil_from)]
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.with_alpha(color, VEIL if not style.colors().is_dark else 2 * VEIL))
        painter.drawPolygon(veil)
        for line in (top, low):
            start, end = _at(line, ray.veil_from), _at(line, ray.veil_to)
            painter.setPen(_dotted(QColor(color)))
            painter.drawLine(start, end)
            painter.setPen(_dotted(style.with_alpha(color, OVER_CELLS)))
            painter.drawLine(line[0], start)
            painter.drawLine(end, line[1])

    def _paint_arrow(self, painter: QPainter, start: QPointF, end: QPointF, color: str) -> None:
        if self._is_backward:
            start, end = end, start
        way = end - start
        length = max((way.x() ** 2 + way.y() ** 2) ** 0.5, 1.0)
        unit, middle = way / length, (start + end) / 2
        half = min(20.0, length / 2 - 8)
        if half < HEAD:
            return
        side = QPointF(-unit.y(), unit.x())
        tip = middle + unit * half
        painter.setPen(QPen(QColor(color), ARROW, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawLine(middle - unit * half, tip - unit * HEAD)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(color))
        back = tip - unit * 1.5 * HEAD
        painter.drawPolygon(QPolygonF([tip, back + side * HEAD * 0.8, back - side * HEAD * 0.8]))

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        for ray in self._rays:
            self._paint_ray(painter, ray)


def _dotted(color: QColor) -> QPen:
    pen = QPen(color, DOT, Qt.PenStyle.CustomDashLine)
    pen.setDashPattern([1.2, 2.0])
    return pen


def _at(line: tuple[QPointF, QPointF], x: float) -> QPointF:
    """The point of a line at an x."""
    start, end = line
    share = (x - start.x()) / (end.x() - start.x()) if end.x() != start.x() else 0.0
    return start + (end - start) * min(max(share, 0.0), 1.0)


def _middle(one: QPointF, other: QPointF) -> QPointF:
    return (one + other) / 2
