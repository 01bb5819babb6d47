"""The points of a plot: a shape and a color for every class."""

from __future__ import annotations

import math
from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from nnviz.ui import style

RADIUS = 4.6
SHAPES = 6


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
    painter.save()
    painter.translate(at)
    path = shape(kind)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if is_hollow:
        painter.setPen(QPen(QColor(edge), 4.2))
        painter.drawPath(path)
        painter.setPen(QPen(fill, 1.9))
    else:
        painter.setPen(QPen(QColor(edge), 1.2))
        painter.setBrush(fill)
    painter.drawPath(path)
    painter.restore()


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
