"""The plot of loss curves, drawn by pyqtgraph. Import it late: that takes about half a second."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QPen

from nnviz.ui import style
from nnviz.ui.loss.axes import IterationAxis, LossAxis, log_range
from nnviz.ui.loss.curves import MOST_PINS, NO_CURVE, Curve, Drawing, Lines, Numbers
from nnviz.ui.loss.pins import pin_color

FEWEST_ITERATIONS = 5  # the axis is at least so long
AXIS_WIDTH, AXIS_HEIGHT = 52, 24
MOST_POINTS_SEARCHED = 1_000  # points of the curve that a text keeps clear of
GAP = 8
MARGIN = 0.025  # of the axis, so that a dot at its end is whole
BOTTOM = 0.07  # below E = 0, so that its label has room
SHARES = 10  # the axis of what is right begins at a multiple of so many %
DASH, GAP_OF_DASHES = 6.0, 3.0  # pixels
DOTS = Qt.PenStyle.DotLine


class LossPlot(QObject):
    """The curves of a run with dots on their ends, and those of other runs. A click tells the iteration.

    Pixels right of the curves and above them can be kept free for texts (`keep_free`).
    """

    clicked = Signal(int)
    resized = Signal()  # the area inside the axes has another size

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        axes = {"bottom": IterationAxis("bottom"), "left": LossAxis("left")}
        self.widget = pg.PlotWidget(axisItems=axes)
        self._plot = self.widget.getPlotItem()
        self.drawing = Drawing()
        self._free = QSizeF()
        self._drawn: dict[Any, Curve] = {}
        self._later = pg.LinearRegionItem(movable=False)
        self._plot.addItem(self._later, ignoreBounds=True)
        self._pins = [(self._line(), self._line()) for _ in range(MOST_PINS)]
        self._tail = (self._line(), self._line())
        self._raw, self._validation, self._curve = self._line(), self._line(), self._line()
        self._drop, self._best_drop = self._line(), self._line()
        self._dots = [self._points(9), self._points(9)]
        self._ring = self._points(12)
        self._prepare()
        self.recolor()
        self.show(self.drawing)

    def _line(self) -> Any:
        line = pg.PlotDataItem(antialias=False)
        self._plot.addItem(line)
        line.setClipToView(True)  # only after the item is in the plot
        line.setDownsampling(auto=True, method="peak")
        return line

    def _points(self, size: int) -> Any:
        points = pg.PlotDataItem(pen=None, symbol="o", symbolSize=size)
        self._plot.addItem(points)
        return points

    def _prepare(self) -> None:
        """No zooming by wheel, no menu: in front of a class nothing moves by accident."""
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.showGrid(x=False, y=True, alpha=0.35)
        self._plot.getAxis("left").setWidth(AXIS_WIDTH)
        self._plot.getAxis("bottom").setHeight(AXIS_HEIGHT)
        self._plot.layout.setContentsMargins(0, 6, 12, 0)
        self.widget.setFrameShape(self.widget.Shape.NoFrame)
        self.widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.widget.scene().sigMouseClicked.connect(self._on_mouse_clicked)
        self._plot.getViewBox().sigResized.connect(self._on_resized)

    # Colors

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
        self._later.setBrush(style.with_alpha(c.not_yet, 0.10))
        for edge in self._later.lines:
            edge.setPen(pg.mkPen(None))
        self._recolor_lines(c)

    def _recolor_lines(self, c: style.Colors) -> None:
        """Thick lines are never antialiased: that would take longer than all the rest of a frame."""
        self._curve.setPen(pg.mkPen(c.training, width=2))
        self._validation.setPen(dashed(c.validation, 2))
        self._raw.setPen(pg.mkPen(style.mixed(QColor(c.panel), QColor(c.training), 0.4), width=1))
        self._drop.setPen(pg.mkPen(c.outline, width=1, style=DOTS))
        self._best_drop.setPen(pg.mkPen(c.text, width=1, style=DOTS))
        for line, color in zip(self._tail, (c.training, c.validation), strict=True):
            line.setPen(pg.mkPen(style.with_alpha(color, 0.5), width=1))
        for place, (main, validation) in enumerate(self._pins):
            main.setPen(pg.mkPen(pin_color(place), width=1))
            validation.setPen(dashed(pin_color(place), 1))
        for dot, color in zip(self._dots, (c.text, c.validation), strict=True):
            dot.setSymbolBrush(pg.mkBrush(color))
            dot.setSymbolPen(pg.mkPen(c.panel, width=1))
        self._ring.setSymbolBrush(pg.mkBrush(c.panel))
        self._ring.setSymbolPen(pg.mkPen(c.validation, width=2))

    # What is drawn

    def show(self, drawing: Drawing) -> None:
        """Draw curves; of what is drawn already only what differs."""
        if drawing.choice.is_log != self.drawing.choice.is_log:
            self._plot.setLogMode(y=drawing.choice.is_log)
            self._drawn.clear()
        self.drawing = drawing
        self._plot.getAxis("left").is_share = drawing.choice.is_correct
        self.fit()  # first, for the curves are clipped to what the axes show
        lines = drawing.lines
        self._set(self._curve, lines.main)
        self._set(self._validation, lines.validation)
        self._set(self._raw, lines.raw)
        for item, curve in zip(self._tail, drawing.tail, strict=False):
            self._set(item, curve)
        pins = dict(drawing.pins)
        for place, pair in enumerate(self._pins):
            for item, curve in zip(pair, pins.get(place, Lines()), strict=False):
                self._set(item, curve)
        self._show_points()

    def keep_free(self, right: float, top: float) -> None:
        """Leave so many pixels for texts."""
        if QSizeF(right, top) != self._free:
            self._free = QSizeF(right, top)
            self.fit()
            self._show_points()

    def _set(self, item: Any, curve: Curve) -> None:
        """What an axis has a place for: nothing infinite, on a logarithmic one nothing that is 0."""
        before = self._drawn.get(item, NO_CURVE)
        if len(before) == len(curve) and _is_same(before.x, curve.x) and _is_same(before.y, curve.y):
            return
        self._drawn[item] = curve
        item.setData(curve.x, self._drawable(curve.y))

    def _drawable(self, y: Numbers) -> Numbers:
        good = np.isfinite(y) & (y > 0 if self.drawing.choice.is_log else True)
        return y if good.all() else np.where(good, y, np.nan)

    def _curves(self) -> Iterable[Curve]:
        drawing = self.drawing
        return (
            c for lines in (drawing.lines, drawing.tail, *(one for _, one in drawing.pins)) for c in lines
        )

    def _show_points(self) -> None:
        """Dots on the newest numbers, the line below E, and the ring at the best."""
        lines, best = self.drawing.lines, self.drawing.best
        ends = [self._end(lines.newest), self._end(lines.validation)]
        for dot, end in zip(self._dots, ends, strict=True):
            self._set(dot, _points([end] if end else []))
        is_alone = ends[1] is None and ends[0] is not None
        self._set(self._drop, _points(self._down(ends[0]) if is_alone else []))
        self._set(self._ring, _points([best] if best else []))
        self._set(self._best_drop, _points([(best[0], self._top()), best] if best else []))
        dot = style.colors().text if is_alone else style.colors().training
        self._dots[0].setSymbolBrush(pg.mkBrush(dot))

    def _end(self, curve: Curve) -> tuple[float, float] | None:
        y = self._drawable(curve.y[-1:])
        return (float(curve.x[-1]), float(y[0])) if len(y) and np.isfinite(y[0]) else None

    def _down(self, point: tuple[float, float] | None) -> list[tuple[float, float]]:
        (low, _), is_log = self._plot.getViewBox().viewRange()[1], self.drawing.choice.is_log
        assert point is not None
        return [(point[0], 10.0**low if is_log else 0.0), point]

    def _top(self) -> float:
        high = self._plot.getViewBox().viewRange()[1][1]
        return float(10.0**high) if self.drawing.choice.is_log else float(high)

    # Axes

    def fit(self) -> None:
        """Axes from iteration 0 and, unless logarithmic, from E = 0."""
        newest, choice = self.drawing.lines.newest, self.drawing.choice
        ends = [float(curve.x[-1]) for curve in self._curves() if len(curve)]
        longest = max(FEWEST_ITERATIONS, self.drawing.last, *ends, 0.0)
        now = float(newest.x[-1]) if len(newest) else 0.0
        self._later.setRegion((now, max(now, self.drawing.last)))
        self._later.setVisible(now < self.drawing.last)
        self._plot.getAxis("left").setStyle(showValues=bool(ends))
        area = self.area()
        wide = max(0.4, 1 - self._free.width() / max(area.width(), 1.0))  # the part that curves have
        self._plot.setXRange(-MARGIN * longest, (1 + MARGIN) * longest / wide, padding=0)
        low, high = self._shares() if choice.is_correct else self._heights()
        tall = max(0.5, 1 - self._free.height() / max(area.height(), 1.0))
        self._plot.setYRange(low, low + (high - low) / tall, padding=0)

    def _heights(self) -> tuple[float, float]:
        known = np.concatenate([self._drawable(curve.y) for curve in self._curves()])
        known = known[np.isfinite(known)]
        if not self.drawing.choice.is_log:
            high = float(known.max(initial=0.0)) * 1.2 or 1.0
            return -BOTTOM * high, high
        ends = (np.log10(known.min()), np.log10(known.max())) if len(known) else (-3.9, -0.1)
        lowest, highest = log_range(*map(float, ends))
        room = BOTTOM * (highest - lowest)
        return lowest - room, highest + room

    def _shares(self) -> tuple[float, float]:
        """From the multiple of ten below the lowest share up to 100 %."""
        known = np.concatenate([curve.y[np.isfinite(curve.y)] for curve in self._curves()])
        lowest = SHARES * np.floor(known.min(initial=100.0 - SHARES) / SHARES)
        room = BOTTOM * (100 - lowest or SHARES)
        return float(lowest - room), float(100 + room)

    # Where things are on the widget

    def point_of(self, place: int) -> QPointF:
        """Where a point of the newest curve is, counted from 0, in pixels of the widget."""
        return QPointF(*self._pixels(np.array([place]))[0])

    def pixel_of(self, x: float, y: float) -> QPointF:
        """Where a place of the axes is, in pixels of the widget."""
        return QPointF(*self._to_pixels(np.array([x]), np.array([y]))[0])

    def _pixels(self, places: NDArray[np.int64]) -> Numbers:
        newest = self.drawing.lines.newest
        return self._to_pixels(newest.x[places], newest.y[places])

    def _to_pixels(self, x: Numbers, y: Numbers) -> Numbers:
        values = self._drawable(y)
        heights = np.log10(values) if self.drawing.choice.is_log else values
        (left, right), (low, high) = self._plot.getViewBox().viewRange()
        area = self.area()
        across = area.left() + (x - left) / (right - left) * area.width()
        down = area.bottom() - (heights - low) / (high - low) * area.height()
        return np.column_stack((across, down))

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
        newest = self.drawing.lines.newest
        x, y = self._to_pixels(newest.x[-1:], newest.y[-1:])[0]
        if not np.isfinite(y):
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
        parts = []
        for curve in reversed([*self._curves()]):
            if len(curve):
                chosen = np.linspace(0, len(curve) - 1, min(len(curve), MOST_POINTS_SEARCHED))
                places = np.unique(chosen.astype(int))
                parts.append(self._to_pixels(curve.x[places], curve.y[places]))
        points = np.concatenate([np.empty((0, 2)), *parts])
        return points[np.isfinite(points[:, 1])]

    def _on_resized(self) -> None:
        self.fit()
        self.resized.emit()

    def _on_mouse_clicked(self, event: Any) -> None:
        """A click goes to the iteration below it, also to one that lies later in the run."""
        at = QPointF(self.widget.mapFromScene(event.scenePos()))
        if event.button() != Qt.MouseButton.LeftButton or not self.area().contains(at):
            return
        (left, right), _ = self._plot.getViewBox().viewRange()
        area = self.area()
        x = left + (at.x() - area.left()) / area.width() * (right - left)
        self.clicked.emit(self.drawing.iteration_at(x))


def dashed(color: str | QColor, width: int) -> QPen:
    """The pen of a validation curve."""
    return pg.mkPen(
        color, width=width, style=Qt.PenStyle.CustomDashLine, dash=(DASH / width, GAP_OF_DASHES / width)
    )


def _points(pairs: list[tuple[float, float]]) -> Curve:
    return Curve(*np.reshape(pairs, (-1, 2)).T.astype(np.float64))


def _is_same(one: Numbers, other: Numbers) -> bool:
    return one is other or np.array_equal(one, other, equal_nan=True)


def _hidden(points: Numbers, rect: QRectF) -> int:
    """How many points a rectangle covers."""
    x, y = points[:, 0], points[:, 1]
    inside = (x >= rect.left() - 3) & (x <= rect.right() + 3) & (y >= rect.top()) & (y <= rect.bottom())
    return int(np.count_nonzero(inside))
