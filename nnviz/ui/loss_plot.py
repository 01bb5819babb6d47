"""The plot of a loss curve, drawn by pyqtgraph. Import it late: that takes about half a second."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor

from nnviz.engine.numbers import show
from nnviz.ui import style

Numbers = NDArray[np.float64]

FEWEST_ITERATIONS = 5  # the axis is at least so long
AXIS_WIDTH, AXIS_HEIGHT = 52, 44
MOST_POINTS_SEARCHED = 1_000  # points of the curve that a text keeps clear of
GAP = 8
MARGIN = 0.025  # of the axis, so that a dot at its end is whole
BOTTOM = 0.07  # below E = 0, so that its label has room


class LossPlot(QObject):
    """A curve over the iterations 0, 1, …, with a dot on its last point. A click tells the iteration."""

    clicked = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        axes = {"bottom": IterationAxis("bottom"), "left": LossAxis("left")}
        self.widget = pg.PlotWidget(axisItems=axes)
        self._plot = self.widget.getPlotItem()
        self._losses: Numbers = np.empty(0)
        self._is_logarithmic = False
        self._curve = self._line()
        self._drop = self._line()
        self._run_length = 0
        self._later = pg.LinearRegionItem(movable=False)
        self._plot.addItem(self._later, ignoreBounds=True)
        self._dot = pg.PlotDataItem(pen=None, symbol="o", symbolSize=9)
        self._plot.addItem(self._dot)
        self._prepare()
        self.recolor()
        self._fit()

    def _line(self) -> Any:
        line = pg.PlotDataItem(antialias=False)
        self._plot.addItem(line)
        line.setClipToView(True)  # only after the item is in the plot
        line.setDownsampling(auto=True, method="peak")
        return line

    def _prepare(self) -> None:
        """No zooming by wheel, no menu: in front of a class nothing moves by accident."""
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.showGrid(x=False, y=True, alpha=0.35)
        self._plot.setLabel("bottom", "updates")
        self._plot.getAxis("left").setWidth(AXIS_WIDTH)
        self._plot.getAxis("bottom").setHeight(AXIS_HEIGHT)
        self._plot.layout.setContentsMargins(0, 6, 12, 0)
        self.widget.setFrameShape(self.widget.Shape.NoFrame)
        self.widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.widget.scene().sigMouseClicked.connect(self._on_mouse_clicked)

    def recolor(self) -> None:
        c = style.colors()
        self.widget.setBackground(c.panel)
        for name in ("left", "bottom"):
            axis = self._plot.getAxis(name)
            axis.setPen(pg.mkPen(c.line))
            axis.setTextPen(pg.mkPen(c.muted))
            axis.setTickFont(style.font(style.CAPTION))
            axis.setStyle(tickLength=0, tickTextOffset=6)
            axis.setZValue(-200)  # the grid goes below the curve
        label = self._plot.getAxis("bottom").label
        label.setFont(style.font(style.CAPTION))
        label.setDefaultTextColor(QColor(c.muted))
        self._curve.setPen(pg.mkPen(c.training, width=2))
        self._drop.setPen(pg.mkPen(c.outline, width=1, style=Qt.PenStyle.DotLine))
        self._dot.setSymbolBrush(pg.mkBrush(c.text))
        self._dot.setSymbolPen(pg.mkPen(c.panel, width=1))
        self._later.setBrush(style.with_alpha(c.not_yet, 0.10))
        for edge in self._later.lines:
            edge.setPen(pg.mkPen(None))

    def show_losses(self, losses: Numbers, run_length: int = 0) -> None:
        """Draw E of the iterations from 0 on, with room for those that are run but come later."""
        self._losses = losses
        self._run_length = max(run_length, len(losses))
        self._fit()  # first, for the curve is clipped to what the axes show
        self._curve.setData(np.arange(len(losses)), self._drawable(losses))

    def set_logarithmic(self, is_logarithmic: bool) -> None:
        self._is_logarithmic = is_logarithmic
        self._plot.setLogMode(y=is_logarithmic)
        self.show_losses(self._losses, self._run_length)

    def _drawable(self, losses: Numbers) -> Numbers:
        """What an axis has a place for: nothing infinite, on a logarithmic one nothing that is 0."""
        good = np.isfinite(losses) & (losses > 0 if self._is_logarithmic else True)
        return losses if good.all() else np.where(good, losses, np.nan)

    def _fit(self) -> None:
        """Axes from iteration 0 and, unless logarithmic, from E = 0; the dot and the line below it."""
        drawn = self._drawable(self._losses)
        low, high = self._heights(drawn)
        self._plot.getAxis("left").setStyle(showValues=len(drawn) > 0)
        longest = max(FEWEST_ITERATIONS, self._run_length - 1)
        now = max(0, len(drawn) - 1)
        self._later.setRegion((now, (1 + MARGIN) * longest))
        self._later.setVisible(now < self._run_length - 1)
        self._plot.setXRange(-MARGIN * longest, (1 + MARGIN) * longest, padding=0)
        self._plot.setYRange(low, high, padding=0)
        if len(drawn) and np.isfinite(drawn[-1]):
            last = len(drawn) - 1
            bottom = 10.0**low if self._is_logarithmic else 0.0  # the end of the dotted line
            self._dot.setData([last], [drawn[-1]])
            self._drop.setData([last, last], [bottom, drawn[-1]])
        else:
            self._dot.setData([], [])
            self._drop.setData([], [])

    def _heights(self, drawn: Numbers) -> tuple[float, float]:
        known = drawn[np.isfinite(drawn)]
        if not self._is_logarithmic:
            high = float(known.max(initial=0.0)) * 1.2 or 1.0
            return -BOTTOM * high, high
        low, high = (np.log10(known.min()), np.log10(known.max())) if len(known) else (-3.9, -0.1)
        lowest, highest = float(np.floor(low)), float(np.floor(high) + 1)
        room = BOTTOM * (highest - lowest)
        return lowest - room, highest + room

    # Where things are on the widget

    def point_of(self, iteration: int) -> QPointF:
        """Where the curve passes an iteration, in pixels of the widget."""
        return QPointF(*self._pixels(np.array([iteration]))[0])

    def _pixels(self, iterations: NDArray[np.int64]) -> Numbers:
        values = self._drawable(self._losses)[iterations]
        heights = np.log10(values) if self._is_logarithmic else values
        (left, right), (low, high) = self._plot.getViewBox().viewRange()
        area = self.area()
        x = area.left() + (iterations - left) / (right - left) * area.width()
        y = area.bottom() - (heights - low) / (high - low) * area.height()
        return np.column_stack((x, y))

    def area(self) -> QRectF:
        """The rectangle inside the axes, in pixels of the widget."""
        box = self._plot.getViewBox()
        polygon = self.widget.mapFromScene(box.sceneBoundingRect())
        return QRectF(polygon.boundingRect())

    def room_for(self, size: QSizeF) -> QPointF:
        """Where a text of this size hides as little of the curve as possible, beside the dot if it can."""
        area = self.area()
        points = self._points_to_avoid()
        if not len(points) or area.width() < size.width():
            return area.topLeft()
        x, y = points[-1]
        free = area.adjusted(GAP, 0, -size.width(), -size.height())
        across = (x + GAP, x - GAP - size.width(), *np.linspace(free.left(), free.right(), 6))
        down = (y - size.height() / 3, y - GAP - size.height(), y + GAP)
        down = (*down, *np.linspace(free.top(), free.bottom(), 6))
        places = [QPointF(a, b) for b in down for a in across]
        inside = [place for place in places if free.contains(place)] or [area.topLeft()]

        def cost(place: QPointF) -> tuple[int, float]:
            rect = QRectF(place, size)
            return _hidden(points, rect), abs(rect.center().x() - x) + 2 * abs(rect.center().y() - y)

        return min(inside, key=cost)

    def _points_to_avoid(self) -> Numbers:
        count = len(self._losses)
        if not count:
            return np.empty((0, 2))
        iterations = np.unique(np.linspace(0, count - 1, min(count, MOST_POINTS_SEARCHED)).astype(int))
        points = self._pixels(iterations)
        return points[np.isfinite(points[:, 1])]

    def _on_mouse_clicked(self, event: Any) -> None:
        """A click goes to the iteration below it, also to one that lies later in the run."""
        at = QPointF(self.widget.mapFromScene(event.scenePos()))
        if (
            event.button() != Qt.MouseButton.LeftButton
            or not self._run_length
            or not self.area().contains(at)
        ):
            return
        (left, right), _ = self._plot.getViewBox().viewRange()
        area = self.area()
        iteration = left + (at.x() - area.left()) / area.width() * (right - left)
        self.clicked.emit(min(max(0, round(iteration)), self._run_length - 1))


class IterationAxis(pg.AxisItem):
    """Whole numbers, thousands set off with a comma."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [f"{value:,.0f}" if value == round(value) else "" for value in values]


class LossAxis(pg.AxisItem):
    """About five ticks, all with the same decimals; the powers of ten where it is logarithmic."""

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        rough = max(high - low, 1e-300) / 5
        power = 10.0 ** np.floor(np.log10(rough))
        return [(next(power * step for step in (1, 2, 5, 10) if power * step >= rough), 0)]

    def logTickValues(self, low: float, high: float, size: float, standard: Any) -> list[Any]:
        return [(1.0, np.arange(np.ceil(low), np.floor(high) + 1))]

    def logTickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [show(10.0**value, 4, max(0, -round(value))) for value in values]


def _hidden(points: Numbers, rect: QRectF) -> int:
    """How many points a rectangle covers."""
    x, y = points[:, 0], points[:, 1]
    inside = (x >= rect.left() - 3) & (x <= rect.right() + 3) & (y >= rect.top()) & (y <= rect.bottom())
    return int(np.count_nonzero(inside))
