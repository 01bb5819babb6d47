"""The axes of a picture over weights: where values lie in pixels, and the figures along the border."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from nnviz.engine.numbers import MINUS, show
from nnviz.ui import style
from nnviz.ui.tabs.error.weight_range import Numbers, Range, decimals_of, ticks

LEFT, TOP, RIGHT, BOTTOM = 48, 8, 8, 22
RIGHT_ALIGNED = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
PIXELS_A_TICK = 44, 34  # at least so far from each other, across and down


@dataclass(frozen=True)
class Axes:
    """`x` and `y` on a rectangle of a widget, with a name each."""

    area: QRectF
    x: Range
    y: Range
    names: tuple[str, str]

    def point(self, x: float, y: float) -> QPointF:
        """Where a value lies."""
        return QPointF(*self.pixels(np.array([[x, y]]))[0])

    def pixels(self, values: Numbers) -> Numbers:
        """Where values (m, 2) lie, (m, 2)."""
        across = self.area.left() + (values[:, 0] - self.x.low) / self.x.span * self.area.width()
        down = self.area.bottom() - (values[:, 1] - self.y.low) / self.y.span * self.area.height()
        return np.column_stack([across, down])

    def value(self, point: QPointF) -> tuple[float, float]:
        """What lies at a point."""
        across = (point.x() - self.area.left()) / self.area.width()
        up = (self.area.bottom() - point.y()) / self.area.height()
        return self.x.low + across * self.x.span, self.y.low + up * self.y.span

    def rect(self, x: Range, y: Range) -> QRectF:
        """The rectangle of two ranges."""
        return QRectF(self.point(x.low, y.high), self.point(x.high, y.low))


def area_of(rect: QRectF) -> QRectF:
    """What axes leave of a widget."""
    return rect.adjusted(LEFT, TOP, -RIGHT, -BOTTOM)


def paint_axes(painter: QPainter, axes: Axes) -> None:
    """Frame and round numbers."""
    c = style.colors()
    painter.setFont(style.font(style.CAPTION))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(c.control_border), 1))
    painter.drawRect(axes.area)
    painter.setPen(QColor(c.muted))
    _paint_across(painter, axes)
    _paint_up(painter, axes)


def paint_names(painter: QPainter, axes: Axes) -> None:
    """The names inside of the frame, where the axes end: there they take no room from the picture."""
    c, area = style.colors(), axes.area
    font = style.font(style.CONTROL, 600)
    painter.setFont(font)
    across, up = f"{axes.names[0]} →", f"↑ {axes.names[1]}"
    for text, place in ((across, area.bottomRight() - QPointF(4, 24)), (up, area.topLeft() + QPointF(4, 4))):
        width = QFontMetricsF(font).horizontalAdvance(text) + 10
        rect = QRectF(place.x() - (width if text is across else 0), place.y(), width, 20)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.with_alpha(c.panel, 0.82))
        painter.drawRoundedRect(rect, 4, 4)
        painter.setPen(QColor(c.text))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)


def _paint_across(painter: QPainter, axes: Axes) -> None:
    numbers = ticks(axes.x, max(2, int(axes.area.width() / PIXELS_A_TICK[0])))
    metrics, places = QFontMetricsF(painter.font()), decimals_of(numbers)
    for number in numbers:
        text = show(float(number), places)
        width = metrics.horizontalAdvance(text) + 2
        x = axes.point(float(number), axes.y.low).x()
        painter.drawLine(QPointF(x, axes.area.bottom()), QPointF(x, axes.area.bottom() + 3))
        left = min(max(x - width / 2, axes.area.left() - LEFT), axes.area.right() + RIGHT - width)
        painter.drawText(QRectF(left, axes.area.bottom() + 3, width, 17), Qt.AlignmentFlag.AlignCenter, text)


def _paint_up(painter: QPainter, axes: Axes) -> None:
    numbers = ticks(axes.y, max(2, int(axes.area.height() / PIXELS_A_TICK[1])))
    places = decimals_of(numbers)
    for number in numbers:
        y = axes.point(axes.x.low, float(number)).y()
        painter.drawLine(QPointF(axes.area.left() - 3, y), QPointF(axes.area.left(), y))
        painter.drawText(
            QRectF(0, y - 9, LEFT - 6, 18), RIGHT_ALIGNED, _short(float(number), places, painter)
        )


def _short(number: float, places: int, painter: QPainter) -> str:
    """A number as it is read elsewhere; a power of ten where that is too long for the border."""
    text = show(number, places)
    if QFontMetricsF(painter.font()).horizontalAdvance(text) <= LEFT - 6:
        return text
    return f"{number:.1e}".replace(".0e", "e").replace("e+0", "e").replace("e+", "e").replace("-", MINUS)
