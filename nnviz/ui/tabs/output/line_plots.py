"""Plots of numbers: the curve of a network over its one input, and predicted against true values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from nnviz.engine.numbers import show
from nnviz.engine.ops.base import Array
from nnviz.ui import style
from nnviz.ui.markers import hue
from nnviz.ui.tabs.output.plot import Plot


class CurvePlot(Plot):
    """What a neuron, or every output, makes of the one input."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.across: Array = np.empty(0)
        self.curves: tuple[Array, ...] = ()
        self.level: float | None = None
        self.setAccessibleName("The output of the network over its input")

    def show_curves(self, across: Array, curves: Sequence[Array], level: float | None) -> None:
        """One curve, or one for each class; `level` is where the decision changes."""
        self.across, self.curves, self.level = across, tuple(curves), level
        self.update()

    def paint_ground(self, painter: QPainter, area: QRectF) -> None:
        c = style.colors()
        painter.fillRect(area, QColor(c.canvas))
        if self.level is not None:
            painter.setPen(QPen(QColor(c.outline), 1.2, Qt.PenStyle.DashLine))
            ends = self.points(np.array([self.horizontal.low, self.horizontal.high]), np.full(2, self.level))
            painter.drawLine(QPointF(*ends[0]), QPointF(*ends[1]))
        for place, curve in enumerate(self.curves):
            color = hue(place) if len(self.curves) > 1 else c.forward
            painter.setPen(QPen(QColor(color), 2.6))
            points = self.points(self.across, curve)
            points = points[np.isfinite(points).all(axis=1)]
            painter.drawPolyline([QPointF(*point) for point in points.tolist()])

    def told_at(self, at: QPointF) -> str:
        if not len(self.across):
            return ""
        value = self.horizontal.at((at.x() - self.area.left()) / self.area.width())
        heights = [float(np.interp(value, self.across, curve)) for curve in self.curves]
        said = ", ".join(show(self.vertical.original(one)) for one in heights[:4])
        return f"{self.horizontal.name} = {show(self.horizontal.original(value), 3)}\noutput {said}"


class AgreementPlot(Plot):
    """Predicted against true: what is right lies on the diagonal."""

    widest = highest = 1.0

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Predicted against true values")

    def paint_ground(self, painter: QPainter, area: QRectF) -> None:
        c = style.colors()
        painter.fillRect(area, QColor(c.canvas))
        painter.setPen(QPen(QColor(c.outline), 1.4, Qt.PenStyle.DashLine))
        painter.drawLine(area.bottomLeft(), area.topRight())
