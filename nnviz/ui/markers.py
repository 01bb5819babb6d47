"""The points of a plot: a shape and a color for every class."""

from __future__ import annotations

import math
from functools import cache, lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from nnviz.ui import style

RADIUS = 4.6
SHAPES = 6
HALF = 10.0  # of the side of a point's picture


def hue(kind: int) -> str:
    """The color of a class: the two ends of the diverging map first, as one output tells 0 from 1."""
    c = style.colors()
    hues = (c.negative, c.positive, c.update, c.forward, c.backward, c.outline)
    return hues[kind % len(hues)]


@cache
def shape(kind: int) -> QPainterPath:
    """The outline of a class around the origin; another after six classes than its color, so that a pair
    of shape and color stands for one class only. A class below 0 is a disk."""
    path = QPainterPath()
    form = (kind + kind // SHAPES) % SHAPES if kind >= 0 else 1
    if form == 1:
        path.addEllipse(QPointF(), RADIUS, RADIUS)
        return path
    corners, turn, size = {
        0: (3, -90, 1.25),
        2: (4, 45, 1.25),
        3: (4, 0, 1.3),
        4: (3, 90, 1.25),
        5: (5, -90, 1.2),
    }[form]
    path.addPolygon(QPolygonF([_corner(turn + 360 * i / corners, size) for i in range(corners)]))
    path.closeSubpath()
    return path


def _corner(degrees: float, size: float) -> QPointF:
    angle = math.radians(degrees)
    return QPointF(RADIUS * size * math.cos(angle), RADIUS * size * math.sin(angle))


def paint_marker(painter: QPainter, at: QPointF, kind: int, fill: QColor, is_hollow: bool, edge: str) -> None:
    """One point: full, or hollow for an example that is not trained on; the edge sets it off."""
    ratio = painter.device().devicePixelRatio()
    painter.drawPixmap(at - QPointF(HALF, HALF), _stamp(kind, fill.rgb(), is_hollow, edge, ratio))


@lru_cache(maxsize=512)
def _stamp(kind: int, fill: int, is_hollow: bool, edge: str, ratio: float) -> QPixmap:
    """A point as a picture: hundreds of them are drawn while a run goes on."""
    side = math.ceil(2 * HALF * ratio)
    pixmap = QPixmap(side, side)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(HALF, HALF)
        _paint_shape(painter, shape(kind), QColor.fromRgb(fill), is_hollow, QColor(edge))
    return pixmap


def _paint_shape(painter: QPainter, path: QPainterPath, fill: QColor, is_hollow: bool, edge: QColor) -> None:
    if is_hollow:
        painter.setPen(QPen(edge, 4.2))
        painter.drawPath(path)
        painter.setPen(QPen(fill, 1.9))
    else:
        painter.setPen(QPen(edge, 1.2))
        painter.setBrush(fill)
    painter.drawPath(path)


def paint_wrong(painter: QPainter, at: QPointF) -> None:
    """The cross behind an example that is classified wrong; its arms reach out of the point."""
    c, reach = style.colors(), RADIUS + 3.4
    for color, width in ((c.panel, 4.4), (c.text, 2.2)):
        painter.setPen(QPen(QColor(color), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(at + QPointF(-reach, -reach), at + QPointF(reach, reach))
        painter.drawLine(at + QPointF(-reach, reach), at + QPointF(reach, -reach))


def paint_ring(painter: QPainter, at: QPointF) -> None:
    """The ring around the example in focus."""
    c = style.colors()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in ((c.panel, 4.6), (c.selection, 2.2)):
        painter.setPen(QPen(QColor(color), width))
        painter.drawEllipse(QRectF(at.x() - 10, at.y() - 10, 20, 20))
