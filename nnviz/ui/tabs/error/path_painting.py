"""The way of a run over weights: its places, the present one, the next step, and the slope there."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from nnviz.ui import style
from nnviz.ui.tabs.error.axes import Axes
from nnviz.ui.tabs.error.weight_range import Numbers

FAR = 1e5  # pixels; Qt draws nothing sensible beyond
MOST_DOTS = 60  # where there are more places, the line alone shows them
DOT, NEAR_DOT, RING, HEAD = 3.0, 5.5, 7.0, 9.0
TANGENT = 0.22  # of the width of the plot, to each side


def paint_curve(painter: QPainter, places: Numbers) -> None:
    """E over one weight."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(style.colors().training), 2))
    painter.drawPath(_line(places))


def paint_path(painter: QPainter, places: Numbers, near: int | None, joined: bool) -> None:
    """The places of the run from its start, with a line between them unless they lie on a curve."""
    c = style.colors()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if joined:
        for color, width in ((style.with_alpha(c.panel, 0.75), 4.2), (QColor(c.text), 1.6)):
            painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPath(_line(places))
    painter.setPen(QPen(QColor(c.panel), 1))
    painter.setBrush(QColor(c.text))
    if len(places) <= MOST_DOTS or not joined:
        for place in _near_enough(places):
            painter.drawEllipse(QPointF(*place), DOT, DOT)
    if near is not None and near < len(places) and np.isfinite(places[near]).all():
        painter.drawEllipse(QPointF(*places[near]), NEAR_DOT, NEAR_DOT)


def paint_present(painter: QPainter, here: Numbers, ahead: Numbers | None) -> None:
    """A ring where the run is, and an arrow to where the update takes it."""
    c = style.colors()
    if not np.isfinite(here).all() or np.abs(here).max() > FAR:
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in ((style.with_alpha(c.panel, 0.9), 5.6), (QColor(c.selection), 2.8)):
        painter.setPen(QPen(color, width))
        painter.drawEllipse(QPointF(*here), RING, RING)
    if ahead is not None and np.isfinite(ahead).all():
        _paint_arrow(painter, here, ahead)


def paint_tangent(painter: QPainter, axes: Axes, weight: float, here: Numbers, slope: float) -> None:
    """The straight line of the slope ∂E/∂w through the present place."""
    reach = TANGENT * axes.x.span
    height = axes.value(QPointF(*here))[1]
    ends = np.array([[weight + side * reach, height + side * reach * slope] for side in (-1, 1)])
    pen = QPen(QColor(style.colors().backward), 2.4)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.drawPath(_line(axes.pixels(ends)))


def _paint_arrow(painter: QPainter, start: Numbers, tip: Numbers) -> None:
    """From the present place to the next; where they are too close for a shaft, the head alone."""
    c = style.colors()
    along = tip - start
    length = math.hypot(*along)
    if length < 1.0:
        return
    unit = along / length
    side = np.array([-unit[1], unit[0]])
    head = min(HEAD, max(5.0, length))
    tip = start + unit * min(length, FAR)
    back = tip - unit * head
    for color, width in ((style.with_alpha(c.panel, 0.9), 6.0), (QColor(c.update), 3.0)):
        painter.setPen(QPen(color, width))
        painter.drawLine(QPointF(*start), QPointF(*back))
    painter.setPen(QPen(QColor(c.panel), 1))
    painter.setBrush(QColor(c.update))
    corners = (tip, back + side * head * 0.55, back - side * head * 0.55)
    painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))


def _line(places: Numbers) -> QPainterPath:
    path, is_down = QPainterPath(), False
    for x, y in np.clip(places, -FAR, FAR):
        if not (math.isfinite(x) and math.isfinite(y)):
            is_down = False
        elif is_down:
            path.lineTo(x, y)
        else:
            path.moveTo(x, y)
            is_down = True
    return path


def _near_enough(places: Numbers) -> Numbers:
    """The places that can be drawn."""
    good = np.isfinite(places).all(axis=1)
    return places[good & (np.abs(np.where(np.isfinite(places), places, 0.0)).max(axis=1) < FAR)]
